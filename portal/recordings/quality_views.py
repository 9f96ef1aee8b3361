"""The pages of the quality of calls: the review of one, what the reviews say together, what to hear next."""

import datetime as dt
import re
import uuid as uuids
from collections.abc import Iterator
from typing import Any

import flask
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from portal import spreadsheet
from portal.accounts.permissions import Permission
from portal.errors import Invalid, NotFound
from portal.recordings import actions, listening, quality, quality_draw, quality_figures, series
from portal.recordings.models import Listen, Purpose, Recording
from portal.recordings.quality_figures import Group, Overview
from portal.recordings.quality_forms import ANSWERS, DrawForm, ReviewForm, SummaryForm, review_form
from portal.recordings.series_views import beside
from portal.recordings.views import bp
from portal.register import plots
from portal.register.small_counts import LEAST, Shown
from portal.security import requires
from portal.web import language

MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")


@bp.app_context_processor
def reviewing() -> dict[str, Any]:
    """What the pages of a call and of its player ask for."""
    return {"call_reviews": _call_reviews, "review_of": _review_of}


def _call_reviews(recording: Recording) -> dict[str, Any] | None:
    """The reviews on the page of a call; None for those who do not read them."""
    if not quality.reads(recording, by=current_user):
        return None
    return {
        "rows": quality.of(recording, by=current_user),
        "answers": ANSWERS,
        "texts": {question.code: question.text(language()) for question in quality.questions()},
        "mine": recording.adviser_id == current_user.id,
        "may": quality.may_review(recording, by=current_user),
        "heard": quality.heard(recording, by=current_user),
    }


def _review_of(listen: Listen) -> dict[str, Any] | None:
    """The form beside the player; None when this listen is not to judge the call."""
    if listen.purpose != Purpose.QUALITY or not quality.may_review(listen.recording, by=current_user):
        return None
    standing = quality.own(listen.recording, by=current_user)
    return {"form": review_form(None, standing=standing, listen=listen.uuid), "standing": standing}


@bp.route("/<uuid:uuid>/review", methods=["GET", "POST"])
@requires(Permission.RECORDINGS_REVIEW)
def quality_review(uuid: uuids.UUID) -> ResponseReturnValue:
    """The person's own review of the call; saved beside the player it leads on to the next call of the list."""
    recording = actions.get(uuid, by=current_user, doing=Permission.RECORDINGS_REVIEW)
    standing = quality.own(recording, by=current_user)
    if request.method == "GET":
        if not quality.may_review(recording, by=current_user):
            raise quality.OwnCall
        if not quality.heard(recording, by=current_user):
            raise quality.NotHeard
        return _review_page(recording, review_form(None, standing=standing), standing)
    form = review_form(request.form)
    listed = _listed(recording, form)
    if not form.validate():
        return _review_page(recording, form, standing, listed), 422
    try:
        quality.judge(recording, form.answers, form.comment.data or "", earlier=form.version.data, by=current_user)
    except quality.PersonalCode as error:
        form.comment.errors = [gettext(error.text)]
        return _review_page(recording, form, standing, listed), 422
    except quality.NotHeard as error:
        form.form_errors.append(gettext(error.text))
        return _review_page(recording, form, standing, listed), 422
    flash(gettext("Bedömningen är sparad."), "success")
    there = url_for("recordings.show", uuid=recording.uuid, _anchor="reviews")
    if listed is not None:
        there = _onward(listed) if "next" in request.form else url_for("recordings.series_page", key=listed["row"].uuid)
    if request.headers.get("HX-Request"):  # beside the player only what is wrong takes the form's place: it plays on
        return "", 204, {"HX-Redirect": there}
    return redirect(there, 303)


def _listed(recording: Recording, form: ReviewForm) -> dict[str, Any] | None:
    """The list that the form's listen was opened in, when it is the person's own in this session: as `beside` says."""
    if (key := form.key) is None:
        return None
    mine = Listen.get_or_none(Listen.uuid == key, Listen.account == current_user.id, Listen.recording == recording.id)
    try:
        return beside(mine) if mine is not None else None
    except NotFound:
        return None


def _onward(listed: dict[str, Any]) -> str:
    """The next call of the list, opened to be heard; the list after its last one, and where it cannot be heard."""
    row, after = listed["row"], listed["after"]
    there: str = url_for("recordings.series_page", key=row.uuid)
    if after is None:
        return there
    try:
        opened = series.hear(row, after.uuid, by=current_user)
    except (series.Over, listening.NotReady, NotFound) as error:
        flash(gettext(error.text), "warning")
        return there
    return url_for("recordings.listen", uuid=after.uuid, key=opened.uuid)


def _review_page(
    recording: Recording,
    form: ReviewForm,
    standing: quality.Review | None,
    listed: dict[str, Any] | None = None,
) -> str:
    return render_template("recordings/review.html", recording=recording, form=form, standing=standing, series=listed)


@bp.get("/reviews")
@requires(Permission.RECORDINGS_NOTE)
def quality_own() -> str:
    """The reviews of the person's own calls."""
    return render_template(
        "recordings/reviews.html", found=quality.of_mine(by=current_user, most=quality.MOST), most=quality.MOST
    )


@bp.get("/quality", endpoint="quality")
@requires(Permission.RECORDINGS_REVIEW)
def quality_summary() -> str:
    view = _view()
    return _summary(view, DrawForm(None, queues=list(view.queues)))


@bp.post("/quality/draws")
@requires(Permission.RECORDINGS_REVIEW)
def quality_draws() -> ResponseReturnValue:
    """A list drawn by lot, to be heard for the service's quality."""
    form = DrawForm(request.form, queues=quality_draw.queues(by=current_user))
    if form.validate():
        try:
            made = quality_draw.begin(form.chosen, form.count.data, by=current_user)
        except Invalid as error:
            form.queue.errors = [gettext(error.text)]
        else:
            return redirect(url_for("recordings.series_page", key=made.uuid), 303)
    return _summary(quality_figures.overview(user=current_user), form), 422


@bp.get("/quality.csv")
@requires(Permission.RECORDINGS_REVIEW, proof=True)
def quality_export() -> flask.Response:
    """What the page shows, of each service number by itself, for a spreadsheet."""
    view = _view()
    quality_figures.note_exported(view, by=current_user)
    first, last = view.months[0].first, view.months[-1].first
    head = [gettext("Månad"), gettext("Servicenummer"), gettext("Fråga"), *map(str, ANSWERS.values())]
    return flask.Response(
        "".join(spreadsheet.lines([*head, gettext("Bedömda")], _rows(view))),
        content_type=spreadsheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="kvalitet-{first:%Y-%m}-{last:%Y-%m}.csv"'},
    )


@bp.get("/quality.svg")
@requires(Permission.RECORDINGS_REVIEW)
def quality_plot() -> flask.Response:
    """The share of yes to one question, month by month; `of` names it."""
    view, code = _view(), request.args.get("of", "")
    question = next((each for each in view.questions if each.code == code), None)
    if question is None:
        raise NotFound
    groups = [(month, view.of(code, month)) for month in view.months]
    drawing = plots.drawn(
        [(month.first, _percent(group)) for month, group in groups],
        title=question.text(language()),
        told=gettext("Andelen Ja i procent, en stapel för varje månad. Samma tal står i tabellen."),
        least=gettext("Ja, procent"),
        most="",
        top=100,
    )
    return flask.Response(drawing, content_type="image/svg+xml")


def _percent(group: Group | None) -> Shown | None:
    if group is None:
        return None
    yes = group.share(next(iter(ANSWERS)))
    return Shown(yes, yes)


def _rows(view: Overview) -> Iterator[list[Any]]:
    for queue in [view.queue] if view.queue else view.queues:
        for question in view.questions:
            for month in view.months:
                group = view.of(question.code, month, queue)
                if group is not None:
                    counts = [str(group.counts[answer]) for answer in ANSWERS]
                    where = [f"{month.first:%Y-%m}", queue.name(language()), question.text(language())]
                    yield [*where, *counts, str(group.judged)]


def _view() -> Overview:
    asked, chosen = request.args.get("until", ""), request.args.get("queue", "")
    until = dt.date.fromisoformat(f"{asked}-01") if MONTH.fullmatch(asked) else None
    try:
        queue = uuids.UUID(chosen) if chosen else None
    except ValueError as error:
        raise NotFound from error
    return quality_figures.overview(user=current_user, until=until, queue=queue)


def _summary(view: Overview, draw: DrawForm) -> str:
    until = f"{view.months[-1].first:%Y-%m}"
    return render_template(
        "recordings/quality.html",
        view=view,
        draw=draw,
        form=SummaryForm.of(list(view.queues), view.queue, until),
        answers=ANSWERS,
        address={"until": until, **({"queue": view.queue.uuid} if view.queue else {})},
        least=LEAST,
        advisers=quality_figures.ADVISERS,
        days=quality_draw.SINCE.days,
    )
