"""What the share would be if all families had had one intervention: standardised over the families there are.

A logit of the outcome on intervention and covariates, then the mean chance with everyone given each intervention in
turn (g-computation). Differences of those means are of groups that are alike in these covariates, and only in these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import estimate, logistic
from hgeval.stats.logistic import Floats

COVARIANCES = ("model", "robust", "stacked")
TARGETS = ("everyone", "treated")


class Standardised(NamedTuple):
    """risks (k,) with every family in arm 0 to k-1, their covariance (k, k), and the logit behind them."""

    risks: Floats
    covariance: Floats
    model: logistic.Fit


def risks(
    rows: pd.DataFrame, *, outcome: str, arm: str, covariates: Sequence[str], reference: object,
    penalised: Sequence[str] = (), ridge: float = 1.0, target: str = "everyone", covariance: str = "stacked",
    cluster: str | None = None, level: float = 0.95,
) -> pd.DataFrame:
    """Standardised share per intervention, and of each against the reference: difference, ratio.

    rows: one a family; `outcome` 1 or 0, `arm` the intervention, covariates numbers or words, `penalised` columns of
    words (such as region) held to the mean by a normal prior of precision `ridge`. Rows with a gap are left out.
    target: `everyone`, or `treated`: the families that had the intervention (asked of two arms at a time).
    covariance: `model` and `robust` (HC0) take the families as given, `stacked` also as a draw; both of the last by
    `cluster` where given. Measures, by `term`: share per arm (its limits on the logit scale), risk_difference,
    risk_ratio (se and limits of its logarithm) per arm but the reference, coefficient of the logit. Not determined
    under separation. Raises EstimateError for another outcome, an unknown reference, target or covariance.
    Robins 1986; Austin 2010; tests/reference/gcomputation.csv.
    """
    told, arms = _told(rows, outcome, arm, [*covariates, *penalised, *([cluster] if cluster else [])], reference)
    _check(target, covariance, len(arms))
    beside = logistic.design(told, covariates, penalised=penalised, ridge=ridge)
    code = np.array([arms.index(each) for each in told[arm]])
    held = told[cluster].to_numpy() if cluster else None
    given = (code == 1).astype("float64") if target == "treated" else None
    found = standardise(
        beside.x, code, told[outcome].to_numpy(dtype="float64"), len(arms), penalty=beside.penalty, weights=given,
        covariance=covariance, clusters=held,
    )
    names = [logistic.INTERCEPT, *(f"{arm}={each}" for each in arms[1:]), *beside.names[1:]]
    parts = [_shares(found, arms, level), _contrasts(found, arms, level), _coefficients(found, names, level)]
    parts[0] = parts[0].assign(n=np.bincount(code), events=np.bincount(code, weights=told[outcome]))
    method = f"g_computation_{covariance}{'_cluster' if cluster else ''}"
    every = pd.concat(parts, ignore_index=True).assign(method=method)
    every["n"] = every["n"].fillna(len(told))
    return estimate.frame(every, ["term"])


def standardise(
    x: Floats, arm: np.ndarray[Any, Any], outcome: Floats, arms: int, *, penalty: Floats | None = None,
    weights: Floats | None = None, covariance: str = "stacked", clusters: np.ndarray[Any, Any] | None = None,
) -> Standardised:
    """The lean core: x (n, p) with an intercept first, arm (n,) 0 to arms-1 (0 the reference), outcome (n,) of 0 and 1.

    weights (n,): over which families to standardise, everyone where not given; clusters (n,) any labels.
    """
    given = (arm[:, None] == np.arange(1, arms)).astype("float64")
    wide = np.hstack([x[:, :1], given, x[:, 1:]])
    held = np.zeros(wide.shape[1]) if penalty is None else np.r_[penalty[:1], np.zeros(arms - 1), penalty[1:]]
    model = logistic.fit(wide, outcome, penalty=held)
    over = np.ones(len(x)) if weights is None else weights
    over = over / over.sum()
    chances, gradient = np.empty((len(x), arms)), np.empty((arms, wide.shape[1]))
    line = wide @ np.r_[model.coefficients[:1], np.zeros(arms - 1), model.coefficients[arms:]]
    for each in range(arms):
        chances[:, each] = special.expit(line + (model.coefficients[each] if each else 0.0))
        steep = over * chances[:, each] * (1 - chances[:, each])
        gradient[each] = np.r_[steep.sum(), np.zeros(arms - 1), steep @ x[:, 1:]]
        gradient[each, each] = steep.sum()
    means = over @ chances
    if covariance == "model":
        return Standardised(means, gradient @ model.bread @ gradient.T, model)
    influence = logistic.scores(model, wide, outcome, held) @ (model.bread @ gradient.T)
    if covariance == "stacked":
        influence = influence + over[:, None] * (chances - means)
    return Standardised(means, logistic.spread(influence, clusters), model)


def _told(
    rows: pd.DataFrame, outcome: str, arm: str, beside: Sequence[str], reference: object
) -> tuple[pd.DataFrame, list[Any]]:
    columns = list(dict.fromkeys([outcome, arm, *beside]))
    estimate.need(rows, columns)
    told = rows[columns].dropna().reset_index(drop=True)
    if not told[outcome].isin([0, 1]).all():
        raise EstimateError(f"De kolom {outcome} mag alleen 0 en 1 zijn. Er staan andere waarden in. Herstel die.")
    known = sorted(told[arm].unique())
    if reference not in known:
        raise EstimateError(f"De vergelijkingsgroep komt niet voor in de kolom {arm}. Kies een groep die er wel is.")
    return told, [reference, *(each for each in known if each != reference)]


def _check(target: str, covariance: str, arms: int) -> None:
    if target not in TARGETS or covariance not in COVARIANCES:
        raise EstimateError(
            f"target moet {' of '.join(TARGETS)} zijn, en covariance {', '.join(COVARIANCES)}. Kies een van die."
        )
    if target == "treated" and arms != 2:
        raise EstimateError("Voor wie iets kreeg zijn precies twee groepen nodig. Kies eerst twee interventies.")


def _shares(found: Standardised, arms: list[Any], level: float) -> pd.DataFrame:
    se, z = logistic.root(np.diag(found.covariance)), special.ndtri((1 + level) / 2)
    inside = (found.risks > 0) & (found.risks < 1)
    safe = np.where(inside, found.risks, 0.5)
    width = np.where(inside, z * se / (safe * (1 - safe)), np.nan)
    low, high = special.expit(special.logit(safe) - width), special.expit(special.logit(safe) + width)
    return pd.DataFrame({
        "measure": "share", "term": [str(each) for each in arms], "value": found.risks, "se": se, "low": low,
        "high": high, "level": level,
    })


def _contrasts(found: Standardised, arms: list[Any], level: float) -> pd.DataFrame:
    """Difference and ratio of every arm against the first."""
    risk, z = found.risks, special.ndtri((1 + level) / 2)
    terms, k = [str(each) for each in arms[1:]], len(arms) - 1
    minus = np.hstack([-np.ones((k, 1)), np.eye(k)])
    se = logistic.root(np.diag(minus @ found.covariance @ minus.T))
    difference = pd.DataFrame({"measure": "risk_difference", "term": terms, "value": minus @ risk, "se": se})
    difference = difference.assign(low=difference["value"] - z * se, high=difference["value"] + z * se)
    some = np.where(risk > 0, risk, np.nan)
    ratios = minus / some
    log_se = logistic.root(np.diag(ratios @ found.covariance @ ratios.T))
    log_ratio = np.log(some[1:]) - np.log(some[0])
    ratio = pd.DataFrame({"measure": "risk_ratio", "term": terms, "value": np.exp(log_ratio), "se": log_se})
    ratio = ratio.assign(low=np.exp(log_ratio - z * log_se), high=np.exp(log_ratio + z * log_se))
    both, at = pd.concat([difference, ratio]), np.r_[difference["value"], log_ratio]
    errors = np.r_[se, log_se]
    statistic = np.where(errors > 0, at / np.where(errors > 0, errors, 1.0), np.nan)
    return both.assign(statistic=statistic, p=2 * stats.norm.sf(np.abs(statistic)), level=level)


def _coefficients(found: Standardised, names: list[str], level: float) -> pd.DataFrame:
    se, z = logistic.root(np.diag(found.model.bread)), special.ndtri((1 + level) / 2)
    value = np.where(found.model.kept, found.model.coefficients, np.nan)
    se = np.where(found.model.kept, se, np.nan)
    return pd.DataFrame({
        "measure": "coefficient", "term": names, "value": value, "se": se, "low": value - z * se,
        "high": value + z * se, "level": level,
    })
