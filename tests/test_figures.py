"""Figures draw exactly the released numbers, and the same bytes every time."""

import json

import numpy as np
import pandas as pd
import pytest
from exhibit_cases import NAMES, STOPPED, census, estimates, published, reader, released
from figure_cases import DIRECTIONS, HERE, PLACES, all_figures, texts, wave_figure
from matplotlib import pyplot

from hgeval import benchmark, disclosure, figures, rates
from hgeval.errors import DisclosureError, EstimateError
from hgeval.exhibits import MIME

pytestmark = pytest.mark.usefixtures("coarse")


def test_waves_draws_value_and_range_of_region_and_country(drawn):
    shown = wave_figure()
    axes = drawn[0].axes[0]
    own, national = axes.lines
    np.testing.assert_allclose(own.get_ydata(), [15 / 60, 20 / 50])
    np.testing.assert_allclose(national.get_ydata(), [330 / 1500, 345 / 1150])
    low, high = rates.wilson([15, 20], [60, 50])
    ranges = [path.vertices[:, 1] for path in axes.collections[0].get_paths()]
    np.testing.assert_allclose(ranges, np.column_stack([low, high]))
    rows = [row for row in shown.payload["rows"] if row[0] == "VT01"]
    assert [row[4] for row in rows] == [0.25, 0.4]
    assert {"Amsterdam-Amstelland\n40%", "Nederland 30,0%"} <= set(texts(drawn[0]))


def test_waves_says_where_the_own_number_is_hidden(drawn):
    shown = wave_figure(reader("VT02"))
    own = drawn[0].axes[0].lines[0]
    assert np.isnan(own.get_ydata()[1])
    assert "Drenthe: niet getoond" in texts(drawn[0])
    assert "Drenthe, Na 12 maanden: 27% (17% tot 40%); Drenthe, Na 18 maanden: niet getoond" in shown.alt


def test_intervals_draws_own_dots_and_national_diamonds(drawn):
    all_figures(reader("VT01"))["intervals"]()
    own, national = drawn[0].axes[0].lines
    assert own.get_xdata() == pytest.approx([0.25]) and national.get_xdata() == pytest.approx([0.22])
    assert (own.get_marker(), national.get_marker()) == ("o", "D")
    assert {"25% (16% tot 37%)", "Amsterdam-Amstelland", "Nederland", "Geweld gestopt"} <= set(texts(drawn[0]))


def test_bars_have_their_number_in_words(drawn):
    shown = all_figures(reader())["bars"]()
    widths = [bar.get_width() for bar in drawn[0].axes[0].patches]
    assert widths[0] == pytest.approx(19 / 26) and len([width for width in widths if width > 0]) == 1
    assert {"19 van de 26", "niet getoond"} <= set(texts(drawn[0]))
    assert shown.payload["rows"] == [["E01", 19, 26, 0.730769], ["E02", None, None, None]]


def test_stacked_parts_lie_end_to_end(drawn):
    all_figures(reader())["stacked"]()
    bars = [bar for bar in drawn[0].axes[0].patches if bar.get_width() > 0]
    assert [bar.get_width() for bar in bars] == pytest.approx([20 / 60, 15 / 60, 25 / 60])
    assert [bar.get_x() for bar in bars] == pytest.approx([0, 20 / 60, 35 / 60])
    assert len({bar.get_hatch() for bar in bars}) == 3


def test_the_cells_hold_the_ranges_that_the_alternative_text_tells():
    shown = all_figures(reader("VT02"))["stacked"]()
    names = [column["name"] for column in shown.payload["columns"]]
    told = [cells[names.index("low") :] for cells in shown.payload["display"]]
    assert names[-3:] == ["value", "low", "high"] and all(f"({low} tot {high})" in shown.alt for low, high in told)
    census_names = [column["name"] for column in all_figures(reader())["bars"]().payload["columns"]]
    assert census_names[-1] == "value"  # all were asked: there is no range


def test_stacked_leaves_a_hidden_part_open(drawn):
    case = reader()
    rows = [*DIRECTIONS[:2], ("direction", "VT02", "toegenomen", 4, 60)]
    figures.stacked(released(rows, case, groups=("direction",)), case, by="region", parts="direction", **HERE)
    rest = drawn[0].axes[0].patches[-4]
    assert not rest.get_fill() and rest.get_width() == pytest.approx(25 / 60)
    assert "niet getoond" in texts(drawn[0])


def test_stacked_refuses_more_parts_than_it_has_looks():
    case = reader()
    rows = [("direction", "VT02", f"{2016 + number}", 20, 200) for number in range(7)]
    with pytest.raises(EstimateError, match=r"ten hoogste 6 delen. Gebruik figures\.bars"):
        figures.stacked(released(rows, case, groups=("direction",)), case, by="region", parts="direction", **HERE)


def test_series_stands_in_time_with_open_dots_and_breaks(drawn):
    shown = all_figures(reader())["series"]()
    axes = drawn[0].axes[0]
    line, filled, hollow, broken = axes.lines
    np.testing.assert_array_equal(line.get_xdata(), [2019, 2020, 2023])
    np.testing.assert_array_equal(line.get_ydata(), [120000, 127410, 127340])
    assert list(filled.get_xdata()) == [2019, 2020] and list(hollow.get_xdata()) == [2023]
    assert hollow.get_markerfacecolor() == "white"
    assert list(broken.get_xdata()) == [2019.5, 2019.5]
    assert "a" in texts(drawn[0]) and "2023*" in texts(drawn[0])
    assert shown.notes[0] == "a: vanaf 2020. Andere telling."


def test_a_period_without_a_number_leaves_the_line_open(drawn):
    case = reader()
    rows = [("meldingen", "NL", year, "totaal", value, "none" if value is pd.NA else "rounded", False)
            for year, value in (("2019", 120000), ("2020", pd.NA), ("2021", 127410), ("2022", 127340))]
    shown = figures.series(published(rows, case), case, **HERE)
    line, dots, _ = drawn[0].axes[0].lines
    np.testing.assert_array_equal(line.get_xdata(), [2019, 2020, 2021, 2022])
    np.testing.assert_array_equal(line.get_ydata(), [120000, np.nan, 127410, 127340])
    assert line.get_linestyle() == "-" and dots.get_linestyle() == "None"
    assert np.isfinite(dots.get_ydata()).sum() == 3  # what stands alone is still seen
    assert "Nederland, 2020: geen cijfer" in shown.alt


def test_a_long_series_is_told_by_its_ends(drawn):
    case = reader()
    months = [f"{year}-{month:02d}" for year in (2018, 2019) for month in range(1, 13)]
    rows = [("adviezen_per_month", "NL", month, "totaal", 200 + at, "shown", False) for at, month in enumerate(months)]
    shown = figures.series(published(rows, case), case, **HERE)
    assert "24 punten: eerste Nederland, Januari 2018: 200; laatste Nederland, December 2019: 223" in shown.alt
    assert [label.get_text() for label in drawn[0].axes[0].get_xticklabels()] == ["2018", "2019"]


def test_bars_of_a_census_have_an_axis_up_to_all_that_answered(drawn):
    case = reader("NL")
    rows = [(f"E{at:02}", 19, 26, 0) for at in range(1, 15)]
    shown = figures.bars(census(rows, case), case, by="element", **HERE)
    axes = drawn[0].axes[0]
    assert axes.get_xlabel() == "Deel van de regio's die dit invulden" and axes.get_xlim() == (0, 1)
    assert axes.get_xticks()[-1] == 1 and shown.alt.count("19 van de 26") == 14


def test_the_same_numbers_give_the_same_bytes_in_any_order():
    made = all_figures(reader("VT01"))
    first = {kind: draw().png for kind, draw in made.items()}
    with pyplot.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        again = {kind: made[kind]().png for kind in reversed(made)}
    assert again == first and len(set(first.values())) == len(made)
    assert all(png.startswith(b"\x89PNG") and b"Software" not in png for png in first.values())


@pytest.mark.parametrize("kind", list(all_figures(reader("VT01"))))
def test_every_figure_has_its_alternative_text_and_its_rows(kind):
    shown = all_figures(reader("VT01"))[kind]()
    data, meta = shown._repr_mimebundle_()
    assert meta["image/png"]["alt"] == data["text/plain"] == shown.alt and len(shown.alt) > 40
    payload = data[MIME]
    assert payload["rows"] and len(payload["rows"]) == len(payload["display"]) == len(payload["status"])
    json.dumps(payload, allow_nan=False)
    assert not pyplot.get_fignums()


def test_an_own_alternative_text_takes_the_place_of_ours():
    case = reader("VT01")
    shown = figures.waves(released(STOPPED, case), case, alt="Een eigen tekst over deze figuur.", **HERE)
    assert shown.alt == "Een eigen tekst over deze figuur."


@pytest.mark.parametrize("kind", list(all_figures(reader("VT01"))))
@pytest.mark.parametrize("rows", ["hidden", "none"])
def test_nothing_to_show_is_said_in_words(kind, rows, drawn, monkeypatch):
    case = reader("VT02")
    few = [("stopped", region, wave, 3, 41) for region in (*NAMES, "NL") for wave in ("T2", "T3")]
    stopped = released(few, case)
    placed = stopped.where(wave="T2").derive(benchmark.funnel)
    parts = released([(*row[:3], 3, 41) for row in DIRECTIONS], case, groups=("direction",))
    totals = census([("E01", 19, 26, 1)], case)
    counts = published([("meldingen", "NL", "2023", "totaal", pd.NA, "none", False)], case)
    if rows == "none":
        stopped, placed, parts, totals, counts = (each.where(region="VT99") for each in
                                                  (stopped, placed, parts, totals, counts))
    shown = {
        "waves": lambda: figures.waves(stopped, case, **HERE),
        "intervals": lambda: figures.intervals(stopped.where(wave="T2"), case, by="measure", **HERE),
        "bars": lambda: figures.bars(totals, case, by="element", **HERE),
        "stacked": lambda: figures.stacked(parts, case, by="region", parts="direction", **HERE),
        "series": lambda: figures.series(counts, case, **HERE),
        "funnel": lambda: figures.funnel(placed, case, **HERE),
        "tiles": lambda: figures.tiles(placed, case, PLACES, **HERE),
    }[kind]()
    assert shown.alt == "Te weinig gegevens om te tonen: Stopt het geweld?"
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["Te weinig gegevens om te tonen."]
    assert all(row[-1] is None or isinstance(row[-1], str) for row in shown.payload["rows"])


def test_a_figure_without_a_single_number_has_no_rows_of_dots():
    case = reader()
    shown = figures.bars(census([("E01", 2, 2, 1), ("E02", 1, 2, 1)], case), case, by="element", **HERE)
    assert shown.payload["rows"] == [] and shown.notes[0].startswith("Wij tonen deze cijfers niet")
    counted = figures.bars(released([("stopped", "VT02", "T2", 3, 41)], case), case, by="wave", **HERE)
    assert len(counted.payload["rows"]) == 1 and not counted.notes[0].startswith("Wij tonen")


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
@pytest.mark.parametrize("kind", ["waves", "intervals", "funnel", "tiles"])
def test_a_hidden_number_leaves_no_trace(kind, profile):
    """Whether 3 or 7 of the 41 families stopped, the picture, the rows and the alternative text are the same."""
    case = reader("VT02", profile=profile)
    made = []
    for hidden in (3, 7):
        rows = [("stopped", "VT02", "T3", hidden, 41) if row[1:3] == ("VT02", "T3") else row for row in STOPPED]
        last = released(rows, case).where(wave="T3")
        draw = {
            "waves": lambda numbers: figures.waves(numbers, case, **HERE),
            "intervals": lambda numbers: figures.intervals(numbers, case, by="measure", **HERE),
            "funnel": lambda numbers: figures.funnel(numbers.derive(benchmark.funnel), case, **HERE),
            "tiles": lambda numbers: figures.tiles(numbers.derive(benchmark.funnel), case, PLACES, **HERE),
        }[kind]
        made.append(draw(last)._repr_mimebundle_())
    assert made[0] == made[1]
    assert "niet getoond" in made[0][0]["text/plain"] or "1 zonder cijfer" in made[0][0]["text/plain"]


def test_nothing_but_a_release_becomes_a_figure():
    for draw in (figures.waves, lambda *args, **more: figures.bars(*args, by="region", **more)):
        with pytest.raises(DisclosureError, match="alleen cijfers die zijn vrijgegeven"):
            draw(estimates(STOPPED), reader(), **HERE)


def test_hostile_names_are_drawn_as_they_are(drawn, recwarn):
    hostile = r"$\foo$ <script> \N{snowman} {0} %s 漢 " + "\x07\n"
    case = reader("VT01", names={"VT01": hostile, "VT02": "=cmd|x", "VT03": "[x](javascript:y)"})
    made = all_figures(case)
    for draw in made.values():
        draw()
    assert any(r"$\foo$ <script>" in text.replace("\n", " ") for figure in drawn for text in texts(figure))
    assert not any("漢" in text or "\x07" in text for figure in drawn for text in texts(figure))
    assert not recwarn.list


def test_double_rows_and_mixed_measures_are_refused():
    case = reader("VT01")
    both = disclosure.join(released(STOPPED, case), released([("retention", "VT01", "T2", 20, 60)], case))
    with pytest.raises(EstimateError, match=r"dan één rij voor dezelfde region en wave. .*\.where\(kolom=waarde\)"):
        figures.waves(both, case, **HERE)
    two = disclosure.join(released([("retention", "VT01", "T2", 20, 60)], case), released(STOPPED[1:2], case))
    with pytest.raises(EstimateError, match="toont één waarde van measure"):
        figures.waves(two, case, **HERE)
    with pytest.raises(EstimateError, match="mist de kolom period"):
        figures.series(released(STOPPED, case), case, **HERE)
    mixed = disclosure.join(released(STOPPED[:1], case), released([("stopped", "VT02", "T2", 20, 60)], case))
    count = disclosure.release(rates.recompute(rates.frame([{
        "measure": "own_meldingen", "region": "VT03", "wave": "T2", "n": 30, "events": 30, "method": "count",
    }], groups=("wave",))), case)
    with pytest.raises(EstimateError, match="verschillende soorten cijfers"):
        figures.bars(disclosure.join(mixed, count), case, by="region", **HERE)


def test_letters_are_large_enough(drawn):
    for draw in all_figures(reader("VT01")).values():
        draw()
    sizes = [text.get_size() for figure in drawn for axes in figure.axes for text in axes.texts]
    assert min(sizes) >= 7.5


def test_a_figure_of_days_has_no_column_of_what_was_not_counted():
    case = reader()
    row = {"measure": "incidents", "wave": "T2", "n": 45, "value": 30.0, "low": 10.0, "high": 80.0}
    row |= {"method": "median_iqr"}
    days = disclosure.release(rates.frame([row | {"region": name} for name in ("VT02", "NL")], groups=("wave",)), case)
    shown = figures.intervals(days.where(wave="T2"), case, by="measure", **HERE)
    assert [column["name"] for column in shown.payload["columns"]] == ["measure", "region", "n", "value", "low", "high"]
    counted = figures.intervals(released(STOPPED, case).where(wave="T2"), case, by="measure", **HERE)
    assert "events" in [column["name"] for column in counted.payload["columns"]]
