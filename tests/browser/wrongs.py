"""What was wrong: corrected, reported, answered, completed, in the length that breaks pages."""

import uuid

from portal.cases import intake
from portal.cases.models import Case, CaseCall
from portal.recordings import corrections, errors, notes, statements
from portal.recordings.correction_models import Entry
from portal.recordings.models import Recording
from tests.people import People


def fill(people: People, call: Recording, case: Case, *, word: str, words: str) -> list[str]:
    """Everything wrong about `call`, and about a call and the facts of `case`. The addresses of the pages."""
    note = notes.add_note(call, words[:900], key=uuid.uuid4(), by=people.adviser)
    corrections.correct(call, Entry.NOTE, word, note=note.uuid, reason=words[:900], by=people.adviser)
    first = corrections.correct(call, Entry.SUBJECT, word, reason=word, by=people.adviser)
    corrections.correct(call, Entry.SUBJECT, "Borttappad cykel", reason=words[:900], by=people.clerk)
    corrections.open_original(first, need=words[:280], by=people.clerk)
    corrections.correct(call, Entry.NUMBER, "", reason="Fel nummer", by=people.decider, because=case)
    errors.report_error(call, Entry.TOLD, words[:900], by=people.adviser)
    answered = errors.report_error(call, Entry.QUEUE, word, by=people.adviser)
    errors.dismiss_report(answered, answer=words[:900], by=people.manager)
    paper = statements.Paper(word, b"%PDF-1.7")
    statements.complete(call, text=words[:3900], paper=paper, because=case, by=people.clerk)
    of_case = CaseCall.select().where(CaseCall.case == case.id).order_by(CaseCall.id).first().recording
    corrections.correct(of_case, Entry.SUBJECT, word, reason=words[:900], by=people.decider, because=case)
    statements.complete(of_case, text=word, paper=paper, because=case, by=people.clerk)
    fresh = Case.get_by_id(case.id)
    intake.change_facts(fresh, version=fresh.version, reason=words[:900], by=people.clerk, name=word[:60])
    base = f"/recordings/{call.uuid}"
    return [
        *(base, f"{base}/entries", f"{base}/entries/subject", f"{base}/entries/queue", f"{base}/notes/{note.uuid}"),
        *("/recordings/errors", "/recordings/errors?state=answered"),
    ]
