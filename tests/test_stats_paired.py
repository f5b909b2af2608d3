from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import paired

MCNEMAR = {"mcnemar_exact": "exact_p", "mcnemar_midp": "midp", "mcnemar_chi2": "p_nocc", "mcnemar_chi2_cc": "p_cc"}


def numbers(found: pd.DataFrame, *names: str) -> np.ndarray:
    return found[list(names)].to_numpy(dtype=float, na_value=np.nan)


def test_reference_mcnemar():
    known = case("mcnemar")
    for method, name in (("tango", "tango"), ("newcombe_paired", "newcombe10"), ("wald", "wald")):
        found = paired.difference(known.rows, method=method, level=known.params["conf"])
        known.same(numbers(found, "value")[:, 0], [each["diff"] for each in known.expected])
        known.same(numbers(found, "low", "high"), [each[name] for each in known.expected])
    found = paired.tests(known.rows).groupby("method")
    for method, name in MCNEMAR.items():
        known.same(numbers(found.get_group(method), "p")[:, 0], [each[name] for each in known.expected])
    for method, name in (("mcnemar_chi2", "chi2_nocc"), ("mcnemar_chi2_cc", "chi2_cc")):
        known.same(numbers(found.get_group(method), "statistic")[:, 0], [each[name] for each in known.expected])
    found = paired.odds_ratio(known.rows)
    known.same(numbers(found, "value")[:, 0], [each["or_cond"] for each in known.expected])
    known.same(numbers(found, "low", "high"), [each["or_cond_exact"] for each in known.expected])


def test_reference_cochran_q():
    known = case("cochran_q")
    found = paired.cochran_q(known.rows, waves=["T0", "T1", "T2"])
    over_all = found.iloc[0]
    theirs = [known.expected[name] for name in ("Q", "df", "p")]
    known.same([over_all["statistic"], over_all["df"], over_all["p"]], theirs)
    known.same([over_all["statistic"], over_all["p"]], [known.expected["coin_stat"], known.expected["coin_p"]])
    for method, name in (("mcnemar_exact", "pairwise_mcnemar_exact"), ("mcnemar_exact_holm", "pairwise_holm")):
        known.same(numbers(found[found["method"] == method], "p")[:, 0], known.expected[name])
    pairs = found[found["method"] == "tango"]
    assert pairs["pair"].tolist() == ["T0 - T1", "T0 - T2", "T1 - T2"] and pairs["family"].eq(3).all()
    assert_allclose(numbers(pairs, "value")[:, 0], [0, 12 / 46, 12 / 46])  # 28, 28 and 16 of 46


def pairs_of(table: pd.DataFrame) -> pd.DataFrame:
    square = table.to_numpy()
    places = product(range(len(square)), repeat=2)
    return pd.DataFrame([{"first": i, "second": j, "n": square[i, j]} for i, j in places])


def test_reference_marginal_homogeneity():
    known = case("marginal_homogeneity")
    found = paired.homogeneity(pairs_of(known.rows), first="first", second="second", count="n").set_index("method")
    for method, name in (("stuart_maxwell", "sm_p"), ("bhapkar", "bh_p"), ("bowker", "bowker_p")):
        known.same(found.loc[method, ["statistic", "p"]].astype(float), [known.expected[method], known.expected[name]])
    assert found["df"].tolist() == [known.expected["df"], known.expected["df"], known.expected["bowker_df"]]
    known.same(found.loc["stuart_maxwell", "statistic"], known.expected["coin_stat"])


def test_reference_published_agresti_approval():
    """Approval twice, Agresti, Categorical Data Analysis 2e, 10.1: chi-square 17.36, difference .04."""
    rows = pd.DataFrame({"a": [794], "b": [150], "c": [86], "d": [570]})
    found = paired.tests(rows).set_index("method")
    assert round(found.loc["mcnemar_chi2", "statistic"], 2) == 17.36
    assert_allclose(numbers(paired.difference(rows), "value"), 0.04)


def test_reference_published_cochran_q():
    """Grizzle, Starmer & Koch 1969: Q = 8.47 with 2 degrees of freedom, p = .0145."""
    q = paired.cochran_q(case("cochran_q").rows, waves=["T0", "T1", "T2"]).iloc[0]
    assert (round(q["statistic"], 2), q["df"], round(q["p"], 4)) == (8.47, 2, 0.0145)


def test_reference_published_stuart_bhapkar():
    """Unaided vision of women: Stuart (1955) 11.957, Bhapkar (1966) 11.976, with 3 degrees of freedom."""
    rows = pairs_of(case("marginal_homogeneity").rows)
    found = paired.homogeneity(rows, first="first", second="second", count="n").set_index("method")
    printed = [round(found.loc[method, "statistic"], 3) for method in ("stuart_maxwell", "bhapkar")]
    assert printed == [11.957, 11.976] and found["df"].tolist()[:2] == [3, 3]


def test_reference_published_florida_youths():
    """Rearrests of matched Florida youths, 158, 515, 290 and 1134 pairs: McNemar 62.89 (as kept in R's HSAUR)."""
    rows = pd.DataFrame({"a": [158], "b": [515], "c": [290], "d": [1134]})
    found = paired.tests(rows).set_index("method")
    assert round(found.loc["mcnemar_chi2", "statistic"], 2) == 62.89


def test_statsmodels_still_gets_the_corrected_mcnemar_wrong():
    from statsmodels.stats.contingency_tables import mcnemar

    table = [[30, 9], [9, 12]]
    assert mcnemar(table, exact=False, correction=True).pvalue < 1  # as many up as down: 1
    found = paired.tests(pd.DataFrame({"a": [30], "b": [9], "c": [9], "d": [12]})).set_index("method")
    assert found.loc["mcnemar_chi2_cc", "p"] == 1


CELL = st.integers(0, 30)
TABLE = st.tuples(CELL, CELL, CELL, CELL).filter(any)


@pytest.mark.parametrize("method", ["tango", "newcombe_paired"])
@settings(max_examples=25, deadline=None)
@given(table=TABLE)
def test_a_paired_interval_holds_the_difference_and_mirrors(method, table):
    a, b, c, d = table
    low, high = (limit[0] for limit in paired.DIFFERENCES[method](a, b, c, d, 0.95))
    assert -1 - 1e-12 <= low <= (b - c) / sum(table) + 1e-9 and (b - c) / sum(table) - 1e-9 <= high <= 1 + 1e-12
    other_low, other_high = (limit[0] for limit in paired.DIFFERENCES[method](a, c, b, d, 0.95))
    assert_allclose([low, high], [-other_high, -other_low], atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(table=TABLE, delta=st.floats(-0.9, 0.9))
def test_tango_uses_the_most_likely_shares(table, delta):
    """The shares of change under that difference, found by maximising the likelihood, give the same score."""
    a, b, c, d = (float(each) for each in table)
    n = a + b + c + d

    def unlikely(q):  # q: share from no to yes; q + delta: from yes to no; the rest does not change
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = ((b, q + delta), (c, q), (a + d, 1 - 2 * q - delta))
            return -sum(count * np.log(share) for count, share in parts if count)

    ends = max(0, -delta), (1 - delta) / 2
    best = minimize_scalar(unlikely, bounds=ends, method="bounded", options={"xatol": 1e-13}).x
    best = min((best, *ends), key=unlikely)
    variance = n * (2 * best + delta - delta**2)
    if variance < 1e-6:
        return
    ours = paired._score(np.array([delta]), *(np.array([each]) for each in (a, b, c, d)))[0]
    assert_allclose(ours, (b - c - n * delta) / np.sqrt(variance), rtol=1e-4, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(b=st.integers(0, 60), c=st.integers(0, 60))
def test_exact_and_midp_as_summed(b, c):
    found = paired.tests(pd.DataFrame({"a": [1], "b": [b], "c": [c], "d": [1]})).set_index("method")
    every = binom.pmf(np.arange(b + c + 1), b + c, 0.5)
    extreme = np.abs(np.arange(b + c + 1) - (b + c) / 2) >= abs(b - c) / 2
    assert_allclose(found.loc["mcnemar_exact", "p"], every[extreme].sum(), rtol=1e-9)
    if b != c:
        assert_allclose(found.loc["mcnemar_midp", "p"], every[extreme].sum() - every[min(b, c)], rtol=1e-9)
    else:
        assert found.loc["mcnemar_midp", "p"] == 1


@settings(max_examples=25, deadline=None)
@given(b=st.integers(0, 60), c=st.integers(0, 60))
def test_statsmodels_gives_the_same_plain_mcnemar(b, c):
    from statsmodels.stats.contingency_tables import mcnemar

    found = paired.tests(pd.DataFrame({"a": [3], "b": [b], "c": [c], "d": [1]})).set_index("method")
    if b + c == 0:
        assert found.loc["mcnemar_chi2", ["statistic", "p"]].isna().all()
        assert found.loc["mcnemar_exact", "p"] == 1
        return
    known = mcnemar([[3, b], [c, 1]], exact=False, correction=False)
    assert_allclose(found.loc["mcnemar_chi2", ["statistic", "p"]].astype(float), [known.statistic, known.pvalue])


@pytest.mark.parametrize(
    ("table", "phi"), [((3, 3, 3, 4), 0), ((1, 5, 4, 1), -19 / 30), ((8, 2, 1, 9), 60 / np.sqrt(10 * 10 * 9 * 11))]
)
def test_newcombe_corrects_only_a_clear_positive_correlation(table, phi):
    """ad - bc is 3 (under half of 13: none), -19 (as it is), and 70 less half of 20."""
    a, b, c, d = table
    n = sum(table)
    (low1, high1), (low2, high2) = (rates.wilson(x, n) for x in (a + b, a + c))
    p, q = (a + b) / n, (a + c) / n
    down = np.sqrt((p - low1) ** 2 - 2 * phi * (p - low1) * (high2 - q) + (high2 - q) ** 2)
    up = np.sqrt((high1 - p) ** 2 - 2 * phi * (high1 - p) * (q - low2) + (q - low2) ** 2)
    assert_allclose(paired.newcombe(*table), (p - q - down, p - q + up), rtol=1e-9)


def test_no_pairs_and_missing_counts_are_missing():
    rows = pd.DataFrame({"a": [0, 1], "b": pd.array([0, None], "Int64"), "c": [0, 1], "d": [0, 1]})
    for method in paired.DIFFERENCES:
        assert np.isnan(numbers(paired.difference(rows, method=method), "value", "low", "high", "se")).all()
    assert np.isnan(numbers(paired.tests(rows), "p", "statistic")).all()
    assert np.isnan(numbers(paired.odds_ratio(rows), "value", "low", "high", "p")).all()


def test_an_odds_ratio_over_nothing_has_no_upper_end():
    found = paired.odds_ratio(pd.DataFrame({"a": [1, 1], "b": [4, 0], "c": [0, 0], "d": [1, 1]}))
    assert np.isnan(numbers(found, "value", "high")).all()
    low = 0.025 ** (1 / 4)
    assert_allclose(numbers(found, "low")[:, 0], [low / (1 - low), np.nan])


def test_pairs_are_counted_per_region_without_the_incomplete():
    rows = pd.DataFrame({
        "region": ["A", "A", "A", "B", "B", "B"],
        "t0": pd.array([True, True, None, False, False, False], "boolean"),
        "t1": pd.array([True, False, True, True, False, None], "boolean"),
    })  # fmt: skip
    before = rows.copy()
    found = paired.counted(rows, first="t0", second="t1")
    assert found.to_dict("list") == {"region": ["A", "B"], "a": [1, 0], "b": [1, 0], "c": [0, 1], "d": [0, 1]}
    assert paired.counted(rows, first="t0", second="t1", by=()).to_numpy().tolist() == [[1, 1, 1, 1]]
    pd.testing.assert_frame_equal(rows, before)
    told = paired.difference(found, measure="stopped")
    assert told["region"].tolist() == ["A", "B"] and told["n"].tolist() == [2, 2] and told["events"].tolist() == [1, 1]


def test_waves_that_never_change_give_no_q():
    rows = pd.DataFrame({"T0": [1, 0, 1], "T1": [1, 0, 1], "T2": [1, 0, 1]})
    found = paired.cochran_q(rows, waves=["T0", "T1", "T2"])
    assert found.loc[0, ["statistic", "p"]].isna().all()
    assert found.loc[found["method"] == "mcnemar_exact_holm", "p"].eq(1).all()


def test_a_q_of_two_waves_is_mcnemar_and_incomplete_families_are_left_out():
    rows = pd.DataFrame({"T0": [1, 0, 1, 1, 1, 0, None], "T1": [1, 0, 0, 0, 0, 1, 1]})
    found = paired.cochran_q(rows, waves=["T0", "T1"]).iloc[0]
    assert_allclose(found["statistic"], (3 - 1) ** 2 / 4)
    assert found["n"] == 6


@settings(max_examples=25, deadline=None)
@given(numbers=st.lists(st.integers(1, 40), min_size=9, max_size=9))
def test_stuart_maxwell_and_bhapkar_by_their_formula(numbers):
    square = np.array(numbers, dtype=float).reshape(3, 3)
    gap = (square.sum(1) - square.sum(0))[:2]
    spread = (np.diag(square.sum(1) + square.sum(0)) - square - square.T)[:2, :2]
    stuart = gap @ np.linalg.inv(spread) @ gap
    bhapkar = gap @ np.linalg.inv(spread - np.outer(gap, gap) / square.sum()) @ gap
    found = paired.homogeneity(pairs_of(pd.DataFrame(square)), first="first", second="second", count="n")
    assert_allclose(found["statistic"].astype(float)[:2], [stuart, bhapkar], rtol=1e-7, atol=1e-9)


def test_two_classes_are_mcnemar():
    rows = pd.DataFrame({"first": [1, 1, 0, 0], "second": [1, 0, 1, 0], "n": [20, 12, 2, 16]})
    found = paired.homogeneity(rows, first="first", second="second", count="n")
    assert_allclose(found["statistic"].astype(float), [100 / 14, 100 / 14 / (1 - 100 / 14 / 50), 100 / 14])
    one_a_row = rows.loc[rows.index.repeat(rows["n"]), ["first", "second"]]
    assert_allclose(
        paired.homogeneity(one_a_row, first="first", second="second")["statistic"].astype(float),
        found["statistic"].astype(float),
    )


def test_a_class_that_nobody_is_in_takes_no_part():
    kinds = pd.CategoricalDtype(["none", "mild", "severe"])
    rows = pd.DataFrame({"first": ["none", "none", "mild", "mild"], "second": ["none", "mild", "none", "mild"],
                         "n": [5, 3, 9, 4]}).astype({"first": kinds, "second": kinds})  # fmt: skip
    found = paired.homogeneity(rows, first="first", second="second", count="n").set_index("method")
    assert_allclose(found.loc["stuart_maxwell", "statistic"], 36 / 12)
    assert found.loc["stuart_maxwell", "df"] == 1 and pd.isna(found.loc["bowker", "statistic"])


def test_classes_without_change_or_without_families_are_missing():
    still = pd.DataFrame({"first": ["x", "y"], "second": ["x", "y"]})
    one = pd.DataFrame({"first": ["x"], "second": ["x"]})
    for rows in (still, one, one.iloc[:0]):
        assert np.isnan(numbers(paired.homogeneity(rows, first="first", second="second"), "statistic", "p")).all()


def test_everyone_up_is_beyond_bhapkar():
    rows = pd.DataFrame({"first": ["x"] * 4, "second": ["y"] * 4})
    found = paired.homogeneity(rows, first="first", second="second").set_index("method")
    assert found.loc["stuart_maxwell", "statistic"] == 4 and pd.isna(found.loc["bhapkar", "p"])


def test_bad_input_is_refused():
    with pytest.raises(EstimateError, match="Bekend zijn: tango"):
        paired.difference(pd.DataFrame({name: [1] for name in "abcd"}), method="score")
    with pytest.raises(EstimateError, match="aantal kleiner dan 0"):
        paired.tests(pd.DataFrame({"a": [1], "b": [-1], "c": [1], "d": [1]}))
    with pytest.raises(EstimateError, match="ja of nee"):
        paired.cochran_q(pd.DataFrame({"T0": [1, 2], "T1": [0, 1]}), waves=["T0", "T1"])
    with pytest.raises(EstimateError, match="mist de kolommen t1"):
        paired.counted(pd.DataFrame({"region": ["A"], "t0": [True]}), first="t0", second="t1")
