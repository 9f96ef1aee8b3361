"""Papers of a request: sealed, counted by what they are, read by those who may, cleared when left half kept."""

import datetime as dt
import io

import pytest

from portal import clock
from portal.cases import actions, attachments
from portal.cases.codes import State
from portal.cases.models import Attachment, Case
from portal.cases.personal_codes import PersonalCode
from portal.errors import NotFound
from portal.retention import papers
from portal.vault import keystore, objects
from tests.cases import made

PDF = b"%PDF-1.7\nzqfullmakten"
PNG = b"\x89PNG\r\n\x1a\nzqbild"
JPEG = b"\xff\xd8\xffzqfoto"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def case(people) -> Case:
    return made.case(people)


def add(case, people, content=PDF, name="C:\\zq\\Fullmakt  3.9.pdf", kind="application/pdf") -> Attachment:
    return attachments.add(case, name, kind, content, by=people.clerk)


def nothing_of(row: Attachment) -> bool:
    return not keystore.exists(row.uuid) and not objects.anything(row.uuid)


def test_a_paper_is_sealed_and_read_back_with_a_row_in_the_log_each_time(people, case, settings):
    row = add(case, people)
    assert (row.name, row.standing, row.size) == ("Fullmakt 3.9", "kept", len(PDF))
    assert b"zqfullmakten" not in objects.path_of(row.uuid, "original").read_bytes()
    assert attachments.of(case) == [row]
    assert attachments.read(attachments.get(case, row.uuid), by=people.dpo) == PDF
    assert made.acts(case)[-2:] == ["attachment_added", "attachment_read"]
    assert made.steps(case)[-1] == "attached"
    entry, detail = made.last_entry("cases:attachment_read")
    assert (entry.by, detail["media_type"]) == (people.dpo.uuid, "application/pdf")
    assert "Fullmakt" not in entry.detail
    with pytest.raises(NotFound):
        attachments.read(row, by=people.adviser)


@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_what_a_paper_is_is_told_by_its_first_bytes(content, kind):
    assert papers.kind_of(content) == kind


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (papers.WrongKind, {"content": b"MZ\x90 a program"}),
        (papers.WrongKind, {"content": b""}),
        (papers.WrongKind, {"kind": "image/png"}),
        (papers.WrongKind, {"content": b" %PDF-1.7"}),
        (papers.TooLarge, {"content": PDF + bytes(papers.MOST_BYTES)}),
        (PersonalCode, {"name": "131052-308T fullmakt.pdf"}),
    ],
)
def test_what_is_no_paper_is_refused(people, case, error, more):
    with pytest.raises(error):
        add(case, people, **more)
    assert not Attachment.select().exists()


def test_only_the_handler_adds_and_removes_and_not_after_the_end(people, case):
    row = add(case, people)
    Case.update(handler=people.manager).execute()
    for act in (lambda: add(case, people), lambda: attachments.remove(row, by=people.clerk)):
        with pytest.raises(actions.NotHandler):
            act()
    Case.update(handler=people.clerk, state=State.CLOSED).execute()
    for act in (lambda: add(case, people), lambda: attachments.remove(row, by=people.clerk)):
        with pytest.raises(actions.NotNow):
            act()


def test_a_paper_that_does_not_belong_goes_with_its_key(people, case):
    row = add(case, people)
    attachments.remove(row, by=people.clerk)
    assert nothing_of(row)
    assert not Attachment.select().exists()
    assert made.acts(case)[-1] == "attachment_removed"
    with pytest.raises(attachments.Busy):
        attachments.remove(row, by=people.clerk)
    with pytest.raises(NotFound):
        attachments.read(row, by=people.clerk)


def test_a_disk_that_refuses_leaves_nothing(people, case, monkeypatch):
    def refuse(*args, **more):
        raise OSError(28, "full")

    monkeypatch.setattr(papers.objects, "seal", refuse)
    with pytest.raises(papers.NotStored):
        add(case, people)
    assert not Attachment.select().exists()
    assert "attachment_added" not in made.acts(case)


@pytest.mark.parametrize("sealed", [True, False])
def test_what_a_crash_left_half_kept_is_cleared_by_the_sweep(people, case, monkeypatch, sealed):
    def crash(*args, **more):
        raise KeyboardInterrupt

    module, name = (attachments, "_kept") if sealed else (papers.objects, "seal")
    monkeypatch.setattr(module, name, crash)
    with pytest.raises(KeyboardInterrupt):
        add(case, people)
    row = Attachment.get()
    assert row.standing == "sealing"
    assert attachments.of(case) == []
    assert attachments.sweep() == 0
    assert Attachment.select().exists(), "perhaps it is being sealed now"
    with clock.frozen(made.NOW + papers.STALE + dt.timedelta(minutes=1)):
        assert attachments.sweep() == 0
    assert nothing_of(row)
    assert not Attachment.select().exists()


def test_what_the_sweep_took_meanwhile_is_not_kept(people, case, monkeypatch):
    seal = objects.seal

    def slow(*args, **more):
        sealed = seal(*args, **more)
        Attachment.update(standing="going").execute()
        return sealed

    monkeypatch.setattr(papers.objects, "seal", slow)
    with pytest.raises(attachments.Busy):
        add(case, people)
    attachments.sweep()
    assert not Attachment.select().exists()


def test_a_disk_that_refuses_the_deletion_is_tried_again(people, case, monkeypatch):
    row = add(case, people)
    with monkeypatch.context() as patched:
        patched.setattr(keystore, "destroy", lambda *_, **more: (_ for _ in ()).throw(OSError(5, "io")))
        attachments.destroy(case)
        assert attachments.sweep() == 1
        assert Attachment.get().name == ""
    assert attachments.sweep() == 0
    assert nothing_of(row)


def test_papers_are_sent_up_and_saved_through_the_pages(people, case, as_):
    client, path = as_(people.clerk), f"/cases/{case.uuid}/attachments"
    big = PNG + bytes(200_000)
    answer = client.submit(path, {"files": [(io.BytesIO(PDF), "Fullmakt.pdf"), (io.BytesIO(big), "bild.png")]})
    assert answer.status_code == 303
    first, second = attachments.of(case)
    page = client.get(f"/cases/{case.uuid}").text
    assert "Fullmakt</a>" in page
    got = client.get(f"{path}/{second.uuid}")
    assert got.data == big
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert as_(people.decider).get(f"{path}/{first.uuid}").data == PDF
    assert client.submit(f"{path}/{first.uuid}/removal").status_code == 303
    assert client.get(f"{path}/{first.uuid}").status_code == 404
    other = made.case(people)
    assert client.get(f"/cases/{other.uuid}/attachments/{second.uuid}").status_code == 404


def test_the_pages_refuse_what_is_no_paper_beside_the_field(people, case, as_, monkeypatch):
    client, path = as_(people.clerk), f"/cases/{case.uuid}/attachments"
    for data in ({}, {"files": [(io.BytesIO(b"<svg/>"), "bild.png")]}):
        answer = client.submit(path, data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'id="files-error"' in answer.text
    monkeypatch.setattr(papers, "MOST_BYTES", 100_000)
    large = {"files": [(io.BytesIO(PDF + bytes(100_000)), "stor.pdf")]}
    assert "högst 10 MB" in client.submit(path, large).text
    for who in (people.decider, people.dpo, people.adviser):
        assert as_(who).submit(path, {"files": [(io.BytesIO(PDF), "a.pdf")]}).status_code in (403, 413)
    assert not Attachment.select().exists()


def test_whoever_may_not_add_papers_sends_up_no_more_than_anyone(people, case, as_, client):
    """A larger body is refused before it is read."""
    big = {"files": [(io.BytesIO(PDF + bytes(200_000)), "a.pdf")]}
    path = f"/cases/{case.uuid}/attachments"
    assert as_(people.adviser).submit(path, big).status_code == 413
    big = {"files": [(io.BytesIO(PDF + bytes(200_000)), "a.pdf")]}
    assert client.submit(path, big).status_code == 413
