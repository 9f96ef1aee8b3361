"""The privacy description in versions: written by some, approved by another, published for everybody.

What is published never changes; a new version is drafted from it. A contradiction between the text and what the portal
does (`contradictions`) is no obstacle: whoever approves it says why it stands.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.documents.kinds import Kind
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import LANGUAGES, N_, translator
from portal.register import claims_live, contradictions, description_defaults, letters
from portal.register.description_models import Description, DescriptionState
from portal.register.points import CODES, TEXT_LEAST, TEXT_MOST, Content
from portal.spelling import date

REASON_LEAST = 10
"""Signs of the answer to a contradiction, and of why a proposal is returned."""
REASON_MOST = 1000
AHEAD_MONTHS = 12
"""A version is in force at most so many calendar months after it was approved."""
VERSION_MOST = 1_000_000
"""An address may name any number; the database knows none without end."""


class UnderWay(Conflict):
    text = N_("Det finns redan ett utkast eller ett förslag. Fortsätt med det.")


class DescriptionChanged(Conflict):
    text = N_("Beskrivningen har ändrats medan du arbetade. Ladda om sidan och se hur läget är nu.")


class TextsMissing(Invalid):
    """`points`: the codes of those that lack a text."""

    text = N_("Varje punkt ska ha en text på båda språken. Skriv det som saknas.")


class TextTooLong(Invalid):
    """`points`: the codes of those whose text is."""

    text = N_("En punkt är för lång. Skriv kortare.")


class OwnDescription(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv föreslagit beskrivningen eller skrivit i den senast. En annan måste godkänna den.")


class WordsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv vad som ska ändras, minst %(least)s tecken.")


class ReasonsNeeded(Invalid):
    """`keys`: of the contradictions that are not answered; `least` signs."""

    text = N_("Svara på varje motsägelse: varför texten ändå ska stå, minst %(least)s tecken.")


class ValidPast(Invalid):
    text = N_("Beskrivningen kan inte gälla från en dag som har varit. Välj i dag eller en senare dag.")


class ValidFar(Invalid):
    """`last`: the last day from which it may be in force. A year that was typed wrong would let no other follow."""

    text = N_("Beskrivningen kan börja gälla senast den %(last)s. Välj en tidigare dag.")


class ValidBefore(Invalid):
    """`first`: the day from which the former version is in force."""

    text = N_("Den förra versionen gäller från den %(first)s. En ny version kan inte gälla från en tidigare dag.")


def get(key: uuid.UUID, *, by: Account) -> Description:
    """A version in whatever state. Raises NotFound."""
    found: Description | None = Description.visible_to(by).where(Description.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def under_way() -> Description | None:
    """The draft or proposal, if there is one."""
    found: Description | None = Description.select().where(Description.under_way == True).first()  # noqa: E712 SQL
    return found


def to_approve(*, by: Account) -> int:
    """How many proposals wait for `by` to approve or return; never those that are their own."""
    if not by.may(Permission.REGISTER_PUBLISH):
        return 0
    others = (Description.proposed_by != by.id, Description.changed_by != by.id)
    return Description.select().where(Description.state == DescriptionState.PROPOSED, *others).count()


def published() -> list[Description]:
    """Every version that was published, the newest first."""
    return list(_published().order_by(Description.version.desc()))


def numbered(version: int) -> Description:
    """A published version, for anybody. Raises NotFound."""
    if version > VERSION_MOST:
        raise NotFound
    found: Description | None = _published().where(Description.version == version).first()
    if found is None:
        raise NotFound
    return found


def current(day: dt.date | None = None) -> Description | None:
    """The version in force on `day`, else today; None when none was yet."""
    chosen = _published().where(Description.valid_from <= (day or clock.today()))
    found: Description | None = chosen.order_by(Description.version.desc()).first()
    return found


def coming() -> Description | None:
    """The published version that comes into force next."""
    chosen = _published().where(Description.valid_from > clock.today())
    found: Description | None = chosen.order_by(Description.version.desc()).first()
    return found


def before(description: Description) -> Description | None:
    """The published version that `description` follows."""
    chosen = _published()
    if description.version is not None:
        chosen = chosen.where(Description.version < description.version)
    found: Description | None = chosen.order_by(Description.version.desc()).first()
    return found


def content(description: Description) -> Content:
    """Every point with its text in both languages; '' where there is none."""
    kept = json.loads(description.content)
    return {code: {name: kept.get(code, {}).get(name, "") for name in LANGUAGES} for code in CODES}


@db.atomic()
def draft(*, by: Account) -> Description:
    """Begin a new version with the words of the newest one, the first with those of `description_defaults`.

    Denied, UnderWay.
    """
    _may(by, Permission.REGISTER_DESCRIBE)
    last = _published().order_by(Description.version.desc()).first()
    texts = content(last) if last is not None else description_defaults.content()
    try:
        made: Description = Description.create(content=_spelled(texts), made_by=by, changed_by=by)
    except peewee.IntegrityError as error:
        raise UnderWay from error
    record(Act.DESCRIPTION_DRAFTED, made, by=by)
    return made


@db.atomic()
def change(description: Description, texts: Mapping[str, Mapping[str, str]], *, seen: int, by: Account) -> Description:
    """Put the given texts in their points. `seen`: that of the draft which the one who writes has read.

    Denied, DescriptionChanged, TextTooLong, PersonalCode.
    """
    _may(by, Permission.REGISTER_DESCRIBE)
    had = content(description)
    now = {code: had[code] | {k: v.strip() for k, v in texts.get(code, {}).items() if k in LANGUAGES} for code in CODES}
    points = [code for code in CODES if now[code] != had[code]]
    if too_long := [code for code in points if max(map(len, now[code].values())) > TEXT_MOST]:
        raise TextTooLong(points=too_long)
    personal_codes.refuse(*(text for code in points for text in now[code].values()))
    if not points and description.seen == seen and description.state == DescriptionState.DRAFT:
        return description
    written = {"content": _spelled(now), "changed_by": by, "changed_at": clock.now()}
    changed = _advance(description, DescriptionState.DRAFT, seen, written)
    record(Act.DESCRIPTION_CHANGED, changed, by=by, points=points)
    return changed


@db.atomic()
def propose(description: Description, *, seen: int, by: Account) -> Description:
    """Ask another to approve it. Denied, DescriptionChanged, TextsMissing."""
    _may(by, Permission.REGISTER_DESCRIBE)
    if missing := lacking(description):
        raise TextsMissing(points=missing)
    asked = {"state": DescriptionState.PROPOSED, "proposed_by": by, "proposed_at": clock.now(), "returned_words": ""}
    proposed = _advance(description, DescriptionState.DRAFT, seen, asked)
    record(Act.DESCRIPTION_PROPOSED, proposed, by=by, contradictions=len(contradictions.of(content(proposed))))
    return proposed


def lacking(description: Description) -> list[str]:
    """The points that lack a text in a language."""
    texts = content(description)
    return [code for code in CODES if min(len(text) for text in texts[code].values()) < TEXT_LEAST]


@db.atomic()
def give_back(description: Description, *, words: str, seen: int, by: Account) -> Description:
    """Return a proposal with what is to be changed: whoever may approve, or the one who proposed it.

    Denied, DescriptionChanged, WordsNeeded, PersonalCode.
    """
    if not by.may(Permission.REGISTER_PUBLISH) and description.proposed_by_id != by.id:
        raise Denied
    said = words.strip()
    if len(said) < REASON_LEAST:
        raise WordsNeeded(least=REASON_LEAST)
    personal_codes.refuse(said)
    back = {"state": DescriptionState.DRAFT, "proposed_by": None, "proposed_at": None, "returned_words": said}
    returned = _advance(description, DescriptionState.PROPOSED, seen, back)
    record(Act.DESCRIPTION_RETURNED, returned, by=by)
    return returned


@db.atomic()
def publish(
    description: Description, *, valid_from: dt.date, answers: Mapping[str, str], seen: int, by: Account
) -> Description:
    """Approve it: it is the next version, in force from `valid_from`, and is set as PDF in both languages. `answers`:
    why it stands, to each contradiction there is now, by its key.

    Denied, OwnDescription, DescriptionChanged, ValidPast, ValidFar, ValidBefore, ReasonsNeeded, PersonalCode.
    """
    _may(by, Permission.REGISTER_PUBLISH)
    if by.id in (description.proposed_by_id, description.changed_by_id):
        raise OwnDescription
    last = _published().order_by(Description.version.desc()).first()
    if valid_from < clock.today():
        raise ValidPast
    if valid_from > (ahead := clock.months_after(clock.today(), AHEAD_MONTHS)):
        raise ValidFar(last=date(ahead))
    if last is not None and valid_from < last.valid_from:
        raise ValidBefore(first=date(last.valid_from))
    replies = _answered(content(description), answers)
    approved = {
        "state": DescriptionState.PUBLISHED,
        "under_way": None,
        "version": (last.version if last is not None else 0) + 1,
        "approved_by": by,
        "approved_at": clock.now(),
        "valid_from": valid_from,
        "contradictions": json.dumps(replies, ensure_ascii=False),
    }
    found = _advance(description, DescriptionState.PROPOSED, seen, approved, not_by=by)
    about = {"version": found.version, "valid_from": valid_from.isoformat(), "contradictions": len(replies)}
    record(Act.DESCRIPTION_PUBLISHED, found, by=by, **about)
    for language in LANGUAGES:
        letters.order(found, Kind.PRIVACY_DESCRIPTION, language=language, by=by)
    return found


@db.atomic()
def drop(description: Description, *, seen: int, by: Account) -> None:
    """Give up a draft; its words are forgotten. Denied, DescriptionChanged."""
    _may(by, Permission.REGISTER_DESCRIBE)
    gone = {"state": DescriptionState.DROPPED, "under_way": None, "content": "{}", "returned_words": ""}
    record(Act.DESCRIPTION_DROPPED, _advance(description, DescriptionState.DRAFT, seen, gone), by=by)


def answered(description: Description) -> list[dict[str, str]]:
    """What contradicted the text when it was approved: key, point, the words in each language, the answer."""
    found: list[dict[str, str]] = json.loads(description.contradictions)
    return found


def _answered(texts: Content, answers: Mapping[str, str]) -> list[dict[str, str]]:
    live = claims_live.read()
    found = {name: contradictions.of(texts, say=translator(name), live=live) for name in LANGUAGES}
    said = {one.key: answers.get(one.key, "").strip() for one in found["sv"]}
    if short := [key for key, reason in said.items() if len(reason) < REASON_LEAST]:
        raise ReasonsNeeded(keys=short, least=REASON_LEAST)
    personal_codes.refuse(*said.values())
    return [
        {"key": sv.key, "point": sv.point, "sv": sv.words, "fi": fi.words, "reason": said[sv.key]}
        for sv, fi in zip(found["sv"], found["fi"], strict=True)
    ]


def _advance(
    description: Description,
    state: DescriptionState,
    seen: int,
    values: dict[str, Any],
    *,
    not_by: Account | None = None,
) -> Description:
    """Write `values` if it still is as it was seen; `not_by`: and neither proposed nor last changed by them."""
    as_seen = [Description.id == description.id, Description.state == state, Description.seen == seen]
    if not_by is not None:
        as_seen += [Description.proposed_by != not_by.id, Description.changed_by != not_by.id]
    if not Description.update(seen=seen + 1, **values).where(*as_seen).execute():
        raise DescriptionChanged
    found: Description = Description.get_by_id(description.id)
    return found


def _published() -> peewee.ModelSelect:
    return Description.select().where(Description.state == DescriptionState.PUBLISHED)


def _may(by: Account, permission: Permission) -> None:
    if not by.may(permission):
        raise Denied


def _spelled(texts: Content) -> str:
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)
