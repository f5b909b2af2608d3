"""The uitkering for shelter: the totals are those of the law, and its parts add up to the cent."""

from decimal import Decimal

import pytest

from hgeval import disclosure, finance_du, reference

LAW = {"2010": 2_400_001, "2011": 95_223_056, "2012": 105_552_057, "2013": 107_959_001}  # BWBR0027383, bijlage 29kk


@pytest.fixture(scope="module")
def amounts():
    return finance_du.amounts(2022, "veilig_thuis")


@pytest.fixture(scope="module")
def parts():
    return finance_du.allocation(2022, "veilig_thuis")


def test_the_country_has_the_totals_of_the_law(amounts):
    country = amounts[amounts["region"] == "NL"]
    assert dict(zip(country["law_year"], country["value"], strict=True)) == LAW
    assert set(country["n"]) == {17_475_908}
    once = amounts[amounts["region"] != "NL"].drop_duplicates(["centre", "law_year"])
    assert once.groupby("law_year")["value"].sum().to_dict() == LAW and once["centre"].nunique() == 35


def test_one_centrumgemeente_by_hand(amounts):
    """Emmen got 2.250.464 euros in 2013, for the 494.766 inhabitants of Drenthe: 4,55 each."""
    row = amounts[(amounts["centre"] == "GM0114") & (amounts["law_year"] == "2013")]
    assert row[["region", "n", "value", "each"]].to_numpy().tolist() == [["VT02", 494_766, 2_250_464, 4.55]]


def test_a_region_has_every_centrumgemeente_that_its_municipalities_belong_to(amounts):
    centres = amounts.groupby("region")["centre"].unique()
    assert set(centres["VT20"]) == {"GM0344", "GM0307"} and set(centres["VT14"]) == {"GM0202", "GM0200"}


def test_the_parts_of_2013_add_up_to_the_cent(parts, amounts):
    law = amounts[amounts["law_year"] == "2013"].drop_duplicates("centre").set_index("centre")["value"].to_dict()
    once = parts.drop_duplicates(["centre", "municipality"])
    assert len(once) == 342
    for centre, rows in once.groupby("centre"):
        assert sum(Decimal(str(value)) for value in rows["value"]) == Decimal(int(law[centre]))
    assert sum(Decimal(str(value)) for value in once["value"]) == LAW["2013"]


def test_how_sure_the_areas_are_stands_beside_them(parts):
    once = parts.drop_duplicates(["centre", "municipality"])
    assert once["certainty"].value_counts().to_dict() == {"confident": 95, "probable": 227, "uncertain": 20}


def test_the_whole_area_stands_in_every_region_that_has_a_part_of_it(parts):
    areas = parts[parts["centre"] == "GM0202"].groupby("region")["municipality"].agg(set)
    assert areas["VT05"] == areas["VT14"]


def test_a_study_of_municipalities_has_the_area_of_each():
    parts = finance_du.allocation(2023, reference.TOWN)
    assert parts["region"].nunique() == 342
    assert set(parts[parts["region"] == "GM0106"]["centre"]) == {"GM0114"}
    assert finance_du.amounts(2023, reference.TOWN)["value"].sum() > sum(LAW.values())


def test_it_is_real_whatever_the_study(demo_case):
    law = disclosure.release_public(finance_du.amounts, demo_case)
    assert law.origin["synthetic"] is False and law.origin["published"] is True
    assert set(law.frame["status"]) == {"shown"}
