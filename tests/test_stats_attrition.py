"""Drop-out: every repair against brute force, a bootstrap and a truth that is known, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize, special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import attrition, dropout, logistic, rubin

NATIONAL = rates.NATIONAL


def families(n=500, seed=1, gone=True, regions=3):
    """Two waves; who is severe leaves sooner, and so does who said yes at the first."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({
        "region": random.choice([f"VT0{each}" for each in range(1, regions + 1)], n),
        "severe": random.integers(0, 3, n),
        "kind": random.choice(["a", "b"], n), "worker": random.integers(0, n // 12, n),
    })
    rows["first"] = (random.random(n) < special.expit(-0.6 + 0.5 * rows["severe"])) * 1.0
    rows["last"] = (random.random(n) < special.expit(-1 + 0.5 * rows["severe"] + rows["first"])) * 1.0
    rows["truth"] = rows["last"]
    if gone:
        left = random.random(n) < 0.05 + 0.1 * rows["severe"]
        later = left | (random.random(n) < 0.05 + 0.15 * rows["severe"] + 0.2 * rows["first"])
        rows = rows.assign(first=rows["first"].mask(left), last=rows["last"].mask(later))
    return rows


ASKED = {"outcome": "last", "earlier": ["first"], "covariates": ["severe", "kind"], "against": 0.4, "seed": 1}


def told(rows, **more):
    found = attrition.share_under_dropout(rows, **(ASKED | more))
    return found.astype({"value": "float64", "se": "float64"}).set_index(["region", "measure", "method"]).sort_index()


def share(found, method, name="value", region=NATIONAL):
    number = found.loc[(region, "share", method), name]
    return np.nan if number is pd.NA else float(number)


def arrays(rows):
    x = logistic.design(rows, ["severe", "kind"]).x
    return x, rows[["first", "last"]].to_numpy(dtype="float64")


def test_every_repair_comes_in_one_frame():
    found = told(families(), region="region")
    rows = [("share", each) for each in ("complete_cases", "ipw", "manski", "mi")]
    for region in (NATIONAL, "VT01", "VT02", "VT03"):
        assert sorted(found.loc[region].index) == sorted([*rows, ("share_leavers", "ipw"), ("tipping_point", "ipw")])
        low, high = (share(found, "manski", name, region) for name in ("low", "high"))
        for method in ("complete_cases", "ipw", "mi"):
            assert low < share(found, method, region=region) < high


def test_nobody_left_and_all_say_the_same():
    rows = families(gone=False)
    found = told(rows, region="region")
    plain = rows["last"].mean()
    for method in ("complete_cases", "ipw", "mi"):
        assert_allclose(share(found, method), plain)
        assert_allclose(share(found, method, "se"), np.sqrt(plain * (1 - plain) / len(rows)))
    low, high = rates.wilson(rows["last"].sum(), len(rows))
    assert_allclose([share(found, "ipw", "low"), share(found, "ipw", "high")], [low[0], high[0]])
    assert share(found, "manski", "low") == share(found, "manski", "high") == plain
    assert found["value"].xs("tipping_point", level="measure").isna().all()


def stacked_by_differences(x, waves, group, cluster):
    """Weighted shares of each group, and what each cluster adds to their error, by the slope taken numerically."""
    stayed = [~np.isnan(waves[:, 0]), ~np.isnan(waves).any(axis=1)]
    second, y = np.c_[x, np.nan_to_num(waves[:, 0])], np.nan_to_num(waves[:, 1])
    p, q, count = x.shape[1], x.shape[1] + 1, group.max() + 1

    def equations(theta):
        a, b = special.expit(x @ theta[:p]), special.expit(second @ theta[p : p + q])
        weight = stayed[1] / (a * b)
        parts = weight[:, None] * (y[:, None] - theta[p + q :]) * (group[:, None] == np.arange(count))
        return np.c_[x * (stayed[0] - a)[:, None], second * (stayed[0] * (stayed[1] - b))[:, None], parts]

    at = optimize.root(lambda theta: equations(theta).sum(axis=0), np.zeros(p + q + count), tol=1e-12).x
    slope = optimize.approx_fprime(at, lambda theta: equations(theta).sum(axis=0), 1e-6)
    summed = pd.DataFrame(equations(at)).groupby(cluster).sum()
    return at[-count:], (summed @ np.linalg.inv(slope).T).iloc[:, -count:]


@pytest.mark.parametrize("by_worker", [False, True])
def test_weights_equal_numerical_stacking(by_worker):
    rows = families()
    x, waves = arrays(rows)
    code = pd.factorize(rows["region"], sort=True)[0]
    cluster = rows["worker"].to_numpy() if by_worker else np.arange(len(rows))
    shares, adds = stacked_by_differences(x, waves, code, cluster)
    errors = np.sqrt((adds**2).sum().to_numpy())
    ours = dropout.weighted(dropout.stages(x, waves), waves[:, -1], code, 3, clusters=cluster if by_worker else None)
    used = ~np.isnan(waves).any(axis=1)
    clusters = np.array([len(set(cluster[used & (code == each)])) for each in range(3)])
    factor = np.sqrt(clusters / (clusters - 1)) if by_worker else 1.0
    assert_allclose(ours.value, shares, rtol=1e-7)
    assert_allclose(ours.se, errors * factor, rtol=1e-4)


def test_within_strata_the_weights_equal_numerical_stacking():
    rows = families(regions=6)
    x, waves = arrays(rows)
    nation, strata = np.zeros(len(rows), dtype="int64"), pd.factorize(rows["region"], sort=True)[0]
    cluster = (rows["region"] + rows["worker"].astype("str").str[-1:]).to_numpy()
    share_, adds = stacked_by_differences(x, waves, nation, cluster)
    layer = adds.iloc[:, 0].groupby(adds.index.str[:4])
    variance = (layer.var(ddof=1) * layer.size()).sum()
    ours = dropout.weighted(dropout.stages(x, waves), waves[:, -1], nation, 1, clusters=cluster, strata=strata)
    assert_allclose([ours.value[0], ours.se[0]], [share_[0], np.sqrt(variance)], rtol=1e-4)
    assert ours.df[0] == len(adds) - 6


STRATA = {"region": list("aaaabbbb"), "worker": list("ppqqrrss"), "last": [1, 1, 1, 0, 0, 0, 0, 1]}


def test_strata_that_are_all_there_are_no_error():
    """Of workers of two families, from half: 1 and 0 in the one region, -1 and 0 in the other; each .5 off its mean.

    4 x .25 x 2/1 = 2 within; 1 + 1, times 4/3, for the country as one.
    """
    rows = pd.DataFrame(STRATA).assign(first=0.0)
    asked = {"earlier": [], "covariates": [], "cluster": "worker"}
    within, plain = told(rows, stratum="region", **asked), told(rows, **asked)
    for method in ("complete_cases", "ipw", "mi"):
        assert share(within, method) == 0.5
        assert_allclose(share(within, method, "se"), np.sqrt(2) / 8)
        assert_allclose(share(plain, method, "se"), np.sqrt(8 / 3) / 8)
    families_ = told(rows, stratum="region", earlier=[], covariates=[])  # each a cluster of one: 2 x 4/3 x .75
    assert_allclose(share(families_, "mi", "se"), np.sqrt(2) / 8)
    by_region = told(rows, stratum="region", region="region", **asked)
    assert_allclose(share(by_region, "mi", "se"), np.sqrt(2) / 8)
    assert_allclose(share(by_region, "ipw", "se", "a"), np.sqrt(2 * 2 * 0.25) / 4)
    with pytest.raises(EstimateError, match="region"):
        told(rows.assign(region=None), stratum="region", **asked)


def test_a_lone_cluster_of_a_stratum_is_set_against_all():
    """As above, with a third region of one worker who is 1 above the share: 1 beside 2, and three degrees less."""
    more = pd.DataFrame({"region": ["c"] * 4, "worker": ["t"] * 4, "last": [1, 1, 1, 0]})
    rows = pd.concat([pd.DataFrame(STRATA), more], ignore_index=True)
    asked = {"earlier": [], "covariates": [], "cluster": "worker"}
    p = 7 / 12
    pairs = np.array([[2, 1], [0, 1]]) - 2 * p
    variance = 2 * ((pairs - pairs.mean(axis=1, keepdims=True)) ** 2).sum() + (3 - 4 * p) ** 2
    found = told(rows, stratum="region", **asked)
    assert_allclose(share(found, "ipw", "se"), np.sqrt(variance) / 12)
    assert_allclose(share(found, "mi", "se"), np.sqrt(variance) / 12)
    lone = told(rows.assign(worker=rows["region"]), stratum="region", **asked)
    assert np.isnan(share(lone, "ipw", "se")) and np.isnan(share(lone, "mi", "low"))


def test_weights_and_draws_have_the_error_of_a_bootstrap():
    rows, random = families(400), np.random.default_rng(2)
    x, waves = arrays(rows)
    nation = np.zeros(400, dtype="int64")

    def both(chosen):
        weighted = dropout.weighted(dropout.stages(x[chosen], waves[chosen]), waves[chosen, -1], nation, 1)
        (drawn,) = dropout.imputed(x[chosen], waves[chosen], [(nation, 1)], seed=3, imputations=10)
        return weighted, drawn

    again = [[each.value[0] for each in both(random.integers(0, 400, 400))] for _ in range(150)]
    ours = [each.se[0] for each in both(np.arange(400))]
    assert_allclose(ours, np.std(again, axis=0), rtol=0.25)  # 150 bootstraps: error 6%; ten draws: more


def test_weights_and_draws_find_the_truth_that_complete_cases_miss():
    found = []
    for seed in range(100):
        rows = families(600, seed=seed)
        x, waves = arrays(rows)
        nation = np.zeros(600, dtype="int64")
        weighted = dropout.weighted(dropout.stages(x, waves), waves[:, -1], nation, 1)
        (drawn,) = dropout.imputed(x, waves, [(nation, 1)], seed=seed, imputations=5)
        truth = rows["truth"].mean()
        found.append([np.nanmean(waves[:, -1]) - truth, weighted.value[0] - truth, drawn.value[0] - truth])
    plain, ipw, mi = np.mean(found, axis=0)
    assert plain < -0.03 and abs(ipw) < 0.008 and abs(mi) < 0.008  # error of the mean 0.002


def test_weights_of_one_wave_by_hand():
    rows = pd.DataFrame({"last": [1, 0, np.nan, np.nan, 1, 1, 0, np.nan], "kind": list("aaaabbbb")})
    found = told(rows, earlier=[], covariates=["kind"])
    assert_allclose(share(found, "ipw"), (1 / 2 + 2 / 3) / 2)  # a half of kind a and two thirds of kind b
    assert_allclose(share(found, "complete_cases"), 3 / 5)
    assert_allclose([share(found, "manski", "low"), share(found, "manski", "high")], [3 / 8, 6 / 8])
    leavers = found.loc[(NATIONAL, "share_leavers", "ipw")]
    assert_allclose(leavers["value"], (2 * 1 / 2 + 1 * 2 / 3) / 3)
    assert leavers["n"] == 3


def test_draws_of_one_wave_are_those_of_its_model():
    random = np.random.default_rng(5)
    kind = random.integers(0, 2, 4000)
    last = np.where(random.random(4000) < 0.5, (random.random(4000) < 0.2 + 0.5 * kind) * 1.0, np.nan)
    rows = pd.DataFrame({"last": last, "kind": kind})
    expected = np.mean([rows.loc[rows["kind"] == each, "last"].mean() for each in kind])
    found = told(rows, earlier=[], covariates=["kind"], imputations=40)
    assert_allclose(share(found, "mi"), expected, atol=0.006)
    low, high = share(found, "mi", "low"), share(found, "mi", "high")
    assert low < expected < high and share(found, "mi", "se") > np.sqrt(0.25 / 4000)


def test_draws_do_not_know_more_than_who_stayed():
    last = np.r_[np.repeat([1.0, 0.0], [20, 30]), np.full(150, np.nan)]
    found = told(pd.DataFrame({"last": last}), earlier=[], covariates=[], imputations=300)
    assert_allclose(share(found, "mi", "se"), np.sqrt(0.4 * 0.6 / 50), rtol=0.1)  # 300 draws: error 4%


def test_families_that_came_back_are_drawn_in_turn():
    rows = families()
    back = rows.assign(last=rows["last"].where(rows.index % 7 != 0, rows["truth"]))
    found = told(back)
    seen = back["last"].notna() & back["first"].notna()
    assert share(found, "ipw", "n") == seen.sum() < share(found, "complete_cases", "n")
    assert abs(share(found, "mi") - rows["truth"].mean()) < 0.06


def test_draws_follow_the_seed_and_know_the_region():
    rows = families(600)
    one, same, other = (told(rows, seed=seed, region="region") for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert share(one, "mi") != share(other, "mi")
    apart = rows.assign(last=rows["last"].where(rows["region"] != "VT01", rows["last"] * 0))
    apart.loc[apart.index[apart["region"] == "VT01"][0], "last"] = 1.0
    found = told(apart, region="region")
    assert share(found, "mi", region="VT01") < 0.15  # a national model alone would draw some half of them


def test_patterns_give_what_families_give(monkeypatch):
    rows = families(600)
    short = told(rows, region="region", cluster="worker")
    monkeypatch.setattr(dropout, "FEWER", 1e9)
    long = told(rows, region="region", cluster="worker")
    assert_allclose(short["value"], long["value"], rtol=1e-6)
    assert_allclose(short["se"], long["se"], rtol=1e-6)


def test_the_tipping_point_moves_the_interval_onto_the_comparison():
    value, low, high = (np.array([each]) for each in (0.5, 0.45, 0.55))
    missing, leavers = np.array([0.25]), np.array([0.5])
    tip = attrition.tipping_point(value, low, high, missing, leavers, 0.40)
    assert_allclose(tip, -0.2)  # a quarter left: 20 points fewer of them make the low limit 5 points lower
    assert_allclose(low + missing * tip, 0.40)
    assert_allclose(attrition.tipping_point(value, low, high, missing, leavers, 0.60), 0.2)
    # Not to be told apart from 0.46: the low limit passes it first, at 4 points more among those who left.
    assert_allclose(attrition.tipping_point(value, low, high, missing, leavers, 0.46), 0.04)
    assert np.isnan(attrition.tipping_point(value, low, high, missing, leavers, 0.2))[0]  # not if all of them said no
    assert np.isnan(attrition.tipping_point(value, low, high, np.array([0.0]), np.array([np.nan]), 0.4))[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, None]), st.sampled_from("ab")), min_size=1, max_size=30))
def test_bounds_hold_whatever_the_leavers_said(answers):
    rows = pd.DataFrame(answers, columns=["last", "kind"]).astype({"last": "float64"})
    found = told(rows, earlier=[], covariates=["kind"], imputations=3)
    low, high = share(found, "manski", "low"), share(found, "manski", "high")
    assert_allclose([low, high], [rows["last"].fillna(0).mean(), rows["last"].fillna(1).mean()])
    for method in ("ipw", "mi"):
        value = share(found, method)
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9


def test_edges():
    rows = families(200)
    nobody = told(rows.assign(last=np.nan, first=np.nan))
    assert nobody["value"].isna().all() and share(nobody, "manski", "low") == 0 and share(nobody, "manski", "high") == 1
    never = told(rows.assign(last=rows["last"].where(rows["kind"] == "a")))
    assert np.isnan(share(never, "ipw")) and not np.isnan(share(never, "complete_cases"))
    alike = told(rows.assign(last=rows["last"] * 0 + 1))
    assert np.isnan(share(alike, "mi")) and share(alike, "complete_cases") == 1
    assert 0 < share(alike, "complete_cases", "low") < 1 and share(alike, "complete_cases", "high") == 1
    one = told(rows.assign(worker=1), cluster="worker")
    assert np.isnan(share(one, "ipw", "se")) and np.isnan(share(one, "mi", "low")) and share(one, "ipw") > 0
    single = told(rows.assign(region=["only"] + ["VT02"] * 199), region="region")
    assert float(single.loc[("only", "share", "manski"), "high"]) in (0.0, 1.0)
    before = rows.copy()
    told(rows, region="region")
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"against": 40}, "aandeel van 0 tot en met 1"), ({"covariates": ["gap"]}, "niet overal gevuld"),
        ({"outcome": "severe"}, "alleen 0, 1 of leeg"), ({"cluster": "gap"}, "niet overal gevuld"),
        ({"covariates": ["none"]}, "mist de kolommen"),
    ],
)
def test_what_cannot_be_used_is_refused(wrong, message):
    rows = families(50).assign(gap=np.nan)
    with pytest.raises(EstimateError, match=message):
        told(rows, **wrong)


def test_pooling_equals_the_reference():
    pooled = case("mi_pool")
    rows, theirs = pooled.rows, pooled.expected
    df_complete = rows["n"].iloc[0] - rows["k"].iloc[0]
    ours = rubin.pool(rows[["est"]].to_numpy(), rows[["se"]].to_numpy() ** 2, df_complete)
    pooled.same([ours.value[0], ours.se[0], ours.df[0]], [theirs["qbar"], theirs["se"], theirs["df_barnard_rubin"]])
    pooled.same(ours.missing[0], theirs["r"] / (1 + theirs["r"]))


def test_pooling_of_one_or_of_alike_imputations():
    assert np.isnan(rubin.pool(np.array([[0.4]]), np.array([[0.1]])).se[0])
    alike = rubin.pool(np.full((5, 1), 0.4), np.full((5, 1), 0.01))
    assert_allclose([alike.se[0], alike.missing[0]], [0.1, 0])
    assert np.isinf(alike.df[0])
    bounded = rubin.pool(np.full((5, 1), 0.4), np.full((5, 1), 0.01), 20.0)
    assert_allclose(bounded.df, 21 / 23 * 20)
