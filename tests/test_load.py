"""A whole study folder: typed frames, all findings at once, and no value of the data in any of them."""

import hashlib
import json
import re
import time

import numpy as np
import pandas as pd
import pytest
from study_files import HEADER, ROW, costs, families, study, workbook

from hgeval import load, paths, simulate
from hgeval.errors import StudyError
from hgeval.findings import COLUMNS, ERRORS, RULES, WARNINGS
from hgeval.schema import TABLES

DTYPES = {"integer": "Int64", "year": "Int64", "decimal": "Float64", "flag": "boolean", "date": "datetime64[s]"}
BAD = "F2;VT99;;2025-04-03;misschien;huis;veel;"


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "demo"
    drawn = simulate.study(families=300, seed=3, year=2022)
    simulate.write(folder, drawn)
    return folder, drawn


def test_a_synthetic_study_has_no_fault_and_every_table(simulated):
    folder, drawn = simulated
    loaded = load.study(folder)
    assert set(loaded.tables) == set(drawn.tables) == set(TABLES)
    assert set(loaded.findings["severity"]) <= {"waarschuwing"}


def test_every_column_has_its_type(simulated):
    for name, frame in load.study(simulated[0]).tables.items():
        assert tuple(frame.columns) == TABLES[name].names
        for column in TABLES[name].columns:
            assert frame[column.name].dtype == DTYPES.get(column.kind, "str"), (name, column.name)
        texts = frame.select_dtypes("str")
        assert not texts.isin(["nan", "None", "<NA>", ""]).any(axis=None)


def test_what_was_written_comes_back(simulated):
    folder, drawn = simulated
    loaded, frame = load.study(folder), drawn.tables["families"]
    for name in frame:
        pd.testing.assert_series_equal(
            loaded.tables["families"][name].astype("object"),
            frame[name].astype("object"),
            check_dtype=False,
        )


def test_kinds_of_missing_point_at_empty_answers(simulated):
    loaded = load.study(simulated[0])
    missing, frame = loaded.missing["survey_elements"], loaded.tables["survey_elements"]
    assert set(missing["kind"]) == {"-7", "-8", "-9"}
    assert all(pd.isna(frame.at[row, column]) for row, column in zip(missing["row"], missing["column"], strict=True))
    assert loaded.missing["families"].empty


def test_columns_and_tables_that_are_absent(tmp_path):
    loaded = load.study(study(tmp_path, families_csv=families(ROW)))
    assert set(loaded.tables) == {"families"}
    assert loaded.tables["families"]["closed_on"].isna().all()
    assert load.empty("costs").empty and load.empty("costs")["amount"].dtype == "Float64"


def test_the_first_ten_faults_and_how_many_there_are(tmp_path):
    folder = study(tmp_path, costs_csv=costs(*["x"] * 14))
    with pytest.raises(StudyError) as fault:
        load.study(folder)
    lines = str(fault.value).splitlines()
    assert lines[0] == "De studie kan niet worden gebruikt: 14 fout(en)."
    assert lines[1].startswith("- costs.csv, rij 2, kolom amount: Verwacht: een getal zoals 1.234,5.")
    assert len([line for line in lines if line.startswith("- ")]) == 10
    assert lines[-2:] == ["En nog 4 fout(en).", "Bekijk alles met: hgeval check"]
    assert len(fault.value.findings) == 14


def test_warnings_do_not_stop_a_study(tmp_path):
    loaded = load.study(study(tmp_path, families_csv=families(ROW.replace("2025", "2026"))))
    assert loaded.findings["rule"].tolist() == ["datum-na-peildatum"]


def test_all_findings_of_all_files_at_once_and_sorted(tmp_path):
    folder = study(
        tmp_path, families_csv=families(BAD), costs_csv=costs("x"), meldingen_csv=b"", covenants_csv="a,b\n1,2\n"
    )
    found = load.check(folder).findings
    assert tuple(found.columns) == COLUMNS
    assert found["file"].unique().tolist() == ["costs.csv", "covenants.csv", "families.csv", "meldingen.csv"]
    assert found.loc[found["file"] == "families.csv", "rule"].tolist() == ["getal", "keuze", "ja-nee", "regio", "datum"]
    again = found.sort_values(["file", "row", "column", "rule"], na_position="first", ignore_index=True)
    pd.testing.assert_frame_equal(found, again)
    assert found["severity"].tolist() == [RULES[rule] for rule in found["rule"]]


def test_what_is_said_of_the_whole_file_comes_first(tmp_path):
    folder = study(tmp_path, families_csv=families(BAD + ";x", ROW + ";x", header=HEADER + ";extra"))
    rows = load.check(folder).findings["row"]
    assert pd.isna(rows[0]) and rows[1:].tolist() == [2] * 5


def test_minus_eight_is_no_kind_of_missing_outside_the_survey(tmp_path):
    loaded = load.check(study(tmp_path, families_csv=families(ROW.replace(";2;", ";-8;"))))
    assert loaded.findings["rule"].tolist() == ["bereik"] and loaded.missing["families"].empty


def test_a_folder_that_is_no_study(tmp_path):
    with pytest.raises(StudyError, match="study.yml"):
        load.check(tmp_path / "niets")


def test_the_digest_changes_with_any_byte_and_only_then(tmp_path):
    first = load.check(study(tmp_path / "a", families_csv=families(ROW))).digest
    same = load.check(study(tmp_path / "b", families_csv=families(ROW), notes_txt="los bestand")).digest
    other = load.check(study(tmp_path / "a", families_csv=families(ROW) + "\n")).digest
    settings = load.check(study(tmp_path / "b", settings="title: x\n", families_csv=families(ROW))).digest
    assert first == same and len({first, other, settings}) == 3
    assert re.fullmatch("[0-9a-f]{64}", first) and first != hashlib.sha256(b"").hexdigest()


def canaries() -> tuple[dict, list[str]]:
    """Files in which every cell is a name of its own, faulty in every column, and those names."""
    names, files = [], {}

    def canary() -> str:
        names.append(f"kanarie{len(names):04d}")
        return names[-1]

    for table in TABLES.values():
        header = [column.name for column in table.columns]
        rows = [[canary() for _ in header] for _ in range(2)]
        rows.append([f"{canary()}|{canary()}={canary()}" for _ in header])
        rows.append([f"{canary()}%" for _ in header])
        files[f"{table.name}_csv"] = "\n".join(";".join(row) for row in [header, *rows]) + f"\n{canary()};{canary()}\n"
    return files, names


def test_no_value_of_the_data_is_in_any_message(tmp_path):
    files, names = canaries()
    folder = study(tmp_path, **files)
    found = load.check(folder).findings
    assert len(found) > 300
    with pytest.raises(StudyError) as fault:
        load.study(folder)
    everything = load.findings_text(found) + load.findings_json(found) + found.to_csv() + str(fault.value)
    assert [name for name in names if name in everything] == []


def test_no_value_of_a_file_without_a_header_is_in_any_message(tmp_path):
    line = ["kanarie01", "VT02", "kanarie02", "03-04-2025", "ja", "kanarie03"]
    for content in (";".join(line), "kanarie01,kanarie02", 'kanarie01;"kanarie02', "kanarie01;kanarieÃ«"):
        text = load.findings_text(load.check(study(tmp_path, families_csv=f"{content}\n{content}\n")).findings)
        assert "kanarie" not in text
    sheet = study(tmp_path / "b", families_xlsx=workbook(line, line))
    assert "kanarie" not in load.findings_text(load.check(sheet).findings)


def test_the_findings_as_text(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW.replace("2025", "2026")), costs_csv=costs(*["x"] * 7))
    lines = load.findings_text(load.check(folder).findings).splitlines()
    assert lines[0].split() == [
        "ernst",
        "bestand",
        "rij",
        "kolom",
        "regel",
        "wat",
        "er",
        "is",
        "en",
        "wat",
        "u",
        "doet",
    ]
    assert lines[1].startswith("fout          costs.csv     2, 3, 4, 5, 6, ... (7 rijen)  amount")
    assert lines[2].startswith("waarschuwing  families.csv  2  ")
    assert lines[-1] == "7 fout(en), 1 waarschuwing(en)."
    assert len({line.index("Verwacht" if "Verwacht" in line else "Deze datum") for line in lines[1:3]}) == 1


def test_the_findings_as_json(tmp_path):
    folder = study(tmp_path, costs_csv=costs("x"), families_csv=b"")
    content = json.loads(load.findings_json(load.check(folder).findings))
    assert (content["schema"], content["errors"], content["warnings"]) == (1, 2, 0)
    assert content["findings"][0]["row"] == 2 and content["findings"][1]["row"] is None
    assert set(content["findings"][0]) == set(COLUMNS)


def test_nothing_found(tmp_path):
    found = load.check(study(tmp_path, families_csv=families(ROW))).findings
    assert load.findings_text(found) == "Geen bevindingen. 0 fout(en), 0 waarschuwing(en)."
    assert json.loads(load.findings_json(found))["findings"] == []
    assert tuple(found.columns) == COLUMNS


def test_rules_have_one_severity_and_plain_names():
    assert not set(ERRORS) & set(WARNINGS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule) for rule in RULES)


def test_twenty_thousand_rows_are_quick(tmp_path):
    rows = "\n".join(ROW.replace("F1", f"F{at}") for at in range(20_000))
    folder = study(tmp_path, families_csv=f"{HEADER}\n{rows}\n")
    load.check(folder)
    started = time.process_time()
    assert len(load.study(folder).tables["families"]) == 20_000
    assert time.process_time() - started < 2  # about 0.3 on an idle machine


def test_twenty_thousand_faults_are_quick(tmp_path):
    rows = np.char.add("VT02;2024;regel ", np.arange(20_000).astype(str))
    folder = study(tmp_path, costs_csv="region;year;line;amount\n" + ";ca. 5\n".join(rows) + ";ca. 5\n")
    started = time.process_time()
    assert len(load.check(folder).findings) == 20_000
    assert time.process_time() - started < 2


def test_a_study_made_in_the_checkout_is_found_from_a_notebook(tmp_path, monkeypatch):
    folder = study(tmp_path / "mijn-studie", families_csv=families(ROW))
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "notebooks")
    assert paths.study_dir("mijn-studie") == folder.resolve()
    with pytest.raises(StudyError, match="naast of in data/"):
        paths.study_dir("andere-studie")
