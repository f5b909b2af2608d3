"""The one object a notebook shows: a table, a figure or sentences, made of released numbers only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from hgeval import exhibits_html, layout
from hgeval.disclosure import Released
from hgeval.errors import DisclosureError, ParameterError
from hgeval.layout import HIDDEN, Lines
from hgeval.types import Record

MIME = "application/vnd.hgeval.released+json"
SCHEMA = 1
LEAST_ALT = 20
TOO_FEW = "Te weinig gegevens om te tonen"
_HELD = ("events", "value", "low", "high")  # empty in a row that is not shown


@dataclass(frozen=True, repr=False)
class Exhibit:
    """A table, figure or list of sentences with its caption, source, alternative text and every number in it.

    Raises DisclosureError unless each number in the lines of a table or figure is one of the released ones.
    """

    kind: Literal["table", "figure", "sentences"]
    id: str
    title: str
    alt: str
    source: str
    lines: Lines
    released: Released
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
        if self.kind != "sentences":
            self._check_released()

    def _check_released(self) -> None:
        """Sentences count rows themselves, such as in how many regions; tables and figures only show numbers."""
        frame = layout.visible(self.released)
        known = {layout.raw(value) for name in frame.select_dtypes("number") for value in frame[name]}
        told = [value for row in self.lines.rows for value in row if isinstance(value, int | float)]
        if any(value not in known for value in told if not isinstance(value, bool)):
            raise DisclosureError(f"In {self.id!r} staat een cijfer dat niet is vrijgegeven.")

    def _check_hidden(self) -> None:
        held = [at for at, column in enumerate(self.lines.columns) if column.name in _HELD]
        for row, status in zip(self.lines.rows, self.lines.status, strict=True):
            if status in HIDDEN and any(row[at] is not None for at in held):
                raise DisclosureError(f"In {self.id!r} staat een cijfer in een rij die verborgen moet blijven.")

    @property
    def payload(self) -> Record:
        """What is compared, downloaded and checked: the text and the cells, nothing else."""
        lines = self.lines
        found = {
            "schema": SCHEMA, "kind": self.kind, "id": self.id, "title": self.title, "alt": self.alt,
            "source": self.source, "notes": list(self.notes), "profile": self.released.profile, **self.released.origin,
            "columns": [{"name": each.name, "label": each.label, "kind": each.kind} for each in lines.columns],
            "rows": [list(row) for row in lines.rows], "display": [list(row) for row in lines.display],
            "status": list(lines.status),
        }
        return found | ({"sentences": list(self.sentences)} if self.kind == "sentences" else {})

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[Record, Record]:
        data: Record = {"text/plain": self.alt, MIME: self.payload}
        if self.kind == "table":
            data["text/html"] = exhibits_html.notebook(self.payload)
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


def plain_markdown(text: str) -> str:
    """Text that stays text in Markdown: what could become a link, a tag or a formula is written as an entity."""
    return re.sub(r"[\\`*_{}\[\]<>#$|~&!@]|:(?=//)", lambda sign: f"&#{ord(sign[0])};", text)
