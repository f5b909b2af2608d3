"""Every way in which a notebook can look finished without being so, or let something else out, is refused."""

import copy
import json

import nbformat
import pytest
from press_home import good

from hgeval.errors import ReportError
from hgeval.exhibits import MIME
from hgeval.press import parameters, verify
from hgeval.press.engine import HINT, SENTINEL

VALUES = {"study": "klein", "region": "VT02", "profile": "cbs5"}
OUTPUT = nbformat.v4.new_output
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(kind="table", **over):
    """An exhibit as it stands in an executed notebook."""
    payload = {
        "schema": 1, "kind": kind, "id": "een-tabel", "title": "Titel", "alt": "Een beschrijving van de figuur.",
        "source": "bron", "notes": [], "profile": "cbs5", "study": "klein", "region": "VT02",
        "synthetic": True,
        "columns": [
            {"name": "region", "label": "Regio", "kind": "text"}, {"name": "value", "label": "Aantal", "kind": "count"},
        ],
        "rows": [["VT02", 40], ["VT03", None]], "display": [["Drenthe", "40"], ["Flevoland", "."]],
        "status": ["rounded", "suppressed"], "sentences": ["Een zin."],
    } | over
    return OUTPUT("display_data", data={"text/plain": "x", MIME: payload, "image/png": PNG})


READ = {"of_estimates effects.stopped NL,VT02": "a" * 64, "has families": ""}


def answered(values, read=READ):
    """What the press's last cell says."""
    return repr(json.dumps({"parameters": values, "read": read, "kib": 2048}))


def executed(*outputs, tags=()):
    """The good notebook as papermill leaves it, with these outputs in its last cell."""
    notebook = good()
    cells = notebook.cells
    injected = nbformat.v4.new_code_cell("\n".join(f"{name} = {value!r}" for name, value in VALUES.items()))
    injected.metadata["tags"] = [parameters.INJECTED]
    answer = OUTPUT("execute_result", data={"text/plain": answered(VALUES)})
    last = nbformat.v4.new_code_cell("sentinel", outputs=[answer])
    last.metadata["tags"] = [SENTINEL]
    notebook.cells = [*cells[:2], injected, *cells[2:], last]
    extra = nbformat.v4.new_code_cell("extra", outputs=list(outputs) or [shown()])
    extra.metadata["tags"] = list(tags)
    notebook.cells.insert(-1, extra)
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.metadata["papermill"] = {"status": "completed"}
    return notebook


def refused(notebook, values=VALUES, region="VT02"):
    with pytest.raises(ReportError) as caught:
        verify.exhibits(verify.notebook(notebook, values)[0], profile="cbs5", study="klein", region=region)
    return str(caught.value)


def test_a_whole_run_gives_its_exhibits_without_the_cells_of_the_press():
    notebook, read, kib = verify.notebook(executed(), VALUES)
    assert (read, kib) == (READ, 2048)
    found = verify.exhibits(notebook, profile="cbs5", study="klein", region="VT02")
    assert [payload["id"] for payload in found] == ["een-tabel"]
    tags = {tag for cell in notebook.cells for tag in parameters.tags(cell)}
    assert tags == {"parameters", "provenance"}


def test_a_stripped_notebook_is_refused():
    notebook = executed()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert refused(notebook) == "cel 2: deze cel is niet (of niet op volgorde) uitgevoerd."


def test_a_skipped_cell_or_another_order_is_refused():
    skipped = executed()
    skipped.cells[7].execution_count = None
    assert refused(skipped).startswith("cel 7: deze cel is niet")
    swapped = executed()
    swapped.cells[3].execution_count, swapped.cells[5].execution_count = 4, 3
    assert refused(swapped).startswith("cel 3: deze cel is niet")


@pytest.mark.parametrize("status", ["running", "pending", "failed", None])
def test_a_cell_that_was_not_finished_is_refused(status):
    notebook = executed()
    notebook.cells[3].metadata["papermill"] = {"status": status} if status else {}
    assert refused(notebook).startswith("cel 3: deze cel is niet")


def test_an_error_output_is_refused_even_when_papermill_calls_it_success():
    fault = OUTPUT("error", ename="SystemExit", evalue="0", traceback=[])
    assert refused(executed(fault)) == f"cel 12: gestopt met SystemExit. {HINT}"


def test_a_warning_is_refused():
    assert "waarschuwing (stderr)" in refused(executed(shown(), OUTPUT("stream", name="stderr", text="x")))


@pytest.mark.parametrize(
    "output",
    [
        OUTPUT("stream", name="stdout", text="41 gezinnen"),
        OUTPUT("execute_result", data={"text/plain": "41"}),
        OUTPUT("display_data", data={"text/html": "<b>41</b>"}),
        OUTPUT("display_data", data={"image/png": PNG}),
    ],
)
def test_anything_but_an_exhibit_is_refused(output):
    assert refused(executed(shown(), output)).startswith("cel 12: deze uitvoer is geen vrijgegeven tabel")


LINE = "studie klein, gegevens 0123456789ab, regio VT02, regel cbs5, hgeval 0.1.0\n"


def test_the_provenance_cell_shows_its_one_line():
    notebook = executed(OUTPUT("stream", name="stdout", text=LINE), tags=["provenance"])
    notebook.cells[5].outputs = [shown()]
    assert len(verify.exhibits(verify.notebook(notebook, VALUES)[0], profile="cbs5", study="klein", region="VT02")) == 1


@pytest.mark.parametrize("output", [
    OUTPUT("stream", name="stdout", text=LINE + "G00001 GM0363\n"),
    OUTPUT("stream", name="stdout", text="41 gezinnen\n"),
    OUTPUT("display_data", data={"text/plain": LINE}),
    OUTPUT("display_data", data={"text/plain": "x", "text/html": "<b>41</b>"}),
])
def test_the_provenance_cell_shows_nothing_else(output):
    assert "toont alleen de regel van here.provenance()" in refused(executed(output, tags=["provenance"]))


def test_a_raw_cell_is_refused():
    """It would reach the page as it stands, unescaped."""
    notebook = executed()
    notebook.cells.insert(2, nbformat.v4.new_raw_cell("<b>41</b>"))
    assert "van het type raw" in refused(notebook)


def test_a_notebook_that_shows_nothing_is_refused():
    silent = executed()
    silent.cells[-2].outputs = []
    assert "geen enkele tabel, figuur of zin" in refused(silent)


def test_two_exhibits_of_one_name_are_refused():
    assert "het id 'een-tabel' is al gebruikt" in refused(executed(shown(), shown()))


@pytest.mark.parametrize("over", [{"profile": "exact10"}, {"study": "andere"}])
def test_numbers_under_another_rule_or_of_another_study_are_refused(over):
    assert "ander profiel of een andere studie" in refused(executed(shown(**over)))


@pytest.mark.parametrize("other", ["VT03", "NL", None])
def test_numbers_of_another_regions_case_are_refused(other):
    assert refused(executed(shown(region=other))).startswith("cel 12: gemaakt voor een andere regio dan gevraagd")
    assert "andere regio dan gevraagd" in refused(executed(shown()), region="NL")


def test_an_exhibit_that_does_not_say_its_region_is_refused():
    silent = shown()
    del silent.data[MIME]["region"]
    assert "andere regio dan gevraagd" in refused(executed(silent))


@pytest.mark.parametrize(
    ("over", "what"),
    [
        ({"schema": 2}, "schema of soort"), ({"kind": "html"}, "schema of soort"), ({"id": "../x"}, "id"),
        ({"title": " "}, "title"), ({"source": None}, "source"), ({"rows": [["VT02", 40]]}, "ongelijk"),
        ({"display": [["Drenthe"], ["Flevoland"]]}, "ongelijk"), ({"status": ["rounded", "open"]}, "status"),
        ({"notes": "x"}, "columns, rows"), ({"columns": 3}, "columns, rows"),
        ({"rows": [["VT02", 40], ["VT03", 3]]}, "verborgen"),
        ({"display": [["x" * 40_000, "1"], ["y", "."]]}, "tekst te lang"),
    ],
)
def test_a_payload_of_another_shape_is_refused(over, what):
    assert f"niet de afgesproken vorm ({what}" in refused(executed(shown(**over)))


@pytest.mark.parametrize(
    ("over", "what"), [({"alt": "kort"}, "alt"), ({"kind": "sentences", "sentences": []}, "sentences")]
)
def test_a_figure_needs_words_and_sentences_need_lines(over, what):
    assert f"({what}" in refused(executed(shown(**({"kind": "figure"} | over))))


@pytest.mark.parametrize("png", ["", "PHN2Zz4=", "geen base64"])
def test_a_figure_is_a_png(png):
    figure = shown("figure")
    figure.data["image/png"] = png
    assert "(image/png)" in refused(executed(figure))


def test_parameters_that_did_not_arrive_are_refused():
    assert "niet aangekomen zoals bedoeld" in refused(executed(), VALUES | {"region": "VT03"})


def test_a_parameter_changed_on_the_way_is_refused():
    changed = executed()
    changed.cells[-1].outputs[0].data["text/plain"] = answered(VALUES | {"region": "VT03"})
    assert "aan het eind een andere waarde" in refused(changed)
    lost = executed()
    lost.cells[-1].metadata["tags"] = []
    assert "aan het eind een andere waarde" in refused(lost)


@pytest.mark.parametrize("read", [None, ["study"], {"study": "13 gezinnen"}, {"13 gezinnen": "a" * 64}])
def test_what_was_read_is_names_and_digests_only(read):
    changed = executed()
    changed.cells[-1].outputs[0].data["text/plain"] = answered(VALUES, read)
    assert "niet te volgen" in refused(changed)


def test_the_notebook_given_is_what_is_checked():
    notebook = executed()
    before = copy.deepcopy(notebook)
    with pytest.raises(ReportError):
        verify.notebook(notebook, VALUES | {"region": "VT03"})
    assert notebook == before
