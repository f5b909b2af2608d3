"""Money: numbers worked out by hand on a small survey, and sums that one region would stand out in."""

import pandas as pd
import pytest
from disclosure_cases import reader
from survey_cases import NA, REGIONS, division, numbers, row, survey_tables, table

from hgeval import disclosure, survey_money
from hgeval.codebook import PAYERS


@pytest.fixture
def tables():
    return survey_tables()


def test_uncovered_euros(tables):
    money = survey_money.uncovered(tables, regions=REGIONS)
    first = row(money, line="K01")
    assert first["value"] == 500 + 2000 + 1000
    assert (first["n"], first["events"], first["method"]) == (3, 3, "amount")
    second = row(money, line="K02")  # VT02 gave no uncovered share: not counted, not 0
    assert (second["n"], second["events"], second["value"]) == (1, 0, 0)
    assert row(money, line="K03")["value"] is pd.NA
    total = row(money, line="total")
    assert (total["n"], total["events"], total["value"], total["answered"]) == (3, 3, 3500, 3)


def test_uncovered_per_inhabitant_and_per_case(tables):
    heads = survey_money.uncovered_per_inhabitant(tables, regions=REGIONS)
    assert row(heads, line="total")["value"] == pytest.approx(0.01)  # 3500 euros over 600.000 people, in cents
    cases = survey_money.uncovered_per_case(tables, regions=REGIONS)
    assert row(cases, line="K01")["value"] == pytest.approx(43.75)  # 3500 / (20 + 20 + 40)
    tables["survey_regions"].loc[0, "casussen_verwacht"] = pd.NA
    without = row(survey_money.uncovered_per_case(tables, regions=REGIONS), line="K01")
    assert (without["n"], without["value"]) == (2, 50.0)  # 3000 / 60: the region leaves both sums


def test_uncovered_per_no_cases_at_all_is_missing(tables):
    tables["survey_regions"]["casussen_verwacht"] = pd.array([0] * 4, dtype="Int64")
    assert survey_money.uncovered_per_case(tables, regions=REGIONS)["value"].isna().all()


def test_who_pays_now_is_weighted_by_the_amount(tables):
    payers = survey_money.payers_now(tables, regions=REGIONS)
    assert list(payers["payer"]) == list(PAYERS)
    assert row(payers, payer="zvw")["value"] == pytest.approx((600 + 3000 + 2000) / 10_000)
    assert row(payers, payer="fonds")["value"] == pytest.approx((400 + 2000 + 2000) / 10_000)
    assert (row(payers, payer="zvw")["n"], row(payers, payer="zvw")["events"]) == (3, 2)
    assert payers["value"].sum() == pytest.approx(1)


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("payers_wished", {"line": "K01", "betaler_wens": "zvw"}, (3, 2, 1, 1)),
    ("payers_wished", {"line": "K02", "betaler_wens": "wlz"}, (1, 0, 0, 0)),
])
def test_money_answers_counted(tables, measure, group, expected):
    assert numbers(getattr(survey_money, measure)(tables, regions=REGIONS), **group) == expected


@pytest.mark.parametrize(("amounts", "unnamed"), [
    ([1000, 1000, 100], 3),  # the third is exactly 10% of the largest
    ([1000, 1000, 99], 1),
    ([1000, 1, 1], 1),
    ([0, 0, 0], 1),  # the sum tells each of them
    ([1000, 1000], 1),
    ([NA, NA, NA], 0),
])
def test_a_sum_that_one_unnamed_region_dominates_counts_as_one(amounts, unnamed):
    codes = [f"VT0{number}" for number in range(2, 2 + len(amounts))]
    consent = [["VT01", "ja"], *([code, "alleen_in_totaal"] for code in codes)]
    costs = [[code, "K01", euros, 100] for code, euros in zip(["VT01", *codes], [9e6, *amounts], strict=True)]
    survey_tables = {
        "survey_regions": table("survey_regions", consent, "region publicatie_ok"),
        "survey_costs": table("survey_costs", costs, "region line kosten_bedrag kosten_ongedekt"),
    }
    for measure in (survey_money.uncovered, survey_money.uncovered_per_inhabitant):
        assert row(measure(survey_tables, regions=REGIONS), line="total")["unnamed"] == unnamed


def test_uncovered_euros_by_who_pays_now(tables):
    """500 of VT01 and 1000 of VT03, both for a part of zvw, and 2000 of VT02, all of fonds."""
    money = survey_money.uncovered_by_payer(tables, regions=REGIONS)
    assert list(money["payer"]) == list(PAYERS)
    assert row(money, payer="zvw")["value"] == 300 + 500 and row(money, payer="fonds")["value"] == 200 + 2000 + 500
    assert row(money, payer="wlz")["value"] == 0 and money["value"].sum() == 3500
    own = survey_money.uncovered_answers(tables, regions=REGIONS)
    assert row(own, region="VT01", betaler="zvw")["uncovered"] == 300
    assert row(own, region="VT03", betaler="total")["uncovered"] == 1000
    tables["survey_costs"]["betaler"] = pd.array([NA] * len(tables["survey_costs"]), dtype="str")
    assert row(survey_money.uncovered_by_payer(tables, regions=REGIONS), payer="onbekend")["value"] == 3500


@pytest.mark.parametrize(("fonds", "hidden"), [(10, {"wlz", "fonds"}), (100, set())])
def test_a_payer_is_not_hidden_alone(fonds, hidden):
    """Of fonds one region has nearly all, the others of it too little: the smallest payer beside it goes with it."""
    codes = ["VT02", "VT03", "VT04", "VT05"]
    consent = [[code, "alleen_in_totaal"] for code in codes]
    amounts = {"fonds": [1000, 100, fonds, 0], "zvw": [900, 900, 900, 900], "wlz": [100, 100, 100, 100]}
    amounts |= {payer: [500] * 4 for payer in PAYERS if payer not in amounts}
    costs = [[code, f"L{at}", euros[place], 100, f"{payer}=100"]
             for at, (payer, euros) in enumerate(amounts.items()) for place, code in enumerate(codes)]
    survey = {
        "survey_regions": table("survey_regions", consent, "region publicatie_ok"),
        "survey_costs": table("survey_costs", costs, "region line kosten_bedrag kosten_ongedekt betaler"),
    }
    seen = disclosure.release_totals(survey_money.uncovered_by_payer(survey, regions=REGIONS), reader()).frame
    assert set(seen.loc[seen["status"] == "suppressed", "payer"]) == hidden


def test_costs_by_region(tables):
    costs = survey_money.cost_answers(tables, regions=REGIONS)
    assert row(costs, region="VT01", line="K01")["uncovered"] == 500
    assert row(costs, region="VT02", line="K02")["uncovered"] is pd.NA


@pytest.mark.parametrize(("without", "per_case", "beside_the_sum"), [
    ([], 5, 5),
    (["VT01"], 5, 5),  # may be named: its part is no secret
    (["VT02"], 1, 5),  # the sum, less the mean times the cases of the others, would tell its part
    (["VT02", "VT03"], 2, 5),
])
def test_a_sum_and_its_mean_do_not_single_out_who_is_only_in_one(without, per_case, beside_the_sum):
    unnamed, six = ["VT02", "VT03", "VT04", "VT05", "VT06"], division(6)
    consent = [[code, "ja" if code == "VT01" else "alleen_in_totaal", NA if code in without else 10]
               for code in ["VT01", *unnamed]]
    survey = {
        "survey_regions": table("survey_regions", consent, "region publicatie_ok casussen_verwacht"),
        "survey_costs": table("survey_costs", [[code, "K01", 1000, 100] for code in ["VT01", *unnamed]],
                              "region line kosten_bedrag kosten_ongedekt"),
    }
    mean = row(survey_money.uncovered_per_case(survey, regions=six), line="K01")
    assert mean["unnamed"] == per_case and mean["n"] == 6 - len(without)
    assert row(survey_money.uncovered(survey, regions=six), line="K01")["unnamed"] == beside_the_sum


def test_a_total_over_two_hidden_lines_would_tell_the_amount_of_one_region():
    """Together the hidden lines meet the p% rule, and yet: per case, both are shown for all regions but three."""
    codes = [f"VT{number:02}" for number in range(1, 10)]
    big, nothing = codes[0], codes[7:]
    consent = [[code, "alleen_in_totaal", NA if code in (big, *nothing) else 10] for code in codes]
    amounts = {"K01": dict(zip(codes[:4], [1000, 400, 50, 45], strict=True)),
               "K02": dict(zip([big, *codes[4:7]], [1000, 400, 50, 45], strict=True))}
    costs = [[code, line, euros, 100] for line, given in amounts.items()
             for code, euros in (given | dict.fromkeys(nothing, 0)).items()]
    survey = {
        "survey_regions": table("survey_regions", consent, "region publicatie_ok casussen_verwacht"),
        "survey_costs": table("survey_costs", costs, "region line kosten_bedrag kosten_ongedekt"),
    }
    nine = division(9)
    money = survey_money.uncovered(survey, regions=nine)
    each = survey_money.uncovered_per_case(survey, regions=nine)
    assert row(money, line="total")["unnamed"] == 9  # the p% rule holds for the sum of both
    shown = disclosure.release_totals(each, reader()).frame
    cases = {"K01": 30, "K02": 30}
    known = sum(row(shown, line=line)["value"] * number for line, number in cases.items())
    assert row(money, line="total")["value"] - known == 2000 == sum(given[big] for given in amounts.values())
    released = disclosure.release_totals(money, reader()).frame
    assert set(released.loc[released["line"].isin([*cases, "total"]), "status"]) == {"suppressed"}


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("certainty", {"line": "K01", "kosten_zekerheid": "begroting"}, (3, 2, 1, 1)),
    ("certainty", {"line": "K02", "kosten_zekerheid": "raming"}, (1, 1, 0, 0)),
    ("permanence", {"line": "K01", "structureel": "tijdelijk"}, (2, 1, 1, 1)),
    ("bases", {"line": "K01", "grondslag": "per_inwoner"}, (3, 2, 1, 0)),
])
def test_answers_about_a_cost_line(tables, measure, group, expected):
    assert numbers(getattr(survey_money, measure)(tables, regions=REGIONS), **group) == expected


def test_payers_are_named_without_their_percentages(tables):
    costs = survey_money.cost_answers(tables, regions=REGIONS)
    assert row(costs, region="VT01", line="K01")["payer"] == "zvw|fonds"
    assert pd.isna(row(costs, region="VT02", line="K02")["payer"])
