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


def found(frame):
    rows = contributions(frame)
    return rows.set_index("municipality")


def by(rows, column):
    return [rows.loc[town, column] for town in (A, B, C, "total")]


def test_three_keys_by_hand():
    """100 euros by 600, 300 and 100 inhabitants, by 100, 50 and 50 meldingen, and 90 by the first and 10 by these."""
    rows = found(joined(lines(), people(), meldingen(KNOWN)))
    assert by(rows, "by_inhabitant") == [60, 30, 10, 100]
    assert by(rows, "by_incident") == [50, 25, 25, 100]
    assert by(rows, "by_mixed") == [59, 29.5, 11.5, 100]
    assert by(rows, "n") == [600, 300, 100, 1000] and by(rows, "weighed") == [100, 50, 50, 200]
    assert by(rows, "change_incident") == [-10, -5, 15, 0]
    assert by(rows, "share_incident") == pytest.approx([-1 / 6, -1 / 6, 1.5, 0])
    assert by(rows, "change_mixed") == [-1, -0.5, 1.5, 0]
    assert by(rows, "each_incident") == [0.08, 0.08, 0.25, 0.10]
    assert set(rows["period"]) == {"2021-2023"} and set(rows["year"]) == {"2024"}
    assert set(rows["status"]) == {"derived"} and list(rows["value"]) == list(rows["by_inhabitant"])


def test_thirds_of_a_euro_add_up_to_the_cent():
    rows = found(joined(lines([("K01", "vast", 100.0, "ja")]), people(dict.fromkeys(TOWNS, 7)), meldingen(KNOWN)))
    assert by(rows, "by_inhabitant") == [33.34, 33.33, 33.33, 100]


def test_the_volatility_of_one_municipality_by_hand():
    """By the meldingen of each year: A 40, 60 and 50 of 100 euros: mean 50, standard deviation 10."""
    rows = found(joined(lines(), people(), meldingen(KNOWN)))
    assert rows.loc[A, ["lowest", "highest"]].tolist() == [40, 60]
    assert rows.loc[A, "cv"] == pytest.approx(0.2)
    assert pd.isna(rows.loc["total", "cv"])


@pytest.mark.parametrize(("years", "known"), [(2, False), (3, True), (4, True)])
def test_there_is_no_volatility_of_two_years(years, known):
    rows = found(joined(lines(), people(), meldingen({town: [20, 30, 50, 20][:years] for town in TOWNS})))
    assert rows.loc[A, "cv"] is not pd.NA if known else pd.isna(rows.loc[A, "cv"])
    assert rows.loc[A, "period"] == {2: "2021-2022", 3: "2021-2023", 4: "2022-2024"}[years]


def test_only_the_last_three_years_weigh_and_all_swing():
    rows = found(joined(lines(), people(), meldingen({A: [500, 20, 30, 50], B: [10, 20, 10, 20], C: [10] * 4})))
    assert rows.loc[A, "weighed"] == 100
    assert rows.loc[A, "highest"] == pytest.approx(100 * 500 / 520, abs=0.01)


def test_a_hidden_count_weighs_five_and_has_no_volatility():
    rows = found(joined(lines(), people(), meldingen(KNOWN | {C: [None, 10, 30]})))
    assert by(rows, "weighed") == [100, 50, 45, 195] and by(rows, "hidden_years") == [0, 0, 1, 1]
    assert pd.isna(rows.loc[C, "cv"]) and rows.loc[A, "cv"] > 0


def test_a_year_in_which_all_is_hidden_does_not_weigh():
    whole = found(joined(lines(), people(), meldingen(KNOWN)))
    more = {town: [*numbers, None] for town, numbers in KNOWN.items()}
    pd.testing.assert_frame_equal(whole, found(joined(lines(), people(), meldingen(more))))


@pytest.mark.parametrize("incidents", [meldingen({}), meldingen(dict.fromkeys(TOWNS, [None] * 3))])
def test_without_a_visible_count_a_contribution_per_incident_is_undefined(incidents):
    rows = found(joined(lines(), people(), incidents))
    assert by(rows, "by_inhabitant") == [60, 30, 10, 100]
    for column in ("by_incident", "by_mixed", "change_incident", "share_mixed", "cv", "incident_low", "gain"):
        assert rows[column].isna().all()


def test_what_a_count_may_be_by_hand():
    """One year: A 20 (18 to 22), B 10 (10 to 12), C hidden (0 to 9)."""
    rows = found(joined(lines(), people(), meldingen({A: [20], B: [10], C: [None]})))
    assert rows.loc[A, ["incident_low", "incident_high"]].tolist() == [46.15, 68.75]  # 18 of 39; 22 of 32
    assert rows.loc[C, ["incident_low", "incident_high"]].tolist() == [0, 24.33]  # 9 of 37
    assert by(rows, "gain")[:3] == ["niet te onderscheiden", "niet te onderscheiden", "niet te onderscheiden"]
    assert rows.loc[A, ["share_low", "share_high"]].tolist() == pytest.approx([46.15 / 60 - 1, 68.75 / 60 - 1])


def test_the_count_of_all_narrows_what_the_others_may_be():
    """All together 30 (28 to 32): A is 18 to 22 of at most 32 and at least 28; the others add up to 10 at least."""
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
    rows = found(joined(lines(), people({A: 600}), meldingen({A: [20, 30, 50]})))
    assert rows.loc[A, ["by_inhabitant", "by_incident", "by_mixed", "cv"]].tolist() == [100, 100, 100, 0]
    assert rows.loc[A, "gain"] == "gelijk"


@pytest.mark.parametrize("value", [0.0, None])
def test_costs_of_nothing_or_unknown(value):
    rows = contributions(joined(lines([("K01", "vast", value, "ja")]), people(), meldingen(KNOWN)))
    assert rows["by_incident"].tolist() == ([0] * 4 if value == 0 else [])
    assert rows["share_incident"].isna().all()


def test_costs_of_unknown_nature_are_fixed_and_older_years_do_not_count():
    newest = lines([("K01", "onbekend", 90.0, "ja"), ("K02", "variabel", 10.0, "ja"), ("K03", "vast", None, "nee")])
    rows = found(joined(lines([("K01", "vast", 5e6, "ja")], year="2023"), newest, people(), meldingen(KNOWN)))
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
    assert list(contributions(frame)["municipality"]) == [A, C, B, "total"]  # by name


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


