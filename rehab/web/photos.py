"""What a patient sent: photos side by side by day, voice messages, and who has looked at them."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.flows import wound_photo
from rehab.services import audit, photo_review
from rehab.services.overview.patient import latest_episode
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm, ReviewForm

blueprint = Blueprint("photos", __name__, url_prefix="/patients/<int:patient_id>/photos")
allow_all(blueprint, Policy.PATIENT_TEAM)
ENDINGS = {
    "image/jpeg": "jpg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
}
"""What is kept is one of these; anything else is served as bytes to save."""
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A file opened on its own may do nothing."""


@blueprint.get("")
def show(patient_id: int) -> ResponseReturnValue:
    """All of it, the newest day first; every look is recorded."""
    return _page(patient_id)


@blueprint.get("/<int:media_id>/file")
def file(patient_id: int, media_id: int) -> ResponseReturnValue:
    """The photo or the sound itself; every look is recorded."""
    with transaction() as session:
        content, mime = photo_review.body(
            session, media_id=media_id, patient_id=patient_id, actor=me().actor, now=now()
        )
    ending = ENDINGS.get(mime)
    response = Response(content, mimetype=mime if ending else "application/octet-stream")
    response.headers.set(
        "Content-Disposition",
        "inline" if ending else "attachment",
        filename=f"{media_id}.{ending or 'bin'}",
    )
    response.headers["Content-Security-Policy"] = ALONE
    return response


@blueprint.post("/<int:media_id>/reviewed")
def reviewed(patient_id: int, media_id: int) -> ResponseReturnValue:
    """Somebody has looked at it; the patient's receipt says so."""
    form = ReviewForm()
    if not form.validate_on_submit():
        return _page(patient_id, form), 422
    with transaction() as session:
        photo_review.review(
            session,
            media_id=media_id,
            patient_id=patient_id,
            clinician_id=me().id,
            outcome=form.chosen,
            note=form.note.data or "",
            now=now(),
        )
    flash(_("Reviewed. The patient's receipt says that you have seen it."), "success")
    return redirect(url_for("photos.show", patient_id=patient_id), 303)


@blueprint.post("/ask")
def ask(patient_id: int) -> ResponseReturnValue:
    """Ask the patient for a photo of the wound."""
    if not EmptyForm().validate_on_submit():
        raise InvalidInput(photo=_("Please try again from the patient's page."))
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        wound_photo.ask_for_photo(
            session, runtime().context, episode=episode, clinician_name=me().name, now=now()
        )
        audit.record(
            session,
            actor=me().actor,
            action="photo.asked",
            subject=f"episode:{episode.id}",
            patient_id=patient_id,
            now=now(),
        )
    flash(_("The patient is asked for a photo, with a picture of how to take it."), "success")
    return redirect(url_for("photos.show", patient_id=patient_id), 303)


def _page(patient_id: int, form: ReviewForm | None = None) -> str:
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        found = photo_review.gallery(session, runtime().context, patient_id=patient_id, now=now())
        audit.record(
            session,
            actor=me().actor,
            action="photos.viewed",
            subject=f"patient:{patient_id}",
            patient_id=patient_id,
            now=now(),
        )
        return render_template(
            "photos.html",
            patient_id=patient_id,
            code=episode.patient.code,
            name=episode.patient.name,
            language=episode.patient.language,
            can_ask=episode.patient.chat is not None,
            days=[
                (timetable.day_number(episode.surgery_on, local_on), local_on, tuple(group))
                for local_on, group in groupby(found, lambda one: one.local_on)
            ],
            form=form or ReviewForm(),
            empty_form=EmptyForm(),
        )
