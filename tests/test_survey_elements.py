"""Elements in detail: numbers worked out by hand on the small survey, and answers that a total would tell."""

import pandas as pd
import pytest
from disclosure_cases import reader
from survey_cases import NA, REGIONS, division, numbers, row, survey_tables, table

from hgeval import disclosure, survey_elements


@pytest.fixture
def tables():
    return survey_tables()


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("planned", {"element": "E01", "presence": "gepland"}, (3, 1, 1, 0)),
    ("planned", {"element": "E01", "presence": "afwezig"}, (3, 1, 1, 1)),
    ("planned", {"element": "E02", "presence": "aanwezig"}, (2, 1, 1, 1)),  # VT01 does not know
    ("prioritised", {"element": "E01"}, (2, 1, 0, 0)),
    ("prioritised", {"element": "E02"}, (3, 1, 1, 1)),
    ("shortage", {"element": "E01"}, (2, 1, 1, 0)),  # VT03 does not have it, which n would tell
    ("shortage", {"element": "E02"}, (1, 1, 1, 1)),  # VT01 does not know, VT02 does not have it
])
def test_counted_by_hand(tables, measure, group, expected):
    assert numbers(getattr(survey_elements, measure)(tables, regions=REGIONS), **group) == expected


@pytest.mark.parametrize(("measure", "item", "expected"), [
    # nvt is no scale: E01 of VT01 and VT02, E02 of VT03
    ("scales_now", "schaal_nu", {"lokaal": 0.67, "vt_regio": 0.33, "meer_vt_regios": 0, "landelijk": 0}),
    ("scales_wished", "schaal_wens", {"lokaal": 0, "vt_regio": 0.75, "meer_vt_regios": 0, "landelijk": 0.25}),
    ("scale_wishes", "scale_wish", {"smaller": 0, "same": 0.5, "larger": 0.5}),
    ("layers_said", "layer", {"regionaal": 0.8, "bovenregionaal": pd.NA}),  # VT03 puts E01 elsewhere
])
def test_parts_of_all_answers_together_in_whole_percentages(tables, measure, item, expected):
    found = getattr(survey_elements, measure)(tables, regions=REGIONS)
    assert dict(zip(found[item], found["value"], strict=True)) == expected


@pytest.mark.parametrize(("other", "hidden"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_default_that_nearly_all_agree_with_is_hidden(other, hidden):
    """Of four unnamed regions with one answer each; of fewer than three others the two largest tell each other."""
    codes = division(4)["region"]
    rows = [[code, each, "landelijk" if at < other and each != "E03" else "regionaal"]
            for at, code in enumerate(codes) for each in ("E01", "E02", "E03")]
    given = {
        "survey_regions": table("survey_regions", [[code, "alleen_in_totaal"] for code in codes],
                                "region publicatie_ok"),
        "survey_elements": table("survey_elements", rows, "region element laag"),
    }
    found = row(survey_elements.layers_said(given, regions=division(4)), layer="regionaal")
    assert found["unnamed"] == (1 if hidden else 4)


def test_one_hidden_part_takes_a_second_one_along():
    codes = division(4)["region"]
    rows = [[code, each, "lokaal" if each == "E01" and code == "VT01" else "vt_regio" if each < "E03" else "landelijk"]
            for code in codes for each in ("E01", "E02", "E03")]
    given = {
        "survey_regions": table("survey_regions", [[code, "alleen_in_totaal"] for code in codes],
                                "region publicatie_ok"),
        "survey_elements": table("survey_elements", rows, "region element schaal_nu"),
    }
    found = survey_elements.scales_now(given, regions=division(4)).set_index("schaal_nu")["unnamed"]
    assert found.to_dict() == {"lokaal": 1, "vt_regio": 4, "meer_vt_regios": 1, "landelijk": 4}
    only = [[code, each, "lokaal" if at < 3 else "meer_vt_regios" if code < "VT04" else "vt_regio"]
            for code in codes for at, each in enumerate(("E01", "E02", "E03", "E04"))]
    given["survey_elements"] = table("survey_elements", only, "region element schaal_nu")
    kept = survey_elements.scales_now(given, regions=division(4)).set_index("schaal_nu")["unnamed"]
    assert kept.to_dict() == {"lokaal": 4, "vt_regio": 1, "meer_vt_regios": 4, "landelijk": 1}


def test_tracks_said_count_who_agrees_with_the_working_default(tables):
    tables["survey_elements"]["spoor"] = pd.array(["structureel", "acuut", NA, NA, "beide", "acuut", NA, NA], "str")
    found = survey_elements.tracks_said(tables, regions=REGIONS).set_index("track")["value"]
    assert found["structureel"] == 0.5 and found["beide"] == 0.5 and found["acuut"] is pd.NA


@pytest.mark.parametrize(("year", "when"), [(2024, "within_one"), (2025, "within_one"), (2026, "within_two"),
                                            (2027, "later")])
def test_when_a_planned_element_is_ready(tables, year, when):
    tables["survey_regions"]["peildatum"] = pd.to_datetime(["2024-10-01"] * 4).astype("datetime64[s]")
    tables["survey_elements"]["gereed_jaar"] = pd.array([2030, year] + [2030] * 6, dtype="Int64")  # one is planned
    found = survey_elements.ready(tables, regions=REGIONS).set_index("ready")["value"]
    assert found.to_dict() == {each: float(each == when) for each in survey_elements.READY}


def test_reasons_are_a_part_of_the_answers(tables):
    given = ["expertise|kosten", "kosten", NA, "kosten", "reistijd", NA, "expertise|reistijd|kosten", NA]
    tables["survey_elements"]["schaal_reden"] = pd.array(given, dtype="str")
    found = survey_elements.reasons(tables, regions=REGIONS).set_index("schaal_reden")
    # VT01 E01 and E02, VT02 E01, VT03 E02: four answers; VT04 said nee
    assert found["value"].to_dict() == {
        "aantal_zaken": 0, "expertise": 0.5, "dag_en_nacht": 0, "reistijd": 0.5, "kosten": 0.75, "partners": 0,
        "bestaand": 0,
    }
    assert (found["n"] == 3).all() and found.loc["kosten", "events"] == 3


# What a hidden answer would be, if its neighbours were shown


def survey_of(*statuses):
    """Unnamed regions with these answers for E01."""
    codes = division(len(statuses))["region"]
    return {
        "survey_regions": table("survey_regions", [[code, "alleen_in_totaal"] for code in codes],
                                "region publicatie_ok"),
        "survey_elements": table("survey_elements", [
            [code, "E01", status] for code, status in zip(codes, statuses, strict=True)], "region element status"),
    }


def shown(statuses):
    totals = survey_elements.planned(survey_of(*statuses), regions=division(len(statuses)))
    frame = disclosure.release_totals(totals, reader()).frame.query("element == 'E01'")
    return list(frame.loc[frame["status"] == "shown", "presence"])


@pytest.mark.parametrize(("there", "planned", "absent", "expected"), [
    (3, 3, 3, ["aanwezig", "gepland", "afwezig"]),
    (3, 3, 1, ["aanwezig"]),  # absent is hidden, and would be n less the other two
    (4, 1, 3, ["aanwezig"]),
    (3, 1, 1, ["aanwezig"]),  # of the two hidden ones together there are two: no more need go
    (2, 4, 0, ["aanwezig"]),  # "there" is shown elsewhere, so "planned" goes though it is larger
    (1, 4, 4, ["afwezig"]),
    (0, 5, 0, []),
    (9, 0, 0, []),
])
def test_a_hidden_answer_cannot_be_subtracted(there, planned, absent, expected):
    statuses = ["aanwezig"] * there + ["gepland"] * planned + ["afwezig"] * absent
    assert shown(statuses) == expected
