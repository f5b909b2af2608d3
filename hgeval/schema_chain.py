"""The table with how the work with each family began: the first talk, the plan, and whether all share one analysis."""

from __future__ import annotations

from hgeval.columns import Column, Table

PLANS = Table(
    "plans",
    "Plannen van gezinnen",
    "één gezin, met het eerste gesprek en het plan",
    ("family_id",),
    (
        Column(
            "family_id", "code", "pseudoniem van het gezin", required=True, filled=True, refers="families.family_id"
        ),
        Column("first_contact_on", "date", "eerste gesprek met het gezin"),
        Column("plan_on", "date", "plan van het gezin klaar"),
        Column("one_analysis", "flag", "alle hulpverleners werken met één analyse van het hele gezin"),
        Column("one_plan", "flag", "alle hulpverleners werken met één plan voor het hele gezin"),
    ),
)
CHAIN_TABLES = (PLANS,)
