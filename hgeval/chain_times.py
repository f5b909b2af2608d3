"""How long the steps of the chain take, and how often a new report follows the end (Kaplan and Meier 1958).

Open cases count until the reference date. All is computed from groups of five (`chain_spans.grouped`): a day or a
share of one region then tells no more than rounded counts would. Families that come back, or wait for the same worker,
are not strangers; the intervals (Greenwood, log-log) do not take that into account.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval import chain_spans, disclosure_rule, rates
from hgeval.chain_spans import ALL_ROUTES, ENDED, HELP, PLANNED, STEPS
from hgeval.params import Study
from hgeval.schema_study import MELDINGEN
from hgeval.stats import survival

QUANTILES = {"days_median": 0.5, "days_p90": 0.9}
REPEAT, HELPED, UNLINKED = "repeat_within", "help_within", "closed_without_family"
DAYS, SHARE = "km_days", "km_share"  # methods, which `timed` lets out
AGAIN = "hermelding"
_GROUPS = ("step", "route")
_ROUTES = MELDINGEN.column("route").choices


def days(families: pd.DataFrame, meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """C11, C12, P13: days within which half of the cases, and nine in ten, passed each step."""
    rows = _spans(families, meldingen, config).assign(route=ALL_ROUTES)
    return _quantiles(rows, config, codes, steps=STEPS, routes=(ALL_ROUTES,))


def days_by_route(families: pd.DataFrame, meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """The same for help and for the end, apart for each route; a melding without assessment has none yet."""
    rows = _spans(families, meldingen, config)
    rows = rows[rows["step"].isin([HELP, ENDED]) & rows["route"].isin(_ROUTES)]
    return _quantiles(rows, config, codes, steps=(HELP, ENDED), routes=_ROUTES)


def plan_days(
    families: pd.DataFrame, meldingen: pd.DataFrame, plans: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """C12: days within which half of the families, and nine in ten, had a first talk, and a plan."""
    rows = chain_spans.of_plans(families, meldingen, plans, config).assign(route=ALL_ROUTES)
    return _quantiles(rows, config, codes, steps=PLANNED, routes=(ALL_ROUTES,))


def plan_days_by_route(
    families: pd.DataFrame, meldingen: pd.DataFrame, plans: pd.DataFrame, config: Study, codes: Sequence[str]
) -> pd.DataFrame:
    """The same apart for each route of the melding with which the family came in."""
    rows = chain_spans.of_plans(families, meldingen, plans, config)
    return _quantiles(rows[rows["route"].isin(_ROUTES)], config, codes, steps=PLANNED, routes=_ROUTES)


def help_within(families: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """C6: share of the families that need an approach for which it started within so many days, 1 - S(days)."""
    rows = chain_spans.of_families(families, pd.DataFrame(columns=MELDINGEN.names), config)
    return _within(rows, HELPED, config, codes, at=config.chain.help_days)


def repeats(meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """P9: share of the closed cases with a hermelding within a year, 1 - S(365); n also counts those closed recently.

    Moving away and death are not known, so the share would be a little higher among those who could come back.
    """
    found = _within(_closings(meldingen, config), REPEAT, config, codes, at=[config.chain.repeat_days])
    return found.drop(columns="within")


def unlinked(meldingen: pd.DataFrame, config: Study, codes: Sequence[str]) -> pd.DataFrame:
    """Closed meldingen of which the family is not known, so that a new report cannot be seen."""
    closed = pd.to_datetime(meldingen["closed_on"]) <= pd.Timestamp(config.reference_date)
    return rates.counts(meldingen[closed & meldingen["family_id"].isna()], measure=UNLINKED, all_regions=list(codes))


def _spans(families: pd.DataFrame, meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    own = chain_spans.of_meldingen(meldingen, config)
    return pd.concat([own, chain_spans.of_families(families, meldingen, config)], ignore_index=True)


def _quantiles(
    rows: pd.DataFrame, config: Study, codes: Sequence[str], *, steps: Sequence[str], routes: Sequence[str]
) -> pd.DataFrame:
    by = ["region", *_GROUPS]
    everyone = chain_spans.everywhere(rows)
    cells, sizes = chain_spans.grouped(everyone, by), chain_spans.sizes(everyone, by)
    product = pd.MultiIndex.from_product([steps, routes, [*codes, rates.NATIONAL]], names=[*_GROUPS, "region"])
    grid = product.to_frame(index=False)[by]  # the country stands under the region, step by step
    parts = []
    for measure, share in QUANTILES.items():
        found = survival.quantiles(
            cells.astype({"done": "int64"}), time="days", event="done", share=share, by=by, level=config.level
        ) if len(cells) else grid.iloc[:0].reindex(columns=[*by, "value", "low", "high"])
        known = grid.merge(sizes, on=by, how="left").merge(found[[*by, "value", "low", "high"]], on=by, how="left")
        parts.append(_guarded(known, cells, by).assign(measure=measure, method=DAYS, level=config.level))
    return _typed(pd.concat(parts, ignore_index=True), list(_GROUPS))


def _guarded(found: pd.DataFrame, cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows with how many were ready by then (events); a day that few have before or after it is missing."""
    least = _least()
    named = found[by].reset_index()
    joined = named.merge(cells, on=by)
    for name in ("value", "low", "high"):
        day = found[name].astype("float64").to_numpy()[joined["index"]]
        ready = _count(joined[(joined["days"] <= day) & joined["done"].astype(bool)], len(found))
        left = _count(joined[joined["days"] > day], len(found))
        if name == "value":
            found = found.assign(events=ready)
        found[name] = found[name].astype("Float64").mask((ready < least) | (left < least))
    return found


def _least() -> int:
    """How many a group of fives must count to be ten cases for sure: ten in groups may be eight."""
    rule = disclosure_rule.rule().public()
    return rule.min_count + rule.rounding


def _count(rows: pd.DataFrame, size: int) -> np.ndarray:
    return np.bincount(rows["index"], minlength=size)


def _within(
    rows: pd.DataFrame, measure: str, config: Study, codes: Sequence[str], *, at: Sequence[int]
) -> pd.DataFrame:
    """1 - S at each time, with its limits; missing where few are followed that long."""
    least = _least()
    everyone, keys = chain_spans.everywhere(rows), ["region", "at"]
    cells = chain_spans.grouped(everyone, ["region"]).astype({"done": "int64"})
    grid = pd.MultiIndex.from_product([at, [*codes, rates.NATIONAL]], names=["at", "region"]).to_frame(index=False)
    grid = grid.merge(chain_spans.sizes(everyone, ["region"]), on="region", how="left")
    found = survival.curve(cells, time="days", event="done", at=at, by=["region"], level=config.level) if (
        len(cells)) else pd.DataFrame(columns=[*keys, "measure", *rates.COLUMNS[2:]])
    plain = found.drop(columns=["measure", "n"])
    curve, followed = (plain[found["measure"] == name] for name in ("survival", "at_risk"))
    told = grid.merge(curve, on=keys, how="left").merge(followed[[*keys, "value"]].rename(columns={"value": "left"}),
                                                        on=keys, how="left")
    few = ~(told["left"].astype("Float64") >= least).fillna(False)
    turned = {"value": 1 - told["value"], "low": 1 - told["high"], "high": 1 - told["low"]}
    named = told.assign(**{name: each.mask(few) for name, each in turned.items()}, within=told["at"].astype("str"))
    return _typed(named.assign(measure=measure, method=SHARE, level=config.level), ["within"])


def _closings(meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    """Each end of the involvement with a known family, with the days until its next hermelding or the reference date.

    Where another melding of the family was still open, the involvement did not end.
    """
    today = pd.Timestamp(config.reference_date)
    about = meldingen[["melding_id", "family_id", "region", "kind"]].assign(
        received=pd.to_datetime(meldingen["received_on"]), closed=pd.to_datetime(meldingen["closed_on"])
    )
    known = about[about["family_id"].notna() & (about["received"] <= today)]
    ends = known[known["closed"] <= today]
    pairs = ends.merge(known, on="family_id", suffixes=("", "_other"))
    other = pairs[pairs["melding_id"] != pairs["melding_id_other"]]
    going_on = other["closed_other"].isna() | (other["closed_other"] > other["closed"])
    busy = other.loc[(other["received_other"] <= other["closed"]) & going_on, "melding_id"]
    again = other[(other["kind_other"] == AGAIN) & (other["received_other"] > other["closed"])]
    found = ends.merge(again.groupby("melding_id", as_index=False)["received_other"].min(), how="left")
    until = found["received_other"].fillna(today)
    found = found.assign(done=found["received_other"].notna(), days=(until - found["closed"]).dt.days)
    return found[~found["melding_id"].isin(busy)]


def _typed(rows: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """An estimate frame; where nobody is in a cell, n and events are 0."""
    given = rows.reindex(columns=["measure", "region", *groups, *rates.COLUMNS[2:]])
    counted = {name: given[name].astype("Float64").fillna(0).astype("Int64") for name in ("n", "events")}
    return rates.frame(given.assign(**counted), groups=groups)
