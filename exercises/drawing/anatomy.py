"""The measures of the drawn person: lengths and radii in centimetres, joint limits in degrees."""

from __future__ import annotations

THIGH = 41.0
SHANK = 40.0
UPPER_ARM = 28.0
FOREARM = 25.0
HAND = 6.0
"""From the wrist to the middle of the hand."""
FINGERS = 9.0
"""From the middle of the hand to the finger tips."""
LOWER_TRUNK = 19.0
UPPER_TRUNK = 28.0
NECK = 9.0
HEAD = 12.0
"""From the top of the neck to the middle of the head."""
HIP_HALF = 8.5
SHOULDER_HALF = 17.0
HEAD_RADIUS = 11.5

# Foot, seen from the ankle: how far down and forward the round ends of heel and toe lie.
HEEL_DOWN, HEEL_FORWARD, HEEL_RADIUS = 4.5, -3.5, 4.0
TOE_DOWN, TOE_FORWARD, TOE_RADIUS = 5.5, 14.0, 3.0

LEG_REACH = THIGH + SHANK
ARM_REACH = UPPER_ARM + FOREARM + HAND

# Passive ranges of a healthy adult, rounded outwards: a picture that leaves them is a typing
# mistake. `trunk`, `lean`, `turn` and `sole` are positions in space, not joints, so they are wide.
LIMITS: dict[str, tuple[float, float]] = {
    "trunk": (-120, 120),
    "lean": (-100, 100),
    "turn": (-180, 180),
    "spine": (-30, 80),
    "neck": (-60, 60),
    "hip": (-30, 130),
    "hip_out": (-30, 60),
    "hip_turn": (-50, 60),
    "knee": (-5, 150),
    "ankle": (-55, 35),
    "foot_out": (-40, 40),
    "sole": (-120, 120),
    "shoulder": (-60, 185),
    "shoulder_out": (-45, 185),
    "shoulder_turn": (-95, 95),
    "elbow": (-5, 150),
    "wrist": (-80, 80),
    "fingers": (-30, 150),
}
