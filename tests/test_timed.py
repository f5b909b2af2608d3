"""What may leave of times: in whole days and percentages, of groups of five, and not a count of a region in them."""

import numpy as np
import pandas as pd
import pytest
from chain_cases import config, families, lasting
from disclosure_cases import only, reader, share

from hgeval import chain_times, keepers, rates, timed
from hgeval.disclosure_rule import rule
from hgeval.errors import DisclosureError
from hgeval.stats import survival


def timed_row(n=200, events=100, *, value=17.5, low=12.4, high=20.6, region="VT02", measure="days_median",
              method="km_days", **groups):
    row = {"measure": measure, "region": region, **groups, "n": n, "events": events, "value": value, "low": low,
           "high": high, "level": 0.95, "method": method}
    return rates.frame([row], groups=tuple(groups))


def released(rows, profile="cbs5", region="VT02", plan=()):
    return keepers.of_estimates(rows, reader(profile, region=region, plan=plan))


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
@pytest.mark.parametrize("region", ["VT02", "VT03", "NL"])
def test_days_leave_whole_for_every_reader_and_without_their_events(profile, region):
    row = only(released(timed_row(region=region), profile))
    assert (row["value"], row["low"], row["high"], row["n"]) == (18, 12, 21, 200)
    assert pd.isna(row["events"]) and row["status"] == "rounded"


def test_shares_leave_in_whole_percentages():
    row = only(released(timed_row(value=0.2849, low=0.1751, high=0.395, measure="repeat_within", method="km_share")))
    assert (row["value"], row["low"], row["high"]) == (0.28, 0.18, 0.4)


@pytest.mark.parametrize(("n", "events", "shown"), [
    (25, 15, False), (30, 15, True), (200, 5, False), (200, 10, True), (200, 190, True), (200, 195, False),
    (200, 200, False), (0, 0, False),
])
def test_both_sides_of_every_minimum(n, events, shown):
    row = only(released(timed_row(n, events)))
    assert row["status"] == ("rounded" if shown else "suppressed")
    assert [pd.isna(row[name]) for name in ("value", "low", "high")] == [not shown] * 3 and row["n"] == n


def test_what_is_not_determined_and_what_is_hidden_look_alike():
    hidden = [released(timed_row(n, x, value=value)) for n, x, value in ((200, 5, 3), (200, 100, None), (200, 195, 9))]
    for found in hidden[1:]:
        pd.testing.assert_frame_equal(found, hidden[0])
    assert pd.isna(only(released(timed_row(5, 5)))["n"])  # under ten
    beside = released(pd.concat([timed_row(0, 0), timed_row(5, 5), timed_row()], ignore_index=True))
    assert beside["n"].isna().tolist() == [True, True, False]
    assert only(released(timed_row(0, 0)))["n"] == 0  # nobody anywhere: the study does not have it
    ends = only(released(timed_row(low=None, high=None)))
    assert ends["value"] == 18 and pd.isna(ends["low"]) and pd.isna(ends["high"])


@pytest.mark.parametrize(("n", "events"), [(201, 100), (200, 99)])
@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_times_of_cases_one_by_one_are_refused(n, events, profile):
    with pytest.raises(DisclosureError, match="uit groepen van 5 zijn gerekend, zoals die van chain_times"):
        released(timed_row(n, events), profile)


def test_a_stricter_file_hides_more_and_wants_its_own_groups():
    strict = rule().model_copy(update={"min_count": 20, "min_quantile": 50, "rounding": 10})
    rows = pd.concat([timed_row(40, 20), timed_row(60, 10), timed_row(60, 20)], ignore_index=True)
    assert timed.under(rows, strict)["status"].tolist() == ["suppressed", "suppressed", "rounded"]
    with pytest.raises(DisclosureError, match="groepen van 10"):
        timed.under(timed_row(65, 20), strict)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_timed_and_counted_rows_keep_their_order_and_their_own_rule(profile):
    rows = pd.concat([timed_row(measure="stopped"), share(20, 61), timed_row(measure="stopped", region="VT03")],
                     ignore_index=True).set_axis([7, 3, 3])
    found = released(rows, profile, plan=[share(20, 61)])
    assert found["method"].tolist() == ["km_days", "wilson", "km_days"]
    assert found["n"].tolist() == [200, 61 if profile == "exact10" else 60, 200]


@pytest.mark.parametrize("measure", ["on_time", "late_by_safety", "waiting", "closed_without_family", "below_minimum",
                                     "one_analysis", "one_plan"])
def test_counts_of_the_chain_are_in_fives_for_the_own_region_too(measure):
    """Nobody looked at what an exact one of them tells beside the exact tables of the same meldingen."""
    method = "count" if measure in ("waiting", "closed_without_family") else "wilson"
    row = only(released(share(23, 61, measure=measure, method=method), "exact10"))
    assert row["events"] == 25 and row["status"] == "rounded"


def test_input_stays_and_no_rows_are_no_rows():
    rows = timed_row()
    before = rows.copy()
    released(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert len(released(rows.iloc[:0])) == 0


# The attack: a reader who knows every case of a region but one, or a few, tries to tell those from what is printed.


def printed(days, open_after=()):
    rows = lasting(list(days), open_after=open_after)
    return released(chain_times.days(families(), rows, config(), ["VT02"])).drop(columns="level").to_csv()


def counted(days):
    """What rounded counts alone would tell: for each day how many were ready by it."""
    return tuple(5 * ((sum(day <= at for day in days) + 2) // 5) for at in range(60))


@pytest.mark.parametrize("seed", range(4))
def test_two_regions_with_the_same_rounded_counts_look_the_same(seed):
    """The days of a hundred cases, moved wherever no rounded count changes."""
    random = np.random.default_rng(seed)
    days = np.sort(random.integers(0, 40, 101))
    before, seen, moved = counted(days), printed(days), 0
    for at in random.permutation(101)[:60]:
        other = days.copy()
        other[at] = random.integers(0, 45)
        if counted(other) == before:
            days, moved = other, moved + 1
    assert moved > 5 and printed(days) == seen


def looks(studies):
    """The studies (by a number) that look the same in print."""
    found = {}
    for number, text in studies:
        found.setdefault(text, []).append(number)
    return list(found.values())


@pytest.mark.parametrize("ready", [20, 48, 88])
def test_a_count_keeps_five_values_whatever_days_are_printed(ready):
    """Of a hundred, so many are ready on day 3 and the others on day 9: five next to each other look the same."""
    about = range(max(ready - 12, 0), min(ready + 13, 101))
    alike = looks((some, printed([3] * some + [9] * (100 - some))) for some in about)
    assert len(alike) > 1 or ready == 20
    assert min([len(each) for each in alike[1:-1]], default=5) >= 5
    assert all(each == list(range(each[0], each[-1] + 1)) for each in alike)


@pytest.mark.parametrize("total", [100, 101, 103])
def test_how_few_are_open_cannot_be_told(total):
    """None to nine, as in any table of counts; the total beside it is rounded."""
    assert looks((few, printed([2] * 40 + [9] * (total - 40 - few), open_after=[20] * few)) for few in range(10)) == [
        list(range(10))]


def test_ungrouped_times_would_tell_a_single_case():
    """So that the tests above can fail: one case from day 89 to day 92 moves the ninetieth of a hundred."""
    days = list(range(100))
    moved = [*days[:89], 92, *days[90:]]
    asked = {"time": "time", "event": "event", "share": 0.9}
    plain = [survival.quantiles(pd.DataFrame({"time": each, "event": 1}), **asked)["value"].iloc[0]
             for each in (days, moved)]
    assert plain == [89.5, 90.5] and printed(days) == printed(moved)
