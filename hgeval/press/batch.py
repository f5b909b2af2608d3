"""A build under way: orders go out to workers, good reports move into place, and the manifest keeps score."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import pandas as pd
from tqdm import tqdm

from hgeval import __version__, explanations, params, reference, store
from hgeval.case import Case
from hgeval.disclosure_rule import Rule
from hgeval.errors import ReportError
from hgeval.press import ahead, cluster, freshness, manifest, place, pool, site, texts, versions
from hgeval.press import jobs as planning
from hgeval.press.jobs import Job
from hgeval.press.manifest import Entry
from hgeval.reference import NATIONAL
from hgeval.warm import memory

if TYPE_CHECKING:
    from distributed import Client

CELL_TIMEOUT = 600  # seconds
REPORT_TIMEOUT = 3600
_LONGEST = 600  # characters of a reason: a whole message of ours, and where
_CELL = re.compile(r"(cel \d+): (.+)")
_SAVE_EVERY = 2.0  # seconds between two saves of the manifest, so that a killed build loses little


@dataclass(frozen=True)
class Setting:
    """What all reports of a build share."""

    folder: Path
    here: Case
    settings: str  # digest of study.yml
    regions: pd.DataFrame
    reports: dict[str, params.ReportSpec]

    @property
    def config(self) -> params.Study:
        return self.here.config

    @property
    def rule(self) -> Rule:
        return self.here.rule

    @property
    def about(self) -> dict[str, Any]:
        """What pages and manifest say about the study."""
        config = self.config
        return {
            "study_title": config.title or config.name, "synthetic": config.synthetic,
            "reference_date": config.reference_date.isoformat(), "own_eyes": self.rule.audience != "public",
        }


@dataclass(frozen=True)
class BuildResult:
    """How a build went: reports made, already up to date, and not made."""

    out: Path
    made: int
    current: int
    failures: list[tuple[str, str, str]] = field(default_factory=list)  # region, report, why
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # of regions

    @property
    def failed(self) -> int:
        return len(self.failures)

    def summary(self) -> str:
        """What happened, for the one who typed the command."""
        made = f"{self.made} {'rapport' if self.made == 1 else 'rapporten'} gemaakt"
        current = f"{self.current} {'was' if self.current == 1 else 'waren'} al bijgewerkt"
        lines = [f"{made}, {current}, {self.failed} mislukt ({self.seconds:.0f} s)."]
        for why, failed in self._by_reason().items():
            reports = ", ".join(f"{region} ({self.names[region]}) {report}" for region, report in failed)
            lines += [f"  {why}", f"    {reports}; zie {planning.log_name(*failed[0])}"]
        if self.failed:
            lines.append(f"De logs staan in {self.out / 'logs'}. Eerdere goede rapporten zijn blijven staan.")
        return "\n".join([*lines, *self.warnings, f"Open {self.out / 'index.html'}."])

    def _by_reason(self) -> dict[str, list[tuple[str, str]]]:
        """The reports that failed for the same reason, which reads: what is wrong, then where."""
        found: dict[str, list[tuple[str, str]]] = {}
        for region, report, why in self.failures:
            cell = _CELL.fullmatch(why)
            told = f"{cell[2][0].upper()}{cell[2][1:]} ({cell[1]})" if cell else f"{why[:1].upper()}{why[1:]}"
            found.setdefault(told, []).append((region, report))
        return found


class Batch:
    """The reports of one build, as far as they have come."""

    def __init__(
        self, setting: Setting, *, out: Path, staging: Path, work: Path, old: manifest.Build | None
    ) -> None:
        self.setting, self.out, self.staging, self.work = setting, out, staging, work
        self.freshness = freshness.Freshness(setting.here, setting.settings, out)
        self.failures: list[tuple[str, str, str]] = []
        self.made: list[Entry] = []
        self.seconds: dict[str, float] = {}
        self.memory: dict[str, int] = {}  # MiB of the notebook's process
        self._saved = time.monotonic()
        self.manifest = manifest.Build(
            study=setting.config.name, division_year=setting.config.division.year,
            division_kind=setting.config.division.kind, profile=setting.rule.profile,
            data=setting.here.data, hgeval=__version__, commit=manifest.commit(), **setting.about,
        )
        regions = [*setting.regions["region"], NATIONAL]
        manifest.follow(self.manifest, old, regions=regions, reports=setting.reports)

    def stale(self, jobs: list[Job]) -> list[Job]:
        """Those that must be made again."""
        entries = self.manifest.by_job()
        return [job for job in jobs if self.freshness.why(job, entries.get(job.name))]

    def make(
        self, jobs: list[Job], *, workers: int, progress: bool, warm: bool = True, client: Client | None = None,
        mib: int = 0,
    ) -> None:
        """Make these reports, so many at a time or on the cluster of `client`; a failure is noted, the rest goes on.

        mib: of memory for one report; 0 for its share of the machine.
        """
        most = {"memory": mib or (0 if client else memory.share(workers))}
        orders = [self._order(number, job) | most for number, job in enumerate(jobs)]
        quiet = not (progress and sys.stderr.isatty())
        here = self.setting.here
        ahead_of = partial(ahead.compute, [job.notebook for job in jobs], here)
        if client is None:
            running = pool.run(
                orders, self.work, jobs=workers, limit=REPORT_TIMEOUT, warm=warm, meanwhile=ahead_of,
            )
        else:
            running = cluster.run(orders, client=client, study=here.data, limit=REPORT_TIMEOUT, warm=warm)
        with closing(running) as answers:
            for order, answer in tqdm(answers, total=len(orders), desc="Rapporten", unit=" rapport", disable=quiet):
                self._settle(jobs[order["number"]], Path(order["staged"]), answer)

    def _order(self, number: int, job: Job) -> dict[str, Any]:
        page, workbook, table = job.files
        return {
            "number": number, "notebook": str(job.notebook), "parameters": job.parameters, "timeout": CELL_TIMEOUT,
            "settings": texts.settings(self.setting.config, job.region, job.region_name),
            "explained": explanations.every(self.setting.config, self.setting.rule),
            "study": self.setting.config.name, "private": [str(self.setting.folder)],
            "run": str(self.work / "run" / str(number)), "staged": str(self.staging / str(number)),
            "files": {"page": page, "workbook": workbook, "table": table},
            "page": {
                "name": job.report, "title": job.title, "region": job.region, "region_name": job.region_name,
                "rule_text": rule_text(self.setting.rule), "version": __version__, **self.setting.about,
                **self._explanation(job),
            },
        }

    def _explanation(self, job: Job) -> dict[str, str]:
        """Where a reader of this report finds how it counts."""
        name = planning.explanation(self.setting.reports)
        if not name or name == job.report:
            return {}
        return {"explained_in": planning.names(NATIONAL, name)[0], "explained_as": self.setting.reports[name].title}

    def _settle(self, job: Job, staged: Path, answer: dict[str, Any]) -> None:
        """Put a good report in its place, or note why there is none."""
        page, workbook, table = job.files
        moved = 0
        try:
            if answer["status"] == "ok":
                moved = self._moved(job, staged / table, answer["read"])
                # the page comes last, so that it never links to what is not there yet
                place.move(staged, self.out, (workbook, table, page))
        except ReportError as fault:
            answer = {**answer, "status": "failed", "reason": str(fault)}
        shutil.rmtree(staged, ignore_errors=True)
        self.seconds["/".join(job.name)] = answer["seconds"]
        self.memory["/".join(job.name)] = answer.get("kib", 0) // 1024
        entry = self._entry(job, answer, moved)
        self.manifest.put(entry)
        if entry.status == "ok":
            self.made.append(entry)
        else:
            self.failures.append((job.region, job.report, entry.reason))
        place.write(self.staging, self.out, job.log, _log(job, entry, answer))
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self._saved = time.monotonic()
            place.write(self.staging, self.out, manifest.FILE, self.manifest.text())

    def _moved(self, job: Job, table: Path, read: dict[str, str]) -> int:
        """How many numbers differ from the report of earlier data; 0 where there is none."""
        old = self.manifest.entry(job)
        if old is None or not old.files:
            return 0
        same = old.data == _as_read(read)  # made again: what it once replaced may still lie somewhere
        return old.moved if same else versions.moved(self.out / job.files[2], table)

    def _entry(self, job: Job, answer: dict[str, Any], moved: int) -> Entry:
        if answer["status"] == "ok":
            return Entry(
                report=job.report, title=job.title, region=job.region, region_name=job.region_name, status="ok",
                parameters=job.parameters | {"study": self.setting.config.name}, data=_as_read(answer["read"]),
                parts=self.freshness.parts(job), read=answer["read"],
                exhibits=answer["exhibits"], files=answer["files"], moved=moved,
            )
        reason = shorten(answer["reason"], _LONGEST, placeholder=" ...")  # the log has all of it
        old = self.manifest.entry(job)
        if old is not None and old.files and all((self.out / name).is_file() for name in old.files):
            return old.model_copy(update={"status": "kept", "reason": reason})
        return Entry(
            report=job.report, title=job.title, region=job.region, region_name=job.region_name,
            status="failed", reason=reason,
        )

    def forget_others(self, old: manifest.Build, jobs: list[Job]) -> None:
        """Take away the files of earlier reports that this whole build did not make."""
        made = {name for job in jobs for name in job.files}
        before = {name for entry in old.entries for name in entry.files}
        place.remove(self.out, sorted(before - made))
        self.manifest.entries = [entry for entry in self.manifest.entries if set(entry.files) <= made]

    def publish(self) -> None:
        """Write the manifest, the index and the durations."""
        self.manifest.entries = [
            entry.model_copy(update={"older": any(self.freshness.changed(entry))}) for entry in self.manifest.entries
        ]
        self.manifest.warnings = versions.warnings(self.manifest.entries)
        division = self.setting.config.division
        tiles = reference.tiles(division.year, kind=division.kind)
        page = site.index(self.manifest, regions=self.setting.regions, tiles=tiles, reports=self.setting.reports)
        told = {"seconds": dict(sorted(self.seconds.items())), "mib": dict(sorted(self.memory.items()))}
        timings = json.dumps(told, indent=1) + "\n"
        for name, text in ((manifest.FILE, self.manifest.text()), ("index.html", page), ("logs/build.json", timings)):
            place.write(self.staging, self.out, name, text)


def _as_read(read: dict[str, str]) -> str:
    return store.key(sorted(read.items()))


def rule_text(rule: Rule) -> str:
    """The disclosure rule in words for a reader; it holds for families, since regions answered for themselves."""
    hidden = f"Gaat een aantal over 1 tot en met {rule.min_count - 1} gezinnen of meldingen, dan staat er een punt (.)."
    rounded = f"Aantallen gezinnen en meldingen uit de studie zijn afgerond op een veelvoud van {rule.rounding}."
    sentences = [hidden, "Zo is geen gezin te herkennen.", "Aantallen regio's zijn precies."]
    return " ".join(sentences if rule.rounding == 1 else [rounded, *sentences])


def _log(job: Job, entry: Entry, answer: dict[str, Any]) -> str:
    lines = [f"rapport: {job.report}", f"regio: {job.region}", f"notebook: {job.notebook.name}"]
    lines += [f"uitkomst: {entry.status}", f"seconden: {answer['seconds']}"]
    lines += [f"geheugen van het notebook (MiB): {answer['kib'] // 1024}"] if answer.get("kib") else []
    lines += [f"reden: {answer['reason']}"] if "reason" in answer else []
    return "\n".join(lines) + "\n"
