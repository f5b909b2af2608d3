"""The parts of the benchmark: its table, its look at what was made, its floor. Never a time."""

import base64
import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hgeval import store
from hgeval.exhibits import MIME

REPO = Path(__file__).resolve().parents[1]
BENCHMARKS = REPO / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import floor  # noqa: E402
import home  # noqa: E402
import memory  # noqa: E402
import outputs  # noqa: E402
import peers  # noqa: E402
import table  # noqa: E402
import ways  # noqa: E402

NAME = "VT01-effectiveness"


def row(way, wall, cpu, scenario="cold", number=0, **more):
    return {"scenario": scenario, "way": way, "round": number, "reports": 3, "wall": wall, "cpu": cpu} | more


ROWS = [
    row("loop", 60.0, 30.0), row("press_2", 6.0, 10.0), row("floor", 4.0, 4.0),
    row("loop", 80.0, 40.0, number=1), row("press_2", 4.0, 12.0, number=1), row("floor", 4.0, 4.0, number=1),
    row("floor_shared", 2.0, 2.0, number=1),
    row("press_2", 0.25, 0.2, scenario="nothing"),
    {"scenario": "memory", "way": "press_2", "round": 0, "reports": 3, "pss_kernel": 61.2, "pss_tree": 402.7},
]


def test_the_table_has_medians_and_ratios_within_each_round():
    told, titles = {row["way"]: row["way"] for row in ROWS}, {"cold": "eerst", "nothing": "weer", "region": "x"}
    text = table.markdown(ROWS, told, titles, loop="loop", floors=["floor", "floor_shared"])
    assert "| loop | 70,0 | 35,0 | 1,0 | 8,75 | 20,00 | - |" in text
    assert "| press_2 | 5,00 | 11,0 | 15,0 | 2,75 | 6,00 | 61 / 403 MiB |" in text
    assert "| press_2 | 0,25 | 0,20 | 240,0 | - | - | - |" in text  # the loop takes as long as from scratch
    assert "| x |" not in text  # nothing was measured there


def test_the_csv_keeps_each_measurement_with_its_machine(tmp_path):
    table.write(tmp_path / "build" / "b.csv", ROWS, {"cores": 2})
    with (tmp_path / "build" / "b.csv").open(encoding="utf-8") as file:
        kept = list(csv.DictReader(file))
    assert [each["way"] for each in kept] == [each["way"] for each in ROWS]
    assert {each["cores"] for each in kept} == {"2"} and kept[-1]["pss_tree"] == "402.7" and kept[-1]["wall"] == ""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A home with one report of one region, which a stock kernel has run."""
    folder = tmp_path_factory.mktemp("benchmark")
    made = home.make(folder / "home", reports=1, alone=True)
    (folder / "stock").mkdir()
    found = ways.Place(made, folder / "stock", home.jobs(made, regions=1, reports=1))
    ways.in_processes(found, "papermill", sys.executable, 1)
    return found


@pytest.fixture
def stock(place, tmp_path):
    """What the stock kernel made, and the same as if a way had made it."""
    for name in ("stock", "way"):
        shutil.copytree(place.out, tmp_path / name)
    return tmp_path


def changed(folder, change):
    """The way's notebook with a change to the first output that it applies to."""
    path = folder / "way" / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    found = [output for cell in notebook.cells for output in cell.get("outputs", []) if change(output)]
    nbformat.write(notebook, path)
    return bool(found[0])


def another_picture(output):
    png = output.get("data", {}).get("image/png")
    if png:
        picture = bytearray(base64.b64decode(png))
        picture[-20] ^= 1
        output.data["image/png"] = base64.b64encode(bytes(picture)).decode()
    return png


def another_number(output):
    payload = output.get("data", {}).get(MIME)
    if payload and payload["kind"] == "table":
        payload["rows"][0][-1] = 0.123
        return True
    return False


def another_print(output):
    output.text = output.get("text", "") + "!"
    return output.output_type == "stream"


@pytest.mark.parametrize("change", [another_picture, another_number, another_print])
def test_a_changed_picture_number_or_text_is_seen(stock, change):
    assert changed(stock, change)
    with pytest.raises(outputs.Different, match="codecel"):
        outputs.same_notebooks(stock / "stock", stock / "way", [NAME])


def test_chance_is_no_difference(stock):
    path = stock / "way" / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata["papermill"] = f"c{number}", {"duration": number}
        if cell.cell_type == "code":
            cell.execution_count = 7
    injected = nbformat.v4.new_code_cell("region = 'VT20'", id="i")
    injected.metadata["tags"] = ["injected-parameters"]
    notebook.cells.insert(2, injected)
    nbformat.write(notebook, path)
    outputs.same_notebooks(stock / "stock", stock / "way", [NAME])


def test_a_page_without_its_picture_and_a_report_too_few_are_seen(stock):
    page = stock / "way" / f"{NAME}.html"
    page.write_text(page.read_text().replace('src="data:image', 'x="data:image', 1))
    with pytest.raises(outputs.Different, match="figuren"):
        outputs.same_notebooks(stock / "stock", stock / "way", [NAME])
    with pytest.raises(outputs.Different, match="andere cijfers"):
        outputs.same_digests(stock / "stock", {}, [NAME])


@pytest.mark.parametrize(("way", "shares"), [("floor", False), ("floor_shared", True)])
def test_the_floor_shows_exactly_what_the_notebook_shows(way, shares, place, stock):
    here = ways.Place(home.make(stock / "home", reports=1), stock, place.jobs)
    ways.WAYS[way].run(here)
    found = json.loads((here.home / "said").read_text())
    exhibits = [data for data in outputs.shown(place.out / f"{NAME}.ipynb") if MIME in data]
    assert len(found[NAME]) == len(exhibits) > 10
    ways.WAYS[way].check(here, stock / "stock")
    assert (here.home / "data" / "demo" / store.FOLDER).exists() == shares
    changed(stock, another_number)
    with pytest.raises(outputs.Different, match="andere cijfers"):
        ways.WAYS[way].check(here, stock / "way")


@pytest.fixture(scope="module")
def built(place):
    """The same report by the press, in a home where it can share."""
    shared = home.make(place.home.parent / "shared", reports=1)
    found = ways.Place(shared, place.home.parent / "out", place.jobs)
    ways.WAYS["press_1"].run(found)
    return found


def test_the_press_is_held_to_the_notebook_of_a_stock_kernel(built, stock):
    ways.WAYS["press_1"].check(built, stock / "stock")
    changed(stock, another_number)
    with pytest.raises(outputs.Different, match="is anders dan uit het notebook van een gewone kernel"):
        ways.WAYS["press_1"].check(built, stock / "way")


def test_a_folder_is_filled_as_if_every_report_were_made(built, tmp_path):
    """From one real report those of every region; the real command then finds nothing to do."""
    every = [{"name": code, "region": code} for code in home.all_regions()]
    many = ways.Place(built.home, tmp_path, every)
    ways.at_once([sys.executable, home.__file__, str(built.out), str(many.out)], env=many.env, folder=many.home)
    assert json.loads((many.home / "said").read_text()) == len(every) > 20
    ways.WAYS["press_1"].run(many)
    assert f"0 rapporten gemaakt, {len(every)} waren al bijgewerkt" in (many.home / "said").read_text()


def test_a_home_has_as_many_reports_as_asked_and_changes_where_asked(tmp_path):
    folder = home.make(tmp_path / "home", reports=5)
    jobs = home.jobs(folder, regions=2, reports=5)
    assert len({job["name"] for job in jobs}) == 10 and len({job["notebook"] for job in jobs}) == 5
    notebook, data = Path(jobs[0]["notebook"]), folder / "data" / "demo" / "measurements.csv"
    before = notebook.read_bytes(), data.read_bytes()
    home.change(folder, "nothing")
    assert (notebook.read_bytes(), data.read_bytes()) == before
    home.change(folder, "notebook")
    home.change(folder, "region")
    lines = [text.decode().splitlines() for text in (before[1], data.read_bytes())]
    assert notebook.read_bytes() != before[0] and sum(one != other for one, other in zip(*lines, strict=True)) == 1
    assert (REPO / "data" / "demo" / "measurements.csv").read_bytes() == before[1]


def test_time_of_a_grandchild_that_lost_its_parent_counts(tmp_path):
    spin = "import time\nwhile time.process_time() < 0.4: pass"
    lost = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {spin!r}])"
    code = (
        f"import sys\nsys.path.insert(0, {str(BENCHMARKS)!r})\nimport ways\nfrom pathlib import Path\n"
        f"run = lambda: ways.at_once([sys.executable, '-c', {lost!r}], env=None, folder=Path('.'))\n"
        "print(ways.measured(run)['cpu'])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert float(done.stdout) >= 0.4


def test_no_setting_makes_a_stock_kernel_one_of_ours(place, monkeypatch):
    for name in ("JUPYTER_DEFAULT_PROVISIONER_NAME", "HGEVAL_WARM", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "hgeval-warm")
        assert name not in place.env
    assert place.env["HGEVAL_HOME"] == str(place.home) and place.env["OPENBLAS_NUM_THREADS"] == "1"


def test_a_way_that_fails_says_why(tmp_path):
    with pytest.raises(ways.Failed, match="geen zin"):
        ways.at_once([sys.executable, "-c", "raise SystemExit('geen zin')"], env=None, folder=tmp_path)


def test_memory_of_a_child_is_seen():
    held = "x = bytearray(100 * 2**20)\nprint(1, flush=True)\ninput()"
    process = subprocess.Popen([sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process, memory.Sampler() as seen:
        process.stdout.readline()
        assert process.pid in set(memory.below(os.getpid())) and memory.pss(process.pid) > 100 * 1024
        assert not memory.is_kernel(process.pid)
    assert seen.kernel == 0


def test_every_way_has_words_and_a_look_at_what_it_made():
    assert {"loop", "floor", "press_1", "press_2", "press_stock"} <= set(ways.usable()) <= set(ways.WAYS)
    assert all(way.told and way.check for way in ways.WAYS.values())
    rule = peers.snakefile(Path("jobs.json"), Path("out"), ["a.csv"])
    assert "{input.notebook}" in rule and "'a.csv'" in rule
    assert floor.digest({"image/png": b"x"}) == floor.digest({"image/png": "eA=="}) != floor.digest({"image/png": b"y"})
