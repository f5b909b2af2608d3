"""A real example: what the law gave the 35 centrumgemeenten for shelter, 2010 to 2013 (published.du_vrouwenopvang).

Which municipality belongs to which centrumgemeente is constructed (`centre_status` says how sure it is), and its
inhabitants are those of 2021. So euros per inhabitant and parts of municipalities are arithmetic, not what was paid.
"""

from __future__ import annotations

import pandas as pd

from hgeval import finance_shares, published, rates, reference
from hgeval.finance_shares import CENTS
from hgeval.rates import NATIONAL

SOURCE = published.DU_SOURCE
TOTAL = "total"
_CENTS = 2


def amounts(year: int, kind: str) -> pd.DataFrame:
    """Euros by law a year for each centrumgemeente that a municipality of the region belongs to, and for the country.

    year, kind: of the division into regions. n: inhabitants of the centrumgemeente's area, which may reach further
    than the region; `each`: euros per inhabitant of that area.
    """
    towns, money = reference.municipalities(year, kind=kind), published.du_vrouwenopvang()
    law = money.rename(columns={"centre_municipality": "centre", "year": "law_year"})
    of_region = towns[["region", "centre_municipality"]].drop_duplicates().rename(
        columns={"centre_municipality": "centre"}
    )
    country = law.groupby("law_year", as_index=False)[["amount"]].sum().assign(region=NATIONAL, centre=TOTAL)
    of_region = of_region.merge(law, on="centre").sort_values(["region", "centre", "law_year"])
    rows = pd.concat([of_region, country], ignore_index=True)
    people = towns.groupby("centre_municipality")["population"].sum().to_dict() | {TOTAL: towns["population"].sum()}
    rows = rows.assign(
        measure="du", law_year=rows["law_year"].astype("str"), n=rows["centre"].map(people), value=rows["amount"],
        method="amount",
    )
    made = rates.frame(rows.drop(columns=["amount", "name_in_law"]), groups=("centre", "law_year"))
    return made.assign(each=(made["value"] / made["n"]).round(_CENTS))


def allocation(year: int, kind: str) -> pd.DataFrame:
    """The amount of the newest year over the municipalities of each area by inhabitants, to the cent.

    n: inhabitants; certainty: how sure it is that the municipality belongs to the area.
    """
    towns, money = reference.municipalities(year, kind=kind), published.du_vrouwenopvang()
    last = money[money["year"] == money["year"].max()].set_index("centre_municipality")["amount"].to_dict()
    parts = [_divided(area.sort_values("code"), int(last[centre]) * CENTS)
             for centre, area in towns.groupby("centre_municipality")]
    given = pd.concat(parts, ignore_index=True)
    of_region = towns[["region", "centre_municipality"]].drop_duplicates()
    rows = of_region.merge(given.drop(columns="region"), on="centre_municipality").rename(
        columns={"centre_municipality": "centre", "code": "municipality", "centre_status": "certainty",
                 "population": "n"}
    )
    groups = ("centre", "municipality", "certainty", "law_year")
    rows = rows.assign(measure="du_part", law_year=str(money["year"].max()), method="largest_remainder")
    kept = rows[["measure", "region", *groups, "n", "value", "method"]]
    names = rows["municipality"].map(reference.town_names()).str.casefold()
    return rates.frame(kept.assign(name=names).sort_values(["region", "centre", "name"])[list(kept)], groups=groups)


def _divided(area: pd.DataFrame, cents: int) -> pd.DataFrame:
    """The municipalities of one area with their part in euros."""
    parts = finance_shares.allocate(cents, [int(number) for number in area["population"]])
    return area.assign(value=[part / CENTS for part in parts or []])
