"""Costs beside dossiers, by hand: exact where agreed, a range where realised, nothing where hidden."""

import pandas as pd
import pytest
from chain_cases import one
from disclosure_cases import reader
from finance_cases import agreements, joined, lines
from survey_cases import division, table

from hgeval import case, chain_agreements, disclosure, finance, finance_dossiers, wording
from hgeval.finance_dossiers import per_dossier

COSTS = (("K01", "vast", 9000.0, "ja"), ("K02", "variabel", 1000.0, "nee"))


def found(*parts, measure="dossier_costs"):
    rows = per_dossier(joined(*parts))
    return rows[rows["measure"] == measure]


def test_all_costs_beside_agreed_and_realised_by_hand():
    """10,000 euros over 25 agreed is 400; over 20 as shown, so 18 to 22, 454.55 to 555.56: outwards to the euro."""
    row = one(found(lines(COSTS), agreements(agreed=25, realised=20)))
    assert (row["value"], row["promised"], row["realised"], row["each_promised"]) == (10_000, 25, 20, 400)
    assert (row["each_low"], row["each_high"]) == (454, 556)
    assert (row["year"], row["line"], row["region"], row["status"]) == ("2024", "total", "VT03", "derived")


def test_each_line_of_the_newest_year_that_has_both():
    parts = [lines(COSTS), lines(COSTS, year="2023"), lines(COSTS, year="2025"),
             agreements(agreed=25, realised=20), agreements(agreed=25, realised=50, year="2023")]
    rows = found(*parts, measure="dossier_line")
    assert list(rows["line"]) == ["K01", "K02"] and set(rows["year"]) == {"2024"}
    assert list(rows["nature"]) == ["vast", "variabel"] and list(rows["value"]) == [9000, 1000]
    assert rows[["each_low", "each_high"]].to_numpy().tolist() == [[409, 500], [45.45, 55.56]]  # to the cent under 100
    assert list(found(*parts)["year"]) == ["2023", "2024"]


def test_agreements_of_a_year_are_taken_together():
    """20 and 10 as shown: 18 + 10 to 22 + 12; of another kind or unit they do not count."""
    row = one(found(lines(COSTS), agreements(agreed=25, realised=20), agreements(agreed=15, realised=10),
                    agreements(agreed=1, realised=500, kind="aanbieder"),
                    agreements(agreed=1, realised=500, unit="zorgtraject")))
    assert (row["promised"], row["realised"], row["each_promised"]) == (40, 30, 250)
    assert (row["each_low"], row["each_high"]) == (294, 358)  # 10,000 over 34 and 28


def test_none_is_exactly_none_and_makes_no_ground_to_divide_by():
    assert found(lines(COSTS), agreements(agreed=25, realised=0)).empty
    row = one(found(lines(COSTS), agreements(agreed=25, realised=20), agreements(agreed=5, realised=0)))
    assert (row["each_low"], row["each_high"]) == (454, 556)


@pytest.mark.parametrize("numbers", [{"agreed": 25, "realised": None}, {"agreed": None, "realised": 20}])
def test_a_year_with_something_hidden_or_unknown_is_not_there(numbers):
    assert found(lines(COSTS), agreements(agreed=25, realised=20), agreements(**numbers)).empty


def test_nothing_agreed_is_no_ground_either():
    row = one(found(lines(COSTS), agreements(agreed=0, realised=20)))
    assert pd.isna(row["each_promised"]) and row["each_low"] == 454


@pytest.mark.parametrize("parts", [
    [lines(COSTS)], [agreements(agreed=25, realised=20)], [lines([("K01", "vast", None, "ja")])],
    [lines(COSTS, year="2023"), agreements(agreed=25, realised=20)],
])
def test_without_both_there_are_no_rows(parts):
    given = [part if "measure" in part else part.assign(measure=pd.NA, value=pd.array([pd.NA], dtype="Float64"))
             for part in parts]
    rows, full = per_dossier(joined(*given)), per_dossier(joined(lines(COSTS), agreements(agreed=25, realised=20)))
    assert rows.empty and list(rows) == list(full) and rows.dtypes.astype("str").equals(full.dtypes.astype("str"))


REGIONS = division(8)
CONSENTS = {"survey_regions": table("survey_regions", [
    ["VT01", "ja"], ["VT02", "alleen_in_totaal"], ["VT03", "alleen_in_totaal"], ["VT04", "alleen_in_totaal"],
    ["VT05", "nee"], ["VT07", "alleen_in_totaal"], ["VT08", "alleen_in_totaal"]], "region publicatie_ok")}


def costs(amounts, year=2024):
    rows = [[region, year, "K01", float(amount)] for region, amount in amounts.items()]
    return table("costs", rows, "region year line amount")


def covenants(numbers, year=2024, kind="prestatie", unit="dossier"):
    rows = [[region, year, "PA1", kind, unit, number] for region, number in numbers.items()]
    return table("covenants", rows, "region year agreement kind unit realised")


EUROS = {"VT01": 100_000, "VT02": 120_000, "VT03": 90_000, "VT04": 110_000, "VT05": 5e6, "VT06": 5e6}
DONE = {"VT01": 40, "VT02": 60, "VT03": 45, "VT04": 55, "VT05": 1, "VT06": 1}


def country(amounts, done):
    return finance_dossiers.country(amounts, done, CONSENTS, REGIONS)


def test_all_regions_together_by_hand():
    """420,000 euros over 200 dossiers of the four that let their answers count; VT05 said no, VT06 said nothing."""
    row = one(country(pd.concat([costs(EUROS), costs(dict.fromkeys(EUROS, 1), 2023)]), pd.concat([
        covenants(DONE), covenants(DONE, year=2023), covenants(DONE, kind="aanbieder"),
        covenants(DONE, unit="zorgtraject")])))
    assert (row["value"], row["n"], row["year"], row["line"], row["unnamed"]) == (2100, 4, "2024", "total", 3)
    shown = disclosure.release_totals(country(costs(EUROS), covenants(DONE)), reader()).frame
    assert one(shown)["value"] == 2100 and one(shown)["status"] == "shown"


def test_where_all_unnamed_regions_stand_in_it_their_number_would_tell_so():
    """Five unnamed regions: three of them know both, so do four, which leaves one; then the figure goes."""
    row = one(country(costs(EUROS | {"VT07": 100_000}), covenants(DONE | {"VT07": 50})))
    assert (row["n"], row["unnamed"]) == (5, 1)


def test_only_regions_that_know_both_count_and_euros_are_whole():
    row = one(country(costs(EUROS), covenants({"VT01": 30, "VT02": 60, "VT06": 10})))
    assert (row["value"], row["n"]) == (2444, 2)  # 220,000 over 90


@pytest.mark.parametrize(("euros", "done"), [
    ({}, {"VT04": None}),  # two regions without a name
    ({"VT02": 5_000_000}, {}),  # one that is nearly all euros
    ({}, {"VT02": 5_000}),  # one that is nearly all dossiers
])
def test_what_tells_of_one_region_is_hidden(euros, done):
    frame = country(costs(EUROS | euros), covenants(DONE | done))
    shown = one(disclosure.release_totals(frame, reader()).frame)
    assert pd.isna(shown["value"]) and shown["status"] == "suppressed"


@pytest.mark.parametrize("parts", [(costs({}), covenants(DONE)), (costs(EUROS), covenants({})),
                                   (costs({}), covenants({}))])
def test_without_costs_or_dossiers_the_country_has_no_figure(parts):
    row = one(country(*parts))
    assert pd.isna(row["value"]) and row["n"] == 0


@pytest.mark.parametrize(("profile", "region", "seen"), [
    ("cbs5", "VT20", True), ("cbs5", "VT02", False), ("exact10", "VT02", True), ("exact10", "VT07", True),
])
def test_consent_decides_who_sees_dossiers(profile, region, seen):
    here = case.open("demo", region=region, profile=profile)
    agreed = disclosure.release_answers(chain_agreements.own, here).where(region=region)
    shown = disclosure.join(disclosure.release_budget(finance.budget, here), agreed).derive(per_dossier)
    assert bool(len(shown)) is seen
    assert all(number % 5 == 0 for number in shown.frame["realised"])


def test_every_measure_and_column_has_words():
    for code in ("dossier_costs", "dossier_line", "dossier_country"):
        assert wording.measure(code).label != code
    for name in ("promised", "realised", "each_promised", "each_low", "each_high"):
        assert wording.column(name) != name
