"""A study folder to typed frames, with everything that is wrong in it as findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from hgeval import (
    cells,
    checks,
    checks_divisions,
    checks_governance,
    checks_survey,
    findings,
    open_answers,
    params,
    paths,
    readers,
)
from hgeval.errors import StudyError
from hgeval.findings import Findings
from hgeval.schema import TABLES
from hgeval.schema_survey import SURVEY_TABLES
from hgeval.types import Row

findings_text, findings_json = findings.text, findings.as_json
_SHOWN = 10  # findings in the error; `check` gives all


@dataclass(frozen=True)
class Loaded:
    """A study: settings, typed frames, kinds of missing, findings and a digest of all that was read.

    Every frame has all columns of its table. `missing[table]` has a row for each answer that is
    missing for a known reason: `row` is the index in the frame, `kind` is -7, -8 or -9, or the code
    that an SPSS file calls missing without saying why. `files` has the sha256 of each table's file.
    """

    config: params.Study
    tables: dict[str, pd.DataFrame] = field(repr=False)
    missing: dict[str, pd.DataFrame] = field(repr=False)
    findings: pd.DataFrame = field(repr=False)
    digest: str
    files: dict[str, str] = field(default_factory=dict, repr=False)


def study(folder: str | Path) -> Loaded:
    """The study in a folder. Raises StudyError where a finding is a "fout", with the first ten of them."""
    loaded = check(folder)
    wrong = loaded.findings[loaded.findings["severity"] == findings.ERROR]
    if not wrong.empty:
        raise StudyError(_explained(wrong), loaded.findings)
    return loaded


def check(folder: str | Path) -> Loaded:
    """The study in a folder with all its findings, faults and warnings alike."""
    home = paths.study_dir(folder)
    config, found = params.study(home), Findings()
    _report_settings(config, found)
    raws = _read_all(home, config, found)
    places = {name: raw.place for name, raw in raws.items()}
    typed = {name: _typed(raw, config) for name, raw in raws.items()}
    frames = checks.resolve({name: frame for name, (frame, _) in typed.items()}, places, config)
    if readers.is_absent(home, "families", config):
        checks.report_no_families(frames, places)
    checks.report(frames, places, config)
    checks_survey.report(frames, places, config)
    checks_divisions.report(frames, places, config)
    checks_governance.report(frames, places)
    open_answers.report(frames, places)
    missing = {name: gone for name, (_, gone) in typed.items()}
    files = {name: raw.sha256 for name, raw in raws.items()}
    return Loaded(config, frames, missing, found.frame(), _digest(home, raws), files)


def empty(name: str) -> pd.DataFrame:
    """A table of the schema without rows."""
    return pd.DataFrame({column.name: cells.empty(column, 0) for column in TABLES[name].columns})


def _read_all(home: Path, config: params.Study, found: Findings) -> dict[str, readers.Raw]:
    raws = {name: readers.read(home, table, config, found) for name, table in TABLES.items()}
    readers.report_strays(home, config, found)
    there = {name: raw for name, raw in raws.items() if raw is not None}
    if not there and not found.frame()["severity"].eq(findings.ERROR).any():
        message = "Er is geen enkele tabel in deze studiemap. Zet er een bestand in dat heet naar een tabel, zoals " \
                  "families.csv; data/README.md noemt alle tabellen."
        found.add("geen-tabellen", message, file=readers.STUDY_FILE)
    return there


def _typed(raw: readers.Raw, config: params.Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    survey = raw.table in SURVEY_TABLES
    values, gone = {}, []
    for column in raw.table.columns:
        if column.name not in raw.cells:
            values[column.name] = cells.empty(column, len(raw.place.rows))
            continue
        values[column.name], kinds = cells.convert(
            column, raw.cells.pop(column.name), table=raw.table, place=raw.place, form=raw.format,
            survey=survey, latest=config.reference_date,
        )
        known = kinds.dropna()
        gone.append(pd.DataFrame({"row": known.index, "column": column.name, "kind": known.to_numpy(dtype=object)}))
    missing = pd.concat(gone, ignore_index=True).astype({"row": "Int64", "column": "str", "kind": "str"})
    return pd.DataFrame(values), missing


def _report_settings(config: params.Study, found: Findings) -> None:
    """A column name in `rename` or `values` that no table has would be passed over in silence."""
    everywhere = {column for table in TABLES.values() for column in table.names}
    for form, known in [(config.formats, everywhere), *_own_formats(config)]:
        unknown = {*form.rename.values(), *form.values} - known
        if unknown:
            message = "rename of values noemt een kolom die er niet is. De kolommen staan in data/README.md."
            for name in sorted(unknown):
                found.add("instelling-kolom", message, file=readers.STUDY_FILE, column=name)


def _own_formats(config: params.Study) -> Iterator[tuple[params.Format, set[str]]]:
    return ((form, set(TABLES[name].names)) for name, form in config.files.items())


def _explained(wrong: pd.DataFrame) -> str:
    lines = [_sentence(fault) for fault in wrong.head(_SHOWN).to_dict("records")]
    more = len(wrong) - len(lines)
    closing = [f"En nog {more} fout(en)."] if more > 0 else []
    return "\n".join([f"De studie kan niet worden gebruikt: {len(wrong)} fout(en).", *lines, *closing,
                      "Bekijk alles met: hgeval check"])


def _sentence(fault: Row) -> str:
    row: str = f"rij {fault['row']}" if pd.notna(fault["row"]) else ""
    where = (fault["file"], row, f"kolom {fault['column']}" if fault["column"] else "")
    return f"- {', '.join(part for part in where if part)}: {fault['message']}"


def _digest(home: Path, raws: dict[str, readers.Raw]) -> str:
    own = hashlib.sha256((home / readers.STUDY_FILE).read_bytes()).hexdigest()
    files = {readers.STUDY_FILE: own} | {raw.place.file: raw.sha256 for raw in raws.values()}
    listed = "".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()
