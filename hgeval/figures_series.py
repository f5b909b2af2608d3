"""Figures over time: published figures from year to year, with what changed in how they were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hgeval import drawing, layout, wording
from hgeval import figures_style as style
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.types import Record


def series(
    released: Released, case: Reader, *, by: str = "region", breaks: Mapping[str, str] | None = None,
    id: str, title: str, source: str, alt: str = "", notes: Sequence[str] = (),
) -> Exhibit:
    """A line through the periods for each group (`by`); `breaks` says what changed from which period on.

    A period without a number, between two that have one, interrupts the line.
    """
    frame = drawing.one_row_each(layout.visible(released), [by, "period"], case)
    drawing.single(frame, "measure")
    frame = frame.assign(time=drawing.period_times(frame["period"])).sort_values([by, "time"], ignore_index=True)
    names = drawing.names(frame, by, case)
    changed = drawing.breaks_within(breaks or {}, frame["time"])

    def spec() -> Record:
        return {
            "lines": [_spec_line(frame[frame[by] == code], name) for code, name in names.items()],
            "ticks": _ticks(frame), "breaks": [(sign, time) for sign, (time, _) in changed.items()],
            "top": drawing.top(frame) * 1.08, "kind": drawing.kind(frame), "counting": drawing.counting(frame),
        }

    told = [f"{sign}: {text}" for sign, (_, text) in changed.items()]
    return drawing.figure(
        released, case, frame, [by, "period", *drawing.told(frame)], paint_series, spec=spec, height=3.6,
        kind="Lijnfiguur door de tijd", id=id, title=title, source=source, alt=alt, notes=[*told, *notes],
    )


def paint_series(
    axes: Axes, *, lines: list[Record], ticks: list[tuple[float, str]], breaks: list[tuple[str, float]], top: float,
    kind: str, counting: str,
) -> None:
    """What `series` draws, from these alone."""
    ends: list[tuple[float, str, str]] = []
    for place, line in enumerate(lines):
        _line(axes, line, place)
        known = [at for at, value in enumerate(line["values"]) if value is not None][-1:]
        ends += [(line["values"][at], f"{line['name']} {line['words'][at]}", style.LINES[place % 6]) for at in known]
    axes.set_ylim(0, top)
    style.value_axis(axes.yaxis, kind)
    style.end_labels(axes, ends)
    axes.set_xticks([time for time, _ in ticks], [label for _, label in ticks])
    axes.grid(visible=False, axis="x")
    axes.set_ylabel(counting)
    for sign, time in breaks:
        axes.axvline(time, color=style.INK, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.text(time, 1.0, sign, ha="center", va="bottom", weight="bold", transform=axes.get_xaxis_transform())


def _spec_line(rows: pd.DataFrame, name: str) -> Record:
    return {
        "name": name, "times": rows["time"].tolist(), "values": drawing.plain(rows["value"]),
        "words": rows["words"].tolist(), "open": _provisional(rows).tolist(),
    }


def _line(axes: Axes, line: Record, place: int) -> None:
    """A line, open where a period has no number; a dot is open where the figure is provisional."""
    times, value = np.array(line["times"], dtype="float64"), np.array(line["values"], dtype="float64")
    colour, marker, open_dot = style.LINES[place % 6], style.MARKERS[place % 6], np.array(line["open"], dtype="bool")
    axes.plot(times, value, color=colour)  # seaborn would draw on over what is missing
    size = 7 if len(times) <= 15 else 3.5
    for chosen, face in ((~open_dot, colour), (open_dot, "white")):
        axes.plot(times[chosen], value[chosen], marker, color=colour, mfc=face, markersize=size)


def _provisional(rows: pd.DataFrame) -> pd.Series:
    return rows.get("provisional", pd.Series(False, index=rows.index)).fillna(False).astype(bool)


def _ticks(frame: pd.DataFrame) -> list[tuple[float, str]]:
    """Every period by name, or only the start of the years where there are many."""
    moments = frame.drop_duplicates("time").sort_values("time")
    if len(moments) > 8:
        return [(time, f"{time:.0f}") for time in moments["time"] if time % 1 == 0]
    return [
        (time, style.plain(wording.period(period).rstrip("*") + "*" * star, 12))
        for time, period, star in zip(moments["time"], moments["period"], _provisional(moments), strict=True)
    ]
