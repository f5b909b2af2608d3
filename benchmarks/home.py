"""A copy of the checkout's notebooks, settings and study to work in, what may change in it, and a folder of 2,000."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import yaml

from hgeval import params, paths, reference, store

REGION_REPORTS = [name for name, spec in params.reports().items() if spec.scope == "region"]
SCENARIOS = {
    "cold": "alles voor het eerst", "nothing": "niets veranderd", "notebook": "één notebook veranderd",
    "region": "gegevens van één regio veranderd",
}


def make(folder: Path, *, reports: int, alone: bool = False) -> Path:
    """A home with so many reports a region: the notebooks in turn, where there are more under names of their own.

    alone: nothing can be kept beside the study, so that each report computes all of it.
    """
    root = paths.root()
    for name in ("params", "notebooks", "data/demo"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns(".*"))
    if alone:
        (folder / "data" / "demo" / store.FOLDER).touch()  # a file, where a folder would be
    (folder / "data" / "reference").symlink_to(root / "data" / "reference")
    known = params.reports()
    chosen = {name: known[of].model_dump(mode="json") for name, of in names(reports).items()}
    (folder / "params" / "reports.yml").write_text(yaml.safe_dump(chosen, allow_unicode=True, sort_keys=False))
    return folder


def all_regions() -> list[str]:
    """The regions of the demo study."""
    return reference.regions(2022)["region"].tolist()


def names(reports: int) -> dict[str, str]:
    """So many names of reports, each with the name of the report whose notebook it uses."""
    count, found = len(REGION_REPORTS), {}
    for number in range(reports):
        of = REGION_REPORTS[number % count]
        found[of if number < count else f"{of}_{number // count + 1}"] = of
    return found


def jobs(folder: Path, *, regions: int, reports: int) -> list[dict[str, str]]:
    """Every report to make: its name, its notebook and its region."""
    codes = all_regions()[:regions]
    notebook = {name: str(folder / "notebooks" / params.reports()[of].notebook) for name, of in names(reports).items()}
    return [
        {"name": f"{code}-{name}", "report": name, "region": code, "notebook": notebook[name]}
        for code in codes for name in notebook
    ]


def change(folder: Path, scenario: str) -> None:
    """What a user may have done since the last build."""
    if scenario == "notebook":
        path = folder / "notebooks" / params.reports()[REGION_REPORTS[0]].notebook
        notebook = nbformat.read(path, 4)
        text = next(cell for cell in notebook.cells[1:] if cell.cell_type == "markdown")
        text.source += "\n\nEen zin erbij."
        nbformat.write(notebook, path)
    elif scenario == "region":
        _one_more(folder / "data" / "demo" / "measurements.csv", "psychological")


def _one_more(path: Path, column: str) -> None:
    """The first row of a table, which is of the first region, with one incident more."""
    head, first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = first.split(";")
    at = head.strip().split(";").index(column)
    cells[at] = str(int(cells[at]) + 1)
    path.write_text("".join([head, ";".join(cells), *rest]), encoding="utf-8")


def fill(like: Path, out: Path) -> int:
    """Fill a folder as if every report of this home were made: a stand-in for hours of building.

    The keys are of the real plan and the manifest is a real one; the files are links to those of a real build
    (`like`) from the same notebooks. Returns how many reports there are.
    """
    from hgeval.press import build, freshness, manifest
    from hgeval.press import jobs as planning

    setting, made, specs = build.setting("demo", "cbs5"), manifest.read(like), params.reports()
    plan = planning.plan(setting.folder, known=setting.regions, profile="cbs5")
    entries, fresh = [], freshness.Freshness(setting.here, setting.settings, out)
    for number, job in enumerate(plan):
        of = [each for each in made.entries if specs[each.report].notebook == job.notebook.name]
        entry = of[number % len(of)]
        there = planning.names(entry.region, entry.report)
        for old, new in zip(there, job.files, strict=True):
            (out / new).parent.mkdir(parents=True, exist_ok=True)
            os.link(like / old, out / new)
        files = {new: entry.files[old] for old, new in zip(there, job.files, strict=True)}
        entries.append(entry.model_copy(update={
            "report": job.report, "title": job.title, "region": job.region, "region_name": job.region_name,
            "parts": fresh.parts(job), "files": files,
        }))
    made.entries = sorted(entries, key=lambda each: (each.region, each.report))
    (out / manifest.FILE).write_text(made.text(), encoding="utf-8")
    shutil.copy(like / "index.html", out)
    return len(entries)


if __name__ == "__main__":
    print(json.dumps(fill(Path(sys.argv[1]), Path(sys.argv[2]))))
