"""Reads a CSV file strictly: declared delimiter, encoding by rule, every fault with its line."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from hgeval import distinct, readers_blocks
from hgeval.findings import Findings
from hgeval.sheets import Sheet, of_text

CHUNK = 1_000  # records held as Python lists at one time; with more, the garbage collector takes most of the time
Columns = list[tuple[np.ndarray, pd.Series]]
DELIMITERS = {";": "puntkomma", ",": "komma", "\t": "tab", "|": "streep"}

# Characters that bytes 80 to BF turn into when UTF-8 is read as cp1252 or latin-1.
_TAIL = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore")) + "\x80-\x9f"
_TWICE = re.compile(f"[ÂÃ][{_TAIL}]|â[{_TAIL}][{_TAIL}]|ï»¿|[\x80-\x9f\ufffd]")
# A sign in the middle of a word: an é or ë of a DOS or old Mac file, read as cp1252.
_IN_WORD = re.compile(
    "[a-z][ŽŠŸ]|[A-Za-z](?:[‚„ƒˆ‰‹]|[†‡•‘”“¢¤¥¦§¨ª«¬¯°±²³µ¶¹º»¼½¾¿Þ](?=[a-z]))"
)
_SAVE_AS = "Sla het bestand opnieuw op als UTF-8 ('CSV UTF-8' in Excel), of zet encoding in study.yml."
_QUOTE = "Een aanhalingsteken wordt niet gesloten, of staat midden in een veld. Verdubbel het of haal het weg."


class _Broken(Exception):
    """The file cannot be read further; the finding is made."""


@dataclass
class _Lines:
    """A file being read: its name, where findings go, and lines seen on the way."""

    file: str
    found: Findings
    empty: list[int] = field(default_factory=list)
    swallowing: list[int] = field(default_factory=list)

    def note(self, rule: str, message: str, rows: Sequence[int] | None = None) -> None:
        self.found.add(rule, message, file=self.file, rows=rows)

    def stop(self, rule: str, message: str, rows: Sequence[int] | None = None) -> None:
        self.note(rule, message, rows)
        raise _Broken


def read(data: bytes, *, file: str, delimiter: str, encoding: str, found: Findings) -> Sheet | None:
    """The table in a CSV file, or None where it cannot be read; why is in `found`."""
    lines = _Lines(file, found)
    try:
        content = _content(data, encoding, lines)
        delimiter, skip = _sep_line(content, delimiter, lines)
        records = _records(content, delimiter, skip, lines)
        start, header = next(records, (0, []))
        _refuse_one_column(header, delimiter, lines)
        known = delimiter in DELIMITERS
        columns = readers_blocks.read(content, after=start, width=len(header), delimiter=delimiter) if known else None
        return _of_blocks(header, columns, start, lines) if columns else _sheet(header, records, lines)
    except _Broken:
        return None


def _content(data: bytes, encoding: str, lines: _Lines) -> bytes:
    """The text as UTF-8 without a byte-order mark, which most files are as they stand."""
    if encoding != "utf-16" and data.isascii() and b"\0" not in data:
        return data
    return _decode(data, encoding, lines).encode("utf-8")


def _decode(data: bytes, encoding: str, lines: _Lines) -> str:
    last_resort = False
    if encoding == "auto":
        encoding, last_resort = _encoding(data)
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        lines.stop("tekencodering", f"De letters zijn niet te lezen als {encoding}. {_SAVE_AS}", [line])
    _refuse_odd(text, last_resort, lines)
    return text


def _encoding(data: bytes) -> tuple[str, bool]:
    """Encoding by byte-order mark, else strict UTF-8, else cp1252; and whether it is the last resort."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", False
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", True
    return "utf-8", False


def _refuse_odd(text: str, last_resort: bool, lines: _Lines) -> None:
    if "\0" in text:
        message = "Er staan NUL-tekens in het bestand. Sla het op als UTF-8, of zet encoding: utf-16 in study.yml."
        lines.stop("nul-teken", message, _lines_with(re.compile("\0"), text))
    if text.isascii():
        return
    for pattern in (_TWICE, _IN_WORD) if last_resort else (_TWICE,):
        if pattern.search(text):
            message = f"Letters met een accent of een teken als € zijn vervormd. {_SAVE_AS}"
            lines.stop("tekencodering", message, _lines_with(pattern, text))


def _lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    """The first twenty lines in which the pattern occurs."""
    stream = io.StringIO(text, newline="")
    return list(itertools.islice((at for at, line in enumerate(stream, 1) if pattern.search(line)), 20))


def _sep_line(content: bytes, delimiter: str, lines: _Lines) -> tuple[str, int]:
    """Delimiter and lines to skip: Excel's own first line `sep=;` is honoured."""
    beginning = content[:20].decode("utf-8", errors="ignore")
    first = re.match(r"sep=(.)(?:\r\n|\r|\n)", beginning, flags=re.IGNORECASE)
    if not first:
        return delimiter, 0
    if first[1] != delimiter:
        lines.note("sep-regel", "De regel sep= noemt een ander scheidingsteken dan study.yml; sep= is gevolgd.", [1])
    return first[1], 1


def _records(content: bytes, delimiter: str, skip: int, lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not empty, with the line it starts on."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    for _ in range(skip):
        stream.readline()
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    start, width = skip + 1, 0
    try:
        for record in reader:
            line, start = start, reader.line_num + skip + 1
            if not any(record):
                lines.empty.append(line)
                continue
            width = width or len(record)
            if start - line > 1 and _swallows(record, delimiter, width):
                lines.swallowing.append(line)
            yield line, record
    except csv.Error:
        lines.stop("aanhalingsteken", _QUOTE, [start])


def _swallows(record: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell of several lines holds what looks like whole rows."""
    parts = [part for cell in record if "\n" in cell or "\r" in cell for part in cell.splitlines()]
    return any(part.count(delimiter) >= max(width - 1, 3) for part in parts)


def _refuse_one_column(header: list[str], delimiter: str, lines: _Lines) -> None:
    if not header:
        lines.stop("bestand-leeg", "Het bestand heeft geen kop en geen rijen. Vul het, of haal het uit de studiemap.")
    if len(header) > 1:
        return
    expected = DELIMITERS.get(delimiter, "een ander teken")
    others = [name for sign, name in DELIMITERS.items() if sign != delimiter and sign in header[0]]
    hint = f" Het bestand lijkt te scheiden met: {' of '.join(others)}." if others else ""
    message = f"1 kolom gevonden; verwacht scheidingsteken: {expected}.{hint} Zet delimiter in study.yml goed."
    lines.stop("scheidingsteken", message)


def _sheet(header: list[str], records: Iterator[tuple[int, list[str]]], lines: _Lines) -> Sheet:
    numbers: list[np.ndarray] = []
    odd: dict[int, int] = {}
    columns = distinct.columns(_parts(records, len(header), numbers, odd), len(header))
    rows = np.concatenate(numbers) if numbers else np.empty(0, dtype="int64")
    return _reported(header, columns, rows, odd, lines)


def _parts(
    records: Iterator[tuple[int, list[str]]], width: int, numbers: list[np.ndarray], odd: dict[int, int]
) -> Iterator[list[pa.Array]]:
    """The rows of `width` fields by columns; their lines go to `numbers`, the others with what is too much to `odd`."""
    while chunk := list(itertools.islice(records, CHUNK)):
        odd |= {line: len(record) - width for line, record in chunk if len(record) != width}
        whole = [(line, record) for line, record in chunk if len(record) == width]
        numbers.append(np.array([line for line, _ in whole], dtype="int64"))
        if whole:
            yield [pa.array(column, pa.large_string()) for column in zip(*(record for _, record in whole), strict=True)]


def _of_blocks(header: list[str], columns: Columns, start: int, lines: _Lines) -> Sheet:
    """A plain file, each line after the header a row."""
    rows = np.arange(start + 1, start + 1 + len(columns[0][0]))
    return _reported(header, columns, rows, {}, lines)


def _reported(header: list[str], columns: Columns, numbers: np.ndarray, odd: dict[int, int], lines: _Lines) -> Sheet:
    _report_widths(odd, len(numbers), lines)
    if lines.swallowing:
        lines.note("aanhalingsteken", _QUOTE, lines.swallowing)
    last = max([*numbers[-1:].tolist(), *odd], default=0)
    inner = [line for line in lines.empty if line < last]
    if inner:
        lines.note("lege-regels", "Deze regels zijn leeg en zijn overgeslagen.", inner)
    return Sheet(header, [of_text(texts, codes) for codes, texts in columns], numbers)


def _report_widths(odd: dict[int, int], whole: int, lines: _Lines) -> None:
    if len(odd) > 1 and not whole and len(set(odd.values())) == 1:
        extra = next(iter(odd.values()))
        rule, word = ("te-veel-velden", "meer") if extra > 0 else ("te-weinig-velden", "minder")
        lines.note(rule, f"Alle rijen hebben {abs(extra)} veld(en) {word} dan de kop. Maak kop en rijen even lang.")
        return
    advice = "Kijk of een tekst met het scheidingsteken erin tussen aanhalingstekens staat."
    for rule, word, rows in (
        ("te-veel-velden", "meer", [line for line, extra in odd.items() if extra > 0]),
        ("te-weinig-velden", "minder", [line for line, extra in odd.items() if extra < 0]),
    ):
        if rows:
            lines.note(rule, f"Deze rij heeft {word} velden dan de kop. {advice}", rows)
