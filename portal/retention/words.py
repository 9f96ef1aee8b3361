"""What people read for the codes of the protocol and of the sweeps; translated where it is shown."""

from portal.language import N_
from portal.retention.models import Kind, Result, Rule
from portal.retention.watching import Fault

KINDS: dict[str, str] = {
    Kind.RECORDING: N_("Inspelning"),
    Kind.QUARANTINED: N_("Fil i karantän"),
}

RULES: dict[str, str] = {
    Rule.RETENTION: N_("Lagringstid 3 månader från samtalets slut"),
    Rule.QUARANTINE: N_("Lagringstid 3 månader för filer i karantän"),
    Rule.DISCARD: N_("Fil i karantän kasserad av systemadministratören"),
    Rule.ERASURE: N_("Radering på begäran (artikel 17)"),
    Rule.CONSENT: N_("Samtycke som återkallats eller tagit slut"),
}

RESULTS: dict[str, str] = {
    Result.CLAIMED: N_("Påbörjad"),
    Result.PURGED: N_("Raderad"),
    Result.FAILED: N_("Misslyckad, försöks på nytt"),
}

SWEEPS: dict[str, str] = {
    "purge": N_("Gallring"),
    "words": N_("Rensning av ordregistret"),
    "returned": N_("Kontroll av att inget raderat har kommit tillbaka"),
    "passages": N_("Radering av avsnitt i samtal"),
    "consents": N_("Samtyckenas sista dagar"),
    "holds": N_("Hotarkivet, granskningsdagar och raderingsspärrar"),
    "copies": N_("Borttagning av gamla säkerhetskopior"),
    "reconcile": N_("Avstämning av filerna mot registret"),
    "inbox": N_("Mottagning av samtal"),
    "render": N_("Förberedelse för uppspelning"),
    "documents": N_("Dokument som PDF"),
    "figures": N_("Räkning av dagarnas siffror till statistiken"),
    "rights": N_("Användarrättigheter vars tid är ute"),
    "reviews": N_("Kvartalets granskning av användarrättigheterna"),
    "listens": N_("Räkning av lyssningarna till tillsynen"),
    "patterns": N_("Sökning efter ovanliga lyssningar"),
    "observations": N_("Radering av gamla iakttagelser"),
    "cases": N_("Begäranden: dagar, påminnelser, ljudkopior och gallring av akter"),
    "checkpoints": N_("Signering av loggens kontrollpunkter"),
}

FAILURES: dict[str, str] = {
    "EACCES": N_("Servern saknar rätt till filen"),
    "EPERM": N_("Servern saknar rätt till filen"),
    "EROFS": N_("Disken är skrivskyddad"),
    "EIO": N_("Disken kunde inte läsas eller skrivas"),
    "ENOSPC": N_("Disken är full"),
    "ENOENT": N_("Mappen finns inte"),
    "ENOTDIR": N_("En fil står där en mapp väntades"),
    "ELOOP": N_("En länk står där en mapp väntades"),
    "EISDIR": N_("En mapp står där en fil väntades"),
    "ENOSYS": N_("Servern kan inte stänga in programmet: libseccomp eller en rättighet saknas"),
    **dict.fromkeys(
        ("ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "TimeoutError"),
        N_("Servern som tar emot kontrollpunkterna svarar inte"),
    ),
    "LinesAltered": N_("Filen med kontrollpunkterna slutade inte med den senaste: någon har ändrat eller flyttat den"),
    "KeyOpen": N_("Andra än ägaren får läsa nyckeln"),
    "SignerSilent": N_("Programmet som signerar loggen går inte"),
    "Paused": N_("Den stannade och väntar på svar"),
    "LogInUse": N_("Databasens logg kunde inte tömmas"),
    "OutsideInbox": N_("Filens namn leder ut ur inkorgen"),
    "ConfigError": N_("Brevpapperets inställningar kan inte användas"),
    "Unstarted": N_("Ett program som gör dokument saknas på servern"),
    **dict.fromkeys(
        (
            "SealMissing",
            "SealUnreadable",
            "SealPassphrase",
            "SealKey",
            "SealPurpose",
            "SealNotYet",
            "SealExpired",
            "SealRoots",
        ),
        N_("Certifikatet för försegling kan inte användas"),
    ),
    "MoveUnderWay": N_("Samtalet flyttas just nu till hotarkivet"),
    "NotCopied": N_("Det som skrevs i hotarkivet är inte det som skulle kopieras"),
    "NoKey": N_("Nyckeln saknas"),
    "ClockBack": N_("Klockan har ställts tillbaka"),
    "PartMissing": N_("Ljudet saknas"),
    "SealBroken": N_("Förseglingen är bruten"),
    "Behind": N_("Registret är äldre än gallringens liggare: en återställning är inte slutförd"),
    "Broken": N_("Gallringens liggare är inte hel"),
    "Lost": N_("Servern avbröts gång på gång medan det pågick"),
    "OperationalError": N_("Databasen tog inte emot ändringen"),
}
OTHER_FAILURE = N_("Oväntat fel")
UNDER_WAY = N_("Påbörjad, inte slutförd")


def failure(code: str) -> str:
    """The words for a kind of failure (an errno name or a type name)."""
    return FAILURES.get(code, OTHER_FAILURE)


FAULTS: dict[str, tuple[str, str]] = {
    Fault.KEY_MISSING: (
        N_("Ett samtals nyckel saknas"),
        N_("Ljudet kan inte höras. Återställ nyckeln ur säkerhetskopian, om den är yngre än sju dagar."),
    ),
    Fault.SOUND_MISSING: (N_("Ett samtals ljud saknas"), N_("Återställ ljudfilen ur säkerhetskopian.")),
    Fault.DOCUMENT_MISSING: (
        N_("Ett låst dokument, en bilaga eller en ljudkopia saknas eller är skadad"),
        N_("Återställ dess fil och nyckel ur säkerhetskopian. En ljudkopia kan också göras på nytt i begäran."),
    ),
    Fault.SOUND_CHANGED: (
        N_("Ett samtals ljudfil har fel storlek"),
        N_("Filen är skadad. Återställ den ur säkerhetskopian."),
    ),
    Fault.DERIVED_MISSING: (N_("Ett samtals spelbara form saknas"), N_("Den görs på nytt av sig själv.")),
    Fault.WRONG_STORE: (
        N_("Ett samtal ligger i fel förvaring"),
        N_("Nyckel och ljud finns, men inte där registret säger. Kontrollera om en återställning är slutförd."),
    ),
    Fault.LEFT_BEHIND: (
        N_("Ett samtal ligger i två förvaringar"),
        N_("Kontrollera att samtalet kan höras innan kopian tas bort."),
    ),
    Fault.PURGED_KEPT: (N_("Något raderat har kommit tillbaka"), N_("Det raderas på nytt av sig själv.")),
    Fault.NO_OWNER: (
        N_("Ljud som inte hör till något samtal"),
        N_("Ingen kan höra det. Kontrollera om registret har återställts ur en äldre kopia än filerna."),
    ),
    Fault.KEY_ALONE: (
        N_("En nyckel som inte hör till något"),
        N_("En enstaka raderas av sig själv. Är de många: kontrollera att disken med ljudet är inkopplad."),
    ),
    Fault.STALE: (N_("En halvskriven fil"), N_("Den tas bort av sig själv.")),
    Fault.STRANGER: (
        N_("En främmande fil bland ljudet eller nycklarna"),
        N_("Portalen har inte lagt den där. Ta reda på vem som gjort det, och ta bort den."),
    ),
    Fault.CALL_MISSING: (
        N_("Samtal som borde ha en inspelning men saknar den"),
        N_("Kontrollera att telefonsystemet levererar sina inspelningar till inkorgen."),
    ),
}
"""What does not agree, and what to do about it."""
