"""What must hold between the parts of a figure: times, props and reach."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exercises.drawing import anatomy
from exercises.drawing.figure import Figure, Pose, Prop
from exercises.drawing.names import LIMBS, Limb
from exercises.drawing.props import PROPS
from exercises.drawing.skeleton import contact_target, reach_of, skeleton
from exercises.drawing.timeline import completed
from exercises.errors import Key

Fault = tuple[Key, str, str]
"""Where, what was found, what was expected."""

_PROP_KEYS = ("at", "on", "path", "start", "end", "width", "height", "speed")
_BY_ANGLES = {"hip", "hip_out", "knee", "ankle", "shoulder", "shoulder_out", "elbow"} | {
    "shoulder_turn",
    "wrist",
    "fingers",
}
_BY_END = {"sole", "elbow_to"}


def faults(figure: Figure) -> Iterator[Fault]:
    """Return everything that is wrong in a figure whose single values are all right."""
    found = [
        *_times(figure),
        *_props(figure),
        *_signs(figure),
        *_one_way(figure),
        *_ignored(figure),
    ]
    yield from found
    if not found:
        yield from _reach(figure)


def _times(figure: Figure) -> Iterator[Fault]:
    end = 0.0
    for index, pose in enumerate(figure.poses):
        key = ("poses", index, "at")
        if index == 0 and pose.at != 0:
            yield key, f"{pose.at:g}", "0, because the first pose starts the movement"
        elif index and pose.at <= figure.poses[index - 1].at:
            yield key, f"{pose.at:g}", f"a time after {figure.poses[index - 1].at:g} seconds"
        elif pose.at < end:
            yield key, f"{pose.at:g}", f"a time from {end:g} seconds on, when the hold is over"
        end = pose.at + pose.hold
    if figure.poses and end > figure.seconds:
        expected = f"at least {end:g}, when the last pose is over"
        yield ("seconds",), f"{figure.seconds:g}", expected
    for index, time in enumerate(figure.strip):
        if time > figure.seconds:
            expected = f"a time up to {figure.seconds:g} seconds"
            yield ("strip", index), f"{time:g}", expected


def _props(figure: Figure) -> Iterator[Fault]:
    for index, prop in enumerate(figure.props):
        _, _, needed, taken = PROPS[prop.kind]
        for group in needed:
            if not any(getattr(prop, word) for word in group.split("|")):
                name = group.replace("|", "` or `")
                yield ("props", index), f"a {prop.kind} without it", f"the key `{name}`"
        for name in _PROP_KEYS:
            if getattr(prop, name) and name not in taken:
                takes = ", ".join(sorted(taken))
                yield ("props", index, name), f"`{name}`", f"for a {prop.kind} only: {takes}"
        if prop.kind in ("band", "strap") and not (prop.end or prop.at or prop.path):
            yield ("props", index), f"a {prop.kind} with one end", "the key `end` or `at`"
        yield from _path(figure, index, prop)


def _path(figure: Figure, index: int, prop: Prop) -> Iterator[Fault]:
    before = -1.0
    for number, (time, _, _) in enumerate(prop.path):
        key = ("props", index, "path", number)
        if number == 0 and time != 0:
            yield key, f"{time:g}", "a first time of 0"
        elif time <= before or time > figure.seconds:
            yield key, f"{time:g}", f"a time after {before:g} and up to {figure.seconds:g} seconds"
        before = time


def _signs(figure: Figure) -> Iterator[Fault]:
    spans = [("arrows", index, arrow.show) for index, arrow in enumerate(figure.arrows)]
    spans += [("highlights", index, one.show) for index, one in enumerate(figure.highlights)]
    for name, index, show in spans:
        if show and not show[0] < show[1] <= figure.seconds:
            expected = f"[from, to] with from < to, up to {figure.seconds:g} seconds"
            yield (name, index, "show"), f"{list(show)}", expected


def _one_way(figure: Figure) -> Iterator[Fault]:
    """A limb is led by its joints or by its end, the whole figure through."""
    for limb in LIMBS:
        ends = {end for pose in figure.poses for end in _ends(pose, limb)}
        if not ends:
            continue
        first = _ends(figure.poses[0], limb)
        if len(ends) > 1:
            yield (
                ("poses", 0, limb),
                f"{' and '.join(sorted(ends))}",
                "one of the two throughout",
            )
        elif not first:
            end = next(iter(ends))
            yield ("poses", 0, limb), f"no `{end}`", f"`{end}` from the first pose on"
        if figure.anchor == "ground" and limb.endswith("leg"):
            yield ("anchor",), "'ground'", f"another anchor, or no `{next(iter(ends))}` for {limb}"
        elif figure.anchor in _anchors_on(limb):
            yield (
                ("anchor",),
                repr(figure.anchor),
                f"a point outside {limb}, which is led by its end",
            )


def _anchors_on(limb: Limb) -> set[str]:
    joints = ("knee", "heel", "toe") if limb.endswith("leg") else ("hand",)
    return {f"{limb[:-4]}_{joint}" for joint in joints}


def _ignored(figure: Figure) -> Iterator[Fault]:
    """A key that the limb's way of being led does not look at would do nothing, silently."""
    for index, pose in enumerate(figure.poses):
        for limb in LIMBS:
            led = any(_ends(each, limb) for each in figure.poses)
            table = getattr(pose, limb)
            unread = (_BY_ANGLES if led else _BY_END) & (
                table.model_fields_set if table else set()
            )
            for name in sorted(unread):
                way = "the limb is led by its end" if led else "the limb is led by its angles"
                yield ("poses", index, limb, name), f"`{name}`", f"no such key here, since {way}"


def _tables(pose: Pose, limb: Limb) -> Iterator[object]:
    shared = pose.legs if limb.endswith("leg") else pose.arms
    yield from (table for table in (shared, getattr(pose, limb)) if table is not None)


def _ends(pose: Pose, limb: Limb) -> set[str]:
    names = ("heel", "toe") if limb.endswith("leg") else ("hand",)
    tables = list(_tables(pose, limb))
    return {name for table in tables for name in names if getattr(table, name, None) is not None}


def _reach(figure: Figure) -> Iterator[Fault]:
    """A hand or foot is where the pose says, or the limb is too short for it."""
    for index, values in enumerate(completed(figure)):
        points = skeleton(figure, values)
        for limb in LIMBS:
            end = reach_of(limb, values)
            if end is None:
                continue
            side = limb[:-4]
            miss = contact_target(figure, limb, points, values) - points[f"{side}_{end}"]
            if np.linalg.norm(miss) > 3.0:
                leg = limb.endswith("leg")
                most = anatomy.LEG_REACH if leg else anatomy.ARM_REACH
                root = "hip to the ankle" if leg else "shoulder to the hand"
                found = f"a place {np.linalg.norm(miss):.0f} cm out of reach"
                expected = f"a place the limb reaches: at most {most:g} cm from the {root}"
                yield ("poses", index, limb, end), found, expected
