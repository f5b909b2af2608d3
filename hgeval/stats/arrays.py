"""What the intervals stand on: numbers of all rows at once, checked, and the point where a curve crosses zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = npt.NDArray[np.float64]
Limits = tuple[Floats, Floats]

HALVINGS = 200  # more than enough for the last bit of a root, also of a root near zero


def floats(numbers: Any) -> Floats:
    """Numbers as a row of floats; missing is NaN. Raises EstimateError for what is not a number."""
    if isinstance(numbers, np.ndarray) and numbers.dtype == np.float64 and numbers.ndim:
        return numbers
    if isinstance(numbers, (int, float)):
        return np.array([float(numbers)])
    try:
        plain = pd.array(np.atleast_1d(numbers), dtype="Float64")
    except (TypeError, ValueError):
        raise EstimateError("Er staat tekst waar een getal moet staan. Geef getallen, of laat de cel leeg.") from None
    return np.asarray(plain.to_numpy(dtype="float64", na_value=np.nan), dtype="float64")


def columns(rows: pd.DataFrame, names: Sequence[str]) -> list[Floats]:
    """These columns as floats. Raises EstimateError where a column lacks or holds text."""
    estimate.need(rows, names)
    return [floats(rows[name]) for name in names]


def part(events: Any, n: Any) -> tuple[Floats, Floats]:
    """events and n as floats, n = 0 as missing. Raises EstimateError where a part is under 0 or over the whole."""
    x, size = np.broadcast_arrays(floats(events), floats(n))
    wrong = int(((x < 0) | (x > size) | (size < 0)).sum())
    if wrong:
        raise EstimateError(
            f"In {wrong} rijen is het deel kleiner dan 0 of groter dan het geheel. Een deel is nooit groter dan het "
            "geheel. Controleer hoe er is geteld."
        )
    return np.where(size > 0, x, np.nan), np.where(size > 0, size, np.nan)


def of_whole(rows: pd.DataFrame, events: str, n: str) -> tuple[Floats, Floats]:
    """These two columns as floats, a whole of 0 as it is. Raises EstimateError where a part is under 0 or over it."""
    x, size = columns(rows, [events, n])
    wrong = int(((x < 0) | (x > size)).sum())
    if wrong:
        raise EstimateError(
            f"In {wrong} rijen is {events} kleiner dan 0 of groter dan {n}. Een deel is nooit groter dan het geheel. "
            "Controleer de telling."
        )
    return x, size


def counts(numbers: Any) -> Floats:
    """Counts as floats. Raises EstimateError for one under 0."""
    found = floats(numbers)
    wrong = int((found < 0).sum())
    if wrong:
        raise EstimateError(f"In {wrong} rijen is een aantal kleiner dan 0. Controleer hoe er is geteld.")
    return found


def two_sided(level: Any) -> Floats:
    """Normal quantile of a two-sided interval at this level. Raises EstimateError for a level not between 0 and 1."""
    found = floats(level)
    if ((found <= 0) | (found >= 1)).any():
        raise EstimateError("Een betrouwbaarheid ligt tussen 0 en 1, zoals 0,95. Geef level als deel van 1.")
    return np.asarray(special.ndtri((1 + found) / 2))


def crossing(rising: Callable[[Floats], Floats], low: Any, high: Any) -> Floats:
    """Where a rising curve passes zero between low and high, for all rows at once; the end it stays short of.

    Only the sign of the curve is used, so that a score without variance may be infinite at an end.
    """
    left, right = (np.array(end, dtype="float64") for end in np.broadcast_arrays(low, high))
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        if (np.isnan(middle) | (middle == left) | (middle == right)).all():
            break
        below = rising(middle) < 0
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return np.where(np.isnan(rising(middle)), np.nan, middle)


def divide(top: Any, bottom: Any) -> Floats:
    """top over bottom, without a warning: a number over nothing is infinite, nothing over nothing missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(top, bottom), dtype="float64")


def named(rows: pd.DataFrame, groups: Sequence[str], **cells: Any) -> pd.DataFrame:
    """One row a row of the input, under its own region and groups, with these cells. Raises EstimateError."""
    estimate.need(rows, groups)
    kept = [name for name in dict.fromkeys(["region", *groups]) if name in rows]
    plain = rows[kept].reset_index(drop=True)
    return pd.DataFrame({name: plain[name] for name in kept} | cells, index=plain.index)
