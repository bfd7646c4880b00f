"""Building the application: nothing at import, the right clock, a database folder that appears."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from rehab.app import create_app
from rehab.clock import ShiftedClock, SystemClock
from rehab.db import db
from rehab.runtime import Runtime
from rehab.services import demo_clock
from rehab.settings import Settings, load_settings
from tests.web.build import SECRET, Clinic


def _settings(folder: Path, token: str = "") -> Settings:
    return load_settings(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'new' / 'rehab.sqlite3'}",
            "SECRET_KEY": SECRET,
            "TELEGRAM_BOT_TOKEN": token,
        }
    )


def test_the_database_folder_is_made_and_writes_are_durable(tmp_path: Path) -> None:
    app = create_app(_settings(tmp_path))
    with app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert (tmp_path / "new" / "rehab.sqlite3").exists()


def test_with_a_real_token_time_cannot_be_moved(tmp_path: Path) -> None:
    app = create_app(_settings(tmp_path, token="123456:abcdefghijklmnopqrstuvwxyz"))
    runtime: Runtime = app.extensions["rehab"]
    assert isinstance(runtime.clock, SystemClock)


def test_the_demos_clock_follows_its_row_even_while_somebody_writes(tmp_path: Path) -> None:
    app = create_app(_settings(tmp_path))
    runtime: Runtime = app.extensions["rehab"]
    assert isinstance(runtime.clock, ShiftedClock)
    started = runtime.clock.now()  # before there are tables: the machine's time
    with app.app_context():
        db.create_all()
        demo_clock.advance(db.session(), by=timedelta(days=2))
        db.session.commit()
        time.sleep(0.6)  # the offset is remembered for half a second of real time
        db.session.execute(db.text("UPDATE demo_clock SET offset_seconds = offset_seconds"))
        asked = time.monotonic()
        ahead = runtime.clock.now() - started
        assert time.monotonic() - asked < 1, "the clock must not wait for the open transaction"
    assert timedelta(days=2) <= ahead < timedelta(days=2, minutes=1)


def test_importing_the_application_does_nothing(tmp_path: Path) -> None:
    code = "import rehab, rehab.app; print('imported')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"DATABASE_URL": f"sqlite:///{tmp_path / 'never.sqlite3'}", "PATH": ""},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "imported\n"
    assert list(tmp_path.iterdir()) == []


def test_no_page_leaves_a_transaction_open(clinic: Clinic) -> None:
    client = clinic.signed_in("meera@clinic.example")
    with client:
        client.get("/")
        with clinic.app.app_context():
            assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
