"""What the portal really does, point by point: read from the settings, the table of permissions and the register, and
shown beside what the privacy description says of it."""

import collections
import dataclasses
from collections.abc import Callable
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import TABLE, Permission, Role
from portal.audit.words import PURPOSES
from portal.cases.words import METHODS
from portal.config import Settings
from portal.documents import stationery
from portal.language import LANGUAGES, N_
from portal.queues.announcement_models import Announcement
from portal.queues.models import Queue
from portal.recordings import listening
from portal.recordings.models import Direction, Note, Recording
from portal.recordings.quality_models import QualityReview
from portal.register import texts
from portal.register.models import Consent, ConsentPurpose
from portal.retention import threat_words
from portal.retention.models import Hold, HoldState, Transfer, TransferState

Say = Callable[[str], str]

LATEST = 2000
"""So many of the newest calls are looked at for what is rare."""

HEARS = {Permission.RECORDINGS_LISTEN, Permission.CASES_HEAR, Permission.REGISTER_TRAINING}
"""Any of them opens a call's sound."""

ROLES: dict[Role, str] = {
    Role.ADVISER: N_("kundrådgivare"),
    Role.MANAGER: N_("chef"),
    Role.CLERK: N_("handläggare"),
    Role.CONTROLLER: N_("beslutsfattare"),
    Role.DPO: N_("dataskyddsombud"),
    Role.ADMIN: N_("systemadministratör"),
}


@dataclasses.dataclass(frozen=True)
class Live:
    """The register as it is now."""

    settings: Settings
    heads: dict[str, dict[str, Any]]
    """The stationery by language."""
    listeners: frozenset[Role]
    people: dict[Role, int]
    """With a right in force now."""
    accounts: int
    enrolled: int
    """Of the open accounts, those with a second factor of their own."""
    queues: tuple[Queue, ...]
    announced: dict[int, int]
    """Version of the announcement in force, by the queue's key."""
    notes: bool
    outgoing: int
    """Of the `LATEST` calls."""
    holds: int
    given: dict[str, int]
    """Disclosures that were handed over, by basis."""
    training: bool
    """There is a wording in force by which a call may be used to train."""
    consents: int
    reviews: bool = False
    """The quality of calls is judged."""

    @property
    def untold(self) -> list[Queue]:
        """The service numbers in use whose callers are told nothing."""
        return [queue for queue in self.queues if not queue.tells_callers]


def read() -> Live:
    now, chosen = clock.now(), config.settings()
    open_ones = Account.select().where(Account.closed_at.is_null())
    newest = Recording.select(Recording.direction).order_by(Recording.id.desc()).limit(LATEST)
    return Live(
        settings=chosen,
        heads={language: stationery.of(language) for language in LANGUAGES},
        listeners=frozenset(role for role in Role if TABLE[role] & HEARS),
        people=_people(),
        accounts=open_ones.count(),
        enrolled=open_ones.where(Account.totp_sealed.is_null(False)).count(),
        queues=tuple(Queue.select().where(Queue.active).order_by(Queue.number)),
        announced={
            row.queue_id: row.version
            for row in Announcement.select()
            .where(Announcement.valid_from <= now, Announcement.dropped_at.is_null())
            .order_by(Announcement.valid_from, Announcement.version)
        },
        notes=Note.select().exists(),
        outgoing=sum(direction == Direction.OUT for (direction,) in newest.tuples()),
        holds=Hold.select().where(Hold.state != HoldState.RELEASED).count(),
        given=dict(collections.Counter(basis for (basis,) in _given().tuples())),
        training=texts.in_force(ConsentPurpose.TRAINING, clock.today()) is not None,
        consents=Consent.select().where(Consent.stands).count(),
        reviews=QualityReview.select().exists(),
    )


def _people() -> dict[Role, int]:
    now, who = clock.now(), peewee.fn.COUNT(RoleGrant.account.distinct())
    rows = (
        RoleGrant.select(RoleGrant.role, who)
        .join(Account)
        .where(RoleGrant.in_force(now), Account.closed_at.is_null())
        .group_by(RoleGrant.role)
    )
    return {Role(role): count for role, count in rows.tuples()}


def _given() -> peewee.ModelSelect:
    return Transfer.select(Transfer.basis).where(Transfer.state == TransferState.HANDED_OVER)


def facts(live: Live, *, say: Say, language: str) -> dict[str, list[str]]:
    """Sentences by point, in the language that `say` speaks."""
    return {point: tell(live, say, language) for point, tell in _TELL.items()}


def _name(live: Live, say: Say, language: str) -> list[str]:
    return [say(N_("På brev och protokoll: %(name)s.")) % {"name": live.heads[name]["register"]} for name in LANGUAGES]


def _controller(live: Live, say: Say, language: str) -> list[str]:
    return [
        say(N_("På brev och protokoll: %(name)s.")) % {"name": live.heads[name]["controller"]} for name in LANGUAGES
    ]


def _responsible(live: Live, say: Say, language: str) -> list[str]:
    signer, decide = live.heads[language]["signer"], live.people.get(Role.CONTROLLER, 0)
    who = ", ".join(filter(None, (signer["title"], signer["name"])))
    return [
        say(N_("Breven undertecknas av: %(who)s.")) % {"who": who},
        say(N_("Personer som får besluta i portalen: %(count)s.")) % {"count": decide},
    ]


def _contact(live: Live, say: Say, language: str) -> list[str]:
    return [say(N_("Kontaktperson i breven: %(who)s.")) % {"who": _joined(live.heads[language]["contact"].values())}]


def _officer(live: Live, say: Say, language: str) -> list[str]:
    who = _joined(live.heads[language]["officer"].values())
    return [
        say(N_("Dataskyddsombud i breven: %(who)s.")) % {"who": who},
        say(N_("Ombudet ser loggen och ärendena, men får inte avgöra dem.")),
    ]


def _requests(live: Live, say: Say, language: str) -> list[str]:
    head, chosen = live.heads[language], live.settings
    told = {"address": _joined((head["unit"], head["post"], head["email"], head["visit"]))}
    days = {"days": chosen.case_working_days}
    return [
        say(N_("Adress i breven: %(address)s.")) % told,
        say(N_("Målet är att svara inom %(days)s dagar, och aldrig senare än lagens sista dag.")) % days,
        say(N_("Lagens tid: en månad; förlängd: tre månader från mottagandet.")),
    ]


def _stored(live: Live, say: Say, language: str) -> list[str]:
    lines = {"names": ", ".join(queue.name(language) for queue in live.queues) or "–"}
    notes = N_("Personalen har skrivit anteckningar om samtal.") if live.notes else N_("Inga anteckningar finns än.")
    reviews = [say(N_("Chefer har bedömt kvaliteten på samtal."))] if live.reviews else []
    return [say(N_("Servicenummer i bruk: %(names)s.")) % lines, say(notes), *reviews]


def _source(live: Live, say: Say, language: str) -> list[str]:
    counts = {"count": live.outgoing, "most": LATEST}
    return [say(N_("Av de senaste %(most)s samtalen är %(count)s sådana där staden ringde upp.")) % counts]


def _purpose(live: Live, say: Say, language: str) -> list[str]:
    named = ", ".join(say(PURPOSES[purpose]) for purpose in listening.OF_THE_REGISTER)
    trains = (
        N_("Det finns en text att samtycka till för utbildning: sådana samtal får höras i utbildning.")
        if live.training
        else N_("Ingen text om samtycke till utbildning gäller: inget samtal får höras i utbildning.")
    )
    return [say(N_("Ändamål som en lyssning kan ha: %(purposes)s.")) % {"purposes": named}, say(trains)]


def _basis(live: Live, say: Say, language: str) -> list[str]:
    return [say(N_("Samtycken som gäller nu: %(count)s.")) % {"count": live.consents}]


def _storage(live: Live, say: Say, language: str) -> list[str]:
    chosen = live.settings
    return [
        say(N_("Samtal raderas %(months)s månader efter samtalets slut.")) % {"months": clock.RETENTION_MONTHS},
        say(N_("Hotsamtal som hålls kvar nu: %(count)s. Beslutet granskas inom %(months)s månader."))
        % {"count": live.holds, "months": chosen.hold_review_months},
        say(N_("Handlingarna i en begäran: %(file)s år. Raden om den: %(line)s år. Ett upphört samtycke: %(old)s år."))
        % {"file": chosen.case_file_years, "line": chosen.case_line_years, "old": chosen.consent_file_years},
    ]


def _listeners(live: Live, say: Say, language: str) -> list[str]:
    """Who may, with how many they are, and who may not."""

    def named(roles: list[Role]) -> str:
        return ", ".join(f"{say(ROLES[role])} ({live.people.get(role, 0)})" for role in roles)

    may = [role for role in Role if role in live.listeners]
    others = [role for role in Role if role not in live.listeners]
    return [
        say(N_("Får lyssna, och hur många de är nu: %(roles)s.")) % {"roles": named(may)},
        say(N_("Får inte lyssna: %(roles)s.")) % {"roles": named(others)},
        say(N_("En rättighet ges för högst %(months)s månader.")) % {"months": live.settings.rights_months},
    ]


def _told(live: Live, say: Say, language: str) -> list[str]:
    found = []
    for queue in live.queues:
        about = {"name": queue.name(language), "version": live.announced.get(queue.id, 0)}
        if not queue.tells_callers:
            found.append(say(N_("%(name)s: de som ringer får inte höra att samtalet spelas in.")) % about)
        elif queue.id in live.announced:
            found.append(say(N_("%(name)s: meddelandet, version %(version)s, spelas i början.")) % about)
        else:
            found.append(say(N_("%(name)s: de som ringer får höra det, men meddelandets ord finns inte här.")) % about)
    return found


def _disclosure(live: Live, say: Say, language: str) -> list[str]:
    if not live.given:
        return [say(N_("Inget samtal har lämnats ut."))]
    return [
        say(N_("Utlämnade: %(count)s. %(basis)s.")) % {"count": count, "basis": say(threat_words.BASES[basis])}
        for basis, count in sorted(live.given.items())
    ]


def _transfers(live: Live, say: Say, language: str) -> list[str]:
    return [
        say(N_("Portalen skickar inget till andra tjänster. Ljud, nycklar och uppgifter ligger på dess egen server."))
    ]


def _protection(live: Live, say: Say, language: str) -> list[str]:
    chosen, counts = live.settings, {"count": live.enrolled, "all": live.accounts}
    given = chosen.tls_cert and chosen.tls_key
    return [
        say(N_("Varje inloggning kräver lösenord och en engångskod. Konton som har den i bruk: %(count)s av %(all)s."))
        % counts,
        say(
            N_("Förbindelsen är alltid krypterad (TLS), med stadens certifikat.")
            if given
            else N_("Förbindelsen är alltid krypterad (TLS), med ett certifikat som portalen har gjort själv.")
        ),
        say(N_("Ljudet är krypterat med AES-256-GCM, med en egen nyckel för varje samtal.")),
        say(N_("Utloggning efter %(minutes)s minuter utan aktivitet och efter %(hours)s timmar."))
        % {"minutes": chosen.idle_minutes, "hours": chosen.absolute_hours},
        say(N_("Varje sökning, lyssning och ändring antecknas i en logg vars rader är kedjade.")),
    ]


def _automated(live: Live, say: Say, language: str) -> list[str]:
    return [say(N_("Portalen beslutar inget om dem som ringer. Av sig själv raderar den samtal vars tid är ute."))]


def _access(live: Live, say: Say, language: str) -> list[str]:
    named = ", ".join(say(METHODS[code]) for code in live.settings.case_identity_methods if code in METHODS)
    return [
        say(N_("Sätt att styrka sin identitet: %(methods)s.")) % {"methods": named},
        say(N_("Portalen tar inte emot kopior av identitetshandlingar, och kräver ingen underskrift.")),
        say(N_("En kopia av ljudet som har beställts förvaras i %(days)s dagar."))
        % {"days": live.settings.case_copy_days},
    ]


def _rectification(live: Live, say: Say, language: str) -> list[str]:
    return [
        say(N_("Det som rättas finns kvar förseglat, med vem som rättade och när.")),
        say(N_("Vägras en rättelse kan ärendet inte avslutas utan ett intyg om vägran.")),
    ]


def _rights(live: Live, say: Say, language: str) -> list[str]:
    return [
        say(N_("Tillsynsmyndighet i breven: %(body)s.")) % {"body": _joined(live.heads[language]["ombudsman"].values())}
    ]


def _joined(parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part) or "–"


_TELL: dict[str, Callable[[Live, Say, str], list[str]]] = {
    "name": _name,
    "controller": _controller,
    "responsible": _responsible,
    "contact": _contact,
    "officer": _officer,
    "requests": _requests,
    "stored": _stored,
    "source": _source,
    "purpose": _purpose,
    "basis": _basis,
    "storage": _storage,
    "listeners": _listeners,
    "told": _told,
    "disclosure": _disclosure,
    "transfers": _transfers,
    "protection": _protection,
    "automated": _automated,
    "access": _access,
    "rectification": _rectification,
    "rights": _rights,
}
