"""Drafts: begun from what is current, checked like the files themselves, changed by nobody but the author."""

from __future__ import annotations

import pytest

from exercises import packs
from rehab.errors import InvalidInput, NotAllowed, WrongState
from rehab.models import AuditEvent
from rehab.services import drafts
from tests.services.content_changes import HIP, REASON, draft, newer, publish
from tests.support.build import Clinic


def test_a_draft_begins_with_the_files_own_text_and_comments(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = drafts.begin(
            session, clinic.context, kind="library", content_id="EX18", reason=REASON,
            author_id=clinic.meera, now=clinic.now,
        )  # fmt: skip
        assert made.toml == packs.release()["library/EX18"]
        assert made.base_hash == clinic.context.content.hashes["library/EX18"]
        (problem,) = drafts.problems(session, clinic.context, [made])
        assert "found what is published already; expected a change" in str(problem)


def test_after_a_publication_a_draft_begins_with_the_published_text(clinic: Clinic) -> None:
    with clinic.session() as session:
        publish(session, clinic, draft(session, clinic, "library/EX18", ("sets = 2", "sets = 3")))
        made = drafts.begin(
            session, clinic.context, kind="library", content_id="EX18", reason=REASON,
            author_id=clinic.rao, now=clinic.now,
        )  # fmt: skip
        assert "sets = 3\n" in made.toml


@pytest.mark.parametrize(
    ("name", "pair", "line_has", "words"),
    [
        (HIP, ('exercise = "EX18"', 'exercise = "EX99"'), "EX99", "the id of an exercise"),
        (HIP, ("is_default = true", "is_defualt = true"), "is_defualt", "is_default"),
        ("library/EX18", ("sets = 2", "sets = 9"), "sets = 9", "1 to 3"),
        ("questionnaires/daily-check-in", ('value = "calf"', 'value = "shin"'), "", "'calf'"),
    ],
)
def test_a_broken_draft_is_told_with_file_line_and_fix(
    clinic: Clinic, name: str, pair: tuple[str, str], line_has: str, words: str
) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, name, pair)
        found = drafts.problems(session, clinic.context, [made])
        told = [one for one in found if words in str(one)]
        assert told, [str(one) for one in found]
        if line_has:
            assert told[0].file == f"{name}.toml"
            assert told[0].line is not None
            assert line_has in made.toml.splitlines()[told[0].line - 1]
        else:
            assert told[0].file.startswith("rules/"), "the other file that would break"


def test_a_draft_that_is_no_toml_is_told_by_line(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, "library/EX18", ("sets = 2", "sets = = 2"))
        found = drafts.problems(session, clinic.context, [made])
        assert any("valid TOML" in str(one) and "line" in str(one) for one in found)
        assert drafts.differences(session, made) == ()


@pytest.mark.parametrize("version", ["1.0.9", "0.9.0"])
def test_a_version_number_must_be_higher(clinic: Clinic, version: str) -> None:
    with clinic.session() as session:
        high = newer(HIP)
        made = draft(session, clinic, HIP, (high[1], f'version = "{version}"'))
        (problem,) = drafts.problems(session, clinic.context, [made])
        assert problem.key == "version"
        assert problem.line is not None
        assert "a version number higher than" in problem.expected


def test_only_the_author_edits_and_any_clinician_withdraws(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(session, clinic, "library/EX18", ("sets = 2", "sets = 3"))
        with pytest.raises(NotAllowed):
            drafts.edit(
                session, draft_id=made.id, toml="x", clinician_id=clinic.rao, now=clinic.now
            )
        drafts.edit(
            session, draft_id=made.id, toml="a = 1\r\nb = 2", clinician_id=clinic.meera,
            now=clinic.now,
        )  # fmt: skip
        assert made.toml == "a = 1\nb = 2\n", "a browser's line ends are not kept"
        drafts.withdraw(session, draft_id=made.id, clinician_id=clinic.rao, now=clinic.now)
        with pytest.raises(WrongState, match="withdrawn already"):
            drafts.edit(
                session, draft_id=made.id, toml="x", clinician_id=clinic.meera, now=clinic.now
            )
        acts = session.query(AuditEvent).filter_by(subject=f"draft:{made.id}").all()
        assert [one.action for one in acts] == ["draft.begun", "draft.edited", "draft.withdrawn"]


@pytest.mark.parametrize("name", ["library/../../x", "measures/rehab", "library/EX98", "nothing"])
def test_a_draft_of_what_no_file_may_be_called_is_refused(clinic: Clinic, name: str) -> None:
    kind, _, content_id = name.partition("/")
    with clinic.session() as session, pytest.raises(InvalidInput) as caught:
        drafts.begin(
            session, clinic.context, kind=kind, content_id=content_id, reason=REASON,
            author_id=clinic.meera, now=clinic.now,
        )  # fmt: skip
    assert "name" in caught.value.fields


def test_an_administrator_writes_no_drafts(clinic: Clinic) -> None:
    with clinic.session() as session, pytest.raises(NotAllowed):
        drafts.begin(
            session, clinic.context, kind="library", content_id="EX18", reason=REASON,
            author_id=clinic.admin, now=clinic.now,
        )  # fmt: skip


def test_new_words_for_patients_without_a_translation_are_named(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = draft(
            session, clinic, "library/EX18",
            ("Do not lean your body", "Please do not lean your body"),
        )  # fmt: skip
        assert drafts.untranslated(session, clinic.context, [made]) == {
            "hi": ("Please do not lean your body to the other side.",),
            "mr": ("Please do not lean your body to the other side.",),
        }


def test_differences_are_sentences_for_a_physiotherapist(clinic: Clinic) -> None:
    with clinic.session() as session:
        protocol = draft(
            session, clinic, HIP,
            ('"EX18", dose = { sets = 2, reps = 10', '"EX18", dose = { sets = 3, reps = 10'),
            ('id = "no-deep-bending"', 'id = "no-bending"'),
        )  # fmt: skip
        told = drafts.differences(session, protocol)
        assert (
            "Stage P2, day 15-42: EX18 2 sets · 10 times · 1× a day → 3 sets · 10 times · 1× a day"
            in told
        )
        assert any(
            one.startswith("New precaution no-bending (day 0-42): Do not bend") for one in told
        )
        assert any(one.endswith("is gone") and "no-deep-bending" in one for one in told)
        rules = draft(
            session, clinic, "rules/common", ("at_least = 38.0, below", "at_least = 37.8, below")
        )
        old, new = (pair.split('"')[1] for pair in newer("rules/common"))
        assert drafts.differences(session, rules) == (
            f"Version: {old} → {new}",
            "Rule RF04.early, condition 1 (temperature), at least: 38.0 → 37.8",
        )
