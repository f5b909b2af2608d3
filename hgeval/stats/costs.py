"""Costs and what they buy: a model of costs, and the ratio of extra costs to extra effect where that is determined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate, glm, sandwich, terms

BOUNDED, UNBOUNDED, UNKNOWN = "fieller", "fieller_unbounded", "fieller_undefined"


class _Difference(NamedTuple):
    """Extra costs and extra effect of arm 1 over arm 0, their variances and covariance."""

    cost: float
    effect: float
    cost_variance: float
    effect_variance: float
    covariance: float
    n: int


def gamma_log(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], weights: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Gamma regression with a log link of costs above 0 (Manning & Mullahy 2001), in logs of the ratio of mean costs.

    Rows: `coefficient` a term, methods gamma (t with n - k) and gamma_hc0 (White 1980, normal); `dispersion`
    (Pearson) and `deviance`. Raises EstimateError for a cost of 0 or less: model whether there are costs apart.
    Reference case gamma_cost.
    """
    terms.need_level(level)
    design = terms.build(rows, outcome=outcome, covariates=covariates, weights=weights)
    if (design.y <= 0).any():
        raise EstimateError(
            f"De kolom {outcome} is ergens 0 of kleiner. Verwacht: kosten boven 0. "
            "Kijk apart naar wie kosten heeft, en naar hoe hoog die zijn."
        )
    fit = glm.fit(design, "gamma")
    dispersion = fit.pearson(design)
    problem = sandwich.Problem(design.x, fit.working, fit.residuals, np.ones(design.n), design.starts)
    plain = sandwich.errors(sandwich.bread(design.x, fit.working)) * np.sqrt(dispersion)
    robust = sandwich.errors(sandwich.hc0(problem))
    return terms.frame([
        glm.table(design, fit.coef, plain, method="gamma", level=level, df=design.n - design.k),
        glm.table(design, fit.coef, robust, method="gamma_hc0", level=level),
        terms.table("dispersion", [""], dispersion, method="pearson", n=design.n),
        terms.table("deviance", [""], fit.deviance, method="gamma", n=design.n),
    ])


def icer(
    rows: pd.DataFrame, *, arm: str, cost: str, effect: str, willingness: Sequence[float] = (), level: float = 0.95
) -> pd.DataFrame:
    """Extra costs for extra effect of arm 1 over arm 0 (independent arms), in euros a unit of effect.

    Rows: cost_difference and effect_difference (normal), covariance of the two; icer with Fieller's limits (Fieller
    1954; Willan & O'Brien 1996), and what decides on them, fieller_a and fieller_discriminant. Where the extra effect
    may be 0 at this level the set has no ends: the limits are missing and the method is fieller_unbounded; it is
    fieller_undefined where an arm has fewer than two rows. For each euro value of a unit of effect in the group
    `willingness`: net_benefit (Stinnett & Mullahy 1998) and acceptability, the chance that it is above 0
    (normal). Raises EstimateError for an arm other than 0 and 1. Reference case icer.
    """
    terms.need_level(level)
    found, z = _difference(rows, arm, cost, effect), float(special.ndtri((1 + level) / 2))
    parts = [
        terms.table("cost_difference", [""], found.cost, method="welch", n=found.n,
                    se=np.sqrt(found.cost_variance), df=np.inf, level=level),
        terms.table("effect_difference", [""], found.effect, method="welch", n=found.n,
                    se=np.sqrt(found.effect_variance), df=np.inf, level=level),
        terms.table("covariance", [""], found.covariance, method="welch", n=found.n),
        *_fieller(found, z, level),
    ]  # fmt: skip
    plain = [part.assign(willingness="") for part in parts]
    each = [row for number in willingness for row in _net_benefit(found, float(number), level)]
    return terms.frame([part.drop(columns="term") for part in [*plain, *each]], groups=("willingness",))


def _difference(rows: pd.DataFrame, arm: str, cost: str, effect: str) -> _Difference:
    whole = estimate.complete(rows, [arm, cost, effect])
    if not whole[arm].isin([0, 1]).all():
        raise EstimateError(f"De kolom {arm} heeft andere waarden dan 0 en 1. Geef alleen 0 en 1.")
    parts = [np.column_stack([terms.numbers(part[cost]), terms.numbers(part[effect])])
             for part in (whole[whole[arm] == 1], whole[whole[arm] == 0])]  # fmt: skip
    means = [part.mean(axis=0) if len(part) else np.full(2, np.nan) for part in parts]
    spreads = [
        np.cov(part, rowvar=False) / len(part) if len(part) > 1 else np.full((2, 2), np.nan) for part in parts
    ]
    extra, spread = means[0] - means[1], spreads[0] + spreads[1]
    return _Difference(float(extra[0]), float(extra[1]), float(spread[0, 0]), float(spread[1, 1]),
                       float(spread[0, 1]), len(whole))  # fmt: skip


def _fieller(found: _Difference, z: float, level: float) -> list[pd.DataFrame]:
    """The ratio and the ends of all ratios that the data do not rule out."""
    a = found.effect**2 - z**2 * found.effect_variance
    b = found.effect * found.cost - z**2 * found.covariance
    c = found.cost**2 - z**2 * found.cost_variance
    discriminant = b**2 - a * c
    bounded = a > 0 and discriminant >= 0
    method = BOUNDED if bounded else UNKNOWN if np.isnan(a) or np.isnan(discriminant) else UNBOUNDED
    ends = (b + np.array([-1, 1]) * np.sqrt(discriminant)) / a if bounded else np.full(2, np.nan)
    ratio = found.cost / found.effect if found.effect != 0 else np.nan
    row = terms.table("icer", [""], ratio, method=method, n=found.n)
    return [
        row.assign(low=ends[0], high=ends[1], level=level),
        terms.table("fieller_a", [""], a, method=method, n=found.n),
        terms.table("fieller_discriminant", [""], discriminant, method=method, n=found.n),
    ]


def _net_benefit(found: _Difference, worth: float, level: float) -> list[pd.DataFrame]:
    benefit = worth * found.effect - found.cost
    variance = worth**2 * found.effect_variance + found.cost_variance - 2 * worth * found.covariance
    se = float(np.sqrt(max(variance, 0.0))) if variance == variance else np.nan
    chance = float(special.ndtr(benefit / se)) if se > 0 else np.nan
    parts = [
        terms.table("net_benefit", [""], benefit, method="normal", n=found.n, se=se, df=np.inf, level=level),
        terms.table("acceptability", [""], chance, method="normal", n=found.n),
    ]
    return [part.assign(willingness=f"{worth:.15g}") for part in parts]
