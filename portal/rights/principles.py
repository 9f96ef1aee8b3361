"""The principles of user rights, in the director's words (register §1): versions, none of which is ever changed."""

import datetime as dt

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Denied, Invalid
from portal.language import N_
from portal.rights.models import Principles
from portal.spelling import date

TEXT_LEAST = 100
"""Signs."""
AHEAD_MONTHS = 12
"""A version is in force at most so many calendar months after it was written."""


class TextNeeded(Invalid):
    text = N_("Skriv principerna på båda språken, minst %(least)s tecken.")


class ValidBefore(Invalid):
    text = N_("Principerna kan gälla tidigast från den %(first)s. Välj den dagen eller en senare.")


class ValidFar(Invalid):
    """`last`: the last day from which they may be in force. A year that was typed wrong would let no others follow."""

    text = N_("Principerna kan börja gälla senast den %(last)s. Välj en tidigare dag.")


class PrinciplesTaken(Conflict):
    text = N_("Någon annan har just skrivit en ny version. Läs den först.")


@db.atomic()
def make(*, text_sv: str, text_fi: str, valid_from: dt.date, seen: int, by: Account) -> Principles:
    """A new version. `seen`: the newest that the writer has read, 0 for none.

    Denied, TextNeeded, PrinciplesTaken, ValidBefore, ValidFar.
    """
    if not by.may(Permission.RIGHTS_PRINCIPLES):
        raise Denied
    texts = {"text_sv": text_sv.strip(), "text_fi": text_fi.strip()}
    if min(map(len, texts.values())) < TEXT_LEAST:
        raise TextNeeded(least=TEXT_LEAST)
    last = newest()
    if (last.version if last else 0) != seen:
        raise PrinciplesTaken
    first = max(clock.today(), last.valid_from) if last else clock.today()
    if valid_from < first:
        raise ValidBefore(first=date(first))
    if valid_from > (ahead := clock.months_after(clock.today(), AHEAD_MONTHS)):
        raise ValidFar(last=date(ahead))
    try:
        made: Principles = Principles.create(version=seen + 1, valid_from=valid_from, made_by=by, **texts)
    except peewee.IntegrityError as error:
        raise PrinciplesTaken from error
    record(Act.PRINCIPLES_MADE, made, by=by, version=made.version, valid_from=valid_from.isoformat())
    return made


def in_force(day: dt.date) -> Principles | None:
    """The version by which rights are decided on `day`; None while there is none."""
    chosen = Principles.select().where(Principles.valid_from <= day)
    found: Principles | None = chosen.order_by(Principles.version.desc()).first()
    return found


def newest() -> Principles | None:
    found: Principles | None = Principles.select().order_by(Principles.version.desc()).first()
    return found


def every() -> list[Principles]:
    """All versions with who wrote them, the newest first."""
    return list(Principles.select(Principles, Account).join(Account).order_by(Principles.version.desc()))
