"""Our own worker processes beside a Dask worker: what a task calls on the machine where it lands.

A Dask worker runs tasks in threads of a process that may neither fork nor run a notebook. So a task only hands its
order to a process of ours, in a private folder of that machine, and brings back the files. These processes end with the
build, when nobody has asked for anything for a while (the press died), and with the Dask worker, whatever it dies of.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import shutil
import threading
from contextlib import ExitStack
from typing import Any

from hgeval.errors import HgevalError
from hgeval.press import kernels, pool

IDLE = 60.0  # seconds without an order, after which the processes go; a next order starts them again
_TRIES = 50  # to stop a process that is being started at that moment
_lock = threading.Lock()
_open: dict[str, Station] = {}
_ended: set[str] = set()


class Station:
    """The processes for one build: as many as the Dask worker gives orders at a time."""

    def __init__(self, *, warm: bool) -> None:
        self.busy = 0
        self.timer: threading.Timer | None = None
        self._free: list[pool.Worker] = []
        self._workers: list[pool.Worker] = []
        self._closed, self._lock, self._stack = False, threading.Condition(), ExitStack()
        self._work = self._stack.enter_context(kernels.private_folder())
        self._parent = self._stack.enter_context(pool.parent_of(self._work, warm=warm))

    def make(self, order: dict[str, Any], *, limit: float) -> dict[str, Any]:
        """The answer to an order, with the bytes of its files as `content`."""
        worker = self._worker()
        if worker is None:
            return pool.failed("de bouw is afgebroken.")
        place = self._work / str(self._workers.index(worker))  # a short path: sockets lie in it
        try:
            answer = worker.make(order | {"run": str(place / "run"), "staged": str(place / "uit")}, limit=limit)
            if answer["status"] == "ok":
                answer["content"] = {name: (place / "uit" / name).read_bytes() for name in order["files"].values()}
            return answer
        finally:
            shutil.rmtree(place, ignore_errors=True)
            with self._lock:
                self._free.append(worker)
                self._lock.notify_all()

    def _worker(self) -> pool.Worker | None:
        """A free worker, or one more."""
        with self._lock:
            if self._closed:
                return None
            if not self._free:
                self._workers.append(pool.Worker(self._work, self._parent))
                self._free.append(self._workers[-1])
            return self._free.pop()

    def close(self) -> None:
        """End the processes, whatever they are at; the parent last, so that nobody starts it anew."""
        with self._lock:
            self._closed = True
            for worker in self._workers:
                worker.closed = True
        for _ in range(_TRIES):
            for worker in self._workers:
                worker.stop()
            with self._lock:
                if self._lock.wait_for(lambda: len(self._free) == len(self._workers), timeout=0.2):
                    break  # else one was just being started
        self._stack.close()


def make(order: str, *, build: str, limit: float, warm: bool) -> dict[str, Any]:
    """What a task does: make this order (JSON) of this build, and answer; a report that fails is an answer too."""
    try:
        station = _enter(build, warm)
    except (HgevalError, OSError) as fault:
        return pool.failed(str(fault) if isinstance(fault, HgevalError) else "de machine kon geen proces starten.")
    if station is None:
        return pool.failed("de bouw is afgebroken.")
    try:
        return station.make(json.loads(order), limit=limit)
    except OSError as fault:
        return pool.failed(f"de machine kon het rapport niet bewaren ({fault.strerror}). Is de schijf vol?")
    finally:
        _leave(build, station)


def _enter(build: str, warm: bool) -> Station | None:
    """The station of this build, opened by the first who asks; None once the build has ended."""
    with _lock:
        if build in _ended:
            return None
        if build not in _open:
            _open[build] = Station(warm=warm)
        station = _open[build]
        station.busy += 1
        if station.timer is not None:
            station.timer.cancel()
    return station


def _leave(build: str, station: Station) -> None:
    with _lock:
        station.busy -= 1
        if not station.busy:
            station.timer = timer = threading.Timer(IDLE, _close_idle, [build, station])
            timer.daemon = True
            timer.start()


def _close_idle(build: str, station: Station) -> None:
    with _lock:
        if station.busy or _open.get(build) is not station:
            return
        del _open[build]
    station.close()


async def end(build: str) -> None:
    """The build asks for nothing more: end what is under way for it here, without holding up the Dask worker."""
    await asyncio.to_thread(_end, build)


def _end(build: str) -> None:
    with _lock:
        _ended.add(build)
        station = _open.pop(build, None)
    if station is not None:
        station.close()


@atexit.register
def _end_all() -> None:
    for build in list(_open):
        _end(build)
