"""A browser and its system in a few words, from what it says of itself."""

BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""The first that occurs: every browser also says it is an older one."""


def describe(user_agent: str) -> str:
    """E.g. 'Firefox · Windows'; empty when neither is known. Nothing else of it is kept."""
    found = (next((name for mark, name in known if mark in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))
