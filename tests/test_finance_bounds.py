"""Bounds by hand, and against every set of counts that looks the same to a reader."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgeval import disclosure_rule, finance_bounds

RULE = disclosure_rule.rule().public()
HIDDEN = None


def years(*rows):
    return pd.DataFrame(list(rows), columns=[str(2023 + at) for at in range(len(rows[0]))], dtype="float64")


def total(*numbers):
    return years(list(numbers) if numbers else [HIDDEN])


@pytest.mark.parametrize(("shown", "least", "most"), [
    (10, 10, 12), (15, 13, 17), (20, 18, 22), (HIDDEN, 0, 9),
])
def test_what_a_visible_or_hidden_count_may_be(shown, least, most):
    low, high = finance_bounds.ends(years([shown]), RULE)
    assert (low.iat[0, 0], high.iat[0, 0]) == (least, most)


def test_parts_by_hand():
    """A 18 to 22, B 10 to 12, C 0 to 9: A is 18 of 18 + 21 at least, and 22 of 22 + 10 at most."""
    found = finance_bounds.parts(years([20], [10], [HIDDEN]), total(), RULE)
    assert found == [(Fraction(18, 39), Fraction(22, 32)), (Fraction(10, 41), Fraction(12, 30)),
                     (Fraction(0), Fraction(9, 37))]


def test_the_count_of_the_region_narrows_them():
    """All together 28 to 32, so C is 4 at most: A has 18 of 32 at least and 22 of 32 at most."""
    found = finance_bounds.parts(years([20], [10], [HIDDEN]), total(30), RULE)
    assert found == [(Fraction(18, 32), Fraction(22, 32)), (Fraction(10, 32), Fraction(12, 30)),
                     (Fraction(0), Fraction(4, 32))]


def test_the_count_of_the_region_may_raise_the_least():
    """All together 38 to 42 and B and C 21 at most: A and B and C cannot all be low. C is at least 38 - 34."""
    found = finance_bounds.parts(years([20], [10], [HIDDEN]), total(40), RULE)
    assert found[2] == (Fraction(4, 38), Fraction(9, 38))


def every_look_alike(shown, together):
    """Each municipality's part in every table of counts that rounds to what is shown."""
    def round_to(count):
        return (count + 2) // 5 * 5 if count >= 10 else HIDDEN

    def fits(number):
        return [count for count in range(60) if round_to(count) == number]

    columns = list(zip(*shown, strict=True))
    per_year = [[counts for counts in itertools.product(*map(fits, column)) if round_to(sum(counts)) == whole]
                for column, whole in zip(columns, together, strict=True)]
    sums = {tuple(map(sum, zip(*pick, strict=True))) for pick in itertools.product(*per_year)}
    return [[Fraction(each[at], sum(each)) for each in sums] for at in range(len(shown))]


@pytest.mark.parametrize(("shown", "together"), [
    ([[20], [10], [HIDDEN]], [30]), ([[20], [10], [HIDDEN]], [40]), ([[10], [HIDDEN], [HIDDEN]], [15]),
    ([[10], [HIDDEN], [HIDDEN]], [30]), ([[10, 15], [HIDDEN, 10]], [15, 25]), ([[10, HIDDEN], [HIDDEN, 10]], [20, 10]),
])
def test_no_bound_is_too_wide_or_too_narrow(shown, together):
    found = finance_bounds.parts(years(*shown), total(*together), RULE)
    parts = every_look_alike(shown, together)
    assert found == [(min(each), max(each)) for each in parts]


@pytest.mark.parametrize(("together", "weighed"), [
    (40, [2000, 1000, 500, 500]),  # 10 are left for two
    (35, [2000, 1000, 250, 250]),
    (25, [2000, 1000, 0, 0]),  # rounding left less than nothing
    (90, [2000, 1000, 900, 900]),  # no hidden count is above 9
    (HIDDEN, [2000, 1000, 500, 500]),  # not known: half of 9, rounded up
])
def test_what_is_left_is_shared_by_the_hidden(together, weighed):
    assert finance_bounds.weights(years([20], [10], [HIDDEN], [HIDDEN]), total(together), RULE) == weighed


def test_without_hidden_counts_each_weighs_what_it_shows():
    assert finance_bounds.weights(years([20, 10], [15, 30]), total(35, 35), RULE) == [3000, 4500]


@pytest.mark.parametrize(("ends", "least", "most"), [
    ([(50, 50), (40, 40), (60, 60)], 0.2, 0.2),
    ([(40, 60), (50, 50), (45, 70)], 0, 0.2864),  # all may be 50; most: 40, 50, 70 with sd 15.28 and mean 53.33
    ([(10, 20), (30, 40)], 0.2828, 0.8485),  # 20 and 30: 7.07 / 25; 10 and 40: 21.21 / 25
    ([(10, 10), (30, 30), (0, 100)], 0.4804, 1.1456),  # least with 1000 / 40 = 25; most with 0: sd 15.28, mean 13.33
    ([(0, 0), (0, 9)], 1.4142, 1.4142),
])
def test_variation_by_hand(ends, least, most):
    assert finance_bounds.variation(ends) == pytest.approx((least, most), abs=5e-5)


@pytest.mark.parametrize("ends", [[(5.0, 9.0)], [(0.0, 0.0), (0.0, 0.0)]])
def test_of_one_year_or_of_nothing_there_is_none(ends):
    assert finance_bounds.variation(ends) is None


BOXES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 30)), min_size=2, max_size=5)


@settings(max_examples=150, deadline=None)
@given(BOXES, st.integers(0, 2**32 - 1))
def test_nothing_within_the_ends_varies_less_or_more(boxes, seed):
    low = np.array([one for one, _ in boxes], dtype="float64") + 1
    high = low + [width for _, width in boxes]
    least, most = finance_bounds.variation(list(zip(low, high, strict=True)))
    drawn = np.random.default_rng(seed).uniform(low, high, (400, len(low)))
    levels = np.clip(np.linspace(low.min(), high.max(), 400)[:, None], low, high)
    for points in (drawn, levels):
        found = points.std(axis=1, ddof=1) / points.mean(axis=1)
        assert found.min() >= least - 1e-9 and found.max() <= most + 1e-9
    assert (levels.std(axis=1, ddof=1) / levels.mean(axis=1)).min() <= least + 0.01  # and it is attained
