"""Signalling early: how many times people ask Veilig Thuis for advice for each report (C14), from published figures."""

from __future__ import annotations

import pandas as pd

from hgeval import monitor


def advice_ratio(figures: pd.DataFrame) -> pd.DataFrame:
    """P3: adviezen for each melding, where a region and year have both (`monitor.figures`); our own division.

    Rounded to tenths: finer than the published numbers, in fives, can change.
    """
    whole = figures[(figures["kind"] == monitor.WHOLE) & figures["value"].notna()]
    keys = ["region", "period"]
    advice, reports = (whole[whole["measure"] == name] for name in ("adviezen", "meldingen"))
    both = reports.merge(advice, on=keys, suffixes=("", "_advice"))
    value = (both["value_advice"] / both["value"]).round(1)
    found = both.drop(columns=["n", "events", "low", "high"]).assign(
        measure="advice_ratio", value=value, status="derived", note="",
        provisional=both["provisional"] | both["provisional_advice"],
    )
    return found.reindex(columns=list(figures.columns)).astype(figures.dtypes.to_dict())
