"""C7: who directs what, as a matrix of task, tier and owner, and where it goes wrong.

Each task belongs to one owner; who directs the process keeps away from the family; each complex case has a director
with the power to ask for reports and to push through. What is not answered is unknown, and no conflict.
"""

from __future__ import annotations

import pandas as pd

from hgeval import reference, survey_answers
from hgeval.schema_governance import NOBODY, NOT_KNOWN
from hgeval.survey_answers import Tables

POLICY, PROCESS, CASE = "beleid", "proces", "casus"
ONCE, DOUBLE, NONE, UNKNOWN = "een_eigenaar", "dubbel", "geen_eigenaar", "onbekend"
# What may be wrong, in the order of the report.
CONFLICTS = ("no_owner", "two_owners", "process_family", "case_undirected", "case_no_reports", "case_no_override")
NO_CONFLICT = "no_conflict"
_NO_ONE = "nvt"  # of no one task or owner
_HELD = {ONCE: "once", DOUBLE: "double", NONE: "nobody", UNKNOWN: "unknown"}
_OF_OWNERS = {  # conflict: tier, flag, the answer that is wrong
    "process_family": (PROCESS, "family_contact", True),
    "case_no_reports": (CASE, "may_ask_reports", False),
    "case_no_override": (CASE, "override_power", False),
}


def tasks(tables: Tables, direction: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and task: its owners, and whether that is exactly one.

    Without an answer it is unknown; only "niemand" says that nobody has it. Only regions with a row are there.
    """
    rows = _rows(tables, direction, regions)
    about = rows[["region", "consent"]].drop_duplicates()
    named = rows[~rows["owner"].isin([NOBODY, NOT_KNOWN]) & rows["owner"].notna()]
    found = named.groupby(["region", "task"])["owner"].agg(lambda owners: "|".join(sorted(set(owners))))
    nobody = rows.loc[rows["owner"] == NOBODY, ["region", "task"]].drop_duplicates().assign(nobody=True)
    grid = about.merge(_list(), how="cross").merge(found.rename("owners").reset_index(), how="left")
    grid = grid.merge(nobody, how="left")
    held = pd.Series(UNKNOWN, index=grid.index, dtype="str").mask(grid["nobody"].eq(True), NONE)
    held = held.mask(grid["owners"].notna(), ONCE).mask(grid["owners"].str.contains("|", regex=False).eq(True), DOUBLE)
    owners = grid["owners"].astype("str").where(grid["owners"].notna(), held)
    return grid.assign(owners=owners, held=held)[["region", "consent", "tier", "task", "label", "owners", "held"]]


def counts(tables: Tables, direction: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and tier: how many tasks have one owner, more, none, or an unknown one, of how many."""
    rows = tasks(tables, direction, regions=regions)
    flags = {name: (rows["held"] == held).astype("Int64") for held, name in _HELD.items()}
    parts = rows[["region", "consent", "tier"]].assign(**flags, tasks=1).astype({"tasks": "Int64"})
    return parts.groupby(["region", "consent", "tier"], sort=False).sum().reset_index()


def conflicts(tables: Tables, direction: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region each conflict that was found: which kind, of which task or owner; or one row that there is none."""
    rows = _checked(tables, direction, regions)
    found = rows[rows["wrong"].eq(True)]
    about = rows[["region", "consent"]].drop_duplicates()
    clean = about[~about["region"].isin(found["region"])].assign(conflict=NO_CONFLICT, label=_NO_ONE, owners=_NO_ONE)
    both = pd.concat([found.drop(columns="wrong"), clean], ignore_index=True)
    return both.sort_values("region", kind="stable", ignore_index=True)


def conflict_counts(tables: Tables, direction: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and kind of conflict: how often it was found, of how many that are known, and how many are not."""
    rows = _checked(tables, direction, regions)
    parts = rows[["region", "consent", "conflict"]].assign(
        conflicts=rows["wrong"].eq(True).astype("Int64"), checked=rows["wrong"].notna().astype("Int64"),
        unknown=rows["wrong"].isna().astype("Int64"),
    )
    summed = parts.groupby(["region", "consent", "conflict"]).sum().reset_index()
    kinds = pd.DataFrame({"conflict": CONFLICTS}, dtype="str")
    grid = rows[["region", "consent"]].drop_duplicates().merge(kinds, how="cross").merge(summed, how="left")
    return grid.fillna({"conflicts": 0, "checked": 0, "unknown": 0})


def conflict_regions(tables: Tables, direction: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per kind of conflict: regions that have it, of those that know.

    One that is found settles it; without one, a single unknown leaves it open.
    """
    rows = survey_answers.countable(conflict_counts(tables, direction, regions=regions))
    settled = (rows["conflicts"] > 0) | ((rows["unknown"] == 0) & (rows["checked"] > 0))
    rows = rows.assign(event=(rows["conflicts"] > 0).astype("boolean").where(settled))
    return survey_answers.shares(rows, measure="conflict_here", regions=regions, levels={"conflict": CONFLICTS})


def _rows(tables: Tables, direction: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    rows = survey_answers.everyone({**tables, "direction": direction}, "direction", regions=regions)
    return rows.merge(_list()[["task", "tier"]], on="task")  # a task of no list is a fault of the study


def _list() -> pd.DataFrame:
    return reference.direction_tasks()[["task", "tier", "label"]]


def _checked(tables: Tables, direction: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """All that was looked at: per region, kind and task or owner whether it is wrong; missing where nobody knows."""
    held = tasks(tables, direction, regions=regions)
    rows = _rows(tables, direction, regions)
    owned = rows[~rows["owner"].isin([NOBODY, NOT_KNOWN])]
    parts = [_of_tasks(held, "no_owner", NONE), _of_tasks(held, "two_owners", DOUBLE)]
    parts += [_of_owners(owned, conflict, *how) for conflict, how in _OF_OWNERS.items()]
    parts.append(_undirected(held, rows))
    found = pd.concat(parts, ignore_index=True)
    order = found["conflict"].map({name: at for at, name in enumerate(CONFLICTS)})
    found = found.assign(order=order).sort_values(["region", "order", "label", "owners"], ignore_index=True)
    return found[["region", "consent", "conflict", "label", "owners", "wrong"]]


def _of_tasks(held: pd.DataFrame, conflict: str, wrong: str) -> pd.DataFrame:
    flag = (held["held"] == wrong).astype("boolean").mask(held["held"] == UNKNOWN)
    return held[["region", "consent", "label", "owners"]].assign(conflict=conflict, wrong=flag)


def _of_owners(rows: pd.DataFrame, conflict: str, tier: str, flag: str, wrong: bool) -> pd.DataFrame:
    """One owner once, however many tasks of the tier it has; one wrong answer settles it."""
    mine = rows[rows["tier"] == tier]
    answers = mine[["region", "consent", "owner"]].assign(wrong=_settled(mine, ["region", "owner"], flag, wrong))
    each = answers.drop_duplicates(["region", "owner"]).rename(columns={"owner": "owners"})
    return each.assign(conflict=conflict, label=tier)


def _undirected(held: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Once a region: whether every complex case has a director."""
    about = held[["region", "consent"]].drop_duplicates()
    mine = rows[rows["tier"] == CASE]
    wrong = _settled(mine, ["region"], "case_director", False)
    found = about.merge(mine[["region"]].assign(wrong=wrong).drop_duplicates("region"), how="left")
    return found.assign(wrong=found["wrong"].astype("boolean"), conflict="case_undirected", label=CASE, owners=_NO_ONE)


def _settled(rows: pd.DataFrame, by: list[str], flag: str, wrong: bool) -> pd.Series:
    """Whether any answer of the group is the wrong one; missing where none of them answered."""
    answers = rows[flag].astype("boolean")
    keys = [rows[name] for name in by]
    bad = (answers == wrong).fillna(False).astype(bool).groupby(keys).transform("any")
    known = answers.notna().groupby(keys).transform("any")
    return bad.astype("boolean").where(known)
