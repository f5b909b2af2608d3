"""Who answered what, cases and themes: numbers worked out by hand on the small survey."""

import exhibit_cases
import pandas as pd
import pytest
from disclosure_cases import reader
from study_files import study
from survey_cases import NA, REGIONS, division, numbers, row, survey_tables, table

from hgeval import disclosure, layout, load, rates, reference, survey_respond
from hgeval.errors import DisclosureError
from hgeval.schema import TABLES


@pytest.fixture
def tables():
    return survey_tables()


def test_each_item_of_the_codebook_stands_in_one_group():
    items = [item for group in survey_respond.ITEMS.values() for item in group]
    asked = {column.name: column.item for name in ("survey_regions", "survey_elements", "survey_costs",
             "survey_partners", "survey_quality") for column in TABLES[name].columns if column.item}
    assert len(items) == len(set(items)) and set(items) == set(asked) - {"region", "publicatie_ok"}
    assert sorted(asked.values()) == list(range(1, 37))


@pytest.mark.parametrize(("region", "items", "expected"), [
    ("VT01", "there", (1, 2)),  # E01 is there; of E02 it does not know; no year is asked
    ("VT02", "there", (2, 3)),  # the year of the planned one is asked and not given
    ("VT01", "capacity", (1, 1)), ("VT02", "capacity", (1, 1)),  # not asked of what is absent, or not known
    ("VT03", "need", (2, 4)), ("VT01", "partners", (4 + 1, 3 + 3)),
    ("VT03", "cases", (1, 2)), ("VT01", "who", (0, 3)), ("VT01", "quality", (5, 6)),
])
def test_questions_asked_and_answered(tables, region, items, expected):
    found = row(survey_respond.items_by_region(tables, regions=REGIONS), region=region, items=items)
    assert (found["given"], found["asked"]) == expected


def test_the_country_is_the_sum_of_the_regions(tables):
    by_region = survey_respond.items_by_region(tables, regions=REGIONS).query("items == 'cases'")
    assert (by_region["given"].sum(), by_region["asked"].sum()) == (5, 6)
    found = row(survey_respond.item_response(tables, regions=REGIONS), items="cases")
    assert found["value"] == pytest.approx(5 / 6) and (found["n"], found["events"]) == (3, 2)


def test_a_region_that_skipped_a_table_is_not_asked_it(tables):
    tables["survey_quality"] = tables["survey_quality"].query("region != 'VT02'")
    found = row(survey_respond.item_response(tables, regions=REGIONS), items="quality")
    assert found["n"] == 2


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("privacy", {"privacyconvenant": "ja"}, (3, 1, 1, 0)),
    ("cases_more", {}, (2, 1, 0, 0)),  # VT02 expects as many as it had; VT03 gave only one of the two
])
def test_counted_by_hand(tables, measure, group, expected):
    assert numbers(getattr(survey_respond, measure)(tables, regions=REGIONS), **group) == expected


def test_who_filled_it_in_and_with_whom_it_was_tuned(tables):
    tables["survey_regions"] = tables["survey_regions"].assign(
        invuller_functie=["vt_manager", "anders", "anders", "vt_manager"],
        afstemming=["vt|partners", NA, "vt", "niemand"],
    )
    assert numbers(survey_respond.respondents(tables, regions=REGIONS), invuller_functie="anders") == (3, 2, 3, 2)
    tuned = survey_respond.tuned(tables, regions=REGIONS)
    assert numbers(tuned, afstemming="vt") == (2, 2, 1, 1)
    assert numbers(tuned, afstemming="partners") == (2, 1, 1, 0)
    assert numbers(tuned, afstemming="niemand") == (2, 0, 1, 0)  # VT04 said nee


def test_no_function_of_a_person_leaves_with_the_name_of_a_region(tables):
    assert "invuller_functie" not in survey_respond.region_answers(tables, regions=REGIONS)
    frame = pd.DataFrame({"region": ["VT02"], "consent": ["ja"], "invuller_functie": ["vt_manager"]}, dtype="str")
    for column in ("invuller_functie", "theme"):
        with pytest.raises(DisclosureError, match="geen antwoorden van een regio"):
            disclosure.release_answers(frame.rename(columns={"invuller_functie": column}), reader())


# Cases are people


def cases_of(*numbers, consents=None):
    codes = division(len(numbers))["region"]
    given = consents or ["alleen_in_totaal"] * len(numbers)
    answered = [[code, consent, count] for code, consent, count in zip(codes, given, numbers, strict=True)]
    found = survey_respond.cases(
        {"survey_regions": table("survey_regions", answered, "region publicatie_ok casussen_mda")},
        regions=division(len(numbers)),
    )
    return row(disclosure.release_totals(found, reader()).frame)


@pytest.mark.parametrize(("numbers", "status", "value"), [
    ([5, 4, 3], "rounded", 10), ([3, 3, 3], "suppressed", NA), ([4, 3, 3], "rounded", 10),
    ([100, 20, 2], "suppressed", NA),  # the second largest could tell the largest to within 10%
    ([100, 20, 10], "rounded", 130), ([20, 20], "suppressed", NA),
])
def test_the_sum_of_cases_follows_the_count_rule_and_hides_one_large_region(numbers, status, value):
    found = cases_of(*numbers)
    assert found["status"] == status
    assert found["value"] is pd.NA if value is NA else found["value"] == value


def test_named_regions_hide_nobody():
    assert cases_of(100, 1, consents=["ja", "ja"])["value"] == 100


# Themes


def themes_of(tables, *rows):
    tables["survey_themes"] = pd.DataFrame(rows, columns=["region", "question", "theme"], dtype="str")
    return survey_respond.themes(tables, regions=REGIONS)


def test_themes_are_counted_once_a_region(tables):
    found = themes_of(tables, ("VT01", "knelpunt", "K1"), ("VT01", "knelpunt", "K2"), ("VT02", "knelpunt", "K2"),
                      ("VT03", "knelpunt", "K1"), ("VT01", "steun", "K8"), ("VT04", "knelpunt", "K1"))
    assert numbers(found, question="knelpunt", theme="K1") == (3, 2, 3, 2)  # VT04 said nee; nobody is named
    assert numbers(found, question="knelpunt", theme="K8") == (3, 0, 3, 0)
    assert numbers(found, question="steun", theme="K8") == (1, 1, 1, 1)


def test_a_theme_is_one_of_the_list_or_of_the_study(tmp_path):
    assert reference.themes()["K1"] == "geld, en hoe zeker dat is"
    files = {"survey_themes_csv": "region;question;theme\nVT02;knelpunt;K1\nVT02;knelpunt;K99\n"}
    (tmp_path / "a").mkdir()
    found = load.check(study(tmp_path / "a", **files)).findings
    assert found[found["rule"] == "thema"][["row", "column", "severity", "message"]].to_numpy().tolist() == [[
        3, "theme", "fout",
        "Dit thema is niet bekend. Kies een code uit data/reference/themes.csv, of zet het bij themes in study.yml.",
    ]]


@pytest.mark.parametrize(("year", "bad"), [(2023, True), (2024, False)])
def test_a_plan_for_a_year_that_has_passed_is_reported(tmp_path, year, bad):
    folder = study(
        tmp_path, survey_regions_csv="region;publicatie_ok;peildatum\nVT02;ja;01-10-2024\n",
        survey_elements_csv=f"region;element;status;gereed_jaar\nVT02;E01;gepland;{year}\n",
    )
    found = load.check(folder).findings
    assert ("jaar-voorbij" in set(found["rule"])) is bad


def test_a_region_sees_how_much_it_answered_with_years_and_what_was_not_asked(tables):
    """Through the door and as printed: a year has no thousands point, an empty cell says why it may be empty."""
    case = exhibit_cases.reader()
    asked = disclosure.release_answers(survey_respond.items_by_region(tables, regions=REGIONS), case)
    assert set(asked.frame["region"]) == {"VT01", "VT02"}  # VT03 may not be named
    rows = pd.DataFrame({
        "region": ["VT02"] * 2, "consent": ["ja"] * 2, "element": ["E01", "E02"], "gereed_jaar": [2027, NA],
        "usable": [True, NA], "behoefte": [4, NA],
    }).astype({"gereed_jaar": "Int64", "behoefte": "Int64", "usable": "boolean"})
    release = disclosure.release_answers(rows, case)
    lines = layout.lay_out(release.frame, case, ["gereed_jaar", "usable", "behoefte"])
    assert lines.display == (("2027", "ja", "4"), ("", "Niet bekend", "Niet ingevuld"))


def test_a_theme_is_printed_in_the_words_of_the_list_or_of_the_study():
    case = exhibit_cases.reader()
    case.config.themes = {"X1": "vervoer"}
    name_of = layout.namer(case)
    assert name_of("theme", "K8") == "scholing" and name_of("theme", "X1") == "vervoer"
    assert name_of("theme", "X2") == "X2"


@pytest.mark.parametrize(("method", "value", "printed"), [
    ("agreement", 0.234, "0,23"), ("difference", 0.27, "+27"), ("difference", -0.05, "-5"),
])
def test_agreement_has_two_decimals_and_a_difference_its_sign(method, value, printed):
    case = exhibit_cases.reader()
    frame = rates.frame([{"measure": "priority_agreement", "region": "NL", "n": 5, "value": value, "method": method}])
    release = disclosure.release_totals(frame.assign(unnamed=0, unnamed_events=0, regions=5, answered=5), case)
    assert layout.lay_out(release.frame, case, ["value"]).display == ((printed,),)
