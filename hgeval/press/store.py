"""Run the notebooks on the synthetic study and store their outputs, as `make notebooks` does after an edit.

The stored outputs are what nbval compares with. Nothing but exhibits of a synthetic study (or of
published figures) is ever stored, and nothing that changes from run to run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from hgeval import paths
from hgeval.errors import HgevalError, ParameterError, ReportError
from hgeval.exhibits import MIME
from hgeval.params import NationalParameters
from hgeval.press import jobs, kernels, parameters
from hgeval.press.verify import PROVENANCE, is_provenance

_KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def run(notebook: NotebookNode, work: Path, *, timeout: int = 300) -> NotebookNode:
    """The notebook executed with the parameters that stand in it, as JupyterLab's Restart and Run All does."""
    (work / "map").mkdir(exist_ok=True)
    os.environ.update(kernels.environment(work))
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(work / "map")}},
        config=kernels.config(work),
        shutdown_kernel="immediate",
    )
    return client.execute()


def as_shipped(notebook: NotebookNode, *, name: str) -> None:
    """Raise ParameterError unless its parameters cell asks for the synthetic study under the public rule."""
    shipped = {field: NationalParameters.model_fields[field].default for field in ("study", "profile")}
    cells = [cell for cell in notebook.cells if parameters.TAG in parameters.tags(cell)]
    written = {key: value for cell in cells for key, value in parameters.written(cell.source).items()}
    other = [field for field, value in shipped.items() if written.get(field) != value]
    if other:
        wanted = " en ".join(f'{field} op "{shipped[field]}"' for field in other)
        raise ParameterError(
            f"in de eerste codecel van {name} staat niet wat in git hoort. Zet {wanted} en probeer het opnieuw."
        )


def clean(notebook: NotebookNode) -> NotebookNode:
    """Only what is the same in every run: no times, no other kernel's name, no stream but the provenance."""
    notebook.metadata = nbformat.from_dict(_KEPT_METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def faults(notebook: NotebookNode) -> list[str]:
    """Why these outputs may not be stored: cells not run in order, or an output that is not of made-up data."""
    found, expected = [], 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        expected += 1
        if cell.execution_count != expected:
            found.append(f"cel {number}: niet uitgevoerd, of niet op volgorde")
        if PROVENANCE not in parameters.tags(cell):
            found += [f"cel {number}: {fault}" for output in cell.outputs for fault in _output_faults(output)]
        elif not is_provenance(cell) or any(not out.text.startswith("studie demo,") for out in cell.outputs):
            found.append(f"cel {number}: de herkomst is niet die van de verzonnen studie")
    return found


def _output_faults(output: NotebookNode) -> list[str]:
    payload = output.get("data", {}).get(MIME)
    if payload is None:
        return ["deze uitvoer is geen vrijgegeven tabel, figuur of zin"]
    made_up = payload["study"] == "demo" and (payload["synthetic"] or payload.get("published") is True)
    return [] if made_up else ["deze uitvoer komt niet uit de verzonnen studie en mag niet bewaard worden"]


def main() -> int:
    """Run and store every notebook; exit code 1 if one could not be stored, which then stays as it was."""
    failed = 0
    for path in sorted(paths.notebooks_dir().glob("*.ipynb")):
        try:
            with kernels.private_folder() as work:
                notebook = jobs.read(path)
                as_shipped(notebook, name=path.name)  # before anything of another study is read
                executed = clean(run(notebook, work))
            if faults(executed):
                raise ReportError("; ".join(faults(executed)))
            nbformat.write(executed, path)
            print(f"{path.name}: uitvoer bewaard")
        except (HgevalError, RuntimeError) as fault:
            failed += 1
            print(f"{path.name}: niet bewaard. {fault}", file=sys.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
