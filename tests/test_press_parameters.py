"""The parameters cell is read as text, and what does not fit is named before a kernel starts (C54, C55)."""

import datetime as dt
import keyword

import nbformat
import pytest
from papermill import inspect_notebook
from press_home import FIXTURES, good

from hgeval.errors import ParameterError, ReportError
from hgeval.params import Model, Parameters
from hgeval.press import parameters

LINES = good().cells[1].source.splitlines()


def with_parameters(source, *, tags=("parameters",)):
    notebook = good()
    notebook.cells[1].source = source
    notebook.cells[1].metadata["tags"] = list(tags)
    return notebook


def fault(notebook, model=Parameters):
    with pytest.raises(ParameterError) as caught:
        parameters.inspect(notebook, model, name="proef.ipynb")
    return str(caught.value)


def test_the_fixture_is_accepted_and_papermill_sees_the_same_names():
    parameters.inspect(good(), Parameters, name="good.ipynb")
    assert set(inspect_notebook(FIXTURES / "good.ipynb")) == set(Parameters.model_fields)


def test_a_missing_or_second_tag_is_named():
    assert fault(with_parameters("\n".join(LINES), tags=())).startswith("proef.ipynb: verwacht: precies één codecel")
    twice = good()
    twice.cells[2].metadata["tags"] = ["parameters"]
    assert "gevonden: 2" in fault(twice)


def test_the_cell_comes_before_other_code():
    late = good()
    late.cells.insert(1, nbformat.v4.new_code_cell("import os"))
    assert fault(late).startswith("proef.ipynb, cel 3: de cel met parameters moet de eerste codecel zijn")


def test_a_leftover_injected_cell_is_refused():
    stale = good()
    stale.cells[2].metadata["tags"] = ["injected-parameters"]
    assert "van een eerdere bouw" in fault(stale)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('regoin: str = "VT02"  # code', "cel 2: onbekende parameter 'regoin'. Verwacht: study: str, region: str"),
        ('region: int = 2  # code', "'region' heeft het type 'int'"),
        ('region: str = 2  # code', "past niet bij het type"),
        ('region: str | None = "VT02"  # code', "past niet bij het type"),
        ('region: str = f"VT{2}"  # code', "niet berekend of afgeleid"),
        ('region: str = study  # code', "niet berekend of afgeleid"),
        ('region: str = "VT02"', "ontbreekt de uitleg"),
        ('region: str = "VT02"  #', "ontbreekt de uitleg"),
        ('region = "VT02"  # code', "verwacht: 'naam: type = waarde  # uitleg'"),
        ("region: str  # code", "verwacht: 'naam: type = waarde  # uitleg'"),
        ('region: str = "VT02"  # code\nregion: str = "VT03"  # nog eens', "staat er twee keer"),
        ('__class__: str = "VT02"  # code', "begint met _"),
        ('class: str = "VT02"  # code', "regel 2: dit is geen geldige Python"),
        ('1region: str = "VT02"  # code', "regel 2: dit is geen geldige Python"),
        ("%time region = 'VT02'  # code", "regel 2: dit is geen geldige Python"),
        ("# geen parameter", "de parameter 'region' ontbreekt"),
        ('region: str = "VT02"  # code\nyear: int = 2  # jaar', "ten hoogste 3 parameters; gevonden: 4"),
        ('region: str = "VT02"  # code\nimport os', "regel 3: verwacht"),
    ],
)
def test_each_fault_in_the_cell_is_named(line, says):
    assert says in fault(with_parameters("\n".join([LINES[0], line, LINES[2]])))


def test_keywords_never_reach_a_cell():
    for name in keyword.kwlist:
        assert "proef.ipynb, cel 2" in fault(with_parameters(f'{LINES[0]}\n{name}: str = "x"  # uitleg\n{LINES[2]}'))


class Wide(Model):
    day: dt.date
    share: float = 0.5
    many: int = 7
    yes: bool = True


def test_values_become_plain_literals():
    found = parameters.values(Wide(day=dt.date(2025, 3, 4)))
    assert found == {"day": "2025-03-04", "share": 0.5, "many": 7, "yes": True}
    assert [type(value) for value in found.values()] == [str, float, int, bool]


@pytest.mark.parametrize("share", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused(share):
    with pytest.raises(ParameterError, match="'share' is geen tekst, eindig getal of ja/nee"):
        parameters.values(Wide(day=dt.date(2025, 3, 4), share=share))


@pytest.mark.parametrize("source", ["region = open('x')", "region", "import os", "x = 1\n("])
def test_an_injected_cell_that_cannot_be_read_back_fails(source):
    with pytest.raises(ReportError, match="niet terug te lezen"):
        parameters.injected(with_parameters(source, tags=("injected-parameters",)))
