"""Long columns by their different values: what is done once for each of those need not be done for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_PENDING = 200_000  # rows kept as text before they are coded


def code(values: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """For each row the place of its value among the different values, in order of appearance; missing is one too."""
    codes, found = pd.factorize(values, use_na_sentinel=False)
    return codes, pd.Series(found)


def spread(values: pd.Series, codes: np.ndarray) -> pd.Series:
    """Values of the different values as a column of rows, of the same dtype."""
    return pd.Series(values.array.take(codes))


def mapped(values: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """`function(values)`, for a function that looks at one cell at a time, at the cost of the different values."""
    codes, found = code(values)
    return spread(function(found), codes).set_axis(values.index)


def isin(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Which values are among others, both text; a missing one never is."""
    texts = pa.array(among.dropna(), type=pa.large_string())
    found: np.ndarray = pc.is_in(pa.array(values, type=pa.large_string()), value_set=texts).to_numpy(
        zero_copy_only=False
    )
    return found


def encoded(values: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """As `code`, of an Arrow column: the codes, and the different values with the missing one last."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    return _united([chunk.dictionary_encode() for chunk in chunks])


def _united(parts: list[pa.DictionaryArray]) -> tuple[np.ndarray, pa.Array]:
    parts = pa.chunked_array(parts).unify_dictionaries().chunks
    different = parts[0].dictionary
    codes = np.concatenate([pc.fill_null(part.indices, len(different)).to_numpy() for part in parts])
    if any(part.indices.null_count for part in parts):
        different = pa.concat_arrays([different, pa.nulls(1, different.type)])
    return codes, different


class Coded:
    """A column of text as it is being read, in parts: kept as codes and the different texts."""

    def __init__(self) -> None:
        self._parts: list[pa.Array] = []
        self._pending: list[pa.Array] = []
        self._rows = 0

    def add(self, part: pa.Array) -> None:
        """More rows, under those there are."""
        self._pending.append(part)
        self._rows += len(part)
        if self._rows >= _PENDING:
            self._settle()

    def finish(self) -> tuple[np.ndarray, pd.Series]:
        """For each row the place of its text among the different texts, and those."""
        self._settle()
        if not self._parts:
            return np.empty(0, dtype="int32"), pd.Series(dtype="str")
        codes, different = _united(self._parts)
        self._parts = []
        return codes, different.to_pandas().astype("str")

    def _settle(self) -> None:
        if self._pending:
            self._parts.append(pa.concat_arrays(self._pending).dictionary_encode())
        self._pending, self._rows = [], 0


def columns(parts: Iterable[list[pa.Array]], width: int) -> list[tuple[np.ndarray, pd.Series]]:
    """The columns of a table that comes in parts, each as codes and the different texts."""
    coded = [Coded() for _ in range(width)]
    for part in parts:
        for column, values in zip(coded, part, strict=True):
            column.add(values)
    return [column.finish() for column in coded]
