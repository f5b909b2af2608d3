"""What stands in the output folder and what it was made from: read, merged with a new build, written.

It holds no time and no path, so that equal builds give equal bytes; durations are in logs/build.json.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from hgeval import looks, paths
from hgeval.errors import ReportError
from hgeval.press.jobs import Job

FILE = "manifest.json"
SCHEMA: Literal[2] = 2


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Entry(_Strict):
    """One report: `kept` means that the last try failed and that an earlier report still stands."""

    report: str
    title: str
    region: str
    region_name: str
    status: Literal["ok", "kept", "failed"]
    reason: str = ""
    parameters: dict[str, Any] = {}
    data: str = ""  # digest of what it read of the study
    parts: dict[str, str] = {}  # digests of what else it was made from (`freshness`)
    read: dict[str, str] = {}  # what it read, with its digest
    older: bool = False  # what it read is different now
    exhibits: list[str] = []
    told: list[str] = []  # key messages of the country, for the index
    files: dict[str, str] = {}  # path inside the folder -> sha256
    moved: int = 0  # numbers that differ from the report of earlier data that this one replaced


class Build(_Strict):
    """A folder of reports of one study under one profile."""

    schema_version: Literal[2] = SCHEMA
    study: str
    study_title: str
    synthetic: bool
    division_year: int
    division_kind: str = "veilig_thuis"
    reference_date: str
    profile: str
    own_eyes: bool
    data: str
    hgeval: str
    commit: str
    warnings: list[str] = []
    entries: list[Entry] = []

    def entry(self, job: Job) -> Entry | None:
        return self.by_job().get(job.name)

    def by_job(self) -> dict[tuple[str, str], Entry]:
        """The entries by region and report."""
        return {(entry.region, entry.report): entry for entry in self.entries}

    def put(self, entry: Entry) -> None:
        """Add or replace, in a fixed order."""
        others = [each for each in self.entries if (each.region, each.report) != (entry.region, entry.report)]
        self.entries = sorted([*others, entry], key=lambda each: (each.region, each.report))

    def text(self) -> str:
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(out: Path) -> Build | None:
    """The manifest of an earlier build. Raises ReportError where the folder holds one that is not ours."""
    try:
        return Build.model_validate_json((out / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise ReportError(
            f"{FILE} in de map {out.name!r} is niet te lezen of van een andere versie. "
            "Kies met --out een andere map, of haal de oude rapporten weg."
        ) from None


def follow(new: Build, old: Build | None, *, regions: Iterable[str], reports: Iterable[str]) -> None:
    """Take over the earlier entries that still exist. Raises ReportError where they cannot stand beside the new."""
    if old is None:
        return
    for field, words in (("study", "van een andere studie"), ("profile", "met een ander profiel")):
        if getattr(old, field) != getattr(new, field):
            raise ReportError(
                f"in deze map staan al rapporten {words} ({getattr(old, field)}); door elkaar kunnen ze misleiden of "
                "cijfers verraden. Kies met --out een andere map."
            )
    known_regions, known_reports = set(regions), set(reports)
    new.entries = [each for each in old.entries if each.region in known_regions and each.report in known_reports]


def digest_of(path: Path) -> str:
    """sha256 of a file; empty where there is none."""
    try:
        return looks.digest(path)
    except OSError:
        return ""


def commit() -> str:
    """The commit of the checkout, with a plus where it has been changed; empty without git."""
    said = [_git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")]
    return f"{said[0]}{'+' if said[1] else ''}" if said[0] else ""


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=paths.root(), capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
