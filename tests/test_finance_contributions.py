"""Contributions of three municipalities by hand, and that nothing finer than the counts in fives leaves with them."""

import io

import numpy as np
import pandas as pd
import pytest
from finance_cases import TOWNS, joined, lines, meldingen, people

from hgeval import case, disclosure, finance, rates
from hgeval.errors import DisclosureError
from hgeval.finance_contributions import contributions, counts

A, B, C = TOWNS
KNOWN = {A: [20, 30, 50], B: [20, 10, 20], C: [10, 10, 30]}  # 100, 50 and 50 of 200
MANY = {town: [100 * count for count in counts] for town, counts in KNOWN.items()}  # so many that fives are narrow


def found(frame):
    """Each municipality in one row: to the cent, and the ranges."""
    rows = contributions(frame)
    exact, ranges = (rows[rows["measure"].isin(names)].set_index("municipality") for names in (
        ["contribution", "contribution_total"], ["contribution_range", "contribution_range_total"]))
    return exact.combine_first(ranges).reindex(exact.index)


def swings(frame):
    rows = contributions(frame)
    return rows[rows["measure"] == "contribution_years"].set_index("municipality")


def by(rows, column):
    return [rows.loc[town, column] for town in (A, B, C, "total")]


def test_three_keys_by_hand():
    """100 euros by 600, 300 and 100 inhabitants, by 100, 50 and 50 of 200 meldingen, and 90 and 10 by each."""
    rows = found(joined(lines(), people(), meldingen(MANY)))
    assert by(rows, "by_inhabitant") == [60, 30, 10, 100]
    assert by(rows, "by_incident") == [50, 25, 25, 100]
    assert by(rows, "by_mixed") == [59, 29.5, 11.5, 100]
    assert by(rows, "n") == [600, 300, 100, 1000] and by(rows, "each_inhabitant") == [0.10] * 4
    assert set(rows["period"]) == {"2021-2023"} and set(rows["year"]) == {"2024"}
    assert set(rows["status"]) == {"derived"} and list(rows["value"]) == list(rows["by_inhabitant"])


def test_the_ranges_by_hand():
    """A has 94 to 106 meldingen beside 94 to 112: 94 of 206 to 106 of 200 of 100 euros; mixed 54 and that of 10."""
    rows = found(joined(lines(), people(), meldingen(KNOWN)))
    assert rows.loc[A, ["count_low", "count_high"]].tolist() == [94, 106]
    assert rows.loc[A, ["incident_low", "incident_high"]].tolist() == [45.63, 53]
    assert rows.loc[A, ["mixed_low", "mixed_high"]].tolist() == [58.56, 59.3]
    assert rows.loc[A, ["each_incident_low", "each_mixed_high"]].tolist() == [0.08, 0.10]
    assert rows.loc[A, ["change_incident_low", "change_incident_high"]].tolist() == pytest.approx([-14.37, -7])
    assert rows.loc[A, ["share_incident_low", "share_incident_high"]].tolist() == pytest.approx([-0.2395, -7 / 60])
    assert rows.loc[A, ["change_mixed_low", "share_mixed_high"]].tolist() == pytest.approx([-1.44, -0.7 / 60])
    for key in ("incident", "mixed"):
        assert rows.loc["total", [f"{key}_low", f"{key}_high", f"each_{key}_low"]].tolist() == [100, 100, 0.10]
    assert pd.isna(rows.loc["total", "count_low"])  # the region's own count is not there


def test_the_count_of_the_region_stands_in_the_total():
    rows = found(joined(lines(), people(), meldingen(KNOWN, total=[50, 50, 100])))
    assert rows.loc["total", ["count_low", "count_high"]].tolist() == [194, 206]


@pytest.mark.parametrize(("count", "narrow"), [(30, True), (20, False)])
def test_to_the_cent_only_where_every_range_is_narrow(count, narrow):
    """Two of 30: 28 of 60 to 32 of 60, 14.3 per cent more. Of 20 each: 18 of 40 to 22 of 40, 22.2 per cent more."""
    rows = found(joined(lines(), people({A: 600, B: 400}), meldingen({A: [count], B: [count]})))
    assert rows["by_incident"].notna().all() == narrow and rows["by_incident"].notna().any() == narrow
    assert rows["by_mixed"].notna().all()  # of 10 euros only; the other 90 are by inhabitants


def test_one_wide_range_leaves_the_others_without_cents_too():
    """C may have no melding at all, so of the variable euros nothing is divided to the cent."""
    rows = found(joined(lines(), people(), meldingen({A: [900], B: [900], C: [None]})))
    assert rows["by_incident"].isna().all() and rows["incident_low"].notna().all()


def test_thirds_of_a_euro_add_up_to_the_cent():
    rows = found(joined(lines([("K01", "vast", 100.0, "ja")]), people(dict.fromkeys(TOWNS, 7)), meldingen(KNOWN)))
    assert by(rows, "by_inhabitant") == [33.34, 33.33, 33.33, 100]


def test_the_volatility_of_one_municipality_by_hand():
    """By the meldingen of each year: A 40, 60 and 50 of 100 euros, give or take what fives leave open."""
    rows = swings(joined(lines(), people(), meldingen(MANY)))
    assert rows.loc[A, ["lowest", "highest"]].tolist() == pytest.approx([40, 60], abs=0.08)
    assert rows.loc[A, ["cv_low", "cv_high"]].tolist() == pytest.approx([0.2, 0.2], abs=0.002)
    assert rows.loc[A, "cv_low"] < 0.2 < rows.loc[A, "cv_high"] and set(rows["n"]) == {600, 300, 100}
    wide = swings(joined(lines(), people(), meldingen(KNOWN)))
    assert wide.loc[A, ["lowest", "highest"]].tolist() == [34.61, 61.54]  # 18 and 32 of 52


@pytest.mark.parametrize(("years", "known"), [(2, False), (3, True), (4, True)])
def test_there_is_no_volatility_of_two_years(years, known):
    frame = joined(lines(), people(), meldingen({town: [20, 30, 50, 20][:years] for town in TOWNS}))
    assert len(swings(frame)) == (3 if known else 0)
    assert found(frame).loc[A, "period"] == {2: "2021-2022", 3: "2021-2023", 4: "2022-2024"}[years]


def test_only_the_last_three_years_weigh_and_ten_swing():
    counts = {A: [500, 20, 30, 50], B: [10, 20, 10, 20], C: [10] * 4}
    frame = joined(lines(), people(), meldingen(counts))
    assert found(frame).loc[A, "count_high"] == 106
    assert swings(frame).loc[A, "highest"] == pytest.approx(100 * 502 / 522, abs=0.01)
    before = {town: [30] * 7 + numbers for town, numbers in counts.items()}
    more = swings(joined(lines(), people(), meldingen(before)))
    assert more.loc[A, "highest"] == pytest.approx(100 * 502 / 522, abs=0.01)
    longer = {town: [*numbers, *[30] * 7] for town, numbers in before.items()}
    gone = swings(joined(lines(), people(), meldingen(longer)))
    assert gone.loc[A, "highest"] < 80


def test_a_hidden_count_is_open_and_has_no_volatility():
    frame = joined(lines(), people(), meldingen(KNOWN | {C: [None, 10, 30]}))
    assert by(found(frame), "hidden_years")[:3] == [0, 0, 1]
    assert found(frame).loc[C, ["count_low", "count_high"]].tolist() == [38, 53]
    assert list(swings(frame).index) == [A, B]


def test_a_year_in_which_all_is_hidden_does_not_weigh():
    whole = contributions(joined(lines(), people(), meldingen(KNOWN)))
    more = {town: [*numbers, None] for town, numbers in KNOWN.items()}
    pd.testing.assert_frame_equal(whole, contributions(joined(lines(), people(), meldingen(more))))


@pytest.mark.parametrize("incidents", [meldingen({}), meldingen(dict.fromkeys(TOWNS, [None] * 3))])
def test_without_a_visible_count_a_contribution_per_incident_is_undefined(incidents):
    rows = found(joined(lines(), people(), incidents))
    assert by(rows, "by_inhabitant") == [60, 30, 10, 100] and len(contributions(joined(lines(), people()))) == 4
    for column in ("by_incident", "by_mixed", "change_incident_low", "share_mixed_high", "incident_low", "gain"):
        assert rows[column].isna().all()


def test_what_a_count_may_be_by_hand():
    """One year: A 20 (18 to 22), B 10 (10 to 12), C hidden (0 to 9)."""
    rows = found(joined(lines(), people(), meldingen({A: [20], B: [10], C: [None]})))
    assert rows.loc[A, ["incident_low", "incident_high"]].tolist() == [46.15, 68.75]  # 18 of 39; 22 of 32
    assert rows.loc[C, ["incident_low", "incident_high"]].tolist() == [0, 24.33]  # 9 of 37
    assert by(rows, "gain")[:3] == ["niet te onderscheiden", "niet te onderscheiden", "niet te onderscheiden"]
    shares = rows.loc[A, ["share_incident_low", "share_incident_high"]].tolist()
    assert shares == pytest.approx([46.15 / 60 - 1, 68.75 / 60 - 1])


def test_the_count_of_all_narrows_what_the_others_may_be():
    """All together 30 (28 to 32): A is 18 to 22 of 32, since the others add up to 10 at least."""
    rows = found(joined(lines(), people(), meldingen({A: [20], B: [10], C: [None]}, total=[30])))
    assert rows.loc[A, ["incident_low", "incident_high"]].tolist() == [56.25, 68.75]


@pytest.mark.parametrize(("base", "gain"), [
    (22, "meer"), (23, "niet te onderscheiden"), (27, "niet te onderscheiden"), (28, "minder"),
])
def test_more_or_less_only_where_it_holds_for_every_count(base, gain):
    """A has 23 to 27 meldingen and B 73 to 77: of 100 euros A pays 23 at least and 27 at most."""
    rows = found(joined(lines(), people({A: base, B: 100 - base}), meldingen({A: [25], B: [75]})))
    assert rows.loc[A, ["incident_low", "incident_high"]].tolist() == [23, 27]
    assert rows.loc[A, "gain"] == gain


def test_one_municipality_pays_all():
    frame = joined(lines(), people({A: 600}), meldingen({A: [20, 30, 50]}))
    rows = found(frame)
    assert rows.loc[A, ["by_inhabitant", "by_incident", "by_mixed"]].tolist() == [100, 100, 100]
    assert swings(frame).loc[A, ["cv_low", "cv_high"]].tolist() == [0, 0]
    assert rows.loc[A, "gain"] == "gelijk"


@pytest.mark.parametrize("value", [0.0, None])
def test_costs_of_nothing_or_unknown(value):
    rows = contributions(joined(lines([("K01", "vast", value, "ja")]), people(), meldingen(KNOWN)))
    ranges = rows[rows["measure"].isin(["contribution_range", "contribution_range_total"])]
    assert ranges["incident_high"].tolist() == ([0] * 4 if value == 0 else [])
    assert rows["share_incident_low"].isna().all()


def test_costs_of_unknown_nature_are_fixed_and_older_years_do_not_count():
    newest = lines([("K01", "onbekend", 90.0, "ja"), ("K02", "variabel", 10.0, "ja"), ("K03", "vast", None, "nee")])
    rows = found(joined(lines([("K01", "vast", 5e6, "ja")], year="2023"), newest, people(), meldingen(MANY)))
    assert by(rows, "by_mixed") == [59, 29.5, 11.5, 100]


@pytest.mark.parametrize("without", ["lines", "people"])
def test_without_costs_or_municipalities_there_are_no_rows(without):
    parts = {"lines": lines(), "people": people(), "meldingen": meldingen(KNOWN)}
    rows = contributions(joined(*(part for name, part in parts.items() if name != without)))
    full = contributions(joined(*parts.values()))
    assert rows.empty and list(rows) == list(full) and rows.dtypes.astype("str").equals(full.dtypes.astype("str"))


def test_the_order_of_the_rows_does_not_matter():
    frame = joined(lines(), people(), meldingen(KNOWN))
    pd.testing.assert_frame_equal(contributions(frame), contributions(frame[::-1]))
    assert list(contributions(frame)["municipality"]) == [*[A, C, B, "total"] * 2, A, C, B]  # by name


def test_the_total_of_the_region_and_the_unknown_are_no_municipality():
    frame = joined(people(), meldingen(KNOWN | {"onbekend": [500] * 3}, total=[50, 50, 100]))
    assert counts(frame, [A, B, C]).to_numpy().tolist() == [list(map(float, row)) for row in KNOWN.values()]


# What a contribution to the cent gives away: the counts in fives, which a reader has already, and nothing more.


def released(numbers, profile="cbs5"):
    """The bytes of all rows that a study with these counts by municipality and year leads to."""
    dates = [(town, f"{year}-06-01") for (town, year), count in numbers.items() for _ in range(count)]
    table = pd.DataFrame(dates, columns=["municipality", "received_on"], dtype="str").assign(region="VT03")
    table["received_on"] = pd.to_datetime(table["received_on"])
    here = case.open("demo", region="VT03", profile=profile)
    incidents = disclosure.release(finance.incidents(table, here.config), here).where(region="VT03")
    public = disclosure.release_public(finance.populations, here).where(region="VT03")
    rows = disclosure.join(incidents, public, disclosure.release_budget(finance.budget, here))
    buffer = io.StringIO()
    for frame in (incidents.frame, rows.derive(contributions).frame):
        frame.to_csv(buffer)
    return buffer.getvalue().encode()


def drawn(low, high):
    """Numbers of meldingen of the municipalities of Flevoland in three years that round to the same fives."""
    towns, random = ("GM0034", "GM0050", "GM0171", "GM0184", "GM0303", "GM0995"), np.random.default_rng(2026)
    base = random.integers(3, 40, (6, 3)) * 5
    return {(town, 2023 + year): int(base[at, year]) + (low if (at + year) % 2 else high)
            for at, town in enumerate(towns) for year in range(3)}


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_two_studies_with_the_same_counts_in_fives_give_the_same_bytes(profile):
    one, other = drawn(-2, 2), drawn(2, -2)
    assert one != other and released(one, profile) == released(other, profile)
    finer = one | {("GM0034", 2023): one[("GM0034", 2023)] + 5}
    assert released(finer, profile) != released(one, profile)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_a_hidden_count_may_be_any(profile):
    """From 0 to 9 of one municipality, as long as the region as a whole keeps the same rounded number."""
    towns = {("GM0034", year): 103 for year in (2023, 2024, 2025)} | {("GM0050", year): 50 for year in (2023, 2024)}
    bytes_of = {released(towns | {("GM0050", 2025): small}, profile) for small in (0, 1, 2, 3, 4)}
    # the own region knows its exact total: by that alone, a year in which it leaves too few values shows no town
    assert len(bytes_of) == (2 if profile == "exact10" else 1)


def test_derive_takes_contributions_and_no_neighbour_of_it(demo_case):
    public = disclosure.release_public(finance.populations, demo_case)
    assert not len(public.derive(contributions))
    with pytest.raises(DisclosureError, match="finance_contributions.contributions"):
        public.derive(rates.recompute)


