"""What people read for the codes of the protocol and of the sweeps; translated where it is shown."""

from portal.language import N_
from portal.retention.models import Kind, Result, Rule

KINDS: dict[str, str] = {
    Kind.RECORDING: N_("Inspelning"),
    Kind.QUARANTINED: N_("Fil i karantän"),
}

RULES: dict[str, str] = {
    Rule.RETENTION: N_("Lagringstid 3 månader från samtalets slut"),
    Rule.QUARANTINE: N_("Lagringstid 3 månader för filer i karantän"),
    Rule.DISCARD: N_("Fil i karantän kasserad av administratören"),
    Rule.ERASURE: N_("Radering på begäran (artikel 17)"),
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
    "holds": N_("Hotarkivet, granskningsdagar och raderingsspärrar"),
    "copies": N_("Borttagning av gamla säkerhetskopior"),
    "inbox": N_("Mottagning av samtal"),
    "render": N_("Förberedelse för uppspelning"),
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
    "LogInUse": N_("Databasens logg kunde inte tömmas"),
    "OutsideInbox": N_("Filens namn leder ut ur inkorgen"),
    "MoveUnderWay": N_("Samtalet flyttas just nu till hotarkivet"),
    "NotCopied": N_("Det som skrevs i hotarkivet är inte det som skulle kopieras"),
    "NoKey": N_("Nyckeln saknas"),
    "PartMissing": N_("Ljudet saknas"),
    "SealBroken": N_("Förseglingen är bruten"),
    "Behind": N_("Registret är äldre än gallringens liggare: en återläsning är inte slutförd"),
    "Broken": N_("Gallringens liggare är inte hel"),
    "OperationalError": N_("Databasen tog inte emot ändringen"),
}
OTHER_FAILURE = N_("Oväntat fel")


def failure(code: str) -> str:
    """The words for a kind of failure (an errno name or a type name)."""
    return FAILURES.get(code, OTHER_FAILURE)
