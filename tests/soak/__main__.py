"""Run a soak: `python -m tests.soak --seconds 600`. Ends with 1 if anything was not as it must be."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from tests.soak.plan import Plan
from tests.soak.report import report
from tests.soak.soak import Soak


def main() -> int:
    """Read the arguments, soak, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long clients work")
    parser.add_argument("--seed", type=int, default=None, help="the seed of an earlier soak, to draw the same again")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--restarts", type=int, default=None, help="how often the server is killed or stopped")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the home and the server's log")
    given = parser.parse_args()
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    restarts = max(3, round(given.seconds / 40)) if given.restarts is None else given.restarts
    plan = Plan(seconds=given.seconds, seed=seed, clients=given.clients, restarts=restarts)
    return run(plan, is_kept=given.keep)


def run(plan: Plan, *, is_kept: bool) -> int:
    """Soak in a temporary folder."""
    for name in [name for name in os.environ if name.startswith("GESSO_")]:
        del os.environ[name]  # a person's own settings say nothing about the program
    folder = Path(tempfile.mkdtemp(prefix="gesso-soak-"))
    print(f"Soaking for {plan.seconds:g} s in {folder}, seed {plan.seed}", flush=True)
    soak = Soak(plan, folder)
    try:
        asyncio.run(soak.run())
    finally:
        print(report(soak), flush=True)
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if soak.faults else 0


if __name__ == "__main__":
    sys.exit(main())
