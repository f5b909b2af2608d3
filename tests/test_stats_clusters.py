"""Cluster-robust standard errors: reference cases, and formulas written out with whole matrices."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import clusters, sandwich, terms

ASKED = {"covariates": ["ell", "meals"], "cluster": "dnum"}


def same_as(told, found):
    names = {"(intercept)": "(Intercept)"}

    def same(ours, theirs):
        assert {names.get(term, term) for term in ours} == set(theirs)
        told.same(list(ours.values()), [theirs[names.get(term, term)] for term in ours])

    same(by_term(found, method="cr2"), told.expected["coef"])
    for name in ("hc3", "cr0", "cr1", "cr1s", "cr2"):
        if told.expected[name] is not None:
            same(by_term(found, "se", method=name), told.expected[name])
    same(by_term(found, "df", method="cr2"), told.expected["cr2_satt_df"])
    same(by_term(found, "p", method="cr2"), told.expected["cr2_satt_p"])
    assert one(found, measure="clusters") == told.expected["n_clusters"]


def test_reference_cluster_se_lm():
    told = case("cluster_se_lm")
    same_as(told, clusters.linear(told.rows, outcome="api00", **ASKED))


def test_reference_cluster_se_logit():
    told = case("cluster_se_logit")
    same_as(told, clusters.logit(told.rows, outcome="award", **ASKED))


def test_the_order_of_rows_and_names_of_clusters_do_not_matter():
    rows = case("cluster_se_lm").rows
    mixed = rows.sample(frac=1, random_state=4).assign(dnum=lambda each: "d" + (1000 - each["dnum"]).astype(str))
    ours, theirs = (clusters.linear(each, outcome="api00", **ASKED) for each in (mixed, rows))
    assert_allclose(ours["se"].dropna(), theirs["se"].dropna(), rtol=1e-10)


def whole_matrices(problem):
    """CR2 and its degrees of freedom with nothing left out: (n, n) matrices, pseudo-inverse roots."""
    x, n = problem.x, len(problem.x)
    w, theta = np.diag(problem.working), np.diag(problem.target)
    inside = np.linalg.inv(x.T @ w @ x)
    left = np.eye(n) - x @ inside @ x.T @ w
    cov, parts = left @ theta @ left.T, np.split(np.arange(n), problem.starts[1:])
    own, rows = [], []
    for part in parts:
        root = np.diag(np.sqrt(problem.target[part]))
        values, vectors = np.linalg.eigh(root @ cov[np.ix_(part, part)] @ root)
        turned = np.where(values > 1e-9 * values.max(), np.abs(values), np.inf) ** -0.5
        adjust = root @ (vectors * turned) @ vectors.T @ root
        row = inside @ x[part].T @ w[np.ix_(part, part)] @ adjust
        own.append(row @ problem.residuals[part])
        rows.append(np.zeros((x.shape[1], n)))
        rows[-1][:, part] = row
    p = np.einsum("gki,ij,hkj->kgh", np.stack(rows), cov, np.stack(rows))
    df = np.array([np.trace(each) ** 2 / (each**2).sum() for each in p])
    return np.stack(own).T @ np.stack(own), df


def problem_of(seed, *, weights, target, sizes=(2, 5, 1, 7, 4, 6)):
    random = np.random.default_rng(seed)
    n = sum(sizes)
    x = np.column_stack([np.ones(n), random.normal(size=n), random.integers(0, 2, n)])
    w = random.uniform(0.5, 3, n) if weights else np.ones(n)
    theta = 1 / w if target else np.ones(n)
    y = random.normal(size=n)
    coef = np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * y))
    return sandwich.Problem(x, w, y - x @ coef, theta, np.cumsum([0, *sizes[:-1]]))


@pytest.mark.parametrize(("weights", "target"), [(False, False), (True, False), (True, True)])
def test_cr2_is_that_of_whole_matrices(weights, target):
    problem = problem_of(3, weights=weights, target=target)
    cov, df = whole_matrices(problem)
    found = sandwich.cr2(problem)
    assert_allclose(found.cov, cov, rtol=1e-9)
    assert_allclose(found.df, df, rtol=1e-9)


def test_cr2_is_unbiased_where_its_variances_hold():
    """What CR2 promises: its mean over outcomes with independent, equal errors is the true covariance."""
    problem = problem_of(5, weights=False, target=False)
    inside = np.linalg.inv(problem.x.T @ problem.x)
    left = np.eye(len(problem.x)) - problem.x @ inside @ problem.x.T
    mean = sum(sandwich.cr2(problem._replace(residuals=column)).cov for column in left)  # sum over e e' = I
    assert_allclose(mean, inside, rtol=1e-10)


def test_both_ways_to_cr2_agree():
    problem = problem_of(7, weights=False, target=False)
    almost = problem._replace(target=np.full(len(problem.x), 1 + 1e-13))
    assert_allclose(sandwich.cr2(almost).cov, sandwich.cr2(problem).cov, rtol=1e-9)


def test_a_cluster_with_a_term_of_its_own_takes_the_pseudo_inverse():
    """Levels of clusters in the model: I - H is singular in each of them."""
    problem = problem_of(9, weights=False, target=False, sizes=(4, 5, 6, 3))
    codes = np.repeat([0, 1, 2, 3], [4, 5, 6, 3])
    x = np.column_stack([problem.x, codes[:, None] == [1, 2, 3]]).astype(float)
    y = problem.residuals
    new = problem._replace(x=x, residuals=y - x @ np.linalg.lstsq(x, y, rcond=None)[0])
    cov, df = whole_matrices(new)
    found = sandwich.cr2(new)
    assert_allclose(found.cov[1:3, 1:3], cov[1:3, 1:3], rtol=1e-8)
    assert_allclose(found.df[1:3], df[1:3], rtol=1e-8)


def test_what_only_one_cluster_tells_has_no_cr2():
    """One treated cluster of six: missing, and the rest stands."""
    rows = pd.DataFrame({"g": np.repeat(range(6), 4), "y": np.arange(24) ** 1.5 % 7, "x": np.arange(24) % 5})
    rows = rows.assign(one=rows["g"] == 0)
    found = clusters.linear(rows, outcome="y", covariates=["one", "x"], cluster="g")
    errors = by_term(found, "se", method="cr2")
    assert np.isnan(errors["one"]) and np.isfinite(errors["x"])


def test_few_treated_clusters_leave_few_degrees():
    """3 of 26 clusters treated, equal sizes: the degrees are near those of a mean of three (Bell & McCaffrey 2002)."""
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"region": np.repeat(range(26), 20)}).assign(
        treated=lambda each: (each["region"] < 3).astype(int), y=random.normal(size=520)
    )
    found = clusters.linear(rows, outcome="y", covariates=["treated"], cluster="region")
    df = by_term(found, "df", method="cr2")
    # by hand: variances s1/3 and s0/23 with 2 and 22 degrees, pooled as Welch does for equal variances
    by_hand = (1 / 3 + 1 / 23) ** 2 / ((1 / 3) ** 2 / 2 + (1 / 23) ** 2 / 22)
    assert_allclose(df["treated"], by_hand, rtol=1e-9)


def test_clusters_of_one_row_give_hc2():
    rows = pd.DataFrame({"y": [1.0, 3, 2, 5, 4], "x": [0.0, 1, 2, 3, 5], "one": range(5)})
    found = clusters.linear(rows, outcome="y", covariates=["x"], cluster="one")
    x = np.column_stack([np.ones(5), rows["x"]])
    inside = np.linalg.inv(x.T @ x)
    e = rows["y"] - x @ inside @ x.T @ rows["y"]
    h = np.diag(x @ inside @ x.T)
    hc2 = inside @ x.T @ np.diag(e**2 / (1 - h)) @ x @ inside
    hc3 = inside @ x.T @ np.diag(e**2 / (1 - h) ** 2) @ x @ inside
    assert_allclose(list(by_term(found, "se", method="cr2").values()), np.sqrt(np.diag(hc2)), rtol=1e-10)
    assert_allclose(list(by_term(found, "se", method="hc3").values()), np.sqrt(np.diag(hc3)), rtol=1e-10)


def test_one_cluster_says_nothing_about_clusters():
    found = clusters.linear(case("cluster_se_lm").rows.assign(dnum=1), outcome="api00", **ASKED)
    robust = found[found["method"].isin(["cr0", "cr1", "cr1s", "cr2"])]
    assert robust["se"].isna().all() and robust["low"].isna().all() and robust["p"].isna().all()
    assert robust["value"].notna().all()


def test_a_constant_column_is_missing_and_the_rest_stands():
    rows = case("cluster_se_lm").rows.assign(constant=4.0)
    plain = clusters.linear(rows, outcome="api00", **ASKED)
    more = clusters.linear(rows, outcome="api00", covariates=["constant", "ell", "meals"], cluster="dnum")
    constant = pick(more, term="constant")
    assert constant["value"].isna().all() and constant["se"].isna().all()
    assert by_term(more, "se", method="cr2")["ell"] == pytest.approx(by_term(plain, "se", method="cr2")["ell"])


def test_separation_is_missing_everywhere():
    rows = pd.DataFrame({"y": [0, 0, 1, 1], "x": [1, 2, 3, 4], "g": [1, 1, 2, 2]})
    found = clusters.logit(rows, outcome="y", covariates=["x"], cluster="g")
    assert pick(found, measure="coefficient")[["value", "se", "low", "high", "p", "df"]].isna().all(axis=None)


def test_a_perfect_fit_with_as_many_rows_as_terms_has_no_hc3_or_cr1s():
    rows = pd.DataFrame({"y": [1.0, 2], "x": [0.0, 1], "g": [1, 2]})
    found = clusters.linear(rows, outcome="y", covariates=["x"], cluster="g")
    assert found[found["method"].isin(["hc3", "cr1s"])]["se"].isna().all()
    assert by_term(found, method="cr0") == pytest.approx({"(intercept)": 1, "x": 1})


def test_weights_are_those_of_rows_repeated():
    rows = case("cluster_se_logit").rows[["award", "ell", "meals", "dnum"]].assign(w=lambda each: each["ell"] % 3 + 1)
    more = rows.loc[rows.index.repeat(rows["w"])]
    ours = clusters.logit(rows, outcome="award", weights="w", **ASKED)
    theirs = clusters.logit(more, outcome="award", **ASKED)
    assert_allclose(pick(ours, method="cr0")["se"], pick(theirs, method="cr0")["se"], rtol=1e-8)
    assert_allclose(pick(ours, method="cr1")["value"], pick(theirs, method="cr1")["value"], rtol=1e-8)


def test_statsmodels_cluster_is_cr1s():
    import statsmodels.api as sm

    rows = case("cluster_se_lm").rows
    theirs = sm.OLS(rows["api00"], sm.add_constant(rows[["ell", "meals"]])).fit(
        cov_type="cluster", cov_kwds={"groups": rows["dnum"]}
    )
    ours = by_term(clusters.linear(rows, outcome="api00", **ASKED), "se", method="cr1s")
    assert_allclose(theirs.bse, list(ours.values()), rtol=1e-10)


def test_an_outcome_of_more_than_two_is_refused():
    with pytest.raises(EstimateError, match="0 en 1"):
        clusters.logit(case("cluster_se_lm").rows, outcome="api00", **ASKED)


def test_many_clusters_are_done_at_once():
    """1,000 clusters: nothing of (1,000, 1,000) or of all rows squared, and no cluster forgotten."""
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"g": np.repeat(range(1000), 5), "x": random.normal(size=5000), "y": random.normal(size=5000)})
    found = clusters.linear(rows, outcome="y", covariates=["x"], cluster="g")
    assert 700 < by_term(found, "df", method="cr2")["x"] < 1000
    assert terms.INTERCEPT in by_term(found)
