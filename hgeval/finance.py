"""What a region spends and who lives and reports where: the figures that contributions are computed from.

A contribution per melding to the cent would give the number of meldingen of a municipality away. So meldingen leave as
counts in fives only (`outcomes.ROUNDED`), and contributions are computed from those (`finance_contributions`).
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates, reference
from hgeval.codebook import COST_LINES
from hgeval.params import Study
from hgeval.survey_answers import TOTAL, UNNAMED, guarded, ratios, sums, with_total

INCIDENTS, PEOPLE, LINE = "town_meldingen", "town_population", "cost_line"
SPENT, SPENT_EACH = "spent_regions", "spent_regions_each"
ELSEWHERE = "onbekend"  # the municipality of a melding that has none, or none of the region
UNKNOWN = "onbekend"
OTHER = "K10"
_BUDGET = ("year", "line", "nature", "payer", "basis", "service_named")
_CENTS = 2


def incidents(meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    """Meldingen by municipality and whole calendar year, every municipality of each region in every year.

    Beside them `total`, of all municipalities of the region, and `onbekend`, of none of them. The year in which the
    study ends counts only if it was over: half a year is no year.
    """
    towns = _towns(config.division.year, config.division.kind)
    beside = towns[["region"]].drop_duplicates().merge(
        pd.DataFrame({"municipality": [ELSEWHERE, TOTAL]}, dtype="str"), how="cross"
    )
    received = pd.to_datetime(meldingen["received_on"]).dt.year.astype("Int64")
    years = sorted(int(year) for year in received.dropna().unique() if _over(int(year), config))
    grid = pd.concat([towns[["region", "municipality"]], beside]).merge(
        pd.DataFrame({"year": [str(year) for year in years]}, dtype="str"), how="cross"
    )
    rows = meldingen[["region"]].assign(municipality=_inside(meldingen, towns), year=received.astype("str"))
    rows = pd.concat([rows, rows[rows["municipality"] != ELSEWHERE].assign(municipality=TOTAL)])
    counted = rows.astype("str").groupby(["region", "municipality", "year"]).size().rename("events").reset_index()
    found = grid.merge(counted, how="left").fillna({"events": 0}).astype({"events": "Int64"})
    found = found.sort_values(["region", "municipality", "year"]).assign(measure=INCIDENTS, method="count")
    return rates.recompute(rates.frame(found, groups=("municipality", "year")))


def populations(year: int, kind: str) -> pd.DataFrame:
    """Inhabitants of each municipality, as Statistics Netherlands published them."""
    towns = _towns(year, kind).rename(columns={"population": "value"})
    rows = towns[["region", "municipality", "value"]].assign(measure=PEOPLE, method="published")
    return rates.frame(rows, groups=("municipality",))


def budget(costs: pd.DataFrame) -> pd.DataFrame:
    """The cost lines in euros by region and year; a line whose nature is not filled in counts as `onbekend`."""
    given = costs.reindex(columns=["region", "year", "line", "service", "amount", "nature", "payer", "basis"])
    rows = given[["region"]].assign(
        measure=LINE, year=given["year"].astype("Int64").astype("str"), line=given["line"],
        **{name: given[name].astype("str").fillna(UNKNOWN) for name in ("nature", "payer", "basis")},
        service_named=given["service"].notna().map({True: "ja", False: "nee"}),
        value=given["amount"].astype("Float64"), method="amount",
    )
    return rates.frame(rows.sort_values(["region", "year", "line"]), groups=_BUDGET)


def spent(costs: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Euros a year of all regions together, by cost line and in total, and the same per inhabitant.

    Of the newest year in the study. No region is named: a sum that one region dominates is not shown
    (`survey_answers.guarded`). Lines that only one region knows would stand alone: they count as `overig`.
    """
    rows, year = _by_line(costs, regions)
    people = rows.merge(regions[["region", "population"]].rename(columns={"population": "base"}), on="region")
    levels = {"line": (*COST_LINES, TOTAL)}
    whole = sums(rows, measure=SPENT, regions=regions, levels=levels)
    each = ratios(people, measure=SPENT_EACH, regions=regions, levels=levels, method="amount")
    each["value"] = each["value"].round(_CENTS)  # finer, and the quotient beside the sum would tell who is in it
    both = [guarded(frame, rows, by="line", size="amount") for frame in (whole, each)]
    return pd.concat(both, ignore_index=True).assign(year=pd.Series(year, index=range(2 * len(whole)), dtype="str"))


def _by_line(costs: pd.DataFrame, regions: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Region x cost line of the newest year with each region's total, and that year."""
    known = costs[costs["region"].isin(regions["region"])].dropna(subset=["amount"])
    year = known["year"].max()
    now = known[known["year"] == year] if len(known) else known
    rows = now[["region"]].assign(
        consent=UNNAMED, line=now["line"].where(now["line"].isin(list(COST_LINES)), OTHER), amount=now["amount"],
    )
    summed = rows.groupby(["region", "consent", "line"], as_index=False)[["amount"]].sum()
    every = with_total(summed, "line")
    return every.assign(event=every["amount"] > 0), "" if pd.isna(year) else str(year)


def _towns(year: int, kind: str) -> pd.DataFrame:
    return reference.municipalities(year, kind=kind).rename(columns={"code": "municipality"})


def _inside(meldingen: pd.DataFrame, towns: pd.DataFrame) -> pd.Series:
    """The municipality of each melding, if it is one of the region's."""
    given = meldingen.reindex(columns=["municipality"])["municipality"].astype("str")
    own = (meldingen["region"].astype("str") + " " + given).isin(towns["region"] + " " + towns["municipality"])
    return given.where(own & given.notna(), ELSEWHERE)


def _over(year: int, config: Study) -> bool:
    return pd.Timestamp(year, 12, 31) <= pd.Timestamp(config.reference_date)
