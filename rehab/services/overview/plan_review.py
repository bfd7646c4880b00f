"""How a patient stands before the next stage: each criterion with its facts, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from exercises.schema import Criterion, Measure, Protocol
from rehab.clinical import staging
from rehab.clinical.progression import CriterionView, Fact
from rehab.models import Episode, Measurement
from rehab.services import facts, measurements, versions
from rehab.services.context import Context
from rehab.services.overview.people_lists import names_of
from rehab.services.overview.plan_values import (
    Choice,
    CriterionRow,
    FactRow,
    MeasureField,
    MeasurementRow,
    ReviewView,
)
from rehab.services.progression import StageReview

BY_CLINICIAN = "clinician"
CONFIRMED = "criterion:"
MOST_MEASUREMENTS = 12


def review_view(
    session: Session, protocol: Protocol, review: StageReview, today: date
) -> ReviewView:
    """The review of the present stage in words and dates."""
    people = names_of(
        session, [_clinician_of(fact) for view in review.criteria for fact in view.facts]
    )
    order = [stage.id for stage in staging.in_order(protocol)]
    here = order.index(review.stage.id)
    stages = [Choice(one.id, one.name) for one in staging.in_order(protocol)]
    # The time before the operation is over once a later stage has begun.
    gone = {one.id for one in protocol.stages if one.to_day < 0 <= review.stage.from_day}
    coming = review.next_stage
    return ReviewView(
        stage_id=review.stage.id,
        criteria=tuple(_criterion(view, people) for view in review.criteria),
        unmet=tuple(view.criterion.text for view in review.criteria if view.state != "met"),
        next_stage=Choice(coming.id, coming.name) if coming else None,
        proposed_at=review.proposal.made_at if review.proposal else None,
        can_advance_from=review.can_advance_from,
        is_early=review.can_advance_from is not None and today < review.can_advance_from,
        hold_until=review.hold_until,
        blocked=review.blocked,
        later=tuple(stages[here + 1 :]),
        earlier=tuple(one for one in reversed(stages[:here]) if one.id not in gone),
    )


def measure_fields(context: Context) -> tuple[MeasureField, ...]:
    """Every measure a clinician can enter, by label."""
    known = facts.measures(context).measures
    found = (field for one in known if (field := _field(one)))
    return tuple(sorted(found, key=lambda field: field.label))


def measurement_rows(
    session: Session, context: Context, episode: Episode
) -> tuple[MeasurementRow, ...]:
    """The newest things clinicians measured and confirmed."""
    rows = measurements.of_episode(session, episode_id=episode.id)[:MOST_MEASUREMENTS]
    people = names_of(session, [row.recorded_by for row in rows])
    protocol = versions.protocol_of(session, context, episode)
    return tuple(
        MeasurementRow(
            id=row.id,
            label=_label(context, protocol, row),
            value=_value(row.value, _unit(context, row.measure)),
            on=row.effective_on,
            person=people.get(row.recorded_by, ""),
            status=row.status,
        )
        for row in rows
    )


def needs(criterion: Criterion, measure: Measure | None) -> str:
    """A criterion's test in words; empty when a clinician confirms it."""
    if measure is None:
        return ""
    unit = f" {measure.unit}" if measure.unit not in ("", "yes-no") else ""
    parts = [
        f"{word} {bound:g}{unit}"
        for word, bound in (("at least", criterion.at_least), ("at most", criterion.at_most))
        if bound is not None
    ]
    if criterion.is_one_of:
        parts.append(" or ".join(one.replace("-", " ") for one in criterion.is_one_of))
    return f"{measure.label}: {', '.join(parts)}"


def _criterion(view: CriterionView, people: Mapping[int, str]) -> CriterionRow:
    measure = view.measure
    unit = measure.unit if measure else ""
    return CriterionRow(
        id=view.criterion.id,
        text=view.criterion.text,
        state=view.state,
        needs=needs(view.criterion, measure),
        days=view.criterion.days,
        fresh_days=measure.fresh_days if measure else None,
        facts=tuple(
            FactRow(_value(fact.value, unit), fact.on, people.get(_clinician_of(fact) or 0, ""))
            for fact in view.facts
        ),
        is_confirmable=view.criterion.measure is None,
        measure=_field(measure) if measure else None,
    )


def _value(value: float | str | bool, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("-", " ").replace("_", " ")
    return f"{value:g} {unit}".strip()


def _clinician_of(fact: Fact) -> int | None:
    kind, _, number = fact.source.partition(":")
    return int(number) if kind == BY_CLINICIAN else None


def _field(measure: Measure) -> MeasureField | None:
    if not measure.clinician_enters or not measure.unit:
        return None
    return MeasureField(measure.id, measure.label, measure.unit, measure.minimum, measure.maximum)


def _unit(context: Context, name: str) -> str:
    found = facts.measures(context).find(name)
    return found.unit if found else ""


def _label(context: Context, protocol: Protocol, row: Measurement) -> str:
    if not row.measure.startswith(CONFIRMED):
        found = facts.measures(context).find(row.measure)
        return found.label if found else row.measure
    _, stage_id, criterion_id = row.measure.split(":", 2)
    texts = {
        (stage.id, one.id): one.text for stage in protocol.stages for one in stage.exit_criteria
    }
    return texts.get((stage_id, criterion_id), criterion_id)
