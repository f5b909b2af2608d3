"""Meldingen by municipality, cost lines and sums of all regions: small studies counted by hand."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest
from disclosure_cases import reader
from survey_cases import NA, division, row, table

from hgeval import disclosure, finance, reference

CONFIG = SimpleNamespace(
    reference_date=dt.date(2025, 12, 31), division=SimpleNamespace(year=2022, kind="veilig_thuis")
)


def meldingen(rows):
    frame = pd.DataFrame(rows, columns=["region", "municipality", "received_on"]).astype(
        {"region": "str", "municipality": "str"}
    )
    return frame.assign(received_on=pd.to_datetime(frame["received_on"]))


ROWS = [
    ("VT02", "GM0106", "2024-01-01"), ("VT02", "GM0106", "2024-12-31"), ("VT02", "GM0106", "2025-01-01"),
    ("VT02", "GM1680", "2025-12-31"), ("VT02", None, "2024-05-05"), ("VT02", "GM0363", "2024-05-05"),
    ("VT01", "GM0363", "2025-05-05"), ("VT01", "GM0363", None),
]


def events(frame, region, town):
    rows = frame[(frame["region"] == region) & (frame["municipality"] == town)]
    return dict(zip(rows["year"], rows["events"], strict=True))


def test_meldingen_by_municipality_and_year():
    found = finance.incidents(meldingen(ROWS), CONFIG)
    assert events(found, "VT02", "GM0106") == {"2024": 2, "2025": 1}
    assert events(found, "VT02", "GM1680") == {"2024": 0, "2025": 1}
    assert events(found, "VT02", "onbekend") == {"2024": 2, "2025": 0}  # none, and one of Amsterdam
    assert events(found, "VT02", "total") == {"2024": 2, "2025": 2}
    assert events(found, "VT01", "GM0363") == {"2024": 0, "2025": 1}  # without the one that has no date
    assert events(found, "VT01", "GM0106") == {}
    towns = reference.municipalities(2022)
    assert len(found) == 2 * (len(towns) + 2 * towns["region"].nunique())
    assert (found["value"] == found["events"]).all() and set(found["method"]) == {"count"}


@pytest.mark.parametrize(("end", "years"), [
    (dt.date(2025, 12, 31), {"2024", "2025"}), (dt.date(2025, 12, 30), {"2024"}),
])
def test_a_year_counts_when_it_is_over(end, years):
    config = SimpleNamespace(reference_date=end, division=CONFIG.division)
    assert set(finance.incidents(meldingen(ROWS), config)["year"]) == years


def test_without_meldingen_or_municipalities():
    assert finance.incidents(meldingen([]), CONFIG).empty
    found = finance.incidents(meldingen(ROWS).drop(columns="municipality"), CONFIG)
    assert events(found, "VT02", "onbekend") == {"2024": 4, "2025": 2}
    assert events(found, "VT02", "total") == {"2024": 0, "2025": 0}


def test_counts_leave_in_fives_for_every_reader():
    rows = [("VT02", "GM0106", "2024-05-05")] * 12 + [("VT02", "GM1680", "2024-05-05")] * 9
    found = finance.incidents(meldingen(rows), CONFIG)
    for profile in ("cbs5", "exact10"):
        seen = disclosure.release(found, reader(profile)).where(region="VT02").frame.set_index("municipality")
        assert seen.loc["GM0106", "value"] == 10 and seen.loc["total", "value"] == 20
        assert seen.loc["GM1680", "status"] == seen.loc["GM0109", "status"] == "suppressed"
        assert pd.isna(seen.loc["GM1680", "value"]) and pd.isna(seen.loc["GM1680", "n"])


def test_inhabitants_are_those_of_the_reference_table(demo_case):
    people = disclosure.release_public(finance.populations, demo_case)
    assert row(people.where(municipality="GM0114").frame, region="VT02")["value"] == 107_063
    assert people.frame["value"].sum() == 17_475_908


COSTS = [
    ["VT02", 2024, "K01", "overleg", 100.10, "vast", "zvw", "per_inwoner"],
    ["VT02", 2024, "K02", NA, 50.0, NA, NA, NA],
    ["VT02", 2023, "K01", "overleg", NA, "variabel", "zvw", "anders"],
]
COLUMNS = "region year line service amount nature payer basis"


def test_cost_lines_in_words_of_the_schema():
    found = finance.budget(table("costs", COSTS, COLUMNS))
    names = ["year", "line", "nature", "payer", "basis", "service_named"]
    assert found[names].to_numpy().tolist() == [
        ["2023", "K01", "variabel", "zvw", "anders", "ja"], ["2024", "K01", "vast", "zvw", "per_inwoner", "ja"],
        ["2024", "K02", "onbekend", "onbekend", "onbekend", "nee"],
    ]
    assert found["value"].tolist()[1:] == [100.10, 50.0] and pd.isna(found["value"][0])
    assert len(disclosure.release_budget(found, reader(region="VT02"))) == 3
    assert not len(disclosure.release_budget(found, reader(region="VT03")))


def test_only_the_columns_that_must_be_there():
    found = finance.budget(table("costs", [row[:3] + row[4:5] for row in COSTS], "region year line amount"))
    assert set(found["nature"]) == {"onbekend"} and set(found["service_named"]) == {"nee"}
    assert finance.budget(table("costs", [], "region year line amount")).empty


def costs(amounts, line="K01", year=2024):
    rows = [[f"VT{at:02}", year, line, euros] for at, euros in enumerate(amounts, start=1)]
    return table("costs", rows, "region year line amount")


def test_all_regions_together_of_the_newest_year():
    every = pd.concat([costs([100.0, 200.0, 300.0, NA]), costs([9e9] * 4, year=2023), costs([30.0], "eigen"),
                       costs([6.0], "K10")])
    found = finance.spent(every, division(4))  # 100.000, 200.000, 300.000 and 400.000 inhabitants
    assert row(found, measure="spent_regions", line="K01")["value"] == 600
    assert row(found, measure="spent_regions", line="K10")["value"] == 36  # what has a name of its own is the rest
    assert row(found, measure="spent_regions", line="total")["value"] == 636
    assert row(found, measure="spent_regions", line="total")["n"] == 3
    assert row(found, measure="spent_regions_each", line="total")["value"] == 0.0  # 636 / 600.000
    assert set(found["year"]) == {"2024"} and set(found["regions"]) == {4}


@pytest.mark.parametrize(("amounts", "shown"), [([1000.0, 1000.0, 100.0], True), ([1000.0, 1000.0, 99.0], False),
                                                ([1000.0, 1000.0], False)])
def test_a_sum_that_tells_the_amount_of_one_region_is_hidden(amounts, shown):
    seen = disclosure.release_totals(finance.spent(costs(amounts), division(4)), reader()).frame
    of_line = seen[seen["line"].isin(["K01", "total"])]
    assert set(of_line["status"]) == ({"shown"} if shown else {"suppressed"})
    assert of_line["value"].notna().all() == shown


def test_all_regions_of_a_study_without_costs():
    found = finance.spent(costs([]), division(4))
    assert set(found["n"]) == {0} and found["value"].isna().all() and set(found["year"]) == {""}


def test_the_input_stays_and_its_order_does_not_matter():
    for given, make in ((meldingen(ROWS), lambda frame: finance.incidents(frame, CONFIG)),
                        (table("costs", COSTS, COLUMNS), finance.budget),
                        (costs([1.0, 2.0, 3.0]), lambda frame: finance.spent(frame, division(4)))):
        before = given.copy()
        pd.testing.assert_frame_equal(make(given), make(given[::-1]))
        pd.testing.assert_frame_equal(given, before)
