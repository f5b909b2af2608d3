"""The same reports on a Dask cluster: the same bytes, also where a machine falls out, and nothing left behind."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
from click.testing import CliRunner
from distributed import KilledWorker, LocalCluster
from press_home import REPO, contents, good, make, with_cell

from hgeval import cli, looks
from hgeval.errors import ParameterError, ReportError
from hgeval.press import build, cluster, machine, pool, station

QUIET = {"progress": False}
WANTED = ["VT01", "VT02", "VT03", "NL"]
# The first who runs this says which process it is and waits; who comes after the test said so goes on.
WAITS = """
import os, time
from pathlib import Path
folder = Path({folder!r})
if region == "VT02":
    (folder / "new").write_text(str(os.getpid()))
    os.replace(folder / "new", folder / "begun")
    while not (folder / "go").exists():
        time.sleep(0.02)
"""
FAILS = """
from pathlib import Path
with open({file!r}, "a") as runs:
    runs.write("x")
raise ValueError
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    # a killed worker leaves its folder, as a killed press; short: a socket's path may have some hundred bytes
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="t") as short:
        patch.setenv("TMPDIR", short)
        yield make(tmp_path_factory.mktemp("cluster") / "home", patch)


@contextmanager
def started(workers):
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1",
    ) as made:
        yield made


@pytest.fixture(scope="module")
def dask(home):
    with started(2) as made:
        made.wait_for_workers(2, timeout=60)
        yield made


@pytest.fixture
def notebook(home):
    """Puts another notebook in the place of the good one, for one test."""
    place = home / "notebooks" / "good.ipynb"
    yield lambda made: nbformat.write(made, place)
    nbformat.write(good(), place)


def until(holds, seconds=60):
    """Whether it holds in the end."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def workers_of(made):
    """The processes of the Dask workers themselves."""
    return [psutil.Process(each.pid) for each in made.workers.values() if each.pid]


def ours(made):
    """The processes that our own code started beside the Dask workers."""
    found = []
    for worker in workers_of(made):
        for process in worker.children(recursive=True):
            try:
                if any("hgeval" in part for part in process.cmdline()):
                    found.append(process)
            except psutil.NoSuchProcess:
                pass
    return found


def ended(processes):
    return not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def ordered(tmp_path, regions):
    """The orders of a build, which makes nothing."""
    found = []

    def keep(orders, *_, **__):
        found.extend(orders)
        yield from ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "run", keep)
        build.run("klein", regions=regions, out=tmp_path / "out", **QUIET)
    return found


def test_a_cluster_gives_the_bytes_of_one_machine(home, dask, tmp_path):
    here = build.run("klein", regions=WANTED, out=tmp_path / "here", jobs=2, **QUIET)
    there = build.run("klein", regions=WANTED, out=tmp_path / "there", scheduler=dask.scheduler_address, **QUIET)
    assert (there.made, there.failed) == (here.made, here.failed) == (4, 0)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert ended(ours(dask)), "what made the reports ends with the build"
    again = build.run("klein", regions=WANTED, out=tmp_path / "here", scheduler=dask.scheduler_address, **QUIET)
    assert (again.made, again.current) == (0, 4)


def test_stock_kernels_on_a_cluster_give_the_same_bytes(home, dask, tmp_path):
    build.run("klein", regions=["VT01"], out=tmp_path / "here", **QUIET)
    build.run("klein", regions=["VT01"], out=tmp_path / "there", scheduler=dask.scheduler_address, warm=False, **QUIET)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_a_worker_that_is_killed_costs_nothing_but_time(home, dask, tmp_path, notebook):
    """Killed in the middle of a report: another makes it, nothing of the dead one goes on, and the bytes are equal."""
    notebook(with_cell(WAITS.format(folder=str(tmp_path))))
    out, how = tmp_path / "there", {"regions": WANTED, **QUIET}
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(build.run, "klein", out=out, scheduler=dask.scheduler_address, **how)
        try:
            assert until(lambda: (tmp_path / "begun").exists() or running.done()) and not running.done()
            maker = int((tmp_path / "begun").read_text())
            dead = next(each for each in workers_of(dask) if maker in {child.pid for child in each.children(True)})
            left = dead.children(recursive=True)
            assert maker in {child.pid for child in left} and len(left) >= 3  # parent, worker and notebook
            (tmp_path / "begun").unlink()
            dead.kill()
            assert until(lambda: ended(left)), "a process outlived its Dask worker"
            assert until((tmp_path / "begun").exists), "nobody took the report over"
        finally:
            (tmp_path / "go").touch()
        result = running.result()
    assert (result.made, result.failed) == (4, 0)
    build.run("klein", out=tmp_path / "here", jobs=2, **how)
    assert contents(out) == contents(tmp_path / "here")


def test_a_report_that_fails_for_its_own_reason_is_tried_once(home, dask, tmp_path, notebook):
    runs = tmp_path / "runs"
    notebook(with_cell(FAILS.format(file=str(runs))))
    result = build.run("klein", regions=["VT01"], out=tmp_path / "out", scheduler=dask.scheduler_address, **QUIET)
    assert result.failed == 1 and "ValueError" in result.failures[0][2] and runs.read_text() == "x"


def test_a_build_that_stops_asking_leaves_nothing(home, dask, tmp_path, notebook):
    notebook(with_cell(WAITS.format(folder=str(tmp_path))))
    orders, study = ordered(tmp_path, WANTED), machine._found("klein")["study"]
    with (
        cluster.reached(dask.scheduler_address) as client,
        closing(cluster.run(orders, client=client, study=study, limit=600)) as answers,
    ):
        assert next(answers)[1]["status"] == "ok"
        assert until((tmp_path / "begun").exists)
        maker = psutil.Process(int((tmp_path / "begun").read_text()))
        places = {Path(each.cwd()) for each in ours(dask)} - {Path("/")}
        assert ours(dask)
    assert until(lambda: ended([maker]) and not ours(dask))
    assert until(lambda: not [each for each in places if each.name.startswith("hgeval-") and each.exists()])


@pytest.fixture
def elsewhere(home, tmp_path, monkeypatch):
    """The press has another home than the workers; the studies have the same name."""
    return make(tmp_path / "elsewhere", monkeypatch)


def test_a_machine_with_another_study_of_that_name_refuses(dask, elsewhere, tmp_path):
    rows = (REPO / "data" / "demo" / "families.csv").read_text().splitlines(keepends=True)
    (elsewhere / "data" / "klein" / "families.csv").write_text("".join(rows[:3]))
    result = build.run("klein", regions=["VT01"], out=tmp_path / "out", scheduler=dask.scheduler_address, **QUIET)
    (_, _, why), = result.failures
    assert "is anders dan bij de bouw: de studie. Zet op elke machine" in why
    assert not list((tmp_path / "out").rglob("good.*ml"))


def test_a_machine_with_other_settings_refuses(dask, elsewhere, tmp_path):
    wording = elsewhere / "params" / "wording.yml"
    wording.write_text(wording.read_text() + "\n")
    result = build.run("klein", regions=["VT01"], out=tmp_path / "out", scheduler=dask.scheduler_address, **QUIET)
    assert "anders dan bij de bouw: hgeval, zijn instellingen of een" in result.failures[0][2]


@pytest.mark.parametrize(("what", "says"), [
    ("hgeval", "de versie van hgeval"), ("packages", "geïnstalleerd pakket"), ("python", "de versie van Python"),
    ("study", "de studie"), ("notebook", "het notebook"),
])
def test_every_difference_is_refused_and_named(home, what, says):
    path = home / "notebooks" / "good.ipynb"
    same = machine._found("klein") | {"notebook": looks.digest(path)}
    order = {"notebook": str(path), "parameters": {"study": "klein"}, "expected": same}
    machine.check(order)
    for other in ({what: "anders"}, {what: None}):
        with pytest.raises(ReportError, match=says) as caught:
            machine.check(order | {"expected": same | other})
        assert str(caught.value).count(";") == 0


@pytest.mark.parametrize(("order", "says"), [
    ({"notebook": "weg.ipynb"}, "het notebook niet te lezen"), ({"parameters": {"study": "weg"}}, "de studie niet te"),
])
def test_a_machine_without_the_files_says_so(home, order, says):
    with pytest.raises(ReportError, match=says):
        machine.check({"notebook": "x", "parameters": {"study": "klein"}, "expected": {}} | order)


def test_an_unreachable_scheduler_stops_before_the_folder_is_touched(home, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    with pytest.raises(ReportError, match=r"127\.0\.0\.1:1 geeft geen antwoord"):
        build.run("klein", out=tmp_path / "out", scheduler="tcp://127.0.0.1:1", **QUIET)
    assert not (tmp_path / "out").exists()


def test_tls_without_certificates_says_what_to_look_at(home, tmp_path, dask):
    with pytest.raises(ReportError, match="bij tls:// of de certificaten in uw instellingen van Dask staan"):
        build.run("klein", out=tmp_path / "out", scheduler=dask.scheduler_address.replace("tcp", "tls"), **QUIET)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["", "localhost", "localhost:8786", "http://a:80", "tcp://a", "tcp://u:p@a:8786"])
def test_an_address_is_of_a_known_form(home, tmp_path, address):
    with pytest.raises(ParameterError, match="tcp://machine:8786 of tls://machine:8786"):
        build.run("klein", out=tmp_path / "out", scheduler=address, **QUIET)
    assert not (tmp_path / "out").exists()


def test_without_the_packages_the_command_says_how_to_get_them(home, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    asked = ["build", "klein", "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1"]
    said = CliRunner().invoke(cli.main, asked)
    assert said.exit_code == 1 and "Fout: " in said.output and "pip install -e '.[cluster]'" in said.output


def test_a_cluster_without_workers_is_not_waited_for(home, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.1)
    monkeypatch.setattr(cluster, "_LOOK", 0.1)
    with started(0) as empty:
        asked = ["build", "klein", "--regions", "VT01,VT02", "--out", str(tmp_path / "out")]
        said = CliRunner().invoke(cli.main, [*asked, "--scheduler", empty.scheduler_address])
    assert said.exit_code == 1 and said.output.count("geen enkele worker") == 1
    assert "VT01 (Amsterdam-Amstelland) good, VT02 (Drenthe) good" in said.output


def test_a_scheduler_that_dies_ends_the_build(home, tmp_path, monkeypatch):
    told = tmp_path / "scheduler.json"
    command = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
               "--scheduler-file", str(told)]
    with open(os.devnull, "w") as nothing:
        process = subprocess.Popen([sys.executable, *command], stderr=nothing)
    look, found = cluster._has_worker, []

    def dies(client):
        process.kill()
        found.append(look(client))
        return found[-1]

    monkeypatch.setattr(cluster, "_has_worker", dies)
    monkeypatch.setattr(cluster, "CONNECT", 2)
    try:
        assert until(told.exists)
        address = json.loads(told.read_text())["address"]
        result = build.run("klein", regions=["VT01", "NL"], out=tmp_path / "out", scheduler=address, **QUIET)
    finally:
        process.kill()
        process.wait()
    assert found and [why for *_, why in result.failures] == [cluster.LOST] * 2


def test_processes_without_work_go_and_come_back(home, tmp_path, monkeypatch):
    """Where the press was killed, nobody says that the build has ended."""
    notebook = home / "notebooks" / "good.ipynb"
    expected = machine.installed() | {"study": machine._found("klein")["study"], "notebook": looks.digest(notebook)}
    orders = ordered(tmp_path, ["VT01"])
    monkeypatch.setattr(station, "IDLE", 0.0)
    for _ in range(2):
        answer = station.make(json.dumps(orders[0] | {"expected": expected}), build="a", limit=600, warm=True)
        assert answer["status"] == "ok" and set(answer["content"]) == set(orders[0]["files"].values())
        assert until(lambda: not station._open)
    station._end("a")
    assert station.make("{}", build="a", limit=1, warm=True)["reason"] == "de bouw is afgebroken."


@pytest.mark.parametrize("content", [
    {}, {"p.html": b"a"}, {"p.html": b"b", "p.csv": b"b"}, {"p.html": b"a", "p.csv": b"b", "../x": b"c"},
])
def test_files_that_came_over_wrong_are_not_written(tmp_path, content):
    right = {"p.html": b"a", "p.csv": b"b"}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in right.items()}
    order = {"staged": str(tmp_path / "a" / "b"), "files": {"page": "p.html", "table": "p.csv"}}
    answer = {"status": "ok", "seconds": 1.0, "files": digests}
    assert cluster._written(order, answer | {"content": right})["status"] == "ok"
    assert {path.name: path.read_bytes() for path in (tmp_path / "a" / "b").iterdir()} == right
    other = cluster._written(order | {"staged": str(tmp_path / "c" / "d")}, answer | {"content": content})
    assert (other["status"], "niet heel overgekomen. Bouw opnieuw" in other["reason"]) == ("failed", True)
    assert not (tmp_path / "c").exists()


def test_files_that_cannot_be_written_here_fail_their_report(tmp_path):
    (tmp_path / "a").write_text("")
    order = {"staged": str(tmp_path / "a" / "b"), "files": {"page": "p.html"}}
    answer = {"status": "ok", "files": {"p.html": hashlib.sha256(b"a").hexdigest()}, "content": {"p.html": b"a"}}
    assert cluster._written(order, answer)["reason"] == "kan niet schrijven of lezen (Not a directory)."


class Future:
    """A task that ended in this error."""

    def __init__(self, fault, status="error"):
        self.fault, self.status = fault, status

    def result(self, timeout):
        raise self.fault


@pytest.mark.parametrize(("fault", "says"), [
    (KilledWorker("hgeval-1", None, 3), "elke worker die dit rapport maakte, is onverwacht gestopt. Was het geheugen"),
    (CancelledError(), "de verbinding met de scheduler is verbroken"),
    (ModuleNotFoundError("No module named 'hgeval'"), "op een machine van het cluster is hgeval niet of anders"),
    (AttributeError("mevrouw-de-vries"), "op een machine van het cluster is hgeval niet of anders"),
    (TimeoutError(), "onverwachte fout op het cluster: TimeoutError."),
    (ValueError("mevrouw-de-vries"), "onverwachte fout op het cluster: ValueError. op een machine"),
])
def test_what_ends_a_task_is_said_without_its_text(fault, says):
    reason = cluster._answer(Future(fault))["reason"]
    assert reason.startswith(says) and "vries" not in reason


def test_an_answer_that_was_lost_on_the_way_is_waited_for():
    assert cluster._answer(Future(TimeoutError(), status="pending")) is None


@pytest.mark.parametrize(("breaks", "fault", "says"), [
    ((station, "_enter"), OSError(28, "No space left on device"), "de machine kon geen proces starten."),
    ((station, "_enter"), ReportError("er is geen plaats."), "er is geen plaats."),
    ((station.Station, "make"), OSError(28, "No space left on device"), "de machine kon het rapport niet bewaren"),
])
def test_a_machine_that_cannot_do_it_says_so(home, monkeypatch, breaks, fault, says):
    def broken(*_, **__):
        raise fault

    monkeypatch.setattr(*breaks, broken)
    assert station.make("{}", build=says, limit=1, warm=False)["reason"].startswith(says)
    station._end(says)
