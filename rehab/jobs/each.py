"""One transaction per item: a broken item is logged by id and set aside, the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from rehab.db import transaction
from rehab.logs import get_logger, place_of

log = get_logger("jobs")
BATCH = 500


def ids(query: Select[Any]) -> Sequence[int]:
    """Read the ids of what is due, in a transaction of its own."""
    with transaction() as session:
        return list(session.scalars(query.limit(BATCH)))


def each(
    job: str,
    item_ids: Iterable[int],
    handle: Callable[[Session, int], bool],
    *,
    set_aside: Callable[[Session, int], None],
) -> int:
    """Handle each item in its own transaction. Returns how many were acted upon.

    A handler reads its row again and decides anew: another process may have been faster. When it
    fails, `set_aside` moves the item's next look into the future, so that it cannot stall the rest.
    """
    handled = 0
    for item_id in item_ids:
        try:
            with transaction() as session:
                handled += bool(handle(session, item_id))
        except Exception as error:
            log.error("job_item_failed", job=job, count=item_id, exception_place=place_of(error))
            _set_aside(job, item_id, set_aside)
    return handled


def _set_aside(job: str, item_id: int, set_aside: Callable[[Session, int], None]) -> None:
    """A row so broken that it cannot even be set aside must not stop the others either."""
    try:
        with transaction() as session:
            set_aside(session, item_id)
    except Exception as error:
        log.error(
            "job_item_not_set_aside", job=job, count=item_id, exception_place=place_of(error)
        )
