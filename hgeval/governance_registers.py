"""The goals of the regiovisie with their SMART test, and C13: contradictions between the domains of care and safety.

SMART is a working definition here: a goal has a number, a year and a source. Goals and contradictions are answers of
a region; what they say in words is a short label that the study was checked for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import survey_answers
from hgeval.params import Study
from hgeval.survey_answers import Tables

_TEST = {"has_number": "number", "has_year": "year", "has_source": "source"}
_BY = ["region", "consent"]


def goal_tests(tables: Tables, goals: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and goal: whether it has a number, a year and a source, and so is SMART."""
    rows = survey_answers.everyone({**tables, "goals": goals}, "goals", regions=regions)
    tested = rows.assign(**{flag: rows[column].notna().astype("boolean") for flag, column in _TEST.items()})
    tested = tested.assign(smart=tested[list(_TEST)].all(axis=1).astype("boolean"), label=tested["label"].fillna(""))
    return tested[[*_BY, "goal", "label", *_TEST, "smart"]]


def goal_counts(tables: Tables, goals: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: how many goals there are, how many are SMART, and how many lack a number, a year or a source."""
    rows = goal_tests(tables, goals, regions=regions)
    flags = {f"without_{flag.removeprefix('has_')}": (~rows[flag]).astype("Int64") for flag in _TEST}
    parts = rows[_BY].assign(goals=1, smart_goals=rows["smart"].astype("Int64"), **flags)
    return parts.astype({"goals": "Int64"}).groupby(_BY).sum().reset_index()


def contradiction_list(
    tables: Tables, contradictions: pd.DataFrame, *, regions: pd.DataFrame, config: Study
) -> pd.DataFrame:
    """By region and contradiction: the two domains, whether it is solved, who may decide, and how old it is.

    months: whole months between `found_on` and the reference date of the study.
    """
    rows = survey_answers.everyone({**tables, "contradictions": contradictions}, "contradictions", regions=regions)
    age = whole_months(rows["found_on"], pd.Timestamp(config.reference_date))
    rows = rows.assign(months=age, label=rows["label"].fillna(""))
    return rows[[*_BY, "number", "label", "domain_a", "domain_b", "solved", "mandated", "months"]]


def contradiction_counts(
    tables: Tables, contradictions: pd.DataFrame, *, regions: pd.DataFrame, config: Study
) -> pd.DataFrame:
    """By region: contradictions that are open, solved and unknown, and of the open ones who decides and since when.

    unmandated: open, and the region says that there is no one owner; owner_unknown: open, and it does not say.
    """
    rows = contradiction_list(tables, contradictions, regions=regions, config=config)
    is_open = rows["solved"].eq(False).fillna(False).astype(bool)
    parts = rows[_BY].assign(
        contradictions=1, open=is_open.astype("Int64"), solved_n=rows["solved"].fillna(False).astype("Int64"),
        unknown=rows["solved"].isna().astype("Int64"),
        unmandated=(is_open & rows["mandated"].eq(False).fillna(False)).astype("Int64"),
        owner_unknown=(is_open & rows["mandated"].isna()).astype("Int64"),
    )
    found = parts.astype({"contradictions": "Int64"}).groupby(_BY).sum().reset_index()
    median = rows[is_open].groupby("region")["months"].median()
    return found.assign(median_months=np.floor(found["region"].map(median).astype("Float64") + 0.5).astype("Int64"))


def whole_months(since: pd.Series, until: pd.Timestamp) -> pd.Series:
    """Completed months between each date and that one; missing for a date that is later."""
    dates = pd.to_datetime(since).dt
    months = (until.year - dates.year) * 12 + until.month - dates.month - (dates.day > until.day)
    return months.astype("Float64").round().astype("Int64").where(pd.to_datetime(since) <= until)
