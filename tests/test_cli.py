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


def test_simulate_is_the_same_for_the_same_seed_and_refuses_a_full_folder(tmp_path):
    for name in ("a", "b"):
        assert call("simulate", tmp_path / name, "--families", 120, "--seed", 7).exit_code == 0
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
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


def test_build_with_an_unknown_region_or_report_exits_1_before_anything_is_made(tmp_path):
    for extra in (["--regions", "VT99"], ["--reports", "efectiveness"], ["--profile", "cbs3"]):
        result = call("build", "demo", "--out", tmp_path / "uit", *extra)
        assert result.exit_code == 1, result.output
        assert result.output.startswith("Fout: ") and "Traceback" not in result.output
    assert not (tmp_path / "uit").exists()
