"""The person: a skeleton becomes rounded shapes, the farthest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.drawing import anatomy, palette
from exercises.drawing.bones import Vector
from exercises.drawing.camera import to_picture
from exercises.drawing.figure import Figure
from exercises.drawing.names import Limb, Side
from exercises.drawing.shapes import Blob, Round, Shape
from exercises.drawing.skeleton import Skeleton

_HALO = 1.3
"""cm of card colour around each limb: it keeps limbs apart where they cross."""


@dataclass(frozen=True)
class Look:
    """The colours of one limb."""

    fill: str
    end: str
    """Of the shoe or hand."""


def limb_look(figure: Figure, limb: Limb, side: Side) -> Look:
    """Return a limb's colours: accent when operated, paler when on the far side."""
    far = figure.view == "side" and limb.startswith("other")
    kind = limb[-3:]
    accented = figure.operated == kind and (
        side == "both" or (side in ("left", "right") and limb.startswith("operated"))
    )
    if accented:
        fill, shoe = (
            (palette.ACCENT_FAR, palette.ACCENT) if far else (palette.ACCENT, palette.ACCENT_SHOE)
        )
    else:
        fill, shoe = (palette.FAR, palette.FAR_SHOE) if far else (palette.BODY, palette.SHOE)
    return Look(fill, shoe if kind == "leg" else fill)


def body(figure: Figure, points: Skeleton, side: Side) -> list[Shape]:
    """Return the shapes of the whole person, in the order they are painted."""
    pieces: list[tuple[float, list[Blob]]] = [
        (0.0, _torso(figure, points)),
        (0.4, _head(figure, points)),
    ]
    middle = _depth(figure, points["waist"])
    for limb in ("operated_leg", "other_leg", "operated_arm", "other_arm"):
        blobs, joints = _limb(figure, limb, points, limb_look(figure, limb, side))
        depths = [_depth(figure, points[joint]) - middle for joint in joints]
        # Legs hanging straight in a front view go under the torso, arms over it.
        bias = 0.5 if limb.endswith("arm") else -0.5
        pieces.append((float(np.mean(depths)) + bias, blobs))
    shapes: list[Shape] = []
    for _, blobs in sorted(pieces, key=lambda piece: piece[0]):
        shapes += [blob.grown(_HALO, palette.CARD) for blob in blobs]
        shapes += blobs
    return shapes


def _depth(figure: Figure, point: Vector) -> float:
    return to_picture(figure.view, point)[2]


def _round(figure: Figure, point: Vector, radius: float) -> Round:
    u, v, _ = to_picture(figure.view, point)
    return u, v, radius


def _limb(
    figure: Figure, limb: Limb, points: Skeleton, look: Look
) -> tuple[list[Blob], tuple[str, ...]]:
    side = limb[:-4]

    def ball(joint: str, radius: float) -> Round:
        return _round(figure, points[f"{side}_{joint}"], radius)

    if limb.endswith("leg"):
        blobs = [
            Blob(
                (
                    ball("ankle", 4.2),
                    ball("heel", anatomy.HEEL_RADIUS),
                    ball("toe", anatomy.TOE_RADIUS),
                ),
                look.end,
            ),
            Blob((ball("knee", 6.4), ball("ankle", 4.3)), look.fill),
            Blob((ball("hip", 9.2), ball("knee", 6.6)), look.fill),
        ]
        return blobs, (f"{side}_hip", f"{side}_knee", f"{side}_ankle")
    blobs = [
        Blob((ball("shoulder", 6.2), ball("elbow", 4.6)), look.fill),
        Blob((ball("elbow", 4.5), ball("wrist", 3.4)), look.fill),
        Blob((ball("wrist", 3.4), ball("hand", 4.2)), look.end),
    ]
    if f"{side}_fingers" in points:
        blobs.append(Blob((ball("hand", 3.6), ball("fingers", 2.2)), look.end))
    return blobs, (f"{side}_shoulder", f"{side}_elbow", f"{side}_hand")


def _torso(figure: Figure, points: Skeleton) -> list[Blob]:
    def pair(point: str, across: str, half: float, radius: float) -> tuple[Round, Round]:
        offset = points[across] * half
        return (
            _round(figure, points[point] + offset, radius),
            _round(figure, points[point] - offset, radius),
        )

    hips = pair("pelvis", "pelvis_across", 6.0, 10.0)
    waist = pair("waist", "across", 4.5, 9.2)
    ribs = points["waist"] * 0.35 + points["chest"] * 0.65 + points["forward"] * 1.5
    upper = tuple(_round(figure, ribs + points["across"] * half, 10.6) for half in (-6.5, 6.5))
    shoulders = pair("chest", "across", 12.5, 7.0)
    neck = Blob(
        (_round(figure, points["neck"], 4.6), _round(figure, points["head"], 4.6)), palette.BODY
    )
    return [
        neck,
        Blob((*hips, *waist), palette.TRUNK),
        Blob((*waist, *upper, *shoulders), palette.TRUNK),
    ]


def _head(figure: Figure, points: Skeleton) -> list[Blob]:
    head, face, crown = points["head"], points["face"], points["crown"]
    across = points["across"]
    toward = _depth(figure, face)
    hair = Blob((_round(figure, head, anatomy.HEAD_RADIUS),), palette.HAIR)
    if toward < -0.6:
        return [hair]
    skin = Blob(
        (
            _round(figure, head + face * 3.0 - crown * 2.2, 8.9),
            _round(figure, head + face * 3.2 - crown * 3.6, 8.0),
        ),
        palette.FACE,
    )
    nose = Blob(
        (
            _round(figure, head + face * 12.6 - crown * 2.6, 2.0),
            _round(figure, head + face * 9.0 - crown * 0.6, 2.0),
        ),
        palette.FACE,
    )
    eyes = [
        Blob(
            (_round(figure, head + face * 8.0 + across * half - crown * 0.2, 1.25),), palette.HAIR
        )
        for half in (-4.0, 4.0)
        if _depth(figure, face * 8.0 + across * half) > 1.0
    ]
    return [hair, skin, nose, *eyes] if toward < 0.6 else [hair, skin, *eyes]
