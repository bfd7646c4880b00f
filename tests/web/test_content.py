"""The content pages: read by everybody on the staff, written by clinicians, published by two of them."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient

from exercises import packs
from rehab.models import ContentDraft, Episode, PlanChange, Publication
from tests.web.build import Clinic
from tests.web.posting import post

MEERA, RAO, ADMIN = "meera@clinic.example", "rao@clinic.example", "admin@clinic.example"
PIECE = "/content/piece?name=library/EX18"
DRAFT = "/content/draft?number=1"


def read(client: FlaskClient, path: str) -> str:
    """A page as text, without tags."""
    page = client.get(path).get_data(as_text=True)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def begun(clinic: Clinic, **more: Any) -> FlaskClient:
    """Meera's draft of EX18 with three sets."""
    meera = clinic.signed_in(MEERA)
    form = {"name": "library/EX18", "reason": "agreed in the team", **more}
    assert post(meera, "/content/drafts", page=PIECE, **form).location == DRAFT
    return meera


def write(client: FlaskClient, old: str, new: str) -> None:
    text = packs.release()["library/EX18"]
    assert old in text
    body = text.replace(old, new, 1).replace("\n", "\r\n")  # as a browser sends it
    assert post(client, "/content/drafts/1/text", page=DRAFT, toml=body).status_code == 303


def agree(client: FlaskClient) -> str:
    """Press the button of the draft's page; returns the page that follows."""
    page = client.get(DRAFT).get_data(as_text=True)
    seen = re.search(r'name="seen-1" value="(\w+)"', page)
    post(client, "/content/drafts/1/publish", page=DRAFT, **{"seen-1": seen[1] if seen else ""})
    return read(client, DRAFT)


def test_every_piece_is_listed_with_version_and_sign_off(clinic: Clinic) -> None:
    page = read(clinic.signed_in(ADMIN), "/content")
    assert "Hip resurfacing: standard programme" in page
    assert "protocols/hip-resurfacing-standard · hip resurfacing 1." in page
    assert "◆ proposal the release" in page


def test_a_draft_is_written_checked_and_published_by_a_second_clinician(clinic: Clinic) -> None:
    meera, rao = begun(clinic), clinic.signed_in(RAO)
    write(meera, "sets = 2", "sets = 9")
    page = read(meera, DRAFT)
    assert "Problems: 1" in page
    assert re.search(r"library/EX18\.toml, line \d+, dose\.sets: found 9", page), page
    write(meera, "sets = 2", "sets = 3")
    page = read(meera, DRAFT)
    assert "No problems" in page
    assert "Dose 2 sets · 10 times · 2× a day → 3 sets · 10 times · 2× a day" in page
    assert "You wrote this draft. Please ask a second surgeon or physiotherapist" in page
    assert "I have read it and agree" not in page
    assert "You wrote this draft" in agree(meera), "nor by sending the form all the same"
    with clinic.change() as session:
        assert session.query(Publication).count() == 0
    assert "Published. New patients start with it" in agree(rao)
    page = read(rao, PIECE)
    assert "Meera Joshi + Dr Rao" in page
    assert "Dose 2 sets · 10 times · 2× a day → 3 sets" in page
    assert "Meera Joshi + Dr Rao" in read(rao, "/content")


def test_an_administrator_reads_and_cannot_write_or_publish(clinic: Clinic) -> None:
    begun(clinic)
    admin = clinic.signed_in(ADMIN)
    page = read(admin, PIECE)
    assert "Clinicians write and publish content." in page
    assert "A surgeon or a physiotherapist must agree." in read(admin, DRAFT)
    for path in ("/content/drafts", "/content/drafts/1/text", "/content/drafts/1/publish",
                 "/content/drafts/1/withdraw", "/content/drafts/1/rebase"):  # fmt: skip
        assert post(admin, path, page=PIECE, name="library/EX18", reason="x").status_code == 403


def test_only_the_author_may_change_the_text(clinic: Clinic) -> None:
    begun(clinic)
    rao = clinic.signed_in(RAO)
    write(rao, "sets = 2", "sets = 3")
    assert "only its author changes a draft" in read(rao, DRAFT)
    with clinic.change() as session:
        assert session.get_one(ContentDraft, 1).toml == packs.release()["library/EX18"]


def test_what_was_edited_after_it_was_read_is_not_published(clinic: Clinic) -> None:
    meera, rao = begun(clinic), clinic.signed_in(RAO)
    write(meera, "sets = 2", "sets = 3")
    post(rao, "/content/drafts/1/publish", page=DRAFT, **{"seen-1": "of another text"})
    assert "was edited after you read it" in read(rao, DRAFT)


def test_a_withdrawn_draft_stays_to_be_read(clinic: Clinic) -> None:
    meera = begun(clinic)
    post(meera, "/content/drafts/1/withdraw", page=DRAFT)
    page = read(meera, DRAFT)
    assert "withdrawn" in page
    assert "Save and check" not in page
    assert "None. Open a piece below" in read(meera, "/content")


def test_a_patients_move_shows_the_difference_and_asks_for_a_reason(clinic: Clinic) -> None:
    meera, rao = begun(clinic), clinic.signed_in(RAO)
    path = f"/content/patients/{clinic.cast.asha}"
    assert "This patient has the current content." in read(meera, path)
    write(meera, "sets = 2", "sets = 3")
    agree(rao)
    assert "EX18 Standing leg lift to the side: Dose 2 sets" in read(meera, path)
    assert post(meera, path, page=path, reason=" ").status_code == 422
    assert post(meera, path, page=path, reason="agreed with Asha").status_code == 303
    assert "This patient has the current content." in read(meera, path)
    with clinic.change() as session:
        (row,) = session.query(PlanChange).all()
        assert (row.kind, row.clinician_id) == ("content", clinic.cast.meera)
        assert session.query(Episode).count() == 1


def test_odd_addresses_lead_nowhere_and_break_nothing(clinic: Clinic) -> None:
    meera = clinic.signed_in(MEERA)
    for path in ("/content/piece", "/content/piece?name=library/../../x", "/content/draft",
                 "/content/draft?number=x"):  # fmt: skip
        assert meera.get(path).status_code == 302, path
    for path in ("/content/piece?name=library/EX99", "/content/draft?number=77"):
        assert meera.get(path).status_code == 404, path
    page = read(meera, "/content/piece?name=library/EX18&old=feed&new=f00d")
    assert "One of these versions is not known here." in page
