"""The register that the tests of this folder attack: every kind of object in every state, somebody of each role who
works with it, and somebody of the same role who works elsewhere."""

import contextlib
import functools
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import peewee
from itsdangerous import URLSafeTimedSerializer

from portal import clock, config, db
from portal.accounts import sessions
from portal.accounts.models import Account, Passkey, QueueGrant, SignIn
from portal.accounts.permissions import Role
from portal.cases import clockwork, hearing, intake, selection
from portal.cases.claim_models import Sending
from portal.cases.codes import Concerns, RightKind
from portal.cases.models import CaseCall
from portal.documents import setting
from portal.documents.models import Document
from portal.recordings import listening, series
from portal.recordings.models import Playable, Recording
from portal.register import disclosures, training
from portal.retention.models import Transfer
from portal.retention.watching import Cause, Pause
from tests.browser.register import Register
from tests.cases import claimed
from tests.conftest import BASE_URL
from tests.people import person

REFERENCE = "BS/1/2026"


class City:
    def __init__(self) -> None:
        self.register = Register()
        people = self.register.people
        elsewhere = (people.elderly,)
        self.insiders: dict[str, Account] = {
            "adviser": people.adviser,
            "manager": people.manager,
            "clerk": people.clerk,
            "controller": people.decider,
            "dpo": people.dpo,
            "admin": people.admin,
        }
        self.outsiders: dict[str, Account] = {
            "adviser elsewhere": people.outsider,
            "manager elsewhere": person("mona", "Mona Annanstans", Role.MANAGER, queues=elsewhere),
            "clerk elsewhere": person("klas", "Klas Annanstans", Role.CLERK, queues=elsewhere),
            "colleague": people.second_manager,
            "without a right": person("nils", "Nils Utanrätt"),
        }
        """Of the same role as an insider, who may do the same with other things."""
        self.tokens: dict[int, str] = {}
        for account in self.people.values():
            self.tokens[account.id], account.sign_in = sessions.open_session(account, sessions.FULL, device="test")
            Passkey.create(account=account, name="Nyckeln", credential_id=os.urandom(32), public_key=os.urandom(77))
        self._demands(people)
        self._papers(people)
        Pause.create(cause=Cause.CLOCK_BACK)
        self._listens(people)

    @property
    def people(self) -> dict[str, Account]:
        return self.insiders | self.outsiders

    def _demands(self, people: Any) -> None:
        """A request with claims about a call and about a fact, and a letter that is to be sent apart."""
        register = self.register
        called = Recording.select().where(Recording.subject == "Bygglov", Recording.queue == people.daycare.id)
        of = called.order_by(Recording.started_at.desc()).first()
        case = intake.register(
            intake.Registration(
                received_on=clock.today(),
                channel="letter",
                language="sv",
                name="Zäta Frågedotter",
                address="Modellgatan 1\n06100 BORGÅ",
                numbers=(of.number,),
                asks="Rätta det som står om mig.",
                phone="040 555 0000",
                rights=(RightKind.ACCESS, RightKind.RECTIFICATION, RightKind.ERASURE),
            ),
            by=people.clerk,
        )
        case = clockwork.prove_identity(case, "eid", clock.today(), by=people.clerk)
        (row,) = CaseCall.select().where(CaseCall.case == case.id)
        selection.judge(row, Concerns.YES, by=people.clerk)
        for added in (None, row):
            claimed.claim(case, people, added=added)
        letter = Document.get(Document.owner_key == register.cases.dispatched.uuid.hex)
        Sending.create(case=register.cases.dispatched, letter=letter.uuid)

    def _papers(self, people: Any) -> None:
        """The record of a disclosure; and what waits for the worker, but the letters of requests, is set."""
        disclosures.order_record(Transfer.select().get(), language="sv", by=people.decider)
        setting.make_due()

    def _listens(self, people: Any) -> None:
        """Open in the sessions of the insiders: an address of a listen is of the session that it was opened in."""
        call = self.register.yesterday
        for account, purpose, reference in (
            (people.adviser, "quality", ""),
            (people.manager, "quality", ""),
            (people.clerk, "request", REFERENCE),
        ):
            about = {"purpose": purpose, "reference": reference, "by": account}
            listening.open_listen(call, **about)
            series.begin([call.uuid, self.register.long.uuid], **about)
        for account in (people.adviser, people.manager):
            training.open_listen(training.calls(account)[0].uuid, by=account)
        of_case = CaseCall.select().where(CaseCall.case == self.register.cases.working.id).order_by(CaseCall.id)
        kept = [row for row in of_case if hearing.is_kept(row) and row.recording.playable == Playable.READY]
        hearing.open_listen(kept[-1], by=people.clerk)

    def visitor(self, app: flask.Flask, account: Account) -> "Visitor":
        """Signed in, in the session that the account's listens were opened in, the second factor just proven."""
        token, now = self.tokens[account.id], clock.now()
        mine = SignIn.token_hash == sessions.hashed(token)
        SignIn.update(seen_at=now, proved_at=now).where(mine).execute()
        return Visitor(app, token)


class Visitor:
    """A browser that begins each request with the same cookie: what an answer put into it is another test's matter."""

    def __init__(self, app: flask.Flask, token: str | None = None) -> None:
        signs = app.session_interface.get_signing_serializer(app)
        raw = secrets.token_hex(20)
        kept = {"csrf_token": raw, **({"_user_id": token, "_fresh": True} if token else {})}
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}={signs.dumps(kept)}"
        self._csrf = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
        self._client = app.test_client(use_cookies=False)

    def ask(self, method: str, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """As a page of the portal asks: what is sent has its token, and the page's address."""
        if method not in ("GET", "HEAD", "OPTIONS", "TRACE"):
            data = {"csrf_token": self._csrf, **(data or {})}
        headers = {"Cookie": self._cookie, "Referer": BASE_URL + address.partition("?")[0], **more.pop("headers", {})}
        return self._client.open(address, method=method, data=data, headers=headers, **more)


@functools.cache
def queues(account: int) -> set[int]:
    """Keys of the service numbers that the account has any right in, asked of the rows and not of the portal."""
    return {queue for (queue,) in QueueGrant.select(QueueGrant.queue).where(QueueGrant.account == account).tuples()}


def call_of(row: Any) -> Recording | None:
    """The recording that a row is about, if any."""
    if isinstance(row, Recording):
        return row
    field = type(row)._meta.fields.get("recording")
    return row.recording if isinstance(field, peewee.ForeignKeyField) else None


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back: the next request finds the register as this one did."""
    with db.db.atomic() as transaction:
        try:
            yield
        finally:
            transaction.rollback()


class Disk:
    """What lies beside the register: sound, keys, the ledger. No transaction takes it back, so it is put back."""

    def __init__(self, settings: config.Settings, kept: Path) -> None:
        self._folder, self._kept = settings.data, kept
        self._registers = (settings.database.name, settings.queue_database.name)
        shutil.copytree(self._folder, kept, ignore=shutil.ignore_patterns(*(f"{name}*" for name in self._registers)))
        self._as_it_was = dict(self._marks())

    def put_back(self) -> None:
        if all(_mark(path) == mark for path, mark in self._as_it_was.items()):
            return  # a new file is seen by its folder
        now = dict(self._marks())
        for path in now.keys() | self._as_it_was.keys():
            if now.get(path) == self._as_it_was.get(path) or os.path.isdir(path):
                continue
            there, kept = Path(path), self._kept / Path(path).relative_to(self._folder)
            there.unlink(missing_ok=True)
            if kept.is_file():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(kept, there)
        self._as_it_was = dict(self._marks())

    def _marks(self) -> Iterator[tuple[str, Any]]:
        for folder, _, names in os.walk(self._folder):
            yield folder, _mark(folder)
            for name in names:
                if not name.startswith(self._registers):
                    path = os.path.join(folder, name)
                    yield path, _mark(path)


def _mark(path: str) -> tuple[int, int, int] | None:
    """Which file it is, how long, and when it was written."""
    try:
        at = os.stat(path)
    except FileNotFoundError:
        return None
    return at.st_ino, at.st_size, at.st_mtime_ns


@contextlib.contextmanager
def writes(monkeypatch: Any) -> Iterator[list[tuple[str, list[Any]]]]:
    """The statements that change the register, with their values, as they are sent to it."""
    seen: list[tuple[str, list[Any]]] = []
    plain = db.db.execute_sql

    def execute_sql(sql: str, params: Any = None, *args: Any, **more: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            seen.append((sql, list(params or ())))
        return plain(sql, params, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(db.db, "execute_sql", execute_sql)
        yield seen


def in_use(sql: str) -> bool:
    """The statement only says that the session is in use."""
    return sql.startswith('UPDATE "sign_in" SET "seen_at"')
