"""A real kernel under papermill: values arrive exactly, each way to die is named without a value (C55, E72, E73)."""

import pytest
from press_home import make, only, with_cell

from hgeval.errors import ReportError
from hgeval.press import engine, kernels, parameters, verify

VALUES = {"study": "klein", "region": "VT02", "profile": "cbs5"}
SECRET = "mevrouw-de-vries"


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """The environment of a worker, in this process: kernels inherit it."""
    make(tmp_path / "home", monkeypatch)
    for name, value in kernels.environment(tmp_path / "w").items():
        monkeypatch.setenv(name, value)


def run(notebook, values=VALUES, timeout=120):
    with kernels.private_folder() as work:
        return engine.execute(notebook, values, run=work, timeout=timeout)


def fault(notebook, **how):
    with pytest.raises(ReportError) as caught:
        run(notebook, **how)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_values_arrive_exactly_and_the_kernel_is_private():
    hard = "\"'\\\n{region} $x %s NO 007 é€😀\t\0" + "x" * 1_000_000
    values = {"study": hard, "region": "007", "profile": "NO"}
    asked = (
        "import json, os, sys\n"
        "transport = json.load(open(sys.argv[2]))['transport']\n"
        "f'{region} {profile} {len(study)} {sorted(os.listdir())} {os.environ[\"OPENBLAS_NUM_THREADS\"]} '"
        "f'{os.environ[\"PYTHONHASHSEED\"]} {os.environ[\"TZ\"]} {transport}'"
    )
    done = run(only(asked), values)
    assert parameters.injected(done) == values
    verify.notebook(done, values)
    assert done.cells[-1].outputs[0].data["text/plain"].strip("'\"") == f"007 NO {len(hard)} [] 1 0 UTC ipc"


def test_the_good_notebook_shows_only_exhibits():
    done, _, kib = verify.notebook(run(with_cell("")), VALUES)
    assert 10_000 < kib < 2_000_000
    found = verify.exhibits(done, profile="cbs5", study="klein", region="VT02")
    assert [payload["kind"] for payload in found] == ["sentences", "figure", "table"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (f"x = 1\nraise ValueError('{SECRET}')", "ValueError. {HINT} (cel 2, regel 2: raise ValueError"),
        ("%notmagic\nx = 1", "CellExecutionError. {HINT} (cel 2)"),
        ("import sys\nsys.exit(2)", "SystemExit. {HINT} (cel 2"),
        ("from hgeval import case\ncase.open('klein', region='VT99')",
         "Onbekende regio (onbekende naam) in de indeling van 2022. Bekend zijn: VT01, VT02, "),
        (f"from hgeval.errors import StudyError\nraise StudyError('{SECRET}')",
         "StudyError. {HINT} (cel 2, regel 2: raise StudyError"),
        (f"class EstimateError(Exception): pass\nraise EstimateError('{SECRET}')",
         "EstimateError. {HINT} (cel 2, regel 2: raise EstimateError"),
        (f"kind = type('{SECRET}', (Exception,), {{}})\nraise kind('x')",
         "een fout van een onbekende soort. {HINT} (cel 2, regel 2: raise kind"),
        (f"from hgeval import rates\nrates.frame([{{'region': 'VT02', '{SECRET}': 1}}])",
         "Een schatting heeft de kolommen measure, region, n, events, value, low, high, level, method. "
         "Gevonden: ook (onbekende naam). Noem die kolommen bij groups, of haal ze weg. (cel 2, regel 2: "),
        ("input()", "StdinNotImplementedError. {HINT} (cel 2, regel 1: input())"),
    ],
)
def test_a_cell_that_fails_is_named_with_its_line(source, says):
    if SECRET in source:  # the text of the line itself is the author's; the value is not
        source = source.replace(f"'{SECRET}'", "'-'.join(['mevrouw', 'de', 'vries'])")
    assert fault(only(source, "1")).startswith(says.replace("{HINT}", engine.HINT))


def test_a_kernel_that_is_killed_or_never_ends_is_named():
    killed = only("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert "cel 2: de kernel is onverwacht gestopt" in fault(killed)
    assert "cel 3: duurde langer dan 10 seconden" in fault(only("1", "while True: pass"), timeout=10)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import sys\nsys.exit(0)", "cel 2: gestopt met SystemExit"),
        ("import warnings\nwarnings.warn('x')", "cel 2: er verscheen een waarschuwing"),
        ("region = 'VT03'", "een parameter had aan het eind een andere waarde"),
    ],
)
def test_what_papermill_calls_a_success_is_still_checked(source, says):
    done = run(only(source))
    with pytest.raises(ReportError, match=says):
        verify.notebook(done, VALUES)


def test_a_path_too_long_for_a_socket_is_explained(tmp_path):
    with pytest.raises(ReportError, match="Zet TMPDIR op een korter pad"):
        kernels.config(tmp_path / ("x" * 100))


def test_a_full_disk_for_temporary_files_is_explained(monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kernels.tempfile, "mkdtemp", full)
    with pytest.raises(ReportError, match="geen plaats voor tijdelijke bestanden"), kernels.private_folder():
        pass
