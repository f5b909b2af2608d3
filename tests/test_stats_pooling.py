"""Rubin's rules: mice's numbers, tables that agree, one table, and a complete table without end."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import one, pick
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import pooling

ASKED = {"value": "est", "se": "se"}


def pooled(values, errors, **options):
    return pooling.rubin(pd.DataFrame({"est": values, "se": errors}), **ASKED, **options)


def test_reference_mi_pool():
    told = case("mi_pool")
    complete = int((told.rows["n"] - told.rows["k"]).iloc[0])
    found, theirs = pooling.rubin(told.rows, complete_df=complete, **ASKED), told.expected
    row = pick(found, measure="pooled")
    told.same(row[["value", "se", "df", "low", "high"]].to_numpy(dtype=float)[0],
              [theirs["qbar"], theirs["se"], theirs["df_barnard_rubin"], *theirs["ci"]])  # fmt: skip
    names = {"within": "ubar", "between": "b", "total": "t", "relative_increase": "r", "fraction_missing": "fmi"}
    for measure, name in names.items():
        told.same(one(found, measure=measure), theirs[name])


def test_by_hand():
    """1, 2, 3 with variances of 1: between 1, total 1 + 4/3, df 2 (7/4)^2, of a large complete table."""
    found = pooled([1.0, 2, 3], [1.0, 1, 1])
    assert_allclose([one(found, measure=name) for name in ("pooled", "within", "between", "total")], [2, 1, 1, 7 / 3])
    assert_allclose(one(found, "df", measure="pooled"), 2 * (7 / 4) ** 2)
    assert_allclose(one(found, measure="fraction_missing"), (4 / 3 + 2 / (2 * (7 / 4) ** 2 + 3)) / (7 / 3))
    small = one(pooled([1.0, 2, 3], [1.0, 1, 1], complete_df=10), "df", measure="pooled")
    seen = 11 / 13 * 10 * 3 / 7
    assert_allclose(small, 1 / (1 / (2 * (7 / 4) ** 2) + 1 / seen))


def test_groups_are_pooled_apart():
    rows = pd.DataFrame({"est": [1.0, 2, 3, 5, 5, 5], "se": 1.0, "who": ["b"] * 3 + ["a"] * 3})
    found = pooling.rubin(rows, by=["who"], **ASKED)
    assert_allclose(one(found, "se", measure="pooled", who="b"), np.sqrt(7 / 3))
    assert_allclose(one(found, "se", measure="pooled", who="a"), 1)
    assert list(pick(found, measure="pooled")["who"]) == ["a", "b"]


def test_tables_that_agree_lose_nothing():
    found = pooled([2.0, 2, 2], [0.5, 0.5, 0.5], complete_df=20)
    assert_allclose(one(found, "se", measure="pooled"), 0.5)
    assert_allclose(one(found, "df", measure="pooled"), 21 / 23 * 20)
    large = pooled([2.0, 2, 2], [0.5, 0.5, 0.5])
    assert_allclose(one(large, "high", measure="pooled"), 2 + 0.5 * 1.959963984540054)
    assert one(large, measure="fraction_missing") == 0


def test_one_table_has_no_uncertainty_of_its_own():
    found = pooled([2.0], [0.5])
    assert one(found, measure="pooled") == 2 and one(found, measure="within") == 0.25
    assert found[["se", "low", "high", "p", "df"]].isna().all(axis=None)
    assert pick(found, measure="between")["value"].isna().all()


def test_standard_errors_of_nothing_have_no_relative_increase():
    found = pooled([1.0, 3], [0.0, 0.0])
    assert np.isnan(one(found, measure="relative_increase"))
    assert_allclose(one(found, "se", measure="pooled"), np.sqrt(3))
    same = pooled([1.0, 1], [0.0, 0.0])
    assert one(same, "se", measure="pooled") == 0 and np.isnan(one(same, "df", measure="pooled"))


@pytest.mark.parametrize(
    ("values", "errors", "options", "told"),
    [([1.0], [-1.0], {}, "kleiner dan 0"), ([1.0], [1.0], {"complete_df": 0}, "complete_df"), ([], [], {}, "geen rij")],
)
def test_bad_input_is_said(values, errors, options, told):
    with pytest.raises(EstimateError, match=told):
        pooled(values, errors, **options)
