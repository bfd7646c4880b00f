"""The exercise library and the protocols, as pages to look things up in; and the pictures."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from exercises.drawing import Figure, figure_hash, strip_svg
from rehab.errors import NotFound
from rehab.services import media, media_cache
from rehab.services.overview import library
from rehab.web.access import Policy, allow_all, runtime
from rehab.web.headers import FOR_EVER

blueprint = Blueprint("library", __name__)
allow_all(blueprint, Policy.CLINICIAN)
LONGEST_SEARCH = 100
HASH_LETTERS = 16


@blueprint.app_template_global("picture_version")
def picture_version(exercise_id: str) -> str:
    """A word that changes with the drawing; empty when the exercise has no drawing yet."""
    figure = media.figures().get(exercise_id)
    return figure_hash(figure)[:HASH_LETTERS] if figure else ""


@blueprint.get("/library")
def index() -> ResponseReturnValue:
    """All exercises as cards, by procedure and words."""
    content = runtime().context.content
    procedure = request.args.get("procedure", "")
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    return render_template(
        "library.html",
        cards=library.exercise_cards(content, procedure=procedure, search=search),
        procedures=library.procedures(content),
        procedure=procedure,
        search=search,
        still="still" in request.args,
    )


@blueprint.get("/library/<exercise_id>")
def exercise(exercise_id: str) -> ResponseReturnValue:
    """One exercise."""
    view = library.exercise_view(runtime().context.content, exercise_id)
    if view is None:
        raise NotFound("no such exercise")
    return render_template(
        "exercise.html",
        view=view,
        signed=library.sign_off_words(view.exercise.sign_off),
        still="still" in request.args,
    )


@blueprint.get("/library/<exercise_id>/moving.gif")
def moving(exercise_id: str) -> ResponseReturnValue:
    """The moving picture."""
    figure = _figure(exercise_id)
    made = media.FigureRecipe(figure, _side()).make()
    return _picture(made.content, made.mime, figure)


@blueprint.get("/library/<exercise_id>/strip.svg")
def strip(exercise_id: str) -> ResponseReturnValue:
    """The still pictures side by side."""
    figure, side = _figure(exercise_id), _side()
    name = f"strip-{figure.id}-{side}-{figure_hash(figure)}.svg"
    content = media_cache.kept(name, lambda: strip_svg(figure, side).encode())
    return _picture(content, "image/svg+xml", figure)


@blueprint.get("/protocols")
def protocols() -> ResponseReturnValue:
    """Every protocol, or the one with the id that is asked for."""
    content = runtime().context.content
    wanted = request.args.get("id", "")
    if not wanted:
        found = sorted(content.protocols.values(), key=lambda one: one.title)
        return render_template("protocols.html", protocols=found)
    view = library.protocol_view(content, wanted)
    if view is None:
        raise NotFound("no such protocol")
    signed = library.sign_off_words(view.protocol.sign_off)
    return render_template("protocol.html", view=view, signed=signed)


def _figure(exercise_id: str) -> Figure:
    figure = media.figures().get(exercise_id)
    if figure is None:
        raise NotFound("no picture of this exercise")
    return figure


def _side() -> media.Side:
    return "right" if request.args.get("side") == "right" else "left"


def _picture(content: bytes, mime: str, figure: Figure) -> Response:
    response = Response(content, mimetype=mime)
    response.set_etag(figure_hash(figure))
    if request.args.get("v") == figure_hash(figure)[:HASH_LETTERS]:
        response.headers["Cache-Control"] = FOR_EVER
    response.make_conditional(request)
    return response
