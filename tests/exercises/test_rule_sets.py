"""Rule sets that extend each other: what wins, what is left out, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exercises.errors import Problem
from exercises.loader import ContentPack, load
from exercises.schema import Tier
from tests.exercises.conftest import Change

HIP_RESURFACING = {
    Tier.EMERGENCY: """
        RF01.breath RF01.sign RF01.words RF03.set RF03.sign RF03.words RF09.sign RF09.words
        RF10.cannot-stand RF10.sign RF10.words RF11.saddle RF12.sign RF12.words RF13.heavy
        RF14.sign RF18.sign RF19.sign RF22.chest""",
    Tier.SAME_DAY: """
        RF02.calf RF02.calf-later RF02.sign RF02.words RF04.before-surgery RF04.high
        RF04.late RF04.late-feverish RF04.three-days RF04.words RF04.words-high RF04.words-before-surgery
        RF05.late RF05.pus RF05.soaked RF05.wet RF06.new-wetness RF07.sign RF07.spreading
        RF07.words RF08.set RF08.sinus RF08.words
        RF10.before-surgery RF10.limp RF10.limp-words RF10.sign-before-surgery RF11.sign
        RF11.words RF13.small RF15.belly RF16.sign RF17.fever RF17.limp
        RF17.rise-fever RF17.rise-limp RF17.rise-severe
        RF17.rise-sparse-severe RF17.sign RF17.twice-severe RF20.fall RF21.local-fever
        RF05.photo-wet RF07.photo-red RF07.photo-open RF07.new-signs""",
    Tier.SOON: """
        RF03.low-temperature RF04.early RF04.early-feverish RF04.words-early
        RF05.light RF05.wet-first-days RF10.limp-first-days RF15.side-effects RF15.stool
        RF17.band RF17.band-late RF17.rise RF17.rise-sparse RF17.twice
        RF20.fall-before-surgery RF20.fall-late RF21.late-limp RF21.local RF21.sign RF22.general
        RF22.words RF23.words RF24.first-two-weeks RF24.later RF24.to-six-weeks RF25.other
        RF25.unread-message RF25.unreviewed-photo RF21.new-signs RF22.new-signs""",
    Tier.ROUTINE: "RF05.light-first-days",
}
"""Every rule of hip resurfacing by its tier: none is lost when rules move between the files."""


def test_hip_resurfacing_has_every_one_of_its_rules(pack: ContentPack) -> None:
    rules = pack.rules["hip-resurfacing"]
    before = {name: tier for tier, names in HIP_RESURFACING.items() for name in names.split()}
    assert {rule.id: rule.tier for rule in rules.rules} == before
    assert (len(rules.wordings), len(rules.word_lists)) == (36, 27)
    assert "you had a hip operation" in rules.wording("pe").text
    assert "blood test for cobalt" in rules.wording(rules.rule("RF23.words").wording).text


def test_a_complete_set_says_nothing_of_the_sets_it_came_from(pack: ContentPack) -> None:
    for rules in pack.rules.values():
        assert (rules.extends, rules.leaves_out, rules.word_groups) == ((), (), ())
        assert rules.rules or rules.id.startswith("words")


def test_rules_stand_in_the_order_of_their_families(pack: ContentPack) -> None:
    for rules in pack.rules.values():
        families = [rule.id.partition(".")[0] for rule in rules.rules]
        assert families == sorted(families), rules.id


def test_a_change_below_changes_the_hash_of_every_set_above(
    pack: ContentPack, content: Path, change: Change
) -> None:
    change("rules/hip-joint.toml", "The hip may be out of place.", "The hip may be displaced.")
    changed = load(content)
    differing = {key for key in pack.hashes if pack.hashes[key] != changed.hashes[key]}
    assert differing == {"rules/hip-joint", "rules/hip", "rules/hip-resurfacing"}
    assert "displaced" in changed.rules["hip-resurfacing"].wording("dislocation").text


def test_what_a_set_says_itself_wins(pack: ContentPack) -> None:
    knee = pack.rules["knee"]
    assert "knee" in knee.wording("fracture").text
    assert [one.rows[0].upper for one in knee.bands if one.id == "pain"] == [9]
    assert [one.rows[0].upper for one in pack.rules["common"].bands] == [8]
    assert [words.id for words in knee.word_lists].count("dislocation") == 1


def test_of_two_sets_extended_the_last_one_wins(pack: ContentPack) -> None:
    spine, common = pack.rules["spine"], pack.rules["common"]
    assert spine.wording("fall") == common.wording("fall")
    assert spine.wording("fall") != pack.rules["lower-limb"].wording("fall")


def test_a_rule_is_left_out_with_the_words_only_it_used(
    pack: ContentPack, content: Path, change: Change
) -> None:
    change(
        "rules/hip.toml",
        'extends = ["hip-joint"]',
        'extends = ["hip-joint"]\nleaves_out = ["RF08.words"]',
    )
    hip = load(content).rules["hip"]
    assert "RF08.words" in {rule.id for rule in pack.rules["hip"].rules}
    assert "RF08.words" not in {rule.id for rule in hip.rules}
    assert "infection-late" not in {words.id for words in hip.word_lists}
    assert hip.wording("wound"), "other rules still speak this text"


EXTENDS = 'extends = ["hip-joint"]'
WRONG_NAMES = {
    "an unknown set": ('extends = ["hip-joinf"]', "extends[0]", "'hip-joinf'", "hip-joint"),
    "itself": ('extends = ["hip"]', "extends", "hip extends itself", None),
    "a rule left out that is not there": (
        f'{EXTENDS}\nleaves_out = ["RF21.local"]', "leaves_out[0]", "'RF21.local'", "RF",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG_NAMES.values(), ids=WRONG_NAMES.keys())
def test_a_wrong_name_between_sets_is_told_at_its_place(
    mistake: tuple[str, str, str, str | None],
    content: Path,
    change: Change,
    problems: Callable[[], tuple[Problem, ...]],
) -> None:
    new, key, words, closest = mistake
    change("rules/hip.toml", EXTENDS, new)
    [problem] = problems()
    lines = (content / "rules/hip.toml").read_text(encoding="utf-8").splitlines()
    assert (problem.file, problem.key) == ("rules/hip.toml", key)
    assert problem.line
    assert lines[problem.line - 1] in new.splitlines()
    assert words in problem.found
    assert (problem.closest or "").startswith(closest or "")


def test_a_circle_of_sets_is_told_for_every_set_in_it(
    change: Change, problems: Callable[[], tuple[Problem, ...]]
) -> None:
    change("rules/common.toml", 'extends = ["words"', 'extends = ["hip", "words"')
    told = {problem.file for problem in problems() if "round a circle" in problem.found}
    assert told == {f"rules/{name}.toml" for name in ("common", "lower-limb", "hip-joint", "hip")}


def test_rules_nobody_uses_and_nobody_extends_are_refused(
    content: Path, problems: Callable[[], tuple[Problem, ...]]
) -> None:
    text = (content / "rules/hip.toml").read_text(encoding="utf-8")
    (content / "rules/elbow.toml").write_text(text.replace('id = "hip"', 'id = "elbow"'), "utf-8")
    [problem] = problems()
    assert (problem.file, problem.key) == ("rules/elbow.toml", "id")
    assert "no protocol uses" in problem.found


def test_a_broken_base_is_told_once_and_not_by_every_set_above(
    change: Change, problems: Callable[[], tuple[Problem, ...]]
) -> None:
    change("rules/common.toml", 'tier = "T0"', 'tier = "T9"')
    assert [problem.file for problem in problems()] == ["rules/common.toml"]
