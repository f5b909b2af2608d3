"""What a rule hides and rounds, and what the own region may see exactly."""

import pandas as pd
import pytest
from disclosure_cases import allowed, median, only, share

from hgeval import disclosure_rule, hiding, rates
from hgeval.errors import DisclosureError

PUBLIC, OWN = (disclosure_rule.rule(profile) for profile in ("cbs5", "exact10"))


def public(frame):
    return only(hiding.under(frame, PUBLIC))


def own(frame, *, exact=True):
    return only(hiding.exactly(frame, allowed(frame, exact=exact), OWN, PUBLIC))


@pytest.mark.parametrize("events", range(10))
def test_cbs5_hides_every_count_under_ten_and_what_it_would_give_back(events):
    row = public(share(events, 44))
    assert row["status"] == "suppressed"
    assert all(pd.isna(row[name]) for name in ("events", "value", "low", "high"))
    assert row["n"] == 45


@pytest.mark.parametrize("events", range(35, 45))
def test_cbs5_hides_a_share_whose_remainder_is_small(events):
    assert public(share(events, 44))["status"] == "suppressed"


def test_cbs5_shows_ten_in_fives_and_computes_the_share_from_the_fives():
    row = public(share(13, 44))
    assert (row["events"], row["n"], row["status"]) == (15, 45, "rounded")
    low, high = rates.wilson(15, 45, 0.95)
    assert row["value"] == pytest.approx(15 / 45)
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_two_counts_that_round_alike_print_alike():
    """Neither the share nor its interval may tell 13 of 44 from 14 of 46."""
    assert public(share(13, 44)) == public(share(14, 46))


@pytest.mark.parametrize(("given", "printed"), [(12, 10), (13, 15), (17, 15), (18, 20), (22, 20), (23, 25)])
def test_counts_round_to_the_nearest_five(given, printed):
    assert public(share(given, given, method="count"))["events"] == printed


def test_a_small_group_shows_not_even_its_size():
    row = public(share(4, 8))
    assert pd.isna(row["n"]) and row["status"] == "suppressed"


def test_no_families_is_no_secret():
    row = public(share(0, 0))
    assert row["n"] == 0 and pd.isna(row["value"])


def test_a_rate_keeps_the_published_inhabitants():
    row = public(share(23, 494_766, method="per_10000"))
    assert (row["n"], row["events"]) == (494_766, 25)
    assert row["value"] == pytest.approx(25 / 49.4766)


def test_a_median_needs_thirty_families_and_is_rounded():
    row = public(median(31))
    assert (row["value"], row["low"], row["high"], row["n"]) == (70, 20, 150, 30)
    row = public(median(29))
    assert pd.isna(row["value"]) and row["status"] == "suppressed"


@pytest.mark.parametrize(
    ("measure", "method", "n", "status"),
    [
        ("stopped", "wilson", 29, "suppressed"), ("stopped", "wilson", 30, "rounded"),
        ("stopped_best", "share", 29, "suppressed"), ("stopped_best", "share", 30, "rounded"),
        ("response", "wilson", 29, "rounded"), ("own_by_kind", "share", 29, "rounded"),
    ],
)
def test_a_share_of_how_families_fare_needs_thirty_of_them(measure, method, n, status):
    """What is counted, such as who took part, does not."""
    row = public(share(15, n, measure=measure, method=method))
    assert row["status"] == status
    assert row["n"] == 30


def test_the_own_region_sees_its_counts_where_the_plan_lets_it():
    row = own(share(13, 44))
    assert (row["events"], row["n"], row["status"]) == (13, 44, "shown")
    assert row["value"] == pytest.approx(13 / 44)
    row = own(share(13, 44), exact=False)
    assert (row["events"], row["n"], row["status"]) == (15, 45, "rounded")


def test_of_one_row_each_count_goes_its_own_way():
    frame = share(13, 44)
    plan = allowed(frame).assign(n_exact=False)
    row = only(hiding.exactly(frame, plan, OWN, PUBLIC))
    assert (row["events"], row["n"], row["status"]) == (13, 45, "rounded")
    assert row["value"] == pytest.approx(13 / 45)


@pytest.mark.parametrize("events", range(1, 10))
def test_exact10_hides_one_to_nine(events):
    row = own(share(events, 44))
    assert pd.isna(row["events"]) and pd.isna(row["value"]) and row["status"] == "suppressed"


def test_exact10_shows_nobody_unless_that_would_tell_another_count():
    assert own(share(0, 44))["events"] == 0
    row = own(share(0, 44), exact=False)
    assert pd.isna(row["events"]) and pd.isna(row["value"]) and row["status"] == "suppressed_with"


def test_a_median_for_the_own_region_is_in_whole_times():
    row = own(median(31))
    assert (row["value"], row["n"]) == (71, 31)


@pytest.mark.parametrize("change", [{"events": 14}, {"n": 45}, {"measure": "no_violence"}])
def test_counts_that_nobody_looked_at_beside_the_others_stay_inside(change):
    frame = share(13, 44)
    with pytest.raises(DisclosureError, match="niet samen met de andere tabellen gecontroleerd"):
        hiding.exactly(frame.assign(**change), allowed(frame), OWN, PUBLIC)


def test_a_group_that_the_plan_does_not_have_stays_inside():
    with pytest.raises(DisclosureError, match="gecontroleerd: stopped"):
        hiding.exactly(share(13, 44, intervention="huisverbod"), allowed(share(13, 44)), OWN, PUBLIC)


def test_a_cell_that_nobody_is_in_needs_no_plan():
    row = only(hiding.exactly(share(0, 0, wave="T2"), allowed(share(13, 44)), OWN, PUBLIC))
    assert row["n"] == 0


def test_an_unknown_method_is_refused():
    with pytest.raises(DisclosureError, match="kent deze methode niet: published"):
        hiding.under(share(20, 60).assign(method="published"), PUBLIC)


def test_no_exact_count_survives_in_any_byte_of_a_row():
    """Over all small tables: what is printed never depends on the exact count within a band of five."""
    rows = [(events, n) for n in range(80) for events in range(n + 1)]
    frame = pd.DataFrame(rows, columns=["events", "n"]).assign(measure="response", region="VT02", level=0.95)
    printed = {}
    for row in hiding.under(rates.recompute(rates.frame(frame.assign(method="wilson"))), PUBLIC).to_dict("records"):
        assert row["status"] == "suppressed" or (row["events"] % 5 == 0 and row["events"] >= 10)
        key = (row["status"], str(row["n"]), str(row["events"]))
        assert printed.setdefault(key, str(row)) == str(row)
