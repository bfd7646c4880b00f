"""The content clinicians look things up in: exercises and protocols, with names in place of ids."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.loader import ContentPack
from exercises.schema import Criterion, Dose, Exercise, PlannedExercise, Protocol, SignOff, Stage
from rehab.clinical import staging
from rehab.services import plan_words
from rehab.services.overview.plan_day import dose_fields
from rehab.services.overview.plan_review import needs
from rehab.services.overview.plan_values import Choice, DoseField


@dataclass(frozen=True)
class Use:
    """A stage that plans an exercise."""

    protocol_id: str
    protocol: str
    stage: str
    from_day: int
    to_day: int


@dataclass(frozen=True)
class ExerciseCard:
    """One exercise of the list."""

    id: str
    name: str
    target: str
    dose: str
    has_caution: bool


@dataclass(frozen=True)
class ExerciseView:
    """One exercise with everything there is about it."""

    exercise: Exercise
    dose: str
    fields: tuple[DoseField, ...]
    easier: Choice | None
    harder: Choice | None
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class PlannedView:
    """One exercise of a stage. `steps` are the harder doses the pain rule leads to, in order."""

    exercise_id: str
    name: str
    dose: str
    steps: tuple[str, ...]
    from_day: int
    to_day: int
    group: str


@dataclass(frozen=True)
class CriterionText:
    """An exit criterion and what decides it; `test` is empty when a clinician confirms it."""

    text: str
    test: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class StagePart:
    """A stage with its exercises and criteria."""

    stage: Stage
    exercises: tuple[PlannedView, ...]
    criteria: tuple[CriterionText, ...]


@dataclass(frozen=True)
class ProtocolView:
    """A protocol as a clinician reads it."""

    protocol: Protocol
    stages: tuple[StagePart, ...]


def procedures(content: ContentPack) -> tuple[str, ...]:
    """Every procedure there is a protocol for."""
    return tuple(sorted({one.procedure for one in content.protocols.values()}))


def exercise_cards(
    content: ContentPack, *, procedure: str = "", search: str = ""
) -> tuple[ExerciseCard, ...]:
    """The exercises some protocol of the procedure plans and in which every searched word occurs."""
    words = search.casefold().split()
    planned = {
        planned.exercise
        for protocol in content.protocols.values()
        if protocol.procedure == procedure
        for stage in protocol.stages
        for planned in stage.exercises
    }
    return tuple(
        ExerciseCard(
            one.id, one.name, one.target, plan_words.in_words(one.dose, "en"), bool(one.caution)
        )
        for one in content.exercises.values()
        if (not procedure or one.id in planned) and _has(one, words)
    )


def exercise_view(content: ContentPack, exercise_id: str) -> ExerciseView | None:
    """One exercise; None for an unknown id."""
    found = content.exercises.get(exercise_id)
    if found is None:
        return None
    return ExerciseView(
        exercise=found,
        dose=plan_words.in_words(found.dose, "en"),
        fields=dose_fields(found.dose, found),
        easier=_choice(content, found.easier),
        harder=_choice(content, found.harder),
        uses=tuple(
            Use(protocol.id, protocol.title, f"{stage.id} {stage.name}", *_window(planned, stage))
            for protocol in content.protocols.values()
            for stage in staging.in_order(protocol)
            for planned in stage.exercises
            if planned.exercise == exercise_id
        ),
    )


def protocol_view(content: ContentPack, protocol_id: str) -> ProtocolView | None:
    """One protocol; None for an unknown id."""
    found = content.protocols.get(protocol_id)
    if found is None:
        return None
    return ProtocolView(
        protocol=found,
        stages=tuple(_stage(content, stage) for stage in staging.in_order(found)),
    )


def sign_off_words(sign_off: SignOff) -> str:
    """Who signed a piece of content; empty while nobody has."""
    return f"{sign_off.by}, {sign_off.on}" if sign_off.state == "signed" else ""


def _has(exercise: Exercise, words: list[str]) -> bool:
    text = " ".join(
        (exercise.id, exercise.name, exercise.target, *exercise.tags, *exercise.equipment)
    ).casefold()
    return all(word in text for word in words)


def _stage(content: ContentPack, stage: Stage) -> StagePart:
    return StagePart(
        stage=stage,
        exercises=tuple(_planned(content, stage, one) for one in stage.exercises),
        criteria=tuple(
            CriterionText(one.text, _test(content, one), one.sources)
            for one in stage.exit_criteria
        ),
    )


def _planned(content: ContentPack, stage: Stage, planned: PlannedExercise) -> PlannedView:
    exercise = content.exercises[planned.exercise]
    from_day, to_day = _window(planned, stage)
    return PlannedView(
        exercise_id=exercise.id,
        name=exercise.name,
        dose=_words(planned.dose or exercise.dose),
        steps=tuple(_words(step) for step in planned.steps),
        from_day=from_day,
        to_day=to_day,
        group=planned.group or "",
    )


def _window(planned: PlannedExercise, stage: Stage) -> tuple[int, int]:
    return (
        stage.from_day if planned.from_day is None else planned.from_day,
        stage.to_day if planned.to_day is None else planned.to_day,
    )


def _words(dose: Dose) -> str:
    return plan_words.in_words(dose, "en")


def _test(content: ContentPack, criterion: Criterion) -> str:
    measures = (one for found in content.measures.values() for one in found.measures)
    measure = next((one for one in measures if one.id == criterion.measure), None)
    return needs(criterion, measure)


def _choice(content: ContentPack, exercise_id: str | None) -> Choice | None:
    found = content.exercises.get(exercise_id or "")
    return Choice(found.id, found.name) if found else None
