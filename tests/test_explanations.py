"""The definitions follow the settings; a table that is not there is named."""

from dataclasses import replace

import pytest

from hgeval import case, explanations, wording
from hgeval.params import Thresholds
from hgeval.settings_chain import Chain


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


def test_the_limits_of_the_meldingen_follow_the_study_and_the_rule(demo_case):
    said = explanations.reports(demo_case).sentences
    assert "interval van 95 procent (Garwood, 1936)." in said[1] and "van 1 tot en met 9 tonen we niet." in said[2]
    assert "interval van 80 procent" in explanations.reports(settings(demo_case, level=0.8)).sentences[1]
    own = explanations.reports(case.open("demo", region="VT02", profile="exact10")).sentences
    assert own[:-1] == said and own[-1].endswith("Dit rapport is voor de eigen regio. Deel het niet.")
    assert max(wording.longest(sentence) for sentence in own) <= wording.MOST_WORDS


def test_what_is_on_time_is_told_alone_as_well(demo_case):
    told = explanations.terms(demo_case).sentences
    assert told[0].startswith("Op tijd is een beoordeling binnen 5 werkdagen")
    assert set(told) < set(explanations.chain(demo_case).sentences)


@pytest.mark.parametrize(("profile", "warned"), [("cbs5", False), ("exact10", True)])
def test_own_answers_to_the_needs_survey_are_not_for_sharing(profile, warned):
    told = explanations.infrastructure(case.open("demo", region="VT02", profile=profile)).sentences
    assert any("ook zonder toestemming. Deel het niet." in sentence for sentence in told) is warned


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
def test_the_terms_of_the_chain_follow_the_settings(demo_case):
    said = " ".join(explanations.chain(demo_case).sentences)
    assert "binnen 5 werkdagen na de melding" in said and "binnen 10 weken na de start" in said
    assert "5 mei is elk jaar een feestdag." in said and "Goede Vrijdag" not in said
    assert "binnen 365 dagen na het einde" in said and "de kans daarop 80 procent of meer" in said
    own = Chain(assessment_days=7, assessment_kind="calendar", investigation_weeks=12, repeat_days=180, keeps=0.9)
    other = " ".join(explanations.chain(settings(demo_case, chain=own)).sentences)
    assert "binnen 7 dagen na de melding" in other and "binnen 12 weken" in other and "Werkdagen" not in other
    assert "binnen 180 dagen" in other and "90 procent of meer" in other


@pytest.mark.parametrize(("which", "told"), [
    ("lustrum", "5 mei is een feestdag in jaren die op 0 of 5 eindigen."), ("never", "5 mei telt gewoon mee."),
])
def test_the_fifth_of_may_and_good_friday_are_told(demo_case, which, told):
    case = settings(demo_case, chain=Chain(liberation_day=which, good_friday=False))
    said = " ".join(explanations.chain(case).sentences)
    assert told in said and "Goede Vrijdag telt gewoon mee." in said


def test_the_chain_is_in_fives_for_the_own_region_too():
    for profile in ("cbs5", "exact10"):
        said = " ".join(explanations.chain(case.open("demo", region="VT02", profile=profile)).sentences)
        assert "afgerond op 5, ook voor de eigen regio." in said
        assert ("Deel het niet." in said) == (profile == "exact10")


def test_the_ambition_is_a_note_with_its_source(demo_case):
    (note,) = explanations.ambition(settings(demo_case, chain=Chain(ambition_assessment=0.75)))
    assert "75 procent van de beoordelingen" in note and "80 procent" in note
    assert "Landelijk Netwerk Veilig Thuis" in note


def test_all_sentences_are_known_to_who_checks_the_pages(demo_case):
    known = explanations.every(demo_case.config, demo_case.rule)
    said = (explanations.outcomes(demo_case), explanations.chain(demo_case), explanations.infrastructure(demo_case),
            explanations.reports(demo_case))
    assert {sentence for each in said for sentence in each.sentences} == set(known)


def test_the_sentences_of_the_chain_are_short_and_plain(demo_case):
    for sentence in explanations.chain(demo_case).sentences:
        assert wording.longest(sentence) <= wording.MOST_WORDS and not wording.banned(sentence)
