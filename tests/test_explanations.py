"""The definitions follow the settings; a table that is not there is named."""

from dataclasses import replace

import pytest

from hgeval import case, explanations, wording
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


def test_the_own_profile_warns_not_to_share(demo_case):
    own = case.open("demo", region="VT02", profile="exact10")
    said = " ".join(explanations.outcomes(own).sentences)
    assert "voor de eigen regio. Deel het niet." in said and "afgerond op 5" not in said


@pytest.mark.parametrize(("tables", "named"), [({}, ["families", "measurements"]), (None, [])])
def test_a_table_without_rows_is_named_and_a_whole_study_says_nothing(demo_case, tables, named):
    asked = demo_case if tables is None else replace(demo_case, tables=tables)
    shown = explanations.missing(asked, "families", "measurements")
    assert [sentence.split("tabel ")[1].split(" ")[0] for sentence in (shown.sentences if shown else ())] == named


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_no_explanation_claims_a_cause_or_a_rank_and_each_sentence_is_short(profile):
    own = case.open("demo", region="VT02", profile=profile)
    said = [*explanations.outcomes(own).sentences, *explanations.missing(replace(own, tables={}), "families").sentences]
    assert len(said) > 8
    assert not [sentence for sentence in said if wording.banned(sentence) or wording.longest(sentence) > 20]
def test_a_missing_table_says_which_columns_to_deliver(demo_case):
    (told,) = explanations.missing(replace(demo_case, tables={}), "costs").sentences
    assert told.endswith("Lever ten minste deze kolommen aan: region, year, line en amount.")
    (told,) = explanations.missing(replace(demo_case, tables={}), "costs", costs=["nature"]).sentences
    assert told.endswith("kolommen aan: region, year, line, amount en nature.")


def test_an_empty_column_is_named_and_one_that_some_rows_fill_is_not(demo_case):
    costs = demo_case.table("costs").iloc[:2].copy()
    asked = {"costs": ["nature", "service"], "meldingen": ["municipality"]}
    assert explanations.lacking(demo_case, **asked) is None
    costs["service"] = ["overleg", None]
    partly = replace(demo_case, tables={"costs": costs.drop(columns="nature")})
    assert list(explanations.lacking(partly, **asked).sentences) == [
        "In de tabel costs is de kolom nature (vast of wisselend met het aantal zaken) leeg. "
        "Wat daaruit moet komen, kunnen we niet beantwoorden. Vul haar in."
    ]
    costs["service"] = None
    empty = replace(demo_case, tables={"costs": costs})
    assert len(explanations.lacking(empty, costs=["nature", "service"]).sentences) == 1
