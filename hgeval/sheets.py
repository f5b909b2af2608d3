"""What a reader hands on: every cell as text, with what it was in the file (its nature)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd

# Text is read by the marks the study declares; the others are already exact and written in one fixed way.
TEXT, NUMBER, ROUNDED, DATE, FLAG, OTHER = range(6)
EXACT_TO = 10**15  # a spreadsheet keeps 15 digits of a number; a longer one may have been rounded


@dataclass(frozen=True)
class Cells:
    """One column of a file: text, natures, value labels and kinds of missing.

    With `codes` the others have one row for each different value, and `codes` says which one each row of the file has.
    """

    text: pd.Series
    nature: np.ndarray
    labels: dict[str, str] = field(default_factory=dict)
    kinds: pd.Series | None = None
    codes: np.ndarray | None = None


@dataclass(frozen=True)
class Sheet:
    """One table as it stands in a file; `rows` are its row numbers there."""

    header: list[str]
    columns: list[Cells]
    rows: np.ndarray


def of_text(text: pd.Series, codes: np.ndarray | None = None) -> Cells:
    """A column that was text in the file."""
    return Cells(text, np.full(len(text), TEXT, dtype="uint8"), codes=codes)


def of_values(values: Iterable[object]) -> Cells:
    """A column of Python values, each written in its one fixed way."""
    pairs = [_written(value) for value in values]
    text = pd.Series([pair[0] for pair in pairs], dtype="str")
    return Cells(text, np.array([pair[1] for pair in pairs], dtype="uint8"))


def _written(value: object) -> tuple[str | None, int]:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None, TEXT
    if isinstance(value, str):
        return value, TEXT
    if isinstance(value, bool):
        return ("true" if value else "false"), FLAG
    if isinstance(value, int | float):
        return number_text(value), NUMBER if abs(value) < EXACT_TO else ROUNDED
    if isinstance(value, dt.date):  # a datetime too: the time of day is not used
        return f"{value:%Y-%m-%d}".rjust(10, "0"), DATE
    return str(value), OTHER


def number_text(value: float) -> str:
    """The shortest digits that give this number back exactly, with a decimal point and no exponent."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(float(value))), "f")


def of_series(values: pd.Series) -> Cells:
    """A typed pandas column; whole numbers stay exact however long they are."""
    values = values.reset_index(drop=True)
    if pd.api.types.is_bool_dtype(values):
        return _typed(values, values.map({True: "true", False: "false"}, na_action="ignore"), FLAG)
    if pd.api.types.is_integer_dtype(values):
        return _typed(values, values.astype("str"), NUMBER)
    if pd.api.types.is_datetime64_any_dtype(values):
        return _typed(values, values.dt.strftime("%Y-%m-%d"), DATE)
    if pd.api.types.is_string_dtype(values):
        return of_text(values.astype("str"))
    return of_values(None if pd.isna(value) else value for value in values.tolist())


def _typed(values: pd.Series, text: pd.Series, nature: int) -> Cells:
    present = values.notna()
    kept = pd.Series(text, dtype="object").where(present, None)
    return Cells(kept.astype("str"), np.where(present, nature, TEXT).astype("uint8"))
