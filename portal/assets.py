"""Styles, scripts, pictures and fonts: read once, compressed once without our comments, kept by the browser.

Pages themselves are never compressed: a secret in one could be told from its size (BREACH).
"""

import functools
import gzip
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any, NamedTuple

import flask
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

COMPRESSIBLE = ("text/", "application/json", "image/svg")
KEPT = "public, max-age=31536000, immutable"
ASKED = "no-cache"  # kept, but asked about each time
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
COMMENTS = {
    ".css": re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n|/\*.*?\*/", re.M | re.S),
    ".js": re.compile(rb"^[ \t]*//.*\n", re.M),
}
"""Of our own files: they are for those who work on the portal, and are not sent."""


class Asset(NamedTuple):
    content: bytes
    compressed: bytes | None
    kind: str
    version: str
    """The start of the content's SHA-256."""


@functools.cache
def load(folder: Path) -> dict[str, Asset]:
    """Every file under `folder` by its relative path; a name not in here is not served, whatever is on disk."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: _asset(path, ours=not name.startswith("vendor/")) for name, path in files.items()}


def _asset(path: Path, *, ours: bool) -> Asset:
    content = path.read_bytes()
    if ours and path.suffix in COMMENTS:
        content = COMMENTS[path.suffix].sub(b"", content)
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    compressed = gzip.compress(content, 9, mtime=0) if kind.startswith(COMPRESSIBLE) else None
    if compressed and len(compressed) >= len(content):
        compressed = None
    return Asset(content, compressed, kind, hashlib.sha256(content).hexdigest()[:12])


def init_app(app: flask.Flask, folder: Path) -> None:
    """Serve `folder` as the endpoint `static`. Its links carry the content's version, so that a browser may keep the
    answer for good; not those under `vendor/`, where the path names the version: a style names them as a page does."""
    assets = load(folder)

    def static(filename: str) -> Response:
        if (asset := assets.get(filename)) is None:
            raise NotFound
        packed = asset.compressed is not None and flask.request.accept_encodings.quality("gzip") > 0
        response = flask.Response(asset.compressed if packed else asset.content, mimetype=asset.kind)
        if packed:
            response.content_encoding = "gzip"
        if asset.compressed is not None:
            response.vary.add("Accept-Encoding")
        response.set_etag(asset.version + ("-gz" if packed else ""))
        named = filename.startswith("vendor/") or flask.request.args.get("v") == asset.version
        response.headers["Cache-Control"] = KEPT if named else ASKED
        response.make_conditional(flask.request)
        return response

    @app.url_defaults
    def version(endpoint: str, values: dict[str, Any]) -> None:
        name = values.get("filename", "")
        if endpoint == "static" and name in assets and not name.startswith("vendor/"):
            values.setdefault("v", assets[name].version)

    app.add_url_rule("/static/<path:filename>", "static", static)
