"""Help with residents' requests."""

from portal.help.parts import Ask, Page, Why
from portal.language import N_

PAGES = {
    "cases": Page(
        title=N_("Registrera och sköta en begäran"),
        lead=N_("När någon vill veta, rätta eller radera det som är inspelat blir det en begäran med en sista dag."),
        steps=(
            N_(
                "Välj ”Registrera en begäran” samma dag som den kommer in. Samtalen som kan gälla den får genast en "
                "raderingsspärr, och ett brev som bekräftar mottagandet görs i ordning."
            ),
            N_(
                "Handlägger någon annan eller ingen begäran, välj ”Ta över handläggningen”. Läs ”Nästa steg” överst "
                "på begärans sida: där står vad som återstår."
            ),
            N_("Gå igenom flikarna i ordning: ”Tid och identitet”, ”Samtal”, ”Yrkanden”, ”Svar” och ”Avslut”."),
            N_("Kräv aldrig blankett, underskrift eller kopia av en identitetshandling."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte ändra något i begäran?"),
                N_(
                    "Handläggaren ändrar. Är du handläggare kan du ta över på begärans sida. Medan svaret"
                    " prövas kan ingen ändra det."
                ),
                Ask.CLERK,
            ),
            Why(
                N_("Varför kan jag inte ta bort en begäran?"),
                N_(
                    "En begäran avslutas alltid med ett brev. Återtar personen den antecknas det på fliken ”Avslut”. "
                    "Akten gallras av sig själv."
                ),
            ),
        ),
        of=(
            "cases.index",
            "cases.show",
            "cases.new",
            "cases.fact*",
            "cases.log",
            "cases.take_over",
            "cases.attach*",
            "cases.remove_attachment",
            "cases.letter*",
        ),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "time": Page(
        title=N_("Tidsfristen och identiteten"),
        lead=N_("Lagen säger när svaret senast ska vara skickat, och sidan visar hur dagen räknades."),
        steps=(
            N_(
                "Skriv hur och när identiteten styrktes, och välj ”Anteckna som styrkt”. Spara aldrig handlingen "
                "eller personbeteckningen."
            ),
            N_(
                "Tvivlar du på vem personen är, öppna ”Be om bevis på identitet” genast. Klockan stannar en gång, "
                "tills identiteten är styrkt."
            ),
            N_(
                "Är begäran mycket omfattande, skriv varför och välj ”Föreslå längre tid”. Godkänns det får personen "
                "ett brev."
            ),
        ),
        whys=(
            Why(
                N_("Varför kan tiden inte förlängas?"),
                N_(
                    "Den förlängs en gång, med konkreta skäl, och beslutet måste fattas innan den första "
                    "tiden har gått ut. En beslutsfattare som inte har handlagt begäran beslutar."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan jag inte stanna klockan igen?"),
                N_(
                    "Klockan stannar bara för tvivel om identiteten, och bara en gång. Att be om mer "
                    "uppgifter stannar den inte."
                ),
                Ask.DPO,
            ),
        ),
        of=(
            "cases.time",
            "cases.completion*",
            "cases.extension*",
            "cases.identity*",
        ),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "calls": Page(
        title=N_("Samtalen i en begäran"),
        lead=N_("Du söker personens samtal, avgör vilka som gäller personen och hur vart och ett ges."),
        steps=(
            N_(
                "Öppna fliken ”Samtal” och sök med personens nummer och den tid som uppges. Varje sökning antecknas "
                "och berättas i svaret."
            ),
            N_(
                "Bedöm om varje samtal gäller personen, och välj ”Spara bedömningarna”. Öppna samtalet om du behöver "
                "höra det."
            ),
            N_(
                "Välj ”Öppna nästa som inte är klart” och bestäm hur samtalet ges: hela ljudet, med tystade avsnitt, "
                "som en transkription eller inte alls."
            ),
            N_("Tystar du ett avsnitt, skriv vems intresse det gäller och vilken skada som hotar."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte höra samtalet?"),
                N_(
                    "Handläggaren hör samtalen medan begäran handläggs, och beslutsfattaren medan svaret "
                    "prövas. Dataskyddsombudet hör dem inte."
                ),
                Ask.CLERK,
            ),
            Why(
                N_("Varför räcker det inte att kundrådgivaren hörs, för att hålla inne samtalet?"),
                N_("Att en anställd hörs i sitt arbete är ingen grund. Det behövs en konkret skada för någon annan."),
                Ask.DPO,
            ),
        ),
        of=(
            "cases.calls*",
            "cases.call",
            "cases.call_*",
            "cases.judgements",
        ),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "claims": Page(
        title=N_("Rätta, radera, begränsa"),
        lead=N_("Varje sak som personen kräver är ett yrkande, och avgörs för sig."),
        steps=(
            N_("Välj ”Anteckna ett yrkande” på fliken ”Yrkanden”, och skriv det med personens egna ord."),
            N_(
                "Avgör det: gör som personen vill, foga en komplettering, eller vägra med skäl för just det här "
                "fallet. Välj ”Spara avgörandet”."
            ),
            N_(
                "Inget görs i registret förrän svaret är godkänt. Fliken ”Verkställighet” visar vad som är gjort och "
                "vad som väntar."
            ),
            N_("Innan en begränsning hävs får personen ett brev: välj ”Beställ brevet” på fliken ”Begränsningar”."),
        ),
        whys=(
            Why(
                N_("Varför är samtalet begränsat fast inget är avgjort?"),
                N_(
                    "Det som är omstritt begränsas genast, och allt när någon invänder. Bara den som "
                    "handlägger begäran hör samtalet då."
                ),
                Ask.CLERK,
            ),
            Why(
                N_("Varför har raderingen inte gjorts?"),
                N_(
                    "Något håller kvar samtalet: en kopia som inte är överlämnad, ett hotsamtal, en annan"
                    " begäran, ett utlämnande eller ett klagomål. Raderingen görs av sig själv när det är"
                    " borta."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan ett återkallat samtycke inte vägras?"),
                N_("Personen har alltid rätt att återkalla. Användningen upphör genast."),
            ),
        ),
        of=(
            "cases.claim*",
            "cases.consent*",
            "cases.restriction*",
            "cases.carrying",
        ),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "answer": Page(
        title=N_("Föreslå och godkänna ett svar"),
        lead=N_("Handläggaren föreslår svaret. Vägras något prövar en annan person det."),
        steps=(
            N_("Skriv motiveringen på fliken ”Svar” och välj ”Föreslå svaret”. Sidan säger vad som saknas."),
            N_(
                "Den som prövar läser brevet, hör det som hålls inne, och väljer ”Godkänn svaret” eller ”Returnera "
                "förslaget”."
            ),
            N_("Ges allt får handläggaren själv godkänna."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte godkänna svaret?"),
                N_(
                    "Den som har föreslagit, handlagt eller gett utlåtande om svaret prövar det inte. En "
                    "annan beslutsfattare gör det."
                ),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför måste jag höra samtalen först?"),
                N_("Den som godkänner att något hålls inne ska själv ha hört det."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför väntar svaret på dataskyddsombudet?"),
                N_("Något hålls inne med stöd av dataskyddslagen 34 §. Då behövs dataskyddsombudets utlåtande först."),
                Ask.DPO,
            ),
        ),
        of=("cases.answer*",),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "ending": Page(
        title=N_("Skicka svaret och avsluta"),
        lead=N_("När svaret är godkänt skickas brevet, ljudet lämnas över, och begäran avslutas."),
        steps=(
            N_(
                "Vänta tills brevet är färdigt. Skicka det och välj ”Anteckna att svaret är skickat” på fliken "
                "”Avslut”."
            ),
            N_(
                "Ljudet lämnas över på fliken ”Ljudkopia”. Ge lösenordet till en krypterad fil på ett annat sätt än "
                "filen: ”Visa lösenordet” går bara en gång."
            ),
            N_("Klagar personen, välj ”Anteckna klagomålet”. Inget raderas medan klagomålet pågår."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte anteckna svaret som skickat?"),
                N_("Svaret är inte godkänt, eller så görs brevet eller ljudkopian ännu i ordning."),
                Ask.CONTROLLER,
            ),
            Why(
                N_("Varför kan begäran inte avslutas?"),
                N_(
                    "Något återstår: ett brev, ljudet, en radering som väntar, en mottagare som inte är "
                    "underrättad eller ett klagomål. Sidan säger vad."
                ),
                Ask.CLERK,
            ),
            Why(
                N_("Varför visas inte lösenordet igen?"),
                N_("Det förstördes när det visades. Har det kommit bort gör du en ny kopia."),
            ),
        ),
        of=(
            "cases.ending*",
            "cases.copies*",
            "cases.copy_*",
            "cases.complaints*",
        ),
        opens=(("cases.index", N_("Begäranden")),),
    ),
    "requests": Page(
        title=N_("Följa hur begärandena sköts"),
        lead=N_("Sidan visar öppna och försenade begäranden och hur länge svaren tog."),
        steps=(
            N_(
                "Under ”Läget nu” leder varje tal till sina begäranden. Tabellen visar månad för månad hur det har "
                "gått."
            ),
            N_("Välj ”Ladda ner som CSV” om du behöver siffrorna i en rapport."),
        ),
        whys=(
            Why(
                N_("Varför kan jag inte avgöra något här?"),
                N_(
                    "Sidan är till för tillsyn. Begärandena avgörs av handläggaren och beslutsfattaren, "
                    "på deras egna sidor."
                ),
                Ask.CONTROLLER,
            ),
        ),
        of=("cases.oversight*",),
        opens=(("cases.oversight", N_("Tillsyn över begäranden")),),
    ),
}
