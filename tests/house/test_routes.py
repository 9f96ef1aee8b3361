"""Every route is marked with what it demands, and a change of that is a visible diff."""

import re

import pytest

from tests.house.routes import GOLDEN, listed, unmarked

OPEN = {"accounts.sign_in", "accounts.language", "static"}


def test_every_view_is_marked(app):
    assert not unmarked(app), "mark with @requires(Permission.…) or @public"


def test_routes_and_permissions_are_those_of_the_golden_list(app):
    then, now = set(GOLDEN.read_text().splitlines()), set(listed(app))
    told = [f"- {line}" for line in sorted(then - now)] + [f"+ {line}" for line in sorted(now - then)]
    assert not told, "\n".join(
        ["The routes have changed. If that is meant: python -m tests.house.routes, and commit the file.", *told]
    )


def test_a_url_names_things_by_uuid_only(app):
    for line in listed(app):
        for variable in re.findall(r"<([^>]+)>", line.split()[1]):
            assert (
                variable.startswith(("uuid:", "path:filename"))
                or line.endswith((" public",))
                or (variable.split(":")[0] in ("date", "day", "month"))
                or variable.startswith("any(")
            ), f"{line}: numbers, names and words never stand in a path"


def test_a_capabilitys_word_opens_its_urls(app):
    for line in listed(app):
        _, rule, endpoint, _ = line.split(" ", 3)
        if endpoint == "home.index":
            assert rule == "/"
        elif "." in endpoint:
            assert rule.startswith(f"/{endpoint.split('.')[0]}/"), line


def test_an_unmarked_view_is_refused_and_the_refusal_logged(fresh_app, people):
    from portal.audit.models import Entry

    fresh_app.add_url_rule("/house/unmarked", "house_unmarked", lambda: "open to all")
    assert fresh_app.test_client().sign_in(people.admin).get("/house/unmarked").status_code == 403
    last = Entry.select().order_by(Entry.id.desc()).first()
    assert (last.act, last.by) == ("accounts:denied", people.admin.uuid)
    assert fresh_app.test_client().get("/house/unmarked").status_code == 303


def test_a_test_can_add_nothing_to_what_others_share(app):
    with pytest.raises(AssertionError, match="can no longer be called"):
        app.add_url_rule("/house/left", "house_left", lambda: "for the next test")
