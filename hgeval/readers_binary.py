"""Reads XLSX, SPSS and Parquet: exact values, no guessing, one clear finding for a damaged file."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from openpyxl.utils import get_column_letter

from hgeval import distinct
from hgeval.findings import Findings
from hgeval.sheets import TEXT, Cells, Sheet, number_text, of_series, of_values

if TYPE_CHECKING:
    from pyreadstat.pyclasses import MissingRange

Line: TypeAlias = tuple[object, ...]  # the values of one line of a worksheet
T = TypeVar("T")
KIND_WORDS = {
    "weet niet": "-8", "weet ik niet": "-8", "niet van toepassing": "-7", "nvt": "-7", "n.v.t.": "-7",
    "niet ingevuld": "-9", "geen antwoord": "-9", "niet beantwoord": "-9",
}


def _opened(read: Callable[[], T], file: str, found: Findings, kind: str) -> T | None:
    """What a library makes of a file; whatever it raises on a damaged one is one finding.

    The libraries raise errors of many types on hostile bytes, so none is singled out here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about styles and extensions, of no use to a reader
            return read()
    except Exception:
        message = f"Dit {kind}-bestand is beschadigd of niet compleet. Maak het opnieuw en vervang het."
        found.add("bestand-stuk", message, file=file)
        return None


def xlsx(data: bytes, *, file: str, sheet: str, found: Findings) -> Sheet | None:
    """One worksheet: the declared one, or the only one."""
    book = _opened(lambda: _workbook(data, values=True), file, found, "Excel")
    name = _sheet_name(book.sheetnames, sheet, file, found) if book else None
    if name is None:
        return None
    read = _opened(lambda: (_sheet_lines(book, name), _formulas(data, name)), file, found, "Excel")
    if read is None:
        return None
    lines, formulas = read
    _report_formulas(formulas, lines, file, found)
    filled = [(row, line) for row, line in enumerate(lines, 1) if any(cell is not None for cell in line)]
    if not filled:
        found.add("bestand-leeg", "Het werkblad is leeg. Vul het, of haal het bestand uit de studiemap.", file=file)
        return None
    width = max(len(line) for _, line in filled)
    padded = [[*line, *[None] * (width - len(line))] for _, line in filled]
    header = ["" if cell is None else str(cell) for cell in padded[0]]
    columns = [of_values(line[at] for line in padded[1:]) for at in range(width)]
    return Sheet(header, columns, np.array([row for row, _ in filled[1:]], dtype="int64"))


def _workbook(data: bytes, *, values: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)


def _sheet_lines(book: openpyxl.Workbook, name: str) -> list[Line]:
    worksheet = book[name]
    worksheet.reset_dimensions()  # the size written in the file is sometimes wrong
    return list(worksheet.iter_rows(values_only=True))


def _sheet_name(names: list[str], declared: str, file: str, found: Findings) -> str | None:
    if declared in names:
        return declared
    if declared:
        message = "Het werkblad uit study.yml is er niet. Zet de naam van het werkblad achter sheet in study.yml."
    elif len(names) == 1:
        return names[0]
    else:
        message = f"{len(names)} werkbladen gevonden, verwacht 1. Zet de naam van het goede achter sheet in study.yml."
    found.add("werkblad", message, file=file)
    return None


def _formulas(data: bytes, name: str) -> list[tuple[int, int]]:
    """Row and place of every formula in the worksheet, both from 0."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        if not any(re.search(rb"<f[ >/]", archive.read(part)) for part in parts):
            return []
    worksheet = _workbook(data, values=False)[name]
    worksheet.reset_dimensions()
    lines = enumerate(worksheet.iter_rows())
    return [(row, at) for row, line in lines for at, cell in enumerate(line) if cell.data_type == "f"]


def _report_formulas(formulas: list[tuple[int, int]], lines: list[Line], file: str, found: Findings) -> None:
    """A formula whose outcome was never saved reads as an empty cell: that is a fault, not an answer."""
    for row, at in formulas:
        if lines[row][at] is None:
            message = f"De formule in kolom {get_column_letter(at + 1)} heeft geen bewaarde uitkomst. " \
                      "Open het bestand in Excel en sla het op, of plak de uitkomsten als waarden."
            found.add("formule", message, file=file, rows=[row + 1])


def sav(data: bytes, *, file: str, found: Findings) -> Sheet | None:
    """An SPSS file with its value labels and its kinds of missing."""
    opened = _opened(lambda: pyreadstat.read_sav(io.BytesIO(data), user_missing=True), file, found, "SPSS")
    if opened is None:
        return None
    frame, meta = opened
    ranges = cast("dict[str, list[MissingRange]]", meta.missing_ranges)  # single values are for writing only
    columns = [
        _sav_cells(frame[name], meta.variable_value_labels.get(name, {}), ranges.get(name, []))
        for name in frame.columns
    ]
    for name, cells in zip(frame.columns, columns, strict=True):
        kinds = pd.Series(cells.kinds, dtype="str")
        unknown = kinds.notna() & ~kinds.isin(["-7", "-8", "-9"])
        if unknown.any():
            message = "SPSS noemt deze waarde ontbrekend, maar niet waarom. Geef haar het label weet niet, " \
                      "niet van toepassing of niet ingevuld."
            rows = np.flatnonzero(unknown) + 1
            found.add("soort-ontbrekend", message, file=file, rows=rows, column=str(name).lower())
    return Sheet([str(name) for name in frame], columns, np.arange(1, len(frame) + 1))


def _sav_cells(values: pd.Series, labels: Mapping[float, str], ranges: list[MissingRange]) -> Cells:
    cells = of_series(values)
    names = {_plain(code): str(label) for code, label in labels.items()}
    gone = np.zeros(len(values), dtype=bool)
    for limits in ranges:
        gone |= _between(values, limits["lo"], limits["hi"])
    kinds = cells.text.where(gone).map(lambda code: _kind(code, names), na_action="ignore").astype("str")
    nature = np.where(gone, TEXT, cells.nature).astype("uint8")
    return Cells(cells.text.mask(gone), nature, names, kinds)


def _between(values: pd.Series, low: float | str, high: float | str) -> np.ndarray:
    if isinstance(low, str) or isinstance(high, str):
        return (values == low).to_numpy(dtype=bool)
    if not pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values), dtype=bool)
    return values.between(low, high).to_numpy(dtype=bool)


def _plain(code: object) -> str:
    return number_text(code) if isinstance(code, int | float) else str(code)


def _kind(code: str, labels: dict[str, str]) -> str:
    """-7, -8 or -9 by the code itself or by the words of its label; else the code as it is."""
    return code if code in ("-7", "-8", "-9") else KIND_WORDS.get(labels.get(code, "").strip().casefold(), code)


def parquet(data: bytes, *, file: str, found: Findings) -> Sheet | None:
    """A Parquet file, read column by column; page checksums are verified where the file has them."""
    source = _opened(partial(pq.ParquetFile, pa.BufferReader(data), page_checksum_verification=True), file, found,
                     "Parquet")
    if source is None:
        return None
    names, columns, nested = list(source.schema_arrow.names), [], []
    for at in range(len(names)):
        column = _opened(partial(_parquet_column, source, at), file, found, "Parquet")
        if column is None:
            return None
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            nested.append(at)
            column = pa.nulls(len(column), pa.string())
        columns.append(_parquet_cells(column))
    for at in nested:
        message = f"Kolom {at + 1} heeft lijsten, structuren of bytes. Verwacht: tekst, getallen, datums of ja/nee."
        found.add("kolom-soort", message, file=file)
    return Sheet(names, columns, np.arange(1, source.metadata.num_rows + 1))


def _parquet_column(source: pq.ParquetFile, at: int) -> pa.ChunkedArray:
    schema = source.schema_arrow
    names = schema.names
    # a name with a point, twice or of a structure does not tell one column: then all are read to get at it
    alone = names.count(names[at]) == 1 and "." not in names[at] and not pa.types.is_nested(schema.types[at])
    table = source.read(columns=[names[at]] if alone else None, use_threads=False)
    table = table if alone else table.select([at])
    table.validate(full=True)
    return table.column(0)


def _parquet_cells(column: pa.ChunkedArray | pa.Array) -> Cells:
    """The column by its different values: each is written as text once."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not len(column) or pa.types.is_null(column.type):
        return _plain_cells(column)
    codes, different = distinct.encoded(column)
    return replace(_plain_cells(different), codes=codes)


def _plain_cells(column: pa.ChunkedArray | pa.Array) -> Cells:
    if pa.types.is_integer(column.type):
        return of_series(column.to_pandas(types_mapper={column.type: _integers(column.type)}.get))
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"))
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    return of_series(column.to_pandas())


def _integers(kind: pa.DataType) -> object:
    return pd.UInt64Dtype() if pa.types.is_unsigned_integer(kind) else pd.Int64Dtype()
