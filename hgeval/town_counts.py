"""Counts of municipalities beside the exact total of their region, for the region's own eyes.

Such a reader knows every year's meldingen exactly. Less the municipalities that are shown, in fives, that total tells
what the hidden ones have together.
"""

from __future__ import annotations

import pandas as pd

from hgeval.disclosure_rule import Settings
from hgeval.finance import INCIDENTS
from hgeval.survey_answers import TOTAL

VALUES = 5  # as many as must stay possible for a hidden count (params/disclosure.yml)


def beside_the_total(raw: pd.DataFrame, shown: pd.DataFrame, region: str, rule: Settings) -> pd.DataFrame:
    """The released rows, without a year of this region in which a hidden municipality has fewer than `VALUES` left.

    raw: the same rows before they were rounded, in the same order; the reader knows their sum of each year.
    """
    own = (raw["measure"] == INCIDENTS) & (raw["region"] == region)
    if not own.any():
        return shown
    parts = own & (raw["municipality"] != TOTAL)
    told = [year for year, rows in shown[parts].groupby(raw.loc[parts, "year"])
            if _left(rows["events"], int(raw.loc[rows.index, "events"].sum()), rule) < VALUES]
    gone = parts & raw["year"].isin(told)
    found = shown.copy()
    found.loc[gone, ["n", "events", "value", "low", "high"]] = pd.NA
    found["status"] = found["status"].mask(gone, "suppressed_with")
    return found


def _left(shown: pd.Series, total: int, rule: Settings) -> int:
    """How many values are left for a hidden count, the total and the others known; as many as there are if none is."""
    hidden, most = int(shown.isna().sum()), rule.min_count - 1
    if not hidden:
        return most + 1
    away = rule.rounding // 2 * int(shown.notna().sum())  # what rounding leaves open
    rest = total - int(shown.sum())
    low = max(0, rest - away - most * (hidden - 1))
    return min(most, rest + away) - low + 1
