"""The methods themselves: each estimator on an example of which another gave the number, and what simulation says.

`data/reference/methods.yml` says of each what it answers, its formula and source, and how it is asked; here it is
asked again, now. No family of any study is in it. `benchmarks/coverage.py` makes the table of simulations.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hgeval import paths, strict_yaml, wording
from hgeval.errors import EstimateError
from hgeval.settings import Model, validate
from hgeval.types import Row

FILE, COVERAGE, EXAMPLES = "methods.yml", "coverage.csv", "examples"
COLUMNS = ("family", "estimator", "answers", "formula", "origin", "example", "printed", "ours", "same")
OVERVIEW = ("family", "methods", "agreeing")
SIMULATED = ("promise", "scenario", "studies", "quantity", "found", "must", "kept")
WHOLE = "totaal"
_NAIVE = "opzettelijk te simpel"  # it must not keep its promise, which proves that the simulation can see
_DECIMALS = 3  # of what a simulation found


class Method(Model):
    """How one estimator is explained, and how its example is asked again; all texts."""

    name: str
    answers: str
    formula: str
    origin: str
    example: str
    checked: str
    call: str
    rows: str | dict[str, list[str]] = ""
    asked: dict[str, Any] = {}
    where: list[str] = [""]
    read: str
    told: str
    numbers: str


def methods() -> dict[str, dict[str, Method]]:
    """The methods of each family, in the order of the file. Raises ParameterError that names file, line and fault."""
    path = paths.reference_dir() / FILE
    data, lines = strict_yaml.read(path, name=FILE)
    return {
        family: {
            name: validate(Method, each, file=FILE, lines=lines, under=(family, name)) for name, each in found.items()
        }
        for family, found in data.items()
    }


def compared() -> pd.DataFrame:
    """A row a method: `COLUMNS`, the number of another and ours in as many digits, and whether these are the same."""
    return _compared(paths.reference_dir()).copy()


def overview() -> pd.DataFrame:
    """A row a family, and one of all: how many methods it has, and of how many our number is that of the other."""
    found = compared()
    every = pd.concat([found, found.assign(family=WHOLE)])
    counts = every.groupby("family", sort=False)["same"].agg(methods="size", agreeing="sum").reset_index()
    return counts.astype({"methods": "Int64", "agreeing": "Int64"})[list(OVERVIEW)]


@cache
def _compared(_folder: Path) -> pd.DataFrame:
    every = [(family, each) for family, found in methods().items() for each in found.values()]
    return pd.DataFrame([_row(family, each) for family, each in every], columns=list(COLUMNS))


def _row(family: str, method: Method) -> dict[str, object]:
    theirs = method.numbers.split()
    digits = [len(number.partition(".")[2]) for number in theirs]
    printed, ours = (_told(method, found, digits) for found in ([float(each) for each in theirs], numbers(method)))
    return {
        "family": family, "estimator": method.name, "answers": method.answers, "formula": method.formula,
        "origin": method.origin, "example": f"{method.example} ({method.checked})", "printed": printed, "ours": ours,
        "same": printed == ours,
    }


def _told(method: Method, found: list[float], digits: list[int]) -> str:
    return method.told.format(*(wording.number(each, places) for each, places in zip(found, digits, strict=True)))


def numbers(method: Method) -> list[float]:
    """What the estimator gives now for the example. Raises EstimateError unless it is one row each."""
    module, _, name = method.call.partition(".")
    function = getattr(importlib.import_module(f"hgeval.stats.{module}"), name)
    given = [] if not method.rows else [_rows(method.rows)]
    found = function(*given, **{key: _plain(value) for key, value in method.asked.items()})
    if isinstance(found, pd.DataFrame):
        return list(_picked(found, method))
    every = np.ravel(found)
    return [float(every[int(place)]) for place in method.read.split()]


def _rows(asked: str | dict[str, list[str]]) -> pd.DataFrame:
    """The rows of an example: those of a file, or these columns."""
    if isinstance(asked, str):
        return pd.read_csv(paths.reference_dir() / EXAMPLES / f"{asked}.csv")
    return pd.DataFrame({name: _plain(column) for name, column in asked.items()})


def _plain(written: Any) -> Any:
    """What stands in the file as text, as a number, a truth or nothing where it is one."""
    if isinstance(written, dict):
        return {key: _plain(value) for key, value in written.items()}
    if isinstance(written, list):
        return [_plain(value) for value in written]
    try:
        return json.loads(written)
    except ValueError:
        return written


def _picked(found: pd.DataFrame, method: Method) -> Iterator[float]:
    for where in method.where:
        rows = found
        for name, _, value in (part.partition("=") for part in where.split()):
            rows = rows[rows[name].astype("str") == value]
        if len(rows) != 1:
            raise EstimateError(f"{FILE}: bij {method.call} past {where!r} op {len(rows)} rijen. Zoek er één uit.")
        yield from (float(rows[column].iloc[0]) for column in method.read.split())


def coverage() -> pd.DataFrame:
    """A row a promise and number of the simulations: `SIMULATED`; without rows where they were not run."""
    path = paths.reference_dir() / COVERAGE
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in SIMULATED})
    told = pd.read_csv(path)
    return pd.DataFrame([_promise(each) for each in told.to_dict("records")], columns=list(SIMULATED))


def _promise(told: Row) -> dict[str, object]:
    numbers = (told[name] for name in ("value", "mcse", "lowest", "highest"))
    value, unsure, low, high = (wording.number(each, _DECIMALS) for each in numbers)
    name = wording.label("promise", told["method"])
    return {
        "promise": f"{name} ({_NAIVE})" if told["naive"] else name,
        "scenario": wording.label("scenario", told["scenario"]), "studies": int(told["studies"]),
        "quantity": wording.label("quantity", told["number"]), "found": f"{value} (fout {unsure})",
        "must": f"{low} tot {high}", "kept": bool(told["kept"]),
    }
