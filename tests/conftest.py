"""What holds for every test: no talk beyond this machine, and a browser where one is required."""

from __future__ import annotations

import os
import shutil

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where a browser is required (as in CI), its absence is an error and not a skipped test."""
    wanted = any(item.get_closest_marker("browser") for item in items)
    if wanted and os.environ.get("REQUIRE_BROWSER") and shutil.which("chromium") is None:
        raise pytest.UsageError("REQUIRE_BROWSER is set, but there is no Chromium on this machine")
