"""The definitions follow the settings; a table that is not there is named."""

from dataclasses import replace

import pytest

from hgeval import case, explanations
from hgeval.params import Thresholds


def settings(demo_case, **changes):
    return replace(demo_case, config=demo_case.config.model_copy(update=changes))


def test_the_definitions_name_the_thresholds_of_the_study(demo_case):
    said = " ".join(explanations.outcomes(demo_case).sentences)
    assert "Vaak is 22 keer per jaar of meer." in said and "ten hoogste 80 procent" in said
    assert "Wilson-intervallen van 95 procent" in said and "afgerond op 5" in said
    other = settings(demo_case, thresholds=Thresholds(frequent=50, decreased=0.5, increased=1.5), level=0.8,
                     informant_rule="mean", severe_acts=["severe_weapon"])
    said = " ".join(explanations.outcomes(other).sentences)
    assert "Vaak is 50 keer" in said and "ten hoogste 50 procent" in said and "ten minste 150 procent" in said
    assert "van 80 procent" in said and "telt gemiddeld" in said and "Ernstig is een wapen of voorwerp." in said


def test_the_limits_of_the_needs_survey_follow_the_study_and_the_rule(demo_case):
    said = " ".join(explanations.infrastructure(demo_case).sentences)
    assert "als 75 procent van de regio's of meer" in said and "als 50 procent of meer" in said and "bij 3 van" in said
    other = settings(demo_case, thresholds=Thresholds(often_important=0.6, often_met=0.4))
    said = " ".join(explanations.infrastructure(other).sentences)
    assert "als 60 procent" in said and "als 40 procent" in said


def test_the_own_profile_warns_not_to_share(demo_case):
    own = case.open("demo", region="VT02", profile="exact10")
    said = " ".join(explanations.outcomes(own).sentences)
    assert "voor de eigen regio. Deel het niet." in said and "afgerond op 5" not in said


@pytest.mark.parametrize(("tables", "named"), [({}, ["families", "measurements"]), (None, [])])
def test_a_table_without_rows_is_named_and_a_whole_study_says_nothing(demo_case, tables, named):
    asked = demo_case if tables is None else replace(demo_case, tables=tables)
    shown = explanations.missing(asked, "families", "measurements")
    assert [sentence.split("tabel ")[1].split(" ")[0] for sentence in (shown.sentences if shown else ())] == named
