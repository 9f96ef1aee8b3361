"""The city's own file for head, contacts and remedies."""

import pytest

from portal.config import ConfigError
from portal.documents import samples, stationery
from portal.documents.kinds import Kind
from portal.language import LANGUAGES

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def write(settings):
    def written(text, arms=None):
        settings.stationery.write_text(text)
        if arms is not None:
            (settings.stationery.parent / "arms.svg").write_text(arms)

    return written


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_file_the_defaults_hold(settings, language):
    assert not settings.stationery.exists()
    assert stationery.of(language) == stationery.defaults(language)


def test_both_languages_have_the_same_keys():
    def shape(value):
        return {key: shape(one) for key, one in value.items()} if isinstance(value, dict) else type(value)

    assert shape(stationery.defaults("sv")) == shape(stationery.defaults("fi"))


def test_what_the_file_gives_replaces_that_and_nothing_else(write):
    write(
        '[sv]\ncity = "Exempelstad"\n[sv.contact]\nphone = "000 123 4567"\n[sv.remedies]\ncourt = ["Ett.", "Två."]\n'
        '[sv.appeal]\nspecimen = ["Sök ändring."]\ncase-refusal = ["Överklaga."]\n'
    )
    made, before = stationery.of("sv"), stationery.defaults("sv")
    assert made["city"] == "Exempelstad"
    assert made["contact"] == before["contact"] | {"phone": "000 123 4567"}
    assert made["remedies"] == before["remedies"] | {"court": ["Ett.", "Två."]}
    assert made["appeal"] == {"specimen": ["Sök ändring."], "case-refusal": ["Överklaga."]}
    assert made["ombudsman"] == before["ombudsman"]
    assert stationery.of("fi") == stationery.defaults("fi")
    assert stationery.defaults("sv") == before, "the defaults were changed"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[sv", "not TOML"),
        ("[en]\ncity = 'x'", "en"),
        ("[fi]\ntown = 'x'", "fi.town"),
        ("[fi.contact]\nfax = 'x'", "fi.contact.fax"),
        ("[sv]\ncity = 7", "sv.city"),
        ("[sv]\ncontact = 'x'", "sv.contact"),
        ("[sv.remedies]\ncourt = 'x'", "sv.remedies.court"),
        ("[sv.remedies]\ncourt = [1]", "sv.remedies.court"),
        ("[sv.appeal]\nletter = ['x']", "sv.appeal.letter"),
        (f"[sv]\ncity = '{'x' * 2001}'", "sv.city"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_names_its_key_whichever_language_is_asked_for(write, text, named, language):
    write(text)
    with pytest.raises(ConfigError, match=named):
        stationery.of(language)


def test_the_citys_arms_are_those_of_the_file(write):
    drawn = SVG.format('<circle cx="4" cy="4" r="3" fill="#c00"/>')
    write('arms = "arms.svg"', drawn)
    assert stationery.of("fi")["arms"] == drawn


@pytest.mark.parametrize(
    "drawn",
    [
        "not a picture",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""),
        SVG.format("<script>1</script>"),
        SVG.format("<text>Exempelstad</text>"),
        SVG.format('<image href="x.png"/>'),
        SVG.format('<use href="other.svg#a"/>'),
        SVG.format('<path d="M0 0" fill="url(https://example.invalid/a)"/>'),
        SVG.format("<style>@import 'x.css'</style>"),
        SVG.format("<path d='" + "M0 0" * 60_000 + "'/>"),
    ],
)
def test_arms_that_are_more_than_a_drawing_are_refused(write, drawn):
    write('arms = "arms.svg"', drawn)
    with pytest.raises(ConfigError, match="arms"):
        stationery.of("sv")


def test_arms_that_are_not_there_are_named(write):
    write('arms = "gone.svg"')
    with pytest.raises(ConfigError, match="arms"):
        stationery.of("sv")


def test_samples_are_the_same_at_every_call_and_no_two_alike():
    first = {sample.name: sample.order.digest() for sample in samples.every()}
    assert first == {sample.name: sample.order.digest() for sample in samples.every()}
    assert len(set(first.values())) == len(first) == len(Kind) * len(LANGUAGES) * len(samples.SIZES)
