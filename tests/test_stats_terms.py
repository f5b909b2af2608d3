"""Design matrices, coefficients as rows, and whether a model has an estimate at all."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import glm, terms

ROWS = pd.DataFrame({
    "y": [0.0, 1, 0, 1, 1, 0], "x": [1.0, 2, 4, 3, 5, np.nan], "kind": ["b", "a", "c", "b", "a", "c"],
    "region": ["r2", "r1", "r2", "r1", "r3", "r3"],
})  # fmt: skip


def test_rows_are_complete_and_sorted_by_cluster():
    design = terms.build(ROWS, outcome="y", covariates=["x"], cluster="region")
    assert design.n == 5 and list(design.labels) == ["r1", "r2", "r3"]
    assert_array_equal(design.x[:, 1], [2, 3, 1, 4, 5])
    assert_array_equal(design.y, [1, 1, 0, 0, 1])
    assert_array_equal(design.starts, [0, 2, 4])


def test_text_becomes_columns_after_the_first_category():
    design = terms.build(ROWS, outcome="y", covariates=["kind"])
    assert design.names == ("(intercept)", "kind[b]", "kind[c]")
    assert_array_equal(design.x[:, 1], [1, 0, 0, 1, 0, 0])


def test_declared_categories_say_the_order_and_one_without_rows_is_not_determined():
    declared = ROWS.assign(kind=pd.Categorical(ROWS["kind"], ["c", "b", "nobody", "a"]))
    design = terms.build(declared, outcome="y", covariates=["kind"])
    assert design.names == ("(intercept)", "kind[b]", "kind[nobody]", "kind[a]")
    assert_array_equal(design.kept, [True, True, False, True])
    assert_array_equal(design.spread(np.array([1.0, 2, 3])), [1, 2, np.nan, 3])


def test_true_and_false_are_one_column():
    design = terms.build(ROWS.assign(late=ROWS["x"] > 2), outcome="y", covariates=["late"])
    assert design.names == ("(intercept)", "late")


def test_what_follows_from_earlier_columns_is_dropped_and_nothing_else():
    x = np.column_stack([np.ones(5), [1982.0, 1983, 1984, 1985, 1986], np.full(5, 3.0), [1.0, 2, 3, 4, 5],
                         np.zeros(5), [1e-6, 0, 0, 2e-6, 0]])  # fmt: skip
    assert_array_equal(terms.independent(x), [True, True, False, False, False, True])


def test_a_weight_of_nothing_takes_a_row_out():
    design = terms.build(ROWS.assign(w=[1, 0, 2, 1, 1, 1]), outcome="y", covariates=["kind"], weights="w")
    assert design.n == 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y": np.nan}, "geen rij"),
        ({"x": np.inf}, "geen getal"),
        ({"w": -1.0}, "kleiner dan 0"),
        ({"y": "ja"}, "geen getal"),
    ],
)
def test_bad_input_is_said(change, told):
    rows = ROWS.assign(w=1.0).assign(**change)
    with pytest.raises(EstimateError, match=told):
        terms.build(rows, outcome="y", covariates=["x"], weights="w")


def test_a_column_that_lacks_is_named():
    with pytest.raises(EstimateError, match="nergens"):
        terms.build(ROWS, outcome="y", covariates=["nergens"])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(EstimateError):
        terms.need_level(level)


def test_the_input_is_not_changed():
    before = ROWS.copy()
    terms.build(ROWS, outcome="y", covariates=["x", "kind"], cluster="region")
    pd.testing.assert_frame_equal(ROWS, before)


def test_limits_follow_t_and_the_normal_where_df_has_no_end():
    found = terms.table("m", ["a", "b", "c", "d"], 2.0, method="x", se=1.0, df=[5.0, np.inf, np.nan, 0.0], level=0.9)
    assert_allclose(found["high"], [2 + stats.t.ppf(0.95, 5), 2 + stats.norm.ppf(0.95), np.nan, np.nan])
    assert_allclose(found["p"], [2 * stats.t.sf(2, 5), 2 * stats.norm.sf(2), np.nan, np.nan])
    assert_array_equal(found["level"], [0.9, 0.9, np.nan, np.nan])
    assert found["df"].isna().tolist() == [False, True, True, True]


def test_a_standard_error_of_nothing_has_no_statistic():
    found = terms.table("m", ["a"], 2.0, method="x", se=0.0, df=5.0, level=0.9)
    assert found["statistic"].isna().all() and found["p"].isna().all() and found["low"].item() == 2


def fitted(y, x, family, **options):
    rows = pd.DataFrame({"y": y, "x": x})
    design = terms.build(rows, outcome="y", covariates=["x"])
    return design, glm.fit(design, family, **options)


def test_separation_has_no_estimate():
    design, fit = fitted([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], "logit")
    assert not fit.exists and np.isnan(fit.coef).all() and np.isnan(fit.loglik) and np.isnan(fit.pearson(design))


def test_separation_of_one_group_only_has_no_estimate():
    assert not fitted([0, 1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1], "logit")[1].exists


def test_a_group_without_events_has_no_poisson_estimate():
    assert not fitted([3, 1, 0, 0], [0, 0, 1, 1], "poisson")[1].exists


def test_a_rare_outcome_is_not_taken_for_separation():
    y = np.repeat([1, 0, 1, 0], [1, 99_999, 2, 99_998])
    _, fit = fitted(y, np.repeat([0, 1], 100_000), "logit")
    assert_allclose(fit.coef, [np.log(1 / 99_999), np.log(2 / 99_998) - np.log(1 / 99_999)], rtol=1e-9)


@pytest.mark.parametrize("family", ["poisson", "gamma", "negative_binomial"])
def test_log_linear_models_of_two_groups_give_the_means(family):
    _, fit = fitted([3.0, 5, 2, 8, 11], [0, 0, 0, 1, 1], family)
    assert_allclose(np.exp([fit.coef[0], fit.coef.sum()]), [10 / 3, 9.5], rtol=1e-10)
