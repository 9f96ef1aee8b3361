"""Help with oversight and the log."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "oversight": Page(
        title=N_("Se vem som har lyssnat"),
        lead=N_("Tillsynen visar vem som har lyssnat på vad och varför. Också din läsning skrivs i loggen."),
        steps=(
            N_("Välj dagar, person, servicenummer eller ändamål. Varje tal leder till sina rader."),
            N_("Är det något du undrar över, välj ”Fråga om lyssningen” på raden. Frågan blir en iakttagelse."),
            N_(
                "Välj ”Månadssammandrag”, läs månadens dokument och lås det. Då finns loggens kontrollpunkt i ett "
                "dokument som kan förvaras på annat håll."
            ),
            N_(
                "Välj ”Utdrag ur loggen” för ett brev till den som har ringt och frågar, eller ett utdrag om en "
                "anställd på en angiven grund."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ladda ner vad en person har gjort?"),
                N_("Det görs bara som ett utdrag, av dataskyddsombudet, på en grund som står i utdraget och i loggen."),
                Ask.DPO,
            ),
            Why(
                N_("Varför kan jag inte höra samtalet?"),
                N_("Den som övervakar ser att och varför någon lyssnade, men hör inte själv."),
                Ask.MANAGER,
            ),
        ),
        of=(
            "oversight.index",
            "oversight.listens",
            "oversight.export",
            "oversight.month*",
            "oversight.extracts",
            "oversight.caller_extract",
            "oversight.employee_extract",
        ),
        opens=(
            ("oversight.index", N_("Tillsyn")),
            ("oversight.months_index", N_("Månadssammandrag")),
            ("oversight.extracts", N_("Utdrag ur loggen")),
        ),
    ),
    "questions": Page(
        title=N_("Frågor om lyssningar"),
        lead=N_("Portalen jämför lyssningar med det vanliga. Det som sticker ut blir en fråga, aldrig en dom."),
        steps=(
            N_("Har du fått en fråga, öppna den, skriv vad arbetet gällde och välj ”Skicka svaret”."),
            N_("Den som övervakar läser svaret och väljer ”Avsluta iakttagelsen”."),
            N_("Ett ärendenummer eller en anteckning vid lyssningen gör att frågan ofta inte behövs."),
        ),
        whys=(
            Why(
                N_("Varför får jag frågan?"),
                N_("Användningen av registret övervakas, och alla kan få en fråga. En fråga är ingen anklagelse."),
                Ask.DPO,
            ),
            Why(
                N_("Varför kan jag inte avsluta iakttagelsen?"),
                N_(
                    "Ingen avslutar det som gäller en själv eller det man har svarat på. Gäller det ett "
                    "dataskyddsombud avslutar en beslutsfattare."
                ),
                Ask.CONTROLLER,
            ),
        ),
        of=(
            "oversight.observation*",
            "oversight.question*",
            "oversight.ask",
            "oversight.answer",
            "oversight.close",
            "oversight.reopen",
        ),
        opens=(
            ("oversight.questions", N_("Frågor till mig")),
            ("oversight.observations", N_("Iakttagelser")),
        ),
    ),
    "log": Page(
        title=N_("Söka i loggen"),
        lead=N_("Loggen visar vad som har gjorts, av vem och när. Ingen kan ändra den."),
        steps=(
            N_("Välj dagar, person eller område, och välj ”Sök”. I ett område kan du också välja en enda händelse."),
            N_(
                "Behöver du raderna på annat håll, välj ”Ladda ner som CSV” eller gör ett dokument. Det skrivs i "
                "loggen."
            ),
        ),
        whys=(
            Why(
                N_("Varför ser jag inte allt?"),
                N_("En chef ser det som rör samtal till sina servicenummer. Dataskyddsombudet ser hela loggen."),
                Ask.DPO,
            ),
            Why(
                N_("Varför kan en rad inte rättas?"),
                N_("Loggen visar vad som hände. Varje rad hänger ihop med den förra, så en ändring skulle synas."),
                Ask.DPO,
            ),
        ),
        of=("audit.*",),
        opens=(("audit.index", N_("Logg")),),
    ),
}
