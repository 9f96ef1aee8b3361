"""What a machine can see of a text that says one thing while the portal does another."""

import dataclasses

import pytest

from portal import clock
from portal.accounts.permissions import TABLE, Permission, Role
from portal.language import LANGUAGES, translator
from portal.queues.announcement_models import Announcement
from portal.recordings.models import Direction, Recording
from portal.register import claims_live, contradictions, description_defaults, wording
from portal.register.points import CODES
from portal.retention.models import Basis
from tests.people import grant
from tests.register.consented import call
from tests.register.shared import handed

KEPT = {"sv": "Samtal raderas efter 3 månader.", "fi": "Puhelu poistetaan kolmen kuukauden kuluttua."}
HEAR = {
    "sv": "Kundrådgivare, chefer, handläggare och beslutsfattare lyssnar.",
    "fi": "Asiakasneuvojat, esihenkilöt, käsittelijät ja päättäjät kuuntelevat.",
}

# point, Swedish, Finnish, what is otherwise in the register, codes
CASES: list[tuple[str, str, str, dict, set[str]]] = [
    ("name", "Inspelade samtal.", "Nauhoitetut puhelut.", {}, {"missing"}),
    ("controller", "Borgå stad, stadsstyrelsen.", "Porvoon kaupunki, kaupunginhallitus.", {}, {"missing"}),
    ("responsible", "En tjänsteman.", "Viranhaltija.", {}, {"missing"}),
    ("officer", "Stadsjuristen.", "Kaupunginlakimies.", {}, {"missing"}),
    ("requests", "PB 23, 06101 BORGÅ, arkivet@borga.fi", "PL 23, 06101 PORVOO, arkivet@borga.fi", {},
     {"missing", "address"}),
    ("requests", "PB 23, 06101 BORGÅ, kirjaamo@porvoo.fi. Svar inom två månader.",
     "PL 23, 06101 PORVOO, kirjaamo@porvoo.fi. Vastaus kahden kuukauden kuluessa.", {}, {"time_2_month"}),
    ("stored", "Samtalen. Inga anteckningar görs.", "Puhelut. Muistiinpanoja ei tehdä.", {"notes": True}, {"notes"}),
    ("source", "Den som ringer.", "Soittaja.", {"outgoing": 3}, {"outgoing"}),
    ("purpose", "Säkerhet, och marknadsföring av tjänster.", "Turvallisuus ja palvelujen markkinointi.", {}, {"other"}),
    ("purpose", "Säkerhet och utbildning.", "Turvallisuus ja koulutus.", {}, {"no_training"}),
    ("purpose", "Säkerhet och kvalitet.", "Turvallisuus ja laatu.", {"training": True}, {"training"}),
    ("basis", "Allmänt intresse.", "Yleinen etu.", {"consents": 2}, {"consent"}),
    ("storage", "Raderas efter sex månader.", "Poistetaan kuuden kuukauden kuluttua.", {},
     {"months", "time_6_month"}),
    ("storage", "Raderas efter ett halvt år eller 9 månader.", "Poistetaan 9 kuukauden kuluttua.", {},
     {"months", "time_9_month"}),
    ("storage", "Samtal raderas efter 3 månader. Handlingar i 5 veckor.",
     "Puhelu poistetaan kolmen kuukauden kuluttua. Asiakirjat 5 viikkoa.", {}, {"time_35_day"}),
    ("storage", KEPT["sv"], KEPT["fi"], {"holds": 1}, {"holds"}),
    ("storage", KEPT["sv"], KEPT["fi"] + " Suostumus näkyy kaksi vuotta.", {}, {"times_differ"}),
    ("storage", KEPT["sv"] + " Hotsamtal prövas inom 2 år.", KEPT["fi"] + " Uhkapuhelut arvioidaan 2 vuodessa.", {},
     {"time_24_month"}),
    ("listeners", HEAR["sv"] + " Också systemadministratören hör dem.", HEAR["fi"] + " Ylläpitäjä kuulee ne myös.", {},
     {"may_not_admin"}),
    ("listeners", "Kundrådgivare och chefer lyssnar. Dataskyddsombudet lyssnar vid behov.",
     "Asiakasneuvojat ja esihenkilöt kuuntelevat. Tietosuojavastaava kuuntelee tarvittaessa.", {},
     {"may_not_dpo", "unnamed_clerk", "unnamed_controller"}),
    ("listeners", HEAR["sv"] + " Chefer lyssnar inte.", HEAR["fi"] + " Esihenkilöt eivät kuuntele.", {},
     {"may_manager"}),
    ("listeners", "Ingen annan än kundrådgivare, chefer, handläggare och beslutsfattare får lyssna, i 18 månader.",
     "Kukaan muu kuin asiakasneuvojat, esihenkilöt, käsittelijät ja päättäjät ei kuuntele, 18 kuukautta.", {},
     {"time_18_month"}),
    ("told", "I början av samtalet.", "Puhelun alussa.", {}, {"untold_2003"}),
    ("disclosure", "Inga samtal lämnas ut.", "Puheluja ei luovuteta.", {"given": {Basis.POLICE_ACT: 2}}, {"given"}),
    ("disclosure", "I regel lämnas inga samtal ut.", "Pääsääntöisesti puheluja ei luovuteta.",
     {"given": {Basis.INVESTIGATION: 1, Basis.CONSENT: 1}}, {"given_police", "given_consent"}),
    ("disclosure", "I regel inga; en myndighet kan få dem.", "Yleensä ei; viranomainen voi saada niitä.",
     {"given": {Basis.STATUTE: 1}}, set()),
    ("transfers", "Uppgifter kan överföras utanför EU.", "Tietoja voidaan siirtää EU:n ulkopuolelle.", {}, {"outside"}),
    ("protection", "Användarnamn.", "Käyttäjätunnus.", {}, {"un_password", "un_second", "un_encrypted", "un_logged"}),
    ("protection", description_defaults.SWEDISH["protection"].format(idle=30) + " Breven förseglas.",
     description_defaults.FINNISH["protection"].format(idle=30) + " Kirjeet sinetöidään.", {},
     {"time_30_minute", "sealed"}),
    ("automated", "Beslut fattas automatiskt.", "Päätökset tehdään automaattisesti.", {}, {"automatic"}),
    ("access", "Bifoga en kopia av identitetsbeviset, undertecknad.",
     "Liitä allekirjoitettu henkilöllisyystodistuksen kopio.", {}, {"card", "signature"}),
    ("rectification", "Fel rättas.", "Virheet korjataan.", {}, {"certificate"}),
    ("rights", "Klaga hos dataombudsmannen.", "Valita tietosuojavaltuutetulle.", {}, {"missing"}),
]  # fmt: skip


def live(**other) -> claims_live.Live:
    return dataclasses.replace(claims_live.read(), **other)


def told(point: str, texts: dict[str, str], now: claims_live.Live) -> dict[str, set[str]]:
    """Codes by language; those about both under ''."""
    content = {code: {name: "" for name in LANGUAGES} for code in CODES} | {point: texts}
    found = [one for one in contradictions.of(content, live=now) if one.point == point]
    return {name: {one.code for one in found if one.language == name} for name in (*LANGUAGES, "")}


def test_each_contradiction_is_seen_in_both_languages_and_nothing_else(people):
    base, wrong = live(), []
    for point, swedish, finnish, other, codes in CASES:
        found = told(point, {"sv": swedish, "fi": finnish}, dataclasses.replace(base, **other))
        both = {code for code in codes if code.endswith("_differ")}
        if found != {"sv": codes - both, "fi": codes - both, "": both}:
            wrong.append(f"{point}: {swedish[-60:]!r}: {found}")
    assert not wrong, "\n".join(wrong)


def test_the_default_text_holds_whatever_the_register_holds_and_the_settings_say(people, settings):
    changed = dataclasses.replace(
        settings, hold_review_months=4, case_working_days=20, idle_minutes=20, rights_months=6, case_file_years=3,
        case_granted_days=10,
    )  # fmt: skip
    full = {
        "notes": True, "outgoing": 9, "holds": 2, "training": True, "consents": 4, "queues": (),
        "given": dict.fromkeys(Basis, 1),
    }  # fmt: skip
    assert not contradictions.of(description_defaults.content(), live=live(**full))
    found = contradictions.of(description_defaults.content(), live=live(**full, settings=changed))
    assert {one.key.rsplit("-", 1)[0] for one in found} == {
        "requests-time_28_day", "storage-time_6_month", "storage-time_24_month", "storage-time_14_day",
        "listeners-time_12_month", "protection-time_15_minute",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "times"),
    [
        ("sv", "3 månader, tre kalendermånader, ett år och två veckor", {(3, "month"), (12, "month"), (14, "day")}),
        ("sv", "inom 24 timmar eller ett dygn, 90 minuter", {(1, "day"), (90, "minute")}),
        ("sv", "den 3.9.2026, artikel 15, 3 § och sex personer", set()),
        ("sv", "tjugo\u00a0dagar, 28\u00a0dagar", {(28, "day")}),
        ("fi", "kolmen kuukauden, 3 kk, yhden vuoden, kahden viikon", {(3, "month"), (12, "month"), (14, "day")}),
        ("fi", "24 tunnin, yhden vuorokauden, 90 minuutin", {(1, "day"), (90, "minute")}),
        ("fi", "3.9.2026, 15 artikla, 3 § ja kuusi henkilöä", set()),
        ("fi", "enintään kolmeen kuukauteen, kuudessa päivässä, kahdeksi vuodeksi", {(3, "month"), (6, "day")}),
    ],
)  # fmt: skip
def test_lengths_of_time_are_read_in_words_and_figures(language, text, times):
    assert wording.times(text, language) == times


def test_what_is_told_of_the_portal_is_read_from_the_portal(people):
    row = call(people)
    Recording.update(direction=Direction.OUT).execute()
    handed(people, row, basis=Basis.POLICE_ACT)
    grant(people.outsider, Role.MANAGER, until=clock.now())  # over, so not counted
    Announcement.create(
        queue=people.daycare,
        version=3,
        valid_from=clock.now(),
        text_sv="Inspelat.",
        text_fi="Nauhoitus.",
    )
    found = claims_live.facts(claims_live.read(), say=translator("sv"), language="sv")
    assert set(found) == set(CODES)
    assert all(fact and "%(" not in fact for facts in found.values() for fact in facts)
    for point, said in {
        "source": "är 1 sådana",
        "disclosure": "Utlämnade: 1. Polislagen",
        "listeners": "kundrådgivare (2), chef (2), handläggare (1), beslutsfattare (1)",
        "told": "Äldreomsorg: de som ringer får inte höra",
        "storage": "3 månader",
        "protection": "8 av 8",
    }.items():
        assert said in " ".join(found[point]), point
    assert "version 3" in found["told"][0]
    assert "begränsad" not in str(found)


def test_who_may_listen_follows_the_table_of_permissions(people, monkeypatch):
    assert claims_live.read().listeners == {Role.ADVISER, Role.MANAGER, Role.CLERK, Role.CONTROLLER}
    monkeypatch.setitem(TABLE, Role.DPO, TABLE[Role.DPO] | {Permission.CASES_HEAR})
    found = told("listeners", description_defaults.content()["listeners"], live())
    assert found == {"sv": {"may_dpo"}, "fi": {"may_dpo"}, "": set()}
