"""Difference in differences: reference cases, whole dummies against units taken out, few treated, empty groups."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import clusters, panel

TWO = {"outcome": "frate", "treated": "trt", "post": "post", "cluster": "state"}
MANY = {"outcome": "frate", "covariates": ["beertax"], "unit": "state", "time": "yr"}
METHODS = ("ols", "cr0", "cr1_slopes", "cr1s", "cr2")


def test_reference_did_2x2():
    told = case("did_2x2")
    found, theirs = panel.two_by_two(told.rows, **TWO), told.expected
    told.same(by_term(found, method="cr2")[panel.EFFECT], theirs["did"])
    told.same(list(by_term(found, method="ols").values()), list(theirs["coef"].values()))
    for method, name in (("ols", "se_ols"), ("cr1s", "se_cr1s"), ("cr2", "se_cr2")):
        told.same(by_term(found, "se", method=method)[panel.EFFECT], theirs[name])
    told.same(by_term(found, "df", method="cr2")[panel.EFFECT], theirs["df_satt"])
    told.same(by_term(found, "p", method="cr2")[panel.EFFECT], theirs["p_satt"])


def test_reference_twfe():
    told = case("twfe")
    found, theirs = panel.two_way(told.rows, **MANY), told.expected
    told.same(by_term(found, method="ols")["beertax"], theirs["coef"]["beertax"])
    names = {"ols": "se_iid", "cr0": "se_cluster_hc0", "cr1_slopes": "se_cluster_sss", "cr1s": "se_cluster_nested_k"}
    for method, name in names.items():
        told.same(by_term(found, "se", method=method)["beertax"], theirs[name]["beertax"])
    assert pick(found, method="cr1s")["n"].item() == theirs["nobs"]


def test_reference_published_fatalities_twfe():
    """Stock & Watson, chapter 10: -0.64 with a clustered standard error of 0.357."""
    row = pick(panel.two_way(case("twfe").rows, **MANY), method="cr1s")
    assert round(row["value"].item(), 2) == -0.64
    assert round(row["se"].item(), 3) == 0.357


def test_statsmodels_still_gets_nested_fixed_effects_wrong():
    """It counts the levels of the units among the parameters, which cost the clusters nothing: .386 and not .357."""
    import statsmodels.api as sm

    rows = case("twfe").rows
    x = pd.get_dummies(rows[["state", "yr"]].astype(str), drop_first=True, dtype=float).assign(beertax=rows["beertax"])
    theirs = sm.OLS(rows["frate"], sm.add_constant(x)).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["state"])[0]}
    )
    assert theirs.bse["beertax"] > 0.38


def uneven():
    """Rows that lack, and units in coarser clusters."""
    rows = case("twfe").rows.sample(frac=0.85, random_state=2)
    area = pd.factorize(rows["state"], sort=True)[0] // 3
    return rows.assign(area=area, size=lambda each: each["beertax"] ** 2 + each["yr"] % 3)


def whole_dummies(rows, covariates, cluster):
    text = rows.assign(state=rows["state"].astype(str), yr=rows["yr"].astype(str))
    return clusters.linear(text, outcome="frate", covariates=["state", "yr", *covariates], cluster=cluster)


@pytest.mark.parametrize("cluster", ["state", "area"])
def test_units_taken_out_give_what_whole_dummies_give(cluster):
    """Also CR2 and its degrees, where the units are nested in the clusters."""
    covariates = ["beertax", "size"]
    ours = panel.two_way(uneven(), **(MANY | {"covariates": covariates}), cluster=cluster)
    theirs = whole_dummies(uneven(), covariates, cluster)
    for method, column in (("cr0", "se"), ("cr2", "se"), ("cr2", "df"), ("cr2", "value")):
        known = by_term(theirs, column, method=method)
        found = list(by_term(ours, column, method=method).values())
        assert_allclose(found, [known[name] for name in covariates], rtol=1e-6)


def test_clusters_that_cut_through_units_count_the_units():
    rows = uneven().assign(half=lambda each: each["yr"] % 5)
    ours = panel.two_way(rows, **MANY, cluster="half")
    theirs = whole_dummies(rows, ["beertax"], "half")
    for method in ("cr1s", "cr2"):
        assert_allclose(by_term(ours, "se", method=method)["beertax"], by_term(theirs, "se", method=method)["beertax"],
                        rtol=1e-6)  # fmt: skip


def few_treated(treated=3, seed=0):
    random = np.random.default_rng(seed)
    region, year = np.repeat(range(26), 8), np.tile(range(8), 26)
    policy = ((region < treated) & (year >= 4)).astype(int)
    noise = np.stack([np.convolve(random.normal(size=12), [1, 0.6, 0.36, 0.2], "valid")[:8] for _ in range(26)])
    return pd.DataFrame({"region": region, "year": year, "policy": policy, "y": noise.reshape(-1)})


def test_few_treated_regions_have_few_degrees_and_a_wider_interval():
    found = panel.two_way(few_treated(), outcome="y", covariates=["policy"], unit="region", time="year")
    assert 2 < by_term(found, "df", method="cr2")["policy"] < 3
    width = {name: by_term(found, "high", method=name)["policy"] - by_term(found, "low", method=name)["policy"]
             for name in ("cr1s", "cr2")}  # fmt: skip
    assert width["cr2"] > 1.3 * width["cr1s"]


def test_one_treated_region_says_nothing():
    """No residual is left of what its region adds: a pseudo-inverse alone would give 24 degrees, and far too little."""
    found = panel.two_way(few_treated(1), outcome="y", covariates=["policy"], unit="region", time="year")
    assert pick(found, method="cr2")[["se", "df", "low", "p"]].isna().all(axis=None)
    both = few_treated(1).assign(arm=lambda each: (each["region"] < 1).astype(int), late=lambda each: each["year"] // 4)
    two = panel.two_by_two(both, outcome="y", treated="arm", post="late", cluster="region")
    errors = by_term(two, "se", method="cr2")
    assert np.isnan(errors[panel.EFFECT]) and np.isfinite(errors["post"])


def test_two_periods_and_two_groups_give_the_difference_of_differences():
    rows = few_treated()
    groups = rows.assign(arm=(rows["region"] < 3).astype(int), late=(rows["year"] >= 4))
    means = groups.groupby(["arm", "late"])["y"].mean()
    by_hand = means[1, True] - means[1, False] - means[0, True] + means[0, False]
    found = panel.two_by_two(groups, outcome="y", treated="arm", post="late", cluster="region")
    assert_allclose(by_term(found, method="ols")[panel.EFFECT], by_hand)
    many = panel.two_way(rows, outcome="y", covariates=["policy"], unit="region", time="year")
    assert_allclose(by_term(many, method="ols")["policy"], by_hand)


@pytest.mark.parametrize("change", [{"arm": 0}, {"late": 1}, {"arm": 1}])
def test_an_empty_group_leaves_the_effect_missing(change):
    rows = few_treated().assign(arm=lambda each: (each["region"] < 3).astype(int), late=lambda each: each["year"] // 4)
    found = panel.two_by_two(rows.assign(**change), outcome="y", treated="arm", post="late", cluster="region")
    assert pick(found, term=panel.EFFECT)[["value", "se", "p"]].isna().all(axis=None)


def test_what_does_not_change_within_units_is_missing():
    rows = few_treated().assign(size=lambda each: each["region"] * 2.5)
    found = panel.two_way(rows, outcome="y", covariates=["size", "policy"], unit="region", time="year")
    assert pick(found, term="size")["value"].isna().all()
    plain = panel.two_way(rows, outcome="y", covariates=["policy"], unit="region", time="year")
    assert_allclose(one(found, "se", term="policy", method="cr2"), one(plain, "se", term="policy", method="cr2"))
    alone = panel.two_way(rows, outcome="y", covariates=["size"], unit="region", time="year")
    assert pick(alone, measure="coefficient")["value"].isna().all()


def test_one_period_or_one_unit_is_missing():
    for rows in (few_treated().query("year == 5"), few_treated().query("region == 1")):
        found = panel.two_way(rows, outcome="y", covariates=["policy"], unit="region", time="year")
        assert pick(found, measure="coefficient")["se"].isna().all()


@pytest.mark.parametrize("column", ["arm", "late"])
def test_groups_are_0_and_1(column):
    rows = few_treated().assign(arm=1, late=1).assign(**{column: 2})
    with pytest.raises(EstimateError, match=column):
        panel.two_by_two(rows, outcome="y", treated="arm", post="late", cluster="region")


def test_nothing_that_varies_at_all_is_missing():
    rows = few_treated().query("year == 0")
    found = panel.two_way(rows, outcome="y", covariates=["policy"], unit="region", time="year")
    assert pick(found, measure="coefficient")[["value", "se"]].isna().all(axis=None)
