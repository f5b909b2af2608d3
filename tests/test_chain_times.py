"""Days and hermeldingen: by hand, with ties and open cases, and in groups of five."""

import numpy as np
import pandas as pd
import pytest
from chain_cases import config, families, lasting, meldingen, one

from hgeval import chain_times

CODES = ["VT02", "VT03"]
NOBODY = families()


def days(rows, measure="days_median", region="VT02", step="beoordeling", helped=NOBODY):
    return one(chain_times.days(helped, rows, config(), CODES), measure=measure, region=region, step=step)


def test_half_of_forty_by_hand():
    """Groups of five at 2, 7, 12, ... (the third of each five): half of forty are ready at the twentieth, on 17 to 22.

    The curve lies at a half from 17 until 22, so its middle is told.
    """
    row = days(lasting(range(40)))
    assert (row["n"], row["events"], row["value"]) == (40, 20, 19.5)


def test_half_with_ties_and_open_cases_by_hand():
    """Of 80, 20 on day 4 leave 3/4; 15 are open since day 6; of the 45 left 25 on day 9 leave 3/4 x 20/45 = 1/3."""
    row = days(lasting([4] * 20 + [9] * 25 + [20] * 20, open_after=[6] * 15))
    assert (row["n"], row["events"], row["value"], row["method"]) == (80, 45, 9, "km_days")
    assert pd.isna(days(lasting([4] * 20, open_after=[6] * 40))["value"])  # never half


def test_the_limits_are_those_of_the_curve_by_hand():
    """Ten at each of 1, 2, 3 and 4: at 2 half are left; log-log limits cross a half at 1 or 2, and at 3."""
    row = days(lasting([1] * 10 + [2] * 10 + [3] * 10 + [4] * 10 + [9] * 10))
    spread = {1: 10 / (50 * 40), 2: 10 / (50 * 40) + 10 / (40 * 30), 3: 10 / 2000 + 10 / 1200 + 10 / 600}
    share = {1: 0.8, 2: 0.6, 3: 0.4}
    z = 1.959963984540054
    ends = {day: share[day] ** np.exp(np.array([1, -1]) * z * np.sqrt(spread[day]) / abs(np.log(share[day])))
            for day in share}
    assert ends[1].min() > 0.5 > ends[2].min() and ends[3].max() > 0.5
    assert (row["value"], row["low"]) == (3, 2) and pd.isna(row["high"])  # 4: ten in groups wait longer, perhaps eight


def test_nine_in_ten_needs_ten_on_either_side():
    every = [1] * 120 + [5] * 20
    assert days(lasting([*every, *[30] * 15]), measure="days_p90")["value"] == 5
    for few in (5, 8, 10):  # eight count as ten in groups, so ten do not do
        assert pd.isna(days(lasting([*every, *[30] * few]), measure="days_p90")["value"])


@pytest.mark.parametrize(("after", "told"), [(5, False), (10, False), (15, True)])
def test_a_day_that_few_wait_longer_than_is_not_told(after, told):
    """Twenty open since day 2 of sixty or so: after day 4 five, ten or fifteen are left."""
    value = days(lasting([4] * 25 + [9] * after, open_after=[2] * 20))["value"]
    assert (value == 4) if told else pd.isna(value)


def test_all_open_an_empty_region_and_no_study_at_all():
    rows = lasting([], open_after=[3] * 40)
    assert days(rows)["n"] == 0  # no date at all: not recorded
    mixed = pd.concat([rows, lasting([1], region="VT03").assign(melding_id="X")], ignore_index=True)
    assert days(mixed, region="VT03")["n"] == 0 and days(mixed)["n"] == 0  # one is rounded to none
    nothing = chain_times.days(NOBODY, meldingen(), config(), CODES)
    assert len(nothing) == 2 * 4 * 3 and (nothing["n"] == 0).all() and nothing["value"].isna().all()
    assert (chain_times.days_by_route(NOBODY, meldingen(), config(), CODES)["n"] == 0).all()
    assert chain_times.repeats(meldingen(), config(), CODES)["value"].isna().all()
    assert chain_times.help_within(NOBODY, config(), CODES)["value"].isna().all()


def test_routes_are_apart_and_only_help_and_the_end_have_them():
    ends = [("2025-01-01", "2025-01-02", {"route": route, "closed_on": pd.Timestamp("2025-01-01") + pd.Timedelta(
        days=day)}) for route, day in (("overdracht", 4), ("onderzoek", 90)) for _ in range(20)]
    ends += [(first, ready, more | {"closed_on": "2025-12-30"}) for first, ready, more in ends]
    found = chain_times.days_by_route(NOBODY, meldingen(*ends), config(), CODES)
    assert set(found["step"]) == {"hulp", "einde"} and "total" not in set(found["route"])
    told = {route: one(found, measure="days_median", region="VT02", step="einde", route=route)
            for route in ("overdracht", "onderzoek")}
    assert told["overdracht"]["n"] == 40 and told["onderzoek"]["value"] > told["overdracht"]["value"]


def test_help_within_so_many_days_by_hand():
    first = pd.Timestamp("2025-01-01")
    rows = families(*[(first, first + pd.Timedelta(days=day)) for day in [10] * 20 + [35] * 10 + [100] * 20])
    found = chain_times.help_within(rows, config(), CODES)
    told = {days: one(found, region="VT02", within=days) for days in ("28", "42")}
    assert told["28"]["value"] == pytest.approx(0.4) and told["42"]["value"] == pytest.approx(0.6)
    assert (told["28"]["n"], told["28"]["events"], told["42"]["events"]) == (50, 20, 30)


def closing(at, again=None, *, closed="2024-01-10", kind="hermelding", received="2024-01-01", family=None):
    family = family or f"G{at:04d}"
    rows = [(received, None, {"family_id": family, "closed_on": closed, "kind": "eerste_melding"})]
    return rows + ([(again, None, {"family_id": family, "kind": kind, "closed_on": None})] if again else [])


def repeats(*closings, **chain):
    rows = meldingen(*[row for each in closings for row in each])
    return one(chain_times.repeats(rows, config(**chain), CODES), region="VT02")


def test_a_hermelding_within_a_year_by_hand():
    """Fifty ended, followed two years: fifteen came back within 365 days, ten after it."""
    back = [closing(at, "2024-06-01") for at in range(15)]
    later = [closing(at, "2025-06-01") for at in range(15, 25)]
    row = repeats(*back, *later, *[closing(at) for at in range(25, 50)])
    assert row["value"] == pytest.approx(0.3) and (row["n"], row["events"], row["method"]) == (50, 15, "km_share")
    assert row["low"] < 0.3 < row["high"]


@pytest.mark.parametrize(("again", "counts"), [("2025-01-09", True), ("2025-01-10", False)])
def test_both_sides_of_a_year(again, counts):
    """2024 has a 29 February: 365 days after 10 January is 9 January."""
    row = repeats(*[closing(at, again) for at in range(20)], *[closing(at) for at in range(20, 60)])
    assert row["value"] == pytest.approx(1 / 3 if counts else 0)


def test_who_was_closed_lately_counts_as_long_as_followed():
    """Twenty of sixty ended four months ago: of the forty others ten came back later than that."""
    lately = [closing(at, received="2025-08-01", closed="2025-09-01") for at in range(20)]
    back = [closing(at, "2024-09-01") for at in range(20, 30)]
    row = repeats(*lately, *back, *[closing(at) for at in range(30, 60)])
    assert row["value"] == pytest.approx(10 / 40) and row["n"] == 60


@pytest.mark.parametrize(("kind", "counts"), [("hermelding", True), ("vervolgmelding", False), ("onbekend", False)])
def test_only_a_hermelding_after_the_end_counts(kind, counts):
    row = repeats(*[closing(at, "2024-06-01", kind=kind) for at in range(20)],
                  *[closing(at) for at in range(20, 60)])
    assert row["value"] == pytest.approx(1 / 3 if counts else 0)


def test_an_end_while_another_melding_is_open_is_no_end():
    """Of twenty families a second melding is open until June: only that end counts, and its hermelding of July."""
    twice = []
    for at in range(20):
        name = f"G{at:04d}"
        twice += [closing(at, family=name), [
            ("2024-01-05", None, {"family_id": name, "closed_on": "2024-06-01", "kind": "vervolgmelding"}),
            ("2024-07-01", None, {"family_id": name, "closed_on": None, "kind": "hermelding"}),
        ]]
    row = repeats(*twice, *[closing(at) for at in range(20, 60)])
    assert row["n"] == 60 and row["value"] == pytest.approx(1 / 3)


def test_few_followed_for_a_year_tell_nothing():
    lately = [closing(at, received="2025-08-01", closed="2025-09-01") for at in range(50)]
    assert pd.isna(repeats(*lately, *[closing(at) for at in range(50, 57)])["value"])
    assert pd.isna(repeats(*lately, *[closing(at) for at in range(50, 60)])["value"])  # ten in groups may be eight
    assert repeats(*lately, *[closing(at) for at in range(50, 65)])["value"] == 0


def test_meldingen_without_a_family_are_counted_apart():
    rows = meldingen(
        ("2024-01-01", None, {"closed_on": "2024-02-01"}), ("2024-01-01", None, {"closed_on": "2026-02-01"}),
        ("2024-01-01", None, {}), ("2024-01-01", None, {"closed_on": "2024-02-01", "family_id": "G1"}),
    )
    assert one(chain_times.unlinked(rows, config(), CODES), region="VT02")["events"] == 1


def test_the_order_of_the_rows_changes_nothing():
    rows = lasting([1, 1, 2, 3, 3, 3, 5, 8, 13] * 9, open_after=[3, 5, 9] * 6)
    turned = rows.sample(frac=1, random_state=3).reset_index(drop=True)
    for function in (chain_times.days, chain_times.days_by_route):
        ours, theirs = (function(NOBODY, each, config(), CODES) for each in (rows, turned))
        pd.testing.assert_frame_equal(ours, theirs)
