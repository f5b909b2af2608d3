"""Who started a step, who is ready and who still waits; and times in groups of five."""

import numpy as np
import pandas as pd
import pytest
from chain_cases import config, families, meldingen

from hgeval import chain_spans


def spans(rows, step, **chain):
    found = chain_spans.of_meldingen(rows, config(**chain))
    return found[found["step"] == step]


def told(rows):
    return list(zip(rows["unit"], rows["days"], rows["done"], strict=True))


def test_what_is_open_counts_until_the_reference_date():
    rows = meldingen(
        ("2025-12-01", "2025-12-04"), ("2025-12-01", None), ("2025-12-01", "2026-01-02"),  # ready after the last day
        ("2026-01-01", None),  # came in after it
        ("2025-12-31", None),
    )
    assert told(spans(rows, "beoordeling")) == [("M0000", 3, True), ("M0001", 30, False), ("M0002", 30, False),
                                                 ("M0004", 0, False)]


def test_an_end_before_its_start_is_left_out():
    assert told(spans(meldingen(("2025-03-02", "2025-03-01"), ("2025-03-02", "2025-03-02")), "beoordeling")) == [
        ("M0001", 0, True)]


def test_an_investigation_counts_from_its_own_start_and_the_end_from_the_melding():
    rows = meldingen(
        ("2025-01-01", "2025-01-03", {"investigation_started_on": "2025-01-10", "investigation_closed_on": "2025-03-01",
                                      "closed_on": "2025-03-02", "route": "onderzoek"}),
        ("2025-01-01", "2025-01-03", {"closed_on": "2025-01-08", "route": "einde"}),
    )
    assert told(spans(rows, "onderzoek")) == [("M0000", 50, True)]
    assert told(spans(rows, "einde")) == [("M0000", 60, True), ("M0001", 7, True)]
    assert list(spans(rows, "einde")["route"]) == ["onderzoek", "einde"]


def test_a_region_that_dates_no_end_is_left_out_and_only_for_that_step():
    rows = meldingen(("2025-01-01", None), ("2025-01-01", None, {"region": "VT03"}),
                     ("2025-01-01", "2025-01-02", {"region": "VT03"}))
    assert told(spans(rows, "beoordeling")) == [("M0001", 364, False), ("M0002", 1, True)]
    assert told(spans(rows, "einde")) == []


def test_families_wait_until_help_the_end_of_the_case_or_the_reference_date():
    rows = families(
        ("2025-01-01", "2025-01-11"), ("2025-01-01", None, {"closed_on": "2025-02-01"}), ("2025-01-01", None),
        ("2025-01-01", None, {"intervention": "geen"}), ("2025-01-01", None, {"intervention": None}),
    )
    given = meldingen(("2025-01-01", None, {"family_id": "G0000", "route": "overdracht"}),
                      ("2025-05-01", None, {"family_id": "G0001", "route": "onderzoek"}))
    found = chain_spans.of_families(rows, given, config())
    assert told(found) == [("G0000", 10, True), ("G0001", 31, False), ("G0002", 364, False), ("G0004", 364, False)]
    assert found["route"].fillna("").tolist() == ["overdracht", "", "", ""]  # of the melding of the same day only


def test_a_term_is_in_working_days_or_in_days_as_the_study_says():
    rows = meldingen(("2024-12-24", "2025-01-02", {"investigation_started_on": "2024-12-24",
                                                   "investigation_closed_on": "2025-01-02"}))
    for kind, end in (("working", "2025-01-03"), ("calendar", "2024-12-29")):
        found = chain_spans.of_meldingen(rows, config(assessment_kind=kind))
        last = chain_spans.due(found, config(assessment_kind=kind)).dt.strftime("%Y-%m-%d")
        assert dict(zip(found["step"], last.fillna(""), strict=True)) == {
            "beoordeling": end, "onderzoek": "2025-03-04"}


@pytest.mark.parametrize(("count", "ready", "open_"), [
    (2, 0, 0), (3, 5, 0), (4, 5, 0), (5, 5, 5), (7, 5, 5), (8, 10, 5), (9, 10, 5), (10, 10, 10), (12, 10, 10),
    (13, 15, 10),
])
def test_groups_of_five_count_what_ended_as_rounded_numbers_and_what_is_open_in_whole_groups(count, ready, open_):
    for done, expected in ((True, ready), (False, open_)):
        rows = pd.DataFrame({"region": "VT02", "days": np.arange(count), "done": done})
        assert len(chain_spans.grouped(rows, ["region"])) == expected


def test_every_count_up_to_a_day_is_the_rounded_one():
    random = np.random.default_rng(5)
    rows = pd.DataFrame({"region": random.choice(["VT02", "VT03"], 200), "days": random.integers(0, 30, 200),
                         "done": True})
    found = chain_spans.grouped(rows, ["region"])
    for region in ("VT02", "VT03"):
        for day in range(30):
            exact = ((rows["region"] == region) & (rows["days"] <= day)).sum()
            assert ((found["region"] == region) & (found["days"] <= day)).sum() == 5 * ((exact + 2) // 5)


def test_sizes_are_rounded_and_input_stays():
    sizes = {"VT02": 9, "VT03": 10, "VT04": 28, "VT05": 30, "VT06": 33}  # no minimum is reached by rounding
    rows = pd.DataFrame({"region": [name for name, n in sizes.items() for _ in range(n)], "days": 1, "done": True})
    before = rows.copy()
    assert chain_spans.sizes(rows, ["region"]).to_numpy().tolist() == [
        ["VT02", 0], ["VT03", 10], ["VT04", 25], ["VT05", 30], ["VT06", 35]]
    chain_spans.grouped(rows, ["region"])
    pd.testing.assert_frame_equal(rows, before)
