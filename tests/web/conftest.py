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


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """The clinic every test begins with, made once; its file is copied."""
    built = Clinic(tmp_path_factory.mktemp("clinic"))
    built.populate()
    built.close()
    return built


@pytest.fixture
def clinic(populated: Clinic, tmp_path: Path) -> Clinic:
    """Meera, Dr Rao, Vikram the outsider, an administrator and Asha; patients belong to their team."""
    return Clinic(tmp_path, like=populated)
