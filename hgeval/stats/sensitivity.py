"""How strong something unseen must be to undo a result: E-value for confounding, tipping point for drop-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats

_PER_SD = 0.91  # log odds of a common outcome per SD, on the scale of ratios (VanderWeele 2017)


def evalue(ratio: Any) -> Floats:
    """E-value of a risk ratio: how strongly a confounder must go with both to make it 1 (VanderWeele & Ding 2017).

    ratio: 0 has no end, missing stays missing. Raises EstimateError for one under 0. Reference case evalue.
    """
    found = arrays.floats(ratio)
    if (found < 0).any():
        raise EstimateError("Een verhouding is nooit kleiner dan 0. Controleer de schaal van de uitkomst.")
    over = np.where(found < 1, arrays.divide(1, np.where(found < 1, found, 1.0)), found)
    finite = np.where(np.isinf(over), 1.0, over)
    return np.where(np.isinf(over), np.inf, finite + np.sqrt(finite * (finite - 1)))


def evalue_limit(ratio: Any, low: Any, high: Any) -> Floats:
    """E-value of the limit nearest 1; 1 where the interval holds 1. Raises EstimateError. Reference case evalue."""
    found, under, over = (arrays.floats(each) for each in (ratio, low, high))
    if ((under > found) | (over < found)).any():
        raise EstimateError("Een schatting ligt buiten haar eigen grenzen. Controleer de kolommen low en high.")
    nearest = np.where(found >= 1, np.maximum(under, 1.0), np.minimum(over, 1.0))
    return evalue(np.where(np.isnan(found), np.nan, nearest))


# To a risk ratio. Of a rare outcome odds and hazards are ratios already; of a common one approximately these.
SCALES: dict[str, Callable[[Floats], Floats]] = {
    "risk_ratio": lambda found: found,
    "odds_ratio_rare": lambda found: found,
    "odds_ratio_common": lambda found: np.sqrt(_positive(found)),
    "hazard_ratio_rare": lambda found: found,
    "hazard_ratio_common": lambda found: _hazard(_positive(found)),
    "standardised_difference": lambda found: np.exp(_PER_SD * found),
}


def evalues(
    rows: pd.DataFrame, *, value: str = "value", low: str = "low", high: str = "high", scale: str = "risk_ratio",
    groups: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """E-values of estimates and of their limits nearest to no effect: measures evalue and evalue_limit.

    rows: one row an estimate, with its limits, on one of `SCALES`; outcomes over 15% count as common (VanderWeele &
    Ding 2017; VanderWeele 2017). For a difference of shares see `evalues_difference`. Missing where the estimate or
    limit is, or where no confounder is strong enough (a ratio of 0). Raises EstimateError. Reference case evalue.
    """
    if scale not in SCALES:
        raise EstimateError(f"Deze schaal is onbekend. Bekend zijn: {', '.join(SCALES)}.")
    ratio, under, over = (SCALES[scale](each) for each in arrays.columns(rows, [value, low, high]))
    return _evalues(rows, groups, ratio, under, over, f"evalue_{scale}")


def evalues_difference(
    rows: pd.DataFrame, *, baseline: str, value: str = "value", low: str = "low", high: str = "high",
    groups: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """E-values of a difference of shares, by way of the ratio to the share without the intervention, `baseline`.

    The baseline is taken as known, so that the E-value of the limit is near, not exact. Limits that leave 0 to 1 count
    as 0 and 1. Missing where the baseline is not above 0, or the share with the intervention is not between 0 and 1.
    Raises EstimateError. VanderWeele & Ding (2017).
    """
    found, under, over, share = arrays.columns(rows, [value, low, high, baseline])
    share = np.where((share > 0) & (share <= 1), share, np.nan)
    possible = (share + found >= 0) & (share + found <= 1)
    ratio = np.where(possible, (share + found) / share, np.nan)
    under, over = ((np.clip(share + each, 0, 1)) / share for each in (under, over))
    return _evalues(rows, groups, ratio, under, over, "evalue_difference")


def tipping(
    rows: pd.DataFrame, *, dropped1: str = "dropped1", dropped2: str = "dropped2", share1: str = "share1",
    share2: str = "share2", value: str = "value", low: str = "low", high: str = "high", groups: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """How much the drop-outs must differ from those who stayed, before the interval of a difference holds 0.

    rows: one row a difference of shares (first minus second) with its limits among those who stayed, the shares it is
    made of, and the part of each group that dropped out. A shift d of the drop-outs of a group moves its share by
    d times the part dropped; the interval moves along (pattern mixture, Little 1994; tipping point, Yan et al. 2009).
    Measures: tipping_first (shift in the first group alone), tipping_second (in the second alone) and tipping_both (in
    the first, with the opposite in the second), in shares of 1; 0 where the interval holds 0
    already, missing where even drop-outs who are all or none could not do it. Hand-worked in
    tests/test_stats_sensitivity.py. Raises EstimateError.
    """
    _, under, over = arrays.columns(rows, [value, low, high])
    parts = [_part(each) for each in arrays.columns(rows, [dropped1, dropped2, share1, share2])]
    out1, out2, p1, p2 = parts
    gap = np.where(under > 0, under, np.where(over < 0, over, 0.0 * (under + over)))
    first, second = arrays.divide(-gap, out1), arrays.divide(gap, out2)
    both = arrays.divide(-gap, out1 + out2)
    found = {
        "tipping_first": np.where(_possible(p1, first), first, np.nan),
        "tipping_second": np.where(_possible(p2, second), second, np.nan),
        "tipping_both": np.where(_possible(p1, both) & _possible(p2, -both), both, np.nan),
    }
    told = [
        arrays.named(rows, groups, measure=name, method="pattern_mixture", value=np.where(gap == 0, 0.0, shift))
        for name, shift in found.items()
    ]
    return estimate.frame(pd.concat(told, ignore_index=True), groups)


def _evalues(
    rows: pd.DataFrame, groups: Sequence[str], ratio: Floats, low: Floats, high: Floats, method: str
) -> pd.DataFrame:
    found = {"evalue": evalue(ratio), "evalue_limit": evalue_limit(ratio, low, high)}
    told = [arrays.named(rows, groups, measure=name, method=method, value=each) for name, each in found.items()]
    return estimate.frame(pd.concat(told, ignore_index=True), groups)


def _positive(ratio: Floats) -> Floats:
    if (ratio < 0).any():
        raise EstimateError("Een verhouding is nooit kleiner dan 0. Controleer de schaal van de uitkomst.")
    return ratio


def _hazard(ratio: Floats) -> Floats:
    some = np.where(ratio > 0, ratio, np.nan)
    found = (1 - 0.5 ** np.sqrt(some)) / (1 - 0.5 ** np.sqrt(1 / some))
    return np.where(ratio == 0, 0.0, found)


def _possible(share: Floats, shift: Floats) -> Any:
    """The drop-outs' own share stays between none and all, but for what the machine rounds off."""
    return (share + shift >= -1e-12) & (share + shift <= 1 + 1e-12)


def _part(numbers: Floats) -> Floats:
    if ((numbers < 0) | (numbers > 1)).any():
        raise EstimateError("Een aandeel ligt tussen 0 en 1. Geef het als deel van 1, niet als percentage.")
    return numbers
