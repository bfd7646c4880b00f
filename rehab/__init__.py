"""Post-operative rehabilitation: protocols, check-ins, warning signs and the people who act."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """Build the web application; `flask --app rehab` and gunicorn look for it here.

    What is wrong with the settings or the content is told in plain lines, without a traceback.
    """
    from rehab.app import create_app as build
    from rehab.errors import RehabError

    try:
        return build()
    except RehabError as error:
        sys.exit(str(error))
