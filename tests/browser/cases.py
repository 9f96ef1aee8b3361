"""Residents' requests for the browser to look at: one in each state that changes a page, with the longest that may be
typed, through the portal's own acts."""

import datetime as dt

from portal import clock
from portal.cases import attachments, clockwork, complaints, copies, decisions, ending, intake, proposal, selection
from portal.cases.codes import Capacity, Concerns, CopyState, Decision, Delivery, Ground, RightKind
from portal.cases.models import Case, CaseCall, Copy
from portal.cases.passages import LineTyped, PassageTyped
from portal.documents.kinds import Owner
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.recordings.models import Recording
from portal.vault import objects
from tests import calls
from tests.people import People

MANY = 40
"""Calls of one request."""
PAPER = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Cases:
    """Each with calls of its own number."""

    def __init__(self, people: People, *, word: str, words: str, name: str) -> None:
        self.people, self.clerk = people, people.clerk
        self._word, self._words, self._name = word, words, name
        self._registered = 0
        self.received = self._case(
            0,
            ago=3,
            asks=words[:4000],
            capacity=Capacity.REPRESENTATIVE,
            agent=name[:60],
            authority=word,
            called_words=word,
            rights=tuple(RightKind),
            email="a" * 60 + "@exempel.fi",
            registry_number="BOR/" + "1" * 30,
        )
        self.many = self._case(MANY, ago=25, name="Zäta Övningsson")
        self.asked = clockwork.ask_identity(self._case(1, ago=9), words[:600], word, by=self.clerk)
        self.working = self._working()
        self.longer = clockwork.propose_extension(self._proven(self._case(1, ago=20)), words[:600], by=self.clerk)
        self.late = self._case(1, ago=50, language="fi")
        self.proposed = self._proposed()
        self.gone = self._nothing_left()
        self.dispatched = self._dispatched(Delivery.ENCRYPTED)
        self.handed = self._handed(self._dispatched(Delivery.DESK))
        self.complaint = self._complained(self._dispatched(Delivery.SECURE_MAIL))
        self.closed = self._closed()
        self.purged = self._purged()
        self.approved = self._granted(Delivery.ENCRYPTED)
        self.refused_by_the_disk = self._granted(Delivery.SECURE_MAIL)
        Copy.update(state=CopyState.FAILED, attempts=3, failure="ENOSPC").where(
            Copy.case == self.refused_by_the_disk.id
        ).execute()
        Document.update(state=DocumentState.FAILED, attempts=3, failure="MissingGlyph").where(
            Document.owner_key == self.refused_by_the_disk.uuid.hex
        ).execute()
        self.withdrawn = ending.withdraw(self._case(0, ago=5), words=words[:500], by=self.clerk)
        Document.update(leased_until=clock.now() + dt.timedelta(days=9)).where(
            Document.owner_kind == Owner.CASES, Document.state == DocumentState.ORDERED
        ).execute()  # those wait, whoever has the others set

    def addresses(self, role: str) -> list[str]:
        """The pages of the role in states that no link leads to for certain. Those who have none see one refusal."""
        if role not in ("clerk", "decider", "dpo"):
            return [_page(self.received)]
        shared = [_page(self.proposed, "answer"), _page(self.longer, "time")]
        if role != "clerk":
            return [*shared, _page(self.closed), "/cases/oversight?until=2020-01"]
        return [
            *shared,
            *(_page(case) for case in (self.received, self.working, self.dispatched, self.purged)),
            _page(self.refused_by_the_disk),
            *(_page(case, "time") for case in (self.asked, self.late)),
            *(_page(case, "calls") for case in (self.many, self.working)),
            *(_page(self.working, f"calls/{call.uuid}") for call in self.shown),
            *(_page(case, "answer") for case in (self.working, self.gone, self.approved)),
            *(_page(case, "ending") for case in (self.withdrawn, self.dispatched, self.complaint)),
            *(_page(case, "complaints") for case in (self.working, self.complaint, self.closed)),
            *(_page(case, "copies") for case in (self.approved, self.handed)),
            _page(self.refused_by_the_disk, "copies"),
            _page(self.working, "facts"),
            "/cases/?whose=mine&state=closed",
            "/cases/?state=nonsense",
        ]

    def _case(self, count: int, *, ago: int, **more) -> Case:
        """Received `ago` days ago, with so many calls."""
        self._registered += 1
        number = f"+35845{7000000 + self._registered}"
        for n in range(count):
            calls.recording(
                self.people.daycare,
                started_at=clock.now() - dt.timedelta(days=30 + n, minutes=self._registered),
                number=number,
                adviser=self.people.adviser,
                sound=SOUND + b"%d %d" % (self._registered, n),
            )
        facts = {
            "received_on": clock.today() - dt.timedelta(days=ago),
            "channel": "letter",
            "language": "sv",
            "name": "Zäta Frågedotter",
            "address": "Modellgatan 1 A 2\n06100 BORGÅ",
            "numbers": (number,),
            "asks": "Vad har ni spelat in om mig?",
        }
        return intake.register(intake.Registration(**(facts | more)), by=self.clerk)

    def _proven(self, case: Case) -> Case:
        return clockwork.prove_identity(case, "eid", clock.today(), by=self.clerk)

    def _working(self) -> Case:
        """A call in each state of being judged and decided, a paper, and words as long as may be."""
        case = self._proven(self._case(6, ago=12, name=self._name[:60]))
        why = {"ground": Ground.OTHERS, "interest": self._word, "harm": self._words[:500], "milder": self._words[:300]}
        new, unclear, whole, muted, written, withheld = of(case)
        self.shown = [new, muted, written, withheld]
        selection.judge(unclear, Concerns.UNCLEAR, by=self.clerk)
        for call in (whole, muted, written, withheld):
            selection.judge(call, Concerns.YES, by=self.clerk)
        decisions.decide(whole, Decision.WHOLE, by=self.clerk)
        decisions.decide(muted, Decision.MUTED, by=self.clerk)
        silent = [PassageTyped(start, start + 300, **why) for start in (100, 600, 1400)]
        decisions.set_passages(muted, silent, by=self.clerk)
        decisions.decide(written, Decision.TRANSCRIPT, by=self.clerk)
        said = [LineTyped(n * 90, ("caller", "adviser", "other")[n % 3], self._word) for n in range(20)]
        decisions.set_transcript(written, said, by=self.clerk)
        decisions.decide(withheld, Decision.WITHHELD, **why, by=self.clerk)
        attachments.add(case, self._word[:110] + ".pdf", "application/pdf", PAPER, by=self.clerk)
        return Case.get_by_id(case.id)

    def _proposed(self) -> Case:
        """With a passage under 34 §, on which the data protection officer is to say something."""
        case = self._proven(self._case(2, ago=15))
        first, second = self._judged(case)
        why = {"ground": Ground.DANGER, "interest": self._word, "harm": self._word, "milder": self._word}
        decisions.decide(first, Decision.MUTED, by=self.clerk)
        decisions.set_passages(first, [PassageTyped(200, 700, **why)], by=self.clerk)
        decisions.decide(second, Decision.WHOLE, by=self.clerk)
        return proposal.propose(case, reasons=self._words[:3000], by=self.clerk)

    def _nothing_left(self) -> Case:
        """All they ask about had been deleted before the request came."""
        day = clock.today() - dt.timedelta(days=400)
        return self._proven(self._case(0, ago=2, called_from=day, called_to=day))

    def _judged(self, case: Case) -> list[CaseCall]:
        return [selection.judge(call, Concerns.YES, by=self.clerk) for call in of(case)]

    def _granted(self, delivery: Delivery) -> Case:
        """Approved: its letter and its sound are ordered."""
        case = self._proven(self._case(1, ago=10, delivery=delivery))
        for call in self._judged(case):
            decisions.decide(call, Decision.WHOLE, by=self.clerk)
        return proposal.approve(proposal.propose(case, by=self.clerk), by=self.clerk)

    def _dispatched(self, delivery: Delivery) -> Case:
        case = self._granted(delivery)
        for letter in Document.select().where(Document.owner_key == case.uuid.hex):
            kept = objects.seal(letter.uuid, "pdf-1", [PAPER])
            locked = {"state": DocumentState.LOCKED, "locked_at": clock.now(), "part": "pdf-1", "pages": 1}
            Document.update(locked | {"sha256": kept.sha256, "size": kept.size, "digest": "0" * 64}).where(
                Document.id == letter.id
            ).execute()
        copies.make_due()
        return ending.dispatch(case, on=clock.today(), how="post", by=self.clerk)

    def _handed(self, case: Case) -> Case:
        copy = copies.of(case)[0]
        copies.hand_over(copy, to=self._name, how=self._word, identity_seen="desk", on=clock.today(), by=self.clerk)
        return Case.get_by_id(case.id)

    def _complained(self, case: Case) -> Case:
        """One that lies in court, with papers, and one that the ombudsman has decided."""
        long = {
            "asks": self._words[:1500],
            "answer_by": clock.today(),
            "body_words": self._word[:60],
            "reference": "1234/2026",
        }
        complaints.note(case, body="court", on=clock.today(), **long, by=self.clerk)
        told = complaints.note(case, body="ombudsman", on=clock.today(), by=self.clerk)
        for direction in ("in", "out"):
            of = {"complaint": told.uuid, "direction": direction}
            attachments.add(case, self._word[:60], "application/pdf", PAPER, by=self.clerk, **of)
        complaints.end(told, result="dismissed", on=clock.today(), words=self._words[:900], by=self.clerk)
        return Case.get_by_id(case.id)

    def _closed(self) -> Case:
        return ending.close(self._handed(self._dispatched(Delivery.DESK)), by=self.clerk)

    def _purged(self) -> Case:
        """As `purging` leaves a file: codes, days and staff."""
        case = self._closed()
        emptied = dict.fromkeys(("name", "agent", "address", "asks", "email", "phone", "reasons"), "")
        Case.update(state="purged", purged_at=clock.now(), **emptied).where(Case.id == case.id).execute()
        for letter in Document.select().where(Document.owner_key == case.uuid.hex):
            letter.delete_instance()
        return Case.get_by_id(case.id)


SOUND = calls.wav(calls.tone(2.0))


def of(case: Case) -> list[CaseCall]:
    chosen = CaseCall.select(CaseCall, Case, Recording).join(Case).switch(CaseCall).join(Recording)
    return list(chosen.where(CaseCall.case == case.id).order_by(CaseCall.id))


def _page(case: Case, part: str = "") -> str:
    return f"/cases/{case.uuid}" + (f"/{part}" if part else "")
