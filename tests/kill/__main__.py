"""`python -m tests.kill --updates 2000 --kills 50 [--database postgresql|sqlite]`

Prints one JSON object; ends with 1 when anything was lost, doubled or out of order.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bot.databases import postgresql_url
from tests.kill.run import run
from tests.kill.verdict import failures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="where the bot's log goes")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'kill.sqlite3'}"
        if options.database == "postgresql":
            url = stack.enter_context(postgresql_url())
        figures = run(
            database_url=url,
            updates=options.updates,
            kills=options.kills,
            log=options.log or folder / "bot.log",
            seed=options.seed,
        )
    failed = failures(figures)
    result = {"database": options.database, "passed": not failed, "failures": failed, **figures}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
