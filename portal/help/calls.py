"""Help with calls: finding, hearing, noting, correcting, judging."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "find": Page(
        title=N_("Hitta ett samtal"),
        lead=N_("Du söker bland samtalen till de servicenummer som du har rätt till."),
        steps=(
            N_(
                "Skriv ett ord ur ämnet eller anteckningarna, eller minst tre siffror ur numret. Listan "
                "ändras medan du skriver."
            ),
            N_(
                "Välj dagar, servicenummer eller kundrådgivare för att få färre träffar. Fler val finns under ”Fler "
                "villkor”."
            ),
            N_("Öppna samtalet genom att välja dess tid."),
            N_("Ett samtal som du har hört hittar du igen under ”Senast hörda samtal”."),
            N_(
                "Söker du ofta på samma sätt? Välj ”Spara sökningen”, så finns den överst på sidan. Ett nummer sparas"
                " aldrig."
            ),
        ),
        whys=(
            Why(
                N_("Varför hittar jag inte samtalet?"),
                N_(
                    "Samtal raderas tre månader efter att de slutade. Du ser heller inte samtal till "
                    "andra servicenummer än dina, eller samtal vars behandling är begränsad. Ett samtal "
                    "från de senaste minuterna har kanske inte kommit in än."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan jag inte ladda ner listan?"),
                N_(
                    "Bara chefer och handläggare tar ut listor som en fil. Då lämnar uppgifterna "
                    "portalen, och det skrivs i loggen."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför saknas ett samtal som jag har hört?"),
                N_(
                    "Listan visar bara samtal som du fortfarande får öppna. Samtalet kan ha raderats, begränsats "
                    "eller hållits kvar som hotsamtal, eller så har du inte längre rätt till servicenumret."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför syns inte hela numret i listan?"),
                N_("Ingen ska se fler nummer än arbetet kräver. Hela numret står på samtalets sida."),
            ),
        ),
        of=(
            "recordings.index",
            "recordings.counts",
            "recordings.saved_*",
            "recordings.same_number",
            "recordings.heard",
            "recordings.export",
        ),
        opens=(
            ("recordings.index", N_("Samtal")),
            ("recordings.heard", N_("Senast hörda samtal")),
            ("recordings.saved_index", N_("Sparade sökningar")),
        ),
    ),
    "listen": Page(
        title=N_("Lyssna på ett samtal"),
        lead=N_("Du anger varför du lyssnar, och lyssningen skrivs i loggen."),
        steps=(
            N_(
                "Öppna samtalet och välj under ”Lyssna” ett ändamål: tjänstens kvalitet, kundrådgivarnas säkerhet "
                "eller en begäran med dess ärendenummer."
            ),
            N_(
                "Välj ”Öppna inspelningen” och spela upp. Du kan hoppa, upprepa ett avsnitt, hoppa över tystnad och "
                "ställa ljudstyrkan för var och en som talar."
            ),
            N_(
                "Ska du höra många samtal? Sök fram dem och välj ”Lyssna igenom listan”, så anger du ändamålet en gång."
            ),
            N_(
                "Har ett samtal flyttats mellan personer har det flera delar. De står på samtalets sida under "
                "”Samtalets delar”."
            ),
        ),
        whys=(
            Why(
                N_("Varför måste jag ange ett ändamål?"),
                N_(
                    "Inspelningarna får bara användas för kundrådgivarnas säkerhet, tjänstens kvalitet "
                    "och begäranden. Den som talar i samtalet har rätt att få veta när och varför någon "
                    "har lyssnat."
                ),
                Ask.DPO,
            ),
            Why(
                N_("Varför kan jag inte lyssna längre?"),
                N_(
                    "Uppspelningen stannar när tiden för lyssningen är slut, när du har loggats ut, när "
                    "dina rättigheter har ändrats, och när samtalet har raderats eller begränsats. Ange "
                    "ändamålet på nytt om samtalet finns kvar."
                ),
                Ask.HEAD,
            ),
            Why(
                N_("Varför hör jag inte ett samtal efter tre månader?"),
                N_(
                    "Efter lagringstiden används ett samtal bara för det som håller det kvar. Ett "
                    "hotsamtal hör cheferna för servicenumret, ett samtal i en begäran hör den som "
                    "handlägger den."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför visas en del av samtalet inte?"),
                N_(
                    "Delen hör till ett servicenummer som du inte har rätt till, eller så är behandlingen"
                    " av den begränsad."
                ),
                Ask.HEAD,
            ),
        ),
        of=(
            "recordings.show",
            "recordings.state",
            "recordings.listen",
            "recordings.listens",
            "recordings.audio",
            "recordings.peaks",
            "recordings.series*",
            "recordings.conversation_series",
        ),
        opens=(("recordings.index", N_("Samtal")),),
    ),
    "notes": Page(
        title=N_("Skriva ämne och anteckningar"),
        lead=N_("Ämnet och anteckningarna gör att andra hittar och förstår samtalet."),
        steps=(
            N_(
                "Skriv på samtalets sida under ”Ämne” vad samtalet gällde, inte vem det gällde, och välj ”Spara ämnet”."
            ),
            N_("Skriv en anteckning på samtalets sida, eller välj ”Anteckna vid den här platsen” medan du lyssnar."),
            N_("Ska bara du se anteckningen, kryssa för ”Bara för mig” innan du väljer ”Spara anteckningen”."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ändra eller ta bort en anteckning?"),
                N_("Det som har sparats rättas, och det syns att och av vem. Anteckningen raderas med samtalet."),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför tas min text inte emot?"),
                N_("Personbeteckningar skrivs aldrig i portalen. Ta bort beteckningen och spara på nytt."),
            ),
            Why(
                N_("Vem läser det jag skriver?"),
                N_(
                    "De som har servicenumret, och den som samtalet gäller om personen begär det. Det "
                    "gäller också anteckningar som bara du ser."
                ),
            ),
        ),
        of=(
            "recordings.notes",
            "recordings.note_at",
            "recordings.subject",
        ),
        opens=(("recordings.index", N_("Samtal")),),
    ),
    "correct": Page(
        title=N_("Rätta en uppgift"),
        lead=N_("Fel uppgifter om ett samtal rättas genast. Ljudet ändras aldrig."),
        steps=(
            N_("Välj ”Rätta en uppgift eller anmäl ett fel” på samtalets sida."),
            N_(
                "Välj uppgiften. Får du rätta den själv väljer du ”Rätta uppgiften”, annars ”Anmäl felet”, så rättar "
                "någon annan."
            ),
            N_(
                "Skriv varför. Den gamla uppgiften förseglas, och att uppgiften har rättats syns för alla"
                " som ser samtalet."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte rätta uppgiften själv?"),
                N_(
                    "En kundrådgivare rättar bara sin egen text. Annat rättar en chef eller en "
                    "handläggare; anmäl felet på sidan."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför kan jag inte rätta ljudet?"),
                N_("Ljudet är det som sades. Säger personen att något är fel fogas personens egna ord till samtalet."),
                Ask.CLERK,
            ),
            Why(
                N_("Varför ser jag inte den gamla uppgiften?"),
                N_(
                    "Den är förseglad och öppnas bara när det behövs, med ett angivet skäl. Varje öppning"
                    " skrivs i loggen."
                ),
                Ask.MANAGER,
            ),
        ),
        of=(
            "recordings.entr*",
            "recordings.correct*",
            "recordings.report*",
            "recordings.note_entry",
            "recordings.opening",
            "recordings.error_reports",
            "recordings.dismissal",
            "recordings.statement",
        ),
        opens=(
            ("recordings.index", N_("Samtal")),
            ("recordings.error_reports", N_("Anmälda fel")),
        ),
    ),
    "quality": Page(
        title=N_("Bedöma samtalens kvalitet"),
        lead=N_("Chefer hör samtal som lottats fram och bedömer hur tjänsten fungerar."),
        steps=(
            N_("Välj ”Lotta fram samtal”. Alla samtal som ingen har bedömt har samma chans."),
            N_("Lyssna, svara på frågorna under ”Bedöm samtalets kvalitet” och spara."),
            N_("Följ månad för månad under ”Sammandrag av bedömningarna”. Det gäller tjänsten, aldrig en person."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte bedöma samtalet?"),
                N_(
                    "Du bedömer ett samtal som du har lyssnat på för tjänstens kvalitet, i ett "
                    "servicenummer där du är chef. Samtal som du själv svarade på bedömer någon annan."
                ),
                Ask.MANAGER,
            ),
            Why(
                N_("Varför visas inte en månad?"),
                N_(
                    "Den har för få bedömningar, eller samtal från för få kundrådgivare. Siffrorna kunde "
                    "annars visa en enskild person."
                ),
            ),
        ),
        of=(
            "recordings.quality",
            "recordings.quality_review",
            "recordings.quality_export",
            "recordings.quality_plot",
            "recordings.quality_draws",
        ),
        opens=(("recordings.quality", N_("Kvalitet")),),
    ),
    "reviews": Page(
        title=N_("Se bedömningar av dina samtal"),
        lead=N_("Du ser vem som har bedömt samtal som du har svarat på, och hur."),
        steps=(
            N_("Öppna samtalet från listan för att se frågorna och svaren."),
            N_("Undrar du över en bedömning? Fråga den som har gjort den; namnet står i listan."),
        ),
        whys=(
            Why(
                N_("Varför har en bedömning försvunnit?"),
                N_("Den raderas med samtalet, tre månader efter det. Bara sammandraget utan personer finns kvar."),
                Ask.MANAGER,
            ),
        ),
        of=("recordings.quality_own",),
        opens=(("recordings.quality_own", N_("Mina bedömda samtal")),),
    ),
}
