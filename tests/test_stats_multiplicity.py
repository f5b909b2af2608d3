import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_cases import case
from scipy.stats import false_discovery_control

from hgeval.errors import EstimateError
from hgeval.stats import multiplicity


def adjusted(found: pd.DataFrame) -> np.ndarray:
    return found["p"].to_numpy(dtype=float, na_value=np.nan)


def test_reference_multiplicity():
    known = case("multiplicity")
    for name, theirs in known.expected.items():
        found = multiplicity.adjust(known.rows, method=name.lower())
        known.same(adjusted(found), theirs)
        assert found["family"].eq(26).all() and found["region"].tolist() == known.rows["region"].tolist()


CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None)
@given(chances=CHANCES)
def test_scipy_gives_the_same_false_discovery_rates(chances):
    rows = pd.DataFrame({"p": chances})
    for method in ("bh", "by"):
        ours = adjusted(multiplicity.adjust(rows, method=method))
        assert_allclose(ours, false_discovery_control(chances, method=method), rtol=1e-9, atol=1e-300)


@settings(max_examples=25, deadline=None)
@given(chances=CHANCES)
def test_holm_by_its_steps(chances):
    order, running, wanted = np.argsort(chances, kind="stable"), 0.0, np.zeros(len(chances))
    for step, place in enumerate(order):
        running = max(running, min(1.0, (len(chances) - step) * chances[place]))
        wanted[place] = running
    assert_allclose(adjusted(multiplicity.adjust(pd.DataFrame({"p": chances}), method="holm")), wanted)


def test_a_missing_chance_does_not_count():
    rows = pd.DataFrame({"p": [0.01, None, 0.04]})
    found = multiplicity.adjust(rows, method="bonferroni")
    assert_allclose(adjusted(found), [0.02, np.nan, 0.08])
    assert found["family"].eq(2).all()
    nothing = multiplicity.adjust(rows.iloc[1:2])
    assert nothing["p"].isna().all() and nothing["family"].tolist() == [0]
    assert multiplicity.adjust(rows.iloc[:0]).empty


def test_tests_done_elsewhere_count():
    rows = pd.DataFrame({"p": [0.01, 0.04]})
    found = multiplicity.adjust(rows, method="holm", size=10)
    assert_allclose(adjusted(found), [0.1, 0.36])
    assert found["family"].eq(10).all()
    with pytest.raises(EstimateError, match="meer toetsen dan de opgegeven omvang"):
        multiplicity.adjust(rows, size=1)


def test_each_family_stands_by_itself():
    rows = pd.DataFrame({"region": ["A", "B", "A"], "wave": ["T1", "T1", "T2"], "p": [0.01, 0.04, 0.03]})
    before = rows.copy()
    found = multiplicity.adjust(rows, family=["wave"], measure="stopped")
    assert_allclose(adjusted(found), [0.02, 0.04, 0.03])
    assert found["family"].tolist() == [2, 2, 1] and found["wave"].tolist() == ["T1", "T1", "T2"]
    assert found.loc[0, ["measure", "method"]].tolist() == ["stopped", "holm"]
    pd.testing.assert_frame_equal(rows, before)


def test_bad_input_is_refused():
    with pytest.raises(EstimateError, match="p-waarde ligt tussen 0 en 1"):
        multiplicity.adjust(pd.DataFrame({"p": [1.2]}))
    with pytest.raises(EstimateError, match="Bekend zijn: bonferroni, holm"):
        multiplicity.adjust(pd.DataFrame({"p": [0.2]}), method="BH")
    with pytest.raises(EstimateError, match="mist de kolommen p"):
        multiplicity.adjust(pd.DataFrame({"q": [0.2]}))


@pytest.mark.parametrize("names", [{"family": ["region"]}, {"groups": ["region"]}])
def test_a_family_may_be_a_region(names):
    """Two tests of one region: .01 and .04 by Holm are .02 and .04; a region alone keeps its own."""
    rows = pd.DataFrame({"region": ["VT01", "VT01", "VT02"], "p": [0.01, 0.04, 0.5]})
    found = multiplicity.adjust(rows, **names)
    assert list(found["region"]) == ["VT01", "VT01", "VT02"] and list(found).count("region") == 1
    by_region = "family" in names
    assert_allclose(found["p"].astype(float), [0.02, 0.04, 0.5] if by_region else [0.03, 0.08, 0.5])
    assert found["family"].tolist() == ([2, 2, 1] if by_region else [3, 3, 3])
