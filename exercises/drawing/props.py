"""The things around the person: which keys each kind needs and takes, and who draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exercises.drawing import props_home, props_small, props_training
from exercises.drawing.camera import to_picture
from exercises.drawing.figure import Figure, Prop
from exercises.drawing.props_room import Room
from exercises.drawing.shapes import Shape
from exercises.drawing.skeleton import Skeleton
from exercises.drawing.timeline import between

Builder = Callable[[Prop, Room], Iterator[Shape]]

_AT = frozenset({"at", "path"})
_BODY = _AT | {"on"}

# kind: builder, layer, keys it must have (one word of a group is enough), keys it may have
PROPS: dict[str, tuple[Builder, str, tuple[str, ...], frozenset[str]]] = {
    "floor": (props_home.floor, "back", (), _AT | {"speed"}),
    "bed": (props_home.bed, "back", ("at",), _AT | {"width", "height"}),
    "bed_above": (props_home.bed_above, "back", ("at",), _AT | {"width", "height"}),
    "mat": (props_home.mat, "back", ("at",), _AT | {"width"}),
    "chair": (props_home.chair, "back", ("at",), _AT | {"width", "height", "flip"}),
    "wall": (props_home.wall, "back", ("at",), _AT | {"height", "flip"}),
    "step": (props_home.step, "back", ("at",), _AT | {"width", "height"}),
    "stairs": (props_home.stairs, "back", ("at",), _AT | {"width", "height", "count", "flip"}),
    "rail": (props_home.rail, "back", ("at",), _AT | {"width", "angle"}),
    "counter": (props_home.counter, "back", ("at",), _AT | {"width"}),
    "table": (props_home.table, "back", ("at",), _AT | {"width"}),
    "tree": (props_home.tree, "back", ("at",), _AT | {"height"}),
    "crutch": (props_small.crutch, "front", ("at|path", "start"), _AT | {"start"}),
    "stick": (props_small.stick, "front", ("at|path", "start"), _AT | {"start"}),
    "walker": (props_small.walker, "front", ("at|path",), _AT | {"width", "height"}),
    "band": (props_small.band, "front", ("start",), _AT | {"start", "end"}),
    "strap": (props_small.strap, "front", ("start",), _AT | {"start", "end"}),
    "roll": (props_small.roll, "back", ("at|on",), _BODY | {"height"}),
    "pillow": (props_small.pillow, "back", ("at|on",), _BODY | {"width", "height", "angle"}),
    "towel": (props_small.towel, "front", ("at|on",), _BODY | {"width", "angle"}),
    "ball": (props_small.ball, "front", ("at|on",), _BODY | {"height"}),
    "weight": (props_small.weight, "front", ("at|on",), _BODY | {"width", "angle"}),
    "hands": (props_small.hands, "front", ("at|path|on",), _BODY | {"angle", "flip"}),
    "bike": (props_training.bike, "back", ("at",), _AT),
    "elliptical": (props_training.elliptical, "back", ("at",), _AT),
    "treadmill": (props_training.treadmill, "back", ("at",), _AT | {"width", "speed"}),
    "leg_press": (props_training.leg_press, "back", ("at|path",), _AT | {"height", "angle"}),
    "water": (props_training.water, "front", ("at",), _AT),
}


def props(figure: Figure, points: Skeleton, time: float) -> tuple[list[Shape], list[Shape]]:
    """Return the shapes of all props behind the person, and of those in front."""
    places = {name: to_picture(figure.view, point)[:2] for name, point in points.items()}
    layers: dict[str, list[Shape]] = {"back": [], "front": []}
    for prop in figure.props:
        builder, layer, _, _ = PROPS[prop.kind]
        at = prop.at[:2] if prop.at else (0.0, 0.0)
        if prop.path:
            times, us, vs = zip(*prop.path, strict=True)
            at = (
                between(times, us, figure.seconds, time, figure.motion),
                between(times, vs, figure.seconds, time, figure.motion),
            )
        if prop.on:
            at = (places[prop.on][0] + at[0], places[prop.on][1] + at[1])
        room = Room((at[0], at[1]), places, figure.view, time, figure.seconds)
        layers[prop.layer or layer] += builder(prop, room)
    return layers["back"], layers["front"]
