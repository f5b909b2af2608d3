"""Which tables the report on who does what shows: a region of which no answer may be shown gets one short page.

What is not there leaves nothing behind, and the press leaves out the heading of a part without anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from hgeval import layout, tables, telling
from hgeval.case import Case
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.wording import message


class Shown(TypedDict):
    """What `tables.table` asks beside the numbers."""

    id: str
    title: str
    source: str
    columns: Sequence[str]
    notes: NotRequired[Sequence[str]]


def own(released: Released, case: Case, answers: Released, *, of: str, **shown: Unpack[Shown]) -> Exhibit | None:
    """The own region's table; one sentence where the region left this out, and nothing where it gave no answer at all.

    answers: all answers of the region that may be shown. of: the table of the study that these come from; where the
    study does not have it, `explanations.missing` says so once.
    """
    if not len(answers) or not case.has(of):
        return None
    if not len(released):
        told = [message("governance_left_out")]
        return telling.exhibit(
            released, case, told, [], id=shown["id"], title=shown["title"], source=shown["source"], notes=())
    return tables.table(released, case, **shown)


def more(released: Released, case: Case, **shown: Unpack[Shown]) -> Exhibit | None:
    """A further table; nothing where it has no rows, or none that may be shown: the table before it says why."""
    found = _known(released, case, **shown)
    return found if found and found.lines.rows else None


def country(released: Released, case: Case, *, of: str, **shown: Unpack[Shown]) -> Exhibit | None:
    """A table of all regions together; nothing where the study does not have the table that it comes from."""
    return _known(released, case, **shown) if case.has(of) else None


def instead(released: Released, case: Case, answers: Released, **shown: Unpack[Shown]) -> Exhibit | None:
    """A table of all regions together, for a region of which no answer may be shown; nothing for the others."""
    return None if len(answers) else _known(released, case, **shown)


def _known(released: Released, case: Case, **shown: Unpack[Shown]) -> Exhibit | None:
    """The table; nothing where it has no rows, or all of them are about nobody."""
    frame = layout.visible(released)
    nobody = "n" in frame and (frame["n"] == 0).fillna(False).all()
    return None if nobody or frame.empty else tables.table(released, case, **shown)
