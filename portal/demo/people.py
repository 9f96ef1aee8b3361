"""The demo's staff and service numbers. Names are invented."""

import dataclasses

from portal.accounts.permissions import Role
from portal.demo.speech import Voice


@dataclasses.dataclass(frozen=True)
class Line:
    number: str
    name_sv: str
    name_fi: str
    tells_callers: bool = True


@dataclasses.dataclass(frozen=True)
class Person:
    username: str
    name: str
    roles: tuple[Role, ...]
    queues: tuple[str, ...] = ()
    language: str = "sv"
    extension: str | None = None
    variant: str = "f2"
    pitch: int = 50
    unit: str = ""
    """The code of one of `UNITS`."""

    def voice(self, language: str) -> Voice:
        return Voice(language, self.variant, self.pitch, 165)


@dataclasses.dataclass(frozen=True)
class Unit:
    code: str
    name_sv: str
    name_fi: str
    head: str
    """The user name of who answers for its people."""


LINES = (
    Line("2001", "Småbarnspedagogik", "Varhaiskasvatus"),
    Line("2002", "Skolor", "Koulut"),
    Line("2003", "Äldreomsorg", "Vanhuspalvelut", tells_callers=False),
    Line("2004", "Byggnadstillsyn", "Rakennusvalvonta"),
    Line("2005", "Teknisk service", "Tekniset palvelut"),
    Line("2006", "Kompassen", "Kompassi"),
)
ALL = tuple(line.number for line in LINES)

UNITS = (
    Unit("KOMP", "Kundservicen Kompassen", "Asiakaspalvelu Kompassi", "maria"),
    Unit("TEKN", "Tekniska avdelningen", "Tekninen osasto", "mikko"),
)

PEOPLE = (
    Person("karin", "Karin Östernäs", (Role.ADVISER,), ("2001", "2002", "2006"), "sv", "201", "f2", 55, "KOMP"),
    Person("juha", "Juha Koskenlahti", (Role.ADVISER,), ("2001",), "fi", "202", "m3", 40, "KOMP"),
    Person("anneli", "Anneli Salovaara", (Role.ADVISER,), ("2003",), "fi", "203", "f4", 45, "KOMP"),
    Person("bengt", "Bengt Gråbäck", (Role.ADVISER,), ("2004", "2005"), "sv", "204", "m1", 35, "TEKN"),
    Person("sari", "Sari Kivimaa", (Role.ADVISER,), ("2005",), "fi", "205", "f1", 60, "TEKN"),
    Person("maria", "Maria Lillsjö", (Role.MANAGER,), ALL, "sv", "301", "f3", 50, "KOMP"),
    Person("mikko", "Mikko Haaranen", (Role.MANAGER,), ALL, "fi", "302", "m7", 45, "TEKN"),
    Person("kerstin", "Kerstin Tallberg-Ahl", (Role.CLERK,), ALL, "sv", unit="KOMP"),
    Person("dag", "Dag Enebacka", (Role.CONTROLLER,), (), "sv"),
    Person("doris", "Doris Sundvall", (Role.CONTROLLER,), (), "sv"),
    Person("disa", "Disa Rönnholm", (Role.DPO,), (), "sv"),
    Person("arvo", "Arvo Pihlajasuo", (Role.ADMIN,), (), "fi"),
)

RESPONSIBLE = "dag"
"""Who answers for the register, and locks the month's protocol."""

ADVISERS = tuple(person for person in PEOPLE if person.extension)
