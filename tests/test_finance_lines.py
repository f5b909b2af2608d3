"""Cost lines, what they are for and who pays them, by hand."""

import pandas as pd
import pytest
from finance_cases import REGION, joined, lines, people

from hgeval import finance_lines, rates

COUNTRY = {"K01": 0.05, "total": 0.20}


def country(year="2024"):
    rows = [{"measure": "spent_regions_each", "region": "NL", "line": line, "value": value, "method": "amount"}
            for line, value in COUNTRY.items()]
    return rates.frame(rows, groups=("line",)).assign(year=year, status="shown")


def test_each_line_in_euros_per_inhabitant_beside_all_regions():
    found = finance_lines.cost_lines(joined(lines(), people(), country())).set_index("line")
    assert found["value"].tolist() == [90, 10, 100] and found["each"].tolist() == [0.09, 0.01, 0.10]
    assert found["each_country"].fillna(-1).tolist() == [0.05, -1, 0.20]
    assert found["measure"].tolist() == ["cost_line", "cost_line", "cost_total"]


def test_of_another_year_or_hidden_nothing_stands_beside_it():
    for beside in (country("2023"), country().assign(value=pd.array([pd.NA, pd.NA], dtype="Float64"))):
        assert finance_lines.cost_lines(joined(lines(), people(), beside))["each_country"].isna().all()


def test_an_unknown_amount_is_not_nothing():
    found = finance_lines.cost_lines(joined(lines([("K01", "vast", None, "ja"), ("K02", "vast", 5.0, "ja")]), people()))
    assert pd.isna(found["value"][0]) and found["value"][2] == 5


@pytest.mark.parametrize(("services", "events", "part"), [(("ja", "nee"), 1, 0.9), (("ja", "ja"), 2, 1), (
    ("nee", "nee"), 0, 0)])
def test_lines_that_name_their_service(services, events, part):
    rows = [("K01", "vast", 90.0, services[0]), ("K02", "vast", 10.0, services[1])]
    found = finance_lines.named(lines(rows)).set_index("measure")
    assert found.loc["service_named", ["n", "events", "value"]].tolist() == [2, events, events / 2]
    assert found.loc["service_named_eur", "value"] == pytest.approx(part)


def test_who_pays_in_order_of_what_they_pay():
    rows = lines([("K01", "vast", 10.0, "ja"), ("K02", "vast", 60.0, "ja"), ("K03", "vast", 30.0, "ja")])
    rows = rows.assign(payer=["zvw", "wlz", "zvw"])
    found = finance_lines.by_payer(rows)
    assert found[["payer", "value"]].to_numpy().tolist() == [["wlz", 60], ["zvw", 40]]
    assert found["paid_share"].tolist() == [0.6, 0.4]


def test_every_year_that_has_an_amount():
    rows = joined(lines(), lines([("K01", "vast", 80.0, "ja")], "2023"), lines([("K01", "vast", None, "ja")], "2022"))
    found = finance_lines.yearly(joined(rows, people()))
    assert found[["year", "value", "each"]].to_numpy().tolist() == [["2023", 80, 0.08], ["2024", 100, 0.10]]
    assert set(found["region"]) == {REGION}


@pytest.mark.parametrize("function", [
    finance_lines.cost_lines, finance_lines.named, finance_lines.by_payer, finance_lines.yearly,
])
def test_without_costs_there_are_no_rows(function):
    assert function(joined(lines().iloc[:0], people(), country())).empty


def test_per_inhabitant_is_missing_without_inhabitants():
    assert finance_lines.yearly(joined(lines(), people({})))["each"].isna().all()
    assert finance_lines.cost_lines(joined(lines(), people({})))["each"].isna().all()
