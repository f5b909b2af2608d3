"""Do intervals hold the truth as often as they say? Draws studies from known models and counts.

    python benchmarks/coverage.py                  2000 studies of each scenario; writes data/reference/coverage.csv
    python benchmarks/coverage.py --studies 200    quicker and rougher; writes nothing

The numbers of the studies are fixed, so the table is the same on every machine with the same packages.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from promises import PROMISES, Promise, drawn

TABLE = Path(__file__).parents[1] / "data" / "reference" / "coverage.csv"
SCENARIOS = tuple(dict.fromkeys(promise.scenario for promise in PROMISES))
FIRST = 20_260_000  # the number of the first study; the demo study has another


def one(scenarios: Sequence[str], seed: int) -> list[list[tuple[float, ...]]]:
    """What each method of these makes of its study: rows (value, se, low, high, truth), or (alarm,)."""
    found = []
    for scenario in scenarios:
        study = drawn(scenario)(seed)
        for promise in of([scenario]):
            told = promise.method(study)
            found.append([(float(told),)] if promise.of == "alarm" else [tuple(each) for each in told])
    return found


def of(scenarios: Sequence[str]) -> list[Promise]:
    """Their promises, scenario by scenario."""
    return [promise for scenario in scenarios for promise in PROMISES if promise.scenario == scenario]


def run(studies: int, *, workers: int = 1, scenarios: Sequence[str] = ()) -> pd.DataFrame:
    """One row a promise and number: coverage or alarm, and where it applies bias and ratio of errors.

    All scenarios of one number at once, since some share their families.
    """
    asked, seeds = list(scenarios or SCENARIOS), range(FIRST, FIRST + studies)
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        found = pool.map(partial(one, asked), seeds, chunksize=max(1, studies // (8 * workers)))
    told = [counted(promise, [each[at] for each in found]) for at, promise in enumerate(of(asked))]
    return pd.DataFrame([row for rows in told for row in rows])


def counted(promise: Promise, found: list[list[tuple[float, ...]]]) -> list[dict]:
    """The numbers of a promise, each with the range that is right and whether it is met; `mcse`: simulation error."""
    about = {"method": promise.name, "scenario": promise.scenario, "studies": len(found), "naive": promise.naive}
    if promise.of == "alarm":
        return [about | _judged("alarm", [each[0][0] for each in found], promise.must)]
    numbers = np.array([row for each in found for row in each])
    value, se, low, high, truth = numbers.T
    per_study = [np.mean([row[2] <= row[4] <= row[3] for row in each]) for each in found]
    rows = [about | _judged("coverage", per_study, promise.must)]
    if not np.isnan(se).any():
        error, spread = value - truth, (value - truth).std(ddof=1)
        unsure = 1 / len(value) ** 0.5
        rows.append(about | _right("bias in standard errors", error.mean() / spread, unsure, (-0.1, 0.1)))
        rows.append(about | _right("standard error over spread", se.mean() / spread, unsure * 0.5**0.5, (0.95, 1.08)))
    return rows


def _judged(number: str, shares: list[float], must: tuple[float, float]) -> dict:
    return _right(number, float(np.mean(shares)), float(np.std(shares) / len(shares) ** 0.5), must)


def _right(number: str, value: float, mcse: float, must: tuple[float, float]) -> dict:
    return {
        "number": number, "value": round(value, 4), "mcse": round(mcse, 4), "lowest": must[0], "highest": must[1],
        "kept": must[0] <= value <= must[1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--scenarios", type=lambda text: text.split(","), default=[])
    given = parser.parse_args()
    found = run(given.studies, workers=len(os.sched_getaffinity(0)), scenarios=given.scenarios)
    print(found.to_string(index=False))
    if given.studies >= 2000 and not given.scenarios:
        found.to_csv(TABLE, index=False, lineterminator="\n")
    broken = found[(found["number"] != "") & ~found["kept"] & ~found["naive"]]
    sys.exit(int(len(broken) > 0))


if __name__ == "__main__":
    main()
