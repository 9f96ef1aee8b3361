"""What callers are told: decided in versions with their sound, and pointed to by the calls it was told in."""

import datetime as dt
import io
import json
import uuid

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.errors import Conflict, Denied, NotFound
from portal.incidents import actions as incidents
from portal.incidents import paperwork
from portal.ingest import registration
from portal.ingest.call import Call
from portal.ingest.content import Content
from portal.queues import announced, announcements, sounds
from portal.queues.announcement_models import Announcement, AnnouncementSound
from portal.queues.announcements import Upload
from portal.queues.models import Queue
from portal.recordings import corrections
from portal.recordings.models import Direction, Recording, Told
from portal.retention import health, owners, papers
from portal.retention.owners import Standing
from portal.vault import keystore, objects
from tests import calls
from tests.accounts.door import last, words
from tests.people import person
from tests.retention import drill

NOW = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TEXTS = {"text_sv": "Samtalet spelas in av Borgå stad.", "text_fi": "Porvoon kaupunki nauhoittaa puhelun."}
WAV = calls.wav(calls.tone(1.5, channels=1))
OTHER = calls.wav(calls.tone(0.5, channels=1))


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def make(people, *, queue: Queue | None = None, seen: int = 0, **other) -> Announcement:
    given = {**TEXTS, "by": people.decider, **other}
    return announcements.make(queue or people.daycare, seen=seen, **given)


def pages(queue: Queue) -> str:
    return f"/queues/{queue.uuid}/announcements"


def typed(**other) -> dict[str, object]:
    return {**TEXTS, "seen": "0", **other}


def sound(content: bytes = WAV, name: str = "meddelande.wav") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_a_version_plays_from_its_instant_and_is_logged(people):
    first = make(people)
    later = make(people, seen=1, valid_from=NOW + HOUR, text_sv=TEXTS["text_sv"] + " Läs mer på webben.")
    assert (first.version, later.version, first.valid_from) == (1, 2, NOW)
    for moment, playing in (
        (NOW - dt.timedelta(milliseconds=1), None),
        (NOW, first),
        (NOW + HOUR - dt.timedelta(milliseconds=1), first),
        (NOW + HOUR, later),
    ):
        assert announced.in_force(people.daycare, moment) == playing
    assert announced.in_force(people.technical, NOW + HOUR) is None
    entry = last("queues:announcement_made")
    assert (entry.by, entry.subject, entry.queue_id) == (people.decider.uuid, later.uuid, people.daycare.id)
    detail = json.loads(entry.detail)
    assert detail == {"version": 2, "valid_from": "2026-11-10", "valid_time": "12.00", "sounds": 0}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"text_sv": "Spelas in."}, announcements.AnnouncementTextNeeded),
        ({"text_fi": " " * 40}, announcements.AnnouncementTextNeeded),
        ({"text_sv": "x" * 2001}, announcements.AnnouncementTextNeeded),
        ({"text_sv": TEXTS["text_sv"] + " 131052-308T"}, PersonalCode),
        ({"valid_from": NOW - dt.timedelta(milliseconds=1)}, announcements.InThePast),
        ({"valid_from": NOW + HOUR}, announcements.BeforeTheLast),
        ({"valid_from": NOW + HOUR, "files": {"sv": Upload("a.wav", WAV)}}, announcements.BeforeTheLast),
        ({"seen": 0}, announcements.NewerVersion),
        ({"files": {"sv": Upload("a.wav", b"not a sound at all")}}, sounds.NotPlayable),
        ({"files": {"sv": Upload("a.wav", b"%PDF-1.7\n" + b"x" * 400)}}, sounds.NotPlayable),
        ({"files": {"sv": Upload("a.wav", WAV[:-4000])}}, sounds.NotPlayable),
        ({"files": {"sv": Upload("a.wav", b"")}}, sounds.NoSound),
        ({"files": {"sv": Upload("a.wav", b"RIFF" * (3 << 20))}}, sounds.SoundTooLarge),
        ({"files": {"sv": Upload("131052-308T.wav", WAV)}}, PersonalCode),
        ({"keep": frozenset({"sv"})}, NotFound),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(people, wrong, error):
    make(people, valid_from=NOW + HOUR)
    given = {"valid_from": NOW + 2 * HOUR, "seen": 1, **wrong}
    with pytest.raises(error):
        make(people, **given)
    assert Announcement.select().count() == 1
    assert not AnnouncementSound.select().exists()
    assert Entry.select().where(Entry.act == "queues:announcement_made").count() == 1


def test_a_sound_that_nobody_would_wait_through_is_refused(monkeypatch):
    monkeypatch.setattr(sounds, "MOST_MS", 1499)
    with pytest.raises(sounds.SoundTooLong):
        sounds.facts(WAV)


def test_a_sound_is_sealed_with_its_version_and_can_stay_for_the_next(people):
    first = make(people, files={"sv": Upload("C:\\ljud\\hälsning.wav", WAV), "fi": Upload("tervehdys.wav", OTHER)})
    row, content = sounds.content(first, "sv")
    assert (content, row.name, row.media_type, row.duration_ms) == (WAV, "hälsning", "audio/wav", 1500)
    owned = owners.of(row.uuid)
    assert (owned.standing, owned.size, owned.sound) == (Standing.KEPT, len(WAV), False)
    changed = {**TEXTS, "text_fi": TEXTS["text_fi"] + " Lue lisää verkosta."}
    with pytest.raises(announcements.SoundStale) as stale:
        make(people, seen=1, valid_from=NOW + HOUR, keep=frozenset({"sv", "fi"}), **changed)
    assert stale.value.language == "fi"
    second = make(people, seen=1, valid_from=NOW + HOUR, keep=frozenset({"sv"}), **changed)
    again, content = sounds.content(second, "sv")
    assert (content, again.name) == (WAV, "hälsning")
    assert again.uuid != row.uuid
    with pytest.raises(NotFound):
        sounds.content(second, "fi")


def test_a_version_is_dropped_until_it_plays_and_its_sound_is_destroyed(people):
    made = make(people, valid_from=NOW + HOUR, files={"sv": Upload("a.wav", WAV)})
    (row,) = AnnouncementSound.select()
    announcements.drop(made, by=people.decider)
    assert not AnnouncementSound.select().exists()
    assert not keystore.exists(row.uuid)
    assert not objects.anything(row.uuid)
    assert announced.in_force(people.daycare, NOW + 2 * HOUR) is None
    entry = last("queues:announcement_dropped")
    assert (entry.by, entry.subject, entry.queue_id) == (people.decider.uuid, made.uuid, people.daycare.id)
    with pytest.raises(Conflict):
        announcements.drop(made, by=people.decider)
    playing = make(people, seen=1)  # what was dropped keeps its number, and hinders nothing
    assert playing.version == 2
    with pytest.raises(announcements.InForce):
        announcements.drop(playing, by=people.decider)


def test_what_a_disk_refuses_or_a_crash_leaves_is_cleared(people, monkeypatch):
    def refuse(*_):
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(objects, "seal", refuse)
        with pytest.raises(papers.NotStored):
            make(people, files={"sv": Upload("a.wav", WAV)})
    assert not Announcement.select().exists()
    with monkeypatch.context() as patch:
        patch.setattr(papers, "give_up", lambda row: None)  # as when the process is killed
        patch.setattr(announcements, "_decide", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            make(people, files={"sv": Upload("a.wav", WAV)})
    (row,) = AnnouncementSound.select()
    assert (row.announcement, owners.of(row.uuid).standing) == (None, Standing.MOVING)
    assert announcements.tend() == 0
    assert AnnouncementSound.select().exists(), "it may still be on its way"
    with clock.frozen(NOW + papers.STALE + HOUR):
        announcements.tend()
    assert not AnnouncementSound.select().exists()
    assert not objects.anything(row.uuid)


def test_a_sound_comes_back_with_the_machine_and_so_does_the_paper_of_an_incident(settings, people, tmp_path):
    settings = drill.apart(settings)
    made = make(people, files={"sv": Upload("a.wav", WAV)})
    incident = incidents.report(
        known_at=NOW - HOUR, happened="En fil skickades till fel person.", concerns="", measures="", by=people.adviser
    )
    paper = paperwork.add(incident, "brev.pdf", b"%PDF-1.7\n", by=people.adviser)
    drill.make(tmp_path / "backups")
    drill.breaks(settings)
    answer = drill.restore(tmp_path / "backups", "--json")
    assert drill.told(answer)["missing"] == 0
    assert sounds.content(Announcement.get_by_id(made.id), "sv")[1] == WAV
    assert announced.in_force(people.daycare, NOW) == made
    assert papers.content(paper) == b"%PDF-1.7\n"


def test_only_those_who_decide_it_do(people):
    made = make(people, valid_from=NOW + HOUR)
    for who in (people.manager, people.dpo, people.admin, people.adviser):
        with pytest.raises(Denied):
            make(people, seen=1, valid_from=NOW + 2 * HOUR, by=who)
        with pytest.raises(Denied):
            announcements.drop(made, by=who)


# The call


def registered(people, *, told: bool | None = None, direction=Direction.IN, at=NOW, line="2001") -> Recording:
    content = Content.of([calls.wav(calls.tone(0.2) + Recording.select().count())])
    call = Call(
        source="freepbx",
        source_id=uuid.uuid4().hex,
        content=content,
        started_at=at,
        lines=(line,),
        direction=direction,
        number="0401234567",
        told=told,
    )
    ((_, row),) = registration.take([call])
    return Recording.get_by_id(row.id)


def test_a_call_points_to_the_version_that_played_when_it_began(people):
    Queue.update(tells_callers=True).where(Queue.id == people.daycare.id).execute()
    with clock.frozen(NOW - 5 * HOUR):
        first = make(people)
    second = make(people, seen=1)
    assert registered(people, at=NOW - 6 * HOUR).announcement is None
    assert registered(people, at=NOW - HOUR).announcement == first, "by when it began, not when it came"
    assert registered(people).announcement == second
    assert registered(people, told=True).announcement == second
    assert registered(people, told=False).announcement is None
    assert registered(people, direction=Direction.OUT, told=True).announcement is None, "who was called heard none"
    assert registered(people, line="2002").announcement is None
    late = registered(people, told=False)
    for entry, value, expected in (
        ("told", "yes", second),
        ("queue", people.technical.uuid.hex, None),
        ("queue", people.daycare.uuid.hex, second),
        ("direction", "out", None),
        ("direction", "in", second),
        ("told", "unknown", None),
    ):
        corrections.correct(late, entry, value, reason="Fel i källan.", by=people.manager)
        late = Recording.get_by_id(late.id)
        assert late.announcement == expected, (entry, value)


def test_the_page_of_a_call_says_what_the_caller_heard(as_, people):
    make(people)
    row = registered(people, told=True)
    page = words(as_(people.adviser).get(f"/recordings/{row.uuid}"))
    assert f"Meddelandet, version 1 {TEXTS['text_sv']} {TEXTS['text_fi']}" in page
    assert "Alla versioner" not in page, "an adviser reads what was said in the call, not the register of it"
    assert pages(people.daycare) in as_(people.manager).get(f"/recordings/{row.uuid}").text


# The pages


def test_it_is_decided_shown_and_heard_on_its_pages(as_, people):
    client, page = as_(people.decider), pages(people.daycare)
    assert "meddelandet är inte bestämt" in words(client.get(page))
    assert "saknas" in words(client.get("/queues/"))
    sent = typed(sound_sv=sound(), sound_fi=sound(OTHER, "viesti.wav"), from_day="11.11.2026", from_time="8.00")
    answer = client.submit(f"{page}/new", sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, page)
    made = Announcement.get()
    assert made.valid_from == dt.datetime(2026, 11, 11, 6, 0, tzinfo=dt.UTC), "as Helsinki's clocks show it"
    shown = words(client.get(page))
    assert "Version 1 gäller från den 11.11.2026" in shown
    assert "Inget meddelande gäller nu" in shown
    heard = as_(people.manager).get(f"{page}/{made.uuid}/sounds/sv")
    assert (heard.data, heard.mimetype) == (WAV, "audio/wav")
    part = as_(people.dpo).get(f"{page}/{made.uuid}/sounds/sv", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    assert client.submit(f"{page}/{made.uuid}/dropping").location == page
    assert "började aldrig gälla" in words(client.get(page))
    assert client.submit(f"{page}/{made.uuid}/dropping").status_code == 409
    assert client.get(f"{page}/{made.uuid}/sounds/sv").status_code == 404
    again = typed(seen="1", from_day="", from_time="")
    assert client.submit(f"{page}/new", again, content_type="multipart/form-data").location == page
    assert "Version 2 gäller nu" in words(client.get(page))
    assert client.submit(f"{page}/new", again, content_type="multipart/form-data").status_code == 409
    assert "Version 2" in words(client.get("/queues/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text_sv": ""}, "Skriv vad den som ringer får höra."),
        ({"text_fi": "Lyhyt."}, "Skriv minst 20 tecken."),
        ({"text_sv": TEXTS["text_sv"] + " \U0001f4de"}, "typsnitt"),
        ({"sound_sv": (b"hej" * 99, "a.wav")}, "inget ljud som går att spela upp"),
        ({"from_day": "9.11.2026", "from_time": "8.00"}, "Tiden har redan gått."),
        ({"from_day": "11.11.2026", "from_time": ""}, "Skriv både dag och klockslag"),
        ({"from_day": "", "from_time": "8.00"}, "Skriv både dag och klockslag"),
        ({"from_day": "11.11.2026", "from_time": "25.00"}, "Skriv klockslaget som i 8.00."),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(as_, people, wrong, said):
    if "sound_sv" in wrong:
        wrong = {"sound_sv": sound(*wrong["sound_sv"])}
    sent = typed(**wrong)
    answer = as_(people.decider).submit(f"{pages(people.daycare)}/new", sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'class="field-error"' in answer.text
    assert not Announcement.select().exists()


def test_a_kept_sound_whose_text_changed_is_told_beside_its_file(as_, people):
    make(people, files={"sv": Upload("a.wav", WAV)})
    client, page = as_(people.decider), f"{pages(people.daycare)}/new"
    assert "keep_sv" in (form := client.get(page).text)
    assert "keep_fi" not in form
    sent = typed(seen="1", keep_sv="y", text_sv=TEXTS["text_sv"] + " Läs mer.")
    with clock.frozen(NOW + HOUR / 60):
        answer = client.submit(page, sent, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'id="sound_sv-error"' in answer.text
        sent = typed(seen="1", keep_sv="y")
        assert client.submit(page, sent, content_type="multipart/form-data").status_code == 303
    assert sounds.content(announcements.newest(people.daycare), "sv")[1] == WAV


def test_a_manager_reads_the_own_queues_and_nobody_decides_without_the_right(as_, people):
    made = make(people, queue=people.elderly, files={"sv": Upload("a.wav", WAV)})
    page = pages(people.elderly)
    for path in (page, f"{page}/{made.uuid}/sounds/sv"):
        assert as_(people.manager).get(path).status_code == 404
        assert as_(people.outsider).get(path).status_code == 403
        assert as_(people.dpo).get(path).status_code == as_(people.admin).get(path).status_code == 200
    assert as_(people.decider).get(f"{pages(people.daycare)}/{made.uuid}/sounds/sv").status_code == 404
    assert as_(people.decider).get(f"{page}/{made.uuid}/sounds/fi").status_code == 404
    two = person("tva", "Tva Roller", Role.MANAGER, queues=(people.technical,))
    from tests.people import grant

    grant(two, Role.ADVISER, (people.daycare,))
    assert as_(two).get(pages(people.technical)).status_code == 200
    assert as_(two).get(pages(people.daycare)).status_code == 404, "adviser there, manager elsewhere"
    for who in (people.manager, people.dpo, people.admin):
        assert as_(who).get(f"{pages(people.daycare)}/new").status_code == 403
        assert as_(who).submit(f"{page}/{made.uuid}/dropping").status_code == 403


def test_a_queue_that_tells_without_an_announcement_stands_out(as_, people):
    everyone = [people.daycare, people.technical, people.elderly]
    assert announced.silent(everyone, NOW) == [people.daycare, people.technical], "the third tells nobody"
    make(people, valid_from=NOW + HOUR)
    assert people.daycare in announced.silent(everyone, NOW), "it does not play yet"
    assert people.daycare not in announced.silent(everyone, NOW + HOUR)
    assert health.report().silent_queues == 2
    assert "2 servicenummer informerar dem som ringer" in words(as_(people.decider).get("/queues/"))
    Queue.update(active=False).where(Queue.id == people.technical.id).execute()
    assert announced.silent([Queue.get_by_id(people.technical.id)], NOW) == []


def test_told_unknown_is_no_announcement(people):
    make(people)
    row = calls.recording(people.daycare, told=Told.UNKNOWN, started_at=NOW)
    assert announced.of(row) is None
