"""What was reported, held and asked for by the police: so that the lists of threat calls are not empty."""

import datetime as dt
from collections.abc import Sequence

from portal import clock
from portal.accounts.models import Account
from portal.recordings.models import Recording
from portal.retention import threats, transfers
from portal.retention.models import Basis, Channel, Safety, ThreatKind

AS_PLANNED = 3
"""So many threat calls every demo has."""


def tell(calls: Sequence[Recording]) -> None:
    """Of `calls`, newest first: one waits for a decision, one is held and asked for by the police, one is soon to
    be reviewed, the rest were found to be no threat. Reported by the adviser who took each."""
    maria, mikko = (Account.get(Account.username == name) for name in ("maria", "mikko"))
    for number, call in enumerate(calls):
        reported = threats.report(
            call,
            kind=ThreatKind.ADVISER,
            words="Hotade att komma till kontoret och vänta utanför.",
            safety=Safety.CONTACT,
            safety_words="Jag slutar klockan 16 och går hem ensam.",
            by=call.adviser,
        )
        if number == 0:
            continue
        manager = mikko if call.adviser_id == maria.id else maria
        if number >= AS_PLANNED:
            threats.dismiss(reported, reason="Grovt språk men inget hot. Gånget igenom med rådgivaren.", by=manager)
            continue
        hold = threats.hold(
            reported,
            reason="Uttalat hot mot en namngiven rådgivare.",
            action_ahead="Polisanmälan och besöksförbud.",
            review_on=clock.today() + dt.timedelta(days=90 if number == 1 else 8),
            by=manager,
        )
        if number == 1:
            transfers.propose(
                hold,
                authority="Polisinrättningen i Östra Nyland",
                reference="5680/R/1234/26",
                asked_on=clock.today(),
                basis=Basis.INVESTIGATION,
                purpose="Förundersökning om olaga hot.",
                scope="Hela samtalet.",
                channel=Channel.IN_PERSON,
                by=manager,
            )
