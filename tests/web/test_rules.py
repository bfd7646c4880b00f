"""How the rules do, on the dashboard: a replay before agreeing, and the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context

from flask.testing import FlaskClient

from exercises import packs
from rehab.models import Publication
from rehab.services import drafts
from tests.services.content_changes import newer
from tests.web.build import Clinic
from tests.web.posting import post
from tests.web.test_content import MEERA, RAO, agree, read

LATE = 'at_least = 38.0, is_one_of = ["38-up", "39-up"] }'
REPLAY = "/rules/replay/1"


def looser(clinic: Clinic, limit: str = "39.5") -> None:
    """Meera's draft of rules that speak of a fever later."""
    text = packs.release()["rules/common"].replace(*newer("rules/common"), 1)
    with clinic.change() as session:
        drafts.begin(
            session,
            clinic.context,
            kind="rules",
            content_id="common",
            toml=text.replace(LATE, LATE.replace("38.0", limit), 1),
            reason="too many calls",
            author_id=clinic.cast.meera,
            now=clinic.clock.now(),
        )


def coming_in(client: FlaskClient) -> Iterator[str]:
    """The page of a replay as it arrives, in a context of its own: others ask meanwhile."""
    own = copy_context()
    sent = own.run(lambda: post(client, REPLAY, page=REPLAY, days="30").iter_encoded())
    while some := own.run(next, sent, b""):
        yield some.decode()


def test_the_second_person_reads_the_replay_and_only_then_may_agree(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"temperature": "38.2"})
    looser(clinic)
    rao = clinic.signed_in(RAO)
    assert "Replay on the last 90 days" in read(rao, "/content/draft?number=1")
    assert "Please look at the replay of draft 1 first" in agree(rao)
    shown = post(rao, REPLAY, page=REPLAY, days="30").get_data(as_text=True)
    assert "You have seen the replay of this text" in shown
    assert "Gone" in shown
    assert "Asha" not in shown
    agree(rao)
    with clinic.change() as session:
        assert session.query(Publication).count() > 0


def test_a_replay_tells_how_far_it_is_while_it_runs_and_counts_only_when_it_has_ended(
    clinic: Clinic,
) -> None:
    clinic.answer(clinic.cast.asha, {"temperature": "38.2"})
    looser(clinic)
    rao = clinic.signed_in(RAO)
    sent = coming_in(rao)
    assert any("0 of 1 patients" in some for some in sent)
    assert "Please look at the replay of draft 1 first" in agree(rao)
    rest = "".join(sent)
    assert "1 of 1 patients" in rest
    assert "Gone" in rest
    agree(rao)
    with clinic.change() as session:
        assert session.query(Publication).count() > 0


def test_what_was_edited_while_a_replay_ran_was_not_seen(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"temperature": "38.2"})
    looser(clinic)
    rao = clinic.signed_in(RAO)
    sent = coming_in(rao)
    assert any("0 of 1 patients" in some for some in sent)
    with clinic.change() as session:
        text = drafts.get(session, 1).toml.replace(LATE.replace("38.0", "39.5"), LATE)
        drafts.edit(
            session, draft_id=1, toml=text, clinician_id=clinic.cast.meera, now=clinic.clock.now()
        )
    assert "Gone" in "".join(sent)
    assert "Please look at the replay of draft 1 first" in agree(rao)


def test_a_draft_with_problems_says_so_instead_of_a_replay(clinic: Clinic) -> None:
    looser(clinic, '"warm"')
    answer = post(clinic.signed_in(RAO), REPLAY, page=REPLAY)
    assert answer.status_code == 422
    assert "has problems" in answer.get_data(as_text=True)


def test_an_administrator_sees_no_replay_and_no_report(clinic: Clinic) -> None:
    looser(clinic)
    admin = clinic.signed_in("admin@clinic.example")
    for path in (REPLAY, "/rules/report"):
        assert admin.get(path).status_code == 403


def test_the_report_counts_what_was_closed_and_how_fast(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    page = f"/patients/{clinic.cast.asha}"
    form = {"outcome": "called", "note": "", "useful": "yes"}
    assert post(client, f"{page}/alerts/1/resolve", page=page, **form).status_code == 303
    told = read(client, "/rules/report")
    assert "100% of 1" in told
    assert "1 / 0" in told
    assert "Called the patient 1" in told
    assert "Asha" not in told
    assert "No rule spoke" not in read(client, "/rules/report?days=90")


def test_the_alerts_page_leads_to_the_report(clinic: Clinic) -> None:
    assert 'href="/rules/report"' in clinic.signed_in(MEERA).get("/alerts").get_data(as_text=True)
