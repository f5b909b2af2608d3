"""Amounts divided to the cent, worked out by hand; and that the parts add up whatever the weights."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgeval import finance_shares
from hgeval.errors import EstimateError

WEIGHTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=40)
CENTS = st.integers(0, 10**11)


@pytest.mark.parametrize(("total", "weights", "parts"), [
    (100, [1, 1, 1], [34, 33, 33]),  # thirds: the first gets what is left
    (101, [1, 1, 1], [34, 34, 33]),
    (200, [1, 1, 1], [67, 67, 66]),
    (100, [1, 2, 3], [17, 33, 50]),  # 16 2/3, 33 1/3, 50: the largest rest gets it
    (10, [3, 3, 1], [4, 4, 2]),  # 4 2/7, 4 2/7, 1 3/7: the third has the largest rest
    (1, [1, 1], [1, 0]),
    (3, [1, 1], [2, 1]),  # a tie
    (75_017_824, [494_766], [75_017_824]),
    (0, [5, 7], [0, 0]),
    (0, [0, 0], [0, 0]),
    (100, [0, 4], [0, 100]),
    (100, [], None),
    (1, [0, 0], None),
])
def test_parts_by_hand(total, weights, parts):
    assert finance_shares.allocate(total, weights) == parts


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (100, [3, -1])])
def test_nothing_is_negative(total, weights):
    with pytest.raises(EstimateError, match=r"kleiner dan 0\. Verwacht: .* Controleer de tabel costs"):
        finance_shares.allocate(total, weights)


@settings(max_examples=200, deadline=None)
@given(CENTS, WEIGHTS)
def test_the_parts_add_up_and_are_within_a_cent(total, weights):
    parts, whole = finance_shares.allocate(total, weights), sum(weights)
    if not whole and total:
        assert parts is None
        return
    assert sum(parts) == total
    assert all(abs(part * whole - total * weight) < max(whole, 1) for part, weight in zip(parts, weights, strict=True))


@settings(max_examples=200, deadline=None)
@given(CENTS, WEIGHTS)
def test_who_weighs_more_never_pays_less(total, weights):
    parts = finance_shares.allocate(total, weights)
    if parts is not None:
        pairs = sorted(zip(weights, parts, strict=True))
        assert all(one[0] == other[0] or one[1] <= other[1] for one, other in zip(pairs, pairs[1:], strict=False))


@settings(max_examples=100, deadline=None)
@given(CENTS, CENTS, st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**4)), min_size=1, max_size=30))
def test_every_key_adds_up_to_the_same(fixed, variable, towns):
    people, incidents = [list(each) for each in zip(*towns, strict=True)]
    keys = finance_shares.by_keys(fixed, variable, people=people, incidents=incidents)
    sums = [sum(part) for part in keys if part is not None]
    assert set(sums) <= {fixed + variable} and keys.inhabitant is not None


def test_fixed_by_inhabitants_and_variable_by_incidents():
    """90 cents fixed over 1:2, 10 variable over 4:1."""
    keys = finance_shares.by_keys(90, 10, people=[100, 200], incidents=[4, 1])
    assert keys == ([33, 67], [80, 20], [38, 62])


@pytest.mark.parametrize(("fixed", "variable", "keys"), [
    (90, 10, ([30, 70], None, None)),
    (100, 0, ([30, 70], None, [30, 70])),  # nothing to divide by incidents
    (0, 0, ([0, 0], [0, 0], [0, 0])),
])
def test_without_any_incident(fixed, variable, keys):
    assert finance_shares.by_keys(fixed, variable, people=[3, 7], incidents=[0, 0]) == keys


@pytest.mark.parametrize(("euros", "cents"), [(0.29, 29), (1.15, 115), (750178.24, 75_017_824)])
def test_euros_are_whole_cents(euros, cents):
    assert finance_shares.cents(euros) == cents
