"""Security headers on every answer, and no unsafe request from another site."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from rehab.errors import NotAllowed

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that, browsers send Origin: null and a same-site form cannot be told
    # from a foreign one. Nothing leaves the site either way.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STATIC_MAX_AGE = 3600
FOR_EVER = "private, max-age=31536000, immutable"
"""For a picture whose address changes with it, and that shows no patient."""


def register(app: Flask) -> None:
    """Add the headers to pages, errors and files alike."""
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def _refuse_other_sites() -> None:
    is_safe = request.method in SAFE_METHODS
    if not is_safe and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed("a form of another site was refused")


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if response.headers.get("Cache-Control") == FOR_EVER and response.status_code < 400:
        return response
    is_static = (request.endpoint or "").endswith("static") and response.status_code < 400
    response.headers["Cache-Control"] = (
        f"public, max-age={STATIC_MAX_AGE}" if is_static else "no-store"
    )
    return response
