import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import ranks


def frame(values, se):
    return pd.DataFrame({"region": [f"r{at}" for at in range(len(values))], "value": values, "se": se})


def both(rows):
    return [ranks.rank_sets(rows, seed=1, draws=1000), ranks.rank_sets_holm(rows)]


def sets(found):
    return list(zip(found["low"], found["high"], strict=True))


def test_three_regions_by_hand():
    # Differences over their standard error sqrt(2): 10/1.41 and 12/1.41 are sure; 2/1.41 = 1.41 is not.
    for found in both(frame([12.0, 10.0, 0.0], 1.0)):
        assert found["value"].tolist() == [1, 2, 3]
        assert sets(found) == [(1, 2), (1, 2), (3, 3)]


def test_holm_by_hand():
    # Of region r0: p of .0143, .0143 and .077 with the others. Three comparisons: .0143 x 3 = .043 is below .05, so is
    # .0143 x 2, and .077 is not. Bonferroni of all six differences would find none.
    found = ranks.rank_sets_holm(frame([0.0, 3.465, 3.465, 2.5], 1.0)).set_index("region")
    assert 2 * stats.norm.sf(3.465 / np.sqrt(2)) == pytest.approx(0.0143, abs=1e-4)
    assert (found.loc["r0", "low"], found.loc["r0", "high"]) == (3, 4)


def test_the_second_holm_step_is_easier_than_the_first():
    # .0143 x 2 is below .05; .0366 x 1 is too, but .0366 x 2 (no step down) would not be.
    found = ranks.rank_sets_holm(frame([0.0, 3.465, 2.957], 1.0)).set_index("region")
    assert 2 * stats.norm.sf(2.957 / np.sqrt(2)) == pytest.approx(0.0366, abs=1e-4)
    assert found.loc["r0", "low"] == 3


def test_a_step_that_fails_stops_the_next():
    # p of .03 and .03 with two others: .03 x 2 is above .05, so neither is sure, though .03 x 1 alone would be.
    z = stats.norm.isf(0.015) * np.sqrt(2)
    found = ranks.rank_sets_holm(frame([0.0, z, z], 1.0)).set_index("region")
    assert (found.loc["r0", "low"], found.loc["r0", "high"]) == (1, 3)


def test_two_regions_are_one_comparison():
    """Then the critical value is the normal one."""
    for apart, alone in ((1.95, False), (1.97, True)):
        found = ranks.rank_sets_holm(frame([0.0, apart * np.sqrt(2)], 1.0))
        assert (sets(found) == [(2, 2), (1, 1)]) is alone
    simulated = [ranks.rank_sets(frame([0.0, apart * np.sqrt(2)], 1.0), seed=2) for apart in (1.9, 2.02)]
    assert [sets(each) for each in simulated] == [[(1, 2), (1, 2)], [(2, 2), (1, 1)]]


def test_the_sets_cover_the_true_place():
    """26 regions forty times: each place is in its set at least 95% of the time, and the sets are wide."""
    random = np.random.default_rng(5)
    held, width = {"mogstad_simulated": [], "mogstad_holm": []}, []
    for at in range(40):
        truth, se = random.normal(0, 0.3, 26), random.uniform(0.1, 0.4, 26)
        place = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        rows = frame(random.normal(truth, se), se)
        for found in (ranks.rank_sets(rows, seed=at, draws=500), ranks.rank_sets_holm(rows)):
            held[found["method"][0]].append(((found["low"] <= place) & (place <= found["high"])).mean())
            width.append((found["high"] - found["low"] + 1).mean())
    assert min(np.mean(each) for each in held.values()) > 0.95
    assert np.mean(width) > 13  # more than half of the places: that is what this is for


def test_the_simulated_set_covers_no_more_than_needed_where_none_differ():
    """All alike, five regions: a region is sure of a difference in close to 5% of the samples, not far fewer."""
    random = np.random.default_rng(6)
    sure = 0
    for at in range(200):
        found = ranks.rank_sets(frame(random.normal(size=5), 1.0), seed=at, draws=500)
        sure += ((found["low"] > 1) | (found["high"] < 5)).sum()
    assert 0.03 < sure / 1000 < 0.07


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=1, max_size=8))
def test_a_set_always_holds_its_own_place(pairs):
    rows = frame([value for value, _ in pairs], [se for _, se in pairs])
    for found in both(rows):
        assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
        assert found["low"].ge(1).all() and found["high"].le(len(rows)).all()


def test_ties_one_region_none_and_unknown_ones():
    for found in both(frame([1.0, 1.0], 0.001)):
        assert sets(found) == [(1, 2), (1, 2)]
    for found in both(frame([1.0], 1.0)):
        assert sets(found) == [(1, 1)]
    for found in both(frame([], [])):
        assert len(found) == 0
    for found in both(frame([50.0, None, 0.0], [1.0, 1.0, 1.0])):
        assert found.loc[1, ["value", "low", "high"]].isna().all()
        assert found.loc[[0, 2], "high"].tolist() == [1, 2]


def test_no_spread_is_told():
    with pytest.raises(EstimateError, match="standaardfout"):
        ranks.rank_sets_holm(frame([1.0, 2.0], [0.1, 0.0]))
