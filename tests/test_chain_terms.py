"""On time or late: both sides of each term, what is open, and who is counted."""

import pandas as pd
import pytest
from chain_cases import TODAY, config, meldingen, one

from hgeval import chain_terms, disclosure_rule, hiding

CODES = ["VT02", "VT03"]


def on_time(rows, step="beoordeling", **chain):
    row = one(chain_terms.on_time(rows, config(**chain), CODES), region="VT02", step=step)
    return row["events"], row["n"]


def investigation(started, closed):
    return ("2025-01-01", "2025-01-02", {"investigation_started_on": started, "investigation_closed_on": closed})


@pytest.mark.parametrize(("received", "assessed", "counts"), [
    ("2025-06-02", "2025-06-10", 1), ("2025-06-02", "2025-06-11", 0),  # Whit Monday on the ninth
    ("2024-12-20", "2024-12-31", 1), ("2024-12-20", "2025-01-02", 0),  # across Christmas
    ("2025-04-16", "2025-04-25", 1), ("2025-04-16", "2025-04-28", 0),  # Good Friday and Easter Monday
])
def test_both_sides_of_five_working_days(received, assessed, counts):
    assert on_time(meldingen((received, assessed))) == (counts, 1)


def test_days_instead_of_working_days_and_another_number():
    rows = meldingen(("2025-06-02", "2025-06-07"), ("2025-06-02", "2025-06-08"))
    assert on_time(rows, assessment_kind="calendar") == (1, 2)
    assert on_time(rows, assessment_kind="calendar", assessment_days=6) == (2, 2)


@pytest.mark.parametrize(("closed", "counts"), [("2025-03-22", 1), ("2025-03-23", 0)])
def test_both_sides_of_ten_weeks_from_the_start(closed, counts):
    rows = meldingen(investigation("2025-01-11", closed))
    assert on_time(rows, "onderzoek") == (counts, 1)
    assert on_time(rows, "onderzoek", investigation_weeks=11) == (1, 1)


def test_what_is_open_is_late_after_its_term_and_not_counted_before():
    """Five working days before 31 December 2025, with two days of Christmas, is 22 December."""
    ready = ("2025-06-02", "2025-06-03")
    late, just = meldingen(ready, ("2025-12-19", None)), meldingen(ready, ("2025-12-22", None))
    assert on_time(late) == (1, 2) and on_time(just) == (1, 1)
    for rows, waits in ((late, 1), (just, 0)):
        row = one(chain_terms.waiting(rows, config(), CODES), region="VT02", step="beoordeling")
        assert (row["events"], row["method"]) == (waits, "count")
    assert str(TODAY) == "2025-12-31"


def test_an_investigation_that_still_runs_waits_only_past_its_term():
    rows = meldingen(investigation("2025-01-01", "2025-02-01"), investigation("2025-09-01", None),
                     investigation("2025-12-01", None))
    assert on_time(rows, "onderzoek") == (1, 2)
    assert one(chain_terms.waiting(rows, config(), CODES), region="VT02", step="onderzoek")["events"] == 1


def test_late_by_safety_counts_what_was_assessed():
    rows = meldingen(
        ("2025-06-02", "2025-06-03", {"safety": "acuut_onveilig"}),
        ("2025-06-02", "2025-07-03", {"safety": "acuut_onveilig"}),
        ("2025-06-02", "2025-07-03", {"safety": "niet_onveilig"}), ("2025-06-02", None), ("2025-06-02", "2025-07-03"),
    )
    found = chain_terms.late_by_safety(rows, config(), CODES)
    told = {name: one(found, region="VT02", safety=name) for name in chain_terms.SAFETY}
    assert (told["acuut_onveilig"]["events"], told["acuut_onveilig"]["n"]) == (1, 2)
    assert (told["niet_onveilig"]["events"], told["onbekend"]["n"]) == (1, 0)


def test_every_region_and_class_has_a_row_with_the_country_under_it():
    found = chain_terms.on_time(meldingen(("2025-06-02", "2025-06-03")), config(), CODES)
    assert list(found["region"]) == ["VT02", "VT03", "NL"] * 2
    assert list(found["step"]) == ["beoordeling"] * 3 + ["onderzoek"] * 3
    empty = chain_terms.on_time(meldingen(), config(), CODES)
    assert list(empty["n"]) == [0] * 6 and empty["value"].isna().all()
    assert len(chain_terms.late_by_safety(meldingen(), config(), CODES)) == 12


def test_few_late_are_hidden_and_ten_are_shown():
    """As every count of meldingen, by the rule for everyone."""
    rule = disclosure_rule.rule().public()
    for late, status in ((9, "suppressed"), (10, "rounded")):
        rows = meldingen(*[("2025-06-02", "2025-07-03", {"safety": "acuut_onveilig"})] * late,
                         *[("2025-06-02", "2025-06-03", {"safety": "acuut_onveilig"})] * 40)
        rows["melding_id"] = [f"M{at}" for at in range(len(rows))]
        found = hiding.under(chain_terms.late_by_safety(rows, config(), CODES), rule)
        assert one(found, region="VT02", safety="acuut_onveilig")["status"] == status


def test_the_shares_have_wilson_limits():
    """15 of 20: 0.531 to 0.888 (Newcombe 1998, method 3)."""
    rows = meldingen(*[("2025-06-02", "2025-06-03")] * 15, *[("2025-06-02", "2025-07-03")] * 5)
    rows["melding_id"] = [f"M{at}" for at in range(20)]
    row = one(chain_terms.on_time(rows, config(), CODES), region="VT02", step="beoordeling")
    assert row["value"] == 0.75 and row["low"] == pytest.approx(0.531, abs=5e-4)
    assert row["high"] == pytest.approx(0.888, abs=5e-4) and pd.notna(row["level"])
