"""Turns what went wrong into a page: friendly, with the right status, without details."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from rehab.errors import InvalidInput, NotAllowed, NotFound, RehabError, WrongState
from rehab.logs import get_logger, place_of

log = get_logger("rehab.web.errors")


def register(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(RehabError, _on_rehab_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_anything_else)


def page(status: int, title: str, text: str) -> ResponseReturnValue:
    """An error page."""
    return render_template("error.html", title=title, text=text), status


def _on_rehab_error(error: RehabError) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return page(404, _("Not found"), _("There is nothing here, or it is not yours to see."))
    if isinstance(error, NotAllowed):
        return page(403, _("Not for this account"), _("Your role cannot open this page."))
    if isinstance(error, InvalidInput):
        return page(422, _("Something does not fit"), "; ".join(error.fields.values()))
    if isinstance(error, WrongState):
        return page(
            409,
            _("Somebody was faster"),
            _("This has changed in the meantime. Go back, reload the page and look again."),
        )
    return _on_anything_else(error)


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, SecurityError):
        # The host name is not ours: no address can be built, so no page with links either.
        return "Bad request: unknown host name.", 400, {"Content-Type": "text/plain"}
    if isinstance(error, CSRFError):
        return page(
            400,
            _("The form was too old"),
            _("For safety nothing was saved. Go back, reload the page and send it again."),
        )
    if status < 400:
        return error.get_response()
    titles = {
        404: (_("Not found"), _("There is nothing here, or it is not yours to see.")),
        405: (_("Not possible"), _("This address does not accept that kind of request.")),
        413: (_("Too large"), _("What was sent is larger than this address accepts.")),
    }
    title, text = titles.get(status, (_("Not possible"), _("The request was not understood.")))
    body, code = render_template("error.html", title=title, text=text), status
    headers = {"Allow": ", ".join(error.valid_methods or ())} if status == 405 else {}  # type: ignore[attr-defined]
    return body, code, headers


def _on_anything_else(error: Exception) -> ResponseReturnValue:
    log.error(
        "request_failed",
        exception_place=place_of(error),
        path=request.url_rule.rule if request.url_rule else "",
        method=request.method,
    )
    return page(
        500,
        _("Something went wrong on our side"),
        _("It was noted. Please try again; if it stays, phone the clinic's technician."),
    )
