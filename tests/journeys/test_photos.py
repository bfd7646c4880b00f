"""A photo on its whole way: from the phone through the store to the physiotherapist, and back."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import MediaState, StoredMedia
from tests.pictures.test_pictures import png_header
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.pictures import jpeg
from tests.support.talk import answer

RED = "Is the skin around the wound more red or warmer than yesterday?"
WET = "Is the wound wet, or does it smell bad?"
OPEN = "Have the edges of the wound come apart?"


def only_one(house: House) -> StoredMedia:
    house.settle()
    (medium,) = house.rows(select(StoredMedia))
    assert isinstance(medium, StoredMedia)
    return medium


def test_a_good_photo_is_asked_about_kept_reviewed_and_said_to_be_seen(
    house: House, asha: Person
) -> None:
    asha.send_command("photo")
    asha.expect("a ruler or a coin beside the wound")
    asha.send_photo(jpeg(1280, 960), caption="my wound today")
    receipt = asha.expect("it is kept for the clinic")
    for question in (RED, WET, OPEN):
        answer(asha, "No", question=asha.expect(question))
    asha.expect("Thank you! Your answers:")
    medium = only_one(house)
    assert (medium.state, medium.width, medium.height) == ("stored", 1280, 960)
    meera = house.browser()
    address = f"/patients/{house.patient_id(ASHA)}/photos"
    page = meera.get(address)
    for told in ("my wound today", "Edges open: No", "not reviewed yet"):
        assert told in page
    meera.post(f"{address}/{medium.id}/reviewed", address, outcome="as_expected", note="")
    assert "reviewed by Meera Joshi" in meera.get(address)
    changed = asha.expect("Seen by your physiotherapist Meera")
    assert changed.message_id == receipt.message_id, "nothing new rings"


def test_a_photo_that_telegram_cannot_hand_out_at_once_is_fetched_later(
    house: House, asha: Person
) -> None:
    house.sim.faults.add("status", "getFile", status=500)
    asha.send_photo(jpeg())
    asha.expect("it is kept for the clinic")
    asha.expect(RED)
    house.settle()
    assert only_one(house).state == MediaState.WAITING
    house.later(seconds=6)
    house.until(lambda: only_one(house).state == MediaState.STORED)


def test_forty_megabytes_are_refused_kindly_and_staff_see_it(house: House, asha: Person) -> None:
    asha.send_document(jpeg() + b"\0" * 40_000_000, filename="big.jpg", mime_type="image/jpeg")
    asha.expect("too big for me: I can keep up to 20 MB")
    assert (only_one(house).state, only_one(house).problem) == ("refused", "too_large")
    assert not house.sim.calls.get("getFile"), "nothing of it was fetched"
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}/photos")
    assert "not kept: too large" in page


def test_a_bomb_and_a_text_that_calls_itself_a_photo_are_refused_kindly(
    house: House, asha: Person
) -> None:
    for content in (png_header(30_000, 30_000), b"I am fine, thank you"):
        asha.send_document(content, filename="wound.jpg", mime_type="image/jpeg")
        asha.expect("it is kept for the clinic")
        if content.startswith(b"\x89PNG"):
            asha.expect(RED)  # asked once for photos of one look
        asha.expect("I could not open what you sent, so it was not kept")
    house.settle()
    media = house.rows(select(StoredMedia).order_by(StoredMedia.id))
    assert [one.problem for one in media] == ["too_many_pixels", "not_a_picture"]
