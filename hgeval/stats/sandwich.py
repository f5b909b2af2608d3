"""Robust covariances of regression coefficients: per row, per cluster (CR0 to CR2 with Satterthwaite), over time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hgeval.stats.terms import Floats

_BIASED = 1e-6  # how much lower than the true variance the mean of CR2 may be, as a part of it
_SINGULAR = 1e-10  # of the largest eigenvalue: what lies under it is zero plus rounding


class Problem(NamedTuple):
    """A fitted regression: the scores are working * residuals * x.

    x: (n, k) of full rank; working, residuals, target: (n,), target being the variance of the residuals that CR2
    works from; starts: first row of each cluster, rows sorted by cluster.
    """

    x: Floats
    working: Floats
    residuals: Floats
    target: Floats
    starts: npt.NDArray[np.int64]


class Robust(NamedTuple):
    """cov: (k, k); df: (k,) Satterthwaite degrees of freedom of each coefficient. Missing where not determined."""

    cov: Floats
    df: Floats


def inverse_root(x: Floats, working: Floats) -> Floats:
    """T (k, k) so that T T' is the inverse of X'WX and XT is orthonormal in W; missing where that does not exist."""
    k = x.shape[1]
    if len(x) < k or not np.isfinite(working).all():
        return np.full((k, k), np.nan)
    upper = np.linalg.qr(np.sqrt(working)[:, None] * x, mode="r")
    if (np.abs(np.diag(upper)) == 0).any():
        return np.full((k, k), np.nan)
    return np.asarray(np.linalg.inv(upper), dtype="float64")


def bread(x: Floats, working: Floats) -> Floats:
    """Inverse of X'WX, (k, k)."""
    root = inverse_root(x, working)
    return np.asarray(root @ root.T, dtype="float64")


def errors(cov: Floats) -> Floats:
    """Standard errors of a covariance; missing where a variance is."""
    variances = np.diag(cov)
    return np.sqrt(np.where(variances >= 0, variances, np.nan))


def hc0(problem: Problem) -> Floats:
    """Covariance robust to unequal variances (White 1980), without a correction."""
    return _around(bread(problem.x, problem.working), _scores(problem))


def hc3(problem: Problem) -> Floats:
    """Covariance robust to unequal variances, each residual divided by 1 - leverage (MacKinnon & White 1985)."""
    root = inverse_root(problem.x, problem.working)
    leverage = problem.working * ((problem.x @ root) ** 2).sum(axis=1)
    left = np.where(leverage < 1 - _SINGULAR, 1 - leverage, np.nan)
    return _around(root @ root.T, _scores(problem) / left[:, None])


def newey_west(problem: Problem, lag: int) -> Floats:
    """Covariance robust to correlation over time up to this lag (Newey & West 1987), rows in order of time."""
    from statsmodels.stats.sandwich_covariance import S_hac_simple

    inside = bread(problem.x, problem.working)
    return np.asarray(inside @ S_hac_simple(_scores(problem), nlags=lag) @ inside, dtype="float64")


def cr0(problem: Problem) -> Floats:
    """Covariance robust to correlation within clusters (Liang & Zeger 1986); missing for fewer than two clusters."""
    if len(problem.starts) < 2:
        return np.full((problem.x.shape[1],) * 2, np.nan)
    return _around(bread(problem.x, problem.working), np.add.reduceat(_scores(problem), problem.starts, axis=0))


def small_sample(clusters: int, n: int | None = None, parameters: int | None = None) -> float:
    """What CR1 multiplies CR0 by: G/(G-1); with n and the number of parameters CR1S: also (n-1)/(n-k)."""
    if clusters < 2 or (n is not None and parameters is not None and n <= parameters):
        return np.nan
    factor = clusters / (clusters - 1)
    return factor if n is None or parameters is None else factor * (n - 1) / (n - parameters)


def cr2(problem: Problem) -> Robust:
    """CR2 and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018).

    The adjustment is a pseudo-inverse, so that a level for each cluster is allowed. Where it takes away what a term
    rests on (one treated region, a cluster's own level), CR2 would be too small, and is missing.
    """
    k = problem.x.shape[1]
    if len(problem.starts) < 2:
        return Robust(np.full((k, k), np.nan), np.full(k, np.nan))
    plain = bool((problem.working == 1).all() and (problem.target == 1).all())
    root = inverse_root(problem.x, problem.working)
    if not np.isfinite(root).all():
        return Robust(np.full((k, k), np.nan), np.full(k, np.nan))
    own, diagonal, near, far, between = _equal_variances(problem, root) if plain else _any_variances(problem, root)
    mean, df = _satterthwaite(diagonal, near, far, between)
    lost = ~(mean > (1 - _BIASED) * np.diag(root @ between @ root.T))
    cov = own.T @ own
    cov[lost] = cov[:, lost] = np.nan
    return Robust(cov, np.where(lost, np.nan, df))


def _scores(problem: Problem) -> Floats:
    return np.asarray((problem.working * problem.residuals)[:, None] * problem.x, dtype="float64")


def _around(inside: Floats, scores: Floats) -> Floats:
    half = scores @ inside
    return np.asarray(half.T @ half, dtype="float64")


def _parts(problem: Problem) -> list[slice]:
    ends = [*problem.starts[1:], len(problem.x)]
    return [slice(int(start), int(end)) for start, end in zip(problem.starts, ends, strict=True)]


_Pieces = tuple[Floats, Floats, Floats, Floats, Floats]


def _equal_variances(problem: Problem, root: Floats) -> _Pieces:
    """Pieces of CR2 where all weights and variances are 1: all clusters at once, (k, k) each."""
    basis, parts = problem.x @ root, _parts(problem)
    gram = np.stack([basis[part].T @ basis[part] for part in parts])
    values, vectors = np.linalg.eigh(gram)
    left = 1 - values
    turned = np.where(left > _SINGULAR, 1 / np.sqrt(np.where(left > _SINGULAR, left, 1.0)), 0.0)
    adjust = root @ ((vectors * turned[:, None, :]) @ vectors.transpose(0, 2, 1))  # G, k, k
    sums = np.add.reduceat(basis * problem.residuals[:, None], problem.starts, axis=0)
    near = adjust @ gram
    diagonal = np.einsum("gjk,gjk->gj", near, adjust)
    return (adjust @ sums[:, :, None])[:, :, 0], diagonal, near, near, np.eye(root.shape[0])


def _any_variances(problem: Problem, root: Floats) -> _Pieces:
    """Pieces of CR2 for any weights and variances, one eigendecomposition a cluster of its different rows."""
    short = _collapsed(problem)
    x, working, target = short.x, short.working, short.target
    basis = x @ root
    spread = (working * np.sqrt(target))[:, None] * basis
    between = spread.T @ spread
    found = []
    for part in _parts(short):
        q, w, theta = basis[part], working[part], target[part]
        cross = q @ (q * (w * theta)[:, None]).T
        middle = np.diag(theta) - cross - cross.T + q @ between @ q.T
        scale = np.sqrt(theta)
        adjust = scale[:, None] * _inverse_square_root(scale[:, None] * middle * scale) * scale
        rows = root @ ((q * w[:, None]).T @ adjust)
        found.append((rows @ short.residuals[part], (rows**2) @ theta, rows @ q, rows @ (q * (w * theta)[:, None])))
    own, diagonal, near, far = (np.stack(each) for each in zip(*found, strict=True))
    return own, diagonal, near, far, between


def _collapsed(problem: Problem) -> Problem:
    """The same problem with rows of a cluster that are alike in all but the residual taken together.

    On the differences within such a set the adjustment is a multiple of one, and x is constant: nothing is lost.
    """
    cluster = np.zeros(len(problem.x))
    cluster[problem.starts[1:]] = 1
    keys = np.column_stack([np.cumsum(cluster), problem.working, problem.target, problem.x])
    rows, which, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    size = np.sqrt(count)
    sums = np.bincount(which.reshape(-1), problem.residuals, len(rows)) / size
    starts = np.flatnonzero(np.diff(rows[:, 0], prepend=-1)).astype("int64")
    return Problem(rows[:, 3:] * size[:, None], rows[:, 1], sums, rows[:, 2], starts)


def _inverse_square_root(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > _SINGULAR * max(float(values[-1]), 0.0)
    turned = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    return np.asarray((vectors * turned) @ vectors.T, dtype="float64")


def _satterthwaite(diagonal: Floats, near: Floats, far: Floats, between: Floats) -> tuple[Floats, Floats]:
    """Trace of P, and (trace P)^2 / sum of P^2; P (G, G) is the covariance of what clusters add to a coefficient.

    P is a diagonal minus N F' + F N' - N B N', for each coefficient; so nothing of size (G, G) is made.
    """
    k = diagonal.shape[1]
    mean, found = np.zeros(k), np.full(k, np.nan)
    for term in range(k):
        both = np.hstack([near[:, term], far[:, term]])
        turn = np.block([[-between, np.eye(k)], [np.eye(k), np.zeros((k, k))]])
        turned = both @ turn
        own = (turned * both).sum(axis=1)
        small = both.T @ turned
        squares = (diagonal[:, term] ** 2).sum() - 2 * (diagonal[:, term] * own).sum() + (small * small.T).sum()
        mean[term] = (diagonal[:, term] - own).sum()
        if squares > _SINGULAR**2 * (diagonal[:, term] ** 2).sum():
            found[term] = mean[term] ** 2 / squares
    return mean, found
