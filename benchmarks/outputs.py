"""Is what a way made the same as what a stock kernel makes? No timing counts without that.

    python benchmarks/outputs.py reference/        (in a home: what the press must have made of these notebooks)

Compared are pictures (their bytes), printed text, and of each exhibit every number and word. Left out is what differs
by chance or by way of working: the numbers of cells and runs, times, and the cell in which a tool puts parameters.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import floor
import nbformat

from hgeval.exhibits import MIME

_PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=\s]+)')


class Different(Exception):
    """A way made something else than a stock kernel; its time means nothing."""


def seen(path: Path) -> list[list]:
    """Of an executed notebook: each code cell with what it shows, a picture as the digest of its bytes."""
    cells = nbformat.read(path, 4).cells
    return [
        [cell.source, _outputs(cell)] for cell in cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]


def _outputs(cell: nbformat.NotebookNode) -> list:
    found: list = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if found and found[-1][0] == output.name:  # printed in one go or in two: the same text
                found[-1][1] += output.text
            else:
                found.append([output.name, output.text])
        elif output.output_type == "error":
            found.append(["error", output.ename])
        else:
            data = {kind: _digest(text) if kind == "image/png" else text for kind, text in output.data.items()}
            found.append([output.output_type, data])
    return found


def _digest(picture: str) -> str:
    return hashlib.sha256(base64.b64decode(picture)).hexdigest()


def pictures(page: str) -> list[str]:
    """Digest of every picture in a page."""
    return [_digest(text) for text in _PICTURE.findall(page)]


def shown(path: Path) -> list[dict]:
    """What the cells of an executed notebook show, as it stands in the file."""
    outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
    return [output.data for output in outputs if "data" in output]


def _pictures_in(notebook: Path) -> list[str]:
    return [_digest(data["image/png"]) for data in shown(notebook) if "image/png" in data]


def same_notebooks(reference: Path, out: Path, names: list[str]) -> None:
    """Notebooks and the pages beside them. Raises Different."""
    for name in names:
        ours, theirs = seen(out / f"{name}.ipynb"), seen(reference / f"{name}.ipynb")
        for number, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            if one != other:
                raise Different(f"{name}: codecel {number + 1} is anders dan in een gewone kernel")
        if len(ours) != len(theirs):
            raise Different(f"{name}: {len(ours)} codecellen in plaats van {len(theirs)}")
        if pictures((out / f"{name}.html").read_text(encoding="utf-8")) != _pictures_in(reference / f"{name}.ipynb"):
            raise Different(f"{name}: de figuren in de pagina zijn anders dan in het notebook")


def same_digests(reference: Path, found: dict[str, list[str]], names: list[str]) -> None:
    """What the floor says it made. Raises Different."""
    for name in names:
        wanted = [floor.digest(data) for data in shown(reference / f"{name}.ipynb") if MIME in data]
        if found.get(name) != wanted:
            raise Different(f"{name}: andere cijfers of figuren dan in een gewone kernel")


def same_files(reference: Path, out: Path, names: list[str], env: dict[str, str]) -> None:
    """Pages, workbooks and tables of the press: those made from the notebooks of a stock kernel. Raises Different."""
    asked = [sys.executable, __file__, str(reference), *names]
    wanted = json.loads(subprocess.run(asked, env=env, check=True, capture_output=True, text=True).stdout)
    for name, files in wanted.items():
        for file, digest in files.items():
            if hashlib.sha256((out / file).read_bytes()).hexdigest() != digest:
                raise Different(f"{name}: {file} is anders dan uit het notebook van een gewone kernel")
        page = next((out / file).read_text(encoding="utf-8") for file in files if file.endswith(".html"))
        if pictures(page) != _pictures_in(reference / f"{name}.ipynb"):
            raise Different(f"{name}: de figuren in de pagina zijn anders dan in het notebook")
    if set(wanted) != set(names):
        raise Different(f"er zijn {len(wanted)} rapporten in plaats van {len(names)}")


def press_files(reference: Path, names: list[str]) -> dict[str, dict[str, str]]:
    """Of each report: the files that the press must have made of its notebook, and their digests."""
    from hgeval.press import downloads, export, parameters

    found = {}
    for job, report in _reports():
        name = f"{job.region}-{job.report}"
        if name not in names:
            continue
        notebook = nbformat.read(reference / f"{name}.ipynb", 4)
        notebook.cells = [cell for cell in notebook.cells if parameters.INJECTED not in parameters.tags(cell)]
        payloads = [data[MIME] for data in shown(reference / f"{name}.ipynb") if MIME in data]
        page = export.page(notebook, report).encode()
        content = page, downloads.workbook(payloads, report), downloads.table(payloads, report)
        made = zip(job.files, content, strict=True)
        found[name] = {file: hashlib.sha256(data).hexdigest() for file, data in made}
    return found


def _reports():
    """Every job of this home's demo study, with what its page says about itself."""
    from hgeval import __version__
    from hgeval.press import batch, build, export, jobs

    setting = build.setting("demo", "cbs5")
    rule = batch.rule_text(setting.rule)
    for job in jobs.plan(setting.folder, known=setting.regions, profile="cbs5"):
        yield job, export.Report(
            name=job.report, title=job.title, region=job.region, region_name=job.region_name, rule_text=rule,
            version=__version__, **setting.about,
        )


if __name__ == "__main__":
    print(json.dumps(press_files(Path(sys.argv[1]), sys.argv[2:])))
