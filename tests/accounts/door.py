"""Signing in as a person does, and what the log says of it."""

import datetime as dt
import html
import json
import re

from portal import clock
from portal.accounts.models import Account, SignIn
from portal.audit.models import Entry
from tests.people import PASSWORD, code

NOON = dt.datetime(2026, 11, 24, 10, 0, 5, tzinfo=dt.UTC)
SIGN_IN, SECOND_FACTOR, ENROLMENT, NEW_PASSWORD = (
    f"/accounts/{page}" for page in ("sign-in", "second-factor", "enrolment", "new-password")
)
START = "/"


def first(client, username: str, password: str = PASSWORD, **more):
    return client.submit(SIGN_IN, {"username": username, "password": password, **more})


def second(client, typed: str):
    return client.submit(SECOND_FACTOR, {"code": typed})


def enter(client, account: Account):
    """Through both factors; the clock's present code must be unused."""
    assert first(client, account.username).location == SECOND_FACTOR
    answer = second(client, code())
    assert answer.status_code == 303
    return answer


def token(client, key: str = "_user_id") -> str | None:
    with client.session_transaction(base_url="https://localhost") as session:
        return session.get(key)


def words(answer) -> str:
    """What a person reads, spaces evened out."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(text).split())


def secrets(answer) -> list[str]:
    """The keys, codes and passwords a page shows."""
    return [s.replace(" ", "") for s in re.findall(r'<code class="secret">(.*?)</code>', answer.get_data(as_text=True))]


def stale(account: Account, *, never: bool = True) -> None:
    """The account's sessions have proven no second factor, or (`never=False`) have just done so."""
    SignIn.update(proved_at=None if never else clock.now()).where(SignIn.account == account.id).execute()


def inside(client) -> bool:
    return client.get("/accounts/me").status_code == 200


def log(*acts: str) -> list[tuple[str, dict]]:
    """The entries of these acts (all when none are named), oldest first, with their detail."""
    rows = Entry.select().order_by(Entry.id)
    return [(row.act, json.loads(row.detail)) for row in rows if not acts or row.act in acts]


def last(act: str) -> Entry:
    row = Entry.select().where(Entry.act == act).order_by(Entry.id.desc()).first()
    assert row is not None, f"no {act} in the log"
    return row


def later(**passed: float):
    """The clock stopped this much later than it now stands."""
    return clock.frozen(clock.now() + dt.timedelta(**passed))
