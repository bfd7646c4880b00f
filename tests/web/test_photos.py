"""Photos and voice messages on the dashboard: seen by the team alone, each look on record."""

from __future__ import annotations

from sqlalchemy import select

from rehab.models import AuditEvent, IncomingMessage, OutboxMessage, StoredMedia
from tests.support.pictures import opus
from tests.web.build import PHOTO, Clinic
from tests.web.posting import post


def page_of(clinic: Clinic) -> str:
    return f"/patients/{clinic.cast.asha}/photos"


def shown(clinic: Clinic) -> str:
    return clinic.signed_in("meera@clinic.example").get(page_of(clinic)).get_data(as_text=True)


def test_photos_stand_by_day_with_their_words_and_a_clock(clinic: Clinic) -> None:
    clinic.send(clinic.cast.asha, content=b"", hours_ago=26, caption="my wound")
    photo = clinic.send(clinic.cast.asha, content=b"", hours_ago=2)
    page = shown(clinic)
    assert page.count("<h2>Day ") == 2
    assert f"{page_of(clinic)}/{photo}/file" in page
    assert "my wound" in page
    assert 'chip red"><span aria-hidden="true">▲</span>not reviewed yet, 26 h ago' in page
    assert 'chip amber"><span aria-hidden="true">◆</span>not reviewed yet, 2 h ago' in page


def test_a_photo_is_served_alone_uncached_and_on_record(clinic: Clinic) -> None:
    photo = clinic.send(clinic.cast.asha, content=b"")
    answer = clinic.signed_in("meera@clinic.example").get(f"{page_of(clinic)}/{photo}/file")
    assert (answer.mimetype, answer.data) == ("image/jpeg", PHOTO.content)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f"inline; filename={photo}.jpg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with clinic.change() as session:
        seen = session.scalars(select(AuditEvent).where(AuditEvent.action == "media.viewed")).one()
        assert (seen.actor, seen.subject, seen.patient_id) == (
            f"clinician:{clinic.cast.meera}",
            f"media:{photo}",
            clinic.cast.asha,
        )


def test_a_photo_of_another_patient_cannot_be_reached_through_ones_own(clinic: Clinic) -> None:
    photo = clinic.send(clinic.cast.asha, content=b"")
    own = clinic.add_patient("Own Patient", days_ago=5, owner=clinic.cast.vikram)
    vikram = clinic.signed_in("vikram@clinic.example")
    address = f"/patients/{own}/photos"
    assert vikram.get(f"{address}/{photo}/file").status_code == 404
    refused = post(vikram, f"{address}/{photo}/reviewed", page=address, outcome="", note="")
    assert refused.status_code == 404


def test_a_voice_message_can_be_heard_on_the_page(clinic: Clinic) -> None:
    voice = clinic.send(clinic.cast.asha, "voice", content=opus())
    client = clinic.signed_in("meera@clinic.example")
    answer = client.get(page_of(clinic))
    assert "<audio" in answer.get_data(as_text=True)
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    assert client.get(f"{page_of(clinic)}/{voice}/file").data == opus()


def test_what_was_not_kept_is_said_with_the_reason(clinic: Clinic) -> None:
    clinic.send(clinic.cast.asha, "video")
    assert "not kept: a kind of file that is not kept" in shown(clinic)


def test_reviewed_names_the_clinician_stops_the_clock_and_leaves_the_worklist(
    clinic: Clinic,
) -> None:
    photo = clinic.send(clinic.cast.asha, content=b"", hours_ago=30)
    client = clinic.signed_in("meera@clinic.example")
    assert "Photos not reviewed: 1" in client.get("/").get_data(as_text=True)
    done = post(
        client,
        f"{page_of(clinic)}/{photo}/reviewed",
        page=page_of(clinic),
        outcome="as_expected",
        note="Edges dry <b>",
    )
    assert done.status_code == 303
    page = client.get(page_of(clinic)).get_data(as_text=True)
    assert "reviewed by Meera Joshi" in page
    assert "looks as expected" in page
    assert "Edges dry &lt;b&gt;" in page
    assert "not reviewed yet" not in page
    assert "Photos not reviewed" not in client.get("/").get_data(as_text=True)
    with clinic.change() as session:
        medium = session.get_one(StoredMedia, photo)
        assert medium.look_after is None
        message = session.get_one(IncomingMessage, medium.incoming_id)
        assert message.seen_by == clinic.cast.meera


def test_staff_ask_for_a_photo_with_one_button(clinic: Clinic) -> None:
    client = clinic.signed_in("meera@clinic.example")
    assert post(client, f"{page_of(clinic)}/ask", page=page_of(clinic)).status_code == 303
    with clinic.change() as session:
        asked = session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "photo_guide")
        ).one()
        assert "Meera at the clinic would like to see your wound" in (asked.text or "")
