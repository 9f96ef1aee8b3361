"""The pages of incidents: the list, the report, and the one page of an incident with what each can do next."""

import uuid as uuids
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from portal import clock
from portal.accounts.permissions import Permission
from portal.errors import DomainError, Invalid
from portal.incidents import actions, paperwork, reading, refusals, words
from portal.incidents.blueprint import bp
from portal.incidents.forms import (
    AssessForm,
    ChangeForm,
    CloseForm,
    DecideForm,
    NoteForm,
    NotifiedForm,
    PapersForm,
    ReopenForm,
    ReportForm,
    ToldForm,
)
from portal.incidents.models import OPEN, Answer, Incident, State
from portal.oversight.models import Observation
from portal.retention import papers
from portal.security import requires
from portal.web import Form

__all__ = ["bp"]


@bp.app_template_global("incident_words")
def incident_words() -> Any:
    return words


@bp.app_template_global("incidents_pressing")
def incidents_pressing() -> list[Incident]:
    """Those whose 72 hours run, for the top of every page."""
    return reading.pressing(current_user) if current_user.is_authenticated else []


@bp.app_template_global("hours_left")
def hours_left(incident: Incident) -> int:
    """Whole hours until the 72 are over; negative when they are."""
    return int((incident.due_at - clock.now()).total_seconds() // 3600)


@bp.get("/")
@requires(Permission.INCIDENTS_REPORT)
def index() -> str:
    """The open incidents; for those who have none of their own, what an incident is and how one is told of."""
    all_ = request.args.get("all") == "1"
    rows = actions.listed(current_user, all_=all_)
    return render_template("incidents/index.html", rows=rows, all_=all_)


@bp.get("/new")
@requires(Permission.INCIDENTS_REPORT)
def new() -> str:
    now = clock.local(clock.now())
    form = ReportForm(None, data={"known_day": now.date(), "known_time": f"{now.hour}.{now.minute:02d}"})
    return render_template("incidents/new.html", form=form)


@bp.post("/new")
@requires(Permission.INCIDENTS_REPORT)
def report() -> ResponseReturnValue:
    """Tell of one."""
    form = ReportForm()
    if form.validate():
        try:
            made = actions.report(**_told(form), by=current_user)
        except Invalid as error:
            _blame(form, error)
        else:
            leads = current_user.may(Permission.INCIDENTS_LEAD)
            flash(
                gettext("Incidenten är antecknad. Ta över ledningen och bedöm risken.")
                if leads
                else gettext("Tack. Dataskyddsombudet ser incidenten genast. Du kan skriva mer på den här sidan."),
                "success",
            )
            return redirect(url_for("incidents.show", uuid=made.uuid), 303)
    return render_template("incidents/new.html", form=form), 422


def _told(form: ReportForm) -> dict[str, Any]:
    texts = {name: form[name].data or "" for name in ("happened", "concerns", "measures")}
    return {"known_at": form.known_at, **texts}


@bp.get("/<uuid:uuid>")
@requires(Permission.INCIDENTS_REPORT)
def show(uuid: uuids.UUID) -> str:
    return _page(actions.get(uuid, by=current_user))


def _page(incident: Incident, form: Form | None = None) -> str:
    """`form`: one that was sent and refused."""
    actions.view(incident, by=current_user)
    leads = current_user.may(Permission.INCIDENTS_LEAD)
    mine = leads and incident.led_by_id == current_user.id
    open_, decided = incident.state in OPEN, incident.state == State.DECIDED
    own = current_user.id in (incident.assessed_by_id, incident.led_by_id)
    heard = Observation.led_to(incident.uuid, current_user)
    now = clock.local(clock.now())
    moment = {"notified_day": now.date(), "notified_time": f"{now.hour}.{now.minute:02d}"}
    may = {
        "lead": leads and open_ and not mine,
        "change": mine and open_,
        "assess": mine and open_ and incident.notified_at is None,
        "decide": current_user.may(Permission.INCIDENTS_DECIDE)
        and incident.state in (State.ASSESSED, State.DECIDED)
        and incident.notified_at is None
        and not own
        and not heard,
        "notified": mine and decided and incident.notify == Answer.YES and incident.notified_at is None,
        "told": mine and decided and incident.tell == Answer.YES and incident.told_on is None,
        "note": open_,
        "close": mine and decided,
        "reopen": leads and incident.state == State.CLOSED,
    }
    forms = {
        "change": _form(form, ChangeForm) or ChangeForm.of(incident),
        "assess": _form(form, AssessForm) or AssessForm.of(incident),
        "decide": _form(form, DecideForm) or DecideForm(None, data={"version": incident.version}),
        "notified": _form(form, NotifiedForm) or NotifiedForm(None, data=moment),
        "told": _form(form, ToldForm) or ToldForm(None, data={"told_on": clock.today()}),
        "note": _form(form, NoteForm) or NoteForm(None),
        "close": _form(form, CloseForm) or CloseForm(None, data={"version": incident.version}),
        "reopen": _form(form, ReopenForm) or ReopenForm(None),
        "papers": _form(form, PapersForm) or PapersForm(None),
    }
    return render_template(
        "incidents/show.html",
        incident=incident,
        form=form,
        may=may,
        forms=forms,
        steps=reading.steps(incident, by=current_user),
        papers=paperwork.of(incident, by=current_user),
        whole=current_user.may(Permission.INCIDENTS_READ),
        as_told=reading.is_as_told(incident),
        paper_kinds=papers.KINDS,
        late=incident.runs and clock.now() > incident.due_at,
        own=own and current_user.may(Permission.INCIDENTS_DECIDE),
        heard=heard and current_user.may(Permission.INCIDENTS_DECIDE),
    )


def _form(sent: Form | None, kind: type[Form]) -> Form | None:
    return sent if type(sent) is kind else None


FIELDS: dict[type[DomainError], str] = {
    refusals.RiskNeeded: "risk",
    refusals.LossNeeded: "losses",
    refusals.HighRiskTold: "people",
    refusals.LateReasonNeeded: "late_reasons",
}
"""The field that a refused act is about, where it is always the same one."""
FIRST: dict[type[Form], str] = {
    ReportForm: "happened",
    ChangeForm: "happened",
    AssessForm: "risk_reasons",
    DecideForm: "reasons",
    NotifiedForm: "notified_day",
    ToldForm: "told_how",
    NoteForm: "note",
    CloseForm: "lessons",
    ReopenForm: "why",
}
"""The field that is too short, or whose time is wrong."""
DAYS: dict[type[Form], str] = {ReportForm: "known_day", ChangeForm: "known_day", ToldForm: "told_on"}


def _blame(form: Form, error: DomainError) -> None:
    about_day = isinstance(error, (refusals.KnownNeeded, refusals.KnownLater, refusals.BeforeKnown))
    kind = type(form)
    name = FIELDS.get(type(error), "") or (DAYS.get(kind, FIRST[kind]) if about_day else FIRST[kind])
    above = isinstance(error, (refusals.AnswerNeeded, refusals.OwnAssessment, refusals.OwnListening))
    form.refuse(error, "" if above else name)


def _act(uuid: uuids.UUID, form: Form, act: Any, said: str) -> ResponseReturnValue:
    """`act` on the incident with what `form` says; its refusal beside the field."""
    incident = actions.get(uuid, by=current_user)
    valid = form.validate()
    if "version" in form and form["version"].errors:
        raise refusals.IncidentChanged
    if not valid:
        return _page(incident, form), 422
    try:
        act(incident)
    except Invalid as error:
        _blame(form, error)
        return _page(incident, form), 422
    flash(said, "success")
    return redirect(url_for("incidents.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/lead")
@requires(Permission.INCIDENTS_LEAD)
def lead(uuid: uuids.UUID) -> ResponseReturnValue:
    actions.lead(actions.get(uuid, by=current_user), by=current_user)
    flash(gettext("Du leder nu utredningen."), "success")
    return redirect(url_for("incidents.show", uuid=uuid), 303)


@bp.post("/<uuid:uuid>/facts")
@requires(Permission.INCIDENTS_LEAD)
def change(uuid: uuids.UUID) -> ResponseReturnValue:
    form = ChangeForm()

    def act(incident: Incident) -> None:
        actions.change(incident, **_told(form), version=form.version.data, by=current_user)

    return _act(uuid, form, act, gettext("Uppgifterna är sparade. Hur det stod förut finns i tidslinjen."))


@bp.post("/<uuid:uuid>/assessment")
@requires(Permission.INCIDENTS_LEAD)
def assess(uuid: uuids.UUID) -> ResponseReturnValue:
    form = AssessForm()

    def act(incident: Incident) -> None:
        actions.assess(
            incident,
            risk=form.risk.data or "",
            risk_reasons=form.risk_reasons.data or "",
            losses=form.losses.data or (),
            effects=form.effects.data or "",
            persons=form.persons.data,
            version=form.version.data,
            by=current_user,
        )

    return _act(uuid, form, act, gettext("Bedömningen är sparad. En beslutsfattare ser den överst på varje sida."))


@bp.post("/<uuid:uuid>/decision")
@requires(Permission.INCIDENTS_DECIDE)
def decide(uuid: uuids.UUID) -> ResponseReturnValue:
    form = DecideForm()

    def act(incident: Incident) -> None:
        actions.decide(
            incident,
            notify=form.notify.data or "",
            people=form.people.data or "",
            reasons=form.reasons.data or "",
            version=form.version.data,
            by=current_user,
        )

    return _act(uuid, form, act, gettext("Beslutet är antecknat."))


@bp.post("/<uuid:uuid>/notification")
@requires(Permission.INCIDENTS_LEAD)
def notified(uuid: uuids.UUID) -> ResponseReturnValue:
    form = NotifiedForm()

    def act(incident: Incident) -> None:
        late = form.late_reasons.data or ""
        actions.notified(incident, at=form.at, how=form.notified_how.data or "", late_reasons=late, by=current_user)

    return _act(uuid, form, act, gettext("Anmälan är antecknad."))


@bp.post("/<uuid:uuid>/people")
@requires(Permission.INCIDENTS_LEAD)
def told(uuid: uuids.UUID) -> ResponseReturnValue:
    form = ToldForm()

    def act(incident: Incident) -> None:
        actions.told(incident, on=form.told_on.data, how=form.told_how.data or "", by=current_user)

    return _act(uuid, form, act, gettext("Underrättelsen är antecknad."))


@bp.post("/<uuid:uuid>/notes")
@requires(Permission.INCIDENTS_REPORT)
def note(uuid: uuids.UUID) -> ResponseReturnValue:
    form = NoteForm()

    def act(incident: Incident) -> None:
        actions.note(incident, words=form.note.data or "", by=current_user)

    return _act(uuid, form, act, gettext("Anteckningen är sparad."))


@bp.post("/<uuid:uuid>/closing")
@requires(Permission.INCIDENTS_LEAD)
def close(uuid: uuids.UUID) -> ResponseReturnValue:
    form = CloseForm()

    def act(incident: Incident) -> None:
        actions.close(incident, lessons=form.lessons.data or "", version=form.version.data, by=current_user)

    return _act(uuid, form, act, gettext("Incidenten är avslutad."))


@bp.post("/<uuid:uuid>/reopening")
@requires(Permission.INCIDENTS_LEAD)
def reopen(uuid: uuids.UUID) -> ResponseReturnValue:
    form = ReopenForm()

    def act(incident: Incident) -> None:
        actions.reopen(incident, words=form.why.data or "", by=current_user)

    return _act(uuid, form, act, gettext("Incidenten är öppnad på nytt. Bedöm risken på nytt."))


@bp.post("/<uuid:uuid>/papers")
@requires(Permission.INCIDENTS_REPORT, most=papers.SENDING_MOST)
def attach(uuid: uuids.UUID) -> ResponseReturnValue:
    """Add papers."""
    incident, form = actions.get(uuid, by=current_user), PapersForm()
    if not form.validate():
        return _page(incident, form), 422
    for name, _, content in form.files.files:
        paperwork.add(incident, name, content, by=current_user)
    flash(ngettext("%(num)s handling är tillagd.", "%(num)s handlingar är tillagda.", len(form.files.files)), "success")
    return redirect(url_for("incidents.show", uuid=uuid), 303)


@bp.get("/<uuid:uuid>/papers/<uuid:paper>")
@requires(Permission.INCIDENTS_REPORT)
def paper(uuid: uuids.UUID, paper: uuids.UUID) -> ResponseReturnValue:
    """A paper, to be saved and opened elsewhere: nothing that came from outside is shown in the portal's own name."""
    incident = actions.get(uuid, by=current_user)
    row = paperwork.get(incident, paper, by=current_user)
    content = paperwork.read(incident, row, by=current_user)
    name = f"{incident.number.replace('/', '-')}-{row.uuid.hex[:8]}.{papers.ENDINGS[row.media_type]}"
    return Response(content, mimetype=row.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
