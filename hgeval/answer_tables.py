"""Tables of what regions answered: the own region beside the country, or the country alone."""

from __future__ import annotations

from collections.abc import Sequence

from hgeval import disclosure, layout, survey_beside, tables
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader


def beside(
    country: Released, own: Released, case: Reader, *, columns: Sequence[str], id: str, title: str, source: str,
    own_title: str, notes: Sequence[str] = (), own_notes: Sequence[str] = (),
) -> Exhibit:
    """The totals with the region's own answers in the same rows.

    The columns with its answers (`layout.ANSWERED`), the notes on them and the title that asks for them (`own_title`)
    go where none may be shown.
    """
    answered = len(layout.visible(own)) > 0
    shown = [name for name in columns if answered or name not in layout.ANSWERED]
    asked, told = (own_title, [*own_notes, *notes]) if answered else (title, notes)
    every = disclosure.join(country, own).derive(survey_beside.beside)
    return tables.table(every, case, id=id, title=asked, source=source, columns=shown, notes=told)


def own(
    answers: Released, case: Reader, *, id: str, title: str, source: str, columns: Sequence[str],
    notes: Sequence[str] = (),
) -> Exhibit | None:
    """The region's own answers; nothing where none may be shown, for the key messages say so once."""
    if not len(layout.visible(answers)):
        return None
    return tables.table(answers, case, id=id, title=title, source=source, columns=columns, notes=notes)
