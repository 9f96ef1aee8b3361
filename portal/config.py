"""Settings: read once, in this place, from the environment and `portal.toml` in the data folder.

Every setting has a line in the README's table. An environment variable `PORTAL_NAME`
wins over `name` in the file, which wins over the default here.
"""

import dataclasses
import functools
import os
import re
import tomllib
from pathlib import Path
from typing import Any


class ConfigError(Exception):
    """A setting is missing or cannot be used; the text names the setting, never its value."""


LINES = ("case_refusal_phrases", "note_kinds", "quality_questions")
"""Settings of several values that hold commas: in the environment one stands on each line."""

PHRASES = (
    "heard|rectification"
    "|Vi har hört samtalet och jämfört det med uppgiften. Uppgiften stämmer, eftersom [varför]."
    "|Olemme kuunnelleet puhelun ja verranneet sitä tietoon. Tieto pitää paikkansa, koska [miksi].",
    "source|rectification"
    "|Telefonisystemet antecknar uppgiften av sig självt. Vi har kontrollerat [vad] och funnit [vad]."
    "|Puhelinjärjestelmä kirjaa tiedon automaattisesti. Olemme tarkistaneet [mitä] ja todenneet [mitä].",
    "needed|erasure"
    "|Samtalet behövs ännu för det ändamål som det spelades in för, eftersom [varför]."
    "|Puhelua tarvitaan vielä siihen tarkoitukseen, jota varten se nauhoitettiin, koska [miksi].",
    "claims|erasure"
    "|Samtalet behövs för att fastställa, göra gällande eller försvara ett rättsligt anspråk: [vilket]."
    "|Puhelua tarvitaan oikeusvaateen laatimiseksi, esittämiseksi tai puolustamiseksi: [mikä].",
    "conditions|restriction"
    "|Inget av villkoren för begränsning är uppfyllt. Vi har prövat [vilka], och funnit att [vad]."
    "|Mikään rajoittamisen edellytyksistä ei täyty. Olemme arvioineet [mitkä] ja todenneet, että [mitä].",
    "weighed|objection"
    "|Vi har vägt dina skäl mot stadens behov av inspelningen. Stadens behov väger tyngre, eftersom [varför]."
    "|Olemme punninneet perusteitasi kaupungin tarpeeseen säilyttää nauhoite. Tarve painaa enemmän, koska [miksi].",
)
"""What the reasons of a refusal may begin as. Each has a gap to fill in; none can be sent as it stands."""


KINDS = (
    "quality|Kvalitet|Laatu",
    "threat|Hot|Uhka",
    "wrong|Fel uppgift|Väärä tieto",
)
"""What a note at a time may be about."""

QUESTIONS = (
    "greeting|Presenterade kundrådgivaren sig och enheten?|Esittelikö asiakasneuvoja itsensä ja yksikön?",
    "need|Blev ärendet hört och förstått?|Kuultiinko ja ymmärrettiinkö asia?",
    "answer|Var svaret rätt och begripligt?|Oliko vastaus oikea ja ymmärrettävä?",
    "manner|Var bemötandet vänligt och lugnt?|Oliko kohtelu ystävällistä ja rauhallista?",
    "closing|Blev det klart vad som händer härnäst?|Tuliko selväksi, mitä tapahtuu seuraavaksi?",
)
"""What a quality review asks."""


def named_parts(setting: str, line: str) -> tuple[str, str, str]:
    """Code, Swedish and Finnish of a line of `setting`. Raises ConfigError when one is missing or the code is more than
    small letters, digits and underscores."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not all(parts) or not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", parts[0]):
        raise ConfigError(f"{setting}: each is code, Swedish and Finnish with | between")
    return parts[0], parts[1], parts[2]


def phrase_parts(line: str) -> tuple[str, str, str, str]:
    """Code, right, Swedish and Finnish of a phrase. Raises ConfigError when one is missing."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 4 or not all(parts):
        raise ConfigError("case_refusal_phrases: each is code, right, Swedish and Finnish with | between")
    return parts[0], parts[1], parts[2], parts[3]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    data: Path
    """The data folder (`PORTAL_DATA`); everything below is inside it unless set."""
    inbox: Path
    """Where the telephone system delivers recordings."""
    keystore: Path
    """One wrapped key file per recording. Never in the same backup as `objects`."""
    objects: Path
    """The sealed audio."""
    threat_keystore: Path
    """The keys of held threat calls, wrapped under another derived key."""
    threat_objects: Path
    """The sealed audio of held threat calls."""
    ledger: Path
    """What was deleted and taken away, for after a restore. Never in a backup; best on another disk."""
    secrets: Path
    """Holds `root.key` unless it is given otherwise, the `keyring` that it opens, and `web.key` (signs cookies)."""
    stationery: Path
    """The city's head, contacts and remedies for letters; where it is missing, the defaults."""
    host: str = "127.0.0.1"
    port: int = 8443
    workers: int = 2
    """Web processes."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    """PEM files. Without them `portal serve` makes a local certificate in `data/tls`."""
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    idle_minutes: int = 15
    absolute_hours: int = 10
    proof_minutes: int = 5
    """Grave acts want a second factor that was proven no longer ago in this session."""
    root_key_months: int = 24
    """A root key that has been in force for longer is a warning of `portal status`."""
    confinement: str = "required"
    """Where the system cannot take its calls away from decoders and the typesetter: 'required', they get no work;
    'limits', they work within their limits of memory, time and files alone, and the status says so."""
    checkpoint_seconds: int = 60
    """How often the worker signs the log's head."""
    checkpoint_file: Path
    """The signed heads, one on each line, only ever added to. Best on another machine's disk."""
    checkpoint_syslog: str = ""
    """Where they go as well: 'local', tls:HOST:PORT or HOST:PORT (RFC 5424 over TLS or TCP). Empty: nowhere."""
    checkpoint_key: Path
    """The Ed25519 key that signs them (PEM). Readable by the worker's user alone, not by the web's."""
    max_recording_mb: int = 512
    """Larger files are refused at the gate and stay in the inbox, listed in quarantine."""
    settle_seconds: int = 5
    """A file in the inbox must have stood unchanged this long before it is read."""
    inbox_seconds: int = 5
    """How often the worker looks into the inbox."""
    purge_minutes: int = 5
    """How often the worker sweeps for recordings past their date."""
    overdue_minutes: int = 60
    """No good purge sweep for this long is a red banner and exit code 2 of `portal status`."""
    hold_review_months: int = 6
    """A hold's review date is at most so many calendar months ahead."""
    hold_reminder_days: int = 14
    """So many days before its review date a hold begins to remind."""
    alive_file: Path
    """Written anew by each good sweep of deletion: for a monitor that looks at its age."""
    pause_minimum: int = 200
    """A day with at most so many deletions never makes deletion pause, however unusual it is."""
    case_prefix: str = "BS"
    """Case numbers begin with it: 'BS/12/2026'."""
    case_internal_days: int = 21
    """So many days after receipt the proposal should lie with the decider."""
    case_working_days: int = 28
    """The city's promise to a resident, in days from receipt; never later than the law's last day."""
    case_reminder_days: int = 7
    """So many days before its last day a case begins to remind."""
    case_identity_days: int = 30
    """Identity not proven so many days after it was asked for: the case may be closed for that."""
    case_identity_methods: tuple[str, ...] = ("eid", "desk", "callback", "known")
    """How identity is proven: codes of `cases.words.METHODS`."""
    case_granted_days: int = 14
    """So many days after the answer what was frozen is let go, when all was granted."""
    case_refused_days: int = 30
    """The same when something was refused."""
    case_copy_days: int = 30
    """A copy of the sound lives so long."""
    case_notice_days: int = 14
    """At least so many days pass between telling a person that a restriction is lifted and the lifting."""
    case_file_years: int = 2
    """The case file is purged so long after closing."""
    case_refusal_phrases: tuple[str, ...] = PHRASES
    """What the reasons of a refusal may begin as: code, right, Swedish and Finnish, with `|` between."""
    case_line_years: int = 10
    """The register line without content, so long after closing."""
    consent_file_years: int = 2
    """What tells who consented is emptied so long after the consent was withdrawn or ended."""
    incident_years: int = 5
    """The record of a personal data breach is deleted so long after it was closed."""
    rights_months: int = 12
    """A user right is granted for at most so many calendar months."""
    rights_emergency_hours: int = 24
    """An emergency right lasts at most so long."""
    rights_reminder_days: int = 30
    """So many days before its last day a right begins to remind the one who asked for it."""
    review_grace_days: int = 30
    """A quarterly review is answered within so many days; a right that nobody confirmed lapses then."""
    oversight_years: int = 2
    """An observation of unusual use is deleted so long after it was closed."""
    oversight_opens: int = 7
    """Working hours begin at so many o'clock, Monday to Friday but for holidays: listens outside are looked at."""
    oversight_closes: int = 18
    """They end at so many o'clock."""
    oversight_many_least: int = 9
    """Fewer listens in a day without a note or case are never observed, however unusual."""
    oversight_many_times: int = 3
    """A day is unusual from so many times what the person usually hears without a note or case."""
    oversight_same_number: int = 5
    """A number whose calls one person hears so many times in eight weeks, without a note or case, is observed."""
    oversight_other_queue: int = 3
    """So many listens in a week, without a note or case, to a queue one does not work with are observed."""
    note_kinds: tuple[str, ...] = KINDS
    """What a note at a time may be about: code, Swedish and Finnish, with `|` between."""
    quality_questions: tuple[str, ...] = QUESTIONS
    """What a quality review asks of a call: code, Swedish and Finnish, with `|` between."""
    import_processes: int = 2
    """So many processes read, seal and check what is brought in; one alone writes the register."""
    region: str = "FI"
    """Numbers without a country code belong to this region (ISO 3166)."""
    seal_certificate: Path | None = None
    """The organisation's certificate, chain and key (PKCS#12) that seal letters. None: letters have no seal."""
    seal_passphrase_file: Path | None = None
    """Holds the passphrase of `seal_certificate`, on one line."""
    seal_roots: Path | None = None
    """PEM certificates of the authorities whose seals are trusted. Nothing is fetched."""
    house_style: int = 0
    """1: there is a page /house-style that shows every part pages are made of. For those who work on the portal."""

    @property
    def database(self) -> Path:
        return self.data / "portal.db"

    @property
    def queue_database(self) -> Path:
        return self.data / "queue.db"

    @functools.cached_property
    def root_key(self) -> Path:
        return self.secrets / "root.key"

    @functools.cached_property
    def keyring(self) -> Path:
        return self.secrets / "keyring"

    @functools.cached_property
    def web_key(self) -> Path:
        return self.secrets / "web.key"

    @property
    def tls(self) -> Path:
        return self.data / "tls"


def load(data: str | Path | None = None) -> Settings:
    """The settings for the data folder `data`, or for `PORTAL_DATA`.

    Raises ConfigError when no data folder is named, the file cannot be read or is not TOML, a name is
    unknown or a value is not of its type.
    """
    folder = data or os.environ.get("PORTAL_DATA")
    if not folder:
        raise ConfigError("PORTAL_DATA is not set: name the data folder")
    root = Path(folder).absolute()
    given = _from_file(root / "portal.toml")
    fields = {f.name: f for f in dataclasses.fields(Settings) if f.name != "data"}
    if unknown := sorted(set(given) - set(fields)):
        raise ConfigError(f"portal.toml: unknown setting {unknown[0]}")
    for name in fields:
        if (value := os.environ.get(f"PORTAL_{name.upper()}")) is not None:
            given[name] = value
    defaults: dict[str, Any] = {
        "inbox": root / "inbox",
        "keystore": root / "keystore",
        "objects": root / "objects",
        "threat_keystore": root / "threat" / "keystore",
        "threat_objects": root / "threat" / "objects",
        "ledger": root / "ledger",
        "secrets": root / "secrets",
        "stationery": root / "stationery.toml",
        "alive_file": root / "alive",
        "checkpoint_file": root / "checkpoints.log",
        "checkpoint_key": root / "secrets" / "checkpoint.key",
    }
    values = defaults | {name: _typed(name, fields[name].type, v) for name, v in given.items()}
    made = Settings(data=root, **values)
    for phrase in made.case_refusal_phrases:
        phrase_parts(phrase)
    if made.confinement not in ("required", "limits"):
        raise ConfigError("confinement: 'required' or 'limits'")
    if made.root_key_months < 1:
        raise ConfigError("root_key_months: at least 1")
    if not re.fullmatch(r"|local|(tls:)?\S+:\d{1,5}", made.checkpoint_syslog):
        raise ConfigError("checkpoint_syslog: 'local', tls:HOST:PORT, HOST:PORT or nothing")
    for setting in ("note_kinds", "quality_questions"):
        codes = [named_parts(setting, line)[0] for line in getattr(made, setting)]
        if len(set(codes)) != len(codes):
            raise ConfigError(f"{setting}: a code stands twice")
    return made


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {os.strerror(error.errno or 0)}. `portal` is run as the user whose it is"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"portal.toml is not TOML: {error}") from error


def _typed(name: str, kind: Any, value: Any) -> Any:
    try:
        if kind is int:
            return int(value)
        if kind == tuple[str, ...]:
            return tuple(value.split("\n" if name in LINES else ",")) if isinstance(value, str) else tuple(value)
        if kind in (Path, Path | None):
            return Path(value).absolute()
        return str(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: not a value of the right kind") from error


_current: Settings | None = None


def settings() -> Settings:
    """The settings of this process, loaded at the first call."""
    global _current
    if _current is None:
        _current = load()
    return _current


def use(chosen: Settings) -> Settings:
    """Make `chosen` the settings of this process (the CLI, the tests)."""
    global _current
    _current = chosen
    return chosen
