"""Standardised shares: against R, by hand, against numerical derivatives and a bootstrap, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize, special

from hgeval.errors import EstimateError
from hgeval.stats import logistic, standardised


def drawn(n=400, arms=2, seed=1):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    arm = np.clip(random.binomial(arms - 1, special.expit(x)), 0, arms - 1)
    y = (random.random(n) < special.expit(-0.5 + 0.4 * arm + 0.7 * x)) * 1
    worker, region = random.integers(0, 30, n), random.choice(list("pqr"), n)
    return pd.DataFrame({"y": y, "arm": arm, "x": x, "worker": worker, "region": region})


ASKED = {"outcome": "y", "arm": "arm", "covariates": ["x"], "reference": 0}


def picked(found, measure, name="value"):
    chosen = found[found["measure"] == measure]
    return chosen.set_index("term")[name].astype("float64")


def test_reference_gcomputation():
    told = case("gcomputation")
    a, y = told.params["a"], told.params["y"]
    asked = {"outcome": y, "arm": a, "covariates": told.params["covs"].split("+"), "reference": 0}
    for target, key in (("everyone", "ate"), ("treated", "att")):
        theirs = told.expected[key]
        plain = standardised.risks(told.rows, **asked, target=target, covariance="model")
        robust = standardised.risks(told.rows, **asked, target=target, covariance="robust")
        told.same(picked(plain, "share")[["1", "0"]], [theirs["p1"], theirs["p0"]])
        told.same(picked(plain, "risk_difference"), theirs["rd"])
        told.same(picked(plain, "risk_difference", "se"), theirs["rd_se_delta"])
        told.same(picked(robust, "risk_difference", "se"), theirs["rd_se_delta_hc0"])
        told.same(picked(plain, "risk_ratio"), theirs["rr"])
        told.same(picked(plain, "risk_ratio", "se"), theirs["logrr_se_delta"])
    names = [f"{a}=1" if name == a else name for name in told.expected["coef"]]
    told.same(picked(plain, "coefficient")[names], list(told.expected["coef"].values()))
    told.same(picked(plain, "coefficient", "se")[names], list(told.expected["se"].values()))


def test_statsmodels_gives_the_same_difference():
    from statsmodels.discrete.discrete_model import Logit

    told = drawn()
    design = np.c_[np.ones(len(told)), told[["arm", "x"]]].astype("float64")
    effects = Logit(told["y"].to_numpy(), design).fit(disp=0).get_margeff(dummy=True).summary_frame()
    ours = standardised.risks(told, **ASKED, covariance="model")
    # get_margeff takes a column of 0 and 1 as an intervention, which is what makes the two equal.
    value, se = (picked(ours, "risk_difference", name)["1"] for name in ("value", "se"))
    assert_allclose(effects.iloc[0, :2], [value, se], rtol=1e-6)  # where its search stops


def test_without_covariates_it_is_the_plain_difference():
    told = drawn()
    ours = standardised.risks(told, **(ASKED | {"covariates": []}))
    shares = told.groupby("arm")["y"].mean()
    assert_allclose(picked(ours, "share"), shares)
    variance = (shares * (1 - shares) / told.groupby("arm")["y"].size()).sum()
    assert_allclose(picked(ours, "risk_difference", "se"), np.sqrt(variance))
    assert list(ours[ours["measure"] == "share"]["n"]) == list(told["arm"].value_counts().sort_index())


def test_each_of_several_arms_is_set_against_the_reference():
    told = drawn(600, arms=4)
    named = told.assign(arm=told["arm"].map(dict(enumerate("dcba"))))
    found = standardised.risks(named, **(ASKED | {"reference": "b"}))
    share, apart, ratio = (picked(found, each) for each in ("share", "risk_difference", "risk_ratio"))
    assert list(share.index) == ["b", "a", "c", "d"] and list(apart.index) == ["a", "c", "d"]
    assert_allclose(apart, share[apart.index] - share["b"])
    assert_allclose(ratio, share[apart.index] / share["b"])


def stacked_by_differences(x, arm, y, cluster):
    """The same by minus the slope of all estimating equations at once, taken numerically."""
    wide = np.c_[x[:, :1], arm == 1, x[:, 1:]]

    def equations(theta):
        b, shares = theta[:-2], theta[-2:]
        sides = [special.expit(np.c_[x[:, :1], np.full(len(x), each), x[:, 1:]] @ b) for each in (0, 1)]
        return np.c_[wide * (y - special.expit(wide @ b))[:, None], np.stack(sides, axis=1) - shares]

    at = optimize.root(lambda theta: equations(theta).sum(axis=0), np.zeros(wide.shape[1] + 2), tol=1e-12).x
    slope = optimize.approx_fprime(at, lambda theta: equations(theta).sum(axis=0), 1e-6)
    summed = pd.DataFrame(equations(at)).groupby(cluster).sum().to_numpy()
    inverse, many = np.linalg.inv(slope), len(summed)
    return at[-2:], (inverse @ (summed.T @ summed) @ inverse.T)[-2:, -2:] * many / (many - 1)


def test_the_stacked_error_by_cluster_equals_numerical_stacking():
    told = drawn()
    x, arm, y = np.c_[np.ones(len(told)), told["x"]], told["arm"].to_numpy(), told["y"].to_numpy(dtype="float64")
    ours = standardised.standardise(x, arm, y, 2, clusters=told["worker"].to_numpy())
    shares, covariance = stacked_by_differences(x, arm, y, told["worker"].to_numpy())
    assert_allclose(ours.risks, shares, rtol=1e-7)
    assert_allclose(ours.covariance, covariance, rtol=1e-4)


def test_the_stacked_error_is_that_of_a_bootstrap():
    told, random = drawn(), np.random.default_rng(2)
    x, arm, y = np.c_[np.ones(len(told)), told["x"]], told["arm"].to_numpy(), told["y"].to_numpy(dtype="float64")

    def apart(chosen):
        return np.diff(standardised.standardise(x[chosen], arm[chosen], y[chosen], 2).risks)[0]

    again = [apart(random.integers(0, len(y), len(y))) for _ in range(200)]
    ours = picked(standardised.risks(told, **ASKED), "risk_difference", "se")["1"]
    assert_allclose(ours, np.std(again), rtol=0.15)  # 200 draws: error 5%


def test_region_is_held_by_its_prior_where_it_would_separate():
    told = drawn()
    told.loc[told["region"] == "p", "y"] = 1
    free = standardised.risks(told, **(ASKED | {"covariates": ["x", "region"]}))
    held = standardised.risks(told, **ASKED, penalised=["region"])
    assert free["value"].isna().all() and free["se"].isna().all()
    assert held["value"].notna().all() and held["se"].notna().all()


def test_a_column_that_follows_from_others_changes_nothing():
    told = drawn()
    double = standardised.risks(told.assign(z=2 * told["x"] - 1), **(ASKED | {"covariates": ["x", "z"]}))
    assert_allclose(picked(double, "risk_difference"), picked(standardised.risks(told, **ASKED), "risk_difference"))
    assert np.isnan(picked(double, "coefficient")["z"])


def test_edges():
    told = drawn()
    nobody = standardised.risks(told.assign(y=0), **ASKED)
    assert nobody["value"].isna().all()  # no outcome: the logit has no answer
    one = standardised.risks(told.assign(worker=1), **ASKED, cluster="worker")
    assert picked(one, "risk_difference", "se").isna().all() and picked(one, "risk_difference").notna().all()
    gaps = told.assign(x=told["x"].where(told.index > 9))
    assert standardised.risks(gaps, **ASKED)["n"].iloc[-1] == len(told) - 10
    for wrong in ({"reference": 7}, {"target": "some"}, {"covariance": "guess"}):
        with pytest.raises(EstimateError):
            standardised.risks(told, **(ASKED | wrong))
    with pytest.raises(EstimateError, match="precies twee"):
        standardised.risks(drawn(arms=3), **ASKED, target="treated")
    with pytest.raises(EstimateError, match="alleen 0 en 1"):
        standardised.risks(told.assign(y=told["y"] * 2), **ASKED)


def test_a_model_on_patterns_equals_one_on_families():
    random = np.random.default_rng(4)
    x = np.c_[np.ones(300), random.integers(0, 3, 300), random.integers(0, 2, 300)].astype("float64")
    y = (random.random(300) < 0.4) * 1.0
    patterns, code = np.unique(x, axis=0, return_inverse=True)
    code = code.ravel()
    whole = logistic.fit(x, y, penalty=np.array([0, 0, 2.0]))
    short = logistic.fit(patterns, np.bincount(code, y), np.bincount(code) * 1.0, penalty=np.array([0, 0, 2.0]))
    assert_allclose(whole.coefficients, short.coefficients)
    assert_allclose(whole.bread, short.bread)
    assert_allclose(logistic.scores(whole, x, y, np.array([0, 0, 2.0])).sum(axis=0), 0, atol=1e-9)
    top = optimize.minimize(lambda b: -(y @ (x @ b) - np.logaddexp(0, x @ b).sum() - b[2] ** 2), np.zeros(3), tol=1e-12)
    assert_allclose(whole.coefficients, top.x, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e6])
def test_the_scale_of_a_covariate_does_not_matter(scale):
    told = drawn()
    ours = standardised.risks(told.assign(x=told["x"] * scale), **ASKED)
    assert_allclose(picked(ours, "risk_difference"), picked(standardised.risks(told, **ASKED), "risk_difference"))


def test_design_refuses_gaps_and_keeps_every_word_of_a_penalised_column():
    told = drawn(20)
    with pytest.raises(EstimateError, match="niet overal gevuld"):
        logistic.design(told.assign(x=np.nan), ["x"])
    design = logistic.design(told, ["region"])
    assert design.names == ["(Intercept)", "region=q", "region=r"]
    held = logistic.design(told, ["x"], penalised=["region"], ridge=2.0)
    assert held.names[2:] == ["region=p", "region=q", "region=r"] and list(held.penalty) == [0, 0, 2, 2, 2]
    assert (held.x[:, 2:].sum(axis=1) == 1).all()
