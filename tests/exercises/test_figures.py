"""Every exercise of the library has a moving picture of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from exercises.drawing import Figure, animation, load_figures, strip_svg
from exercises.loader import ContentPack

MOST_BYTES = 200_000
"""A picture for a phone on a slow line."""


@pytest.fixture(scope="module")
def figures() -> Mapping[str, Figure]:
    return load_figures()


def test_every_exercise_has_a_figure_and_every_figure_an_exercise(
    pack: ContentPack, figures: Mapping[str, Figure]
) -> None:
    assert set(figures) == set(pack.exercises)


def test_the_marked_limb_is_the_operated_one(
    pack: ContentPack, figures: Mapping[str, Figure]
) -> None:
    """An exercise of the operated side marks a limb; one without a side may mark none."""
    unmarked = {
        exercise.id
        for exercise in pack.exercises.values()
        if exercise.side == "operated" and figures[exercise.id].operated == "none"
    }
    assert unmarked == set()


@pytest.mark.parametrize("exercise_id", ["EX08", "EX25", "EX49", "EX57"])
def test_an_animation_is_light_enough_for_a_slow_line(
    exercise_id: str, figures: Mapping[str, Figure]
) -> None:
    assert len(animation(figures[exercise_id], "left")) < MOST_BYTES


def test_every_figure_has_a_strip_for_pages(figures: Mapping[str, Figure]) -> None:
    for figure in figures.values():
        assert strip_svg(figure, "right").startswith("<svg")
