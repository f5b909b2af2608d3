"""What the money goes to and who pays it, from the region's own visible cost lines (C5)."""

from __future__ import annotations

import pandas as pd

from hgeval import rates
from hgeval.finance import LINE, PEOPLE, SPENT_EACH
from hgeval.finance_contributions import TOTAL, newest
from hgeval.rates import NATIONAL

_CENTS = 2
_LINE_TEXTS = ("year", "line", "service_named", "nature", "payer", "basis")


def cost_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """The lines of the newest year and their total: in euros, per inhabitant here and in all regions together.

    frame: `finance.budget` and `finance.populations` of the region and `finance.spent`, as released and joined.
    Of another year than the region's own, the figure of all regions is left out.
    """
    lines, people = newest(frame), _people(frame)
    country = frame[(frame["measure"] == SPENT_EACH) & (frame["region"] == NATIONAL)]
    total = lines.iloc[:1].assign(
        measure="cost_total", line=TOTAL, value=lines["value"].sum(), nature="", payer="", basis="",
        service_named="",
    )
    rows = pd.concat([lines, total], ignore_index=True)
    country = country[country["year"].isin(rows["year"])]
    known = dict(zip(country["line"], country["value"], strict=True))
    made = rates.frame(rows[[*rates.COLUMNS, *_LINE_TEXTS]], groups=_LINE_TEXTS)
    each = (made["value"] / people).round(_CENTS) if people else made["value"].mask(made["value"].notna())
    beside = pd.array([known.get(line, pd.NA) for line in made["line"]], dtype="Float64")
    return made.assign(each=each, each_country=beside, status="derived")


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """C5: cost lines of the newest year that name the service they pay for, and the part of the euros in them."""
    lines = newest(frame)
    if lines.empty:
        return rates.frame([], groups=("year",)).assign(status="derived")
    told, euros = lines["service_named"] == "ja", lines["value"].astype("Float64").fillna(0)
    about = {"region": lines["region"].iloc[0], "year": lines["year"].iloc[0]}
    count = {"measure": "service_named", "n": len(lines), "events": int(told.sum()), "value": told.mean(),
             "method": "share"}
    part = float(euros[told].sum() / euros.sum()) if euros.sum() else None
    money = {"measure": "service_named_eur", "value": part, "method": "weighted"}
    return rates.frame([about | count, about | money], groups=("year",)).assign(status="derived")


def by_payer(frame: pd.DataFrame) -> pd.DataFrame:
    """The euros of the newest year by who pays them, and that part of all."""
    known = newest(frame).dropna(subset=["value"])
    names = ["region", "year", "payer"]
    rows = known.groupby(names, as_index=False)[["value"]].sum().sort_values("value", ascending=False, kind="stable")
    made = rates.frame(rows.assign(measure="paid", method="amount"), groups=("year", "payer"))
    whole = made["value"].sum()
    part = made["value"] / whole if whole else made["value"].mask(made["value"].notna())
    return made.assign(paid_share=part, status="derived")


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """All cost lines together by year, and per inhabitant."""
    known, people = frame[(frame["measure"] == LINE) & frame["value"].notna()], _people(frame)
    rows = known.groupby(["region", "year"], as_index=False)[["value"]].sum()
    made = rates.frame(rows.assign(measure="cost_year", method="amount"), groups=("year",))
    each = (made["value"] / people).round(_CENTS) if people else made["value"].mask(made["value"].notna())
    return made.assign(each=each, status="derived")


def _people(frame: pd.DataFrame) -> float:
    return float(frame.loc[frame["measure"] == PEOPLE, "value"].sum())
