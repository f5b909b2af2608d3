"""Figures of all regions at once: a funnel and a tile map; never a list from best to worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from hgeval import benchmark, drawing, layout, wording
from hgeval import figures_style as style
from hgeval.disclosure import NATIONAL, Released
from hgeval.errors import EstimateError
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader

OTHER = "andere regio"
_LIMITS = ["low95", "high95", "low998", "high998"]
_NOTE = {benchmark.LOWER: "lower", benchmark.ALIKE: "no_difference", benchmark.HIGHER: "higher"}
_LOOK = {  # fill and pattern of a tile: apart without colour too
    benchmark.LOWER: ("#F6DFC8", "///"), benchmark.HIGHER: ("#C9DDF0", "..."),
    benchmark.ALIKE: ("#FFFFFF", ""), benchmark.TOO_FEW: ("#EEEEEE", ""),
}


def funnel(
    released: Released, case: Reader, *, id: str, title: str, source: str, alt: str = "", notes: Sequence[str] = ()
) -> Exhibit:
    """All regions by number of families, with the limits of chance; only the own region has its name.

    released: shares with the columns of `benchmark.funnel`, by `released.derive(benchmark.funnel)`.
    """
    frame = drawing.one_row_each(layout.visible(released), ["region", *_LIMITS], case)
    drawing.single(frame, "measure")
    hidden = frame["value"].isna().sum()
    frame = _without_names(frame, case)

    def paint(axes: Axes) -> None:
        _limits(axes, frame)
        known = frame.dropna(subset=["value", "n"])
        points = known[["n", "value"]].astype("float64")
        sns.scatterplot(data=points, x="n", y="value", color=style.GREY, s=36, ax=axes)
        for _, row in known[_named(known, case)].iterrows():
            _name(axes, row, case)
        for _, row in frame[(frame["region"] == case.region) & frame["value"].isna()].iterrows():
            text = style.plain(f"{drawing.region_name(row['region'], case)}: {row['words']}")
            axes.text(0.99, 0.98, text, ha="right", va="top", color=style.OWN, weight="bold", transform=axes.transAxes)
        unit = wording.measure(frame["measure"].iloc[0]).unit
        axes.set(xlabel=style.plain(f"Aantal {unit}"), ylabel="")
        style.value_axis(axes.yaxis, "share")

    own = frame[frame["region"] == case.region]
    compared = [wording.message(_NOTE.get(position, "too_few_to_compare")) for position in own["position"]]
    left = [wording.message("regions_hidden", n=wording.number(hidden))] if hidden else []
    return drawing.figure(
        released, case, frame, ["region", "n", "value", "target", *_LIMITS, "position"], paint, kind="Trechterfiguur",
        height=4.2, id=id, title=title, source=source, alt=alt, notes=[*compared, *left, *notes],
        told=_tell(frame, own, case),
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
    here = [f"{name}: {row['words']}, {row['position']}." for _, row in own.iterrows()]
    country = [f"Nederland: {wording.percent(value)}." for value in frame["target"].head(1)]
    return " ".join([*country, *here, _spread(known)])


def _spread(frame: pd.DataFrame) -> str:
    """How many regions lie where; without positions, where to find the numbers."""
    if "position" not in frame:
        return "De cijfers staan in de tabel."
    counts = frame["position"].value_counts().reindex(benchmark.POSITIONS[:3], fill_value=0)
    return f"Van {counts.sum()} regio's: {', '.join(f'{number} {position}' for position, number in counts.items())}."


def _named(frame: pd.DataFrame, case: Reader) -> pd.Series:
    """The own region; in a report on the country the regions outside the limits."""
    beyond = frame["position"].isin([benchmark.LOWER, benchmark.HIGHER])
    return beyond if case.region == NATIONAL else frame["region"] == case.region


def _limits(axes: Axes, frame: pd.DataFrame) -> None:
    """The national line and the limits of chance, each with its name at the right."""
    known = frame.dropna(subset=["value", "n"])
    target, largest = float(frame["target"].iloc[0]), int(known["n"].max())
    smallest = max(5, int(known["n"].min() * 0.7))
    curve = benchmark.funnel_curve(target, np.arange(smallest, largest * 1.08 + 2, dtype=int))
    ends = [(target, f"Nederland {wording.percent(target)}", style.NATION)]
    axes.plot(curve["n"], curve["target"], color=style.NATION, linewidth=1.6)
    for name, text, dashes in (("95", "grens 95%", (0, (5, 3))), ("998", "grens 99,8%", (0, (1, 1.5)))):
        for side in ("low", "high"):
            axes.plot(curve["n"], curve[f"{side}{name}"], color=style.INK, linewidth=1.2, linestyle=dashes)
        ends.append((float(curve[f"high{name}"].iloc[-1]), text, style.INK))
    axes.set_xlim(curve["n"].iloc[0], curve["n"].iloc[-1])
    axes.set_ylim(0, min(1.0, max(float(known["value"].max()), curve["high95"].max()) * 1.1))
    style.end_labels(axes, ends)


def _name(axes: Axes, row: pd.Series, case: Reader) -> None:
    own = row["region"] == case.region
    n, value = float(row["n"]), float(row["value"])
    axes.plot([n], [value], "o", color=style.OWN, markersize=11 if own else 7, zorder=4)
    left = n > np.mean(axes.get_xlim())
    axes.annotate(
        style.plain(f"{drawing.region_name(row['region'], case)} {row['words']}"), (n, value), color=style.OWN,
        xytext=(-9 if left else 9, 9), textcoords="offset points", ha="right" if left else "left", zorder=5,
        weight="bold" if own else "normal", bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )


def _tile(axes: Axes, row: pd.Series, column: float, line: float, case: Reader) -> None:
    position = row.get("position")
    fill, hatch = _LOOK.get(position, _LOOK[benchmark.ALIKE])
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
