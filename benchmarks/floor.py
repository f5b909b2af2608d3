"""The floor: the code of the notebooks in one warm process, without a notebook, a kernel or a page.

    python benchmarks/floor.py VT01,VT02 effectiveness,monitor

Every cell is run and what it shows is made, as JupyterLab would have it made; nothing is written.
"""

from __future__ import annotations

import ast
import sys

import nbformat

from hgeval import params, paths


def run(report: str, region: str) -> int:
    """The exhibits of one report; returns how many there are."""
    spec = params.reports()[report]
    names: dict = {}
    made = 0
    for cell in nbformat.read(paths.notebooks_dir() / spec.notebook, 4).cells:
        if cell.cell_type != "code":
            continue
        made += _cell(cell.source, names)
        if "parameters" in cell.metadata.get("tags", []) and spec.scope == "region":
            names["region"] = region
    return made


def _cell(source: str, names: dict) -> int:
    tree = ast.parse(source)
    shown = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    value = eval(compile(ast.Expression(shown.value), "cell", "eval"), names) if shown else None
    if not hasattr(value, "_repr_mimebundle_"):
        return 0
    value._repr_mimebundle_()
    return 1


if __name__ == "__main__":
    print(sum(run(report, region) for region in sys.argv[1].split(",") for report in sys.argv[2].split(",")))
