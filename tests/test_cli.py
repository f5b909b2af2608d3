"""The command line as a person or a script meets it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from hgeval import __version__
from hgeval.cli import main


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def test_version_imports_nothing_heavy():
    code = (
        "import sys; from hgeval.cli import main; sys.exit(bool({'pandas', 'numpy', 'papermill'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert call("--version").output == f"hgeval, version {__version__}\n"


def test_check_of_a_good_study_exits_0_and_tells_its_warnings(demo_folder):
    result = call("check", demo_folder)
    assert result.exit_code == 0, result.output
    assert "waarschuwing" in result.output


@pytest.fixture
def faulty(tmp_path):
    assert call("simulate", tmp_path / "s", "--families", 120, "--seed", 1).exit_code == 0
    path = tmp_path / "s" / "families.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[5].split(";")
    cells[lines[0].split(";").index("region")] = "VT99"
    lines[5] = ";".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "s"


def test_check_of_a_faulty_study_exits_1_and_names_file_row_and_column(faulty):
    result = call("check", faulty)
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "families.csv" in line and " region" in line]
    assert " 6 " in line and "VT99" not in result.output


def test_check_gives_the_same_findings_as_json(faulty):
    result = call("check", faulty, "--json")
    assert result.exit_code == 1
    findings = json.loads(result.output)
    rows = findings["findings"] if isinstance(findings, dict) else findings
    found = [row for row in rows if row["severity"] == "fout"]
    assert {(row["file"], row["row"], row["column"]) for row in found} >= {("families.csv", 6, "region")}


def test_an_unknown_study_is_one_sentence_and_exit_1(tmp_path):
    result = call("check", tmp_path / "weg")
    assert result.exit_code == 1
    assert result.output.startswith("Fout: Geen studie gevonden") and "Traceback" not in result.output


@pytest.mark.parametrize("settings", ["name: s\nlevel: veel\n", "name: s\n  level: 2\n", "tresholds: {}\n"])
def test_check_gives_a_fault_in_the_settings_as_json_too(faulty, settings):
    (faulty / "study.yml").write_text(settings, encoding="utf-8")
    result = call("check", faulty, "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["error"].startswith("study.yml") and (said["errors"], said["findings"]) == (1, [])
    plain = call("check", faulty)
    assert plain.exit_code == 1 and plain.output == f"Fout: {said['error']}\n"


def test_check_of_an_unknown_study_is_json_too(tmp_path):
    result = call("check", tmp_path / "weg", "--json")
    assert result.exit_code == 1 and json.loads(result.stdout)["error"].startswith("Geen studie gevonden")


def test_simulate_is_the_same_for_the_same_seed_and_refuses_a_full_folder(tmp_path):
    for name in ("a", "b"):
        assert call("simulate", tmp_path / name / "proef", "--families", 120, "--seed", 7).exit_code == 0
    for path in sorted((tmp_path / "a" / "proef").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / "proef" / path.name).read_bytes()
    (tmp_path / "vol").mkdir()
    (tmp_path / "vol" / "scriptie.txt").write_text("x")
    result = call("simulate", tmp_path / "vol", "--families", 120)
    assert result.exit_code == 1 and (tmp_path / "vol" / "scriptie.txt").read_text() == "x"


def test_templates_make_an_empty_study_that_says_what_is_missing(tmp_path):
    assert call("templates", tmp_path / "nieuw").exit_code == 0
    names = {path.name for path in (tmp_path / "nieuw").iterdir()}
    assert {"study.yml", "families.csv", "measurements.csv", "survey_elements.csv"} <= names


def test_dictionary_prints_what_stands_in_data():
    from hgeval import paths

    assert call("dictionary").output == (paths.root() / "data" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("folder", "name"), [("demo", "demo"), ("Mijn Studie 2025", "mijn-studie-2025"), ("Één", "een"), ("--", "studie")]
)
def test_a_simulated_study_is_named_after_its_folder(tmp_path, monkeypatch, folder, name):
    monkeypatch.chdir(tmp_path)
    assert call("simulate", "--families", 100, "--", folder).exit_code == 0
    assert (tmp_path / folder / "study.yml").read_text(encoding="utf-8").splitlines()[1] == f"name: {name}"
    assert call("check", tmp_path / folder).exit_code == 0


def test_help_says_what_fresh_does():
    said = " ".join(call("build", "--help").output.split())
    assert "Maak alle gevraagde rapporten opnieuw" in said and "lege map" not in said


def test_a_region_may_be_asked_for_in_small_letters(tmp_path, monkeypatch):
    from hgeval.press import build

    asked, nothing = [], build.BuildResult(tmp_path, 0, 0)
    monkeypatch.setattr(build, "run", lambda *_, **how: asked.append(how["regions"]) or nothing)
    assert call("build", "demo", "--regions", "vt02, Nl").exit_code == 0
    assert asked == [["VT02", "NL"]]


def test_an_unknown_region_is_told_the_known_ones_by_name(tmp_path):
    said = call("build", "demo", "--out", tmp_path / "uit", "--regions", "VT99").output
    assert "VT02 (Drenthe)" in said and "VT20 (Utrecht)" in said and "NL (Nederland)" in said


def test_build_with_an_unknown_region_or_report_exits_1_before_anything_is_made(tmp_path):
    for extra in (["--regions", "VT99"], ["--reports", "efectiveness"], ["--profile", "cbs3"]):
        result = call("build", "demo", "--out", tmp_path / "uit", *extra)
        assert result.exit_code == 1, result.output
        assert result.output.startswith("Fout: ") and "Traceback" not in result.output
    assert not (tmp_path / "uit").exists()
