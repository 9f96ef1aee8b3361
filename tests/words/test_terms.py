"""The same thing has the same word in every text of both languages, and no text is in a third (register §6)."""

import re
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po

from portal import language

CATALOGUE = language.CATALOGUES / "fi" / "LC_MESSAGES" / "messages.po"


class Said(NamedTuple):
    sv: str
    fi: str
    """'' where nobody has translated it yet, which another test says."""
    places: frozenset[str]


def _joined(text: str | tuple[str, ...]) -> str:
    """Both forms of a plural; what is put in is no word of the text."""
    forms = (text,) if isinstance(text, str) else text
    return re.sub(r"%\(\w+\)[sd]", "…", " | ".join(forms))


@pytest.fixture(scope="module")
def said() -> list[Said]:
    with CATALOGUE.open("rb") as file:
        finnish = read_po(file)
    found = []
    for message in language.texts():
        if message.id:
            there = finnish.get(message.id if isinstance(message.id, str) else message.id[0])
            places = frozenset(place for place, _line in message.locations)
            found.append(Said(_joined(message.id), _joined(there.string) if there else "", places))
    assert len(found) > 4000
    return found


PAIRS = {
    r"personuppgiftsansvarig": r"rekisterinpitäj",
    r"den registrerade": r"rekisteröi",
    r"dataskyddsombud": r"tietosuojavastaav",
    r"dataombudsman": r"tietosuojavaltuut",
    r"dataskyddsbeskrivning": r"tietosuojaselost",
    r"begäran om insyn": r"tarkastuspyyn",
    r"ljudkopi": r"äänijäljenn",
    r"(?<!under)rättelse": r"oikais|korjau",
    r"komplettering": r"täyden",
    r"utlämnande": r"luovut",
    r"mottagare": r"vastaanottaj",
    r"intyg om vägran": r"kieltäytymistodistu",
    r"motivering": r"perustelu",
    r"klagomål": r"valit",
    r"besvärsanvisning": r"valitusosoitu",
    r"fullmakt": r"valtakirj",
    r"vårdnadshavare": r"huoltaj",
    r"samtalsinspelning": r"puhelunauhoi",
    r"inspelning": r"nauhoit",
    r"transkription": r"litteroin",
    r"kundrådgivare": r"asiakasneuvoj",
    r"\bchef": r"esihenkilö",
    r"hotsamtal": r"uhkailupuhelu",
    r"lagringstid": r"säilytysa",
    r"gallringsprotokoll": r"hävittämispöytäkirj",
    r"gallr": r"hävit",
    r"raderingsspärr": r"poistonest",
    r"ändamål": r"tarkoitu",
    r"rättslig grund": r"oikeusperust",
    r"användarrättighet": r"käyttöoike",
    r"tvåfaktorsautentisering": r"kahden vaiheen tunnistautumi",
    r"registratorskontor": r"kirjaamo",
    r"diarienummer": r"diaarinumero",
    r"handläggningsspråk": r"käsittelykiel",
    r"incident": r"loukkau",
    r"handläggare": r"käsittelij",
    r"beslutsfattare": r"päättäj",
    r"systemadministratör": r"ylläpitäj",
    r"servicenummer": r"palvelunumero",
    r"samtycke": r"suostu",
    r"invändning": r"vastusta",
    r"begränsning": r"rajoit",
    r"återkall": r"peruut",
    r"säkerhetskopi": r"varmuuskopi",
    r"förstör": r"tuho",
    r"iakttagelse": r"havain",
    r"yrkande": r"vaatimu",
    r"underrättelse": r"ilmoit",
    r"kvarhåll|hålls kvar": r"säily|poistamatta",
    r"förseg": r"sine",
    r"säkerhetsnyck": r"suojausav",
    r"reservkod": r"varakood",
    r"anknytning": r"alanumer",
    r"karantän": r"karanteen",
    r"rotnyckel": r"juuriavai",
}
"""What is said so in Swedish is said so in Finnish, in whatever form."""


@pytest.mark.parametrize("term", PAIRS)
def test_a_term_has_one_word_in_finnish(said, term):
    found = [one for one in said if re.search(term, one.sv, re.IGNORECASE)]
    wrong = [f"{one.sv} → {one.fi}" for one in found if one.fi and not re.search(PAIRS[term], one.fi, re.IGNORECASE)]
    assert found, "nobody says that any more"
    assert not wrong, "\n".join(wrong)


BACK = {
    r"rekisterinpitäj": r"personuppgiftsansvarig|ansvarar för uppgifterna|gemensamt ansvariga",
    r"rekisteröi(?:ty|dy)": r"registrerade|vars uppgifter",
    r"tietosuojavastaav": r"dataskyddsombud|^ombudet",
    r"tietosuojavaltuut": r"dataombudsman|klagomål",
    r"tietosuojaselost": r"dataskyddsbeskrivning",
    r"äänijäljenn": r"ljudkopi",
    r"\boikais": r"rätt(?:a|a[dst]|ade|ar|ats|else)",
    r"kieltäytymistodistu": r"intyg om vägran",
    r"perustelu": r"motiver|skäl|varför",
    r"valtakirj": r"fullmakt",
    r"huoltaj": r"vårdnadshavare",
    r"litteroin": r"transkription",
    r"asiakasneuvoj": r"kundrådgivar",
    r"esihenkilö": r"\bchef",
    r"uhkailupuhelu": r"hotsamtal|hålls kvar",
    r"säilytysa": r"lagringstid|tid är ute|ålder",
    r"hävittämispöytäkirj": r"gallringsprotokoll",
    r"hävit": r"gallr",
    r"poistonest": r"spärr",
    r"käsittelyn tarkoitu": r"ändamål",
    r"oikeusperust": r"rättsliga? grund",
    r"käyttöoike": r"rättighet|behörighet|har inte rätt till",
    r"kahden vaiheen": r"tvåfaktorsautentisering",
    r"kirjaamo": r"registratorskontor",
    r"diaarinumero": r"diarienum",
    r"loukkau": r"incident",
    r"käsittelij": r"handlägg|handlagt",
    r"päättäj": r"beslut",
    r"ylläpitäj": r"systemadministratör",
    r"suostumu": r"samtyck|återkalla|\batt ge\b",
    r"varmuuskopi": r"säkerhetskopi",
    r"havain": r"iakttag|avslutar det",
    r"\bsinetöi": r"förseg",
    r"suojausav": r"säkerhetsnyck",
    r"varakood": r"reservkod",
    r"alanumer": r"anknytning",
    r"karanteen": r"karantän|kasserad",
    r"juuriavai": r"rotnyckel",
    r"muistiinpan": r"anteckn|noter",
    r"lokiin|\bloki": r"logg",
    r"luonno": r"utkast",
    r"yksikö(?!stä … yk)": r"enhet",
}
"""What is said so in Finnish is said so in Swedish: one word of Finnish is not two things."""


@pytest.mark.parametrize("term", BACK)
def test_a_term_of_finnish_stands_for_one_of_swedish(said, term):
    found = [one for one in said if re.search(term, one.fi, re.IGNORECASE)]
    wrong = [f"{one.fi} → {one.sv}" for one in found if not re.search(BACK[term], one.sv, re.IGNORECASE)]
    assert found, "nobody says that any more"
    assert not wrong, "\n".join(wrong)


NOT_SWEDISH = {
    r"(?<!kund)rådgivar": "kundrådgivare",
    r"(?<!system)administratör": "systemadministratör",
    r"uppringare\b|\buppringarens?\b": "den som ringde",
    r"\bsession": "inloggning",
    r"(?<!på )\bpapper": "handling, bilaga or dokument",
    r"återläs": "återställning",
    r"\båterta förslag|\bförslaget är återtaget": "ta tillbaka",
    r"\bej\b(?! styrkt)": "inte",
    r"\bgdpr\b|\bdpo\b|\bssn\b": "dataskyddsförordningen, dataskyddsombudet, personbeteckning",
    r"\bmejl|\bmaila": "e-post",
    r"\bklicka": "välj",
    r"\bexporter|\bimporter": "ladda ner, läs in",
    r"\binsynsbegär": "begäran om insyn",
    r"\bmt\b|\bkt\b": "MB, kB: Mt is Finnish",
    r"\bskall\b|\berhåll|\bbeträffande\b|\bavseende\b|\bhärmed\b": "plain words",
    r"\bjämlikt\b|\bföreligg|\bvidta|\btillse\b|\bdylik": "plain words",
    r"!(?: |$)": "a full stop: nobody is shouted at",
}
"""What no text says, and what it says instead."""

NOT_FINNISH = {
    r"(?<!asiakas)\bneuvoj": "asiakasneuvoja",
    r"esimie[hs]": "esihenkilö",
    r"oikaisuvaatim": "oikaisupyyntö: the other is a municipal review",
    r"poistoest": "poistonesto",
    r"pääkäyttäj": "ylläpitäjä",
    r"\btallente|\btallenne\b": "nauhoite",
    r"\btarkastett|\btarkastat\b|\btarkastaa\b|\btarkasta\b": "tarkistaa",
    r"\b(?:on|ole) haussa\b": "löytyy haulla: what is 'haussa' can be applied for",
    r"uhkapuhel|uhkauspuhel": "uhkailupuhelu",
    r"kaksivaihei": "kahden vaiheen tunnistautuminen",
    r"\bsessio|\bistunto|\bistunno": "kirjautuminen",
    r"\bklik": "valitse",
    r"\bsähköposti?meil|\bemail|\bmeil[ai]": "sähköposti",
    r"\bkuulee puhelu|\bkuulevat puhelu|\bpuhelun kuulevat": "kuunnella",
    r"\bvedä ehdotus|\bvedetty takaisin|\bvetää .* takaisin": "perua",
    r"å": "Finnish: the letter is Swedish",
    r"\bmb\b|\bkb\b": "Mt, kt",
    r"\btoimesta\b|\btaholta\b|\bpuitteissa\b|\bkoskien\b|\bliittyen\b|\bmikäli\b|\bkyseis": "plain words",
    r"!(?: |$)": "a full stop: nobody is shouted at",
}

ENGLISH = re.compile(
    r"\b("
    r"the|and|with|your|you|this|that|these|please|error|failed|invalid|user|users|call|password|login|"
    r"search|settings|save|delete|cancel|submit|yes|required|unknown|deadline|dashboard|adviser|manager|"
    r"clerk|controller|officer|purge|freeze|hold|restriction|recording|audit|export|import|upload|"
    r"download|click|here|not|page|try|again|request|file|from|for|was|has|are"
    r")\b"
)


@pytest.mark.parametrize("word", NOT_SWEDISH)
def test_no_swedish_text_says_it_otherwise(said, word):
    found = [one.sv for one in said if re.search(word, one.sv, re.IGNORECASE)]
    assert not found, f"say {NOT_SWEDISH[word]}:\n" + "\n".join(found)


@pytest.mark.parametrize("word", NOT_FINNISH)
def test_no_finnish_text_says_it_otherwise(said, word):
    found = [one.fi for one in said if re.search(word, one.fi, re.IGNORECASE)]
    assert not found, f"say {NOT_FINNISH[word]}:\n" + "\n".join(found)


def test_no_text_is_in_english(said):
    found = [text for one in said for text in (one.sv, one.fi) if ENGLISH.search(text.lower())]
    assert not found, "\n".join(found)


SWEDISH = re.compile(r"\b(och|att|är|inte|eller|som|för|av|med|på|till|från|ett|det|här|begäran|samtal)\b")
FINNISH = re.compile(r"\b(että|tai|sekä|joka|ei|ovat|puhelu|pyyntö|voi|tämä)\b")
ALIKE = {"FreePBX", "vCon"}


def test_no_finnish_text_is_still_in_swedish(said):
    left = [one.fi for one in said if SWEDISH.search(one.fi.lower())]
    same = [one.fi for one in said if one.sv == one.fi and re.search(r"[^\W\d_]{2,}", one.fi) and one.fi not in ALIKE]
    assert not left + same, "\n".join(left + same)


def test_no_swedish_text_is_in_finnish(said):
    found = [one.sv for one in said if FINNISH.search(one.sv.lower())]
    assert not found, "\n".join(found)


BODY = re.compile(r"tietosuojavaltuut|valvontaviranom|tuomioistui|hallinto-oikeu|valitusosoitu|valituskelpoi")


def test_a_letter_in_finnish_names_the_body_that_a_complaint_goes_to(said):
    """*Valitus* is a complaint as well as an appeal (register §6)."""
    letters = [
        one for one in said if any(p.startswith("templates/documents/") and "/pages/" not in p for p in one.places)
    ]
    found = [one.fi for one in letters if re.search(r"\bvalitu", one.fi, re.IGNORECASE)]
    assert len(found) > 1
    wrong = [text for text in found if not BODY.search(text.lower())]
    assert not wrong, "\n".join(wrong)
