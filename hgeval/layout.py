"""Released numbers laid out in cells: as values for a file, and as printed in Dutch."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from hgeval import rates, reference, wording
from hgeval.disclosure import Released
from hgeval.disclosure_rule import Rule
from hgeval.errors import DisclosureError, EstimateError
from hgeval.params import Study, Wave
from hgeval.schema import TABLES
from hgeval.shared import Parts
from hgeval.types import Plain, Row

HIDDEN = ("suppressed", "suppressed_with")
UNKNOWN_WORDS, HIDDEN_WORDS, UNANSWERED_WORDS = "geen cijfer", "niet getoond", "niet ingevuld"
BESIDE = ("level", "method", "status", "source", "note", "provisional")
_BLANK = ("events", "low", "high")  # may not exist at all, such as the interval of a census
_KIND_OF_METHOD = {
    "wilson": "share", "share": "share", "per_10000": "rate", "count": "count", "median_iqr": "number",
    "weighted": "share", "amount": "euro", "model_share": "share", "model_difference": "difference",
    "model_ratio": "number", "precision": "points", "difference": "difference", "agreement": "index",
}
_NUMBERS = {"value", "low", "high", "target", "crude", "expected", "low95", "high95", "low998", "high998"}
_HEADINGS = {"share": "share", "rate": "rate", "count": "n", "euro": "amount", "points": "points",
             "difference": "difference"}
_SHARES = {"density", "score", "important_share", "met_share"}
_DIFFERENCES = {"gap_share"}
_YEARS = {column.name for table in TABLES.values() for column in table.columns if column.kind == "year"}
# What a cell without an answer says where "not filled in" could be untrue.
_UNASKED = dict.fromkeys(("gereed_jaar", "capaciteit_tekort", "partner_region", "partner_rol", "partner_mandaat"), "")
_UNASKED |= dict.fromkeys(("mutual", "usable", "complete", "present"), "Niet bekend")
_UNASKED |= dict.fromkeys(("casussen_mda", "casussen_verwacht"), "Niet ingevuld of te klein")
_EURO = {"uncovered"} | {column.name for table in TABLES.values() for column in table.columns if column.unit == "euro"}


class Reader(Protocol):
    """What an exhibit asks of a case: names of regions and waves, who reads by which rule, and pictures drawn before.

    picture: the bytes made from these parts before, or else by the function.
    """

    @property
    def region(self) -> str: ...
    @property
    def region_name(self) -> str: ...
    @property
    def regions(self) -> pd.DataFrame: ...
    @property
    def config(self) -> Study: ...
    @property
    def rule(self) -> Rule: ...
    def picture(self, parts: Parts, make: Callable[[], bytes]) -> bytes: ...


@dataclass(frozen=True)
class Column:
    """A column as shown: its heading, and what its cells are (text, count, share, rate, number, index, euro, mixed)."""

    name: str
    label: str
    kind: str


@dataclass(frozen=True)
class Lines:
    """The cells of an exhibit, as values and as printed; a hidden value is None, printed as a dot."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Plain, ...], ...]
    display: tuple[tuple[str, ...], ...]
    status: tuple[str, ...]


def visible(released: Released) -> pd.DataFrame:
    """The rows of a release. Raises DisclosureError for anything else."""
    if not isinstance(released, Released):
        raise DisclosureError(
            "Een tabel, figuur of zin neemt alleen cijfers die zijn vrijgegeven. "
            "Gebruik eerst disclosure.release(schattingen, case)."
        )
    return released.frame


def namer(case: Reader) -> Callable[[str, object], str]:
    """How this case names a code of a column: regions and waves its own way, all else as in the wording."""
    regions = dict(zip(case.regions["region"], case.regions["name"], strict=True)) | {"NL": "Nederland"}
    waves = {wave.code: moment(wave) for wave in case.config.waves}
    own = {"region": regions, "partner_region": regions, "partnerregios": regions, "wave": waves}

    def name_of(column: str, code: object) -> str:
        if column == "theme":
            return (reference.themes() | case.config.themes).get(str(code), str(code))
        return own[column].get(code, str(code)) if column in own else wording.label(column, code)

    return name_of


def moment(wave: Wave) -> str:
    """When a wave was, in words."""
    return wave.label or ("bij de start" if wave.months == 0 else f"na {wave.months} maanden")


def groups(frame: pd.DataFrame) -> list[str]:
    """The columns that name a row, left to right."""
    named = [name for name in frame.columns if name not in (*BESIDE, "position")]
    texts = [name for name in named if not pd.api.types.is_numeric_dtype(frame[name])]
    varied = [name for name in texts if frame[name].nunique(dropna=False) > 1]
    return varied or texts[:1]


def lay_out(frame: pd.DataFrame, case: Reader, columns: Sequence[str]) -> Lines:
    """The cells of these columns. Raises EstimateError for a column the frame does not have."""
    absent = [name for name in columns if name not in frame]
    if absent:
        raise EstimateError(f"Onbekende kolom: {', '.join(absent)}. Bekend zijn: {', '.join(frame.columns)}.")
    name_of, units = namer(case), _units(frame)
    by_column = {name: kinds(frame, name) for name in columns}
    records = frame.to_dict("records")
    shown = tuple(_column(name, by_column[name], units, columns) for name in columns)
    rows = tuple(tuple(raw(record[name]) for name in columns) for record in records)
    display = tuple(
        tuple(_printed(name, by_column[name][at], record, name_of, columns) for name in columns)
        for at, record in enumerate(records)
    )
    return Lines(shown, rows, display, tuple(frame["status"]))


def signs(lines: Lines) -> tuple[str, ...]:
    """What the signs in the cells mean; only those that are used."""
    cells = [cell for row in lines.display for cell in row]
    rounded = "rounded" in lines.status
    partly = rounded and ("shown" in lines.status or _has_exact(lines))
    used: dict[wording.Sign, bool] = {
        "missing": wording.MISSING in cells,
        "provisional": any(cell.endswith("*") for cell in cells),
        "rounded": rounded and not partly,
        "partly": partly,
    }
    return tuple(wording.sign(name) for name, found in used.items() if found)


def _has_exact(lines: Lines) -> bool:
    """Whether a row that counts as rounded has a count that is not: for the own region one of the two may be exact."""
    counts = [at for at, column in enumerate(lines.columns) if column.name in ("events", "n")]
    rows = zip(lines.rows, lines.status, strict=True)
    found = [row[at] for row, status in rows if status == "rounded" for at in counts]
    return any(isinstance(count, int | float) and count % 5 for count in found)


def raw(value: Any) -> Plain:
    """A cell as JSON holds it."""
    if pd.isna(value):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if pd.api.types.is_bool(value):
        return bool(value)
    if pd.api.types.is_integer(value):
        return int(value)
    if pd.api.types.is_float(value):
        return round(float(value), 6) if math.isfinite(value) else None
    return str(value)


def _units(frame: pd.DataFrame) -> set[str]:
    return {wording.measure(code).unit for code in frame["measure"].unique()} if "measure" in frame else set()


def kinds(frame: pd.DataFrame, name: str) -> list[str]:
    """What each cell of a column is; for an estimate its method says so, for a published figure its measure."""
    if name in ("n", "events"):
        return ["count"] * len(frame)
    if name in _NUMBERS and "method" in frame:
        by_row = zip(rates.plain(frame["method"]), frame["measure"], strict=True)
        return [_KIND_OF_METHOD.get(method) or wording.measure(measure).value or "count" for method, measure in by_row]
    if name in _SHARES:
        return ["share"] * len(frame)
    if name in _DIFFERENCES:
        return ["difference"] * len(frame)
    if name in _YEARS:
        return ["text"] * len(frame)
    numeric = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
    return [("euro" if name in _EURO else "number") if numeric else "text"] * len(frame)


def _column(name: str, found: list[str], units: set[str], columns: Sequence[str]) -> Column:
    only = {0: "text", 1: next(iter(found), "")}.get(len(set(found)), "mixed")
    return Column(name, _heading(name, only, units, columns), only)


def _heading(name: str, kind: str, units: set[str], columns: Sequence[str]) -> str:
    """The heading that says what such numbers count: of how many families, or how many regions."""
    if name == "n" and len(units) == 1:
        return f"{wording.column('of' if 'events' in columns else 'n')} {min(units)}".strip()
    if name == "events" and units == {"regio's"}:
        return wording.column("events_regions")
    if name == "value" and kind == "number" and units == {"gezinnen"}:
        return wording.column("times")
    if name == "value":
        return wording.column(_HEADINGS.get(kind, "value"))
    return wording.column(name)


def _printed(name: str, kind: str, record: Row, name_of: Callable[[str, object], str], columns: Sequence[str]) -> str:
    value, hidden = record[name], record["status"] in HIDDEN
    if pd.isna(value):
        if name == "value" and record["status"] == "none":
            return UNKNOWN_WORDS
        if "method" not in record and not hidden:
            return _UNASKED.get(name, wording.capital(UNANSWERED_WORDS))
        return "" if name in _BLANK and not hidden else wording.MISSING
    star = "*" if record.get("provisional") is True and name == ("period" if "period" in columns else "value") else ""
    return _cell(name, kind, record, name_of).rstrip("*") + star if star else _cell(name, kind, record, name_of)


def _counted(name: str, record: Row) -> bool:
    """Whether a share was counted; what a model made of it has no decimals."""
    return name != "expected" and record.get("method") != "model_share"


def _cell(name: str, kind: str, record: Row, name_of: Callable[[str, object], str]) -> str:
    value = record[name]
    if pd.api.types.is_bool(value):
        return "ja" if value else "nee"
    if isinstance(value, dt.date):
        return wording.date(value)
    if kind == "share":
        return wording.percent(value, n=record.get("n") if _counted(name, record) else None)
    if kind in ("points", "difference"):
        return wording.points(value, signed=kind == "difference")
    if kind == "euro":
        return wording.euro(value)
    if kind == "index":
        return wording.number(value, 2)
    if kind in ("count", "rate", "number"):
        return wording.number(value, 1 if kind == "rate" or (kind == "number" and float(value) % 1) else 0)
    return wording.capital(wording.series(name_of(name, code) for code in str(value).split("|")))
