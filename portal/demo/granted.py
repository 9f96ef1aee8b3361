"""How the demo's staff got their rights: the first by command, as on any new portal; the others asked for by who
answers for them and granted by another; one waits, one has ended, one ends soon, one was given in an emergency."""

import datetime as dt
from collections.abc import Mapping

from portal import clock
from portal.accounts import staff, units
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.demo.people import PEOPLE, RESPONSIBLE, UNITS, Person
from portal.queues.models import Queue
from portal.rights import asking, command, emergency, ending, granting, principles, review, review_reading
from portal.rights.models import Right

FIRST = (Role.CONTROLLER, Role.DPO, Role.ADMIN)
"""Roles without which nobody could ask, grant or oversee."""
DELEGATE = "doris"

WHY = {
    Role.MANAGER: "Leder arbetet vid servicenumren, beslutar om hotsamtal och följer upp kvaliteten.",
    Role.ADVISER: "Svarar på samtalen till servicenumren och behöver kunna gå tillbaka till dem.",
    Role.CLERK: "Handlägger invånarnas begäranden om insyn, rättelse och radering.",
}

PRINCIPLES_SV = """\
1. En rättighet ges bara den som behöver den i sitt arbete, för de servicenummer som arbetet gäller och inte längre än \
arbetet varar.
2. Den som svarar för personens arbete begär rättigheten och skriver varför. Direktören eller den som direktören har \
utsett beslutar. Ingen beslutar om det hen själv har begärt eller skulle få.
3. Den som övervakar användningen hör inga samtal. Den som sköter kontona når inget innehåll.
4. Varje lyssning har ett ändamål och syns i loggen. Ovanlig användning frågas det om.
5. Varje kvartal bekräftas eller avslutas alla rättigheter. Det som ingen bekräftar upphör.
6. Den som byter enhet eller slutar mister sina rättigheter genast."""

PRINCIPLES_FI = """\
1. Käyttöoikeus annetaan vain sille, joka tarvitsee sitä työssään, niihin palvelunumeroihin, joita työ koskee, ja \
enintään työn ajaksi.
2. Henkilön työstä vastaava pyytää käyttöoikeutta ja kirjaa perusteet. Johtaja tai johtajan nimeämä päättää. Kukaan \
ei päätä siitä, mitä on itse pyytänyt tai saisi.
3. Käytön valvoja ei kuuntele puheluja. Tilien hoitaja ei pääse sisältöön.
4. Jokaisella kuuntelulla on tarkoitus, ja se näkyy lokissa. Poikkeavasta käytöstä kysytään.
5. Kaikki käyttöoikeudet vahvistetaan tai lopetetaan neljännesvuosittain. Vahvistamatta jäänyt käyttöoikeus päättyy.
6. Yksikköä vaihtava tai työnsä lopettava menettää käyttöoikeutensa heti."""


def tell(accounts: Mapping[str, Account], lines: Mapping[str, Queue]) -> None:
    """By user name and by service number."""
    _units(accounts)
    for person in PEOPLE:
        for role in set(person.roles) & set(FIRST):
            command.by_command(accounts[person.username], role=role)
    responsible, delegate = _now(accounts[RESPONSIBLE]), _now(accounts[DELEGATE])
    principles.make(text_sv=PRINCIPLES_SV, text_fi=PRINCIPLES_FI, valid_from=clock.today(), seen=0, by=responsible)
    asked = [(person, role) for person in PEOPLE for role in sorted(set(person.roles) - set(FIRST))]
    for person, role in asked:
        if role == Role.MANAGER:
            _granted(person, role, accounts, lines, by=responsible, to=delegate)
    _heads(accounts)
    for person, role in asked:
        if role != Role.MANAGER:
            _granted(person, role, accounts, lines, by=_head(person, accounts), to=responsible)


def _now(account: Account) -> Account:
    """As the register knows the person at this instant."""
    found: Account = Account.get_by_id(account.id)
    return found


def _units(accounts: Mapping[str, Account]) -> None:
    for unit in UNITS:
        made = units.make(code=unit.code, name_sv=unit.name_sv, name_fi=unit.name_fi, by=None)
        for person in PEOPLE:
            if person.unit == unit.code:
                staff.move(accounts[person.username], made, by=None)


def _heads(accounts: Mapping[str, Account]) -> None:
    """Who answers for a unit may ask for rights: theirs come first."""
    codes = {unit.code: unit for unit in UNITS}
    for made in units.every():
        facts = {"code": made.code, "name_sv": made.name_sv, "name_fi": made.name_fi, "active": made.active}
        heads = [_now(accounts[codes[made.code].head])]
        units.change(made, seen=made.version, **facts, heads=heads, by=None)


def _head(person: Person, accounts: Mapping[str, Account]) -> Account:
    return _now(accounts[next(unit.head for unit in UNITS if unit.code == person.unit)])


def _granted(
    person: Person, role: Role, accounts: Mapping[str, Account], lines: Mapping[str, Queue], *, by: Account, to: Account
) -> Right:
    asked = asking.ask(
        accounts[person.username],
        role=role,
        queues=[lines[number] for number in person.queues],
        reason=WHY[role],
        first_on=clock.today(),
        last_on=asking.latest(clock.today()),
        by=by,
    )
    return granting.grant(asked, by=to)


def later() -> None:
    """What happened once all were at work and the calls had come in."""
    accounts = {account.username: account for account in Account.select()}
    lines = {queue.number: queue for queue in Queue.select()}
    today, manager, other = clock.today(), accounts["maria"], accounts["mikko"]
    responsible = accounts[RESPONSIBLE]
    asking.ask(
        accounts["bengt"],
        role=Role.CLERK,
        queues=[lines["2004"]],
        reason="Ersätter handläggaren under hennes ledighet i två månader.",
        first_on=today + dt.timedelta(days=7),
        last_on=today + dt.timedelta(days=67),
        by=other,
    )
    soon = asking.ask(
        accounts["sari"],
        role=Role.ADVISER,
        queues=[lines["2004"]],
        reason="Hjälper byggnadstillsynen medan bygglovssäsongen är som livligast.",
        first_on=today,
        last_on=today + dt.timedelta(days=20),
        by=other,
    )
    granting.grant(soon, by=responsible)
    over = asking.ask(
        accounts["juha"],
        role=Role.CLERK,
        queues=[lines["2001"]],
        reason="Skulle handlägga begäranden som gäller småbarnspedagogiken.",
        first_on=today,
        last_on=today + dt.timedelta(days=90),
        by=manager,
    )
    ending.end(granting.grant(over, by=responsible), reason="Uppgiften gick till en annan handläggare.", by=responsible)
    emergency.give(
        accounts["anneli"],
        role=Role.ADVISER,
        queues=[lines["2001"]],
        reason="Två kundrådgivare insjuknade i morse, och telefonerna måste besvaras.",
        hours=8,
        by=manager,
    )
    _review(accounts)
    _list(accounts)


def _review(accounts: Mapping[str, Account]) -> None:
    """The quarter's is under way: one head has answered for some of their people, the other for nobody yet."""
    review.begin(*review.quarter(clock.today()))
    head = _now(accounts["maria"])
    for line in review_reading.of(head)[:2]:
        review.confirm(line, reason="Arbetar vid samma servicenummer som förut.", by=head)


def _list(accounts: Mapping[str, Account]) -> None:
    """The administrator has read in a list of staff and is about to look at it."""
    rows = (
        "användarnamn;namn;enhet;språk;anknytning;telefon;slutat",
        "karin;Karin Östernäs;KOMP;sv;201;;",
        "anneli;Anneli Salovaara-Lind;KOMP;fi;203;;",
        "sari;Sari Kivimaa;KOMP;fi;205;;",
        "bengt;Bengt Gråbäck;TEKN;sv;204;;ja",
        "petra.nyman;Petra Nyman;TEKN;sv;;;",
        "olof.ek;Olof Ek;BIBL;sv;;;",
    )
    staff.read("\n".join(rows).encode(), by=_now(accounts["arvo"]))
