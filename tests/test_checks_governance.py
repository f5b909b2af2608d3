"""Findings on the tables of who does what: one for each rule, in the cell that is wrong, and never the value."""

import pytest
from study_files import faults, message, rules, study

NUMBER = "123456789"


def one(tmp_path, **files):
    tmp_path.mkdir(exist_ok=True)
    return faults(study(tmp_path / "s", **files))


def checklists(*rows):
    return "\n".join(["region;checklist;item;status", *rows]) + "\n"


GOALS = "region;goal;label;number;unit;year;source;owner\n"
DIRECTION = "region;task;owner;family_contact;case_director;may_ask_reports;override_power\n"
RULES = "region;number;label;domain_a;domain_b;found_on;solved;mandated\n"
CALAMITIES = "region;year;reported;investigated;with_measures;median_days\n"


def test_a_study_without_a_fault(tmp_path):
    files = {
        "checklists_csv": checklists("VT02;W1;01;geregeld", "VT02;W4;X01;niet"),
        "checklist_items_csv": "checklist;item;label\nW4;X01;scholen\n",
        "goals_csv": GOALS + "VT02;D1;40 procent in 2026;40;procent;2026;monitor;ggd\n",
        "direction_csv": DIRECTION + "VT02;B01;niemand;;;;\nVT02;B02;ggd;nee;;;\nVT02;B02;gi;ja;;;\n",
        "contradictions_csv": RULES + "VT02;1;schuld sluit hulp uit;zorg;inkomen;01-02-2025;nee;ja\n",
        "calamities_csv": CALAMITIES + "VT02;2024;12;12;12;30,5\nVT02;2023;9;;;\n",
    }
    assert one(tmp_path, **files) == []


@pytest.mark.parametrize(("label", "rule"), [
    (f"nummer {NUMBER}", "tekst-persoon"), ("jan@x.nl", "tekst-persoon"), ("bel 06 1234 5678", "tekst-persoon"),
    ("a" * 81, "tekst-lang"), ("a|b", "tekst-lang"),
])
def test_a_label_that_cannot_be_printed(tmp_path, label, rule):
    files = {"checklist_items_csv": f"checklist;item;label\nW4;X01;{label}\n"}
    assert one(tmp_path, **files) == [(2, "label", rule)]
    assert label not in message(tmp_path / "s", rule)


def test_labels_on_both_sides_of_their_length(tmp_path):
    goals = GOALS + f"VT02;D1;{'a' * 120};1;x;2026;x;ggd\nVT02;D2;{'a' * 121};1;x;2026;x;ggd\n"
    assert one(tmp_path, goals_csv=goals) == [(3, "label", "tekst-lang")]
    rows = RULES + f"VT02;1;{'a' * 80};zorg;wonen;;;\nVT02;2;{'a' * 81};zorg;wonen;;;\n"
    assert one(tmp_path / "b", contradictions_csv=rows) == [(3, "label", "tekst-lang")]
    assert "ten hoogste 80 tekens" in message(tmp_path / "b" / "s", "tekst-lang")


def test_codes_that_are_printed_are_looked_at_too(tmp_path):
    assert one(tmp_path, goals_csv=GOALS + f"VT02;{NUMBER};x;1;x;2026;x;ggd\n") == [(2, "goal", "tekst-persoon")]
    rows = RULES + f"VT02;{'1' * 8}-{'a' * 12};x;zorg;wonen;;;\n"
    assert one(tmp_path / "b", contradictions_csv=rows) == [(2, "number", "tekst-lang")]


def test_a_point_that_stands_nowhere_is_a_warning(tmp_path):
    rows = checklists("VT02;W1;01;geregeld", "VT02;W1;99;geregeld")
    assert one(tmp_path, checklists_csv=rows) == [(3, "item", "punt-onbekend")]
    items = "checklist;item;label\nW1;99;ons eigen punt\n"
    assert one(tmp_path / "b", checklists_csv=rows, checklist_items_csv=items) == []


def test_a_point_of_ours_cannot_be_described_again(tmp_path):
    items = "checklist;item;label\nW1;01;een ander meldpunt\n"
    assert one(tmp_path, checklist_items_csv=items) == [(2, "item", "punt-bekend")]


def test_a_task_stands_in_the_list(tmp_path):
    assert one(tmp_path, direction_csv=DIRECTION + "VT02;B09;ggd;;;;\n") == [(2, "task", "taak")]
    assert "C04" in message(tmp_path / "s", "taak")


def test_nobody_beside_an_owner_and_an_owner_of_no_list(tmp_path):
    rows = DIRECTION + "VT02;B01;niemand;;;;\nVT02;B01;ggd;;;;\nVT02;B02;niemand;;;;\n"
    assert one(tmp_path, direction_csv=rows) == [(2, "owner", "niemand-en-ander")]
    assert rules(study(tmp_path / "c", direction_csv=DIRECTION + "VT02;B01;jan;;;;\n")) == {"keuze"}


def test_two_domains_differ(tmp_path):
    rows = RULES + "VT02;1;x;zorg;zorg;;;\nVT02;2;x;zorg;wonen;;;\n"
    assert one(tmp_path, contradictions_csv=rows) == [(2, "domain_b", "domein-zelfde")]


def test_a_part_is_no_larger_than_its_whole(tmp_path):
    rows = CALAMITIES + "VT02;2022;10;11;5;\nVT02;2023;10;10;11;\nVT02;2024;10;10;10;\n"
    assert one(tmp_path, calamities_csv=rows) == [
        (2, "investigated", "deel-van-geheel"), (3, "with_measures", "deel-van-geheel"),
    ]


def test_an_older_study_without_the_new_columns_is_fine(tmp_path):
    rows = "region;checklist;item;status;owner;budget;evidence;checked_on;source\nVT02;W2;a;geregeld;x;1;y;;z\n"
    assert one(tmp_path, checklists_csv=rows) == []
