"""The same families twice or more, yes or no or in classes: did the share change, by how much, between which waves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats, Limits

Four = tuple[Floats, Floats, Floats, Floats]
CELLS = ("a", "b", "c", "d")  # yes then yes, yes then no, no then yes, no then no


def tango(a: Any, b: Any, c: Any, d: Any, level: Any = 0.95) -> Limits:
    """Score interval of the first share minus the second (Tango 1998). Reference case mcnemar."""
    cells = _cells(a, b, c, d)
    z, n = arrays.two_sided(level), sum(cells)
    found = (cells[1] - cells[2]) / n
    low = arrays.crossing(lambda delta: z - _score(delta, *cells), -1 + 0 * found, found)
    high = arrays.crossing(lambda delta: -z - _score(delta, *cells), found, 1 + 0 * found)
    return low, high


def newcombe(a: Any, b: Any, c: Any, d: Any, level: Any = 0.95) -> Limits:
    """Interval of the first share minus the second from two Wilson intervals (Newcombe 1998c, method 10).

    Reference case mcnemar.
    """
    a, b, c, d = _cells(a, b, c, d)
    n = a + b + c + d
    arrays.two_sided(level)
    p, q = (a + b) / n, (a + c) / n
    (low1, high1), (low2, high2) = rates.wilson(a + b, n, level), rates.wilson(a + c, n, level)
    alike, half = a * d - b * c, n / 2
    alike = np.where(alike > half, alike - half, np.minimum(alike, 0.0))
    phi = arrays.divide(alike, np.sqrt((a + b) * (c + d) * (a + c) * (b + d)))
    phi = np.where(np.isfinite(phi), phi, 0.0)  # all or none in a wave: no correlation is known
    below, above = (_joined(*pair, phi) for pair in ((p - low1, high2 - q), (high1 - p, q - low2)))
    return p - q - below, p - q + above


def wald(a: Any, b: Any, c: Any, d: Any, level: Any = 0.95) -> Limits:
    """The simple interval of the paired difference, for showing that it falls short. Reference case mcnemar."""
    cells = _cells(a, b, c, d)
    found, half = (cells[1] - cells[2]) / sum(cells), arrays.two_sided(level) * _standard_error(*cells)
    return found - half, found + half


DIFFERENCES: dict[str, Callable[..., Limits]] = {"tango": tango, "newcombe_paired": newcombe, "wald": wald}


def counted(
    rows: pd.DataFrame, *, first: str, second: str, by: Sequence[str] = ("region",)
) -> pd.DataFrame:
    """Pairs counted per region (and group): columns by, a (yes, yes), b (yes, no), c (no, yes) and d (no, no).

    rows: one row a family, first and second boolean; a pair with one missing is left out, which is attrition: see the
    estimators of that. Raises EstimateError for a lacking column.
    """
    estimate.need(rows, [first, second, *by])
    whole = rows[rows[first].notna() & rows[second].notna()]
    yes, then = (whole[name].astype("bool") for name in (first, second))
    flags = {"a": yes & then, "b": yes & ~then, "c": ~yes & then, "d": ~yes & ~then}
    ones = whole[list(by)].assign(**{name: flag.astype("int64") for name, flag in flags.items()})
    if not by:
        return ones.sum().to_frame().T
    return ones.groupby(list(by), observed=True)[list(CELLS)].sum().reset_index()


def difference(
    rows: pd.DataFrame, *, cells: Sequence[str] = CELLS, method: str = "tango", measure: str = "difference",
    groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """First share minus second of the same families, with its interval by one of `DIFFERENCES` (shares of 1).

    rows: one row a region and group, the four counts of `counted`. n is the number of pairs, events those of which the
    answer changed. Tango 1998; Newcombe 1998. Raises EstimateError for an unknown method or a negative count.
    Reference case mcnemar.
    """
    if method not in DIFFERENCES:
        raise EstimateError(f"Deze methode is er niet voor paren. Bekend zijn: {', '.join(DIFFERENCES)}.")
    pairs = _given(rows, cells)
    low, high = DIFFERENCES[method](*pairs, level)
    value = (pairs[1] - pairs[2]) / sum(_cells(*pairs))
    return _frame(rows, groups, pairs, measure=measure, method=method, level=level, value=value, low=low, high=high,
                  se=_standard_error(*_cells(*pairs)))  # fmt: skip


def odds_ratio(
    rows: pd.DataFrame, *, cells: Sequence[str] = CELLS, measure: str = "odds_ratio", groups: Sequence[str] = (),
    level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Conditional odds ratio b / c of the pairs that changed, with exact limits (Breslow & Day 1980, sec. 5.2).

    rows as in `difference`; missing where nothing changed, without an upper end where c = 0. Reference case mcnemar.
    """
    pairs = _given(rows, cells)
    _, b, c, _ = _cells(*pairs)
    tail, changed = special.ndtr(-arrays.two_sided(level)), np.where(b + c > 0, b + c, np.nan)
    low = np.where(b == 0, 0.0 * changed, special.betaincinv(np.where(b == 0, 1, b), changed - b + 1, tail))
    high = np.where(c == 0, 1 + 0.0 * changed, special.betainccinv(b + 1, np.where(c == 0, 1, c), tail))
    return _frame(rows, groups, pairs, measure=measure, method="conditional_exact", level=level,
                  value=arrays.divide(b, c), low=arrays.divide(low, 1 - low), high=arrays.divide(high, 1 - high),
                  p=_chances(b, c)[0])  # fmt: skip


def tests(
    rows: pd.DataFrame, *, cells: Sequence[str] = CELLS, measure: str = "same_share", groups: Sequence[str] = ()
) -> pd.DataFrame:
    """Tests that the two shares are one (McNemar 1947): exact, mid-p (Fagerland 2013), chi-square, and that with cc.

    rows as in `difference`. Where nothing changed the exact p is 1 and chi-square is missing. Report the difference
    and its interval too. Raises EstimateError. Reference case mcnemar.
    """
    pairs = _given(rows, cells)
    _, b, c, _ = _cells(*pairs)
    p_exact, p_mid = _chances(b, c)
    found = [
        _frame(rows, groups, pairs, measure=measure, method="mcnemar_exact", p=p_exact),
        _frame(rows, groups, pairs, measure=measure, method="mcnemar_midp", p=p_mid),
    ]
    for method, gap in (("mcnemar_chi2", np.abs(b - c)), ("mcnemar_chi2_cc", np.maximum(np.abs(b - c) - 1, 0))):
        statistic = arrays.divide(gap**2, b + c)
        found.append(_frame(rows, groups, pairs, measure=measure, method=method, statistic=statistic, df=1,
                            p=special.chdtrc(1, statistic)))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def cochran_q(
    rows: pd.DataFrame, *, waves: Sequence[str], level: float = 0.95
) -> pd.DataFrame:
    """Do three or more waves have one share (Cochran 1950), and which two differ: exact McNemar with Holm (1979).

    rows: one row a family, a boolean column a wave; a family that misses a wave is left out. Group columns: `pair`
    (missing for the test over all) and `family`, the number of p-values adjusted together. Measures: same_share with
    Cochran's Q (missing where no family changed) and per pair the difference (first minus second, Tango), the exact p
    and the p adjusted. Raises EstimateError. Reference case cochran_q.
    """
    flags = estimate.complete(rows, waves)
    if len(waves) < 2 or not flags.isin([0, 1]).all(axis=None):
        raise EstimateError("Cochrans toets vraagt twee of meer metingen met ja of nee. Geef die kolommen.")
    told = [_q(flags) | {"pair": pd.NA, "family": 1}]
    pairs = list(combinations(waves, 2))
    tables = pd.concat([counted(flags, first=one, second=other, by=()) for one, other in pairs], ignore_index=True)
    keyed = tables.assign(pair=[f"{one} - {other}" for one, other in pairs], family=len(pairs))
    exact = tests(keyed, groups=["pair", "family"]).iloc[: len(pairs)]
    holm = exact.assign(method="mcnemar_exact_holm", p=_holm(exact["p"]))
    parts = [difference(keyed, groups=["pair", "family"], level=level), exact, holm]
    return pd.concat([estimate.frame(told, ["pair", "family"]), *parts], ignore_index=True)


def homogeneity(
    rows: pd.DataFrame, *, first: str, second: str, count: str | None = None, measure: str = "same_shares"
) -> pd.DataFrame:
    """Did the classes keep their shares: Stuart (1955) and Maxwell (1970), Bhapkar (1966); and symmetry (Bowker 1948).

    rows: one row a family, or a pair of classes with its `count`; a pair with one missing is left out. A class that
    nobody is in, either time, takes no part in the first two; Bowker's test is missing where two classes were never
    exchanged. Missing too where there is nothing to test. Raises EstimateError. Reference case marginal_homogeneity.
    """
    table = _square(rows, first, second, count)
    used = (table.sum(axis=0) + table.sum(axis=1)) > 0
    kept, n = table[np.ix_(used, used)], table.sum()
    statistic, df = _stuart_maxwell(kept), int(used.sum()) - 1
    bhapkar = statistic / (1 - statistic / n) if statistic < n else np.nan
    bowker, pairs = _bowker(table)
    told = [("stuart_maxwell", statistic, df), ("bhapkar", bhapkar, df), ("bowker", bowker, pairs)]
    return estimate.frame([
        {"measure": "symmetry" if method == "bowker" else measure, "method": method, "n": n,
         "statistic": value, "df": max(free, 0), "p": special.chdtrc(max(free, 1), value)}
        for method, value, free in told
    ])  # fmt: skip


def _given(rows: pd.DataFrame, names: Sequence[str]) -> Four:
    a, b, c, d = (arrays.counts(each) for each in arrays.columns(rows, names))
    return a, b, c, d


def _cells(a: Any, b: Any, c: Any, d: Any) -> Four:
    """The four counts, missing where one is or where there are no pairs."""
    parts = [arrays.counts(each) for each in (a, b, c, d)]
    total = sum(parts)
    a, b, c, d = (np.where(total > 0, each, np.nan) for each in parts)
    return a, b, c, d


def _standard_error(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    n = a + b + c + d
    return np.sqrt(np.maximum(b + c - (b - c) ** 2 / n, 0)) / n


def _score(delta: Floats, a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """How far the difference found lies from delta, in standard errors under that delta."""
    n = a + b + c + d
    gap = b - c - n * delta
    half = (2 * n - b + c) * delta - b - c
    changed = (np.sqrt(np.maximum(half**2 + 8 * n * c * delta * (1 - delta), 0)) - half) / (4 * n)
    variance = np.maximum(n * (2 * changed + delta * (1 - delta)), 0)
    return np.where(gap == 0, 0.0, arrays.divide(gap, np.sqrt(variance)))


def _joined(one: Floats, other: Floats, phi: Floats) -> Floats:
    return np.sqrt(np.maximum(one**2 - 2 * phi * one * other + other**2, 0))


def _chances(b: Floats, c: Floats) -> tuple[Floats, Floats]:
    """Exact and mid-p chance, two-sided, of so uneven a split of the pairs that changed."""
    fewest, changed = np.minimum(b, c), b + c
    some = changed > 0
    size = np.where(some, changed, 1.0)
    upto = special.betainc(np.where(some, size - fewest, 1.0), np.where(some, fewest, 0.0) + 1, 0.5)
    itself = np.exp(special.gammaln(size + 1) - special.gammaln(fewest + 1) - special.gammaln(size - fewest + 1))
    itself = itself * 0.5**size
    known = np.isfinite(changed)
    exact = np.where(b == c, 1.0, np.minimum(2 * upto, 1.0))
    mid = np.where(b == c, 1.0, np.minimum(2 * upto - itself, 1.0))
    return np.where(known, exact, np.nan), np.where(known, mid, np.nan)


def _q(flags: pd.DataFrame) -> dict[str, Any]:
    numbers = flags.to_numpy()
    waves, per_wave, per_family = numbers.shape[1], numbers.sum(axis=0), numbers.sum(axis=1)
    top = (waves - 1) * (waves * (per_wave**2).sum() - per_wave.sum() ** 2)
    statistic = arrays.divide(top, waves * per_family.sum() - (per_family**2).sum())
    chance = special.chdtrc(waves - 1, statistic)
    return {"measure": "same_share", "method": "cochran_q", "n": len(flags), "statistic": statistic, "df": waves - 1,
            "p": chance}  # fmt: skip


def _holm(chances: pd.Series) -> Floats:
    from statsmodels.stats.multitest import multipletests

    found = arrays.floats(chances)
    return np.asarray(multipletests(found, method="holm")[1]) if np.isfinite(found).all() else np.nan * found


def _square(rows: pd.DataFrame, first: str, second: str, count: str | None) -> Floats:
    estimate.need(rows, [first, second, *([count] if count else [])])
    whole = rows[rows[first].notna() & rows[second].notna()]
    known = list(rows[first].cat.categories) if isinstance(rows[first].dtype, pd.CategoricalDtype) else []
    classes = known + sorted((set(whole[first]) | set(whole[second])) - set(known))
    weight = arrays.counts(whole[count]) if count else np.ones(len(whole))
    table = np.zeros((len(classes), len(classes)))
    place = pd.Index(classes)
    np.add.at(table, (place.get_indexer(whole[first]), place.get_indexer(whole[second])), weight)
    return table


def _stuart_maxwell(table: Floats) -> float:
    if len(table) < 2:
        return np.nan
    from statsmodels.stats.contingency_tables import SquareTable

    spread = np.diag(table.sum(axis=1) + table.sum(axis=0)) - table - table.T
    if np.linalg.matrix_rank(spread[:-1, :-1]) < len(table) - 1:
        return np.nan
    return float(SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell").statistic)


def _bowker(table: Floats) -> tuple[float, int]:
    row, column = np.triu_indices(len(table), 1)
    there, back = table[row, column], table[column, row]
    known = len(row) > 0 and bool((there + back > 0).all())
    return float(((there - back) ** 2 / (there + back)).sum()) if known else np.nan, len(row)


def _frame(rows: pd.DataFrame, groups: Sequence[str], pairs: Four, **cells: Any) -> pd.DataFrame:
    told = arrays.named(rows, groups, n=sum(pairs), events=pairs[1] + pairs[2], **cells)
    return estimate.frame(told, groups)
