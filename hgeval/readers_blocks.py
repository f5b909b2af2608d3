"""Reads a plainly written CSV in blocks of columns; whatever asks for care is left to the strict reader."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from hgeval import distinct

BLOCK = 1 << 23  # bytes
_BOM = b"\xef\xbb\xbf"
_LONGEST = csv.field_size_limit()


class _Odd(Exception):
    """A row that is not as plain as it should be."""


def read(content: bytes, *, after: int, width: int, delimiter: str) -> list[tuple[np.ndarray, pd.Series]] | None:
    """The columns after line `after`, each as codes and different texts; None where a line needs the strict reader.

    Plain is: UTF-8, no quotation marks, one kind of line end, no empty rows, and `width` fields in each row. The strict
    reader makes the same of such a file (tests/test_readers_blocks.py).
    """
    if b'"' in content or content.count(b"\r") != content.count(b"\r\n"):
        return None
    start = 0
    for _ in range(after):
        start = content.find(b"\n", start) + 1
    end = _without_empty_end(content)
    if not 0 < start < end or content.startswith(_BOM, start):
        return None
    try:
        return distinct.columns(_parts(content, start, end, width, delimiter), width)
    except (_Odd, pa.ArrowInvalid):
        return None


def _without_empty_end(content: bytes) -> int:
    end = len(content)
    while end and content[end - 1] in b"\r\n":
        end -= 1
    return end


def _parts(content: bytes, start: int, end: int, width: int, delimiter: str) -> Iterator[list[pa.Array]]:
    names = [str(at) for at in range(width)]
    blocks = arrow_csv.open_csv(
        pa.BufferReader(pa.py_buffer(content).slice(start, end - start)),
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, quote_char=False, escape_char=False, newlines_in_values=False, ignore_empty_lines=False
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    for block in blocks:
        lengths = [pc.binary_length(column) for column in block.columns]
        if any((pc.max(length).as_py() or 0) > _LONGEST for length in lengths) or _has_empty_row(lengths):
            raise _Odd
        yield block.columns


def _has_empty_row(lengths: list[pa.Array]) -> bool:
    empty = np.ones(len(lengths[0]), dtype=bool)
    for length in lengths:
        empty &= length.to_numpy() == 0
        if not empty.any():
            return False
    return True
