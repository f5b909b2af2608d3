"""How a table of a study is described: its row, its key, its columns and their kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "code",  # text that names something; kept as text, leading zeros and all
    "text",  # free text; never shown, never quoted
    "integer",
    "decimal",
    "date",
    "year",
    "choice",  # one of `choices`
    "multi",  # several of `choices`, separated by |
    "shares",  # percentages over `choices`, written a=60|b=40, that sum to 100
    "flag",  # ja / nee
]

# Kinds of missing, as the codebook of the needs survey numbers them.
MISSING_KINDS = {"-7": "niet van toepassing", "-8": "weet niet", "-9": "niet ingevuld"}


@dataclass(frozen=True)
class Column:
    """One column: its kind, its Dutch label and what a cell may hold."""

    name: str
    kind: Kind
    label: str
    required: bool = False  # the column must be there
    filled: bool = False  # no cell may be empty
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    refers: str = ""  # "region", "municipality", "wave", or "table.column"
    item: int | None = None  # number in the needs survey's codebook
    most: int | None = None  # most answers in a multi


@dataclass(frozen=True)
class Table:
    """One table of a study: what a row is, which columns identify it, and its columns."""

    name: str
    label: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def region(label: str = "Veilig Thuis-regio (code)") -> Column:
    """The column that says which region a row is about."""
    return Column("region", "code", label, required=True, filled=True, refers="region")
