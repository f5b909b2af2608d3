"""Logistic regression with a random intercept by group: what holds within one region or family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special

from hgeval.errors import EstimateError
from hgeval.stats import glm, sandwich, terms
from hgeval.stats.terms import Codes, Design, Floats

FEWEST_POINTS = 15
_NOTHING = 1e-4  # a standard deviation under this is 0: the likelihood is flat there


class Fit(NamedTuple):
    """coef, se: (k,); sd of the intercepts and its se; modes and their conditional sd: (groups,)."""

    coef: Floats
    se: Floats
    sd: float
    sd_se: float
    loglik: float
    modes: Floats
    mode_sd: Floats


class _Cells(NamedTuple):
    """Rows of a group with the same covariates, taken together: events of n."""

    x: Floats
    n: Floats
    events: Floats
    starts: Codes
    codes: Codes


def logit(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], group: str, points: int = 25, level: float = 0.95
) -> pd.DataFrame:
    """Random-intercept logistic regression, maximum likelihood by adaptive Gauss-Hermite (Pinheiro & Bates 1995).

    Rows: `coefficient` a term, in log odds within a group (Wald, normal); `sd` of the intercepts; `icc_latent` and
    `median_odds_ratio` that follow from it (Larsen & Merlo 2005); `log_likelihood`; `conditional_mode` a group, its se
    the conditional sd. Where the sd is 0 the model is plain logistic regression. Missing where there is no estimate
    (separation, one group). Raises EstimateError for fewer than 15 points: Laplace is biased for two or three rows a
    group. Reference case glmm_logit.
    """
    terms.need_level(level)
    if points < FEWEST_POINTS:
        raise EstimateError(f"Te weinig punten voor de integraal. Verwacht: {FEWEST_POINTS} of meer, zoals 25.")
    design = terms.build(rows, outcome=outcome, covariates=covariates, cluster=group)
    terms.need_binary(design, outcome)
    found = fit(design, points)
    variance = found.sd**2
    extra = {
        "sd": found.sd, "icc_latent": variance / (variance + np.pi**2 / 3),
        "median_odds_ratio": np.exp(np.sqrt(2) * found.sd * special.ndtri(0.75)), "log_likelihood": found.loglik,
    }  # fmt: skip
    method = "adaptive_gauss_hermite"
    parts = [glm.table(design, found.coef, found.se, method=method, level=level)]
    for name, number in extra.items():
        parts.append(terms.table(name, [""], number, method=method, n=design.n,
                                 se=found.sd_se if name == "sd" else np.nan))  # fmt: skip
    modes = terms.table("conditional_mode", [str(each) for each in design.labels], found.modes, method=method,
                        se=found.mode_sd)  # fmt: skip
    parts.append(modes.assign(n=np.bincount(design.codes), events=np.bincount(design.codes, design.y),
                              statistic=np.nan, p=np.nan))  # fmt: skip
    return terms.frame(parts)


def fit(design: Design, points: int) -> Fit:
    """The model at this number of points; 1 is Laplace, which is here only to be held against others' numbers."""
    plain, groups = glm.fit(design, "logit"), len(design.starts)
    cells = _cells(design)
    if not plain.exists or groups < 2:
        nothing = np.full(design.k, np.nan)
        return Fit(nothing, nothing, np.nan, np.nan, np.nan, np.full(groups, np.nan), np.full(groups, np.nan))
    # In a basis in which the plain model's coefficients are uncorrelated with variance 1, all steps are alike.
    basis = sandwich.inverse_root(design.x, plain.working)
    short = cells._replace(x=cells.x @ basis)
    nodes = np.polynomial.hermite_e.hermegauss(points)
    start = np.append(np.linalg.solve(basis, plain.coef), 0.5)
    best = _climb(short, nodes, start)
    sd = abs(float(best[-1]))
    if sd < _NOTHING:
        se = sandwich.errors(basis @ basis.T)
        return Fit(plain.coef, se, 0.0, np.nan, plain.loglik, np.zeros(groups), np.zeros(groups))
    curve = _hessian(short, nodes, best)
    if not np.isfinite(curve).all() or np.linalg.eigvalsh(-curve)[0] <= 0:
        cov = np.full(curve.shape, np.nan)
    else:
        cov = np.linalg.inv(-curve)
    mode, spread = _modes(short, short.x @ best[:-1], sd)
    se = sandwich.errors(basis @ cov[:-1, :-1] @ basis.T)
    sd_se, top = float(np.sqrt(cov[-1, -1])), _loglik(short, nodes, best)
    return Fit(basis @ best[:-1], se, sd, sd_se, top, sd * mode, sd * spread)


def _cells(design: Design) -> _Cells:
    keys = np.column_stack([design.codes, design.x])
    rows, which, n = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    events = np.asarray(np.bincount(which.reshape(-1), design.y, len(rows)), dtype="float64")
    codes = rows[:, 0].astype("int64")
    starts = np.flatnonzero(np.diff(codes, prepend=-1)).astype("int64")
    return _Cells(rows[:, 1:], n.astype("float64"), events, starts, codes)


def _modes(cells: _Cells, fixed: Floats, sd: float) -> tuple[Floats, Floats]:
    """Of each group, the standard normal u at which its likelihood is highest, and the sd of a normal around it."""
    u = np.zeros(len(cells.starts))
    for _ in range(100):
        slope, curve = _slopes(cells, fixed + sd * u[cells.codes], sd)
        step = np.clip((slope - u) / curve, -2, 2)  # u far off would overshoot
        u = u + step
        if np.abs(step).max() < 1e-12:
            break
    return u, 1 / np.sqrt(_slopes(cells, fixed + sd * u[cells.codes], sd)[1])


def _slopes(cells: _Cells, linear: Floats, sd: float) -> tuple[Floats, Floats]:
    p = special.expit(linear)
    slope = np.add.reduceat(cells.events - cells.n * p, cells.starts)
    curve = np.add.reduceat(cells.n * p * (1 - p), cells.starts)
    return sd * slope, 1 + sd**2 * curve


def _loglik(cells: _Cells, nodes: tuple[Floats, Floats], at: Floats) -> float:
    """Log likelihood at coefficients and sd, the intercept integrated out around the mode of each group."""
    fixed, sd = cells.x @ at[:-1], float(at[-1])
    mode, spread = _modes(cells, fixed, sd)
    z, weight = nodes
    u = mode[:, None] + spread[:, None] * z
    linear = fixed[:, None] + sd * u[cells.codes]
    inside = cells.events[:, None] * linear - cells.n[:, None] * np.logaddexp(0, linear)
    height = np.add.reduceat(inside, cells.starts, axis=0) - u**2 / 2 + z**2 / 2 + np.log(weight)
    return float((special.logsumexp(height, axis=1) + np.log(spread)).sum() - len(mode) * np.log(2 * np.pi) / 2)


def _climb(cells: _Cells, nodes: tuple[Floats, Floats], start: Floats) -> Floats:
    """The highest point of the likelihood: quasi-Newton, then Newton until it stands still."""

    def depth(at: Floats) -> float:
        return -_loglik(cells, nodes, at)

    def slope(at: Floats) -> Floats:
        return -_gradient(cells, nodes, at)

    at = np.asarray(optimize.minimize(depth, start, jac=slope, method="BFGS", options={"gtol": 1e-4}).x)
    for _ in range(3):
        curve = _hessian(cells, nodes, at)
        if abs(at[-1]) < _NOTHING or not np.isfinite(curve).all() or np.linalg.eigvalsh(-curve)[0] <= 0:
            break
        step = np.linalg.solve(-curve, _gradient(cells, nodes, at))
        at = at + step
        if np.abs(step).max() < 1e-6:
            break
    return at


def _gradient(cells: _Cells, nodes: tuple[Floats, Floats], at: Floats) -> Floats:
    """Central differences of the fourth order: their error is that of rounding."""
    width, found = 1e-3, np.zeros(len(at))
    for each in range(len(at)):
        move = np.zeros(len(at))
        move[each] = width
        near = _loglik(cells, nodes, at + move) - _loglik(cells, nodes, at - move)
        far = _loglik(cells, nodes, at + 2 * move) - _loglik(cells, nodes, at - 2 * move)
        found[each] = (8 * near - far) / (12 * width)
    return found


def _hessian(cells: _Cells, nodes: tuple[Floats, Floats], at: Floats) -> Floats:
    width, size = 1e-3, len(at)
    found = np.zeros((size, size))
    for each in range(size):
        move = np.zeros(size)
        move[each] = width
        found[each] = (_gradient(cells, nodes, at + move) - _gradient(cells, nodes, at - move)) / (2 * width)
    return (found + found.T) / 2
