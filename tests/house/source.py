"""The project's own source, parsed, for the tests that walk it."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FROZEN = ROOT / "portal" / "migrations"


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of the application by dotted name; the frozen migrations are left out."""
    found = {"app": ROOT / "app.py"}
    for top in ("portal", "tasks"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if FROZEN in path.parents:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@functools.cache
def imports(module: str) -> dict[str, int]:
    """What `module` imports, anywhere in it, with the line. `from portal import db` is `portal.db`."""
    known = modules()
    path = known[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: dict[str, int] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name != "portal":  # the bare package, for its folder: it wires nothing until called
                    found.setdefault(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.setdefault(whole if whole in known else base, node.lineno)
    return found
