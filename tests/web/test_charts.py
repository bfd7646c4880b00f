"""The pain chart: one function, three formats, gaps that stay gaps."""

from __future__ import annotations

import re

import pytest

from rehab.charts import BandSpan, DayPoint, Format, StageSpan, Words, pain_chart

POINTS = [
    DayPoint(1, 5, "opioid", 0.5),
    DayPoint(2, 4, "simple", 1.0),
    DayPoint(3, None, None, None),
    DayPoint(4, 3, "none", 0.0),
]
BAND = [BandSpan(1, 3, 5, 8), BandSpan(4, 7, 4, 7)]
STAGES = [StageSpan(0, 14, "Protect"), StageSpan(15, 42, "Load")]


@pytest.mark.parametrize(
    ("fmt", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
@pytest.mark.parametrize("narrow", [True, False])
def test_it_is_drawn_in_each_format(fmt: Format, start: bytes, narrow: bool) -> None:
    assert pain_chart(POINTS, BAND, STAGES, fmt, narrow=narrow).startswith(start)


def test_without_answers_it_says_so() -> None:
    assert b"No answers yet" in pain_chart([], BAND, STAGES)


def test_it_describes_itself_in_words_and_escapes_them() -> None:
    svg = pain_chart(POINTS, BAND, STAGES, words=Words(title="Pain <&> day")).decode()
    assert "<title>Pain &lt;&amp;&gt; day</title>" in svg
    described = re.search("<desc>(.*?)</desc>", svg)
    assert described
    assert described[1] == (
        "Day after surgery 1: 5; Day after surgery 2: 4; Day after surgery 4: 3"
    )


def test_the_same_points_make_the_same_file() -> None:
    assert pain_chart(POINTS, BAND, STAGES) == pain_chart(POINTS, BAND, STAGES)
