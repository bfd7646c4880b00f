"""What surgeons want by default, procedure by procedure, as their page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Precaution, Protocol
from rehab.models import Clinician, RoleName, SurgeonPreference
from rehab.services import preferences
from rehab.services.context import Context
from rehab.services.overview.plan_values import Choice


@dataclass(frozen=True)
class WishRow:
    """One precaution of a procedure and what the surgeon wants. Days count from its anchor."""

    id: str
    text: str
    anchor: str
    from_day: int
    protocol_days: tuple[int, ...]
    """Its last day in the variants that have it."""
    range_of_practice: str
    """Empty: surgeons do not differ, so it can only be lengthened."""
    is_set: bool
    to_day: int | None
    """With `is_set`: the wanted last day; None switches it off."""


@dataclass(frozen=True)
class WishView:
    """One procedure's preferences of one surgeon."""

    procedure: str
    variant: str | None
    variants: tuple[Choice, ...]
    default_variant: str
    rows: tuple[WishRow, ...]
    updated_at: datetime | None


@dataclass(frozen=True)
class Wish:
    """A surgeon's preference in words, for those who read it."""

    person: str
    procedure: str
    variant: str
    lines: tuple[str, ...]
    updated_at: datetime


def is_surgeon(session: Session, clinician_id: int) -> bool:
    """Whether this member of staff keeps preferences."""
    found = session.get(Clinician, clinician_id)
    return found is not None and any(role.name == RoleName.SURGEON for role in found.roles)


def wish_view(
    session: Session, context: Context, *, clinician_id: int, procedure: str
) -> WishView:
    """What this surgeon wants for one procedure."""
    protocols = [one for one in context.content.protocols.values() if one.procedure == procedure]
    kept = preferences.get(session, clinician_id=clinician_id, procedure=procedure)
    wanted = kept.precautions if kept else {}
    by_id: dict[str, list[Precaution]] = {}
    for protocol in protocols:
        for precaution in protocol.precautions:
            by_id.setdefault(precaution.id, []).append(precaution)
    return WishView(
        procedure=procedure,
        variant=kept.variant if kept else None,
        variants=tuple(Choice(one.variant, one.title) for one in protocols),
        default_variant=next((one.title for one in protocols if one.is_default), ""),
        rows=tuple(_row(found, wanted) for found in by_id.values()),
        updated_at=kept.updated_at if kept else None,
    )


def wishes(session: Session, context: Context) -> tuple[Wish, ...]:
    """Every surgeon's preferences, for those who treat the patients."""
    rows = session.execute(
        select(SurgeonPreference, Clinician.name)
        .join(Clinician, Clinician.id == SurgeonPreference.clinician_id)
        .order_by(Clinician.name, SurgeonPreference.procedure)
    )
    protocols = list(context.content.protocols.values())
    return tuple(
        Wish(
            person=name,
            procedure=row.procedure,
            variant=row.variant or "",
            lines=tuple(
                _line(protocols, row.procedure, key, to_day)
                for key, to_day in row.precautions.items()
            ),
            updated_at=row.updated_at,
        )
        for row, name in rows
    )


def _row(found: list[Precaution], wanted: dict[str, int | None]) -> WishRow:
    first = found[0]
    # A setting reaches every variant, so the strictest of them has the word.
    ranges = [one.surgeons_differ for one in found]
    return WishRow(
        id=first.id,
        text=first.text,
        anchor=first.anchor,
        from_day=max(one.from_day for one in found),
        protocol_days=tuple(sorted({one.to_day for one in found})),
        range_of_practice=ranges[0] if all(ranges) else "",
        is_set=first.id in wanted,
        to_day=wanted.get(first.id),
    )


def _line(protocols: list[Protocol], procedure: str, key: str, to_day: int | None) -> str:
    texts = {
        one.id: one.text
        for protocol in protocols
        if protocol.procedure == procedure
        for one in protocol.precautions
    }
    until = "off" if to_day is None else f"until day {to_day}"
    return f"{until}: {texts.get(key, key)}"
