"""`/metrics` for Prometheus, read from the database at scrape time: any web process tells the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from rehab.db import transaction
from rehab.services import rule_report
from rehab.services.overview.numbers import Numbers, numbers
from rehab.web.access import Policy, allow, now

blueprint = Blueprint("metrics", __name__)
SPEED_DAYS = 30


@blueprint.get("/metrics")
@allow(Policy.OWN_CHECK)  # open to anybody: counts and ages only
def index() -> ResponseReturnValue:
    """The numbers of this instant."""
    registry = CollectorRegistry()
    registry.register(Numbered(now()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Numbered(Collector):
    """Reads the numbers once per scrape."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def describe(self) -> Iterator[Metric]:
        """Nothing ahead of time: registering must not read the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """One gauge family per number."""
        with transaction() as session:
            found = numbers(session, now=self._moment)
            taken = rule_report.speed(session, now=self._moment, days=SPEED_DAYS)
        yield from _single(found)
        yield _family(
            "rehab_inbox_updates", "Telegram updates by state", ["state"],
            {(state,): count for state, count in found.inbox.items()},
        )  # fmt: skip
        yield _family(
            "rehab_outbox_messages", "Messages by state and class", ["state", "class"],
            found.outbox,
        )  # fmt: skip
        yield _family(
            "rehab_alerts_unresolved", "Unresolved alerts by tier and state", ["tier", "state"],
            found.alerts,
        )  # fmt: skip
        yield _family(
            "rehab_alert_taken_seconds",
            f"Time until somebody took an alert, {SPEED_DAYS} days, by tier and quantile",
            ["tier", "quantile"],
            {
                (tier.value, name): length.total_seconds()
                for tier, speed in taken
                for name, length in (("0.5", speed.median), ("0.9", speed.nine_of_ten))
                if length is not None
            },
        )
        yield _family(
            "rehab_heartbeat_age_seconds", "Since a component last worked", ["component"],
            {(component,): age for component, age in found.heartbeats.items()},
        )  # fmt: skip
        yield _family(
            "rehab_dispatches", "E-mails and webhook calls by channel and state",
            ["channel", "state"], found.dispatches,
        )  # fmt: skip


def _single(found: Numbers) -> Iterator[Metric]:
    for name, text, value in (
        ("rehab_inbox_oldest_seconds", "Age of the oldest new update", found.inbox_oldest_seconds),
        ("rehab_outbox_oldest_due_seconds", "Age of the oldest due message",
         found.outbox_oldest_due_seconds),
        ("rehab_alert_oldest_open_seconds", "Age of the oldest alert nobody acknowledged",
         found.alert_oldest_open_seconds),
        ("rehab_troubles", "What the product found wrong with itself", found.troubles),
        ("rehab_outages_unseen", "Outages nobody has gone through", found.outages_unseen),
    ):  # fmt: skip
        yield GaugeMetricFamily(name, text, value=value)


def _family(
    name: str, text: str, labels: list[str], values: Mapping[Any, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for label_values, value in sorted(values.items()):
        family.add_metric(list(label_values), value)
    return family
