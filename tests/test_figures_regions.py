"""The figures that compare regions: who is named, which line means what, and what stays hidden."""

import json

import numpy as np
import pytest
from exhibit_cases import STOPPED, estimates, expected, reader, released
from figure_cases import HERE, PLACES, all_figures, texts

from hgeval import benchmark, disclosure, figures, rates, wording
from hgeval.errors import EstimateError
from hgeval.press import texts as numbers

pytestmark = pytest.mark.usefixtures("coarse")


def test_funnel_names_only_the_own_region(drawn):
    shown = all_figures(reader("VT01"))["funnel"]()
    axes = drawn[0].axes[0]
    points = np.asarray(axes.collections[0].get_offsets())
    assert sorted(map(tuple, points)) == [(55, 15 / 55), (60, 15 / 60), (70, 20 / 70)]
    assert {row[0] for row in shown.payload["rows"]} == {"VT01", "andere regio"}
    assert "Drenthe" not in json.dumps(shown.payload) + " ".join(texts(drawn[0]))
    assert any(text.startswith("Amsterdam-Amstelland 25%") for text in texts(drawn[0]))
    assert shown.notes[0] == "Na 12 maanden: geen duidelijk verschil met Nederland."
    assert (
        "Nederland: 22%. Amsterdam-Amstelland: 25% van 60 gezinnen (door toeval meestal tussen 11% en 32%), "
        "geen duidelijk verschil." in shown.alt
    )


@pytest.mark.parametrize("size", [1, 1000])
def test_funnel_tells_no_number_that_its_table_does_not_print(size):
    """Shares of a hundred families or more have a decimal in the table, and so in the text."""
    rows = [("stopped", "VT01", "T3", 15 * size, 60 * size), ("stopped", "VT02", "T3", 33 * size, 110 * size),
            ("stopped", "NL", "T3", 481 * size, 1600 * size)]
    case = reader("VT01")
    shown = figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE)
    assert ("30,1%" in shown.alt) is (size > 1)
    assert (" van 60.000 gezinnen (door toeval meestal tussen 29," in shown.alt) is (size > 1)
    assert not numbers.unknown_number(shown.payload, numbers._numbers(HERE.values()))


def test_funnel_limits_are_those_of_the_benchmark(drawn):
    all_figures(reader("VT01"))["funnel"]()
    national, low95, high95, low998, high998 = drawn[0].axes[0].lines[:5]
    expected = benchmark.funnel_curve(0.22, national.get_xdata())
    for line, name in ((low95, "low95"), (high95, "high95"), (low998, "low998"), (high998, "high998")):
        np.testing.assert_allclose(line.get_ydata(), expected[name])


def test_funnel_lines_are_those_that_a_dot_is_held_to(drawn):
    """With a design effect a dot is compared at fewer families than there are: the lines lie as far apart."""
    case = reader("VT01")
    frame = rates.recompute(estimates(STOPPED).assign(method="wilson_deff2.00"))
    placed = disclosure.release(frame, case).where(wave="T2").derive(benchmark.funnel)
    figures.funnel(placed, case, **HERE)
    national, low95, _, _, high998 = drawn[0].axes[0].lines[:5]
    held = placed.where(region="VT01").frame.iloc[0]
    at = list(national.get_xdata()).index(held["n"])
    assert (low95.get_ydata()[at], high998.get_ydata()[at]) == pytest.approx((held["low95"], held["high998"]))


def test_funnel_says_that_the_own_number_is_hidden(drawn):
    case = reader("VT02")
    shown = figures.funnel(released(STOPPED, case).where(wave="T3").derive(benchmark.funnel), case, **HERE)
    assert "Drenthe: niet getoond" in texts(drawn[0])
    assert wording.message("hidden_to_compare") in shown.notes
    assert wording.message("regions_hidden", n="1 regio") in shown.notes
    assert not [note for note in shown.notes if "te weinig gegevens" in note]
    assert "Drenthe: niet getoond." in shown.alt and "te weinig" not in shown.alt
    assert len(drawn[0].axes[0].collections[0].get_offsets()) == 2


def test_a_funnel_says_of_how_many_the_country_s_line_is_and_its_range():
    case = reader("NL")
    rows = [("stopped", "VT01", "T3", 30, 100), ("stopped", "NL", "T3", 300, 1000)]
    shown = figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE)
    assert shown.notes[0] == (
        "De lijn van Nederland: 30 procent van ongeveer 1.000 gezinnen (waarschijnlijk tussen 27 en 33 procent).")
    assert not numbers.unknown_number(shown.payload, numbers._numbers(HERE.values()))
    hidden = released([rows[0], ("stopped", "NL", "T3", 995, 1000)], case)
    assert not [note for note in figures.funnel(hidden.derive(benchmark.funnel), case, **HERE).notes if "lijn" in note]


def test_a_standardised_share_stands_beside_the_measured_one():
    """30 of 100 where 40 was expected: 22.5 per cent with the country's families."""
    case = reader("NL")
    rows = released([("stopped", "VT01", "T3", 30, 100), ("stopped", "NL", "T3", 300, 1000)], case)
    both = disclosure.join(rows, expected({"VT01": 0.4}, case)).derive(benchmark.funnel)
    mixed, plain = (figures.funnel(each, case, **HERE) for each in (both, rows.derive(benchmark.funnel)))
    assert [column.label for column in mixed.lines.columns][2:7] == [
        "Gemeten", "Ondergrens", "Bovengrens", "Alsof de gezinnen gelijk zijn", "Nederland"]
    assert mixed.lines.display[0][2:6] == ("30,0%", "21,9%", "39,6%", "22,5%")
    assert [column.label for column in plain.lines.columns][2:4] == ["Percentage", "Nederland"]
    told = wording.message("national_two_shares")
    assert told in mixed.notes and told not in plain.notes


def test_a_region_with_little_data_is_not_said_to_differ_perhaps(drawn):
    """Seven of 41 is hidden; 10 of 20 is too few to say anything of."""
    case = reader("NL")
    rows = [("stopped", "VT01", "T3", 30, 100), ("stopped", "VT02", "T3", 7, 41), ("stopped", "VT03", "T3", 10, 20),
            ("stopped", "NL", "T3", 300, 1000)]
    notes = figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE).notes
    assert notes[:2] == ("Van 1 regio tonen we het cijfer niet. Juist daar kan een verschil zijn.",
                         "Van 1 regio hebben we te weinig gegevens.")


@pytest.mark.parametrize(("beyond", "named"), [(1, True), (4, True), (5, False)])
def test_a_figure_of_the_country_names_the_regions_beyond_the_lines_while_they_can_be_read(beyond, named, drawn):
    names = {f"VT{at:02}": f"streek {at}" for at in range(1, 21)}
    case = reader("NL", names=names)
    rows = [("stopped", name, "T3", 60 if at < beyond else 30, 100) for at, name in enumerate(names)]
    rows.append(("stopped", "NL", "T3", 600, 2000))
    shown = figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE)
    assert [text for text in texts(drawn[0]) if text.startswith("streek")] == [
        f"streek {at} 60,0%" for at in range(1, beyond + 1) if named]
    assert f"{beyond} hoger" in shown.alt and len(shown.lines.rows) == 20


BETWEEN = "Bij 1 regio komt dat door toeval vaak voor. Pas buiten de buitenste lijn noemen we het een verschil."


@pytest.mark.parametrize(("events", "between"), [(25, False), (20, True), (15, False)])
def test_a_dot_between_the_lines_is_explained_and_not_called_a_difference(events, between):
    """Limits of 30 per cent among 100: about 21 (95 per cent) and 17 (99.8 per cent)."""
    rows = [("stopped", "VT02", "T3", events, 100), ("stopped", "NL", "T3", 300, 1000)]
    for region, opening in (("VT02", "Het cijfer ligt tussen de lijnen. "),
                            ("NL", "Regio's tussen de binnenste en de buitenste lijn: 1. ")):
        case = reader(region, profile="exact10")
        notes = figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE).notes
        assert (opening + BETWEEN in notes) is (between if region == "VT02" else _rounded_between(events))


def _rounded_between(events):
    """A report on the country sees counts in fives."""
    return events in (20, 22)


def test_dots_in_one_place_stand_side_by_side(drawn):
    case = reader("VT01")
    rows = [("stopped", "VT01", "T3", 30, 100), ("stopped", "VT02", "T3", 20, 80), ("stopped", "VT03", "T3", 20, 80),
            ("stopped", "NL", "T3", 300, 1000)]
    figures.funnel(released(rows, case).derive(benchmark.funnel), case, **HERE)
    axes = drawn[0].axes[0]
    places = sorted(tuple(point) for point in axes.collections[0].get_offsets())
    assert places[0][0] < 80 < places[1][0] and places[2] == (100, 0.3)
    assert places[0][1] == places[1][1] == 0.25
    assert {"binnenste lijn (95%)", "buitenste lijn (99,8%)"} <= set(texts(drawn[0]))
    assert axes.get_ylabel() == "Deel van de gezinnen"


def test_tiles_tell_every_region_in_words(drawn):
    case = reader("NL")
    rows = [("stopped", "VT01", "T3", 10, 100), ("stopped", "VT02", "T3", 7, 41), ("stopped", "VT03", "T3", 60, 100),
            ("stopped", "NL", "T3", 300, 1000)]
    figures.tiles(released(rows, case).derive(benchmark.funnel), case, PLACES, **HERE)
    assert {"lager 10,0%", "niet getoond", "hoger 60,0%", "Flevoland"} <= set(texts(drawn[0]))
    assert [tile.get_hatch() or "" for tile in drawn[0].axes[0].patches] == ["///", "", "..."]


def test_tiles_need_a_place_for_each_region():
    case = reader("NL")
    with pytest.raises(EstimateError, match="Op de tegelkaart ontbreken: VT03"):
        figures.tiles(released(STOPPED, case).where(wave="T2"), case, PLACES[:2], **HERE)
