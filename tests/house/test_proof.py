"""What wants a recent proof of a second factor, and that without one it does nothing, by whatever method."""

import datetime as dt
import inspect
import re
import uuid

import pytest

from portal import security
from portal.accounts.permissions import Permission
from portal.audit.models import Entry
from tests.accounts.door import stale
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
SAMPLES = {"uuid": uuid.UUID(int=7 << 76 | 1 << 63), "day": dt.date(2026, 11, 24), "month": dt.date(2026, 11, 1)}


@pytest.mark.parametrize("kind", GRAVE)
def test_grave_acts_want_a_proof(app, kind):
    with app.app_context():
        assert [name for name in GRAVE[kind] if not security.wants_proof(name)] == []


def _of_the_rule(converter) -> object:
    return SAMPLES[next(name for name in SAMPLES if name in type(converter).__name__.lower())]


def test_without_a_recent_proof_no_grave_page_opens_and_nothing_is_done(app, people):
    """By every person whose role may, with every method, and with a proof field that proves nothing."""
    everybody = [people.manager, people.clerk, people.decider, people.dpo, people.admin, people.adviser]
    clients = [(account, app.test_client().sign_in(account)) for account in everybody]
    for account in everybody:
        stale(account)
    with app.app_context():
        grave = [rule for rule in app.url_map.iter_rules() if security.wants_proof(rule.endpoint)]
        demands = {rule.endpoint: security.requirement(rule.endpoint) for rule in grave}
    assert len(grave) >= 40
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
                answer = client.open(path, method=method, headers=sent)
                asked += 1
                if method == "POST" and not fetched(rule.endpoint):
                    assert answer.status_code == 403, path
                    assert 'name="proof_code"' in answer.get_data(as_text=True), path
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
