"""The pages of observations: the officer's list, the one page of an observation with what each can do next, and the
questions that a person was asked."""

import uuid as uuids
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import DomainError, Invalid, NotFound
from portal.oversight import observations, pattern_words, raising, words
from portal.oversight.blueprint import bp
from portal.oversight.models import Observation, State
from portal.oversight.observation_forms import AnswerForm, AskForm, CloseForm, ListenForm, ListForm, ReopenForm, key
from portal.oversight.observations import STANDING
from portal.security import requires
from portal.web import Form


@bp.app_template_global("observation_words")
def observation_words() -> Any:
    return words


@bp.app_template_global("oversight_waits")
def oversight_waits(asked: bool = False) -> tuple[int, int] | None:
    """What waits for the signed-in person, for the top of every page; None when nothing does. `asked`: only what the
    person was asked."""
    if not current_user.is_authenticated:
        return None
    waits = observations.waiting(current_user, asked=asked)
    return waits if any(waits) else None


@bp.get("/observations", endpoint="observations")
@requires(Permission.OVERSIGHT_OBSERVE)
def observed() -> str:
    """The observations that stand, the newest first, each in a sentence."""
    people = list(Account.select(Account.uuid, Account.name).order_by(Account.name).tuples())
    form = ListForm(request.args, people=people)
    before = request.args.get("before", "")
    asked = {"state": form.state.data, "pattern": form.pattern.data, "person": form.person.data}
    rows, older = observations.listed(
        current_user,
        all_=form.state.data == "all",
        pattern=form.pattern.data or "",
        person=key(form.person.data),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )
    return render_template(
        "oversight/observations.html",
        form=form,
        standing=observations.count(current_user) if not any(asked.values()) else None,
        rows=[(row, pattern_words.explain(row)[0], pattern_words.period(row)) for row in rows],
        older=older
        and url_for(".observations", **{name: value for name, value in asked.items() if value}, before=older),
    )


@bp.get("/questions")
@requires(Permission.OVERSIGHT_ANSWER)
def questions() -> str:
    """What one was asked about: first what is to be answered."""
    rows = observations.questions(current_user)
    return render_template(
        "oversight/questions.html",
        rows=[(row, pattern_words.period(row)) for row in rows],
        deputises=current_user.may(Permission.OVERSIGHT_DEPUTISE),
    )


@bp.post("/listens/question")
@requires(Permission.OVERSIGHT_ASK)
def question_of_listen() -> ResponseReturnValue:
    """Take up a listen of the log, to ask about it."""
    form = ListenForm()
    if not form.validate():
        raise NotFound
    made = raising.take_up(form.number.data or 0, by=current_user._get_current_object())
    return redirect(url_for(".observation", uuid=made.uuid, _anchor="ask-title"), 303)


@bp.get("/observations/<uuid:uuid>")
@requires(Permission.OVERSIGHT_ANSWER)
def observation(uuid: uuids.UUID) -> str:
    return _page(observations.get(uuid, by=current_user))


def _page(found: Observation, sent: Form | None = None) -> str:
    """`sent`: a form that was refused."""
    observations.view(found, by=current_user)
    oversees = observations.oversees(found, current_user)
    asked = found.asked_of_id == current_user.id
    people = observations.askable(found, by=current_user) if oversees else []
    may = {
        "ask": oversees and found.state in STANDING and bool(people),
        "answer": asked and found.state == State.ASKED,
        "close": oversees and found.state in STANDING and not observations.is_witness(found, current_user),
        "reopen": oversees and found.state == State.CLOSED,
    }
    rows, every = observations.entries(found)
    return render_template(
        "oversight/observation.html",
        observation=found,
        sent=sent,
        may=may,
        oversees=oversees,
        asked=asked,
        late=found.answer_by is not None and found.answer_by < clock.today(),
        sentences=pattern_words.explain(found),
        period=pattern_words.period(found),
        entries=rows,
        every=every,
        steps=observations.steps(found) if oversees else [],
        ask=(_form(sent, AskForm) or AskForm.of_observation(found)).offer(people, found) if may["ask"] else None,
        answer=_form(sent, AnswerForm) or AnswerForm(None, data={"version": found.version}),
        close=_close_form(_form(sent, CloseForm), found) if may["close"] else None,
        reopen=_form(sent, ReopenForm) or ReopenForm(None),
    )


def _close_form(sent: Any, found: Observation) -> CloseForm:
    form = sent or CloseForm(None, data={"version": found.version})
    return form.offer(observations.open_incidents(current_user))


def _form(sent: Form | None, kind: type[Form]) -> Any:
    return sent if type(sent) is kind else None


FIELDS: dict[type[DomainError], str] = {
    observations.AskedNeeded: "of",
    observations.DayNeeded: "answer_by",
    observations.OutcomeNeeded: "outcome",
    observations.NotHeard: "outcome",
    observations.IncidentUnknown: "incident",
}
"""The field that a refused act is about; otherwise the words are."""
WORDS: dict[type[Form], str] = {AskForm: "question", AnswerForm: "answer", CloseForm: "words", ReopenForm: "why"}


def _act(uuid: uuids.UUID, form: Form, act: Any, said: str) -> ResponseReturnValue:
    """`act` on the observation with what `form` says; its refusal beside the field."""
    found = observations.get(uuid, by=current_user)
    if not form.validate():
        if "version" in form and form["version"].errors:
            raise observations.ObservationChanged
        return _page(found, form), 422
    try:
        act(found)
    except Invalid as error:
        field = form[FIELDS.get(type(error), WORDS[type(form)])]
        field.errors = [*field.errors, gettext(error.text) % error.params]
        return _page(found, form), 422
    flash(said, "success")
    return redirect(url_for("oversight.observation", uuid=uuid), 303)


@bp.post("/observations/<uuid:uuid>/question")
@requires(Permission.OVERSIGHT_OBSERVE)
def ask(uuid: uuids.UUID) -> ResponseReturnValue:
    form = AskForm()

    def act(found: Observation) -> None:
        observations.ask(
            found,
            of=key(form.of.data),
            question=form.question.data or "",
            answer_by=form.answer_by.data,
            version=form.version.data,
            by=current_user,
        )

    return _act(uuid, form, act, gettext("Frågan är ställd. Den som fick den ser den överst på varje sida."))


@bp.post("/observations/<uuid:uuid>/answer")
@requires(Permission.OVERSIGHT_ANSWER)
def answer(uuid: uuids.UUID) -> ResponseReturnValue:
    form = AnswerForm()

    def act(found: Observation) -> None:
        observations.answer(found, words=form.answer.data or "", version=form.version.data, by=current_user)

    return _act(uuid, form, act, gettext("Tack. Svaret är skickat till den som frågade."))


@bp.post("/observations/<uuid:uuid>/closing")
@requires(Permission.OVERSIGHT_OBSERVE)
def close(uuid: uuids.UUID) -> ResponseReturnValue:
    form = CloseForm()

    def act(found: Observation) -> None:
        observations.close(
            found,
            outcome=form.outcome.data or "",
            words=form.words.data or "",
            incident=key(form.incident.data),
            version=form.version.data,
            by=current_user,
        )

    return _act(uuid, form, act, gettext("Iakttagelsen är avslutad."))


@bp.post("/observations/<uuid:uuid>/reopening")
@requires(Permission.OVERSIGHT_OBSERVE)
def reopen(uuid: uuids.UUID) -> ResponseReturnValue:
    form = ReopenForm()

    def act(found: Observation) -> None:
        observations.reopen(found, words=form.why.data or "", by=current_user)

    return _act(uuid, form, act, gettext("Iakttagelsen är öppnad på nytt."))
