"""The commands of the people who run a clinic's server."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, make
from tests.exercises.conftest import CONTENT


def patient(*more: str, **changes: str) -> list[str]:
    """The arguments of `patients add`."""
    given = {
        "--name": "Asha Patil",
        "--procedure": "hip-resurfacing",
        "--surgery-date": f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}",
        "--timezone": "Asia/Kolkata",
        "--language": "en",
        "--birth-year": "1979",
        "--clinician": "meera@clinic.example",
    } | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return ["patients", "add", *(part for pair in given.items() for part in pair), *more]


# --- staff --------------------------------------------------------------------------------------


def test_staff_get_a_password_that_is_shown_once(desk: Desk) -> None:
    added = desk.ask(
        "staff", "add", "--email", "Rao@Clinic.example", "--name", "Dr Rao", "--role", "surgeon"
    )
    assert added["email"] == "rao@clinic.example"
    assert len(added["password"]) >= 12


def test_a_chosen_password_is_not_repeated(desk: Desk) -> None:
    added = desk.ask(
        *("staff", "add", "--email", "r@clinic.example", "--name", "Dr Rao", "--role", "doctor"),
        *("--password", "correct horse battery"),
    )
    assert "password" not in added


def test_somebody_is_put_on_call(staffed: Desk) -> None:
    assert staffed.ask("staff", "on-call", "--email", "meera@clinic.example")["on_call"] is True


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (["--email", "nobody"], "--email"),
        (["--email", "meera@clinic.example"], "--email"),
        (["--role", "wizard"], "--role"),
        (["--telegram-id", "-5"], "--telegram-id"),
        (["--telegram-id", "9001"], "--telegram-id"),
        (["--telegram-id", "abc"], "--telegram-id"),
    ],
)
def test_odd_staff_is_refused_with_the_options_name(
    staffed: Desk, change: list[str], word: str
) -> None:
    base = ["staff", "add", "--email", "x@clinic.example", "--name", "Some One", "--role", "nurse"]
    code, line = staffed.complain(*base, *change)
    assert code == 2
    assert line.startswith("Error:")
    assert word in line


def test_an_administrator_cannot_be_on_call(desk: Desk) -> None:
    base = ["staff", "add", "--email", "a@clinic.example", "--name", "Ada", "--role", "admin"]
    code, line = desk.complain(*base, "--on-call")
    assert (code, "administrator" in line) == (2, True)
    assert desk.ask(*base)["clinician_id"] == 1, "the refused one left nothing"


def test_an_unknown_address_is_said_to_be_unknown(desk: Desk) -> None:
    code, line = desk.complain("staff", "on-call", "--email", "nobody@clinic.example")
    assert (code, line) == (1, "Error: no clinician has this e-mail address")


# --- patients -----------------------------------------------------------------------------------


def test_a_patient_gets_an_invite_link(staffed: Desk) -> None:
    added = staffed.ask(*patient())
    assert set(added) == {"patient_id", "invite_link"}
    address, _, token = added["invite_link"].partition("?start=")
    assert address == "https://t.me/rehab_demo_bot"
    assert 16 <= len(token) <= 64


def test_a_new_link_for_the_same_patient(staffed: Desk) -> None:
    added = staffed.ask(*patient())
    again = staffed.ask("patients", "invite", "--patient-id", str(added["patient_id"]))
    assert again["patient_id"] == added["patient_id"]
    assert again["invite_link"] != added["invite_link"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("birth_year", "1850"),
        ("birth_year", "soon"),
        ("language", "fr"),
        ("timezone", "Mars/Olympus"),
        ("procedure", "appendectomy"),
        ("surgery_date", "tomorrow"),
        ("name", " "),
    ],
)
def test_an_odd_patient_is_refused_with_the_options_name(
    staffed: Desk, option: str, value: str
) -> None:
    code, line = staffed.complain(*patient(**{option: value}))
    assert code == 2
    assert f"--{option.replace('_', '-')}" in line


def test_a_surgery_too_long_ago_names_the_date(staffed: Desk) -> None:
    code, line = staffed.complain(*patient(surgery_date="2001-01-01"))
    assert code == 2
    assert "--surgery-" in line


def test_an_unknown_clinician_is_said_to_be_unknown(staffed: Desk) -> None:
    assert staffed.complain(*patient(clinician="nobody@clinic.example"))[0] == 1


def test_a_link_for_nobody_is_refused(staffed: Desk) -> None:
    code, line = staffed.complain("patients", "invite", "--patient-id", "99")
    assert (code, line) == (1, "Error: no such patient")


def test_without_tables_it_says_what_to_do(tmp_path: Path) -> None:
    desk = make(tmp_path, tables=False)
    code, line = desk.complain(
        "staff", "add", "--email", "m@clinic.example", "--name", "Me", "--role", "nurse"
    )
    assert code == 1
    assert "db upgrade" in line


# --- content and rules --------------------------------------------------------------------------


def test_content_is_checked(desk: Desk) -> None:
    found = desk.ask("content", "check")
    assert found["ok"] is True
    assert found["protocols"] == len(list((CONTENT / "protocols").glob("*.toml")))
    assert found["exercises"] > 30
    assert found["rules"] > 80


def test_broken_content_is_told_with_its_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "EX01.toml").write_text("id = \n", encoding="utf-8")
    result = desk.run("content", "check", "--path", str(tmp_path))
    assert result.exit_code == 1
    assert "library/EX01.toml" in result.output
    assert "Traceback" not in result.output


def test_content_is_published_once(desk: Desk) -> None:
    pieces = [
        file
        for folder in ("protocols", "questionnaires", "rules", "education")
        for file in (CONTENT / folder).glob("*.toml")
    ]
    assert desk.ask("content", "publish")["new_versions"] == len(pieces) + 1, (
        "every file, and the exercise library as one"
    )
    assert desk.ask("content", "publish")["new_versions"] == 0


def test_triage_answers_each_line_with_a_line(desk: Desk) -> None:
    lines = [
        {"text": "I can't breathe", "language": "en", "procedure": "hip-resurfacing", "day": 5},
        {"text": "thank you", "language": "en", "procedure": "hip-resurfacing", "day": 5},
        {"text": "fever since last night", "language": "en", "day": 9},
        {"text": "मेरी छाती में दर्द है", "language": "hi", "day": 9},
    ]
    result = desk.run("triage", stdin="\n".join([*map(json.dumps, lines), ""]))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["tier"] for answer in answers] == ["T0", "none", "T1", "T0"]
    assert [bool(answer["rules"]) for answer in answers] == [True, False, True, True]
    assert all(set(answer) == {"tier", "rules"} for answer in answers)


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[1]", '{"text": "x", "day": "soon"}', '{"text": "x", "procedure": "knee"}'],
)
def test_a_line_that_cannot_be_read_is_told(desk: Desk, line: str) -> None:
    assert desk.complain("triage", stdin=line)[0] == 2


def explain(desk: Desk, given: object, day: int = 10) -> dict[str, object]:
    return desk.ask(
        *("rules", "explain", "--procedure", "hip-resurfacing", "--day", str(day)),
        stdin=json.dumps(given),
    )


def test_answers_are_explained_with_rule_reason_text_and_source(desk: Desk) -> None:
    told = explain(desk, {"legs": "calf"})
    assert told["tier"] == "T1"
    (found,) = told["findings"]  # type: ignore[misc]
    assert found["rule"] == "RF02.calf"
    assert found["facts"] == [{"question": "legs", "value": "calf"}]
    assert all(found[key] for key in ("reason", "patient_text", "sources", "rules_version"))


@pytest.mark.parametrize(
    ("procedure", "answers", "rule"),
    [
        ("hip-resurfacing", {"metal": "local"}, "RF21.local"),
        ("total-hip", {"sign": "lump-noise"}, "RF23.sign"),
        ("hip-arthroscopy", {"sign": "lump-noise"}, "RF23.sign"),
        ("total-knee", {"knee-bend": "below-80"}, "RF26.bend"),
        ("acl-reconstruction", {"sign": "knee-swollen"}, "RF27.sign"),
        ("rotator-cuff-repair", {"arm": "pop"}, "RF28.pop"),
        ("lumbar-discectomy", {"nerves": "saddle"}, "RF11.cauda"),
    ],
)
def test_every_procedure_has_its_own_questions_and_words(
    desk: Desk, procedure: str, answers: dict[str, str], rule: str
) -> None:
    told = desk.ask(
        *("rules", "explain", "--procedure", procedure, "--day", "100"), stdin=json.dumps(answers)
    )
    assert [found["rule"] for found in told["findings"]] == [rule]
    text = {"text": "my chest hurts", "procedure": procedure, "day": 100}
    assert desk.ask("triage", stdin=json.dumps(text))["tier"] == "T0"


def test_a_question_of_another_operation_is_refused(desk: Desk) -> None:
    code, line = desk.complain(
        *("rules", "explain", "--procedure", "total-knee", "--day", "10"),
        stdin=json.dumps({"metal": "local"}),
    )
    assert code == 2
    assert "unknown question 'metal'" in line


def test_nothing_wrong_is_explained_as_none(desk: Desk) -> None:
    assert explain(desk, {"legs": "none", "pain": 2}) == {"tier": "none", "findings": []}


def test_history_counts(desk: Desk) -> None:
    history = [{"day": day, "answers": {"temperature": 38.2}} for day in (1, 2)]
    rules = {
        found["rule"]
        for found in explain(desk, {"answers": {"temperature": 38.2}, "history": history}, day=3)[
            "findings"
        ]  # type: ignore[attr-defined]
    }
    assert "RF04.three-days" in rules


@pytest.mark.parametrize(
    "given",
    [
        {"pain": 11},
        {"legs": "wings"},
        {"unknown": 1},
        {"answers": [], "history": []},
        {"answers": {}, "history": {}},
        {"answers": {}, "history": [{"answers": {}}]},
        {"answers": {}, "history": ["yesterday"]},
        {"answers": {}, "history": [{"day": "x", "answers": {}}]},
        {"answers": {}, "history": [{"day": 1, "answers": ["pain"]}]},
    ],
)
def test_answers_that_cannot_be_are_told(desk: Desk, given: object) -> None:
    code, _ = desk.complain(
        *("rules", "explain", "--procedure", "hip-resurfacing", "--day", "10"),
        stdin=json.dumps(given),
    )
    assert code == 2


# --- backup -------------------------------------------------------------------------------------


def test_a_backup_opens_again_whole_and_readable_to_its_owner_only(
    staffed: Desk, tmp_path: Path
) -> None:
    staffed.ask(*patient())
    told = staffed.ask("backup", "--to", str(tmp_path / "backups"))
    path = Path(told["backup"])
    assert path.stat().st_size == told["bytes"]
    assert path.stat().st_mode & 0o077 == 0
    with sqlite3.connect(path) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        assert copy.execute("SELECT count(*) FROM patient").fetchone() == (1,)
    copy.close()
    assert b"Asha Patil" not in path.read_bytes()


# --- demo ---------------------------------------------------------------------------------------


def test_the_demo_stays_out_of_a_real_clinic(staffed: Desk) -> None:
    code, line = staffed.complain("demo")
    assert code == 1
    assert "TELEGRAM_BOT_TOKEN" in line


def test_the_demo_leaves_a_filled_database_alone(tmp_path: Path) -> None:
    desk = make(tmp_path, token="")
    desk.ask("staff", "add", "--email", "m@clinic.example", "--name", "Meera", "--role", "nurse")
    assert "already has people" in desk.complain("demo")[1]
    assert desk.run("demo", "--if-empty").exit_code == 0
