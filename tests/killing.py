"""Kills a press, its parent or one of their processes at random moments, and looks at what is left; see test_killed.py.

    python tests/killing.py OUT SEED POINTS

One parent serves all presses, as it would serve one: so a build takes a second, and a hundred of them can be killed.
A press that ended before it was hit is no point, and tells that builds have become quicker.
Prints as JSON what was killed at each point, in what state the reports were found, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
from press_home import contents

from hgeval.press import batch, build, kernels, pool
from hgeval.warm import client

ASKED = {"regions": ["VT01", "VT02", "VT03"], "reports": ["good"], "jobs": 2, "progress": False}
VICTIMS = ("press", "press", "worker", "notebook")
PATIENCE = 30  # seconds for what was left behind to end


def press(out: Path, parent: client.Parent) -> int:
    """A press in a process of its own, with workers from that parent; its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        shared = SimpleNamespace(
            address=parent.address, keep=lambda: None, process=SimpleNamespace(poll=lambda: None)
        )

        @contextmanager
        def lent(work: Path, *, warm: bool):
            yield shared

        pool.parent_of = lent
        code = int(build.run("klein", out=out, **ASKED).failed > 0)
    finally:
        os._exit(code)


def ended(pid: int, seconds: float) -> int | None:
    """The status of a press that ended within that time, else None."""
    number = os.pidfd_open(pid)
    try:
        if not select.select([number], [], [], seconds)[0]:
            return None
    finally:
        os.close(number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def strike(kind: str, pid: int, family: psutil.Process, chance: random.Random) -> str:
    """Kill one process of that kind; where there is none at this moment a worker, or else the press."""
    there = {"press": [pid], "notebook": notebooks(family)}
    there["worker"] = [each.pid for each in family.children() if each.pid not in there["notebook"]]
    for one in dict.fromkeys((kind, "worker", "press") if kind != "press" else (kind,)):
        if there[one]:
            with suppress(ProcessLookupError):  # it just ended
                os.kill(chance.choice(there[one]), signal.SIGKILL)
                return one
    return "nothing"


def notebooks(family: psutil.Process) -> list[int]:
    """The processes in which a notebook runs, by the folder they work in."""
    return [each.pid for each in family.children() if "/run/" in _folder(each)]


def moment(kind: str, pid: int, family: psutil.Process, took: float, chance: random.Random) -> int | None:
    """Let a random time pass, of the whole build or of the short life of a notebook; the status of what ended."""
    if kind != "notebook":
        return ended(pid, chance.uniform(0, took))
    status = None
    while status is None and not notebooks(family):
        status = ended(pid, 0.005)
    return ended(pid, chance.uniform(0, 0.15)) if status is None else status


def _folder(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended while we looked
        return False


def nobody_left(parent: psutil.Process) -> bool:
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if not any(map(_lives, parent.children())):
            return True
        time.sleep(0.01)
    return False


def point(number: int, base: Path, whole: dict[str, bytes], took: float, parent, chance: random.Random) -> dict:
    """One press that is killed, or loses a process, somewhere on its way; and the next build after it."""
    out = base / str(number)
    old = {}
    if number % 2:  # over an earlier build, of which two pages were lost
        shutil.copytree(base / "whole", out)
        for region in ("VT01", "VT03"):
            (out / region / "good.html").write_bytes(b"<html>oud</html>")
        old = contents(out)
    family = psutil.Process(parent.process.pid)
    pid = press(out, parent)
    kind, killed = chance.choice(VICTIMS), "nothing"
    status = moment(kind, pid, family, took, chance)
    if status is None:
        killed = strike(kind, pid, family, chance)
        status = ended(pid, PATIENCE)
    wrong = [] if nobody_left(family) else ["een proces bleef achter"]
    wrong += [] if status is not None else ["de pers eindigde niet"]
    found = contents(out) if out.exists() else {}
    loose = {"index.html", "manifest.json"}
    wrong += [f"{name} is half" for name, data in found.items()
              if name not in loose and data not in (whole.get(name), old.get(name))]
    if ended(press(out, parent), PATIENCE) != 0:
        wrong.append("de volgende bouw mislukte")
    left = contents(out)
    wrong += [f"{name} is anders" for name in whole if left.get(name) != whole[name]]
    wrong += [f"{name} is te veel" for name in left if name not in whole]
    wrong += [f"{path.name} bleef liggen" for path in out.glob(".hgeval-bouw*")]
    shutil.rmtree(out)
    made = sum(found.get(name) == data for name, data in whole.items() if name.endswith("good.html"))
    return {"killed": killed, "made": made, "wrong": wrong}


def struck(base: Path, whole: dict[str, bytes], took: float, parent, chance: random.Random, *, points: int):
    """So many points at which a process was really killed, and before them what was wrong without one."""
    for number in range(5 * points):
        seen = point(number, base, whole, took, parent, chance)
        took *= 0.95 if seen["killed"] == "nothing" else 1.02
        points -= seen["killed"] != "nothing"
        if seen["killed"] != "nothing" or seen["wrong"]:
            yield seen
        if not points:
            return


def main() -> None:
    base, chance, points = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    batch._SAVE_EVERY = 0.0  # the manifest too is being written all the time
    with kernels.private_folder() as work:
        parent = client.Parent(work, kernels.environment(work), preload=pool._OURS)
        try:
            assert ended(press(base / "first", parent), 120) == 0  # the parent has loaded, the study is prepared
            started = time.monotonic()
            assert ended(press(base / "whole", parent), 120) == 0
            took = time.monotonic() - started
            whole = contents(base / "whole")
            found = list(struck(base, whole, took, parent, chance, points=points))
        finally:
            parent.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
