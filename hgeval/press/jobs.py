"""Which reports a build makes: report by region, each with checked parameters and its file names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from hgeval import params, paths, settings
from hgeval.errors import ParameterError, RegionError
from hgeval.press import parameters
from hgeval.reference import NATIONAL

_REPORT = re.compile(r"[a-z][a-z0-9_]{0,40}")
_REGION = re.compile(r"[A-Z]{2}[0-9]{2,6}")
_RESERVED = {"index", "manifest", "logs", "data"}


@dataclass(frozen=True)
class Job:
    """One report of one region (or of the country): what runs, with which values, and where it lands."""

    report: str
    title: str
    region: str
    region_name: str
    notebook: Path
    parameters: dict[str, Any]

    @property
    def files(self) -> tuple[str, str, str]:
        """Page, workbook and table, as paths inside the output folder."""
        return names(self.region, self.report)

    @property
    def log(self) -> str:
        return log_name(*self.name)

    @property
    def name(self) -> tuple[str, str]:
        return self.region, self.report


def log_name(region: str, report: str) -> str:
    """Where it stands how making this report went, inside the output folder."""
    return f"logs/{region}/{report}.log"


def names(region: str, report: str) -> tuple[str, str, str]:
    """The page, workbook and table of a report: paths inside the output folder, made of codes only.

    Raises ParameterError or RegionError for a code that could lead elsewhere.
    """
    if not _REPORT.fullmatch(report) or report in _RESERVED:
        raise ParameterError(f"de naam van het rapport {report[:40]!r} mag niet. Gebruik kleine letters, cijfers en _.")
    if region != NATIONAL and not _REGION.fullmatch(region):
        raise RegionError("een regiocode bestaat uit twee hoofdletters en cijfers, zoals VT01.")
    folder = "" if region == NATIONAL else f"{region}/"
    return f"{folder}{report}.html", f"{folder}data/{report}.xlsx", f"{folder}data/{report}.csv"


def plan(
    folder: Path, *, known: pd.DataFrame, profile: str,
    reports: Iterable[str] | None = None, regions: Iterable[str] | None = None,
) -> list[Job]:
    """Every job of this build, in the order of regions and reports; all settings are checked here.

    Raises ParameterError or RegionError before anything has run.
    """
    specs = params.reports()
    wanted = _chosen(reports, list(specs), "rapport", ParameterError)
    chosen = _with_explanation(wanted, specs)
    called = dict(zip(known["region"], known["name"], strict=True)) | {NATIONAL: "Nederland"}
    codes = _chosen(regions, called, "regio", RegionError)
    jobs = []
    for report in chosen:
        spec = specs[report]
        national = spec.scope == "national"
        asked = national and (regions is None or reports is not None or NATIONAL in codes or spec.explains)
        for region in ([NATIONAL] if asked else []) if national else [code for code in codes if code != NATIONAL]:
            jobs.append(_job(folder, report, spec, region, called[region], profile))
    if not {job.report for job in jobs} & set(wanted):
        raise ParameterError(
            "er is niets te bouwen: deze rapporten en regio's gaan niet samen. Kies andere --reports of --regions."
        )
    _inspect_notebooks(jobs, specs)
    return sorted(jobs, key=lambda job: (job.region, chosen.index(job.report)))


def explanation(specs: dict[str, params.ReportSpec]) -> str:
    """The report that the others link to, as it explains how they count; empty where there is none."""
    return next((name for name, spec in specs.items() if spec.explains and spec.scope == "national"), "")


def _with_explanation(chosen: list[str], specs: dict[str, params.ReportSpec]) -> list[str]:
    """The reports asked for, with what they link to: a reader must not meet a link to nothing."""
    return [name for name in specs if name in chosen or name == explanation(specs)]


def _chosen(
    asked: Iterable[str] | None, known: dict[str, str] | list[str], what: str, error: type[Exception]
) -> list[str]:
    if asked is None:
        return list(known)
    wanted = set(asked)
    strange = sorted(str(name) for name in wanted - set(known))
    if strange:
        told = [f"{code} ({name})" for code, name in known.items()] if isinstance(known, dict) else known
        raise error(f"onbekende naam van een {what}: {strange[0][:40]!r}. Bekend zijn: {', '.join(told)}.")
    return [name for name in known if name in wanted]


def _job(folder: Path, report: str, spec: params.ReportSpec, region: str, name: str, profile: str) -> Job:
    asked = {"study": study_name(folder), "profile": profile}
    if spec.scope == "region":
        asked["region"] = region
    values = parameters.values(settings.validate(_model(spec), asked, file=f"opdracht voor {report}"))
    notebook = paths.notebooks_dir() / spec.notebook
    names(region, report)  # a name that cannot be a file name stops the build here
    return Job(report, spec.title, region, name, notebook, values)


def study_name(folder: Path) -> str:
    """How a notebook is told which study: by name for a study in `data/`, else by its full path."""
    return folder.name if folder.parent == (paths.root() / "data").resolve() else str(folder)


def _model(spec: params.ReportSpec) -> type[settings.Model]:
    return params.Parameters if spec.scope == "region" else params.NationalParameters


def _inspect_notebooks(jobs: list[Job], specs: dict[str, params.ReportSpec]) -> None:
    for report in sorted({job.report for job in jobs}):
        spec = specs[report]
        parameters.inspect(read(paths.notebooks_dir() / spec.notebook), _model(spec), name=spec.notebook)


def read(path: Path) -> nbformat.NotebookNode:
    """The notebook as it stands on disk. Raises ParameterError where it is absent or not a notebook."""
    try:
        found: nbformat.NotebookNode = nbformat.read(path, as_version=4)
        return found
    except FileNotFoundError:
        raise ParameterError(
            f"het notebook {path.name} staat niet in de map notebooks. Verbeter params/reports.yml."
        ) from None
    except Exception as fault:  # nbformat raises several kinds
        kind = type(fault).__name__
        raise ParameterError(f"{path.name} is geen leesbaar notebook ({kind}). Open het in JupyterLab.") from None
