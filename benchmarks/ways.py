"""The ways to make the same reports: ours, what others offer, and the floor; each with what it must have made."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import outputs
import peers

from hgeval.warm import ONE_THREAD, SOCKET

HERE = Path(__file__).parent
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_ORPHANS = 30  # seconds that what was left behind may take to end
# What would make every process compile its libraries again, or a stock kernel one of ours.
_LEFT_OUT = {"PYTHONDONTWRITEBYTECODE", "JUPYTER_DEFAULT_PROVISIONER_NAME", SOCKET}


class Failed(Exception):
    """A way did not finish; the text is the end of what it said."""


@dataclass(frozen=True)
class Place:
    """Where a way works: its home, the folder for its reports, and the reports to make."""

    home: Path
    out: Path
    jobs: list[dict] = field(repr=False)

    @property
    def names(self) -> list[str]:
        return [job["name"] for job in self.jobs]

    @property
    def env(self) -> dict[str, str]:
        """Of every way: one thread for arithmetic, as the press has it, so that no two reports wait for each other."""
        kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        return kept | ONE_THREAD | {
            "HGEVAL_HOME": str(self.home), "JUPYTER_PATH": f"{sys.prefix}/share/jupyter",  # for the peers' environment
            "PLOOMBER_STATS_ENABLED": "false",  # it would tell its maker that it was used
        }

    def listed(self, jobs: list[dict], name: str = "jobs.json") -> Path:
        path = self.home / name
        path.write_text(json.dumps(jobs))
        return path


@dataclass(frozen=True)
class Way:
    """told: in the table; steps: whether it leaves alone what has not changed, so that the later scenarios apply.

    alone: in a home in which nothing can be kept beside the study. Others' ways share what the notebooks share.
    """

    told: str
    run: Callable[[Place], None]
    check: Callable[[Place, Path], None] | None
    steps: bool = False
    alone: bool = False


def at_once(*commands: list[str], env: dict[str, str], folder: Path) -> None:
    """Run these beside each other; what they say goes to files, the output of the first to `said`. Raises Failed."""
    running = []
    for number, command in enumerate(commands):
        with (folder / f"said{number or ''}").open("wb") as said, (folder / f"log{number or ''}").open("wb") as log:
            running.append(subprocess.Popen(command, env=env, cwd=folder, stdout=said, stderr=log))
    ends = [process.wait() for process in running]
    for number, end in enumerate(ends):
        if end:
            said = "".join((folder / f"{name}{number or ''}").read_text()[-2000:] for name in ("said", "log"))
            raise Failed(f"{' '.join(commands[number][:4])} eindigde met {end}:\n{said}")


def measured(run: Callable[[], None]) -> dict[str, float]:
    """Wall and CPU seconds of everything that `run` starts and waits for, grandchildren and orphans included.

    The system adds the time of a process to its parent's when the parent waits for it. What loses its parent on the
    way becomes a child of ours, and is waited for here, after the clock has stopped.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    wall = time.perf_counter() - started
    _reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": wall, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def _reap_orphans() -> None:
    last = time.monotonic() + _ORPHANS
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) is not None and time.monotonic() < last:
            time.sleep(0.01)
        raise Failed("een proces dat achterbleef, houdt niet op")


def _press(*more: str) -> Callable[[Place], None]:
    def run(place: Place) -> None:
        regions = ",".join(sorted({job["region"] for job in place.jobs}))
        command = [sys.executable, "-m", "hgeval.cli", "build", "demo", "--out", str(place.out), "--regions", regions]
        at_once([*command, *more], env=place.env, folder=place.home)
    return run


def _loop(place: Place) -> None:
    for job in place.jobs:
        done = str(place.out / f"{job['name']}.ipynb")
        papermill = ["papermill", job["notebook"], done, "-p", "region", job["region"], "-k", "python3"]
        for words in (papermill, ["nbconvert", "--to", "html", "--no-input", done]):
            at_once([sys.executable, "-m", *words], env=place.env, folder=place.home)


def in_processes(place: Place, tool: str, python: str, count: int) -> None:
    """The reports divided over so many processes, each with all its imports done once."""
    parts = [place.listed(place.jobs[number::count], f"jobs{number}.json") for number in range(count)]
    script = str(HERE / "peers.py")
    at_once(*([python, script, tool, str(part), str(place.out)] for part in parts), env=place.env, folder=place.home)


def _snakemake(place: Place) -> None:
    data = sorted(str(path) for path in (place.home / "data" / "demo").glob("[!.]*"))
    text = peers.snakefile(place.listed(place.jobs), place.out, data)
    file = place.home / "Snakefile"
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
    command = [peers.python(), "-m", "snakemake", "--cores", "2", "--quiet", "all", "-s", str(file)]
    at_once(command, env=place.env, folder=place.home)


def _floor(*more: str) -> Callable[[Place], None]:
    def run(place: Place) -> None:
        asked = [",".join(dict.fromkeys(job[key] for job in place.jobs)) for key in ("region", "report")]
        at_once([sys.executable, str(HERE / "floor.py"), *asked, *more], env=place.env, folder=place.home)
    return run


def _same_notebooks(place: Place, reference: Path) -> None:
    outputs.same_notebooks(reference, place.out, place.names)


def _same_files(place: Place, reference: Path) -> None:
    outputs.same_files(reference, place.out, place.names, place.env)


def _same_digests(place: Place, reference: Path) -> None:
    outputs.same_digests(reference, json.loads((place.home / "said").read_text()), place.names)


def _just(*words: str) -> Callable[[Place], None]:
    return lambda place: at_once([sys.executable, *words], env=place.env, folder=place.home)


def _papermill(count: int) -> Callable[[Place], None]:
    return lambda place: in_processes(place, "papermill", sys.executable, count)


def _ploomber(place: Place) -> None:
    in_processes(place, "ploomber", peers.python(), 1)


LOOP, FLOORS = "loop", ("floor", "floor_shared")
_LOOP, _FLOOR = "lus: papermill en nbconvert, per rapport gestart", "ondergrens: rekenen en tekenen in één proces"
WAYS = {
    LOOP: Way(_LOOP, _loop, _same_notebooks),
    "loop_alone": Way(f"{_LOOP}, elk rapport rekent alles", _loop, _same_notebooks, alone=True),
    "papermill_1": Way("papermill en nbconvert in één proces", _papermill(1), _same_notebooks),
    "papermill_2": Way("papermill en nbconvert in twee processen", _papermill(2), _same_notebooks),
    "ploomber": Way("ploomber-engine in één proces", _ploomber, _same_notebooks),
    "snakemake": Way("Snakemake met papermill en nbconvert, twee tegelijk", _snakemake, _same_notebooks, steps=True),
    "press_stock": Way("hgeval build --jobs 1 --no-warm", _press("--jobs", "1", "--no-warm"), _same_files, steps=True),
    "press_1": Way("hgeval build --jobs 1", _press("--jobs", "1"), _same_files, steps=True),
    "press_2": Way("hgeval build --jobs 2", _press("--jobs", "2"), _same_files, steps=True),
    FLOORS[0]: Way(f"{_FLOOR}, elk rapport rekent alles", _floor("--alone"), _same_digests),
    FLOORS[1]: Way(f"{_FLOOR}, met gedeelde uitkomsten", _floor(), _same_digests),
}
STARTS = {
    "python": Way("Python starten", _just("-c", "pass"), None),
    "version": Way("hgeval --version", _just("-m", "hgeval.cli", "--version"), None),
}


def usable() -> list[str]:
    """The ways that can be timed here: peers only where they are installed."""
    there = {"ploomber-engine": "ploomber", "snakemake": "snakemake"}
    lacking = {way for name, way in there.items() if name not in dict(peers.installed())}
    return [name for name in WAYS if name not in lacking]
