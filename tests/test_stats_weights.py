from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval.errors import EstimateError
from hgeval.stats import weights

FPC = {"weight": "pw", "stratum": "stype", "population": "fpc"}


def one(found, measure, method, **groups):
    rows = found[(found["measure"] == measure) & (found["method"] == method)]
    for name, each in groups.items():
        rows = rows[rows[name].isna() if each is None else rows[name] == each]
    assert len(rows) == 1
    return rows.iloc[0]


def test_reference_survey_fpc():
    told = case("survey_fpc")
    theirs, asked = told.expected, told.params
    found = weights.stratified(told.rows, value=asked["cont"], by=asked["dom"], **FPC)
    mean = one(found, "mean", "linearised", stype=None)
    told.same([mean["value"], mean["se"], mean["df"]], [theirs["mean"], theirs["mean_se"], theirs["df"]])
    for name, each in theirs["domain"].items():
        domain = one(found, "mean", "linearised", stype=name)
        told.same([domain["value"], domain["se"]], [each, theirs["domain_se"][name]])
    total = one(weights.stratified(told.rows, value=asked["tot"], **FPC), "total", "linearised")
    told.same([total["value"], total["se"]], [theirs["total"], theirs["total_se"]])
    yes = weights.stratified(told.rows.assign(yes=told.rows[asked["bin"]] == "Yes"), value="yes", **FPC)
    share, beta, logit = (one(yes, "mean", method) for method in ("linearised", "beta", "logit"))
    told.same([share["value"], share["se"]], [theirs["prop"], theirs["prop_se"]])
    told.same(one(yes, "deff", "linearised")["value"], theirs["prop_deff"])
    told.same([logit["low"], logit["high"]], theirs["prop_ci_logit"])
    told.same([beta["low"], beta["high"]], theirs["prop_ci_beta"])
    assert share["events"] == (told.rows["awards"] == "Yes").sum()


def test_reference_published_survey_apistrat():
    rows = case("survey_fpc").rows
    mean = one(weights.stratified(rows, value="api00", **FPC), "mean", "linearised")
    total = one(weights.stratified(rows, value="enroll", **FPC), "total", "linearised")
    assert (round(mean["value"], 2), round(mean["se"], 4)) == (662.29, 9.4089)
    assert (round(total["value"]), round(total["se"])) == (3687178, 114642)


def margins_of(told):
    asked = told.params
    return {asked["v1"]: asked["m1"], asked["v2"]: asked["m2"]}


def test_reference_raking():
    told = case("raking")
    asked = {"weight": told.params["base"], "margins": margins_of(told)}
    told.same(weights.rake(told.rows, **asked), told.expected["weights"])
    mean = weights.raked_mean(told.rows, value=told.params["y"], **asked).iloc[0]
    told.same([mean["value"], mean["se"]], [told.expected["mean"], told.expected["se"]])


def test_reference_rao_scott():
    told = case("rao_scott")
    asked, theirs = told.params, told.expected
    found = weights.rao_scott(told.rows, row=asked["a"], column=asked["b"], weight=asked["w"], cluster=asked["id"])
    chi2, f = one(found, "chi2", "rao_scott_1"), one(found, "f", "rao_scott_2")
    told.same([chi2["statistic"], chi2["p"]], [theirs["chisq"], theirs["p_chisq"]])
    told.same([f["statistic"], f["df"], f["p"]], [theirs["F"], theirs["ndf"], theirs["p_F"]])
    told.same(one(found, "df_denominator", "rao_scott_2")["value"], theirs["ddf"])


def test_the_variance_is_right_on_average_over_every_sample():
    """Two strata of five and four, two of each drawn: all 60 samples."""
    people = {"a": [1.0, 4.0, 2.0, 9.0, 3.0], "b": [10.0, 0.0, 5.0, 6.0]}
    totals, variances = [], []
    for left, right in product(combinations(people["a"], 2), combinations(people["b"], 2)):
        rows = pd.DataFrame({
            "y": [*left, *right], "s": list("aabb"), "w": [2.5, 2.5, 2.0, 2.0], "size": [5, 5, 4, 4],
        })
        found = weights.stratified(rows, value="y", weight="w", stratum="s", population="size")
        total = one(found, "total", "linearised")
        totals.append(total["value"])
        variances.append(total["se"] ** 2)
    assert_allclose(np.mean(totals), 40)
    assert_allclose(np.mean(variances), np.var(totals))


def test_the_variance_of_clusters_is_right_on_average_over_every_sample():
    clusters = [[1.0, 2.0], [5.0], [0.0, 3.0, 4.0], [8.0, 1.0]]
    totals, variances = [], []
    for pair in combinations(range(4), 2):
        rows = pd.DataFrame([{"y": y, "c": c, "w": 2.0, "size": 4} for c in pair for y in clusters[c]])
        found = weights.stratified(rows, value="y", weight="w", cluster="c", population="size")
        total = one(found, "total", "linearised")
        totals.append(total["value"])
        variances.append(total["se"] ** 2)
    assert_allclose(np.mean(variances), np.var(totals))


def test_a_whole_stratum_adds_nothing_and_a_lone_one_leaves_no_error():
    rows = pd.DataFrame({"y": [1.0, 2.0, 3.0, 7.0], "s": list("aaab"), "w": 1.0, "size": [3, 3, 3, 1]})
    asked = {"value": "y", "weight": "w", "stratum": "s", "population": "size"}
    assert one(weights.stratified(rows, **asked), "total", "linearised")["se"] == 0
    rows = rows.assign(w=[1.0, 1, 1, 2], size=[3, 3, 3, 2])
    lone = one(weights.stratified(rows, **asked), "total", "linearised")
    assert lone["value"] == 20 and lone[["se", "low", "high"]].isna().all()


def test_simple_random_sampling_by_hand():
    rows = pd.DataFrame({"y": [1.0, 2.0, 6.0], "w": 4.0, "size": 12})
    mean = one(weights.stratified(rows, value="y", weight="w", population="size"), "mean", "linearised")
    assert_allclose([mean["value"], mean["se"], mean["df"]], [3, np.sqrt((1 - 3 / 12) * 7 / 3), 2])
    assert_allclose(mean["high"], 3 + stats.t.ppf(0.975, 2) * mean["se"])
    found = weights.stratified(rows, value="y", weight="w", population="size")
    assert_allclose(one(found, "deff", "linearised")["value"], 1)


def test_missing_answers_are_outside_the_domain_but_stay_in_the_design():
    rows = pd.DataFrame({"y": [1.0, np.nan, 3.0, 5.0], "w": 1.0})
    mean = one(weights.stratified(rows, value="y", weight="w"), "mean", "linearised")
    # Scores -2/3, 0, 0, 2/3: their variance is 8/27, times 4.
    assert_allclose([mean["value"], mean["se"], mean["n"], mean["df"]], [3, np.sqrt(4 * 8 / 27), 3, 3])


def test_none_all_nobody_and_one():
    rows = pd.DataFrame({"y": [True, True, True], "w": 1.0})
    found = weights.stratified(rows, value="y", weight="w")
    assert one(found, "mean", "logit")[["low", "high"]].isna().all()
    assert one(found, "mean", "beta")[["low", "high"]].isna().all()
    single = weights.stratified(rows.iloc[:1], value="y", weight="w")
    assert single["value"].iloc[0] == 1 and single["se"].isna().all() and single["low"].isna().all()
    nobody = weights.stratified(rows.assign(y=np.nan), value="y", weight="w")
    assert nobody["value"].isna().all()
    empty = weights.stratified(rows.iloc[:0], value="y", weight="w")
    assert empty["value"].isna().all()


def test_a_domain_without_answers_is_undefined():
    rows = pd.DataFrame({"y": [1.0, 2.0, np.nan], "w": 1.0, "d": ["a", "a", "b"]})
    found = weights.stratified(rows, value="y", weight="w", by="d")
    assert pd.isna(one(found, "mean", "linearised", d="b")["value"])


def test_raking_by_hand():
    """One margin: each class is simply weighed up."""
    rows = pd.DataFrame({"sex": ["m", "m", "f"], "w": [1.0, 3.0, 2.0]}, index=[5, 6, 9])
    found = weights.rake(rows, weight="w", margins={"sex": {"m": 8, "f": 6}})
    assert found.to_dict() == {5: 2.0, 6: 6.0, 9: 6.0}
    assert rows["w"].tolist() == [1, 3, 2]


def test_raking_without_margins_is_the_plain_mean():
    rows = pd.DataFrame({"y": [1.0, 2.0, 6.0], "w": 1.0})
    found = weights.raked_mean(rows, value="y", weight="w", margins={}).iloc[0]
    assert_allclose([found["value"], found["se"]], [3, np.sqrt(7 / 3)])


def test_what_the_margin_explains_is_not_uncertain():
    rows = pd.DataFrame({"y": [1.0, 1.0, 4.0, 4.0], "c": list("aabb"), "w": 1.0})
    found = weights.raked_mean(rows, value="y", weight="w", margins={"c": {"a": 10, "b": 30}}).iloc[0]
    assert_allclose([found["value"], found["se"]], [3.25, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("margins", "told"),
    [
        ({"c": {"a": 10, "b": 30}, "d": {"x": 20, "y": 10}}, "totalen"),
        ({"c": {"a": 10}}, "In c heeft elke klasse"),
        ({"c": {"a": 10, "b": 20, "z": 5}}, "In c heeft elke klasse"),
        ({"c": {"a": 10, "b": 0}}, "In c heeft elke klasse"),
        ({"c": {"a": 30, "b": 10}, "d": {"x": 10, "y": 30}}, "niet tot rust"),
        ({"e": {"a": 1}}, "mist de kolommen"),
    ],
)
def test_margins_that_cannot_be_met_are_told(margins, told):
    rows = pd.DataFrame({"c": list("aabb"), "d": list("xxyy"), "w": 1.0})
    with pytest.raises(EstimateError, match=told):
        weights.rake(rows, weight="w", margins=margins)


def test_without_clusters_and_with_equal_weights_it_is_nearly_the_plain_chi_square():
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"a": random.integers(0, 2, 3000), "b": random.integers(0, 3, 3000), "w": 2.0})
    found = weights.rao_scott(rows, row="a", column="b", weight="w")
    plain = stats.chi2_contingency(pd.crosstab(rows["a"], rows["b"]))
    chi2, f = one(found, "chi2", "rao_scott_1"), one(found, "f", "rao_scott_2")
    assert_allclose(chi2["statistic"], plain.statistic)
    assert_allclose([chi2["p"], f["p"]], plain.pvalue, rtol=0.01)  # the design effects are 1 only on average
    assert chi2["df"] == 2


def test_families_counted_twice_as_clusters_are_no_more_evidence():
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"a": random.integers(0, 2, 200), "b": random.integers(0, 2, 200), "w": 1.0, "c": range(200)})
    twice = pd.concat([rows, rows])
    once = weights.rao_scott(rows, row="a", column="b", weight="w", cluster="c")
    again = weights.rao_scott(twice, row="a", column="b", weight="w", cluster="c")
    assert_allclose(one(again, "f", "rao_scott_2")["statistic"], one(once, "f", "rao_scott_2")["statistic"])
    assert one(again, "chi2", "rao_scott_1")["statistic"] > one(once, "chi2", "rao_scott_1")["statistic"]


def test_an_empty_cell_and_what_is_undefined():
    rows = pd.DataFrame({"a": list("xxxxyyyy"), "b": list("ppqqqqqq"), "w": 1.0, "c": [1, 2, 3, 4, 1, 2, 3, 4]})
    asked = {"row": "a", "column": "b", "weight": "w"}
    found = weights.rao_scott(rows, **asked, cluster="c")
    assert one(found, "chi2", "rao_scott_1")["p"] > 0
    assert_allclose(one(found, "chi2", "rao_scott_1")["statistic"], 8 * 4 / 12)  # n (ad-bc)^2 over the margins, by hand
    for wrong in (rows.assign(a="x"), rows.assign(c=1), rows.iloc[:0]):
        undefined = weights.rao_scott(wrong, **asked, cluster="c")
        assert undefined[["value", "statistic", "p"]].isna().all().all()
    gone = weights.rao_scott(pd.concat([rows, rows.assign(a=None)]), **asked, cluster="c")
    pd.testing.assert_frame_equal(gone, found)


def test_weights_and_sizes_that_cannot_be_are_told():
    rows = pd.DataFrame({"y": [1.0, 2.0], "w": [1.0, -1.0], "size": [1, 1]})
    with pytest.raises(EstimateError, match="gewicht"):
        weights.stratified(rows, value="y", weight="w")
    with pytest.raises(EstimateError, match="omvang"):
        weights.stratified(rows.assign(w=1.0), value="y", weight="w", population="size")
    with pytest.raises(EstimateError, match="omvang"):
        weights.stratified(rows.assign(w=1.0, size=[3, 4]), value="y", weight="w", population="size")
