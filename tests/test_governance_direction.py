"""Who directs what: in a small matrix each conflict is found exactly once, in a clean one there is none."""

import pandas as pd
import pytest
from governance_cases import NA, REGIONS, of, study, table
from survey_cases import numbers

from hgeval import governance_direction as direction
from hgeval import reference

COLUMNS = "region task owner family_contact case_director may_ask_reports override_power"
TASKS = list(reference.direction_tasks()["task"])
OWNER = {"B": "centrumgemeente", "P": "veilig_thuis", "C": "lokaal_team"}
FINE = {"P": [False, NA, NA, NA], "C": [NA, True, True, True], "B": [NA, NA, NA, NA]}


def clean(region="VT01"):
    """Every task with one owner, and every answer as it should be."""
    return {task: [region, task, OWNER[task[0]], *FINE[task[0]]] for task in TASKS}


def asked(rows):
    return study(), table("direction", list(rows), COLUMNS)


def kinds(rows):
    found = direction.conflicts(*asked(rows), regions=REGIONS)
    return found["conflict"].value_counts().to_dict()


def told(rows, conflict, region="VT01"):
    found = of(direction.conflict_counts(*asked(rows), regions=REGIONS), region).set_index("conflict").loc[conflict]
    return tuple(found[["conflicts", "checked", "unknown"]])


def test_a_clean_matrix_has_no_conflict():
    rows = clean().values()
    assert kinds(rows) == {direction.NO_CONFLICT: 1}
    held = direction.tasks(*asked(rows), regions=REGIONS)
    assert set(held["held"]) == {direction.ONCE} and list(held["task"]) == TASKS
    counted = direction.counts(*asked(rows), regions=REGIONS)
    assert counted[["tier", "once", "double", "nobody", "unknown", "tasks"]].values.tolist() == [
        ["beleid", 5, 0, 0, 0, 5], ["proces", 2, 0, 0, 0, 2], ["casus", 4, 0, 0, 0, 4],
    ]
    for conflict, checked in zip(direction.CONFLICTS, (11, 11, 1, 1, 1, 1), strict=True):
        assert told(rows, conflict) == (0, checked, 0)


def changed(**tasks):
    return [*(clean() | {task: ["VT01", task, *rest] for task, rest in tasks.items()}).values()]


WRONG = {
    "no_owner": (changed(B01=["niemand", *FINE["B"]]), "beleid maken", "geen_eigenaar"),
    "two_owners": ([*clean().values(), ["VT01", "B01", "ggd", *FINE["B"]]], "beleid maken", "centrumgemeente|ggd"),
    "process_family": (changed(P01=["veilig_thuis", True, NA, NA, NA]), "proces", "veilig_thuis"),
    "case_undirected": (changed(C01=["lokaal_team", NA, False, True, True]), "casus", "nvt"),
    "case_no_reports": (changed(C02=["lokaal_team", NA, True, False, True]), "casus", "lokaal_team"),
    "case_no_override": (changed(C03=["lokaal_team", NA, True, True, False]), "casus", "lokaal_team"),
}


@pytest.mark.parametrize("conflict", direction.CONFLICTS)
def test_each_conflict_is_found_once_and_alone(conflict):
    rows, label, owners = WRONG[conflict]
    (found,) = direction.conflicts(*asked(rows), regions=REGIONS).to_dict("records")
    assert (found["conflict"], found["label"], found["owners"]) == (conflict, label, owners)
    assert told(rows, conflict)[0] == 1


def test_all_kinds_together_are_found_once_each():
    rows = clean() | {
        "B01": ["VT01", "B01", "niemand", *FINE["B"]], "P01": ["VT01", "P01", "veilig_thuis", True, NA, NA, NA],
        "C01": ["VT01", "C01", "lokaal_team", NA, False, False, False],
    }
    assert kinds([*rows.values(), ["VT01", "B02", "ggd", *FINE["B"]]]) == dict.fromkeys(direction.CONFLICTS, 1)


def test_an_owner_with_several_tasks_is_one_conflict():
    rows = changed(P01=["veilig_thuis", True, NA, NA, NA], P02=["veilig_thuis", True, NA, NA, NA])
    assert kinds(rows) == {"process_family": 1}
    both = changed(P01=["veilig_thuis", True, NA, NA, NA], P02=["zvh", True, NA, NA, NA])
    assert kinds(both) == {"process_family": 2}


def test_family_contact_is_wrong_in_the_process_only():
    rows = changed(C01=["lokaal_team", True, True, True, True], B01=["centrumgemeente", True, NA, NA, NA])
    assert kinds(rows) == {direction.NO_CONFLICT: 1}
    powerless = changed(P01=["veilig_thuis", False, False, False, False])
    assert kinds(powerless) == {direction.NO_CONFLICT: 1}


def test_what_is_not_known_is_no_conflict():
    rows = {task: ["VT01", task, OWNER[task[0]], NA, NA, NA, NA] for task in TASKS} | {
        "B01": ["VT01", "B01", "onbekend", NA, NA, NA, NA]}
    del rows["B02"]
    assert kinds(rows.values()) == {direction.NO_CONFLICT: 1}
    assert told(rows.values(), "no_owner") == (0, 9, 2)  # B01 unknown, B02 without a row
    for conflict in direction.CONFLICTS[2:]:
        assert told(rows.values(), conflict) == (0, 0, 1)
    held = direction.tasks(*asked(rows.values()), regions=REGIONS).set_index("task")
    assert held.loc[["B01", "B02"], "held"].tolist() == [direction.UNKNOWN] * 2
    assert held.loc["B02", "owners"] == direction.UNKNOWN


def test_an_owner_beside_one_nobody_knows_is_still_one():
    rows = [*clean().values(), ["VT01", "B01", "onbekend", *FINE["B"]]]
    assert kinds(rows) == {direction.NO_CONFLICT: 1}


def test_the_country_counts_regions_that_know_and_allow_it():
    rows = [*clean("VT01").values(), *clean("VT03").values()]
    rows += [["VT02", "B01", "niemand", *FINE["B"]], ["VT04", "B01", "niemand", *FINE["B"]]]
    found = direction.conflict_regions(*asked(rows), regions=REGIONS)
    assert numbers(found, conflict="no_owner") == (3, 1, 1, 0)  # VT02 has one, whatever else it does not know
    assert numbers(found, conflict="two_owners") == (2, 0, 1, 0)  # of VT02 ten tasks are unknown
    assert numbers(found, conflict="process_family") == (2, 0, 1, 0)
    assert set(found["regions"]) == {6}


def test_without_rows_there_are_no_answers():
    empty = asked([])
    assert all(make(*empty, regions=REGIONS).empty for make in (
        direction.tasks, direction.counts, direction.conflicts, direction.conflict_counts))
    assert direction.conflict_regions(*empty, regions=REGIONS)["n"].tolist() == [0] * 6


def test_tasks_have_the_tiers_of_the_source():
    assert reference.direction_tasks()["tier"].tolist() == ["beleid"] * 5 + ["proces"] * 2 + ["casus"] * 4
    assert pd.Series(TASKS).is_unique
