"""Interrupted time series: the seat-belt law, and the months of Gelderland-Zuid worked out a second way."""

import numpy as np
import pandas as pd
import pytest
from estimate_rows import by_term, one, pick
from numpy.testing import assert_allclose
from reference_cases import case
from scipy import stats

from hgeval import published
from hgeval.errors import EstimateError
from hgeval.stats import interrupted

ASKED = {"outcome": "DriversKilled", "time": "time", "step": "law"}
R_LEVEL = 2 * stats.norm.cdf(1.96) - 1  # the case multiplies by 1.96
QUASI, NW = "quasi_poisson", "quasi_poisson_newey_west"


def test_reference_its():
    told = case("its")
    theirs, counted = told.expected, ASKED | {"exposure": "kms", "level": R_LEVEL}
    season = interrupted.segmented_counts(told.rows.sample(frac=1, random_state=2), **counted)
    plain = interrupted.segmented_counts(told.rows, harmonics=0, **counted)
    for found, ratio, dispersion in ((plain, "rr_noseason", "disp_noseason"), (season, "rr_season", "disp_season")):
        row = pick(found, measure="rate_ratio", model="level", method=QUASI)
        told.same(row[["value", "low", "high"]].to_numpy(dtype=float)[0], theirs[ratio])
        told.same(one(found, measure="dispersion", model="level"), theirs[dispersion])
    for model, name in (("level", "coef_season"), ("level_and_slope", "coef_slope_change")):
        told.same(list(by_term(season, model=model, method=QUASI).values()), list(theirs[name].values()))
    told.same(list(by_term(season, "se", model="level", method=QUASI).values()), list(theirs["se_season"].values()))
    told.same(list(by_term(season, "se", model="level", method=NW).values()), list(theirs["se_season_nw3"].values()))
    told.same(one(season, "p", measure="slope_change_test"), theirs["p_slope_change_F"])
    line = interrupted.segmented_linear(told.rows, **ASKED)
    told.same(list(by_term(line).values()), list(theirs["ols_coef"].values()))
    told.same(list(by_term(line, "se").values()), list(theirs["ols_se_nw3"].values()))
    told.same(one(line, measure="durbin_watson"), theirs["dw"])


def gelderland_zuid():
    """Advice a month; from January 2019 the reporting code is stricter."""
    rows = published.monthly_gelderland_zuid()
    return rows.assign(
        moment=np.arange(1, len(rows) + 1), stricter=(rows["year"] >= 2019).astype("int64"),
        days=pd.PeriodIndex(rows["period"], freq="M").days_in_month,
    )  # fmt: skip


def by_hand(y, x, offset, lag):
    """Poisson by weighted least squares, over and over; dispersion; Newey-West written out."""
    coef = np.zeros(x.shape[1])
    coef[0] = np.log(y.mean()) - offset.mean()
    for _ in range(50):
        mu = np.exp(x @ coef + offset)
        coef = np.linalg.solve(x.T @ (mu[:, None] * x), x.T @ (mu * (x @ coef + (y - mu) / mu)))
    mu = np.exp(x @ coef + offset)
    inside = np.linalg.inv(x.T @ (mu[:, None] * x))
    scores = x * (y - mu)[:, None]
    meat = scores.T @ scores
    for step in range(1, lag + 1):
        cross = scores[step:].T @ scores[:-step]
        meat += (1 - step / (lag + 1)) * (cross + cross.T)
    dispersion = ((y - mu) ** 2 / mu).sum() / (len(y) - x.shape[1])
    deviance = 2 * (y * np.log(y / mu) - (y - mu)).sum()
    return coef, np.sqrt(dispersion * np.diag(inside)), np.sqrt(np.diag(inside @ meat @ inside)), dispersion, deviance


def test_the_months_of_gelderland_zuid_worked_out_a_second_way():
    rows = gelderland_zuid()
    found = interrupted.segmented_counts(rows, outcome="adviezen", time="moment", step="stricter", exposure="days")
    y, t, after = (rows[name].to_numpy(dtype=float) for name in ("adviezen", "moment", "stricter"))
    waves = [wave(k * 2 * np.pi * t / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    short = np.column_stack([np.ones(39), after, t, *waves])
    long = np.column_stack([short, np.maximum(t - 25, 0)])
    offset = np.log(rows["days"].to_numpy(dtype=float))
    deviances = {}
    for model, x in (("level", short), ("level_and_slope", long)):
        coef, plain, robust, dispersion, deviances[model] = by_hand(y, x, offset, 3)
        assert_allclose(list(by_term(found, model=model, method=QUASI).values()), coef, rtol=1e-8, atol=1e-10)
        assert_allclose(list(by_term(found, "se", model=model, method=QUASI).values()), plain, rtol=1e-8)
        assert_allclose(list(by_term(found, "se", model=model, method=NW).values()), robust, rtol=1e-8)
        assert_allclose(one(found, measure="dispersion", model=model), dispersion, rtol=1e-8)
        ratio = pick(found, measure="rate_ratio", model=model, method=NW)
        limits = np.exp(coef[1] + np.array([0, -1, 1]) * stats.norm.ppf(0.975) * robust[1])
        assert_allclose(ratio[["value", "low", "high"]].to_numpy(dtype=float)[0], limits, rtol=1e-8)
    f = (deviances["level"] - deviances["level_and_slope"]) / dispersion
    assert_allclose(one(found, measure="slope_change_test"), f, rtol=1e-7)
    assert_allclose(one(found, "p", measure="slope_change_test"), stats.f.sf(f, 1, 31), rtol=1e-7)


def test_the_numbers_of_gelderland_zuid_stay_what_they_are():
    """Growth of 2.1% a month before; a step down to .80 of what that led to, and no sure change of growth after."""
    asked = {"outcome": "adviezen", "time": "moment", "step": "stricter", "exposure": "days"}
    found = interrupted.segmented_counts(gelderland_zuid(), **asked)
    rows = pick(found, measure="coefficient", model="level_and_slope", method=NW).set_index("term")
    assert len(gelderland_zuid().query("stricter == 0")) == 24
    values = rows["value"][["step", "time", "slope_change"]].astype(float)
    assert_allclose(values, [-0.21697, 0.02110, 0.00907], atol=5e-6)
    assert rows["low"]["slope_change"] < 0 < rows["high"]["slope_change"]
    ratio = pick(found, measure="rate_ratio", model="level_and_slope", method=NW)
    assert_allclose(ratio[["value", "low", "high"]].to_numpy(dtype=float)[0], [0.8050, 0.6837, 0.9477], atol=5e-5)


def test_too_few_moments_before_are_refused_unless_asked():
    rows = gelderland_zuid().query("moment >= 2")
    asked = {"outcome": "adviezen", "time": "moment", "step": "stricter"}
    with pytest.raises(EstimateError, match="23 momenten.*24"):
        interrupted.segmented_counts(rows, **asked)
    assert interrupted.segmented_counts(rows, fewest_before=12, **asked)["value"].notna().any()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: rows.query("moment != 10"), "gaten"),
        (lambda rows: pd.concat([rows, rows.tail(1)]), "dubbele"),
        (lambda rows: rows.assign(stricter=0), "nergens 1"),
        (lambda rows: rows.assign(stricter=rows["stricter"] * 2), "0 en 1"),
        (lambda rows: rows.assign(adviezen=-1), "kleiner dan 0"),
        (lambda rows: rows.assign(days=0), "meer dan 0"),
    ],
)
def test_a_series_that_is_none_is_refused(change, told):
    with pytest.raises(EstimateError, match=told):
        interrupted.segmented_counts(
            change(gelderland_zuid()), outcome="adviezen", time="moment", step="stricter", exposure="days"
        )


def test_a_change_at_the_last_moment_has_a_level_and_no_slope():
    rows = gelderland_zuid().assign(stricter=lambda each: (each["moment"] == 39).astype(int))
    found = interrupted.segmented_counts(rows, outcome="adviezen", time="moment", step="stricter")
    assert np.isnan(by_term(found, model="level_and_slope", method=NW)["slope_change"])
    assert np.isnan(one(found, measure="slope_change_test"))
    assert np.isfinite(by_term(found, model="level", method=QUASI)["step"])


def test_nothing_after_the_change_is_missing():
    rows = gelderland_zuid().assign(adviezen=lambda each: each["adviezen"].where(each["stricter"] == 0, 0))
    found = interrupted.segmented_counts(rows, outcome="adviezen", time="moment", step="stricter")
    assert pick(found, term="step")[["value", "low", "high"]].isna().all(axis=None)


def test_only_zeros_are_missing():
    rows = gelderland_zuid().assign(adviezen=0)
    found = interrupted.segmented_counts(rows, outcome="adviezen", time="moment", step="stricter")
    assert found["value"].isna().all()
    line = interrupted.segmented_linear(rows, outcome="adviezen", time="moment", step="stricter")
    assert np.isnan(one(line, measure="durbin_watson"))
