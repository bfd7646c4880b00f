"""Forward and two-bone inverse kinematics: pose values become points in space.

Space is in centimetres: x to the right of a side view (where the person faces), y up, z towards the
viewer of a side view, which is the operated side. In each limb's own frame the axes are forward,
up and outward, so that both sides of the body share one set of formulas.
"""

from __future__ import annotations

import numpy as np

from exercises.drawing import anatomy as body
from exercises.drawing.bones import Matrix, Vector, flexed, spread, twisted, two_bones
from exercises.drawing.camera import to_space
from exercises.drawing.figure import Figure
from exercises.drawing.names import LIMBS, Limb
from exercises.drawing.timeline import Values

Skeleton = dict[str, Vector]
"""Each point's place in space in cm, and the unit directions `forward`, `up`, `across` of the
chest, `face` and `crown` of the head, `pelvis_forward`, and `operated_front`/`other_front` of the
thighs."""

_DOWN = np.array([0.0, -1.0, 0.0])


def skeleton(figure: Figure, values: Values) -> Skeleton:
    """Return all points of the body for one set of pose values."""
    heading = twisted(values["turn"]) @ spread(values["lean"])
    pelvis = heading @ flexed(-values["trunk"])
    points = _trunk(pelvis, values)
    frames = {"leg": pelvis, "arm": pelvis @ flexed(-values["spine"])}
    reaching = [limb for limb in LIMBS if reach_of(limb, values)]
    for limb in LIMBS:
        if limb not in reaching:
            points.update(_bend(limb, frames[limb[-3:]], points, values))
    shift = _shift(figure, values, points)
    points = {
        name: point if name in _DIRECTIONS else point + shift for name, point in points.items()
    }
    for limb in reaching:
        points.update(_reach(figure, limb, frames[limb[-3:]], heading, points, values))
    return points


def reach_of(limb: str, values: Values) -> str | None:
    """Return `heel`, `toe` or `hand` when the limb is placed by its end, otherwise None."""
    ends = ("heel", "toe") if limb.endswith("leg") else ("hand",)
    return next((end for end in ends if f"{limb}.{end}.u" in values), None)


_DIRECTIONS = frozenset(
    {
        "forward",
        "up",
        "across",
        "face",
        "crown",
        "pelvis_forward",
        "pelvis_up",
        "pelvis_across",
        "operated_front",
        "other_front",
    }
)


def _mirror(limb: str, frame: Matrix) -> Matrix:
    """Return the limb's own frame: its third axis points outward on either side of the body."""
    sign = 1.0 if limb.startswith("operated") else -1.0
    return frame @ np.diag([1.0, 1.0, sign])


def _trunk(pelvis: Matrix, values: Values) -> Skeleton:
    chest = pelvis @ flexed(-values["spine"])
    head = chest @ flexed(-values["neck"])
    waist = pelvis @ np.array([0, body.LOWER_TRUNK, 0])
    top = waist + chest @ np.array([0, body.UPPER_TRUNK, 0])
    neck = top + chest @ np.array([0.0, 5.0, 0])
    points = {
        "pelvis": np.zeros(3),
        "waist": waist,
        "chest": top,
        "neck": neck,
        "head": neck + head @ np.array([1.0, body.HEAD, 0]),
        "forward": chest[:, 0],
        "up": chest[:, 1],
        "across": chest[:, 2],
        "face": head[:, 0],
        "crown": head[:, 1],
        "pelvis_forward": pelvis[:, 0],
        "pelvis_up": pelvis[:, 1],
        "pelvis_across": pelvis[:, 2],
    }
    for side, sign in (("operated", 1), ("other", -1)):
        points[f"{side}_hip"] = pelvis @ np.array([0, 0, sign * body.HIP_HALF])
        points[f"{side}_shoulder"] = top + chest @ np.array([0, 0, sign * body.SHOULDER_HALF])
    return points


def _bend(limb: Limb, frame: Matrix, points: Skeleton, values: Values) -> Skeleton:
    """Forward kinematics of one limb from its joint angles."""
    side = limb[:-4]

    def angle(joint: str) -> float:
        return values.get(f"{limb}.{joint}", 0.0)

    frame = _mirror(limb, frame)
    if limb.endswith("arm"):
        root = frame @ flexed(angle("shoulder")) @ spread(angle("shoulder_out"))
        root = root @ twisted(angle("shoulder_turn"))
        lower = root @ flexed(angle("elbow"))
        elbow = points[f"{side}_shoulder"] + root @ _DOWN * body.UPPER_ARM
        wrist = elbow + lower @ _DOWN * body.FOREARM
        palm = lower @ flexed(angle("wrist"))
        hand = wrist + palm @ _DOWN * body.HAND
        arm = {f"{side}_elbow": elbow, f"{side}_wrist": wrist, f"{side}_hand": hand}
        if f"{limb}.fingers" in values:
            arm[f"{side}_fingers"] = hand + palm @ flexed(angle("fingers")) @ _DOWN * body.FINGERS
        return arm
    root = frame @ flexed(angle("hip")) @ spread(angle("hip_out")) @ twisted(angle("hip_turn"))
    lower = root @ flexed(-angle("knee"))
    foot = lower @ twisted(angle("foot_out")) @ flexed(angle("ankle"))
    knee = points[f"{side}_hip"] + root @ _DOWN * body.THIGH
    ankle = knee + lower @ _DOWN * body.SHANK
    return {f"{side}_knee": knee, f"{side}_front": root[:, 0], **_foot(side, ankle, foot)}


def _foot(side: str, ankle: Vector, foot: Matrix) -> Skeleton:
    heel = ankle + foot @ np.array([body.HEEL_FORWARD, -body.HEEL_DOWN, 0])
    toe = ankle + foot @ np.array([body.TOE_FORWARD, -body.TOE_DOWN, 0])
    return {f"{side}_ankle": ankle, f"{side}_heel": heel, f"{side}_toe": toe}


def _shift(figure: Figure, values: Values, points: Skeleton) -> Vector:
    """Return how far the body moves so that its anchor is at its place."""
    u, v, d = values["place.u"], values["place.v"], values.get("place.d", 0.0)
    place: Vector = np.array(to_space(figure.view, u, v, d))
    if figure.anchor == "ground":
        lowest = min(
            points[f"{side}_{end}"][1] - radius
            for side in ("operated", "other")
            for end, radius in (("heel", body.HEEL_RADIUS), ("toe", body.TOE_RADIUS))
            if f"{side}_{end}" in points
        )
        place[1] -= lowest
        return place
    anchor = points[figure.anchor].copy()
    if "place.d" not in values:
        # A place without a depth leaves the body in its own plane.
        depth = np.array(to_space(figure.view, 0.0, 0.0, 1.0))
        anchor -= depth * float(anchor @ depth)
    shift: Vector = place + _contact(figure.anchor) - anchor
    return shift


def _contact(point: str) -> Vector:
    """Return the way from where a foot touches the ground to the middle of its round end."""
    if point.endswith("heel"):
        return np.array([0, body.HEEL_RADIUS, 0])
    if point.endswith("toe"):
        return np.array([0, body.TOE_RADIUS, 0])
    return np.zeros(3)


def contact_target(figure: Figure, limb: Limb, points: Skeleton, values: Values) -> Vector:
    """Return where the middle of the limb's end should be, in cm."""
    side, end = limb[:-4], reach_of(limb, values)
    root = points[f"{side}_{'hip' if limb.endswith('leg') else 'shoulder'}"]
    toward = np.array(to_space(figure.view, 0.0, 0.0, 1.0))
    depth = values.get(f"{limb}.{end}.d", float(root @ toward))
    u, v = values[f"{limb}.{end}.u"], values[f"{limb}.{end}.v"]
    goal: Vector = np.array(to_space(figure.view, u, v, depth)) + _contact(f"{side}_{end}")
    return goal


def _reach(
    figure: Figure, limb: Limb, frame: Matrix, heading: Matrix, points: Skeleton, values: Values
) -> Skeleton:
    """Inverse kinematics of one limb from where its end is."""
    side = limb[:-4]
    end = reach_of(limb, values)
    own, upright = _mirror(limb, frame), _mirror(limb, heading)
    root = points[f"{side}_{'hip' if limb.endswith('leg') else 'shoulder'}"]
    goal = contact_target(figure, limb, points, values)
    if limb.endswith("arm"):
        pole = own @ _ELBOWS[_elbow_to(figure, limb)]
        elbow, hand = two_bones(root, goal, body.UPPER_ARM, body.FOREARM + body.HAND, pole)
        wrist = hand + (elbow - hand) * body.HAND / (body.FOREARM + body.HAND)
        return {f"{side}_elbow": elbow, f"{side}_wrist": wrist, f"{side}_hand": hand}
    out = values.get(f"{limb}.hip_turn", 0.0) + values.get(f"{limb}.foot_out", 0.0)
    foot = upright @ twisted(out) @ flexed(values.get(f"{limb}.sole", 0.0))
    part = _foot(side, np.zeros(3), foot)[f"{side}_{end}"]
    pole = own @ twisted(values.get(f"{limb}.hip_turn", 0.0)) @ np.array([1.0, 0.12, 0.0])
    ankle = goal - part
    knee, ankle = two_bones(root, ankle, body.THIGH, body.SHANK, pole)
    thigh = (knee - root) / body.THIGH
    front = pole - thigh * float(pole @ thigh)
    front = front / (float(np.linalg.norm(front)) or 1.0)
    return {f"{side}_knee": knee, f"{side}_front": front, **_foot(side, ankle, foot)}


_ELBOWS: dict[str, Vector] = {
    "back": np.array([-1.0, -0.4, 0.25]),
    "front": np.array([1.0, -0.4, 0.25]),
    "out": np.array([-0.3, -0.2, 1.0]),
    "down": np.array([-0.2, -1.0, 0.2]),
    "up": np.array([0.2, 1.0, 0.2]),
}


def _elbow_to(figure: Figure, limb: str) -> str:
    """Return where this arm's elbow points: the last word the poses say about it."""
    found = "back"
    for pose in figure.poses:
        for table in (pose.arms, getattr(pose, limb)):
            found = (table and table.elbow_to) or found
    return found
