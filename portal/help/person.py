"""Help with one's own account, with signing in and with the keyboard."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "start": Page(
        title=N_("Startsidan"),
        lead=N_("Startsidan visar vad som väntar på dig i ditt arbete."),
        steps=(
            N_(
                "I varje ruta står vad som väntar och vad som är näst i tur. Välj talet för att se hela listan, eller"
                " en rad för att öppna just den."
            ),
            N_("Står det i en ruta att inget väntar har du inget att göra där nu."),
            N_("Har du flera roller står allt på samma sida."),
        ),
        whys=(
            Why(
                N_("Varför ser jag inte samma sidor som en kollega?"),
                N_("Menyn och startsidan visar det som dina användarrättigheter gäller."),
                Ask.HEAD,
            ),
        ),
        of=("home.index",),
        opens=(("home.index", N_("Start")),),
    ),
    "account": Page(
        title=N_("Mitt konto"),
        lead=N_("Du byter själv språk, lösenord, autentiseringsapp och säkerhetsnycklar."),
        steps=(
            N_("Välj ”Lägg till en säkerhetsnyckel”. Med den loggar du in utan kod, och ingen kan lura av dig den."),
            N_(
                "Förvara reservkoderna som nycklar, inte i datorn. Är de slut eller borta, välj ”Skapa nya "
                "reservkoder”."
            ),
            N_(
                "Se efter under ”Dina inloggningar”. Känner du inte igen en enhet, avsluta den, välj ”Byt lösenord” "
                "och säg till systemadministratören."
            ),
        ),
        whys=(
            Why(
                N_("Varför måste jag bekräfta en gång till att det är jag?"),
                N_("Det som väger tungt görs bara av den som nyss har visat vem den är. Det du skrev finns kvar."),
            ),
            Why(
                N_("Varför loggades jag ut?"),
                N_(
                    "En inloggning slutar när portalen inte har använts på en stund, när den har varat "
                    "för länge, och när dina rättigheter ändras."
                ),
                Ask.ADMIN,
            ),
            Why(
                N_("Varför kan jag inte ändra mitt namn eller min anknytning?"),
                N_("Anknytningen säger vems samtal en inspelning är. Därför sköter systemadministratören den."),
                Ask.ADMIN,
            ),
        ),
        of=(
            "accounts.me",
            "accounts.own_*",
            "accounts.prove",
            "accounts.proof_question",
            "accounts.session_ending",
        ),
        opens=(("accounts.me", N_("Mitt konto")),),
    ),
    "sign-in": Page(
        title=N_("Hjälp att logga in"),
        lead=N_(
            "Du loggar in med användarnamn och lösenord, och visar sedan att det är du: med en kod eller "
            "en säkerhetsnyckel."
        ),
        steps=(
            N_("Skriv ditt användarnamn och lösenord, och välj ”Fortsätt”."),
            N_(
                "Skriv de sex siffrorna som appen i telefonen visar nu, eller välj ”Använd en säkerhetsnyckel” och "
                "rör vid nyckeln."
            ),
            N_("Första gången byter du det tillfälliga lösenordet, kopplar en app och får reservkoder."),
        ),
        whys=(
            Why(
                N_("Varför kommer jag inte in?"),
                N_(
                    "Kontrollera användarnamnet, och att telefonens klocka går rätt. Har du glömt "
                    "lösenordet eller bytt telefon hjälper systemadministratören."
                ),
                Ask.ADMIN,
            ),
            Why(
                N_("Varför måste jag vänta?"),
                N_(
                    "Efter flera fel väntar portalen allt längre, så att ingen kan gissa. Med en "
                    "säkerhetsnyckel behöver du inte vänta."
                ),
                Ask.ADMIN,
            ),
        ),
        of=(
            "accounts.sign_in*",
            "accounts.sign_out",
            "accounts.second_factor",
            "accounts.second_factor_question",
            "accounts.new_password",
            "accounts.enrolment*",
            "accounts.arrival",
            "accounts.language",
        ),
        opens=(("accounts.sign_in", N_("Logga in")),),
    ),
    "keys": Page(
        title=N_("Tangenter"),
        lead=N_("Allt i portalen går att göra utan mus."),
        steps=(
            N_("Med Tabb går du framåt, med Skift och Tabb bakåt. Det du står på har en tydlig ram."),
            N_(
                "Det första trycket på Tabb leder på varje sida till ”Hoppa till innehållet”. Tryck på Retur där, så "
                "går du förbi menyn."
            ),
            N_(
                "Retur öppnar en länk, mellanslag trycker på en knapp och kryssar i en ruta, pilarna väljer i en lista."
            ),
            N_("Spelarens tangenter fungerar när du står i spelaren, och aldrig i ett fält där du skriver."),
        ),
        whys=(),
        of=("help.keys",),
        opens=(("home.index", N_("Start")),),
    ),
}
