"""What wants a recent proof of a second factor, and that without one it does nothing, by whatever method."""

import datetime as dt
import inspect
import re
import uuid
from pathlib import Path

import pytest
from markupsafe import escape

from portal import security
from portal.accounts.permissions import Permission
from portal.audit.models import Entry
from tests.accounts.door import stale
from tests.house.grave import HARMLESS, is_grave
from tests.house.routes import NOISE

GRAVE = {
    "a threat call": ("retention.held", "retention.dismissed"),
    "a hold": ("retention.placing", "retention.renewal", "retention.release"),
    "a transfer": ("retention.proposal", "retention.transfer_decision", "retention.transfer_sound"),
    "a disclosure": ("register.disclosure_decision", "register.disclosure_sound", "register.disclosure_handover"),
    "a copy for the resident": ("cases.copy_file", "cases.copy_password", "cases.copy_handover"),
    "a list or a log as a file": ("audit.export", "oversight.export", "recordings.export", "rights.export"),
    "an extract": ("documents.extracts", "oversight.caller_extract", "oversight.employee_extract"),
    "a right": ("rights.grant", "rights.end", "rights.give", "rights.answer", "accounts.closing"),
    "who answers for whom, which ends rights": ("accounts.unit", "accounts.place", "accounts.apply_staff"),
    "a second factor": ("accounts.own_second_factor", "accounts.own_recovery_codes", "accounts.own_passkey_new"),
    "a password": ("accounts.own_password", "accounts.password_reset", "accounts.second_factor_reset"),
}
"""Of each kind, what must never lose its mark; the golden list of routes has them all."""
FILE = re.compile(r"Content-Disposition|_download\(|_file\(|as_attachment|spreadsheet\.")
"""In a view that answers with a file."""
WRITTEN = {"reason": "Hon sade <det> & 'detta',\ntv\u00e5 g\u00e5nger.", "act": "yes"}
SAMPLES = {"uuid": uuid.UUID(int=7 << 76 | 1 << 63), "day": dt.date(2026, 11, 24), "month": dt.date(2026, 11, 1)}


@pytest.mark.parametrize("kind", GRAVE)
def test_grave_acts_want_a_proof(app, kind):
    with app.app_context():
        assert [name for name in GRAVE[kind] if not security.wants_proof(name)] == []


def test_every_route_that_is_grave_by_its_permission_or_address_wants_a_proof(app):
    """Those that do not are each named with the reason; a name that is not needed any more is one too many."""
    with app.app_context():
        found = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if isinstance(demand := security.requirement(rule.endpoint), Permission)
            and is_grave(rule.rule, rule.methods or set(), demand)
            and not security.wants_proof(rule.endpoint)
        }
    assert found == set(HARMLESS)


@pytest.mark.parametrize(
    ("method", "path", "permission", "grave"),
    [
        ("POST", "/retention/holds/<uuid:uuid>/splitting", Permission.RETENTION_HOLD, True),
        ("POST", "/retention/threats/<uuid:uuid>/reopening", Permission.RETENTION_HOLD, True),
        ("POST", "/rights/everybody", Permission.RIGHTS_GRANT, True),
        ("POST", "/accounts/me/telephone", Permission.ACCOUNTS_SELF, True),
        ("POST", "/accounts/<uuid:key>/roles", Permission.ACCOUNTS_MANAGE, True),
        ("POST", "/cases/<uuid:uuid>/calls/<uuid:call>/sound", Permission.CASES_HANDLE, True),
        ("GET", "/ingest/arrivals.csv", Permission.INGEST_MANAGE, True),
        ("GET", "/cases/export", Permission.CASES_READ, True),
        ("GET", "/retention/holds/<uuid:uuid>", Permission.RETENTION_HOLD, False),
        ("GET", "/accounts/me/history", Permission.ACCOUNTS_SELF, False),
        ("POST", "/recordings/<uuid:uuid>/notes", Permission.RECORDINGS_NOTE, False),
    ],
)
def test_a_new_route_is_judged_by_what_it_is_for(method, path, permission, grave):
    assert is_grave(path, {method}, permission) is grave


def _of_the_rule(converter) -> object:
    if words := getattr(converter, "items", None):  # one of a few
        return min(words)
    return SAMPLES[next(name for name in SAMPLES if name in type(converter).__name__.lower())]


def test_without_a_recent_proof_no_grave_page_opens_and_nothing_is_done(app, people):
    """By every person whose role may, with every method. What was sent with a form is kept in the answer."""
    everybody = [people.manager, people.clerk, people.decider, people.dpo, people.admin, people.adviser]
    clients = [(account, app.test_client().sign_in(account)) for account in everybody]
    for account in everybody:
        stale(account)
    with app.app_context():
        grave = [rule for rule in app.url_map.iter_rules() if security.wants_proof(rule.endpoint)]
        demands = {rule.endpoint: security.requirement(rule.endpoint) for rule in grave}
    assert len(grave) >= 50
    before, asked = Entry.select().count(), 0
    with app.app_context():
        fetched = {rule.endpoint: security.is_fetched(rule.endpoint) for rule in grave}.__getitem__
    for rule in grave:
        values = {name: _of_the_rule(converter) for name, converter in rule._converters.items()}
        with app.test_request_context(base_url="https://localhost"):
            path = app.url_for(rule.endpoint, **values, _external=False)
        for account, client in clients:
            if not account.may(Permission(demands[rule.endpoint])):
                continue
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                sent = {"X-CSRFToken": client.csrf(), "Referer": "https://localhost" + path}
                answer = client.open(path, method=method, headers=sent, data=WRITTEN if method == "POST" else None)
                asked += 1
                if method == "POST" and not fetched(rule.endpoint):
                    assert answer.status_code == 403, path
                    page = answer.get_data(as_text=True)
                    assert 'name="proof_code"' in page, path
                    assert all(f'name="{name}" value="{escape(text)}"' in page for name, text in WRITTEN.items())
                else:
                    assert answer.status_code == 303, path
                    assert answer.location.startswith("/accounts/prove?next="), path
    assert asked > len(grave), "everything was tried by somebody"
    assert Entry.select().count() == before, "nothing was done, nor denied: it was asked for"


def test_a_form_whose_answer_is_a_file_leads_back_to_its_page(app):
    """Else the file came while the question stayed on the screen."""
    with app.app_context():
        views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
        files = {name for name, view in views.items() if FILE.search(inspect.getsource(view))}
        sent = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
        asked = {name for name in files & sent if security.wants_proof(name)}
        assert asked == {name for name in views if security.is_fetched(name)}
    assert len(asked) >= 4


def test_what_wants_a_proof_is_never_public(app):
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if security.wants_proof(rule.endpoint):
                assert isinstance(security.requirement(rule.endpoint), Permission), rule.endpoint
                assert (rule.methods or set()) - NOISE


def test_no_form_of_a_grave_page_is_sent_by_script_or_with_a_file(app):
    """What a script sends and what a file holds could not be kept until the proof."""
    looked = 0
    for template in Path(app.root_path, "templates").rglob("*.html"):
        for line in template.read_text().splitlines():
            if "hx-post" in line or "multipart/form-data" in line:
                own = f"{template.parent.name}.{template.stem}"
                named = re.findall(r"url_for\(['\"]([\w.]+)", line) or [own]
                looked += 1
                with app.app_context():
                    assert [name for name in named if security.wants_proof(name)] == [], template.name
    assert looked >= 8
