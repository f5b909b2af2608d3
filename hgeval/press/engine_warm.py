"""A papermill engine without a kernel's connections: the cells run in a process forked for this notebook alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, papermill_engines

from hgeval.types import Record
from hgeval.warm import client, memory

NAME = "hgeval-warm"


class WarmEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Gives the notebook that papermill's own engine would have given."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, execution_timeout: float, resources: Record,
        on_cell_start: Callable[..., None], **_: Any,
    ) -> None:
        """Run the code cells. Raises CellTimeoutError or DeadKernelError, as a kernel's client does."""
        cells = nb_man.nb.cells
        begun = -1
        for told in _told(_code(cells), resources["metadata"]["path"], execution_timeout):
            if "language_info" in told:
                nb_man.nb.metadata["language_info"] = from_dict(told["language_info"])
            elif "begun" in told:
                begun = told["begun"]
                on_cell_start(cell=cells[begun], cell_index=begun)
                nb_man.cell_start(cells[begun], begun)
            else:
                _keep(nb_man, cells[begun], begun, told)
                if told["late"]:
                    raise CellTimeoutError.error_from_timeout_and_cell("", int(execution_timeout), cells[begun])
                begun = -1
        if begun >= 0:
            raise DeadKernelError("the process of this notebook died")


def _code(cells: list[NotebookNode]) -> list[Record]:
    """What a kernel's client would run: code that is not empty."""
    return [
        {"number": number, "source": cell.source}
        for number, cell in enumerate(cells) if cell.cell_type == "code" and cell.source.strip()
    ]


def _told(cells: list[Record], folder: str, timeout: float) -> Iterator[Record]:
    """What the forked process says, line by line, until it ends."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile("w+") as order, open(os.devnull, "wb") as nothing, os.fdopen(reading) as answers:
        json.dump({"cells": cells, "timeout": timeout, "memory": memory.bounded()}, order)
        order.seek(0)
        try:
            child = client.Child(
                "call", ["hgeval.warm.cells:main"], environment=dict(os.environ), folder=folder,
                streams=(order.fileno(), writing, nothing.fileno()),
            )
        finally:
            os.close(writing)
        try:
            for line in answers:
                yield json.loads(line)
        except ValueError:
            return  # it died in the middle of a line
        finally:
            child.kill()
            child.wait()


def _keep(nb_man: Any, cell: NotebookNode, number: int, told: Record) -> None:
    cell.outputs = [from_dict(output) for output in told["outputs"]]
    cell.execution_count = told["execution_count"]
    if any(output.output_type == "error" for output in cell.outputs):
        nb_man.cell_exception(cell, cell_index=number)
    nb_man.cell_complete(cell, cell_index=number)


papermill_engines.register(NAME, WarmEngine)
