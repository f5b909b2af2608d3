"""Tables: released numbers with a caption, headings, their signs explained and a source."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import exhibits, layout, outcomes, rates, wording
from hgeval.disclosure import Released
from hgeval.errors import EstimateError
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL

_WITH_EVENTS = {"wilson", "share", "weighted"}
_MODELLED = {"model_share", "model_difference", "model_ratio"}
_WITH_N = {*_WITH_EVENTS, *_MODELLED, "amount", "median_iqr"}  # elsewhere n is the value itself, or public
_WITH_RANGE = {"wilson", "median_iqr"}
_RANGES = {"value": ("low", "high"), "crude": ("low", "high"), "expected": ("least", "most")}  # what goes with each
_PEOPLE = ("gezinnen", "meldingen")  # what an uncertain share may be of; one of cases and hands is only counted
_NO_FIGURE = "Geen cijfer voor deze regio"


def table(
    released: Released, case: Reader, *, id: str, title: str, source: str, columns: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Exhibit:
    """The rows of a release as a table, with the columns that suit such numbers unless others are named.

    In the page a value shares its cell with the range after it, and `events` with an `n` after it ("19 van de 26").
    """
    every = _with_somebody(layout.visible(released))
    frame, absent = _without_none(every, case)
    frame, hidden = _without_dots(frame, released, case)
    _refuse_bare(every, columns)
    lines, unseen = _without_unseen(layout.lay_out(frame, case, list(columns) or _usual(every)))
    return Exhibit(
        kind="table", id=id, title=title, alt=_alt(title, lines, [*absent, *unseen]), source=source, lines=lines,
        released=released, notes=(*absent, *hidden, *unseen, *notes, *layout.signs(lines)),
    )


def _refuse_bare(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """A share that says how families fare stands beside its n and its range; a counted response has no range.

    Raises EstimateError.
    """
    if not {"method", "measure"} <= set(frame):
        return
    unsure = rates.plain(frame["method"]).isin(["wilson", "model_share", "model_difference"])
    of_people = frame["measure"].map(lambda code: wording.measure(code).unit in _PEOPLE).astype(bool)
    if not (unsure & of_people & ~frame["measure"].isin(outcomes.COVERAGE)).any():
        return
    wanted = ["n", *(end for name in columns if name in _RANGES for end in _RANGES[name])]
    absent = [name for name in wanted if name not in columns]
    if absent and set(columns) & set(_RANGES):
        raise EstimateError(
            "Een tabel met percentages van gezinnen heeft ook het aantal en de marge. "
            f"Zet bij columns ook: {', '.join(dict.fromkeys(absent))}."
        )


def _with_somebody(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows, or none where all are about nobody: then the study does not have the data."""
    nobody = len(frame) and "n" in frame and (frame["n"] == 0).fillna(False).all()
    return frame.iloc[:0] if nobody else frame


def _without_none(frame: pd.DataFrame, case: Reader) -> tuple[pd.DataFrame, list[str]]:
    """The rows, without those that only say that the own region has no figure, and a sentence that says so."""
    own = frame["region"] == case.region if "region" in frame else pd.Series(False, index=frame.index)
    none = own & (frame["status"] == "none")
    if case.region == NATIONAL or not none.any():
        return frame, []
    if (none == own).all():
        return frame[~none], [wording.message("own_none")]
    empty = none & none.groupby(frame["measure"]).transform("sum").eq(own.groupby(frame["measure"]).transform("sum"))
    labels = [wording.measure(code).label for code in frame.loc[empty, "measure"].unique()]
    return frame[~empty], [f"{_NO_FIGURE}: {'; '.join(labels)}."] if labels else []


def _without_dots(frame: pd.DataFrame, released: Released, case: Reader) -> tuple[pd.DataFrame, list[str]]:
    """The rows, without those of the own region if not one of its numbers is shown, and a sentence that says so."""
    own = frame["region"] == case.region if "region" in frame else pd.Series(False, index=frame.index)
    if case.region == NATIONAL or not own.any():
        return frame, []
    if own.all() or released.origin.get("published") or not frame.loc[own, "status"].isin(layout.HIDDEN).all():
        return frame, []
    units = {wording.measure(code).unit for code in frame["measure"].unique()} if "measure" in frame else set()
    unit = min(units) if len(units) == 1 else "gegevens"
    return frame[~own | frame["n"].notna()], [wording.message("own_hidden", unit=unit)]


def _without_unseen(lines: layout.Lines) -> tuple[layout.Lines, list[str]]:
    """The lines, without those that only hold dots if most do, and a sentence that names what they were about.

    Names with a number stay where they are: a number in a note would look as if it had been counted.
    """
    dotted = layout.dotted(lines)
    if sum(dotted) * 2 <= len(dotted):
        return lines, []
    if all(dotted):
        return layout.without(lines, dotted), [wording.message("all_hidden")]
    left = [", ".join(_names(cells)) for cells, out in zip(lines.display, dotted, strict=True) if out]
    if any(character.isdigit() for name in left for character in name):
        return lines, []
    return layout.without(lines, dotted), [wording.message("most_hidden", what="; ".join(left))]


def _names(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell and cell != wording.MISSING]


def _usual(frame: pd.DataFrame) -> list[str]:
    if "method" not in frame:
        names = [name for name in frame.columns if name not in layout.BESIDE]
        return [name for name in names if name != "region" or frame[name].nunique() > 1]
    named = layout.groups(frame)
    methods = set(rates.plain(frame["method"]))
    counted = [
        *(["n"] if methods & _WITH_N else []),
        *(["events"] if methods & _WITH_EVENTS else []),
    ]
    if methods == {"share"}:
        counted.reverse()
    ranged = methods & _WITH_RANGE or frame["low"].notna().any()
    beside = ["position"] if "position" in frame else []
    return [*named, *counted, "value", *(["low", "high"] if ranged else []), *beside]


def _alt(title: str, lines: layout.Lines, absent: Sequence[str]) -> str:
    if not lines.rows and absent:
        return f"Tabel zonder rijen: {title}{'' if title[-1] in '?.' else '.'} {absent[0]}"
    if not lines.rows:
        return f"Tabel zonder rijen. {exhibits.TOO_FEW}: {title}"
    headings = ", ".join(column.label for column in lines.columns)
    return f"Tabel: {title}. {len(lines.rows)} rijen. Kolommen: {headings}."
