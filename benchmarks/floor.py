"""The floor: the code of the notebooks in one warm process, without a notebook, a kernel or a page.

    python benchmarks/floor.py VT01,VT02 effectiveness,monitor --alone

Every cell is run and what it shows is made, as JupyterLab would have it made; nothing is written. Printed as JSON: of
each report, a digest of every exhibit, so that nobody takes an empty run for a quick one.

With --alone each report opens the study and computes for itself, as its code says where it stands alone. Without it,
reports use what the project shares between them, in memory and beside the study.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import json
import sys


def run(report: str, region: str) -> list[str]:
    """The digests of the exhibits of one report, in the order of the notebook."""
    import nbformat

    from hgeval import params, paths

    spec = params.reports()[report]
    names: dict = {}
    shown = []
    for cell in nbformat.read(paths.notebooks_dir() / spec.notebook, 4).cells:
        if cell.cell_type != "code":
            continue
        value = _value(cell.source, names)
        if hasattr(value, "_repr_mimebundle_"):
            shown.append(digest(value._repr_mimebundle_()[0]))
        if "parameters" in cell.metadata.get("tags", []) and spec.scope == "region":
            names["region"] = region
    return shown


def _value(source: str, names: dict) -> object:
    """What a cell shows: the value of its last line, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def digest(bundle: dict) -> str:
    """sha256 of what an exhibit shows, whether it comes from an object or, with its picture as text, a notebook."""
    png = bundle.get("image/png", b"")
    picture = base64.b64decode(png) if isinstance(png, str) else png
    words = {kind: value for kind, value in bundle.items() if kind != "image/png"}
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode() + picture).hexdigest()


def alone(report: str, region: str) -> list[str]:
    """The same, where nothing is kept beside the study and nothing is left of the report before."""
    from hgeval import prepared

    prepared._place = lambda home: None
    prepared._last.clear()
    return run(report, region)


def main() -> None:
    one = alone if "--alone" in sys.argv else run
    regions, reports = sys.argv[1].split(","), sys.argv[2].split(",")
    with contextlib.redirect_stdout(sys.stderr):  # what cells print
        found = {f"{region}-{report}": one(report, region) for region in regions for report in reports}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
