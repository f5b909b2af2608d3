"""What the notebooks of a build will ask for all regions at once, computed before the first of them begins.

So it is computed by one process, while the others start; a notebook that asks for more computes that itself.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from nbformat import NotebookNode

from hgeval import keepers
from hgeval.case import Case
from hgeval.doors import Door
from hgeval.errors import HgevalError
from hgeval.press import jobs
from hgeval.shared import Function


def compute(notebooks: Iterable[Path], here: Case) -> None:
    """Compute and keep what these notebooks release; what fails here fails again in the report, which then says so."""
    if here.rule.audience != "public":
        return  # exact counts are for one region
    found = {asked for path in sorted(set(notebooks)) for asked in released(jobs.read(path))}
    for function, door in sorted(found, key=lambda asked: (asked[0].__module__, asked[0].__name__)):
        with suppress(HgevalError):
            here.once(function, door)


def released(notebook: NotebookNode) -> Iterator[tuple[Function, Door]]:
    """Each function of hgeval that the code hands to a door, such as disclosure.release(effects.stopped, here)."""
    for cell in notebook.cells:
        with suppress(SyntaxError):
            tree = ast.parse(cell.source if cell.cell_type == "code" else "")
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
                yield from _asked(call)


def _asked(call: ast.Call) -> Iterator[tuple[Function, Door]]:
    door, asked = _dotted(call.func), _dotted(call.args[0])
    if door is None or asked is None or door[0] != "disclosure" or door[1] not in keepers.DOORS:
        return
    with suppress(ImportError, AttributeError):
        yield getattr(importlib.import_module(f"hgeval.{asked[0]}"), asked[1]), keepers.DOORS[door[1]]


def _dotted(node: ast.expr) -> tuple[str, str] | None:
    """The two names of `module.name`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return None
