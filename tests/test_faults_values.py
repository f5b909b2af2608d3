"""Values that go wrong in practice; each test is named after its case."""

import datetime as dt

import pandas as pd
import pytest
from study_files import COSTS, ROW, costs, families, faults, message, rules, study, table, workbook

from hgeval import load

MEASURED = "family_id;wave;informant;measured_on;window_months;psychological;physical;sexual"


def measurements(*rows: str) -> str:
    return "\n".join([MEASURED, *rows]) + "\n"


def two_families(folder, *rows: str):
    return study(folder, families_csv=families(ROW, ROW.replace("F1", "F2")), measurements_csv=measurements(*rows))


def test_b34_the_same_family_twice(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, ROW.replace("VT02", "VT03"), ROW.replace("F1", "F2")))
    assert (3, "family_id", "sleutel-dubbel") in faults(folder)
    assert "dezelfde family_id" in message(folder, "sleutel-dubbel")


def test_b34_one_family_wave_and_informant_twice(tmp_path):
    row = "F1;T1;kind;;3;0;0;0"
    assert faults(two_families(tmp_path, row, row.replace("kind", "ouder_a"), row)) == [
        (4, "informant", "sleutel-dubbel")
    ]


def test_b35_an_id_of_seventeen_digits(tmp_path):
    header = "melding_id;family_id;region;received_on;kind"
    rows = ["9007199254740993;;VT02;03-04-2025;onbekend", "00012345678901234;;VT02;03-04-2025;onbekend"]
    found = table(study(tmp_path, meldingen_csv="\n".join([header, *rows])), "meldingen")["melding_id"]
    assert found.tolist() == ["9007199254740993", "00012345678901234"]


def test_b35_an_id_a_spreadsheet_has_rounded(tmp_path):
    header = "melding_id;region;received_on;kind"
    folder = study(tmp_path, meldingen_csv=f"{header}\n9,0072E+15;VT02;03-04-2025;onbekend\n")
    assert faults(folder) == [(2, "melding_id", "code-afgerond")]
    data = workbook(
        header.split(";"),
        [9007199254740992, "VT02", dt.date(2025, 4, 3), "onbekend"],
        [12345, "VT02", dt.date(2025, 4, 3), "onbekend"],
        [1.5, "VT02", dt.date(2025, 4, 3), "onbekend"],
    )
    folder = study(tmp_path / "b", meldingen_xlsx=data)
    assert faults(folder) == [(2, "melding_id", "code-afgerond"), (4, "melding_id", "code-afgerond")]
    assert load.check(folder).tables["meldingen"]["melding_id"][1] == "12345"
    assert "als tekst" in message(folder, "code-afgerond")


def test_b36_codes_stay_text_with_their_zeros(tmp_path):
    rows = "007;VT02;0114;03-04-2025;ja;;;"
    found = table(study(tmp_path, families_csv=families(rows)), "families")
    assert found["family_id"].tolist() == ["007"]
    assert found["municipality"].tolist() == ["GM0114"]  # Emmen
    assert found["family_id"].dtype == "str"


def test_b37_merged_split_and_unknown_municipalities(tmp_path):
    towns = ["GM0370", "GM0003", "GM9999", "gm0114    "]  # Beemster, Appingedam: merged
    rows = [f"F{at};VT08;{town};03-04-2025;ja;;;" for at, town in enumerate(towns)]
    folder = study(tmp_path, families_csv=families(*rows))
    assert (3, "municipality", "gemeente-overgegaan") in faults(folder)
    assert (4, "municipality", "gemeente") in faults(folder)
    found = load.check(folder).tables["families"]["municipality"].tolist()
    assert found[1] == "GM1979" and found[3] == "GM0114"
    assert "municipalities.csv" in message(folder, "gemeente")
    assert "samengevoegd" in message(folder, "gemeente-overgegaan")


def test_b37_regions_that_merged(tmp_path):
    rows = [
        "F1;VT16;;03-04-2025;ja;;;",
        "F2;VT27;;03-04-2025;ja;;;",
        "F3;VT28;;03-04-2025;ja;;;",
        "F4;NL;;03-04-2025;ja;;;",
    ]
    folder = study(tmp_path, families_csv=families(*rows))
    assert faults(folder) == [(2, "region", "regio-overgegaan"), (4, "region", "regio"), (5, "region", "regio")]
    assert load.check(folder).tables["families"]["region"].tolist()[:2] == ["VT27", "VT27"]
    assert "VT02" in message(folder, "regio") and "2023" in message(folder, "regio")
    assert "Neem die over" in message(folder, "regio-overgegaan")


def test_b37_a_municipality_outside_its_region(tmp_path):
    folder = study(tmp_path, families_csv=families(ROW, ROW.replace("F1", "F2").replace("VT02", "VT01")))
    assert faults(folder) == [(3, "municipality", "gemeente-buiten-regio")]
    assert "andere regio" in message(folder, "gemeente-buiten-regio")


def test_b38_composed_letters_spaces_and_invisible_signs(tmp_path):
    header = "region;year;agreement;kind;party"
    rows = ["VT02 ;2024;Cafe\u0301;prestatie;\u00a0a\u00a0b\u200b", "\ufeffVT02;2024;Café;prestatie;x"]
    folder = study(tmp_path, covenants_csv="\n".join([header, *rows]) + "\n")
    assert faults(folder) == [(3, "agreement", "sleutel-dubbel")]
    found = load.check(folder).tables["covenants"]
    assert found["agreement"].tolist() == ["Café", "Café"] and found["party"][0] == "a b"


@pytest.mark.parametrize("answer", ["NA", "None", "n.v.t.", "weet ik niet", "null", "NaN", "-", "<NA>", "#N/A"])
def test_b39_answers_that_look_missing_stay_answers(tmp_path, answer):
    folder = study(tmp_path, survey_regions_csv=f"region;publicatie_ok;knelpunt_open\nVT02;ja;{answer}\n")
    assert table(folder, "survey_regions")["knelpunt_open"].tolist() == [answer]


def test_b40_yes_and_no(tmp_path):
    yes, no = ["ja", "J", "1", "TRUE", "Waar"], ["nee", "N", "0", "false", "ONWAAR"]
    rows = [f"F{at};VT02;;03-04-2025;{answer};;;" for at, answer in enumerate([*yes, *no])]
    found = table(study(tmp_path, families_csv=families(*rows)), "families")["invited"]
    assert found.tolist() == [True] * 5 + [False] * 5 and found.dtype == "boolean"


def test_b40_other_words_need_a_declaration(tmp_path):
    rows = ["F1;VT02;;03-04-2025;yes;;;", "F2;VT02;;03-04-2025;X;;;"]
    folder = study(tmp_path, families_csv=families(*rows))
    assert faults(folder) == [(2, "invited", "ja-nee"), (3, "invited", "ja-nee")]
    assert "values" in message(folder, "ja-nee")
    declared = "files:\n  families:\n    values:\n      invited: {Yes: ja, x: nee}\n"
    assert table(study(tmp_path, settings=declared, families_csv=families(*rows)), "families")["invited"].tolist() == [
        True,
        False,
    ]


def test_b41_a_scale_out_of_range(tmp_path):
    rows = ["VT02;Q01;ja;6", "VT03;Q01;ja;0", "VT04;Q01;ja;zeer belangrijk", "VT05;Q01;ja;5", "VT06;Q01;Misschien;1"]
    folder = study(
        tmp_path, survey_quality_csv="\n".join(["region;criterion;kwaliteit;kwaliteit_belang", *rows]) + "\n"
    )
    assert faults(folder) == [
        (2, "kwaliteit_belang", "bereik"),
        (3, "kwaliteit_belang", "bereik"),
        (4, "kwaliteit_belang", "getal"),
        (6, "kwaliteit", "keuze"),
    ]
    assert "ten minste 1 en ten hoogste 5" in message(folder, "bereik")
    assert "ja, deels, nee, weet_niet" in message(folder, "keuze")


def test_b41_a_scale_in_words_that_is_declared(tmp_path):
    settings = "files:\n  survey_quality:\n    values:\n      kwaliteit_belang: {zeer belangrijk: 5}\n"
    rows = "region;criterion;kwaliteit;kwaliteit_belang\nVT02;Q01;ja;Zeer  belangrijk\n"
    assert table(study(tmp_path, settings=settings, survey_quality_csv=rows), "survey_quality")[
        "kwaliteit_belang"
    ].tolist() == [5]


def tuned(folder, answer):
    return study(folder, survey_regions_csv=f"region;afstemming;publicatie_ok\nVT02;{answer};ja\n")


def test_b44_nobody_and_somebody(tmp_path):
    folder = tuned(tmp_path, "niemand|vt")
    assert faults(folder) == [(2, "afstemming", "niemand-en-ander")]
    assert "Kies een van de twee" in message(folder, "niemand-en-ander")


def test_b44_several_answers_in_the_order_of_the_schema(tmp_path):
    assert table(tuned(tmp_path, " Partners | VT|vt"), "survey_regions")["afstemming"].tolist() == ["vt|partners"]
    assert faults(tuned(tmp_path, "vt partners")) == [(2, "afstemming", "keuze")]


def test_b44_all_empty_is_missing_not_nobody(tmp_path):
    assert table(tuned(tmp_path, ""), "survey_regions")["afstemming"].isna().all()


@pytest.mark.parametrize(
    ("written", "rule"), [("inf", "getal"), ("-∞", "getal"), ("1e400", "getal"), ("9" * 400, "getal-te-groot")]
)
def test_b46_infinity_and_beyond(tmp_path, written, rule):
    folder = study(tmp_path, costs_csv=costs(written, "9" * 15))
    assert faults(folder) == [(2, "amount", rule)]
    assert written not in message(folder, rule)


def test_b46_infinity_in_a_typed_file(tmp_path):
    frame = pd.DataFrame(
        {"region": ["VT02"] * 2, "year": [2024] * 2, "line": ["a", "b"], "amount": [float("inf"), 0.1]}
    )
    frame.to_parquet(tmp_path / "costs.parquet")
    folder = study(tmp_path)
    assert faults(folder) == [(1, "amount", "getal")]
    assert load.check(folder).tables["costs"]["amount"][1] == 0.1


def test_b50_an_empty_group_stays_missing_and_its_row_stays(tmp_path):
    found = table(study(tmp_path, families_csv=families(ROW, "F2;VT02;;03-04-2025;ja;;;")), "families")
    assert len(found) == 2 and found["intervention"].isna().tolist() == [False, True]


def test_counts_need_whole_numbers(tmp_path):
    folder = study(tmp_path, families_csv=families("F1;VT02;;03-04-2025;ja;;1,5;", "F2;VT02;;03-04-2025;;;21;"))
    assert faults(folder) == [(2, "children", "geheel-getal"), (3, "children", "bereik"), (3, "invited", "leeg")]
    assert "geheel getal" in message(folder, "geheel-getal")
    assert "niet leeg" in message(folder, "leeg")


@pytest.mark.parametrize("year", ["24", "2024,0", "1899", "2101", "jan 2024", "02024"])
def test_years_have_four_digits(tmp_path, year):
    folder = study(tmp_path, costs_csv=f"{COSTS}\nVT02;{year};x;5\n")
    assert faults(folder) == [(2, "year", "jaar")]
    assert "vier cijfers" in message(folder, "jaar")


def paid(folder, shares):
    return study(folder, survey_costs_csv=f"region;line;betaler\nVT02;K01;{shares}\n")


def test_shares_in_one_fixed_way(tmp_path):
    folder = paid(tmp_path, "Zvw = 33,5% | gemeenten jeugdwet=66,5")
    assert table(folder, "survey_costs")["betaler"].tolist() == ["gemeenten_jeugdwet=66.5|zvw=33.5"]


@pytest.mark.parametrize(
    ("shares", "rule"),
    [
        ("zvw=60|wlz=30", "verdeling-som"),
        ("zvw=60|zvw=40", "verdeling"),
        ("zvw", "verdeling"),
        ("zvw=60|anders=40", "verdeling"),
        ("zvw=-10|wlz=110", "verdeling"),
        ("zvw=1.5|wlz=98.5", "verdeling"),
    ],
)
def test_shares_that_do_not_fit(tmp_path, shares, rule):
    folder = paid(tmp_path, shares)
    assert faults(folder) == [(2, "betaler", rule)]
    assert ("100" if rule == "verdeling-som" else "=60|") in message(folder, rule)


def test_shares_may_be_rounded(tmp_path):
    assert rules(paid(tmp_path, "zvw=33,3|wlz=33,3|fonds=33,3")) == set()


def test_measurements_without_the_table_of_families(tmp_path):
    rows = [f"F{at};T1;ouder_a;03-04-2025;12;1;1;1" for at in range(3)]
    folder = study(tmp_path, measurements_csv=measurements(*rows))
    assert faults(folder) == [(None, "family_id", "verwijzing")]
    assert message(folder, "verwijzing").startswith("De tabel families ontbreekt.")


def test_plans_need_families_and_their_dates_have_an_order(tmp_path):
    rows = "family_id;first_contact_on;plan_on\nF1;03-04-2025;{}\n"
    alone = study(tmp_path / "alone", plans_csv=rows.format("03-04-2025"))
    assert faults(alone) == [(None, "family_id", "verwijzing")]
    assert "Een plan telt alleen mee voor een gezin in families" in message(alone, "verwijzing")
    late, early = (study(tmp_path / day, families_csv=families(ROW), plans_csv=rows.format(f"{day}-04-2025"))
                   for day in ("03", "02"))
    assert faults(late) == [] and faults(early) == [(2, "plan_on", "einde-voor-begin")]
    unknown = rows.format("03-04-2025").replace("F1", "F2")
    other = study(tmp_path / "other", families_csv=families(ROW), plans_csv=unknown)
    assert faults(other) == [(2, "family_id", "verwijzing")]


def test_measurements_beside_families_that_cannot_be_read(tmp_path):
    folder = study(tmp_path, families_csv=b"", measurements_csv=measurements("F1;T1;ouder_a;03-04-2025;12;1;1;1"))
    assert faults(folder) == [(None, "", "bestand-leeg")]


@pytest.mark.parametrize(("family", "expected"), [("F1", [(None, "family_id", "gezinnen-ontbreken")]), ("", [])])
def test_meldingen_need_no_families(tmp_path, family, expected):
    content = f"melding_id;family_id;region;received_on;kind\nM1;{family};VT02;03-04-2025;onbekend\n"
    folder = study(tmp_path, meldingen_csv=content)
    assert faults(folder) == expected
    assert len(load.study(folder).tables["meldingen"]) == 1
    if expected:
        assert "laat haar leeg" in message(folder, "gezinnen-ontbreken")


def test_families_without_their_id_are_one_fault(tmp_path):
    rows = [f"F{at};T1;ouder_a;03-04-2025;12;1;1;1" for at in range(3)]
    content = families("VT02;03-04-2025;ja", header="region;reported_on;invited")
    folder = study(tmp_path, families_csv=content, measurements_csv=measurements(*rows))
    assert faults(folder) == [(None, "family_id", "kolom-ontbreekt")]
