"""The SMART test of goals and the register of contradictions, counted by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest
from disclosure_cases import reader
from governance_cases import NA, REGIONS, of, study, table

from hgeval import disclosure
from hgeval import governance_registers as registers

GOALS = table("goals", [
    ["VT01", "D1", "alles", 40, 2026, "monitor"],
    ["VT01", "D2", "geen getal", NA, 2026, "monitor"],
    ["VT01", "D3", "geen jaar", 40, NA, "monitor"],
    ["VT01", "D4", "geen bron", 40, 2026, NA],
    ["VT01", "D5", NA, NA, NA, NA],
    ["VT02", "D1", "nul is een getal", 0, 2026, "monitor"],
    ["VT04", "D1", "mag niet", 1, 2026, "x"],
], "region goal label number year source")


def test_a_goal_is_smart_with_all_three_and_says_what_it_lacks():
    found = of(registers.goal_tests(study(), GOALS, regions=REGIONS), "VT01").set_index("goal")
    flags = found[["has_number", "has_year", "has_source", "smart"]]
    assert flags.astype(int).values.tolist() == [[1, 1, 1, 1], [0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]
    assert set(found) == {"region", "consent", "label", "has_number", "has_year", "has_source", "smart"}


def test_goals_are_counted_per_region():
    found = registers.goal_counts(study(), GOALS, regions=REGIONS).set_index("region")
    columns = ["goals", "smart_goals", "without_number", "without_year", "without_source"]
    assert found.loc["VT01", columns].tolist() == [5, 1, 2, 2, 2]
    assert found.loc["VT02", columns].tolist() == [1, 1, 0, 0, 0]
    assert registers.goal_counts(study(), table("goals", [], "region"), regions=REGIONS).empty


def test_only_its_own_region_sees_what_was_not_allowed():
    shown = disclosure.release_answers(registers.goal_tests(study(), GOALS, regions=REGIONS), reader(region="VT04"))
    assert set(shown.frame["region"]) == {"VT01", "VT02"}
    own = reader("exact10", region="VT04")
    shown = disclosure.release_answers(registers.goal_counts(study(), GOALS, regions=REGIONS), own)
    assert set(shown.frame["region"]) == {"VT01", "VT02", "VT04"}


DAY = pd.Timestamp
CONFIG = SimpleNamespace(reference_date=DAY("2025-12-31").date())
RULES = table("contradictions", [
    ["VT01", "1", "zorg", "wonen", DAY("2025-11-30"), False, True],
    ["VT01", "2", "zorg", "jeugd", DAY("2024-12-31"), False, False],
    ["VT01", "3", "zorg", "politie", DAY("2020-01-01"), True, False],
    ["VT01", "4", "zorg", "politie", DAY("2025-12-01"), NA, NA],
    ["VT01", "5", "zorg", "politie", pd.NaT, False, NA],
    ["VT02", "1", "zorg", "politie", DAY("2025-06-30"), False, False],
    ["VT02", "2", "zorg", "wonen", DAY("2025-07-31"), False, False],
], "region number domain_a domain_b found_on solved mandated")


def contradictions():
    found = registers.contradiction_counts(study(), RULES, regions=REGIONS, config=CONFIG).set_index("region")
    return found[["contradictions", "open", "solved_n", "unknown", "unmandated", "owner_unknown", "median_months"]]


def test_open_solved_and_unknown_are_counted_apart():
    assert contradictions().loc["VT01"].tolist() == [5, 3, 1, 1, 1, 1, 7]  # open for 1 and 12 months: 6.5 goes up
    assert contradictions().loc["VT02"].tolist() == [2, 2, 0, 0, 2, 0, 6]  # 6 and 5 months: 5.5 goes up


def test_a_region_without_an_open_one_has_no_age():
    solved = RULES[RULES["solved"].eq(True)]
    found = registers.contradiction_counts(study(), solved, regions=REGIONS, config=CONFIG)
    assert found["median_months"].isna().all() and found["open"].tolist() == [0]
    assert registers.contradiction_counts(study(), RULES.iloc[:0], regions=REGIONS, config=CONFIG).empty


@pytest.mark.parametrize(("since", "months"), [
    ("2025-12-31", 0), ("2025-12-01", 0), ("2025-11-30", 1), ("2025-11-01", 1), ("2024-12-31", 12), ("2025-01-01", 11),
])
def test_months_are_whole_ones(since, months):
    assert registers.whole_months(pd.Series([DAY(since)]), DAY("2025-12-31")).tolist() == [months]


def test_a_month_is_whole_on_its_day_and_not_before():
    until = DAY("2026-02-28")
    assert registers.whole_months(pd.Series([DAY("2026-01-31"), DAY("2026-01-28")]), until).tolist() == [0, 1]
    later = registers.whole_months(pd.Series([DAY("2026-03-01"), pd.NaT]), until)
    assert later.isna().all()


def test_a_list_shows_no_more_than_the_short_label():
    found = registers.contradiction_list(study(), RULES, regions=REGIONS, config=CONFIG)
    shown = ["number", "label", "domain_a", "domain_b", "solved", "mandated", "months"]
    assert list(found) == ["region", "consent", *shown]
    assert of(found, "VT01")["months"].fillna(-1).tolist() == [1, 12, 71, 0, -1]
