"""Models of counts, such as incidents a family: Poisson with honest standard errors, and the negative binomial."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, special

from hgeval.errors import EstimateError
from hgeval.stats import glm, sandwich, terms
from hgeval.stats.terms import Design, Floats


def poisson(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], exposure: str | None = None,
    weights: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Log-linear Poisson regression: a row a `term` and method, in logs of the ratio of rates, and `dispersion`.

    Methods: poisson (normal), poisson_hc0 (White 1980, normal) and quasi_poisson (McCullagh & Nelder 1989: the
    variance times the Pearson dispersion, t with n - k). exposure: what the count is out of. Missing where there is
    no estimate (a group without events). Raises EstimateError for a count below 0 or an exposure of 0 or less.
    Reference case counts_nb.
    """
    terms.need_level(level)
    design = _design(rows, outcome, covariates, exposure, weights)
    fit = glm.fit(design, "poisson")
    inside, dispersion = sandwich.bread(design.x, fit.working), fit.pearson(design)
    problem = sandwich.Problem(design.x, fit.working, fit.residuals, np.ones(design.n), design.starts)
    plain = sandwich.errors(inside)
    quasi = plain * np.sqrt(dispersion)
    return terms.frame([
        glm.table(design, fit.coef, plain, method="poisson", level=level),
        glm.table(design, fit.coef, sandwich.errors(sandwich.hc0(problem)), method="poisson_hc0", level=level),
        glm.table(design, fit.coef, quasi, method="quasi_poisson", level=level, df=design.n - design.k),
        terms.table("dispersion", [""], dispersion, method="pearson", n=design.n),
    ])


def negative_binomial(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], exposure: str | None = None,
    weights: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Negative binomial regression with variance mu + mu^2 / theta (NB2; Lawless 1987), maximum likelihood.

    Rows: `coefficient` a term, method nb2 (normal), `theta` and `log_likelihood`. The standard errors take the
    expected information of the coefficients, which theta does not enter, as MASS's glm.nb; those of statsmodels'
    NegativeBinomial take the observed information of all and differ by some percents. Where the counts vary no more
    than Poisson counts, theta has no end and is missing, and the coefficients are those of Poisson. Missing and
    raised as `poisson`. Reference case counts_nb.
    """
    terms.need_level(level)
    design = _design(rows, outcome, covariates, exposure, weights)
    theta, fit = _maximum(design)
    se = sandwich.errors(sandwich.bread(design.x, fit.working))
    return terms.frame([
        glm.table(design, fit.coef, se, method="nb2", level=level),
        terms.table("theta", [""], theta, method="nb2", n=design.n),
        terms.table("log_likelihood", [""], fit.loglik, method="nb2", n=design.n),
    ])


def _design(
    rows: pd.DataFrame, outcome: str, covariates: Sequence[str], exposure: str | None, weights: str | None
) -> Design:
    design = terms.build(rows, outcome=outcome, covariates=covariates, offset=exposure, weights=weights)
    if (design.y < 0).any():
        raise EstimateError(f"De kolom {outcome} telt, en is ergens kleiner dan 0. Controleer de tellingen.")
    if exposure is None:
        return design
    if (design.offset <= 0).any():
        raise EstimateError(f"De kolom {exposure} is ergens 0 of kleiner. Waarvan geteld wordt, is meer dan 0.")
    return design._replace(offset=np.log(design.offset))


def _maximum(design: Design) -> tuple[float, glm.Fit]:
    """theta and the fit at it; theta is infinite where Poisson is the maximum."""
    plain = glm.fit(design, "poisson")
    extra = float((design.weights * ((design.y - plain.mu) ** 2 - design.y)).sum()) if plain.exists else np.nan
    if not extra > 0:
        return (np.inf if plain.exists else np.nan), plain

    def slope(log_theta: float) -> float:
        theta = float(np.exp(log_theta))
        mu = glm.fit(design, "negative_binomial", alpha=1 / theta).mu
        return float((design.weights * _score(design.y, mu, theta)).sum())

    low = high = float(np.log((design.weights * plain.mu**2).sum() / extra))
    while slope(low) < 0 and low > -20:
        low -= 1
    while slope(high) > 0 and high < 20:
        high += 1
    if not (slope(low) >= 0 >= slope(high)):
        return np.nan, plain._replace(coef=plain.coef * np.nan, loglik=np.nan)
    theta = float(np.exp(optimize.brentq(slope, low, high, xtol=1e-11))) if low < high else float(np.exp(low))
    return theta, glm.fit(design, "negative_binomial", alpha=1 / theta)


def _score(y: Floats, mu: Floats, theta: float) -> Floats:
    """Derivative of the log likelihood to theta."""
    digamma = special.digamma(y + theta) - special.digamma(theta)
    return np.asarray(digamma + np.log(theta / (theta + mu)) + 1 - (y + theta) / (mu + theta), dtype="float64")
