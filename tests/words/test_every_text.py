"""No page, no file and no letter says anything that is not in the catalogue or that somebody has written into the
register: what is in neither is English, a bare code, or Swedish that a Finn would be shown. In both languages."""

import ast
import collections
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from wtforms import i18n

from portal import config
from portal.accounts import staff_list
from portal.audit import detail_words, telling, words
from portal.audit.models import Entry
from portal.documents import samples, signs, stationery_defaults, typesetter
from portal.documents.composing import compose
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.register import description_defaults
from portal.schema import MODELS
from tests.house.source import modules, tree
from tests.words import marks
from tests.words.controls import Control, Controls
from tests.words.marks import Known, Read
from tests.words.test_acts import VERBS, first
from tests.words.walk import Answer, Walk, read

TESTS = Path(__file__).parents[1]
FILLED = [
    *sorted(path for path in (TESTS / "browser").glob("[a-z]*.py") if not path.name.startswith("test_")),
    *(TESTS / name for name in ("people.py", "calls.py", "security/city.py", "security/forms.py", "cases/claimed.py")),
]
"""What fills the registers that are read here."""
INVENTING = sorted((TESTS.parent / "portal" / "documents").glob("samples*.py"))
"""What fills the letters that are read here."""
NAMES = {"alaw", "csv", "freepbx", "jpeg", "pcm", "pdf", "png", "portal", "sha", "suomi", "svenska", "toml", "utc"}
"""The same in every language: names of formats, and those of the languages."""
TONGUES = {"Suomeksi", "På svenska"}
"""What the button for the other language is called."""
EACH = 4
"""Letters of a kind: of a case there is one in each state."""
CLOCK = {"sv": "", "fi": "klo"}
"""The hour's word of three letters, which `spelling` writes."""
INVENTED = {
    *("avslutad", "beslutsfattare", "brev", "chef", "dataskyddsombud", "nyaste", "åsa"),
    *("esimerkkila", "example", "kirje", "rauennut", "uusimmat", "vahvistettu"),
}
"""In the facts of sample letters, written like codes."""


def settings_of(tongue: str) -> list[str]:
    """Texts that stand in both languages side by side, until the city writes its own."""
    at = {"sv": -2, "fi": -1}[tongue]
    names = [head[name] for head in stationery_defaults.DEFAULTS.values() for name in ("register", "controller")]
    return [
        *names,  # which contradict each other in either language
        *staff_list.template(tongue),
        *i18n.get_translations([tongue])._catalog.values(),  # what WTForms says of its own
        *(line.split("|")[at] for line in (*config.PHRASES, *config.KINDS, *config.QUESTIONS)),
        *marks.leaves(stationery_defaults.DEFAULTS[tongue], tongue),
        *(said[tongue] for said in description_defaults.content().values()),
    ]


def known_of(tongue: str, filled: list[Path]) -> Known:
    written = [*marks.typed(MODELS, tongue), *marks.constants(filled), *settings_of(tongue)]
    return Known([*written, *marks.calendar(tongue)], {*NAMES, CLOCK[tongue]})


@pytest.fixture(scope="module")
def known(spoken, tongue) -> Known:
    return known_of(tongue, FILLED)


@pytest.fixture(scope="module")
def known_on_paper(spoken, tongue) -> Known:
    return known_of(tongue, [*FILLED, *INVENTING])


@pytest.fixture(scope="module")
def walked(spoken, portal, tongue) -> list[Answer]:
    """In Swedish what each of them meets; in Finnish each page once: the language is not of who reads it."""
    return list(Walk(spoken, portal, once=tongue != "sv").everybody())


def leaks(answers: Iterable[Answer], known: Known, tongue: str) -> dict[str, set[str]]:
    """But for the pages whose address says that they are in the other language."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for answer in answers:
        page = Read(answer.text) if answer.kind == "text/html" else None
        if page is not None and page.tongue not in ("", tongue):
            assert f"/{page.tongue}" in answer.address, f"{answer.address} is in {page.tongue}"
            continue
        for one in page.said if page is not None else marks.cells(answer.text):
            found[answer.where] |= set(known.unmarked(one))
    return {where: strange for where, strange in found.items() if strange}


def told(found: dict[str, set[str]]) -> str:
    return "\n".join(f"{where}: {sorted(strange)}" for where, strange in sorted(found.items()))


def test_no_page_and_no_file_says_anything_past_the_catalogue(walked, known, tongue):
    assert len(walked) > 300, f"only {len(walked)} were read"
    assert {"text/html", "text/csv"} <= {answer.kind for answer in walked}
    found = leaks(walked, known, tongue)
    assert not found, told(found)


def test_nobody_is_told_anything_past_the_catalogue_before_they_sign_in(spoken, portal, known, tongue):
    client, asks = portal.test_client(), {"headers": {"Accept-Language": tongue}}
    answers = [
        read(address, client.get(address, follow_redirects=True, **asks))
        for address in ("/accounts/sign-in", "/description/", "/none", "/recordings/")
    ]
    found = leaks([*filter(None, answers), read("refused", client.post("/accounts/sign-in", **asks))], known, tongue)
    assert not found, told(found)


def html(order, tongue: str) -> str:
    template = typesetter.environment(tongue).get_template(f"{order.kind}.html")
    return template.render(signs.printable(json.loads(order.canonical()) | {"digest": order.digest()}))


@pytest.mark.parametrize("kind", Kind)
def test_no_letter_says_anything_past_the_catalogue(spoken, known_on_paper, tongue, kind):
    """What stands in its template; its facts are invented."""
    for size in samples.SIZES:
        said = Read(html(samples.of(kind, tongue, size).order, tongue)).said
        found = {word for one in said for word in known_on_paper.unmarked(one)} - INVENTED
        assert not found, (size, sorted(found))


def test_no_letter_of_the_register_says_anything_past_the_catalogue(spoken, known, tongue):
    """With the facts as they are gathered for it."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    made = collections.Counter[str]()
    for document in Document.select().where(Document.kind != Kind.PROCESSING_RECORD):  # emptied of its facts when set
        made[document.kind] += 1
        if made[document.kind] > EACH:
            continue
        document.language = tongue
        for one in Read(html(compose(document), tongue)).said:
            found[document.kind] |= set(known.unmarked(one))
    assert len(found) > 8, list(found)
    assert not any(found.values()), told({kind: strange for kind, strange in found.items() if strange})


def test_no_entry_of_the_log_is_told_with_a_bare_code(spoken):
    """Whatever has been written about what the city did, not only what the first page of the log shows."""
    bare = collections.defaultdict(set)
    for entry in Entry.select():
        for key, value in telling._flat(entry.told):
            if key in words.HIDDEN or isinstance(value, telling._Changed):
                continue
            if key not in detail_words.KEYS:
                bare[key].add("(the key)")
            several = value if isinstance(value, list) else [value]
            codes = {one for one in several if isinstance(one, str) and marks.CODE.fullmatch(one) and marks.words(one)}
            bare[key] |= codes - set(words.CODES.get(key, ()))
        kind = entry.subject_kind
        bare["(kind)"] |= {kind} - {"", *words.KINDS}
    assert Entry.select().count() > 300
    bare = {key: strange for key, strange in bare.items() if strange}
    assert not bare, told(bare)


@pytest.fixture(scope="module")
def controls(walked) -> list[tuple[str, list[Control]]]:
    return [(answer.where, Controls(answer.text).found) for answer in walked if answer.kind == "text/html"]


def test_whatever_can_be_pressed_has_a_name(controls):
    nameless = {where: set(map(str, found)) for where, all_ in controls if (found := [c for c in all_ if not c.name])}
    assert not nameless, told(nameless)


def test_what_has_one_name_on_a_page_does_one_thing(controls):
    """By ear a list of buttons is their names, without what stands beside them. What is called by data, as calls by
    the minute that they began in, can be alike."""
    wrong = collections.defaultdict(set)
    for where, found in controls:
        acts = collections.defaultdict(set)
        for control in found:
            if marks.OPEN in control.name and not re.search(r"\d", marks.MARKED.sub("", control.name)):
                acts[control.within, control.name].add(control.does)
        wrong[where] |= {name for (_, name), does in acts.items() if len(does) > 1}
    wrong = {where: names for where, names in wrong.items() if names}
    assert not wrong, told(wrong)


def test_every_button_of_a_page_begins_with_a_verb(controls):
    """Also those that a template is given the text of, and those whose name for the ear is another."""
    wrong = {
        where: {control.name for control in found if control.tag == "button" and not verb(control.name)}
        for where, found in controls
    }
    wrong = {where: names for where, names in wrong.items() if names}
    assert not wrong, told(wrong)


def verb(name: str) -> bool:
    said = first(name.replace(marks.OPEN, "").replace(marks.CLOSE, ""))
    return said in VERBS["sv"] or said == "meny" or name in TONGUES


def _parts(text: ast.expr) -> list[ast.expr]:
    """What a text is put together of."""
    if isinstance(text, ast.JoinedStr):
        return text.values
    return [*_parts(text.left), *_parts(text.right)] if isinstance(text, ast.BinOp) else [text]


def test_what_is_said_after_an_act_and_of_a_fault_comes_from_the_catalogue():
    """Where the answer leads elsewhere the walk does not hear it."""
    bare = [
        f"{module}:{node.lineno}"
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in ("flash", "ValidationError")
        and node.args
        and any(isinstance(part, ast.Constant) and marks.WORD.search(str(part.value)) for part in _parts(node.args[0]))
    ]
    assert not bare, bare


def test_the_marks_show_what_was_written_past_the_catalogue():
    page = Read(
        '<html lang="fi"><title>⟦Samtal⟧</title><p>⟦Hej ⟧Karin⟦, hör⟧ proposed <span lang="sv">På svenska</span>'
        '<img alt="Waveform"><input type="submit" value="Send"><script>var said = "no"</script><p>Samtal</p>'
        "<p>ringde <mark>om</mark> ett bygglov</p><p>samtal om skolan</p>"
        '<i data-failed="It went wrong" data-key="not-read">9c5b94b1-35ad-49bb-b118-8e8fc24abf80</i></html>'
    )
    known = Known(["Karin", "Fadern ringde om ett bygglov i går"])
    found = [word for said in page.said for word in known.unmarked(said)]
    assert sorted(found) == ["proposed", "samtal", "samtal", "send", "skolan", "waveform", "went", "wrong"]
