"""What each method promises, and what it makes of one drawn study: an interval and the truth, or whether it alarms.

A naive method stands beside each: if that one did not fail, this could not see anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scenarios import OUTLIER, Drawn, draw, panel
from scipy import stats as distributions

from hgeval.schema_study import INTERVENTIONS
from hgeval.stats import attrition, funnels, logistic, propensity, shares, standardised, waves
from hgeval.stats import panel as panels

# given to the most severe cases: who only compares sees less effect than there is
NAME, ARM, REFERENCE = "huisverbod", *(INTERVENTIONS.index(each) for each in ("huisverbod", "reguliere_hulp"))
KNOWN = ["severity", "substance", "prior", "poverty"]
_T2, _REGION, _WORKER = "stopped_T2", "region", "worker"


class Found(NamedTuple):
    """Of one interval: what was estimated, its standard error (NaN where it has none), its limits, and the truth."""

    value: float
    se: float
    low: float
    high: float
    truth: float


Study = Callable[[int], Drawn]
Method = Callable[[Drawn], Iterable[Found] | bool]


class Promise(NamedTuple):
    """name; scenario; what it does with a study: intervals, or an alarm; must: lowest and highest share that is right.

    of: `coverage` (intervals that hold the truth) or `alarm`; naive: a method that must not keep the promise.
    """

    name: str
    scenario: str
    of: str
    method: Method
    must: tuple[float, float]
    naive: bool = False


@lru_cache(maxsize=2)
def clustered(drawn: Drawn) -> pd.DataFrame:
    """The share of every region, with the pooled design effect."""
    rows = drawn.families.assign(flag=drawn.families[_T2].astype("boolean"))
    return shares.clustered(rows, flag="flag", cluster=_WORKER)


def counted(drawn: Drawn) -> pd.DataFrame:
    """Families and those in which the violence stopped, by region."""
    return drawn.families.groupby(_REGION)[_T2].agg(n="size", events="sum").reset_index()


def region_shares(drawn: Drawn, *, deff: bool) -> list[Found]:
    if deff:
        found = clustered(drawn)
        found = found[found["measure"] == "share"]
    else:
        found = shares.share(counted(drawn))
        found = found[found["method"] == "wilson"]
    true = {name: each["stopped"]["T2"] for name, each in drawn.truth["regions"].items()}
    kept = found[found["region"].isin(list(true))]
    return [Found(row.value, np.nan, row.low, row.high, true[row.region]) for row in kept.itertuples()]


@lru_cache(maxsize=2)
def compared(drawn: Drawn) -> pd.DataFrame:
    """Every intervention against the reference, by every method."""
    return propensity.differences(
        drawn.families, outcome=_T2, arm="intervention", covariates=KNOWN, reference=REFERENCE, penalised=[_REGION],
        cluster=_WORKER,
    )


@lru_cache(maxsize=2)
def repairs(drawn: Drawn) -> pd.DataFrame:
    """The share of the country under every assumption on those who left; by all that is known, also the help given.

    Each study has its own draws: with the same ones every time, their chance would be part of every error.
    """
    rows = drawn.families.assign(
        y=drawn.families[_T2].where(drawn.families["seen_T2"]), help=drawn.families["intervention"].astype("str"),
    )
    return attrition.share_under_dropout(
        rows, outcome="y", covariates=[*KNOWN, "help"], against=0.5, seed=drawn.seed, cluster=_WORKER, stratum=_REGION,
        imputations=2 if drawn.scenario == "hidden" else 20,  # there nobody asks what they say
    )


def effect(drawn: Drawn, *, method: str) -> list[Found]:
    """The difference between two interventions among families with violence at T1."""
    truth = drawn.truth["interventions"][NAME]["difference"]["T2"]
    if method == "g":
        found = standardised.risks(
            drawn.families, outcome=_T2, arm="intervention", covariates=KNOWN, reference=REFERENCE,
            penalised=[_REGION], cluster=_WORKER,
        )
        found = found[found["measure"] == "risk_difference"]
    else:
        found = compared(drawn)
        found = found[found["method"] == (propensity.REDUCED if method == "aipw" else method)]
    (row,) = found[found["term"] == str(ARM)].itertuples()
    return [Found(row.value, row.se, row.low, row.high, truth)]


def no_effects(drawn: Drawn, *, adjusted: bool) -> bool:
    """Whether any intervention seems to differ from the reference where none does, at 95% over all of them together."""
    found = compared(drawn)
    rows = found[found["method"] == (propensity.REDUCED if adjusted else "naive")]
    return bool((rows["p"] * len(rows) < 0.05).any())


def repaired(drawn: Drawn, *, method: str) -> list[Found]:
    """The share that stopped in the country, by what is known of those who stayed."""
    found = repairs(drawn)
    row = found[(found["measure"] == "share") & (found["method"] == method)].astype({"se": "float64"}).iloc[0]
    value = np.nan if pd.isna(row["value"]) else row["value"]
    return [Found(value, row["se"], row["low"], row["high"], drawn.truth["national"]["stopped"]["T2"])]


def gee(drawn: Drawn) -> list[Found]:
    """How the chance that it stopped changes from T2 to T3, in log odds of the whole group.

    Who answers depends on what is known of a family, so each answer counts as one over its chance (Robins, Rotnitzky
    and Zhao 1995); with weights taken as given the error is rather too large than too small.
    """
    families = drawn.families
    rows = pd.concat([
        families[[_WORKER]].assign(
            y=families[f"stopped_{wave}"], later=float(wave == "T3"), weight=1 / _chance(families, f"seen_{wave}")
        )[families[f"seen_{wave}"]] for wave in ("T2", "T3")
    ], ignore_index=True)
    told = drawn.truth["national"]["stopped"]
    truth = float(np.diff([np.log(told[wave] / (1 - told[wave])) for wave in ("T2", "T3")])[0])
    found = waves.gee_logit(
        rows, outcome="y", covariates=["later"], cluster=_WORKER, structure="independence", weights="weight"
    )
    row = found[(found["term"] == "later") & (found["method"] == "gee_robust")].iloc[0]
    return [Found(row["value"], row["se"], row["low"], row["high"], truth)]


def _chance(families: pd.DataFrame, seen: str) -> pd.Series:
    """Chance of each family to answer, given what is known of it."""
    known = logistic.design(families, KNOWN)
    return pd.Series(logistic.fit(known.x, families[seen].to_numpy(dtype="float64")).chances, families.index)


@lru_cache(maxsize=2)
def limits_of(drawn: Drawn) -> pd.DataFrame:
    """The limits of every region by every method."""
    found = clustered(drawn)
    deff = max(1.0, float(found.loc[found["measure"] == "deff", "value"].iloc[0]))
    return funnels.proportions(counted(drawn), deff=deff)


def funnel(drawn: Drawn, *, methods: tuple[str, ...], region: str = "") -> bool:
    """Whether any region (or this one) lies beyond the 99.8% limits."""
    limits = limits_of(drawn)
    asked = limits[limits["method"].isin(methods) & (limits["level"] == 0.998)]
    beyond = (asked["value"] < asked["low"]) | (asked["value"] > asked["high"])
    return bool(beyond[asked["region"] == region].any() if region else beyond.any())


@lru_cache(maxsize=2)
def changed(drawn: Drawn) -> pd.DataFrame:
    """What the policy seems to change, with every kind of error."""
    return panels.two_way(drawn.families, outcome="y", covariates=["treated"], unit="region", time="period")


def policy(drawn: Drawn, *, method: str) -> bool:
    """Whether a policy that does nothing seems to do something."""
    found = changed(drawn)
    row = found[found["method"] == method].iloc[0]
    if method == "cr1s":  # with the usual t of 25 degrees
        return bool(2 * distributions.t.sf(abs(row["value"] / row["se"]), 25) < 0.05)
    return bool(row["p"] < 0.05)


def drawn(scenario: str) -> Study:
    """How a study of this scenario is drawn from its number."""
    if scenario.startswith("policy"):
        return lambda seed: Drawn(panel(seed, treated=int(scenario.removeprefix("policy "))), scenario, seed)
    return lambda seed: draw(scenario, seed)


def _with(function: Callable[..., object], **how: object) -> Method:
    return lambda study: function(study, **how)


RIGHT, TYPE_I, ANY, POWER = (0.935, 0.965), (0.0, 0.065), (0.0, 0.07), (0.95, 1.0)
PROMISES = (
    Promise("share of a region, pooled design effect", "usual", "coverage", _with(region_shares, deff=True), RIGHT),
    Promise("share of a region, as if strangers", "usual", "coverage", _with(region_shares, deff=False), RIGHT, True),
    Promise("difference, g-computation", "usual", "coverage", _with(effect, method="g"), RIGHT),
    Promise("difference, AIPW", "usual", "coverage", _with(effect, method="aipw"), RIGHT),
    Promise("difference, unadjusted", "usual", "coverage", _with(effect, method="naive"), RIGHT, True),
    Promise("any difference where there is none, AIPW", "no effect", "alarm", _with(no_effects, adjusted=True), TYPE_I),
    Promise("any difference where there is none, unadjusted", "no effect", "alarm",
            _with(no_effects, adjusted=False), TYPE_I, True),
    Promise("drop-out as known, weighted", "dropout", "coverage", _with(repaired, method="ipw"), RIGHT),
    Promise("drop-out as known, imputed", "dropout", "coverage", _with(repaired, method="mi"), RIGHT),
    Promise("drop-out as known, who stayed only", "dropout", "coverage",
            _with(repaired, method="complete_cases"), RIGHT, True),
    Promise("drop-out nobody knows, weighted", "hidden", "coverage", _with(repaired, method="ipw"), RIGHT, True),
    Promise("drop-out nobody knows, bounds", "hidden", "coverage", _with(repaired, method="manski"), (0.999, 1.0)),
    Promise("change between waves, GEE", "usual", "coverage", gee, RIGHT),
    Promise("funnel, chance", "alike", "alarm", _with(funnel, methods=("binomial_deff",)), ANY),
    Promise("funnel, usual between regions", "alike", "alarm", _with(funnel, methods=("phi_consistent",)), ANY),
    Promise("funnel, as if strangers", "alike", "alarm", _with(funnel, methods=("binomial_exact",)), ANY, True),
    Promise("funnel, a region that differs", "outlier", "alarm",
            _with(funnel, methods=("phi_consistent",), region=OUTLIER), POWER),
    Promise("policy in 3 of 26 regions, CR2", "policy 3", "alarm", _with(policy, method="cr2"), TYPE_I),
    Promise("policy in 3 of 26 regions, usual robust", "policy 3", "alarm", _with(policy, method="cr1s"), TYPE_I, True),
)
