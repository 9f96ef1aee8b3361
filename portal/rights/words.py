"""What people read for the codes of user rights; translated where it is shown."""

from portal.accounts.permissions import Role
from portal.language import N_
from portal.rights.models import End, Kind, State

STATES: dict[str, str] = {
    State.ASKED: N_("Väntar på beslut"),
    State.GRANTED: N_("Beviljad"),
    State.REFUSED: N_("Avslagen"),
    State.TAKEN_BACK: N_("Tillbakatagen"),
    State.ENDED: N_("Upphörd"),
}
COMING, IN_FORCE, SOON, OVER = (
    N_("Börjar senare"),
    N_("Gäller nu"),
    N_("Gäller nu, slutar snart"),
    N_("Tiden har gått ut"),
)
"""What a granted right is at an instant."""

TONES: dict[str, str] = {
    State.ASKED: "warning",
    State.GRANTED: "success",
    State.REFUSED: "neutral",
    State.TAKEN_BACK: "neutral",
    State.ENDED: "neutral",
}
"""Of the tag that shows the state."""

KINDS: dict[str, str] = {
    Kind.DECISION: N_("Beslut på begäran"),
    Kind.EMERGENCY: N_("Given i ett nödläge"),
    Kind.COMMAND: N_("Given på serverns kommandorad"),
    Kind.CARRIED: N_("Från tiden innan rättigheterna blev beslut"),
}

ENDS: dict[str, str] = {
    End.TIME: N_("tiden gick ut"),
    End.DECISION: N_("avslutad"),
    End.UNIT: N_("personen bytte enhet"),
    End.LEFT: N_("kontot stängdes"),
    End.REVIEW: N_("avslutad vid granskningen"),
    End.LAPSED: N_("ingen bekräftade den vid granskningen"),
    End.RESTORED: N_("borttagen på nytt efter en återställning"),
}

MAY: dict[str, str] = {
    Role.ADVISER: N_("söker och lyssnar på samtal till sina servicenummer, skriver anteckningar, anmäler hot"),
    Role.MANAGER: N_(
        "söker och lyssnar som en kundrådgivare, håller kvar hotsamtal, rättar uppgifter, ser vem som lyssnat"
    ),
    Role.CLERK: N_("sköter invånarnas begäranden och lyssnar på de samtal som de gäller"),
    Role.CONTROLLER: N_("beslutar om begäranden, utlämnanden och användarrättigheter"),
    Role.DPO: N_("ser hela loggen och hur registret används, lyssnar inte"),
    Role.ADMIN: N_("sköter konton, servicenummer och drift, hör inga samtal"),
}
"""What a role may, in a line."""

PRINCIPLES_SV = """\
1. En användarrättighet ges bara till den som behöver den i sitt arbete just nu, för de servicenummer som arbetet gäller och för så kort tid som arbetet kräver, högst tolv månader.
2. Chefen begär rättigheten och skriver varför den behövs. Registrets ansvariga eller den som hen har utsett beslutar. Ingen beslutar om en rättighet som hen själv har begärt eller skulle få.
3. Den som har en rättighet lyssnar bara när en uppgift kräver det, och anger ändamålet varje gång. Nyfikenhet är aldrig ett ändamål. Varje lyssning syns i loggen, och användningen följs upp.
4. Dataskyddsombudet får ingen roll som beslutar eller lyssnar. Systemadministratören får ingen roll som ger tillgång till innehållet.
5. När någon slutar eller byter enhet upphör rättigheterna genast. Varje kvartal bekräftar eller avslutar cheferna sina medarbetares rättigheter. Det som ingen bekräftar upphör.
6. I ett nödläge får en rättighet ges genast för några timmar. En beslutsfattare granskar det efteråt.
"""  # noqa: E501 a paragraph a line
PRINCIPLES_FI = """\
1. Käyttöoikeus annetaan vain sille, joka tarvitsee sitä työssään juuri nyt, niihin palvelunumeroihin, joita työ koskee, ja niin lyhyeksi ajaksi kuin työ vaatii, enintään kahdeksitoista kuukaudeksi.
2. Esihenkilö pyytää oikeutta ja kirjoittaa, miksi sitä tarvitaan. Päätöksen tekee rekisterin vastuuhenkilö tai hänen nimeämänsä henkilö. Kukaan ei päätä oikeudesta, jota on itse pyytänyt tai jonka itse saisi.
3. Käyttöoikeuden haltija kuuntelee puheluja vain, kun tehtävä sitä edellyttää, ja ilmoittaa tarkoituksen joka kerta. Uteliaisuus ei ole koskaan tarkoitus. Jokainen kuuntelu näkyy lokissa, ja käyttöä seurataan.
4. Tietosuojavastaava ei saa roolia, joka päättää tai kuuntelee. Ylläpitäjä ei saa roolia, jolla pääsee sisältöön.
5. Kun joku lopettaa työnsä tai vaihtaa yksikköä, oikeudet päättyvät heti. Joka neljännesvuosi esihenkilöt vahvistavat tai lopettavat työntekijöidensä oikeudet. Oikeus, jota kukaan ei vahvista, päättyy.
6. Hätätilanteessa oikeuden voi antaa heti muutamaksi tunniksi. Päättäjä tarkistaa sen jälkikäteen.
"""  # noqa: E501 a paragraph a line
"""What the first version of the principles may begin as."""
