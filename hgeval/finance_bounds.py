"""What visible counts leave open: a municipality's part of all meldingen of its region, and how much that varies.

A count shown in fives may be any that rounds to it, a hidden one any under the minimum, and all together round to the
region's own visible number. The bounds are sharp: some counts that look the same attain them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from hgeval.disclosure_rule import Settings

PRECISION = 100  # a weight is in hundredths of a melding, since hidden counts share what is left

Ends = tuple[Fraction, Fraction]
Range = tuple[float, float]


def ends(years: pd.DataFrame, rule: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The least and the most that each of these counts may be; rows are municipalities, columns years."""
    down, up = rule.rounding // 2, (rule.rounding - 1) // 2
    least = (years - down).clip(lower=rule.min_count).fillna(0)
    most = (years + up).fillna(rule.min_count - 1)
    return least.astype("int64"), most.astype("int64")


def parts(years: pd.DataFrame, together: pd.DataFrame, rule: Settings) -> list[Ends]:
    """The least and the most that each municipality's part of all these meldingen may be.

    together: one row, the visible counts of the region as a whole, missing where hidden. Every year of `years` has a
    visible count. A part is least where the own counts are as low as they may be and then the others as high.
    """
    least, most = (frame.to_numpy() for frame in ends(years, rule))
    whole_least, whole_most = _whole(least, most, together, rule)
    others_least, others_most = least.sum(axis=0) - least, most.sum(axis=0) - most
    low = np.maximum(least, whole_least - others_most)
    beside_low = np.minimum(others_most, whole_most - low)
    high = np.minimum(most, whole_most - others_least)
    beside_high = np.maximum(others_least, whole_least - high)
    return list(zip(_shares(low, beside_low), _shares(high, beside_high), strict=True))


def weights(years: pd.DataFrame, together: pd.DataFrame, rule: Settings) -> list[int]:
    """What each municipality weighs, in hundredths: its visible counts, and an equal part of what these leave.

    Where the count of the region is hidden, a hidden one weighs half of what it may be at most.
    """
    hidden, shown = years.isna().sum(), years.fillna(0).sum()
    most = hidden * (rule.min_count - 1)
    left = (together.iloc[0].reindex(years.columns) - shown).clip(lower=0, upper=most)
    each = (left / hidden.where(hidden > 0)).fillna(rule.min_count // 2)
    filled = years.fillna(each)
    return [round(PRECISION * float(number)) for number in filled.sum(axis=1)]


def variation(years: Sequence[Range]) -> Range | None:
    """The least and the most that the coefficient of variation may be, of one number a year within these ends.

    It is quasi-convex, so it is most in a corner. It is least where each year is as near to one level as its ends
    allow: that level is an end, or the sum of squares over the sum of the years that cannot reach it.
    """
    low, high = np.array(years, dtype="float64").T
    if len(years) < 2 or not high.any():
        return None
    corners = np.array(list(itertools.product(*years)))
    levels = np.unique([*low, *high])
    stuck = [np.clip(level, low, high) for level in (levels[1:] + levels[:-1]) / 2]
    between = [_level(at, low, high) for at in stuck]
    near = np.array([np.clip(level, low, high) for level in [*levels, *between]])
    return float(np.nanmin(_variations(near))), float(np.nanmax(_variations(corners)))


def _level(at: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """The level at which the variation is least, given which years are at one of their ends."""
    ended = at[(at == low) | (at == high)]
    return float((ended**2).sum() / ended.sum()) if ended.sum() else float(at.max())


def _variations(rows: np.ndarray) -> np.ndarray:
    means = rows.mean(axis=1)
    found: np.ndarray = rows.std(axis=1, ddof=1) / np.where(means > 0, means, np.nan)
    return found


def _whole(
    least: np.ndarray, most: np.ndarray, together: pd.DataFrame, rule: Settings,
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the region's own count by year; where it is hidden, what the municipalities add up to."""
    low, high = (frame.to_numpy()[0] for frame in ends(together, rule))
    hidden = together.iloc[0].isna().to_numpy()
    return np.where(hidden, least.sum(axis=0), low), np.where(hidden, most.sum(axis=0), high)


def _shares(own: np.ndarray, others: np.ndarray) -> list[Fraction]:
    return [Fraction(int(one), int(one + rest)) for one, rest in zip(own.sum(axis=1), others.sum(axis=1), strict=True)]
