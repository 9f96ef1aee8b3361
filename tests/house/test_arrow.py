"""One arrow of imports: app → portal → views → tasks → actions → models → db; views → forms → models.

A capability is a folder under `portal/`. Inside it `views`, `forms`, `cli`, `models` and `actions`
have their place; every other file is a named noun, as low as `actions`, unless it speaks
the web itself: then it counts as a view.
"""

import pytest

from tests.house.source import imports, modules

WEB = {"flask", "flask_babel", "flask_login", "flask_wtf", "werkzeug", "wtforms", "markupsafe", "jinja2"}
BASE = {
    "portal.clock",
    "portal.config",
    "portal.confined",
    "portal.db",
    "portal.errors",
    "portal.language",
    "portal.lock",
    "portal.logs",
    "portal.spelling",
    "portal.spreadsheet",
}
"""What everyone may stand on."""
FRAME = {
    "portal.assets",
    "portal.security",
    "portal.web",
    "portal.formats",
    "portal.error_pages",
    "portal.playback",
    "portal.short_way",
    "portal.uploads",
}
"""What views stand on."""
EDGE = {"app", "portal", "portal.certificate", "portal.cli", "portal.start", "portal.schema"}
"""Wiring: may import everything, is imported by no capability."""
TOOLS = {"portal.demo", "portal.bench", "portal.machine", "portal.supply"}
"""Programs around the portal: may import everything, are imported by nothing but their command."""
LENT = {f"portal.machine.{name}" for name in ("places", "running", "standing", "told", "units")}
"""Nouns of a program that the first page shows too."""
ALONE = {"portal.audit", "portal.vault"}
"""Store kind and id; import no other capability below their views."""


def capability(module: str) -> str | None:
    parts = module.split(".")
    folder = ".".join(parts[:2])
    if parts[0] != "portal" or len(parts) == 1 or folder in BASE | FRAME | EDGE:
        return None
    return folder


def speaks_web(module: str) -> bool:
    return any(name.split(".")[0] in WEB for name in imports(module))


def layer(module: str) -> str:
    if module in EDGE:
        return "edge"
    if module in BASE:
        return "base"
    if module in FRAME:
        return "frame"
    if module.split(".")[0] == "tasks":
        return "tasks"
    if capability(module) in TOOLS and module not in LENT:
        return "tools"
    last = module.split(".")[-1]
    if last in ("views", "forms", "cli", "models", "actions"):
        return last
    if module == capability(module):
        return "package"
    return "views" if speaks_web(module) else "noun"


MAY = {
    "base": {"base"},
    "models": {"base", "models", "noun", "package"},
    "noun": {"base", "models", "noun", "actions", "package"},
    "actions": {"base", "models", "noun", "actions", "package"},
    "forms": {"base", "models", "noun", "forms", "frame", "package"},
    "tasks": {"base", "models", "noun", "actions", "tasks", "package"},
    "views": {"base", "models", "noun", "actions", "forms", "tasks", "frame", "views", "package"},
    "frame": {"base", "models", "noun", "actions", "frame", "package"},
    "package": set(),
    "cli": {"base", "models", "noun", "actions", "tasks", "cli", "package", "edge"},
    "tools": {"base", "models", "noun", "actions", "tasks", "cli", "package", "edge", "tools", "frame", "views"},
    "edge": {"base", "models", "noun", "actions", "tasks", "cli", "package", "edge", "frame", "views"},
}


def own_imports(module: str) -> dict[str, int]:
    return {name: line for name, line in imports(module).items() if name in modules() and name != module}


def faults(module: str) -> list[str]:
    here, home = layer(module), capability(module)
    path = modules()[module]
    found = []
    for name, line in own_imports(module).items():
        there, away = layer(name), capability(name)
        if there not in MAY[here]:
            found.append(f"{path}:{line}: {here} must not import {there} ({name})")
        elif away != home and there in ("views", "forms") and here not in ("edge", "tools"):
            found.append(f"{path}:{line}: another capability's {there} ({name}): go through its actions or models")
        elif home in ALONE and away not in (home, None) and here not in ("views", "cli"):
            found.append(f"{path}:{line}: {home} stands alone, it must not import {name}")
    return found


def reached(module: str) -> dict[str, list[str]]:
    """Every module that importing `module` brings in, with the way to it."""
    ways = {module: [module]}
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for name in own_imports(here):
            if name not in ways:
                ways[name] = [*ways[here], name]
                waiting.append(name)
    return ways


@pytest.mark.parametrize("module", sorted(modules()))
def test_the_arrow_of_imports_is_kept(module):
    assert not faults(module), "\n".join(faults(module))


@pytest.mark.parametrize(
    "module", [m for m in sorted(modules()) if layer(m) in ("base", "models", "actions", "noun", "tasks")]
)
def test_nothing_below_the_views_reaches_the_web(module):
    for name, way in reached(module).items():
        web = sorted(n for n in imports(name) if n.split(".")[0] in WEB)
        assert not web, f"{' → '.join(way)} imports {web[0]}"


@pytest.mark.parametrize("module", [m for m in sorted(modules()) if layer(m) == "models"])
def test_models_do_not_reach_actions(module):
    for way in reached(module).values():
        assert layer(way[-1]) != "actions", " → ".join(way)


def test_the_walk_sees_what_it_must_see():
    assert layer("portal.audit.chain") == "noun"
    assert layer("portal.recordings.models") == "models"
    assert layer("portal.audit.views") == "views"
    assert layer("portal.security") == "frame"
    assert "portal.audit.actions" in own_imports("portal.security")
    assert "portal.db" in reached("portal.audit.actions")
