"""The words a figure file may use: points of the body, body parts, limbs and views."""

from __future__ import annotations

from typing import Literal, get_args

View = Literal["side", "front", "back", "top"]
Motion = Literal["smooth", "flow", "linear"]
Side = Literal["left", "right", "both", "none"]

Point = Literal[
    "pelvis",
    "waist",
    "chest",
    "head",
    "operated_hip",
    "operated_knee",
    "operated_ankle",
    "operated_heel",
    "operated_toe",
    "operated_shoulder",
    "operated_elbow",
    "operated_wrist",
    "operated_hand",
    "other_hip",
    "other_knee",
    "other_ankle",
    "other_heel",
    "other_toe",
    "other_shoulder",
    "other_elbow",
    "other_wrist",
    "other_hand",
]
Anchor = Literal[
    "pelvis",
    "ground",
    "head",
    "chest",
    "operated_knee",
    "operated_heel",
    "operated_toe",
    "operated_hand",
    "other_knee",
    "other_heel",
    "other_toe",
    "other_hand",
]
Part = Literal[
    "belly",
    "lower_back",
    "chest",
    "thigh",
    "hamstring",
    "knee",
    "calf",
    "shin",
    "ankle",
    "foot",
    "buttock",
    "hip",
    "outer_hip",
    "shoulder",
    "shoulder_blade",
    "upper_arm",
    "forearm",
]
Limb = Literal["operated_leg", "other_leg", "operated_arm", "other_arm"]

LIMBS: tuple[Limb, ...] = get_args(Limb)
MIDLINE_PARTS: frozenset[Part] = frozenset({"belly", "lower_back", "chest"})
