"""Whose answers to the survey count, for every question at once, and that nothing else shows them."""

import inspect

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from survey_cases import NA, REGIONS, division, row, survey_tables, table

from hgeval import (
    rates,
    survey,
    survey_answers,
    survey_elements,
    survey_money,
    survey_partners,
    survey_reach,
    survey_respond,
)
from hgeval.codebook import COST_LINES, ELEMENTS, PARTNERS, QUALITY_CRITERIA
from hgeval.errors import EstimateError

MODULES = (survey, survey_partners, survey_money, survey_elements, survey_respond, survey_reach)
MEASURES = {
    f"{module.__name__}.{name}": function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}
NATIONAL = sorted(name for name in MEASURES if not name.endswith(("_answers", "_by_region")))
BY_REGION = sorted(set(MEASURES) - set(NATIONAL))


@pytest.fixture(scope="module")
def answered():
    return survey_tables()


@pytest.fixture(scope="module")
def expected(answered):
    """What every question answers on that survey."""
    return {name: function(answered, regions=REGIONS) for name, function in MEASURES.items()}


@pytest.fixture
def tables():
    """The same survey, for a test to change."""
    return survey_tables()


def test_every_question_is_found():
    assert {"hgeval.survey.gap_inhabitants", "hgeval.survey_money.uncovered"} <= set(NATIONAL)
    assert len(NATIONAL) == 43
    assert [name.split(".")[-1] for name in BY_REGION] == [
        "element_answers", "layer_answers", "cost_answers", "line_answers", "uncovered_answers", "density_by_region",
        "partner_answers", "quality_answers", "quality_by_region", "access_answers", "link_answers", "items_by_region",
        "region_answers",
    ]


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"hgeval.survey.consent"}))
def test_a_region_that_says_nee_changes_nothing(answered, expected, name):
    without = {key: frame[frame["region"] != "VT04"] for key, frame in answered.items()}
    assert_frame_equal(expected[name], MEASURES[name](without, regions=REGIONS))


@pytest.mark.parametrize("name", ["survey.present", "survey.covered", "survey_money.uncovered"])
@pytest.mark.parametrize("consent", [NA, "anders"])
def test_what_is_no_consent_is_a_nee(tables, expected, name, consent):
    tables["survey_regions"].loc[3, "publicatie_ok"] = consent
    assert_frame_equal(expected[f"hgeval.{name}"], MEASURES[f"hgeval.{name}"](tables, regions=REGIONS))


@pytest.mark.parametrize("name", BY_REGION)
def test_frames_by_region_carry_the_consent(expected, name):
    rows = expected[name]
    assert dict(zip(rows["region"], rows["consent"], strict=True)) == {
        "VT01": "ja", "VT02": "ja", "VT03": "alleen_in_totaal",
    }
    assert not {"knelpunt_open", "steun_open", "invuller_functie", "status"} & set(rows)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_order_of_rows_does_not_matter_and_the_input_stays(answered, expected, name):
    turned = {key: frame[::-1] for key, frame in answered.items()}
    before = {key: frame.copy() for key, frame in turned.items()}
    assert_frame_equal(expected[name], MEASURES[name](turned, regions=REGIONS))
    for key, frame in turned.items():
        assert_frame_equal(frame, before[key])


@pytest.mark.parametrize("measure", [
    survey.response, survey.consent, survey.present, survey.covered, survey_money.uncovered,
])
def test_a_region_outside_the_division_does_not_count(answered, measure):
    inside = division(2)
    kept = {key: frame[frame["region"] < "VT03"] for key, frame in answered.items()}
    assert_frame_equal(measure(answered, regions=inside), measure(kept, regions=inside))


def no_numbers(name, frame):
    """Every group of the schema stands there, with 0 answers and no value; a response of 0 is a value."""
    assert len(frame) and set(frame["regions"]) == {5}
    if name in ("hgeval.survey.response", "hgeval.survey.consent"):
        assert set(frame["answered"]) == {5}
    elif name == "hgeval.survey_respond.item_response":
        assert set(frame["value"].dropna()) == {0} and (frame["value"].isna() == (frame["answered"] == 0)).all()
    else:
        assert set(frame["answered"]) == {0} and frame["value"].isna().all()


@pytest.mark.parametrize("name", [
    "survey.response", "survey.present", "survey.need_scores", "survey.covered",
    "survey.gap_inhabitants", "survey.layers_complete", "survey_partners.density",
    "survey_money.uncovered", "survey_money.uncovered_per_case",
    "survey_money.payers_now",
])
@pytest.mark.parametrize("change", ["absent", "untyped", "only consent"])
def test_without_usable_answers_there_are_no_numbers(tables, name, change):
    if change == "absent":
        tables = {}
    elif change == "untyped":
        tables = {key: pd.DataFrame(columns=list(frame)) for key, frame in tables.items()}
    else:
        tables = {"survey_regions": tables["survey_regions"][["region", "publicatie_ok"]]}
    no_numbers(f"hgeval.{name}", MEASURES[f"hgeval.{name}"](tables, regions=REGIONS))


@pytest.fixture(scope="module")
def unknown():
    """A survey in which every region may be named and knows nothing."""
    codes = REGIONS["region"]
    return {
        "survey_regions": table("survey_regions", [[code, "ja"] for code in codes], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[code, each, "weet_niet"] for code in codes for each in ELEMENTS],
            "region element status"),
        "survey_costs": table(
            "survey_costs", [[code, each] for code in codes for each in COST_LINES], "region line"),
        "survey_partners": table(
            "survey_partners", [[code, each, NA] for code in codes for each in PARTNERS],
            "region partner partner_betrokken"),
        "survey_quality": table(
            "survey_quality", [[code, each, "weet_niet"] for code in codes for each in QUALITY_CRITERIA],
            "region criterion kwaliteit"),
    }


@pytest.mark.parametrize("name", sorted(set(NATIONAL) - {"hgeval.survey.consent"}))
def test_weet_niet_is_no_answer_anywhere(unknown, name):
    frame = MEASURES[name](unknown, regions=REGIONS)
    no_numbers(name, frame)
    assert set(frame["events"].fillna(0)) == {0}


@pytest.mark.parametrize("count", [25, 26])
def test_the_number_of_regions_is_that_of_the_division(count):
    codes = division(count)["region"]
    survey_tables = {
        "survey_regions": table("survey_regions", [[code, "ja"] for code in codes], "region publicatie_ok"),
        "survey_elements": table(
            "survey_elements", [[code, "E01", "aanwezig"] for code in codes[:19]], "region element status"),
    }
    found = row(survey.present(survey_tables, regions=division(count)), element="E01")
    assert (found["events"], found["n"], found["regions"]) == (19, 19, count)


@pytest.mark.parametrize("name", NATIONAL)
def test_shares_and_counts_follow_from_n_and_events(expected, name):
    frame = expected[name]
    assert set(frame["method"]) <= {"share", "weighted", "amount", "count"}
    computed = frame[frame["method"] == "share"]
    assert_frame_equal(rates.recompute(computed), computed)
    assert (frame["unnamed"] <= frame["answered"].clip(lower=1)).all()  # 1 also hides an n of none


def test_a_double_row_is_an_error_that_says_where(tables):
    tables["survey_elements"] = pd.concat([tables["survey_elements"]] * 2)
    with pytest.raises(EstimateError) as error:
        survey.present(tables, regions=REGIONS)
    assert str(error.value) == (
        "In de tabel survey_elements staat één onderdeel in één regio meer dan één keer: 8 rijen te veel. "
        "Verwacht: één rij per region en element. Controleer de studie met hgeval check."
    )


@pytest.mark.parametrize(("score", "expected"), [(3, False), (4, True), (5, True)])
def test_high_begins_at_four(score, expected):
    assert survey_answers.high(pd.Series([score], dtype="Int64"))[0] == expected


@pytest.mark.parametrize(("counted", "hidden"), [(0, True), (1, True), (2, False), (6, False), (7, True), (8, True)])
def test_an_n_that_tells_of_which_regions_it_is_hides_the_total(counted, hidden):
    """Eight unnamed regions said whether they have it. Of all, none, or all but one the n itself is an answer."""
    rows = pd.DataFrame({
        "region": [f"VT{at:02}" for at in range(1, 13)], "consent": ["alleen_in_totaal"] * 8 + ["ja"] * 4,
        "element": "E01", "counted": [at < counted for at in range(8)] + [True] * 4,
    })
    totals = pd.DataFrame({"element": ["E01", "E02"], "unnamed": pd.array([counted, 5], dtype="Int64")})
    found = survey_answers.within(totals, rows, groups=["element"])
    assert list(found["unnamed"]) == [1 if hidden else counted, 5]


def test_without_an_unnamed_region_an_n_tells_nothing_new():
    rows = pd.DataFrame({"region": ["VT01"], "consent": ["ja"], "element": ["E01"], "counted": [True]})
    totals = pd.DataFrame({"element": ["E01"], "unnamed": pd.array([0], dtype="Int64")})
    assert list(survey_answers.within(totals, rows, groups=["element"])["unnamed"]) == [0]
