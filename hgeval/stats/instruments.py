"""Assigned against delivered: what assigning does, and what receiving does to those who follow the assignment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.stats import estimate, glm, sandwich, terms
from hgeval.stats.terms import Design, Floats

_WEAK = 1e-10  # of the variation in delivered: what assignment explains below this is rounding


def late(
    rows: pd.DataFrame, *, outcome: str, assigned: str, delivered: str, covariates: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Assigned against delivered intervention: a row a measure, each by method iid (t with n - k) and hc0 (normal).

    Measures: first_stage (assigned on delivered), itt (intention to treat: assigned on outcome), late (two-stage
    least squares, the Wald ratio without covariates; Angrist, Imbens & Rubin 1996), as_treated (delivered on outcome,
    which selection biases); first_stage_f, under 10 a weak instrument. Shares or units of the outcome. The late is
    missing where assignment did not change delivery. Raises EstimateError for columns that lack or are no numbers.
    Reference cases iv_late, mdve.
    """
    terms.need_level(level)
    estimate.need(rows, [outcome, assigned, delivered, *covariates])
    whole = rows[list(dict.fromkeys([outcome, assigned, delivered, *covariates]))].dropna()
    by = {
        "first_stage": _design(whole, delivered, assigned, covariates),
        "itt": _design(whole, outcome, assigned, covariates),
        "as_treated": _design(whole, outcome, delivered, covariates),
    }
    parts = [each for measure, design in by.items() for each in _rows(measure, design, design.x, level)]
    actual, through = by["as_treated"], by["first_stage"]
    coef, _ = _two_stage(through, through.x)
    fitted = actual.x.copy()
    if through.kept[1] and actual.kept[1]:
        fitted[:, 1] = through.x @ coef
    strong = bool(through.kept[1] and actual.kept[1]) and _moves(through)
    parts += _rows("late", actual, fitted, level, determined=strong)
    return terms.frame([*parts, _strength(parts[0], through)])


def _design(whole: pd.DataFrame, outcome: str, first: str, covariates: Sequence[str]) -> Design:
    return terms.build(whole, outcome=outcome, covariates=[first, *covariates])


def _moves(first: Design) -> bool:
    """Whether assignment explains anything of delivery beyond the covariates."""
    others = np.delete(first.x, 1, axis=1)
    left = first.y - others @ np.linalg.lstsq(others, first.y, rcond=None)[0]
    rest = first.x[:, 1] - others @ np.linalg.lstsq(others, first.x[:, 1], rcond=None)[0]
    size = float(np.linalg.norm(rest) * np.linalg.norm(left))
    return size > 0 and abs(float(rest @ left)) > _WEAK * size


def _two_stage(design: Design, fitted: Floats) -> tuple[Floats, Floats]:
    """Coefficients of y on x with `fitted` for instruments, and the residuals at x itself."""
    root = sandwich.inverse_root(fitted, np.ones(design.n))
    coef = root @ (root.T @ (fitted.T @ design.y))
    return np.asarray(coef), np.asarray(design.y - design.x @ coef)


def _rows(
    measure: str, design: Design, fitted: Floats, level: float, *, determined: bool = True
) -> list[pd.DataFrame]:
    """The coefficient of the first column, with both standard errors."""
    determined = determined and bool(design.kept[1])
    left = design.n - design.k
    coef, iid, robust = (np.full(design.k, np.nan) for _ in range(3))
    if determined and design.n >= design.k:
        coef, residuals = _two_stage(design, fitted)
        ones = np.ones(design.n)
        problem = sandwich.Problem(fitted, ones, residuals, ones, design.starts)
        robust = sandwich.errors(sandwich.hc0(problem))
        inside = np.diag(sandwich.bread(fitted, ones))
        iid = np.sqrt(inside * (residuals**2).sum() / left) if left > 0 else iid
    found = []
    for method, se, df in (("iid", iid, float(left)), ("hc0", robust, np.inf)):
        rows = glm.table(design, coef, se, method=method, level=level, df=df)
        found.append(rows.iloc[[1]].assign(measure=measure))
    return found


def _strength(first: pd.DataFrame, design: Design) -> pd.DataFrame:
    f = first["statistic"].to_numpy() ** 2
    row = terms.table("first_stage_f", list(first["term"]), f, method="f", n=design.n)
    return row.assign(statistic=f, df=float(design.n - design.k), p=first["p"].to_numpy())
