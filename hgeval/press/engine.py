"""Run one notebook with papermill in a clean kernel, and say in safe words what went wrong.

A traceback may hold values from the data. What leaves this module is the kind of error, the cell,
the line of the notebook, and of an error of our own the sentence with the names that hgeval knows.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from textwrap import shorten
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from hgeval.errors import ReportError
from hgeval.press import engine_warm, kernels, messages, parameters
from hgeval.warm import memory

SENTINEL = "hgeval-sentinel"
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HINT = "Voer het notebook uit in JupyterLab om te zien wat er mis is."
TOO_LARGE = (
    "dit rapport heeft meer geheugen nodig dan de {mib} MiB die het mag hebben. Geef het met --memory meer, of maak "
    "met --jobs minder rapporten tegelijk."
)
_MEMORY = ("MemoryError", "_ArrayMemoryError", "ArrowMemoryError")
_LONGEST = 400  # characters of a message of ours


def execute(
    notebook: NotebookNode, values: dict[str, Any], *, run: Path, timeout: int, warm: bool = False
) -> NotebookNode:
    """The executed notebook. Raises ReportError with the cell and the kind of fault; never a value.

    `run` is an empty private folder, for the kernel's sockets and its working folder. `warm`: in a process forked from
    the parent of this build, and not in a stock kernel; the notebook is the same.
    """
    workplace = run / "map"
    workplace.mkdir(mode=0o700)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    at = _Position(notebook)
    try:
        executed: NotebookNode = papermill.execute_notebook(
            _with_sentinel(notebook, values), None, parameters=values, kernel_name="python3", language="python",
            engine_name=engine_warm.NAME if warm else None, progress_bar=False,
            request_save_on_cell_execute=False, autosave_cell_every=0,
            start_timeout=120, execution_timeout=timeout, config=kernels.config(run),
            resources={"metadata": {"path": str(workplace)}}, shutdown_kernel="immediate", on_cell_start=at.note,
        )
        return executed
    except PapermillExecutionError as fault:
        raise ReportError(_explain(fault, at)) from None
    except CellTimeoutError:
        raise ReportError(f"{at}: duurde langer dan {timeout} seconden en is afgebroken.") from None
    except DeadKernelError:
        raise ReportError(f"{at}: de kernel is onverwacht gestopt. Was het geheugen vol?") from None
    except NoSuchKernel:
        raise ReportError("de kernel 'python3' is er niet. Installeer ipykernel in deze omgeving.") from None
    except RuntimeError as fault:
        raise ReportError(f"{at}: de kernel geeft geen antwoord ({type(fault).__name__}).") from None


class _Position:
    """Which cell is running, counted as the author sees them: from the top, without the injected one."""

    def __init__(self, notebook: NotebookNode) -> None:
        tagged = [number for number, cell in enumerate(notebook.cells) if parameters.TAG in parameters.tags(cell)]
        self.injected_after = tagged[0] if tagged else -1
        self.cell = 0

    def note(self, cell: NotebookNode, cell_index: int) -> None:
        self.cell = self.number(cell_index)

    def number(self, index: int) -> int:
        return index + 1 - (index > self.injected_after)

    def __str__(self) -> str:
        return f"cel {self.cell}"


def _with_sentinel(notebook: NotebookNode, values: dict[str, Any]) -> NotebookNode:
    """A copy that ends in a cell which only a kernel that ran everything, with these parameters, can answer.

    It also says what the notebook read of the study, and the memory that it has at the end, in KiB (0 where unknown).
    """
    copy: NotebookNode = nbformat.from_dict(notebook)
    said = ", ".join(f"{name!r}: globals().get({name!r})" for name in sorted(values))
    read = "__import__('hgeval.reading').reading.so_far()"
    most = "__import__('hgeval.warm.memory').warm.memory.kib()"
    told = f"'parameters': {{{said}}}, 'read': {read}, 'kib': {most}"
    source = f"__import__('json').dumps({{{told}}}, sort_keys=True)"
    cell = nbformat.v4.new_code_cell(source, id="hgeval-sentinel")
    cell.metadata["tags"] = [SENTINEL]
    copy.cells = [*notebook.cells, cell]
    return copy


def _explain(fault: PapermillExecutionError, at: _Position) -> str:
    """What is wrong, then where. What of the text may hold a value stays out."""
    where = f"cel {at.number(fault.cell_index)}"
    found = [int(line) for line in _LINE.findall(_COLOUR.sub("", "\n".join(fault.traceback)))]
    source = fault.source.splitlines()
    if found and found[0] <= len(source):
        where += f", regel {found[0]}: {shorten(source[found[0] - 1], 120, placeholder=' ...')}"
    if fault.ename in _MEMORY:
        return f"{TOO_LARGE.format(mib=memory.bounded())} ({where})"
    told = shorten(messages.told(fault.ename, fault.evalue), _LONGEST, placeholder=" ...")
    said = told or f"{messages.kind(fault.ename)}. {HINT}"
    return f"{said} ({where})"
