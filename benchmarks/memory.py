"""Memory as the system counts it: each page of memory is divided over the processes that share it (PSS)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hgeval.warm.memory import pss

EVERY = 0.05  # seconds


class Sampler:
    """Looks at every process below this one until it is left, and keeps the largest it saw, in MiB.

    kernel: the largest single process that runs a notebook, 0 where none does that apart; tree: the largest sum.
    Reading PSS costs time itself, so nothing is timed while this looks.
    """

    def __enter__(self) -> Sampler:
        self.kernel = self.tree = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            found = [(is_kernel(pid), pss(pid) / 1024) for pid in below(os.getpid())]
            self.tree = max(self.tree, sum(size for _, size in found))
            self.kernel = max([self.kernel, *(size for runs, size in found if runs)])


def below(pid: int) -> Iterator[int]:
    """Every process that this one started, and what those started."""
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from below(int(child))


def is_kernel(pid: int) -> bool:
    """Whether this process runs a notebook: a stock kernel, or a fork that works in the press's folder for a report."""
    with suppress(OSError):
        if b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return True
        where = Path(os.readlink(f"/proc/{pid}/cwd"))
        return where.name == "map" and where.parent.parent.name == "run"
    return False
