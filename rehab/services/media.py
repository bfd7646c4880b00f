"""Media a message can show, by key: looked up inside a transaction, made outside of it.

A key names a maker and what it needs: `exercise:EX08:left:<hash>`, `timer:5:2:10`. Whoever adds
a kind of picture writes a function that returns its recipe and adds one line to `RECIPES`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, get_args

from sqlalchemy.orm import Session

from exercises.drawing import Figure, animation, figure_hash, load_figures, strip_png
from exercises.drawing.answers import ANSWERS_VERSION, answers_png
from exercises.drawing.timer import LONGEST_SECONDS, MOST_REPS, timer
from exercises.errors import ContentError
from exercises.schema import Dose, Question
from rehab.clinical.answers import letter_of
from rehab.logs import get_logger, place_of
from rehab.services import versions
from rehab.services.context import Context
from rehab.services.media_cache import MediaFile, kept
from rehab.services.outbox import Media
from rehab.settings import ROOT
from rehab.wound_guide import GUIDE_VERSION, wound_guide

log = get_logger(__name__)

OWN_FILES = ROOT / "exercises" / "media"
"""A clinic's own film or photograph of an exercise, e.g. `EX08.mp4`, in place of the figure."""
OWN_KINDS: Mapping[str, tuple[Literal["animation", "photo"], str]] = {
    "mp4": ("animation", "video/mp4"),
    "gif": ("animation", "image/gif"),
    "jpg": ("photo", "image/jpeg"),
    "jpeg": ("photo", "image/jpeg"),
    "png": ("photo", "image/png"),
}
"""By ending, the most telling first: an exercise with a film and a photograph shows the film."""
OWN = "own"
"""Stands in a key where a drawn figure has its side."""
LET_GO_SECONDS = 2
"""What a timer shows between repetitions when the dose names no rest: only so that the eye sees
one end and the next begin. It is no prescription."""
Side = Literal["left", "right"]


class Recipe(Protocol):
    """Everything needed to make a medium, read while the transaction was open; pure data."""

    def make(self) -> MediaFile:
        """Make or read it; may take seconds. Raises whatever goes wrong."""


@dataclass(frozen=True)
class FigureRecipe:
    """A drawn exercise."""

    figure: Figure
    side: Side

    def make(self) -> MediaFile:
        name = f"exercise-{self.figure.id}-{self.side}-{_hash_of(self.figure)}.gif"
        content = kept(name, lambda: animation(self.figure, self.side))
        return MediaFile(f"{self.figure.id}.gif", content, "image/gif")


@dataclass(frozen=True)
class OwnFileRecipe:
    """A clinic's own file."""

    path: Path
    mime: str

    def make(self) -> MediaFile:
        return MediaFile(self.path.name, self.path.read_bytes(), self.mime)


@dataclass(frozen=True)
class TimerRecipe:
    """The moving ring of a dose that is held. Seconds and a whole count."""

    hold: int
    rest: int
    reps: int

    def make(self) -> MediaFile:
        name = f"timer-{self.hold}-{self.rest}-{self.reps}.gif"
        content = kept(name, lambda: timer(self.hold, self.rest, self.reps))
        return MediaFile("timer.gif", content, "image/gif")


@dataclass(frozen=True)
class QuestionRecipe:
    """The options of a question side by side: letter and option value of each."""

    picture: str
    options: tuple[tuple[str, str], ...]

    def make(self) -> MediaFile:
        drawn = "".join(f"{letter}-{value}-" for letter, value in self.options)
        name = f"question-{self.picture}-{drawn}{ANSWERS_VERSION}.png"
        content = kept(name, lambda: answers_png(self.picture, self.options))
        return MediaFile(f"{self.picture}.png", content, "image/png")


@dataclass(frozen=True)
class WoundGuideRecipe:
    """How to take a photo of the wound."""

    def make(self) -> MediaFile:
        return MediaFile("photo-of-the-wound.png", wound_guide(), "image/png")


def recipe(session: Session, context: Context, key: str) -> Recipe:
    """How the medium of this key is made. Raises LookupError when nobody can make it (any more)."""
    prefix, _, rest = key.partition(":")
    return RECIPES[prefix](session, context, tuple(rest.split(":")))


def of_exercise(exercise_id: str, operated: str, *, own_files: Path = OWN_FILES) -> Media | None:
    """The picture of an exercise for a patient operated on `left`, `right` or `both` sides.

    The clinic's own file comes before the drawn figure; None when there is neither.
    """
    path = _own_file(exercise_id, own_files)
    if path is not None:
        kind, _ = OWN_KINDS[path.suffix[1:].lower()]
        return Media(kind, f"exercise:{exercise_id}:{OWN}:{_hash_of_file(path)}")
    figure = figures().get(exercise_id)
    if figure is None:
        return None
    # Both hips: one leg is shown at work, and the words say both.
    side = operated if operated in get_args(Side) else "left"
    return Media("animation", f"exercise:{exercise_id}:{side}:{_hash_of(figure)}")


def of_timer(dose: Dose) -> Media | None:
    """The timer of a dose that is held; None for one that is not or takes too long to show.

    When all repetitions are too many for one timer, it shows a single one and repeats itself.
    """
    if dose.hold_seconds is None:
        return None
    # The rest of a dose with sets lies between sets, not between repetitions.
    rest = LET_GO_SECONDS if (dose.sets or 1) > 1 else dose.rest_seconds or LET_GO_SECONDS
    one = dose.hold_seconds + rest
    if one > LONGEST_SECONDS:
        return None
    reps = dose.reps or 1
    shown = reps if reps <= MOST_REPS and reps * one <= LONGEST_SECONDS else 1
    return Media("animation", f"timer:{dose.hold_seconds}:{rest}:{shown}")


def of_question(questionnaire_hash: str, question: Question) -> Media:
    """The drawing of a question's options, lettered like its buttons."""
    return Media("photo", f"question:{questionnaire_hash}:{question.id}")


def of_wound_guide() -> Media:
    """The picture of how to take a photo of the wound."""
    return Media("photo", f"wound-guide:{GUIDE_VERSION}")


def still(key: str, side: Side, *, own_files: Path = OWN_FILES) -> bytes | None:
    """The picture an exercise's key names, for paper: PNG or JPEG; None when it cannot be printed.

    In place of the clinic's own film, and of a file that is gone, the figure is drawn.
    """
    exercise_id = key.split(":")[1]
    own = _own_file(exercise_id, own_files)
    if own is not None and OWN_KINDS[own.suffix[1:].lower()][0] == "photo":
        return own.read_bytes()
    figure = figures().get(exercise_id)
    if figure is None:
        return None
    name = f"still-{exercise_id}-{side}-{_hash_of(figure)}.png"
    return kept(name, lambda: strip_png(figure, side))


@cache
def figures() -> Mapping[str, Figure]:
    """Every drawn figure by exercise id, read once; none when the files cannot be read."""
    try:
        return load_figures()
    except (ContentError, OSError) as error:
        # Exercises without pictures are better than no exercises.
        log.error("figures_unreadable", error=place_of(error))
        return {}


def get_ready() -> None:
    """Read the figures now: later the first exercise would do it inside its transaction."""
    figures()


def _of_exercise_key(_: Session, __: Context, parts: tuple[str, ...]) -> Recipe:
    exercise_id, side, _hash = parts
    if side == OWN:
        path = _own_file(exercise_id)
        if path is None:
            raise LookupError(f"no file of {exercise_id}")
        return OwnFileRecipe(path, OWN_KINDS[path.suffix[1:].lower()][1])
    return FigureRecipe(figures()[exercise_id], "right" if side == "right" else "left")


def _of_timer_key(_: Session, __: Context, parts: tuple[str, ...]) -> Recipe:
    hold, rest, reps = (int(part) for part in parts)
    return TimerRecipe(hold, rest, reps)


def _of_handout_key(session: Session, context: Context, parts: tuple[str, ...]) -> Recipe:
    # A hand-out shows exercises, so it can only be known here when it is needed.
    from rehab.services import handout

    return handout.recipe_of_key(session, context, parts)


def _of_progress_key(session: Session, context: Context, parts: tuple[str, ...]) -> Recipe:
    from rehab.services import progress  # as above

    return progress.recipe_of_key(session, context, parts)


def _of_question_key(session: Session, context: Context, parts: tuple[str, ...]) -> Recipe:
    questionnaire_hash, question_id = parts
    question = versions.questionnaire(session, context, questionnaire_hash).question(question_id)
    letters = {letter_of(question, one.value): one.value for one in question.options}
    return QuestionRecipe(question.picture, tuple(letters.items()))


RECIPES: dict[str, Callable[[Session, Context, tuple[str, ...]], Recipe]] = {
    "exercise": _of_exercise_key,
    "timer": _of_timer_key,
    "question": _of_question_key,
    "handout": _of_handout_key,
    "progress": _of_progress_key,
    "wound-guide": lambda session, context, parts: WoundGuideRecipe(),
}


def _own_file(exercise_id: str, own_files: Path = OWN_FILES) -> Path | None:
    candidates = (own_files / f"{exercise_id}.{ending}" for ending in OWN_KINDS)
    return next((path for path in candidates if path.is_file()), None)


def _hash_of(figure: Figure) -> str:
    # Half of it: a key also names the exercise and the side.
    return figure_hash(figure)[:32]


def _hash_of_file(path: Path) -> str:
    found = path.stat()
    return _file_hash(path, found.st_mtime_ns, found.st_size)


@cache
def _file_hash(path: Path, changed: int, size: int) -> str:
    """Read again only when the file changed: a film takes a while to read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]
