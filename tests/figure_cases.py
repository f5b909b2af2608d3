"""What the tests of figures share: one of each kind, and the words in it."""

from functools import cache

import pandas as pd
from exhibit_cases import NAMES, STOPPED, census, published, reader, released

from hgeval import benchmark, figures

HERE = {"id": "figuur", "title": "Stopt het geweld?", "source": "demo"}
PLACES = pd.DataFrame({"region": list(NAMES), "column": [0, 1, 0], "row": [0, 0, 1]})
DIRECTIONS = [("direction", "VT02", "gestopt", 20, 60), ("direction", "VT02", "afgenomen", 15, 60),
              ("direction", "VT02", "toegenomen", 25, 60)]


def texts(figure):
    (axes,) = figure.axes
    ticks = [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return [text.get_text() for text in axes.texts] + ticks + legends


def wave_figure(case=None, rows=STOPPED):
    case = case or reader("VT01")
    return figures.waves(released(rows, case), case, **HERE)


@cache
def numbers():
    """Releases under the public rule; they are the same for every reader."""
    case = reader()
    stopped = released(STOPPED, case)
    parts = released(DIRECTIONS, case, groups=("direction",))
    counts = published([("meldingen", "NL", year, "totaal", value, "rounded", year == "2023")
                        for year, value in (("2019", 120000), ("2020", 127410), ("2023", 127340))], case)
    totals = census([("E01", 19, 26, 0), ("E02", 5, 24, 1)], case)
    return stopped, stopped.where(wave="T2").derive(benchmark.funnel), parts, totals, counts


def all_figures(case):
    """One of each kind, for this reader."""
    stopped, placed, parts, totals, counts = numbers()
    return {
        "waves": lambda: figures.waves(stopped, case, **HERE),
        "intervals": lambda: figures.intervals(stopped.where(wave="T2"), case, by="measure", **HERE),
        "bars": lambda: figures.bars(totals, case, by="element", **HERE),
        "stacked": lambda: figures.stacked(parts, case, by="region", parts="direction", **HERE),
        "series": lambda: figures.series(counts, case, breaks={"2020": "Andere telling."}, **HERE),
        "funnel": lambda: figures.funnel(placed, case, **HERE),
        "tiles": lambda: figures.tiles(placed, case, PLACES, **HERE),
    }
