import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import betabinomial


def floats(column):
    return column.to_numpy(dtype="float64", na_value=np.nan)


def national(found, measure):
    return found.loc[(found["measure"] == measure) & (found["region"] == "NL"), "value"].iloc[0]


def of(found, method):
    return found[(found["method"] == method) & (found["region"] != "NL")].reset_index(drop=True)


def frame(events, n):
    return pd.DataFrame({"region": [f"r{at}" for at in range(len(events))], "events": events, "n": n})


def test_reference_betabinomial_eb():
    told = case("betabinomial_eb")
    found = betabinomial.shrunken_shares(told.rows, events="y", seed=1, draws=20)
    names = {"alpha": "alpha", "beta": "beta", "mean": "mu", "rho": "rho", "log_likelihood": "loglik"}
    for ours, theirs in names.items():
        told.same(national(found, ours), told.expected[theirs])
    plugin = of(found, "eb_plugin")
    assert plugin["region"].tolist() == told.rows["region"].tolist()
    for ours, theirs in (("value", "eb_mean"), ("low", "eb_lo"), ("high", "eb_hi")):
        told.same(floats(plugin[ours]), told.expected[theirs])
    told.same(floats(of(found, "eb_laird_louis")["value"]), told.expected["eb_mean"])


@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_is_nowhere_higher(seed):
    """Against scipy's own beta-binomial on a grid around it; and the slope there is flat."""
    random = np.random.default_rng(seed)
    n = random.integers(1, 80, 15)
    y = random.binomial(n, random.beta(2, 3, 15))
    found = betabinomial.shrunken_shares(frame(y, n), seed=1, draws=2)
    a, b = national(found, "alpha"), national(found, "beta")

    def theirs(a, b):
        return stats.betabinom.logpmf(y, n, a, b).sum()

    assert_allclose(national(found, "log_likelihood"), theirs(a, b), rtol=1e-10)
    for up in (0.999, 1.001):
        assert theirs(a * up, b) < theirs(a, b) and theirs(a, b * up) < theirs(a, b)
    ends = [theirs(a, b) - theirs(a * np.exp(s), b * np.exp(t)) for s, t in ((3, 3), (-2, -2), (2, -2), (-2, 2))]
    assert min(ends) > 0


def test_regions_that_differ_less_than_chance_are_all_alike():
    found = betabinomial.shrunken_shares(frame([30, 30, 31, 29], [100] * 4), seed=1, draws=200)
    assert national(found, "rho") == 0 and pd.isna(national(found, "alpha"))
    plugin, louis = of(found, "eb_plugin"), of(found, "eb_laird_louis")
    assert_allclose(floats(plugin["value"]), 0.3, rtol=1e-5)
    assert plugin[["low", "high"]].isna().all().all()
    assert (louis["low"] < 0.3).all() and (louis["high"] > 0.3).all()  # the bootstrap still knows it may be otherwise


def test_the_bootstrap_is_repeatable_and_wider_where_the_spread_is_small():
    rows = frame([10, 14, 12, 9, 15, 19, 8, 12], [40] * 8)
    one, again, other = (
        of(betabinomial.shrunken_shares(rows, seed=seed, draws=300), "eb_laird_louis") for seed in (7, 7, 8)
    )
    pd.testing.assert_frame_equal(one, again)
    assert (one["low"] != other["low"]).all()
    plugin = of(betabinomial.shrunken_shares(rows, seed=7, draws=2), "eb_plugin")
    width, known = floats(one["high"] - one["low"]), floats(plugin["high"] - plugin["low"])
    assert width.mean() > 1.1 * known.mean()


def test_the_mixture_is_the_mean_of_the_posteriors():
    alpha, beta = np.array([2.0, 30.0]), np.array([5.0, 60.0])
    x, n = np.array([3.0, 0.0, np.nan]), np.array([10.0, 7.0, 5.0])
    found = betabinomial._mixture_quantile(x, n, alpha, beta, 0.025)
    for at in range(2):
        chance = stats.beta.cdf(found[at], x[at] + alpha, n[at] - x[at] + beta).mean()
        assert_allclose(chance, 0.025, rtol=1e-6)
    assert np.isnan(found[2])


def test_the_adjusted_fit_is_the_top_of_likelihood_over_size_and_never_says_no_spread():
    y, n = np.array([30.0, 30, 31, 29]), np.full(4, 100.0)
    fit = betabinomial._fitted(y[None, :], n, adjust=1)

    def density(mean, size):
        a, b = np.exp(size) / (1 + np.exp(-mean)), np.exp(size) / (1 + np.exp(mean))
        return stats.betabinom.logpmf(y, n, a, b).sum() - size

    top = density(fit.mean[0], fit.size[0])
    assert fit.size[0] < 8 < betabinomial.MOST
    for mean, size in ((0.01, 0), (-0.01, 0), (0, 0.05), (0, -0.05), (0, 3), (0, -3)):
        assert density(fit.mean[0] + mean, fit.size[0] + size) < top
    alpha, beta = betabinomial._bootstrapped(y, n, 1, 50)
    assert (alpha + beta).max() < 0.5 * np.exp(betabinomial.MOST)


def test_the_mixture_interval_covers_where_the_plugin_does_not():
    """Small: 60 countries of 12 regions with a small spread, of which the plug-in often sees nothing at all."""
    random = np.random.default_rng(3)
    n = np.full(12, 60)
    hits = {"eb_plugin": 0, "eb_laird_louis": 0}
    for at in range(60):
        truth = random.beta(30, 70, 12)
        found = betabinomial.shrunken_shares(frame(random.binomial(n, truth), n), seed=at, draws=60)
        for method in hits:
            rows = of(found, method)
            low, high = (np.nan_to_num(floats(rows[name]), nan=0.3) for name in ("low", "high"))
            hits[method] += ((low <= truth) & (truth <= high)).sum()
    assert hits["eb_plugin"] / 720 < 0.8 and hits["eb_laird_louis"] / 720 > 0.95


@pytest.mark.parametrize("events", [[0, 0, 0], [10, 10, 10]])
def test_none_or_all_determine_nothing(events):
    found = betabinomial.shrunken_shares(frame(events, [10, 10, 10]), seed=1)
    assert found["value"].isna().all()


def test_one_region_and_regions_without_families():
    assert betabinomial.shrunken_shares(frame([3], [10]), seed=1)["value"].isna().all()
    rows = frame([3, 8, 0, pd.NA], [10, 10, 0, 10])
    found = of(betabinomial.shrunken_shares(rows, seed=1, draws=20), "eb_plugin")
    without = betabinomial.shrunken_shares(rows.iloc[:2], seed=1, draws=20)
    assert_allclose(found["value"][2], national(without, "mean"))  # of nobody is known what holds for all
    assert pd.isna(found["value"][3]) and pd.isna(found["low"][3])
    assert_allclose(floats(found["value"][:2]), floats(of(without, "eb_plugin")["value"]))


def test_extremes_and_singles_do_not_break_the_search():
    found = betabinomial.shrunken_shares(frame([0, 1, 1, 0, 500], [1, 1, 1, 1, 500]), seed=1, draws=50)
    assert floats(of(found, "eb_laird_louis")["high"]).max() <= 1
    assert 0 < national(found, "mean") < 1


def test_impossible_counts_are_told():
    with pytest.raises(EstimateError, match="deel is nooit groter"):
        betabinomial.shrunken_shares(frame([3], [2]), seed=1)
