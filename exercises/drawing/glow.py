"""The glow over a part of the body that works."""

from __future__ import annotations

from collections.abc import Iterator
from math import pi, sin

from exercises.drawing import palette
from exercises.drawing.bones import Vector
from exercises.drawing.camera import to_picture
from exercises.drawing.figure import Figure, Highlight
from exercises.drawing.shapes import Blob, Shape
from exercises.drawing.skeleton import Skeleton

_FADE = 0.3
"""Seconds a glow takes to come and go."""


def glows(figure: Figure, points: Skeleton, time: float) -> Iterator[Shape]:
    """Return the glowing spots at a time: a soft rim and a core that breathes."""
    for highlight in figure.highlights:
        strength = shown(highlight.show, time)
        if strength <= 0:
            continue
        pulse = 1.0 + 0.08 * sin(2 * pi * 1.25 * time)
        for start, end, radius in _places(highlight, points):
            flat = [to_picture(figure.view, point)[:2] for point in (start, end)]
            spot = Blob(tuple((u, v, radius * pulse) for u, v in flat), palette.GLOW, fit=False)
            yield spot.grown(3.0, palette.GLOW_RIM, 0.3 * strength)
            yield spot.grown(0.0, palette.GLOW, 0.62 * strength)


def shown(show: tuple[float, ...] | None, time: float) -> float:
    """Return how much of a sign is seen at a time, 0 to 1."""
    if show is None:
        return 1.0
    begin, end = show
    if not begin <= time <= end:
        return 0.0
    return max(0.0, min(1.0, (time - begin) / _FADE + 0.05, (end - time) / _FADE + 0.05))


def _places(highlight: Highlight, points: Skeleton) -> Iterator[tuple[Vector, Vector, float]]:
    sides = ("operated", "other") if highlight.limb == "both" else (highlight.limb,)
    if highlight.midline:
        yield _trunk_place(highlight.part, points)
        return
    for side in sides:
        yield _limb_place(highlight.part, side, points)


def _trunk_place(part: str, points: Skeleton) -> tuple[Vector, Vector, float]:
    waist, forward, up = points["waist"], points["forward"], points["up"]
    if part == "belly":
        return waist + forward * 4.5 - up * 7, waist + forward * 4.5 + up * 4, 5.0
    if part == "lower_back":
        return waist - forward * 5 - up * 7, waist - forward * 5 + up * 4, 4.5
    return points["chest"] + forward * 4 - up * 12, points["chest"] + forward * 4 - up * 8, 6.0


def _limb_place(part: str, side: str, points: Skeleton) -> tuple[Vector, Vector, float]:
    hip, knee, ankle = (points[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    front = points[f"{side}_front"]
    outward = points["pelvis_across"] * (1.0 if side == "operated" else -1.0)
    thigh, shank = (knee - hip) / 41.0, (ankle - knee) / 40.0
    shin = front * float(shank @ thigh) - thigh * float(shank @ front)
    shoulder, elbow, wrist = (points[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    back = -points["pelvis_forward"]
    places = {
        "thigh": (_mix(hip, knee, 0.3) + front * 3, _mix(hip, knee, 0.8) + front * 2.2, 4.4),
        "hamstring": (_mix(hip, knee, 0.3) - front * 3, _mix(hip, knee, 0.8) - front * 2.2, 4.4),
        "knee": (knee + front * 1.5, knee + front * 1.5, 6.2),
        "calf": (_mix(knee, ankle, 0.2) - shin * 2, _mix(knee, ankle, 0.5) - shin * 1.6, 4.0),
        "shin": (_mix(knee, ankle, 0.2) + shin * 2, _mix(knee, ankle, 0.7) + shin * 1.2, 3.4),
        "ankle": (ankle, ankle, 5.0),
        "foot": (points[f"{side}_heel"], points[f"{side}_toe"], 3.4),
        "buttock": (
            hip + back * 6 + points["pelvis_up"] * 3,
            hip + back * 5.5 - points["pelvis_up"] * 4,
            6.0,
        ),
        "hip": (hip + front * 4.5, hip + front * 4.5 + thigh * 4, 5.0),
        "outer_hip": (hip + outward * 4.5 + points["pelvis_up"] * 4, hip + outward * 5, 4.8),
        "shoulder": (shoulder, shoulder, 7.0),
        "shoulder_blade": (_blade(points, outward, 8.0), _blade(points, outward, 16.0), 4.6),
        "upper_arm": (_mix(shoulder, elbow, 0.3), _mix(shoulder, elbow, 0.8), 3.6),
        "forearm": (_mix(elbow, wrist, 0.2), _mix(elbow, wrist, 0.8), 3.2),
    }
    return places[part]


def _blade(points: Skeleton, outward: Vector, below: float) -> Vector:
    """A place on a shoulder blade, `below` cm under the line of the shoulders."""
    return points["chest"] + outward * 6.5 - points["forward"] * 7 - points["up"] * below


def _mix(start: Vector, end: Vector, share: float) -> Vector:
    return start * (1 - share) + end * share
