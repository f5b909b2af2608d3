from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import norm, rankdata, ttest_rel, wilcoxon

from hgeval.errors import EstimateError
from hgeval.stats import change


def test_reference_paired_continuous():
    known = case("paired_continuous")
    expected = known.expected
    found = change.means(known.rows, first="pre", second="post").set_index("measure")
    whole = found.loc["change"]
    names = ("n", "value", "statistic", "df", "p")
    known.same([whole[name] for name in names], [expected[name] for name in ("n", "mean_diff", "t", "df", "p")])
    known.same([whole["low"], whole["high"]], expected["ci"])
    for measure, name in (("d_z", "d_z"), ("d_av", "d_av"), ("correlation", "r"), ("smcc", "smcc"), ("smcr", "smcr"),
                          ("reliable_difference", "rci_sdiff_from_r")):  # fmt: skip
        known.same(found.loc[measure, "value"], expected[name])
    known.same([found.loc[name, "se"] ** 2 for name in ("smcc", "smcr")], [expected["smcc_v"], expected["smcr_v"]])
    ranks = change.signed_ranks(known.rows, first="pre", second="post").set_index("method")
    known.same(ranks.loc["wilcoxon_pratt", "statistic"], expected["wilcoxon_pratt_z"])
    known.same(ranks.loc["wilcoxon_pratt", "p"], expected["wilcoxon_pratt_asym_p"])
    known.same(ranks.loc["wilcoxon_pratt_exact", "p"], expected["wilcoxon_pratt_exact_p"])
    known.same(ranks.loc["wilcoxon_exact", "p"], expected["wilcoxon_dropzero_exact_p"])


def test_reference_regression_to_mean():
    known = case("regression_to_mean")
    found = change.expected_regression(known.rows)
    for measure, name in (("regression_to_mean", "rtm_expected"), ("mean_selected", "mean_selected")):
        theirs = [each[name] for each in known.expected]
        known.same(found.loc[found["measure"] == measure, "value"].astype(float), theirs)


SCORES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=9)


@settings(max_examples=25, deadline=None)
@given(scores=SCORES)
def test_exact_signed_ranks_as_enumerated(scores):
    rows = pd.DataFrame(scores, columns=["pre", "post"])
    gap = (rows["post"] - rows["pre"]).to_numpy()
    found = change.signed_ranks(rows, first="pre", second="post").set_index("method")
    if not gap.any():
        assert found[["statistic", "p"]].isna().all(axis=None)
        return
    for method, kept in (("wilcoxon_pratt_exact", np.where(gap == 0, 0, rankdata(np.abs(gap)))),
                         ("wilcoxon_exact", np.zeros(len(gap)))):  # fmt: skip
        ranks = kept[gap != 0] if kept.any() else rankdata(np.abs(gap[gap != 0]))
        sums = np.array([np.dot(signs, ranks) for signs in product((-1, 1), repeat=len(ranks))])
        ours = np.dot(np.sign(gap[gap != 0]), ranks)
        assert_allclose(found.loc[method, "p"], np.mean(np.abs(sums) >= abs(ours) - 1e-9))


@settings(max_examples=25, deadline=None)
@given(scores=SCORES)
def test_scipy_gives_the_same_normal_signed_ranks(scores):
    gap = np.array([post - pre for pre, post in scores])
    if not gap.any():
        return
    rows = pd.DataFrame(scores, columns=["pre", "post"])
    found = change.signed_ranks(rows, first="pre", second="post").set_index("method")
    known = wilcoxon(gap, zero_method="pratt", method="asymptotic", correction=False)
    assert_allclose(found.loc["wilcoxon_pratt", "p"], known.pvalue)


def test_differences_alike_but_for_the_machine_are_tied():
    rows = pd.DataFrame({"pre": [0.7, 0.1, 0.3, 0.1], "post": [1.9, 1.3, 0.1, 0.1 + 1e-16]})
    found = change.signed_ranks(rows, first="pre", second="post").set_index("method")
    # Two tie at 1.2, one falls 0.2, one stays: ranks 3.5, 3.5, -2.
    assert_allclose(found.loc["wilcoxon_pratt", "statistic"], 5 / np.sqrt(2 * 3.5**2 + 4))
    assert found.loc["wilcoxon_pratt", "events"] == 3


def test_no_exact_chance_for_very_many():
    rows = pd.DataFrame({"pre": 0, "post": np.arange(1, change.EXACT_UPTO + 2)})
    found = change.signed_ranks(rows, first="pre", second="post").set_index("method")
    assert pd.isna(found.loc["wilcoxon_exact", "p"]) and found.loc["wilcoxon_pratt", "p"] < 1e-9


@settings(max_examples=25, deadline=None)
@given(scores=st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=9))
def test_scipy_gives_the_same_paired_t(scores):
    rows = pd.DataFrame(scores, columns=["pre", "post"])
    gap = rows["post"] - rows["pre"]
    if gap.std() < 1e-3:
        return
    found = change.means(rows, first="pre", second="post", level=0.9).iloc[0]
    known = ttest_rel(rows["post"], rows["pre"])
    assert_allclose([found["statistic"], found["p"]], [known.statistic, known.pvalue], rtol=1e-6)
    assert_allclose([found["low"], found["high"]], known.confidence_interval(0.9), rtol=1e-6, atol=1e-9)


def test_hedges_factor():
    # Exactly: J(2) = sqrt(1 / pi), J(3) = sqrt(pi / 6), J(4) = sqrt(2 / pi)
    assert_allclose(change.hedges([2, 3, 4]), [np.sqrt(1 / np.pi), np.sqrt(np.pi / 6), np.sqrt(2 / np.pi)])
    assert np.isnan(change.hedges([0, 1])).all()
    assert_allclose(change.hedges(10_000), 1 - 3 / (4 * 10_000 - 1), rtol=1e-8)


def test_one_row_a_region_and_group_and_incomplete_pairs_left_out():
    rows = pd.DataFrame({
        "region": ["A", "A", "A", "B", "B", "C"], "kind": ["x"] * 6,
        "pre": [1, 2, None, 4, 4, 1], "post": [2, 5, 3, 4, 4, 2],
    })  # fmt: skip
    before = rows.copy()
    found = change.means(rows, first="pre", second="post", groups=["kind"]).set_index(["measure", "region"])
    assert found.loc["change", "n"].tolist() == [2, 2, 1]
    assert_allclose(found.loc["change", "value"].astype(float), [2, 0, 1])
    assert_allclose(found.loc[("d_z", "A"), "value"], 2 / np.sqrt(2))
    assert found.loc[[("smcc", "A"), ("d_z", "B"), ("d_z", "C"), ("change", "C")], "low"].isna().all()
    assert found.loc[[("d_z", "B"), ("d_av", "B"), ("smcr", "B"), ("correlation", "B")], "value"].isna().all()
    pd.testing.assert_frame_equal(rows, before)


def test_numbers_alike_have_no_spread():
    rows = pd.DataFrame({"pre": [0.1, 0.1, 0.1], "post": [1.3, 1.3, 1.3]})
    found = change.means(rows, first="pre", second="post").set_index("measure")
    assert_allclose(found.loc["change", "value"], 1.2)
    assert found.loc[["d_z", "d_av", "smcc", "smcr", "correlation"], "value"].isna().all()
    assert found.loc["change", ["se", "low", "high", "statistic", "p"]].isna().all()


def test_no_pairs_are_missing():
    rows = pd.DataFrame({"pre": [None, 1.0], "post": [1.0, None]})
    assert change.means(rows, first="pre", second="post")["value"].isna().all()
    assert change.signed_ranks(rows, first="pre", second="post")["p"].isna().all()
    assert change.means(rows.assign(region="A"), first="pre", second="post").empty


def test_regression_to_the_mean_as_integrated():
    """The mean of the second score of those above the cut, by summing over a fine normal grid."""
    x = np.linspace(60, 130, 200_001)
    density = norm.pdf(x, 50, 10)
    first = (x * density).sum() / density.sum()
    second = ((50 + 0.5 * (x - 50)) * density).sum() / density.sum()
    rows = pd.DataFrame({"mu": [50], "sd": [10], "rho": [0.5], "cut": [60]})
    found = change.expected_regression(rows).set_index("measure")["value"]
    assert_allclose([found["mean_selected"], found["regression_to_mean"]], [first, first - second], rtol=1e-4)


def test_regression_to_the_mean_at_its_edges():
    rows = pd.DataFrame({"mu": [50, 50, 50, None, 0], "sd": [10, 0, 10, 10, 1], "rho": [1, 0.5, 1.5, 0.5, 0],
                         "cut": [60, 60, 60, 60, 40]})  # fmt: skip
    found = change.expected_regression(rows)["value"].astype(float)[:5]
    assert found[0] == 0 and found[1:4].isna().all()
    assert_allclose(found[4], 40 + 1 / 40, rtol=1e-4)  # far in the tail: cut + 1 / cut


def test_ancova_of_two_groups_by_hand():
    """Within both groups the second score rises 0.5 a point of the first; group b lies 2 higher at the same first."""
    rows = pd.DataFrame({"arm": ["a"] * 4 + ["b"] * 4, "pre": [0, 2, 4, 6, 2, 4, 6, 8]})
    noise = np.array([0.1, -0.1, -0.1, 0.1] * 2)
    rows["post"] = 1 + 0.5 * rows["pre"] + 2 * (rows["arm"] == "b") + noise
    found = change.ancova(rows, first="pre", second="post", group="arm").set_index("term")
    assert_allclose(found["value"].astype(float), [1 + 0.5 * 4, 0.5, 2])
    sigma = np.sqrt((noise**2).sum() / 5)
    assert_allclose(found.loc["slope", "se"], sigma / np.sqrt(40))
    assert_allclose(found.loc["arm=b", "se"], sigma * np.sqrt(1 / 4 + 1 / 4 + 4 / 40))
    assert found["df"].tolist() == [5, 5, 5]


def test_ancova_without_spread_or_families_is_missing():
    rows = pd.DataFrame({"pre": [1, 1, 1, 1], "post": [1, 2, 3, 4], "arm": ["a", "b", "a", "b"]})
    assert change.ancova(rows, first="pre", second="post", group="arm")["value"].isna().all()
    assert change.ancova(rows.iloc[:0], first="pre", second="post")["value"].isna().all()
    assert change.ancova(rows.iloc[:2], first="pre", second="post")["value"].isna().all()


def test_bad_input_is_refused():
    with pytest.raises(EstimateError, match="mist de kolommen post"):
        change.means(pd.DataFrame({"pre": [1]}), first="pre", second="post")
    with pytest.raises(EstimateError, match="tekst waar een getal"):
        change.means(pd.DataFrame({"pre": ["een"], "post": [1]}), first="pre", second="post")
