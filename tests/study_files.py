"""Builds small study folders for tests and reads what the check says about them."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd

from hgeval import load

HEADER = "family_id;region;municipality;reported_on;invited;intervention;children;poverty"
ROW = "F1;VT02;GM1680;03-04-2025;ja;huisverbod;2;nee"
COSTS = "region;year;line;amount"


def study(folder: Path, *, settings: str = "", **files: str | bytes) -> Path:
    """A study folder; `families_csv="..."` becomes families.csv."""
    folder.mkdir(exist_ok=True)
    (folder / "study.yml").write_text(f"name: proef\ndivision:\n  year: 2023\n{settings}", encoding="utf-8")
    for name, content in files.items():
        stem, _, suffix = name.rpartition("_")
        data = content.encode("utf-8") if isinstance(content, str) else content
        (folder / f"{stem}.{suffix}").write_bytes(data)
    return folder


def families(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def costs(*amounts: str) -> str:
    """The table of costs, one row an amount; the first stands on line 2."""
    return "\n".join([COSTS, *(f"VT02;2024;regel {at};{amount}" for at, amount in enumerate(amounts))]) + "\n"


def faults(folder: Path) -> list[tuple]:
    """Row, column and rule of every finding; a missing row is None."""
    found = load.check(folder).findings
    rows = [None if pd.isna(row) else int(row) for row in found["row"]]
    return list(zip(rows, found["column"], found["rule"], strict=True))


def rules(folder: Path) -> set[str]:
    return set(load.check(folder).findings["rule"])


def message(folder: Path, rule: str) -> str:
    """The one message of a rule."""
    found = load.check(folder).findings
    (text,) = found.loc[found["rule"] == rule, "message"].unique()
    return text


def table(folder: Path, name: str) -> pd.DataFrame:
    """A typed table of a study without a single fault."""
    return load.study(folder).tables[name]


def workbook(*rows: list, title: str = "families", change=None) -> bytes:
    """An .xlsx with these rows; `change` gets the workbook before it is saved."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def covenants_row(party: str) -> str:
    """The table of agreements with one row, whose party is free text."""
    return f"region;year;agreement;kind;party\nVT02;2024;A1;prestatie;{party}\n"
