"""A verified notebook becomes a page: prose and released exhibits, in Dutch, without script or outside address."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from babel.dates import format_date
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode

from hgeval import exhibits_html, wording
from hgeval.exhibits import MIME
from hgeval.press import parameters
from hgeval.reference import NATIONAL
from hgeval.types import Record

TEMPLATE = Path(__file__).parent / "template"
WITH_EXHIBITS = "with-exhibits"  # the tag of a text that is there for what the cells after it show
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Report:
    """What a page says about itself."""

    name: str
    title: str
    region: str
    region_name: str
    study_title: str
    synthetic: bool
    reference_date: str
    own_eyes: bool
    rule_text: str
    version: str
    explained_in: str = ""  # the page that tells how all reports count, and its title
    explained_as: str = ""

    @property
    def heading(self) -> str:
        return self.title if self.region_name in self.title else f"{self.title} {self.region_name}"


@cache
def pages() -> Environment:
    """The templates of our own pages; every value is escaped."""
    return Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=False)


def frame(template: str, *, rules: str = "", **values: Any) -> str:
    """A whole page. The style's digest stands in the page's policy, so that no other style can apply."""
    style = (TEMPLATE / "style.css").read_text(encoding="utf-8") + rules
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return pages().get_template(template).render(style=Markup(style), style_hash=digest, **values) + "\n"


def page(notebook: NotebookNode, report: Report) -> str:
    """The report as HTML."""
    published = [not payload.get("synthetic", True) for payload in _payloads(notebook)]
    # not HTMLExporter's own: that parses the page once more, for what our template does not have
    body, contents = _tidy(TemplateExporter.from_notebook_node(exporter(), _without_idle(notebook))[0])
    return frame(
        "report.html.j2", body=Markup(body), contents=contents, title=report.title, heading=report.heading,
        region=report.region, region_name=report.region_name, report=report.name, study_title=report.study_title,
        date=dutch_date(report.reference_date), synthetic=report.synthetic or not all(published),
        all_published=all(published), some_published=any(published), own_eyes=report.own_eyes,
        examples=all(payload.get("examples") for payload in _payloads(notebook)),
        rule_text=report.rule_text, version=report.version, citation=_citation(report),
        up="" if report.region == NATIONAL else "../", explained_in=report.explained_in,
        explained_as=report.explained_as,
    )


def dutch_date(iso: str) -> str:
    """A date of 2025-03-09 as 9 maart 2025."""
    return format_date(dt.date.fromisoformat(iso), "d MMMM y", locale="nl")


def _without_idle(notebook: NotebookNode) -> NotebookNode:
    """The notebook without the texts that announce exhibits (tagged so) where no cell up to the next text shows one."""
    cells = notebook.cells
    idle = [WITH_EXHIBITS in parameters.tags(cell) and not _shows(cells[at + 1 :]) for at, cell in enumerate(cells)]
    return NotebookNode(notebook | {"cells": [cell for cell, out in zip(cells, idle, strict=True) if not out]})


def _shows(cells: list[NotebookNode]) -> bool:
    until_text = takewhile(lambda cell: cell.cell_type == "code", cells)
    return any(MIME in output.get("data", {}) for cell in until_text for output in cell.get("outputs", []))


def _citation(report: Report) -> str:
    end = "" if report.heading.endswith("?") else "."
    return (
        f"{report.heading}{end} Studie {report.study_title}, peildatum {dutch_date(report.reference_date)}. "
        f"Gemaakt met hgeval {report.version}."
    )


def _payloads(notebook: NotebookNode) -> list[Record]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[MIME] for output in outputs if MIME in output.get("data", {})]


@cache
def exporter() -> HTMLExporter:
    """One for all pages: it reads and compiles its templates once."""
    exporter = HTMLExporter(
        template_name=TEMPLATE.name, extra_template_basedirs=[str(TEMPLATE.parent)], language_code="nl",
        exclude_anchor_links=True, exclude_input=True, mathjax_url="", require_js_url="",
        default_preprocessors=[],  # they copy the notebook, pictures and all, and change nothing in one of ours
    )
    exporter.register_filter("exhibit", exhibit_html)
    return exporter


def exhibit_html(output: NotebookNode) -> Markup:
    """One output as HTML: an exhibit from its payload, or the plain text of the provenance cell."""
    payload = output.get("data", {}).get(MIME)
    if payload is None:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        folded = '<details class="herkomst"><summary>Waarmee is dit rapport gemaakt?</summary><pre>{}</pre></details>'
        return Markup(folded).format(_ANSI.sub("", text))
    png = "".join(output.data.get("image/png", "").split())
    return Markup(pages().get_template("exhibit.html.j2").render(exhibit=_exhibit(payload, png)))


def _exhibit(payload: Record, png: str) -> Record:
    """What the template needs beside the payload: the table, and what stands below it."""
    figure = payload["kind"] == "figure"
    # the signs of a figure's cells belong to the table that is folded away
    folded = [note for note in payload["notes"] if figure and note.startswith(f"{wording.MISSING} =")]
    told = [note for note in payload["notes"] if note not in folded]
    caption = f"De cijfers bij: {payload['title']}" if figure else payload["title"]
    width, height = _size(png)
    return payload | {
        "png": Markup(png), "width": width, "height": height,
        "table": Markup(exhibits_html.table(payload, id=f"{payload['id']}-cijfers", caption=caption)),
        "below": Markup(exhibits_html.below(payload, told)), "folded": folded,
    }


def _size(png: str) -> tuple[int, int]:
    """Width and height from a PNG's own header, so that the page does not jump while it loads."""
    head = base64.b64decode(png[:32] + "==") if png else bytes(24)
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _tidy(html: str) -> tuple[str, list[dict[str, str]]]:
    """The body without the notebook's own title, with fixed heading ids and scoped tables; and its contents."""
    soup = BeautifulSoup(html, "html.parser")
    title = soup.find("h1")
    if title is not None:
        title.decompose()
    for prose in soup.select(".tekst"):
        if prose.find(True) is None:
            prose.decompose()
    contents = []
    for number, heading in enumerate(soup.find_all(["h2", "h3", "h4", "h5", "h6"]), start=1):
        heading["id"] = f"kop-{number}"
        if heading.name == "h2":
            contents.append({"id": f"kop-{number}", "text": heading.get_text(" ", strip=True)})
    for number, table in enumerate(soup.select(".tekst table"), start=1):
        _scope(soup, table, number)
    return str(soup), contents


def _scope(soup: BeautifulSoup, table: Tag, number: int) -> None:
    """Give a table of the prose its caption (the line 'Tabel ...' above it), scopes and a frame that can scroll."""
    for head in table.select("thead th"):
        head["scope"] = "col"
    above = table.find_previous_sibling()
    if above is not None and above.name == "p" and above.get_text().startswith("Tabel"):
        name = f"tekst-tabel-{number}"
        caption = soup.new_tag("caption", id=name)
        words = soup.new_tag("span", attrs={"class": "bijschrift"})
        words.extend(list(above.contents))
        caption.append(words)
        above.decompose()
        table.insert(0, caption)
        around = {"class": "schuif", "role": "region", "tabindex": "0", "aria-labelledby": name}
        table.wrap(soup.new_tag("div", attrs=around))

