"""What people read of a review; translated where it is shown."""

from portal.language import N_
from portal.rights.models import Verdict

VERDICTS: dict[str, str] = {
    Verdict.CONFIRMED: N_("bekräftad"),
    Verdict.ENDED: N_("avslutad"),
    Verdict.LAPSED: N_("förfallen"),
    Verdict.GONE: N_("upphörde före svaret"),
}

TONES: dict[str, str] = {
    Verdict.CONFIRMED: "success",
    Verdict.ENDED: "neutral",
    Verdict.LAPSED: "error",
    Verdict.GONE: "neutral",
}
