"""Figures: released numbers drawn, with an alternative text and the drawn numbers beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from hgeval import drawing, layout, wording
from hgeval import figures_style as style
from hgeval.disclosure import Released
from hgeval.drawing import NUMBERS
from hgeval.errors import EstimateError
from hgeval.exhibits import Exhibit
from hgeval.figures_regions import funnel, tiles
from hgeval.figures_series import series
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.types import Record

_BAR = 0.66  # thickness, of the room for a bar
__all__ = ["bars", "funnel", "intervals", "series", "stacked", "tiles", "waves"]


def waves(
    released: Released, case: Reader, *, id: str, title: str, source: str, alt: str = "", notes: Sequence[str] = ()
) -> Exhibit:
    """One measure per wave with its range: the own region, and the Netherlands beside it."""
    frame = _beside_national(released, case, "wave")
    drawing.single(frame, "measure")
    months = {wave.code: wave.months for wave in case.config.waves if wave.code in set(frame["wave"])}
    ticks = [wording.capital(layout.namer(case)("wave", code)) for code in months]

    def paint(axes: Axes) -> None:
        places = pd.Series(drawing.wave_places(list(months.values())), index=list(months))
        ends = []
        for shift, (region, rows) in zip((-0.01, 0.01), frame.groupby("region", sort=False), strict=False):
            rows, name = drawing.in_order(rows, "wave", months), drawing.region_name(str(region), case)
            own = region == case.region
            _slope(axes, places + shift, rows, own=own)
            ends += _end(axes, places + shift, rows, name, own=own)
            if own:
                _hidden(axes, places, rows)
        axes.set_ylim(0, drawing.top(frame))
        style.value_axis(axes.yaxis, drawing.kind(frame))
        style.end_labels(axes, ends)
        axes.set_xticks(places.tolist(), [style.plain(tick, 14) for tick in ticks])
        axes.set(xlim=(-0.06, 1.04), ylabel=drawing.counting(frame))
        axes.grid(visible=False, axis="x")

    return drawing.figure(
        released, case, frame, ["region", "wave", *NUMBERS], paint, kind="Lijnfiguur met marges", height=3.6,
        id=id, title=title, source=source, alt=alt, notes=notes,
    )


def intervals(
    released: Released, case: Reader, *, by: str, id: str, title: str, source: str, alt: str = "",
    notes: Sequence[str] = (),
) -> Exhibit:
    """A dot with its range for each measure or group (`by`): the own region, and the Netherlands as a diamond."""
    frame = _beside_national(released, case, by)
    names = drawing.names(frame, by, case)

    def paint(axes: Axes) -> None:
        for region, rows in frame.groupby("region", sort=False):
            own = region == case.region
            rows = drawing.in_order(rows, by, names)
            _dots(axes, rows, own=own, name=drawing.region_name(str(region), case))
            if own:
                _right_column(axes, rows["words"])
        style.rows_axis(axes, list(names.values()))
        axes.set_xlim(0, drawing.top(frame))
        style.value_axis(axes.xaxis, drawing.kind(frame))
        axes.set_xlabel(drawing.counting(frame))
        style.legend_above(axes, [drawing.region_name(region, case) for region in frame["region"].unique()])

    return drawing.figure(
        released, case, frame, [by, "region", *NUMBERS], paint, kind="Figuur met stippen en marges",
        height=1.1 + 0.5 * len(names), id=id, title=title, source=source, alt=alt, notes=notes,
    )


def bars(
    released: Released, case: Reader, *, by: str, id: str, title: str, source: str, alt: str = "",
    notes: Sequence[str] = (),
) -> Exhibit:
    """A bar for each group (`by`) in the order given, with its number in words at the end."""
    frame = drawing.one_row_each(layout.visible(released), [by], case)
    names = drawing.names(frame, by, case)

    def spec() -> Record:
        return {
            "names": list(names.values()), "values": drawing.plain(frame["value"]), "words": frame["words"].tolist(),
            "kind": drawing.kind(frame), "counting": drawing.counting(frame),
        }

    return drawing.figure(
        released, case, frame, [by, *drawing.counted(frame), *drawing.told(frame)], paint_bars, spec=spec,
        kind="Staafdiagram", height=0.9 + 0.4 * len(names), id=id, title=title, source=source, alt=alt, notes=notes,
    )


def paint_bars(
    axes: Axes, *, names: list[str], values: list[float | None], words: list[str], kind: str, counting: str
) -> None:
    """What `bars` draws, from these alone."""
    data = pd.DataFrame({"place": range(len(values)), "value": np.array(values, dtype="float64")})
    sns.barplot(data=data, y="place", x="value", orient="h", errorbar=None, color=style.OWN, saturation=1,
                width=_BAR, ax=axes)
    for place, text in enumerate(words):
        axes.annotate(style.plain(text), (np.nan_to_num(data["value"][place]), place), xytext=(5, 0),
                      textcoords="offset points", va="center",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    style.rows_axis(axes, names)
    axes.set(xlabel=counting, ylabel="", xlim=(0, 1 if kind == "share" else None))
    style.value_axis(axes.xaxis, kind)
    axes.axvline(0, color=style.GREY)


def stacked(
    released: Released, case: Reader, *, by: str, parts: str, id: str, title: str, source: str, alt: str = "",
    notes: Sequence[str] = (),
) -> Exhibit:
    """What a whole is made of: a bar of 100 percent for each group (`by`), cut into `parts`."""
    frame = drawing.one_row_each(layout.visible(released), [by, parts], case)
    names, kinds = drawing.names(frame, by, case), drawing.names(frame, parts, case)
    if len(kinds) > len(style.PARTS):
        raise EstimateError(f"Deze figuur toont ten hoogste {len(style.PARTS)} delen. Gebruik figures.bars.")

    def paint(axes: Axes) -> None:
        for place, code in enumerate(names):
            rows = drawing.in_order(frame[frame[by] == code], parts, kinds)
            (shares,) = _floats(rows, "value")
            _stack(axes, place, shares, rows["words"].tolist())
        for at, name in enumerate(kinds.values()):
            axes.barh([0], [0], color=style.PARTS[at], hatch=style.HATCHES[at], label=style.plain(name, 30))
        style.rows_axis(axes, list(names.values()))
        axes.set(xlim=(0, 1), xticks=np.linspace(0, 1, 5))
        style.value_axis(axes.xaxis, "share")
        axes.grid(visible=False)
        axes.set_xlabel(drawing.counting(frame))
        style.legend_above(axes, list(kinds.values()))

    return drawing.figure(
        released, case, frame, [by, parts, *drawing.counted(frame), *drawing.told(frame)], paint,
        kind="Gestapeld staafdiagram", height=1.2 + 0.5 * len(names), id=id, title=title, source=source, alt=alt,
        notes=notes,
    )


def _beside_national(released: Released, case: Reader, by: str) -> pd.DataFrame:
    """The rows of the own region, then those of the Netherlands."""
    frame = layout.visible(released)
    parts = [frame[frame["region"] == region] for region in dict.fromkeys((case.region, NATIONAL))]
    return drawing.one_row_each(pd.concat(parts), ["region", by], case, ranged=by != "wave")


def _look(own: bool) -> dict[str, Any]:
    return {"color": style.OWN, "marker": "o"} if own else {"color": style.NATION, "marker": "D", "mfc": "white"}


def _floats(rows: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [rows[name].to_numpy(dtype="float64", na_value=np.nan) for name in names]


def _slope(axes: Axes, places: pd.Series, rows: pd.DataFrame, *, own: bool) -> None:
    value, low, high = _floats(rows, "value", "low", "high")
    axes.vlines(places, low, high, color=_look(own)["color"], linewidth=1.6)
    axes.plot(places, value, markersize=7, zorder=3, **_look(own))


def _hidden(axes: Axes, places: pd.Series, rows: pd.DataFrame) -> None:
    """A word at the earlier waves where the own region has no number to show; the last has the label at the end."""
    for place, found, text in list(zip(places, rows["value"], rows["words"], strict=True))[:-1]:
        if pd.isna(found):
            axes.text(place, 0.02, text, ha="left" if place < 0.1 else "center", color=style.OWN,
                      transform=axes.get_xaxis_transform())


def _end(axes: Axes, places: pd.Series, rows: pd.DataFrame, name: str, *, own: bool) -> list[tuple[float, str, str]]:
    """The label for the end of a line; where the line stops earlier, its last dot has one too."""
    colour, known, last = _look(own)["color"], rows["value"].dropna(), rows.iloc[-1]
    if len(known) and pd.isna(last["value"]):
        text = style.plain(f"{name} {rows.loc[known.index[-1], 'words']}")
        axes.annotate(text, (places[known.index[-1]], known.iloc[-1]), xytext=(-8 if own else 8, 10),
                      textcoords="offset points", ha="right" if own else "left", color=colour)
    end = 0.0 if pd.isna(last["value"]) else float(last["value"])
    return [(end, f"{name}{':' if pd.isna(last['value']) else ''} {last['words']}", colour)]


def _dots(axes: Axes, rows: pd.DataFrame, *, own: bool, name: str) -> None:
    value, low, high = _floats(rows, "value", "low", "high")
    places = np.arange(len(rows)) + (-0.1 if own else 0.2)
    axes.hlines(places, low, high, color=_look(own)["color"], linewidth=2.4 if own else 1.2)
    axes.plot(value, places, linestyle="", markersize=8 if own else 6, zorder=3, label=style.plain(name), **_look(own))


def _right_column(axes: Axes, words: Iterable[str]) -> None:
    for place, text in enumerate(words):
        axes.text(1.02, place, text, va="center", color=style.OWN, transform=axes.get_yaxis_transform())


def _stack(axes: Axes, place: int, shares: np.ndarray, words: Sequence[str]) -> None:
    """One bar; what is left beside the shown parts stays open, with a word in it."""
    left = 0.0
    for at, share in enumerate(np.nan_to_num(shares)):
        axes.barh(place, share, left=left, height=_BAR, color=style.PARTS[at], hatch=style.HATCHES[at],
                  edgecolor="white")
        if share >= 0.09:
            box = {"facecolor": style.PARTS[at], "edgecolor": "none", "pad": 1.5}
            axes.text(left + share / 2, place, words[at], ha="center", va="center", color="white", bbox=box)
        left += share
    if np.isnan(shares).any() and left < 1:
        axes.barh(place, 1 - left, left=left, height=_BAR, fill=False, edgecolor=style.GREY, linestyle=":")
        text = layout.HIDDEN_WORDS if left <= 0.82 else wording.MISSING
        axes.text((1 + left) / 2, place, text, ha="center", va="center")
