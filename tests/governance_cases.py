"""Answers on who does what, to count by hand: two named regions, one only in the total, one that says nee, one new."""

from __future__ import annotations

import pandas as pd
from survey_cases import NA, division

from hgeval import load
from hgeval.schema import TABLES

REGIONS = division(6)
KINDS = {"integer": "Int64", "decimal": "Float64", "year": "Int64", "flag": "boolean", "date": "datetime64[s]"}


def table(name: str, rows: list, columns: str) -> pd.DataFrame:
    """Rows as a typed frame with every column of the table, as a study is read."""
    frame = pd.DataFrame(rows, columns=columns.split()).reindex(columns=list(TABLES[name].names))
    kinds = {column.name: KINDS.get(column.kind, "str") for column in TABLES[name].columns}
    return frame.astype(kinds) if rows else load.empty(name)


CONSENT = table("survey_regions", [
    ["VT01", "ja"], ["VT02", "ja"], ["VT03", "alleen_in_totaal"], ["VT04", "nee"],
], "region publicatie_ok")  # VT05 and VT06 never said


def study(checklists=(), columns="region checklist item status") -> dict[str, pd.DataFrame]:
    return {"survey_regions": CONSENT, "checklists": table("checklists", list(checklists), columns)}


def of(frame: pd.DataFrame, region: str) -> pd.DataFrame:
    return frame[frame["region"] == region].reset_index(drop=True)


__all__ = ["CONSENT", "NA", "REGIONS", "of", "study", "table"]
