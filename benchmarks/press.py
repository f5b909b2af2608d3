"""The press beside a plain loop: the same notebooks, regions and machine, in one interleaved run.

    python benchmarks/press.py --regions 3 --rounds 2

The loop is what a careful user would type: `papermill` and then `jupyter nbconvert` for each report. The floor is the
same code in one process, without a notebook (`floor.py`). Printed and kept as CSV: CPU and wall seconds of each way,
and their ratio to the loop and to the floor. No test looks at a time.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hgeval import params, paths, reference
from hgeval.warm import ONE_THREAD

REPORTS = [name for name, spec in params.reports().items() if spec.scope == "region"]


def measured(run) -> dict[str, float]:
    """Wall and CPU seconds of everything `run` starts and waits for, and the largest process in MiB."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.perf_counter() - started, "cpu": cpu, "largest_mib": after.ru_maxrss / 1024}


def floor(regions: list[str]) -> None:
    command = [sys.executable, str(Path(__file__).with_name("floor.py")), ",".join(regions), ",".join(REPORTS)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | ONE_THREAD)  # as the press has it


def press(regions: list[str], jobs: int, *more: str) -> None:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "hgeval.cli", "build", "demo", "--out", f"{out}/reports", "--jobs", str(jobs)]
        command = [*command, "--regions", ",".join(regions), "--reports", ",".join(REPORTS), *more]
        subprocess.run(command, check=True, capture_output=True)
        assert len(list(Path(out).glob("reports/*/*.html"))) == len(regions) * len(REPORTS)


def loop(regions: list[str]) -> None:
    with tempfile.TemporaryDirectory() as out:
        for region in regions:
            for report in REPORTS:
                source, done = paths.notebooks_dir() / f"{report}.ipynb", f"{out}/{region}-{report}.ipynb"
                papermill = [
                    sys.executable,
                    "-m",
                    "papermill",
                    str(source),
                    done,
                    "-p",
                    "region",
                    region,
                    "-k",
                    "python3",
                ]
                nbconvert = [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", done]
                for command in (papermill, nbconvert):
                    subprocess.run(command, check=True, capture_output=True)
        assert len(list(Path(out).glob("*.html"))) == len(regions) * len(REPORTS)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--regions", type=int, default=3)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--out", type=Path, default=Path("build/benchmark_press.csv"))
    given = asked.parse_args()
    regions = reference.regions(2022)["region"].tolist()[: given.regions]
    ways = {
        "loop": lambda: loop(regions), "floor": lambda: floor(regions),
        "press_stock": lambda: press(regions, 1, "--no-warm"),
        "press_1": lambda: press(regions, 1), "press_2": lambda: press(regions, 2),
    }
    rows = [
        {"round": number, "way": way} | measured(run) for number in range(given.rounds) for way, run in ways.items()
    ]
    for row in rows:
        base, least = (
            next(other for other in rows if (other["round"], other["way"]) == (row["round"], way))
            for way in ("loop", "floor")
        )
        row |= {
            "loop_over_wall": base["wall"] / row["wall"], "loop_over_cpu": base["cpu"] / row["cpu"],
            "over_floor_cpu": row["cpu"] / least["cpu"],
        }
        print(
            "  ".join(f"{name} {value:.2f}" if isinstance(value, float) else str(value) for name, value in row.items())
        )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    with given.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], *machine])
        writer.writeheader()
        writer.writerows(row | machine for row in rows)


if __name__ == "__main__":
    main()
