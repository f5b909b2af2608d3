import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import FOLDER, case
from scipy import stats

from hgeval.stats import scales


def one(found, measure, method):
    rows = found[(found["measure"] == measure) & (found["method"] == method)]
    assert len(rows) == 1
    return rows.iloc[0]


def of(found, measure):
    return found.loc[found["measure"] == measure, "value"].to_numpy(dtype="float64", na_value=np.nan)


def test_reference_alpha_omega():
    told = case("alpha_omega")
    theirs, items = told.expected, list(told.rows)
    found, one_factor = scales.alpha(told.rows, items=items), scales.omega(told.rows, items=items)
    alpha = one(found, "alpha", "cronbach")
    told.same([alpha["n"], alpha["value"]], [theirs["n"], theirs["alpha"]])
    told.same([alpha["low"], alpha["high"]], theirs["alpha_feldt"])
    told.same(one(found, "alpha", "standardised")["value"], theirs["std_alpha"])
    told.same(of(found, "alpha_if_dropped"), theirs["alpha_if_dropped"])
    told.same(of(found, "item_rest_r"), theirs["item_rest_r"])
    told.same(one(one_factor, "omega", "ml_one_factor")["value"], theirs["omega_total_cfa_ml"])
    told.same(one(one_factor, "omega", "ml_one_factor_standardised")["value"], theirs["omega_fa_cor"])
    told.same(of(one_factor, "loading"), theirs["loadings_cfa"])
    assert len(of(found, "item_rest_r")) == theirs["k"]


def persons_with(covariance):
    """Two hundred persons whose answers have exactly this covariance."""
    drawn = np.random.default_rng(1).normal(size=(200, len(covariance)))
    drawn -= drawn.mean(axis=0)
    alike = np.linalg.cholesky(np.linalg.inv(np.cov(drawn.T)))
    return pd.DataFrame(drawn @ alike @ np.linalg.cholesky(covariance).T)


@pytest.mark.parametrize(("scale", "printed", "digits"), [
    ("A", 0.7030, 0.70), ("C", 0.7267, 0.73), ("E", 0.7617, 0.76), ("N", 0.8140, 0.81), ("O", 0.6002, 0.60),
])
def test_reference_published_bfi_alphas(scale, printed, digits):
    """Alpha needs no more of the answers than their covariances; these are of who answered both questions."""
    pairs = pd.read_csv(FOLDER / "bfi_covariances.csv").query("scale == @scale")
    square = pairs.pivot_table(index="item", columns="other", values="covariance").fillna(0.0)
    covariance = square.to_numpy() + np.triu(square, 1).T
    people = persons_with(covariance)
    assert_allclose(people.cov().to_numpy(), covariance, atol=1e-7)
    found = scales.alpha(people, items=list(people))
    ours = found.loc[(found["measure"] == "alpha") & (found["method"] == "cronbach"), "value"].item()
    assert_allclose(ours, printed, atol=5e-5)
    assert round(ours, 2) == digits


def test_reference_icc():
    told = case("icc")
    theirs = told.expected
    found = scales.icc(told.rows, raters=list(told.rows)).set_index("method")
    rows = found.loc[[name.lower() for name in theirs["type"]]]
    for ours, name in (("value", "icc"), ("statistic", "F"), ("low", "lower"), ("high", "upper")):
        told.same(rows[ours].to_numpy(dtype=float), theirs[name])


def test_reference_published_shrout_fleiss():
    found = scales.icc(case("icc").rows, raters=["J1", "J2", "J3", "J4"]).set_index("method")["value"]
    order = ["icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"]
    assert [round(each, 2) for each in found[order]] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_alpha_by_hand():
    # Variances 1 and 1, covariance 1/2: the sum has variance 3, so alpha is 2 (1 - 2/3).
    found = scales.alpha(pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 1, 3]}), items=["a", "b"])
    alpha = one(found, "alpha", "cronbach")
    assert_allclose(alpha["value"], 2 / 3)
    assert_allclose(alpha["low"], 1 - stats.f.ppf(0.975, 2, 2) / 3)
    assert_allclose(one(found, "alpha", "standardised")["value"], 2 / 3)
    assert_allclose(of(found, "item_rest_r"), 0.5)
    assert np.isnan(of(found, "alpha_if_dropped")).all()  # one item is no scale


def test_feldts_interval_keeps_its_promise():
    """Parallel items of four, thirty persons, 300 times: the true alpha is 4 x .5 / (1 + 3 x .5) = .8."""
    random = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        scores = random.normal(size=(30, 1)) + random.normal(size=(30, 4))
        found = scales.alpha(pd.DataFrame(scores, columns=list("abcd")), items=list("abcd")).iloc[0]
        held += found["low"] <= 0.8 <= found["high"]
    assert 0.915 < held / 300 < 0.985


def test_an_item_without_spread():
    rows = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [1.0, 3, 2, 5], "c": 0.1})
    found = scales.alpha(rows, items=list("abc"))
    assert one(found, "alpha", "cronbach")["value"] < 1
    assert pd.isna(one(found, "alpha", "standardised")["value"])
    assert np.isnan(of(found, "item_rest_r")).tolist() == [False, False, True]
    assert np.isnan(of(scales.omega(rows, items=list("abc")), "omega")).all()


def test_alpha_where_the_sum_does_not_vary_or_all_items_are_one():
    opposed = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 2, 1]})
    assert pd.isna(one(scales.alpha(opposed, items=["a", "b"]), "alpha", "cronbach")["value"])
    same = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3]})
    alpha = one(scales.alpha(same, items=["a", "b"]), "alpha", "cronbach")
    assert alpha["value"] == 1 and pd.isna(alpha["low"])
    flat = scales.alpha(pd.DataFrame({"a": [2, 2], "b": [2, 2]}), items=["a", "b"])
    assert flat["value"].isna().all()


@pytest.mark.parametrize("persons", [0, 1])
def test_too_few_persons(persons):
    rows = pd.DataFrame({"a": [1.0], "b": [2.0], "c": [4.0]}).iloc[:persons]
    for found in (scales.alpha(rows, items=list("abc")), scales.omega(rows, items=list("abc")),
                  scales.icc(rows, raters=list("abc"))):
        assert found["value"].isna().all() and (found["n"] == persons).all()


def test_who_left_an_item_open_does_not_count():
    rows = pd.DataFrame({"a": [1.0, 2, 3, None], "b": [2.0, 1, 3, 9]})
    assert one(scales.alpha(rows, items=["a", "b"]), "alpha", "cronbach")["n"] == 3


def factor_data(seed, persons=300, count=5):
    random = np.random.default_rng(seed)
    loadings = random.uniform(0.4, 0.9, count)
    scores = random.normal(size=(persons, 1)) * loadings + random.normal(size=(persons, count))
    return pd.DataFrame(scores * random.uniform(0.5, 3, count), columns=[f"i{at}" for at in range(count)])


@pytest.mark.parametrize("seed", range(3))
def test_statsmodels_one_factor_is_ours(seed):
    from statsmodels.multivariate.factor import Factor

    rows = factor_data(seed)
    ours = of(scales.omega(rows, items=list(rows)), "loading") / rows.std(ddof=0)
    theirs = np.abs(Factor(corr=rows.corr().to_numpy(), n_factor=1, method="ml", nobs=300).fit().loadings[:, 0])
    assert_allclose(ours, theirs, atol=2e-4)  # theirs stops earlier


def test_three_items_have_a_closed_form():
    # Just identified: the loading of a is the root of r_ab r_ac / r_bc.
    rows = factor_data(7, count=3)
    r = rows.corr().to_numpy()
    loading = np.sqrt(np.array([r[0, 1] * r[0, 2] / r[1, 2], r[0, 1] * r[1, 2] / r[0, 2], r[0, 2] * r[1, 2] / r[0, 1]]))
    found = scales.omega(rows, items=list(rows))
    assert_allclose(of(found, "loading"), loading * rows.std(ddof=0), rtol=1e-5)
    omega = loading.sum() ** 2 / (loading.sum() ** 2 + (1 - loading**2).sum())
    assert_allclose(one(found, "omega", "ml_one_factor_standardised")["value"], omega, rtol=1e-6)


def exactly(spread):
    """Fifty persons whose covariance is exactly this."""
    raw = np.random.default_rng(0).normal(size=(50, len(spread)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return pd.DataFrame(white @ np.linalg.cholesky(spread).T, columns=list("abcd")[: len(spread)])


def test_equal_items_have_omega_equal_to_alpha():
    rows = exactly(np.eye(4) + 1)
    found = one(scales.omega(rows, items=list("abcd")), "omega", "ml_one_factor")["value"]
    assert_allclose(found, 0.8, rtol=1e-6)
    assert_allclose(one(scales.alpha(rows, items=list("abcd")), "alpha", "cronbach")["value"], 0.8)


def test_two_items_a_wholly_explained_item_and_doubled_items_have_no_omega():
    rows = factor_data(1, count=3)
    assert np.isnan(of(scales.omega(rows, items=["i0", "i1"]), "omega")).all()
    # The loading of a would be the root of .8 x .8 / .4: more than its whole variance.
    heywood = exactly(np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]]))
    assert np.isnan(of(scales.omega(heywood, items=list("abc")), "omega")).all()
    assert np.isnan(of(scales.omega(rows.assign(i3=rows["i0"]), items=["i0", "i1", "i2", "i3"]), "omega")).all()


def test_raters_who_agree_wholly():
    found = scales.icc(pd.DataFrame({"x": [0.1, 0.7, 3.3], "y": [0.1, 0.7, 3.3]}), raters=["x", "y"])
    assert (found["value"] == 1).all()
    assert found[["low", "high", "statistic", "p"]].isna().all().all()


def test_raters_who_differ_by_a_constant_are_consistent_but_do_not_agree():
    found = scales.icc(pd.DataFrame({"x": [1.0, 2, 3], "y": [3.0, 4, 5]}), raters=["x", "y"]).set_index("method")
    assert found.loc["icc3", "value"] == 1 and pd.isna(found.loc["icc3", "statistic"])
    # Between persons 2, raters 6 on 1, error 0: 2 / (2 + 2 x 6 / 3).
    assert_allclose(found.loc["icc2", "value"], 1 / 3)
    assert found.loc["icc1", "low"] < found.loc["icc1", "value"] < found.loc["icc1", "high"]


def test_nothing_varies_or_only_the_raters_do():
    flat = scales.icc(pd.DataFrame({"x": [2.0, 2], "y": [2.0, 2]}), raters=["x", "y"])
    assert flat["value"].isna().all() and len(flat) == 6
    rows = pd.DataFrame({"x": [0.1, 0.1, 0.1], "y": [0.3, 0.3, 0.3]})
    raters = scales.icc(rows, raters=["x", "y"]).set_index("method")
    assert pd.isna(raters.loc["icc1k", "value"]) and pd.isna(raters.loc["icc3", "value"])
    assert raters.loc["icc1", "value"] == -1
    assert raters.loc["icc2", "value"] == 0
