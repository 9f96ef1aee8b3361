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

    def voice(self, language: str) -> Voice:
        return Voice(language, self.variant, self.pitch, 165)


LINES = (
    Line("2001", "Småbarnspedagogik", "Varhaiskasvatus"),
    Line("2002", "Skolor", "Koulut"),
    Line("2003", "Äldreomsorg", "Vanhuspalvelut", tells_callers=False),
    Line("2004", "Byggnadstillsyn", "Rakennusvalvonta"),
    Line("2005", "Teknisk service", "Tekniset palvelut"),
    Line("2006", "Kompassen", "Kompassi"),
)
ALL = tuple(line.number for line in LINES)

PEOPLE = (
    Person("karin", "Karin Östernäs", (Role.ADVISER,), ("2001", "2002", "2006"), "sv", "201", "f2", 55),
    Person("juha", "Juha Koskenlahti", (Role.ADVISER,), ("2001",), "fi", "202", "m3", 40),
    Person("anneli", "Anneli Salovaara", (Role.ADVISER,), ("2003",), "fi", "203", "f4", 45),
    Person("bengt", "Bengt Gråbäck", (Role.ADVISER,), ("2004", "2005"), "sv", "204", "m1", 35),
    Person("sari", "Sari Kivimaa", (Role.ADVISER,), ("2005",), "fi", "205", "f1", 60),
    Person("maria", "Maria Lillsjö", (Role.MANAGER,), ALL, "sv", "301", "f3", 50),
    Person("mikko", "Mikko Haaranen", (Role.MANAGER,), ALL, "fi", "302", "m7", 45),
    Person("kerstin", "Kerstin Tallberg-Ahl", (Role.CLERK,), ALL, "sv"),
    Person("dag", "Dag Enebacka", (Role.CONTROLLER,), (), "sv"),
    Person("disa", "Disa Rönnholm", (Role.DPO,), (), "sv"),
    Person("arvo", "Arvo Pihlajasuo", (Role.ADMIN,), (), "fi"),
)

RESPONSIBLE = "dag"
"""Who answers for the register, and locks the month's protocol."""

ADVISERS = tuple(person for person in PEOPLE if person.extension)
