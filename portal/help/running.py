"""Help with rights, accounts, service numbers and deliveries."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "rights": Page(
        title=N_("Få och ge användarrättigheter"),
        lead=N_("En rättighet är en roll, för vissa servicenummer och en viss tid. En begär den, en annan beviljar."),
        steps=(
            N_("Behöver du en rättighet? Be den som svarar för din enhet att begära den."),
            N_("Svarar du för en enhet, välj ”Begär en rättighet”, skriv varför, och hur länge den behövs."),
            N_("En beslutsfattare öppnar begäran och väljer ”Bevilja” eller ”Avslå”, efter principerna."),
            N_("Kan det inte vänta, välj ”Ge i ett nödläge”. En beslutsfattare granskar det efteråt."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte öppna en sida?"),
                N_(
                    "Sidan hör till en roll som du inte har nu, eller så har din rättighet gått ut. Under ”Mina "
                    "användarrättigheter” ser du vad du har och till när."
                ),
                Ask.HEAD,
            ),
            Why(
                N_("Varför kan jag inte bevilja rättigheten?"),
                N_("En beslutsfattare beviljar, men aldrig en rättighet som den själv har begärt eller skulle få."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför går inte två roller ihop?"),
                N_(
                    "Dataskyddsombudet och systemadministratören har ingen annan roll. Den som övervakar "
                    "eller sköter portalen ska inte själv använda samtalen."
                ),
                Ask.DPO,
            ),
            Why(
                N_("Varför slutar min rättighet?"),
                N_(
                    "Varje rättighet har en sista dag, och slutar genast när du byter enhet eller slutar."
                    " Be i god tid att den begärs på nytt."
                ),
                Ask.HEAD,
            ),
        ),
        of=(
            "rights.index",
            "rights.own",
            "rights.show",
            "rights.new",
            "rights.grant",
            "rights.refuse",
            "rights.end",
            "rights.look",
            "rights.take_back",
            "rights.give",
            "rights.export",
            "rights.principles*",
        ),
        opens=(
            ("rights.own", N_("Mina användarrättigheter")),
            ("rights.index", N_("Användarrättigheter")),
            ("rights.principles", N_("Principerna för användarrättigheter")),
        ),
    ),
    "progress": Page(
        title=N_("Följa arbete som tar tid"),
        lead=N_("Det som tar tid görs av servern. Du behöver inte vänta på sidan: du får besked när det är klart."),
        steps=(
            N_(
                "Be om arbetet på den sida som det hör till. På loggens sida finns ”Kontrollera hela loggen”, här "
                "”Kontrollera allt ljud”."
            ),
            N_("”Pågående arbete” visar hur långt det har kommit och hur länge det är kvar. Sidan förnyar sig själv."),
            N_("När arbetet är klart står det överst på nästa sida du öppnar. Välj ”Se hur det gick”."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte begära samma arbete igen?"),
                N_("Samma arbete görs en gång i taget. Vänta tills det är klart."),
                Ask.ADMIN,
            ),
            Why(
                N_("Varför avbröts arbetet?"),
                N_(
                    "Servern startades om eller stannade. Det mesta tas upp igen av sig självt; "
                    "sidan säger annars vad du gör."
                ),
                Ask.ADMIN,
            ),
        ),
        of=("jobs.*",),
        opens=(
            ("jobs.index", N_("Pågående arbete")),
            ("audit.index", N_("Logg")),
        ),
    ),
    "confirming": Page(
        title=N_("Granska användarrättigheter"),
        lead=N_("Varje kvartal bekräftas eller avslutas alla rättigheter. Det ingen bekräftar upphör."),
        steps=(
            N_("Öppna granskningen och svara för var och en: behövs rättigheten i arbetet?"),
            N_(
                "Välj ”Bekräfta”, eller skriv ett skäl och välj ”Avsluta rättigheten”. En rättighet som inte har "
                "använts bekräftas också med ett skäl."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte svara för en rättighet?"),
                N_("Den som svarar för personens enhet svarar. Ingen granskar sina egna rättigheter."),
                Ask.CONTROLLER,
            ),
        ),
        of=(
            "rights.review*",
            "rights.answer",
        ),
        opens=(("rights.reviews", N_("Granskning av användarrättigheter")),),
    ),
    "accounts": Page(
        title=N_("Sköta användare och enheter"),
        lead=N_("Systemadministratören lägger till personer och enheter. Vad personerna får göra beslutar andra."),
        steps=(
            N_("Välj ”Lägg till användare” och ge det tillfälliga lösenordet till personen själv, inte i e-post."),
            N_(
                "Välj ”Ändra enhet och nummer” på personens sida. Den som svarar för enheten begär sedan rättigheterna."
            ),
            N_(
                "Har någon glömt lösenordet eller tappat telefonen, försäkra dig om vem det är. Välj sedan ”Ge ett "
                "tillfälligt lösenord” eller ”Ta bort appen”."
            ),
            N_("Slutar någon, välj ”Stäng kontot”. Rättigheterna upphör genast."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ge någon en rättighet?"),
                N_("Rättigheter begärs av den som svarar för enheten och beviljas av en beslutsfattare."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan jag inte höra samtal?"),
                N_("Systemadministratören sköter portalen och ser aldrig innehåll."),
                Ask.DPO,
            ),
        ),
        of=(
            "accounts.index",
            "accounts.account",
            "accounts.new",
            "accounts.place",
            "accounts.staff_*",
            "accounts.read_staff",
            "accounts.apply_staff",
            "accounts.drop_staff",
            "accounts.unit*",
            "accounts.make_unit",
            "accounts.closing",
            "accounts.reopening",
            "accounts.password_reset",
            "accounts.second_factor_reset",
            "accounts.sessions_ending",
        ),
        opens=(
            ("accounts.index", N_("Användare")),
            ("accounts.unit_list", N_("Enheter")),
            ("accounts.staff_lists", N_("Läs in en personallista")),
        ),
    ),
    "numbers": Page(
        title=N_("Servicenummer och meddelanden"),
        lead=N_("Varje samtal hör till ett servicenummer. Den som ringer ska få höra att samtalet spelas in."),
        steps=(
            N_(
                "Systemadministratören väljer ”Lägg till servicenummer” och skriver numret så som telefonsystemet "
                "kallar det."
            ),
            N_(
                "En beslutsfattare öppnar numrets meddelande i listan, väljer ”Bestäm ett nytt meddelande”, och "
                "skriver det på båda språken."
            ),
            N_(
                "Välj ”Har de som ringer informerats?” för att vecka för vecka se hur många som inte fick höra att "
                "samtalet spelas in."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ändra ett meddelande?"),
                N_(
                    "Varje version blir kvar, så att man vet vad den som ringde fick höra. Bestäm ett "
                    "nytt meddelande i stället."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför ser jag inte alla servicenummer?"),
                N_("Du ser dem som dina rättigheter gäller."),
                Ask.HEAD,
            ),
        ),
        of=("queues.*",),
        opens=(
            ("queues.index", N_("Servicenumren")),
            ("queues.told", N_("Har de som ringer informerats?")),
        ),
    ),
    "quarantine": Page(
        title=N_("Sköta karantänen"),
        lead=N_("Filer som portalen inte förstår läggs i karantän med en orsak, och raderas efter tre månader."),
        steps=(
            N_("Öppna filen och läs orsaken och rådet."),
            N_("Rätta felet i telefonsystemet eller inställningarna, och välj ”Försök ta in igen”."),
            N_(
                "Välj ”Kassera …” bara för det som säkert inte är ett samtal. Det går inte att ångra och står i "
                "gallringsprotokollet."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte lyssna på filen?"),
                N_("Systemadministratören ser vad som är känt om filen, aldrig dess innehåll."),
                Ask.DPO,
            ),
            Why(
                N_("Varför tar portalen inte emot filen?"),
                N_(
                    "Den är för stor, inte ljud, skadad, eller hör till ett servicenummer som inte finns "
                    "i portalen. Orsaken står på filens sida."
                ),
            ),
        ),
        of=("ingest.*",),
        opens=(("ingest.index", N_("Karantän")),),
    ),
}
