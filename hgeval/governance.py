"""Wmo checklists W1-W7, and those on priorities (C9) and specialisation (C10): what a region says is arranged.

Counts only, never one mark; "onbekend" and no answer are never "niet". Points a region adds itself stand apart. The
lists are in data/reference/checklist_items.csv, each point with what it rests on.
"""

from __future__ import annotations

import pandas as pd

from hgeval import reference, survey_answers
from hgeval.schema_governance import OWNERS
from hgeval.survey_answers import Tables

ARRANGED, PARTLY, UNARRANGED, UNKNOWN = "geregeld", "deels", "niet", "onbekend"
OWN_POINTS = "eigen"  # the points that a study adds, as a checklist of their own
NOT_FILLED = "niet_ingevuld"
TABLES_ASKED = ("checklists", "goals", "direction", "contradictions")
_POINT = ["checklist", "item"]
_DETAILS = ["owner", "budget", "available_247", "agreed_on", "data_sharing"]
_COUNTED = {"arranged": ARRANGED, "in_part": PARTLY, "unarranged": UNARRANGED, "unknown": UNKNOWN}


def points(tables: Tables, checklist_items: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and point: whether it is arranged, and by whom; every point of our lists, and the region's own.

    Only regions with a row in `checklists` are there; a point without an answer is "onbekend". An owner that is not
    one of `OWNERS` is "anders": what a region wrote there is never shown. Evidence stays behind.
    """
    given = survey_answers.everyone(tables, "checklists", regions=regions)
    about = given[["region", "consent"]].drop_duplicates()
    answers = given.drop(columns=["consent", "evidence", "source", "checked_on"])
    ours = about.merge(_list(), how="cross").merge(answers, on=["region", *_POINT], how="left")
    mine = about.merge(answers, on="region").merge(_added(checklist_items), on=_POINT)
    rows = pd.concat([ours, mine[list(ours)]], ignore_index=True).sort_values(["region", "order"], kind="stable")
    owner = rows["owner"].where(rows["owner"].isin(OWNERS) | rows["owner"].isna(), OWNERS[-1])
    rows = rows.assign(state=rows["status"].fillna(UNKNOWN), owner=owner, item=rows["checklist"] + "." + rows["item"])
    rows = rows.assign(checklist=rows["checklist"].mask(rows["own"], OWN_POINTS))
    shown = ["region", "consent", "checklist", "item", "label", "rests_on", "state", *_DETAILS]
    return rows[shown].reset_index(drop=True)


def counts(tables: Tables, checklist_items: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and checklist: how many points are arranged, partly, not, or unknown, of how many."""
    rows = points(tables, checklist_items, regions=regions)
    flags = {name: (rows["state"] == state).astype("Int64") for name, state in _COUNTED.items()}
    parts = rows[["region", "consent", "checklist"]].assign(**flags, asked=1).astype({"asked": "Int64"})
    found = parts.groupby(["region", "consent", "checklist"], sort=False).sum().reset_index()
    order = [*dict.fromkeys(_list()["checklist"]), OWN_POINTS]
    by_list = found.sort_values("checklist", key=lambda names: names.map(order.index), kind="stable")
    return by_list.sort_values("region", kind="stable", ignore_index=True)


def arranged(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per point of our lists: regions that have it arranged, of those that know."""
    given = survey_answers.countable(survey_answers.everyone(tables, "checklists", regions=regions))
    rows = given.assign(item=given["checklist"] + "." + given["item"])
    rows = rows[rows["item"].isin(_codes())]
    known = rows["status"].notna() & (rows["status"] != UNKNOWN)
    rows = rows.assign(event=(rows["status"] == ARRANGED).astype("boolean").where(known))
    return survey_answers.shares(rows, measure="arranged", regions=regions, levels={"item": _codes()})


def response(
    tables: Tables, goals: pd.DataFrame, direction: pd.DataFrame, contradictions: pd.DataFrame, *,
    regions: pd.DataFrame,
) -> pd.DataFrame:
    """Per table that the study has: regions that filled it in and let it be counted, of all regions.

    Whoever may not be named stands in n as an unnamed region, also where it refuses: nobody may learn which of them
    answered, and under `release_totals` a lone one would.
    """
    given = {**tables, "goals": goals, "direction": direction, "contradictions": contradictions}
    known = survey_answers.named(tables, regions=regions)["region"]
    consent = regions["region"].isin(known).map({True: survey_answers.NAMED, False: survey_answers.UNNAMED})
    asked = [name for name in TABLES_ASKED if len(given.get(name, ()))]
    parts = [regions.iloc[:0][["region"]].assign(table="", event=False, consent="")]
    for name in asked:
        rows = survey_answers.countable(survey_answers.everyone(given, name, regions=regions))
        filled = regions["region"].isin(rows["region"])
        parts.append(regions[["region"]].assign(table=name, event=filled, consent=consent))
    every = pd.concat(parts, ignore_index=True)
    return survey_answers.shares(every, measure="filled_in", regions=regions, levels={"table": asked})


def beside(released: pd.DataFrame) -> pd.DataFrame:
    """Our lists with one region's own answer and the number of regions side by side, from visible numbers only."""
    points = _coded()
    country = released[released["measure"].notna()]
    own = released.loc[released["measure"].isna(), ["item", "state"]]
    rows = points[["checklist", "item", "label", "rests_on"]].merge(own, on="item", how="left")
    rows = rows.merge(country[["item", "n", "events", "status"]], on="item", how="left")
    said = {"state": rows["state"].fillna(NOT_FILLED), "status": rows["status"].fillna("none")}
    known = (rows["n"] > 0).fillna(False) | (rows["status"] == "suppressed")  # of nobody is no answer
    counted = {name: rows[name].where(known) for name in ("n", "events")}
    rows = rows.assign(measure="arranged", method="share", **said, **counted)
    return rows if len(own) or known.any() else rows.iloc[:0]


def least(released: pd.DataFrame) -> pd.DataFrame:
    """Per list the point that the smallest part of the regions has arranged, of those that are shown.

    The first of equal ones; a list of which no point is shown has no row.
    """
    shown = released[released["value"].notna()].merge(_coded()[["checklist", "item", "label", "order"]], on="item")
    first = shown.sort_values(["value", "order"], kind="stable").drop_duplicates("checklist").sort_values("order")
    return first.drop(columns="order").reset_index(drop=True)


def _list() -> pd.DataFrame:
    rows = reference.checklist_items().rename(columns={"kind": "rests_on"})
    return rows[[*_POINT, "label", "rests_on", "order"]].assign(own=False)


def _coded() -> pd.DataFrame:
    """Our lists with each point under the name that it has in the country's counts."""
    return _list().assign(item=lambda rows: rows["checklist"] + "." + rows["item"])


def _codes() -> list[str]:
    return list(_coded()["item"])


def _added(checklist_items: pd.DataFrame) -> pd.DataFrame:
    """The points that the study describes itself, after ours; one that is in our list stays ours."""
    new = checklist_items.merge(_list()[_POINT], on=_POINT, how="left", indicator=True)
    new = new[(new["_merge"] == "left_only").to_numpy()].sort_values(_POINT, ignore_index=True)
    after = pd.Series(range(1000, 1000 + len(new)), index=new.index, dtype="Int64")
    return new[[*_POINT, "label"]].assign(rests_on=OWN_POINTS, order=after, own=True)
