"""C4: what each municipality of a region would pay, per inhabitant, per incident and mixed; from visible numbers only.

Working definition: a municipality and year with a hidden count (under ten) weighs as `HIDDEN` meldingen; a year in
which the region has no visible count weighs nothing. So what is computed here tells no more than the counts in fives
that a reader already has. Incidents are the sum of the last three years, which weighs as their mean does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval import finance_shares, rates
from hgeval.finance import ELSEWHERE, INCIDENTS, LINE, PEOPLE
from hgeval.finance_shares import CENTS, Keys
from hgeval.types import Record

CONTRIBUTION, WHOLE = "contribution", "contribution_total"
METHOD = "largest_remainder"
HIDDEN = 5  # meldingen a year where the count is hidden
YEARS = 3  # of which the incidents are taken together
ALIKE = 0.01  # a smaller change is none
MORE, LESS, SAME = "meer", "minder", "gelijk"
TOTAL = "total"
_VARIABLE = "variabel"
_TEXTS = ("municipality", "year", "period", "gain")
NUMBERS = (
    "by_inhabitant", "by_incident", "by_mixed", "each_inhabitant", "each_incident", "each_mixed", "change_incident",
    "change_mixed", "share_incident", "share_mixed", "lowest", "highest", "cv", "weighed", "hidden_years",
)
_WHOLE_NUMBERS = ("weighed", "hidden_years")


def contributions(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a municipality, and one for all together; from the rows of one region, joined.

    frame: `finance.budget`, `finance.populations` and `finance.incidents` of the region, as released.
    n: inhabitants; weighed: meldingen that count, of the last three years; hidden_years: how many of those are hidden.
    Columns: the contribution by each key (`by_`) to the cent, per inhabitant (`each_`), what changes beside the key per
    inhabitant (`change_` in euros, `share_` as a part), and over the years, if each were paid by its own incidents:
    `lowest`, `highest` and the coefficient of variation `cv`, known from three years on.
    """
    lines, towns = newest(frame), frame[frame["measure"] == PEOPLE].sort_values("municipality")
    if lines.empty or towns.empty:
        return _estimates([])
    years = counts(frame, list(towns["municipality"]))
    variable, whole = (finance_shares.cents(euros) for euros in _sums(lines))
    people = [int(number) for number in towns["value"]]
    recent = [int(number) for number in years.iloc[:, -YEARS:].fillna(HIDDEN).sum(axis=1)]
    keys = finance_shares.by_keys(whole - variable, variable, people=people, incidents=recent)
    about = {"region": towns["region"].iloc[0], "year": lines["year"].iloc[0],
             "period": "-".join(dict.fromkeys([*years.columns[-YEARS:][:1], *years.columns[-1:]]))}
    swings = _swings(whole, years)
    rows = [
        about | {"measure": CONTRIBUTION, "municipality": town, "n": people[at], "weighed": recent[at]}
        | _amounts([_at(part, at) for part in keys], people[at]) | swings[at]
        for at, town in enumerate(towns["municipality"])
    ]
    total = {"measure": WHOLE, "municipality": TOTAL, "n": sum(people), "weighed": sum(recent),
             "hidden_years": sum(row["hidden_years"] for row in rows)}
    return _estimates([*rows, about | total | _amounts(_added(keys), sum(people))])


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """The cost lines of the newest year that has any amount."""
    lines = frame[frame["measure"] == LINE]
    known = lines[lines["value"].notna()]
    return lines[lines["year"] == known["year"].max()] if len(known) else known


def counts(frame: pd.DataFrame, towns: Sequence[str]) -> pd.DataFrame:
    """Visible meldingen: municipalities x years, missing where hidden; without years in which all are."""
    rows = frame[(frame["measure"] == INCIDENTS) & (frame["municipality"] != ELSEWHERE)]
    found = rows.set_index(["municipality", "year"])["value"].astype("float64").unstack("year")
    return found.reindex(list(towns)).dropna(axis="columns", how="all").sort_index(axis="columns")


def _sums(lines: pd.DataFrame) -> tuple[float, float]:
    """Euros that vary with the number of cases, and all; of unknown nature counts as fixed."""
    known = lines.dropna(subset=["value"]).astype({"value": "float64"})
    return float(known.loc[known["nature"] == _VARIABLE, "value"].sum()), float(known["value"].sum())


def _amounts(parts: Sequence[int | None], people: int) -> Record:
    """The contributions of one municipality in euros, per inhabitant, and beside the key per inhabitant."""
    base, incident, mixed = parts
    given: Record = {}
    for name, part in (("inhabitant", base), ("incident", incident), ("mixed", mixed)):
        given[f"by_{name}"] = None if part is None else part / CENTS
        given[f"each_{name}"] = None if part is None or not people else round(part / CENTS / people, 2)
        if name != "inhabitant":
            known = part is not None and base is not None
            given[f"change_{name}"] = (part - base) / CENTS if known else None
            given[f"share_{name}"] = (part - base) / base if known and base else None
    share = given["share_incident"]
    given["gain"] = None if share is None else SAME if abs(share) < ALIKE else MORE if share > 0 else LESS
    return given | {"value": given["by_inhabitant"]}


def _swings(whole: int, years: pd.DataFrame) -> list[Record]:
    """For each municipality the lowest and highest contribution of a year and their coefficient of variation.

    Missing where a count is hidden: what swings then is not the municipality.
    """
    hidden = years.isna().sum(axis=1).to_numpy()
    yearly = [finance_shares.allocate(whole, [int(number) for number in years[year].fillna(HIDDEN)]) for year in years]
    paid = np.array([part for part in yearly if part is not None], dtype="float64").reshape(-1, len(years)) / CENTS
    recent = years.iloc[:, -YEARS:].isna().sum(axis=1).to_numpy()
    rows: list[Record] = [{"hidden_years": int(number)} for number in recent]
    if len(paid) < YEARS:
        return rows
    for at in np.flatnonzero(hidden == 0):
        each = paid[:, at]
        mean = each.mean()
        rows[at] |= {"lowest": each.min(), "highest": each.max(), "cv": each.std(ddof=1) / mean if mean else None}
    return rows


def _at(part: list[int] | None, at: int) -> int | None:
    return None if part is None else part[at]


def _added(keys: Keys) -> list[int | None]:
    return [None if part is None else sum(part) for part in keys]


def _estimates(rows: Sequence[Record]) -> pd.DataFrame:
    given = pd.DataFrame(list(rows), columns=[*rates.COLUMNS, *_TEXTS, *NUMBERS]).assign(method=METHOD)
    made = rates.frame(given[[*rates.COLUMNS, *_TEXTS]], groups=_TEXTS)
    numbers = {name: given[name].astype("Int64" if name in _WHOLE_NUMBERS else "Float64") for name in NUMBERS}
    return made.assign(**numbers, status="derived")
