import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import poisson

from hgeval.errors import EstimateError
from hgeval.stats import ratios


def numbers(found: pd.DataFrame, *names: str) -> np.ndarray:
    return found[list(names)].to_numpy(dtype=float, na_value=np.nan)


def test_reference_rates_smr():
    known = case("rates_smr")
    for method in ratios.METHODS:
        found = ratios.observed_expected(known.rows, observed="obs", expected="exp", method=method)
        known.same(numbers(found, "value")[:, 0], [each["smr"] for each in known.expected])
        known.same(numbers(found, "low", "high"), [each[method] for each in known.expected])
        known.same(numbers(found, "p")[:, 0], [each["p_exact"] for each in known.expected])


def by_sum(x: int, mean: float) -> float:
    every = poisson.pmf(np.arange(2000), mean)
    return every[every <= poisson.pmf(x, mean) * (1 + 1e-7)].sum()


@settings(max_examples=25, deadline=None)
@given(x=st.integers(0, 200), mean=st.floats(0.05, 200))
def test_the_exact_chance_is_the_sum_of_all_that_is_no_likelier(x, mean):
    assert_allclose(ratios.chance(x, mean)[0], by_sum(x, mean), rtol=1e-6, atol=1e-13)


@pytest.mark.parametrize(("x", "mean"), [(2, 2), (1, 2), (3, 3), (0, 1), (1, 1), (4, 5), (5, 5), (6, 5)])
def test_counts_that_are_exactly_as_likely_count_as_extreme(x, mean):
    assert_allclose(ratios.chance(x, mean), [by_sum(x, mean)], rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(x=st.integers(0, 400), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_midp_solves_its_equation(x, level):
    low, high = (limit[0] for limit in ratios.midp(x, level))
    tail = (1 - level) / 2
    assert_allclose(poisson.cdf(x - 1, high) + poisson.pmf(x, high) / 2, tail, rtol=1e-9)
    if x:
        assert_allclose(poisson.sf(x, low) + poisson.pmf(x, low) / 2, tail, rtol=1e-9)
    else:
        assert low == 0


@pytest.mark.parametrize("method", list(ratios.METHODS))
@settings(max_examples=25, deadline=None)
@given(x=st.integers(0, 400), level=st.sampled_from([0.5, 0.95, 0.9999]))
def test_limits_hold_the_count(method, x, level):
    low, high = (limit[0] for limit in ratios.METHODS[method](x, level))
    assert 0 <= low <= x < high
    assert (low == 0) == (x == 0) or method == "byar"


def test_statsmodels_still_gets_the_midp_limits_of_none_wrong():
    from statsmodels.stats.rates import confint_poisson

    low, high = confint_poisson(0, 2.3, method="midp-c")
    assert round(low, 2) == round(high, 2) == 1.30  # the lower limit should be 0
    assert_allclose(np.ravel(ratios.midp(0)) / 2.3, [0, np.log(20) / 2.3])  # exp(-m) / 2 = .025


def test_statsmodels_gives_the_same_exact_limits():
    from statsmodels.stats.rates import confint_poisson

    for x in (0, 1, 7, 300):
        assert_allclose(np.ravel(ratios.exact(x)), confint_poisson(x, 1, method="exact-c"), rtol=1e-9, atol=1e-12)


def test_a_rate_scales_the_limits_of_the_count():
    rows = pd.DataFrame({"region": ["A", "B", "C"], "wave": "T1", "events": [0, 7, 3], "n": [2_000, 14_000, 0]})
    before = rows.copy()
    found = ratios.rate(rows, per=1000, groups=["wave"], measure="meldingen")
    assert_allclose(numbers(found, "value")[:2, 0], [0, 0.5])
    assert_allclose(numbers(found, "low", "high")[1], np.ravel(ratios.exact(7)) / 14)
    assert found.loc[2, ["value", "low", "high"]].isna().all()
    assert found["region"].tolist() == ["A", "B", "C"] and found["wave"].tolist() == ["T1"] * 3
    pd.testing.assert_frame_equal(rows, before)


def test_expecting_nothing_or_knowing_nothing_is_missing():
    rows = pd.DataFrame({"observed": pd.array([0, 3, None], "Int64"), "expected": [0, 0, 2.5]})
    for method in ratios.METHODS:
        found = ratios.observed_expected(rows, method=method)
        assert np.isnan(numbers(found, "value", "low", "high", "p")).all()


def test_bad_input_is_refused():
    rows = pd.DataFrame({"observed": [-1], "expected": [2]})
    with pytest.raises(EstimateError, match="aantal kleiner dan 0"):
        ratios.observed_expected(rows)
    with pytest.raises(EstimateError, match="Bekend zijn: exact, byar, midp"):
        ratios.observed_expected(rows, method="score")
    with pytest.raises(EstimateError, match="mist de kolommen expected"):
        ratios.observed_expected(rows.drop(columns="expected"))
