"""Extracts of the log: for one who called, and of one employee on a stated ground."""

from typing import Any

import flask
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases.personal_codes import PersonalCode
from portal.errors import DomainError, Invalid, NotFound
from portal.oversight import extracts as extracting
from portal.oversight.blueprint import bp
from portal.oversight.extract_forms import CallerOrderForm, EmployeeOrderForm
from portal.recordings.listening import CaseNumberNeeded
from portal.security import requires
from portal.web import Form

CASE = (CaseNumberNeeded, PersonalCode)
"""Refusals that are about the case number."""


@bp.get("/extracts")
@requires(Permission.DOCUMENTS_EXTRACT)
def extracts() -> ResponseReturnValue:
    """The two orders."""
    return _page()


@bp.post("/extracts/callers")
@requires(Permission.DOCUMENTS_EXTRACT, proof=True)
def caller_extract() -> ResponseReturnValue:
    """A draft of the letter to one who called. The number is in the form alone, never in an address."""
    form = CallerOrderForm()
    if form.validate():
        try:
            made = extracting.for_caller(
                form.number.data or "", language=form.language.data, case=form.case.data or "", by=current_user
            )
        except Invalid as error:
            _blame(form, "case" if isinstance(error, CASE) else "number", error)
        else:
            return redirect(url_for("documents.show", uuid=made.uuid), 303)
    return _page(caller=form), 422


@bp.post("/extracts/employees")
@requires(Permission.DOCUMENTS_EXTRACT, proof=True)
def employee_extract() -> ResponseReturnValue:
    """A draft of the extract of what one employee did."""
    form = EmployeeOrderForm(people=_people())
    if form.validate():
        person = Account.get_or_none(Account.uuid == form.person.data)
        if person is None:
            raise NotFound
        try:
            made = extracting.of_employee(
                person,
                first=form.first.day,
                last=form.last.day,
                ground=form.ground.data,
                words=form.words.data or "",
                language=form.language.data,
                by=current_user,
            )
        except Invalid as error:
            _blame(form, "last" if isinstance(error, extracting.PeriodBackwards) else "words", error)
        else:
            return redirect(url_for("documents.show", uuid=made.uuid), 303)
    return _page(employee=form), 422


def _page(caller: Form | None = None, employee: Form | None = None) -> str:
    return flask.render_template(
        "oversight/extracts.html",
        caller=caller or CallerOrderForm(None),
        employee=employee or EmployeeOrderForm(None, people=_people(), data={"person": request.args.get("person", "")}),
        sent=caller or employee,
    )


def _blame(form: Form, name: str, error: DomainError) -> None:
    field: Any = form[name]
    field.errors = [*field.errors, gettext(error.text) % error.params]


def _people() -> list[tuple[str, str]]:
    rows = Account.select(Account.uuid, Account.name).order_by(Account.name).tuples()
    return [(str(key), name) for key, name in rows]
