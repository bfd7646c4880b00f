"""A clinic for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.build import Clinic


def pytest_configure(config: pytest.Config) -> None:
    """Flask-Security 5.9 still builds its own forms the way WTForms 3.3 calls old."""
    config.addinivalue_line(
        "filterwarnings", "ignore:Passing SelectField choices as tuples:DeprecationWarning"
    )


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """Meera, Dr Rao, Vikram the outsider, an administrator and Asha; patients belong to their team."""
    built = Clinic(tmp_path)
    built.populate()
    return built
