"""A region beside the country: funnel limits, three labels, and what this many families could show at all.

There is no rank: regions have some tens of families, and their order would be chance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.extensions import ExtensionArray
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError

LOWER, ALIKE, HIGHER = "lager", "niet te onderscheiden", "hoger"
TOO_FEW, HIDDEN = "te weinig gegevens", "niet getoond"
POSITIONS = (LOWER, ALIKE, HIGHER, TOO_FEW, HIDDEN)
# Under 30 a region is not compared; under ten, interpolated limits would even be unfair: at 30%, all 5 of 5 would be
# an alarm with a chance of 0.24%.
FEWEST = 30
LIMITS = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}


def funnel(estimates: pd.DataFrame, *, p0: float | None = None, fewest: int = FEWEST) -> pd.DataFrame:
    """Each region's share against the national one: limits, position and beyond95 (Spiegelhalter 2005).

    One row a region; tests/reference/funnel.csv. `position` uses the 99.8% limits, since of 26 regions that do not
    differ one or two lie beyond the 95% limits. The region is itself part of the national share, which draws the two
    together a little. Works on released numbers: fewer families than `fewest` is "te weinig gegevens"; of enough
    families, but with a share that is hidden there, is "niet getoond": such a region may well differ.
    """
    if not rates.plain(estimates["method"]).isin(rates.SHARES).all():
        raise EstimateError("Een trechter vergelijkt aandelen. Kies alleen rijen met methode wilson of share.")
    keys = ["measure", *rates.group_columns(estimates)]
    is_national = estimates["region"] == rates.NATIONAL
    regions = estimates[~is_national].reset_index(drop=True)
    if p0 is not None:
        placed = regions.assign(target=pd.array([p0] * len(regions), dtype="Float64"))
    else:
        national = estimates.loc[is_national, [*keys, "value"]].rename(columns={"value": "target"})
        placed = regions.merge(national, on=keys, how="left", validate="m:1", indicator="found")
        if (placed.pop("found") == "left_only").any():
            raise EstimateError(
                f"Een trechter heeft bij elke maat een landelijke rij nodig (region {rates.NATIONAL}). "
                "Die ontbreekt. Bereken de maat ook voor het hele land, of geef p0."
            )
    limits = _limits(_floats(placed["target"]), _floats(placed["n"]))
    for name, numbers in limits.items():
        placed[name] = rates.nullable(numbers, np.isnan(numbers), "Float64")
    few = ~(_floats(placed["n"]) >= fewest) | np.isnan(limits["low95"])
    return placed.assign(**_labels(_floats(placed["value"]), limits, few))


def funnel_curve(target: float, sizes: ArrayLike) -> pd.DataFrame:
    """The limits to draw: one row a number of families."""
    n = np.asarray(sizes, dtype="float64")
    return pd.DataFrame({"n": n.astype("int64"), "target": target, **_limits(np.full(n.shape, target), n)})


def half_width(n: float, p: float, level: float = 0.95) -> float:
    """Half the width of the Wilson interval around share p among n families."""
    low, high = rates.wilson(n * p, n, level)
    return float(high[0] - low[0]) / 2


def detectable_difference(n: float, p0: float, power: float = 0.8, level: float = 0.95) -> float:
    """Smallest true difference from a fixed share p0 that n families show with this power (Bloom 1995)."""
    multiplier = special.ndtri((1 + level) / 2) + special.ndtri(power)
    return float(multiplier * np.sqrt(p0 * (1 - p0) / n))


def _limits(target: np.ndarray, n: np.ndarray) -> dict[str, np.ndarray]:
    return {name: _binomial_limit(tail, n, target) for name, tail in LIMITS.items()}


def _binomial_limit(tail: float, n: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Binomial quantile as a share, interpolated between whole families so that the limit is smooth in n."""
    known = (n > 0) & (target > 0) & (target < 1)
    size, p = np.where(known, n, 1.0), np.where(known, target, 0.5)
    k = np.maximum(np.ceil(special.bdtrik(tail, size, p)), 0)
    upto, below = _cumulative(k, size, p), _cumulative(k - 1, size, p)
    limit = np.clip((k - (upto - tail) / (upto - below)) / size, 0, 1)
    certain = (n > 0) & ((target == 0) | (target == 1))  # nothing can differ from a share of none or all
    return np.select([known, certain], [limit, target], np.nan)


def _cumulative(k: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """P(X <= k) of a binomial count, as a regularised beta function; 0 below 0, 1 from n on."""
    inside = (k >= 0) & (k < n)
    at = np.where(inside, k, 0)
    return np.where(inside, special.betaincc(at + 1, np.maximum(n - at, 1), p), np.where(k < 0, 0.0, 1.0))


def _labels(value: np.ndarray, limits: dict[str, np.ndarray], few: np.ndarray) -> dict[str, ExtensionArray]:
    hidden, below, above = np.isnan(value), value < limits["low998"], value > limits["high998"]
    position = np.select([few, hidden, below, above], [TOO_FEW, HIDDEN, LOWER, HIGHER], ALIKE)
    beyond = (value < limits["low95"]) | (value > limits["high95"])
    return {
        "position": pd.array(position, dtype="str"),
        "beyond95": rates.nullable(beyond, few | hidden, "boolean"),
    }


def _floats(numbers: pd.Series) -> np.ndarray:
    return numbers.to_numpy(dtype="float64", na_value=np.nan)
