"""Help with threat calls: reporting, keeping, handing to the police."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "reporting": Page(
        title=N_("Anmäla ett hotsamtal"),
        lead=N_(
            "Blev du eller någon annan hotad? Anmäl samtalet, så ser cheferna det genast. Är någon i fara"
            " nu, ring 112 först."
        ),
        steps=(
            N_("Öppna samtalet och välj ”Anmäl hotsamtal”."),
            N_("Berätta vad som sades och om du känner dig trygg. Vill du att en chef tar kontakt, säg det."),
            N_(
                "En chef beslutar om samtalet hålls kvar. Beslutet ser du under ”Hotsamtal som du har anmält”, så "
                "länge du får öppna samtalet."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte anmäla samtalet?"),
                N_("Det är redan anmält eller kvarhållet, eller så har lagringstiden gått ut."),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför saknas ett samtal som jag har anmält?"),
                N_(
                    "Listan visar bara samtal som du fortfarande får öppna. Ett samtal som hålls kvar hör bara "
                    "cheferna för servicenumret när lagringstiden har gått ut, och ett som inte hålls kvar raderas då."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan jag inte själv hålla kvar samtalet?"),
                N_(
                    "Bara en chef för servicenumret beslutar om det, och aldrig den som själv har anmält."
                    " Utan beslut raderas samtalet när lagringstiden går ut."
                ),
                Ask.MANAGER,
            ),
        ),
        of=(
            "retention.report",
            "retention.reports",
        ),
        opens=(
            ("recordings.index", N_("Samtal")),
            ("retention.reports", N_("Hotsamtal som du har anmält")),
        ),
    ),
    "threats": Page(
        title=N_("Hålla kvar ett hotsamtal"),
        lead=N_("En chef beslutar om ett anmält samtal lagras längre, åtskilt från andra samtal."),
        steps=(
            N_("Läs anmälan. Står det att någon inte känner sig trygg, ta kontakt genast."),
            N_(
                "Skriv ett skäl, en åtgärd och en granskningsdag och välj ”Håll kvar”. Behövs samtalet inte, skriv "
                "varför och välj ”Håll inte kvar”."
            ),
            N_("Senast på granskningsdagen väljer en annan chef ”Förnya”, eller någon ”Släpp samtalet”."),
            N_(
                "När samtalet släpps gäller lagringstiden igen. Har den gått ut raderas samtalet genast. "
                "Sidan säger det först."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte besluta om anmälan?"),
                N_("En chef för servicenumret beslutar, men inte den som själv har anmält samtalet."),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan jag inte förnya?"),
                N_(
                    "Den som höll kvar samtalet eller förnyade senast förnyar inte nästa gång. Två "
                    "personer ska ha prövat att det behövs."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan jag inte släppa samtalet?"),
                N_(
                    "Ett utlämnande till polisen är på gång. Det måste först vara överlämnat, avslaget "
                    "eller taget tillbaka."
                ),
                Ask.CONTROLLER,
            ),
        ),
        of=(
            "retention.threat*",
            "retention.hold*",
            "retention.held",
            "retention.placing",
            "retention.renewal",
            "retention.release",
            "retention.dismissed",
        ),
        opens=(
            ("retention.threats", N_("Hotsamtal")),
            ("retention.holds", N_("Kvarhållna hotsamtal")),
        ),
    ),
    "police": Page(
        title=N_("Lämna ut ett hotsamtal till polisen"),
        lead=N_("En chef föreslår, en beslutsfattare beslutar, och chefen lämnar över."),
        steps=(
            N_("Öppna det kvarhållna samtalet och välj ”Lämna ut till polisen”."),
            N_("Skriv vem som begär det, på vilken grund, varför och hur mycket, och välj ”Föreslå utlämnandet”."),
            N_(
                "När utlämnandet är godkänt väljer du ”Ladda ner ljudet”, lämnar över det och väljer sedan ”Anteckna "
                "överlämnandet”."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte godkänna utlämnandet?"),
                N_("En beslutsfattare godkänner, och aldrig den som föreslog."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan jag inte lämna över samtalet än?"),
                N_(
                    "Utlämnandet är inte godkänt, eller så har behandlingen av samtalet begränsats efter "
                    "godkännandet. Då prövas det på nytt."
                ),
                Ask.CONTROLLER,
            ),
        ),
        of=(
            "retention.proposal",
            "retention.transfer*",
        ),
        opens=(
            ("retention.transfers", N_("Utlämnanden till polisen")),
            ("retention.holds", N_("Kvarhållna hotsamtal")),
        ),
    ),
}
