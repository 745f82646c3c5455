"""The studio's own files: made by `make build`, and lying in `web/` beside this file, or the page that says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from gesso.server.serving import WholeOrPart

WEB: Final = Path(__file__).parent / "web"
"""Where the built studio lies."""

# A table of our own: what Python finds on a computer differs, and on some a script is no script.
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
# Scripts come from our files alone. Styles stand in the page, too: Mantine writes them there. Pictures and sounds may
# be what the page itself made (blob:) or got (data:).
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Where programs ask: a wrong address there is one, and no page of the studio.
_NOT_OURS: Final = re.compile(r"(?:api|v1|runway|openai|replicate)(?:/.*)?|m/[^/]+/.+", re.DOTALL)
_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gesso</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34em;padding:0 1em}</style>
<h1>Gesso runs, but its studio is not built.</h1>
<p>In a checkout, <code>make build</code> builds it; that needs Node. The wheel has it built in.</p>
<p>Everything else works: <a href="/api/v1/models">models</a>, <a href="/api/v1/openapi.json">the interface</a>.</p>
"""


def install(app: FastAPI, web: Path = WEB) -> None:
    """Have the app hand out the studio at every address that is nothing else's."""

    @app.get("/{path:path}", include_in_schema=False)
    async def get_front_end(path: str) -> Response:
        """Return a file of the studio, or its page for an address inside of it."""
        if _NOT_OURS.fullmatch(path):
            raise HTTPException(404)
        return _serve(web, path)


def _serve(web: Path, path: str) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    found = _find(web, path)
    if found is None and "." not in path.rpartition("/")[2]:  # an address inside of the studio
        found = _find(web, "index.html")
        if found is None:
            return HTMLResponse(_NOT_BUILT, headers=headers)
    if found is None:
        raise HTTPException(404)
    if found.parent.name == "assets":  # their names have a hash in them
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return WholeOrPart(found, headers=headers, media_type=_MEDIA_TYPES.get(found.suffix, "application/octet-stream"))


def _find(web: Path, path: str) -> Path | None:
    """Return a file below the folder, after symbolic links, or None."""
    try:
        found = (web / path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):  # not there; no name of a file at all; a circle of links
        return None
    return found if found.is_relative_to(web.resolve()) and found.is_file() else None
