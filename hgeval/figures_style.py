"""How figures look: colours with contrast, letters, sizes, and a PNG with the same bytes every time."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from functools import cache

import matplotlib.style
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from hgeval import wording

WIDTH, DPI = 7.0, 144  # inches, dots an inch: sharp at the width of a page
INK, GREY, PALE = "#1B1B1B", "#6B6B6B", "#D9D9D9"
OWN, NATION = "#154273", "#B35900"  # dark blue and burnt orange: apart for every kind of colour vision
LINES = (OWN, NATION, "#6B4C9A", "#2F6DA3", "#6B6B6B", "#3B3B3B")
PARTS = (OWN, "#2F6DA3", "#6B6B6B", NATION, "#6B4C9A", "#3B3B3B")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---")
MARKERS = ("o", "D", "s", "^", "v", "P")
FONT = "DejaVu Sans"
_PACKED = 3  # as small as the usual 6 for such flat pictures, in two thirds of the time
_SETTINGS = {
    "font.family": FONT, "font.size": 10, "axes.labelsize": 10, "xtick.labelsize": 10, "ytick.labelsize": 10,
    "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.edgecolor": GREY, "axes.grid": True, "axes.axisbelow": True, "grid.color": PALE, "grid.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "hatch.color": "white", "hatch.linewidth": 0.5,
    "lines.linewidth": 2.0, "legend.frameon": False, "legend.fontsize": 10, "axes.unicode_minus": False,
    "figure.facecolor": "white", "savefig.facecolor": "white",
}


def render(height: float, paint: Callable[[Axes], None]) -> bytes:
    """A figure of this height, painted in the house style whatever the session's own settings are."""
    with matplotlib.style.context(["default", _SETTINGS]):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
        paint(figure.subplots())
        return to_png(figure)


def to_png(figure: Figure) -> bytes:
    """The picture without date, program or version in it."""
    buffer = io.BytesIO()
    # not savefig: that draws all of it twice, the first time only to place it. The bytes are the same
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None}, pil_kwargs={"compress_level": _PACKED})
    return buffer.getvalue()


def words_only(axes: Axes, text: str) -> None:
    """A sentence where a figure would be empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, plain(text), ha="center", va="center", fontsize=12, transform=axes.transAxes)


def plain(text: str, width: int = 0) -> str:
    """Text in signs that the letters of the figure have, on lines of at most that width."""
    shown = "".join(sign if ord(sign) in _signs() else "?" for sign in " ".join(text.split()))
    return textwrap.fill(shown, width) if width else shown


@cache
def _signs() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont(FONT)).get_charmap())


def value_axis(axis: Axis, kind: str) -> None:
    """Ticks as the kind of number is printed: 30%, or 1.234,5."""
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    if kind == "share":
        axis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(round(value, 6))))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: wording.number(value, int(value % 1 > 1e-9))))


def rows_axis(axes: Axes, names: Sequence[str]) -> None:
    """Names from top to bottom, long ones on more lines."""
    axes.set_yticks(range(len(names)), [plain(name, 36) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")


def legend_above(axes: Axes, names: Sequence[str]) -> None:
    """What each look means, over the whole width; on more lines where the names are long."""
    room = sum(len(name) + 8 for name in names)
    axes.figure.legend(loc="outside upper left", ncols=len(names) if room <= 80 else 2, handlelength=1.6)


def end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Each line's name (place, text, colour) right of the figure, moved apart where they would touch."""
    low, high = axes.get_ylim()
    lowest = low + (high - low) * 0.07  # clear of the ticks under the axis
    places = apart([max(end[0], lowest) for end in ends], (high - low) * 0.09)
    for place, (_, text, colour) in zip(places, ends, strict=True):
        axes.text(1.02, place, plain(text, 22), color=colour, va="center", linespacing=1.05,
                  transform=axes.get_yaxis_transform())


def apart(places: Sequence[float], gap: float) -> list[float]:
    """The places, moved to lie at least a gap from each other, in the same order."""
    order = np.argsort(places, kind="stable")
    found = np.asarray(places, dtype=float)[order]
    for _ in range(20 * len(found)):
        close = np.flatnonzero(np.diff(found) < gap * 0.999)
        if not len(close):
            break
        middle = found[close[0] : close[0] + 2].mean()
        found[close[0] : close[0] + 2] = middle - gap / 2, middle + gap / 2
    back = np.empty_like(found)
    back[order] = found
    moved: list[float] = back.tolist()
    return moved


def contrast(one: str, other: str = "#FFFFFF") -> float:
    """Contrast ratio of two colours as WCAG 2.1 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
