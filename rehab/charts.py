"""Charts: pain in one function for the page (SVG), the chat (PNG) and the report (PDF); days by state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any, Literal
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

Format = Literal["svg", "png", "pdf"]

INK = "#1f2933"
FAINT = "#d5dbe1"
LINE = "#0b5cad"
USUAL = "#dcebdc"
STAGE_SHADES = ("#f4f6f8", "#ffffff")
MEDICINE = {"none": "#b8c2cc", "simple": "#e0b04a", "opioid": "#e08a63"}
EXERCISE = "#3f8f6b"
WIDE, NARROW = (8.4, 3.9), (4.4, 3.4)
"""Inches."""
MOST_LETTERS = 45
"""Days up to which a letter fits on a medicine bar."""
NARROW_STAGE = 0.06
"""Share of the axis below which a stage's name would run into the next one."""
SETTINGS: dict[Any, Any] = {
    # Text stays text in SVG: selectable, searchable, small. The salt makes files repeatable.
    "svg.fonttype": "none",
    "svg.hashsalt": "rehab",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class DayPoint:
    """One day after surgery. None: nobody answered, which is never the same as zero."""

    day: int
    pain: float | None
    medicine: str | None = None
    """none, simple or opioid"""
    exercises_done: float | None = None
    """Share, 0 to 1."""


@dataclass(frozen=True)
class BandSpan:
    """The usual worst pain and the alert line over a span of days."""

    from_day: int
    to_day: int
    median: float
    upper: float


@dataclass(frozen=True)
class StageSpan:
    """A stage of the protocol on the day axis."""

    from_day: int
    to_day: int
    name: str


@dataclass(frozen=True)
class Words:
    """What is written in the chart; English unless given."""

    title: str = "Worst pain a day"
    days: str = "Day after surgery"
    pain: str = "Pain 0-10"
    usual: str = "usual range"
    exercises: str = "Exercises"
    medicine: str = "Medicine"
    empty: str = "No answers yet"
    letters: Mapping[str, str] = field(
        default_factory=lambda: {"none": "–", "simple": "P", "opioid": "O"}
    )
    """Written on the medicine bars, so that colour does not speak alone."""


def pain_chart(
    points: Sequence[DayPoint],
    band: Sequence[BandSpan],
    stages: Sequence[StageSpan],
    fmt: Format = "svg",
    words: Words | None = None,
    *,
    narrow: bool = False,
) -> bytes:
    """Draw the chart. Days without an answer are gaps in the line. `narrow` suits a phone."""
    words = words or Words()
    first = min((point.day for point in points), default=0)
    last = max(max((point.day for point in points), default=0), first + 7)
    with rc_context(SETTINGS):
        figure = Figure(
            figsize=NARROW if narrow else WIDE, layout="constrained", facecolor="white"
        )
        FigureCanvasAgg(figure)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        _draw_stages(upper, stages, first, last)
        _draw_band(upper, band, first, last, words)
        _draw_pain(upper, points, words)
        _draw_bars(lower, points, words)
        lower.set_xlim(first - 0.5, last + 0.5)
        lower.set_xlabel(words.days)
        target = BytesIO()
        metadata = {"Date": None} if fmt == "svg" else None
        figure.savefig(target, format=fmt, dpi=144, metadata=metadata)
    return _with_title(target.getvalue(), words, points) if fmt == "svg" else target.getvalue()


def _draw_stages(axes: Axes, stages: Sequence[StageSpan], first: int, last: int) -> None:
    for number, stage in enumerate(stages):
        left, right = max(stage.from_day, first), min(stage.to_day, last)
        if left > right:
            continue
        is_wide = right - left >= NARROW_STAGE * (last - first)
        shade = STAGE_SHADES[number % len(STAGE_SHADES)]
        axes.axvspan(left - 0.5, right + 0.5, color=shade, zorder=0)
        if is_wide:
            axes.text(left - 0.3, 10.55, stage.name, fontsize=8, va="bottom", clip_on=False)


def _draw_band(axes: Axes, band: Sequence[BandSpan], first: int, last: int, words: Words) -> None:
    days: list[float] = []
    tops: list[float] = []
    for span in band:
        left, right = max(span.from_day, first), min(span.to_day, last)
        if left <= right:
            days += [left - 0.5, right + 0.5]
            tops += [span.upper, span.upper]
            axes.hlines(span.median, left - 0.5, right + 0.5, color="#7fae7f", lw=1, zorder=2)
    if days:
        axes.fill_between(days, tops, 0, color=USUAL, zorder=1)
        axes.text(days[0] + 0.1, 0.1, words.usual, fontsize=8, color="#3d6b3d", zorder=3)


def _draw_pain(axes: Axes, points: Sequence[DayPoint], words: Words) -> None:
    pain = {point.day: point.pain for point in points if point.pain is not None}
    if pain:
        days = range(min(pain), max(pain) + 1)
        values = [pain.get(day, float("nan")) for day in days]
        axes.plot(list(days), values, color=LINE, lw=1.8, marker="o", ms=4, zorder=4)
    else:
        axes.text(0.5, 0.5, words.empty, transform=axes.transAxes, ha="center", va="center")
    axes.set_ylim(-0.4, 10.4)
    axes.set_yticks(range(0, 11, 2))
    axes.set_ylabel(words.pain)
    axes.grid(axis="y", color=FAINT, lw=0.6, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)


def _draw_bars(axes: Axes, points: Sequence[DayPoint], words: Words) -> None:
    for point in points:
        if point.medicine in MEDICINE:
            axes.bar(point.day, 0.7, bottom=1.1, width=0.8, color=MEDICINE[point.medicine])
            if len(points) <= MOST_LETTERS:
                letter = words.letters[point.medicine]
                axes.text(point.day, 1.43, letter, fontsize=7, ha="center", va="center")
        if point.exercises_done is not None:
            axes.bar(point.day, 0.7, bottom=0.1, width=0.8, color=FAINT)
            height = 0.7 * point.exercises_done
            axes.bar(point.day, height, bottom=0.1, width=0.8, color=EXERCISE)
    axes.set_ylim(0, 1.95)
    axes.set_yticks([0.45, 1.45], [words.exercises, words.medicine])
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _with_title(svg: bytes, words: Words, points: Sequence[DayPoint]) -> bytes:
    answered = [f"{words.days} {p.day}: {p.pain:g}" for p in points if p.pain is not None]
    return _titled(svg, words.title, "; ".join(answered) or words.empty)


def _titled(svg: bytes, title: str, description: str) -> bytes:
    """The picture with words for whoever does not see it."""
    text = svg.decode()
    start = text.index(">", text.index("<svg")) + 1
    head = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return (text[:start].replace("<svg ", '<svg role="img" ', 1) + head + text[start:]).encode()


STATE_COLOURS = {
    "answered": "#3f8f6b",
    "excused": "#b8c2cc",
    "unreachable": "#7a5ea8",
    "overdue": "#d68a00",
    "escalated": "#c4281d",
}
STATE_HATCHES = {"unreachable": "//", "overdue": "..", "escalated": "xx"}
"""Colour does not speak alone."""


def states_chart(
    days: Mapping[date, Mapping[str, int]], names: Mapping[str, str], title: str
) -> bytes:
    """Draw as SVG how many patients' days ended in which state: a bar a date, stacked, oldest first.

    `days` has the counts by state; `names` the words of each state, in the order of the stack.
    """
    with rc_context(SETTINGS):
        figure = Figure(figsize=WIDE, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        places = list(range(len(days)))
        floor = [0] * len(days)
        for state, name in names.items():
            heights = [counts.get(state, 0) for counts in days.values()]
            axes.bar(
                places,
                heights,
                bottom=floor,
                width=0.8,
                label=name,
                color=STATE_COLOURS[state],
                hatch=STATE_HATCHES.get(state),
                edgecolor="white",
            )
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
        axes.set_xticks(places, [f"{one:%d %b}" for one in days], rotation=45)
        axes.set_ylim(0, max([*floor, 1]) * 1.05)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(length=0)
        axes.legend(loc="upper left", ncols=len(names), fontsize=8, frameon=False)
        target = BytesIO()
        figure.savefig(target, format="svg", metadata={"Date": None})
    return _titled(target.getvalue(), title, _counted(days, names))


def _counted(days: Mapping[date, Mapping[str, int]], names: Mapping[str, str]) -> str:
    return "; ".join(
        f"{on:%d %b}: " + ", ".join(f"{counts.get(one, 0)} {names[one]}" for one in names)
        for on, counts in days.items()
    )
