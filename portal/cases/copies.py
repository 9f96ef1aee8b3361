"""The copy of the sound that is handed over (register §2–4): ordered with the approval, made by the worker, taken by
the handler, noted as handed over, and deleted after its days."""

import datetime as dt
import uuid
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, copy_making, leaving, packing, personal_codes, turns
from portal.cases.codes import OPEN, CopyState, Delivery, RightKind, State
from portal.cases.copy_making import PART, SECRET, make_due
from portal.cases.models import Case, CaseRight, Copy
from portal.cases.outcomes import lifting_day
from portal.cases.packing import file_names
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.retention import deletion, freezes, watch
from portal.vault import box, keystore, objects
from portal.vault.box import SealBroken

__all__ = ["end", "expire_due", "file_names", "hand_over", "make_due", "order", "order_again", "show_password", "take"]

APPROVED = (State.APPROVED, State.DISPATCHED, State.COMPLAINT)
"""The sound may leave."""
SENT = (State.DISPATCHED, State.COMPLAINT)


class AlreadyOrdered(Conflict):
    text = N_("En ljudkopia görs redan i ordning.")


class NotMade(Conflict):
    text = N_("Ljudkopian är inte färdig, eller så är den raderad. Ladda om sidan och se hur läget är nu.")


class PasswordGone(Conflict):
    text = N_("Lösenordet har redan visats och är förstört. Gör en ny kopia om det har kommit bort.")


class AlreadyHanded(Conflict):
    text = N_("Överlämnandet är redan antecknat.")


class NothingToGive(Invalid):
    text = N_(
        "Det finns inget samtal kvar att göra en kopia av. Berätta det för personen; "
        "samtalens sida visar när de raderades."
    )


class NotSent(Invalid):
    text = N_("Anteckna först att svaret har skickats. Sedan antecknar du att ljudet har lämnats över.")


class Unsaid(Invalid):
    text = N_("Skriv till vem kopian lämnades och hur.")


class WrongDay(Invalid):
    text = N_("Dagen ska vara i dag eller tidigare, men inte före den dag då svaret skickades.")


class IdentityUnseen(Invalid):
    text = N_("Vid disken lämnas ljudet bara till den som visar vem den är. Välj hur identiteten kontrollerades.")


# Ordering


@db.atomic()
def order(case: Case, *, by: Account | None) -> Copy | None:
    """Have the copy made of what was decided to be given; None when nothing is given as a file. For the approval, in
    its transaction. Raises AlreadyOrdered."""
    if not packing.items(case):
        return None
    if _here(case).exists():
        raise AlreadyOrdered
    return _order(case, case.delivery, by=by)


@db.atomic()
def order_again(case: Case, *, delivery: str, by: Account) -> Copy:
    """Another copy, to be handed over as `delivery` says, when the last one is deleted, failed, or its password is
    lost; the last one goes. While the calls are there.

    NotFound, Denied, NotHandler, NotNow, AlreadyOrdered, NothingToGive.
    """
    found = actions.handled(case, *APPROVED, by=by)
    if _here(found).where(Copy.state == CopyState.ORDERED).exists():
        raise AlreadyOrdered
    if delivery not in set(Delivery) or not packing.items(found):
        raise NothingToGive
    leaving.let_go(Copy.case == found.id)
    made = _order(found, delivery, by=by)
    if found.state == State.DISPATCHED and found.lifts_on is not None:
        freezes.lift_on(found, max(found.lifts_on, clock.today() + copy_making.days()), by=by)
    return made


def _order(case: Case, delivery: str, *, by: Account | None) -> Copy:
    copy: Copy = Copy.create(case=case, delivery=delivery)
    record(Act.CASE_COPY_ORDERED, copy, by=by, reference=case.number, delivery=delivery)
    return copy


def _here(case: Case) -> Copy:
    return Copy.select().where(Copy.case == case.id, Copy.state.in_(leaving.HERE))


def of(case: Case) -> list[Copy]:
    """Every copy of the case, the newest first; those that are deleted too."""
    return list(Copy.select().where(Copy.case == case.id).order_by(Copy.id.desc()))


def get(case: Case, key: uuid.UUID) -> Copy:
    """The copy of the case that an address names. NotFound."""
    found: Copy | None = Copy.select().where(Copy.case == case.id, Copy.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def ready(case: Case) -> bool:
    """Nothing hinders the answer from leaving: the copy is made, or none is to be handed over (any more)."""
    states = {state for (state,) in _here(case).select(Copy.state).tuples()}
    return states == {CopyState.READY} or (CopyState.ORDERED not in states and not packing.items(case))


def failed(case: Case) -> bool:
    """Could the copy not be made, after every attempt?"""
    return bool(_here(case).where(Copy.state == CopyState.FAILED).exists())


def keeps(case: Case) -> bool:
    """Is there sound that nobody has been given yet? One that could not be made counts as long as it can be."""
    waits = {state for (state,) in _here(case).where(Copy.handed_on.is_null()).select(Copy.state).tuples()}
    return bool(waits - {CopyState.FAILED}) or (bool(waits) and bool(packing.items(case)))


def kept_until(case: Case) -> dt.date:
    """The day on which what is frozen for an answer that has left is let go: that of the case, and not before the end
    of a copy that nobody has been given yet. Deletion of a call takes the copies of it along."""
    last = Copy.select(peewee.fn.MAX(Copy.goes_on)).where(
        Copy.case == case.id, Copy.state == CopyState.READY, Copy.handed_on.is_null()
    )
    days: list[dt.date] = [day for day in (case.lifts_on, last.scalar()) if day is not None]
    return max(days)


# Handing over


def leaves(case: Case) -> bool:
    """May the sound of the case be taken, to be handed over?"""
    return case.state in APPROVED or is_still_given(case)


def hands(case: Case) -> bool:
    """Has the answer left, so that its sound can be handed over?"""
    return (case.state in SENT and case.dispatched_on is not None) or is_still_given(case)


def is_still_given(case: Case) -> bool:
    """Is the case open again, and not for access? What it gave is still handed over."""
    before = (CaseRight.case == case.id, CaseRight.right == RightKind.ACCESS, CaseRight.round < case.round)
    return case.state in OPEN and bool(CaseRight.select().where(*before).exists())


def _to_take(copy: Copy, *, by: Account) -> Case:
    case = actions.handled(copy.case, by=by)
    if not leaves(case):
        raise actions.NotNow
    return case


def take(copy: Copy, *, by: Account) -> objects.Reader:
    """The zip file, to be handed over; that it left is logged first. To be closed.

    NotFound, Denied, NotHandler, NotNow, NotMade.
    """
    reader = _opened(copy, by=by)
    try:
        _note_taken(copy, files=copy.files, by=by)
    except BaseException:
        reader.close()
        raise
    return reader


def take_file(copy: Copy, name: str, *, by: Account) -> tuple[int, Iterator[bytes]]:
    """One file of a copy that is not encrypted: bytes in all, and its content. The same errors; NotFound for a name
    that is none."""
    reader = _opened(copy, by=by)
    try:
        if copy.delivery == Delivery.ENCRYPTED:
            raise NotFound
        size, content = _entry(reader, name)
        _note_taken(copy, files=1, by=by)
    except BaseException:
        reader.close()
        raise
    return size, content


def _opened(copy: Copy, *, by: Account) -> objects.Reader:
    _to_take(copy, by=by)
    if copy.state != CopyState.READY:
        raise NotMade
    try:
        return objects.Reader(copy.uuid, PART)
    except (keystore.NoKey, objects.NoObject) as error:
        raise NotMade from error


def _entry(reader: objects.Reader, name: str) -> tuple[int, Iterator[bytes]]:
    file: BinaryIO = reader  # type: ignore[assignment]  # a RawIOBase is no BinaryIO to mypy
    archive = zipfile.ZipFile(file)
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise NotFound from error

    def content() -> Iterator[bytes]:
        with reader, archive, archive.open(info) as entry:
            while block := entry.read(1 << 16):
                yield block

    return info.file_size, content()


@db.atomic()
def _note_taken(copy: Copy, *, files: int, by: Account) -> None:
    case = _to_take(copy, by=by)
    if not Copy.select().where(Copy.id == copy.id, Copy.state == CopyState.READY).exists():
        raise NotMade
    record(Act.CASE_COPY_TAKEN, copy, by=by, reference=case.number, files=files)


@db.atomic()
def show_password(copy: Copy, *, by: Account) -> str:
    """The password, this once: with the same commit it is destroyed. NotFound, Denied, NotHandler, NotNow,
    PasswordGone."""
    case = _to_take(copy, by=by)
    row: Copy = Copy.get_by_id(copy.id)
    sealed = row.password_sealed
    shown = Copy.update(password_sealed=None, password_shown_at=clock.now()).where(
        Copy.id == row.id, Copy.state == CopyState.READY, Copy.password_sealed.is_null(False)
    )
    if sealed is None or not shown.execute():
        raise PasswordGone
    try:
        secret = box.unseal(SECRET, row.uuid.bytes, bytes(sealed)).decode()
    except SealBroken as error:
        raise PasswordGone from error
    record(Act.CASE_PASSWORD_SHOWN, row, by=by, reference=case.number)
    return secret


@db.atomic()
def hand_over(copy: Copy, *, to: str, how: str, identity_seen: str = "", on: dt.date, by: Account) -> Copy:
    """Note that the copy was handed to `to` on the day `on`. What is frozen for the case stays frozen until so many
    days after that (register §3), unless it already does for longer; while a complaint is pending it has no day.

    Unsaid, PersonalCode, WrongDay, IdentityUnseen, NotSent, NotMade, AlreadyHanded, NotFound, Denied, NotHandler.
    """
    case = actions.handled(copy.case, by=by)
    if not hands(case):
        raise NotSent
    if not to.strip() or not how.strip():
        raise Unsaid
    personal_codes.refuse(to, how)
    first = case.dispatched_on or clock.local(copy.ordered_at).date()
    if not first <= on <= clock.today():
        raise WrongDay
    if identity_seen not in ("", *config.settings().case_identity_methods):
        raise IdentityUnseen
    if copy.delivery == Delivery.DESK and not identity_seen:
        raise IdentityUnseen
    noted = Copy.update(
        handed_on=on,
        handed_by=by,
        handed_to=to.strip(),
        handed_how=how.strip(),
        identity_seen=identity_seen,
        goes_on=on + copy_making.days(),
    ).where(Copy.id == copy.id, Copy.state == CopyState.READY, Copy.handed_on.is_null())
    if not noted.execute():
        raise NotMade if Copy.get_by_id(copy.id).handed_on is None else AlreadyHanded
    record(Act.CASE_COPY_HANDED_OVER, copy, by=by, reference=case.number, day=on.isoformat(), delivery=copy.delivery)
    tell(case, What.COPY_HANDED_OVER, by=by, words=f"{to.strip()}: {how.strip()}", day=on)
    _move_lifting(case, on, by=by)
    row: Copy = Copy.get_by_id(copy.id)
    return row


def _move_lifting(case: Case, on: dt.date, *, by: Account) -> None:
    if case.state not in (State.DISPATCHED, State.CLOSED):  # then it has no day
        return
    later = lifting_day(case, on)
    if case.lifts_on is None or case.lifts_on < later:
        case = actions.advance(case, SENT, lifts_on=later)
    freezes.lift_on(case, kept_until(case), by=by)


# The end


@db.atomic()
def end(case: Case) -> int:
    """The case closes, or its answer is taken back: nobody gets its copies any more, handed over or not; how many.
    The worker destroys them."""
    return leaving.let_go(Copy.case == case.id)


def expire_due() -> int:
    """Destroy the copies whose day has come, and whatever is on its way out; how many are gone. One that the disk
    refuses keeps none of the others: it raises its OSError when they are gone, and the next look tries again."""
    if not watch.doubts_clock():  # a day that a wrong clock shows has not come
        with db.atomic():
            leaving.let_go(Copy.goes_on <= clock.today())
    going = Copy.select(Copy, Case).join(Case).where(Copy.state == CopyState.GOING).order_by(Copy.id)
    return turns.each(list(going), _destroy)


def _destroy(copy: Copy) -> bool:
    deletion.destroy_ownerless(copy.uuid)
    return leaving.gone(copy)
