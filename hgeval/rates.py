"""The one frame of estimates: shares, counts and rates per region, with intervals a reader can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.extensions import ExtensionArray
from pandas.api.types import pandas_dtype
from scipy import special

from hgeval.errors import EstimateError
from hgeval.types import Record

COLUMNS = ("measure", "region", "n", "events", "value", "low", "high", "level", "method")
METHODS = ("wilson", "share", "count", "per_10000", "median_iqr", "published")
SHARES = ("wilson", "share")
_WIDENED = r"^wilson_deff(\d+\.\d\d)$"  # of n / deff families, with the design effect that was used
NATIONAL = "NL"
PER = 10_000

_TYPES = {
    "measure": "str", "region": "str", "n": "Int64", "events": "Int64", "value": "Float64", "low": "Float64",
    "high": "Float64", "level": "Float64", "method": "str",
}
_NONE = np.array(None)
_BEYOND = ("status",)  # what disclosure adds to an estimate frame; never a group


class Units(NamedTuple):
    """Who is counted for a measure: one row a unit (family, melding) and cell, before anything is counted.

    rows: `unit` (str, the same unit in every measure), `region`, the columns of `by`, and `flag` (boolean):
    missing is not in n, true is in events.
    """

    measure: str
    rows: pd.DataFrame
    by: tuple[str, ...] = ()
    method: str = "wilson"


def one_row_a_class(rows: pd.DataFrame, name: str, classes: Sequence[str]) -> pd.DataFrame:
    """Units once for each class, in the new column `name`: the flag is whether `found` is it, missing where that is."""
    found = rows["found"]
    flags = {each: (found == each).astype("boolean").where(found.notna()) for each in classes}
    nobody = rows.iloc[:0].assign(**{name: ""}, flag=pd.array([], dtype="boolean"))  # of no classes, no rows
    parts = [rows.assign(**{name: each}, flag=flag) for each, flag in flags.items()]
    every = pd.concat([nobody, *parts], ignore_index=True)
    return every.assign(**{name: pd.Categorical(every[name], list(classes))})


def frame(rows: Iterable[Record] | pd.DataFrame, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as an estimate frame: columns in order, groups after the region, typed."""
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    order = ["measure", "region", *groups, *COLUMNS[2:]]
    strange = sorted(set(given.columns) - set(order))
    if strange:
        raise EstimateError(
            f"Een schatting heeft de kolommen {', '.join(order)}. Gevonden: ook {', '.join(strange)}. "
            "Noem die kolommen bij groups, of haal ze weg."
        )
    absent = [name for name in ("measure", "region", "method", *groups) if name not in given] if len(given) else []
    if absent:
        raise EstimateError(f"Een schatting mist de kolommen: {', '.join(absent)}. Vul ze in.")
    typed = {name: _typed(given, name) for name in order}
    return pd.DataFrame(typed, columns=order).reset_index(drop=True)


def group_columns(estimates: pd.DataFrame) -> list[str]:
    """The columns of an estimate frame that split a region into groups, such as the wave."""
    return [name for name in estimates.columns if name not in (*COLUMNS, *_BEYOND)]


def wilson(events: ArrayLike, n: ArrayLike, level: ArrayLike = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval (Wilson 1927; Newcombe 1998, method 3); tests/reference/wilson.csv."""
    x, size, z = _floats(events), _floats(n), special.ndtri((1 + _floats(level)) / 2)
    _check_parts(x, size)
    size = np.where(size > 0, size, np.nan)
    p = x / size
    centre = (p + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    # At 0 and n the limit is exact; floating point would leave a trace of 1e-17.
    return np.where(x == 0, 0.0 * half, centre - half), np.where(x == size, 1.0 + 0.0 * half, centre + half)


def widened(deff: pd.Series) -> pd.Series:
    """The method of a share whose families are not strangers: their design effect, never under 1, none if missing."""
    told = deff.astype("float64").fillna(1.0).clip(lower=1.0).map("wilson_deff{:.2f}".format)
    return told.mask(told == "wilson_deff1.00", "wilson").astype("str")


def design_effect(method: pd.Series) -> np.ndarray:
    """The design effect that each row's interval was made with; 1 for strangers."""
    return method.str.extract(_WIDENED, expand=False).astype("float64").fillna(1.0).to_numpy()


def plain(method: pd.Series) -> pd.Series:
    """The methods without their design effect."""
    return method.str.replace(_WIDENED, "wilson", regex=True)


def poisson_exact(events: ArrayLike, level: ArrayLike = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Exact Poisson limits of a count (Garwood 1936); tests/reference/poisson_exact.csv."""
    x, tail = _floats(events), (1 - _floats(level)) / 2
    _check_parts(x, np.inf)
    low = np.where(x > 0, special.gammaincinv(np.where(x > 0, x, 1.0), tail), 0.0 * x * tail)
    return low, special.gammaincinv(x + 1, 1 - tail)


def recompute(estimates: pd.DataFrame) -> pd.DataFrame:
    """Fill value, low and high from n, events and level, each row by its own method."""
    new, kinds, deff = estimates.copy(), plain(estimates["method"]), design_effect(estimates["method"])
    if not kinds.isin(METHODS).all():
        raise EstimateError(f"Een rij heeft een onbekende methode. Bekend zijn: {', '.join(METHODS)}.")
    method = kinds.to_numpy()
    x, n, level = (_floats(estimates[name]) for name in ("events", "n", "level"))
    value, low, high = (_floats(estimates[name]) for name in ("value", "low", "high"))
    share, rate, count = np.isin(method, SHARES), method == "per_10000", method == "count"
    _check_parts(x, np.where(share, n, np.inf))
    size = np.where(n > 0, n, np.nan)
    value = np.select([share, rate, count], [x / size, PER * x / size, x], value)
    wilson_low, wilson_high = wilson(np.where(share, x, np.nan) / deff, n / deff, level)
    poisson_low, poisson_high = (limit * PER / size for limit in poisson_exact(x, level))
    low = np.select([method == "wilson", rate, share | count], [wilson_low, poisson_low, np.nan], low)
    high = np.select([method == "wilson", rate, share | count], [wilson_high, poisson_high, np.nan], high)
    new["n"] = new["n"].mask(count, new["events"])
    for name, numbers in (("value", value), ("low", low), ("high", high)):
        new[name] = nullable(numbers, np.isnan(numbers), "Float64")
    return new


def shares(
    units: pd.DataFrame, *, measure: str, flag: str, by: Sequence[str] = ("region",), level: float = 0.95,
    method: str = "wilson", all_regions: Sequence[str] | None = None, national: bool = True,
) -> pd.DataFrame:
    """Share of units with the flag, per region and group and for the country; a missing flag is not in n."""
    cells = _cells(units, by, all_regions, national, n=units[flag].notna(), events=units[flag].fillna(False))
    cells = cells.assign(measure=measure, level=level if method == "wilson" else np.nan, method=method)
    return recompute(frame(cells, groups=_groups(by)))


def counts(
    units: pd.DataFrame, *, measure: str, by: Sequence[str] = ("region",),
    all_regions: Sequence[str] | None = None, national: bool = True,
) -> pd.DataFrame:
    """Number of units per region and group and for the country; a region without units counts 0."""
    every = pd.Series(True, index=units.index)
    cells = _cells(units, by, all_regions, national, n=every, events=every)
    return recompute(frame(cells.assign(measure=measure, method="count"), groups=_groups(by)))


def nullable(values: np.ndarray, missing: np.ndarray, dtype: Literal["Float64", "boolean"]) -> ExtensionArray:
    """Values as a column in which some are missing."""
    return pd.array(np.where(missing, _NONE, values), dtype=dtype)


def _groups(by: Sequence[str]) -> list[str]:
    return [name for name in by if name != "region"]


def _cells(
    units: pd.DataFrame, by: Sequence[str], regions: Sequence[str] | None, national: bool, **numbers: pd.Series
) -> pd.DataFrame:
    """n and events of every region x group; a categorical group brings all its categories along."""
    keys = ["region", *_groups(by)]
    faulty = [name for name in keys if units[name].isna().any()]
    if faulty:
        raise EstimateError(f"De kolom {', '.join(faulty)} is niet overal gevuld. Vul haar bij elke rij in.")
    known = sorted(units["region"].unique()) if regions is None else list(regions)
    if not set(units["region"].unique()) <= set(known):
        raise EstimateError("Er zijn rijen van regio's die niet in de indeling staan. Controleer study.yml, division.")
    ones = units[keys].assign(**{name: part.astype("int64") for name, part in numbers.items()})
    sums = ones.astype({"region": "str"}).groupby(keys, observed=True)[list(numbers)].sum().reset_index()
    if national:
        groups = _groups(by)
        whole = sums.groupby(groups, observed=True).sum(numeric_only=True).reset_index() if groups else (
            sums[list(numbers)].sum().to_frame().T
        )
        sums = pd.concat([sums, whole.assign(region=NATIONAL)], ignore_index=True)
    rows = [[*known, NATIONAL] if national else known, *(_categories(units[name]) for name in _groups(by))]
    grid = pd.MultiIndex.from_product(rows, names=keys).to_frame(index=False)
    plain = sums.astype({name: grid[name].dtype for name in keys})
    return grid.merge(plain, on=keys, how="left", validate="1:1").fillna(dict.fromkeys(numbers, 0))


def _categories(group: pd.Series) -> list[Any]:
    return list(group.cat.categories) if isinstance(group.dtype, pd.CategoricalDtype) else sorted(group.unique())


def _typed(given: pd.DataFrame, name: str) -> pd.Series:
    if name not in given:
        return pd.Series(pd.NA, index=given.index, dtype=_TYPES.get(name, "str"))
    whole = name not in _TYPES and pd.api.types.is_integer_dtype(given[name].dtype)
    return given[name].astype(pandas_dtype("Int64" if whole else _TYPES.get(name, "str")))


def _floats(numbers: ArrayLike) -> np.ndarray:
    return pd.array(np.atleast_1d(numbers), dtype="Float64").to_numpy(dtype="float64", na_value=np.nan)


def _check_parts(events: np.ndarray, n: np.ndarray | float) -> None:
    wrong = int(((events < 0) | (events > n)).sum())
    if wrong:
        raise EstimateError(
            f"In {wrong} rijen is events kleiner dan 0 of groter dan n. Een deel is nooit groter dan het geheel. "
            "Controleer hoe n en events zijn geteld."
        )
