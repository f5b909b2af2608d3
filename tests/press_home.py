"""A small home for the press to work in: own settings and notebooks, the real reference tables, a study of one row."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from hgeval.press import export

REPO = Path(__file__).resolve().parents[1]
FIXTURES = REPO / "tests" / "notebooks"
REPORTS = """\
good:
  notebook: good.ipynb
  title: Hoe gaat het hier?
  about: Dit rapport gaat over deze regio.
  scope: region
country:
  notebook: country.ipynb
  title: Hoe staat het ervoor?
  about: Dit rapport gaat over het hele land.
  scope: national
"""
STUDY = "name: klein\ntitle: Kleine studie\nsynthetic: true\ndivision: {year: 2022}\nreference_date: 2025-12-31\n"


def make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the fixture notebooks and the study `klein`; kernels find the stub."""
    for name in ("params", "notebooks", "data/klein"):
        (folder / name).mkdir(parents=True)
    for name in ("study.yml", "disclosure.yml", "wording.yml"):
        shutil.copy(REPO / "params" / name, folder / "params" / name)
    for path in FIXTURES.glob("*.ipynb"):
        shutil.copy(path, folder / "notebooks")
    (folder / "params" / "reports.yml").write_text(REPORTS)
    (folder / "data" / "reference").symlink_to(REPO / "data" / "reference")
    (folder / "data" / "klein" / "study.yml").write_text(STUDY)
    rows = (REPO / "data" / "demo" / "families.csv").read_text().splitlines(keepends=True)
    (folder / "data" / "klein" / "families.csv").write_text("".join(rows[:2]))
    monkeypatch.setenv("HGEVAL_HOME", str(folder))
    monkeypatch.setenv("PYTHONPATH", f"{REPO}:{FIXTURES}")
    return folder


def contents(out: Path) -> dict[str, bytes]:
    """Every published file; logs hold durations, and what is hidden is the press's own."""
    files = (path.relative_to(out) for path in out.rglob("*") if path.is_file())
    shown = [path for path in files if path.parts[0] != "logs" and not any(part[0] == "." for part in path.parts)]
    return {path.as_posix(): (out / path).read_bytes() for path in shown}


def good() -> nbformat.NotebookNode:
    return nbformat.read(FIXTURES / "good.ipynb", as_version=4)


def with_cell(source: str, *tags: str) -> nbformat.NotebookNode:
    """The good notebook with one more code cell at the end."""
    notebook = good()
    cell = nbformat.v4.new_code_cell(source, id="extra")
    cell.metadata["tags"] = list(tags)
    notebook.cells.append(cell)
    return notebook


def only(*sources: str) -> nbformat.NotebookNode:
    """A notebook of the good parameters cell and these code cells."""
    notebook = good()
    extra = [nbformat.v4.new_code_cell(source, id=f"extra-{number}") for number, source in enumerate(sources)]
    notebook.cells = [notebook.cells[1], *extra]
    return notebook


def report(**over: object) -> export.Report:
    """What the page of the good notebook says about itself."""
    values = {
        "name": "good", "title": "Hoe gaat het hier?", "region": "VT02", "region_name": "Drenthe",
        "study_title": "Kleine studie", "synthetic": True, "reference_date": "2025-12-31", "own_eyes": False,
        "rule_text": "Aantallen zijn afgerond.", "version": "0.1.0",
    }
    return export.Report(**(values | over))


def payload(kind: str = "table", **over: object) -> dict:
    """A table, figure or list of sentences with a shown and a hidden row."""
    return {
        "schema": 1, "kind": kind, "id": f"een-{kind}", "title": "Bij 3 op de 10 stopte het", "source": "de bron",
        "alt": "Staven van 30% en 35%.", "notes": ["Een noot."], "profile": "cbs5", "study": "klein",
        "region": "VT02", "synthetic": True,
        "columns": [
            {"name": "region", "label": "Regio", "kind": "text"}, {"name": "n", "label": "Gezinnen", "kind": "count"},
            {"name": "value", "label": "Percentage", "kind": "share"},
            {"name": "low", "label": "Ondergrens", "kind": "share"},
            {"name": "high", "label": "Bovengrens", "kind": "share"},
        ],
        "rows": [["VT02", 40, 0.3, 0.18, 0.46], ["NL", None, None, None, None]],
        "display": [["Drenthe", "40", "30%", "18%", "46%"], ["Nederland", ".", ".", ".", "."]],
        "status": ["rounded", "suppressed"], "sentences": ["Eén zin.", "Nog een zin."], **over,
    }
