"""Listens of the demo's staff, so that oversight has something to oversee: each hears a few calls of the own queues,
with the purposes that the role has. Managers judge the quality of some."""

import datetime as dt
import random

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account, SignIn
from portal.accounts.permissions import Permission, Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.oversight import observations, raising
from portal.recordings import listening, quality, quality_draw
from portal.recordings.models import Playable, Purpose, Recording
from portal.recordings.quality_models import Answer

EACH = 3
JUDGED = 2
ODDS = (70, 15, 8, 7)
"""Of the answers, in percent."""
COMMENTS = {
    "sv": ("", "", "Lugnt och tydligt, också när det blev fråga om avgiften.", "Säg till slut vad som händer härnäst."),
    "fi": ("", "", "Rauhallinen ja selkeä, myös kun puhuttiin maksusta.", "Kerro lopuksi, mitä seuraavaksi tapahtuu."),
}
QUESTION = "Du har lyssnat på samtalet för tjänstens kvalitet men inte bedömt det. Vad behövde du det till?"
ANSWER = "Rådgivaren bad mig höra om svaret om avgiften var rätt. Det var det, och jag skrev ingen anteckning."
FROM_STAFF = (Purpose.QUALITY, Purpose.QUALITY, Purpose.SAFETY)


def tell() -> None:
    """Whoever may listen does, in a session of their own that ends with it."""
    for place, account in enumerate(Account.select().order_by(Account.id)):
        if not account.may(Permission.RECORDINGS_LISTEN):
            continue
        ready = Recording.within_reach_of(account).where(Recording.playable == Playable.READY)
        calls = list(ready.order_by(Recording.id.desc()).offset(place % EACH).limit(EACH))
        with db.atomic():
            account.sign_in = sessions.open_session(account, sessions.FULL, "Firefox, Windows")[1]
        for call, purpose in zip(calls, FROM_STAFF, strict=False):
            if purpose in listening.purposes(account, call):
                _hear(account, call, purpose)
        _judge(account, place)
        with db.atomic():
            sessions.end(SignIn.id == account.sign_in.id)
    _ask()


def _ask() -> None:
    """The officer has asked a manager about a listen; the manager has answered, and the officer is to close it."""
    staff = list(Account.select().order_by(Account.id))
    officer = next(account for account in staff if Role.DPO in account.roles)
    manager = next(account for account in staff if Role.MANAGER in account.roles)
    entry = Entry.select().where(Entry.act == Act.PLAYED, Entry.by == manager.uuid).order_by(Entry.id).first()
    if entry is None:
        return
    raised = raising.take_up(entry.id, by=officer)
    by = clock.today() + dt.timedelta(days=observations.ANSWER_DAYS)
    asked = observations.ask(raised, of=manager.uuid, question=QUESTION, answer_by=by, by=officer)
    observations.answer(asked, words=ANSWER, by=manager)


def _judge(account: Account, place: int) -> None:
    """Those who review hear calls that were drawn in each of their queues, and judge them."""
    for number, queue in enumerate(quality_draw.queues(by=account)):
        chance = random.Random(100 * place + number)  # noqa: S311 the same demo each time
        for key in quality_draw.draw(queue, JUDGED, by=account, chance=chance):
            call = Recording.get(Recording.uuid == key)
            _hear(account, call, Purpose.QUALITY)
            answers = {question.code: str(chance.choices(list(Answer), ODDS)[0]) for question in quality.questions()}
            quality.judge(call, answers, chance.choice(COMMENTS[account.language]), earlier=None, by=account)


def _hear(account: Account, call: Recording, purpose: Purpose) -> None:
    opened = listening.open_listen(call, purpose=purpose, reference="", by=account)
    listening.start(listening.check(opened.uuid, call.uuid, by=account), by=account)
