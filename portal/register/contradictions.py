"""Where the privacy description says one thing and the portal does another, or the two languages differ.

Each check is small and looks at one point. What it finds is a warning: whoever approves the text has it mended or says
why it stands. A text that nothing is found in may still be wrong; that is for people to see.
"""

import dataclasses
from collections.abc import Iterable, Iterator

from portal import clock
from portal.accounts.permissions import Role
from portal.language import LANGUAGES, N_
from portal.register import claims_live, wording
from portal.register.claims_live import ROLES, Live, Say
from portal.register.points import CODES, Content
from portal.register.vocabulary import KEEPS, LISTENING, RECIPIENTS, ROLE_STEMS, STEMS
from portal.retention.models import KEY_BACKUP_DAYS, Basis


@dataclasses.dataclass(frozen=True)
class Contradiction:
    point: str
    code: str
    language: str
    """Of the text that it is about; '' when it is about both."""
    words: str
    """In the reader's language."""

    @property
    def key(self) -> str:
        return "-".join(filter(None, (self.point, self.code, self.language)))


Found = Iterator[tuple[str, str]]
"""Code, and words already put together."""

OF_BASIS: dict[str, str] = {
    Basis.POLICE_ACT: "police",
    Basis.INVESTIGATION: "police",
    Basis.REPORTED: "police",
    Basis.STATUTE: "statute",
    Basis.CONSENT: "consent",
}


def of(content: Content, *, say: Say = N_, live: Live | None = None) -> list[Contradiction]:
    """What contradicts what, in the order of the points; `say` puts it into the reader's language, else Swedish."""
    now = live or claims_live.read()
    found = []
    for point in CODES:
        for name in LANGUAGES:
            for check in (_times, _addresses, *_CHECKS.get(point, ())):
                told = check(point, content[point][name], name, now, say)
                found += [Contradiction(point, code, name, words) for code, words in told]
        found += [Contradiction(point, code, "", words) for code, words in _differ(point, content[point], say)]
    return found


def _known_times(point: str, sentence: str, language: str, live: Live) -> set[wording.Time]:
    """The lengths of time that the portal keeps in what the sentence is about; none: any may be named."""
    chosen = live.settings
    if point == "storage":
        topics = {topic for topic, stems in KEEPS[language].items() if wording.about(sentence, stems)}
        kept: dict[str, set[wording.Time]] = {
            "threat": {(chosen.hold_review_months, "month")},
            "request": {
                (12 * chosen.case_file_years, "month"),
                (12 * chosen.case_line_years, "month"),
                (chosen.case_copy_days, "day"),
                (chosen.case_granted_days, "day"),
                (chosen.case_refused_days, "day"),
            },
            "consent": {(12 * chosen.consent_file_years, "month")},
            "incident": {(12 * chosen.incident_years, "month"), (12 * chosen.oversight_years, "month")},
            "backup": {(KEY_BACKUP_DAYS, "day")},
        }
        return {(clock.RETENTION_MONTHS, "month")}.union(*(kept[topic] for topic in topics))
    answering = {(1, "month"), (3, "month"), (chosen.case_working_days, "day"), (chosen.case_identity_days, "day")}
    known: dict[str, set[wording.Time]] = {
        "requests": answering,
        "access": answering | {(chosen.case_copy_days, "day"), (clock.RETENTION_MONTHS, "month")},
        "listeners": {
            (chosen.rights_months, "month"),
            (3, "month"),
            (chosen.review_grace_days, "day"),
            wording.spelled(60 * chosen.rights_emergency_hours, "minute"),
        },
        "protection": {(chosen.idle_minutes, "minute"), wording.spelled(60 * chosen.absolute_hours, "minute")},
    }
    return known.get(point, set())


def _times(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    seen: set[wording.Time] = set()
    for sentence in wording.sentences(text):
        known = _known_times(point, sentence, language, live)
        for many, of_what in sorted(wording.times(sentence, language) - known - seen) if known else ():
            seen.add((many, of_what))
            about = {"time": f"{many} {say(UNITS[of_what])}", "known": _spoken(known, say)}
            yield f"time_{many}_{of_what}", say(N_("Texten nämner %(time)s. Portalen håller: %(known)s.")) % about
    if point == "storage" and (clock.RETENTION_MONTHS, "month") not in wording.times(text, language):
        kept = {"months": clock.RETENTION_MONTHS}
        yield "months", say(N_("Texten säger inte att samtalen raderas efter %(months)s månader.")) % kept


UNITS: dict[str, str] = {"minute": N_("minuter"), "day": N_("dygn"), "month": N_("månader")}


def _spoken(times: Iterable[wording.Time], say: Say) -> str:
    return ", ".join(f"{many} {say(UNITS[of_what])}" for many, of_what in sorted(times, key=lambda one: one[::-1]))


def _addresses(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    head = live.heads[language]
    known = {head["email"], head["contact"]["email"], head["officer"]["email"], head["ombudsman"]["email"]}
    for address in sorted(wording.addresses(text) - {one.lower() for one in known}):
        yield "address", say(N_("Adressen %(address)s finns inte bland dem som breven har.")) % {"address": address}


def _differ(point: str, texts: dict[str, str], say: Say) -> Found:
    """The two languages name different times or addresses."""
    swedish, finnish = (wording.times(texts[name], name) for name in LANGUAGES)
    if swedish != finnish:
        alone = {"sv": _spoken(swedish - finnish, say) or "–", "fi": _spoken(finnish - swedish, say) or "–"}
        yield (
            "times_differ",
            say(N_("Språken nämner olika tider. Bara på svenska: %(sv)s. Bara på finska: %(fi)s.")) % alone,
        )
    if wording.addresses(texts["sv"]) != wording.addresses(texts["fi"]):
        yield "addresses_differ", say(N_("Språken nämner olika e-postadresser."))


def _lacks(text: str, language: str, say: Say, *parts: str) -> Found:
    for part in parts:
        if part and not wording.holds(text, part):
            yield "missing", say(N_("Breven säger ”%(part)s”. Det står inte i texten.")) % {"part": part}
            return


def _name(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    yield from _lacks(text, language, say, live.heads[language]["register"])


def _controller(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    yield from _lacks(text, language, say, *(part.strip() for part in live.heads[language]["controller"].split(",")))


def _responsible(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    signer = live.heads[language]["signer"]
    yield from _lacks(text, language, say, signer["title"], signer["name"])


def _contact(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    contact = live.heads[language]["contact"]
    yield from _lacks(text, language, say, contact["name"], contact["phone"], contact["email"])


def _officer(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    officer = live.heads[language]["officer"]
    yield from _lacks(text, language, say, officer["name"], officer["phone"], officer["email"])


def _requests(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    head = live.heads[language]
    yield from _lacks(text, language, say, head["post"], head["email"])


def _supervisor(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    body = live.heads[language]["ombudsman"]
    yield from _lacks(text, language, say, body["name"], body["post"], body["phone"], body["email"])


def _notes(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    notes = STEMS[language]["notes"]
    if live.notes and not wording.affirmed(text, notes, language):
        yield "notes", say(N_("Personalen skriver anteckningar om samtalen. Det säger texten inte."))


def _source(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if live.outgoing and not wording.affirmed(text, STEMS[language]["outgoing"], language):
        yield "outgoing", say(N_("I registret finns samtal där staden ringde upp. Det säger texten inte."))


def _purpose(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if live.training and not wording.affirmed(text, STEMS[language]["training"], language):
        yield "training", say(N_("Samtal får höras i utbildning med samtycke. Det säger texten inte."))
    if not live.training and wording.affirmed(text, STEMS[language]["training"], language):
        about = wording.about(text, STEMS[language]["training"])
        if not any(wording.about(sentence, STEMS[language]["consent"]) for sentence in about):
            yield "no_training", say(N_("Texten nämner utbildning, men portalen låter ingen lyssna för det."))
    if wording.affirmed(text, STEMS[language]["other"], language):
        yield "other", say(N_("Texten nämner ett ändamål som ingen får lyssna för i portalen."))


def _basis(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if live.consents and not wording.affirmed(text, STEMS[language]["consent"], language):
        held = {"count": live.consents}
        yield "consent", say(N_("I registret gäller %(count)s samtycken. Texten nämner inte samtycke.")) % held


def _storage(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if live.holds and not wording.affirmed(text, STEMS[language]["threat"], language):
        held = {"count": live.holds}
        yield "holds", say(N_("%(count)s hotsamtal förvaras längre. Det säger texten inte.")) % held


def _listeners(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    told = wording.about(text, LISTENING[language])
    for role in Role:
        named = [sentence for sentence in told if wording.about(sentence, ROLE_STEMS[language][role])]
        yes = any(not wording.denies(sentence, language) for sentence in named)
        no = any(wording.denies(sentence, language) for sentence in named)
        about = {"role": say(ROLES[role])}
        if role not in live.listeners and yes:
            yield (
                f"may_not_{role}",
                say(N_("Texten låter %(role)s lyssna. I portalen får den rollen inte det.")) % about,
            )
        elif role in live.listeners and no:
            yield (
                f"may_{role}",
                say(N_("Texten säger att %(role)s inte lyssnar. I portalen får den rollen det.")) % about,
            )
        elif role in live.listeners and not yes:
            yield f"unnamed_{role}", say(N_("I portalen får %(role)s lyssna. Texten nämner inte den rollen.")) % about


def _told(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if not wording.affirmed(text, STEMS[language]["told"], language):
        return
    for queue in live.untold:
        if not wording.holds(text, queue.name(language)):
            silent = {"name": queue.name(language)}
            yield (
                f"untold_{queue.number}",
                say(N_("Den som ringer till %(name)s får inte veta att samtalet spelas in. Texten säger annat."))
                % silent,
            )


def _disclosure(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    flat = [
        sentence
        for sentence in wording.about(text, STEMS[language]["given"])
        if wording.denies(sentence, language) and not wording.hedges(sentence, language)
    ]
    total = sum(live.given.values())
    if total and flat:
        yield "given", say(N_("Texten säger att inget lämnas ut. %(count)s samtal har lämnats ut.")) % {"count": total}
    for kind in sorted({OF_BASIS[basis] for basis in live.given}):
        if not flat and not wording.affirmed(text, RECIPIENTS[language][kind], language):
            to = {"count": sum(n for basis, n in live.given.items() if OF_BASIS[basis] == kind), "who": say(WHO[kind])}
            yield f"given_{kind}", say(N_("%(count)s samtal har lämnats ut %(who)s. Texten nämner inte det.")) % to


WHO: dict[str, str] = {
    "police": N_("till polisen"),
    "statute": N_("med stöd av lag"),
    "consent": N_("med personens samtycke"),
}


def _transfers(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if not wording.denied(text, STEMS[language]["outside"], language):
        yield "outside", say(N_("Portalen överför inget utanför EU och EES. Texten säger inte att inget överförs."))


def _protection(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    stems = STEMS[language]
    for code, words in PROTECTS.items():
        if not wording.affirmed(text, stems[code], language):
            yield f"un_{code}", say(words)
    if live.settings.seal_certificate is None and wording.affirmed(text, stems["sealed"], language):
        yield "sealed", say(N_("Texten säger att brev förseglas. Portalen har inget certifikat att försegla med."))


PROTECTS: dict[str, str] = {
    "password": N_("Varje inloggning kräver lösenord. Det säger texten inte."),
    "second": N_("Varje inloggning kräver en andra faktor. Det säger texten inte."),
    "encrypted": N_("Förbindelsen och ljudet är krypterade. Det säger texten inte."),
    "logged": N_("All användning antecknas i loggen. Det säger texten inte."),
}


def _automated(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if not wording.denied(text, STEMS[language]["automatic"], language):
        yield "automatic", say(N_("Portalen fattar inga beslut automatiskt. Det säger texten inte."))


def _access(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if wording.affirmed(text, STEMS[language]["card"], language):
        yield "card", say(N_("Texten kräver en kopia av en identitetshandling. Portalen tar inte emot någon."))
    if wording.affirmed(text, STEMS[language]["signature"], language):
        yield "signature", say(N_("Texten kräver en underskrift. En begäran registreras också utan."))


def _rectification(point: str, text: str, language: str, live: Live, say: Say) -> Found:
    if not wording.about(text, STEMS[language]["certificate"]):
        yield "certificate", say(N_("Den som vägras rättelse får ett intyg. Det säger texten inte."))


_CHECKS = {
    "name": (_name,),
    "controller": (_controller,),
    "responsible": (_responsible,),
    "contact": (_contact,),
    "officer": (_officer,),
    "requests": (_requests,),
    "stored": (_notes,),
    "source": (_source,),
    "purpose": (_purpose,),
    "basis": (_basis,),
    "storage": (_storage,),
    "listeners": (_listeners,),
    "told": (_told,),
    "disclosure": (_disclosure,),
    "transfers": (_transfers,),
    "protection": (_protection,),
    "automated": (_automated,),
    "access": (_access,),
    "rectification": (_rectification,),
    "rights": (_supervisor,),
}
