"""Which file is read for a table, and how its format is put together."""

import pytest
from study_files import HEADER, ROW, covenants_row, families, faults, message, rules, study, table, workbook

from hgeval import load, params, readers
from hgeval.errors import ParameterError


def form(folder, settings, name="families"):
    return readers.table_format(params.study(study(folder, settings=settings)), name)


def test_a_tables_own_format_goes_over_the_general_one(tmp_path):
    own = form(tmp_path, 'formats:\n  delimiter: ","\n  date: "%Y-%m-%d"\nfiles:\n  families:\n    delimiter: "|"\n')
    assert (own.delimiter, own.date, own.decimal) == ("|", "%Y-%m-%d", ",")
    other = form(tmp_path, 'formats:\n  delimiter: ","\nfiles:\n  families:\n    delimiter: "|"\n', "costs")
    assert other.delimiter == ","


@pytest.mark.parametrize("date", ["dd-mm-yyyy", "%d-%m", "%Y", "%H:%M"])
def test_a_date_format_without_day_month_or_year(tmp_path, date):
    with pytest.raises(ParameterError, match="Verwacht: %d, %m en %Y") as fault:
        form(tmp_path, f'formats:\n  date: "{date}"\n')
    assert "study.yml" in str(fault.value)


def test_two_files_for_one_table(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW), families_xlsx=workbook(HEADER.split(";")))
    assert faults(folder) == [(None, "", "bestand-dubbel")]
    assert "families.csv, families.xlsx" in message(folder, "bestand-dubbel")
    chosen = study(tmp_path, settings="files:\n  families:\n    file: families.csv\n")
    assert table(chosen, "families")["family_id"].tolist() == ["F1"]


def test_names_in_capitals_are_found(tmp_path):
    folder = study(tmp_path, FAMILIES_CSV=families(ROW))
    assert table(folder, "families")["family_id"].tolist() == ["F1"]


def test_a_declared_file_that_is_not_there(tmp_path):
    folder = study(tmp_path, settings="files:\n  families:\n    file: gezinnen.csv\n", costs_csv="x")
    assert (None, "", "bestand-ontbreekt") in faults(folder)
    assert "families" in message(folder, "bestand-ontbreekt")


@pytest.mark.parametrize(
    "name",
    [
        "../geheim.csv",
        "/etc/passwd.csv",
        "http://example.org/families.csv",
        "s3://bak/families.csv",
        "C:\\x.csv",
        ".verborgen.csv",
    ],
)
def test_c58_a_file_elsewhere_is_refused(tmp_path, name):
    folder = study(tmp_path, settings=f"files:\n  families:\n    file: '{name}'\n")
    assert rules(folder) == {"bestand-naam"}
    assert "in de studiemap" in message(folder, "bestand-naam")


@pytest.mark.parametrize("name", ["families.pkl", "families.joblib", "families.csv.gz", "families"])
def test_c58_a_file_that_may_run_code_is_refused(tmp_path, name):
    folder = study(tmp_path, settings=f"files:\n  families:\n    file: {name}\n")
    (folder / name).write_bytes(b"\x80\x04\x95")
    assert faults(folder) == [(None, "", "bestand-soort")]


def test_no_table_at_all(tmp_path):
    folder = study(tmp_path)
    assert faults(folder) == [(None, "", "geen-tabellen")]
    assert "data/README.md" in message(folder, "geen-tabellen")


def test_a_misspelt_file_name_is_noticed(tmp_path):
    folder = study(tmp_path, familys_csv=families(ROW), truth_json="x", covenants_csv=covenants_row("x"))
    assert faults(folder) == [(None, "", "bestand-onbekend")]
    assert "Bedoelt u families?" in message(folder, "bestand-onbekend")


def test_columns_are_renamed(tmp_path):
    settings = "files:\n  families:\n    rename: {Gezin nr: family_id, OM: municipality}\n"
    content = families(ROW, header=HEADER.replace("family_id", " gezin NR").replace("municipality", "om"))
    found = table(study(tmp_path, settings=settings, families_csv=content), "families")
    assert found["family_id"].tolist() == ["F1"] and found["municipality"].tolist() == ["GM1680"]


def test_settings_that_name_no_column(tmp_path):
    settings = "formats:\n  rename: {a: family_idd}\nfiles:\n  families:\n    values:\n      amount: {a: b}\n"
    folder = study(tmp_path, settings=settings, families_csv=families(ROW))
    assert faults(folder) == [(None, "amount", "instelling-kolom"), (None, "family_idd", "instelling-kolom")]
    assert "data/README.md" in message(folder, "instelling-kolom")


def test_two_tables_in_one_workbook(tmp_path):
    def second(book):
        sheet = book.create_sheet("kosten")
        sheet.append(["region", "year", "line", "amount"])
        sheet.append(["VT02", 2024, "K01", 12.5])

    settings = (
        "files:\n  families:\n    file: alles.xlsx\n    sheet: gezin\n"
        "  costs:\n    file: alles.xlsx\n    sheet: kosten\n"
    )
    rows = [HEADER.split(";")[:2] + ["reported_on", "invited"], ["F1", "VT02", None, "ja"]]
    folder = study(tmp_path, settings=settings, alles_xlsx=workbook(*rows, title="gezin", change=second))
    loaded = load.study(folder)
    assert loaded.tables["families"]["family_id"].tolist() == ["F1"]
    assert loaded.tables["costs"]["amount"].tolist() == [12.5]


def test_rows_of_a_workbook_keep_their_number(tmp_path):
    rows = [[None], HEADER.split(";"), [None], ["F1", "VT99", None, None, "ja"]]
    assert faults(study(tmp_path, families_xlsx=workbook(*rows))) == [(4, "region", "regio")]


def test_an_empty_worksheet(tmp_path):
    folder = study(tmp_path, families_xlsx=workbook())
    assert faults(folder) == [(None, "", "bestand-leeg")]
    assert "werkblad is leeg" in message(folder, "bestand-leeg")


def test_empty_lines_between_rows(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, "", ";;;;;;;", "F2;VT99;;;ja;;;", "", ""))
    assert faults(folder) == [(3, "", "lege-regels"), (4, "", "lege-regels"), (5, "region", "regio")]
    assert "overgeslagen" in message(folder, "lege-regels")


def test_a_column_without_name_and_content_is_nothing(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW + ";", header=HEADER + ";"))
    assert faults(folder) == []


def test_a_workbook_cut_off_says_so(tmp_path):
    data = workbook(HEADER.split(";"), ["F1", "VT02"])
    folder = study(tmp_path, families_xlsx=data[: len(data) // 2])
    assert faults(folder) == [(None, "", "bestand-stuk")]
    assert "Excel-bestand is beschadigd" in message(folder, "bestand-stuk")


def test_a_tab_as_delimiter(tmp_path):
    folder = study(tmp_path, settings='formats:\n  delimiter: "\\t"\n', families_csv=families(ROW).replace(";", "\t"))
    assert table(folder, "families")["family_id"].tolist() == ["F1"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("gezinnen_csv", ""), ("Families_2024_xlsx", "Bedoelt u families?"), ("export_sav", ""), ("export_parquet", "")],
)
def test_a_data_file_that_is_no_table_is_noticed(tmp_path, name, meant):
    folder = study(tmp_path, covenants_csv=covenants_row("x"), notities_txt="x", **{name: "x"})
    assert faults(folder) == [(None, "", "bestand-onbekend")]
    said = message(folder, "bestand-onbekend")
    assert meant in said and ("Bedoelt" in said) == bool(meant)
    assert "study.yml onder files" in said and "haal het weg" in said


def test_a_table_that_is_read_from_another_file_is_noticed(tmp_path):
    settings = "files:\n  families:\n    file: gezinnen.csv\n"
    folder = study(tmp_path, settings=settings, families_csv=families(ROW), gezinnen_csv=families(ROW))
    found = load.check(folder).findings
    assert found[["file", "rule"]].to_numpy().tolist() == [["families.csv", "bestand-onbekend"]]


def test_a_study_with_other_files_only_has_no_table(tmp_path):
    assert rules(study(tmp_path, gezinnen_csv=families(ROW))) == {"bestand-onbekend", "geen-tabellen"}


@pytest.mark.parametrize("column", ["BSN", "Achternaam", "geboortedatum_kind", "woonadres", "E-mail"])
def test_a_column_about_a_person_should_go(tmp_path, column):
    folder = study(tmp_path, families_csv=families(ROW + ";x", header=f"{HEADER};{column}"))
    assert faults(folder) == [(None, column, "kolom-onbekend")]
    assert message(folder, "kolom-onbekend").endswith("Haal haar weg: deze gegevens horen niet in een studie.")


def test_another_unknown_column_may_stay(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW + ";x", header=HEADER + ";kleur"))
    assert "Haal haar weg" not in message(folder, "kolom-onbekend")
