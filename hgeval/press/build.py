"""One command: check the study, plan its reports, make what is not up to date, and put the good ones in place."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hgeval import case, disclosure_rule, looks, params, paths, wording
from hgeval.disclosure_rule import Rule
from hgeval.errors import ReportError
from hgeval.press import cluster, glance, kernels, manifest, place, versions
from hgeval.press import jobs as planning
from hgeval.press.batch import Batch, BuildResult, Setting
from hgeval.readers import STUDY_FILE
from hgeval.reference import NATIONAL


def run(
    study: str | Path, *, reports: Iterable[str] | None = None, regions: Iterable[str] | None = None,
    out: str | Path = Path("reports"), jobs: int | None = None, fresh: bool = False, profile: str = "cbs5",
    progress: bool = True, warm: bool = True, scheduler: str | None = None, memory: int = 0,
) -> BuildResult:
    """Build the reports of a study; those that are up to date are left alone, unless `fresh`.

    warm: fork workers and notebooks from one parent, where the system can; else each starts anew. Same bytes.
    scheduler: address of a Dask cluster that makes the reports; `jobs` is then up to its workers. Same bytes.
    memory: MiB that one report may take; 0 for its share of the machine.

    Raises an HgevalError, before the output folder is touched, for a wrong setting, region or study.
    A report that fails does not stop the others, nor does it replace an earlier good one.
    """
    started, out, folder = time.monotonic(), Path(os.path.abspath(out)), paths.study_dir(study)
    reports, regions = (None if names is None else list(names) for names in (reports, regions))
    _apart_from_the_data(out, folder)
    going_in, shared = glance.before(folder), setting(folder, profile)
    todo = planning.plan(folder, known=shared.regions, profile=profile, reports=reports, regions=regions)
    _may_hold_reports(out)
    _may_be_read_together(out, shared.rule, {job.region for job in todo})
    with (
        _stops_cleanly(), cluster.reached(scheduler) as client, place.claimed(out) as staging,
        kernels.private_folder() as work,
    ):
        old = manifest.read(out)
        glance.forget(out)
        batch = Batch(shared, out=out, staging=staging, work=work, old=old)
        stale = todo if fresh else batch.stale(todo)
        _make(batch, stale, workers=jobs or _cores(), progress=progress, warm=warm, client=client, mib=memory,
              instead_of=old if fresh and reports is None and regions is None else None)
        shared.here.shared.store.sweep()
        if going_in and not batch.failures:
            _write_down(batch, going_in, len(todo), asked=(str(folder), reports, regions, profile))
    return BuildResult(
        out, made=len(batch.made), current=len(todo) - len(stale), failures=batch.failures,
        seconds=time.monotonic() - started, warnings=versions.warnings(batch.made),
        names={job.region: job.region_name for job in todo},
    )


def _make(batch: Batch, stale: list[planning.Job], *, instead_of: manifest.Build | None, **how: Any) -> None:
    """Make these reports and publish what there is; if all went well, nothing else stays of an earlier build."""
    try:
        batch.make(stale, **how)
        if instead_of is not None and not batch.failures:
            batch.forget_others(instead_of, stale)
    finally:
        batch.publish()


def _write_down(batch: Batch, going_in: str, current: int, *, asked: tuple[object, ...]) -> None:
    """For the next command, so that it sees at a glance that there is nothing to do."""
    out = batch.out
    words = BuildResult(out, made=0, current=current, failures=[]).summary()
    files = [manifest.FILE, "index.html", *(name for entry in batch.manifest.entries for name in entry.files)]
    glance.keep(out, asked, going_in, files, words)


def setting(study: str | Path, profile: str) -> Setting:
    """The checked study. Raises before anything is written where it has a fault."""
    folder = paths.study_dir(study)
    disclosure_rule.rule(profile)
    wording.texts()
    here = case.open(str(folder), profile=profile)
    regions = here.regions[here.regions["region"] != NATIONAL]
    return Setting(folder, here, looks.digest(folder / STUDY_FILE), regions, params.reports())


def _apart_from_the_data(out: Path, study: Path) -> None:
    """Raise ReportError where reports would mix with the data, before anything is read or written."""
    if out.resolve().is_relative_to(study.resolve()):
        raise ReportError(
            f"de map {out.name!r} ligt in de map van de studie; gegevens en rapporten horen gescheiden te blijven. "
            "Kies met --out een andere map."
        )


def _may_hold_reports(out: Path) -> None:
    """Raise ReportError, before the folder is touched, where reports would mix with another's pages."""
    if (out / "index.html").exists() and manifest.read(out) is None:
        raise ReportError(
            f"er staat al een index.html van iets anders in de map {out.name!r}. Kies met --out een andere map."
        )


def _may_be_read_together(out: Path, rule: Rule, regions: set[str]) -> None:
    """Raise ReportError where the exact numbers of one region would lie beside those of another."""
    old = manifest.read(out)
    there = {entry.region for entry in old.entries} if old and old.profile == rule.profile else set()
    if rule.audience != "public" and len((regions | there) - {NATIONAL}) > 1:
        raise ReportError(
            f"het profiel {rule.profile!r} is voor de ogen van één regio, en hier komen er meer in één map. "
            "Kies met --regions één regio, en met --out voor elke regio een eigen map."
        )


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _stops_cleanly() -> Iterator[None]:
    """A request to end the process becomes an exception, so that workers stop and nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
