"""A second hidden cell beside the first, where the first could be computed from what is still shown.

Rows that add up to a total give a lone hidden one away. The bounds that a reader can compute for
each small cell are tightened until nothing changes; while they are too narrow, the smallest
shown cell goes too, and the total last.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

WIDTH = 5  # a small cell must stay unknown within at least this many values
_HIDDEN = ["events", "value", "low", "high"]


def protect(released: pd.DataFrame, exact: pd.DataFrame, keys: list[str], min_count: int) -> pd.DataFrame:
    """`released` with extra rows hidden (status `suppressed_with`) in each line of rows that share `keys`.

    released, exact: the same rows after and before hiding, with the same index.
    """
    frame = released.copy()
    for _, line in exact.groupby(keys, sort=False, dropna=False):
        small = (frame.loc[line.index, "status"] == "suppressed").to_numpy()
        also, total = _second(line["events"], int(line["n"].max() or 0), small, min_count)
        rows = line.index[also]
        frame.loc[rows, _HIDDEN] = pd.NA
        frame.loc[rows, "status"] = "suppressed_with"
        if total:
            frame.loc[line.index, "n"] = pd.NA
            frame.loc[line.index, _HIDDEN] = pd.NA
            frame.loc[line.index[~small], "status"] = "suppressed_with"
    return frame


def _second(events: pd.Series, total: int, small: np.ndarray, min_count: int) -> tuple[np.ndarray, bool]:
    """Which shown rows must go as well, and whether the total must."""
    counts = events.fillna(0).astype(int).to_numpy()
    also = np.zeros(len(counts), dtype=bool)
    while small.any() and not _wide_enough(counts, total, small, also, min_count):
        shown = np.flatnonzero(~small & ~also & (counts > 0))
        if not len(shown):
            return also, True
        also[shown[np.argmin(counts[shown])]] = True
    return also, False


def _wide_enough(counts: np.ndarray, total: int, small: np.ndarray, also: np.ndarray, min_count: int) -> bool:
    """Whether each small cell can still be any of `WIDTH` values for a reader who knows the rule."""
    hidden = small | also
    left = total - counts[~hidden].sum()
    low = np.where(small, 1, min_count)[hidden]  # a second cell is never itself small, and the reader knows
    high = np.where(small, min_count - 1, left)[hidden]
    lowest = np.maximum(low, left - (high.sum() - high))
    highest = np.minimum(high, left - (low.sum() - low))
    return bool((highest - lowest + 1 >= WIDTH)[small[hidden]].all())
