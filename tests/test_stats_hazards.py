"""Cox regression: against R, against the book of Fox, against brute force, and at the edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import hazards, risksets


def drawn(n=120, seed=1):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 2))
    time = np.ceil(random.exponential(np.exp(-0.5 * x[:, 0]), n) * 6)
    event = (random.random(n) < 0.7) * 1
    return pd.DataFrame({"time": time, "event": event, "a": x[:, 0], "b": x[:, 1], "worker": random.integers(0, 15, n)})


ASKED = {"time": "time", "event": "event", "covariates": ["a", "b"]}


def column(found, measure, method, name="value"):
    chosen = found[(found["measure"] == measure) & (found["method"] == method)]
    return chosen.set_index("term")[name].astype("float64")


def test_reference_cox():
    told = case("cox")
    asked = {name: told.params[name] for name in ("time", "event")} | {"covariates": told.params["rhs"].split("+")}
    expected, cluster = told.expected, told.params.get("cluster")
    found = hazards.cox(told.rows, **asked)
    names = list(expected["coef"])
    for key, method, name in (("coef", "cox_efron", "value"), ("se", "cox_efron", "se")):
        told.same(column(found, "log_hazard", method, name)[names], list(expected[key].values()))
    robust = hazards.cox(told.rows, **asked, cluster=cluster)
    theirs = expected["robust_se"] if cluster is None else expected["robust_cluster_se"]
    told.same(column(robust, "log_hazard", "cox_efron_robust", "se")[names], list(theirs.values()))
    told.same(column(found, "log_likelihood", "cox_efron")[["none", "model"]], expected["loglik"])
    told.same(column(found, "concordance", "cox_efron"), expected["concordance"])
    breslow = hazards.cox(told.rows, **asked, ties="breslow")
    told.same(column(breslow, "log_hazard", "cox_breslow")[names], list(expected["breslow_coef"].values()))
    tests = hazards.proportionality(told.rows, **asked).set_index("term")["statistic"].astype("float64")
    told.same(tests[list(expected["zph_chi2"])], list(expected["zph_chi2"].values()))


def test_reference_published_rossi_cox():
    told = case("cox")
    found = hazards.cox(told.rows, time="week", event="arrest", covariates=told.params["rhs"].split("+"))
    value, se = column(found, "log_hazard", "cox_efron"), column(found, "log_hazard", "cox_efron", "se")
    printed = {"fin": (-0.379, 0.191), "age": (-0.057, 0.022), "prio": (0.091, 0.029)}
    for name, (coefficient, error) in printed.items():
        assert (round(value[name], 3), round(se[name], 3)) == (coefficient, error)


def efron(b, rows):
    """The log likelihood, term by term."""
    line, total = rows[["a", "b"]].to_numpy() @ b, 0.0
    for when in np.unique(rows["time"][rows["event"] == 1]):
        tied = ((rows["time"] == when) & (rows["event"] == 1)).to_numpy()
        every, own = np.exp(line[rows["time"] >= when]).sum(), np.exp(line[tied]).sum()
        total += line[tied].sum() - sum(np.log(every - k / tied.sum() * own) for k in range(tied.sum()))
    return total


def test_the_likelihood_is_efrons_and_at_its_top():
    rows = drawn()
    found = hazards.cox(rows, **ASKED)
    b = column(found, "log_hazard", "cox_efron").to_numpy()
    assert_allclose(column(found, "log_likelihood", "cox_efron").to_numpy(), [efron(np.zeros(2), rows), efron(b, rows)])
    step = 1e-4
    for way in np.eye(2):
        assert efron(b + step * way, rows) < efron(b, rows) > efron(b - step * way, rows)
    up, down = (efron(b + way * step * np.eye(2)[0], rows) for way in (1, -1))
    curved = (up + down - 2 * efron(b, rows)) / step**2
    model = hazards.fit(rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["event"].to_numpy())
    assert_allclose(np.linalg.inv(model.bread)[0, 0], -curved, rtol=1e-4)


def test_an_influence_is_what_leaving_a_family_out_does():
    rows = drawn(300)
    arrays = rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["event"].to_numpy()
    model = hazards.fit(*arrays)
    influence = hazards.influences(model)
    assert_allclose(influence.sum(axis=0), 0, atol=1e-9)
    left_out = [model.coefficients - hazards.fit(*(np.delete(each, one, axis=0) for each in arrays)).coefficients
                for one in range(40)]
    assert_allclose(influence[:40], left_out, atol=0.15 * np.abs(influence).max())
    assert np.corrcoef(influence[:40].ravel(), np.ravel(left_out))[0, 1] > 0.995


def test_the_robust_error_of_clusters_is_that_of_their_sums():
    rows = drawn()
    found = hazards.cox(rows, **ASKED, cluster="worker")
    model = hazards.fit(rows[["a", "b"]].to_numpy(), rows["time"].to_numpy(), rows["event"].to_numpy())
    summed = pd.DataFrame(hazards.influences(model)).groupby(rows["worker"]).sum()
    assert_allclose(column(found, "log_hazard", "cox_efron_robust", "se"), np.sqrt((summed**2).sum()))
    one = hazards.cox(rows.assign(worker=1), **ASKED, cluster="worker")
    assert column(one, "log_hazard", "cox_efron_robust", "se").isna().all()


def test_statsmodels_still_gets_robust_cox_errors_wrong():
    from statsmodels.duration.hazard_regression import PHReg

    rows = drawn()
    theirs = PHReg(rows["time"], rows[["a", "b"]], status=rows["event"], ties="efron").fit(groups=np.arange(len(rows)))
    ours = hazards.cox(rows, **ASKED)
    assert_allclose(theirs.params, column(ours, "log_hazard", "cox_efron"), rtol=1e-5)
    robust = column(ours, "log_hazard", "cox_efron_robust", "se")
    assert np.abs(theirs.bse / robust - 1).max() > 1e-3


def test_concordance_equals_counting_all_pairs():
    rows = drawn(90, seed=4)
    score = np.round(rows["a"].to_numpy(), 0)
    time, event = rows["time"].to_numpy(), rows["event"].to_numpy()
    pairs = [(i, j) for i in range(90) for j in range(90)
             if event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j]))]
    right = sum(1.0 if score[i] > score[j] else 0.5 * (score[i] == score[j]) for i, j in pairs)
    assert_allclose(risksets.concordance(time, event, score), right / len(pairs))
    assert np.isnan(risksets.concordance(time, event * 0, score))


def test_proportionality_sees_a_hazard_that_turns():
    random = np.random.default_rng(5)
    arm = random.integers(0, 2, 600)
    early = random.exponential(np.where(arm == 1, 0.5, 2))
    time = np.where(early < 1, early, 1 + random.exponential(np.where(arm == 1, 2, 0.5)))
    rows = pd.DataFrame({"time": time, "event": 1, "arm": arm})
    assert hazards.proportionality(rows, time="time", event="event", covariates=["arm"])["p"].max() < 0.001
    steady = rows.assign(time=random.exponential(np.where(arm == 1, 0.5, 1)))
    assert hazards.proportionality(steady, time="time", event="event", covariates=["arm"])["p"].min() > 0.01


def test_what_has_no_answer_has_none():
    rows = drawn(40)
    apart = rows.assign(b=(rows["event"] == 1) * 1, time=np.where(rows["event"] == 1, 1, 9))
    assert column(hazards.cox(apart, **ASKED), "log_hazard", "cox_efron").isna().all()  # b separates
    same = hazards.cox(rows.assign(b=3.0), **ASKED)
    assert np.isnan(column(same, "log_hazard", "cox_efron")["b"])
    alone = hazards.cox(rows, **(ASKED | {"covariates": ["a"]}))
    assert_allclose(column(same, "log_hazard", "cox_efron")["a"], column(alone, "log_hazard", "cox_efron")["a"])
    tests = hazards.proportionality(rows.assign(b=3.0), **ASKED).set_index("term")
    assert tests["p"].isna()["b"] and tests["df"]["GLOBAL"] == 1
    quiet = hazards.cox(rows.assign(event=0), **ASKED)
    assert quiet["value"].isna().all()
    assert hazards.proportionality(rows.assign(event=0), **ASKED)["p"].isna().all()


def test_words_become_terms_and_the_input_stays():
    rows = drawn(60).assign(kind=lambda frame: np.where(frame["a"] > 0, "x", "w"))
    before = rows.copy()
    found = hazards.cox(rows, time="time", event="event", covariates=["kind", "b"])
    assert {"kind=x", "b"} <= set(found["term"])
    pd.testing.assert_frame_equal(rows, before)
    with pytest.raises(EstimateError, match="efron of breslow"):
        hazards.cox(rows, **ASKED, ties="exact")
