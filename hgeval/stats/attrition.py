"""What drop-out may have done to a share: every repair, the bounds, and how wrong it must be, always side by side.

No number in it is the answer. Weights and imputations are right if who left is like who stayed once the covariates
and earlier answers are known, which no data can show; the bounds hold whatever those who left would have said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import dropout, estimate, logistic
from hgeval.stats.logistic import Floats

Whole = np.ndarray[Any, np.dtype[Any]]


def share_under_dropout(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], against: float, seed: int,
    earlier: Sequence[str] = (), region: str | None = None, cluster: str | None = None, stratum: str | None = None,
    imputations: int = 20, level: float = 0.95,
) -> pd.DataFrame:
    """The share with the outcome, for the country and each region, under every assumption on those who left.

    rows: one a family, all who were there at the start; `outcome` 1, 0 or missing (left); covariates without gaps,
    numbers or words; `earlier` the same question at earlier waves in order of time, 1, 0 or missing; against: the
    share that the conclusion is drawn against (such as that at the start), 0 to 1. One model for the country; the
    imputations also know the region. `stratum`: what is all there (the regions of a country), of which the clusters are
    a draw; without it the country's error counts how regions differ too, and is too wide. Measures and methods: share
    by complete_cases, ipw (Hajek; Robins, Rotnitzky and Zhao 1995; who missed a wave counts as having left), mi (Rubin
    1987, Barnard and Rubin 1999) and manski (low and high only: all who left no, all yes; Manski 1990); share_leavers,
    what ipw takes them to be; tipping_point, by how much (as a share) the leavers must differ from that before the
    interval of ipw changes sides of `against`, missing where no answer of theirs could. n: the families it rests on.
    Intervals: Wilson's at the number of families that the error is worth. Not determined where a pattern never stays,
    or with one cluster. Raises EstimateError for another outcome, gaps in covariates, or `against` outside 0 to 1.
    Brute force: tests/test_stats_attrition.py.
    """
    told, waves = _told(rows, outcome, earlier, covariates, [region, cluster, stratum], against)
    plain = logistic.design(told, covariates)
    wide = plain if region is None else logistic.design(told, covariates, penalised=[region])
    held = None if cluster is None else told[cluster].to_numpy()
    strata = None if stratum is None else pd.factorize(told[stratum])[0]
    places: list[tuple[Whole, list[str]]] = [(np.zeros(len(told), dtype="int64"), [rates.NATIONAL])]
    if region is not None:
        code, known = pd.factorize(told[region], sort=True)
        places.append((code, [str(name) for name in known]))
    steps, found = dropout.stages(plain.x, waves, penalty=plain.penalty), []
    groups = [(code, len(names)) for code, names in places]
    drawn = dropout.imputed(
        wide.x, waves, groups, seed=seed, imputations=imputations, penalty=wide.penalty, clusters=held, strata=strata,
    )
    last = waves[:, -1]
    for (code, names), mi in zip(places, drawn, strict=True):
        weighed = [dropout.weighted(each, last, code, len(names), clusters=held, strata=strata) for each in ([], steps)]
        every = {"complete_cases": weighed[0], "ipw": weighed[1], "mi": mi}
        found.append(_side_by_side(every, waves, steps[-1].stayed, code, names, against, level))
    return estimate.frame(pd.concat(found[::-1], ignore_index=True))


def tipping_point(value: Floats, low: Floats, high: Floats, missing: Floats, leavers: Floats, against: float) -> Floats:
    """By how much leavers must differ from their expected share before the interval changes sides of `against`.

    missing: the share that left; leavers: their expected share. The nearest change that a share of theirs from 0 to 1
    allows; NaN where none does. Arrays of one shape.
    """
    part = np.where(missing > 0, missing, np.nan)
    options = np.stack([(against - low) / part, (against - high) / part])
    possible = (leavers + options >= -1e-12) & (leavers + options <= 1 + 1e-12)
    sizes = np.where(possible, np.abs(options), np.inf)
    nearest = np.take_along_axis(options, sizes.argmin(axis=0)[None], axis=0)[0]
    return np.where(np.isfinite(sizes.min(axis=0)) & ~np.isnan(value), nearest, np.nan)


def _told(
    rows: pd.DataFrame, outcome: str, earlier: Sequence[str], covariates: Sequence[str],
    others: Sequence[str | None], against: float,
) -> tuple[pd.DataFrame, Floats]:
    asked = [*earlier, outcome]
    beside = [name for name in others if name is not None]
    columns = list(dict.fromkeys([*asked, *covariates, *beside]))
    estimate.need(rows, columns)
    told = rows[columns].reset_index(drop=True)
    if not 0 <= against <= 1:
        raise EstimateError("against is een aandeel van 0 tot en met 1. Geef het aandeel waarmee wordt vergeleken.")
    gaps = [name for name in beside if told[name].isna().any()]
    if gaps or not len(told):
        raise EstimateError(f"De kolom {', '.join(gaps or columns)} is niet overal gevuld. Vul haar bij elke rij in.")
    waves = told[asked].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    if not np.isin(waves[~np.isnan(waves)], (0.0, 1.0)).all():
        raise EstimateError(f"De kolom {', '.join(asked)} mag alleen 0, 1 of leeg zijn. Herstel de andere waarden.")
    return told, waves


def _side_by_side(
    every: dict[str, dropout.Shares], waves: Floats, stayed: np.ndarray[Any, np.dtype[np.bool_]], code: Whole,
    names: list[str], against: float, level: float,
) -> pd.DataFrame:
    count, last = len(names), waves[:, -1]
    size = np.bincount(code, minlength=count).astype("float64")
    answered = np.bincount(code, weights=~np.isnan(last), minlength=count)
    yes = np.bincount(code, weights=last == 1, minlength=count)
    weighed = {"complete_cases": answered, "ipw": np.bincount(code, weights=stayed, minlength=count), "mi": size}
    counted = {"complete_cases": yes, "ipw": np.bincount(code, weights=stayed & (last == 1), minlength=count)}
    parts = []
    for method, found in every.items():
        low, high = _interval(found, level, exact=method == "mi")
        parts.append(pd.DataFrame({
            "region": names, "measure": "share", "method": method, "n": weighed[method], "value": found.value,
            "se": found.se, "df": found.df if method == "mi" else np.nan, "low": low, "high": high, "level": level,
            "events": counted.get(method, np.nan),
        }))
    bounds = {"n": size, "events": yes, "low": yes / size, "high": (yes + size - answered) / size}
    parts.append(pd.DataFrame({"region": names, "measure": "share", "method": "manski", **bounds}))
    gone = size - answered
    share = every["ipw"].value
    leavers = np.where(gone > 0, (size * share - yes) / np.where(gone > 0, gone, 1.0), np.nan)
    tip = tipping_point(share, parts[1]["low"].to_numpy(), parts[1]["high"].to_numpy(), gone / size, leavers, against)
    for measure, numbers in (("share_leavers", leavers), ("tipping_point", tip)):
        parts.append(pd.DataFrame({"region": names, "measure": measure, "method": "ipw", "n": gone, "value": numbers}))
    order = np.tile(np.arange(count), len(parts)).argsort(kind="stable")
    return pd.concat(parts, ignore_index=True).iloc[order]


def _interval(found: dropout.Shares, level: float, *, exact: bool) -> tuple[Floats, Floats]:
    """Wilson's interval at the number of families the error is worth; `exact` with the t of its degrees of freedom."""
    p, se = found.value, found.se
    inside = (p > 0) & (p < 1) & (se > 0)
    worth = np.where(inside, p * (1 - p) / np.where(inside, se, 1.0) ** 2, np.nan)
    # A share of none or all has no error of its own; what the weights are worth is all there is to say.
    worth = np.where(((p == 0) | (p == 1)) & ~np.isnan(se), found.effective, worth)
    z = np.full(len(p), special.ndtri((1 + level) / 2))
    if exact:
        z = np.where(found.df > 0, special.stdtrit(np.where(found.df > 0, found.df, 1.0), (1 + level) / 2), np.nan)
    part = z**2 / worth
    centre = (p + part / 2) / (1 + part)
    half = np.sqrt(np.maximum(part * p * (1 - p) + part**2 / 4, 0.0)) / (1 + part)
    return np.where(p == 0, 0.0 * half, centre - half), np.where(p == 1, 1.0 + 0.0 * half, centre + half)
