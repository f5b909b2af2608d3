"""Calamities per region and year: how many were reported, investigated and followed by measures, and how long it took.

They are few, so they have a door of their own (`disclosure.release_calamities`): counts in fives, nothing under ten,
whoever reads, and never added up over years or regions.
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates, survey_answers
from hgeval.survey_answers import Tables

REPORTED, INVESTIGATED, MEASURES = "calamities_reported", "calamities_investigated", "calamities_with_measures"
DAYS = "calamity_days"
# Each of these is hidden with the one before it: what is left of a shown whole would tell the part.
CHAIN = (REPORTED, INVESTIGATED, MEASURES)
_GROUPS = ["year"]


def counts(tables: Tables, calamities: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and year: the four measures of a calamity, with the consent of the region beside them."""
    rows = survey_answers.everyone({**tables, "calamities": calamities}, "calamities", regions=regions)
    rows = rows.assign(year=rows["year"].astype("str"), done=rows["investigated"], after=rows["with_measures"])
    parts = [
        _part(rows, REPORTED, "count", n=rows["reported"], events=rows["reported"]),
        _part(rows, INVESTIGATED, "share", n=rows["reported"], events=rows["done"]),
        _part(rows, MEASURES, "share", n=rows["done"], events=rows["after"]),
        _part(rows, DAYS, "median_iqr", n=rows["done"]).assign(value=rows["median_days"]),
    ]
    every = pd.concat(parts, ignore_index=True)
    known = every["n"].notna() & (every["events"].notna() | (every["measure"] == DAYS) & every["value"].notna())
    found = every[known].reset_index(drop=True)
    estimates = rates.frame(found.drop(columns="consent"), groups=_GROUPS).assign(consent=found["consent"])
    order = estimates["measure"].map({name: at for at, name in enumerate((*CHAIN, DAYS))})
    sorted_rows = estimates.assign(order=order).sort_values(["region", "year", "order"], ignore_index=True)
    return rates.recompute(sorted_rows.drop(columns="order"))


def _part(
    rows: pd.DataFrame, measure: str, method: str, *, n: pd.Series, events: pd.Series | None = None
) -> pd.DataFrame:
    found = rows[["region", "consent", "year"]].assign(measure=measure, method=method, n=n)
    return found if events is None else found.assign(events=events)
