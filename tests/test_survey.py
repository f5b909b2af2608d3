"""Elements, layers, coverage and response: numbers worked out by hand on small surveys."""

import pandas as pd
import pytest
from survey_cases import REGIONS, numbers, row, survey_tables, table

from hgeval import survey
from hgeval.codebook import ELEMENTS


@pytest.fixture
def tables():
    return survey_tables()


# Elements


@pytest.mark.parametrize(("measure", "element", "expected"), [
    ("present", "E01", (3, 1, 1, 0)),
    ("present", "E02", (2, 1, 1, 1)),  # VT01 does not know
    ("gaps", "E01", (3, 2, 1, 1)),  # planned and absent are both not there
    ("gaps", "E02", (1, 0, 0, 0)),  # only VT02 answered both, and needs it at 3
    ("scale_mismatch", "E01", (2, 1, 1, 0)),  # nvt now: nothing to compare, and n would tell that of VT03
    ("scale_mismatch", "E02", (0, 0, 1, 0)),  # nvt or missing on one side in each region
    ("present", "E03", (0, 0, 0, 0)),
])
def test_elements(tables, measure, element, expected):
    assert numbers(getattr(survey, measure)(tables, regions=REGIONS), element=element) == expected


def test_a_total_has_the_columns_of_an_estimate_with_the_regions_beside_it(tables):
    present = survey.present(tables, regions=REGIONS)
    assert list(present) == [
        "measure", "region", "element", "n", "events", "value", "low", "high", "level", "method",
        "answered", "regions", "unnamed", "unnamed_events",
    ]
    assert list(present["element"]) == list(ELEMENTS)
    assert set(present["measure"]) == {"present"} and set(present["region"]) == {"NL"}
    assert set(present["method"]) == {"share"} and set(present["regions"]) == {5}
    assert present[["low", "high", "level"]].isna().all(axis=None)
    assert row(present, element="E01")["value"] == pytest.approx(1 / 3)
    assert row(present, element="E03")["value"] is pd.NA  # nobody answered: no 0
    assert (present["answered"] == present["n"]).all()


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("need_scores", {"element": "E01", "need": "much"}, (3, 3, 1, 1)),
    ("need_scores", {"element": "E01", "need": "some"}, (3, 0, 1, 0)),
    ("need_scores", {"element": "E02", "need": "some"}, (2, 1, 0, 0)),
    ("need_scores", {"element": "E02", "need": "little"}, (2, 0, 0, 0)),
])
def test_answers_counted(tables, measure, group, expected):
    assert numbers(getattr(survey, measure)(tables, regions=REGIONS), **group) == expected


def test_gap_inhabitants_of_named_regions_is_exact(tables):
    tables["survey_regions"].loc[2, "publicatie_ok"] = "ja"
    gap = row(survey.gap_inhabitants(tables, regions=REGIONS), element="E01")
    assert gap["value"] == pytest.approx((200_000 + 300_000) / 600_000)
    assert (gap["n"], gap["events"], gap["answered"], gap["method"]) == (3, 2, 3, "weighted")


def gaps_of(*answers, regions=REGIONS):
    """The share of inhabitants of E01: VT01 may be named and has the gap; the others answer these and may not."""
    codes = regions["region"][: len(answers) + 1]
    allowed = ["ja", *["alleen_in_totaal"] * len(answers)]
    given = [[code, "E01", "afwezig", need] for code, need in zip(codes, [5, *answers], strict=True)]
    return row(survey.gap_inhabitants({
        "survey_regions": table("survey_regions", list(zip(codes, allowed, strict=True)), "region publicatie_ok"),
        "survey_elements": table("survey_elements", given, "region element status behoefte"),
    }, regions=regions), element="E01")


def test_gap_inhabitants_does_not_tell_which_unnamed_region_has_the_gap():
    """An unnamed region weighs the mean of all four regions without a name, also of those that did not answer."""
    assert gaps_of(5, 1)["value"] == gaps_of(1, 5)["value"] == pytest.approx((100_000 + 350_000) / 800_000)
    assert gaps_of(5, 5)["value"] == 1 and gaps_of(1, 1)["value"] == pytest.approx(1 / 8)


def test_gap_inhabitants_does_not_tell_which_unnamed_region_answered():
    others = REGIONS.assign(population=[100_000, 500_000, 200_000, 300_000, 400_000])
    assert gaps_of(5, 1, regions=others)["value"] == gaps_of(5, 1)["value"]


@pytest.mark.parametrize(("needs", "unnamed"), [
    ((5, 5, 5), 1), ((1, 1, 1), 1), ((5, 1, 1), 1), ((5, 5, 1), 1), ((5, 5, 1, 1), 4),
])
def test_gap_inhabitants_of_unnamed_regions_that_answer_alike_count_as_one(needs, unnamed):
    assert gaps_of(*needs)["unnamed"] == unnamed


def test_a_layer_is_complete_when_all_its_elements_are_there():
    upper = ["E08", "E09", "E11", "E12"]
    rows = [["VT01", code, "aanwezig"] for code in upper]
    rows += [["VT02", code, "aanwezig"] for code in upper[:3]] + [["VT02", "E12", "gepland"]]
    rows += [["VT03", code, "aanwezig"] for code in upper[:3]] + [["VT03", "E12", "weet_niet"]]
    rows += [["VT04", "E08", "weet_niet"], ["VT04", "E09", "afwezig"]]
    survey_tables = {
        "survey_regions": table("survey_regions", [[f"VT0{n}", "ja"] for n in range(1, 5)], "region publicatie_ok"),
        "survey_elements": table("survey_elements", rows, "region element status"),
    }
    by_region = survey.layer_answers(survey_tables, regions=REGIONS).set_index("region")["complete"]
    assert by_region["VT01"] and not by_region["VT02"] and by_region["VT03"] is pd.NA and not by_region["VT04"]
    total = survey.layers_complete(survey_tables, regions=REGIONS)
    assert numbers(total, layer="bovenregionaal") == (3, 1, 0, 0)
    assert numbers(total, layer="regionaal") == (0, 0, 0, 0)


def test_elements_by_region_keep_the_answer_and_say_what_follows(tables):
    rows = survey.element_answers(tables, regions=REGIONS)
    assert "status" not in rows  # the release has a column of that name
    unknown = row(rows, region="VT01", element="E02")
    assert unknown["presence"] == "weet_niet" and unknown["present"] is pd.NA and unknown["gap"] is pd.NA
    gap = row(rows, region="VT02", element="E01")
    assert (gap["consent"], gap["gap"], gap["scale_mismatch"]) == ("ja", True, True)


# Coverage by partner regions


def coverage(links, present, consents=None):
    """Coverage of E01 by kind of link; regions that are not in `present` did not answer."""
    codes = ["VT01", "VT02", "VT03"]
    consents = consents or ["ja"] * 3
    named = [[code, consent, links.get(code)] for code, consent in zip(codes, consents, strict=True)]
    frame = survey.covered({
        "survey_regions": table("survey_regions", named, "region publicatie_ok partnerregios"),
        "survey_elements": table(
            "survey_elements", [[code, "E01", status] for code, status in present.items()], "region element status"
        ),
    }, regions=REGIONS)
    return {link: numbers(frame, element="E01", link=link)[:2] for link in survey.LINKS}


def test_a_mutual_partner_covers_in_each_way():
    found = coverage({"VT01": "VT02", "VT02": "VT01"}, {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "afwezig"})
    assert found == {"own": (3, 1), "mutual": (3, 2), "either": (3, 2)}


@pytest.mark.parametrize("links", [{"VT01": "VT02"}, {"VT02": "VT01"}])
def test_a_link_named_by_one_side_covers_only_as_either(links):
    found = coverage(links, {"VT01": "afwezig", "VT02": "aanwezig", "VT03": "afwezig"})
    assert found == {"own": (3, 1), "mutual": (3, 1), "either": (3, 2)}


def test_a_region_that_names_itself_or_a_strange_code_is_not_covered_by_it():
    statuses = {"VT01": "afwezig", "VT02": "gepland", "VT03": "afwezig"}
    assert coverage({"VT01": "VT01|VT99"}, statuses)["either"] == (3, 0)


def test_an_unknown_answer_of_the_partner_leaves_the_region_open():
    both = {"VT01": "VT02", "VT02": "VT01"}
    found = coverage(both, {"VT01": "afwezig", "VT02": "weet_niet", "VT03": "afwezig"})
    assert found == {"own": (2, 0), "mutual": (1, 0), "either": (1, 0)}
    assert coverage(both, {"VT02": "aanwezig"})["mutual"] == (2, 2)  # covered, whatever VT01 would answer


@pytest.mark.parametrize("consent", ["alleen_in_totaal", "nee"])
@pytest.mark.parametrize("status", ["aanwezig", "afwezig"])
def test_coverage_of_a_named_region_tells_nothing_of_an_unnamed_partner(consent, status):
    both = {"VT01": "VT02", "VT02": "VT01"}
    found = coverage(both, {"VT01": "afwezig", "VT02": status, "VT03": "afwezig"}, ["ja", consent, "ja"])
    assert found == {"own": (2, 0), "mutual": (1, 0), "either": (1, 0)}  # VT01 stays open, VT02 does not count


def test_coverage_counts_only_regions_that_may_be_named():
    """VT02 is covered by itself and by VT01, but its answer and its partners stay out of the total."""
    found = coverage({"VT02": "VT01"}, {"VT01": "aanwezig", "VT02": "aanwezig"}, ["ja", "alleen_in_totaal", "ja"])
    assert found == {"own": (1, 1), "mutual": (1, 1), "either": (1, 1)}


def test_the_country_is_covered_when_every_region_is(tables):
    everywhere = survey.covered({
        "survey_regions": table("survey_regions", [[f"VT0{n}", "ja"] for n in range(1, 6)], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[f"VT0{n}", "E01", "aanwezig"] for n in range(1, 6)], "region element status"),
    }, regions=REGIONS)
    found = row(everywhere, element="E01", link="own")
    assert found["events"] == found["regions"] == found["named"] == 5


def test_coverage_says_of_how_many_regions_that_may_be_named(tables):
    """Not of all regions, and not of those of which it is certain: then each would seem to be covered."""
    found = survey.covered(tables, regions=REGIONS).query("link == 'either' and element == 'E02'")
    assert found[["n", "named", "regions"]].to_numpy().tolist() == [[0, 2, 5]]


# Response and consent


def test_response_counts_usable_regions_of_all(tables):
    tables["survey_quality"]["kwaliteit"] = tables["survey_quality"]["kwaliteit"].mask(
        tables["survey_quality"]["region"] == "VT03", "weet_niet")
    response = survey.response(tables, regions=REGIONS)
    assert dict(zip(response["table"], response["events"], strict=True)) == {
        "survey_regions": 3, "survey_elements": 3, "survey_costs": 3, "survey_partners": 3, "survey_quality": 2,
    }
    assert set(response["n"]) == {5} and set(response["unnamed"]) == {0}


def test_consent_counts_every_region_also_who_says_no_or_nothing(tables):
    consent = survey.consent(tables, regions=REGIONS)
    assert dict(zip(consent["publicatie_ok"], consent["events"], strict=True)) == {
        "ja": 2, "alleen_in_totaal": 1, "nee": 1, "niet_ingevuld": 1,
    }
    assert set(consent["n"]) == {5}
