"""Was every cell run, without a fault, and did nothing but exhibits come out?"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from nbformat import NotebookNode

from hgeval import reading
from hgeval.disclosure import STATUSES
from hgeval.errors import ReportError
from hgeval.exhibits import LEAST_ALT, MIME
from hgeval.layout import HIDDEN
from hgeval.press import messages, parameters, texts
from hgeval.press.engine import HINT, SENTINEL
from hgeval.types import Record

PROVENANCE = "provenance"
_PROVENANCE_LINE = r"studie [a-z0-9_-]+, gegevens [0-9a-f]{12}, regio \w+, regel [a-z0-9_]+, hgeval [0-9.]+\n"
KINDS = ("table", "figure", "sentences")
_HELD = ("events", "value", "low", "high")
_DIGEST = re.compile(r"[0-9a-f]{64}|")
_ID = re.compile(r"[a-z][a-z0-9-]{0,80}")
_TEXT = ("id", "title", "alt", "source", "profile", "study")
_LISTS = ("columns", "rows", "display", "status")
_LONGEST = 32_000  # what fits in a cell of a workbook


def notebook(executed: NotebookNode, values: dict[str, Any]) -> tuple[NotebookNode, dict[str, str], int]:
    """The notebook without the press's own cells, what it read of the study with a digest of each (`reading`), and KiB.

    Raises ReportError unless all of it ran, with these parameters.
    """
    if parameters.injected(executed) != values:
        raise ReportError("de parameters zijn niet aangekomen zoals bedoeld.")
    _all_ran(executed)
    _silent(executed)
    said = _last_words(executed.cells[-1])
    if said.get("parameters") != values:
        raise ReportError("een parameter had aan het eind een andere waarde. Verander haar niet in een latere cel.")
    own = {SENTINEL, parameters.INJECTED}
    executed.cells = [cell for cell in executed.cells if not own & set(parameters.tags(cell))]
    return executed, _read(said), int(said.get("kib") or 0)


def _last_words(last: NotebookNode) -> dict[str, Any]:
    """What the press's own last cell answered; nothing where it did not."""
    ended = last.outputs if SENTINEL in parameters.tags(last) else []
    try:
        (text,) = [output["data"]["text/plain"] for output in ended]
        said: Record = json.loads(ast.literal_eval(text))
        return said
    except (ValueError, SyntaxError, KeyError, TypeError):
        return {}


def _read(said: dict[str, Any]) -> dict[str, str]:
    """Names and digests only: it is kept beside the reports."""
    read = said.get("read")
    if not isinstance(read, dict) or not all(
        reading.WHAT.fullmatch(what) and _DIGEST.fullmatch(str(digest)) for what, digest in read.items()
    ):
        raise ReportError("wat het notebook van de studie las, is niet te volgen. Open de studie met case.open.")
    return dict(sorted(read.items()))


def _code(executed: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Every code cell that has code, with its place as the author counts."""
    number = 0
    for cell in executed.cells:
        number += parameters.INJECTED not in parameters.tags(cell)
        if cell.cell_type == "code" and cell.source.strip():
            yield f"cel {number}", cell


def _all_ran(executed: NotebookNode) -> None:
    if any(cell.cell_type == "raw" for cell in executed.cells):
        raise ReportError("er staat een cel van het type raw in. Maak er een tekstcel (Markdown) van.")
    for expected, (where, cell) in enumerate(_code(executed), start=1):
        faults = [output.ename for output in cell.outputs if output.output_type == "error"]
        if faults:
            raise ReportError(f"{where}: gestopt met {messages.kind(faults[0])}. {HINT}")
        status = cell.metadata.get("papermill", {}).get("status")
        if cell.execution_count != expected or status != "completed":
            raise ReportError(f"{where}: deze cel is niet (of niet op volgorde) uitgevoerd.")


def _silent(executed: NotebookNode) -> None:
    for where, cell in _code(executed):
        if any(output.output_type == "stream" and output.name == "stderr" for output in cell.outputs):
            raise ReportError(f"{where}: er verscheen een waarschuwing (stderr). Los de oorzaak op.")


def exhibits(
    executed: NotebookNode, *, profile: str, study: str, region: str, settings: Iterable[str] = (),
    explained: Collection[str] = (),
) -> list[Record]:
    """The payload of every exhibit, in the order of the page.

    settings: texts that its words may quote; explained: whole sentences that it may hold.

    Raises ReportError for any output that is not an exhibit: it would be a second way for a number to leave.
    """
    found: list[Record] = []
    known = texts.typed(executed, settings)
    for where, cell in _code(executed):
        if PROVENANCE in parameters.tags(cell):
            if not is_provenance(cell):
                raise ReportError(f"{where}: de cel over de herkomst toont alleen de regel van here.provenance().")
            continue
        for output in cell.outputs:
            payload = output.get("data", {}).get(MIME)
            if payload is None:
                raise ReportError(
                    f"{where}: deze uitvoer is geen vrijgegeven tabel, figuur of zin. Toon alleen wat uit hgeval komt."
                )
            _check(payload, output, where)
            _as_asked(payload, where, profile=profile, study=study, region=region)
            _only_known_numbers(payload, where, known, explained)
            if payload["id"] in {other["id"] for other in found}:
                raise ReportError(f"{where}: het id {payload['id']!r} is al gebruikt. Kies voor elk een eigen id.")
            found.append(payload)
    if not found:
        raise ReportError("het notebook toont geen enkele tabel, figuur of zin.")
    return found


def _as_asked(payload: Record, where: str, *, profile: str, study: str, region: str) -> None:
    """Raise ReportError for an exhibit under another rule, of another study or of another region's case."""
    if payload["profile"] != profile or payload["study"] != study:
        raise ReportError(
            f"{where}: gemaakt met een ander profiel of een andere studie dan gevraagd. Gebruik de parameters."
        )
    if payload.get("region") != region:
        raise ReportError(f"{where}: gemaakt voor een andere regio dan gevraagd. Gebruik de parameter region.")


def _only_known_numbers(payload: Record, where: str, known: set[str], explained: Collection[str]) -> None:
    """Raise ReportError for a text with a number that may have been counted in the data."""
    if texts.unknown_number(payload, known, explained):
        raise ReportError(
            f"{where}: in de titel, de noten, de bron, de alt of het id staat een getal dat niet is vrijgegeven. "
            "Verwacht: alleen getallen die u zelf in een cel typte, of die in deze tabel of figuur of in study.yml "
            "staan. Haal het getal weg, of toon het met disclosure.release in een tabel."
        )


def is_provenance(cell: NotebookNode) -> bool:
    """Whether the cell shows at most the one line of `Case.provenance`; anything else could be a number."""
    said = "".join(output.get("text", "\0") if output.output_type == "stream" else "\0" for output in cell.outputs)
    return re.fullmatch(f"(?:{_PROVENANCE_LINE})?", said) is not None


def _check(payload: Record, output: NotebookNode, where: str) -> None:
    """Raise ReportError unless the payload has the agreed shape."""
    faults = list(_faults(payload, output))
    if faults:
        raise ReportError(f"{where}: deze uitvoer heeft niet de afgesproken vorm ({faults[0]}).")


def _faults(payload: Record, output: NotebookNode) -> Iterator[str]:
    if payload.get("schema") != 1 or payload.get("kind") not in KINDS:
        yield "schema of soort"
        return
    yield from (name for name in _TEXT if not isinstance(payload.get(name), str))
    yield from (name for name in ("title", "id") if not str(payload.get(name, "")).strip())
    if not _ID.fullmatch(str(payload.get("id"))):
        yield "id: kleine letters, cijfers en streepjes"
    if not all(isinstance(payload.get(name), list) for name in (*_LISTS, "notes")):
        yield "columns, rows, display, status of notes"
        return
    columns, rows, display, status = (payload[name] for name in _LISTS)
    if not len(rows) == len(display) == len(status) or any(len(row) != len(columns) for row in [*rows, *display]):
        yield "ongelijk aantal rijen of kolommen"
        return
    if not set(status) <= set(STATUSES):
        yield "status"
    held = [at for at, column in enumerate(columns) if column.get("name") in _HELD]
    if any(row[at] is not None for row, said in zip(rows, status, strict=False) if said in HIDDEN for at in held):
        yield "verborgen rij met een cijfer"
    if any(isinstance(cell, str) and len(cell) > _LONGEST for row in [*rows, *display] for cell in row):
        yield "tekst te lang"
    if payload["kind"] == "sentences" and not payload.get("sentences"):
        yield "sentences"
    if payload["kind"] == "figure":
        if len(payload["alt"].strip()) < LEAST_ALT:
            yield "alt: beschrijf de figuur in een zin"
        if not _is_png(output.data.get("image/png", "")):
            yield "image/png"


def _is_png(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=False).startswith(b"\x89PNG\r\n\x1a\n")
    except (binascii.Error, ValueError):
        return False
