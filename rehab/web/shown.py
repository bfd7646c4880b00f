"""How values become words on a page: filters and word tables for the templates."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from rehab.clinical import timetable
from rehab.clinical.worklist import Reason
from rehab.services.overview.timeline import Entry
from rehab.texts import LANGUAGE_NAMES
from rehab.web import words
from rehab.web.access import now, runtime
from rehab.web.forms import EmptyForm

SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 112, 28, 3
HIGHEST_PAIN = 10


def register(app: Flask) -> None:
    """Make the filters and the common values known to every template."""
    app.jinja_env.filters.update(
        clock=clock, wall=wall, day=day, ago=ago, reason=reason, entry=entry, percent=percent, plain=plain,
        outcome=words.outcome, tier=words.tier, event=words.event, delivery=words.delivery,
        mark=words.mark, message_kind=words.message_kind,
        review_outcome=words.review_outcome,
    )  # fmt: skip
    app.jinja_env.globals.update(sparkline=sparkline, asset=asset, language_name=language_name)
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    found = runtime()
    return {
        "locale": get_locale(),
        "me": g.get("me"),
        "outages": g.get("outages", []),
        "troubles": [one.words(str(get_locale())) for one in g.get("troubles", [])],
        "clinic": found.settings.config.clinic,
        "is_demo": found.settings.is_demo,
        "simulator_port": found.settings.simulator_port,
        "button_form": EmptyForm,
    }


def wall(moment: datetime) -> str:
    """An instant as the time of day on the clinic's wall clock."""
    return timetable.local_text(moment, runtime().settings.config.clinic.timezone, "%H:%M")


def clock(moment: datetime | None) -> str:
    """An instant on the clinic's wall clock: today 14:05, or 3 Nov 14:05."""
    if moment is None:
        return "–"
    zone = runtime().settings.config.clinic.timezone
    local, today = timetable.local(moment, zone), timetable.local_date(now(), zone)
    if local.date() == today:
        return str(_("today %(time)s", time=local.strftime("%H:%M")))
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local.strftime('%b')}{year} {local.strftime('%H:%M')}"


def day(value: date | str | None) -> str:
    """A local date: 3 Nov 2026."""
    if not value:
        return "–"
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{found.day} {found.strftime('%b %Y')}"


def ago(moment: datetime | None) -> str:
    """How long ago, in the largest fitting unit."""
    if moment is None:
        return str(_("never"))
    age = now() - moment
    minutes, hours = int(age / timedelta(minutes=1)), int(age / timedelta(hours=1))
    if minutes < 1:
        return str(_("just now"))
    if minutes < 90:
        return str(_("%(n)d min ago", n=minutes))
    return str(_("%(n)d h ago", n=hours) if hours < 48 else _("%(n)d days ago", n=age.days))


def reason(value: Reason) -> str:
    """Why a patient stands where they stand."""
    return words.reason(value)


def entry(value: Entry) -> str:
    """The sentence of a timeline entry."""
    return words.entry(value.kind, dict(value.values))


def percent(share: float | None) -> str:
    """A share as a percentage; unknown is a dash, never zero."""
    return "–" if share is None else f"{share:.0%}"


def plain(identifier: str) -> str:
    """An id as words: hip-resurfacing, not_relevant."""
    return identifier.replace("-", " ").replace("_", " ")


def language_name(code: str) -> str:
    """The language's own name."""
    return LANGUAGE_NAMES.get(code, code)


def sparkline(values: tuple[float | None, ...]) -> Markup:
    """The pain of the last days as an inline SVG; days without an answer are gaps."""
    step = (SPARK_WIDTH - 2 * SPARK_PAD) / max(len(values) - 1, 1)
    spots = [
        None if value is None else (SPARK_PAD + number * step, _height(value))
        for number, value in enumerate(values)
    ]
    lines, dots = [], []
    for left, right in itertools.pairwise(spots):
        if left and right:
            lines.append(f"M{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}")
    dots = [f'<circle cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="1.8"/>' for spot in spots if spot]
    said = ", ".join("–" if value is None else f"{value:g}" for value in values)
    label = _("Worst pain, last %(count)d days: %(values)s", count=len(values), values=said)
    return Markup(
        '<svg class="spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img"'
        ' aria-label="{label}"><path class="spark-base" d="M0 {base}H{w}"/>'
        '<path class="spark-line" d="{path}"/><g class="spark-dots">{dots}</g></svg>'
    ).format(
        w=SPARK_WIDTH,
        h=SPARK_HEIGHT,
        label=label,
        base=SPARK_HEIGHT - SPARK_PAD,
        path="".join(lines) or "M0 0",
        dots=Markup("".join(dots)),  # noqa: S704 - numbers only
    )


def _height(value: float) -> float:
    usable = SPARK_HEIGHT - 2 * SPARK_PAD
    return SPARK_HEIGHT - SPARK_PAD - usable * min(max(value, 0), HIGHEST_PAIN) / HIGHEST_PAIN


def asset(name: str) -> str:
    """The address of one of our static files; it changes with the file, so caches never go stale."""
    path = Path(__file__).parent / "static" / name
    return url_for("static", filename=name, v=int(path.stat().st_mtime))
