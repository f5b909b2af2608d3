"""The first talk, the plan, and one analysis for all: by hand, with what is open and what nobody wrote down."""

import pandas as pd
import pytest
from chain_cases import config, families, meldingen, one, plans

from hgeval import chain_plans, chain_spans, chain_times, outcomes

CODES = ["VT02", "VT03"]


def told(rows, step):
    found = rows[rows["step"] == step]
    return list(zip(found["unit"], found["days"], found["done"], strict=True))


def test_a_talk_and_a_plan_count_from_the_melding_and_what_is_open_waits():
    first = [("2025-01-01", None)] * 3 + [("2025-01-01", None, {"closed_on": "2025-02-01"})]
    given = plans(("2025-01-04", "2025-01-11"), ("2025-01-06", None), (None, None), (None, None))
    found = chain_spans.of_plans(families(*first), meldingen(), given, config())
    assert told(found, "gesprek") == [("G0000", 3, True), ("G0001", 5, True), ("G0002", 364, False),
                                      ("G0003", 31, False)]
    assert told(found, "plan") == [("G0000", 10, True), ("G0001", 364, False), ("G0002", 364, False),
                                   ("G0003", 31, False)]


def test_a_family_without_a_row_and_a_step_nobody_dates_are_left_out():
    given = plans(("2025-01-04", None))
    found = chain_spans.of_plans(families(("2025-01-01", None), ("2025-01-01", None)), meldingen(), given, config())
    assert told(found, "gesprek") == [("G0000", 3, True)] and told(found, "plan") == []


def forty(days, **more):
    """Forty families of one day, with a talk after each of these days and a plan a week later."""
    first = pd.Timestamp("2025-01-01")
    rows = families(*[(first, None, {"closed_on": "2025-12-30"} | more) for _ in days])
    return rows, plans(*[(first + pd.Timedelta(days=day), first + pd.Timedelta(days=day + 7)) for day in days])


def test_half_of_forty_by_hand():
    """As for meldingen: groups of five at 2, 7, 12, ...; half are ready at 17 to 22, so 19.5 days; the plan 7 later."""
    rows, given = forty(range(40))
    found = chain_times.plan_days(rows, meldingen(), given, config(), CODES)
    for step, half in (("gesprek", 19.5), ("plan", 26.5)):
        row = one(found, measure="days_median", region="VT02", step=step, route="total")
        assert (row["n"], row["value"], row["method"]) == (40, half, "km_days")
        assert one(found, measure="days_median", region="NL", step=step)["value"] == half
    assert one(found, measure="days_median", region="VT03", step="plan")["n"] == 0
    assert list(found["step"].unique()) == ["gesprek", "plan"]


def test_routes_are_those_of_the_melding_of_that_day():
    rows, given = forty([4] * 40)
    came = meldingen(*[("2025-01-01", "2025-01-02", {"family_id": f"G{at:04d}", "route": route})
                       for at, route in enumerate(["overdracht"] * 20 + ["onderzoek"] * 20)])
    found = chain_times.plan_days_by_route(rows, came, given, config(), CODES)
    sizes = {route: one(found, measure="days_median", region="VT02", step="plan", route=route)["n"]
             for route in ("overdracht", "onderzoek", "einde")}
    assert sizes == {"overdracht": 20, "onderzoek": 20, "einde": 0}
    assert "total" not in set(found["route"])


def test_one_analysis_of_those_of_whom_it_is_known():
    """Of 50 in VT02 30 share an analysis and 10 do not; of all 50 a plan is known, 25 have one. VT03 has nobody."""
    rows = families(*[("2025-01-01", None)] * 50)
    answers = [True] * 30 + [False] * 10 + [None] * 10
    given = plans(*[(None, None, {"one_analysis": each, "one_plan": at < 25}) for at, each in enumerate(answers)])
    found = chain_plans.shared_work(rows, given, config(), CODES)
    row = one(found, measure="one_analysis", region="VT02")
    assert (row["events"], row["n"], row["value"], row["method"]) == (30, 40, 0.75, "wilson")
    assert (row["low"], row["high"]) == pytest.approx((0.5981, 0.8581), abs=5e-5)
    assert one(found, measure="one_plan", region="VT02")["value"] == 0.5
    assert one(found, measure="one_plan", region="NL")["n"] == 50
    assert one(found, measure="one_plan", region="VT03")["n"] == 0


def test_these_counts_stay_in_fives_for_the_own_region():
    assert set(chain_plans.SHARED) <= outcomes.ROUNDED


def test_without_plans_there_is_nothing_to_tell():
    rows = families(("2025-01-01", None))
    assert (chain_times.plan_days(rows, meldingen(), plans(), config(), CODES)["n"] == 0).all()
    assert (chain_plans.shared_work(rows, plans(), config(), CODES)["n"] == 0).all()
