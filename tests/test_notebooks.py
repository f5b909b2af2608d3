"""The notebooks as they are stored, and proof that what nbval does not see is seen here."""

import ast
import copy
import os
import subprocess
import sys

import nbformat
import pytest

from hgeval import paths
from hgeval.errors import ParameterError
from hgeval.exhibits import MIME
from hgeval.press import parameters, store

NOTEBOOKS = sorted(paths.notebooks_dir().glob("*.ipynb"))
LONGEST_CELL = 8
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.AsyncFunctionDef)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_a_notebook_for_every_report():
    from hgeval import params

    assert {spec.notebook for spec in params.reports().values()} == {path.name for path in NOTEBOOKS}


def test_the_title_is_a_question(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    title = first.source.splitlines()[0]
    assert title.startswith("# ") and title.endswith("?")


def test_one_parameters_cell_of_at_most_three_and_it_comes_first(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == code(notebook)[:1]
    assert 1 <= len(tagged[0].source.splitlines()) <= parameters.MOST


def test_cells_are_short_and_ask_only(notebook):
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= LONGEST_CELL
        tree = ast.parse(cell.source)  # a magic or a shell line is no Python, and fails here
        assert not [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]
        assert "import *" not in cell.source and "sys.path" not in cell.source


def test_only_the_provenance_may_differ_between_runs(notebook):
    ignored = [cell for cell in notebook.cells if "nbval-ignore-output" in cell.metadata.get("tags", [])]
    assert all("provenance" in cell.metadata["tags"] for cell in ignored) and len(ignored) == 1


def test_stored_outputs_are_whole_and_of_made_up_data(notebook):
    assert store.faults(notebook) == []
    assert [output for cell in code(notebook) for output in cell.outputs if MIME in output.get("data", {})]


def test_stored_notebooks_hold_no_trace_of_a_machine(notebook):
    text = nbformat.writes(notebook)
    assert "/home/" not in text and "/root/" not in text and str(paths.root()) not in text
    assert "papermill" not in notebook.metadata and not any("execution" in cell.metadata for cell in notebook.cells)


# What nbval passes by in silence.


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(paths.notebooks_dir() / "effectiveness.ipynb", as_version=4)


def exhibit_outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs if MIME in output.get("data", {})]


def test_a_stripped_notebook_fails(stored):
    stripped = copy.deepcopy(stored)
    for cell in code(stripped):
        cell.outputs, cell.execution_count = [], None
    assert "cel 2: niet uitgevoerd, of niet op volgorde" in store.faults(stripped)


def test_a_stored_output_of_another_study_fails(stored):
    other = copy.deepcopy(stored)
    exhibit_outputs(other)[0]["data"][MIME]["study"] = "regio-echt"
    (fault,) = store.faults(other)
    assert fault.endswith("komt niet uit de verzonnen studie en mag niet bewaard worden")
    real = copy.deepcopy(stored)
    exhibit_outputs(real)[0]["data"][MIME]["synthetic"] = False
    assert len(store.faults(real)) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"demo"', '"mijn-studie"', 'Zet study op "demo" en probeer'),
        ('"cbs5"', '"exact10"', 'Zet profile op "cbs5" en'),
        ('study: str = "demo"', "study = 1", 'Zet study op "demo" en'),
        ("study:", "study :: ", 'Zet study op "demo" en profile op "cbs5" en'),
    ],
)
def test_a_notebook_set_to_another_study_is_not_run_at_all(stored, old, new, says):
    store.as_shipped(stored, name="a.ipynb")
    other = copy.deepcopy(stored)
    cell = code(other)[0]
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    with pytest.raises(ParameterError) as fault:
        store.as_shipped(other, name="a.ipynb")
    assert "de eerste codecel van a.ipynb" in str(fault.value) and says in str(fault.value)
    assert "mijn-studie" not in str(fault.value)


def test_storing_refuses_such_a_notebook_and_leaves_it_as_it_was(stored, tmp_path, monkeypatch, capsys):
    other = copy.deepcopy(stored)
    code(other)[0].source = code(other)[0].source.replace('"demo"', '"mijn-studie"')
    (tmp_path / "notebooks").mkdir()
    nbformat.write(other, tmp_path / "notebooks" / "effectiveness.ipynb")
    before = (tmp_path / "notebooks" / "effectiveness.ipynb").read_bytes()
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    monkeypatch.setattr(store, "run", lambda *_, **__: pytest.fail("the notebook was run"))
    assert store.main() == 1
    assert "effectiveness.ipynb: niet bewaard. in de eerste codecel" in capsys.readouterr().err
    assert (tmp_path / "notebooks" / "effectiveness.ipynb").read_bytes() == before


def test_a_number_beside_the_exhibits_fails(stored):
    loose = copy.deepcopy(stored)
    code(loose)[3].outputs = [nbformat.v4.new_output("stream", text="13")]
    (fault,) = store.faults(loose)
    assert fault.endswith("deze uitvoer is geen vrijgegeven tabel, figuur of zin")


def test_a_table_in_the_provenance_cell_fails(stored):
    """nbval does not compare that cell, so what it shows is held to its one line."""
    leak = copy.deepcopy(stored)
    code(leak)[-1].outputs[0].text += "G00001 GM0363\n"
    (fault,) = store.faults(leak)
    assert fault.endswith("de herkomst is niet die van de verzonnen studie")
    other = copy.deepcopy(stored)
    code(other)[-1].outputs[0].text = other.cells[-1].outputs[0].text.replace("studie demo", "studie regio-echt")
    assert len(store.faults(other)) == 1


def nbval(folder, notebook):
    path = folder / "small.ipynb"
    nbformat.write(notebook, path)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "nbval",
        "--nbval",
        "--nbval-cell-timeout",
        "60",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A stored notebook with one figure."""
    cells = [
        nbformat.v4.new_code_cell(source)
        for source in (
            "from hgeval import case, cohort, disclosure, effects, figures\nhere = case.open('demo', region='VT20')",
            "codes, config = list(here.regions['region']), here.config\n"
            "levels = cohort.levels(here.table('families'), here.table('measurements'), config)\n"
            "shown = disclosure.release(effects.no_violence(levels, config, codes), here)",
            "figures.waves(shown.where(region=['VT20', 'NL']), here, id='geen', source='bron', title='Geen geweld')",
        )
    ]
    with store.kernels.private_folder() as work:
        before = dict(os.environ)
        try:
            notebook = store.run(nbformat.v4.new_notebook(cells=cells), work)
        finally:
            os.environ.clear()
            os.environ.update(before)
    return store.clean(notebook)


def test_nbval_passes_an_unchanged_figure_and_fails_a_changed_one(small, tmp_path):
    same = nbval(tmp_path, small)
    assert same.returncode == 0, same.stdout
    assert "3 passed" in same.stdout
    changed = copy.deepcopy(small)
    payload = exhibit_outputs(changed)[0]["data"][MIME]
    at = [column["name"] for column in payload["columns"]].index("value")
    payload["rows"][-1][at] += 0.01
    other = nbval(tmp_path, changed)
    assert other.returncode == 1 and "1 failed" in other.stdout


def test_nbval_itself_passes_a_magic_that_does_not_exist_and_we_do_not(small, tmp_path):
    """nbval compares the complaint with the stored complaint; the error after it is never reached."""
    blind = copy.deepcopy(small)
    said = nbformat.v4.new_output(
        "stream", name="stderr", text="UsageError: Line magic function `%bestaatniet` not found.\n"
    )
    blind.cells = [nbformat.v4.new_code_cell("%bestaatniet\nraise ValueError", execution_count=1, outputs=[said])]
    assert nbval(tmp_path, blind).returncode == 0
    assert store.faults(blind) == ["cel 1: deze uitvoer is geen vrijgegeven tabel, figuur of zin"]
    with pytest.raises(SyntaxError):
        test_cells_are_short_and_ask_only(blind)
