"""What differs between interventions, and how sure we can be: in the whole country, with what was known set alike.

Nobody drew lots. Families are made alike in what was known of them at the start; what was not known may still differ,
so each difference comes with how strong something unknown would have to be to explain it (the E-value).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hgeval import casemix, rates
from hgeval.params import Study
from hgeval.stats import design, power, propensity, sensitivity

FEWEST = 100  # families with a known outcome that an intervention needs to be compared
NOT_APART, WEAK, FAIR, STRONG = "niet te onderscheiden", "zwak", "redelijk", "sterk"
NOT_COMPUTED, UNSURE = "niet uit te rekenen", "niet te bepalen"  # no difference at all; none of how sure it is
_FAIR, _STRONG = 1.5, 2.5  # E-values of the nearest limit (working definitions)
_GROUPS = ("wave", "intervention", "against", "design")
_BALANCED = 0.1  # standardised difference under which a characteristic counts as alike (Austin 2009)


def stopped(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """The share in which the violence stopped, by intervention that was given, as it was found: nothing set alike.

    One row an intervention and later wave, for the country (Wilson, with the pooled design effect).
    """
    rows, parts = casemix.at_start(families, wide, config), []
    for wave in config.wave_codes[1:]:
        known = rows.assign(flag=rows[f"stopped_{wave}"].astype("boolean"))
        known = known[known["flag"].notna() & known["intervention"].notna()]
        if known.empty:
            continue
        found = rates.shares(known, measure="stopped", flag="flag", by=("region", "intervention"), level=config.level)
        pooled = design.pooled(design.totals(known, flag="flag", cluster="cluster", groups=["intervention"]),
                               ["intervention"])
        deff = found[["intervention"]].merge(pooled, on="intervention", how="left", validate="m:1")["deff"]
        widened = rates.recompute(found.assign(method=rates.widened(deff)))
        parts.append(widened[widened["region"] == rates.NATIONAL].assign(wave=wave))
    return rates.frame(pd.concat(parts) if parts else [], groups=["wave", "intervention"])


def measured(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """Of how many families with violence at the start the last wave is known, by intervention; the country.

    Counted, without an interval; `ladder` makes the drop-out of two interventions from these counts.
    """
    wave, rows = config.wave_codes[-1], casemix.at_start(families, wide, config)
    given = rows[rows["intervention"].notna()]
    if given.empty or len(config.wave_codes) < 2:
        return rates.frame([], groups=["wave", "intervention"])
    known = given.assign(flag=given[f"stopped_{wave}"].notna())
    found = rates.shares(known, measure="measured_of_help", flag="flag", by=("region", "intervention"), method="share")
    return rates.frame(found[found["region"] == rates.NATIONAL].assign(wave=wave), groups=["wave", "intervention"])


def compared(families: pd.DataFrame, wide: pd.DataFrame, config: Study) -> pd.DataFrame:
    """Each intervention against the one that most families got, at the last wave, families set alike; the country.

    Measures by `intervention`: `apart` (difference in the share that stopped, by AIPW, its interval widened for as many
    comparisons as there are: Bonferroni), `apart_overlap` (the same over families that could have had either, by
    overlap weights), `evalue` (of the difference; low: of the limit nearest to none), `imbalance` (largest standardised
    difference in what was known; low: after weighting), `detectable` (smallest difference that so many would show).
    n: families with either. No row for an intervention with fewer than `FEWEST`, or `casemix.EITHER` of them with or
    without the outcome, which is then hidden. Robins et al. 1994; Kauermann and Carroll 2001; Li et al. 2018;
    VanderWeele and Ding 2017; tests/reference/ps_ipw_aipw.csv, evalue.csv.
    """
    wave = config.wave_codes[-1]
    rows = _comparable(casemix.at_start(families, wide, config), wave) if len(config.wave_codes) > 1 else pd.DataFrame()
    if rows.empty:
        return rates.frame([], groups=_GROUPS)
    arms = rows["intervention"].value_counts()
    reference, others = str(arms.index[0]), len(arms) - 1
    rows = _in_every_group(rows, casemix.columns(rows))
    mix = casemix.columns(rows)
    asked: dict[str, Any] = {
        "arm": "intervention", "covariates": mix, "reference": reference, "penalised": ["region"],
    }
    level = 1 - (1 - config.level) / others
    apart = propensity.differences(rows, outcome="outcome", cluster="cluster", level=level, **asked)
    alike = propensity.balance(rows, **asked)
    found = [_row(rows, str(name), reference, apart, alike) for name in arms.index[1:]]
    about = {"region": rates.NATIONAL, "wave": wave, "against": reference, "design": "alike"}
    return rates.frame(pd.concat(found, ignore_index=True).assign(level=level, **about), groups=_GROUPS)


def ladder(compared: pd.DataFrame) -> pd.DataFrame:
    """One row an intervention: the difference, with `evidence` that says how sure it is. Works on released numbers.

    Not apart: the interval holds no difference, or characteristics stayed too far apart to compare. Else weak, fair or
    strong by how strong something unknown must be to undo it, or unsure where that could not be computed. No difference
    without both of its limits: that could not be computed either. `follow_up` is the wave; `dropout` the share of both
    groups' families with violence at the start of which the last wave is not known, from the counts of `measured`
    where those stand among the rows.
    """
    rows = _differences(compared)
    limit, left = (_of_each(compared, rows, *asked) for asked in (("evalue", "low"), ("imbalance", "low")))
    apart = ((rows["low"] > 0) | (rows["high"] < 0)).fillna(False).to_numpy(dtype="bool")
    sure = np.select([np.isnan(limit), limit >= _STRONG, limit >= _FAIR], [UNSURE, STRONG, FAIR], WEAK)
    evidence = np.where(apart & (left <= _BALANCED), sure, NOT_APART)
    whole = rows[["value", "low", "high"]].notna().all(axis=1).to_numpy()
    told = pd.Series(np.where(whole, evidence, NOT_COMPUTED), index=rows.index).astype("str")
    hidden = rows["n"].isna()
    return rows.assign(evidence=told.mask(hidden), follow_up=rows["wave"], dropout=_dropout(compared, rows))


def strength(compared: pd.DataFrame) -> pd.DataFrame:
    """One row an intervention: what the evidence rests on. Works on released numbers.

    evalue, evalue_limit: how strong something unknown must be to undo the difference, and its limit nearest to none;
    unlike, unlike_left: the largest standardised difference in what was known, before and after setting alike.
    """
    rows = _differences(compared)
    asked = {"evalue": ("evalue", "value"), "evalue_limit": ("evalue", "low"), "unlike": ("imbalance", "value"),
             "unlike_left": ("imbalance", "low")}
    found = {name: _of_each(compared, rows, *each) for name, each in asked.items()}
    return rows.assign(**{name: rates.nullable(each, np.isnan(each), "Float64") for name, each in found.items()})


DERIVED = (ladder, strength)  # what may be made of released numbers


def _differences(compared: pd.DataFrame) -> pd.DataFrame:
    return compared[compared["measure"] == "apart"].reset_index(drop=True)


def _of_each(
    compared: pd.DataFrame, rows: pd.DataFrame, measure: str, column: str, *, who: str = "intervention"
) -> np.ndarray[Any, Any]:
    """For each row this number of this measure, of its intervention or of the one it is compared with."""
    by_name = compared[compared["measure"] == measure].set_index("intervention")[column]
    found: np.ndarray[Any, Any] = by_name.reindex(rows[who]).to_numpy(dtype="float64", na_value=np.nan)
    return found


def _dropout(compared: pd.DataFrame, rows: pd.DataFrame) -> Any:
    """In whole percentages, as the counts are in fives; missing where one of the counts is hidden."""
    n, known = (
        sum(_of_each(compared, rows, "measured_of_help", count, who=who) for who in ("intervention", "against"))
        for count in ("n", "events")
    )
    left = np.round(1 - np.divide(known, n, out=np.full(len(rows), np.nan), where=n > 0), 2)
    return rates.nullable(left, np.isnan(left), "Float64")


def _comparable(rows: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Families with a known outcome and an intervention that enough of them had; none where there are not two."""
    known = rows[rows[f"stopped_{wave}"].notna() & rows["intervention"].notna()]
    stopped = known[f"stopped_{wave}"].groupby(known["intervention"]).agg(["size", "sum"])
    either = stopped["sum"].clip(upper=stopped["size"] - stopped["sum"])
    many = stopped.index[(stopped["size"] >= FEWEST) & (either >= casemix.EITHER)]
    kept = known[known["intervention"].isin(many)]
    if len(many) < 2:
        return kept.iloc[:0]
    outcome, cluster = kept[f"stopped_{wave}"].astype("float64"), casemix.shared_or_alone(kept["cluster"])
    return kept.assign(outcome=outcome, cluster=cluster)


def _in_every_group(rows: pd.DataFrame, mix: Sequence[str]) -> pd.DataFrame:
    """An answer that some intervention lacks with or without the outcome counts as the commonest answer.

    Eleven families of whom something is not known, and none of whom stopped, would leave a whole intervention without
    a number: no model can say what such families do there.
    """
    found = rows.copy()
    for name in mix:
        told = rows.groupby(["intervention", name])["outcome"].agg(["size", "sum"])
        either = told["sum"].clip(upper=told["size"] - told["sum"]).unstack(fill_value=0)
        rare = either.columns[(either == 0).any()]
        found[name] = rows[name].mask(rows[name].isin(rare), str(rows[name].value_counts().index[0]))
    return found


def _row(
    rows: pd.DataFrame, name: str, reference: str, apart: pd.DataFrame, alike: pd.DataFrame
) -> pd.DataFrame:
    """All that is said of one intervention."""
    two = rows[rows["intervention"].isin([name, reference])]
    by_method = apart[apart["term"] == name].set_index("method")[["value", "low", "high"]].astype("float64")
    main, overlap = by_method.loc[propensity.REDUCED], by_method.loc["overlap"]
    # regions are held back by a penalty, and not set alike
    mix = alike[(alike["arm"] == name) & ~alike["term"].str.startswith("region=")]
    told = mix["value"].astype("float64").abs().groupby(mix["method"]).max().reindex(["unweighted", "ipw"])
    base = float(two.loc[two["intervention"] == reference, "outcome"].mean())
    counts = two["intervention"].value_counts()
    evalues = sensitivity.evalues_difference(pd.DataFrame([{**main, "baseline": base}]), baseline="baseline")
    strong = dict(zip(evalues["measure"], evalues["value"].astype("float64"), strict=True))
    above = power.detectable_between(base, float(counts[reference]), float(counts[name]))[1]
    found = [
        {"measure": "apart", "method": "model_difference", **main},
        {"measure": "apart_overlap", "method": "model_difference", **overlap},
        {"measure": "evalue", "method": "model_ratio", "value": strong["evalue"], "low": strong["evalue_limit"]},
        {"measure": "imbalance", "method": "model_ratio", "value": told["unweighted"], "low": told["ipw"]},
        {"measure": "detectable", "method": "model_difference", "value": float(np.ravel(above)[0]) - base},
    ]
    return pd.DataFrame(found).assign(intervention=name, n=len(two), events=int(two["outcome"].sum()))
