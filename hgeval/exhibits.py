"""The one object a notebook shows: a table, a figure or sentences, made of released numbers only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from hgeval import wording
from hgeval.errors import DisclosureError, ParameterError
from hgeval.layout import HIDDEN, Lines

MIME = "application/vnd.hgeval.released+json"
SCHEMA = 1
LEAST_ALT = 20
TOO_FEW = "Te weinig gegevens om te tonen"
_HELD = ("events", "value", "low", "high")  # empty in a row that is not shown
_TOGETHER = (("value", "low", "high"), ("events", "n"))


@dataclass(frozen=True, repr=False)
class Exhibit:
    """A table, figure or list of sentences with its caption, source, alternative text and every number in it."""

    kind: Literal["table", "figure", "sentences"]
    id: str
    title: str
    alt: str
    source: str
    lines: Lines
    profile: str
    origin: dict
    notes: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    png: bytes = field(default=b"")

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.id) or len(self.id) > 60:
            raise ParameterError(
                "Het id van een tabel of figuur bestaat uit kleine letters, cijfers en streepjes, ten hoogste 60 "
                "tekens, zoals 'gestopt-per-meting'. Kies voor elke tabel of figuur een eigen id."
            )
        for name, text in (("title", self.title), ("source", self.source)):
            if not str(text).strip():
                raise ParameterError(f"De tabel of figuur {self.id!r} mist {name}. Vul in wat de lezer moet weten.")
        if len(self.alt.strip()) < LEAST_ALT:
            raise ParameterError(
                f"De tekst bij {self.id!r} voor wie de figuur niet ziet (alt) is te kort. "
                f"Verwacht: ten minste {LEAST_ALT} tekens met wat er te zien is."
            )
        self._check_hidden()

    def _check_hidden(self) -> None:
        held = [at for at, column in enumerate(self.lines.columns) if column.name in _HELD]
        for row, status in zip(self.lines.rows, self.lines.status, strict=True):
            if status in HIDDEN and any(row[at] is not None for at in held):
                raise DisclosureError(f"In {self.id!r} staat een cijfer in een rij die verborgen moet blijven.")

    @property
    def payload(self) -> dict:
        """What is compared, downloaded and checked: the text and the cells, nothing else."""
        lines = self.lines
        found = {
            "schema": SCHEMA, "kind": self.kind, "id": self.id, "title": self.title, "alt": self.alt,
            "source": self.source, "notes": list(self.notes), "profile": self.profile, **self.origin,
            "columns": [{"name": each.name, "label": each.label, "kind": each.kind} for each in lines.columns],
            "rows": [list(row) for row in lines.rows], "display": [list(row) for row in lines.display],
            "status": list(lines.status),
        }
        return found | ({"sentences": list(self.sentences)} if self.kind == "sentences" else {})

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        data: dict = {"text/plain": self.alt, MIME: self.payload}
        if self.kind == "table":
            data["text/html"] = table_html(self.payload)
        elif self.kind == "sentences":
            data["text/markdown"] = "\n".join(f"- {plain_markdown(sentence)}" for sentence in self.sentences)
        else:
            data["image/png"] = self.png
        return data, {"image/png": {"alt": self.alt, "width": self._width}} if self.kind == "figure" else {}

    @property
    def _width(self) -> int:
        """In pixels of a page, where a notebook would show each dot of the picture as one."""
        return int.from_bytes(self.png[16:20], "big") * 2 // 3

    def __repr__(self) -> str:
        return f"Exhibit({self.kind}, {self.id})"


def table_html(payload: dict) -> str:
    """The cells of a payload as an accessible table; what belongs together shares one cell."""
    names = [column["name"] for column in payload["columns"]]
    spans = _spans(names)
    heads = "".join(
        f'<th scope="col"{_align(payload, at)}>{escape(_head(payload, names[at:end]))}</th>' for at, end in spans
    )
    rows = ("".join(_cell_html(payload, names, row, span) for span in spans) for row in payload["display"])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    if not payload["rows"]:
        body = f'<tr><td colspan="{len(spans)}">{TOO_FEW}.</td></tr>'
    below = "".join(f'<p class="noot">{escape(text)}</p>' for text in [*payload["notes"], f"Bron: {payload['source']}"])
    return (
        f'<table class="hgeval" id="tabel-{payload["id"]}"><caption>{escape(payload["title"])}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def plain_markdown(text: str) -> str:
    """Text that stays text in Markdown: what could become a link, a tag or a formula is written as an entity."""
    return re.sub(r"[\\`*_{}\[\]<>#$|~&!@]|:(?=//)", lambda sign: f"&#{ord(sign[0])};", text)


def range_name(kind: str, *, published: bool) -> str:
    """What the two ends beside a value are: quartiles, what rounding in print leaves open, or a margin."""
    return "bounds" if published else {"number": "quartiles"}.get(kind, "range")


def _spans(names: list[str]) -> list[tuple[int, int]]:
    """Which columns share a cell of the page: a value with its range, and events with the n they are of."""
    spans, at = [], 0
    while at < len(names):
        size = next((len(group) for group in _TOGETHER if tuple(names[at : at + len(group)]) == group), 1)
        spans.append((at, at + size))
        at += size
    return spans


def _align(payload: dict, at: int) -> str:
    return "" if payload["columns"][at]["kind"] == "text" else ' class="getal"'


def _head(payload: dict, together: list[str]) -> str:
    columns = {column["name"]: column for column in payload["columns"]}
    if together == ["events", "n"]:
        return f"{columns['events']['label']}, {columns['n']['label'].lower()}"
    label = columns[together[0]]["label"]
    inside = wording.column(range_name(columns[together[0]]["kind"], published=payload.get("published", False)))
    return f"{label} ({inside})" if len(together) > 1 else label


def _cell_html(payload: dict, names: list[str], row: list[str], span: tuple[int, int]) -> str:
    at, end = span
    text, beside = row[at], row[at + 1 : end]
    if beside and all(cell not in ("", wording.MISSING) for cell in (text, *beside)):
        text = f"{text} van de {beside[0]}" if names[at] == "events" else f"{text} ({beside[0]} tot {beside[1]})"
    tag, scope = ("th", ' scope="row"') if at == 0 else ("td", "")
    return f"<{tag}{scope}{_align(payload, at)}>{escape(text)}</{tag}>"
