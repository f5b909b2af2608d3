import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval import benchmark
from hgeval.errors import EstimateError
from hgeval.stats import funnels


def floats(column):
    return column.to_numpy(dtype="float64", na_value=np.nan)


def at(found, method, level, column, order):
    rows = found[(found["method"] == method) & (found["level"] == level)].set_index("region")
    return floats(rows.loc[order, column])


def number(found, measure, method):
    rows = found[(found["measure"] == measure) & (found["method"] == method) & (found["region"] == "NL")]
    assert len(rows) == 1
    return rows["value"].iloc[0]


def same_limits(told, found, method, theirs, order):
    for level, name in ((0.95, "95"), (0.998, "998")):
        told.same(at(found, method, level, "low", order), theirs[f"l{name}"])
        told.same(at(found, method, level, "high", order), theirs[f"u{name}"])


def test_reference_funnel_proportion():
    told = case("funnel_proportion")
    found, theirs, order = funnels.proportions(told.rows, events="y"), told.expected, told.rows["region"].tolist()
    told.same(number(found, "target", "pooled"), theirs["target"])
    same_limits(told, found, "binomial_exact", theirs["exact_limits"], order)
    same_limits(told, found, "binomial_deff", theirs["exact_limits"], order)  # of a design effect 1
    told.same(at(found, "binomial_exact", 0.95, "statistic", order), theirs["z"])
    told.same(at(found, "binomial_exact", 0.95, "p", order), theirs["midp_two_sided"])
    told.same(number(found, "phi", "phi_raw"), theirs["phi_raw"])
    told.same(number(found, "phi", "phi_winsorised"), theirs["phi_winsor"])
    same_limits(told, found, "phi_winsorised", theirs["mult_od_limits"], order)
    told.same(number(found, "tau2", "tau2"), theirs["tau2_additive_linear"])
    told.same(at(found, "tau2_linear", 0.95, "statistic", order), theirs["z_additive_linear"])
    told.same(at(found, "tau2_arcsine", 0.95, "statistic", order), theirs["arcsine_z"])
    told.same(number(found, "phi", "phi_winsorised_arcsine"), theirs["arcsine_phi_winsor"])
    told.same(number(found, "tau2", "tau2_arcsine"), theirs["arcsine_tau2"])
    same_limits(told, found, "tau2_arcsine", theirs["arcsine_od_limits"], order)


def test_reference_funnel_smr():
    told = case("funnel_smr")
    found, theirs = funnels.ratios(told.rows, observed="obs", expected="exp"), told.expected
    order = told.rows["region"].tolist()
    told.same(at(found, "poisson_exact", 0.95, "value", order), theirs["smr"])
    same_limits(told, found, "poisson_exact", theirs["exact_limits"], order)
    told.same(at(found, "poisson_exact", 0.998, "statistic", order), theirs["log_z"])
    told.same(number(found, "phi", "phi_winsorised_log"), theirs["phi_winsor"])
    told.same(number(found, "tau2", "tau2_log"), theirs["tau2"])
    same_limits(told, found, "tau2_log", {k.removeprefix("od_"): v for k, v in theirs.items() if "od_" in k}, order)


def test_the_consistency_factor():
    assert_allclose(funnels.CONSISTENCY, 1.473, atol=6e-4)  # printed 1.473, cut off: it is 1.47350
    cut = stats.norm.ppf(0.9)
    drawn_in = stats.norm.expect(lambda z: np.clip(z, -cut, cut) ** 2)
    assert_allclose(funnels.CONSISTENCY, 1 / drawn_in, rtol=1e-8)


def test_phi_with_the_factor_is_one_where_regions_do_not_differ_and_without_it_a_third_less():
    z = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    found = funnels.spread(z, np.ones(len(z)))
    assert_allclose(found.consistent, 1, atol=1e-4)
    assert_allclose(found.winsorised, 0.67865, atol=1e-4)


def test_consistent_limits_are_wider_by_the_root_of_the_factor():
    rows = pd.DataFrame({"region": list("abcdef"), "events": [10, 30, 55, 20, 60, 35], "n": 100})
    found = funnels.proportions(rows)
    half = {m: at(found, m, 0.95, "high", ["a"])[0] - 0.35 for m in ("phi_winsorised", "phi_consistent")}
    assert_allclose(half["phi_consistent"] / half["phi_winsorised"], np.sqrt(funnels.CONSISTENCY))


def test_less_difference_than_chance_does_not_narrow_the_funnel():
    rows = pd.DataFrame({"region": list("abcd"), "events": [30, 30, 31, 29], "n": 100})
    found = funnels.proportions(rows)
    s0 = np.sqrt(0.3 * 0.7 / 100)
    for method in ("phi_winsorised", "phi_consistent", "tau2_linear"):
        assert_allclose(at(found, method, 0.95, "high", ["a"]), 0.3 + 1.959963984540054 * s0)
    assert number(found, "tau2", "tau2") == 0


@given(st.integers(1, 2000), st.floats(0.001, 0.999), st.sampled_from([0.001, 0.025, 0.975, 0.999]))
def test_binomial_limits_lie_within_one_family_of_the_quantile(n, p, tail):
    k = stats.binom.ppf(tail, n, p)
    upto, below = stats.binom.cdf(k, n, p), stats.binom.cdf(k - 1, n, p)
    hand = np.clip((k - (upto - tail) / (upto - below)) / n, 0, 1)
    assert_allclose(funnels.binomial_limit(tail, n, p), hand, rtol=1e-7, atol=1e-9)


@given(st.floats(0.01, 3000), st.sampled_from([0.001, 0.025, 0.975, 0.999]))
def test_poisson_limits_lie_within_one_of_the_quantile(mean, tail):
    k = stats.poisson.ppf(tail, mean)
    upto, below = stats.poisson.cdf(k, mean), stats.poisson.cdf(k - 1, mean)
    hand = max(k - (upto - tail) / (upto - below), 0) / mean
    assert_allclose(funnels.poisson_limit(tail, mean), hand, rtol=1e-7, atol=1e-9)


def test_the_limits_are_those_that_the_reports_draw():
    n = np.array([0, 1, 5, 30, 44, 500.0])
    for target in (0.0, 0.01, 0.3, 1.0):
        theirs = benchmark.funnel_curve(target, n)
        for name, tail in benchmark.LIMITS.items():
            assert_allclose(funnels.binomial_limit(tail, n, target), theirs[name], rtol=1e-12)


def test_no_families_no_limits_and_nothing_for_the_others():
    rows = pd.DataFrame({"region": ["a", "b", "c"], "events": [3, 0, 6], "n": [10, 0, 10]})
    found = funnels.proportions(rows)
    without = funnels.proportions(rows[rows["n"] > 0])
    empty = found[found["region"] == "b"]
    assert empty[["value", "low", "high", "statistic", "p"]].isna().all().all()
    for method in set(found["method"]):
        pd.testing.assert_frame_equal(
            found[(found["method"] == method) & (found["region"] != "b")].reset_index(drop=True),
            without[without["method"] == method].reset_index(drop=True),
        )
    answers = funnels.questions(found).set_index("region")
    assert answers.loc["b"].isna().all() and answers.loc["a"].notna().all()


def test_one_region_a_share_of_none_and_no_regions():
    one = funnels.proportions(pd.DataFrame({"region": ["a"], "events": [3], "n": [10]}))
    assert pd.isna(number(one, "tau2", "tau2")) and number(one, "phi", "phi_raw") == 0
    none = funnels.proportions(pd.DataFrame({"region": ["a", "b"], "events": [0, 0], "n": [10, 20]}))
    exact = none[none["method"] == "binomial_exact"]
    assert (exact["low"] == 0).all() and (exact["high"] == 0).all() and exact["statistic"].isna().all()
    assert pd.isna(number(none, "phi", "phi_winsorised"))
    empty = funnels.proportions(pd.DataFrame({"region": [], "events": [], "n": []}))
    assert set(empty["region"]) == {"NL"} and empty["value"].isna().all()


def test_limits_on_the_arcsine_scale_do_not_fold_back():
    found = funnels.proportions(pd.DataFrame({"region": ["a", "b"], "events": [3, 270], "n": [3, 300]}))
    assert at(found, "tau2_arcsine", 0.998, "high", ["a"])[0] == 1
    low = funnels.proportions(pd.DataFrame({"region": ["a", "b"], "events": [0, 30], "n": [3, 300]}))
    assert at(low, "tau2_arcsine", 0.998, "low", ["a"])[0] == 0


def test_a_ratio_to_nothing_is_undefined_and_none_observed_is_not():
    rows = pd.DataFrame({"region": ["a", "b", "c"], "observed": [0, 2, 9], "expected": [4.0, 0.0, 8.0]})
    found = funnels.ratios(rows)
    assert found.loc[found["region"] == "b", ["value", "low", "high"]].isna().all().all()
    assert at(found, "poisson_exact", 0.95, "value", ["a"])[0] == 0
    assert_allclose(at(found, "poisson_exact", 0.95, "statistic", ["a"]), 2 * np.log(0.5 / 4))


def test_both_questions_have_their_own_answer():
    """Twenty regions from 15% to 35%: chance alone would not do this, yet between these regions it is usual."""
    events = np.linspace(60, 140, 20).round()
    rows = pd.DataFrame({"region": [f"r{at:02}" for at in range(20)], "events": events, "n": 400})
    found = funnels.questions(funnels.proportions(rows)).set_index("region")
    assert found["more_than_chance"].sum() > 5
    assert not found["more_than_usual"].any()
    outlier = pd.concat([rows, pd.DataFrame({"region": ["far"], "events": [330], "n": [400]})])
    assert funnels.questions(funnels.proportions(outlier)).set_index("region").loc["far", "more_than_usual"]


def test_a_design_effect_counts_as_fewer_families():
    rows = pd.DataFrame({"region": ["a", "b"], "events": [30, 90], "n": [150, 150]})
    found = funnels.proportions(rows, target=0.3, deff=1.5)
    assert_allclose(at(found, "binomial_deff", 0.95, "low", ["a"]), funnels.binomial_limit(0.025, 100, 0.3))
    assert_allclose(at(found, "binomial_exact", 0.95, "low", ["a"]), funnels.binomial_limit(0.025, 150, 0.3))
    ratio = funnels.ratios(pd.DataFrame({"region": ["a"], "observed": [3], "expected": [9.0]}), deff=1.5)
    assert_allclose(at(ratio, "poisson_deff", 0.95, "low", ["a"]), funnels.poisson_limit(0.025, 6.0))


def test_what_cannot_be_is_told():
    rows = pd.DataFrame({"region": ["a"], "events": [11], "n": [10]})
    with pytest.raises(EstimateError, match="deel is nooit groter"):
        funnels.proportions(rows)
    with pytest.raises(EstimateError, match="0 of meer"):
        funnels.ratios(pd.DataFrame({"region": ["a"], "observed": [1], "expected": [-1.0]}))
    with pytest.raises(EstimateError, match="deff"):
        funnels.proportions(rows.assign(events=1), deff=0)
    with pytest.raises(EstimateError, match="mist de kolommen"):
        funnels.proportions(rows[["region"]])
