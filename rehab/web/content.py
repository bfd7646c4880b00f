"""Clinical content: what is current, its versions, drafts with what is wrong in them, publishing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exercises import packs
from rehab.db import transaction
from rehab.errors import ContentError, InvalidInput, NotAllowed, NotFound, RehabError, WrongState
from rehab.models import Clinician, ContentDraft, DraftState
from rehab.services import (
    content_diff,
    content_list,
    drafts,
    episodes,
    publishing,
    repinning,
    versions,
)
from rehab.web.access import Policy, allow, allow_all, me, now, runtime

blueprint = Blueprint("content", __name__, url_prefix="/content")
allow_all(blueprint, Policy.STAFF)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every current piece by kind, and the drafts that wait."""
    with transaction() as session:
        found = content_list.pieces(session, runtime().context)
        waiting = [_row(session, one) for one in drafts.open_drafts(session)]
        unfit = content_list.standing(session, runtime().context)[1]
    kinds = [
        (kind, list(group)) for kind, group in groupby(found, key=lambda one: _kind(one.name))
    ]
    return render_template("content.html", kinds=kinds, waiting=waiting, unfit=unfit)


@blueprint.get("/piece")
def piece() -> ResponseReturnValue:
    """One piece: its versions and the difference between two of them, named in the address."""
    name = request.args.get("name", "")
    if not packs.is_name(name):
        return redirect(url_for("content.index"))
    context = runtime().context
    with transaction() as session:
        found = content_list.versions_of(session, context, name)
        if not found:
            raise NotFound("no such piece")
        new = request.args.get("new") or found[0].hash
        old = request.args.get("old") or next((one.hash for one in found if one.hash != new), new)
        sides = [versions.stored(session, context, _kind(name), one) for one in (old, new)]
        title = next(
            one.title for one in content_list.pieces(session, context) if one.name == name
        )
        text = drafts.current_text(session, name)
    return render_template(
        "content_piece.html",
        name=name,
        piece_title=title,
        versions=found,
        old=old,
        new=new,
        told=content_diff.differences(*sides) if all(sides) else None,
        text=text,
    )


@blueprint.post("/drafts")
@allow(Policy.CLINICIAN)
def begin() -> ResponseReturnValue:
    """Begin a draft of a piece from its current version."""
    kind, _slash, content_id = request.form.get("name", "").partition("/")
    with transaction() as session:
        draft_id = drafts.begin(
            session,
            runtime().context,
            kind=kind,
            content_id=content_id,
            reason=request.form.get("reason", ""),
            author_id=me().id,
            now=now(),
        ).id
    return _to_draft(draft_id)


@blueprint.get("/draft")
def draft() -> ResponseReturnValue:
    """One draft: its text, what is wrong with it by line, and what it would change."""
    number = request.args.get("number", type=int)
    if number is None:
        return redirect(url_for("content.index"))
    _read_outside_of_transactions([number])
    context = runtime().context
    with transaction() as session:
        found = drafts.get(session, number)
        is_open = found.state == DraftState.OPEN
        others = [one for one in drafts.open_drafts(session) if one.id != number]
        page = {
            "draft": _row(session, found),
            "state": found.state,
            "toml": found.toml,
            "seen": drafts.text_hash(found),
            "is_mine": found.author_id == me().id,
            "refusal": publishing.refusal(session, found, me().id),
            "others": [(_row(session, one), drafts.text_hash(one)) for one in others],
        }
        if is_open:
            page |= {
                "problems": drafts.problems(session, context, [found]),
                "told": drafts.differences(session, found),
                "meanwhile": drafts.published_meanwhile(session, context, found),
                "untranslated": drafts.untranslated(session, context, [found]),
            }
    return render_template("content_draft.html", is_open=is_open, **page)


@blueprint.post("/drafts/<int:draft_id>/text")
@allow(Policy.CLINICIAN)
def save(draft_id: int) -> ResponseReturnValue:
    """Keep another text; the page then tells what is wrong with it."""

    def act(session: Session) -> None:
        text = request.form.get("toml", "")
        drafts.edit(session, draft_id=draft_id, toml=text, clinician_id=me().id, now=now())

    return _do(draft_id, act, _("Saved. Nothing is published yet."))


@blueprint.post("/drafts/<int:draft_id>/rebase")
@allow(Policy.CLINICIAN)
def rebase(draft_id: int) -> ResponseReturnValue:
    """Go on from what was published meanwhile."""

    def act(session: Session) -> None:
        drafts.rebase(
            session, runtime().context, draft_id=draft_id, clinician_id=me().id, now=now()
        )

    return _do(
        draft_id, act, _("Please check the difference below: it is to the new version now.")
    )


@blueprint.post("/drafts/<int:draft_id>/withdraw")
@allow(Policy.CLINICIAN)
def withdraw(draft_id: int) -> ResponseReturnValue:
    """Give the draft up."""

    def act(session: Session) -> None:
        drafts.withdraw(session, draft_id=draft_id, clinician_id=me().id, now=now())

    return _do(draft_id, act, _("The draft was withdrawn. It stays on record."))


@blueprint.post("/drafts/<int:draft_id>/publish")
@allow(Policy.CLINICIAN)
def publish(draft_id: int) -> ResponseReturnValue:
    """Agree as the second person: this draft, and those ticked with it, become current."""
    ids = [draft_id, *request.form.getlist("with", type=int)]
    _read_outside_of_transactions(ids)

    def act(session: Session) -> None:
        publishing.publish(
            session,
            runtime().context,
            draft_ids=ids,
            second_person_id=me().id,
            now=now(),
            seen={one: request.form.get(f"seen-{one}", "") for one in ids},
        )

    done = _("Published. New patients start with it; nobody enrolled before is changed.")
    return _do(draft_id, act, done)


@blueprint.route("/patients/<int:patient_id>", methods=["GET", "POST"])
@allow(Policy.PATIENT_TEAM)
def patient(patient_id: int) -> ResponseReturnValue:
    """What is newer than this patient's content, and moving the patient to it."""
    context, problem = runtime().context, ""
    if request.method == "POST":
        try:
            return _move(patient_id)
        except (InvalidInput, WrongState, NotAllowed) as error:
            problem = _words(error)
    with transaction() as session:
        episode = episodes.latest(session, patient_id=patient_id)
        if episode is None:
            raise NotFound("no episode")
        seen = repinning.preview(session, context, episode=episode)
        name = episode.patient.name
    page = render_template(
        "content_patient.html", patient_id=patient_id, name=name, seen=seen, problem=problem
    )
    return page, 422 if problem else 200


def _move(patient_id: int) -> ResponseReturnValue:
    with transaction() as session:
        episode = episodes.latest(session, patient_id=patient_id)
        if episode is None:
            raise NotFound("no episode")
        repinning.apply(
            session,
            runtime().context,
            episode_id=episode.id,
            reason=request.form.get("reason", ""),
            clinician_id=me().id,
            now=now(),
        )
    flash(_("Moved. What is asked from now on is the newer version."), "success")
    return redirect(url_for("content.patient", patient_id=patient_id), 303)


def _do(draft_id: int, act: Callable[[Session], None], done: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            act(session)
    except (InvalidInput, NotAllowed, WrongState, ContentError) as error:
        flash(_words(error), "error")
    else:
        flash(done, "success")
    return _to_draft(draft_id)


def _words(error: RehabError) -> str:
    return "; ".join(error.fields.values()) if isinstance(error, InvalidInput) else str(error)


def _to_draft(draft_id: int) -> ResponseReturnValue:
    return redirect(url_for("content.draft", number=draft_id), 303)


def _read_outside_of_transactions(ids: list[int]) -> None:
    """Reading a bundle takes a second, and on SQLite a transaction makes everybody else wait."""
    with transaction() as session:
        changes = drafts.changes(session, [drafts.get(session, one) for one in ids])
    packs.read(changes)


def _row(session: Session, one: ContentDraft) -> dict[str, object]:
    return {
        "id": one.id,
        "name": drafts.name_of(one),
        "kind": one.kind,
        "author": session.get_one(Clinician, one.author_id).name,
        "reason": one.reason,
        "at": one.updated_at,
    }


def _kind(name: str) -> str:
    return name.partition("/")[0]
