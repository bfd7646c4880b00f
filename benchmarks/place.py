"""A clinic on a temporary database for measuring."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from rehab.app import create_app
from rehab.db import db, transaction
from rehab.models import RoleName
from rehab.runtime import Runtime
from rehab.services import enrolment, episodes, people
from rehab.services.enrolment import NewPatient
from rehab.settings import load_settings

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


TOKEN = "1:BENCH"
FIRST_CHAT = 1_000_000
PHYSIO_CHAT = 9001


@contextmanager
def clinic(
    patients: int,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    now: datetime = NOW,
) -> Iterator[tuple[Flask, Runtime]]:
    """An application with enrolled patients, nine days after surgery."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            load_settings(environment(Path(folder)) | dict(environ or {}), overrides=overrides)
        )
        runtime: Runtime = app.extensions["rehab"]
        with app.app_context():
            db.create_all()
            _fill(runtime, patients, now)
            yield app, runtime
            db.engine.dispose()


def environment(folder: Path) -> dict[str, str]:
    """What a process of this clinic must be given."""
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "SECRET_KEY": "a secret for measuring only, long enough",
        "TELEGRAM_BOT_TOKEN": TOKEN,
    }


def seconds(act: Callable[[], object], *, times: int = 5) -> float:
    """The fastest of several runs: the machine's other work only ever slows things down."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best


def _fill(runtime: Runtime, patients: int, now: datetime) -> None:
    with transaction() as session:
        physio = people.add_clinician(
            session,
            email="meera@bench.example",
            name="Meera",
            role=RoleName.PHYSIOTHERAPIST,
            telegram_id=PHYSIO_CHAT,
            password_hash=None,
            now=now,
        )
        for number in range(patients):
            _enrol(session, runtime, physio.id, chat_id=FIRST_CHAT + number, now=now)


def _enrol(
    session: Session, runtime: Runtime, clinician_id: int, *, chat_id: int, now: datetime
) -> None:
    context = runtime.context
    new = NewPatient(
        name=f"Patient {chat_id}",
        procedure="hip-resurfacing",
        variant="standard",
        side="left",
        surgery_on=(now - timedelta(days=9)).date(),
        timezone="Asia/Kolkata",
        language="en",
        birth_year=1970,
        phone=None,
        clinician_id=clinician_id,
        is_synthetic=True,
    )
    added = enrolment.add_patient(session, context, new=new, actor="system", now=now)
    opening = enrolment.open_invite(session, context, token=added.token, chat_id=chat_id, now=now)
    assert opening.invite is not None
    patient = enrolment.accept_consent(
        session,
        invite=opening.invite,
        chat_id=chat_id,
        version="bench",
        language="en",
        text="bench",
        now=now,
    )
    episode = episodes.latest(session, patient_id=patient.id)
    assert episode is not None
