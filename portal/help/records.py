"""Help with what is kept, deleted, printed and told of the register."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "purge": Page(
        title=N_("Följa gallringen"),
        lead=N_(
            "Samtal raderas av sig själva tre månader efter att de slutade, och varje radering får en rad"
            " i ett protokoll."
        ),
        steps=(
            N_("Välj en dag under ”Gallringsprotokoll”, eller ”Månadens protokoll”, för att läsa protokollet."),
            N_("Under ”Kvar efter sitt datum, och varför” står hur många samtal som hålls kvar."),
            N_(
                "Har gallringen stannat frågar sidan något. Kontrollera det som står där, och välj ”Låt gallringen "
                "fortsätta” om det stämmer."
            ),
        ),
        whys=(
            Why(
                N_("Varför är ett samtal kvar efter tre månader?"),
                N_(
                    "Det hålls kvar som hotsamtal, av en raderingsspärr för en begäran, av ett samtycke "
                    "eller av ett utlämnande som är på gång."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan ett raderat samtal inte återställas?"),
                N_("Nyckeln till ljudet förstörs vid raderingen. Utan den kan ingen höra det."),
            ),
            Why(
                N_("Varför kan jag inte låta gallringen fortsätta?"),
                N_("En chef eller en beslutsfattare svarar när gallringen har stannat och frågar."),
                Ask.CONTROLLER,
            ),
        ),
        of=(
            "retention.index",
            "retention.show",
            "retention.month*",
            "retention.export",
            "retention.confirmation",
        ),
        opens=(("retention.index", N_("Gallring")),),
    ),
    "documents": Page(
        title=N_("Läsa och låsa dokument"),
        lead=N_("Protokoll och utdrag görs som PDF, låses och ändras sedan aldrig."),
        steps=(
            N_("Beställ dokumentet på sidan för det som det handlar om. Du kan lämna sidan; dokumentet görs ändå."),
            N_(
                "Månadens protokoll väntar på att den ansvariga läser, skriver en anmärkning om det behövs, och "
                "väljer ”Lås dokumentet”."
            ),
            N_(
                "Är något fel i ett låst dokument, välj ”Gör en rättelse”. Den är ett nytt dokument som nämner det "
                "gamla."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ändra dokumentet?"),
                N_("Det är låst, eller så är det någon annan som granskar och låser det."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför blev dokumentet inte gjort?"),
                N_("Sidan säger varför. Hjälper inte ett nytt försök, ge felets kod till systemadministratören."),
                Ask.ADMIN,
            ),
        ),
        of=("documents.*",),
        opens=(
            ("documents.index", N_("Dokument")),
            ("documents.show_stationery", N_("Brevpapper")),
        ),
    ),
    "description": Page(
        title=N_("Skriva dataskyddsbeskrivningen"),
        lead=N_("Beskrivningen berättar för alla hur registret används. En person skriver, en annan godkänner."),
        steps=(
            N_("Välj ”Skriv en ny version” och skriv varje punkt på båda språken. Vid punkten står vad portalen gör."),
            N_("Rätta det som portalen varnar för, eller låt den som godkänner svara på varför det ändå ska stå."),
            N_("Välj ”Föreslå för godkännande” när allt är skrivet."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte godkänna beskrivningen?"),
                N_("En beslutsfattare godkänner, men inte den som föreslog den eller skrev i den senast."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan jag inte föreslå den?"),
                N_("En punkt saknar text på något av språken. Sidan säger vilken."),
            ),
        ),
        of=("register.description_*",),
        opens=(("register.description_versions", N_("Dataskyddsbeskrivning")),),
    ),
    "processing": Page(
        title=N_("Register över behandling"),
        lead=N_(
            "Registret enligt artikel 30 görs av portalens inställningar, rättigheter och "
            "dataskyddsbeskrivning. Ingen skriver det."
        ),
        steps=(
            N_("Läs det på sidan, eller välj ”Gör en PDF av registret som det är nu”."),
            N_("Välj ”Ladda ner som CSV” för stadens gemensamma register."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ändra en uppgift här?"),
                N_("Den kommer från dataskyddsbeskrivningen eller inställningarna. Ändra den där."),
                Ask.CONTROLLER,
            ),
        ),
        of=("register.processing_record*",),
        opens=(("register.processing_record", N_("Register över behandling")),),
    ),
    "figures": Page(
        title=N_("Läsa statistiken"),
        lead=N_("Siffror per månad och servicenummer, som aldrig visar en person."),
        steps=(
            N_("Välj vad statistiken gäller och vilka månader, och välj ”Visa”."),
            N_("Välj ”Ladda ner som CSV” om du behöver siffrorna på annat håll."),
        ),
        whys=(
            Why(
                N_("Varför står det 1–4 i stället för ett tal?"),
                N_("Små tal kunde visa vem det gäller. Därför visas de inte, och summor räknas av det som visas."),
                Ask.DPO,
            ),
            Why(
                N_("Varför saknas den senaste månaden?"),
                N_("En månad visas när en vecka har gått sedan den tog slut, och ändras inte sedan."),
            ),
            Why(
                N_("Varför ser jag inte alla servicenummer?"),
                N_("En chef ser sina egna. Beslutsfattarna och dataskyddsombudet ser alla."),
                Ask.HEAD,
            ),
        ),
        of=("register.figures*",),
        opens=(("register.figures", N_("Statistik")),),
    ),
    "incidents": Page(
        title=N_("Anmäla en incident"),
        lead=N_(
            "Har uppgifter om människor kommit i fel händer, ändrats eller försvunnit? Anmäl det genast, "
            "också om du inte är säker."
        ),
        steps=(
            N_("Välj ”Anmäl en incident” och skriv det du vet nu."),
            N_("Ett dataskyddsombud väljer ”Ta över ledningen”, leder utredningen och bedömer risken."),
            N_(
                "En beslutsfattare beslutar om dataombudsmannen och de berörda underrättas. Staden har 72"
                " timmar på sig från att den fick veta."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte besluta?"),
                N_(
                    "Den som har bedömt eller leder incidenten beslutar inte, inte heller den vars egna "
                    "lyssningar den gäller."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför ser jag bara det jag själv har anmält?"),
                N_("Dataskyddsombudet och beslutsfattarna ser alla incidenter."),
                Ask.DPO,
            ),
        ),
        of=("incidents.*",),
        opens=(("incidents.index", N_("Incidenter")),),
    ),
}
