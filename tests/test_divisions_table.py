"""The real table of municipalities: how its divisions lie in each other, and which breaks a hard rule."""

import pandas as pd
import pytest

from hgeval import divisions_table as table
from hgeval import divisions_towns, load, reference

COUNTS = {"region": 25, "safety_region": 25, "youth_region": 42, "ggd_region": 25, "province": 12,
          "centre_municipality": 35, "bureau_jeugdzorg": 15}


@pytest.fixture(scope="module")
def every():
    return divisions_towns.towns()


@pytest.fixture(scope="module")
def real(every):
    return table.members(load.empty("divisions"), every)


def own(*rows):
    """A division that a user brings, of rows (name, municipality, area)."""
    frame = pd.DataFrame(rows, columns=["division", "municipality", "area"], dtype="str")
    return pd.concat([load.empty("divisions"), frame], ignore_index=True)


def split(every, inner, outer):
    """Which areas of the one lie in more than one area of the other."""
    kinds = every.groupby(inner)[outer].nunique()
    return {code: sorted(every.loc[every[inner] == code, outer].unique()) for code in kinds.index[kinds > 1]}


@pytest.mark.parametrize(("column", "count"), COUNTS.items())
def test_every_municipality_has_one_area_of_each_kind(every, column, count):
    assert len(every) == every["code"].nunique() == 342
    assert every[column].notna().all() and every[column].nunique() == count


# Read off the borders that Statistics Netherlands published for 2023.
@pytest.mark.parametrize(("inner", "outer", "facts"), [
    ("region", "safety_region", {"VT06": ["VR08", "VR23"], "VT15": ["VR20", "VR21"], "VT17": ["VR10", "VR12"],
                                 "VT27": ["VR21", "VR22"]}),
    ("region", "province", {"VT06": ["PV25", "PV31"]}),
    ("youth_region", "region", {"JZ21": ["VT05", "VT20"], "JZ24": ["VT09", "VT10"]}),
    ("centre_municipality", "region", {"GM0202": ["VT05", "VT14"], "GM0518": ["VT09", "VT10"]}),
    ("safety_region", "province", {}),
])
def test_how_the_areas_lie_in_each_other(every, inner, outer, facts):
    assert split(every, inner, outer) == facts


def test_two_centrumgemeenten_that_are_split_are_arnhem_and_the_hague():
    assert [table.names()[code] for code in ("GM0202", "GM0518")] == ["Arnhem", "'s-Gravenhage"]


def test_a_veilig_thuis_region_has_6_to_31_municipalities(every):
    sizes = every.groupby("region").size()
    assert (sizes.min(), sizes.max()) == (6, 31)


def test_a_bureau_jeugdzorg_is_a_province_without_the_city_regions(every):
    areas = every.set_index("name")["bureau_jeugdzorg"]
    assert [areas[name] for name in ("Amsterdam", "Haarlemmermeer", "Zaanstad", "Alkmaar")] == ["SR01"] * 3 + ["PV27"]
    assert [areas[name] for name in ("'s-Gravenhage", "Wassenaar", "Rotterdam", "Voorne aan Zee")] == [
        "SR02", "SR02", "SR03", "SR03"]
    assert [areas[name] for name in ("Goeree-Overflakkee", "Leiden", "Maastricht")] == ["PV28", "PV28", "PV31"]
    counts = every["bureau_jeugdzorg"].value_counts()
    assert (counts["SR01"], counts["SR02"], counts["SR03"]) == (14, 9, 12)
    haaglanden = every[every["safety_region"] == "VR15"]
    assert set(haaglanden["bureau_jeugdzorg"]) == {"SR02"}


def test_the_options_of_the_source_come_first_and_today_last(every, real):
    assert list(real["option"].unique()) == [
        "bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio", "jeugdregio", "veilig_thuis"]
    assert real.groupby("option").size().eq(342).all()
    brought = table.members(own(("b", "GM0014", "1"), ("a", "GM0014", "1"), ("a", "GM0014", "1")), every)
    assert list(brought["option"].unique())[4:] == ["a", "b", "veilig_thuis"]
    assert len(brought) == 5 * 342 + 2  # the same row twice counts once


def test_the_order_of_the_rows_says_nothing(every):
    rows = [("a", code, str(at % 3)) for at, code in enumerate(every["code"])]
    shuffled = every.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(table.members(own(*rows), every), table.members(own(*rows[::-1]), shuffled))


def test_only_the_youth_regions_of_the_source_break_a_rule(every, real):
    broken = table.offenders(real, every)
    assert broken.values.tolist() == [["jeugdregio", "several", "JZ15"], ["jeugdregio", "several", "JZ22"]]
    assert table.verdicts(real, broken).to_dict() == {
        "bureau_jeugdzorg": "mogelijk", "centrumgemeente": "mogelijk", "veiligheidsregio": "mogelijk",
        "jeugdregio": "wettelijk_niet_mogelijk", "veilig_thuis": "mogelijk"}


def small(*rows):
    """Four municipalities of a small country, in a division of rows (municipality, area)."""
    every = pd.DataFrame({"code": ["A", "B", "C", "D"]})
    found = pd.DataFrame(rows, columns=["municipality", "area"]).assign(option="x")
    broken = table.offenders(found, every)
    return broken[["rule", "code"]].values.tolist(), table.verdicts(found, broken)["x"], table.countable(found, broken)


def test_a_division_that_keeps_all_three_rules():
    broken, verdict, rows = small(("A", "1"), ("B", "1"), ("C", "2"), ("D", "2"))
    assert (broken, verdict, len(rows)) == ([], "mogelijk", 4)


@pytest.mark.parametrize(("rows", "broken", "counted"), [
    ((("A", "1"), ("B", "1"), ("B", "2"), ("C", "2"), ("D", "2")), [["once", "B"]], 0),
    ((("A", "1"), ("B", "1"), ("C", "1"), ("D", "2")), [["several", "2"]], 4),
    ((("A", "1"), ("B", "1")), [["whole", "C"], ["whole", "D"]], 0),
    ((("A", "1"), ("A", "2"), ("B", "2"), ("C", "2")), [["once", "A"], ["several", "1"], ["whole", "D"]], 0),
])
def test_what_breaks_a_rule_is_named(rows, broken, counted):
    found, verdict, left = small(*rows)
    assert (found, verdict, len(left)) == (broken, "wettelijk_niet_mogelijk", counted)


def test_every_area_has_a_name(real):
    assert set(real["area"]) <= set(table.names())
    assert table.names()["SR01"] == "Stadsregio Amsterdam" and table.names()["VT27"] == "Oost-Brabant"
    assert len(reference.table("city_regions.csv")) == 35
