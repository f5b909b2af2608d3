"""Differences where none can be: an outcome from before the intervention, or one that it cannot touch.

A difference there is not an effect but a sign that the groups differ in ways the covariates do not hold, and that the
difference in the real outcome may be of that same kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import estimate, logistic
from hgeval.stats.logistic import Floats


def negative_controls(
    rows: pd.DataFrame, *, outcomes: Sequence[str], arm: str, reference: object, covariates: Sequence[str] = (),
    cluster: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Adjusted difference of each intervention with the reference in outcomes that it cannot have changed.

    rows: one a family; outcomes 1 and 0 or amounts; covariates numbers or words; rows with a gap are left out. By
    least squares with robust errors (HC0), by `cluster` where given (factor G/(G-1)). Group columns `outcome`, `term`
    (the arm). The row `all` tests all of them at once (Wald; df their number), missing where they depend on each
    other. Raises EstimateError for an unknown reference. Lipsitch, Tchetgen Tchetgen and Cohen 2010; worked out by
    hand in tests/test_stats_negative_control.py.
    """
    beside = [arm, *covariates, *([] if cluster is None else [cluster])]
    columns = list(dict.fromkeys([*outcomes, *beside]))
    estimate.need(rows, columns)
    told = rows[columns].dropna().reset_index(drop=True)
    known = sorted(told[arm].unique())
    if reference not in known:
        raise EstimateError(f"De vergelijkingsgroep komt niet voor in de kolom {arm}. Kies een groep die er wel is.")
    arms = [each for each in known if each != reference]
    x, kept = _design(told, arm, arms, covariates)
    y = told[list(outcomes)].to_numpy(dtype="float64")
    held = None if cluster is None else told[cluster].to_numpy()
    value, covariance = _differences(x, y, len(arms), kept, held)
    se, z = logistic.root(np.diag(covariance)), special.ndtri((1 + level) / 2)
    ratio = np.where(se > 0, value / np.where(se > 0, se, 1.0), np.nan)
    each = pd.DataFrame({
        "outcome": np.repeat(list(outcomes), len(arms)), "term": [str(name) for name in arms] * len(outcomes),
        "value": value, "se": se, "low": value - z * se, "high": value + z * se, "level": level, "statistic": ratio,
        "p": 2 * stats.norm.sf(np.abs(ratio)), "method": "least_squares_robust",
    })
    every = pd.DataFrame([{"outcome": "all", "term": "all", "method": "wald", **_together(value, covariance)}])
    found = pd.concat([each, every], ignore_index=True).assign(measure="negative_control", n=len(told))
    return estimate.frame(found, ["outcome", "term"])


def _design(
    told: pd.DataFrame, arm: str, arms: list[Any], covariates: Sequence[str]
) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Intercept, covariates, then the arms: an arm that the covariates give away has no difference of its own."""
    beside = logistic.design(told, covariates).x
    scale = np.sqrt((beside**2).mean(axis=0))
    columns = [(told[arm] == each).to_numpy(dtype="float64")[:, None] for each in arms]
    given = np.hstack([np.empty((len(told), 0)), *columns])
    x = np.hstack([beside / np.where(scale > 0, scale, 1.0), given])
    return x, logistic.independent(x, np.zeros(x.shape[1]))


def _differences(
    x: Floats, y: Floats, arms: int, kept: np.ndarray[Any, np.dtype[np.bool_]], held: np.ndarray[Any, Any] | None
) -> tuple[Floats, Floats]:
    """Differences, by outcome and then arm, and their covariance."""
    bread = np.zeros((x.shape[1],) * 2)
    bread[np.ix_(kept, kept)] = np.linalg.inv(x[:, kept].T @ x[:, kept])
    left, shift = y - x @ (bread @ (x.T @ y)), (x @ bread)[:, x.shape[1] - arms :]
    value = (shift.T @ y).T.ravel()
    influence = (left[:, :, None] * shift[:, None, :]).reshape(len(x), -1)
    covariance = logistic.spread(influence, held)
    lost = np.tile(~kept[x.shape[1] - arms :], y.shape[1])
    value[lost], covariance[lost], covariance[:, lost] = np.nan, np.nan, np.nan
    return value, covariance


def _together(value: Floats, covariance: Floats) -> dict[str, float]:
    if not len(value) or np.isnan(covariance).any() or np.linalg.matrix_rank(covariance) < len(value):
        return {"statistic": np.nan, "df": np.nan, "p": np.nan}
    statistic = float(value @ np.linalg.solve(covariance, value))
    return {"statistic": statistic, "df": float(len(value)), "p": float(stats.chi2.sf(statistic, len(value)))}
