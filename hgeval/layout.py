"""Released numbers laid out in cells: as values for a file, and as printed in Dutch."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from hgeval import column_kinds, hiding, reference, wording
from hgeval.disclosure import Released
from hgeval.disclosure_rule import Rule
from hgeval.errors import DisclosureError, EstimateError
from hgeval.params import Study, Wave
from hgeval.schema_survey import SURVEY_TABLES
from hgeval.shared import Parts
from hgeval.types import Plain, Row

HIDDEN = hiding.HIDDEN
UNKNOWN_WORDS, HIDDEN_WORDS, UNANSWERED_WORDS = "geen cijfer", "niet getoond", "niet ingevuld"
NOT_COMPUTED_WORDS = "niet uit te rekenen"  # a model was made, and did not determine this number
BESIDE = ("level", "method", "status", "source", "note", "provisional")
_BLANK = ("events", "low", "high")  # may not exist at all, such as the interval of a census
_HEADINGS = {"share": "share", "rate": "rate", "count": "n", "euro": "amount", "points": "points",
             "difference": "difference", "cents": "amount", "days": "days"}
_ANSWERS = ("state",)  # what the own region answered, in a row whose numbers are of all regions
_TOWNS = ("municipality", "centre")
# What a cell without an answer says where "not filled in" could be untrue.
_UNASKED = dict.fromkeys(("gereed_jaar", "capaciteit_tekort", "partner_region", "partner_rol", "partner_mandaat"), "")
_UNASKED |= {"median_months": "Niet van toepassing"}
_UNASKED |= dict.fromkeys(("mutual", "usable", "complete", "present"), "Niet bekend")
_UNASKED |= dict.fromkeys(("casussen_mda", "casussen_verwacht"), "Niet ingevuld of te klein")
# What a region answered; beside a hidden number of the country it is still its own answer, or not filled in.
ANSWERED = {name for table in SURVEY_TABLES for name in table.names if name not in table.key and name != "status"}
ANSWERED |= {"presence", "partner_region", "usable", "complete", "uncovered", "given", "asked"}


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
    """A column as shown: its heading, and what its cells are (`column_kinds`, or mixed)."""

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
    """How this case names a code of a column: regions, waves and themes its own way, all else as in the wording."""
    regions = dict(zip(case.regions["region"], case.regions["name"], strict=True)) | {"NL": "Nederland"}
    waves = {wave.code: moment(wave) for wave in case.config.waves}
    later = {wave.code: followed(wave) for wave in case.config.waves}
    own = {"region": regions, "partner_region": regions, "partnerregios": regions, "wave": waves, "follow_up": later}
    own |= dict.fromkeys(_TOWNS, dict(reference.town_names()))

    def name_of(column: str, code: object) -> str:
        if column == "theme":
            return (reference.themes() | case.config.themes).get(str(code), str(code))
        return own.get(column, {}).get(str(code)) or wording.label(column, code)

    return name_of


def moment(wave: Wave) -> str:
    """When a wave was, in words."""
    return wave.label or ("bij de start" if wave.months == 0 else f"na {wave.months} maanden")


def followed(wave: Wave) -> str:
    """How long families were followed up to a wave, whatever the study calls it."""
    return f"{wave.months} {'maand' if wave.months == 1 else 'maanden'} na de melding"


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
    by_column = {name: column_kinds.kinds(frame, name) for name in columns}
    records = frame.to_dict("records")
    waves = {wave.code: Column(wave.code, wording.capital(moment(wave)), "text") for wave in case.config.waves}
    shown = tuple(waves.get(name) or _column(name, by_column[name], units, columns) for name in columns)
    rows = tuple(tuple(raw(record[name]) for name in columns) for record in records)
    display = tuple(
        tuple(_printed(name, by_column[name][at], record, name_of, columns) for name in columns)
        for at, record in enumerate(records)
    )
    return Lines(shown, rows, display, tuple(frame["status"]))


def dotted(lines: Lines) -> list[bool]:
    """Of each row, whether it is hidden and shows no number at all, and no answer of the own region beside it."""
    answers = [at for at, column in enumerate(lines.columns) if at and column.name in (*_ANSWERS, *ANSWERED)]
    rows = zip(lines.rows, lines.status, strict=True)
    return [
        status in HIDDEN and all(value is None or isinstance(value, str) for value in row)
        and all(row[at] is None for at in answers) for row, status in rows
    ]


def without(lines: Lines, left_out: Sequence[bool]) -> Lines:
    """The lines of which this is not true."""
    kept = [at for at, out in enumerate(left_out) if not out]
    rows, display = tuple(lines.rows[at] for at in kept), tuple(lines.display[at] for at in kept)
    return Lines(lines.columns, rows, display, tuple(lines.status[at] for at in kept))


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


def _column(name: str, found: list[str], units: set[str], columns: Sequence[str]) -> Column:
    only = {0: "text", 1: next(iter(found), "")}.get(len(set(found)), "mixed")
    return Column(name, _heading(name, only, units, columns), only)


def _heading(name: str, kind: str, units: set[str], columns: Sequence[str]) -> str:
    """The heading that says what such numbers count: of how many families, or how many regions."""
    if name == "n" and len(units) == 1:
        return f"{wording.column('of' if 'events' in columns else 'n')} {min(units)}".strip()
    if name == "events" and units == {"regio's"}:
        return wording.column("events_regions")
    if name == "events" and units == {"inwoners"}:
        return wording.column("n")  # of as many as live there, which is another column's
    if name == "value" and "crude" in columns:
        return wording.column("alike")  # beside the share as it was measured
    if name == "value" and kind == "number" and units == {"gezinnen"}:
        return wording.column("times")
    if name == "value":
        return wording.column(_HEADINGS.get(kind, "value"))
    return wording.column(name)


def _printed(name: str, kind: str, record: Row, name_of: Callable[[str, object], str], columns: Sequence[str]) -> str:
    value, hidden = record[name], record["status"] in HIDDEN
    if pd.isna(value):
        if kind == "ratio" and not hidden and name not in _BLANK:
            return NOT_COMPUTED_WORDS
        if name == "value" and record["status"] == "none":
            return NOT_COMPUTED_WORDS if str(record.get("method")).startswith("model") else UNKNOWN_WORDS
        if name in ANSWERED or ("method" not in record and not hidden):
            return _UNASKED.get(name, wording.capital(UNANSWERED_WORDS))
        return "" if name in _BLANK and not hidden else wording.MISSING
    star = "*" if record.get("provisional") is True and name == ("period" if "period" in columns else "value") else ""
    return _cell(name, kind, record, name_of).rstrip("*") + star if star else _cell(name, kind, record, name_of)


def _counted(name: str, record: Row) -> bool:
    """Whether a share was counted; what a model or a curve made of it has no decimals."""
    return name not in column_kinds.WHOLE and record.get("method") not in ("model_share", "km_share")


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
    if kind == "ratio":
        return wording.number(value, 2)
    if kind == "cents":
        return wording.cents(value)
    if kind in ("count", "rate", "number", "days"):
        return wording.number(value, 1 if kind == "rate" or (kind == "number" and float(value) % 1) else 0)
    return wording.capital(wording.series(name_of(name, code) for code in str(value).split("|")))
