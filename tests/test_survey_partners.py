"""Partners and quality: numbers worked out by hand on a small survey."""

import pandas as pd
import pytest
from survey_cases import REGIONS, numbers, row, survey_tables

from hgeval import survey_partners


@pytest.fixture
def tables():
    return survey_tables()


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("involvement", {"partner": "politie", "partner_betrokken": "ja_met_afspraak"}, (3, 2, 1, 1)),
    ("involvement", {"partner": "politie", "partner_betrokken": "ja_zonder_afspraak"}, (3, 1, 1, 0)),
    ("involvement", {"partner": "om", "partner_betrokken": "nee_niet_nodig"}, (2, 1, 0, 0)),
    ("quality_met", {"criterion": "Q01"}, (3, 1, 1, 0)),
    ("quality_met", {"criterion": "Q03"}, (0, 0, 0, 0)),
    ("quality_distribution", {"criterion": "Q01", "kwaliteit": "deels"}, (3, 1, 1, 1)),
])
def test_partners_and_quality(tables, measure, group, expected):
    assert numbers(getattr(survey_partners, measure)(tables, regions=REGIONS), **group) == expected


def test_density_is_agreements_over_relevant_partners(tables):
    by_region = survey_partners.density_by_region(tables, regions=REGIONS).set_index("region")
    assert by_region["density"].to_dict() == {"VT01": 0.5, "VT02": 0.5, "VT03": 1.0}
    whole = row(survey_partners.density(tables, regions=REGIONS))
    assert whole["value"] == pytest.approx(3 / 5)  # not the mean of the three
    assert (whole["n"], whole["events"], whole["method"]) == (3, 1, "weighted")


def test_a_region_without_relevant_partners_has_no_density(tables):
    partners = tables["survey_partners"]
    tables["survey_partners"] = partners[(partners["region"] == "VT01") & (partners["partner"] == "om")]
    assert survey_partners.density_by_region(tables, regions=REGIONS)["density"].isna().all()
    whole = row(survey_partners.density(tables, regions=REGIONS))
    assert whole["n"] == 0 and whole["value"] is pd.NA


def test_how_content_a_region_is_never_comes_with_its_name(tables):
    assert "partner_tevreden" not in survey_partners.partner_answers(tables, regions=REGIONS)


def test_quality_by_region_counts_each_answer_apart(tables):
    regional = survey_partners.quality_by_region(tables, regions=REGIONS).set_index("region")
    assert list(regional.loc["VT01", ["met", "partly", "unmet", "unknown"]]) == [1, 1, 0, 1]
    assert list(regional.loc["VT02", ["met", "partly", "unmet", "unknown"]]) == [1, 0, 1, 0]
    assert list(regional.index) == ["VT01", "VT02", "VT03"]  # not the one that says nee


def test_roles_and_mandates_are_parts_of_all_partners_that_take_part(tables):
    mandate = survey_partners.mandates(tables, regions=REGIONS).set_index("partner_mandaat")
    assert mandate["value"].to_dict() == {"ja": 0.33, "deels": 0.33, "nee": 0.33}  # csg of VT01 does not take part
    tables["survey_partners"]["partner_rol"] = pd.array(
        ["kernteam", "regie", "regie", "kernteam", "verwijzer", "regie", "regie"], dtype="str")
    roles = survey_partners.roles(tables, regions=REGIONS).set_index("partner_rol")
    assert roles.loc[["kernteam", "verwijzer", "regie", "toezicht"], "value"].tolist() == [0.5, 0.25, 0.25, 0]
    assert roles["n"].tolist() == [3] * 6 and roles.loc["kernteam", "events"] == 2


def test_how_content_regions_are_treats_each_region_as_unnamed(tables):
    found = numbers(survey_partners.content(tables, regions=REGIONS), partner="politie")
    assert found == (3, 2, 1, 2)  # a 4 and a 5, and not the 3; VT04 said nee; n would tell that VT03 has it
    with_names = {**tables, "survey_regions": tables["survey_regions"].assign(publicatie_ok="ja")}
    named = numbers(survey_partners.content(with_names, regions=REGIONS), partner="politie")
    assert named == (3, 2, 3, 2)  # of named regions too: each counts as unnamed
    assert numbers(survey_partners.content(tables, regions=REGIONS), partner="om") == (1, 1, 1, 1)
