"""Surveys with weights: stratified means and totals, raking to known margins, chi-square of clustered answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_MARGIN_ROUNDS = 10  # of taking off the means of both margins, as the reference does


class _Design:
    """Weights, strata, clusters and the part of each stratum that was asked."""

    def __init__(
        self, rows: pd.DataFrame, weight: str, stratum: str | None, population: str | None, cluster: str | None
    ) -> None:
        estimate.need(rows, [weight, *(each for each in (stratum, population, cluster) if each)])
        self.weight = arrays.floats(rows[weight])
        if not (self.weight >= 0).all():
            raise EstimateError("Elk gewicht is 0 of meer en ingevuld. Vul de gewichten aan of laat die rijen weg.")
        self.stratum = _codes(rows[stratum]) if stratum else np.zeros(len(rows), dtype=np.int64)
        own = _codes(rows[cluster]) if cluster else np.arange(len(rows))
        pairs, self.cluster = np.unique(np.column_stack([self.stratum, own]), axis=0, return_inverse=True)
        self.cluster_stratum = pairs[:, 0] if len(rows) else np.zeros(0, dtype=np.int64)
        self.clusters = np.bincount(self.cluster_stratum)
        self.left = self._not_asked(arrays.floats(rows[population]) if population else None)

    @property
    def df(self) -> int:
        return int(self.clusters.sum() - (self.clusters > 0).sum())

    def _not_asked(self, population: Floats | None) -> Floats:
        """Of each stratum, the part of its clusters that was not asked; 1 where its size is not known."""
        if population is None:
            return np.ones(len(self.clusters))
        size = np.full(len(self.clusters), np.nan)
        size[self.stratum] = population
        if np.isnan(population).any() or (population != size[self.stratum]).any() or (size < self.clusters).any():
            raise EstimateError(
                "Elk stratum heeft een bekende omvang, op elke rij dezelfde, en minstens zo groot als wat is gevraagd. "
                "Controleer die kolom."
            )
        return np.asarray(1 - self.clusters / size)

    def covariance(self, scores: Floats) -> Floats:
        """Covariance of the totals of the score columns. A lone cluster of a stratum not wholly asked: undefined."""
        sums = np.zeros((len(self.cluster_stratum), scores.shape[1]))
        np.add.at(sums, self.cluster, scores)
        count = self.clusters[:, None]
        total = np.zeros((len(self.clusters), scores.shape[1]))
        np.add.at(total, self.cluster_stratum, sums)
        apart = sums - (total / np.maximum(count, 1))[self.cluster_stratum]
        lone = (self.clusters == 1) & (self.left > 0)
        factor = np.where(lone, np.nan, self.left * self.clusters / np.maximum(self.clusters - 1, 1))
        return np.asarray((apart * factor[self.cluster_stratum, None]).T @ apart)


def stratified(
    rows: pd.DataFrame, *, value: str, weight: str, stratum: str | None = None, population: str | None = None,
    cluster: str | None = None, by: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Mean and total of a number, and of a yes or no also the share, with finite population correction.

    rows: one a respondent; `weight`: how many each stands for; `population`: the size of its stratum (in clusters,
    where there is `cluster`); `by`: domains, kept as a group beside the whole, which has a missing group. A missing
    value counts as outside the domain. Rows: mean and total (method linearised; limits by t with df), their n; for a
    boolean value mean with methods logit and beta (Korn and Graubard 1998) and `deff`. A stratum with one cluster
    that was not wholly asked: no standard error. Raises EstimateError for weights or sizes that cannot be.
    Cochran 1977 chapter 5; Lumley 2010; tests/reference/survey_fpc.csv.
    """
    estimate.need(rows, [value, *([by] if by else [])])
    design = _Design(rows, weight, stratum, population, cluster)
    y, yes_no = arrays.floats(rows[value]), pd.api.types.is_bool_dtype(rows[value].dtype)
    domains: list[tuple[Any, NDArray[np.bool_]]] = [(None, ~np.isnan(y))]
    if by:
        each = sorted(rows[by].dropna().unique())
        domains += [(name, ~np.isnan(y) & (rows[by] == name).to_numpy(dtype=bool, na_value=False)) for name in each]
    found = []
    for name, inside in domains:
        lines = _domain(design, np.where(inside, y, 0.0), inside, yes_no, level)
        found += [{**line, **({by: name} if by else {})} for line in lines]
    return estimate.frame(found, [by] if by else [])


def _domain(
    design: _Design, y: Floats, inside: NDArray[np.bool_], yes_no: bool, level: float
) -> list[dict[str, Any]]:
    w = np.where(inside, design.weight, 0.0)
    size, count, df = w.sum(), int(inside.sum()), design.df
    t = float(special.stdtrit(df, (1 + level) / 2)) if df > 0 else np.nan
    if not size > 0:
        return [{"measure": each, "method": "linearised", "n": count} for each in ("mean", "total")]
    mean = float((w * y).sum() / size)
    scores = np.column_stack([w * (y - mean) / size, w * y])
    mean_se, total_se = (float(each) for each in np.sqrt(np.diag(design.covariance(scores))))
    common: dict[str, Any] = {"n": count, "df": df, "level": level}
    if yes_no:
        common["events"] = int(y[inside].sum())
    total = float((w * y).sum())
    lines = [
        {"measure": "mean", "method": "linearised", "value": mean, "se": mean_se, "low": mean - t * mean_se,
         "high": mean + t * mean_se, **common},
        {"measure": "total", "method": "linearised", "value": total, "se": total_se, "low": total - t * total_se,
         "high": total + t * total_se, **common},
    ]
    alone = _simple_variance(w, y, mean, count)
    deff = mean_se**2 / alone if alone > 0 else np.nan
    lines.append({"measure": "deff", "method": "linearised", "value": deff, "n": count})
    if yes_no:
        ends = {"logit": _logit(mean, mean_se, t), "beta": _beta(mean, mean_se, count, df, level)}
        lines += [
            {"measure": "mean", "method": method, "value": mean, "se": mean_se, "low": low, "high": high, **common}
            for method, (low, high) in ends.items()
        ]
    return lines


def _simple_variance(w: Floats, y: Floats, mean: float, count: int) -> float:
    """Variance of the mean, had as many been drawn at random from all for whom the weights stand."""
    if count < 2:
        return np.nan
    spread = (w * (y - mean) ** 2).sum() / w.sum() * count / (count - 1)
    return float(spread * (1 - count / w.sum()) / count)


def _logit(p: float, se: float, t: float) -> tuple[float, float]:
    if not 0 < p < 1:
        return np.nan, np.nan
    half = t * se / (p * (1 - p))
    return float(special.expit(special.logit(p) - half)), float(special.expit(special.logit(p) + half))


def _beta(p: float, se: float, count: int, df: int, level: float) -> tuple[float, float]:
    """Clopper-Pearson limits on the number of respondents that the design is worth (Korn and Graubard 1998)."""
    if not (0 < p < 1 and se > 0 and df > 0 and count > 1):
        return np.nan, np.nan
    tail = (1 - level) / 2
    worth = p * (1 - p) / se**2 * float(special.stdtrit(count - 1, tail) / special.stdtrit(df, tail)) ** 2
    low = special.betaincinv(worth * p, worth * (1 - p) + 1, tail)
    return float(low), float(special.betaincinv(worth * p + 1, worth * (1 - p), 1 - tail))


def rake(
    rows: pd.DataFrame, *, weight: str, margins: Mapping[str, Mapping[Any, float]], rounds: int = 500,
    tolerance: float = 1e-10,
) -> pd.Series:
    """Weights whose totals are those of every margin: iterative proportional fitting (Deming and Stephan 1940).

    margins: of each column the number in the population of each of its classes; a float a row comes back, on the
    index of rows. Raises EstimateError where the margins' totals differ, a class has no respondent or no number, or
    the weights do not settle. tests/reference/raking.csv.
    """
    estimate.need(rows, [weight, *margins])
    found = arrays.floats(rows[weight]).copy()
    if not (found > 0).all():
        raise EstimateError("Elk gewicht is groter dan 0 en ingevuld. Vul de gewichten aan of laat die rijen weg.")
    coded = [_margin(rows[name], name, wanted) for name, wanted in margins.items()]
    totals = [wanted.sum() for _, wanted in coded]
    if totals and not np.allclose(totals, totals[0], rtol=1e-6):
        raise EstimateError("Elke marge telt op tot dezelfde bevolking. Hier verschillen de totalen. Maak ze gelijk.")
    for _ in range(rounds):
        for code, wanted in coded:
            found *= (wanted / np.bincount(code, found, len(wanted)))[code]
        off = [np.abs(np.bincount(code, found, len(wanted)) / wanted - 1).max() for code, wanted in coded]
        if max(off, default=0.0) <= tolerance:
            return pd.Series(found, index=rows.index)
    raise EstimateError("De gewichten komen niet tot rust. Voeg klassen samen die samen weinig voorkomen.")


def raked_mean(
    rows: pd.DataFrame, *, value: str, weight: str, margins: Mapping[str, Mapping[Any, float]], level: float = 0.95
) -> pd.DataFrame:
    """Mean under raked weights; its standard error is that of what the margins do not explain, by linearisation.

    One row (method raked; t with n - 1). Every row has a value. Raises EstimateError as `rake` does.
    Deville, Sarndal and Sautory 1993; tests/reference/raking.csv.
    """
    estimate.need(rows, [value])
    y, w = arrays.floats(rows[value]), rake(rows, weight=weight, margins=margins).to_numpy()
    if np.isnan(y).any():
        raise EstimateError(f"Elke rij heeft een {value}. Laat lege rijen weg voordat de gewichten worden gemaakt.")
    count, mean = len(y), float((w * y).sum() / w.sum()) if len(y) else np.nan
    left = (y - mean) / w.sum() if len(y) else y
    coded = [_margin(rows[name], name, wanted) for name, wanted in margins.items()]
    for _ in range(_MARGIN_ROUNDS):
        for code, wanted in coded:
            left = left - (np.bincount(code, left, len(wanted)) / np.bincount(code, minlength=len(wanted)))[code]
    scores = w * left
    se = float(np.sqrt(count * scores.var(ddof=1))) if count > 1 else np.nan
    half = float(special.stdtrit(count - 1, (1 + level) / 2)) * se if count > 1 else np.nan
    return estimate.frame([{
        "measure": "mean", "method": "raked", "n": count, "value": mean, "se": se, "df": count - 1, "level": level,
        "low": mean - half, "high": mean + half,
    }])


def rao_scott(
    rows: pd.DataFrame, *, row: str, column: str, weight: str, cluster: str | None = None, stratum: str | None = None
) -> pd.DataFrame:
    """Are two classifications independent, when respondents come in clusters and have weights?

    Measures `chi2` (method rao_scott_1: the weighted chi-square over the respondents, p after the mean design effect)
    and `f` (rao_scott_2, second order: statistic, df, `df_denominator` as a row of its own, p). Rows with a missing
    class do not count. One class only, or one cluster: undefined. Raises EstimateError for impossible weights.
    Rao and Scott 1984; Thomas and Rao 1987; tests/reference/rao_scott.csv.
    """
    estimate.need(rows, [row, column])
    kept = rows[rows[row].notna() & rows[column].notna()]
    design = _Design(kept, weight, stratum, None, cluster)
    a, b = _codes(kept[row]), _codes(kept[column])
    high, wide = (int(code.max(initial=-1)) + 1 for code in (a, b))
    undefined = [{"measure": "chi2", "method": "rao_scott_1"}, {"measure": "f", "method": "rao_scott_2"},
                 {"measure": "df_denominator", "method": "rao_scott_2"}]
    if min(high, wide) < 2 or design.df < 1:
        return estimate.frame(undefined)
    count, cell = len(kept), a * wide + b
    share = np.bincount(cell, design.weight, high * wide) / design.weight.sum()
    scores = design.weight[:, None] * ((cell[:, None] == np.arange(high * wide)) - share) / design.weight.sum()
    table = share.reshape(high, wide)
    alone = np.outer(table.sum(axis=1), table.sum(axis=0))
    chi2 = float(count * ((table - alone) ** 2 / alone).sum())
    effects = _generalised_effects(share, design.covariance(scores), count, high, wide)
    if np.isnan(effects).any():
        return estimate.frame(undefined)
    mean, total = float(np.trace(effects)) / len(effects), float(np.trace(effects))
    df = total**2 / float((effects * effects.T).sum())
    f, below = chi2 / total, df * design.df
    return estimate.frame([
        {"measure": "chi2", "method": "rao_scott_1", "n": count, "value": chi2, "statistic": chi2, "df": len(effects),
         "p": float(special.chdtrc(len(effects), chi2 / mean))},
        {"measure": "f", "method": "rao_scott_2", "n": count, "value": f, "statistic": f, "df": df,
         "p": float(special.fdtrc(df, below, f))},
        {"measure": "df_denominator", "method": "rao_scott_2", "n": count, "value": below},
    ])


def _generalised_effects(share: Floats, covariance: Floats, count: int, high: int, wide: int) -> Floats:
    """Design effects of the interactions of the table (Rao and Scott 1984, 3.2); empty cells weigh nothing."""
    rows, columns = np.kron(np.eye(high), np.ones((wide, 1)).T).T, np.kron(np.ones((high, 1)), np.eye(wide))
    main = np.column_stack([rows, columns[:, 1:]])
    both = np.column_stack([rows[:, [i]] * columns[:, [j]] for i in range(1, high) for j in range(1, wide)])
    contrasts = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    scaled = contrasts * np.divide(1, share, out=np.zeros_like(share), where=share > 0)[:, None]
    return np.asarray(np.linalg.lstsq(contrasts.T @ scaled / count, scaled.T @ covariance @ scaled, rcond=None)[0])


def _margin(column: pd.Series, name: str, wanted: Mapping[Any, float]) -> tuple[Codes, Floats]:
    """The class of every row as a number, and how many there are of each class."""
    classes = list(wanted)
    code = pd.Index(classes).get_indexer(pd.Index(column)).astype(np.int64)
    if (code < 0).any() or (np.bincount(code, minlength=len(classes)) == 0).any() or min(wanted.values()) <= 0:
        raise EstimateError(
            f"In {name} heeft elke klasse een aantal boven 0 en minstens een antwoord, en elke rij een klasse. "
            "Voeg klassen samen of vul de marge aan."
        )
    return code, np.array([float(wanted[each]) for each in classes])


def _codes(column: pd.Series) -> Codes:
    code, _ = pd.factorize(column, sort=True)
    if (code < 0).any():
        raise EstimateError(f"Elke rij heeft een {column.name}. Vul de kolom aan of laat die rijen weg.")
    return code.astype(np.int64)
