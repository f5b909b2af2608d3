"""Difference in differences: regions that changed against regions that did not, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import estimate, glm, sandwich, terms
from hgeval.stats.terms import Codes, Design, Floats

EFFECT = "treated:post"


def two_by_two(
    rows: pd.DataFrame, *, outcome: str, treated: str, post: str, cluster: str, level: float = 0.95
) -> pd.DataFrame:
    """Difference in differences of two groups and two periods: a row a `term` and method; the effect is `treated:post`.

    treated, post: columns of 0 and 1. Methods: ols, cr1s (t with G - 1), and cr2 with Satterthwaite degrees (Bell &
    McCaffrey 2002; Pustejovsky & Tipton 2018), the one to trust with few treated regions, and missing with one: then
    nothing is known of how treated regions differ, and cr1s is far too small. In units of the outcome; missing where
    one of the four groups is empty. Raises EstimateError for other values. Reference case did_2x2.
    """
    terms.need_level(level)
    estimate.need(rows, [outcome, treated, post, cluster])
    for name in (treated, post):
        if not rows[name].dropna().isin([0, 1]).all():
            raise EstimateError(f"De kolom {name} heeft andere waarden dan 0 en 1. Geef alleen 0 en 1.")
    arm, late = (rows[name].astype("Float64") for name in (treated, post))
    both = pd.DataFrame({"outcome": rows[outcome], "cluster": rows[cluster], "treated": arm, "post": late})
    both[EFFECT] = arm * late
    design = terms.build(both, outcome="outcome", covariates=["treated", "post", EFFECT], cluster="cluster")
    return terms.frame(_estimates(design, design.k, level))


def two_way(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], unit: str, time: str, cluster: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Regression with a level for each unit and each period (two-way fixed effects): a row a covariate and method.

    cluster: the unit where not given. Methods: ols, cr0, cr1_slopes (counts only the covariates), cr1s (counts the
    periods too, but not the units where they are nested in clusters, for these cost the clusters nothing), and cr2
    with Satterthwaite degrees on what is left after the units are taken out (Pustejovsky & Tipton 2018, theorem 2).
    A covariate that does not vary within units beyond the periods is missing. With a policy that starts at
    different moments this averages effects with weights that may be negative (Goodman-Bacon 2021).
    Raises EstimateError for columns that lack or are no numbers. Reference cases twfe, fatalities_twfe.
    """
    terms.need_level(level)
    keys = list(dict.fromkeys([unit, time, cluster or unit]))
    estimate.need(rows, [outcome, *covariates, *keys])
    whole = rows[list(dict.fromkeys([outcome, *covariates, *keys]))].dropna()
    within = cluster or unit
    nested = cluster is None or bool((whole.groupby(unit, observed=True)[cluster].nunique() <= 1).all())
    design = terms.build(whole, outcome=outcome, covariates=covariates, cluster=within)
    order = np.argsort(pd.factorize(whole[within], sort=True)[0], kind="stable")  # as the design has its rows
    units, periods = (pd.factorize(whole[name], sort=True)[0][order] for name in (unit, time))
    count, moments = int(units.max()) + 1, _dummies(periods)[:, 1:]
    slopes = np.flatnonzero(np.array(design.names)[design.kept] != terms.INTERCEPT)
    names = tuple(name for name in design.names if name != terms.INTERCEPT)
    # The periods first: what a covariate has left after units and periods is what its coefficient rests on.
    outside = moments if nested else np.column_stack([moments, _dummies(units)])
    columns = np.column_stack([outside, design.x[:, slopes]])
    x, y = (_centred(columns, units), _centred(design.y[:, None], units)[:, 0]) if nested else (columns, design.y)
    free = terms.independent(_rounded(x, columns))
    asked = np.zeros(len(names), dtype=bool)
    asked[np.flatnonzero(design.kept[1:])] = free[outside.shape[1]:]
    last = int(asked.sum())
    parameters = int(free.sum()) + (1 if nested else 0)
    taken = int(free.sum()) + (count if nested else 0)
    short = design._replace(y=y, x=x[:, free], names=names, kept=asked)
    return terms.frame(_slopes(short, last, parameters, taken, level))


def _estimates(design: Design, parameters: int, level: float) -> list[pd.DataFrame]:
    coef, problem = _ols(design)
    inside, left = sandwich.bread(design.x, design.weights), design.n - parameters
    clusters, best = len(design.starts), sandwich.cr2(problem)
    cr1s = np.sqrt(sandwich.small_sample(clusters, design.n, parameters)) * sandwich.errors(sandwich.cr0(problem))
    iid = np.sqrt(np.diag(inside) * (problem.residuals**2).sum() / left) if left > 0 else np.full(design.k, np.nan)
    return [
        glm.table(design, coef, iid, method="ols", level=level, df=left),
        glm.table(design, coef, cr1s, method="cr1s", level=level, df=clusters - 1),
        glm.table(design, coef, sandwich.errors(best.cov), method="cr2", level=level, df=best.df),
        terms.table("clusters", [""], clusters, method="count", n=design.n),
    ]


def _slopes(design: Design, last: int, parameters: int, taken: int, level: float) -> list[pd.DataFrame]:
    """Rows of the last columns only: those before them are periods and units."""
    coef, problem = _ols(design)
    clusters, n = len(design.starts), design.n
    plain, best = sandwich.errors(sandwich.cr0(problem)), sandwich.cr2(problem)
    inside = np.diag(sandwich.bread(design.x, design.weights))
    iid = np.sqrt(inside * (problem.residuals**2).sum() / (n - taken)) if n > taken else np.full(design.k, np.nan)
    found: dict[str, tuple[Floats, float | Floats]] = {
        "ols": (iid, n - taken),
        "cr0": (plain, clusters - 1),
        "cr1_slopes": (plain * np.sqrt(sandwich.small_sample(clusters, n, last)), clusters - 1),
        "cr1s": (plain * np.sqrt(sandwich.small_sample(clusters, n, parameters)), clusters - 1),
        "cr2": (sandwich.errors(best.cov), best.df),
    }
    short, tail = design._replace(x=design.x[:, design.k - last:]), slice(design.k - last, None)
    parts = [
        glm.table(short, coef[tail], se[tail], method=name, level=level, df=np.broadcast_to(df, coef.shape)[tail])
        for name, (se, df) in found.items()
    ]
    return [*parts, terms.table("clusters", [""], clusters, method="count", n=n)]


def _ols(design: Design) -> tuple[Floats, sandwich.Problem]:
    coef = np.asarray(np.linalg.lstsq(design.x, design.y, rcond=None)[0], dtype="float64")
    ones = np.ones(design.n)
    return coef, sandwich.Problem(design.x, ones, design.y - design.x @ coef, ones, design.starts)


def _dummies(codes: Codes) -> Floats:
    return np.asarray(codes[:, None] == np.arange(codes.max() + 1), dtype="float64")


def _centred(columns: Floats, units: Codes) -> Floats:
    """Each column minus its mean in the unit."""
    sizes = np.bincount(units)
    found = np.empty(columns.shape)
    for number, column in enumerate(columns.T):
        found[:, number] = column - (np.bincount(units, column) / sizes)[units]
    return found


def _rounded(x: Floats, before: Floats) -> Floats:
    """The columns of x, those of which only rounding is left made 0."""
    gone = np.linalg.norm(x, axis=0) <= 1e-9 * np.linalg.norm(before, axis=0)
    return np.where(gone, 0.0, x)
