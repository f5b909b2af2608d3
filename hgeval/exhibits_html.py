"""The table of an exhibit as HTML: the same in a notebook and on a page, readable aloud and on a narrow screen."""

from __future__ import annotations

import re
from html import escape

from hgeval import wording
from hgeval.reference import NATIONAL
from hgeval.types import Record

NOTHING = "Hiervoor zijn geen cijfers om te tonen."
UNSEEN = "verborgen of onbekend"
_COUNTED, _CHANCE = ("events", "n"), ("expected", "least", "most")
_RANGED = (("value", "low", "high"), ("crude", "low", "high"), _CHANCE)
_FITS = 2  # columns that stand beside each other on the narrowest screen
_SHORT = 16  # signs that stay on one line, such as "Na 12 maanden", however long the text of other columns is
# A place beside the country: colour beside sign and word; blue and orange, which say nothing of good or bad.
_PLACES = {"lager": "lager", "niet te onderscheiden": "gelijk", "hoger": "hoger"}
_TEXT = re.compile(r'<(t[hd]|caption)\b(?![^>]*class="getal")')  # a cell that holds no number
# Said for itself: the label carries the words, so that a notebook, which has no style of ours, shows only the sign.
_DOT = f'<span role="img" aria-label="{UNSEEN}">{wording.MISSING}</span>'

Span = tuple[int, int]


def notebook(payload: Record) -> str:
    """A table as a notebook shows it: with its notes and its source, and text to the left, which it would not be."""
    shown = table(payload, id=f"{payload['id']}-cijfers", caption=payload["title"])
    return _TEXT.sub(r'<\1 style="text-align: left"', shown) + below(payload, payload["notes"])


def table(payload: Record, *, id: str, caption: str) -> str:
    """The cells of a payload as an accessible table; what belongs together shares one cell.

    The roles say what the tags already say: on a narrow screen the rows are stacked, and a browser that lays out a
    table as blocks may forget that it is one.
    """
    if not payload["rows"]:
        said = "" if wording.message("all_hidden") in payload["notes"] else f"<p>{NOTHING}</p>"  # a note says why
        return f'<p class="bijschrift"><strong>{escape(caption)}</strong></p>{said}'
    spans = _spans([column["name"] for column in payload["columns"]])
    labels = [_head(payload, span) for span in spans]
    heads = "".join(
        f'<th scope="col" role="columnheader"{_align(payload, span)}>{escape(label)}</th>'
        for span, label in zip(spans, labels, strict=True)
    )
    rows = "\n".join(_row(payload, at, spans, labels) for at in range(len(payload["rows"])))
    stacked = ' class="stapel"' if len(spans) > _FITS else ""
    return (
        f'<table role="table" id="{escape(id)}"{stacked}>\n'
        f'<caption id="{escape(id)}-titel"><span class="bijschrift">{escape(caption)}</span></caption>\n'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>'
    )


def below(payload: Record, notes: list[str]) -> str:
    """These notes, and where the numbers come from."""
    told = "".join(f'\n<p class="noot">{escape(note)}</p>' for note in notes)
    if not payload["source"]:
        return told
    made_up = " <strong>(voorbeeldgegevens)</strong>" if payload.get("synthetic") else ""
    return f'{told}\n<p class="bron">Bron: {escape(payload["source"])}{made_up}</p>'


def _spans(names: list[str]) -> list[Span]:
    """Which columns share a cell: a value with its range, and events with the n they are of."""
    spans, at = [], 0
    while at < len(names):
        sizes = (len(group) for group in (_COUNTED, *_RANGED) if tuple(names[at : at + len(group)]) == group)
        spans.append((at, at + next(sizes, 1)))
        at = spans[-1][1]
    return spans


def _names(payload: Record, span: Span) -> tuple[str, ...]:
    return tuple(column["name"] for column in payload["columns"][slice(*span)])


def _head(payload: Record, span: Span) -> str:
    first = payload["columns"][span[0]]
    if _names(payload, span) == _COUNTED:
        return f"{first['label']}, {payload['columns'][span[0] + 1]['label'].lower()}"
    names = _names(payload, span)
    if names in _RANGED and any(_ends(shown[slice(*span)]) for shown in payload["display"]):
        ends = "chance" if names == _CHANCE else _range_name(payload, first["kind"])
        return f"{first['label']} ({wording.column(ends)})"
    label: str = first["label"]
    return label


def _range_name(payload: Record, kind: str) -> str:
    """What the two ends beside a value are: quartiles, what rounding in print leaves open, or a margin."""
    return "bounds" if payload.get("published") else {"number": "quartiles"}.get(kind, "range")


def _align(payload: Record, span: Span, text: str = "", code: object = None) -> str:
    if payload["columns"][span[0]]["kind"] != "text":
        return ' class="getal"'
    if code in _PLACES:
        return f' class="plaats {_PLACES[str(code)]}"'
    return ' class="heel"' if " " in text and len(text) <= _SHORT else ""


def _row(payload: Record, at: int, spans: list[Span], labels: list[str]) -> str:
    shown = payload["display"][at]
    cells = []
    for place, (span, label) in enumerate(zip(spans, labels, strict=True)):
        content = _content(_names(payload, span), shown[slice(*span)])
        look = _align(payload, span, shown[span[0]], payload["rows"][at][span[0]])
        if place == 0:
            cells.append(f'<th scope="row" role="rowheader"{look}>{content}</th>')
        else:
            cells.append(f'<td role="cell" data-label="{escape(label)}"{look}>{content}</td>')
    return f'<tr role="row"{_own(payload, at)}>{"".join(cells)}</tr>'


def _own(payload: Record, at: int) -> str:
    """Marks the row of the reader's own region among others."""
    names, region = [column["name"] for column in payload["columns"]], payload.get("region", NATIONAL)
    if "region" not in names or region == NATIONAL:
        return ""
    found = [row[names.index("region")] for row in payload["rows"]]
    return ' class="eigen"' if found[at] == region and set(found) != {region} else ""


def _content(names: tuple[str, ...], texts: list[str]) -> str:
    """19 van de 26; 30% (18% tot 46%). What is not known of it stays a dot, or away."""
    first = _cell(texts[0])
    if names == _COUNTED and texts[1] not in ("", wording.MISSING):
        return f"{first} van de {escape(texts[1])}"
    ends = _ends(texts) if names in _RANGED else []
    return f"{first} ({escape(' tot '.join(ends))})" if ends else first


def _cell(text: str) -> str:
    return _DOT if text == wording.MISSING else escape(text)


def _ends(texts: list[str]) -> list[str]:
    """The two ends of a value's range, where all three are known."""
    return texts[1:3] if all(text not in ("", wording.MISSING) for text in texts) else []
