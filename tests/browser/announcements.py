"""What callers are told, for the browser to look at: in force, to come, dropped, with sound and without; and the record
of processing activities with its papers."""

import datetime as dt

from portal import clock
from portal.documents.models import Document, State
from portal.queues import announcements
from portal.queues.announcements import Upload
from portal.recordings.models import Recording
from portal.register import processing
from tests import calls
from tests.people import People


def fill(people: People, *, word: str, words: str, called: Recording) -> list[str]:
    """The addresses of their pages. `called`: a call in which the first version played."""
    queue, by, hour = people.daycare, people.decider, dt.timedelta(hours=1)
    texts = {"text_sv": f"Samtalet spelas in av Borgå stad. {word}", "text_fi": words[:1500]}
    sound = Upload(word[:110] + ".wav", calls.wav(calls.tone(2.0, channels=1)))
    with clock.frozen(clock.now() - 100 * hour):
        first = announcements.make(queue, **texts, files={"sv": sound}, seen=0, by=by)
        dropped = announcements.make(queue, **texts, valid_from=clock.now() + hour, seen=1, by=by)
        announcements.drop(dropped, by=by)
    announcements.make(queue, **texts, files={"sv": sound, "fi": sound}, seen=2, by=by)
    announcements.make(queue, **texts, valid_from=clock.now() + 48 * hour, keep=frozenset({"sv"}), seen=3, by=by)
    Recording.update(announcement=first).where(Recording.id == called.id).execute()
    processing.order("sv", by=people.dpo)
    failed = processing.order("fi", by=people.dpo)
    Document.update(state=State.FAILED, failure="MissingGlyph").where(Document.id == failed.id).execute()
    pages = [f"/queues/{row.uuid}/announcements" for row in (queue, people.elderly)]
    return [*pages, f"{pages[0]}/new", "/queues/told", "/register/processing-record"]
