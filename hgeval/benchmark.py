"""A region beside the country: what such families do elsewhere, limits of chance, and what this many families can show.

There is no rank: regions have some tens of families, and their order would be chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import funnels, power

Floats = np.ndarray[Any, np.dtype[np.float64]]
LOWER, ALIKE, HIGHER = "lager", "niet te onderscheiden", "hoger"
TOO_FEW, HIDDEN = "te weinig gegevens", "niet getoond"
POSITIONS = (LOWER, ALIKE, HIGHER, TOO_FEW, HIDDEN)
# Under 30 a region is not compared; under ten, interpolated limits would even be unfair: at 30%, all 5 of 5 would be
# an alarm with a chance of 0.24%.
FEWEST = 30
LIMITS = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}
NAMED = 0.998  # the level of the lines beyond which a difference is named one
_COUNTRY = {"country_n": "Int64", "country_low": "Float64", "country_high": "Float64"}
EXPECTED = "expected"  # the measure of `casemix.expected`, beside the shares that it is expected of


def funnel(estimates: pd.DataFrame, *, p0: float | None = None, fewest: int = FEWEST) -> pd.DataFrame:
    """Each region's share against the national one: limits, position, and whether such a difference is usual.

    One row a region. With rows `expected` beside the shares, `value` is standardised: what the country would have if
    it did as the region does with such families, and `crude` and `expected` are the region's own share and the one to
    be expected; limits follow, and `least` and `most` are those of 95% beside `crude`. `position` asks whether it is
    more than chance: beyond the 99.8% limits, on the families that clustered ones are worth (the design effect in the
    method), since of 26 regions that do not differ one or two lie beyond the 95% limits (`beyond95`). `unusual` asks
    whether it is more than usual between regions: beyond limits widened by the overdispersion phi of all regions. The
    region is itself part of the national share, which draws the two together a little. Works on released numbers:
    fewer families than `fewest` is "te weinig gegevens"; of enough families, but with a share that is hidden there, is
    "niet getoond": such a region may well differ. Spiegelhalter 2005; tests/reference/funnel.csv.
    """
    shares, chances = _apart(estimates)
    placed = _beside(shares, chances, p0)
    p, n = _floats(placed["target"]), _floats(placed["n"]) / rates.design_effect(placed["method"])
    hoped = np.where(np.isnan(_floats(placed["expected"])), p, _floats(placed["expected"]))
    scale = np.divide(p, hoped, out=np.where(hoped == p, 1.0, np.nan), where=hoped > 0)
    crude, limits = _floats(placed["value"]), _limits(hoped, n)
    few = ~(_floats(placed["n"]) >= fewest) | np.isnan(scale) | np.isnan(limits["low95"])
    placed["crude"] = _nullable(crude)
    for name, limit in (("least", "low95"), ("most", "high95")):
        placed[name] = _nullable(np.where(few, np.nan, limits[limit]))
    for name, numbers in ({"value": crude} | limits).items():
        placed[name] = _nullable(np.minimum(numbers * scale, 1))
    # on the crude share, since a standardised one and its limit may both end at 1
    return placed.assign(**_labels(crude, limits, few), unusual=_unusual(crude, hoped, n, few))


def funnel_curve(target: float, sizes: ArrayLike, *, deff: float = 1.0) -> pd.DataFrame:
    """The limits to draw: one row a number of families."""
    n = np.asarray(sizes, dtype="float64")
    return pd.DataFrame({"n": n.astype("int64"), "target": target, **_limits(np.full(n.shape, target), n / deff)})


def precision(estimates: pd.DataFrame, *, chance: float = 0.8) -> pd.DataFrame:
    """What the families of each region could never show: half_width and detectable, one row a region and measure.

    half_width: half of the interval of the country's share among so many families; detectable: the smallest difference
    from the country that would lie beyond the outer lines with this chance (Bloom 1995). Both with the design effect,
    in shares of 1. Works on released numbers; missing where n or the country's share is. tests/reference/power_mde.csv.
    """
    shares, _ = _apart(estimates)
    placed = _beside(shares, shares.iloc[:0], None)
    n, p, deff = _floats(placed["n"]), _floats(placed["target"]), rates.design_effect(placed["method"])
    found = {
        "half_width": power.half_width(n, p, deff=deff),
        "detectable": power.detectable_difference(n, p, deff=deff, power=chance, level=NAMED),
    }
    empty = {name: pd.array([pd.NA] * len(placed), dtype="Float64") for name in ("low", "high")}
    parts = [
        placed.assign(measure=name, value=_nullable(numbers), events=pd.array([pd.NA] * len(placed), dtype="Int64"),
                      method="precision", **empty)
        for name, numbers in found.items()
    ]
    found_all = pd.concat(parts, ignore_index=True).drop(columns=["target", "expected", *_COUNTRY])
    known = found_all["value"].notna()
    return found_all.assign(status=np.where(known, "derived", "suppressed")) if "status" in found_all else found_all


def _apart(estimates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The shares, and what was expected of the same families."""
    is_expected = estimates["measure"] == EXPECTED
    shares = estimates[~is_expected]
    if not rates.plain(shares["method"]).isin(rates.SHARES).all():
        raise EstimateError("Een trechter vergelijkt aandelen. Kies alleen rijen met methode wilson of share.")
    return shares, estimates[is_expected]


def _beside(shares: pd.DataFrame, chances: pd.DataFrame, p0: float | None) -> pd.DataFrame:
    """Each region's share with the country's as `target`, and what was expected of its families where that is known.

    `country_n`, `country_low` and `country_high`: of how many the country's share is, and its range.
    """
    groups = rates.group_columns(shares)
    keys = ["measure", *groups]
    is_national = shares["region"] == rates.NATIONAL
    placed = shares[~is_national].reset_index(drop=True)
    if p0 is not None:
        placed["target"] = pd.array([p0] * len(placed), dtype="Float64")
        placed = placed.reindex(columns=[*placed, *_COUNTRY]).astype(_COUNTRY)
    else:
        named = {"value": "target"} | {name.removeprefix("country_"): name for name in _COUNTRY}
        national = shares.loc[is_national, [*keys, *named]].rename(columns=named)
        placed = placed.merge(national, on=keys, how="left", validate="m:1", indicator="found")
        if (placed.pop("found") == "left_only").any():
            raise EstimateError(
                f"Een trechter heeft bij elke maat een landelijke rij nodig (region {rates.NATIONAL}). "
                "Die ontbreekt. Bereken de maat ook voor het hele land, of geef p0."
            )
    told = chances[["region", *groups, "value"]].rename(columns={"value": "expected"})
    return placed.merge(told, on=["region", *groups], how="left", validate="m:1").astype({"expected": "Float64"})


def _limits(target: Floats, n: Floats) -> dict[str, Floats]:
    return {name: funnels.binomial_limit(tail, n, target) for name, tail in LIMITS.items()}


def _labels(value: Floats, limits: dict[str, Floats], few: np.ndarray[Any, Any]) -> dict[str, Any]:
    hidden, below, above = np.isnan(value), value < limits["low998"], value > limits["high998"]
    position = np.select([few, hidden, below, above], [TOO_FEW, HIDDEN, LOWER, HIGHER], ALIKE)
    beyond = (value < limits["low95"]) | (value > limits["high95"])
    return {
        "position": pd.Series(position).astype("str").array,
        "beyond95": rates.nullable(beyond, few | hidden, "boolean"),
    }


def _unusual(value: Floats, hoped: Floats, n: Floats, few: np.ndarray[Any, Any]) -> Any:
    """Whether a share lies beyond what is usual between regions: 99.8% limits, widened by phi where that is above 1."""
    known = ~few & ~np.isnan(value) & (hoped > 0) & (hoped < 1)
    error = np.sqrt(np.where(known, hoped * (1 - hoped), 1.0) / np.where(known, n, 1.0))
    z = np.where(known, (value - hoped) / error, np.nan)
    phi = funnels.spread(z, error).consistent if known.any() else 1.0
    beyond = np.abs(np.where(known, z, 0.0)) > funnels.reach(0.998) * np.sqrt(max(1.0, phi))
    return rates.nullable(beyond, ~known, "boolean")


def _floats(numbers: pd.Series) -> Floats:
    return numbers.to_numpy(dtype="float64", na_value=np.nan)


def _nullable(numbers: Floats) -> Any:
    return rates.nullable(numbers, np.isnan(numbers), "Float64")
