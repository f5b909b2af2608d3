"""What the check says of a division that a user brings: one fault a test, and a whole one without any."""

import pytest
from study_files import faults, message, rules, study, table

from hgeval import divisions_towns, reference

HEADER = "division;municipality;area;seat;distance_km"
TOWNS = reference.municipalities()


def folder(path, *changed, drop=()):
    """A study with one whole division, by province; `changed` are lines (number, text), `drop` numbers of lines."""
    lines = [HEADER, *(f"eigen;{row.code};{row.province};;" for row in TOWNS.itertuples())]
    for number, text in changed:
        lines[number - 1] = text
    kept = [line for number, line in enumerate(lines, start=1) if number not in drop]
    return study(path, divisions_csv="\n".join(kept) + "\n")


def line(number, *, area=None, division="eigen", code=None, seat="", distance=""):
    row = TOWNS.iloc[number - 2]
    return number, f"{division};{code or row.code};{area or row.province};{seat};{distance}"


def test_a_whole_division_has_no_findings(tmp_path):
    found = table(folder(tmp_path, line(2, seat=TOWNS["code"][0], distance="12,5")), "divisions")
    assert len(found) == 342 and found["seat"].count() == 1 and found["distance_km"][0] == 12.5


def test_a_municipality_in_two_regions(tmp_path):
    row = TOWNS.iloc[0]
    lines = "\n".join([f"eigen;{one.code};{one.province};;" for one in TOWNS.itertuples()])
    made = study(tmp_path, divisions_csv=f"{HEADER}\n{lines}\neigen;{row.code};PV99;;\neigen;GM0034;PV99;;\n")
    assert [found for found in faults(made) if found[2] == "indeling-dubbel"] == [
        (2, "municipality", "indeling-dubbel"), (3, "municipality", "indeling-dubbel"),
        (344, "municipality", "indeling-dubbel"), (345, "municipality", "indeling-dubbel")]
    assert "in meer dan één regio" in message(made, "indeling-dubbel")


def test_the_same_row_twice_is_a_fault(tmp_path):
    made = folder(tmp_path, line(3, code=TOWNS["code"][0], area=TOWNS["province"][0]))
    assert (3, "area", "sleutel-dubbel") in faults(made)
    assert "division + municipality + area" in message(made, "sleutel-dubbel")


def test_a_region_of_one_municipality(tmp_path):
    made = folder(tmp_path, line(2, area="alleen"))
    assert faults(made) == [(2, "area", "indeling-alleen")]
    assert "maar één gemeente" in message(made, "indeling-alleen")
    two = folder(tmp_path / "two", line(2, area="samen"), line(3, area="samen"))
    assert faults(two) == []


def test_a_division_that_is_not_whole(tmp_path):
    made = folder(tmp_path, drop=(2,))
    assert faults(made) == [(None, "municipality", "indeling-onvolledig")]
    assert "niet alle 342 gemeenten" in message(made, "indeling-onvolledig")


def test_an_unknown_municipality_is_a_fault_and_an_old_one_is_replaced(tmp_path):
    assert (2, "municipality", "gemeente") in faults(folder(tmp_path / "a", line(2, code="GM9999")))
    number = int(TOWNS.index[TOWNS["name"] == "Eemsdelta"][0]) + 2
    moved = folder(tmp_path / "b", line(number, code="GM0003"))
    assert faults(moved) == [(number, "municipality", "gemeente-overgegaan")]
    assert table(moved, "divisions")["municipality"].nunique() == 342


@pytest.mark.parametrize("name", ["jeugdregio", "veilig_thuis"])
def test_a_name_that_is_taken(tmp_path, name):
    made = folder(tmp_path, line(2, division=name))
    assert (2, "area", "indeling-naam") in faults(made)
    assert "of geef uw indeling een andere naam" in message(made, "indeling-naam")


@pytest.mark.parametrize(("name", "column"), divisions_towns.AREAS.items())
def test_of_a_division_that_is_known_only_seats_and_distances_may_be_brought(tmp_path, name, column):
    """No more than one row is asked, and a youth region of one municipality is no fault of who brings its distance."""
    towns = divisions_towns.towns()
    alone = towns[towns["youth_region"].map(towns["youth_region"].value_counts()).eq(1)].iloc[0]
    made = study(tmp_path, divisions_csv=f"{HEADER}\n{name};{alone['code']};{alone[column]};;3,5\n")
    assert faults(made) == []


def test_a_seat_outside_the_region_and_two_seats(tmp_path):
    inside = TOWNS[TOWNS["province"] == TOWNS["province"][0]]["code"].tolist()
    other = TOWNS[TOWNS["province"] != TOWNS["province"][0]]["code"].iloc[0]
    assert faults(folder(tmp_path / "a", line(2, seat=inside[1]))) == []
    outside = folder(tmp_path / "b", line(2, seat=other))
    assert faults(outside) == [(2, "seat", "kantoor-buiten-regio")]
    second = int(TOWNS.index[TOWNS["code"] == inside[1]][0]) + 2
    two = folder(tmp_path / "c", line(2, seat=inside[0]), line(second, seat=inside[1]))
    assert faults(two) == [(2, "seat", "kantoor-verschilt"), (second, "seat", "kantoor-verschilt")]
    assert "een ander kantoor" in message(two, "kantoor-verschilt")


def test_two_divisions_do_not_touch_each_other(tmp_path):
    rows = [f"{name};{one.code};{getattr(one, column)};;" for name, column in
            (("a", "province"), ("b", "safety_region")) for one in TOWNS.itertuples()]
    assert rules(study(tmp_path / "a", divisions_csv="\n".join([HEADER, *rows]) + "\n")) == set()
    one_is_not_whole = "\n".join([HEADER, *rows[:-1]]) + "\n"
    assert faults(study(tmp_path / "b", divisions_csv=one_is_not_whole)) == [
        (None, "municipality", "indeling-onvolledig")]


def test_a_distance_under_zero(tmp_path):
    assert faults(folder(tmp_path, line(2, distance="-1"))) == [(2, "distance_km", "bereik")]
