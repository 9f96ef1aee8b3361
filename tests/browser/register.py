"""What the browser tests look at: every kind of call and state, each in the length that breaks pages."""

import datetime as dt
import io
import os
import uuid

import pytest
from dateutil.relativedelta import relativedelta

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.question import Question
from portal.db import db
from portal.documents import actions as documents
from portal.documents import composing
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.documents.press import Press
from portal.ingest.models import Quarantined, Reason
from portal.recordings import index, sound
from portal.recordings.models import Direction, Note, Playable, Recording, Told
from portal.register import disclosures, notices
from portal.retention import freezes, holds, threats, transfers
from portal.retention.models import Hold, Kind, PurgeLine, Result, Rule, Safety, Threat, ThreatKind
from portal.vault import objects
from tests import calls
from tests.browser import (
    announcements,
    consents,
    descriptions,
    figures,
    heard,
    incidents,
    jobs,
    keys,
    observations,
    parts,
    qualities,
    rights,
    searches,
    staffing,
    wrongs,
)
from tests.browser.cases import Cases
from tests.people import People, person

MANY = 260
LONG_WORD = "Småbarnspedagogikplatsansökningsbilagekompletteringsbegäran" * 3
LONG_SUBJECT = ("Ansökan om plats i småbarnspedagogik, komplettering av bilagor och byte av daghem " * 3)[:200]
LONG_NOTE = ("Ringde om platsen. Bad om svar på finska.\n" * 130)[:5000]
LONG_NAME = "Margareta Wilhelmina von Hertzen-Lindqvist af Borgnäs-Kullobackens"


def ending(moment: dt.datetime, seconds: float) -> dt.datetime:
    """When a call of that length started whose three months are over at `moment`, or at most some days before it:
    30 November and 1 December lie on the same side of the end of February."""
    return clock.local(moment) - relativedelta(months=3) - dt.timedelta(seconds=seconds)


def fill() -> "Register":
    """At once, and nothing of it waits for the disk: filling is not what is tested."""
    with pytest.MonkeyPatch.context() as patch, db.atomic():
        patch.setattr(os, "fsync", lambda _: None)
        return Register()


class Register:
    """The people, and the calls by what is special about them. Filled once, read by all.

    Tests that change something use a call of their own.
    """

    def __init__(self) -> None:
        self.people = People()
        people, now = self.people, clock.now()
        daycare, technical = people.daycare, people.technical
        self.long_name = person("margareta", LONG_NAME, Role.ADVISER, Role.MANAGER, queues=(daycare, technical))
        self.closed = person("stangd", "Stina Stängd", Role.ADVISER)
        Account.update(closed_at=now).where(Account.id == self.closed.id).execute()
        tone = calls.wav(calls.tone(2.0))
        for i in range(MANY):
            calls.recording(
                (daycare, technical)[i % 2],
                started_at=now - dt.timedelta(days=2 + i // 6, minutes=7 * i),
                number=f"+35840{5550000 + i}",
                adviser=(people.adviser, None, self.long_name)[i % 3],
                subject=("", "Bygglov", "Skolskjuts", "Parkeringstillstånd", "Avgift")[i % 5],
                direction=(Direction.IN, Direction.OUT)[i % 7 == 0],
                told=(Told.YES, Told.NO)[i % 11 == 0],
                sound=tone + i.to_bytes(4),
            )
        self.yesterday = self._heard(
            started_at=now - dt.timedelta(days=1),
            number="+358441239876",
            adviser=people.adviser,
            subject="Dagvårdsplats för hösten",
        )
        self.long = self._call(
            hours=5, sound=tone + b"long", number="+4915112345678901", adviser=self.long_name, subject=LONG_SUBJECT
        )
        Note.create(recording=self.long, author=self.long_name, text=LONG_NOTE)
        Note.create(recording=self.long, author=people.adviser, text=LONG_WORD * 4)
        for own, kind in ((False, "threat"), (True, LONG_WORD[:80])):
            Note.create(recording=self.long, author=people.manager, text=LONG_WORD * 2, at_ms=1900, kind=kind, own=own)
        index.put(self.long)
        self.word = self._call(hours=4, sound=tone + b"word", number=None, subject=LONG_WORD[:170])
        self.pending = self._call(hours=3, ready=False, told=Told.UNKNOWN, sound=tone + b"pending")
        self.failed = self._call(hours=2, ready=False, sound=tone + b"failed")
        self.empty = self._call(hours=1, ready=False, sound=tone + b"empty")
        for row, state in ((self.failed, Playable.FAILED), (self.empty, Playable.EMPTY)):
            Recording.update(playable=state).where(Recording.id == row.id).execute()
            index.put(Recording.get_by_id(row.id))
        self.an_hour_over = calls.recording(
            daycare,
            started_at=ending(now - dt.timedelta(hours=1), 2),
            number="+358447770001",
            subject="Rågrut",
            adviser=people.adviser,
            sound=tone + b"over",
        )
        self.two_days_left = calls.recording(
            daycare,
            started_at=self.an_hour_over.started_at + dt.timedelta(days=5),
            number="+358447770002",
            subject="Rågrut",
            adviser=people.adviser,
            sound=tone + b"left",
        )
        for reason in Reason:
            Quarantined.create(
                reason=reason,
                detail="xxx" if reason == Reason.BROKEN else "",
                source="freepbx",
                name=f"q-2001-0441239876-{reason}-" + "lång" * 20 + ".wav",
                size=123456,
                content_key=uuid.uuid4().hex,
                sealed=True,
                expires_at=now + dt.timedelta(days=80),
            )
        for i in range(130):
            purged = now - dt.timedelta(days=1, minutes=i)
            PurgeLine.create(
                kind=Kind.RECORDING if i % 9 else Kind.QUARANTINED,
                subject=uuid.uuid4(),
                queue_id=daycare.id,
                rule=Rule.RETENTION if i % 9 else Rule.QUARANTINE,
                due_at=purged - dt.timedelta(minutes=5),
                claimed_at=purged,
                key_destroyed_at=purged if i else None,
                purged_at=purged if i else None,
                result=Result.PURGED if i else Result.FAILED,
                failure="" if i else "EIO",
                attempts=1,
            )
        self.kept = [*self._kept(tone), *self._disclosed(tone)]
        self.documents = self._documents()
        self.cases = Cases(self.people, word=LONG_WORD[:110], words=LONG_NOTE, name=LONG_NAME)
        self.figures = figures.fill(self.people)
        self.incidents = incidents.fill(self.people, word=LONG_WORD[:110], words=LONG_NOTE)
        self.rights = rights.fill(self.people, word=LONG_WORD[:110], words=LONG_NOTE, name=LONG_NAME)
        self.consents = consents.fill(self.people, word=LONG_WORD[:110], words=LONG_NOTE, name=LONG_NAME)
        self.descriptions = descriptions.fill(self.people, word=LONG_WORD[:110], words=LONG_NOTE)
        wrong = self._call(hours=6, sound=tone + b"wrong", number="+358447770003", subject=LONG_SUBJECT)
        self.wrongs = wrongs.fill(self.people, wrong, self.cases.working, word=LONG_WORD[:110], words=LONG_NOTE)
        self.staffing = staffing.fill(self.people, word=LONG_WORD[:110], words=LONG_NOTE, name=LONG_NAME)
        self.keys = keys.fill(self.people, word=LONG_WORD)
        self.observations = observations.fill(self.people, self.yesterday, words=LONG_NOTE)
        self.heard = heard.fill(self.people, self.yesterday, words=LONG_NOTE)
        self.transferred = parts.fill(people, tone, long_name=self.long_name, words=LONG_WORD[:120] + LONG_SUBJECT[:60])
        self.qualities = qualities.fill(self.people, self.yesterday, words=LONG_NOTE)
        self.told = announcements.fill(people, word=LONG_WORD[:110], words=LONG_NOTE, called=self.yesterday)
        self.searches = searches.fill(people, words=LONG_WORD)
        self.addresses = [
            *self.told,
            *self.searches,
            *jobs.fill(people),
            *self.qualities,
            *self.observations,
            *self.heard,
            *self.staffing,
            *self.keys,
            *self.kept,
            *self.consents,
            *self.wrongs,
            *self.incidents,
            *self.figures,
            *self.descriptions,
            *self.rights,
            *(f"/documents/{document.uuid}" for document in self.documents),
            *(f"/documents/{document.uuid}/dropping" for document in self.documents[:2]),
            f"/retention/months/{clock.local(now - dt.timedelta(days=1)):%Y-%m}",
            "/retention/months/2020-02",
            "/documents/?before=1",
            *(f"/recordings/{c.uuid}" for c in (self.yesterday, self.long, self.word)),
            *(f"/recordings/{self.transferred.uuid}{page}" for page in ("", "/same-number", "/series")),
            *(f"/recordings/{c.uuid}" for c in (self.pending, self.failed, self.empty)),
            "/recordings/?words=finnsinte",
            "/recordings/?from=32.13.2026&number=abc",
            "/recordings/?flag=untold&told=no&length=0-1",
            "/audit/?from=31.2.2026",
            f"/retention/protocols/{clock.local(now - dt.timedelta(days=1)):%Y-%m-%d}",
            "/retention/protocols/2020-01-01",
            f"/accounts/{self.long_name.uuid}",
            f"/accounts/{self.closed.uuid}",
        ]
        """States that no link leads to for certain."""

    def _kept(self, tone: bytes) -> list[str]:
        """Threat calls in each state, with the longest that may be typed. Returns the addresses of their pages."""
        people, adviser, manager = self.people, self.people.adviser, self.people.manager
        sounds = iter(range(9))

        def call() -> Recording:
            n = next(sounds)
            return self._call(hours=30 + n, sound=tone + b"kept%d" % n, number=None, subject=LONG_SUBJECT[:150])

        def reported() -> Threat:
            return threats.report(
                call(),
                kind=ThreatKind.ADVISER,
                words=LONG_NOTE[:900],
                safety=Safety.UNSAFE,
                safety_words=LONG_WORD,
                by=adviser,
            )

        def held(days: int, words: str) -> Hold:
            return holds.place(
                call(),
                reason=words,
                action_ahead=words[:300],
                review_on=clock.today() + dt.timedelta(days=days),
                by=manager,
            )

        waiting, dismissed, decided = reported(), reported(), reported()
        threats.dismiss(dismissed, reason=LONG_NOTE[:700], by=manager)
        threats.hold(
            decided,
            reason=LONG_WORD,
            action_ahead="Polisanmälan",
            review_on=clock.today() + dt.timedelta(days=80),
            by=manager,
        )
        far, near, missed = held(90, LONG_NOTE[:700]), held(5, "Hot"), held(9, LONG_WORD)
        holds.renew(far, reason=LONG_NOTE[:500], review_on=clock.today() + dt.timedelta(days=120), by=self.long_name)
        Hold.update(review_on=clock.today() - dt.timedelta(days=3)).where(Hold.id == missed.id).execute()
        moved = [
            transfers.propose(
                hold,
                authority="Polisinrättningen i Östra Nyland",
                reference="5680/R/" + "1" * 20,
                asked_on=clock.today(),
                basis=transfers.Basis.POLICE_ACT,
                purpose=LONG_NOTE[:400],
                scope=LONG_WORD,
                channel=transfers.Channel.IN_PERSON,
                by=manager,
            )
            for hold in (far, near)
        ]
        transfers.approve(moved[1], reason="Grunden finns", by=people.decider)
        freezes.freeze([call()], because=self.long, by=people.clerk)
        return [
            *(f"/retention/threats/{threat.uuid}" for threat in (waiting, dismissed, decided)),
            *(f"/retention/holds/{hold.uuid}" for hold in (far, near, missed)),
            *(f"/retention/transfers/{transfer.uuid}" for transfer in moved),
        ]

    def _disclosed(self, tone: bytes) -> list[str]:
        """Disclosures and notices in each state, with the longest that may be typed. Returns their pages' addresses."""
        people, clerk, decider = self.people, self.people.clerk, self.people.decider
        started_at = clock.now() - dt.timedelta(days=60)  # far from what the journeys look for
        rows = [
            calls.recording(people.daycare, started_at=started_at, number=None, sound=tone + b"disclosed%d" % n)
            for n in range(3)
        ]
        made = [
            disclosures.propose(
                row,
                authority=LONG_WORD,
                reference=LONG_WORD[:80],
                asked_on=clock.today(),
                basis="statute",
                purpose=LONG_NOTE[:1500],
                scope=LONG_WORD,
                channel="police_service",
                address="\n".join((LONG_NAME, LONG_WORD[:90], "06100 BORGÅ")),
                silent=[(0, 500), (700, 900)] if row is rows[1] else (),
                by=clerk,
            )
            for row in rows
        ]
        for row in made[1:]:
            transfers.approve(row, reason=LONG_NOTE[:900], by=decider)
        transfers.take_sound(made[2], by=clerk)
        transfers.hand_over(made[2], how=LONG_NOTE[:900], by=clerk)
        told = [notices.open_for([rows[2]], what=what, by=clerk)[0] for what in notices.Told]
        notices.order_letter(told[0], address=LONG_NAME, language="sv", by=clerk)
        notices.tell(told[1], on=clock.today(), how="phone", by=clerk)
        notices.impossible(told[2], reason=LONG_WORD, by=clerk)
        return [
            f"/register/disclosures/of/{self.yesterday.uuid}",
            *(f"/register/disclosures/{row.uuid}" for row in made),
            *(f"/register/notices/{row.uuid}" for row in told),
            "/register/notices/?state=ended",
        ]

    def _documents(self) -> list[Document]:
        """One in each state, set by the real press; the long ones with the longest that is allowed."""
        people, decider = self.people, self.people.decider
        last_month = clock.today().replace(day=1) - dt.timedelta(days=1)
        typed = {
            "recipient": [LONG_NAME[:60], "c/o " + LONG_NAME[:50], "Modellgatan 1 A 2", "06100 BORGÅ"],
            "subject": LONG_SUBJECT[:160],
            "case": "BOR/12345/00.01.02.03/2026",
            "request_on": "2026-10-01",
            "received_on": "2026-10-02",
            "paragraphs": [LONG_NOTE[:500], LONG_WORD],
        }

        def ordered(language: str = "sv") -> Document:
            made = documents.draft_specimen(typed, language=language, by=decider)
            documents.lock(made, typed, earlier=made.version, by=decider)
            return made

        locked = ordered()
        order = composing.compose(Document.get_by_id(locked.id))
        with Press() as press:
            printed = press.set(order)
        stored = objects.seal(locked.uuid, "pdf-1", [printed.pdf])
        Document.update(
            state=DocumentState.LOCKED,
            locked_at=clock.now(),
            part="pdf-1",
            digest=order.digest(),
            sha256=stored.sha256,
            size=stored.size,
            pages=printed.pages,
        ).where(Document.id == locked.id).execute()
        corrected = Document.get_by_id(locked.id)
        correction = documents.correct(corrected, by=decider)
        failed, waiting = ordered("fi"), ordered()
        Document.update(state=DocumentState.FAILED, attempts=3, failure="MissingGlyph").where(
            Document.id == failed.id
        ).execute()
        Document.update(attempts=2, leased_until=clock.now() + dt.timedelta(days=9)).where(
            Document.id == waiting.id
        ).execute()
        return [
            documents.draft_specimen(typed, language="sv", by=decider),
            documents.draft_month(last_month.replace(day=1), language="sv", by=None),
            documents.draft_month(last_month.replace(day=1), language="fi", by=None),
            documents.draft_extract(Question(act="accounts"), language="sv", by=people.dpo),
            corrected,
            correction,
            failed,
            waiting,
        ]

    def _heard(self, **what) -> Recording:
        """A minute of sound, measured as the worker does."""
        content = calls.wav(calls.tone(60.0))
        row = calls.recording(self.people.daycare, seconds=60.0, ready=False, sound=content, **what)
        objects.seal(row.uuid, "peaks", [sound.measure(io.BytesIO(content), row.original_format).peaks])
        ready = {"playable": Playable.READY, "playable_type": "audio/wav", "playable_part": "original"}
        Recording.update(**ready).where(Recording.id == row.id).execute()
        row = Recording.get_by_id(row.id)
        index.put(row)
        return row

    def _call(self, *, hours: int, **what) -> Recording:
        started_at = clock.now() - dt.timedelta(hours=hours)
        return calls.recording(self.people.daycare, started_at=started_at, **what)
