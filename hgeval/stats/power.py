"""What this many families could show: half width, power, sample size and smallest detectable difference.

Arrays in, arrays out: shares between 0 and 1, numbers of families, and the design effect of their clusters (`design`).
Normal approximations of the power of a test of two shares (Fleiss 1981).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats, Limits


def half_width(n: Any, p: Any, *, deff: Any = 1.0, level: Any = 0.95) -> Floats:
    """Half the width of the Wilson interval around share p among n families; missing for none. Raises EstimateError.

    Wilson 1927. Hand-worked in tests/test_stats_power.py.
    """
    share, size = _share(p), _effective(n, deff)
    arrays.two_sided(level)
    share, size = np.broadcast_arrays(share, size)
    low, high = rates.wilson(share * size, size, level)
    return np.asarray((high - low) / 2)


def detectable_difference(n: Any, p0: Any, *, deff: Any = 1.0, power: Any = 0.8, level: Any = 0.95) -> Floats:
    """Smallest true difference from a fixed share p0 that n families show, by the variance at p0 (Bloom 1995)."""
    share, size = _share(p0), _effective(n, deff)
    return np.asarray((arrays.two_sided(level) + _quantile(power)) * np.sqrt(share * (1 - share) / size))


def power_fixed(n: Any, p0: Any, p1: Any, *, deff: Any = 1.0, level: Any = 0.95) -> Floats:
    """Chance that n families with true share p1 show a difference from the fixed share p0 (Fleiss 1981, sec. 1.4)."""
    null, true, size = _share(p0), _share(p1), _effective(n, deff)
    reach = np.abs(true - null) - arrays.two_sided(level) * np.sqrt(null * (1 - null) / size)
    return np.asarray(special.ndtr(arrays.divide(reach, np.sqrt(true * (1 - true) / size))))


def detectable_fixed(n: Any, p0: Any, *, deff: Any = 1.0, power: Any = 0.8, level: Any = 0.95) -> Limits:
    """Nearest true shares below and above a fixed share p0 that n families show with this power; missing for none."""
    null, size, wanted = np.broadcast_arrays(_share(p0), _effective(n, deff), _chance(power))

    def shown(p1: Floats) -> Floats:
        return power_fixed(size, null, p1, level=level)

    return _ends(shown, null, wanted)


def power_between(p1: Any, p2: Any, n: Any, n2: Any = None, *, deff: Any = 1.0, level: Any = 0.95) -> Floats:
    """Chance that two groups show their difference: pooled variance without one, own variances with (Fleiss 1981).

    n: families of the first group, n2 those of the second, as many where not given. Not Cohen's h. Raises
    EstimateError. Reference case power_mde.
    """
    gap, null, own = _two_groups(p1, p2, n, n2, deff)
    return np.asarray(special.ndtr(arrays.divide(gap - arrays.two_sided(level) * null, own)))


def power_between_strict(p1: Any, p2: Any, n: Any, n2: Any = None, *, deff: Any = 1.0, level: Any = 0.95) -> Floats:
    """As `power_between`, and the chance of a difference the wrong way round on top. Reference case power_mde."""
    gap, null, own = _two_groups(p1, p2, n, n2, deff)
    reach = arrays.two_sided(level) * null
    return np.asarray(special.ndtr(arrays.divide(gap - reach, own)) + special.ndtr(-arrays.divide(gap + reach, own)))


def se_between(p1: Any, p2: Any, n: Any, n2: Any = None, *, deff: Any = 1.0) -> Floats:
    """Standard error of the difference of two shares. Reference case power_mde."""
    return _two_groups(p1, p2, n, n2, deff)[2]


def size_between(p1: Any, p2: Any, *, deff: Any = 1.0, power: Any = 0.8, level: Any = 0.95) -> Floats:
    """Families a group for this power, not rounded; missing where the shares are one. Reference case power_mde."""
    gap, null, own = _two_groups(p1, p2, 1.0, None, 1.0)
    needed = (arrays.two_sided(level) * null + _quantile(power) * own) / np.where(gap > 0, gap, np.nan)
    return np.asarray(needed**2 * np.maximum(arrays.floats(deff), 1.0))


def detectable_between(
    p1: Any, n: Any, n2: Any = None, *, deff: Any = 1.0, power: Any = 0.8, level: Any = 0.95
) -> Limits:
    """Nearest shares below and above p1 of a second group that show with this power; missing where none would.

    Raises EstimateError. Reference case power_mde.
    """
    own, size = _share(p1), _effective(n, deff)
    other = size if n2 is None else _effective(n2, deff)
    own, size, other, wanted = np.broadcast_arrays(own, size, other, _chance(power))

    def shown(p2: Floats) -> Floats:
        return power_between(own, p2, size, other, level=level)

    return _ends(shown, own, wanted)


def planned(
    rows: pd.DataFrame, *, n: str = "n", share: str = "share", deff: str | None = None, power: float = 0.8,
    groups: Sequence[str] = (), level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """What each region's families could never show, as an estimate frame: half_width and detectable_difference.

    rows: one row a region and group, with its number of families, the share to compare with (the country's) and, where
    named, its design effect. Values in shares of 1, missing for no families. Raises EstimateError.
    """
    size, p = arrays.columns(rows, [n, share])
    effect = arrays.columns(rows, [deff])[0] if deff else 1.0
    found = [
        ("half_width", "wilson" if deff is None else "wilson_deff", half_width(size, p, deff=effect, level=level)),
        ("detectable_difference", "bloom", detectable_difference(size, p, deff=effect, power=power, level=level)),
    ]
    parts = [arrays.named(rows, groups, measure=each, method=how, value=value, n=size) for each, how, value in found]
    return estimate.frame(pd.concat(parts, ignore_index=True).assign(level=level), groups)


def _two_groups(p1: Any, p2: Any, n: Any, n2: Any, deff: Any) -> tuple[Floats, Floats, Floats]:
    """Distance of the shares, its standard error if they were one, and its standard error as they are."""
    one, other, size = _share(p1), _share(p2), _effective(n, deff)
    second = size if n2 is None else _effective(n2, deff)
    both = (one * size + other * second) / (size + second)
    null = np.sqrt(both * (1 - both) * (1 / size + 1 / second))
    own = np.sqrt(one * (1 - one) / size + other * (1 - other) / second)
    return np.abs(one - other), null, own


def _ends(shown: Any, middle: Floats, wanted: Floats) -> Limits:
    none, every = np.zeros_like(middle), np.ones_like(middle)
    low = arrays.crossing(lambda p: wanted - shown(p), none, middle)
    high = arrays.crossing(lambda p: shown(p) - wanted, middle, every)
    return np.where(shown(none) >= wanted, low, np.nan), np.where(shown(every) >= wanted, high, np.nan)


def _effective(n: Any, deff: Any) -> Floats:
    """Families that are strangers and say as much; a design effect under 1 counts as 1."""
    size = arrays.counts(n) / np.maximum(arrays.floats(deff), 1.0)
    return np.where(size > 0, size, np.nan)


def _share(p: Any) -> Floats:
    found = arrays.floats(p)
    if ((found < 0) | (found > 1)).any():
        raise EstimateError("Een aandeel ligt tussen 0 en 1. Geef het als deel van 1, niet als percentage.")
    return found


def _chance(power: Any) -> Floats:
    found = arrays.floats(power)
    if ((found <= 0) | (found >= 1)).any():
        raise EstimateError("Een onderscheidingsvermogen ligt tussen 0 en 1, zoals 0,8. Geef power als deel van 1.")
    return found


def _quantile(power: Any) -> Floats:
    return np.asarray(special.ndtri(_chance(power)))
