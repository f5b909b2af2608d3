"""Colours a reader can tell apart, labels that do not touch, letters that exist."""

import pytest

from hgeval import figures_style


def test_colours_stand_out_and_no_red_beside_green():
    for colour in (*figures_style.PARTS, *figures_style.LINES, figures_style.INK, figures_style.GREY):
        assert figures_style.contrast(colour) >= 4.5
    assert figures_style.contrast("#000000") == pytest.approx(21)
    assert figures_style.contrast("#767676") == pytest.approx(4.54, abs=5e-3)  # WebAIM's example of just enough
    for colour in (*figures_style.PARTS, *figures_style.LINES):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert green <= max(red, blue)


@pytest.mark.parametrize(("places", "gap", "moved"), [
    ([0.5, 0.1], 0.1, [0.5, 0.1]), ([0.3, 0.3], 0.1, [0.25, 0.35]), ([0.30, 0.32, 0.9], 0.1, [0.26, 0.36, 0.9]),
    ([], 1, []),
])
def test_labels_move_apart_in_their_order(places, gap, moved):
    assert figures_style.apart(places, gap) == pytest.approx(moved)


@pytest.mark.parametrize(("text", "width", "shown"), [
    ("Noord- en Oost-Gelderland", 12, "Noord- en\nOost-\nGelderland"), ("a\n b\tc", 0, "a b c"), ("漢 ok", 0, "? ok"),
    ("é € ½", 0, "é € ½"),
])
def test_text_has_only_letters_of_the_figure_and_fits(text, width, shown):
    assert figures_style.plain(text, width) == shown
