"""The page's static files, with a policy that lets nothing in from elsewhere."""

from __future__ import annotations

from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

PAGE = Path(__file__).with_name("page")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page_file(request: Request, name: str) -> Response:
    path = PAGE / name
    if path.suffix not in TYPES or path.parent != PAGE or not path.is_file():
        raise NotFound
    response = Response(path.read_bytes(), content_type=TYPES[path.suffix])
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    # A newcomer who pulls a new version must not meet yesterday's script.
    response.headers["Cache-Control"] = "no-cache"
    return response
