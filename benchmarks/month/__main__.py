"""`python -m benchmarks.month [--patients 500] [--days 30] [--seed 7]`: one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
import time

from benchmarks.month.clinic import Month
from benchmarks.month.lives import everybody
from benchmarks.place import clinic

EMERGENCIES = 40


def main() -> None:
    """Live the month and print its figures."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--patients", type=int, default=500)
    reader.add_argument("--days", type=int, default=30)
    reader.add_argument("--seed", type=int, default=7)
    asked = reader.parse_args()
    began = time.monotonic()
    with clinic(0) as (_, runtime):
        lives = everybody(asked.patients, asked.seed, runtime.context.content)
        month = Month(runtime.context, lives, days=asked.days, seed=asked.seed)
        month.run(emergencies=round(EMERGENCIES * asked.patients * asked.days / (500 * 30)) or 1)
        figures = month.figures()
    sys.stderr.write("\n")
    print(json.dumps({**figures, "seconds": round(time.monotonic() - began)}, indent=1))


if __name__ == "__main__":
    main()
