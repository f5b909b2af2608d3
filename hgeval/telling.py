"""What all key messages are made with: a row found, a number in words, and the exhibit of the sentences.

A sentence is only said with the rows it was made from beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import pandas as pd

from hgeval import layout, rates, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import HIDDEN, Reader
from hgeval.types import Row

MOST = 6  # sentences
_NAMING = (
    "measure", "region", "wave", "element", "table", "period", "option", "weight_group", "weighting", "step", "safety",
    "minimum", "case", "checklist", "answer",
)
_MOST_NAMED = 3  # things in one sentence


def some(names: Sequence[str]) -> str:
    """The first of these, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return "; ".join([*names[:_MOST_NAMED], *([wording.message("and_more", n=str(more))] if more > 0 else [])])


def row(released: Released, region: str, **equals: str) -> Row | None:
    """The region's row of which these columns have these values, if there is one."""
    frame = layout.visible(released)
    frame = frame[frame["region"] == region]
    for column, wanted in equals.items():
        frame = frame[frame[column] == wanted]
    rows = frame.to_dict("records")
    return rows[0] if rows else None


def counted(measure: str, region: str, events: float, n: float, **groups: str) -> Row:
    """So many of so many that a message counts itself, as a row of an estimate."""
    cell = {"measure": measure, "region": region, **groups, "n": int(n), "events": int(events), "method": "share"}
    made = rates.recompute(rates.frame([cell], groups=list(groups)))
    (found,) = made.assign(status="shown").to_dict("records")
    return found


def shown(row: Row | None) -> TypeGuard[Row]:
    """Whether there is a number that a sentence may give."""
    return row is not None and row["status"] not in (*HIDDEN, "none") and not pd.isna(row["value"])


def count(row: Row, name: str, *, about: bool = True) -> str:
    """A number in a sentence; one that is rounded in a study, or computed from published ones, says so."""
    text = wording.number(row[name])
    ours = row["status"] == "rounded" and row["method"] != "published"
    return f"ongeveer {text}" if about and (ours or row["status"] == "derived") else text


def exhibit(
    released: Released, case: Reader, found: Sequence[str], rows: Sequence[Row | None], *, id: str, title: str,
    source: str, notes: Sequence[str],
) -> Exhibit:
    """The sentences with exactly the numbers they were made from."""
    used = [row for row in rows if row is not None]
    named = [name for name in _NAMING if name == "measure" or any(name in row for row in used)]
    columns = [*named, "n", "events", "value", "low", "high"]
    frame = pd.DataFrame(used, columns=[*columns, "method", "status"])
    lines = layout.lay_out(frame.fillna(dict.fromkeys(named, "")), case, columns)
    told = wording.explain(found[:MOST])
    return Exhibit(
        kind="sentences", id=id, title=title, alt=" ".join(told), source=source, lines=lines, released=released,
        notes=tuple(notes), sentences=tuple(told),
    )
