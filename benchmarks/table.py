"""The rows of a run as CSV and as the table of the README: medians over the rounds, ratios within each round."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

COLUMNS = ("scenario", "way", "round", "regions", "reports", "wall", "cpu", "pss_kernel", "pss_tree")
_HEAD = "| {} | seconden | processor | sneller dan de lus | x ondergrens | x gedeeld | geheugen kernel / alles |"


def write(path: Path, rows: list[dict], machine: dict[str, object]) -> None:
    """One line a measurement, each with the machine, so that files of several machines can be put together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*COLUMNS, *machine], restval="")
        writer.writeheader()
        writer.writerows({name: _short(value) for name, value in row.items()} | machine for row in rows)


def _short(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def markdown(
    rows: list[dict], told: dict[str, str], scenarios: dict[str, str], *, loop: str, floors: Sequence[str]
) -> str:
    """One table a scenario, a line a way.

    Seconds and CPU seconds are medians. Against the loop counts the wall clock, and a loop that remembers nothing takes
    as long as the first time, whatever has changed; against the floors, which are one process, counts CPU. A ratio is
    the median of those within a round, and is left out where no round had a loop or that floor.
    """
    parts = []
    for scenario, title in scenarios.items():
        found = [row for row in rows if row["scenario"] == scenario]
        if not found:
            continue
        lines = [_HEAD.format(title), "|---|---|---|---|---|---|---|"]
        for way in dict.fromkeys(row["way"] for row in found):
            lines.append(_line([row for row in found if row["way"] == way], told[way], rows, loop, floors))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _line(mine: list[dict], told: str, rows: list[dict], loop: str, floors: Sequence[str]) -> str:
    faster = [base["wall"] / row["wall"] for row in mine for base in _first(rows, loop, row)]
    cold = [row for row in mine if row["scenario"] == "cold"]
    over = [[row["cpu"] / base["cpu"] for row in cold for base in _first(rows, floor, row)] for floor in floors]
    kernel, tree = (_pss(rows, mine[0]["way"], name) for name in ("pss_kernel", "pss_tree"))
    cells = [
        told, _number([row["wall"] for row in mine]), _number([row["cpu"] for row in mine]), _number(faster, 1),
        *(_number(each, 2) for each in over), f"{kernel} / {tree} MiB" if cold and tree != "-" else "-",
    ]
    return f"| {' | '.join(cells)} |"


def _first(rows: list[dict], way: str, like: dict) -> list[dict]:
    """The measurement of that way from scratch, in the same round and of as many reports."""
    same = ("round", "reports")
    return [
        row for row in rows
        if row["way"] == way and row["scenario"] == "cold" and all(row[name] == like[name] for name in same)
    ]


def _pss(rows: Iterable[dict], way: str, name: str) -> str:
    found = [row[name] for row in rows if row["way"] == way and row["scenario"] == "memory"]
    return f"{max(found):.0f}" if found and max(found) else "-"


def _number(found: list[float], digits: int | None = None) -> str:
    """A median as a Dutch number; small ones with more digits."""
    if not found:
        return "-"
    value = median(found)
    return f"{value:.{(1 if value >= 10 else 2) if digits is None else digits}f}".replace(".", ",")
