"""From criteria to points, and how often each option has the most points as the weights change."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from hgeval.divisions_criteria import CRITERIA, GROUPS
from hgeval.types import Floats

TOP = 100.0  # points
_SAME = 1e-9


def scaled(criteria: pd.DataFrame) -> pd.DataFrame:
    """Each criterion from 0 (least) to 100 (most wanted) over these options.

    Without a criterion that has no value for one of them, or the same for all: that cannot tell them apart.
    """
    low, high = criteria.min(), criteria.max()
    span = (high - low).where(criteria.notna().all())
    apart = list(span.index[span > _SAME * high.abs().clip(lower=1)])
    points = TOP * (criteria[apart] - low[apart]) / span[apart]
    return points.assign(**{name: TOP - points[name] for name in map(str, apart) if not CRITERIA[name][1]})


def by_group(points: pd.DataFrame) -> pd.DataFrame:
    """The mean points of each group of criteria; a group without a single criterion is not there."""
    found = {group: [name for name in map(str, points) if CRITERIA[name][0] == group] for group in GROUPS}
    return pd.DataFrame({group: points[names].mean(axis=1) for group, names in found.items() if names})


def totals(groups: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """The weighted mean of the groups that are there; missing where none of those has a weight."""
    own = np.array([weights[group] for group in map(str, groups)], dtype="float64")
    return pd.Series(groups.to_numpy() @ own / own.sum() if own.sum() else np.nan, index=groups.index)


def winners(total: pd.Series) -> list[str]:
    """The options with the most points: more than one where they are equal."""
    return list(total.index[total >= total.max() - _SAME])


def simplex(groups: int, step: float) -> Floats:
    """All ways to divide one over so many groups in such steps: C(1/step + groups - 1, groups - 1) of them."""
    units = round(1 / step)
    bars = np.array(list(combinations(range(units + groups - 1), groups - 1)), dtype="int64")
    ends = np.pad(bars, ((0, 0), (1, 1)), constant_values=((0, 0), (-1, units + groups - 1)))
    found: Floats = (np.diff(ends, axis=1) - 1) / units
    return found


def dirichlet(groups: int, draws: int, seed: int) -> Floats:
    """So many weightings drawn at random, each as likely as any other (Dirichlet with all parameters 1)."""
    return np.random.default_rng(seed).dirichlet(np.ones(groups), size=draws)


def wins(groups: pd.DataFrame, weightings: Floats) -> pd.Series:
    """The share of the weightings in which each option has the most points; who are equal, share one."""
    points = weightings @ groups.to_numpy().T
    most = points >= points.max(axis=1, keepdims=True) - _SAME
    return pd.Series((most / most.sum(axis=1, keepdims=True)).mean(axis=0), index=groups.index)
