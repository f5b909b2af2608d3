"""The notebooks as they are stored, and proof that what nbval does not see is seen here."""

import ast
import copy
import os
import re
import subprocess
import sys

import nbformat
import pytest

from hgeval import interventions, paths, wording
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


# What a text may never say, though hgeval says that it does not say it.
DENIED = ("nooit *gestopt door*", "Het is geen ranglijst.")
_MARKS = re.compile(r"[*#`]|^- ", re.MULTILINE)


def prose(notebook):
    """The text cells, by cell."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def longest(text):
    """Words in the longest sentence of a text cell; headings and bullets are sentences of their own."""
    blocks = re.split(r"\n\s*\n|\n(?=- |#)|(?<=\?)\n", text)
    return max(wording.longest(" ".join(_MARKS.sub("", block).split())) for block in blocks)


def claims(text):
    """The words in a text cell that claim a cause or a rank, or that readers do not know."""
    for denied in DENIED:
        text = text.replace(denied, "")
    return wording.banned(_MARKS.sub("", text))


def test_no_text_claims_a_cause_or_a_rank_and_every_sentence_is_short(notebook):
    assert [(text, found) for text in prose(notebook) if (found := claims(text))] == []
    assert [text for text in prose(notebook) if longest(text) > wording.MOST_WORDS] == []


@pytest.mark.parametrize(("text", "found"), [
    ("Het geweld is gestopt door de hulp.", ["gestopt door", "door de hulp"]),
    ("Wij schrijven *gestopt na*, nooit *gestopt door*.", []), ("Het is geen ranglijst.", []),
    ("Een ranglijst.", ["ranglijst"]), ("Een huisverbod *leidt tot* minder geweld.", ["leidt tot"]),
    ("Dat zorgt voor rust.", ["zorgt voor"]), ("Het effect van hulp.", ["effect van"]),
    ("Therapie werkt beter.", ["werkt beter"]), ("Het verschil is significant.", ["significant"]),
])
def test_a_claim_is_found_also_where_it_is_marked_and_a_denial_is_none(text, found):
    assert claims(text) == found


def test_a_heading_and_each_bullet_is_a_sentence_of_its_own():
    words = "woord " * 19
    assert longest(f"## Kop zonder punt\n\n{words}eind.\n- {words}eind.\n- {words}eind.") == 20
    assert longest(f"{words}\neen twee.") == 21


# Response is counted, and bounds are themselves a range; nothing else goes without.
COUNTED = {"respons", "uitval-per-aanpak", "grenzen"}
SHARES = {"value": [("low", "high"), ("low95", "high95")], "crude": [("low", "high")], "expected": [("least", "most")]}


def bare(payload):
    """What an exhibit lacks beside its percentages of families: how many they are of, or the range."""
    names = [column["name"] for column in payload["columns"]]
    shares = [column["name"] for column in payload["columns"]
              if column["kind"] in ("share", "difference") and column["name"] in SHARES]
    of_regions = any(column["name"] == "n" and "regio" in column["label"] for column in payload["columns"])
    if not shares or payload["id"] in COUNTED or of_regions:
        return []
    lacks = [name for name in shares if not any(set(ends) <= set(names) for ends in SHARES[name])]
    return lacks + ([] if "n" in names else ["n"])


@pytest.mark.parametrize("name", ["effectiveness", "national"])
def test_no_percentage_of_families_stands_without_its_number_and_its_range(name):
    """Over what is stored: not what a notebook asks, but what a reader gets."""
    found = nbformat.read(paths.notebooks_dir() / f"{name}.ipynb", as_version=4)
    payloads = [output["data"][MIME] for output in exhibit_outputs(found)]
    checked = [each for each in payloads if any(column["name"] in SHARES for column in each["columns"])]
    assert len(checked) >= 8 - 2 * (name == "national")
    assert {each["id"]: bare(each) for each in payloads if bare(each)} == {}
    for each in checked:
        names = [column["name"] for column in each["columns"]]
        if each["id"] in COUNTED or not {"n", "value", "low"} <= set(names):
            continue
        for row, display, status in zip(each["rows"], each["display"], each["status"], strict=True):
            if row[names.index("value")] is not None and status != "suppressed":
                assert row[names.index("n")] is not None, (each["id"], display)


def test_the_limits_of_the_evidence_in_the_text_are_those_of_the_program(stored):
    text = " ".join(prose(stored))
    fair, strong, alike = (wording.number(each, 1) for each in (
        interventions._FAIR, interventions._STRONG, interventions._BALANCED))
    assert f"Vanaf {fair} noemen wij de aanwijzing *redelijk*, vanaf {strong} *sterk*." in text
    assert f"Onder {alike} lijken de groepen op elkaar." in text


def test_an_exhibit_without_range_or_number_would_be_found(stored):
    (payload,) = (output["data"][MIME] for output in exhibit_outputs(stored) if output["data"][MIME]["id"] == "gestopt")
    assert bare(payload) == []
    for name in ("n", "low", "high"):
        fewer = copy.deepcopy(payload)
        fewer["columns"] = [column for column in payload["columns"] if column["name"] != name]
        assert bare(fewer) == (["n"] if name == "n" else ["value"])


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
