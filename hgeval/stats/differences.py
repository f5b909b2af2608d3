"""Two shares, or several, of independent groups: difference, ratio, odds ratio, and tests that they are one share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats, Limits

Four = tuple[Floats, Floats, Floats, Floats]

_FAR = 60.0  # limits of a ratio are sought between exp(-60) and exp(60)


def newcombe(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Hybrid score interval of p1 - p2 (Newcombe 1998, method 10). Reference case prop_diff."""
    (a, m, b, n), _ = _counts(x1, n1, x2, n2, level)
    (low1, high1), (low2, high2) = rates.wilson(a, m, level), rates.wilson(b, n, level)
    p, q = a / m, b / n
    return p - q - np.hypot(p - low1, high2 - q), p - q + np.hypot(high1 - p, q - low2)


def miettinen_nurminen(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Score interval of p1 - p2 with the factor N / (N - 1) (Miettinen & Nurminen 1985). Reference case prop_diff."""
    counts, z = _counts(x1, n1, x2, n2, level)
    total = counts[1] + counts[3]
    return _difference_limits(counts, z / np.sqrt(1 - 1 / total))


def mee(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Score interval of p1 - p2 without that factor (Mee 1984). Reference case prop_diff."""
    return _difference_limits(*_counts(x1, n1, x2, n2, level))


def wald(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """The simple interval of p1 - p2, for showing that it falls short. Reference case prop_diff."""
    (a, m, b, n), z = _counts(x1, n1, x2, n2, level)
    half = z * _standard_error(a, m, b, n)
    return a / m - b / n - half, a / m - b / n + half


def koopman(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Score interval of p1 / p2; without an upper end where x2 = 0 (Koopman 1984). Reference case prop_diff."""
    counts, z = _counts(x1, n1, x2, n2, level)
    a, m, b, n = counts
    with np.errstate(divide="ignore"):
        top, bottom = np.log(a / m), np.log(b / n)
    middle = np.where(a == 0, -_FAR, np.where(b == 0, _FAR, np.where((a > 0) & (b > 0), 0.0, np.nan)))
    both = (a > 0) & (b > 0)
    middle = np.where(both, np.where(both, top, 0.0) - np.where(both, bottom, 0.0), middle)
    low = arrays.crossing(lambda t: z - _ratio_score(t, *counts), -_FAR + 0 * middle, middle)
    high = arrays.crossing(lambda t: -z - _ratio_score(t, *counts), middle, _FAR + 0 * middle)
    return np.where(a == 0, 0.0, np.exp(low)), np.where(b == 0, np.inf, np.exp(high))


def katz(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Interval of p1 / p2 by its logarithm (Katz et al. 1978); missing where a group has none. Case prop_diff."""
    (a, m, b, n), z = _counts(x1, n1, x2, n2, level)
    a, b = (np.where(each > 0, each, np.nan) for each in (a, b))
    half = z * np.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
    ratio = np.where(np.isnan(a + b), np.nan, arrays.divide(a * n, b * m))
    return ratio * np.exp(-half), ratio * np.exp(half)


def woolf(x1: Any, n1: Any, x2: Any, n2: Any, level: Any = 0.95) -> Limits:
    """Interval of the odds ratio by its logarithm (Woolf 1955); missing where a cell is empty. Case prop_diff."""
    (a, m, b, n), z = _counts(x1, n1, x2, n2, level)
    cells = [np.where(each > 0, each, np.nan) for each in (a, m - a, b, n - b)]
    half = z * np.sqrt(sum(1 / each for each in cells))
    ratio = cells[0] * cells[3] / (cells[1] * cells[2])
    return ratio * np.exp(-half), ratio * np.exp(half)


Interval = Callable[..., Limits]
DIFFERENCES: dict[str, Interval] = {
    "newcombe": newcombe, "miettinen_nurminen": miettinen_nurminen, "mee": mee, "wald": wald,
}  # fmt: skip
RATIOS: dict[str, Interval] = {"koopman": koopman, "katz": katz}


def difference(
    rows: pd.DataFrame, *, x1: str = "x1", n1: str = "n1", x2: str = "x2", n2: str = "n2", method: str = "newcombe",
    measure: str = "difference", groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share of the first group minus that of the second, with its interval by one of `DIFFERENCES` (shares of 1).

    rows: one row a comparison, with the counts x1 of n1 and x2 of n2. n and events of the frame are those of both
    groups. Newcombe 1998; Miettinen & Nurminen 1985.
    Raises EstimateError for an unknown method, a lacking column, a part over its whole. Case prop_diff.
    """
    _known(method, DIFFERENCES)
    counts = _four(rows, [x1, n1, x2, n2])
    (a, m, b, n), _ = _counts(*counts, level)
    return _frame(
        rows, groups, counts, DIFFERENCES[method](*counts, level), measure=measure, method=method, level=level,
        value=a / m - b / n, se=_standard_error(a, m, b, n),
    )  # fmt: skip


def ratio(
    rows: pd.DataFrame, *, x1: str = "x1", n1: str = "n1", x2: str = "x2", n2: str = "n2", method: str = "koopman",
    measure: str = "risk_ratio", groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share of the first group over that of the second, with its interval by one of `RATIOS`.

    rows as in `difference`. Over a share of none the ratio and its upper end are missing. Koopman 1984.
    Raises EstimateError.
    Reference case prop_diff.
    """
    _known(method, RATIOS)
    counts = _four(rows, [x1, n1, x2, n2])
    (a, m, b, n), _ = _counts(*counts, level)
    limits = RATIOS[method](*counts, level)
    value = arrays.divide(a / m, b / n)
    return _frame(rows, groups, counts, limits, measure=measure, method=method, level=level, value=value)


def odds_ratio(
    rows: pd.DataFrame, *, x1: str = "x1", n1: str = "n1", x2: str = "x2", n2: str = "n2",
    measure: str = "odds_ratio", groups: Sequence[str] = (), level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Odds of the first group over those of the second, as method woolf and conditional_exact, with Fisher's p.

    conditional_exact is the conditional maximum likelihood estimate with exact limits (Cornfield 1956; Fisher 1935);
    missing where all or none of both groups have it. rows as in `difference`; whole counts. Raises EstimateError.
    Reference case prop_diff.
    """
    counts = _four(rows, [x1, n1, x2, n2])
    (a, m, b, n), _ = _counts(*counts, level)
    exact = np.array([_conditional(*each, level) for each in zip(a, m, b, n, strict=True)]).reshape(-1, 4)
    value = arrays.divide(a * (n - b), (m - a) * b)
    return pd.concat([
        _frame(rows, groups, counts, woolf(*counts, level), measure=measure, method="woolf", level=level, value=value),
        _frame(rows, groups, counts, (exact[:, 1], exact[:, 2]), measure=measure, method="conditional_exact",
               level=level, value=exact[:, 0], p=exact[:, 3]),
    ], ignore_index=True)  # fmt: skip


def tests(
    rows: pd.DataFrame, *, x1: str = "x1", n1: str = "n1", x2: str = "x2", n2: str = "n2",
    measure: str = "same_share", groups: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Tests that two groups have one share: chi-square (Pearson 1900) without and with Yates' correction (1934).

    rows as in `difference`; missing where all or none of both groups have it. Raises EstimateError. Fisher's test
    stands beside the odds ratio. Reference case prop_diff; anchor mdve.
    """
    counts = _four(rows, [x1, n1, x2, n2])
    (a, m, b, n), _ = _counts(*counts, 0.95)
    total, gap = m + n, np.abs(a * (n - b) - (m - a) * b)
    scale = arrays.divide(total, m * n * (a + b) * (total - a - b))
    found = []
    for method, off in (("chi2", 0.0 * total), ("chi2_yates", np.minimum(total / 2, gap))):
        statistic = np.where(gap - off == 0, 0.0, (gap - off) ** 2) * np.where(np.isfinite(scale), scale, np.nan)
        found.append(_frame(
            rows, groups, counts, (np.nan * a, np.nan * a), measure=measure, method=method, statistic=statistic, df=1,
            p=special.chdtrc(1, statistic),
        ))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def several(rows: pd.DataFrame, *, events: str = "events", n: str = "n", score: str | None = None) -> pd.DataFrame:
    """Tests over the groups of the frame: one share for all (chi-square), and with a score also the trend.

    rows: one row a group, with counts and, for the trend of Cochran (1954) and Armitage (1955), its score. A group
    of nobody takes no part. One row a test, of the country; missing where all or none have it. Raises EstimateError.
    Reference case trend; anchor mdve.
    """
    found, whole = arrays.part(*arrays.columns(rows, [events, n]))
    seen = ~np.isnan(found)
    x, size = found[seen], whole[seen]
    total = size.sum()
    p = x.sum() / total if total else np.nan
    spread = p * (1 - p) if 0 < p < 1 else np.nan
    cells: dict[str, Any] = {"n": total, "events": x.sum(), "measure": "same_share"}
    statistic = ((x - size * p) ** 2 / size).sum() / spread
    told = [cells | {"method": "chi2", "statistic": statistic, "df": len(x) - 1}]
    if score is not None:
        place = arrays.columns(rows, [score])[0][seen]
        away = place - (size * place).sum() / total if total else place
        width = (size * away**2).sum()
        slope = ((x - size * p) * away).sum() ** 2 / (spread * width) if width > 0 else np.nan
        told.append(cells | {"measure": "trend", "method": "cochran_armitage", "statistic": slope, "df": 1})
    for each in told:
        each["statistic"] = each["statistic"] if each["df"] > 0 else np.nan
        each["p"] = special.chdtrc(max(each["df"], 1), each["statistic"])
    return estimate.frame(told)


def _four(rows: pd.DataFrame, names: Sequence[str]) -> Four:
    x1, n1, x2, n2 = arrays.columns(rows, names)
    return x1, n1, x2, n2


def _counts(x1: Any, n1: Any, x2: Any, n2: Any, level: Any) -> tuple[Four, Floats]:
    (a, m), (b, n) = arrays.part(x1, n1), arrays.part(x2, n2)
    unknown = np.isnan(a + b)
    z = arrays.two_sided(level)
    a, m, b, n = (np.where(unknown, np.nan, each) for each in (a, m, b, n))
    return (a, m, b, n), z


def _standard_error(a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    return np.sqrt(a * (m - a) / m**3 + b * (n - b) / n**3)


def _difference_limits(counts: Four, z: Floats) -> Limits:
    a, m, b, n = counts
    found = a / m - b / n
    low = arrays.crossing(lambda d: z - _difference_score(d, *counts), -1 + 0 * found, found)
    high = arrays.crossing(lambda d: -z - _difference_score(d, *counts), found, 1 + 0 * found)
    return low, high


def _difference_score(d: Floats, a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    """How far the difference found lies from d, in standard errors under p1 - p2 = d at their most likely values.

    Those values solve a cubic in p1, in the form of Farrington & Manning (1990).
    """
    weight, p, q = n / m, a / m, b / n
    c3, c2 = 1 + weight, -(1 + weight + p + weight * q + d * (weight + 2))
    c1, c0 = d**2 + d * (2 * p + weight + 1) + p + weight * q, -p * d * (1 + d)
    v = (c2 / (3 * c3)) ** 3 - c1 * c2 / (6 * c3**2) + c0 / (2 * c3)
    u = np.where(v < 0, -1.0, 1.0) * np.sqrt(np.maximum((c2 / (3 * c3)) ** 2 - c1 / (3 * c3), 0))
    cosine = np.clip(np.where(u == 0, 0.0, arrays.divide(v, np.where(u == 0, 1.0, u) ** 3)), -1, 1)
    first = 2 * u * np.cos((np.pi + np.arccos(cosine)) / 3) - c2 / (3 * c3)
    first = np.clip(first, np.maximum(d, 0), np.minimum(1 + d, 1))
    second = np.clip(first - d, 0, 1)
    return _standardised(p - q - d, first * (1 - first) / m + second * (1 - second) / n)


def _ratio_score(t: Floats, a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    """How far p1 - ratio x p2 lies from nothing, in standard errors under that ratio exp(t)."""
    ratio = np.exp(t)
    middle = ratio * (m + b) + a + n
    root = np.sqrt(np.maximum(middle**2 - 4 * ratio * (m + n) * (a + b), 0))
    first = np.clip(2 * ratio * (a + b) / (middle + root), 0, np.minimum(ratio, 1))
    second = np.clip(first / ratio, 0, 1)
    return _standardised(a / m - ratio * b / n, first * (1 - first) / m + ratio**2 * second * (1 - second) / n)


def _standardised(gap: Floats, variance: Floats) -> Floats:
    return np.where(gap == 0, 0.0, arrays.divide(gap, np.sqrt(np.maximum(variance, 0))))


def _conditional(a: float, m: float, b: float, n: float, level: float) -> tuple[float, float, float, float]:
    """Estimate, limits and Fisher's p of one table."""
    if np.isnan(a) or a + b in (0, m + n):
        return np.nan, np.nan, np.nan, np.nan
    table = np.array([[a, m - a], [b, n - b]]).astype("int64")
    found = stats.contingency.odds_ratio(table, kind="conditional")
    limits = found.confidence_interval(level)
    return found.statistic, limits.low, limits.high, float(stats.fisher_exact(table).pvalue)


def _known(method: str, methods: dict[str, Interval]) -> None:
    if method not in methods:
        raise EstimateError(f"Deze methode is er niet voor twee aandelen. Bekend zijn: {', '.join(methods)}.")


def _frame(
    rows: pd.DataFrame, groups: Sequence[str], counts: Four, limits: Limits, **cells: Any
) -> pd.DataFrame:
    x1, n1, x2, n2 = counts
    told = arrays.named(rows, groups, n=n1 + n2, events=x1 + x2, low=limits[0], high=limits[1], **cells)
    return estimate.frame(told, groups)
