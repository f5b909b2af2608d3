"""Elements in detail: numbers worked out by hand on the small survey, and answers that a total would tell."""

import pandas as pd
import pytest
from disclosure_cases import reader
from survey_cases import NA, REGIONS, division, numbers, row, survey_tables, table

from hgeval import disclosure, survey, survey_elements
from hgeval.codebook import ELEMENT_LAYERS, ELEMENT_TRACKS


@pytest.fixture
def tables():
    return survey_tables()


@pytest.mark.parametrize(("measure", "group", "expected"), [
    ("planned", {"element": "E01", "presence": "gepland"}, (3, 1, 1, 0)),
    ("planned", {"element": "E01", "presence": "afwezig"}, (3, 1, 1, 1)),
    ("planned", {"element": "E02", "presence": "aanwezig"}, (2, 1, 1, 1)),  # VT01 does not know
    ("prioritised", {"element": "E01"}, (2, 1, 0, 0)),
    ("prioritised", {"element": "E02"}, (3, 1, 1, 1)),
    ("shortage", {"element": "E01"}, (2, 1, 0, 0)),  # VT03 does not have it
    ("shortage", {"element": "E02"}, (1, 1, 1, 1)),  # VT01 does not know, VT02 does not have it
    ("layers_agreed", {"element": "E01"}, (3, 2, 1, 0)),
    ("layers_agreed", {"element": "E02"}, (2, 2, 1, 1)),
    ("scales_now", {"element": "E01", "schaal_nu": "lokaal"}, (2, 1, 0, 0)),  # nvt is no scale
    ("scales_wished", {"element": "E01", "schaal_wens": "vt_regio"}, (3, 2, 1, 0)),
    ("scale_wishes", {"element": "E01", "scale_wish": "larger"}, (2, 1, 0, 0)),
    ("scale_wishes", {"element": "E01", "scale_wish": "same"}, (2, 1, 0, 0)),
    ("scale_wishes", {"element": "E01", "scale_wish": "smaller"}, (2, 0, 0, 0)),
])
def test_counted_by_hand(tables, measure, group, expected):
    assert numbers(getattr(survey_elements, measure)(tables, regions=REGIONS), **group) == expected


def test_same_and_another_scale_are_each_others_rest(tables):
    same = survey_elements.scale_wishes(tables, regions=REGIONS).query("scale_wish == 'same'").set_index("element")
    other = survey.scale_mismatch(tables, regions=REGIONS).set_index("element")
    assert (same["n"] == other["n"]).all() and (same["events"] + other["events"] == same["n"]).all()


def test_the_working_default_stands_beside_what_the_regions_say(tables):
    layers, tracks = (function(tables, regions=REGIONS) for function in (
        survey_elements.layers_agreed, survey_elements.tracks_agreed))
    assert dict(zip(layers["element"], layers["layer"], strict=True)) == ELEMENT_LAYERS
    assert dict(zip(tracks["element"], tracks["track"], strict=True)) == ELEMENT_TRACKS
    assert (tracks["n"] == 0).all()  # nobody answered that


def test_tracks_count_who_agrees(tables):
    tables["survey_elements"]["spoor"] = pd.array(["structureel", "acuut", NA] + [NA] * 5, dtype="str")
    assert numbers(survey_elements.tracks_agreed(tables, regions=REGIONS), element="E01") == (2, 1, 0, 0)


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
