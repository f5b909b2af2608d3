import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import binom, binomtest

from hgeval.errors import EstimateError
from hgeval.stats import shares

PRINTED = {  # Newcombe 1998, Stat Med 17:857, table I
    (81, 263): {"wilson": (0.2553, 0.3662), "wilson_cc": (0.2535, 0.3682), "clopper_pearson": (0.2527, 0.3676),
                "midp": (0.2544, 0.3658)},
    (15, 148): {"wilson": (0.0624, 0.1605), "wilson_cc": (0.0598, 0.1644), "clopper_pearson": (0.0578, 0.1617),
                "midp": (0.0601, 0.1581)},
    (0, 20): {"wilson": (0, 0.1611), "wilson_cc": (0, 0.2005), "clopper_pearson": (0, 0.1684), "midp": (0, 0.1391)},
    (1, 29): {"wilson": (0.0061, 0.1718), "wilson_cc": (0.0018, 0.1963), "clopper_pearson": (0.0009, 0.1776),
              "midp": (0.0017, 0.1585)},
}  # fmt: skip


def test_reference_prop_ci():
    known = case("prop_ci")
    for method in shares.METHODS:
        name = {"jeffreys": "jeffreys_bcd"}.get(method, method)
        found = shares.share(known.rows, events="x", n="n", method=method, level=known.rows["conf"])
        known.same(found["value"].astype(float), [each["p"] for each in known.expected])
        known.same(found[["low", "high"]].astype(float), [each[name] for each in known.expected])


def test_reference_published_newcombe1998_single():
    for (x, n), methods in PRINTED.items():
        for method, limits in methods.items():
            assert_allclose(np.ravel(shares.METHODS[method](x, n, 0.95)), limits, atol=5.1e-5)


COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("method", ["wilson", "wilson_cc", "midp", "jeffreys", "clopper_pearson"])
@settings(max_examples=25, deadline=None)
@given(count=COUNTS, level=st.sampled_from([0.8, 0.95, 0.99]))
def test_an_interval_holds_the_share_and_mirrors(method, count, level):
    x, n = count
    low, high = shares.METHODS[method](x, n, level)
    assert 0 <= low[0] <= x / n <= high[0] <= 1
    other_low, other_high = shares.METHODS[method](n - x, n, level)
    assert_allclose([low[0], high[0]], [1 - other_high[0], 1 - other_low[0]], atol=1e-9)
    assert (low[0] == 0) == (x == 0) or method == "wilson_cc"
    assert (high[0] == 1) == (x == n) or method == "wilson_cc"


@settings(max_examples=25, deadline=None)
@given(count=COUNTS)
def test_midp_solves_its_equation(count):
    x, n = count
    low, high = (limit[0] for limit in shares.midp(x, n))
    if x > 0:
        assert_allclose(binom.sf(x, n, low) + binom.pmf(x, n, low) / 2, 0.025, rtol=1e-9)
    if x < n:
        assert_allclose(binom.cdf(x - 1, n, high) + binom.pmf(x, n, high) / 2, 0.025, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(count=COUNTS)
def test_scipy_gives_the_same_exact_and_corrected_limits(count):
    x, n = count
    for method, theirs in (("clopper_pearson", "exact"), ("wilson_cc", "wilsoncc")):
        known = binomtest(x, n).proportion_ci(method=theirs)
        assert_allclose(np.ravel(shares.METHODS[method](x, n, 0.95)), known, atol=1e-11)


@pytest.mark.parametrize("method", list(shares.METHODS))
def test_no_families_and_missing_counts_are_missing(method):
    rows = pd.DataFrame({"n": pd.array([0, 10, None], "Int64"), "events": pd.array([0, None, 3], "Int64")})
    found = shares.share(rows, method=method)
    assert found[["value", "low", "high", "se"]].isna().all(axis=None)
    assert found["n"].tolist()[:2] == [0, 10]


def test_a_share_keeps_region_and_groups_and_names_its_method():
    rows = pd.DataFrame({"region": ["A", "B"], "wave": ["T1", "T1"], "n": [10, 20], "events": [0, 20]})
    before = rows.copy()
    found = shares.share(rows, groups=["wave"], measure="stopped", method="midp", level=0.9)
    assert found.columns.tolist()[:3] == ["measure", "region", "wave"]
    assert found["region"].tolist() == ["A", "B"] and found["method"].tolist() == ["midp", "midp"]
    assert found["level"].tolist() == [0.9, 0.9]
    assert_allclose(found["high"].astype(float), [1 - 0.1 ** (1 / 10), 1])  # half of (1 - p)^10 is 0.05
    assert_allclose(found["low"].astype(float), [0, 0.1 ** (1 / 20)])
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize("events", [-1, 11])
def test_a_part_over_its_whole_is_refused(events):
    with pytest.raises(EstimateError, match="deel is nooit groter"):
        shares.share(pd.DataFrame({"n": [10], "events": [events]}))


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_between_0_and_1(level):
    with pytest.raises(EstimateError, match="betrouwbaarheid ligt tussen 0 en 1"):
        shares.midp(1, 10, level)


def test_unknown_methods_lacking_columns_and_text_are_refused():
    with pytest.raises(EstimateError, match="Bekend zijn: wilson"):
        shares.share(pd.DataFrame({"n": [10], "events": [1]}), method="guess")
    with pytest.raises(EstimateError, match="mist de kolommen events"):
        shares.share(pd.DataFrame({"n": [10]}))
    with pytest.raises(EstimateError, match="tekst waar een getal moet staan"):
        shares.midp(["een"], 10)


def test_statsmodels_still_cuts_agresti_coull_off():
    from statsmodels.stats.proportion import proportion_confint

    assert proportion_confint(0, 20, method="agresti_coull")[0] == 0
    assert shares.agresti_coull(0, 20)[0][0] < 0  # -0.0287 as computed


def test_wilson_deff_is_wilson_of_fewer_families_and_never_of_more():
    assert_allclose(np.ravel(shares.wilson_deff(20, 60, 2)), np.ravel(shares.wilson(10, 30)))
    assert_allclose(np.ravel(shares.wilson_deff(20, 60, 0.5)), np.ravel(shares.wilson(20, 60)))
    assert np.isnan(shares.wilson_deff(20, 60, np.nan)).all()
    assert shares.wilson_deff(0, 60, 3)[0][0] == 0 and shares.wilson_deff(60, 60, 3)[1][0] == 1


def families() -> pd.DataFrame:
    return pd.DataFrame({
        "region": ["A"] * 6 + ["B"] * 4,
        "worker": ["a1", "a1", "a1", "a2", "a2", "a2", "b1", "b1", "b2", "b2"],
        "stopped": [True, True, True, False, False, False, True, True, False, False],
    })  # fmt: skip


def test_clustered_shares_use_the_pooled_design_effect():
    # Region A: two workers, surplus 1.5 and -1.5: 2 x 4.5 = 9 against 36 / 5 x 1/4 = 1.8. B: 1 and -1: 4 against 4/3.
    deff = (9 + 4) / (1.8 + 4 / 3)
    found = shares.clustered(families(), flag="stopped", cluster="worker", measure="stopped")
    rows = found[found["measure"] == "stopped"].set_index("region")
    assert rows.index.tolist() == ["A", "B", "NL"] and rows["method"].eq("wilson_deff").all()
    assert_allclose(found.loc[found["measure"] == "deff", "value"].astype(float), deff)
    for region, n, x in (("A", 6, 3), ("B", 4, 2), ("NL", 10, 5)):
        low, high = shares.wilson(x / deff, n / deff)
        assert_allclose(rows.loc[region, ["low", "high"]].astype(float), [low[0], high[0]])
        assert_allclose(rows.loc[region, "se"], np.sqrt(0.25 * deff / n))


def test_clustered_shares_per_group_have_a_design_effect_per_group():
    rows = pd.concat([families().assign(wave="T1"), families().assign(wave="T2", worker=None)], ignore_index=True)
    found = shares.clustered(rows, flag="stopped", cluster="worker", groups=["wave"])
    deff = found[found["measure"] == "deff"].set_index("wave")["value"]
    assert_allclose(deff.astype(float), [13 / (1.8 + 4 / 3), 1])
    late = found[(found["wave"] == "T2") & (found["region"] == "A") & (found["measure"] == "share")]
    assert_allclose(late[["low", "high"]].astype(float).iloc[0], np.ravel(shares.wilson(3, 6)))


def test_one_cluster_says_nothing_about_the_uncertainty():
    rows = families().iloc[:3].assign(stopped=[True, False, True])
    found = shares.clustered(rows, flag="stopped", cluster="worker")
    assert_allclose(found["value"].astype(float)[:2], [2 / 3, 2 / 3])
    assert found[["low", "high"]].isna().all(axis=None)


def test_the_printed_anchor_is_the_one_of_the_shared_facts():
    """The table above and the wilson numbers kept from an independent computation agree."""
    kept = json.loads((Path(__file__).parent / "reference" / "prop_ci.json").read_text(encoding="utf-8"))["expected"]
    for each in kept[:4]:
        for method, limits in PRINTED[each["x"], each["n"]].items():
            assert_allclose(each[method], limits, atol=5.1e-5)
