"""Calamities under the count rule: in fives and nothing under ten whoever reads, and no part without its whole."""

from itertools import product

import pandas as pd
import pytest
from disclosure_cases import reader
from governance_cases import NA, REGIONS, study, table

from hgeval import disclosure, keepers
from hgeval import governance_calamities as calamities
from hgeval.errors import DisclosureError

COLUMNS = "region year reported investigated with_measures median_days"
EVERY = (*calamities.CHAIN, calamities.DAYS)


def counts(*rows):
    return calamities.counts(study(), table("calamities", list(rows), COLUMNS), regions=REGIONS)


def shown(*row, region="VT01", profile="cbs5", year=2024):
    """What a reader sees of one year: for each measure its n, events and value."""
    frame = keepers.of_calamities(counts([region, year, *row]), reader(profile, region=region)).set_index("measure")
    cells = frame[["n", "events", "value"]].astype("object").where(lambda cell: cell.notna(), None)
    return {measure: tuple(cells.loc[measure]) for measure in cells.index}


GONE = (None, None, None)


def test_large_counts_are_shown_in_fives():
    found = shown(61, 42, 21, 47.9)
    assert found[EVERY[0]] == (60, 60, 60)
    assert found[EVERY[1]][:2] == (60, 40) and found[EVERY[1]][2] == pytest.approx(2 / 3)
    assert found[EVERY[2]] == (40, 20, 0.5)
    assert found[EVERY[3]] == (40, None, 50)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_the_region_itself_sees_no_more(profile):
    assert shown(61, 42, 21, 47.9, profile=profile) == shown(61, 42, 21, 47.9)


@pytest.mark.parametrize(("reported", "seen"), [(0, None), (1, None), (9, None), (10, 10), (12, 10), (13, 15)])
def test_nothing_under_ten_is_shown(reported, seen):
    assert shown(reported, 0, 0, NA)[EVERY[0]] == (seen, seen, seen)


def test_a_part_is_gone_where_its_whole_is():
    assert set(shown(9, 9, 9, 30.0).values()) == {GONE}
    found = shown(40, 35, 20, 30.0)  # five were not investigated
    assert found[EVERY[0]] == (40, 40, 40)
    assert [found[name] for name in EVERY[1:]] == [GONE] * 3


@pytest.mark.parametrize(("investigated", "seen"), [(30, True), (31, False), (40, False), (10, True), (9, False)])
def test_what_is_left_of_a_share_is_ten_or_more(investigated, seen):
    assert (shown(40, investigated, 0, NA)[EVERY[1]] != GONE) == seen


@pytest.mark.parametrize(("measures", "seen"), [(10, True), (9, False), (20, True), (21, False), (30, False)])
def test_so_it_is_for_measures(measures, seen):
    assert (shown(60, 30, measures, 30.0)[EVERY[2]] != GONE) == seen
    assert shown(60, 30, measures, 30.0)[EVERY[3]] == (30, None, 30)


@pytest.mark.parametrize(("investigated", "seen"), [(30, True), (29, False)])
def test_a_median_needs_enough_investigations(investigated, seen):
    assert (shown(60, investigated, 0, 33.0)[EVERY[3]] != GONE) == seen


def test_a_part_without_its_whole_is_not_shown():
    found = shown(NA, 30, 15, 20.0)
    assert set(found) == {EVERY[2], EVERY[3]} and set(found.values()) == {GONE}


def test_what_is_not_filled_in_has_no_row():
    assert set(shown(40, NA, NA, 20.0)) == {EVERY[0]}
    assert set(shown(40, 20, NA, NA)) == {EVERY[0], EVERY[1]}


def test_two_readers_never_learn_a_number_under_ten():
    """Of every small study: what is shown is in fives of ten and more, and so is what is left of a shown whole."""
    for reported, investigated, measures in product(range(0, 45, 3), repeat=3):
        if measures <= investigated <= reported:
            found = shown(reported, investigated, measures, 20.0)
            seen = [count for row in found.values() for count in row[:2] if count is not None]
            assert all(count >= 10 and count % 5 == 0 for count in seen)
            wholes = [(reported, investigated, EVERY[1]), (investigated, measures, EVERY[2])]
            assert all(whole - part >= 10 for whole, part, name in wholes if found[name] != GONE)


def test_without_consent_only_the_region_itself_reads():
    row = ["VT04", 2024, 61, 42, 21, 47.9]
    for profile, there in (("cbs5", False), ("exact10", True)):
        frame = keepers.of_calamities(counts(row), reader(profile, region="VT04"))
        assert (len(frame) > 0) == there
    assert keepers.of_calamities(counts(row), reader("exact10", region="VT01")).empty


def test_the_door_takes_no_totals_and_no_other_number():
    case, found = reader(region="VT01"), counts(["VT01", 2024, 61, 42, 21, 47.9])
    wrong = [found.assign(region="NL"), found.assign(measure="stopped"), pd.concat([found, found])]
    for frame in wrong:
        with pytest.raises(DisclosureError, match="zonder totalen"):
            keepers.of_calamities(frame, case)


def test_no_other_door_takes_calamities():
    case, found = reader(region="VT01"), counts(["VT01", 2024, 61, 42, 21, 47.9])
    with pytest.raises(DisclosureError, match="alleen naar buiten met disclosure.release_calamities"):
        disclosure.release(found, case)
    for door in (disclosure.release_answers, disclosure.release_totals, disclosure.release_budget):
        with pytest.raises((DisclosureError, KeyError)):
            door(found, case)


def test_the_release_is_of_the_own_region(demo_case):
    assert set(disclosure.release_calamities(demo_case).frame["region"]) <= {demo_case.region}
