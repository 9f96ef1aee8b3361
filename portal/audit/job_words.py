"""What people read about long work, in the log and on its own page. `words` joins it to the rest."""

from portal.audit.acts import Act
from portal.language import N_

GROUPS = {"jobs": N_("Pågående arbete")}

ACTS: dict[str, str] = {
    Act.JOB_ORDERED: N_("Bad om ett arbete som tar tid"),
    Act.JOB_STOPPED: N_("Avbröt ett arbete som tar tid"),
}

KINDS = {"job": N_("Arbete")}

KEYS = {"job": N_("Arbete")}

JOBS: dict[str, str] = {
    "inbox": N_("Mottagning av samtal"),
    "import": N_("Mottagning av samtal för hand"),
    "index": N_("Uppbyggnad av ordregistret"),
    "purge": N_("Gallring"),
    "log": N_("Kontroll av loggen"),
    "log_file": N_("Nedladdning av loggen"),
    "sound": N_("Kontroll av allt ljud"),
    "backup": N_("Säkerhetskopia"),
    "rotation": N_("Byte av rotnyckeln"),
}
"""Code of `jobs.models.Kind` → what it is called."""
