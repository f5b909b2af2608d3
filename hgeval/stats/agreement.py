"""Agreement: of raters on an order (Kendall), and of coders on classes (kappa, AC1, Krippendorff)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = NDArray[np.float64]

METRICS = ("nominal", "ordinal", "interval")


def kendall_w(rows: pd.DataFrame, *, items: Sequence[str]) -> pd.DataFrame:
    """Do the raters put the items in the same order? Kendall's W, tie-corrected, and Friedman's test.

    rows: one a rater, `items` the scores (any ordinal unit); a rater with a missing score is left out. Measures: w by
    kendall_ties (statistic Friedman's chi-square, its df and p) and by kendall (uncorrected); f (p of the better
    approximation, with `f_df2`), spearman (mean over pairs of raters) and `mean_rank` per `item` (1 is the lowest).
    Undefined where no rater tells items apart, and for fewer than two items; tests and spearman for fewer than two
    raters. Kendall and Babington Smith 1939; tests/reference/kendall_w.csv.
    """
    scores = estimate.complete(rows, items)
    raters, count = scores.shape
    ranks = scores.rank(axis=1).to_numpy()
    mean = ranks.mean(axis=0) if raters else np.full(count, np.nan)
    apart = float(((ranks.sum(axis=0) - raters * (count + 1) / 2) ** 2).sum())
    most = raters**2 * (count**3 - count)
    tied = most - raters * float(sum(_ties(row) for row in ranks))
    w, plain = _ratio(12 * apart, tied), _ratio(12 * apart, most)
    several = raters > 1 and not np.isnan(w)
    chi2 = raters * (count - 1) * w if several else np.nan
    df1 = count - 1 - 2 / raters if several else np.nan
    f = _ratio((raters - 1) * w, 1 - w) if several and w < 1 - 1e-12 else np.nan
    found = [
        {"measure": "w", "method": "kendall_ties", "value": w, "statistic": chi2, "df": count - 1,
         "p": float(special.chdtrc(count - 1, chi2)) if several else np.nan},
        {"measure": "w", "method": "kendall", "value": plain},
        {"measure": "f", "method": "kendall_ties", "value": f, "statistic": f, "df": df1,
         "p": _f_chance(w, f, df1, raters)},
        {"measure": "f_df2", "method": "kendall_ties", "value": (raters - 1) * df1},
        {"measure": "spearman", "method": "mean_of_pairs", "value": _mean_correlation(ranks)},
        *({"measure": "mean_rank", "method": "mean", "item": name, "value": each}
          for name, each in zip(items, mean, strict=True)),
    ]
    return estimate.frame([{"item": None, "n": raters, **each} for each in found], ["item"])


def kappa(
    rows: pd.DataFrame, *, first: str, second: str, classes: Sequence[Any], count: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Two coders, the same units: agreement beyond chance. `classes` in their order (for the weighted kappas).

    rows: one a unit, or one a pair of classes with its number in `count`; a unit that a coder left open does not
    count. Measures: agreement (plain share), kappa (methods cohen, cohen_linear, cohen_quadratic), scott_pi, gwet_ac1;
    standard errors and normal limits of the three kappas by Fleiss, Cohen and Everitt 1969. Undefined where chance
    alone would agree wholly. Raises EstimateError for a class that is not in `classes`. Cohen 1960, 1968; Scott 1955;
    Gwet 2008. tests/reference/kappa.csv.
    """
    estimate.need(rows, [first, second, *([count] if count else [])])
    table = _crossed(rows, first, second, classes, count)
    n = table.sum()
    share = table / n if n else table * np.nan
    here, there = share.sum(axis=1), share.sum(axis=0)
    size = len(classes)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    both, agreed = (here + there) / 2, float(np.trace(share))
    gwet = float((both * (1 - both)).sum() / (size - 1)) if size > 1 else np.nan
    found: list[dict[str, Any]] = [{"measure": "agreement", "method": "share", "value": agreed}]
    for method, credit in (("cohen", np.eye(size)), ("cohen_linear", 1 - apart), ("cohen_quadratic", 1 - apart**2)):
        value, se = _weighted(share, here, there, credit, float(n))
        half = float(special.ndtri((1 + level) / 2)) * se
        found.append({"measure": "kappa", "method": method, "value": value, "se": se, "low": value - half,
                      "high": value + half, "level": level})
    found += [
        {"measure": "scott_pi", "method": "scott", "value": _beyond(agreed, float((both**2).sum()))},
        {"measure": "gwet_ac1", "method": "gwet", "value": _beyond(agreed, gwet)},
    ]
    return estimate.frame([{"n": int(n), **each} for each in found])


def fleiss_kappa(rows: pd.DataFrame, *, classes: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Many coders: rows are units, `classes` the columns with how many coders chose each; as many coders a unit.

    Measures agreement (mean over units) and kappa, its standard error and z under no agreement (Fleiss, Nee and
    Landis 1979), without limits, since that error holds only there. Undefined for one coder, or where all chose one
    class. Raises EstimateError where units have different numbers of coders. Fleiss 1971;
    tests/reference/fleiss_kappa.csv (printed: .210).
    """
    counts = estimate.complete(rows, classes).to_numpy()
    coders = counts.sum(axis=1)
    if len(coders) and (coders != coders[0]).any():
        raise EstimateError("Fleiss' kappa vraagt bij elke eenheid evenveel beoordelaars. Gebruik anders Krippendorff.")
    units, each = len(counts), float(coders[0]) if len(coders) else 0.0
    if units == 0 or each < 2:
        return estimate.frame([{"measure": name, "method": "fleiss", "n": units} for name in ("agreement", "kappa")])
    share = counts.sum(axis=0) / (units * each)
    agreed = float((((counts**2).sum(axis=1) - each) / (each * (each - 1))).mean())
    value, spread = _beyond(agreed, float((share**2).sum())), float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    se = float(np.sqrt(2 * (spread**2 - skew) / (units * each * (each - 1)))) / spread if spread > 0 else np.nan
    z = value / se if se > 0 else np.nan
    return estimate.frame([
        {"measure": "agreement", "method": "fleiss", "n": units, "value": agreed},
        {"measure": "kappa", "method": "fleiss", "n": units, "value": value, "se": se, "statistic": z,
         "p": 2 * float(special.ndtr(-abs(z)))},
    ])


def krippendorff_alpha(rows: pd.DataFrame, *, coders: Sequence[str], metric: str = "nominal") -> pd.DataFrame:
    """Any number of coders, gaps allowed: alpha = 1 - observed over expected disagreement.

    rows: one a unit, `coders` the columns with what each made of it (missing where he did not); numbers for metric
    ordinal and interval. n: units that two or more coded. Undefined where all values are one. Raises EstimateError
    for an unknown metric. Krippendorff 2011 (printed, four coders and twelve units: nominal .743, ordinal .815,
    interval .849); hand-worked in tests/test_stats_agreement.py.
    """
    estimate.need(rows, coders)
    if metric not in METRICS:
        raise EstimateError(f"Onbekende maat. Bekend zijn: {', '.join(METRICS)}. Kies een van deze.")
    told = rows[list(coders)]
    values = sorted({each for name in coders for each in told[name].dropna()})
    code = pd.Index(values)
    chosen = np.zeros((len(told), len(values)))
    for name in coders:
        at = code.get_indexer(pd.Index(told[name]))
        np.add.at(chosen, (np.flatnonzero(at >= 0), at[at >= 0]), 1)
    paired = chosen[chosen.sum(axis=1) > 1]
    within = (paired / (paired.sum(axis=1, keepdims=True) - 1)).T @ paired
    within -= np.diag((paired / (paired.sum(axis=1, keepdims=True) - 1)).sum(axis=0))
    total = within.sum(axis=0)
    apart = _distances(total, np.array(values), metric)
    expected = float((np.outer(total, total) * apart).sum())
    value = 1 - (total.sum() - 1) * float((within * apart).sum()) / expected if expected > 0 else np.nan
    return estimate.frame([
        {"measure": "alpha", "method": f"krippendorff_{metric}", "n": len(paired), "value": value}
    ])


def _distances(total: Floats, values: NDArray[Any], metric: str) -> Floats:
    """Squared difference of every two values; ordinal: how many codings lie between them, half of their own in."""
    if metric == "nominal":
        return 1 - np.eye(len(total))
    place = values.astype(np.float64) if metric == "interval" else np.cumsum(total) - total / 2
    return np.asarray(np.subtract.outer(place, place) ** 2)


def _crossed(rows: pd.DataFrame, first: str, second: str, classes: Sequence[Any], count: str | None) -> Floats:
    kept = rows[rows[first].notna() & rows[second].notna()]
    index = pd.Index(list(classes))
    codes = [index.get_indexer(pd.Index(kept[name])) for name in (first, second)]
    if any((code < 0).any() for code in codes):
        raise EstimateError(
            "Een beoordeling is geen van de opgegeven klassen. Geef in classes alle klassen, op volgorde."
        )
    numbers = kept[count].to_numpy(dtype="float64", na_value=0.0) if count else np.ones(len(kept))
    table = np.zeros((len(index), len(index)))
    np.add.at(table, tuple(codes), numbers)
    return table


def _weighted(share: Floats, here: Floats, there: Floats, credit: Floats, n: float) -> tuple[float, float]:
    """Kappa with credit for each pair of classes, and its standard error (Fleiss, Cohen and Everitt 1969)."""
    agreed, chance = float((credit * share).sum()), float((credit * np.outer(here, there)).sum())
    value = _beyond(agreed, chance)
    if np.isnan(value):
        return np.nan, np.nan
    average = np.add.outer(credit @ there, here @ credit)
    spread = (share * (credit * (1 - chance) - average * (1 - agreed)) ** 2).sum()
    variance = (spread - (agreed * chance - 2 * chance + agreed) ** 2) / (n * (1 - chance) ** 4)
    return value, float(np.sqrt(max(variance, 0.0)))


def _beyond(agreed: float, chance: float) -> float:
    return (agreed - chance) / (1 - chance) if chance < 1 - 1e-12 else np.nan


def _f_chance(w: float, f: float, df: float, raters: int) -> float:
    """Where all raters agree there is no rest to compare with: F has no end, and its chance goes to 0."""
    if not df > 0:
        return np.nan
    return 0.0 if np.isnan(f) and not np.isnan(w) else float(special.fdtrc(df, (raters - 1) * df, f))


def _ties(ranks: Floats) -> float:
    counts = np.unique(ranks, return_counts=True)[1].astype(np.float64)
    return float((counts**3 - counts).sum())


def _mean_correlation(ranks: Floats) -> float:
    """Over all pairs of raters; undefined where a rater gave everything the same place."""
    apart = ranks - ranks.mean(axis=1, keepdims=True) if len(ranks) else ranks
    length = np.sqrt((apart**2).sum(axis=1))
    if len(ranks) < 2 or (length == 0).any():
        return np.nan
    unit = apart / length[:, None]
    return float((((unit.sum(axis=0)) ** 2).sum() - len(ranks)) / (len(ranks) * (len(ranks) - 1)))


def _ratio(above: float, under: float) -> float:
    return above / under if under > 0 else np.nan
