"""Importance and performance, agreement and reliability: by hand, and with the printed numbers of the estimators."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from disclosure_cases import reader
from survey_cases import NA, REGIONS, division, numbers, row, survey_tables, table

from hgeval import disclosure, survey_quality
from hgeval.codebook import ELEMENTS, QUALITY_CRITERIA
from hgeval.errors import DisclosureError
from hgeval.params import Thresholds

CONFIG = SimpleNamespace(thresholds=Thresholds(often_important=0.75, often_met=0.5))


def quality(*given, consent="alleen_in_totaal"):
    """Regions with these answers (met, importance) for Q01."""
    codes = division(len(given))["region"]
    return {
        "survey_regions": table("survey_regions", [[code, consent] for code in codes], "region publicatie_ok"),
        "survey_quality": table(
            "survey_quality", [[code, "Q01", *each] for code, each in zip(codes, given, strict=True)],
            "region criterion kwaliteit kwaliteit_belang"),
    }


def gap(*given, **more):
    frame = survey_quality.importance_gap(quality(*given, **more), regions=division(len(given)))
    return row(frame, criterion="Q01")


def test_importance_counts_fours_and_fives():
    found = survey_quality.importance(survey_tables(), regions=REGIONS)
    assert numbers(found, criterion="Q01") == (2, 2, 0, 0) and numbers(found, criterion="Q02") == (2, 1, 0, 0)


def test_the_paired_difference_is_of_regions_that_answered_both():
    found = row(survey_quality.importance_gap(survey_tables(), regions=REGIONS), criterion="Q01")
    assert (found["n"], found["value"]) == (2, 0.5)  # both find it important, VT01 meets it; VT03 gave no importance
    other = row(survey_quality.importance_gap(survey_tables(), regions=REGIONS), criterion="Q02")
    assert (other["n"], other["value"]) == (2, 0.0)  # important and not met, met and not important
    assert found["events"] is pd.NA and found["method"] == "difference"


MIXED = [("ja", 5), ("nee", 5), ("ja", 1), ("nee", 2), ("nee", 4), ("ja", 4)]


@pytest.mark.parametrize(("more", "unnamed"), [
    ([], 6),
    ([("weet_niet", 5)], 1), ([("weet_niet", 5), ("nee", NA)], 1),  # one or two left out: subtraction tells them
    ([("weet_niet", 5), ("weet_niet", 1), ("weet_niet", 5)], 1),  # all but one alike
    ([("weet_niet", 5), ("weet_niet", 1), ("weet_niet", 5), ("weet_niet", 2)], 4),
])
def test_beside_the_shares_of_all_the_difference_tells_nobody(more, unnamed):
    assert gap(*MIXED, *more)["unnamed"] == unnamed


@pytest.mark.parametrize(("given", "unnamed"), [
    ([("nee", 5)] * 4, 1), ([("nee", 5)] * 3 + [("ja", 5)], 1), ([("nee", 5)] * 2 + [("ja", 5)] * 2, 4),
    ([("ja", 1)] * 4, 1),
])
def test_all_pulling_one_way_hides_the_difference(given, unnamed):
    assert gap(*given)["unnamed"] == unnamed


def test_named_regions_hide_nobody():
    assert gap(("nee", 5), ("weet_niet", 5), consent="ja")["unnamed"] == 0


# Quadrants


def visible(important, met):
    rows = [["quality_important", "Q01", important], ["quality_met", "Q01", met], ["importance_gap", "Q01", 0.1]]
    frame = pd.DataFrame(rows, columns=["measure", "criterion", "value"]).astype({"value": "Float64"})
    return frame.assign(n=24, important_from=0.75, met_from=0.5)


@pytest.mark.parametrize(("important", "met", "expected"), [
    (0.75, 0.5, "keep"), (0.75, 0.49, "work"), (0.74, 0.5, "settled"), (0.74, 0.49, "wait"),
    (NA, 0.5, None), (0.8, NA, None),
])
def test_the_quadrants_on_both_sides_of_their_limits(important, met, expected):
    found = row(survey_quality.quadrants(visible(important, met)))
    assert pd.isna(found["quadrant"]) if expected is None else found["quadrant"] == expected


def test_of_nobody_there_are_no_quadrants():
    assert survey_quality.quadrants(visible(NA, NA).assign(n=0)).empty
    assert len(survey_quality.quadrants(visible(NA, NA).assign(n=NA))) == 1  # hidden is not nobody


def test_quadrants_are_made_of_what_is_visible():
    tables = quality(*MIXED)
    frame = survey_quality.importance_performance(tables, regions=division(6), config=CONFIG)
    assert set(frame["important_from"]) == {0.75} and set(frame["met_from"]) == {0.5}
    released = disclosure.release_totals(frame, reader())
    found = released.derive(survey_quality.quadrants).frame
    first = row(found, criterion="Q01")
    assert (first["important_share"], first["met_share"], first["quadrant"]) == (pytest.approx(4 / 6), 0.5, "settled")
    assert first["gap_share"] == pytest.approx(1 / 6) and len(found) == len(QUALITY_CRITERIA)
    hidden = survey_quality.importance_performance(quality(*MIXED[:2]), regions=division(2), config=CONFIG)
    nothing = disclosure.release_totals(hidden, reader()).derive(survey_quality.quadrants).frame
    assert nothing[["important_share", "met_share", "gap_share", "quadrant"]].isna().all(axis=None)


# Agreement and reliability


def scores(*regions, table_name="survey_elements", codes=tuple(ELEMENTS), consent="alleen_in_totaal"):
    names = {"survey_elements": "region element status prioriteit",
             "survey_quality": "region criterion kwaliteit kwaliteit_belang"}
    known = division(len(regions))["region"]
    rows = [[region, code, "aanwezig" if table_name == "survey_elements" else "ja", score]
            for region, given in zip(known, regions, strict=True) for code, score in zip(codes, given, strict=True)]
    return {
        "survey_regions": table("survey_regions", [[code, consent] for code in known], "region publicatie_ok"),
        table_name: table(table_name, rows, names[table_name]),
    }


UP = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5]
DOWN = UP[::-1]


def agreement(*regions, **more):
    frame = survey_quality.priority_agreement(scores(*regions, **more), regions=division(len(regions)))
    return row(frame)


def test_kendall_w_by_hand():
    """Two raters in opposite order share nothing; three, of whom two alike: W = (1/3)^2 = 1/9, ties and all."""
    assert agreement(UP, UP, UP, consent="ja")["value"] == 1
    assert agreement(UP, UP, UP, DOWN, DOWN, DOWN)["value"] == 0
    assert agreement(UP, UP, DOWN, consent="ja")["value"] == 0.11


def test_a_region_that_left_one_open_is_no_rater():
    assert agreement(UP, DOWN, [NA, *UP[1:]])["n"] == 2


@pytest.mark.parametrize(("regions", "consent", "unnamed"), [
    ((UP, UP, UP, UP), "alleen_in_totaal", 1),  # W of 1 would tell each of them
    ((UP, UP, UP, DOWN), "alleen_in_totaal", 4), ((UP, UP, UP, UP), "ja", 0), ((UP, DOWN), "alleen_in_totaal", 2),
])
def test_agreement_that_would_tell_the_answers_is_hidden(regions, consent, unnamed):
    found = survey_quality.priority_agreement(scores(*regions, consent=consent), regions=division(len(regions)))
    assert row(found)["unnamed"] == unnamed
    shown = row(disclosure.release_totals(found, reader()).frame)
    assert (shown["status"] == "shown") is (unnamed in (0, 4))


def reliability(count, **more):
    given = [[1 + (region + criterion // 7) % 5 for criterion in range(14)] for region in range(count)]
    tables = scores(*given, table_name="survey_quality", codes=tuple(QUALITY_CRITERIA), **more)
    return survey_quality.importance_reliability(tables, regions=division(count))


def test_alpha_by_hand_with_limits():
    """Two blocks of seven equal items a and b, b one further round: alpha = 14/13 (1 - 14 v / (98 v + 98 c))."""
    found = row(reliability(5, consent="ja"), measure="importance_alpha")
    # scores 1..5 each once: v = 2.5; a = 1..5, b = 2,3,4,5,1: cov = 0
    assert found["value"] == round(14 / 13 * (1 - 14 * 2.5 / (98 * 2.5)), 2) == 0.92
    assert found["low"] < found["value"] < found["high"] and found["n"] == 5


@pytest.mark.parametrize(("count", "known"), [(29, False), (30, True)])
def test_omega_only_of_thirty_regions(count, known):
    drawn = np.random.default_rng(1)
    own = 3 + drawn.standard_normal((count, 1)) + 0.7 * drawn.standard_normal((count, 14))
    given = np.rint(own).clip(1, 5).astype(int).tolist()
    tables = scores(*given, table_name="survey_quality", codes=tuple(QUALITY_CRITERIA))
    found = survey_quality.importance_reliability(tables, regions=division(count))
    omega = row(found, measure="importance_omega")
    assert omega["n"] == count and pd.isna(omega["value"]) is not known


@pytest.mark.parametrize("function", ["priority_agreement", "importance_reliability", "importance_gap", "importance"])
def test_without_answers_there_are_no_numbers(function):
    found = getattr(survey_quality, function)({}, regions=REGIONS)
    assert found["value"].isna().all() and (found["n"] == 0).all()


def test_agreement_passes_only_the_door_of_totals():
    found = survey_quality.priority_agreement(scores(UP, DOWN, UP), regions=division(3))
    with pytest.raises(DisclosureError):
        disclosure.release(found, reader())
