"""Weights from the propensity score: against R, numerical stacking, a bootstrap, and what the library gets wrong."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize, special, stats

from hgeval.errors import EstimateError
from hgeval.stats import doubly, logistic, propensity


def drawn(n=400, arms=2, seed=1):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    arm = random.binomial(arms - 1, special.expit(0.8 * x))
    y = (random.random(n) < special.expit(-0.5 + 0.4 * arm + 0.7 * x)) * 1
    worker, region = random.integers(0, 30, n), random.choice(list("pqr"), n)
    return pd.DataFrame({"y": y, "arm": arm, "x": x, "worker": worker, "region": region})


ASKED = {"outcome": "y", "arm": "arm", "covariates": ["x"], "reference": 0}
SCORED = {"arm": "arm", "covariates": ["x"], "reference": 0}


def by_method(found, name="value"):
    return found.set_index("method")[name].astype("float64")


def test_reference_ps_ipw_aipw():
    told = case("ps_ipw_aipw")
    asked = {"arm": told.params["a"], "covariates": told.params["covs"].split("+"), "reference": 0}
    theirs = told.expected
    found = propensity.differences(told.rows, outcome=told.params["y"], **asked)
    value, se = by_method(found), by_method(found, "se")
    pairs = {
        "naive": "naive", "ipw_hajek": "ipw_hajek", "ipw_treated": "att_ipw", "overlap": "ato_overlap", "aipw": "aipw",
        "regression_adjusted": "reg_adj",
    }
    told.same(value[list(pairs)], [theirs[key] for key in pairs.values()])
    errors = {
        "ipw_hajek": "ipw_se_mest", "ipw_weights_known": "ipw_se_ignoring_ps", "aipw": "aipw_se_mest",
        "aipw_scores_known": "aipw_se_if",
    }
    told.same(se[list(errors)], [theirs[key] for key in errors.values()])
    balance = propensity.balance(told.rows, **asked)
    for method, key in (("unweighted", "smd_unadj_pooled"), ("ipw", "smd_ipw_pooled")):
        ours = balance[balance["method"] == method].set_index("term")["value"].astype("float64")
        told.same(ours[list(theirs[key])], list(theirs[key].values()))
    overlap = propensity.overlap(told.rows, **asked).set_index(["measure", "term"])["value"].astype("float64")
    told.same(overlap["effective_n"][["1", "0"]], [theirs["ess_treated"], theirs["ess_control"]])
    told.same([overlap["score_min"]["1"], overlap["score_max"]["1"]], [theirs["ps_min"], theirs["ps_max"]])
    told.same(propensity.scores(told.rows, **asked)["1"].iloc[:5], theirs["ps_first5"])
    design = propensity.logistic.design(told.rows, asked["covariates"])
    coefficients = propensity.logistic.fit(design.x, told.rows[asked["arm"]].to_numpy(dtype="float64")).coefficients
    told.same(coefficients, [theirs["ps_coef"][name] for name in design.names])


def cattaneo():
    import statsmodels.treatment.tests.results as folder

    return pd.read_csv(Path(folder.__file__).parent / "cataneo2.csv")


def test_reference_published_cattaneo2():
    # Only the printed regression adjustment: the weights there come from a probit, and ours from a logit.
    found = propensity.differences(
        cattaneo(), outcome="bweight", arm="mbsmoke_", reference=0,
        covariates=["prenatal1_", "mmarried_", "mage", "fbaby_"],
    )
    assert round(by_method(found)["regression_adjusted"], 4) == -239.6392


def stacked_by_differences(x, member, y, cluster=None, reach=(1.0, 1.0, 1.0)):
    """AIPW for both arms by minus the slope of all estimating equations at once, taken numerically.

    reach: what the residuals of the score and of the outcome of either arm are multiplied by, in the error alone.
    """
    p = x.shape[1]

    def equations(theta, reach=(1.0, 1.0, 1.0)):
        a, b1, b0, m1, m0 = theta[:p], theta[p : 2 * p], theta[2 * p : 3 * p], theta[-2], theta[-1]
        e, q1, q0 = special.expit(x @ a), special.expit(x @ b1), special.expit(x @ b0)
        had, one, none = reach[0] * (member - e), reach[1] * member * (y - q1), reach[2] * (1 - member) * (y - q0)
        return np.c_[
            x * had[:, None], x * one[:, None], x * none[:, None], q1 + one / e - m1, q0 + none / (1 - e) - m0,
        ]

    at = optimize.root(lambda theta: equations(theta).sum(axis=0), np.zeros(3 * p + 2), tol=1e-12).x
    slope = optimize.approx_fprime(at, lambda theta: equations(theta).sum(axis=0), 1e-6)
    held = np.arange(len(y)) if cluster is None else cluster
    summed = pd.DataFrame(equations(at, reach)).groupby(held).sum().to_numpy()
    inverse, many = np.linalg.inv(slope), len(summed)
    covariance = (inverse @ (summed.T @ summed) @ inverse.T)[-2:, -2:] * (1 if cluster is None else many / (many - 1))
    return at[-2] - at[-1], np.sqrt(np.array([1, -1]) @ covariance @ np.array([1, -1]))


@pytest.mark.parametrize("by_worker", [False, True])
def test_aipw_equals_numerical_stacking(by_worker):
    told = drawn()
    cluster = told["worker"].to_numpy() if by_worker else None
    x, member, y = np.c_[np.ones(len(told)), told["x"]], told["arm"].to_numpy(), told["y"].to_numpy(dtype="float64")
    value, se = stacked_by_differences(x, member, y, cluster)
    found = propensity.differences(told, **ASKED, cluster="worker" if by_worker else None)
    assert_allclose([by_method(found)["aipw"], by_method(found, "se")["aipw"]], [value, se], rtol=1e-4)


@pytest.mark.parametrize("by_worker", [False, True])
def test_corrected_errors_divide_each_residual_by_what_its_leverage_leaves(by_worker):
    import statsmodels.api as sm

    told = drawn(120)
    x, member, y = np.c_[np.ones(120), told["x"]], told["arm"].to_numpy(), told["y"].to_numpy(dtype="float64")
    reach = np.ones((3, 120))
    for row, rows, asked in ((0, member >= 0, member), (1, member == 1, y), (2, member == 0, y)):
        fitted = sm.GLM(asked[rows], x[rows], family=sm.families.Binomial()).fit(tol=1e-12)
        reach[row, rows] = 1 / np.sqrt(1 - fitted.get_influence().hat_matrix_diag)
    value, se = stacked_by_differences(x, member, y, told["worker"].to_numpy() if by_worker else None, reach)
    found = propensity.differences(told, **ASKED, cluster="worker" if by_worker else None).set_index("method")
    ours = found.loc[propensity.REDUCED]
    assert_allclose([float(ours["value"]), float(ours["se"])], [value, se], rtol=1e-4)
    assert ours["se"] > 1.005 * found.loc["aipw", "se"]
    degrees = told["worker"].nunique() - 1
    around = stats.t(degrees) if by_worker else stats.norm
    assert_allclose(float(ours["high"] - ours["value"]) / se, around.ppf(0.975), rtol=1e-4)
    assert_allclose(float(ours["p"]), 2 * around.sf(abs(value / se)), rtol=1e-3)
    assert found["df"].drop(propensity.REDUCED).isna().all()
    assert found.loc[propensity.REDUCED, "df"] == degrees if by_worker else pd.isna(found.loc[propensity.REDUCED, "df"])


def test_without_covariates_the_corrected_error_is_that_of_two_samples():
    """6 of 10 beside 3 of 8: .24 / 9 + .234375 / 7, and for an amount the usual variances over their n."""
    told = pd.DataFrame({"arm": [1] * 10 + [0] * 8, "y": [1] * 6 + [0] * 4 + [1] * 3 + [0] * 5})
    found = by_method(propensity.differences(told, **(ASKED | {"covariates": []})), "se")
    assert_allclose(found[propensity.REDUCED], np.sqrt(0.24 / 9 + 0.234375 / 7))
    assert_allclose(found["aipw"], np.sqrt(0.24 / 10 + 0.234375 / 8))
    told["y"] = np.arange(18.0) ** 2
    found = by_method(propensity.differences(told, **(ASKED | {"covariates": []})), "se")
    one, none = told["y"][:10], told["y"][10:]
    assert_allclose(found[propensity.REDUCED], np.sqrt(one.var(ddof=1) / 10 + none.var(ddof=1) / 8))


def test_a_family_that_is_alone_of_its_kind_has_no_corrected_error():
    told = drawn().assign(y=lambda rows: rows["x"] + rows["arm"], alone=0.0)
    chosen = told.index[told["arm"] == 1][0]
    told.loc[[chosen, told.index[told["arm"] == 0][0]], "alone"] = 1.0
    asked = ASKED | {"covariates": ["x", "alone"]}
    told["y"] += np.random.default_rng(2).normal(size=len(told))
    found = by_method(propensity.differences(told, **asked), "se")
    assert np.isnan(found[propensity.REDUCED]) and found["aipw"] > 0


def test_every_stacked_error_is_that_of_a_bootstrap():
    told, random = drawn(500, seed=3), np.random.default_rng(1)
    names = ["ipw_hajek", "aipw", "regression_adjusted", "ipw_treated", "overlap"]
    again = [
        by_method(propensity.differences(told.iloc[chosen], **ASKED))[names].to_numpy()
        for chosen in (random.integers(0, len(told), len(told)) for _ in range(100))
    ]
    ours = by_method(propensity.differences(told, **ASKED), "se")[names]
    assert_allclose(ours, np.std(again, axis=0), rtol=0.2)  # 100 draws: error 7%


def test_with_a_prior_the_stacked_error_is_that_of_a_bootstrap():
    told, random = drawn(500, seed=3), np.random.default_rng(1)
    asked = ASKED | {"penalised": ["region"], "ridge": 3.0}
    again = [
        by_method(propensity.differences(told.iloc[random.integers(0, len(told), len(told))], **asked))["aipw"]
        for _ in range(100)
    ]
    assert_allclose(by_method(propensity.differences(told, **asked), "se")["aipw"], np.std(again), rtol=0.2)


def test_adjusting_finds_no_difference_where_there_is_none():
    random, found = np.random.default_rng(4), []
    for _ in range(60):
        told = drawn(600, seed=int(random.integers(1e9)))
        told["y"] = (random.random(600) < special.expit(told["x"])) * 1
        row = propensity.differences(told, **ASKED).set_index("method").astype({"value": "float64", "se": "float64"})
        found.append([*row.loc[["naive", "ipw_hajek", "aipw"], "value"], row.loc["aipw", "se"]])
    naive, ipw, aipw, se = np.array(found).T
    assert naive.mean() > 0.1
    assert abs(ipw.mean()) < 0.02 and abs(aipw.mean()) < 0.02  # error of the mean 0.006
    assert 0.75 < se.mean() / aipw.std() < 1.3


def test_overlap_weights_balance_exactly():
    found = propensity.balance(drawn(), **SCORED)
    values = found.set_index("method")["value"].astype("float64")
    assert abs(values["overlap"]) < 1e-9 < 0.1 < abs(values["unweighted"])


def test_several_arms_each_against_the_reference():
    told = drawn(800, arms=4)
    found = propensity.differences(told, **ASKED).set_index(["method", "term"])["value"].astype("float64")
    x, y = np.c_[np.ones(800), told["x"]], told["y"].to_numpy(dtype="float64")
    member, free = [(told["arm"] == each).to_numpy() for each in range(4)], np.zeros(2)
    scores = [logistic.fit(x, each * 1.0, penalty=free) for each in member]
    means = [doubly.means(x, *each, free)["aipw"] for each in zip(member, [y] * 4, scores, strict=True)]
    for each in (1, 2, 3):
        assert_allclose(found["aipw"][str(each)], propensity.difference(means[each], means[0])[0])
    assert set(propensity.overlap(told, **SCORED)["term"]) == {"0", "1", "2", "3"}
    pair = propensity.differences(told[told["arm"].isin([0, 2])], **ASKED)
    assert_allclose(found["overlap"]["2"], by_method(pair)["overlap"])


def test_regions_separate_without_a_prior_and_not_with_one():
    told = drawn()
    told.loc[told["region"] == "p", "arm"] = 1
    free = propensity.differences(told, **(ASKED | {"covariates": ["x", "region"]}))
    # Of the regression too: no family of that region had the reference, so nothing tells what it would have done there.
    assert by_method(free).drop("naive").isna().all() and by_method(free, "se").drop("naive").isna().all()
    held = propensity.differences(told, **ASKED, penalised=["region"])
    assert held["value"].notna().all() and held["se"].notna().all()
    balance = propensity.balance(told, **(SCORED | {"covariates": ["x", "region"]}))
    assert by_method(balance)["ipw"].isna().all()


def test_edges():
    told = drawn()
    sure = propensity.differences(told.assign(y=np.where(told["arm"] == 1, 1, told["y"])), **ASKED)
    assert sure["value"].notna().all()  # all of one arm have the outcome: nothing to model there
    one = propensity.differences(told.assign(worker=1), **ASKED, cluster="worker")
    assert one["se"].isna().all() and one["value"].notna().all()
    flat = propensity.balance(told.assign(z=1.0), arm="arm", covariates=["x", "z"], reference=0)
    assert flat[flat["term"] == "z"]["value"].isna().all()
    same = propensity.differences(told.assign(z=2.0), **(ASKED | {"covariates": ["x", "z"]}))
    assert_allclose(by_method(same), by_method(propensity.differences(told, **ASKED)))
    before = told.copy()
    propensity.differences(told, **ASKED)
    pd.testing.assert_frame_equal(told, before)
    for wrong in ({"reference": 9}, {"covariates": ["nothing"]}):
        with pytest.raises(EstimateError):
            propensity.differences(told, **(ASKED | wrong))
    with pytest.raises(EstimateError, match="twee groepen"):
        propensity.differences(told.assign(arm=0), **ASKED)


def treatment_effect(rows, covariates, outcome, treatment, scale=False):
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.regression.linear_model import OLS
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    columns = rows[covariates].astype("float64")
    if scale:
        columns = (columns - columns.mean()) / columns.std()
    x, given = np.c_[np.ones(len(rows)), columns], rows[treatment].to_numpy()
    chosen = Logit(given, x).fit(disp=0, maxiter=100)
    return TreatmentEffect(OLS(rows[outcome].to_numpy(dtype="float64"), x), given, results_select=chosen)


@pytest.mark.parametrize("method", ["aipw_wls", "ipw_ra"])
def test_statsmodels_still_gets_scores_without_six_coefficients_wrong(method):
    told = case("ps_ipw_aipw")
    theirs = treatment_effect(told.rows, told.params["covs"].split("+"), "re78", "treat")
    with warnings.catch_warnings(), pytest.raises(ValueError):
        warnings.simplefilter("ignore")
        getattr(theirs, method)()


def library_ipw(rows, covariates, outcome, treatment, scale=False):
    effect = treatment_effect(rows, covariates, outcome, treatment, scale)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = effect.ipw(return_results=True)
    return found.start_params[0], found.effect[0], found.results_gmm.bse[0]


def test_statsmodels_still_gets_the_ipw_error_on_amounts_wrong():
    told = case("ps_ipw_aipw")
    covariates = told.params["covs"].split("+")
    _, value, se = library_ipw(told.rows, covariates, told.params["y"], told.params["a"])
    assert_allclose(value, told.expected["ipw_hajek"], rtol=1e-3)
    assert se / told.expected["ipw_se_mest"] > 1.1  # its search stops short where covariates are in euros
    small = told.rows.assign(re78=told.rows["re78"] / 1000)
    _, _, scaled = library_ipw(small, covariates, "re78", "treat", scale=True)
    assert_allclose(scaled * 1000, told.expected["ipw_se_mest"], rtol=1e-3)


def test_statsmodels_still_gets_far_scores_wrong():
    random = np.random.default_rng(3)
    x = random.normal(size=3000)
    arm, y = (random.random(3000) < special.expit(3 * x)) * 1, x + random.normal(size=3000)
    rows = pd.DataFrame({"x": x, "arm": arm, "y": y})
    score = propensity.scores(rows, **SCORED)["1"].to_numpy()
    assert (score[rows["arm"] == 1] < 0.01).any() or (score[rows["arm"] == 0] > 0.99).any()
    start, value, _ = library_ipw(rows, ["x"], "y", "arm")
    ours = by_method(propensity.differences(rows, **ASKED))["ipw_hajek"]
    assert_allclose(start, ours, rtol=1e-6)
    assert abs(value / ours - 1) > 0.01  # scores under .01 and over .99 are moved there, and nobody is told
