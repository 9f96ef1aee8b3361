"""What was given to others: one call waits for a decision, one was given to the police and has been corrected since, so
that the police are to be told."""

from portal import clock
from portal.accounts.models import Account
from portal.demo.cases import CLERK
from portal.demo.people import RESPONSIBLE
from portal.recordings import corrections
from portal.recordings.correction_models import Entry
from portal.recordings.models import Playable, Recording, State
from portal.register import disclosures
from portal.retention import transfers
from portal.retention.models import Basis, Channel, Transfer

SUBJECT = "Stulen cykel vid skolan"
LEFT_ALONE = "Dagvårdsplats"
"""The call that the README has one look for."""


def tell() -> None:
    """Of the newest calls that nothing keeps; none there are is no fault."""
    clerk, decider = (Account.get(Account.username == name) for name in (CLERK, RESPONSIBLE))
    free = (Recording.holds == 0, Recording.freezes == 0, Recording.restrictions == 0)
    heard = (Recording.state == State.LIVE, Recording.expires_at > clock.now(), Recording.playable != Playable.EMPTY)
    noted = (Recording.subject.not_in(("", SUBJECT)), ~Recording.subject.startswith(LEFT_ALONE))
    chosen = Recording.select().where(*free, *heard, *noted, Recording.queue.is_null(False))
    calls = list(chosen.order_by(Recording.id.desc()).limit(2))
    if len(calls) < 2:
        return
    waits, given = calls
    _propose(waits, clerk, purpose="Förundersökning av bedrägeri.", reference="5680/R/2345/26")
    transfer = _propose(given, clerk, purpose="Förundersökning av stöld.", reference="5680/R/1999/26")
    transfers.approve(transfer, reason="Begäran är skriftlig och gäller bara det här samtalet.", by=decider)
    transfers.take_sound(transfer, by=clerk)
    transfers.hand_over(transfer, how="I polisens mottagningstjänst, kvitterat av utredaren.", by=clerk)
    reason = "Ämnet var antecknat för fel samtal."
    corrections.correct(given, Entry.SUBJECT, SUBJECT, reason=reason, by=clerk)


def _propose(call: Recording, by: Account, *, purpose: str, reference: str) -> Transfer:
    return disclosures.propose(
        call,
        authority="Polisinrättningen i Östra Nyland, brottsutredningen",
        address="Mannerheimgatan 1\n06100 BORGÅ",
        reference=reference,
        asked_on=clock.today(),
        basis=Basis.INVESTIGATION,
        purpose=purpose,
        scope="Hela ljudet med tid och nummer, utan anteckningar.",
        channel=Channel.POLICE_SERVICE,
        by=by,
    )
