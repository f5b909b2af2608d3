import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case

from hgeval.errors import EstimateError
from hgeval.stats import sensitivity


def values(found: pd.DataFrame, measure: str) -> np.ndarray:
    return found.loc[found["measure"] == measure, "value"].to_numpy(dtype=float, na_value=np.nan)


def test_reference_evalue():
    known = case("evalue")
    found = sensitivity.evalues(known.rows, value="rr", low="lo", high="hi")
    known.same(values(found, "evalue"), [each["e_point"] for each in known.expected])
    known.same(values(found, "evalue_limit"), [each["e_ci"] for each in known.expected])


def test_reference_published_evalue():
    """VanderWeele & Ding 2017: a risk ratio of 3.9 (1.8 to 8.7) has E-values 7.26 and 3.0."""
    found = sensitivity.evalues(pd.DataFrame({"value": [3.9], "low": [1.8], "high": [8.7]}))
    assert [round(float(each), 2) for each in found["value"]] == [7.26, 3.0]


@settings(max_examples=25, deadline=None)
@given(ratio=st.floats(0.01, 100))
def test_a_confounder_as_strong_as_the_evalue_just_explains_the_ratio(ratio):
    e = sensitivity.evalue(ratio)[0]
    assert_allclose(e * e / (2 * e - 1), max(ratio, 1 / ratio))  # the largest ratio two such associations can make
    assert_allclose(sensitivity.evalue(1 / ratio), e)


def test_scales_by_hand():
    rows = pd.DataFrame({"value": [4.0], "low": [2.25], "high": [9.0]})
    assert_allclose(values(sensitivity.evalues(rows, scale="odds_ratio_common"), "evalue"), 2 + np.sqrt(2))
    limit = values(sensitivity.evalues(rows, scale="odds_ratio_common"), "evalue_limit")
    assert_allclose(limit, 1.5 + np.sqrt(0.75))
    hazard = (1 - 0.5**2) / (1 - 0.5**0.5)
    found = sensitivity.evalues(rows, scale="hazard_ratio_common")
    assert_allclose(values(found, "evalue"), hazard + np.sqrt(hazard * (hazard - 1)))
    ratio = np.exp(0.91 * 4)
    found = sensitivity.evalues(rows, scale="standardised_difference")
    assert_allclose(values(found, "evalue"), ratio + np.sqrt(ratio * (ratio - 1)))
    assert found["method"].eq("evalue_standardised_difference").all()
    for rare in ("odds_ratio_rare", "hazard_ratio_rare"):
        assert_allclose(values(sensitivity.evalues(rows, scale=rare), "evalue"), 4 + np.sqrt(12))


def test_a_difference_goes_by_the_ratio_to_the_baseline():
    rows = pd.DataFrame({"value": [0.2, -0.2, 0.1], "low": [0.1, -0.5, -0.1], "high": [0.3, -0.1, 0.2], "base": 0.4})
    found = sensitivity.evalues_difference(rows, baseline="base")
    ratios, limits = np.array([1.5, 2, 1.25]), np.array([1.25, 4 / 3, 1])
    assert_allclose(values(found, "evalue"), ratios + np.sqrt(ratios * (ratios - 1)))
    assert_allclose(values(found, "evalue_limit"), limits + np.sqrt(limits * (limits - 1)))


def test_what_no_ratio_can_be_made_of_is_missing():
    rows = pd.DataFrame({"value": [0.2, 0.7, None, -0.4], "low": [0.1, 0.5, 0.1, -0.4], "high": [0.3, 0.8, 0.2, -0.1],
                         "base": [0.0, 0.4, 0.4, 0.4]})  # fmt: skip
    found = sensitivity.evalues_difference(rows, baseline="base")
    assert np.isnan(values(found, "evalue")).all()  # the last falls to none: no confounder is strong enough
    assert_allclose(values(found, "evalue_limit"), [np.nan] * 3 + [4 / 3 + np.sqrt(4 / 9)])
    none = sensitivity.evalues(pd.DataFrame({"value": [0.0, None], "low": [0.0, 1], "high": [0.5, 2]}))
    assert np.isnan(values(none, "evalue")).all() and values(none, "evalue_limit")[0] == 2 + np.sqrt(2)


@settings(max_examples=25, deadline=None)
@given(low=st.floats(0.1, 1), high=st.floats(1, 10), value=st.floats(0, 1))
def test_an_interval_that_holds_one_has_evalue_one(low, high, value):
    rows = pd.DataFrame({"value": [low + value * (high - low)], "low": [low], "high": [high]})
    assert values(sensitivity.evalues(rows), "evalue_limit") == 1


def region(**cells) -> pd.DataFrame:
    plain = {"value": 0.2, "low": 0.06, "high": 0.34, "share1": 0.5, "share2": 0.3, "dropped1": 0.4, "dropped2": 0.2}
    return pd.DataFrame([plain | cells])


def tipping(**cells) -> list[float]:
    found = sensitivity.tipping(region(**cells)).set_index("measure")["value"]
    return [float(found[f"tipping_{each}"]) if pd.notna(found[f"tipping_{each}"]) else np.nan
            for each in ("first", "second", "both")]  # fmt: skip


def test_the_tipping_point_brings_the_limit_to_zero():
    first, second, both = tipping()
    assert_allclose([first, second, both], [-0.15, 0.3, -0.1])
    assert_allclose([0.06 + 0.4 * first, 0.06 - 0.2 * second, 0.06 + 0.4 * both - 0.2 * -both], 0, atol=1e-12)


def test_a_fall_tips_the_other_way():
    assert_allclose(tipping(value=-0.2, low=-0.34, high=-0.06, share1=0.3, share2=0.5), [0.15, -0.3, 0.1])


def test_what_holds_zero_needs_no_shift_and_what_cannot_tip_is_missing():
    assert tipping(low=-0.01) == [0, 0, 0]
    assert tipping(low=-0.01, dropped1=0, dropped2=0) == [0, 0, 0]
    assert np.isnan(tipping(dropped1=0, dropped2=0)).all()
    # 0.06 / 0.1 = 0.6 down from 0.5 is under none; 0.06 / 0.2 = 0.3 up from 0.3; both 0.2
    assert_allclose(tipping(dropped1=0.1), [np.nan, 0.3, -0.2])
    assert_allclose(tipping(share2=0.8), [-0.15, np.nan, -0.1])
    assert np.isnan(tipping(low=None)).all()


def test_sensitivity_keeps_region_and_groups():
    rows = region().assign(region="A", kind="x", rr=2.0)
    before = rows.copy()
    found = sensitivity.tipping(rows, groups=["kind"])
    assert found["region"].eq("A").all() and found["kind"].eq("x").all()
    pd.testing.assert_frame_equal(rows, before)


def test_bad_input_is_refused():
    with pytest.raises(EstimateError, match="verhouding is nooit kleiner dan 0"):
        sensitivity.evalue(-1)
    with pytest.raises(EstimateError, match="verhouding is nooit kleiner dan 0"):
        sensitivity.evalues(pd.DataFrame({"value": [-1], "low": [-2], "high": [3]}), scale="odds_ratio_common")
    with pytest.raises(EstimateError, match="buiten haar eigen grenzen"):
        sensitivity.evalue_limit(2, 3, 4)
    with pytest.raises(EstimateError, match="Bekend zijn: risk_ratio"):
        sensitivity.evalues(pd.DataFrame({"value": [1], "low": [1], "high": [1]}), scale="rd")
    with pytest.raises(EstimateError, match="aandeel ligt tussen 0 en 1"):
        sensitivity.tipping(region(dropped1=40))
