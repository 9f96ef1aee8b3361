"""Call detail records: read leniently, kept once, and completing what came before them."""

import datetime as dt

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import call_details
from portal.ingest.models import CallDetail, Quarantined
from portal.recordings import index
from portal.recordings.models import Recording, Told
from portal.vault import objects
from tests.ingest import deliveries as d


def master(*rows: dict[str, str]) -> bytes:
    lines = []
    for row in rows:
        values = row | {"start": row["calldate"], "answer": "", "end": ""}
        lines.append(",".join(f'"{values.get(name, "")}"' for name in call_details.MASTER))
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_any_encoding_and_separator_is_read(delimiter, encoding, sweep):
    row = d.detail(d.name(), clid='"Åke Ö" <040>')
    path = d.deliver("cdr.csv", d.cdr(row, delimiter=delimiter, encoding=encoding))
    assert sweep(0).call_details == 1
    sweep(6)
    assert CallDetail.get().called_at == d.STARTED
    assert not path.exists()


def test_master_csv_is_read_and_names_the_adviser(sweep, people):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("Master.csv", master(d.detail(name, userfield="told=no")), folder="cdr-csv")
    assert sweep().taken == 1
    row = Recording.get()
    assert (row.adviser, row.told) == (people.adviser, Told.NO)


def test_a_growing_csv_is_read_line_by_line_and_kept(sweep):
    rows = [d.detail(d.name(count=n)) for n in (1, 2, 3)]
    whole = d.cdr(*rows)
    path = d.deliver("cdr.csv", whole[: whole.rindex(b"\n", 0, -2) + 20])
    assert sweep(0).call_details == 2
    path.write_bytes(whole)
    assert sweep(6).call_details == 1
    assert path.exists()  # it moved since the last look
    sweep(12)
    assert not path.exists()
    assert CallDetail.select().count() == 3


def test_the_same_export_read_twice_adds_nothing(sweep):
    content = d.cdr(d.detail(d.name()))
    d.deliver("cdr.csv", content)
    sweep()
    d.deliver("cdr-again.csv", content)
    sweep(20)
    sweep(30)
    assert CallDetail.select().count() == 1
    assert Entry.select().where(Entry.act == Act.CALL_DETAILS_READ).count() == 1


def test_lines_without_time_or_id_are_counted_and_the_rest_is_read(sweep):
    good = d.detail(d.name())
    d.deliver(
        "cdr.csv",
        d.cdr(good | {"uniqueid": ""}, good | {"calldate": "in går"}, good, good | {"calldate": "9999-12-31 23:59:59"}),
    )
    sweep()
    assert CallDetail.select().count() == 1
    assert '"refused":3' in Entry.get(Entry.act == Act.CALL_DETAILS_READ).detail


def test_rows_past_their_date_are_kept_nowhere_and_tell_of_the_call_beside_them(sweep, people):
    old = d.STARTED - dt.timedelta(days=100)
    names = [d.name(type="exten", dest="201", started_at=old), d.name()]
    d.deliver(names[0], d.sound())
    path = d.deliver("cdr.csv", d.cdr(*(d.detail(name, did="2001") for name in names)))
    for seconds in (0, 6):
        with path.open("ab") as file:
            file.write(b"\n")  # it grows all the time: read anew at each look
        sweep(seconds)
        assert [row.recording_file for row in CallDetail.select()] == [names[1].removesuffix(".wav")]
    assert Recording.get().queue == people.daycare  # only the record tells the line
    assert Entry.select().where(Entry.act == Act.CALL_DETAILS_READ).count() == 1


@pytest.mark.parametrize("content", [b"namn;telefon\nAnna;040\n", b"\x00\x01\x02" * 50, b'"' + b"a" * 200_000 + b'"'])
def test_another_table_goes_to_quarantine(content, sweep):
    d.deliver("telefonlista.csv", content)
    assert sweep().quarantined == {"not_audio": 1}
    row = Quarantined.get()
    assert row.detail == "csv"
    assert objects.read(row.uuid, "original") == content


def test_an_empty_csv_is_cleared_away(sweep):
    path = d.deliver("cdr.csv", b"")
    sweep()
    assert not path.exists()


def test_the_rows_keep_the_calls_three_months(sweep):
    d.deliver("cdr.csv", d.cdr(d.detail(d.name())))
    sweep()
    assert CallDetail.get().expires_at.date().isoformat() == "2027-02-10"


def test_a_late_row_completes_the_recording(sweep, people, monkeypatch):
    name = d.name()
    d.deliver(name, d.sound())
    sweep(0)
    assert sweep(601).taken == 1
    assert Recording.get().adviser is None
    indexed = []
    real = index.put
    monkeypatch.setattr(index, "put", lambda row: (indexed.append(row.uuid), real(row)))
    d.deliver("cdr.csv", d.cdr(d.detail(name, linkedid="1700000000.7", userfield="told=no")))
    sweep(610)
    row = Recording.get()
    assert (row.conversation, row.extension, row.adviser, row.told) == ("1700000000.7", "201", people.adviser, Told.NO)
    assert indexed == [row.uuid]
    assert Entry.get(Entry.act == Act.COMPLETED).subject == row.uuid
    sweep(620)
    assert Entry.select().where(Entry.act == Act.COMPLETED).count() == 1


def test_a_late_row_of_master_csv_completes_by_the_channel(sweep, people):
    name = d.name()
    d.deliver(name, d.sound())
    sweep(0)
    sweep(601)
    d.deliver("Master.csv", master(d.detail(name)))
    sweep(610)
    assert Recording.get().adviser == people.adviser


def test_a_late_row_does_not_touch_what_is_purged(sweep):
    name = d.name()
    d.deliver(name, d.sound())
    sweep(0)
    sweep(601)
    Recording.update(state="purged").execute()
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep(610)
    assert Recording.get().extension is None


@pytest.mark.parametrize(
    ("channel", "extension"),
    [
        ("SIP/201-0000001a", "201"),
        ("PJSIP/201-0000001a", "201"),
        ("Local/201@from-queue-00000003;1", "201"),
        ("Local/FMPR-201@from-internal-00000003;2", "201"),
        ("Agent/201", "201"),
        ("PJSIP/trunk-00000019", None),
        ("PJSIP/0195202001-0000", None),
        ("", None),
    ],
)
def test_the_extension_is_read_from_a_channel_s_name(channel, extension):
    assert call_details.extension(channel) == extension
