"""The word index: letters as Swedish and Finnish have them, no syntax from outside, nothing left behind."""

import json
import unicodedata

import pytest

from portal import db
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import actions, index
from portal.recordings.models import Note, Recording
from tests.recordings.finding import asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")

SYNTAX = [
    '"',
    '""',
    '" OR "a',
    "a OR b",
    "NOT lov",
    "lov NOT plats",
    "NEAR(lov plats)",
    "words:lov",
    "facets:q1",
    "lov* ",
    "^lov",
    "(lov",
    "lov)",
    "-lov",
    "lov + plats",
    "{words facets}:lov",
    "lov'; DROP TABLE recording; --",
    "\\",
    "lov\x00plats",
    "% _",
    "q1 ty dxin",
]


@pytest.mark.parametrize("typed", SYNTAX)
def test_what_is_typed_never_becomes_syntax(as_, people, typed):
    foreign = call(people.elderly, subject="lov plats a b or not near")
    call(people.daycare, subject="annat")
    answer = asked(as_(people.adviser), {"words": typed})
    assert answer.status_code == 200
    assert str(foreign.uuid) not in answer.text
    assert "<tbody>" not in answer.text


def test_words_that_are_operators_are_found_as_words(as_, people):
    row = call(people.daycare, subject="Near och not eller or")
    client = as_(people.adviser)
    for typed in ("not", "NEAR", "or", "near and not".replace("and ", "")):
        assert found(client, {"words": typed}) == ids(row)


def test_facets_are_not_found_as_words(as_, people):
    call(people.daycare, subject="ord")
    client = as_(people.adviser)
    for token in (
        f"=q{people.daycare.id}",
        f"q{people.daycare.id}",
        "ty",
        "din",
        "#040",
        "040",
        "n358401234567",
        f"=q{people.daycare.id}ty",
        f"q{people.daycare.id}ty",
        "s00060",
        "00060",
    ):
        assert found(client, {"words": token}) == []


@pytest.mark.parametrize(
    ("subject", "typed", "hit"),
    [
        ("Småbarnspedagogik", "småbarn", True),
        ("Småbarnspedagogik", "smabarn", False),
        ("Får barnet plats", "far", False),
        ("Kött och fisk", "KÖTT", True),
        ("Päiväkotipaikka", "päiväkoti", True),
        ("Päiväkotipaikka", "paivakoti", False),
        ("ÄLDREOMSORG", "äldre", True),
        ("Ärende om avgift", "avg äre", True),
        ("Ärende om avgift", "avgiften", True),
        ("Ärende om avgift", "avgifts", True),
        ("Ärende om avgift", "avgår", False),
        ("Hade tappat bussikortti", "bussikortin", True),
        ("Kysyi bussikortista", "bussikortteja", True),
        ("Bussikortti", "bussi kortin", False),
        ("Frågade om dagvård", "dagvården", True),
        ("Om dagvårdens tider", "dagvård", True),
        ("Päiväkoti", "päiväkodissa", True),
        ("Asia koski päiväkotia", "päiväkodin", True),
        ("Rakennusluvan hakemus", "rakennuslupa hakemuksen", True),
        ("Kadun valot", "katu", True),
        ("Lasten hoito", "lapsen", False),  # what no ending explains
        ("Bilarna står här", "bilen", True),
        ("En bilaga kom", "bilen", False),
        ("Ringde i går", "om i", False),
        ("Ärende om avgift", "vgift", False),
        ("Bygglov för bastu", "b", True),
        ("Bygglov för bastu", "b bygg", False),
        ("Bygglov plan b", "b bygg", True),
        ("Šarkić-Öberg ringde", "öberg šar", True),
        ("Tontti 638-411-0001", "638 0001", True),
        ("päiväkoti", unicodedata.normalize("NFD", "päivä"), True),
        (unicodedata.normalize("NFD", "päiväkoti"), "päivä", True),
    ],
)
def test_a_word_is_found_by_its_beginning_with_its_own_letters(as_, people, subject, typed, hit):
    row = call(people.daycare, subject=subject)
    assert found(as_(people.adviser), {"words": typed}) == (ids(row) if hit else [])


def test_words_of_subject_and_notes_are_looked_for_together(as_, people):
    row = call(people.daycare, subject="Avgift")
    Note.create(recording=row, author=people.adviser, text="Ringer igen om syskonrabatt")
    Note.create(recording=row, author=people.adviser, text="Klart")
    index.put(row)
    client = as_(people.adviser)
    assert found(client, "words=avgift+syskon+klart") == ids(row)
    assert found(client, "flag=noted") == ids(row)


def test_put_again_forgets_the_former_words(as_, people):
    row = call(people.daycare, subject="hallon")
    row.subject = "lingon"
    row.save()
    index.put(row)
    client = as_(people.adviser)
    assert found(client, "words=hallon") == []
    assert found(client, "words=lingon") == ids(row)


def test_removed_is_found_no_more(as_, people):
    row = call(people.daycare, subject="hallon")
    index.remove(row.id)
    index.remove(row.id)
    client = as_(people.adviser)
    assert found(client) == []
    assert found(client, "words=hallon") == []


def test_forget_leaves_no_word_and_no_number_in_any_file(settings, people):
    rows = [call(people.daycare, subject=f"Wrzesniewski{n} hallon", number=f"+3584099{n:05}") for n in range(300)]
    call(people.daycare, subject="kvar")
    db.checkpoint()
    for row in rows:
        index.remove(row.id)
        row.delete_instance(recursive=True)
    index.forget()
    db.checkpoint()
    left = b"".join(file.read_bytes() for file in settings.data.glob("portal.db*"))
    # FTS5 keeps only what differs from the term before, so a part must be looked for
    assert b"rzesniewski" not in left.lower()
    assert b"hallon" not in left
    assert b"9904853" not in left
    assert b"4099" not in left
    assert b"kvar" in left


def test_forget_keeps_what_was_not_removed(as_, people):
    rows = [call(people.daycare, subject=f"ord{n:03}") for n in range(200)]
    for row in rows[::2]:
        index.remove(row.id)
    index.forget()
    index.forget()
    client = as_(people.adviser)
    assert found(client, "words=ord000") == []
    assert found(client, "words=ord199") == ids(rows[199])
    assert len(found(client, "words=ord")) == 50


def test_reindex_makes_the_same_index_anew(as_, people):
    row = call(people.daycare, subject="Avgift", adviser=people.adviser)
    Note.create(recording=row, author=people.adviser, text="syskonrabatt")
    gone = call(people.daycare, subject="Avgift", state="purged")
    index.put(row)
    before = db.db.execute_sql("SELECT * FROM recording_index WHERE rowid = ?", (row.id,)).fetchall()
    actions.reindex()
    assert db.db.execute_sql("SELECT * FROM recording_index").fetchall() == before
    assert str(gone.uuid) not in found(as_(people.adviser))


def test_in_a_young_register_a_page_reads_its_rows_by_key(people):
    keys = [call(people.daycare).id for _ in range(3)]
    query = Recording.visible_to(people.adviser).select(Recording.id, Recording.subject)
    sql, params = query.where(Recording.id.in_(keys * 17)).sql()
    plan = [row[3] for row in db.db.execute_sql("EXPLAIN QUERY PLAN " + sql, params)]
    assert plan == ["SEARCH t1 USING INTEGER PRIMARY KEY (rowid=?)"]


def test_the_log_counts_what_the_page_counts(as_, people):
    for n in range(3):
        call(people.daycare, subject="Avgift" if n else "Annat")
    asked(as_(people.adviser), "words=avg")
    assert json.loads(Entry.get(Entry.act == Act.SEARCHED).detail)["hits"] == 2
