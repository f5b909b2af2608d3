"""Time to a repeat report where something else can come first: against R, by hand, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import optimize

from hgeval.errors import EstimateError
from hgeval.stats import competing, hazards, subhazards, survival

ASKED = {"time": "time", "event": "status"}


def followed(*pairs, **more):
    return pd.DataFrame(pairs, columns=["time", "status"]).assign(**more)


def drawn(n=150, seed=1, lost=0.3, ties=True):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 2))
    time = random.exponential(np.exp(-0.4 * x[:, 0])) * 8
    status = np.where(random.random(n) < lost, 0, random.integers(1, 3, n))
    return pd.DataFrame({
        "time": np.ceil(time) if ties else time, "status": status, "a": x[:, 0], "b": x[:, 1],
        "arm": random.choice(list("xyz"), n),
    })


def numbers(frame, name="value"):
    return frame[name].to_numpy(dtype="float64", na_value=np.nan)


def test_reference_competing_risks():
    told = case("competing_risks")
    group, expected = told.params["group"], told.expected
    found = competing.incidence(told.rows, **ASKED, at=expected["at"], by=[group])
    for name, theirs in expected["cif"].items():
        one, cause = name.split()
        ours = found[(found[group].astype("str") == one) & (found["cause"] == int(cause))]
        told.same(numbers(ours), theirs)
        told.same(numbers(ours, "se") ** 2, expected["cif_var"][name])
    tests = competing.gray(told.rows, **ASKED, group=group).set_index("cause")
    for cause, theirs in expected["gray"].items():
        ours = tests.loc[int(cause)]
        told.same([ours["statistic"], ours["p"], ours["df"]], [theirs["stat"], theirs["pv"], theirs["df"]])
    terms = subhazards.fine_gray(told.rows, **ASKED, covariates=told.params["covs"].split("+"))
    terms = terms[terms["measure"] == "log_subhazard"].set_index("term")
    for name, key in (("value", "finegray_coef"), ("se", "finegray_se")):
        told.same(terms[name][list(expected[key])].astype("float64"), list(expected[key].values()))
    naive = competing.naive_incidence(told.rows, **ASKED, at=expected["at"], by=[group])
    told.same(numbers(naive[naive["cause"] == 1]), np.ravel(expected["naive_1mKM_cause1"]))


def test_shares_by_hand_with_ties():
    rows = followed((1, 1), (1, 2), (2, 1), (2, 1), (2, 0), (3, 2))
    found = competing.incidence(rows, **ASKED, at=[0.5, 1, 2, 3])
    assert_allclose(numbers(found[found["cause"] == 1]), [0, 1 / 6, 1 / 6 + 4 / 6 * 2 / 4, 1 / 2])
    assert_allclose(numbers(found[found["cause"] == 2]), [0, 1 / 6, 1 / 6, 1 / 6 + 1 / 3])
    naive = competing.naive_incidence(rows, **ASKED, at=[3])
    assert_allclose(numbers(naive), [1 - 5 / 6 / 2, 1.0])
    assert (numbers(naive) > numbers(found[found["at"] == "3.0"])).all()


def test_without_censoring_the_share_is_plain_and_its_error_nearly_a_binomials():
    random = np.random.default_rng(3)
    rows = followed(*zip(random.permutation(50) + 1.0, random.integers(1, 3, 50), strict=True))
    found = competing.incidence(rows, **ASKED, at=[20, 35])
    for _, row in found.iterrows():
        share = ((rows["time"] <= float(row["at"])) & (rows["status"] == row["cause"])).mean()
        assert_allclose(row["value"], share)
        # Gray's error of the reference case divides by who is left after each event: of 50 that is 2% or less more.
        assert_allclose(row["se"], np.sqrt(share * (1 - share) / 50), rtol=0.02)


def test_events_at_one_time_are_draws_without_putting_back():
    rows = followed(*[(1, 1)] * 4, *[(2, 0)] * 6)
    assert_allclose(numbers(competing.incidence(rows, **ASKED, at=[1], causes=1), "se"), np.sqrt(0.4 * 0.6 / 9))
    arms = pd.concat([followed(*[(1, 1)] * 5, *[(2, 0)] * 7, arm="a"), followed((1, 1), *[(2, 0)] * 8, arm="b")])
    ours, rank = competing.gray(arms, **ASKED, group="arm", causes=1), survival.log_rank(arms, **ASKED, group="arm")
    assert_allclose(numbers(ours, "statistic"), numbers(rank, "statistic"))  # at one time the two are one test


def test_with_one_cause_it_is_kaplan_meier():
    rows = drawn()
    rows = rows.assign(status=(rows["status"] == 1) * 1)
    found = competing.incidence(rows, **ASKED, at=[2, 5, 9], causes=1)
    curve = survival.curve(rows, **ASKED, at=[2, 5, 9]).iloc[:3]
    assert_allclose(numbers(found), 1 - numbers(curve))
    untied = drawn(ties=False)
    untied = untied.assign(status=(untied["status"] == 1) * 1)
    found, curve = (each(untied, **ASKED, at=[2, 5]) for each in (competing.incidence, survival.curve))
    assert_allclose(numbers(found[found["cause"] == 1], "se"), numbers(curve.iloc[:2], "se"), rtol=0.02)


def test_shares_of_all_causes_and_of_none_sum_to_one():
    rows = drawn(seed=8)
    found = competing.incidence(rows, **ASKED, at=[1, 4, 7, 30], by=["arm"])
    sums = found.astype({"value": "float64"}).groupby(["arm", "at"])["value"].sum()
    rows = rows.assign(any=(rows["status"] > 0) * 1)
    free = survival.curve(rows, time="time", event="any", at=[1, 4, 7, 30], by=["arm"])
    free = free[free["measure"] == "survival"].astype({"value": "float64"}).set_index(["arm", "at"])["value"]
    assert_allclose(sums.sort_index(), 1 - free.sort_index())


def test_gray_does_not_mind_which_group_comes_last():
    rows = drawn(seed=5)
    one = competing.gray(rows, **ASKED, group="arm")
    other = competing.gray(rows.assign(arm=rows["arm"].map({"x": "z", "y": "x", "z": "y"})), **ASKED, group="arm")
    assert_allclose(numbers(one, "statistic"), numbers(other, "statistic"), rtol=1e-9)
    assert (one["df"] == 2).all()


def test_gray_without_other_events_is_close_to_a_log_rank():
    rows = drawn(600, seed=6, ties=False).query("arm != 'z'")
    rows = rows.assign(status=(rows["status"] == 1) * 1)
    ours = competing.gray(rows, **ASKED, group="arm", causes=1)
    rank = survival.log_rank(rows, **ASKED, group="arm")
    assert_allclose(numbers(ours, "statistic"), numbers(rank, "statistic"), rtol=0.05)


def test_gray_keeps_its_level_under_ties():
    random, found = np.random.default_rng(7), []
    for _ in range(100):
        rows = drawn(120, seed=int(random.integers(1e9)))
        found.append(competing.gray(rows, **ASKED, group="arm").iloc[0][["statistic", "p"]])
    statistic, p = np.array(found, dtype="float64").T
    assert 1.4 < statistic.mean() < 2.6  # two degrees of freedom; error of the mean 0.2
    assert (p < 0.05).mean() < 0.12


def fine_gray_height(b, rows):
    """The weighted log likelihood, event by event."""
    time, status, line = rows["time"].to_numpy(), rows["status"].to_numpy(), rows[["a", "b"]].to_numpy() @ b

    def seen(when):
        """Share not lost from sight just before."""
        moments = np.unique(time[time < when])
        return np.prod([1 - ((time == t) & (status == 0)).sum() / (time >= t).sum() for t in moments])

    total = 0.0
    for i in np.flatnonzero(status == 1):
        weight = np.array([
            1.0 if time[j] >= time[i] else (seen(time[i]) / seen(time[j]) if status[j] == 2 else 0.0)
            for j in range(len(time))
        ])
        total += line[i] - np.log((weight * np.exp(line)).sum())
    return total


def test_fine_gray_is_at_the_top_of_its_likelihood_with_ties():
    rows = drawn(60, seed=2)
    top = optimize.minimize(lambda b: -fine_gray_height(b, rows), np.zeros(2), method="BFGS", options={"gtol": 1e-6})
    value, se = subhazards.fit(rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["status"].to_numpy())
    assert_allclose(value, top.x, atol=1e-5)
    assert_allclose(se, np.sqrt(np.diag(top.hess_inv)), rtol=0.35)  # the robust error need not be the plain one


def test_fine_gray_without_censoring_is_cox_with_the_others_never_leaving():
    rows = drawn(seed=3, lost=0.0)
    x, time, status = rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["status"].to_numpy()
    value, se = subhazards.fit(x, time, status)
    cox = hazards.fit(x, np.where(status == 2, time.max() + 1, time), (status == 1) * 1, ties="breslow")
    assert_allclose(value, cox.coefficients)
    assert_allclose(se, np.sqrt((hazards.influences(cox) ** 2).sum(axis=0)))


def test_the_error_of_fine_gray_is_that_of_a_bootstrap():
    rows, random = drawn(300, seed=4, lost=0.5), np.random.default_rng(1)
    x, time, status = rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["status"].to_numpy()
    _, se = subhazards.fit(x, time, status)
    again = [subhazards.fit(x[chosen], time[chosen], status[chosen])[0]
             for chosen in (random.integers(0, 300, 300) for _ in range(200))]
    assert_allclose(se, np.std(again, axis=0), rtol=0.2)  # 200 draws: error 5%, and the bootstrap's own skew


def test_what_has_no_answer_has_none():
    one = followed((1, 1), (2, 0), (3, 2), arm="a")
    assert competing.gray(one, **ASKED, group="arm")["p"].isna().all()
    never = followed((1, 1), (2, 0), (3, 1), (4, 0)).assign(arm=["a", "b", "a", "b"], x=[1.0, 2.0, 1.5, 0.0])
    tests = competing.gray(never, **ASKED, group="arm")
    assert tests["p"].isna().tolist() == [False, True]
    assert subhazards.fine_gray(never, **ASKED, covariates=["x"], cause=2)["value"].isna().all()
    assert subhazards.fine_gray(never.assign(x=1.0), **ASKED, covariates=["x"])["value"].isna().all()
    apart = followed((1, 1), (2, 1), (3, 2), (4, 0), x=[1.0, 1.0, 0.0, 0.0])
    assert subhazards.fine_gray(apart, **ASKED, covariates=["x"])["se"].isna().all()
    found = competing.incidence(never, **ASKED, at=[9])
    assert found["low"].isna().tolist() == [False, True]  # nobody had the second: a share of 0, and no limits
    with pytest.raises(EstimateError, match="mag alleen 0, 1, 2"):
        competing.gray(followed((1, 3), (2, 1), arm="a"), **ASKED, group="arm")
