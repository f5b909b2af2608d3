"""Workers side by side: each a process of its own, so that one that dies takes down only its own report."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeAlias

from hgeval.press import kernels
from hgeval.types import Record
from hgeval.warm import SOCKET, client

Process: TypeAlias = client.Child | subprocess.Popen[str]
# What a worker and its notebooks load beside the libraries. The parent ends with the build, so nothing goes stale.
_OURS = tuple(f"hgeval.{name}" for name in (
    "press.worker:ready", "press.audit", "press.downloads", "press.engine", "press.export", "press.jobs",
    "press.machine", "press.verify", "effects", "explanations", "figures", "monitor_own", "sentences", "survey",
    "survey_money", "survey_partners", "tables",
))


class Worker:
    """One process of `hgeval.press.worker`, started anew after it has died; from the parent, if there is one."""

    def __init__(self, work: Path, parent: client.Parent | None = None) -> None:
        self.work, self.parent, self.closed = work, parent, False
        self.process: Process | None = None

    def make(self, order: dict[str, Any], *, limit: float) -> dict[str, Any]:
        """The worker's answer; a worker that dies or takes longer than the limit is a failed report."""
        answer = self._make(order, limit=limit)
        if answer is None and self.parent is not None and self.parent.process.poll() is not None:
            answer = self._make(order, limit=limit)  # the parent died, and all its children: this report may be fine
        return answer or failed("het proces dat dit rapport maakte is onverwacht gestopt. Was het geheugen vol?")

    def _make(self, order: dict[str, Any], *, limit: float) -> dict[str, Any] | None:
        """The answer, or None from a worker that died."""
        if self.closed:
            return failed("de bouw is afgebroken.")
        try:
            process = self._started()
        except OSError:
            return None
        timer = threading.Timer(limit, process.kill)
        timer.start()
        try:
            to_it, from_it = _pipes(process)
            to_it.write(json.dumps(order | {"warm": self.parent is not None}) + "\n")
            to_it.flush()
            answer: Record = json.loads(from_it.readline())
            return answer
        except (OSError, ValueError):  # no answer, or half of one
            late = not timer.is_alive()
            self.stop()
            return failed(f"dit rapport duurde langer dan {limit:.0f} seconden en is afgebroken.") if late else None
        finally:
            timer.cancel()

    def _started(self) -> Process:
        if self.process is None or self.process.poll() is not None:
            environment = kernels.environment(self.work)
            with (self.work / "worker.log").open("ab") as errors:
                if self.parent is not None:
                    self.parent.keep()
                    self.process = _forked(self.parent, environment | {SOCKET: self.parent.address}, self.work, errors)
                else:
                    self.process = subprocess.Popen(
                        [sys.executable, "-m", "hgeval.press.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                        stderr=errors, text=True, encoding="utf-8", cwd=self.work, env=environment,
                        start_new_session=True,  # Ctrl-C is for the press; it then stops its workers itself
                    )
        return self.process

    def stop(self) -> None:
        """End the process; its kernel notices and goes too. May be called from any thread."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not written yet is for nobody
                if stream is not None:
                    stream.close()


def failed(reason: str) -> dict[str, Any]:
    """The answer for a report that was not made, and why."""
    return {"status": "failed", "reason": reason, "seconds": 0.0}


def _pipes(process: Process) -> tuple[IO[str], IO[str]]:
    """What it reads and what it writes. Raises OSError where it has none."""
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError("a worker without pipes")
    return process.stdin, process.stdout


def _forked(parent: client.Parent, environment: dict[str, str], work: Path, errors: BinaryIO) -> client.Child:
    """A worker forked from the parent, with pipes as `subprocess.Popen` gives them."""
    (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
    try:
        child = client.Child(
            "call", ["hgeval.press.worker:main"], environment=environment, folder=str(work),
            streams=(theirs_in, theirs_out, errors.fileno()), address=parent.address,
        )
    except OSError:
        os.close(ours_in)
        os.close(ours_out)
        raise
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    child.stdin, child.stdout = os.fdopen(ours_in, "w", encoding="utf-8"), os.fdopen(ours_out, encoding="utf-8")
    return child


def run(
    orders: list[dict[str, Any]], work: Path, *, jobs: int, limit: float, warm: bool = True,
    meanwhile: Callable[[], object] = lambda: None,
) -> Generator[tuple[Record, Record]]:
    """Every order with its answer, as they come. Nothing keeps running once the caller stops asking.

    warm: workers and notebooks are forked from one parent in which everything is loaded, where the system can do that.
    meanwhile: what else must be done before the first order, while the parent loads.
    """
    with parent_of(work, warm=warm and bool(orders)) as parent:
        meanwhile()
        yield from _answers(orders, work, jobs=jobs, limit=limit, parent=parent)


@contextmanager
def parent_of(work: Path, *, warm: bool) -> Iterator[client.Parent | None]:
    """A parent for workers in this private folder, closed afterwards; none where not asked for or not possible."""
    if not (warm and client.available()):
        yield None
        return
    parent = client.Parent(work, kernels.environment(work), preload=_OURS)
    try:
        yield parent
    finally:
        parent.close()


def _answers(
    orders: list[dict[str, Any]], work: Path, *, jobs: int, limit: float, parent: client.Parent | None
) -> Iterator[tuple[Record, Record]]:
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    workers = [Worker(work, parent) for _ in range(min(jobs, len(orders)))]
    for worker in workers:
        free.put(worker)

    def one(order: Record) -> tuple[Record, Record]:
        worker = free.get()
        try:
            return order, worker.make(order, limit=limit)
        finally:
            free.put(worker)

    with ThreadPoolExecutor(max(1, len(workers))) as threads:
        waiting = {threads.submit(one, order) for order in orders}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            for future in waiting:
                future.cancel()
            for worker in workers:
                worker.closed = True
                worker.stop()
