"""Standard errors of regressions whose rows come in clusters, such as families within a region or a worker."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.stats import glm, sandwich, terms


def linear(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], cluster: str, weights: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Linear regression with robust standard errors: a row a `term` and method, and one with the number of clusters.

    Methods: hc3 (t with n - k degrees), cr0, cr1, cr1s (Liang & Zeger 1986; t with G - 1) and cr2 with Satterthwaite
    degrees (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018), to be used under 40 clusters or with few treated ones.
    A term that follows from others, and everything robust with one cluster, is missing. Values in units of the
    outcome. Raises EstimateError for columns that lack or are no numbers. Reference case cluster_se_lm.
    """
    terms.need_level(level)
    design = terms.build(rows, outcome=outcome, covariates=covariates, cluster=cluster, weights=weights)
    root = sandwich.inverse_root(design.x, design.weights)
    coef = root @ (root.T @ (design.x.T @ (design.weights * design.y)))
    residuals = design.y - design.x @ coef
    # one step more: what rounding left of the first
    coef = coef + root @ (root.T @ (design.x.T @ (design.weights * residuals)))
    residuals = design.y - design.x @ coef
    problem = sandwich.Problem(design.x, design.weights, residuals, np.ones(design.n), design.starts)
    row = glm.table(
        design, coef, sandwich.errors(sandwich.hc3(problem)), method="hc3", level=level, df=design.n - design.k
    )
    return terms.frame([row, *_clustered(design, problem, coef, level)])


def logit(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], cluster: str, weights: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Logistic regression of an outcome of 0 and 1, with standard errors as `linear` gives (not hc3), in log odds.

    Where the likelihood has no maximum (separation) all is missing: see `firth`. CR2 works from the variances of the
    fitted model (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018). Raises EstimateError for an outcome other than
    0 and 1. Reference case cluster_se_logit.
    """
    terms.need_level(level)
    design = terms.build(rows, outcome=outcome, covariates=covariates, cluster=cluster, weights=weights)
    terms.need_binary(design, outcome)
    fit = glm.fit(design, "logit")
    variance = fit.mu * (1 - fit.mu)  # also the slope of the mean: CR2 works on the scale of the outcome
    problem = sandwich.Problem(
        variance[:, None] * design.x, design.weights / variance, design.y - fit.mu, variance / design.weights,
        design.starts,
    )
    return terms.frame(_clustered(design, problem, fit.coef, level))


def _clustered(
    design: terms.Design, problem: sandwich.Problem, coef: terms.Floats, level: float
) -> list[pd.DataFrame]:
    """Rows of the methods that know clusters."""
    clusters, plain = len(design.starts), sandwich.errors(sandwich.cr0(problem))
    best = sandwich.cr2(problem)
    found: dict[str, tuple[terms.Floats, float | terms.Floats]] = {
        "cr0": (plain, clusters - 1),
        "cr1": (plain * np.sqrt(sandwich.small_sample(clusters)), clusters - 1),
        "cr1s": (plain * np.sqrt(sandwich.small_sample(clusters, design.n, design.k)), clusters - 1),
        "cr2": (sandwich.errors(best.cov), best.df),
    }
    parts = [glm.table(design, coef, se, method=name, level=level, df=df) for name, (se, df) in found.items()]
    return [*parts, terms.table("clusters", [""], clusters, method="count", n=design.n)]
