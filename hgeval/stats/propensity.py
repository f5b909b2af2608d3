"""Comparing interventions among families who would have been likely to get either: weights from the propensity score.

Every standard error is stacked: it counts that the weights, and the outcome models, were estimated on the same
families. For more than two interventions the score of each is that of having it against all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import doubly, estimate, logistic, terms
from hgeval.stats.doubly import Mean, Members
from hgeval.stats.logistic import Floats

FAR = 0.1  # a score under this, or above one minus this, has hardly a family to be compared with
REDUCED = "aipw_kauermann_carroll"


class Told(NamedTuple):
    """The rows in use, the design, and the arms with the reference first."""

    rows: pd.DataFrame
    design: logistic.Design
    arms: list[Any]


def differences(
    rows: pd.DataFrame, *, outcome: str, arm: str, covariates: Sequence[str], reference: object,
    penalised: Sequence[str] = (), ridge: float = 1.0, cluster: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Difference in mean outcome of each intervention with the reference, by several estimators that should agree.

    rows: one a family; `outcome` 1 or 0, or an amount; `arm` the intervention; covariates numbers or words;
    `penalised` columns of words (region: unpenalised they separate) held by a normal prior of precision `ridge`. Rows
    with a gap are left out. Group column `term` (the arm). Methods: naive; ipw_hajek, aipw and
    regression_adjusted over everyone; aipw_kauermann_carroll, aipw with errors that count that the models lie too close
    to the families they were fitted to (`doubly.means`; t with a degree less than clusters), to be used where an
    intervention has hundreds of families and not thousands; ipw_treated (over those with the intervention) and overlap
    (over who could have had either), both from families of the two arms alone; ipw_weights_known and aipw_scores_known
    have errors that take the models as given, for comparison only. Errors by `cluster` where given. Not determined
    under separation.
    Raises EstimateError for an unknown reference or fewer than two arms. Hajek 1971; Robins, Rotnitzky and Zhao 1994;
    Lunceford and Davidian 2004; Li, Morgan and Zaslavsky 2018; tests/reference/ps_ipw_aipw.csv.
    """
    beside = [outcome] if cluster is None else [outcome, cluster]
    told = _told(rows, arm, covariates, reference, penalised, ridge, beside)
    y, held = told.rows[outcome].to_numpy(dtype="float64"), None if cluster is None else told.rows[cluster].to_numpy()
    df = np.inf if held is None else float(pd.Series(held).nunique() - 1)
    members = [(told.rows[arm] == each).to_numpy() for each in told.arms]
    means = [_every(told.design.x, member, y, told.design.penalty) for member in members]
    found = []
    for name, member, mean in zip(told.arms[1:], members[1:], means[1:], strict=True):
        pair = {method: (mean[method], means[0][method]) for method in mean}
        pair |= _of_two(told.design, member, members[0], y)
        counts = {"n": int((member | members[0]).sum())}
        found += [
            {"term": str(name), "method": method, **counts,
             **_difference(one, none, held, level, df if method == REDUCED else np.inf)}
            for method, (one, none) in pair.items()
        ]
    return estimate.frame(pd.DataFrame(found).assign(measure="difference"), ["term"])


def balance(
    rows: pd.DataFrame, *, arm: str, covariates: Sequence[str], reference: object, penalised: Sequence[str] = (),
    ridge: float = 1.0,
) -> pd.DataFrame:
    """Standardised mean difference of every covariate with the reference, before and after weighting.

    In standard deviations, pooled over the two arms before weighting (Austin 2009). Group columns `arm`, `term`;
    methods unweighted, ipw and overlap. Not determined for a covariate that is the same for all.
    tests/reference/ps_ipw_aipw.csv. Arguments and errors as `differences`.
    """
    told = _told(rows, arm, covariates, reference, penalised, ridge, [])
    x, found = told.design.x[:, 1:], []
    none = (told.rows[arm] == reference).to_numpy()
    for name in told.arms[1:]:
        one = (told.rows[arm] == name).to_numpy()
        both = [_score(told.design, member) for member in (one, none)]
        score = _pair_score(told.design, one, none)
        weights = {
            "unweighted": (np.ones(len(x)), np.ones(len(x))),
            "ipw": (1 / both[0], 1 / both[1]),
            "overlap": (1 - score, score),
        }
        for method, (first, second) in weights.items():
            found.append(pd.DataFrame({
                "measure": "smd", "arm": str(name), "term": told.design.names[1:], "method": method,
                "n": int((one | none).sum()), "value": smd(x[one], x[none], first[one], second[none]),
            }))
    return estimate.frame(pd.concat(found, ignore_index=True), ["arm", "term"])


def overlap(
    rows: pd.DataFrame, *, arm: str, covariates: Sequence[str], reference: object, penalised: Sequence[str] = (),
    ridge: float = 1.0,
) -> pd.DataFrame:
    """Whether families could have had each intervention: range of its score, share far out, effective sample size.

    Group column `term` (the arm). Measures: score_min, score_max, far_out (share of all with a score under 0.1 or
    over 0.9), effective_n (families that the weights are worth: Kish 1965). tests/reference/ps_ipw_aipw.csv.
    Arguments and errors as `differences`.
    """
    told, found = _told(rows, arm, covariates, reference, penalised, ridge, []), []
    table = scores(rows, arm=arm, covariates=covariates, reference=reference, penalised=penalised, ridge=ridge)
    for name in told.arms:
        score, member = table[str(name)].to_numpy(), (told.rows[arm] == name).to_numpy()
        far = np.where(np.isnan(score), np.nan, (score < FAR) | (score > 1 - FAR)).mean()
        numbers = {"score_min": score.min(), "score_max": score.max(), "far_out": far}
        numbers["effective_n"] = effective(1 / score[member])
        found += [
            {"measure": measure, "term": str(name), "value": value, "n": int(member.sum()), "method": "propensity"}
            for measure, value in numbers.items()
        ]
    return estimate.frame(found, ["term"])


def scores(
    rows: pd.DataFrame, *, arm: str, covariates: Sequence[str], reference: object, penalised: Sequence[str] = (),
    ridge: float = 1.0,
) -> pd.DataFrame:
    """Chance of each intervention for every family: a row a family (index as in rows), a column an arm.

    NaN under separation. Arguments and errors as `differences`.
    """
    told = _told(rows, arm, covariates, reference, penalised, ridge, [])
    return pd.DataFrame(
        {str(each): _score(told.design, (told.rows[arm] == each).to_numpy()) for each in told.arms},
        index=told.rows.index,
    )


def difference(one: Mean, none: Mean, clusters: np.ndarray[Any, Any] | None = None) -> tuple[float, float]:
    """Difference of two means over the same families, and its standard error, by cluster where given."""
    variance = logistic.spread((one.influence - none.influence)[:, None], clusters)
    return one.value - none.value, float(logistic.root(variance)[0, 0])


def smd(one: Floats, none: Floats, first: Floats, second: Floats) -> Floats:
    """Standardised mean differences (k,) of columns one (m, k) and none (l, k), with a weight per row of each."""
    if min(len(one), len(none)) < 2:
        return np.full(one.shape[1], np.nan)
    apart = first @ one / first.sum() - second @ none / second.sum()
    sd = np.sqrt((one.var(axis=0, ddof=1) + none.var(axis=0, ddof=1)) / 2)
    return np.where(sd > 0, apart / np.where(sd > 0, sd, 1.0), np.nan)


def effective(weights: Floats) -> float:
    """How many equal families these weights are worth (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else np.nan


def _told(
    rows: pd.DataFrame, arm: str, covariates: Sequence[str], reference: object, penalised: Sequence[str],
    ridge: float, beside: Sequence[str],
) -> Told:
    columns = list(dict.fromkeys([arm, *covariates, *penalised, *beside]))
    estimate.need(rows, columns)
    told = rows[columns].dropna()
    known = sorted(told[arm].unique())
    if reference not in known or len(known) < 2:
        raise EstimateError(
            f"Vergelijken vraagt minstens twee groepen in de kolom {arm}, waarvan een de vergelijkingsgroep is. "
            "Kies een vergelijkingsgroep die voorkomt."
        )
    design = logistic.design(told, covariates, penalised=penalised, ridge=ridge)
    return Told(told, design, [reference, *(each for each in known if each != reference)])


def _hajek(
    x: Floats, member: Members, outcome: Floats, weight: Floats, slope: Floats, model: logistic.Fit, event: Members,
    penalty: Floats | None,
) -> Mean:
    """Weighted mean of members. slope: how the weight moves with the line of the model of `event`."""
    held = np.where(member, weight, 0.0)
    value, total = float(held @ outcome / held.sum()), held.sum()
    pull = np.where(member, slope, 0.0) * (outcome - value) @ x
    from_model = logistic.scores(model, x, event * 1.0, penalty) @ (model.bread @ pull)
    return Mean(value, (held * (outcome - value) + from_model) / total)


def _weighted(x: Floats, member: Members, y: Floats, model: logistic.Fit, penalty: Floats | None) -> Mean:
    return _hajek(x, member, y, 1 / model.chances, -(1 - model.chances) / model.chances, model, member, penalty)


def _every(x: Floats, member: Members, y: Floats, penalty: Floats) -> dict[str, Mean]:
    n, count, plain = len(x), member.sum(), np.where(member, y, 0.0)
    own = Mean(float(plain.sum() / count), np.where(member, y - plain.sum() / count, 0.0) / count)
    score = logistic.fit(x, member * 1.0, penalty=penalty)
    weighted, weight = _weighted(x, member, y, score, penalty), member / score.chances
    known = Mean(weighted.value, weight * (y - weighted.value) / weight.sum() * np.sqrt(n / (n - 1)))
    both = doubly.means(x, member, y, score, penalty)
    return {"naive": own, "ipw_hajek": weighted, **both, "ipw_weights_known": known}


def _score(design: logistic.Design, member: Members) -> Floats:
    return logistic.fit(design.x, member * 1.0, penalty=design.penalty).chances


def _pair_score(design: logistic.Design, one: Members, none: Members) -> Floats:
    both = one | none
    score = np.full(len(one), np.nan)
    score[both] = logistic.fit(design.x[both], one[both] * 1.0, penalty=design.penalty).chances
    return score


def _of_two(design: logistic.Design, one: Members, none: Members, y: Floats) -> dict[str, tuple[Mean, Mean]]:
    """Over those with the intervention, and over who could have had either: from the families of these two arms."""
    both = one | none
    x, had, told = design.x[both], one[both], y[both]
    model = logistic.fit(x, had * 1.0, penalty=design.penalty)
    e = model.chances
    found = {}
    for method, weights in {
        "ipw_treated": ((np.ones(len(e)), np.zeros(len(e))), (e / (1 - e), e / (1 - e))),
        "overlap": ((1 - e, -e * (1 - e)), (e, e * (1 - e))),
    }.items():
        pair = [
            _hajek(x, member, told, *pieces, model, had, design.penalty)
            for member, pieces in zip((had, ~had), weights, strict=True)
        ]
        found[method] = (_over_all(pair[0], both), _over_all(pair[1], both))
    return found


def _over_all(mean: Mean, both: Members) -> Mean:
    influence = np.zeros(len(both))
    influence[both] = mean.influence
    return Mean(mean.value, influence)


def _difference(
    one: Mean, none: Mean, held: np.ndarray[Any, Any] | None, level: float, df: float
) -> dict[str, float]:
    """With t of these degrees of freedom; with the normal distribution where they have no end."""
    value, se = difference(one, none, held)
    ratio, freedom = np.array(value / se if se > 0 else np.nan), np.array(df if df > 0 else np.nan)
    reach = float(terms.student_quantile(freedom, (1 + level) / 2))
    return {
        "value": value, "se": se, "low": value - reach * se, "high": value + reach * se, "level": level,
        "statistic": float(ratio), "p": float(terms.two_sided(ratio, freedom)),
        "df": float(freedom) if np.isfinite(df) else np.nan,
    }
