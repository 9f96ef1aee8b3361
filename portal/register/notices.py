"""Those who once got a call are told when it is corrected, completed, erased or restricted (GDPR 19).

Whoever changes a call opens the notices, in the transaction of the change: one for each disclosure and change. A clerk
then tells the recipient, in a letter or otherwise, or writes why that is impossible or would be disproportionate.
No case closes while one of its notices waits. Stands below the cases: it knows their rows and none of their acts.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.cases.models import Case
from portal.cases.steps import What
from portal.cases.steps import tell as tell_case
from portal.db import NO_ROWS, Few, db, few
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Recording, State
from portal.register import forgetting, letters
from portal.register.models import Notice, NoticeState, Told
from portal.retention.models import Transfer, TransferState

BY_LETTER = ("post", "secure_mail", "police_service")
HOWS = (*BY_LETTER, "phone", "in_person")
"""How a recipient is told; `words.HOWS` has the words."""
REASON_LEAST = 10


class AlreadyEnded(Conflict):
    text = N_("Mottagaren är redan underrättad, eller så är det antecknat varför det inte går.")


class LetterNeeded(Invalid):
    text = N_("Gör brevet först. Utan brev kan mottagaren underrättas per telefon eller personligen.")


class LetterWaiting(Conflict):
    text = N_("Brevet är inte färdigt. Vänta tills det är gjort; om det misslyckades, försök igen.")


class AddressNeeded(Invalid):
    text = N_("Skriv mottagarens adress.")


class HowNeeded(Invalid):
    text = N_("Välj hur mottagaren underrättades.")


class DayAhead(Invalid):
    text = N_("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag.")


class DayBefore(Invalid):
    """`first`: the first day that is possible."""

    text = N_("Dagen kan inte vara före den %(first)s. Välj den dagen eller en senare.")


class ReasonNeeded(Invalid):
    text = N_("Skriv varför mottagaren inte kan underrättas, minst %(least)s tecken.")


@db.atomic()
def open_for(
    recordings: Iterable[Recording],
    *,
    what: Told,
    because: Any = None,
    correction: Any = None,
    entry: str = "",
    by: Account | None,
) -> list[Notice]:
    """Each recipient of one of `recordings` is to be told of `what`; the notices, those that were open included.

    Call in the transaction of the change. `because`: the case, a row with uuid and number; None: on own initiative.
    `correction`: the row that was made, for CORRECTED; `entry`: which entry, a code. The same change asks once: what is
    called again after a failure opens nothing new.
    """
    keys = [row.id for row in recordings]
    rows = Transfer.select(Transfer, Recording).join(Recording)
    handed = rows.where(Transfer.recording.in_(keys), Transfer.state == TransferState.HANDED_OVER)
    about: dict[str, Any] = {
        "what": Told(what),
        "entry": entry,
        "because": because.uuid if because is not None else None,
        "correction": correction.uuid if correction is not None else None,
    }
    return [_open(row, about, because, by) for row in list(handed.order_by(Transfer.id))]


def _open(transfer: Transfer, about: dict[str, Any], because: Any, by: Account | None) -> Notice:
    if (same := _same(transfer, about)) is not None:
        return same
    reference = because.number if because is not None else ""
    notice: Notice = Notice.create(transfer=transfer, reference=reference, opened_by=by, **about)
    _log(Act.NOTICE_OPENED, notice, by=by, told_of=about["what"], entry=about["entry"])
    return notice


def _same(transfer: Transfer, about: dict[str, Any]) -> Notice | None:
    """The notice of this very change. Some changes happen only once; for the others, a recipient that has been told is
    told of the next one anew."""
    alike = [Notice.transfer == transfer.id]
    for name, value in about.items():
        column = getattr(Notice, name)
        alike.append(column.is_null() if value is None else column == value)
    once = about["correction"] is not None or (about["what"] == Told.ERASED and about["entry"] != "passage")
    if not once:
        alike.append(Notice.state == NoticeState.WAITING)
    found: Notice | None = Notice.select().where(*alike).order_by(Notice.id).first()
    return found


def get(key: uuid.UUID, *, by: Account) -> Notice:
    """The notice that an address names, with its transfer and recording. NotFound when absent or not theirs to see."""
    found: Notice | None = Notice.visible_to(by).where(Notice.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def of_case(case: Any) -> list[Notice]:
    """Every notice that the case caused, with its transfer and recording, the oldest first."""
    rows = Notice.select(Notice, Transfer, Recording).join(Transfer).join(Recording)
    return list(rows.where(Notice.because == case.uuid).order_by(Notice.id))


def of_transfer(transfer: Transfer) -> list[Notice]:
    """What its recipient was, or is to be, told; the oldest first."""
    return list(Notice.select().where(Notice.transfer == transfer.id).order_by(Notice.id))


def waiting(case: Any) -> bool:
    """Is a recipient still to be told because of the case? Then it does not close."""
    return bool(_waiting().where(Notice.because == case.uuid).exists())


def count(*, by: Account) -> int:
    """How many recipients wait to be told, for those who tell them."""
    return int(_waiting().count()) if by.may(Permission.REGISTER_NOTICE) else 0


def first(*, by: Account, most: int) -> Few:
    """Of those that wait, for those who tell them, the oldest."""
    return few(_waiting().order_by(Notice.id), most) if by.may(Permission.REGISTER_NOTICE) else NO_ROWS


def _waiting() -> peewee.ModelSelect:
    return Notice.select().where(Notice.state == NoticeState.WAITING)


@db.atomic()
def order_letter(notice: Notice, *, address: str, language: str, by: Account) -> Document:
    """Have the letter made, in the recipient's language; the address stays with the disclosure.

    NotFound, Denied, AlreadyEnded, AddressNeeded, Invalid (language), letters.AlreadyOrdered.
    """
    found = _waits(notice, by)
    lines = "\n".join(line.strip() for line in address.splitlines() if line.strip())
    if not lines:
        raise AddressNeeded
    if language not in ("sv", "fi"):
        raise Invalid
    personal_codes.refuse(lines)
    Transfer.update(address=lines, language=language).where(Transfer.id == found.transfer_id).execute()
    once = f"notice:{found.uuid.hex}"
    letter = letters.order(found, Kind.RECIPIENT_NOTICE, language=language, once=once, by=by, reference=found.reference)
    Notice.update(letter=letter.uuid).where(Notice.id == found.id).execute()
    return letter


@db.atomic()
def tell(notice: Notice, *, on: dt.date, how: str, by: Account) -> None:
    """Note that the recipient has been told. By a letter only when it is made.

    NotFound, Denied, AlreadyEnded, HowNeeded, DayAhead, DayBefore, LetterNeeded, LetterWaiting.
    """
    found = _waits(notice, by)
    if how not in HOWS:
        raise HowNeeded
    _within(on, found)
    if how in BY_LETTER:
        _made(found)
    _end(found, NoticeState.TOLD, what=What.NOTICE_TOLD, by=by, told_on=on, told_how=how)
    _log(Act.NOTICE_TOLD, found, by=by, told_of=found.what, how=how, day=on.isoformat())


@db.atomic()
def impossible(notice: Notice, *, reason: str, by: Account) -> None:
    """The recipient cannot be told, or only with disproportionate effort, and why (GDPR 19).

    NotFound, Denied, AlreadyEnded, ReasonNeeded.
    """
    found = _waits(notice, by)
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)
    personal_codes.refuse(reason)
    _end(found, NoticeState.IMPOSSIBLE, what=What.NOTICE_IMPOSSIBLE, by=by, reason=reason.strip())
    _log(Act.NOTICE_IMPOSSIBLE, found, by=by, told_of=found.what)


def _waits(notice: Notice, by: Account) -> Notice:
    found = get(notice.uuid, by=by)
    if not by.may(Permission.REGISTER_NOTICE):
        raise Denied
    if found.state != NoticeState.WAITING:
        raise AlreadyEnded
    return found


def _within(on: dt.date, notice: Notice) -> None:
    opened_at: Any = notice.opened_at
    first = clock.local(opened_at).date()
    if on > clock.today():
        raise DayAhead
    if on < first:
        raise DayBefore(first=f"{first.day}.{first.month}.{first.year}")


def _made(notice: Notice) -> None:
    states = [letter.state for letter in letters.of(notice)]
    if not states:
        raise LetterNeeded
    if Letter.LOCKED not in states:
        raise LetterWaiting


def _end(found: Notice, state: NoticeState, *, what: What, by: Account, **values: Any) -> None:
    ended = Notice.update(state=state, ended_by=by, ended_at=clock.now(), **values).where(
        Notice.id == found.id, Notice.state == NoticeState.WAITING
    )
    if not ended.execute():
        raise AlreadyEnded
    letters.drop(found, by=by, reference=found.reference, kept=(Letter.LOCKED,))  # one that was never made is not sent
    if found.because is None and found.transfer.recording.state == State.PURGED:
        forgetting.forget_told(found)
    if found.because is not None and (case := Case.get_or_none(Case.uuid == found.because)) is not None:
        tell_case(case, what, by=by, words=found.transfer.authority, day=values.get("told_on"))


def _log(act: Act, notice: Notice, *, by: Account | None, **detail: str) -> None:
    transfer = notice.transfer
    queue = transfer.recording.queue_id
    record(act, notice, by=by, reference=notice.reference, queue_id=queue, transfer=transfer.uuid.hex, **detail)
