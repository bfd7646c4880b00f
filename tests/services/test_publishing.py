"""Publishing: a second clinician, the whole pack checked, everybody enrolled before left alone."""

from __future__ import annotations

import pytest

from rehab.errors import ContentError, InvalidInput, NotAllowed, WrongState
from rehab.models import AuditEvent, Episode, Publication
from rehab.services import drafts, publishing, versions
from tests.services.content_changes import HIP, draft, publish
from tests.support.build import Clinic
from tests.support.build import episode as episode_row

EX18 = ("library/EX18", ("sets = 2", "sets = 3"))
STOP = ("Stop if your leg gives way", "Stop at once if your leg gives way")


def test_without_publications_the_release_is_current(clinic: Clinic) -> None:
    with clinic.session() as session:
        model, digest = versions.current(session, clinic.context, *HIP.split("/"))
        assert (model, digest) == (
            clinic.context.content.protocols["hip-resurfacing-standard"],
            clinic.context.content.hashes[HIP],
        )


def test_a_new_patient_gets_what_was_published_and_an_older_one_keeps_theirs(
    either: Clinic,
) -> None:
    clinic = either
    with clinic.session() as session:
        found = [
            draft(session, clinic, HIP, ('title = "Hip', 'title = "Our hip')),
            draft(session, clinic, *EX18),
        ]
        publish(session, clinic, *found)
    other = clinic.add_patient(chat=1002)
    with clinic.session() as session:
        old, new = episode_row(session, clinic.asha), episode_row(session, other)
        context = clinic.context
        assert versions.protocol_of(session, context, old).title.startswith("Hip")
        assert versions.protocol_of(session, context, new).title.startswith("Our hip")
        assert versions.library_of(session, context, old)["EX18"].dose.sets == 2
        assert versions.library_of(session, context, new)["EX18"].dose.sets == 3
        assert old.rules_hash == new.rules_hash
        protocol, digest = versions.current_protocol_for(session, context, "hip-resurfacing")
        assert (protocol.version, digest) == ("9.0.0", new.protocol_hash)


def test_a_publication_says_who_wrote_it_who_agreed_and_why(clinic: Clinic) -> None:
    with clinic.session() as session:
        publish(session, clinic, draft(session, clinic, *EX18))
        (told,) = publishing.history(session, kind="library", content_id="EX18")
        assert (told.author, told.second_person) == ("Meera Joshi", "Rao Sunil")
        assert told.reason == "agreed in the team meeting"
        (noted,) = session.query(AuditEvent).filter_by(action="content.published").all()
        assert noted.actor == f"clinician:{clinic.rao}"
        assert noted.detail.startswith("library/EX18 draft:")


def test_the_author_a_nurse_or_an_administrator_cannot_be_the_second_person(
    clinic: Clinic,
) -> None:
    from rehab.models import RoleName

    nurse = clinic.add_staff("Nurse Nina", RoleName.NURSE)
    for person in (clinic.meera, nurse, clinic.admin, 999):
        with clinic.session() as session:
            made = draft(session, clinic, *EX18)
            with pytest.raises(NotAllowed):
                publishing.publish(
                    session, clinic.context, draft_ids=[made.id], second_person_id=person,
                    now=clinic.now,
                )  # fmt: skip
            assert session.query(Publication).count() == 0


def test_a_draft_that_would_break_another_file_is_refused_with_file_and_fix(
    clinic: Clinic,
) -> None:
    with clinic.session() as session:
        made = draft(
            session, clinic, "questionnaires/daily-check-in", ('value = "calf"', 'value = "shin"')
        )
        with pytest.raises(ContentError, match=r"rules/.*toml, line \d+.*'calf'"):
            publish(session, clinic, made)
        assert made.state == "open"


def test_files_that_need_each_other_are_published_together(clinic: Clinic) -> None:
    with clinic.session() as session:
        exercise = draft(session, clinic, "library/EX18", ("sets = [1, 3]", "sets = [1, 4]"))
        protocol = draft(
            session, clinic, HIP,
            ('"EX18", dose = { sets = 2, reps = 10', '"EX18", dose = { sets = 4, reps = 10'),
            ("{ sets = 2, reps = 12, times_a_day = 1 }", "{ sets = 4, reps = 12, times_a_day = 1 }"),
            ("{ sets = 2, reps = 15, times_a_day = 1 }", "{ sets = 4, reps = 15, times_a_day = 1 }"),
        )  # fmt: skip
        with pytest.raises(ContentError, match="sets"):
            publish(session, clinic, protocol)
        rows = publish(session, clinic, exercise, protocol)
        assert [(one.kind, one.content_id) for one in rows] == [
            ("library", "EX18"),
            ("protocols", "hip-resurfacing-standard"),
        ]


def test_a_changed_base_of_rules_publishes_every_set_that_inherits_it(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(
            session, clinic, "rules/common", ("at_least = 38.0, below", "at_least = 37.8, below")
        )
        rows = publish(session, clinic, made)
        assert {"common", "hip-resurfacing", "knee"} <= {one.content_id for one in rows}
        assert {one.kind for one in rows} == {"rules"}
        model, digest = versions.current(session, clinic.context, "rules", "hip-resurfacing")
        stored = versions.stored(session, clinic.context, "rules", digest)
        assert stored == model
        assert stored.rule("RF04.early").when[0].at_least == 37.8
        assert set(versions.published_texts(session)) == {"rules/common"}


def test_who_publishes_first_is_told_to_the_one_who_comes_second(clinic: Clinic) -> None:
    with clinic.session() as session:
        first, second = draft(session, clinic, *EX18), draft(session, clinic, "library/EX18", STOP)
        publish(session, clinic, first)
        with pytest.raises(WrongState, match=r"2 sets · 10 times.*→ 3 sets") as caught:
            publish(session, clinic, second)
        assert caught.value.code == "stale"
        drafts.rebase(
            session, clinic.context, draft_id=second.id, clinician_id=clinic.meera, now=clinic.now
        )
        told = drafts.differences(session, second)
        assert any("3 sets · 10 times · 2× a day → 2 sets" in one for one in told), (
            "what going on from here would take back is told"
        )
        publish(session, clinic, second)


def test_nothing_is_agreed_to_that_was_edited_after_it_was_read(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, *EX18)
        read = {made.id: drafts.text_hash(made)}
        drafts.edit(
            session, draft_id=made.id, toml=made.toml.replace("reps = 10", "reps = 12"),
            clinician_id=clinic.meera, now=clinic.now,
        )  # fmt: skip
        with pytest.raises(WrongState, match="edited after you read it"):
            publishing.publish(
                session, clinic.context, draft_ids=[made.id], second_person_id=clinic.rao,
                now=clinic.now, seen=read,
            )  # fmt: skip


def test_a_draft_is_published_once(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, *EX18)
        publish(session, clinic, made)
        with pytest.raises(WrongState, match="published already"):
            publish(session, clinic, made)
        with pytest.raises(InvalidInput):
            publish(session, clinic)


def test_a_published_list_of_warning_signs_is_for_those_who_come_after_it(clinic: Clinic) -> None:
    name = "questionnaires/warning-signs"
    clinic.clock.forward(minutes=1)
    with clinic.session() as session:
        publish(session, clinic, draft(session, clinic, name, ('label = "', 'label = "My ')))
    other = clinic.add_patient(chat=1002)
    with clinic.session() as session:
        seen = {}
        for episode in (episode_row(session, clinic.asha), episode_row(session, other)):
            found, _ = versions.warning_signs(session, clinic.context, episode)
            seen[episode.id] = found.questions[0].options[0].label
        assert [one.startswith("My ") for one in seen.values()] == [False, True]


def test_a_publication_that_no_longer_fits_is_told_before_anybody_is_enrolled(
    clinic: Clinic,
) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, HIP, ('title = "Hip', 'title = "Our hip'))
        publish(session, clinic, made)
        # As after a release that no longer has an exercise the clinic's protocol plans.
        made.toml = made.toml.replace('"EX18"', '"EX97"', 1)
        session.flush()
        with pytest.raises(ContentError, match="does not fit this release"):
            versions.current_pack(session, clinic.context)
        # Whoever is enrolled goes on with the stored versions.
        episode = session.query(Episode).first()
        assert episode is not None
        assert versions.protocol_of(session, clinic.context, episode).stages


def test_a_publication_that_no_longer_fits_is_mended_by_a_newer_one(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, HIP, ('title = "Hip', 'title = "Our hip'))
        publish(session, clinic, made)
        made.toml = made.toml.replace('"EX18"', '"EX97"', 1)
        session.flush()
        mended = drafts.begin(
            session, clinic.context, kind="protocols", content_id="hip-resurfacing-standard",
            toml=made.toml.replace('"EX97"', '"EX18"').replace("9.0.0", "9.0.1"),
            reason="fits the new release", author_id=clinic.meera, now=clinic.now,
        )  # fmt: skip
        rows = publish(session, clinic, mended)
        assert [one.content_id for one in rows] == ["hip-resurfacing-standard"]
        model, _ = versions.current(session, clinic.context, *HIP.split("/"))
        assert model.title.startswith("Our hip")
