"""Figures of all regions at once: a funnel and a tile map; never a list from best to worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from scipy import special

from hgeval import benchmark, drawing, layout, rates, wording
from hgeval import figures_style as style
from hgeval.disclosure import Released
from hgeval.errors import EstimateError
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL

OTHER = "andere regio"
_LIMITS = ["low95", "high95", "low998", "high998"]
_NOTE = {benchmark.LOWER: "lower", benchmark.ALIKE: "no_difference", benchmark.HIGHER: "higher"}
_WHY_NOT = {benchmark.HIDDEN: "hidden_to_compare", benchmark.TOO_FEW: "too_few_to_compare"}
_LEFT_OUT = {benchmark.HIDDEN: "regions_hidden", benchmark.TOO_FEW: "national_few"}
_LINES = (
    ("95", "binnenste lijn (95%)", (0, (5, 3))), ("998", "buitenste lijn (99,8%)", (0, (1, 1.5))),
)
_OUTSIDE, _RARE = 0.05, 0.05  # of regions that do not differ; from here on so many outside are no chance
_DOT = 0.016  # of the width: what a dot moves aside for another
_MOST_NAMES = 4  # in one figure of the country: more of them run into each other
_NAME, _POINTS, _UPS = 0.3, 240, (14, -14, 24, -24)  # a name's width, the height in points, where it may stand
_LOOK = {  # fill and pattern of a tile: apart without colour too
    benchmark.LOWER: ("#F6DFC8", "///"), benchmark.HIGHER: ("#C9DDF0", "..."),
    benchmark.ALIKE: ("#FFFFFF", ""), benchmark.TOO_FEW: ("#EEEEEE", ""), benchmark.HIDDEN: ("#EEEEEE", ""),
}


def funnel(
    released: Released, case: Reader, *, id: str, title: str, source: str, alt: str = "", notes: Sequence[str] = ()
) -> Exhibit:
    """All regions by number of families, with the limits of chance; only the own region has its name.

    released: shares with the columns of `benchmark.funnel`, by `released.derive(benchmark.funnel)`.
    """
    frame = drawing.one_row_each(layout.visible(released), ["region", *_LIMITS], case)
    drawing.single(frame, "measure")
    left = _left_out(frame)
    frame = _without_names(frame, case)

    def paint(axes: Axes) -> None:
        _limits(axes, frame)
        known = frame.dropna(subset=["value", "n"])
        points = _side_by_side(known[["n", "value"]].astype("float64"), axes)
        sns.scatterplot(data=points, x="n", y="value", color=style.GREY, s=36, ax=axes)
        for _, row in known[_named(known, case)].iterrows():
            _name(axes, row, points, case)
        for _, row in frame[(frame["region"] == case.region) & frame["value"].isna()].iterrows():
            text = style.plain(f"{drawing.region_name(row['region'], case)}: {row['words']}")
            axes.text(0.99, 0.98, text, ha="right", va="top", color=style.OWN, weight="bold", transform=axes.transAxes)
        unit = wording.measure(frame["measure"].iloc[0]).unit
        axes.set(xlabel=style.plain(f"Aantal {unit}"), ylabel=style.plain(f"{wording.column('part')} {unit}"))
        style.value_axis(axes.yaxis, "share")

    own = frame[frame["region"] == case.region]
    mixed = bool(frame["expected"].notna().any()) if "expected" in frame else False
    beside = ["crude", "low", "high"] if mixed else []  # as measured, beside what is drawn
    return drawing.figure(
        released, case, frame, ["region", "n", *beside, "value", "target", *_LIMITS, "position"], paint,
        kind="Trechterfiguur", height=4.2, id=id, title=title, source=source, alt=alt, told=_tell(frame, own, case),
        notes=[*_compared(frame, own, case), *left, *_country(frame), *_two_shares(mixed), *notes],
    )


def tiles(
    released: Released, case: Reader, places: pd.DataFrame, *, id: str, title: str, source: str, alt: str = "",
    notes: Sequence[str] = (),
) -> Exhibit:
    """A tile for each region about where it lies, with its number and, where known, its position in words.

    places: region, column, row from the top left, as `reference.tiles(year)`.
    """
    shown = layout.visible(released)
    frame = drawing.one_row_each(shown[shown["region"] != NATIONAL], ["region"], case)
    drawing.single(frame, "measure")
    lost = set(frame["region"]) - set(places["region"])
    if lost:
        raise EstimateError(f"Op de tegelkaart ontbreken: {', '.join(sorted(lost))}. Kies de kaart van dat jaar.")
    spots = places.set_index("region").loc[frame["region"], ["column", "row"]].astype(float)

    def paint(axes: Axes) -> None:
        for (_, row), (column, line) in zip(frame.iterrows(), spots.to_numpy(), strict=True):
            _tile(axes, row, column, line, case)
        axes.set_xlim(spots["column"].min() - 0.55, spots["column"].max() + 0.55)
        axes.set_ylim(spots["row"].max() + 0.55, spots["row"].min() - 0.55)
        axes.set_axis_off()

    hidden = frame["value"].isna().sum()
    told = f"Een tegel voor elk van de {len(frame)} regio's; {hidden} zonder cijfer. {_spread(frame)}"
    rows = int(spots["row"].max() - spots["row"].min() + 1) if len(spots) else 1
    beside = ["position"] if "position" in frame else []
    return drawing.figure(
        released, case, frame, ["region", *drawing.counted(frame), "value", *beside], paint, kind="Tegelkaart",
        height=0.74 * rows + 0.2, id=id, title=title, source=source, alt=alt, notes=notes, told=told,
    )


def _compared(frame: pd.DataFrame, own: pd.DataFrame, case: Reader) -> list[str]:
    """The comparison with its wave, and what it means that a dot lies between the lines."""
    of = wording.some_regions(frame["value"].notna().sum())
    between = (frame["position"] == benchmark.ALIKE) & frame["beyond95"].fillna(False).astype(bool)
    if case.region == NATIONAL:
        beyond, shown = int(frame["beyond95"].fillna(False).sum()), int(frame["value"].notna().sum())
        if beyond and special.bdtrc(beyond - 1, shown, _OUTSIDE) < _RARE:
            return [wording.message("regions_spread", events=wording.number(beyond), n=of)]
        many = wording.number(between.sum())
        return [wording.message("regions_between", events=many, n=of)] if between.any() else []
    found = []
    for (_, row), near in zip(own.iterrows(), between[own.index], strict=True):
        name, code = ("wave", row["wave"]) if "wave" in own else ("measure", row["measure"])
        moment = wording.capital(layout.namer(case)(name, code))
        key = _NOTE.get(row["position"])
        found.append(wording.message(key, moment=moment) if key else wording.message(_WHY_NOT[row["position"]]))
        found += [wording.message("between_lines", n=of)] if near else []
    return found


def _left_out(frame: pd.DataFrame) -> list[str]:
    """How many regions have no dot: enough families and a share that is hidden, or too little data."""
    counts = frame.loc[frame["value"].isna(), "position"].value_counts()
    return [wording.message(key, n=wording.some_regions(counts[position]))
            for position, key in _LEFT_OUT.items() if counts.get(position, 0)]


def _country(frame: pd.DataFrame) -> list[str]:
    """What the country's line stands for: of how many it is, and its range."""
    names = ["target", "country_n", "country_low", "country_high"]
    if not set(names) <= set(frame) or frame.empty or frame[names].head(1).isna().to_numpy().any():
        return []
    target, n, low, high = frame[names].iloc[0]
    many = f"ongeveer {wording.number(n)} {wording.measure(frame['measure'].iloc[0]).unit}"
    share, low, high = (wording.points(each) for each in (target, low, high))
    return [wording.message("national_line", share=share, n=many, low=low, high=high)]


def _two_shares(mixed: bool) -> list[str]:
    return [wording.message("national_two_shares")] if mixed else []


def _side_by_side(points: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """The dots, those in one place moved beside each other so that each is seen."""
    same = points.groupby(["n", "value"])
    turn, many = same.cumcount(), same["n"].transform("size")
    return points.assign(n=points["n"] + (turn - (many - 1) / 2) * np.diff(axes.get_xlim())[0] * _DOT)


def _without_names(frame: pd.DataFrame, case: Reader) -> pd.DataFrame:
    """For a region: itself first, then the others without name in order of size, and not those that are hidden."""
    if case.region == NATIONAL:
        return frame
    own = frame["region"] == case.region
    others = frame[~own & frame["value"].notna()].sort_values(["n", "value"], kind="stable")
    return pd.concat([frame[own], others.assign(region=OTHER)], ignore_index=True)


def _tell(frame: pd.DataFrame, own: pd.DataFrame, case: Reader) -> str:
    """The country, the own region, and how many regions lie where: what a reader is to see in the funnel."""
    known = frame.dropna(subset="value")
    name = drawing.region_name(case.region, case)
    known_own = own.dropna(subset="value")
    here = [f"{name}: {row['words']}{_range(row)}, {_words(row['position'])}." for _, row in known_own.iterrows()]
    here += [f"{name}: {text}." for text in own.loc[own["value"].isna(), "words"]]
    first = frame[["target", "n"]].head(1).itertuples(index=False)  # as the first row of the table prints it
    country = [f"Nederland: {wording.percent(target, n=n)}." for target, n in first]
    return " ".join([*country, *here, _spread(known)])


def _range(row: pd.Series) -> str:
    """Of how many a share is, and between which lines chance alone would leave it, as the table prints them."""
    if row[["n", "low95", "high95"]].isna().any():
        return ""
    low, high = (wording.percent(row[name], n=row["n"]) for name in ("low95", "high95"))
    unit = wording.measure(row["measure"]).unit
    return f" van {wording.number(row['n'])} {unit} ({wording.column('chance')} {low} en {high})"


def _spread(frame: pd.DataFrame) -> str:
    """How many regions lie where; without positions, where to find the numbers."""
    if "position" not in frame:
        return "De cijfers staan in de tabel."
    counts = frame["position"].value_counts().reindex(benchmark.POSITIONS[:3], fill_value=0)
    told = ", ".join(f"{number} {_words(str(position))}" for position, number in counts.items())
    return f"Van {counts.sum()} regio's: {told}."


def _words(position: str) -> str:
    return wording.label("position", position)


def _named(frame: pd.DataFrame, case: Reader) -> pd.Series:
    """The own region; in a report on the country the regions outside the limits, unless they are too many to read."""
    beyond = frame["position"].isin([benchmark.LOWER, benchmark.HIGHER])
    if case.region == NATIONAL:
        return beyond & (beyond.sum() <= _MOST_NAMES)
    return frame["region"] == case.region


def _limits(axes: Axes, frame: pd.DataFrame) -> None:
    """The national line and the limits of chance, each with its name at the right."""
    known = frame.dropna(subset=["value", "n"])
    target, largest = float(frame["target"].iloc[0]), int(known["n"].max())
    smallest = max(5, int(known["n"].min() * 0.7))
    curve = _curve(known.iloc[0], np.arange(smallest, largest * 1.08 + 2, dtype=int))
    ends = [(target, f"Nederland {wording.percent(target)}", style.NATION)]
    axes.plot(curve["n"], curve["target"], color=style.NATION, linewidth=1.6)
    for name, text, dashes in _LINES:
        for side in ("low", "high"):
            axes.plot(curve["n"], curve[f"{side}{name}"], color=style.INK, linewidth=1.2, linestyle=dashes)
        ends.append((float(curve[f"high{name}"].iloc[-1]), text, style.INK))
    axes.set_xlim(curve["n"].iloc[0], curve["n"].iloc[-1])
    axes.set_ylim(0, min(1.0, max(float(known["value"].max()), curve["high95"].max()) * 1.1))
    style.end_labels(axes, ends)


def _curve(row: pd.Series, sizes: np.ndarray) -> pd.DataFrame:
    """The lines for so many families, with the target and the design effect that this row's dot is held to."""
    (deff,) = rates.design_effect(pd.Series([row["method"]]))
    return benchmark.funnel_curve(float(row["target"]), sizes, deff=deff)


def _name(axes: Axes, row: pd.Series, points: pd.DataFrame, case: Reader) -> None:
    own, value, n = row["region"] == case.region, float(row["value"]), points["n"].to_dict()[row.name]
    axes.plot([n], [value], "o", color=style.OWN, markersize=11 if own else 7, zorder=4)
    side, up = _clear(axes, row, points)
    axes.annotate(
        style.plain(f"{drawing.region_name(row['region'], case)} {row['words']}"), (n, value), color=style.OWN,
        xytext=(9 * side, up), textcoords="offset points", ha="right" if side < 0 else "left", va="center", zorder=5,
        weight="bold" if own else "normal", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )


def _clear(axes: Axes, row: pd.Series, points: pd.DataFrame) -> tuple[int, int]:
    """Where a name stands furthest from lines and dots: left or right of its own dot, and how many points above it."""
    (first, last), (low, high) = axes.get_xlim(), axes.get_ylim()
    n, value, width = points["n"].to_dict()[row.name], float(row["value"]), (last - first) * _NAME
    room: dict[tuple[int, int], float] = {}
    for side in (1, -1):
        start, end = sorted((n, n + side * width))
        lines = _curve(row, np.linspace(start, end, 9).round().clip(1))
        dots = points.loc[points["n"].between(start - width / 9, end + width / 9), "value"]
        taken = np.concatenate([lines[["target", *_LIMITS]].to_numpy().ravel(), dots])
        inside = first <= start and end <= last
        for up in _UPS:
            place = value + up * (high - low) / _POINTS
            room[side, up] = np.nanmin(np.abs(taken - place)) if inside and low < place < high else -1.0
    return max(room, key=room.__getitem__)


def _tile(axes: Axes, row: pd.Series, column: float, line: float, case: Reader) -> None:
    position = row.get("position")
    fill, hatch = _LOOK.get(str(position), _LOOK[benchmark.ALIKE])
    own = row["region"] == case.region
    axes.add_patch(Rectangle(
        (column - 0.48, line - 0.48), 0.96, 0.96, facecolor=fill, hatch=hatch, linewidth=3 if own else 1,
        edgecolor=style.OWN if own else style.GREY,
    ))
    box = {"facecolor": fill, "edgecolor": "none", "pad": 0.6}
    name = style.plain(drawing.region_name(row["region"], case), 12)
    axes.text(column, line - 0.14, name, ha="center", va="center", fontsize=7.5, linespacing=0.95, bbox=box)
    text = f"{position} {row['words']}" if position in (benchmark.LOWER, benchmark.HIGHER) else row["words"]
    letters = {"fontsize": 7.5} if pd.isna(row["value"]) else {"fontsize": 9, "weight": "bold"}
    axes.text(column, line + 0.31, text, ha="center", va="center", bbox=box, **letters)
