"""A whole build: equal bytes in any order, faults that stay where they are, a press that can be killed (E72-E76)."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
from press_home import contents, make, with_cell

from hgeval import disclosure_rule, surroundings
from hgeval.errors import DisclosureError, HgevalError, ParameterError, RegionError, ReportError, StudyError
from hgeval.press import batch, build, engine, place
from hgeval.warm import client

QUIET = {"progress": False}
FILES = ("good.html", "data/good.csv", "data/good.xlsx")
WAITS = "    open(os.environ['HGEVAL_TEST_BEGUN'], 'w').close(); time.sleep(600)"
BREAKS = "import os\nassert os.environ.get('HGEVAL_TEST_BREAK') != region, '-'.join(['de', 'vries'])"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "program", lambda: "vast")  # the package may change while it is worked on
    return make(tmp_path / "home", monkeypatch)


def put(home, notebook):
    nbformat.write(notebook, home / "notebooks" / "good.ipynb")


def status(out):
    entries = json.loads((out / "manifest.json").read_text())["entries"]
    return {f"{entry['region']}/{entry['report']}": entry["status"] for entry in entries}


def test_any_order_workers_and_surroundings_give_the_same_bytes(home, tmp_path, monkeypatch):
    both = build.run("klein", regions=["VT02", "VT01", "NL"], out=tmp_path / "a", jobs=2, **QUIET)
    assert (both.failed, both.made, both.current) == (0, 3, 0)
    assert "3 rapporten gemaakt, 0 waren al bijgewerkt, 0 mislukt" in both.summary()
    for name, value in (("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8"), ("PYTHONHASHSEED", "7")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HOME", raising=False)
    for regions, warm in ((["VT02"], True), (["VT01", "NL"], False)):
        build.run("klein", regions=regions, out=tmp_path / "b", jobs=1, warm=warm, **QUIET)
    one, other = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert set(one) == {
        "index.html", "manifest.json", "country.html", "data/country.csv", "data/country.xlsx",
        *(f"{region}/{name}" for region in ("VT01", "VT02") for name in FILES),
    }
    assert one == other
    for region, foreign in (("VT01", b"Drenthe"), ("VT02", b"Amsterdam")):
        mine = [data for name, data in one.items() if name.startswith(region) and not name.endswith("xlsx")]
        assert all(foreign not in data for data in mine)
    again = build.run("klein", regions=["VT02", "VT01"], out=tmp_path / "a", **QUIET)
    assert (again.made, again.current) == (0, 2)
    fresh = build.run("klein", regions=["VT02"], out=tmp_path / "a", fresh=True, **QUIET)
    assert (fresh.made, fresh.current) == (1, 0)
    assert contents(tmp_path / "a") == one


def test_exact_numbers_of_two_regions_never_lie_in_one_folder(home, tmp_path):
    """The one that reads its own would read the other's too."""
    out = tmp_path / "out"
    for regions in (None, ["VT01", "VT02"]):
        with pytest.raises(ReportError, match="voor de ogen van één regio"):
            build.run("klein", regions=regions, out=out, profile="exact10", **QUIET)
    assert not out.exists()
    assert build.run("klein", regions=["VT01", "NL"], out=out, profile="exact10", **QUIET).made == 2
    before = contents(out)
    with pytest.raises(ReportError, match="voor elke regio een eigen map"):
        build.run("klein", regions=["VT02"], out=out, profile="exact10", **QUIET)
    assert contents(out) == before


def test_a_failed_region_stops_no_other_and_keeps_its_old_report(home, tmp_path, monkeypatch):
    out, regions = tmp_path / "out", ["VT01", "VT02"]
    put(home, with_cell(BREAKS))
    assert build.run("klein", regions=regions, out=out, jobs=2, **QUIET).failed == 0
    good = contents(out)

    monkeypatch.setenv("HGEVAL_TEST_BREAK", "VT02")
    put(home, with_cell(BREAKS + "\nstub.table(region, 'nieuw')"))
    result = build.run("klein", regions=regions, out=out, jobs=1, **QUIET)
    assert result.failed == 1 and result.made == 1 and result.failures[0][:2] == ("VT02", "good")
    said = result.summary().splitlines()
    assert said[0].startswith("1 rapport gemaakt, 0 waren al bijgewerkt, 1 mislukt")
    assert said[1].startswith(f"  AssertionError. {engine.HINT} (cel 12, regel 2: assert os.environ")
    assert said[2] == "    VT02 (Drenthe) good; zie logs/VT02/good.log"
    after = contents(out)
    assert status(out) == {"VT01/good": "ok", "VT02/good": "kept"}
    assert {name for name in good if name.startswith("VT02") and after[name] != good[name]} == set()
    assert after["VT01/good.html"] != good["VT01/good.html"]
    assert b"nieuwe versie is niet gelukt" in after["index.html"]
    log = (out / "logs" / "VT02" / "good.log").read_text()
    assert "AssertionError" in log and "cel 12, regel 2" in log
    said = [path.read_text() for path in [*out.rglob("*.log"), *out.rglob("*.json")]]
    assert len(said) == 4 and not any("de-vries" in text for text in said)

    monkeypatch.delenv("HGEVAL_TEST_BREAK")
    rest = build.run("klein", regions=regions, out=out, **QUIET)
    assert (rest.failed, rest.made, rest.current) == (0, 1, 1)
    assert set(status(out).values()) == {"ok"}


@pytest.mark.parametrize("warm", [True, False])
def test_a_report_that_never_was_is_not_invented(home, tmp_path, monkeypatch, warm):
    monkeypatch.setattr(batch, "CELL_TIMEOUT", 20)
    put(home, with_cell("import os, time\nif region == 'VT01': time.sleep(600)\nos.kill(os.getpid(), 9)"))
    result = build.run("klein", regions=["VT01", "VT02"], out=tmp_path / "out", jobs=2, warm=warm, **QUIET)
    assert [why for _, _, why in sorted(result.failures)] == [
        "cel 12: duurde langer dan 20 seconden en is afgebroken.",
        "cel 12: de kernel is onverwacht gestopt. Was het geheugen vol?",
    ]
    assert set(contents(tmp_path / "out")) == {"index.html", "manifest.json"}
    assert set(status(tmp_path / "out").values()) == {"failed"}


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("source", ["bytearray(4 << 30)", "import numpy\nnumpy.ones(1 << 29)"])
def test_a_report_that_wants_too_much_memory_says_so(home, tmp_path, warm, source):
    """The others are made: the system does not have to kill a process of its own choice."""
    put(home, with_cell("if region == 'VT01':\n    " + source.replace("\n", "\n    ")))
    regions, out = ["VT01", "VT02"], tmp_path / "out"
    result = build.run("klein", regions=regions, out=out, jobs=1, warm=warm, memory=1024, **QUIET)
    (_, _, why), = result.failures
    assert why.startswith("dit rapport heeft meer geheugen nodig dan de 1024 MiB die het mag hebben. Geef het met -")
    assert why.endswith("(cel 12, regel 2: bytearray(4 << 30))" if "byte" in source else "numpy.ones(1 << 29))")
    assert status(out) == {"VT01/good": "failed", "VT02/good": "ok"}


@pytest.mark.parametrize("warm", [True, False])
def test_a_worker_that_is_killed_takes_only_its_own_report(home, tmp_path, warm):
    """Stock, it kills its worker; warm, the parent of all workers, which is started again."""
    put(home, with_cell("import os\nif region == 'VT01': os.kill(os.getppid(), 9)"))
    result = build.run("klein", regions=["VT01", "VT02"], out=tmp_path / "out", jobs=1, warm=warm, **QUIET)
    assert [(region, why) for region, _, why in result.failures] == [
        ("VT01", "het proces dat dit rapport maakte is onverwacht gestopt. Was het geheugen vol?"),
    ]
    assert status(tmp_path / "out") == {"VT01/good": "failed", "VT02/good": "ok"}


def alive(process):
    try:
        return process.is_running() and process.status() != "zombie"
    except psutil.NoSuchProcess:
        return False


def wait_for(said, seconds=120):
    end = time.monotonic() + seconds
    while not said() and time.monotonic() < end:
        time.sleep(0.05)
    return said()


@contextmanager
def pressing(command, **own):
    """A press in a process of its own, which is gone afterwards, whatever happened."""
    press = subprocess.Popen([sys.executable, "-c", command], env=os.environ | own, stderr=subprocess.DEVNULL)
    try:
        yield press
    finally:
        press.kill()
        press.wait(120)


def test_a_press_that_is_stopped_leaves_no_process_and_the_next_build_does_the_rest(home, tmp_path, monkeypatch):
    out, begun = tmp_path / "out", tmp_path / "begun"
    temporary = Path(tempfile.mkdtemp(prefix="t"))  # short: a socket's whole path may have some hundred bytes
    monkeypatch.setenv("HGEVAL_TEST_BEGUN", str(begun))
    put(home, with_cell("import os, time\nif region == 'VT02':\n" + WAITS))
    command = f"from hgeval.press import build; build.run('klein', regions=['VT01', 'VT02'], out={str(out)!r}, jobs=1)"
    for stop in (signal.SIGTERM, signal.SIGKILL):
        begun.unlink(missing_ok=True)
        with pressing(command, TMPDIR=str(temporary)) as press:
            assert wait_for(begun.exists)
            family = psutil.Process(press.pid).children(recursive=True)
            assert len(family) == (3 if client.available() else 2)  # a worker and its notebook; the parent of both
            press.send_signal(stop)
            press.wait(120)
        assert wait_for(lambda family=family: not any(map(alive, family)))
        assert list((out / ".hgeval-bouw").glob("*")) == [] or stop == signal.SIGKILL
        assert list(temporary.iterdir()) == [] or stop == signal.SIGKILL
        assert status(out) == {"VT01/good": "ok"}
    put(home, with_cell("1;"))
    rest = build.run("klein", regions=["VT01", "VT02"], out=out, jobs=2, **QUIET)
    assert (rest.failed, rest.made) == (0, 2) and not (out / ".hgeval-bouw").exists()


def test_a_summary_says_what_is_wrong_and_then_where(tmp_path):
    long = "De tabel families mist een kolom. " * 11 + "(cel 2)"
    failures = [("VT01", "good", "cel 12: duurde te lang."), ("VT02", "good", long), ("VT03", "good", long)]
    names = {"VT01": "Amsterdam-Amstelland", "VT02": "Drenthe", "VT03": "Flevoland"}
    said = batch.BuildResult(tmp_path, 0, 1, failures, 3.0, names=names).summary().splitlines()
    assert said[:5] == [
        "0 rapporten gemaakt, 1 was al bijgewerkt, 3 mislukt (3 s).",
        "  Duurde te lang. (cel 12)", "    VT01 (Amsterdam-Amstelland) good; zie logs/VT01/good.log",
        f"  {long}", "    VT02 (Drenthe) good, VT03 (Flevoland) good; zie logs/VT02/good.log",
    ]


def test_the_page_of_something_else_is_not_written_over(home, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("oud")
    with pytest.raises(ReportError, match="er staat al een index.html van iets anders"):
        build.run("klein", out=tmp_path / "out", **QUIET)
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {"index.html": "oud"}


@pytest.mark.parametrize("inside", [".", "rapporten", "a/b"])
def test_reports_do_not_land_among_the_data(home, inside):
    study = home / "data" / "klein"
    before = sorted(study.rglob("*"))
    with pytest.raises(ReportError, match="ligt in de map van de studie"):
        build.run("klein", out=study / inside, **QUIET)
    assert sorted(study.rglob("*")) == before


def test_the_rule_is_told_in_words():
    told = batch.rule_text(disclosure_rule.rule("cbs5"))
    assert "afgerond op een veelvoud van 5. Gaat een aantal over 1 tot en met 9 gezinnen of meldingen" in told
    assert "afgerond" not in batch.rule_text(disclosure_rule.rule("exact10"))


def test_two_builds_do_not_meet_in_one_folder(home, tmp_path):
    with place.claimed(tmp_path / "out"), pytest.raises(ReportError, match=f"proces {os.getpid()} op"):
        build.run("klein", regions=["VT01"], out=tmp_path / "out", **QUIET)


def test_a_full_disk_while_moving_in_is_a_failed_report(home, tmp_path, monkeypatch):
    def full(*_):
        raise ReportError("kan het rapport niet op zijn plaats zetten (No space left on device).")

    monkeypatch.setattr(place, "move", full)
    result = build.run("klein", regions=["VT01"], out=tmp_path / "out", **QUIET)
    assert "No space left" in result.failures[0][2]
    assert set(contents(tmp_path / "out")) == {"index.html", "manifest.json"}


def test_a_fresh_whole_build_takes_away_what_is_no_longer_made(home, tmp_path):
    out, only = tmp_path / "out", home / "params" / "reports.yml"
    about = "  title: Hoe staat het ervoor?\n  about: Dit rapport gaat over het land.\n"
    spec = f"  notebook: country.ipynb\n{about}  scope: national\n"
    only.write_text(f"country:\n{spec}second:\n{spec}")
    build.run("klein", out=out, **QUIET)
    assert (out / "second.html").exists()
    only.write_text(f"country:\n{spec}")
    build.run("klein", out=out, fresh=True, **QUIET)
    left = {"index.html", "manifest.json", "country.html", "data/country.csv", "data/country.xlsx"}
    assert set(contents(out)) == left


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ({"regions": ["VT99"]}, RegionError, "onbekende naam van een regio: 'VT99'"),
        ({"regions": ["../../x"]}, RegionError, "onbekende naam van een regio"),
        ({"reports": ["goed"]}, ParameterError, "onbekende naam van een rapport: 'goed'"),
        ({"profile": "exact5"}, ParameterError, "onbekend profiel 'exact5'"),
        ({"study": "weg"}, StudyError, "Geen studie gevonden"),
        ({"study": "http://voorbeeld.nl/x"}, StudyError, "Geen studie gevonden"),
    ],
)
def test_a_wrong_request_stops_before_the_folder_is_touched(home, tmp_path, how, error, says):
    with pytest.raises(error, match=says):
        build.run(**({"study": "klein", "out": tmp_path / "out"} | QUIET | how))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("file", "text", "error", "says"),
    [
        ("data/klein/study.yml", "naam: klein\n", ParameterError, "study.yml, regel 1: onbekende instelling 'naam'"),
        ("data/klein/families.csv", "gezin;regio\n1;VT02\n", StudyError, "families.csv"),
        ("params/reports.yml", "good:\n  notebok: good.ipynb\n", ParameterError, "reports.yml, regel 2: onbekend"),
        ("params/disclosure.yml", "default: cbs5\n", ParameterError, "disclosure.yml"),
        ("notebooks/good.ipynb", "{}", ParameterError, "good.ipynb is geen leesbaar notebook"),
    ],
)
def test_a_fault_in_what_is_read_leaves_the_old_reports_alone(home, tmp_path, file, text, error, says):
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("oud")
    (home / file).write_text(text)
    with pytest.raises(error, match=says) as caught:
        build.run("klein", out=out, **QUIET)
    assert isinstance(caught.value, HgevalError) and "VT02" not in str(caught.value)
    assert {path.name: path.read_text() for path in out.iterdir()} == {"index.html": "oud"}


def test_a_rule_under_the_floor_stops_the_build(home, tmp_path):
    rule = home / "params" / "disclosure.yml"
    rule.write_text(rule.read_text().replace("rounding: 5, min_count: 10", "rounding: 5, min_count: 2"))
    with pytest.raises(DisclosureError):
        build.run("klein", out=tmp_path / "out", **QUIET)
    assert not (tmp_path / "out").exists()
