"""From a release to a drawn exhibit: which rows, what they are called, and what the alternative text tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from hgeval import column_kinds, exhibits, figures_style, layout, wording
from hgeval.disclosure import Released
from hgeval.errors import EstimateError
from hgeval.exhibits import Exhibit
from hgeval.layout import HIDDEN, HIDDEN_WORDS, UNKNOWN_WORDS, Lines, Reader
from hgeval.types import Record

NUMBERS = ("n", "events", "value", "low", "high")
_COUNTING = ("share", "count", "number")
_ANSWERING = "regio's"  # what a census counts: those that answered
_SIGNS = "abcdefgh"  # of the breaks in a series
_MOST_TOLD = 22  # rows that the alternative text tells one by one: as many as the longest list of bars has


def figure(
    released: Released, case: Reader, frame: pd.DataFrame, columns: Sequence[str], paint: Callable[..., None], *,
    kind: str, height: float, id: str, title: str, source: str, alt: str, notes: Sequence[str], told: str = "",
    spec: Callable[[], Record] | None = None,
) -> Exhibit:
    """The figure with exactly these rows beside it; a sentence instead where there is nothing to draw.

    told: what the alternative text says instead of the rows one by one.
    spec: gives all that `paint` draws from, as plain values; the same picture is then drawn once for all reports.
    """
    lines = layout.lay_out(frame, case, _told(frame, columns))
    if frame["value"].notna().any():
        png = _drawn(case, height, paint, spec)
        told = f"{kind}. {title.rstrip('.')}{'' if title.endswith('?') else '.'} {told or tell(frame, lines, case)}"
    else:
        told = f"{exhibits.TOO_FEW}: {title}"
        png = figures_style.render(1.2, lambda axes: figures_style.words_only(axes, f"{exhibits.TOO_FEW}."))
        if all(dotted := layout.dotted(lines)):
            lines, notes = layout.without(lines, dotted), [wording.message("all_hidden"), *notes]
    return Exhibit(
        kind="figure", id=id, title=title, alt=alt or told, source=source, lines=lines, released=released,
        notes=(*notes, *layout.signs(lines)), png=png,
    )


def _told(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The columns, without `events` where what is shown was not counted, such as days."""
    uncounted = frame.loc[~frame["status"].isin(HIDDEN), "events"].isna().all() and frame["value"].notna().any()
    return [name for name in columns if not (name == "events" and uncounted)]


def _drawn(
    case: Reader, height: float, paint: Callable[..., None], spec: Callable[[], Record] | None
) -> bytes:
    if spec is None:
        return figures_style.render(height, paint)
    given = spec()
    return case.picture(
        [paint.__name__, height, figures_style.DPI, given],
        lambda: figures_style.render(height, partial(paint, **given)),
    )


def plain(values: pd.Series) -> list[float | None]:
    """Numbers as a spec holds them; None where there is none."""
    return [None if pd.isna(value) else float(value) for value in values]


def one_row_each(frame: pd.DataFrame, keys: Sequence[str], case: Reader, *, ranged: bool = False) -> pd.DataFrame:
    """The frame with its numbers in `words`, if it has one row for each combination of `keys`."""
    absent = [name for name in (*keys, "value") if name not in frame]
    if absent:
        raise EstimateError(f"Deze figuur mist de kolom {', '.join(absent)}. Bekend zijn: {', '.join(frame.columns)}.")
    if frame.duplicated(list(keys)).any():
        raise EstimateError(
            f"Er is meer dan één rij voor dezelfde {' en '.join(keys)}. Kies eerst de rijen voor deze figuur, met "
            ".where(kolom=waarde)."
        )
    return frame.assign(words=words(frame, case, ranged=ranged)).reset_index(drop=True)


def single(frame: pd.DataFrame, column: str) -> None:
    """Raises EstimateError where a figure that shows one of something gets more."""
    if frame[column].nunique() > 1:
        raise EstimateError(f"Deze figuur toont één waarde van {column}. Kies die eerst, met .where({column}=waarde).")


def words(frame: pd.DataFrame, case: Reader, *, ranged: bool = False) -> list[str]:
    """The number of each row as a figure prints it: 30%, 19 van de 26, or why there is none."""
    columns = [*(name for name in NUMBERS if name in frame)]
    lines = layout.lay_out(frame, case, columns)
    found = []
    for printed, method, status in zip(lines.display, frame["method"], lines.status, strict=True):
        cell = dict(zip(columns, printed, strict=True))
        text = f"{cell['events']} van de {cell['n']}" if method == "share" else cell["value"]
        if ranged and cell["low"] not in ("", wording.MISSING):
            text += f" ({cell['low']} tot {cell['high']})"
        found.append(text if cell["value"] not in (wording.MISSING, UNKNOWN_WORDS) else hidden_word(status))
    return found


def in_order(frame: pd.DataFrame, column: str, codes: Iterable[str]) -> pd.DataFrame:
    """One row for each code, also where the frame has none."""
    rows = frame.set_index(column).reindex(list(codes))
    return rows.fillna({"words": UNKNOWN_WORDS, "status": "none"})


def names(frame: pd.DataFrame, column: str, case: Reader) -> dict[str, str]:
    """The codes of a column in the order of the rows, each with the reader's word for it."""
    name_of = layout.namer(case)
    return {code: wording.capital(name_of(column, code)) for code in frame[column].dropna().unique()}


def region_name(code: str, case: Reader) -> str:
    """The name of a region in the study's division."""
    return layout.namer(case)("region", code)


def kind(frame: pd.DataFrame) -> str:
    """What the drawn values are; a figure with one axis shows one kind."""
    found = set(column_kinds.kinds(frame, "value"))
    if len(found) > 1:
        raise EstimateError("Deze figuur krijgt verschillende soorten cijfers. Kies één soort, met .where(...).")
    return min(found)


def counting(frame: pd.DataFrame) -> str:
    """What the axis of the values counts: the units, or a part of them."""
    units = {wording.measure(code).unit for code in frame["measure"].unique()}
    if kind(frame) == "days":
        return wording.column("days")
    if kind(frame) not in _COUNTING or len(units) != 1 or not min(units):
        return ""
    if kind(frame) == "share" and set(frame["method"]) == {"share"} and units == {_ANSWERING}:
        return wording.column("part_answered")
    return f"{wording.column('part' if kind(frame) == 'share' else 'n')} {min(units)}"


def told(frame: pd.DataFrame) -> list[str]:
    """The value, with its range where there is one: the alternative text tells it, so the cells hold it too."""
    return ["value", "low", "high"] if frame["low"].notna().any() else ["value"]


def counted(frame: pd.DataFrame) -> list[str]:
    """The counts that stand beside the value: none where the value is the count itself."""
    if set(frame["method"]) <= {"count", "published"}:
        return []
    return [name for name in ("events", "n") if frame[name].notna().any()]


def top(frame: pd.DataFrame) -> float:
    """Where the axis of the values ends: above the highest value or range."""
    ends = [frame[name].max() for name in ("value", "high") if name in frame and frame[name].notna().any()]
    highest = float(max(ends, default=0)) or 1.0
    return min(1.0, np.ceil(highest * 10 + 0.3) / 10) if kind(frame) == "share" else highest * 1.08


def period_times(periods: pd.Series) -> list[float]:
    """Periods as years and parts of years, so that a missing year leaves room; else their order."""
    matches = [re.fullmatch(r"(\d{4})(?:([HKQ])(\d)|-(\d{2}))?\**", str(period)) for period in periods]
    found = [match.groups() for match in matches if match]
    if len(found) < len(matches):
        order = {period: place for place, period in enumerate(sorted(set(periods)))}
        return [float(order[period]) for period in periods]
    return [
        int(year) + ((int(part) - 1) / (2 if letter == "H" else 4) if letter else (int(month or 1) - 1) / 12)
        for year, letter, part, month in found
    ]


def wave_places(months: Sequence[int]) -> list[float]:
    """Where waves stand from 0 to 1: to scale, or evenly where that would put them too close to read."""
    scale = np.array(months, dtype=float) - min(months, default=0)
    scale = scale / max(scale.max(initial=0), 1)
    places: list[float] = (scale if (np.diff(scale) >= 0.18).all() else np.linspace(0, 1, len(months))).tolist()
    return places


def breaks_within(breaks: Mapping[str, str], times: pd.Series) -> dict[str, tuple[float, str]]:
    """The breaks that lie inside the series: a letter, where its line stands, and what the note under it says.

    A line stands just before the first period that was counted in the new way.
    """
    before = np.diff(np.unique(times)).min(initial=1) / 2  # initial: a line at most half a year before
    starts = zip(period_times(pd.Series(list(breaks), dtype="str")), breaks.items(), strict=True)
    inside = sorted((start, *told) for start, told in starts if times.min() < start <= times.max() + before)
    return {
        sign: (start - before, f"vanaf {wording.period(period)}. {text}")
        for sign, (start, period, text) in zip(_SIGNS, inside, strict=False)
    }


def hidden_word(status: str) -> str:
    """What stands where a number is missing."""
    return HIDDEN_WORDS if status in HIDDEN else UNKNOWN_WORDS


def tell(frame: pd.DataFrame, lines: Lines, case: Reader) -> str:
    """The rows in words: each of them, or where there are many the first, last, lowest and highest."""
    texts = [at for at, column in enumerate(lines.columns) if column.kind == "text"]
    labels = [", ".join(printed[at] for at in texts) for printed in lines.display]
    numbers = words(frame, case, ranged=True)
    rows = [
        f"{label}: {number.rstrip('*') if label.endswith('*') else number}"
        for label, number in zip(labels, numbers, strict=True)
    ]
    if len(rows) <= _MOST_TOLD:
        return "; ".join(rows) + "."
    known = frame["value"].reset_index(drop=True).dropna()
    ends = {"eerste": known.index[0], "laatste": known.index[-1], "laagste": known.idxmin(), "hoogste": known.idxmax()}
    return f"{len(rows)} punten: {'; '.join(f'{which} {rows[at]}' for which, at in ends.items())}."
