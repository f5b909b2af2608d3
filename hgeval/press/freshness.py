"""Which reports are up to date, and why the others are not.

A report follows from its notebook, its parameters, the settings of the study, the program, what is installed, and from
what it read of the data (`reading`). A change in one region's rows leaves the others alone, unless it shows in them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from hgeval import surroundings, wording
from hgeval.case import Case
from hgeval.press import manifest
from hgeval.press.jobs import Job
from hgeval.press.manifest import Entry

SAID = {
    "notebook": "het notebook is veranderd", "parameters": "de parameters zijn veranderd",
    "settings": "de instellingen van de studie (study.yml) zijn veranderd",
    "program": "hgeval of een tabel in params/ of data/reference/ is veranderd",
    "packages": "de geïnstalleerde pakketten zijn veranderd",
}
ABSENT, FAILED = "het is er nog niet", "de laatste keer is het mislukt"
TOUCHED = "een bestand ervan is weg of veranderd"
DATA = "de gegevens zijn veranderd: "


class Freshness:
    """What is stale in a folder of reports, as the study is now.

    here: any case of the study under the build's rule; settings: the digest of study.yml.
    """

    def __init__(self, here: Case, settings: str, out: Path) -> None:
        self.here, self.settings, self.out = here, settings, out
        self._now: dict[str, str] = {}
        self._notebooks: dict[Path, str] = {}

    def why(self, job: Job, entry: Entry | None) -> list[str]:
        """Why this report must be made again; nothing where it is up to date."""
        if entry is None:
            return [ABSENT]
        if entry.status != "ok":
            return [FAILED]
        now = self.parts(job)
        found = [said for name, said in SAID.items() if entry.parts.get(name) != now[name]]
        found += [DATA + called(what) for what in self.changed(entry)]
        if set(entry.files) != set(job.files) or not self._stands(entry):
            found.append(TOUCHED)
        return found

    def parts(self, job: Job) -> dict[str, str]:
        """A digest of each thing that the job is made from, beside the data."""
        if job.notebook not in self._notebooks:
            self._notebooks[job.notebook] = manifest.digest_of(job.notebook)
        said = json.dumps(job.parameters, sort_keys=True).encode()
        return {
            "notebook": self._notebooks[job.notebook], "parameters": hashlib.sha256(said).hexdigest(),
            "settings": self.settings, "program": surroundings.program(), "packages": surroundings.packages(),
        }

    def changed(self, entry: Entry) -> Iterator[str]:
        """What it read of the study and is different now."""
        for what, digest in entry.read.items():
            if what not in self._now:
                self._now[what] = self.here.reading.current(what)
            if self._now[what] != digest:
                yield what

    def _stands(self, entry: Entry) -> bool:
        return all(manifest.digest_of(self.out / name) == digest for name, digest in entry.files.items())


def called(what: str) -> str:
    """What was read, in words."""
    kind, _, rest = what.partition(" ")
    if kind == "study":
        return "de studie als geheel"
    if kind == "coverage":
        return "de regio's met gezinnen"
    if kind in ("has", "table"):
        return f"de tabel {rest}"
    name, regions = rest.split(" ")
    whose = "alle regio's" if regions == "*" else wording.series(regions.split(","))
    return f"{name} van {whose}"
