"""The picture of the last weeks for the chat: pain, exercises, new stages, days without an answer.

It holds digits and signs and no word, so that it needs no language; the words are its caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from math import cos, pi, sin

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, PathPatch, Polygon
from matplotlib.path import Path as Outline

from rehab.charts import INK, SETTINGS, BandSpan

PICTURE_VERSION = 1
"""Part of a picture's key: raise it whenever the same days would look different."""
CARD = "#fbfaf6"
"""Opaque and light: a phone in dark mode shows it as it is."""
GRID, FAINT = "#e2e0d8", "#5f6b76"
PAIN, USUAL, DONE, FLAG = "#0b5cad", "#d3e8d3", "#2f8f63", "#d9730d"
WIDTH, HEIGHT, DPI = 10.0, 7.0, 100
"""Inches and dots: 1000 x 700."""
LATEST_DAYS = 7
"""Days that stand out, at the right."""
FACES = ((0.0, 1.0), (5.0, 0.0), (10.0, -1.0))
"""Pain and how much the mouth smiles."""


@dataclass(frozen=True)
class Day:
    """One day after the operation."""

    day: int
    pain: float | None = None
    """The worst, 0 to 10; None is no answer, which is never the same as zero."""
    was_asked: bool = True
    """Whether there was a check-in to answer. Later in recovery there is not one every day."""
    exercises_done: float | None = None
    """Share, 0 to 1; None when there was no list of exercises."""


@dataclass(frozen=True)
class Weeks:
    """What the picture shows; `points` are one a day, in order, without holes."""

    points: tuple[Day, ...]
    band: tuple[BandSpan, ...]
    flags: tuple[int, ...]
    """Days on which a new stage began."""


def progress_picture(weeks: Weeks) -> bytes:
    """Return a PNG of 1000 x 700. The same weeks give the same bytes."""
    first, last = weeks.points[0].day, weeks.points[-1].day
    with rc_context({**SETTINGS, "font.size": 18}):
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=CARD)
        FigureCanvasAgg(figure)
        upper = figure.add_axes((0.12, 0.31, 0.85, 0.65))
        lower = figure.add_axes((0.12, 0.11, 0.85, 0.15))
        for axes in (upper, lower):
            axes.set_facecolor(CARD)
            axes.set_xlim(first - 0.7, last + 0.7)
            axes.spines[:].set_visible(False)
            axes.tick_params(length=0)
            axes.axvspan(last - LATEST_DAYS + 0.5, last + 0.7, color="#f0eee4", zorder=0)
        _band(upper, weeks.band, first, last)
        _pain(upper, weeks.points)
        _flags(upper, weeks.flags, first, last)
        _exercises(lower, weeks.points)
        _days(lower, first, last)
        _signs(figure)
        target = BytesIO()
        figure.savefig(target, format="png", facecolor=CARD, metadata={"Software": None})
    return target.getvalue()


def _band(axes: Axes, band: Sequence[BandSpan], first: int, last: int) -> None:
    for span in band:
        left, right = max(span.from_day, first), min(span.to_day, last)
        if left <= right:
            axes.fill_between(
                [left - 0.5, right + 0.5], span.upper, 0, color=USUAL, lw=0, zorder=1
            )


def _pain(axes: Axes, points: Sequence[Day]) -> None:
    answered = [one for one in points if one.pain is not None]
    size = _dot(len(points))
    for one in points:
        if one.pain is None and one.was_asked:
            # Not on the green: nobody knows that this day was as usual.
            axes.axvspan(one.day - 0.5, one.day + 0.5, color=CARD, lw=0, zorder=1.5)
            axes.text(one.day, 0.55, "?", color=FAINT, ha="center", va="center", zorder=3,
                      fontsize=size + 6, fontweight="bold")  # fmt: skip
    for left, right in pairwise(answered):
        _line(axes, left, right, points)
    days, pains = [one.day for one in answered], [one.pain or 0 for one in answered]
    axes.plot(days, pains, color=PAIN, lw=0, marker="o", ms=size, zorder=5)
    if answered:
        _number(axes, answered[-1].day, answered[-1].pain or 0)
    axes.set_ylim(-0.6, 11.4)
    axes.set_yticks([0, 5, 10], ["0", "5", "10"], fontsize=24)
    axes.set_xticks([])
    axes.hlines([0, 5, 10], *axes.get_xlim(), color=GRID, lw=1.5, zorder=2)


def _line(axes: Axes, left: Day, right: Day, points: Sequence[Day]) -> None:
    """Whole from day to day, dotted over days nobody was asked on, none over a day of silence."""
    between = [one for one in points if left.day < one.day < right.day]
    if any(one.was_asked for one in between):
        return
    style, width = ((0, (1, 2)), 3) if between else ("-", 5)
    ends = [left.pain or 0, right.pain or 0]
    axes.plot([left.day, right.day], ends, color=PAIN, lw=width, ls=style, zorder=4)


def _dot(days: int) -> int:
    """Points across: large for a week, smaller for four."""
    return 16 if days <= 2 * LATEST_DAYS else 11


def _number(axes: Axes, day: int, pain: float) -> None:
    """The newest value, large."""
    above = pain < 8
    axes.annotate(
        f"{pain:g}", (day, pain), xytext=(0, 18 if above else -18), textcoords="offset points",
        ha="center", va="bottom" if above else "top", fontsize=34, fontweight="bold",
        color=PAIN, zorder=6,
    )  # fmt: skip


def _flags(axes: Axes, flags: Sequence[int], first: int, last: int) -> None:
    width = (last - first + 1) * 0.035
    for day in flags:
        if first <= day <= last:
            axes.vlines(day, 0, 11.2, color=FLAG, lw=3, zorder=3)
            cloth = [(day, 11.2), (day + width, 10.75), (day, 10.3)]
            axes.add_patch(Polygon(cloth, closed=True, color=FLAG, zorder=5))


def _exercises(axes: Axes, points: Sequence[Day]) -> None:
    """A ring for each day with exercises, filled by the share that was done."""
    days = points[-1].day - points[0].day + 1.4
    # Circles on axes that are not square: as high as the room allows, never wider than a day.
    across = min(0.42, 0.38 * days * (HEIGHT * 0.15) / (WIDTH * 0.85))
    high = across * (WIDTH * 0.85 / days) / (HEIGHT * 0.15)
    for one in points:
        if one.exercises_done is None:
            axes.plot(one.day, 0.5, marker="o", ms=4, color=FAINT)
            continue
        ring = Ellipse((one.day, 0.5), 2 * across, 2 * high, fc="white", ec=DONE, lw=2.5, zorder=3)
        axes.add_patch(ring)
        if one.exercises_done > 0:
            axes.add_patch(_slice(one.day, 0.5, across, high, one.exercises_done))
    axes.set_ylim(0, 1)
    axes.set_yticks([])


def _slice(x: float, y: float, across: float, high: float, share: float) -> Polygon:
    steps = max(2, round(share * 48))
    turn = [pi / 2 - 2 * pi * share * step / steps for step in range(steps + 1)]
    rim = [(x + across * cos(one), y + high * sin(one)) for one in turn]
    corners = rim if share >= 1 else [(x, y), *rim]
    return Polygon(corners, closed=True, color=DONE, lw=0, zorder=4)


def _days(axes: Axes, first: int, last: int) -> None:
    """So many numbers that they never touch, counted back from the newest day."""
    step = 1 if last - first < 10 else LATEST_DAYS
    shown = sorted(range(last, first - 1, -step))
    axes.set_xticks(shown, [str(day) for day in shown], fontsize=24)


def _signs(figure: Figure) -> None:
    """Faces beside the pain, a moving figure beside the exercises."""
    signs = figure.add_axes((0, 0, 1, 1))
    signs.set_xlim(0, WIDTH)
    signs.set_ylim(0, HEIGHT)
    signs.axis("off")
    signs.patch.set_alpha(0)
    for pain, smile in FACES:
        y = HEIGHT * (0.31 + 0.65 * (pain + 0.6) / 12)
        _face(signs, 0.38, y, smile)
    _mover(signs, 0.62, HEIGHT * 0.185)


def _face(axes: Axes, x: float, y: float, smile: float) -> None:
    axes.add_patch(Circle((x, y), 0.26, fc="white", ec=INK, lw=2.5))
    for side in (-0.09, 0.09):
        axes.add_patch(Circle((x + side, y + 0.07), 0.03, color=INK))
    left, right, low = (x - 0.12, y - 0.09), (x + 0.12, y - 0.09), (x, y - 0.09 - 0.13 * smile)
    mouth = Outline([left, low, right], [Outline.MOVETO, Outline.CURVE3, Outline.CURVE3])
    axes.add_patch(PathPatch(mouth, fc="none", ec=INK, lw=2.5))


def _mover(axes: Axes, x: float, y: float) -> None:
    """Somebody with one leg and both arms in the air."""
    axes.add_patch(Circle((x, y + 0.36), 0.11, color=DONE))
    limbs = (
        ((0, 0.24), (0, -0.08)),
        ((-0.24, 0.34), (0, 0.16)),
        ((0.24, 0.34), (0, 0.16)),
        ((0, -0.08), (-0.12, -0.42)),
        ((0, -0.08), (0.3, -0.2)),
    )
    for (x1, y1), (x2, y2) in limbs:
        axes.plot([x + x1, x + x2], [y + y1, y + y2], color=DONE, lw=5, solid_capstyle="round")
