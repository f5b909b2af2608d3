"""Figures that regions bring themselves, such as huisverboden or places in a shelter, per region and period."""

from __future__ import annotations

import pandas as pd

from hgeval import rates, reference
from hgeval.rates import NATIONAL

MEASURE = "brought"
_GROUPS = ("indicator", "period", "figure", "counting")
_MONTHS = {"H": 6}  # after a year: of a half-year
_FINAL, _PROVISIONAL = "definitief", "voorlopig"
_ANEW, _AS_BEFORE = "anders_geteld", "als_eerder"
_CELL = ["indicator", "period"]


def brought(indicators: pd.DataFrame, *, codes: list[str]) -> pd.DataFrame:
    """Each figure with its number per 10.000 inhabitants a year; the country only where every region brought it.

    indicators: the study's table; codes: the regions of the division. One row a region, indicator and period, with
    whether the figure is provisional and whether it was counted in another way than before. Exact Poisson limits
    (Garwood 1936), as for all rates; tests/reference/poisson_exact.csv.
    """
    known = indicators.dropna(subset=["value", *_CELL])
    known = known[known["region"].isin(codes)]
    rows = pd.DataFrame({
        **{name: known[name].astype("str") for name in ("region", *_CELL)},
        "events": known["value"].astype("Int64"),
        "provisional": (known["status"] == _PROVISIONAL).fillna(False).astype(bool),
        "anew": known["break_note"].notna().astype(bool),
    })
    every = pd.concat([rows, _country(rows, codes)], ignore_index=True)
    people = reference.population(every["region"]).astype("Float64")
    national = reference.population(pd.Series(codes, dtype="str")).astype("Float64").sum(skipna=False)
    person_years = people.mask(every["region"] == NATIONAL, national) * _months(every["period"]) / 12
    made = every.assign(
        measure=MEASURE, n=person_years.round().astype("Int64"), method="per_10000",
        figure=every["provisional"].map({True: _PROVISIONAL, False: _FINAL}).astype("str"),
        counting=every["anew"].map({True: _ANEW, False: _AS_BEFORE}).astype("str"),
    ).sort_values([*_CELL, "region"])
    return rates.recompute(rates.frame(made.drop(columns=["provisional", "anew"]), groups=_GROUPS))


def _country(rows: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """The sum of a figure of a period, where no region lacks."""
    sums = rows.groupby(_CELL, as_index=False).agg(
        events=("events", "sum"), provisional=("provisional", "any"), anew=("anew", "any"), of=("region", "nunique"),
    )
    return sums[sums["of"] == len(codes)].drop(columns="of").assign(region=NATIONAL)


def _months(periods: pd.Series) -> pd.Series:
    return periods.str[4:5].map(_MONTHS).fillna(12).astype("Float64")
