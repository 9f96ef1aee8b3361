"""Help with what leaves the register, and with consents."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "disclosures": Page(
        title=N_("Lämna ut ett samtal till en mottagare"),
        lead=N_(
            "Ett samtal lämnas bara ut på en skriftlig begäran, med en rättslig grund, när två personer har prövat det."
        ),
        steps=(
            N_(
                "Öppna samtalet och välj ”Föreslå utlämnande”. Skriv mottagaren, grunden, ändamålet och vad som "
                "lämnas ut."
            ),
            N_(
                "Skriv under ”Avsnitt som inte lämnas ut” när de börjar och slutar. De är tysta i ljudet som lämnar "
                "portalen."
            ),
            N_(
                "När en beslutsfattare har godkänt väljer du ”Ladda ner ljudet”, lämnar över det och väljer sedan "
                "”Anteckna överlämnandet”."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte godkänna utlämnandet?"),
                N_("En beslutsfattare godkänner, och aldrig den som föreslog."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan samtalet inte lämnas ut?"),
                N_(
                    "Samtycket gäller inte längre, behandlingen är begränsad, eller samtalet är raderat. "
                    "Ett kvarhållet hotsamtal lämnar en chef ut till polisen."
                ),
                Ask.CONTROLLER,
            ),
        ),
        of=("register.disclos*",),
        opens=(("register.disclosures", N_("Utlämnanden")),),
    ),
    "notices": Page(
        title=N_("Underrätta en mottagare"),
        lead=N_("Den som har fått ett samtal ska få veta när det rättas, raderas eller begränsas."),
        steps=(
            N_("Öppna underrättelsen. Välj ”Gör brevet” och skicka det, eller ring."),
            N_("Skriv dagen och hur mottagaren fick veta, och välj ”Anteckna att mottagaren är underrättad”."),
            N_("Går det inte, skriv varför under ”Om det inte går”. Personen har rätt att få läsa det."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte anteckna underrättelsen?"),
                N_("Handläggarna underrättar. Andra ser bara vem som har fått veta."),
                Ask.CLERK,
            ),
        ),
        of=("register.notice*",),
        opens=(("register.notices", N_("Underrättelser")),),
    ),
    "consents": Page(
        title=N_("Anteckna och återkalla samtycken"),
        lead=N_("Med samtycke får ett samtal användas till mer, till exempel utbildning. Utan samtycke aldrig."),
        steps=(
            N_(
                "Läs upp eller visa texten som gäller. Välj ”Anteckna ett samtycke” på samtalets sida, och skriv vem,"
                " när, hur och vad som visar det."
            ),
            N_(
                "Återkallar personen samtycket, öppna det genast från listan och välj ”Återkalla samtycket”. Det "
                "vägras aldrig och går inte att ångra."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte anteckna ett samtycke?"),
                N_(
                    "Ingen text är bestämd än, samtalet är begränsat, eller du har inte servicenumret. "
                    "Texten bestämmer en beslutsfattare."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför försvann samtalet när samtycket återkallades?"),
                N_("Bara samtycket höll det kvar efter lagringstiden. Då raderas det genast."),
            ),
        ),
        of=("register.consent*",),
        opens=(
            ("register.consents", N_("Samtycken")),
            ("register.consent_texts", N_("Texter")),
        ),
    ),
    "training": Page(
        title=N_("Använda ett samtal i utbildning"),
        lead=N_("Här finns samtal vars personer har samtyckt till att de används i utbildning."),
        steps=(
            N_("Välj ”Lyssna” vid samtalet. Lyssningen skrivs i loggen med ändamålet utbildning."),
            N_("Kopiera eller spela inte in ljudet. Återkallas samtycket upphör användningen genast."),
        ),
        whys=(
            Why(
                N_("Varför får jag inte använda ett annat samtal?"),
                N_("Utbildning hör inte till registrets ändamål. Den kräver samtycke av den som talar i samtalet."),
                Ask.MANAGER,
            ),
        ),
        of=("register.training*",),
        opens=(("register.training", N_("Utbildning")),),
    ),
}
