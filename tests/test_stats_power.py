import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import norm

from hgeval.errors import EstimateError
from hgeval.stats import design, power


def test_reference_power_mde():
    known = case("power_mde")
    p1, p2, n = (known.rows[name] for name in ("p1", "p2", "n"))
    theirs = {name: [each[name] for each in known.expected] for name in known.expected[0]}
    deff = design.kish(known.rows["m"], known.rows["icc"])
    known.same(deff, theirs["deff"])
    known.same(power.power_between(p1, p2, n), theirs["power"])
    known.same(power.power_between_strict(p1, p2, n), theirs["power_exact_strict"])
    known.same(power.size_between(p1, p2), theirs["n80"])
    known.same(power.detectable_between(p1, n)[1], theirs["mde_p2"])
    known.same(power.detectable_between(p1, n, deff=deff)[1], theirs["mde_p2_clustered"])
    known.same(power.se_between(p1, p2, n), theirs["se_mid"])


SHARE = st.floats(0.02, 0.98)


@settings(max_examples=25, deadline=None)
@given(p1=SHARE, p2=SHARE, deff=st.floats(1, 3))
def test_the_sample_size_has_the_power_it_was_asked_for(p1, p2, deff):
    if abs(p1 - p2) < 0.01:
        return
    n = power.size_between(p1, p2, deff=deff, power=0.9, level=0.99)
    assert_allclose(power.power_between(p1, p2, n, deff=deff, level=0.99), 0.9, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(p1=SHARE, n=st.integers(20, 2000), deff=st.floats(1, 3))
def test_the_detectable_share_has_the_power_it_was_asked_for(p1, n, deff):
    for found in (power.detectable_between(p1, n, 2 * n, deff=deff), power.detectable_fixed(n, p1, deff=deff)):
        low, high = (end[0] for end in found)
        assert not low >= p1 and not high <= p1
    for end in np.ravel(power.detectable_between(p1, n, 2 * n, deff=deff)):
        if np.isfinite(end) and 1e-6 < end < 1 - 1e-6:
            assert_allclose(power.power_between(p1, end, n, 2 * n, deff=deff), 0.8, rtol=1e-6)
    for end in np.ravel(power.detectable_fixed(n, p1, deff=deff)):
        if np.isfinite(end) and 1e-6 < end < 1 - 1e-6:
            assert_allclose(power.power_fixed(n, p1, end, deff=deff), 0.8, rtol=1e-6)


def test_statsmodels_gives_the_same_power_and_cohens_h_another():
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import power_proportions_2indep, proportion_effectsize

    known = power_proportions_2indep(-0.1, 0.4, 200, ratio=1, alpha=0.05, return_results=True).power
    assert_allclose(power.power_between_strict(0.3, 0.4, 200), known, rtol=1e-6)
    arcsine = NormalIndPower().power(proportion_effectsize(0.4, 0.3), 200, 0.05)
    assert abs(arcsine / power.power_between_strict(0.3, 0.4, 200)[0] - 1) > 1e-3


def test_power_of_two_groups_of_another_size_by_hand():
    both = (0.3 * 100 + 0.5 * 300) / 400
    null = np.sqrt(both * (1 - both) * (1 / 100 + 1 / 300))
    own = np.sqrt(0.3 * 0.7 / 100 + 0.5 * 0.5 / 300)
    wanted = norm.cdf((0.2 - norm.ppf(0.975) * null) / own)
    assert_allclose(power.power_between(0.3, 0.5, 100, 300), wanted)
    assert_allclose(power.power_between(0.3, 0.5, 200, 600, deff=2), wanted)


def test_power_against_a_fixed_share_by_hand():
    wanted = norm.cdf((0.2 - norm.ppf(0.975) * np.sqrt(0.3 * 0.7 / 50)) / np.sqrt(0.5 * 0.5 / 50))
    assert_allclose(power.power_fixed(50, 0.3, 0.5), wanted)
    assert_allclose(power.power_fixed(100, 0.3, 0.5, deff=2), wanted)


def test_the_numbers_of_a_region_are_those_the_reports_print():
    """44 and 60 families at 30%: half widths 13 and 11 points, detectable differences 19 and 17."""
    assert_allclose(power.half_width([44, 60], 0.3), [0.13, 0.11], atol=5e-3)
    assert_allclose(power.half_width([44, 60], 0.3, deff=1.73), [0.17, 0.15], atol=5e-3)
    assert_allclose(power.detectable_difference([44, 60], 0.3), [0.19, 0.17], atol=5e-3)


def test_a_design_effect_is_fewer_families_and_never_more():
    assert_allclose(power.half_width(100, 0.3, deff=2), power.half_width(50, 0.3))
    assert_allclose(power.detectable_difference(100, 0.3, deff=2), power.detectable_difference(50, 0.3))
    assert_allclose(power.size_between(0.3, 0.4, deff=1.5), 1.5 * power.size_between(0.3, 0.4))
    assert power.half_width(100, 0.3, deff=0.5) == power.half_width(100, 0.3)
    assert power.size_between(0.3, 0.4, deff=0.5) == power.size_between(0.3, 0.4)


def test_what_cannot_be_shown_or_known_is_missing():
    assert np.isnan(power.half_width([0, np.nan], 0.3)).all()
    assert np.isnan(power.size_between(0.4, 0.4)).all()
    low, high = power.detectable_between(0.3, [2, 2000])
    assert np.isnan([low[0], high[0]]).all() and low[1] < 0.3 < high[1]
    assert np.isnan(np.ravel(power.detectable_fixed(0, 0.3))).all()
    assert np.isnan(power.power_between(0, 0, 10)).all()


def test_a_plan_is_one_frame():
    rows = pd.DataFrame({"region": ["A", "B"], "wave": "T2", "n": [44, 0], "share": 0.3, "deff": [1.73, 1.73]})
    before = rows.copy()
    found = power.planned(rows, deff="deff", groups=["wave"]).set_index(["measure", "region"])["value"]
    assert_allclose(found["half_width", "A"], power.half_width(44, 0.3, deff=1.73)[0])
    assert_allclose(found["detectable_difference", "A"], power.detectable_difference(44, 0.3, deff=1.73)[0])
    assert found[[("half_width", "B"), ("detectable_difference", "B")]].isna().all()
    plain = power.planned(rows)
    assert plain["method"].tolist() == ["wilson", "wilson", "bloom", "bloom"] and plain["n"].tolist() == [44, 0, 44, 0]
    pd.testing.assert_frame_equal(rows, before)


def test_bad_input_is_refused():
    with pytest.raises(EstimateError, match="aandeel ligt tussen 0 en 1"):
        power.half_width(44, 30)
    with pytest.raises(EstimateError, match="onderscheidingsvermogen ligt tussen 0 en 1"):
        power.detectable_difference(44, 0.3, power=80)
    with pytest.raises(EstimateError, match="betrouwbaarheid ligt tussen 0 en 1"):
        power.half_width(44, 0.3, level=95)
    with pytest.raises(EstimateError, match="aantal kleiner dan 0"):
        power.power_fixed(-1, 0.3, 0.4)
