"""What people read about the calls of a case; translated where it is shown."""

from portal.cases.decisions import What
from portal.cases.hearing import NotKept
from portal.language import N_
from portal.recordings.models import Direction

UNFINISHED: dict[str, str] = {
    What.UNJUDGED: N_("inte bedömt"),
    What.UNCLEAR: N_("oklart om det gäller personen"),
    What.UNDECIDED: N_("inte avgjort hur det ges"),
    What.NO_PASSAGES: N_("inga avsnitt att tysta är angivna"),
    What.NO_LINES: N_("transkriptionen är inte skriven"),
    What.GONE: N_("ljudet är raderat och kan inte ges"),
}
"""Why the answer cannot be proposed yet, after the time of the call."""

UNFINISHED_TONES: dict[str, str] = {
    What.UNJUDGED: "warning",
    What.UNCLEAR: "warning",
    What.UNDECIDED: "info",
    What.NO_PASSAGES: "warning",
    What.NO_LINES: "warning",
    What.GONE: "error",
}

NOT_KEPT = NotKept.text

DIRECTIONS: dict[str, str] = {
    Direction.IN: N_("Inkommande"),
    Direction.OUT: N_("Utgående"),
    Direction.INTERNAL: N_("Internt"),
}

CONCERNS_TONES: dict[str, str] = {"yes": "success", "no": "neutral", "unclear": "warning"}
