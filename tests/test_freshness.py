"""What changed is made again and nothing else, and it is said why."""

import hashlib
import json
import os
import shutil

import nbformat
import pytest
from press_home import STUDY, make, only

from hgeval import looks, store, surroundings
from hgeval.press import build, freshness, glance, manifest, status

QUIET = {"progress": False}
# A region's own answers, and how many regions have each element: what one region says may show in the other's report.
CODE = """\
from hgeval import case, disclosure, survey, tables

here = case.open(study, region=region, profile=profile)
own = disclosure.release_answers(survey.element_answers, here).where(region=region)
tables.table(own, here, id="eigen", source="x", title="Wat heeft deze regio?", columns=["element", "presence"])
"""
TOTALS = """\
tables.table(
    disclosure.release_totals(survey.present, here), here, id="aanwezig", source="x", title="Waar is het?",
    columns=["element", "events", "n"],
)
"""
ELEMENTS = "region;element;status;behoefte;prioriteit\n"
REGIONS = "region;publicatie_ok\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "program", lambda: "vast")
    found = make(tmp_path / "home", monkeypatch)
    notebook(found, CODE + TOTALS)
    survey(found)
    return found


def notebook(home, code):
    parts = code.split("tables.table(")
    cells = [parts[0], *(f"tables.table({part}" for part in parts[1:])]
    nbformat.write(only(*cells), home / "notebooks" / "good.ipynb")


def survey(home, **answers):
    """Five regions that may be named; the answers that differ from "it is there, and not needed"."""
    codes = [f"VT0{number}" for number in (1, 2, 3, 5, 6)]
    rows = [f"{code};E01;{answers.get(code, 'aanwezig')};{answers.get(f'{code}_need', 1)};1\n" for code in codes]
    (home / "data/klein/survey_elements.csv").write_text(ELEMENTS + "".join(rows))
    (home / "data/klein/survey_regions.csv").write_text(REGIONS + "".join(f"{code};ja\n" for code in codes))


def made(out):
    """When each page was last made."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("VT*/good.html")}


def rebuilt(out, regions=("VT01", "VT02", "VT03")):
    before = made(out)
    result = build.run("klein", regions=regions, reports=["good"], out=out, jobs=2, **QUIET)
    assert result.failed == 0, result.failures
    return {region for region, when in made(out).items() if before.get(region) != when}


def test_one_region_s_answers_make_again_what_shows_them(home, tmp_path):
    out = tmp_path / "out"
    assert rebuilt(out) == {"VT01", "VT02", "VT03"}
    assert rebuilt(out) == set()
    survey(home, VT02_need=5)  # in no total
    assert rebuilt(out) == {"VT02"}
    survey(home, VT02="gepland")  # in its own, and in the total
    assert rebuilt(out) == {"VT01", "VT02", "VT03"}
    notebook(home, CODE)
    assert rebuilt(out) == {"VT01", "VT02", "VT03"}
    survey(home, VT02="afwezig")  # in its own alone
    assert rebuilt(out) == {"VT02"}
    (home / "data/klein/families.csv").unlink()  # a table that no report looks at
    assert rebuilt(out) == set()


def test_what_was_left_alone_is_what_a_whole_build_gives(home, tmp_path):
    notebook(home, CODE)
    rebuilt(tmp_path / "a")
    survey(home, VT02="afwezig")
    assert rebuilt(tmp_path / "a") == {"VT02"}
    rebuilt(tmp_path / "b")
    for path in (tmp_path / "b").rglob("VT*/**/*.*"):
        if "logs" not in path.parts:
            assert path.read_bytes() == (tmp_path / "a" / path.relative_to(tmp_path / "b")).read_bytes()


def why(home, out, **asked):
    found = status.look("klein", reports=["good"], regions=asked.pop("regions", ["VT01", "VT02"]), out=out, **asked)
    return {region: reasons for (region, _), reasons in found.stale.items()}


def test_each_reason_is_said(home, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert why(home, out) == {"VT01": [freshness.ABSENT], "VT02": [freshness.ABSENT]}
    rebuilt(out, ["VT01", "VT02"])
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert why(home, out) == {}
    survey(home, VT02="afwezig")
    own, total = (f"{freshness.DATA}survey.{told}" for told in ("element_answers van VT02", "present van alle regio's"))
    assert why(home, out) == {"VT01": [total], "VT02": [own, total]}
    survey(home)
    (home / "data/klein/study.yml").write_text(STUDY + "# een opmerking\n")
    assert why(home, out)["VT01"] == [freshness.SAID["settings"]]
    (home / "data/klein/study.yml").write_text(STUDY)
    with (home / "notebooks/good.ipynb").open("a") as file:
        file.write("\n")
    monkeypatch.setattr(surroundings, "program", lambda: "nieuw")
    monkeypatch.setattr(surroundings, "packages", lambda: "nieuw")
    assert why(home, out)["VT01"] == [freshness.SAID[name] for name in ("notebook", "program", "packages")]
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before  # nothing was touched


@pytest.mark.parametrize("harm", [lambda page: page.write_text("<ht"), lambda page: page.unlink()])
def test_a_page_that_was_cut_off_or_taken_away_is_made_again(home, tmp_path, harm):
    out = tmp_path / "out"
    rebuilt(out, ["VT01", "VT02"])
    harm(out / "VT01" / "good.html")
    assert why(home, out) == {"VT01": [freshness.TOUCHED]}
    assert rebuilt(out, ["VT01", "VT02"]) >= {"VT01"} and why(home, out) == {}


def test_the_status_says_a_reason_once_with_its_reports(home, tmp_path):
    rebuilt(tmp_path / "out", ["VT01"])
    text = status.look("klein", reports=["good"], regions=["VT01", "VT02", "VT03"], out=tmp_path / "out").text()
    assert text == (
        "3 rapporten: 1 bijgewerkt, 2 niet.\n  Het is er nog niet\n    VT02 (Drenthe) good, VT03 (Flevoland) good"
    )


def test_a_report_of_older_data_that_was_not_asked_for_says_so(home, tmp_path):
    out = tmp_path / "out"
    rebuilt(out, ["VT01", "VT02"])
    survey(home, VT02="afwezig")
    rebuilt(out, ["VT02"])
    entries = json.loads((out / manifest.FILE).read_text())["entries"]
    assert {entry["region"]: entry["older"] for entry in entries} == {"VT01": True, "VT02": False}
    survey(home)
    rebuilt(out, ["VT02"])
    assert not any(entry["older"] for entry in json.loads((out / manifest.FILE).read_text())["entries"])


def test_called_in_words():
    assert freshness.called("of_totals survey.present *") == "survey.present van alle regio's"
    assert freshness.called("of_estimates effects.stopped NL,VT02") == "effects.stopped van NL en VT02"
    assert [freshness.called(what) for what in ("study", "coverage", "has families", "table meldingen")] == [
        "de studie als geheel", "de regio's met gezinnen", "de tabel families", "de tabel meldingen"
    ]


@pytest.fixture
def settled(home, tmp_path, monkeypatch):
    """A build that left nothing to do, of files that are old enough to be sure of."""
    monkeypatch.setattr(looks, "SURE_AFTER", 0)
    out = tmp_path / "out"
    build.run("klein", reports=["good"], regions=["VT01"], out=out, **QUIET)
    return out


ASKED = (["good"], ["VT01"], "cbs5")


def test_at_a_glance_nothing_is_to_be_done(home, settled):
    said = glance.said("klein", settled, ASKED)
    assert said == f"0 rapporten gemaakt, 1 was al bijgewerkt, 0 mislukt (0 s).\nOpen {settled / 'index.html'}."
    again = build.run("klein", reports=["good"], regions=["VT01"], out=settled, **QUIET)
    assert again.summary() == said
    assert glance.said("klein", settled, ASKED) == said


CHANGES = {
    "page": lambda home, out: (out / "VT01/good.html").write_text("x"),
    "workbook": lambda home, out: (out / "VT01/data/good.xlsx").unlink(),
    "manifest": lambda home, out: os.utime(out / manifest.FILE),
    "table": lambda home, out: (home / "data/klein/families.csv").touch(),
    "new table": lambda home, out: (home / "data/klein/costs.csv").write_text("x"),
    "settings": lambda home, out: (home / "data/klein/study.yml").touch(),
    "notebook": lambda home, out: (home / "notebooks/good.ipynb").touch(),
    "rule": lambda home, out: (home / "params/disclosure.yml").touch(),
    "busy": lambda home, out: (out / ".hgeval-bouw").mkdir(),
    "no stand": lambda home, out: (out / glance.FILE).unlink(),
    "strange stand": lambda home, out: (out / glance.FILE).write_text("[]"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_at_a_glance_any_change_is_seen(home, settled, change):
    CHANGES[change](home, settled)
    assert glance.said("klein", settled, ASKED) == ""


@pytest.mark.parametrize("asked", [(None, ["VT01"], "cbs5"), (["good"], None, "cbs5"), (["good"], ["VT01"], "exact10")])
def test_at_a_glance_another_question_has_no_answer_yet(home, settled, asked):
    assert glance.said("klein", settled, asked) == ""
    assert glance.said("geen", settled, ASKED) == ""


def test_a_file_that_changed_only_just_now_is_not_trusted(home, tmp_path):
    (home / "data/klein/families.csv").touch()
    build.run("klein", reports=["good"], regions=["VT01"], out=tmp_path / "out", **QUIET)
    assert not (tmp_path / "out" / glance.FILE).exists()


def test_after_a_failure_there_is_something_to_do(home, settled):
    notebook(home, CODE + "tables.table(0)")
    assert build.run("klein", reports=["good"], regions=["VT01"], out=settled, **QUIET).failed == 1
    assert glance.said("klein", settled, ASKED) == ""


def test_the_stand_names_no_file_of_the_study_and_no_place_on_the_machine(home, settled):
    text = (settled / glance.FILE).read_text()
    assert "families" not in text and "klein" not in text and str(settled) not in text and str(home) not in text
    assert hashlib.sha256((home / "data/klein/families.csv").read_bytes()).hexdigest() not in text


def test_looking_takes_no_library(home, settled):
    """What the command must load before it can say that there is nothing to do."""
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from hgeval.press import glance\n"
        f"assert glance.said('klein', Path({str(settled)!r}), {ASKED!r})\n"
        "heavy = {'pandas', 'numpy', 'pydantic', 'yaml', 'nbformat', 'jinja2', 'babel'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)


def test_the_store_stays_out_of_the_reports(home, tmp_path):
    rebuilt(tmp_path / "out", ["VT01"])
    assert (home / "data/klein" / store.FOLDER).is_dir()
    assert not [path for path in (tmp_path / "out").rglob("*.parquet")]
    shutil.rmtree(home / "data/klein" / store.FOLDER)
    assert rebuilt(tmp_path / "out", ["VT01"]) == set()
