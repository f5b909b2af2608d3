"""Points and weightings by hand: the number of weightings, ties, and draws that are the same each time."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from hgeval import divisions_weights as weights


def groups(**points):
    """Points of options a, b, c in two groups."""
    return pd.DataFrame(points, index=["nearby", "expert"], dtype="float64").T


@pytest.mark.parametrize(("count", "step", "number"), [
    (4, 0.1, 286), (3, 0.1, 66), (2, 0.1, 11), (1, 0.1, 1), (4, 0.25, 35), (4, 0.05, 1771),
])
def test_the_number_of_weightings_on_the_grid(count, step, number):
    grid = weights.simplex(count, step)
    assert grid.shape == (number, count)
    assert_allclose(grid.sum(axis=1), 1)
    assert grid.min() == (0 if count > 1 else 1) and grid.max() == 1
    assert len(np.unique(grid.round(6), axis=0)) == number
    assert_allclose(grid / step, (grid / step).round(), atol=1e-9)


def test_a_grid_of_three_by_hand():
    assert_allclose(weights.simplex(2, 0.5), [[0, 1], [0.5, 0.5], [1, 0]])


def test_draws_are_the_same_for_a_seed_and_add_to_one():
    first = weights.dirichlet(4, 5000, 1)
    assert_allclose(first, weights.dirichlet(4, 5000, 1), rtol=0)
    assert first.shape == (5000, 4) and not np.array_equal(first, weights.dirichlet(4, 5000, 2))
    assert_allclose(first.sum(axis=1), 1)
    assert_allclose(first.mean(axis=0), 0.25, atol=0.01)
    assert_allclose(first.var(axis=0), 3 / 80, atol=0.003)  # of a Dirichlet with four ones


@pytest.mark.parametrize(("points", "step", "shares"), [
    ({"a": [100, 0], "b": [0, 100]}, 0.5, [0.5, 0.5]),  # the middle one is shared
    ({"a": [100, 0], "b": [0, 100], "c": [60, 60]}, 0.5, [1 / 3, 1 / 3, 1 / 3]),
    ({"a": [100, 0], "b": [0, 100], "c": [60, 60]}, 0.25, [0.4, 0.4, 0.2]),
    ({"a": [100, 0], "b": [0, 100], "c": [50, 50]}, 0.25, [7 / 15, 7 / 15, 1 / 15]),  # all three share the middle
    ({"a": [100, 0], "b": [0, 100], "c": [40, 40]}, 0.25, [0.5, 0.5, 0]),
])
def test_in_which_share_of_the_weightings_each_wins(points, step, shares):
    found = weights.wins(groups(**points), weights.simplex(2, step))
    assert_allclose(found, shares)
    assert list(found.index) == list(points) and found.sum() == pytest.approx(1)


def test_drawn_weightings_come_close_to_the_exact_shares():
    """With a (100, 0), b (0, 100), c (60, 60) a wins above a weight of 0.6 and b under 0.4."""
    found = weights.wins(groups(a=[100, 0], b=[0, 100], c=[60, 60]), weights.dirichlet(2, 5000, 1))
    assert_allclose(found, [0.4, 0.4, 0.2], atol=0.03)


def test_points_run_from_0_to_100_and_know_what_is_wanted():
    criteria = pd.DataFrame({
        "towns": [2.0, 4.0, 6.0], "volume": [0.2, 0.4, 0.3], "distance": [1.0, np.nan, 3.0], "load": [5.0, 5.0, 5.0],
        "balance": [0.3, 0.1 + 0.2, 0.3],
    }, index=["a", "b", "c"])
    points = weights.scaled(criteria)
    assert points.to_dict("list") == {"towns": [100, 50, 0], "volume": [0, pytest.approx(100), pytest.approx(50)]}


def test_a_group_is_the_mean_of_its_criteria_and_may_be_absent():
    points = pd.DataFrame({"volume": [0.0, 100.0], "expertise": [50.0, 0.0], "towns": [10.0, 20.0]}, index=["a", "b"])
    found = weights.by_group(points)
    assert found.to_dict("list") == {"nearby": [10, 20], "expert": [25, 50]}


@pytest.mark.parametrize(("own", "totals"), [
    ({"nearby": 1, "expert": 1}, [50, 40]), ({"nearby": 3, "expert": 1}, [75, 40]),
    ({"nearby": 30, "expert": 10}, [75, 40]), ({"nearby": 0, "expert": 2}, [0, 40]),
])
def test_only_the_proportions_of_the_weights_matter(own, totals):
    found = weights.totals(groups(a=[100, 0], b=[40, 40]), own | {"partners": 7, "manageable": 9})
    assert_allclose(found, totals)


def test_without_a_weight_on_what_is_there_nobody_has_points():
    found = weights.totals(groups(a=[100, 0]), {"nearby": 0, "expert": 0})
    assert found.isna().all() and weights.winners(found) == []


def test_equal_points_share_the_first_place():
    assert weights.winners(pd.Series({"a": 70.0, "b": 69.999, "c": 70 + 1e-12})) == ["a", "c"]
