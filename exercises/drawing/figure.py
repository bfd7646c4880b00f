"""The shape of a figure file: the poses of one exercise over time, its props and its signs.

Lengths are in centimetres, angles in degrees, times in seconds. A place is `[u, v]` in the picture
(right, up) or `[u, v, d]` with the depth towards the viewer. `figures/README.md` has the details.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from exercises.drawing.anatomy import LIMITS
from exercises.drawing.names import MIDLINE_PARTS, Anchor, Motion, Part, Point, View
from exercises.schema import Content, ExerciseId

Place = Annotated[tuple[float, ...], Field(min_length=2, max_length=3)]
Timed = Annotated[tuple[float, ...], Field(min_length=3, max_length=3)]
"""`[seconds, u, v]`: where a moving prop is at that time."""
Seconds = Annotated[float, Field(ge=0, le=30)]
Span = Annotated[tuple[Seconds, ...], Field(min_length=2, max_length=2)]
"""`[from, to]` in seconds."""


class Angles(Content):
    """Joint angles in degrees. What is not given stays as it was in the pose before."""

    @field_validator("*", mode="after")
    @classmethod
    def _within_human_range(cls, value: object, info: ValidationInfo) -> object:
        limits = LIMITS.get(info.field_name or "")
        if limits and isinstance(value, float) and not limits[0] <= value <= limits[1]:
            raise ValueError(
                f"an angle of the {info.field_name} from {limits[0]:g} to {limits[1]:g} degrees"
            )
        return value


class Leg(Angles):
    """One leg, either by its joint angles or by where its heel or toe touches (`sole` tilts it)."""

    hip: float | None = None
    hip_out: float | None = None
    hip_turn: float | None = None
    knee: float | None = None
    ankle: float | None = None
    foot_out: float | None = None
    heel: Place | None = None
    toe: Place | None = None
    sole: float | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Leg:
        if self.heel is not None and self.toe is not None:
            raise ValueError("a leg reaches with its heel or with its toe, not with both")
        return self


class Arm(Angles):
    """One arm, either by its joint angles or by where its hand is (`elbow_to`: where it bends)."""

    shoulder: float | None = None
    shoulder_out: float | None = None
    shoulder_turn: float | None = None
    elbow: float | None = None
    wrist: float | None = None
    fingers: float | None = None
    hand: Place | None = None
    elbow_to: Literal["back", "out", "down", "up", "front"] | None = None


class Pose(Angles):
    """The body at one moment; `hold` keeps it so many seconds after `at`."""

    at: Seconds
    hold: Seconds = 0.0
    place: Place | None = None
    """Where the figure's anchor is."""
    trunk: float | None = None
    lean: float | None = None
    turn: float | None = None
    spine: float | None = None
    neck: float | None = None
    legs: Leg | None = None
    arms: Arm | None = None
    operated_leg: Leg | None = None
    other_leg: Leg | None = None
    operated_arm: Arm | None = None
    other_arm: Arm | None = None


PropKind = Literal[
    "floor",
    "bed",
    "bed_above",
    "mat",
    "chair",
    "wall",
    "step",
    "stairs",
    "rail",
    "counter",
    "table",
    "crutch",
    "stick",
    "walker",
    "band",
    "strap",
    "bike",
    "elliptical",
    "treadmill",
    "water",
    "roll",
    "pillow",
    "towel",
    "ball",
    "weight",
    "leg_press",
    "hands",
    "tree",
]


class Prop(Content):
    """A thing in the picture. Which of the keys a kind understands is in `figures/README.md`."""

    kind: PropKind
    at: Place | None = None
    on: Point | None = None
    """`at` is then an offset from this point of the body."""
    path: tuple[Timed, ...] = ()
    start: Point | None = None
    end: Point | None = None
    width: float | None = Field(None, gt=0, le=400)
    height: float | None = Field(None, gt=0, le=300)
    angle: float = Field(0.0, ge=-360, le=360)
    speed: float = Field(0.0, ge=-300, le=300)
    """cm per second at which marks on the ground move; positive: to the left, as one walks."""
    count: int = Field(3, ge=1, le=8)
    flip: bool = False
    layer: Literal["back", "front"] | None = None


class Arrow(Content):
    """A movement arrow. `bend` is how far its middle bulges, in cm, to the left of its way."""

    start: Place
    end: Place
    on: Point | None = None
    bend: float = Field(0.0, ge=-120, le=120)
    two_headed: bool = False
    show: Span | None = None


class Highlight(Content):
    """A part of the body that glows while it works. Without `show` it glows all the time."""

    part: Part
    limb: Literal["operated", "other", "both"] = "operated"
    show: Span | None = None

    @property
    def midline(self) -> bool:
        """Whether the part belongs to no side of the body."""
        return self.part in MIDLINE_PARTS


class Figure(Content):
    """How one exercise is drawn. The movement repeats every `seconds`."""

    id: ExerciseId
    view: View
    operated: Literal["leg", "arm", "none"] = "leg"
    """Which limb of the operated side carries the accent colour."""
    seconds: float = Field(gt=0.5, le=20)
    motion: Motion = "smooth"
    anchor: Anchor = "pelvis"
    window: Annotated[tuple[float, ...], Field(min_length=4, max_length=4)] | None = None
    """What the picture shows: left, bottom, right, top. Without it everything is fitted in."""
    strip: tuple[Seconds, ...] = ()
    """The moments the still pictures show."""
    poses: tuple[Pose, ...] = Field(min_length=1)
    props: tuple[Prop, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    highlights: tuple[Highlight, ...] = ()
