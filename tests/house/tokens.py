"""The measures and colours of pages, as `static/css/tokens.css` keeps them: of Aksel's hundreds those that our styles
name, each colour in light and dark. To renew the file after a style names another: `python -m tests.house.tokens`."""

import re
from pathlib import Path

from tests.house.source import ROOT

STATIC = ROOT / "static"
KEPT = STATIC / "css" / "tokens.css"
AKSEL = STATIC / "vendor" / "@navikt+ds-css@8.16.2" / "tokens.min.css"

HEAD = """\
/* Written by tests/house/tokens.py: Aksel's measures and colours that our styles name, each colour in light and dark.
   Pages follow the device unless somebody chose (<html class>). A box that is always dark says so (color-scheme). */
@layer portal.tokens {
  :root {
    color-scheme: light dark;
"""
TAIL = """\
  }

  :root.light {
    color-scheme: light;
  }

  :root.dark {
    color-scheme: dark;
  }
}
"""


def aksel() -> tuple[dict[str, str], dict[str, str]]:
    """Every token in light and in dark, as the vendored file has them: one may be of others."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{};]+)\{([^{}]*)\}", AKSEL.read_text().replace("@layer aksel.theming{", "")):
        values = dict(re.findall(r"(--[\w-]+):\s*([^;]+)", body))
        chosen = selectors.split(",")
        if ":root" in chosen:
            light.update(values)
        if ".dark" in chosen or chosen == [":root", ":host"]:
            dark.update(values)
    return light, {**light, **dark}


def resolved(name: str, tokens: dict[str, str]) -> str:
    value = tokens[name]
    while found := re.search(r"var\((--[\w-]+)\)", value):
        value = value.replace(found[0], tokens[found[1]])
    return re.sub(r"(?<![\w.])0\.(?=\d)", ".", value)


def styles() -> dict[str, str]:
    """Our own style sheets, and what of the vendored ones pages are dressed in, without comments."""
    found = [*STATIC.glob("*.css"), *STATIC.glob("css/*.css"), AKSEL.with_name("baseline.min.css")]
    return {
        path.relative_to(STATIC).as_posix(): re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        for path in sorted(found)
        if path != KEPT
    }


def named() -> list[str]:
    """The tokens of Aksel that styles name, in its order. Raises KeyError for one that it does not have."""
    wanted = {name for text in styles().values() for name in re.findall(r"var\((--ax-[\w-]+)", text)}
    light, _ = aksel()
    if strange := sorted(wanted - light.keys()):
        raise KeyError(f"Aksel has no {', '.join(strange)}")
    return sorted(wanted, key=natural)


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts -8 before -12."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def written() -> str:
    light, dark = aksel()
    lines = []
    for name in named():
        day, night = resolved(name, light), resolved(name, dark)
        lines.append(f"    {name}: {day if day == night else f'light-dark({day}, {night})'};\n")
    return HEAD + "".join(lines) + TAIL


if __name__ == "__main__":
    Path(KEPT).write_text(written())
