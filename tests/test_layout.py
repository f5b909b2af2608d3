"""Released numbers as values and as printed in Dutch."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from exhibit_cases import STOPPED, census, expected, of_a_function, published, reader, released

from hgeval import benchmark, disclosure, interventions, layout, rates, wording
from hgeval.errors import DisclosureError, EstimateError
from hgeval.params import Wave

ALL = ["wave", "region", "n", "events", "value", "low", "high"]


def cells(release, case, columns):
    return layout.lay_out(layout.visible(release), case, columns)


def test_values_and_print_stand_side_by_side():
    case = reader()
    lines = cells(released(STOPPED, case).where(region="NL"), case, ALL)
    assert lines.rows[0] == ("T2", "NL", 1500, 330, 0.22, *(round(float(end[0]), 6) for end in rates.wilson(330, 1500)))
    assert lines.display[0] == ("Na 12 maanden", "Nederland", "1.500", "330", "22,0%", "20,0%", "24,2%")
    assert lines.status == ("rounded", "rounded")
    assert [column.kind for column in lines.columns] == ["text", "text", "count", "count", "share", "share", "share"]
    assert [column.label for column in lines.columns][2:5] == ["Van hoeveel gezinnen", "Bij hoeveel", "Percentage"]


def test_a_hidden_row_is_empty_and_prints_dots():
    case = reader()
    lines = cells(released(STOPPED, case).where(region="VT02", wave="T3"), case, ALL)
    assert lines.rows == (("T3", "VT02", 40, None, None, None, None),)
    assert lines.display == (("Na 18 maanden", "Drenthe", "40", ".", ".", ".", "."),)
    assert layout.signs(lines) == (". = niet getoond of onbekend",)


def test_a_census_has_no_interval_and_that_is_not_a_secret():
    case = reader()
    lines = cells(census([("E01", 19, 26, 0), ("E02", 5, 26, 1)], case), case, ["element", "events", "n", "low"])
    assert lines.display == (("Kernteam of casusoverleg MDA", "19", "26", ""),
                             ("Team MDA++, op afroep per gezin", ".", ".", "."))
    assert [column.label for column in lines.columns][1:3] == ["Regio's", "Van hoeveel regio's"]


def test_provisional_secret_and_absent_published_figures_differ():
    case = reader()
    figures = published([
        ("meldingen", "VT01", "2023", "totaal", 4230, "derived", True),
        ("meldingen", "VT02", "2023", "totaal", pd.NA, "suppressed", True),
        ("meldingen", "VT03", "2023", "totaal", pd.NA, "none", False),
    ], case)
    lines = cells(figures, case, ["region", "period", "value"])
    assert lines.display == (("Amsterdam-Amstelland", "2023*", "4.230"), ("Drenthe", "2023*", "."),
                             ("Flevoland", "2023", "geen cijfer"))
    assert layout.signs(lines) == (". = niet getoond of onbekend", "* = voorlopig cijfer")
    assert cells(figures, case, ["region", "value"]).display[0][1] == "4.230*"


def test_signs_are_explained_only_where_used():
    case = reader("VT01", profile="exact10")
    shown = released([("own_by_kind", "VT01", "T2", 20, 60)], case)
    assert layout.signs(cells(shown, case, ALL)) == ()


def test_answers_print_in_words():
    case = reader()
    answers = pd.DataFrame({
        "region": ["VT02", "VT03"], "consent": ["ja", "nee"], "presence": ["aanwezig", "afwezig"],
        "schaal_reden": ["kosten|reistijd", "kosten"], "gap": pd.array([True, True], dtype="boolean"),
        "behoefte": pd.array([4, 5], dtype="Int64"), "uncovered": pd.array([1250.5, 9.0], dtype="Float64"),
        "peildatum": pd.to_datetime(["2025-03-08", "2025-03-09"]),
    })
    lines = cells(disclosure.release_answers(answers, case), case, [*answers.columns.drop("consent")])
    assert lines.display[0] == ("Drenthe", "Aanwezig", "Kosten en reistijd", "ja", "4",
                                "€\N{NO-BREAK SPACE}1.251", "8 maart 2025")
    assert len(lines.display) == 1  # a region that may not be named is not there
    assert lines.rows[0][-1] == "2025-03-08" and lines.rows[0][3] is True
    assert [column.kind for column in lines.columns][4:6] == ["number", "euro"]


def test_an_answer_that_was_not_given_is_not_a_secret():
    case = reader()
    frame = pd.DataFrame({"region": ["VT02", "VT03"], "consent": ["ja", "nee"], "presence": [pd.NA, "gepland"]})
    lines = cells(disclosure.release_answers(frame.astype("str"), case), case, ["presence"])
    assert lines.display == (("Niet ingevuld",),)


@pytest.mark.parametrize(("n", "printed"), [(41, "Niet getoond"), (7, "Te weinig gegevens")])
def test_a_hidden_share_is_not_called_too_few_where_its_families_are_shown(n, printed):
    case = reader()
    rows = [("stopped", "VT02", "T3", 3, n), ("stopped", "NL", "T3", 300, 1000)]
    placed = released(rows, case).derive(benchmark.funnel)
    assert cells(placed, case, ["position"]).display == ((printed,),)


def test_what_chance_does_prints_without_decimals_beside_a_share_that_has_one():
    case = reader()
    placed = released([("stopped", "VT02", "T3", 30, 100), ("stopped", "NL", "T3", 300, 1000)], case)
    lines = cells(placed.derive(benchmark.funnel), case, ["crude", "least", "most"])
    assert lines.display == (("30,0%", "21%", "39%"),)
    assert [column.kind for column in lines.columns] == ["share"] * 3


def modelled(case, *rows):
    """Numbers of models of rows (measure, method, value, low, high, n), through the door."""
    names = ["measure", "method", "value", "low", "high", "n"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]).assign(region="NL", level=0.95)
    return of_a_function(rates.frame(frame), case)


def test_what_a_model_made_prints_by_its_kind():
    case = reader()
    rows = [("stopped_repaired", "model_share", 0.3149, 0.2851, None, 1003),
            ("apart", "model_difference", 0.1049, -0.0251, 0.2, 1003),
            ("evalue", "model_ratio", 2.4949, 1.0, None, 1003)]
    lines = cells(modelled(case, *rows), case, ["value", "low", "high", "n"])
    assert lines.display == (("31%", "29%", "", "1.005"), ("+10", "-3", "+20", "1.005"), ("2,49", "1,00", "", "1.005"))
    assert lines.rows == ((0.31, 0.29, None, 1005), (0.1, -0.03, 0.2, 1005), (2.49, 1.0, None, 1005))
    assert lines.columns[0].kind == "mixed" and lines.columns[0].label == "Cijfer"
    headings = []
    for row in rows[:2]:
        (column,) = cells(modelled(case, row), case, ["value"]).columns
        headings.append((column.kind, column.label))
    assert headings == [("share", "Percentage"), ("difference", "Verschil in procentpunten")]


def test_what_a_model_could_not_determine_says_so_and_is_no_dot():
    """Not hidden, not rounded away: nobody can compute it of these families."""
    case = reader()
    rows = [("apart", "model_difference", None, None, None, 1003), ("evalue", "model_ratio", None, None, None, 1003),
            ("apart", "model_difference", None, None, None, 12)]
    lines = cells(modelled(case, *rows), case, ["n", "value", "low", "high"])
    assert lines.display == (("1.005", "niet uit te rekenen", "", ""), ("1.005", "niet uit te rekenen", "", ""),
                             (".", ".", ".", "."))
    assert lines.status == ("none", "none", "suppressed")
    assert layout.signs(lines) == (wording.sign("missing"),)


def test_the_ladder_prints_follow_up_drop_out_and_strength_in_words():
    case = reader()
    about = {"region": "NL", "wave": "T3", "intervention": "huisverbod", "against": "geen", "design": "alike", "n": 320}
    numbers = {"apart": ("model_difference", 0.1, 0.05, 0.15), "evalue": ("model_ratio", None, None, None),
               "imbalance": ("model_ratio", 0.144, 0.07, None)}
    made = [about | dict(zip(("measure", "method", "value", "low", "high"), (name, *found), strict=True))
            for name, found in numbers.items()]
    counted = [{"measure": "measured_of_help", "method": "share", "region": "NL", "wave": "T3", "intervention": name,
                "n": n, "events": events} for name, n, events in (("huisverbod", 200, 120), ("geen", 303, 180))]
    both = disclosure.join(
        of_a_function(rates.frame(made, groups=("wave", "intervention", "against", "design")), case),
        disclosure.release(rates.frame(counted, groups=("wave", "intervention")), case),
    )
    lines = cells(both.derive(interventions.ladder), case, ["follow_up", "dropout", "evidence"])
    assert lines.display == (("18 maanden na de melding", "41%",
                              "Er is een verschil; hoe sterk de aanwijzing is, is niet uit te rekenen"),)
    assert [column.kind for column in lines.columns] == ["text", "share", "text"]
    lines = cells(both.derive(interventions.strength), case, ["evalue", "evalue_limit", "unlike", "unlike_left"])
    assert lines.display == (("niet uit te rekenen", "niet uit te rekenen", "0,14", "0,07"),)


@pytest.mark.parametrize(("months", "told"), [(1, "1 maand na de melding"), (12, "12 maanden na de melding")])
def test_how_long_families_were_followed_does_not_depend_on_what_a_wave_is_called(months, told):
    assert layout.followed(Wave(code="T2", months=months, label="tweede meting")) == told


def test_precision_prints_in_points_without_a_sign_or_decimals():
    case = reader()
    found = released(STOPPED, case).where(wave="T2").derive(benchmark.precision)
    lines = cells(found.where(region="VT02"), case, ["measure", "value", "n"])
    assert [row[1:] for row in lines.display] == [("11", "55"), ("22", "55")]  # of 22 per cent of 55
    assert (lines.columns[1].kind, lines.columns[1].label) == ("points", "Procentpunten")
    hidden = cells(modelled(case, ("apart", "model_difference", 0.1, 0.0, 0.2, 29)), case, ["value", "low", "n"])
    assert hidden.display == ((".", ".", "."),)


def test_a_share_beside_what_was_expected_keeps_its_decimals_and_the_expected_one_has_none():
    case = reader()
    rows = disclosure.join(released(STOPPED, case), expected({"VT01": 0.2851, "VT03": 0.2}, case, wave="T2"))
    placed = rows.derive(benchmark.funnel).where(region=["VT02", "VT03"], wave="T2")
    lines = cells(placed, case, ["region", "crude", "expected", "target", "unusual"])
    assert lines.display[0][1:] == ("27%", ".", "22%", "nee")
    assert lines.display[1][1:] == ("29%", "20%", "22%", "nee")
    assert [column.label for column in lines.columns[1:]] == [
        "Gemeten", "Te verwachten", "Nederland", "Ook buiten wat tussen regio's gewoon is?"]
    assert [column.kind for column in lines.columns[1:4]] == ["share"] * 3
    many = [("stopped", "VT02", "T3", 61, 200), ("stopped", "NL", "T3", 300, 1000)]
    rows = disclosure.join(released(many, case), expected({"VT02": 0.3}, case, n=200))
    assert cells(rows.derive(benchmark.funnel), case, ["crude", "expected"]).display == (("30,0%", "30%"),)


def test_an_unknown_column_names_the_known_ones():
    case = reader()
    with pytest.raises(EstimateError, match="Onbekende kolom: regio. Bekend zijn: measure, region, wave"):
        cells(released(STOPPED, case), case, ["regio"])


@pytest.mark.parametrize("numbers", [pd.DataFrame({"value": [0.5]}), None, 3, "NL"])
def test_only_a_release_is_seen(numbers):
    with pytest.raises(DisclosureError, match=r"cijfers die zijn vrijgegeven. Gebruik eerst disclosure\.release"):
        layout.visible(numbers)


@pytest.mark.parametrize(("value", "plain"), [
    (np.float64(1 / 3), 0.333333), (np.int64(3), 3), (np.bool_(True), True), (pd.NA, None), (float("inf"), None),
    (pd.Timestamp("2025-01-02"), "2025-01-02"), (dt.date(2025, 1, 2), "2025-01-02"), ("a", "a"), (2.0, 2.0),
])
def test_values_become_plain_json(value, plain):
    found = layout.raw(value)
    assert found == plain and type(found) is type(plain)


def test_a_wave_without_a_label_is_named_by_its_months():
    name = layout.namer(reader())
    assert [name("wave", code) for code in ("T1", "T2", "T3", "T9")] == [
        "bij de start", "na 12 maanden", "na 18 maanden", "T9",
    ]
    assert name("region", "NL") == "Nederland"


def test_contributions_are_printed_to_the_cent_and_municipalities_by_name():
    row = {"measure": "contribution", "region": "VT02", "municipality": "GM0114", "method": "largest_remainder",
           "value": 1234.5, "by_incident": 1000.0, "incident_low": 900.4, "share_incident_low": -0.19,
           "cv_low": 0.153, "status": "derived"}
    columns = ["municipality", "value", "by_incident", "incident_low", "share_incident_low", "cv_low"]
    lines = layout.lay_out(pd.DataFrame([row]), reader(), columns)
    euro = "€\N{NO-BREAK SPACE}"
    assert lines.display == (("Emmen", f"{euro}1.234,50", f"{euro}1.000,00", f"{euro}900", "-19", "15%"),)
    assert [column.kind for column in lines.columns] == ["text", "cents", "cents", "euro", "difference", "share"]
    assert layout.namer(reader())("municipality", "total") == "totaal"
    assert layout.namer(reader())("centre", "GM0363") == "Amsterdam"
