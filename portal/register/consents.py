"""Consents to a use that nothing else allows (GDPR 6(1)(a), 7): given, withdrawn in one step, ended by their day.

A consent keeps its calls past their date by a freeze of its own. Whatever ends it stops the use, lets go of the calls
and claims for deletion those that nothing else keeps, all in one commit: what is claimed can neither be heard nor come
back. Withdrawing is as easy as giving, and is never refused (7(3)).
"""

import dataclasses
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
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import LANGUAGES, N_
from portal.recordings.models import Recording
from portal.register import disclosures, notices
from portal.register.models import Consent, ConsentCall, ConsentText, Told
from portal.register.words import GIVEN
from portal.retention import deletion, freezes, watch
from portal.retention.models import Freeze, PurgeLine


class NameNeeded(Invalid):
    text = N_("Skriv vem som samtycker.")


class HowNeeded(Invalid):
    """GDPR 7(1): the city shows that there is a consent."""

    text = N_("Välj hur samtycket gavs, och skriv vad som visar det: vilket brev, eller var på inspelningen.")


class GivenLater(Invalid):
    text = N_("Samtycket kan inte ha getts efter i dag. Kontrollera dagen.")


class TextLater(Invalid):
    """`first`: from when the wording is in force."""

    text = N_("Texten gäller först från den %(first)s. Välj den version som personen samtyckte till.")


class EndsBefore(Invalid):
    text = N_("Samtyckets sista dag är redan förbi. Ett sådant samtycke antecknas inte.")


class CallNeeded(Invalid):
    text = N_("Välj minst ett samtal som samtycket gäller.")


class AlreadyNoted(Conflict):
    text = N_("Samtycket är redan antecknat, med samma uppgifter.")


class CallGone(Conflict):
    text = N_(
        "Ett av samtalen har raderats, är begränsat eller går inte längre att nå. Ladda om sidan och välj på nytt."
    )


class Ended(Conflict):
    text = N_("Samtycket är redan återkallat eller har tagit slut.")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given:
    """What is known of a consent when it is noted. `number` in E.164."""

    text: ConsentText
    name: str
    number: str = ""
    language: str
    given_on: dt.date
    given_how: str
    how_words: str
    ends_on: dt.date | None = None


@db.atomic()
def give(given: Given, recordings: Iterable[Recording], *, by: Account) -> Consent:
    """Note a consent to the use of `recordings`, which are kept while it stands.

    Denied; NameNeeded, HowNeeded, GivenLater, TextLater, EndsBefore, CallNeeded, PersonalCode; AlreadyNoted when one
    with the same facts stands; CallGone when `by` does not reach one of the calls, or it is restricted or gone.
    """
    if not by.may(Permission.REGISTER_CONSENT):
        raise Denied
    facts = _checked(given)
    chosen = list(recordings)
    if not chosen:
        raise CallNeeded
    same = [getattr(Consent, name) == value for name, value in facts.items() if value is not None]
    if Consent.select().where(Consent.stands, *same).exists():
        raise AlreadyNoted
    consent: Consent = Consent.create(registered_by=by, **facts)
    _add(consent, chosen, by=by)
    record(
        Act.CONSENT_GIVEN,
        consent,
        by=by,
        consent_purpose=given.text.purpose,
        version=given.text.version,
        given_how=consent.given_how,
        given_on=consent.given_on.isoformat(),
        ends_on=consent.ends_on.isoformat() if consent.ends_on else "",
        calls=len(chosen),
    )
    return consent


def _checked(given: Given) -> dict[str, Any]:
    texts = {name: getattr(given, name).strip() for name in ("name", "number", "how_words")}
    personal_codes.refuse(*texts.values())
    if not texts["name"]:
        raise NameNeeded
    if given.given_how not in GIVEN or not texts["how_words"]:
        raise HowNeeded
    if given.language not in LANGUAGES:
        raise Invalid
    today, valid_from = clock.today(), given.text.valid_from
    if given.given_on > today:
        raise GivenLater
    if given.given_on < valid_from:
        raise TextLater(first=f"{valid_from.day}.{valid_from.month}.{valid_from.year}")
    if given.ends_on is not None and given.ends_on < today:
        raise EndsBefore
    return {**{field.name: getattr(given, field.name) for field in dataclasses.fields(given)}, **texts}


def reachable(by: Account) -> peewee.ModelSelect:
    """The calls that `by` may note a consent for: no restricted one is among them."""
    return Recording.within_reach_of(by, Permission.REGISTER_CONSENT)


def _add(consent: Consent, recordings: list[Recording], *, by: Account) -> None:
    keys = [row.id for row in recordings]
    within = list(reachable(by).where(Recording.id.in_(keys)))
    if len(within) != len(set(keys)) or freezes.freeze(within, because=consent, by=by).gone:
        raise CallGone
    for row in within:
        ConsentCall.get_or_create(consent=consent, recording=row)


def change_calls(
    consent: Consent, *, add: Iterable[Recording] = (), remove: Iterable[Recording] = (), by: Account
) -> Consent:
    """Let a standing consent be about more calls, or about fewer. What it kept past its date alone goes at once.

    Denied, NotFound, Ended, CallGone.
    """
    changed, lines = _change_calls(consent, list(add), list(remove), by)
    finish(lines)
    return changed


@db.atomic()
def _change_calls(
    consent: Consent, add: list[Recording], remove: list[Recording], by: Account
) -> tuple[Consent, list[PurgeLine]]:
    if not by.may(Permission.REGISTER_CONSENT):
        raise Denied
    found = get(consent.uuid, by=by)
    if not Consent.update(stands=True).where(Consent.id == found.id, Consent.stands).execute():
        raise Ended
    _add(found, add, by=by)
    removed = ConsentCall.delete().where(
        ConsentCall.consent == found.id, ConsentCall.recording.in_([row.id for row in remove])
    )
    count = removed.execute()
    disclosures.end_of(found, recordings=remove, by=by)
    freezes.lift(found, by=by, recordings=remove)
    record(Act.CONSENT_CHANGED, found, by=by, added=len(add), removed=count)
    return found, _claim(found, remove, by=by)


def withdraw(consent: Consent, *, case: Any = None, by: Account) -> Consent:
    """The person takes the consent back: the use ends with this commit, and what nothing else keeps is deleted.

    `case`: the request by which it came, with uuid and number; its own act has asked whether `by` may. Denied,
    NotFound, Ended.
    """
    ended, lines = withdrawn(consent, case=case, by=by)
    finish(lines)
    return ended


@db.atomic()
def withdrawn(consent: Consent, *, case: Any = None, by: Account) -> tuple[Consent, list[PurgeLine]]:
    """`withdraw` as part of a larger act; its claims are to be finished (`deletion.finish`) after the commit."""
    if not by.may(Permission.REGISTER_CONSENT):
        raise Denied
    found = get(consent.uuid, by=by)
    return end(found, Act.CONSENT_WITHDRAWN, case=case, by=by)


def end(found: Consent, act: Act, *, case: Any = None, by: Account | None) -> tuple[Consent, list[PurgeLine]]:
    """It stands no more, in the transaction of the act that says why; `finish` its claims after the commit."""
    because, reference = (case.uuid, case.number) if case is not None else (None, "")
    ended = Consent.update(
        stands=None, withdrawn_at=clock.now(), withdrawn_by=by, because=because, reference=reference
    ).where(Consent.id == found.id, Consent.stands)
    if not ended.execute():
        raise Ended
    calls = of(found)
    disclosures.end_of(found, by=by)
    freezes.lift(found, by=by)
    lines = _claim(found, calls, by=by)
    gone = {line.subject for line in lines}
    if act == Act.CONSENT_WITHDRAWN:  # GDPR 17(1)(b): the recipients are told (19)
        erased = [one for one in calls if one.uuid in gone]
        notices.open_for(erased, what=Told.ERASED, because=case, by=by)
    row = Consent.get_by_id(found.id)
    record(act, row, by=by, reference=reference, calls=len(calls), claimed=len(lines))
    return row, lines


@db.atomic()
def take_in(consent: Consent, *, case: Any, by: Account) -> Consent:
    """One that was withdrawn outside a request is confirmed by the letter of `case`; its own act has asked whether
    `by` may. NotFound; Ended when it stands, ended of itself, or is another request's."""
    found = get(consent.uuid, by=by)
    loose = (Consent.stands.is_null(), Consent.withdrawn_by.is_null(False), Consent.because.is_null())
    taken = Consent.update(because=case.uuid, reference=case.number).where(Consent.id == found.id, *loose)
    if not taken.execute():
        raise Ended
    return get(consent.uuid, by=by)


def _claim(consent: Consent, recordings: list[Recording], *, by: Account | None) -> list[PurgeLine]:
    if watch.doubts_clock():
        return []  # a date that a wrong clock shows has not come: the sweep asks a person first
    claims = (deletion.claim_unconsented(row, because=consent, by=by) for row in recordings)
    return [line for line in claims if line is not None]


def finish(lines: list[PurgeLine]) -> None:
    """Delete what was claimed; not inside a transaction."""
    for line in lines:
        deletion.finish(line)  # what the disk refuses is noted on the line, and every sweep tries again


def get(key: uuid.UUID, *, by: Account) -> Consent:
    """The consent that an address names, with its text. NotFound when absent or not for `by`."""
    found: Consent | None = Consent.visible_to(by).where(Consent.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def of(consent: Consent) -> list[Recording]:
    """The calls that it is about, oldest first; of one that has ended those too that were deleted with it."""
    linked = ConsentCall.select(ConsentCall.recording).where(ConsentCall.consent == consent.id)
    return list(Recording.select().where(Recording.id.in_(linked)).order_by(Recording.id))


def of_numbers(numbers: Iterable[str]) -> list[Consent]:
    """What somebody with one of the numbers (E.164) has consented to, ended ones too, the newest first."""
    return _found(Consent.number.in_([number for number in numbers if number]))


def about(recordings: Iterable[Recording]) -> list[Consent]:
    """The consents that are about one of the calls, ended ones too, the newest first."""
    keys = [row.id for row in recordings]
    linked = ConsentCall.select(ConsentCall.consent).where(ConsentCall.recording.in_(keys))
    return _found(Consent.id.in_(linked))


def of_name(name: str) -> list[Consent]:
    """What somebody of that name has consented to, whatever the case of its letters; perhaps somebody else."""
    wanted = _folded(name)
    named = Consent.select(Consent.id, Consent.name).where(Consent.name != "").tuples()
    return _found(Consent.id.in_([key for key, given in named if wanted and _folded(given) == wanted]))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def of_case(case: Any) -> list[Consent]:
    """Those that were withdrawn by the case, the oldest first."""
    return _found(Consent.because == case.uuid)[::-1]


def _found(condition: Any) -> list[Consent]:
    chosen = Consent.select(Consent, ConsentText).join(ConsentText).where(condition)
    return list(chosen.order_by(Consent.id.desc()))


def standing_for(recording: Recording, purpose: str) -> Consent | None:
    """A consent by which the call may be used for `purpose` now; None when there is none."""
    chosen = Consent.select(Consent, ConsentText).join(ConsentText).switch(Consent).join(ConsentCall).join(Recording)
    chosen = chosen.where(Recording.id == recording.id, *in_use(purpose, clock.today()))
    found: Consent | None = chosen.order_by(Consent.id.desc()).first()
    return found


def in_use(purpose: Any, today: Any) -> tuple[Any, ...]:
    """That a consent, its text, and a call of it allow the use now; the last two may be slots of a prepared query.

    The freeze is asked for too: a register that was put back from a backup has its lifts before anything else.
    """
    kept = Freeze.select(peewee.SQL("1")).where(
        Freeze.recording == Recording.id, Freeze.because == Consent.uuid, Freeze.stands
    )
    return (
        Consent.stands,
        ConsentText.purpose == purpose,
        Consent.ends_on.is_null() | (Consent.ends_on >= today),
        peewee.fn.EXISTS(kept),
    )
