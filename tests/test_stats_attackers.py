from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import attackers


def bounds(found):
    return {row.cell: (row.low, row.high) for row in found.itertuples()}


def same(told, found, least="min", most="max"):
    ours = found.set_index("cell")
    names = [row["cell"] for row in told.expected]
    told.same(ours.loc[names, "low"].to_numpy(dtype=float), [row[least] for row in told.expected])
    highs = ours.loc[names, "high"].to_numpy(dtype=float, na_value=np.inf)
    told.same(highs, [np.inf if row[most] == "Infinity" else row[most] for row in told.expected])


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", ["sdc_bounds_2way", "sdc_bounds_3way"])
def test_reference_sdc_bounds_of_hidden_cells(name, whole):
    """These tables have whole bounds, so the integer programme finds the same."""
    told = case(name)
    shown = told.rows["value"].where(told.rows["published"] == 1)
    cells = told.rows.assign(low=shown, high=shown)
    found = attackers.cell_bounds(cells, relations=told.params["relations"], whole=whole)
    assert found["cell"].tolist() == [row["cell"] for row in told.expected]
    same(told, found)


def test_reference_sdc_bounds_2way():
    test_reference_sdc_bounds_of_hidden_cells("sdc_bounds_2way", False)


def test_reference_sdc_bounds_3way():
    test_reference_sdc_bounds_of_hidden_cells("sdc_bounds_3way", False)


def test_reference_sdc_bounds_rounded():
    told = case("sdc_bounds_rounded")
    cells = told.rows.assign(
        low=told.rows["lo"].where(told.rows["lo"] >= 0), high=told.rows["hi"].where(told.rows["hi"] >= 0)
    )
    hidden = cells.loc[cells["low"].isna(), "cell"]
    for whole, name in ((False, "lp"), (True, "int")):
        found = attackers.cell_bounds(cells, relations=told.params["relations"], whole=whole, targets=hidden)
        same(told, found, f"{name}_min", f"{name}_max")


def table(low, high, relations, **settings):
    cells = pd.DataFrame({"cell": list(low), "low": list(low.values()), "high": [high[name] for name in low]})
    return bounds(attackers.cell_bounds(cells, relations=relations, **settings))


def test_a_lone_hidden_cell_is_found_and_a_pair_is_not():
    line = [{"a": 1, "b": 1, "c": 1, "total": -1}]
    alone = {"a": None, "b": 6, "c": 3, "total": 20}
    assert table(alone, alone, line) == {"a": (11, 11)}
    pair = {"a": None, "b": None, "c": 3, "total": 20}
    assert table(pair, pair, line) == {"a": (0, 17), "b": (0, 17)}


def test_rounding_leaves_an_interval():
    low, high = {"a": 8, "b": 3, "total": 8}, {"a": 12, "b": 7, "total": 12}
    assert table(low, high, [{"a": 1, "b": 1, "total": -1}]) == {"a": (8, 9), "b": (3, 4), "total": (11, 12)}


def test_counts_are_bounded_tighter_than_numbers():
    # Twice a plus twice b is 7 to 9, so they are 4 together; and a is at least 1.5.
    low, high = {"a": 1.5, "b": 0, "t": 7}, {"a": None, "b": None, "t": 9}
    relations = [{"a": 2, "b": 2, "t": -1}]
    assert table(low, high, relations, targets=["a"]) == {"a": (1.5, 4.5)}
    assert table(low, high, relations, targets=["a"], whole=True) == {"a": (2, 4)}


def test_no_end_is_missing():
    cells = pd.DataFrame({"cell": ["a", "b", "c"], "low": [None, None, 2.0], "high": [None, None, None]})
    found = attackers.cell_bounds(cells, relations=[{"a": 1, "b": -1}])
    assert found["low"].tolist() == [0, 0, 2] and found["high"].isna().all()
    whole = attackers.cell_bounds(cells, relations=[{"a": 1, "b": -1}], whole=True)
    assert whole["high"].isna().all()


def test_nothing_hidden_and_nothing_related():
    known = pd.DataFrame({"cell": ["a", "b"], "low": [3, 3], "high": [3, 3]})
    assert len(attackers.cell_bounds(known, relations=[{"a": 1, "b": -1}])) == 0
    asked = attackers.cell_bounds(known, relations=[], targets=["b"])
    assert bounds(asked) == {"b": (3, 3)}
    loose = pd.DataFrame({"cell": ["a"], "low": [1], "high": [9]})
    assert bounds(attackers.cell_bounds(loose, relations=[])) == {"a": (1, 9)}


@pytest.mark.parametrize("whole", [False, True])
def test_what_cannot_be_together_is_told(whole):
    with pytest.raises(EstimateError, match="spreekt elkaar tegen"):
        exact = {"a": 3, "b": 4, "t": 8}
        table(exact, exact, [{"a": 1, "b": 1, "t": -1}], targets=["a"], whole=whole)
    with pytest.raises(EstimateError, match="spreekt elkaar tegen"):
        table({"a": 3, "b": 6, "t": 8}, {"a": 9, "b": 9, "t": 8}, [{"a": 1, "b": 1, "t": -1}], whole=whole)
    with pytest.raises(EstimateError, match="spreekt elkaar tegen"):
        table({"a": 3}, {"a": 2}, [], whole=whole)


def test_no_whole_number_in_between_is_told():
    with pytest.raises(EstimateError, match="spreekt elkaar tegen"):
        table({"a": 2.2}, {"a": 2.8}, [], targets=["a"], whole=True)


def test_cells_without_a_row_are_told():
    cells = pd.DataFrame({"cell": ["a"], "low": [0], "high": [4]})
    for settings_ in ({"relations": [{"z": 1}]}, {"relations": [], "targets": ["z"]}):
        with pytest.raises(EstimateError, match="precies een rij"):
            attackers.cell_bounds(cells, **settings_)
    with pytest.raises(EstimateError, match="precies een rij"):
        attackers.cell_bounds(pd.concat([cells, cells]), relations=[])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.data())
def test_integer_bounds_are_those_of_all_tables_that_agree(values, data):
    """A 2 x 2 table with rounded or hidden cells and margins, against every table with cells up to 9."""
    a, b, c, d = values
    true = {"a": a, "b": b, "c": c, "d": d, "r1": a + b, "r2": c + d, "k1": a + c, "k2": b + d, "t": a + b + c + d}
    wide = {name: data.draw(st.sampled_from([0, 0, 1, 2, 9]), label=name) for name in true}
    low = {name: max(0, true[name] - wide[name]) for name in true}
    high = {name: min(true[name] + wide[name], 36 if len(name) > 1 or name == "t" else 9) for name in true}
    relations = [
        {"a": 1, "b": 1, "r1": -1}, {"c": 1, "d": 1, "r2": -1}, {"a": 1, "c": 1, "k1": -1}, {"b": 1, "d": 1, "k2": -1},
        {"r1": 1, "r2": 1, "t": -1},
    ]
    possible = {name: [] for name in "abcd"}
    for cells in product(*(range(low[name], high[name] + 1) for name in "abcd")):
        w, x, y, z = cells
        sums = {"r1": w + x, "r2": y + z, "k1": w + y, "k2": x + z, "t": sum(cells)}
        if all(low[name] <= each <= high[name] for name, each in sums.items()):
            for name, each in zip("abcd", cells, strict=True):
                possible[name].append(each)
    found = table(low, high, relations, targets=list("abcd"), whole=True)
    assert found == {name: (min(each), max(each)) for name, each in possible.items()}
    loose = table(low, high, relations, targets=list("abcd"))
    assert all(loose[name][0] <= found[name][0] + 1e-7 and found[name][1] <= loose[name][1] + 1e-7 for name in found)


def test_goals_may_be_combinations_and_large_counts_are_exact():
    """The sum of two hidden cells may be known though neither is; and no gap is left at a million."""
    sums = np.array([[1.0, 1, 1, 0], [0, 0, 1, 1]])
    least, most = attackers.extremes(
        np.array([[1.0, 1, 0, 0], [1, 0, 0, 0]]), sums, np.array([1_000_003.0, 10]), np.array([1_000_003.0, 10]),
        highest=np.array([np.inf, np.inf, 7, np.inf]), whole=True,
    )
    assert_allclose(least, [999_996, 0], rtol=0)
    assert_allclose(most, [1_000_003, 1_000_003], rtol=0)


def test_a_share_is_two_relations():
    """30.0% at one decimal of an unknown n from 5 to 12: only 3 of 10."""
    rounds = np.array([[1, -0.2995], [1, -0.3005]])
    least, most = attackers.extremes(
        np.eye(2), rounds, np.array([0, -np.inf]), np.array([np.inf, 0]), lowest=np.array([0.0, 5]),
        highest=np.array([np.inf, 12]), whole=True,
    )
    assert (least.tolist(), most.tolist()) == ([3, 10], [3, 10])
