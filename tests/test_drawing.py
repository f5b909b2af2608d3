"""Where waves, periods and breaks stand, and what the alternative text tells."""

import pandas as pd
import pytest
from exhibit_cases import STOPPED, census, reader, released

from hgeval import drawing, layout


def test_waves_stand_to_scale_unless_too_close():
    assert drawing.wave_places([0, 12, 18]) == pytest.approx([0, 2 / 3, 1])
    assert drawing.wave_places([0, 1, 24]) == [0, 0.5, 1]
    assert drawing.wave_places([6]) == [0] and drawing.wave_places([]) == []


def test_breaks_outside_the_series_are_not_drawn():
    times = pd.Series([2019.0, 2020.0])
    assert drawing.breaks_within({"2019": "x", "2025": "y"}, times) == {}
    found = drawing.breaks_within({"2020": "later", "2019-07": "eerder"}, times)
    assert found == {"a": (2019.0, "vanaf juli 2019. eerder"), "b": (2019.5, "vanaf 2020. later")}


@pytest.mark.parametrize(("periods", "times"), [
    (["2019", "2020*", "2023H2"], [2019, 2020, 2023.5]), (["2023K4", "2019-07"], [2023.75, 2019.5]),
    (["later", "eerder", "later"], [1, 0, 1]), ([], []),
])
def test_periods_stand_in_time_or_else_in_order(periods, times):
    assert drawing.period_times(pd.Series(periods, dtype="str")) == times


def test_numbers_in_words():
    case = reader()
    frame = layout.visible(released(STOPPED, case).where(region="VT02"))
    assert drawing.words(frame, case) == ["27%", "niet getoond"]
    assert drawing.words(frame, case, ranged=True) == ["27% (17% tot 40%)", "niet getoond"]
    totals = layout.visible(census([("E01", 19, 26, 0), ("E02", 5, 26, 1)], case))
    assert drawing.words(totals, case) == ["19 van de 26", "niet getoond"]


def test_an_axis_says_what_it_counts():
    case = reader()
    assert drawing.counting(layout.visible(released(STOPPED, case))) == "Deel van de gezinnen"
    answers = layout.visible(census([("E01", 19, 26, 0)], case))
    assert drawing.counting(answers) == "Deel van de regio's die dit invulden"
