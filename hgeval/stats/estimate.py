"""The frame that every estimator gives: the columns of `rates`, and beside them what a statistician asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hgeval import rates
from hgeval.errors import EstimateError

DETAILS = ("se", "df", "statistic", "p")  # standard error, degrees of freedom, test statistic, its p-value


def frame(rows: Iterable[Mapping[str, Any]] | pd.DataFrame, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as an estimate frame: measure, region, groups, n, events, value, low, high, level, method, then `DETAILS`.

    rows: at least `measure` and `method`; `region` is the country where it is not given, all else missing. What is
    not determined (a limit without end, a ratio to nothing) is missing, never a number that stands for it.
    Raises EstimateError for a column that is not in this list.
    """
    given = pd.DataFrame(list(rows)) if not isinstance(rows, pd.DataFrame) else rows
    plain = given[[name for name in given if name not in DETAILS]]
    if "region" not in plain and len(plain):
        plain = plain.assign(region=rates.NATIONAL)
    beside = [name for name in groups if name != "region"]  # every estimate has one
    found = rates.frame(plain.replace([np.inf, -np.inf], np.nan), beside)
    # one frame at the end: a column put into a frame costs more than the numbers in it
    nothing = pd.Series(pd.NA, index=found.index, dtype="Float64")
    columns = {name: found[name] for name in found}
    columns |= {name: _floats(found[name]) for name in ("value", "low", "high")}
    return pd.DataFrame(columns | {name: _floats(given[name]) if name in given else nothing for name in DETAILS})


def need(rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise EstimateError unless the frame has these columns."""
    missing = [name for name in columns if name not in rows]
    if missing:
        raise EstimateError(f"De tabel mist de kolommen {', '.join(missing)}. Geef een tabel met die kolommen.")


def complete(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """These columns of the rows in which all of them are filled, as floats. Raises EstimateError where one lacks."""
    need(rows, columns)
    return rows[list(columns)].dropna().astype("float64").reset_index(drop=True)


def _floats(numbers: Iterable[Any]) -> pd.Series:
    found = np.array([np.nan if each is None or each is pd.NA else float(each) for each in numbers], dtype="float64")
    return pd.Series(rates.nullable(found, ~np.isfinite(found), "Float64"))
