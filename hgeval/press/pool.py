"""Workers side by side: each a process of its own, so that one that dies takes down only its own report."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

from hgeval.press import kernels


class Worker:
    """One process of `hgeval.press.worker`, started anew after it has died."""

    def __init__(self, work: Path) -> None:
        self.work, self.process, self.closed = work, None, False

    def make(self, order: dict[str, Any], *, limit: float) -> dict[str, Any]:
        """The worker's answer; a worker that dies or takes longer than the limit is a failed report."""
        if self.closed:
            return {"status": "failed", "reason": "de bouw is afgebroken.", "seconds": 0.0}
        process = self._started()
        timer = threading.Timer(limit, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):  # no answer, or half of one
            late = not timer.is_alive()
            self.stop()
            why = f"duurde langer dan {limit:.0f} seconden" if late else "is onverwacht gestopt. Was het geheugen vol?"
            return {"status": "failed", "reason": f"het proces dat dit rapport maakte {why}", "seconds": 0.0}
        finally:
            timer.cancel()

    def _started(self) -> subprocess.Popen:
        if self.process is None or self.process.poll() is not None:
            with (self.work / "worker.log").open("ab") as errors:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "hgeval.press.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=errors, text=True, encoding="utf-8", cwd=self.work, env=kernels.environment(self.work),
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
                stream.close()


def run(orders: list[dict[str, Any]], work: Path, *, jobs: int, limit: float) -> Iterator[tuple[dict, dict]]:
    """Every order with its answer, as they come. Nothing keeps running once the caller stops asking."""
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    workers = [Worker(work) for _ in range(min(jobs, len(orders)))]
    for worker in workers:
        free.put(worker)

    def one(order: dict[str, Any]) -> tuple[dict, dict]:
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
