"""What people consent to, word for word, in versions: a new wording never changes what somebody consented to before."""

import datetime as dt
import uuid

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.register.models import ConsentPurpose, ConsentText

TEXT_LEAST = 40
"""Signs. Fewer cannot tell to what, for how long and how it is withdrawn (GDPR 7, 13)."""


class PurposeNeeded(Invalid):
    text = N_("Välj vad samtycket gäller.")


class TextNeeded(Invalid):
    text = N_("Skriv texten på båda språken, minst %(least)s tecken: vad samtycket gäller och att det kan återkallas.")


class TextBefore(Invalid):
    """`first`: the day from which the former version is in force."""

    text = N_("Den förra versionen gäller från den %(first)s. En ny version kan inte gälla från en tidigare dag.")


class TextTaken(Conflict):
    text = N_("Någon annan har just gjort en ny version. Läs den först.")


@db.atomic()
def make(purpose: str, *, text_sv: str, text_fi: str, valid_from: dt.date, seen: int, by: Account) -> ConsentText:
    """A new version of the wording. `seen`: the newest version that the one who writes has read, 0 for none.

    Denied, PurposeNeeded, TextNeeded, TextTaken, TextBefore.
    """
    if not by.may(Permission.REGISTER_TEXTS):
        raise Denied
    if purpose not in set(ConsentPurpose):
        raise PurposeNeeded
    if min(len(text_sv.strip()), len(text_fi.strip())) < TEXT_LEAST:
        raise TextNeeded(least=TEXT_LEAST)
    last = newest(purpose)
    if (last.version if last else 0) != seen:
        raise TextTaken
    if last is not None and valid_from < last.valid_from:
        raise TextBefore(first=f"{last.valid_from.day}.{last.valid_from.month}.{last.valid_from.year}")
    try:
        made: ConsentText = ConsentText.create(
            purpose=purpose,
            version=seen + 1,
            text_sv=text_sv.strip(),
            text_fi=text_fi.strip(),
            valid_from=valid_from,
            made_by=by,
        )
    except peewee.IntegrityError as error:
        raise TextTaken from error
    about = {"consent_purpose": purpose, "version": made.version, "valid_from": valid_from.isoformat()}
    record(Act.CONSENT_TEXT_MADE, made, by=by, **about)
    return made


def newest(purpose: str) -> ConsentText | None:
    found: ConsentText | None = _of(purpose).order_by(ConsentText.version.desc()).first()
    return found


def in_force(purpose: str, day: dt.date) -> ConsentText | None:
    """The wording that is put to somebody on `day`; None when there is none yet."""
    chosen = _of(purpose).where(ConsentText.valid_from <= day)
    found: ConsentText | None = chosen.order_by(ConsentText.version.desc()).first()
    return found


def every() -> list[ConsentText]:
    """All versions, the newest of each purpose first."""
    return list(ConsentText.select().order_by(ConsentText.purpose.desc(), ConsentText.version.desc()))


def get(key: uuid.UUID) -> ConsentText:
    """A version. Raises NotFound."""
    found: ConsentText | None = ConsentText.get_or_none(ConsentText.uuid == key)
    if found is None:
        raise NotFound
    return found


def _of(purpose: str) -> peewee.ModelSelect:
    return ConsentText.select().where(ConsentText.purpose == purpose)
