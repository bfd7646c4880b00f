"""Poses over time: every pose completed from the one before, and the values in between."""

from __future__ import annotations

from collections.abc import Sequence

from exercises.drawing.figure import Figure, Pose
from exercises.drawing.names import LIMBS, Motion

Values = dict[str, float]
"""`trunk` or `operated_leg.knee` to degrees, `operated_leg.heel.u` or `place.v` to cm."""

_START: Values = {
    "trunk": 0.0,
    "lean": 0.0,
    "turn": 0.0,
    "spine": 0.0,
    "neck": 0.0,
    "place.u": 0.0,
    "place.v": 0.0,
    "operated_arm.elbow": 8.0,
    "other_arm.elbow": 8.0,
}


def completed(figure: Figure) -> list[Values]:
    """Return one full set of values per pose; what a pose leaves out is carried on."""
    values = dict(_START)
    full = []
    for pose in figure.poses:
        values = {**values, **_given(pose)}
        full.append(values)
    return full


def values_at(figure: Figure, time: float) -> Values:
    """Return the values at a time in seconds; the movement repeats after `figure.seconds`."""
    poses = completed(figure)
    times = []
    knots = []
    for pose, values in zip(figure.poses, poses, strict=True):
        times.append(pose.at)
        knots.append(values)
        if pose.hold:
            times.append(pose.at + pose.hold)
            knots.append(values)
    names = set().union(*knots)
    columns = {name: [knot.get(name, knots[0].get(name, 0.0)) for knot in knots] for name in names}
    return {
        name: between(times, columns[name], figure.seconds, time, figure.motion)
        for name in sorted(names)
    }


def between(
    times: Sequence[float], values: Sequence[float], period: float, time: float, motion: Motion
) -> float:
    """Return a value that repeats every `period` seconds, given at ascending times from 0."""
    time %= period
    count = len(times)
    index = max(place for place, start in enumerate(times) if start <= time + 1e-9)
    start, here, there = times[index], values[index], values[(index + 1) % count]
    length = (times[index + 1] if index + 1 < count else period) - start
    share = min(1.0, (time - start) / length) if length > 0 else 0.0
    if motion == "linear" or here == there:
        return here + (there - here) * share
    if motion == "smooth":
        return here + (there - here) * share * share * (3 - 2 * share)
    return _flow(times, values, period, index, share, length)


def _flow(
    times: Sequence[float],
    values: Sequence[float],
    period: float,
    index: int,
    share: float,
    length: float,
) -> float:
    """Cubic Hermite through all knots, so that cyclic movement never stops at one."""
    count = len(times)
    begin = _slope(times, values, period, index) * length
    finish = _slope(times, values, period, (index + 1) % count) * length
    square, cube = share * share, share * share * share
    return (
        (2 * cube - 3 * square + 1) * values[index]
        + (cube - 2 * square + share) * begin
        + (3 * square - 2 * cube) * values[(index + 1) % count]
        + (cube - square) * finish
    )


def _slope(times: Sequence[float], values: Sequence[float], period: float, index: int) -> float:
    count = len(times)
    before, after = (index - 1) % count, (index + 1) % count
    back = (times[index] - times[before]) % period or period
    ahead = (times[after] - times[index]) % period or period
    return (values[after] - values[before]) / (back + ahead)


def _given(pose: Pose) -> Values:
    given: Values = {}
    for name in ("trunk", "lean", "turn", "spine", "neck"):
        value = getattr(pose, name)
        if value is not None:
            given[name] = value
    if pose.place is not None:
        given.update(_place("place", pose.place))
    for limb in LIMBS:
        shared = pose.legs if limb.endswith("leg") else pose.arms
        for table in (shared, getattr(pose, limb)):
            for name, value in table or ():
                if isinstance(value, tuple):
                    given.update(_place(f"{limb}.{name}", value))
                elif isinstance(value, float):
                    given[f"{limb}.{name}"] = value
    return given


def _place(name: str, place: tuple[float, ...]) -> Values:
    return {f"{name}.{axis}": number for axis, number in zip("uvd", place, strict=False)}
