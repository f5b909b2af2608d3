"""A process that makes reports, one after the other: it reads orders from its input and answers each in one line.

Each order runs in a kernel of its own and lands in a folder of its own; the worker never touches the
output folder. When the press dies, the input closes and the worker goes with it, and its kernel after it.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from hgeval.errors import HgevalError
from hgeval.warm import memory, preload


def make(order: dict[str, Any]) -> dict[str, Any]:
    """Make one report; the answer says what was written, or why not, without a value from the data."""
    started = time.monotonic()
    try:
        found = {"status": "ok", **_make(order)}
    except HgevalError as fault:
        found = {"status": "failed", "reason": str(fault)}
    except OSError as fault:
        found = {"status": "failed", "reason": f"kan niet schrijven of lezen ({fault.strerror})."}
    except Exception as fault:  # its text may hold a value from the data
        place = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"{Path(place.filename).name}, regel {place.lineno}"
        found = {"status": "failed", "reason": f"onverwachte fout in de pers: {type(fault).__name__} ({where})."}
    return found | {"seconds": round(time.monotonic() - started, 2)}


def _make(order: dict[str, Any]) -> dict[str, Any]:
    # imported here, so that a worker that cannot start says so in its first answer
    from hgeval.press import audit, downloads, engine, export, jobs, machine, verify
    from hgeval.reference import NATIONAL

    if "expected" in order:  # of a press on another machine
        machine.check(order)
    memory.bound(order["memory"] or memory.share(1))
    report = export.Report(**order["page"])
    run, staged = Path(order["run"]), Path(order["staged"])
    shutil.rmtree(run, ignore_errors=True)  # of a worker that died in the middle of this report
    run.mkdir(mode=0o700, parents=True)
    try:
        executed = engine.execute(
            jobs.read(Path(order["notebook"])), order["parameters"], run=run, timeout=order["timeout"],
            warm=order.get("warm", False),
        )
        executed, read, kib = verify.notebook(executed, order["parameters"])
        payloads = verify.exhibits(
            executed, profile=order["parameters"]["profile"], study=order["study"],
            region=order["parameters"].get("region", NATIONAL), settings=order["settings"],
            explained=order.get("explained", ()),
        )
        html = export.page(executed, report)
        audit.check(html, private=[str(run), *order["private"]])
    finally:
        shutil.rmtree(run, ignore_errors=True)
    content = {
        order["files"]["workbook"]: downloads.workbook(payloads, report),
        order["files"]["table"]: downloads.table(payloads, report),
        order["files"]["page"]: html.encode(),
    }
    for name, data in content.items():
        (staged / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).write_bytes(data)
    return {
        "exhibits": [payload["id"] for payload in payloads], "told": _told(payloads), "read": read, "kib": kib,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in content.items()},
    }


def _told(payloads: list[dict[str, Any]]) -> list[str]:
    """The key messages that the report opens with, for the index."""
    return next((payload["sentences"] for payload in payloads if payload["kind"] == "sentences"), [])


def ready() -> None:
    """Read what every report needs, so that what is forked from here has it; a file that changes is read again."""
    from hgeval import case
    from hgeval.press import export, texts

    with suppress(HgevalError):  # it is said where it is used
        case.ready()
        export.exporter()
        texts.ready()


def _answers_only() -> TextIO:
    """Our own line to the press; whatever a library prints goes to the error stream instead."""
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return ours


def main() -> None:
    """Make the report of each order, a line of JSON on stdin, and answer with a line; until the press is gone."""
    preload.skip_grammar()
    answers = _answers_only()
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    with suppress(ImportError):  # a kernel that must list the computer's fonts itself may warn, and so fail its report
        import matplotlib.font_manager  # noqa: F401

    def listen() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        os._exit(0)  # the press is gone, or has no more work

    threading.Thread(target=listen, daemon=True).start()
    while True:
        answers.write(json.dumps(make(orders.get())) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
