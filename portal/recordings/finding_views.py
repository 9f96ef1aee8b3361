"""The page where calls are found."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal import clock, formats
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import Invalid
from portal.queues.models import Queue
from portal.recordings import actions, conversations, export, forms, periods, saved, search, sought
from portal.recordings.finding_forms import FindForm, settled
from portal.recordings.sought import Pairs
from portal.recordings.views import bp
from portal.security import requires
from portal.web import language

TYPED = {"words", "number", "from", "to", "period"}
"""Fields that are typed letter by letter: one step back in the browser each, not one per letter."""


COUNTS = "counts"
COUNTED_FOR = dt.timedelta(minutes=15)


class Asking(NamedTuple):
    """What a request asks of the search, read and not yet judged."""

    form: FindForm
    asked: Pairs
    """The questions as typed, private ones too: never for an address."""
    shown: Pairs
    """The same as an address may hold them."""
    ended: bool
    """The address's sealed questions are no longer to be read: there is nothing to search for."""
    queues: list[Queue]
    advisers: list[Account]


def asking(given: Iterable[tuple[str, str]]) -> Asking:
    """The questions among names and values of an address or a form."""
    given = list(given)
    try:
        given, ended = sought.read(given, by=current_user), False
    except sought.Ended:
        given, ended = [pair for pair in given if pair[0] != sought.NAME], True
    asked = settled(given)
    own = current_user.queues_for(Permission.RECORDINGS_FIND)
    queues, advisers = actions.queues(own), actions.advisers(own)
    form = FindForm(MultiDict(asked), queues=queues, advisers=advisers, language=language())
    return Asking(form, asked, sought.public(asked, by=current_user), ended, queues, advisers)


@bp.route("/", methods=["GET", "POST"], endpoint="index")
@requires(Permission.RECORDINGS_FIND)
def find() -> ResponseReturnValue:
    """The calls the person may see that answer what is asked.

    The form is posted, so that no address ever holds the number or the words: the answer's own address has them
    sealed (`sought`). One that was typed or kept by hand is sealed first.
    """
    if request.method == "POST":
        return _asked()
    if there := sealed_first("recordings.index"):
        return redirect(there, 303)
    it = asking(request.args.items(multi=True))
    return render_template("recordings/index.html", **_found(it), **_around())


def sealed_first(at: str) -> str:
    """The address of the page with the number and the words sealed, when its own has them as typed; else ''."""
    given = list(request.args.items(multi=True))
    if not any(name in sought.PRIVATE for name, _ in given):
        return ""
    return address(sought.public((pair for pair in given if pair[1].strip()), by=current_user), at=at)


def _asked() -> ResponseReturnValue:
    """The form was sent: by its button, or by the page's script at a pause in typing."""
    given = list(request.form.items(multi=True))
    short = "ask" not in request.form and _is_short(request.form.get("number", ""))
    if short:
        given = [pair for pair in given if pair[0] != "number"]
    if not request.headers.get("HX-Request"):
        it = asking(given)
        if it.form.validate():
            return redirect(address(it.shown), 303)
        return render_template("recordings/index.html", **_found(it), **_around()), 422
    before = _on_screen()
    if short and before == sorted(settled(given)):
        return "", 204
    it = asking(given)
    how = "Replace" if _untyped(before) == _untyped(it.asked) else "Push"
    return render_template("recordings/_answer.html", **_found(it)), {f"HX-{how}-Url": address(it.shown)}


def _is_short(number: str) -> bool:
    """Is it the beginning of a number, of which too little has been typed to look for it?"""
    try:
        search.number(number)
    except search.TooFewDigits:
        return bool(number.strip())
    except Invalid:
        pass
    return False


def _on_screen() -> Pairs:
    """What the page that sends this was an answer to, in order of names."""
    try:
        shown = parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query)
        return sorted(settled(sought.read(shown, by=current_user)))
    except (ValueError, sought.Ended):  # no address, or an old one
        return []


def _untyped(asked: Pairs) -> Pairs:
    """Which questions, without what is typed letter by letter: while that alone changes, one step back in the
    browser leaves the search, and not a letter."""
    return sorted((name, "" if name in TYPED else value) for name, value in asked)


def _found(it: Asking) -> dict[str, Any]:
    """What the list shows. The search is in the log."""
    form, before, after = it.form, cursor("before"), cursor("after")
    valid = not it.ended and form.validate()
    query = form.query(before=before, after=after) if valid else search.Query()
    page = search.find(query, by=current_user) if valid else search.Page()
    return {
        "form": form,
        "valid": valid,
        "ended": it.ended,
        "page": page,
        "lines": conversations.lines(page.rows, query, by=current_user),
        "cap": search.CAP,
        "reports": current_user.queues_for(Permission.RETENTION_REPORT),
        "queue_names": {queue.id: queue.name(language()) for queue in it.queues},
        "adviser_names": {account.id: account.name for account in it.advisers},
        "filters": filters(form),
        "hindrances": _hindrances(it) if valid and not page.hits else [],
        "periods": _periods(it),
        "newer": address(it.shown, after=page.newer) if page.newer is not None else "",
        "older": address(it.shown, before=page.older) if page.older is not None else "",
        "newest_first": form.sort.data in ("", search.Sort.NEWEST),
        "through": address(it.shown, at="recordings.series_new"),
        "counts": _counted_at(it) if valid and it.queues else "",
        "saving": address(it.shown, at="recordings.saved_new") if any(p[0] != "sort" for p in it.asked) else "",
        "exports": bool(valid and current_user.queues_for(Permission.RECORDINGS_EXPORT)),
        "most": export.MOST,
        "shown": it.shown,
        "labels": forms,
    }


def _around() -> dict[str, Any]:
    """What stands around the list on a whole page."""
    return {"saved": saved.names(current_user)}


def _counted_at(it: Asking) -> str:
    """Where the page's script asks how many calls each choice would leave. Only whoever has searched has the address,
    so that nothing is counted that the log does not know of."""
    sealed = sought.seal([pair for pair in it.asked if pair[0] != "sort"], by=current_user, use=COUNTS)
    return address([(sought.NAME, sealed)], at="recordings.counts")


@bp.get("/counts")
@requires(Permission.RECORDINGS_FIND)
def counts() -> ResponseReturnValue:
    """For each filter of the form, by its name there, how many calls each value would leave, as text."""
    given = request.args.get(sought.NAME, "")
    it = asking(sought.unseal(given, by=current_user, use=COUNTS, lasts=COUNTED_FOR))
    if not it.form.validate():
        raise Invalid
    found = search.tallies(it.form.query(), by=current_user)
    keys = {
        "queue": {queue.id: queue.uuid.hex for queue in it.queues},
        "adviser": {account.id: account.uuid.hex for account in it.advisers},
    }
    return {
        PARTS.get(name, (name,))[0]: {
            keys.get(name, {}).get(value, str(value)): _many(hits) for value, hits in values.items()
        }
        for name, values in found.items()
    }


def _many(hits: int) -> str:
    if hits > search.CAP:
        return gettext("över %(count)s", count=formats.number(search.CAP))
    return formats.number(hits)


def cursor(name: str) -> int | None:
    """A place in the list from the address; None when it is not one."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def address(shown: Iterable[tuple[str, str]], *, at: str = "recordings.index", **more: Any) -> str:
    query = urlencode([*shown, *more.items()])
    return url_for(at) + (f"?{query}" if query else "")


def filters(form: FindForm) -> list[tuple[str, str]]:
    """Which filters are on, in words: label and value."""
    chosen = [(field.label.text, field.data) for field in (form.words, form.number) if field.data]
    chosen += [(field.label.text, formats.date(field.data)) for field in (form.first, form.last) if field.data]
    for field in (form.queue, form.adviser, form.direction, form.length, form.told):
        if field.data:
            chosen.append((field.label.text, label(field, field.data)))
    if form.flags.data:
        chosen.append((form.flags.label.text, ", ".join(label(form.flags, name) for name in form.flags.data)))
    return chosen


def label(field: Any, value: str) -> str:
    return next((str(choice.label) for choice in field.choices if choice.value == value), "")


DAYS = ("from", "to", "period")
PARTS = {"days": DAYS, "flags": ("flag",)}
"""Names in the address of a filter, where they are not the filter's own."""


def _hindrances(it: Asking) -> list[tuple[str, str, int]]:
    """Which one filter to leave out to find something: label, address without it, how many."""
    found = []
    for name, hits in search.without(it.form.query(), by=current_user):
        fields = (it.form.first, it.form.last) if name == "days" else (it.form[name],)
        called = " – ".join(str(field.label.text) for field in fields)
        rest = [(key, value) for key, value in it.asked if key not in PARTS.get(name, (name,))]
        found.append((called, address(sought.public(rest, by=current_user)), hits))
    return found


def _periods(it: Asking) -> list[tuple[Any, str, bool]]:
    """The quick choices of days: label, address, and whether it is the one in use."""
    others = [pair for pair in it.shown if pair[0] not in DAYS]
    chosen, typed = it.form.period.data, (it.form.first.data, it.form.last.data)
    return [
        (
            forms.PERIODS[name],
            address([*others, ("from", formats.date(days[0])), ("to", formats.date(days[1])), ("period", name)]),
            name == chosen if chosen else typed == days,
        )
        for name, days in periods.days(clock.today()).items()
    ]
