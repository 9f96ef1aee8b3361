"""Disclosures of calls that no hold keeps: to the police, to another authority, or to somebody the person names
(register §4). A clerk proposes, a decider decides, the clerk hands over: the acts of `retention.transfers`, which
keeps every record of a disclosure. While it is open the call is frozen for it."""

import datetime as dt
import functools
import json
import operator
import uuid
from collections.abc import Iterable, Sequence

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.cases.codes import ANSWERED, OPEN, Concerns
from portal.cases.models import Case, CaseCall, Passage
from portal.db import Few, Prepared, db, few
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Denied, Invalid, NotFound
from portal.language import LANGUAGES, N_
from portal.recordings.models import Recording, State
from portal.register import letters
from portal.register.models import Consent
from portal.retention import freezes, transfers
from portal.retention.models import Basis, Transfer, TransferState

PAGE = 50

Ranges = Sequence[tuple[int, int]]
"""Milliseconds from and up to."""


class ConsentNeeded(Invalid):
    text = N_("Välj det samtycke som utlämnandet vilar på. Det ska gälla just det här samtalet.")


class PassagesWrong(Invalid):
    text = N_("Avsnitten ska ligga inom samtalet, i ordning, utan att gå in i varandra. Rätta tiderna.")


class AddressNeeded(Invalid):
    text = N_("Skriv mottagarens adress. Till den skickas en underrättelse om samtalet senare rättas eller raderas.")


@db.atomic()
def propose(
    recording: Recording,
    *,
    authority: str,
    reference: str = "",
    asked_on: dt.date,
    basis: str,
    purpose: str,
    scope: str,
    channel: str,
    address: str,
    language: str = "sv",
    silent: Ranges = (),
    consent: uuid.UUID | None = None,
    by: Account,
) -> Transfer:
    """Propose that a call within reach, or one of a case that `by` handles, is given to somebody. It is frozen for it.

    `silent`: passages that are not given. NotFound, Denied, transfers.Incomplete, AddressNeeded, PassagesWrong,
    ConsentNeeded, personal_codes.PersonalCode, transfers.Gone.
    """
    found = reached(recording.uuid, by=by)
    written = transfers.checked(
        authority=authority,
        reference=reference,
        asked_on=asked_on,
        basis=basis,
        purpose=purpose,
        scope=scope,
        channel=channel,
        address=address,
    )
    if not written["address"]:
        raise AddressNeeded
    if language not in LANGUAGES:
        raise transfers.Incomplete
    personal_codes.refuse(*(written[name] for name in ("authority", "reference", "purpose", "scope", "address")))
    if not fits(silent, found.duration_ms):
        raise PassagesWrong
    if (basis == Basis.CONSENT) != (consent is not None):
        raise ConsentNeeded
    if consent is not None and transfers.consent(consent, found) is None:
        raise ConsentNeeded
    transfer = transfers.note(
        found,
        by=by,
        language=language,
        silent=json.dumps([list(one) for one in silent]) if silent else "",
        consent=consent,
        **written,
    )
    if freezes.freeze([found], because=transfer, by=by).gone:
        raise transfers.Gone
    return transfer


def reached(key: uuid.UUID, *, by: Account) -> Recording:
    """The call that `by` may propose to disclose. NotFound, Denied."""
    if not by.may(Permission.REGISTER_DISCLOSE):
        raise Denied
    own = Recording.within_reach_of(by, Permission.REGISTER_DISCLOSE)
    found: Recording | None = own.where(Recording.uuid == key).first()
    if found is None:
        found = _of_own_cases(by).where(Recording.uuid == key, Recording.state == State.LIVE).first()
    if found is None:
        raise NotFound
    return found


def _of_own_cases(by: Account) -> peewee.ModelSelect:
    """The calls of the cases that `by` handles, but for those that concern somebody else."""
    own = CaseCall.select(CaseCall.recording).join(Case)
    kept = CaseCall.concerns.is_null() | (CaseCall.concerns != Concerns.NO)
    own = own.where(Case.handler == by.id, Case.state.in_((*OPEN, *ANSWERED)), kept)
    return Recording.select().where(Recording.id.in_(own))


def fits(silent: Ranges, duration_ms: int) -> bool:
    """Are the passages in order, apart, and within the call? Its last second counts as whole."""
    place = 0
    for start, end in silent:
        if start < place or end <= start:
            return False
        place = end
    return place <= -(-duration_ms // 1000) * 1000


def silent_in_cases(recording: Recording, *, by: Account) -> list[tuple[int, int]]:
    """The passages that a case `by` handles has muted in the call: what a proposal begins with."""
    rows = Passage.select(Passage.start_ms, Passage.end_ms).join(CaseCall).join(Case)
    found = rows.where(CaseCall.recording == recording.id, Case.handler == by.id).order_by(Passage.start_ms).tuples()
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


@db.atomic()
def end_of(consent: Consent, *, recordings: Iterable[Recording] | None = None, by: Account | None) -> int:
    """The consent is withdrawn, or its time is over, or it is about `recordings` no more: what was still to be
    disclosed on it is taken back; how many."""
    rows = Transfer.select(Transfer, Recording).join(Recording)
    chosen = () if recordings is None else (Transfer.recording.in_([row.id for row in recordings]),)
    open_rows = list(rows.where(Transfer.consent == consent.uuid, Transfer.state.in_(transfers.OPEN), *chosen))
    for row in open_rows:
        transfers.take_back(row, by=by)
    return len(open_rows)


@db.atomic()
def order_record(transfer: Transfer, *, language: str, by: Account) -> Document:
    """The record of a disclosure as PDF, as things stand now. Those who propose or decide. NotFound, Denied."""
    found = transfers.get(transfer.uuid, by=by)
    if not orders_record(by):
        raise Denied
    if language not in LANGUAGES:
        raise Invalid
    return letters.order(found, Kind.DISCLOSURE_RECORD, language=language, by=by)


def orders_record(by: Account) -> bool:
    return by.may(Permission.REGISTER_DISCLOSE) or by.may(Permission.RETENTION_DISCLOSE)


# What the pages show


def page(*, after: uuid.UUID | None, waiting: bool = False, by: Account) -> tuple[list[Transfer], uuid.UUID | None]:
    """A page of every disclosure that `by` may read about, or of those that wait for `by`, newest first, and the name
    to go on from."""
    proposer = Account.alias()
    query = (
        (_waiting(by) if waiting else Transfer.visible_to(by))
        .select(Transfer, Recording, proposer)
        .join_from(Transfer, proposer, on=(Transfer.proposed_by == proposer.id), attr="proposed_by")
    )
    if after is not None and (last := Transfer.get_or_none(Transfer.uuid == after)) is not None:
        query = query.where(Transfer.id < last.id)
    rows = list(query.order_by(Transfer.id.desc()).limit(PAGE + 1))
    return rows[:PAGE], rows[PAGE - 1].uuid if len(rows) > PAGE else None


def first(*, by: Account, most: int) -> Few:
    """Of those that wait for `by` the newest."""
    return few(_waiting(by).order_by(Transfer.id.desc()), most)


def count_waiting(*, by: Account) -> int:
    return int(_waiting(by).count())


def _waiting(by: Account) -> peewee.ModelSelect:
    """The disclosures that `by` may decide, or that are approved and theirs to hand over: what they proposed, and what
    a hold in a queue of theirs keeps."""
    theirs = []
    if by.may(Permission.RETENTION_DISCLOSE):
        theirs.append((Transfer.state == TransferState.PROPOSED) & (Transfer.proposed_by != by.id))
    if by.may(Permission.REGISTER_DISCLOSE):
        theirs.append(_APPROVED & Transfer.hold.is_null() & (Transfer.proposed_by == by.id))
    if by.may(Permission.RETENTION_HOLD):
        own = Recording.of_queues(by.queues_for(Permission.RETENTION_HOLD))
        theirs.append(_APPROVED & Transfer.hold.is_null(False) & own)
    return Transfer.visible_to(by).where(functools.reduce(operator.or_, theirs) if theirs else Transfer.id.is_null())


_APPROVED = Transfer.state == TransferState.APPROVED
_PROPOSED = (Transfer.state == TransferState.PROPOSED, Transfer.hold.is_null())
_ANY_PROPOSED = Prepared(lambda: Transfer.select(Transfer.id).where(*_PROPOSED).limit(1))
"""Every page asks what waits, and mostly nothing does, for anybody: that is told without writing a query anew."""


def to_decide(*, by: Account) -> int:
    """How many proposals without a hold wait for `by` to decide."""
    if not by.may(Permission.RETENTION_DISCLOSE) or not _ANY_PROPOSED():
        return 0
    return int(transfers.waiting(by).where(Transfer.hold.is_null()).count())


def to_hand_over(*, by: Account) -> int:
    """How many of those that `by` proposed are approved and not handed over."""
    if not by.may(Permission.REGISTER_DISCLOSE):
        return 0
    mine = (Transfer.hold.is_null(), Transfer.proposed_by == by.id, Transfer.state == TransferState.APPROVED)
    return int(Transfer.select().where(*mine).count())


@db.atomic()
def note_list(lines: int, *, by: Account) -> None:
    record(Act.DISCLOSURES_LISTED, by=by, lines=lines)


@db.atomic()
def note_viewed(transfer: Transfer, *, by: Account) -> None:
    """That `by` read this one, whole."""
    record(Act.DISCLOSURE_VIEWED, transfer.recording, by=by, transfer=transfer.uuid.hex)
