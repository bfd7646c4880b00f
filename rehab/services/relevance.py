"""Whether what a waiting message speaks about still holds at the moment it would be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from rehab.models import Alert, AlertState, CareTask, OutboxMessage, Prompt, TaskState

WAITING_TASK = (TaskState.PLANNED, TaskState.PROMPTED)


def still_holds(session: Session, relevance: Mapping[str, Any]) -> bool:
    """All conditions hold. A row that is gone does not; a condition nobody knows stops nothing."""
    return all(_holds(session, condition, row_id) for condition, row_id in relevance.items())


def _holds(session: Session, condition: str, row_id: int) -> bool:
    if condition == "care_task":
        task = session.get(CareTask, row_id)
        return task is not None and task.state in WAITING_TASK
    if condition == "open_alert":
        alert = session.get(Alert, row_id)
        return alert is not None and alert.state == AlertState.OPEN
    if condition == "unresolved_alert":
        alert = session.get(Alert, row_id)
        return alert is not None and alert.state != AlertState.RESOLVED
    if condition == "prompt_open":
        prompt = session.get(Prompt, row_id)
        return prompt is not None and prompt.closed_at is None
    if condition == "shown_original":
        original = session.get(OutboxMessage, row_id)
        return original is not None and original.provider_id is not None
    return True
