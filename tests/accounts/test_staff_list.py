"""A list of staff: what it would change is shown, and nothing else is done."""

import contextlib
import datetime as dt
import io
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from portal import clock
from portal.accounts import numbers, sign_in, staff, staff_list, units
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.accounts.staff_list import NotText
from portal.accounts.staff_plan import Change, Why
from portal.audit.models import Entry
from portal.errors import Invalid, NotFound
from portal.rights import ending
from portal.rights.command import by_command
from portal.rights.models import End, Right, StaffDraft, State
from tests.people import person

NOW = dt.datetime(2026, 9, 14, 9, 0, tzinfo=dt.UTC)
HEAD = "användarnamn;namn;enhet;språk;anknytning;telefon;slutat\n"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def here(people):
    """The units, an adviser in one of them with a right, and the administrator."""
    people.komp = units.make(code="KOMP", name_sv="Kompassen", name_fi="Kompassi", by=people.admin)
    people.skol = units.make(code="SKOL", name_sv="Skolorna", name_fi="Koulut", by=people.admin)
    people.eva = person("eva", "Eva Flyttvik", extension="440")
    staff.move(people.eva, people.komp, by=people.admin)
    people.right = by_command(Account.get_by_id(people.eva.id), role=Role.ADVISER, queues=[people.daycare])
    return people


def read(people, rows: str, head: str = HEAD) -> StaffDraft:
    return staff.read((head + rows).encode(), by=people.admin)


def told(draft: StaffDraft) -> list[tuple[str, str, str]]:
    return [(row.username, row.change.value, row.why) for row in staff.planned(draft)]


def acts() -> list[str]:
    rows = Entry.select(Entry.act).where(Entry.act.startswith("accounts:") | Entry.act.startswith("rights:"))
    return [act for (act,) in rows.order_by(Entry.id).tuples()]


def named(username: str) -> Account:
    return Account.get(Account.username == username)


def test_a_list_is_shown_first_and_changes_nothing_until_it_is_applied(here):
    before = len(acts())
    draft = read(
        here,
        "eva;Eva Flyttvik;SKOL;sv;440;;\n"
        "karin;Karin Testström;KOMP;fi;202;040 123 4567, 019 520 211;\n"
        "ny.person;Nya Person;komp;;;;nej\n"
        "olli;Olli Ulkopuolinen;KOMP;fi;;;Ja\n",
    )
    assert told(draft) == [
        ("eva", "moved", ""),
        ("karin", "moved", ""),
        ("ny.person", "new", ""),
        ("olli", "left", ""),
    ]
    eva, karin = staff.planned(draft)[:2]
    assert (eva.unit_before, eva.unit, eva.rights, eva.facts) == ("KOMP", "SKOL", 1, [])
    assert (karin.unit_before, karin.rights, karin.facts) == ("", 0, ["language", "extension", "numbers"])
    assert acts()[before:] == ["accounts:staff_read"]
    assert not Account.select().where(Account.username == "ny.person").exists()

    counts = staff.apply(draft, by=here.admin)
    assert counts == {
        "staff_moved": 2,
        "staff_new": 1,
        "staff_left": 1,
        "staff_changed": 0,
        "staff_same": 0,
        "staff_cannot": 0,
    }
    assert acts()[before + 1 :] == [
        *("rights:ended", "accounts:moved"),
        *("accounts:changed", "accounts:moved"),
        "accounts:created",
        "accounts:closed",
        "accounts:staff_applied",
    ]
    right = Right.get_by_id(here.right.id)
    assert (right.state, right.end) == (State.ENDED, End.UNIT)
    assert named("karin").roles == {Role.ADVISER}, "a first unit ends nothing"
    assert numbers.of(named("karin")) == ["+358401234567", "+35819520211"]
    assert (named("karin").extension, named("karin").language) == ("202", "fi")
    new = named("ny.person")
    assert (new.unit.code, new.roles, new.language) == ("KOMP", frozenset(), "sv")
    assert named("olli").closed_at == NOW
    assert named("olli").roles == frozenset()
    assert json.loads(StaffDraft.get_by_id(draft.id).rows) == {}, "the list is forgotten"
    with pytest.raises(staff.NoLonger):
        staff.apply(draft, by=here.admin)
    assert [change for _, change, _ in told(read(here, "eva;Eva Flyttvik;SKOL;;440;;"))] == ["same"]


def test_who_came_with_a_list_has_no_password_that_anybody_could_type(here):
    staff.apply(read(here, "ny;Nya Person;KOMP;;;;"), by=here.admin)
    for typed in ("", "ny", "hemligt-ord-som-ingen-vet"):
        with pytest.raises(sign_in.WrongPassword):
            sign_in.check_password("ny", typed, address="192.0.2.7")


def test_each_row_that_cannot_be_done_says_why_and_the_others_are_done(here):
    here.vard = units.make(code="VARD", name_sv="Vården", name_fi="Hoito", by=here.admin)
    facts = {"code": "VARD", "name_sv": "Vården", "name_fi": "Hoito", "heads": []}
    units.change(here.vard, seen=0, active=False, by=here.admin, **facts)
    closed = person("stina", "Stina Stängd")
    Account.update(closed_at=NOW).where(Account.id == closed.id).execute()
    rows = {
        "a;A A;KOMP;;;;;;x": Why.RAGGED,
        "b;B B;KOMP": Why.RAGGED,
        "c;" + "C" * 201 + ";KOMP;;;;": Why.LONG,
        'd;"=HYPERLINK(""http://x.invalid"")";KOMP;;;;': Why.FORMULA,
        "e;@SUM(A1);KOMP;;;;": Why.FORMULA,
        "f;F \u6f22 F;KOMP;;;;": Why.SIGNS,
        "g g;G G;KOMP;;;;": Why.USERNAME,
        ";H H;KOMP;;;;": Why.USERNAME,
        "tv\u00e5;Tv\u00e5;KOMP;;;;": Why.USERNAME,
        "twice;I I;KOMP;;;;": Why.TWICE,
        "TWICE;J J;KOMP;;;;": Why.TWICE,
        "k;;KOMP;;;;": Why.NAME,
        "l;L L;;;;;": Why.UNIT,
        "m;M M;KOMPP;;;;": Why.UNIT_UNKNOWN,
        "n;N N;VARD;;;;": Why.UNIT_CLOSED,
        "o;O O;KOMP;en;;;": Why.LANGUAGE,
        "p;P P;KOMP;;4x0;;": Why.EXTENSION,
        "q;Q Q;KOMP;;301;;": Why.EXTENSION_TAKEN,
        "r;R R;KOMP;;555;;": Why.EXTENSION_TAKEN,
        "s;S S;KOMP;;555;;": Why.EXTENSION_TAKEN,
        "t;T T;KOMP;;;12;": Why.NUMBERS,
        "u;U U;KOMP;;;040 1234567/040 1234568/040 1234569/040 1234570/040 1234571/040 1234572;": Why.NUMBERS,
        "v;V V;KOMP;;;;kanske": Why.LEFT,
        "w;W W;KOMP;;;;ja": Why.UNKNOWN,
        "stina;Stina Stängd;KOMP;;;;": Why.CLOSED,
        "arvo;Arvo Ylläpitäjä;KOMP;;;;": Why.OWN,
    }
    draft = read(here, "\n".join([*rows, "z;Z Z;KOMP;;;;"]))
    assert [(row.change, row.why) for row in staff.planned(draft)[:-1]] == [
        (Change.CANNOT, why) for why in rows.values()
    ]
    before = Account.select().count()
    assert staff.apply(draft, by=here.admin)["staff_new"] == 1
    assert Account.select().count() == before + 1
    assert told(read(here, "arvo;Arvo;KOMP;;;;ja")) == [("arvo", "cannot", Why.OWN)]
    with pytest.raises(staff.NothingToDo):
        staff.apply(read(here, "w;W W;KOMP;;;;ja"), by=here.admin)


def test_extensions_change_hands_within_one_list(here):
    """Two change with each other, and the one who leaves gives theirs to the newcomer."""
    here.stig = person("stig", "Stig Slutar", extension="777")
    for one in (here.adviser, here.stig):
        staff.move(one, here.komp, by=here.admin)
    staff.apply(
        read(
            here,
            "eva;Eva Flyttvik;KOMP;;201;;\nkarin;Karin Testström;KOMP;;440;;\n"
            "stig;Stig Slutar;KOMP;;777;;ja\nny;Nya Person;KOMP;;777;;",
        ),
        by=here.admin,
    )
    held = {name: named(name).extension for name in ("eva", "karin", "stig", "ny")}
    assert held == {"eva": "201", "karin": "440", "stig": None, "ny": "777"}


def test_a_column_that_is_not_there_leaves_what_the_register_has(here):
    staff.apply(read(here, "eva;Eva Flyttvik;KOMP;;440;040 1234567;"), by=here.admin)
    draft = read(here, "eva,Eva Nyvik,KOMP,2020-01-01\n", head="Username,NAMN,Yksikkö,anställd\n")
    assert (told(draft), staff.ignored(draft)) == ([("eva", "changed", "")], ["anställd"])
    staff.apply(draft, by=here.admin)
    eva = named("eva")
    assert (eva.name, eva.extension, numbers.of(eva)) == ("Eva Nyvik", "440", ["+358401234567"])
    assert eva.roles == {Role.ADVISER}


def test_a_list_is_refused_when_it_is_old_when_the_register_changed_and_for_another(here):
    row = "eva;Eva Flyttvik;SKOL;;440;;"
    draft = read(here, row)
    second = person("asta", "Asta Administratör", Role.ADMIN)
    with pytest.raises(NotFound):
        staff.apply(draft, by=second)
    by_command(named("eva"), role=Role.MANAGER, queues=[here.technical])  # one right more would end
    with pytest.raises(staff.RegisterChanged):
        staff.apply(draft, by=here.admin)
    assert named("eva").unit.code == "KOMP"
    assert staff.is_fresh(StaffDraft.get_by_id(draft.id)), "refused, and as it was"
    late = read(here, row)
    with clock.frozen(NOW + staff.KEPT):
        assert staff.waiting(by=here.admin) == []
        with pytest.raises(staff.TooOld):
            staff.apply(late, by=here.admin)
        assert staff.forget_due() == 2
        assert (staff.forget_due(), staff.planned(StaffDraft.get_by_id(late.id))) == (0, [])
    assert named("eva").unit.code == "KOMP"


def test_all_of_a_list_or_nothing(here):
    """The only controller would leave: what was done before that on the list is undone too."""
    before = acts()
    draft = read(here, "eva;Eva Flyttvik;SKOL;;440;;\ndag;Dag Beslutman;KOMP;;;;ja")
    with pytest.raises(ending.LastController):
        staff.apply(draft, by=here.admin)
    assert (named("eva").unit.code, named("dag").closed_at) == ("KOMP", None)
    assert acts() == [*before, "accounts:staff_read"]


def test_files_that_are_no_list_are_refused_and_nothing_of_them_is_kept(here):
    many = HEAD + "".join(f"u{n};U U;KOMP;;;;\n" for n in range(staff_list.MOST_ROWS + 1))
    for content, error in (
        (b"", staff_list.NoColumns),
        (b"PK\x03\x04\0\0", NotText),
        (HEAD.encode("utf-16"), NotText),
        (b"\x07" + HEAD.encode(), NotText),
        (HEAD.encode(), staff_list.NoRows),
        (b"namn;enhet\nA A;KOMP\n", staff_list.NoColumns),
        (b"namn;nimi;enhet;username\nA;A;KOMP;a\n", staff_list.ColumnTwice),
        ((HEAD + 'a;"A A;KOMP\n').encode(), staff_list.Torn),
        ((HEAD + "a;A A;KOMP;;;;\nb;B 131052-308T;KOMP;;;;").encode(), staff_list.CodeInList),
        ((HEAD + ";;\n" * 3 + "a;A;KOMP;;;;;010190A123X").encode(), staff_list.CodeInList),
        (many.encode(), staff_list.TooBig),
        (b"a" * (staff_list.MOST_BYTES + 1), staff_list.TooBig),
    ):
        with pytest.raises(error):
            staff.read(content, by=here.admin)
    assert not StaffDraft.select().exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("between", [";", ",", "\t"])
def test_what_spreadsheet_programs_write_is_read_alike(encoding, between):
    text = HEAD + 'åke;"Åke ""Åkis"" Öberg";KOMP;;\'+358;;\r\n\r\n'
    listed, _ = staff_list.read(text.replace(";", between).encode(encoding))
    username = "åke"
    assert [(row.line, row.username, row.name, row.extension) for row in listed] == [
        (2, username, 'Åke "Åkis" Öberg', "+358")
    ]


@hypothesis(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: (HEAD + text).encode("utf-8", "replace")))
)
def test_no_file_is_more_than_refused(settings, content):
    with contextlib.suppress(Invalid):
        staff_list.read(content)


def test_the_pages_show_apply_and_drop_a_list(here, as_):
    client = as_(here.admin)

    def send(rows: str):
        file = (io.BytesIO((HEAD + rows).encode()), "personal.csv")
        return client.submit("/accounts/staff", {"file": file}, content_type="multipart/form-data")

    answer = send("eva;Eva Flyttvik;SKOL;;440;;\nny;<b>Nya</b> Person;KOMP;;;;\nx;X X;ZZZ;;;;")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    shown = client.get(page).text
    for words in ("byter enhet", "1 rättighet upphör genast", "&lt;b&gt;Nya&lt;/b&gt;", "ingen enhet med den koden"):
        assert words in shown
    assert page in client.get("/accounts/staff").text
    assert client.submit(page + "/application").status_code == 303
    assert named("eva").unit.code == "SKOL"
    assert client.submit(page + "/application").status_code == 409
    assert "tagen i bruk" in client.get(page).text

    second = send("eva;Eva Flyttvik;KOMP;;440;;").headers["Location"]
    assert client.submit(second + "/dropping").status_code == 303
    assert named("eva").unit.code == "SKOL"
    third = send("dag;Dag Beslutman;KOMP;;;;ja").headers["Location"]
    refused = client.submit(third + "/application")
    assert refused.status_code == 422
    assert "minst en beslutsfattare" in refused.text
    assert send("").status_code == 422
    assert client.submit("/accounts/staff", {}).status_code == 422
    assert client.get("/accounts/staff/template").text.startswith("\ufeff")
    other = person("asta", "Asta Administratör", Role.ADMIN)
    for act in ("", "/application", "/dropping"):
        answer = as_(other).submit(third + act) if act else as_(other).get(third)
        assert answer.status_code == 404
        answer = as_(here.decider).submit(third + act) if act else as_(here.decider).get(third)
        assert answer.status_code == 403
