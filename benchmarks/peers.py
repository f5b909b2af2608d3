"""What others offer for the same work: papermill or ploomber-engine in one process, Snakemake; and an environment.

    python benchmarks/peers.py papermill jobs.json reports/

jobs.json: a list of {"name", "notebook", "region"}; executed notebooks and pages land in the folder. Nothing of
hgeval is loaded by these processes themselves; only the kernels do that.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

PEERS = Path(__file__).parents[1] / "build" / "peers"
WANTED = ("ploomber-engine", "snakemake")
SNAKEFILE = """\
import json
JOBS = {{job["name"]: job for job in json.load(open({jobs!r}))}}
rule all:
    input: expand({out!r} + "/{{name}}.html", name=JOBS)
rule report:
    input: notebook=lambda found: JOBS[found.name]["notebook"], data={data!r}
    output: {out!r} + "/{{name}}.ipynb", {out!r} + "/{{name}}.html"
    params: region=lambda found: JOBS[found.name]["region"]
    shell:
        "{python} -m papermill {{input.notebook}} {{output[0]}} -p region {{params.region}} -k python3 "
        "&& {python} -m nbconvert --to html --no-input {{output[0]}}"
"""


def papermill(job: dict, done: Path) -> None:
    import papermill

    papermill.execute_notebook(
        job["notebook"], done, parameters={"region": job["region"]}, kernel_name="python3", progress_bar=False
    )


def ploomber(job: dict, done: Path) -> None:
    """Runs the cells in this very process, one report after the other: what one leaves behind, the next one meets."""
    import nbformat
    from ploomber_engine import execute_notebook

    if nbformat.v4.new_output is not _as_text:  # it hands a picture on as bytes, which no notebook can hold (0.0.33)
        _as_text.plain, nbformat.v4.new_output = nbformat.v4.new_output, _as_text
    execute_notebook(job["notebook"], done, parameters={"region": job["region"]}, progress_bar=False, verbose=False)


def _as_text(*kind: str, data: dict | None = None, **more: object) -> dict:
    """A new output with its bytes as text, as a kernel sends them."""
    for name, value in (data or {}).items():
        if isinstance(value, bytes):
            data[name] = base64.b64encode(value).decode()
    return _as_text.plain(*kind, **more, **({"data": data} if data else {}))


def in_one_process(execute: Callable[[dict, Path], None], jobs: list[dict], out: Path) -> None:
    """Every report executed and turned into a page, with one exporter kept."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for job in jobs:
        done = out / f"{job['name']}.ipynb"
        execute(job, done)
        done.with_suffix(".html").write_text(exporter.from_filename(done)[0], encoding="utf-8")


def snakefile(jobs: Path, out: Path, data: list[str]) -> str:
    """A rule that runs papermill and nbconvert for each report, when its notebook or the data is newer."""
    return SNAKEFILE.format(jobs=str(jobs), out=str(out), data=data, python=sys.executable)


def install() -> None:
    """Make the environment of the peers. It sees the packages of this one, so that the libraries are the same."""
    venv.create(PEERS, with_pip=True, clear=True)
    site = next(PEERS.glob("lib/python*/site-packages"))
    (site / "ours.pth").write_text(f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n")
    for name in WANTED:  # one that does not install takes no other down
        pip = [python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", name]
        done = subprocess.run(pip, check=False, stderr=subprocess.DEVNULL)
        if done.returncode:
            print(f"{name} is niet te installeren; die manier valt weg.", file=sys.stderr)
    subprocess.run([python(), "-m", "compileall", "-q", str(site)], check=False, stdout=subprocess.DEVNULL)


def python() -> str:
    return str(PEERS / "bin" / "python")


def installed() -> Iterator[tuple[str, str]]:
    """Name and version of each peer that can be run."""
    for site in PEERS.glob("lib/python*/site-packages"):
        for name in WANTED:
            for found in site.glob(f"{name.replace('-', '_')}-*.dist-info"):
                yield name, found.name.removesuffix(".dist-info").rpartition("-")[2]


def main() -> None:
    ways = {"papermill": papermill, "ploomber": ploomber}
    in_one_process(ways[sys.argv[1]], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]))


if __name__ == "__main__":
    main()
