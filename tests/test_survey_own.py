"""A region's own answers reach itself without its consent, and nobody else; no total counts them."""

import pandas as pd
import pytest
from exhibit_cases import reader
from survey_cases import NA, REGIONS, survey_tables, table

from hgeval import disclosure, survey_own, survey_reach

BY_REGION = ["elements", "layers", "access", "links", "filled", "items", "costs", "cost_lines", "partners", "density",
             "quality", "criteria"]


@pytest.mark.parametrize("name", BY_REGION)
def test_a_region_that_says_nee_is_there_as_one_without_a_name(name):
    found = getattr(survey_own, name)(survey_tables(), regions=REGIONS)
    consent = dict(zip(found["region"], found["consent"], strict=True))
    assert consent["VT01"] == "ja" and consent["VT04"] == "alleen_in_totaal" and "VT05" not in consent


@pytest.mark.parametrize("name", BY_REGION)
@pytest.mark.parametrize(("profile", "region", "seen"), [
    ("cbs5", "VT04", {"VT01", "VT02"}), ("exact10", "VT04", {"VT01", "VT02", "VT04"}),
    ("exact10", "VT05", {"VT01", "VT02"}),
])
def test_only_its_own_eyes_see_it(name, profile, region, seen):
    names = {code: code for code in REGIONS["region"]}
    found = getattr(survey_own, name)(survey_tables(), regions=REGIONS)
    shown = disclosure.release_answers(found, reader(region, profile, names=names)).frame
    assert set(shown["region"]) <= seen and (region in set(shown["region"])) == (region in seen)


def test_answers_without_the_first_table_count_as_without_consent():
    tables = survey_tables()
    tables["survey_quality"] = table("survey_quality", [["VT05", "Q01", "ja", 5]],
                                     "region criterion kwaliteit kwaliteit_belang")
    found = survey_own.quality(tables, regions=REGIONS)
    assert list(zip(found["region"], found["consent"], strict=True)) == [("VT05", "alleen_in_totaal")]
    del tables["survey_regions"]
    assert set(survey_own.elements(tables, regions=REGIONS)["consent"]) == {"alleen_in_totaal"}
    assert survey_own.elements({}, regions=REGIONS).empty


def test_a_partner_without_consent_stays_unknown_to_others():
    found = survey_own.access(survey_tables(), regions=REGIONS)
    others = survey_reach.access_answers(survey_tables(), regions=REGIONS)
    both = found[found["region"].isin(["VT01", "VT02", "VT03"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, others)


def test_the_tables_themselves_stay_as_they_were():
    tables = survey_tables()
    survey_own.elements(tables, regions=REGIONS)
    assert list(tables["survey_regions"]["publicatie_ok"]) == ["ja", "ja", "alleen_in_totaal", "nee"]


def test_the_total_of_costs_is_of_what_was_filled_in():
    found = survey_own.cost_lines(survey_tables(), regions=REGIONS).set_index(["region", "line"])
    assert list(found.loc[("VT01", "total")][["kosten_bedrag", "uncovered"]]) == [4000, 500]
    assert list(found.loc[("VT02", "total")][["kosten_bedrag", "uncovered"]]) == [6000, 2000]
    empty = survey_tables() | {"survey_costs": table("survey_costs", [["VT01", "K01", NA, NA]],
                                                     "region line kosten_bedrag kosten_ongedekt")}
    assert survey_own.cost_lines(empty, regions=REGIONS)[["kosten_bedrag", "uncovered"]].isna().all(axis=None)
