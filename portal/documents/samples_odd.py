"""What the samples are made of: invented names and places, and texts that are odd on purpose."""

import datetime as dt
import uuid

from portal import clock

DATED = dt.datetime(2026, 11, 2, 8, 15, tzinfo=clock.UTC)
SPACE = uuid.UUID("6f2b8f0a-5f0e-4d0e-9a55-0c1f5a1f7b11")
LONG_WORD = "Byggnadsinspektionsförrättningsprotokoll" * 5
"""200 characters without a place to break."""

ODD_NAME = "Ánne-Čeerjeh Ŋuorjjo-Šarkić von Øhman-Łukaszewicz af Hällström-Đorđević"
MARKUP = "<b>Åsa & Co</b> <img src='https://example.invalid/x.png'> {{ 7 * 7 }} {% raw %} <!-- --> ]]> &amp;"
ODD_WORDS = f"{MARKUP} “citat” – 1 ½ € § ™ Ελλάδα Привет مرحبا שלום ☎ \u202eomvänt\u202c a\u0301e\u0308 f\u00adi ffi"
"""Markup is shown as typed; letters from elsewhere come from the second typeface."""

ODD_RECIPIENT = [
    ODD_NAME,
    "c/o Maximiliana-Theodora Österbotten-Wärtsilä",
    "Kiinteistö Oy Itä-Uudenmaan Vanhustentukisäätiön Palvelutalo",
    "Södra Långstrandsåsvägen 12 B 34 (port­kod finns)",
    "06100 BORGÅ",
    "SUOMI – FINLAND",
]

QUEUES = {
    "sv": ("Småbarnspedagogik", "Skolor", "Äldreomsorg", "Byggnadstillsyn", "Teknisk service", "Kompassen"),
    "fi": ("Varhaiskasvatus", "Koulut", "Vanhuspalvelut", "Rakennusvalvonta", "Tekniset palvelut", "Kompassi"),
}


def identifier(*parts: object) -> str:
    return str(uuid.uuid5(SPACE, ":".join(map(str, parts))))


def iso(day: dt.date, seconds: float) -> str:
    return (clock.day_start(day) + dt.timedelta(seconds=seconds)).isoformat()
