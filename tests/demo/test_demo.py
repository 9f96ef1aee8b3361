"""`portal demo`, started for real with a few calls."""

import collections
import datetime as dt
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pyotp
import pytest
from click.testing import CliRunner

from portal import clock, config, db
from portal.accounts.permissions import Role
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.claim_models import Claim
from portal.cases.codes import RightKind
from portal.cases.models import Case, CaseRight
from portal.demo import cli
from portal.demo.register import Filling
from portal.incidents.models import Incident
from portal.ingest.delivery import LONGEST_CALL
from portal.ingest.models import Quarantined, Reason
from portal.language import LANGUAGES
from portal.recordings.correction_models import ErrorReport
from portal.recordings.models import Playable, Recording, State, Told
from portal.register.models import Consent
from portal.retention.models import Freeze, Transfer
from tests.demo.processes import children_of, gone

CALLS = 10
"""Every format, the transferred call, and the two about their date; not the one of half an hour."""


class Demo:
    def __init__(self, folder, port):
        self.folder = folder
        with (folder.parent / "demo.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-c", "from portal.cli import main; main()"),
                    *("demo", "--data", str(folder), "--port", str(port), "--calls", str(CALLS), "--json"),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def ready(self):
        line = self.process.stdout.readline()
        assert line, (self.folder.parent / "demo.log").read_text()
        return json.loads(line)

    def end(self, how=signal.SIGTERM):
        """Returns the exit code and what was printed after the line of JSON."""
        family = children_of(self.process.pid)
        assert len(family) >= 6, "web, worker and theirs"
        self.process.send_signal(how)
        rest = self.process.communicate(timeout=30)[0]
        assert gone(family), "a process was left"
        return self.process.returncode, rest


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return tmp_path_factory.mktemp("demo") / "data", port


@pytest.fixture(scope="module")
def demo(place):
    running = Demo(*place)
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.fixture(scope="module")
def told(demo):
    return demo.ready()


@pytest.fixture
def register(demo, told):
    settings = config.use(config.load(demo.folder))
    db.bind(settings)
    db.connect()
    yield settings
    db.db.close()


def browser(told):
    trusted = ssl.create_default_context(cafile=told["ca"])
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trusted), urllib.request.HTTPCookieProcessor(CookieJar())
    )


def test_it_says_where_and_with_what_to_sign_in(told, place):
    assert told["url"] == f"https://localhost:{place[1]}"
    assert {role for account in told["accounts"] for role in account["roles"]} == set(Role)
    assert all(len(account["password"]) >= 12 and account["totp_secret"] for account in told["accounts"])
    assert (place[0] / "demo.json").stat().st_mode & 0o077 == 0


def test_for_a_person_it_says_the_same_in_words(told, place, capsys):
    settings = config.load(place[0])
    cli._welcome(told["url"], settings.tls / "ca.pem", settings, cli.Manifest(place[0]).accounts)
    said = capsys.readouterr().out
    for account in told["accounts"]:
        assert re.search(rf"^{account['username']} +{account['password']} .*{account['totp_secret']}$", said, re.M)
    assert told["ca"] in said
    assert "█" in said, "the QR code"
    result = CliRunner().invoke(cli.demo, ["--data", str(place[0]), "--code", "karin"])
    karin = next(account for account in told["accounts"] if account["username"] == "karin")
    assert pyotp.TOTP(karin["totp_secret"]).verify(result.output.strip(), valid_window=1)


def submit(opener, url, **fields):
    with opener.open(url, timeout=30) as page:
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.read().decode())[1]
        url = page.url
    body = urlencode({"csrf_token": token, **fields}).encode()
    request = urllib.request.Request(url, body, {"Referer": url})
    return opener.open(request, timeout=30)


def test_an_adviser_signs_in_and_finds_yesterdays_call_about_day_care(told):
    karin = next(account for account in told["accounts"] if account["username"] == "karin")
    opener = browser(told)
    with submit(
        opener, told["url"] + "/accounts/sign-in", username="karin", password=karin["password"]
    ) as second_factor:
        where = second_factor.url
    code = pyotp.TOTP(karin["totp_secret"]).now()
    with submit(opener, where, code=code):
        pass
    with opener.open(told["url"] + "/recordings/?" + urlencode({"words": "dagvårdspl"}), timeout=30) as found:
        text = found.read().decode()
    assert "Dagvårdsplats för hösten" in text
    assert f"{clock.today() - dt.timedelta(days=1):%-d.%-m.%Y}" in text


def test_the_calls_came_in_through_the_inbox_in_every_format(register):
    rows = list(Recording.select().where(Recording.state == State.LIVE, Recording.duration_ms > 0))
    assert {row.original_format for row in rows} >= {"wav/pcm_alaw", "wav/gsm_ms", "mp3/mp3", "ogg/opus"}
    assert {row.source for row in rows} == {"freepbx", "vcon"}
    acts = collections.Counter(Entry.select(Entry.act).tuples())
    assert acts[(Act.RECEIVED,)] >= CALLS
    assert acts[(Act.DUPLICATE,)] == 1
    assert not [path for path in register.inbox.rglob("*.mp3")]


def test_a_transferred_call_is_one_conversation_of_two_queues(register):
    parts = collections.defaultdict(list)
    for row in Recording.select().where(Recording.conversation.is_null(False)):
        parts[row.conversation].append(row)
    together = next(rows for rows in parts.values() if len(rows) > 1)
    assert len({row.queue_id for row in together}) == 2
    assert len({row.number for row in together}) == 1


def test_what_was_past_its_date_is_purged_and_what_is_not_quite_is_there(register):
    assert Recording.select().where(Recording.state == State.PURGED).exists()
    assert not Recording.select().where(Recording.state == State.LIVE, Recording.expires_at < clock.now()).exists()
    soon = clock.now() + dt.timedelta(hours=1)
    assert Recording.select().where(Recording.state == State.LIVE, Recording.expires_at < soon).exists()


def test_bad_deliveries_are_in_quarantine_with_their_reason(register):
    reasons = {row.reason for row in Quarantined.select()}
    assert reasons >= {
        Reason.BROKEN,
        Reason.NOT_AUDIO,
        Reason.UNKNOWN_QUEUE,
        Reason.BAD_NAME,
        Reason.SIGNED,
        Reason.ENCRYPTED,
    }


def test_the_newest_can_be_heard_and_who_took_them_is_known(register):
    rows = list(Recording.select().where(Recording.subject != ""))
    assert len(rows) >= 6
    assert {row.playable for row in rows} == {Playable.READY}
    assert all(row.adviser_id for row in rows)
    assert {row.told for row in Recording.select().where(Recording.state == State.LIVE)} >= {Told.YES}
    assert Entry.select().where(Entry.act == Act.SUBJECT_CHANGED, Entry.by.is_null(False)).exists()


def test_residents_have_asked_and_each_role_finds_something_to_do(register):
    requests = list(Case.select().order_by(Case.id))
    assert {one.state for one in requests} >= {"received", "proposed", "in_progress", "identity_asked"}
    [answered] = [one for one in requests if one.dispatched_on]
    assert answered.dispatched_on > answered.due_on, "an answer that was late"
    assert answered.late_reason
    assert all(one.calls.exists() for one in requests if one != answered)
    assert {one.language for one in requests} == set(LANGUAGES)
    assert Freeze.select().where(Freeze.because_kind == "case").exists()


def test_the_status_is_good_and_the_log_whole(register):
    assert chain.verify(None).whole
    environment = {**os.environ, "PORTAL_DATA": str(register.data)}
    status = subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", "status", "--json"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert json.loads(status.stdout)["overdue"] == 0
    assert status.returncode < 2


def test_at_any_hour_what_has_no_record_of_its_call_is_not_waited_for(settings):
    """Else a start in the small hours would wait for the next day."""
    midnight = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
    for quarter in range(96):
        now = midnight + dt.timedelta(minutes=15 * quarter)
        with clock.frozen(now):
            assert now - Filling(settings, CALLS, print).before_yesterday().started_at > LONGEST_CALL, now


def test_it_ends_when_told_and_the_next_start_is_quick_and_fills_nothing(demo, told, place):
    assert demo.end() == (0, "")
    begun = time.monotonic()
    again = Demo(*place)
    try:
        assert again.ready() == told
        assert time.monotonic() - begun < 30  # ten on a machine that does nothing else
        with browser(told).open(told["url"] + "/accounts/sign-in", timeout=30) as page:
            assert page.status == 200
        settings = config.use(config.load(place[0]))
        db.bind(settings)
        db.connect()
        assert Entry.select().where(Entry.act == Act.ACCOUNT_CREATED).count() == len(told["accounts"])
        db.db.close()
        family = children_of(again.process.pid)
        again.process.kill()
        assert gone(family), "an orphan goes on"
    finally:
        again.process.kill()
        again.process.communicate()


def test_another_register_is_left_alone(settings):
    told = subprocess.run(
        [*(sys.executable, "-c", "from portal.cli import main; main()"), "demo", "--data", str(settings.data)],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert "not a demo's" in told.stderr


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = subprocess.run(
            [
                *(sys.executable, "-c", "from portal.cli import main; main()"),
                *("demo", "--data", str(tmp_path / "data"), "--port", str(taken.getsockname()[1])),
            ],
            capture_output=True,
            text=True,
        )
    assert told.returncode == 1
    assert "is in use" in told.stderr
    assert not (tmp_path / "data" / "portal.db").exists()


def test_no_list_of_what_people_demand_or_consent_to_is_empty(register):
    for model in (ErrorReport, Consent, Incident):
        assert model.select().count() == 1, model
    assert Transfer.select().where(Transfer.hold.is_null()).count() == 1
    demanded = {right.right for right in CaseRight.select().where(CaseRight.right != RightKind.ACCESS)}
    assert demanded == {RightKind.RECTIFICATION, RightKind.ERASURE, RightKind.OBJECTION}
    decided = {claim.decision for claim in Claim.select()}
    assert decided == {None, "granted", "refused"}
