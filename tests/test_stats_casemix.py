import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import casemix


def of(found, measure, method=None):
    rows = found[found["measure"] == measure]
    return (rows if method is None else rows[rows["method"] == method]).set_index("region")


def families(table):
    """One row a family, of strata with their counts."""
    return pd.concat([
        pd.DataFrame({"region": row.region, "stratum": row.stratum, "event": np.arange(row.n) < row.cases})
        for row in table.itertuples()
    ], ignore_index=True)


def test_reference_standardisation():
    told = case("standardisation")
    strata = casemix.standardised(told.rows, events="cases")
    logit = casemix.benchmark(families(told.rows), event="event", categories=["stratum"])
    crude = told.rows["cases"].sum() / told.rows["n"].sum()
    told.same(crude, told.expected["overall_crude"])
    for region, theirs in told.expected["regions"].items():
        for found in (strata, logit):  # a logit with a class per stratum is the strata themselves
            ratio, share = of(found, "ratio").loc[region], of(found, "share_standardised").loc[region]
            assert ratio["events"] == theirs["obs"]
            told.same(of(found, "expected").loc[region, "value"], theirs["exp"])
            told.same([ratio["value"], ratio["low"], ratio["high"]], [theirs["smr"], *theirs["smr_exact"]])
            told.same(ratio["statistic"], theirs["z_binom"])
            told.same(share["value"], theirs["indirect_rate"])
        gamma = of(strata, "share_direct", "direct_fay_feuer").loc[region]
        normal = of(strata, "share_direct", "direct_normal").loc[region]
        told.same([gamma["value"], gamma["low"], gamma["high"]], theirs["direct_fay_feuer"])
        told.same([normal["value"], normal["se"]], [theirs["direct"], theirs["direct_se_binom"]])


def test_the_penalised_fit_is_firths():
    """The data of a whole separation, against the reference coefficients (tests/reference/firth.json)."""
    told = case("firth")
    names = ["NV", "PI", "EH"]
    x = np.column_stack([np.ones(len(told.rows)), told.rows[names]])
    coefficients = np.array([told.expected["coef"][name] for name in ["(Intercept)", *names]])
    happened = told.rows["HG"].to_numpy(dtype=float)
    assert casemix._newton(x, np.ones(len(x)), happened, firth=False) is None
    ours = casemix._newton(x, np.ones(len(x)), happened, firth=True)
    assert_allclose(special.logit(ours), x @ coefficients, rtol=told.rtol, atol=1e-5)
    model = casemix.fit(told.rows, happened, numbers=names)
    assert model.method == "indirect_firth"
    assert_allclose(model.chance[model.pattern].sum(), happened.sum())


def test_statsmodels_logit_is_ours():
    from statsmodels.api import GLM, add_constant, families

    random = np.random.default_rng(1)
    rows = pd.DataFrame({"age": random.integers(18, 60, 400), "kind": random.choice(list("abc"), 400)})
    happened = (random.random(400) < special.expit(rows["age"] / 20 - 2 + (rows["kind"] == "b"))).astype(float)
    model = casemix.fit(rows, happened, numbers=["age"], categories=["kind"])
    x = add_constant(pd.get_dummies(rows, columns=["kind"], drop_first=True, dtype=float))
    theirs = GLM(happened, x, family=families.Binomial()).fit(tol=1e-12).fittedvalues
    assert_allclose(model.chance[model.pattern], theirs, rtol=1e-8)
    assert len(model.chance) < 130  # patterns, not rows


def sample(seed=0, size=2000):
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({
        "region": random.choice(list("ABCD"), size), "severity": random.normal(size=size),
        "kind": pd.Categorical(random.choice(list("xyz"), size)),
    })
    rows["event"] = random.random(size) < special.expit(rows["severity"] - 1)
    return rows


def test_expected_adds_up_to_observed_and_the_order_of_rows_is_nothing():
    rows = sample()
    mix = {"numbers": ["severity"], "categories": ["kind"]}
    found = casemix.benchmark(rows, event="event", **mix)
    assert_allclose(of(found, "expected")["value"].sum(), rows["event"].sum())
    before = rows.copy()
    again = casemix.benchmark(rows.sample(frac=1, random_state=2), event="event", **mix)
    assert_allclose(of(again, "ratio")["value"].astype(float), of(found, "ratio")["value"].astype(float), rtol=1e-9)
    pd.testing.assert_frame_equal(rows, before)


def test_a_heavier_mix_is_expected_to_have_more_and_is_no_outlier():
    rows = sample(3, 8000)
    rows["region"] = np.where(rows["severity"] > 0.5, "heavy", "light")
    plain = rows.groupby("region")["event"].mean()
    assert plain["heavy"] - plain["light"] > 0.25
    with_mix = of(casemix.benchmark(rows, event="event", numbers=["severity"]), "ratio")
    assert (with_mix["low"] < 1).all() and (with_mix["high"] > 1).all()
    without = of(casemix.benchmark(rows, event="event"), "ratio")
    assert without.loc["heavy", "low"] > 1 and without.loc["light", "high"] < 1


def test_missing_classes_and_numbers_are_classes_of_their_own():
    rows = pd.DataFrame({
        "region": list("AAAB") * 50, "kind": (["x", None, "x", None] * 50), "age": [30.0, 30, None, None] * 50,
    })
    rows["event"] = np.arange(200) % 8 < 3
    found = casemix.benchmark(rows, event="event", numbers=["age"], categories=["kind"])
    by_hand = casemix.benchmark(
        rows.assign(kind=rows["kind"].fillna("none"), age=rows["age"].fillna(0).astype(str)), event="event",
        categories=["kind", "age"],
    )
    pd.testing.assert_frame_equal(found, by_hand, rtol=1e-8)


def test_a_family_without_outcome_does_not_count():
    rows = sample(4, 300).astype({"event": "boolean"})
    more = pd.concat([rows, rows.assign(event=pd.NA, severity=99.0)], ignore_index=True)
    pd.testing.assert_frame_equal(
        casemix.benchmark(more, event="event", numbers=["severity"]),
        casemix.benchmark(rows, event="event", numbers=["severity"]),
    )


def test_a_class_with_none_and_a_region_of_its_own_do_not_break_the_model():
    rows = sample(5, 600)
    rows.loc[rows.index < 30, ["region", "kind", "event"]] = ["Z", "x", False]
    rows["own"] = np.where(rows["region"] == "Z", "only there", "elsewhere")
    found = casemix.benchmark(rows, event="event", numbers=["severity"], categories=["kind", "own"])
    assert set(found["method"]) == {"indirect_firth"}
    ratio = of(found, "ratio")
    assert ratio.loc["Z", "value"] == 0 and ratio.loc["Z", "high"] > 0
    assert 0 < of(found, "expected").loc["Z", "value"] < 5
    assert_allclose(of(found, "expected")["value"].sum(), rows["event"].sum())


def test_columns_that_say_the_same_change_nothing():
    rows = sample(6)
    rows["twice"], rows["again"], rows["flat"] = rows["severity"] * 2 + 1, rows["kind"].astype("str"), 7.0
    one = casemix.benchmark(rows, event="event", numbers=["severity"], categories=["kind"])
    both = casemix.benchmark(rows, event="event", numbers=["severity", "twice", "flat"], categories=["kind", "again"])
    assert_allclose(of(both, "ratio")["value"].astype(float), of(one, "ratio")["value"].astype(float), rtol=1e-8)


@pytest.mark.parametrize("event", [False, True])
def test_none_or_all(event):
    rows = pd.DataFrame({"region": ["A", "A", "B"], "event": event, "kind": list("xyx")})
    found = casemix.benchmark(rows, event="event", categories=["kind"])
    ratio = of(found, "ratio")
    assert ratio["statistic"].isna().all()
    assert (ratio["value"] == 1).all() if event else ratio[["value", "low", "high"]].isna().all().all()


def test_no_families_at_all():
    rows = pd.DataFrame({"region": [], "event": pd.array([], dtype="boolean")})
    assert len(casemix.benchmark(rows, event="event")) == 0
    nothing = pd.DataFrame({"region": ["A"], "stratum": ["x"], "events": [0], "n": [0]})
    assert casemix.standardised(nothing)["value"].isna().all()


def test_the_ratio_is_exact_poisson():
    counts = {"events": [0, 0, 3, 5], "n": [10, 10, 10, 20]}
    rows = pd.DataFrame({"region": list("AABB"), "stratum": list("xyxy"), **counts})
    ratio = of(casemix.standardised(rows), "ratio")
    # Country: 3 of 20 and 5 of 30, so 1.5 + 1.667 are expected in A.
    assert_allclose(ratio.loc["A", "high"], stats.chi2.ppf(0.975, 2) / 2 / (1.5 + 5 / 3))
    assert ratio.loc["A", "low"] == 0


def test_direct_by_hand_and_a_region_that_misses_a_stratum():
    rows = pd.DataFrame({
        "region": list("AABBC"), "stratum": list("xyxyx"), "events": [2, 0, 5, 5, 0], "n": [10, 10, 10, 20, 10],
    })
    direct = of(casemix.standardised(rows), "share_direct", "direct_normal")
    # Of 60, half each in x and y: A .2 and 0; B .5 and .25.
    assert_allclose(direct.loc[["A", "B"], "value"].astype(float), [0.1, 0.375])
    assert_allclose(direct.loc["B", "se"], np.sqrt(0.25 * (0.25 / 10 + 0.1875 / 20)))
    assert direct.loc["C", ["value", "low", "high", "se"]].isna().all()
    assert direct.loc["A", "low"] == 0
    whole = casemix.standardised(rows.assign(events=[0, 0, 5, 5, 0]))
    gamma = of(whole, "share_direct", "direct_fay_feuer").loc["A"]
    # None: the upper limit is that of one family more in the stratum that weighs most, -log(.025) x .5 / 10.
    assert_allclose([gamma["value"], gamma["low"], gamma["high"]], [0, 0, -np.log(0.025) * 0.05])


def test_an_empty_stratum_of_the_country_weighs_nothing():
    rows = pd.DataFrame({"region": list("AB"), "stratum": "x", "events": [2, 3], "n": [10, 10]})
    empty = pd.concat([rows, pd.DataFrame({"region": list("AB"), "stratum": "y", "events": 0, "n": 0})])
    pd.testing.assert_frame_equal(casemix.standardised(empty), casemix.standardised(rows))


def test_what_cannot_be_is_told():
    with pytest.raises(EstimateError, match="mist de kolommen"):
        casemix.benchmark(sample(), event="event", numbers=["age"])
    with pytest.raises(EstimateError, match="oneindig"):
        casemix.benchmark(sample().assign(severity=np.inf), event="event", numbers=["severity"])
    rows = pd.DataFrame({"region": ["A"], "stratum": ["x"], "events": [3], "n": [2]})
    with pytest.raises(EstimateError, match="niet groter dan n"):
        casemix.standardised(rows)
    with pytest.raises(EstimateError, match="Elke rij heeft een regio"):
        casemix.standardised(rows.assign(stratum=None))
