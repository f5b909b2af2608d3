"""Access through partners and one-sided links: by hand, and without a word on a region without a name."""

import pandas as pd
import pytest
from survey_cases import REGIONS, numbers, row, survey_tables, table

from hgeval import survey, survey_reach


def survey_of(links, present, consents=None):
    """VT01 to VT03 with their links; statuses of E01."""
    codes = ["VT01", "VT02", "VT03"]
    named = [[code, allowed, links.get(code)] for code, allowed in zip(codes, consents or ["ja"] * 3, strict=True)]
    return {
        "survey_regions": table("survey_regions", named, "region publicatie_ok partnerregios"),
        "survey_elements": table(
            "survey_elements", [[code, "E01", status] for code, status in present.items()], "region element status"),
    }


ABSENT = {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "afwezig"}


def access(*arguments):
    found = survey_reach.access_answers(survey_of(*arguments), regions=REGIONS)
    return row(found, region="VT01", element="E01")


@pytest.mark.parametrize("links", [{"VT01": "VT02"}, {"VT02": "VT01"}])
def test_a_partner_by_either_side_gives_access_and_is_named(links):
    found = access(links, ABSENT)
    assert (found["present"], found["partner_region"], found["usable"]) == (False, "VT02", True)


def test_no_partner_no_access_and_an_unknown_partner_leaves_it_open():
    alone = access({}, ABSENT)
    assert alone["usable"] is not pd.NA and not alone["usable"] and pd.isna(alone["partner_region"])
    assert access({"VT01": "VT03"}, ABSENT | {"VT03": "weet_niet"})["usable"] is pd.NA
    assert access({"VT01": "VT02"}, {"VT01": "weet_niet", "VT02": "aanwezig"})["usable"]


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
@pytest.mark.parametrize("status", ["aanwezig", "afwezig"])
def test_an_unnamed_partner_stays_out(consent, status):
    found = access({"VT01": "VT02", "VT02": "VT01"}, ABSENT | {"VT02": status}, ["ja", consent, "ja"])
    assert found["usable"] is pd.NA and pd.isna(found["partner_region"])


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
def test_a_link_that_only_an_unnamed_region_gives_does_not_exist(consent):
    found = access({"VT02": "VT01"}, ABSENT, ["ja", consent, "ja"])
    assert found["usable"] is not pd.NA and not found["usable"]
    links = survey_reach.link_answers(survey_of({"VT02": "VT01"}, ABSENT, ["ja", consent, "ja"]), regions=REGIONS)
    assert "VT01" not in set(links["region"])


def test_the_last_partner_counts_of_several():
    found = access({"VT01": "VT02|VT03"}, {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "aanwezig"})
    assert found["partner_region"] == "VT02|VT03"


def test_the_total_of_who_reaches_it_says_who_certainly_does_not():
    found = survey.covered(survey_of({"VT01": "VT02"}, ABSENT), regions=REGIONS)
    assert row(found, element="E01", link="either")[["n", "events", "without", "named"]].tolist() == [3, 2, 1, 3]


# Links


def mutual(links, consents=None):
    found = survey_reach.link_answers(survey_of(links, ABSENT, consents), regions=REGIONS)
    return {(one, other): both for one, other, both in zip(
        found["region"], found["partner_region"], found["mutual"], strict=True)}


def test_a_link_is_mutual_one_sided_or_not_known():
    found = mutual({"VT01": "VT02|VT03", "VT02": "VT01"})
    assert found[("VT01", "VT02")] == 1 and found[("VT02", "VT01")] == 1
    assert found[("VT01", "VT03")] is pd.NA  # VT03 named nobody: it did not answer
    assert mutual({"VT01": "VT02", "VT02": "VT03"})[("VT01", "VT02")] == 0


@pytest.mark.parametrize("back", ["VT01", "VT03"])
def test_whether_an_unnamed_region_names_you_back_is_not_told(back):
    links = {"VT01": "VT02", "VT02": back, "VT03": "VT01"}
    assert mutual(links, ["ja", "alleen_in_totaal", "ja"])[("VT01", "VT02")] is pd.NA


def test_one_sided_counts_regions():
    tables = survey_of({"VT01": "VT02|VT03", "VT02": "VT01", "VT03": "VT02"}, ABSENT)
    # VT01 and VT02 name each other; VT03 does not name VT01 back, nor VT02 VT03
    assert numbers(survey_reach.one_sided(tables, regions=REGIONS)) == (3, 2, 0, 0)


def test_links_of_unnamed_regions_are_not_counted():
    both = survey_tables()
    assert numbers(survey_reach.one_sided(both, regions=REGIONS)) == (2, 0, 0, 0)  # VT01 and VT02 name each other
