from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import binom

from hgeval import rates
from hgeval.errors import EstimateError

REFERENCE = Path(__file__).parent / "reference"
WAVES = pd.CategoricalDtype(["T1", "T2", "T3"])


def row(**cells) -> dict:
    return {"measure": "stopped", "region": "VT01", "level": 0.95, "method": "wilson"} | cells


def units() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": ["VT01", "VT01", "VT01", "VT02", "VT02"],
            "wave": pd.Categorical(["T1", "T1", "T2", "T1", "T1"], dtype=WAVES),
            "flag": pd.array([True, None, False, True, False], dtype="boolean"),
        }
    )


def test_wilson():
    printed = pd.read_csv(REFERENCE / "wilson.csv", comment="#")
    low, high = rates.wilson(printed["events"], printed["n"], printed["level"])
    assert_allclose(low, printed["low"], rtol=1e-8, atol=1e-15)
    assert_allclose(high, printed["high"], rtol=1e-8)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_printed_by_newcombe_1998_table_1(events, n, low, high):
    assert_allclose(np.ravel(rates.wilson(events, n)), [low, high], atol=5e-5)


def test_wilson_of_no_families_or_a_missing_count_is_missing():
    low, high = rates.wilson(pd.array([0, None, 3], dtype="Int64"), pd.array([0, 10, None], dtype="Int64"))
    assert np.isnan(low).all() and np.isnan(high).all()


def test_wilson_ends_exactly_at_none_and_all():
    low, high = rates.wilson([0, 7], [7, 7])
    assert low[0] == 0 and high[1] == 1


def coverage(n: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Chance that the interval holds p, summed over every outcome, for p from 5% to 95%."""
    p = np.linspace(0.05, 0.95, 181)[:, None]
    return (binom.pmf(np.arange(n + 1), n, p) * ((low <= p) & (p <= high))).sum(axis=1)


@pytest.mark.parametrize(("n", "lowest"), [(10, 0.89), (20, 0.92), (44, 0.93), (150, 0.935)])
def test_wilson_covers_what_it_says(n, lowest):
    found = coverage(n, *rates.wilson(np.arange(n + 1), n))
    assert 0.945 <= found.mean() <= 0.96
    assert found.min() >= lowest


def test_the_coverage_check_refuses_the_simple_interval():
    share = np.arange(11) / 10
    half = 1.96 * np.sqrt(share * (1 - share) / 10)
    assert coverage(10, share - half, share + half).mean() < 0.9


def test_poisson_exact():
    printed = pd.read_csv(REFERENCE / "poisson_exact.csv", comment="#")
    low, high = rates.poisson_exact(printed["events"], 0.95)
    assert_allclose(low / printed["expected"], printed["low"], rtol=1e-7)
    assert_allclose(high / printed["expected"], printed["high"], rtol=1e-7)


def test_poisson_exact_of_a_missing_count_is_missing():
    assert np.isnan(rates.poisson_exact(pd.array([None], dtype="Int64"))).all()


@pytest.mark.parametrize(("events", "n"), [(6, 5), (-1, 5)])
def test_a_part_is_never_more_than_the_whole(events, n):
    with pytest.raises(EstimateError, match=r"In 1 rijen is events kleiner dan 0 of groter dan n.*Controleer"):
        rates.wilson(events, n)
    with pytest.raises(EstimateError, match="Een deel is nooit groter dan het geheel"):
        rates.recompute(rates.frame([row(n=n, events=events, method="share")]))


def test_frame_orders_and_types():
    found = rates.frame([row(wave="T2", value=1, n=3.0, events=3)], groups=("wave",))
    assert list(found) == ["measure", "region", "wave", "n", "events", "value", "low", "high", "level", "method"]
    assert [str(kind) for kind in found.dtypes] == ["str"] * 3 + ["Int64"] * 2 + ["Float64"] * 4 + ["str"]
    assert found["low"].isna().all()


def test_frame_of_nothing_has_the_same_columns_and_types():
    full, empty = rates.frame([row(wave="T2")], groups=("wave",)), rates.frame([], groups=("wave",))
    assert len(empty) == 0
    assert (full.dtypes == empty.dtypes).all()


def test_frame_keeps_whole_numbers_in_a_group():
    assert rates.frame([row(year=2023)], groups=("year",))["year"].dtype == "Int64"


def test_frame_refuses_a_column_it_does_not_know():
    with pytest.raises(EstimateError, match=r"heeft de kolommen measure, region, n.*Gevonden: ook family_id.*groups"):
        rates.frame([row(family_id="f1")])


def test_frame_names_the_columns_that_are_missing():
    with pytest.raises(EstimateError, match="mist de kolommen: method, wave. Vul ze in"):
        rates.frame([{"measure": "stopped", "region": "VT01"}], groups=("wave",))


def test_group_columns():
    found = rates.frame([row(wave="T2", direction="gelijk")], groups=("wave", "direction"))
    assert rates.group_columns(found.assign(status="shown")) == ["wave", "direction"]


def test_recompute_by_each_method():
    given = rates.frame(
        [
            row(n=30, events=9),
            row(n=30, events=9, method="share"),
            row(n=99, events=12, value=7, method="count", level=None),
            row(n=200_000, events=40, method="per_10000"),
            row(n=200_000, events=40, method="per_10000", level=None),
            row(n=12, value=4, low=2, high=9, method="median_iqr"),
            row(value=38.1, method="published"),
        ]
    )
    found = rates.recompute(given)
    assert_allclose(found["value"].astype(float), [0.3, 0.3, 12, 2, 2, 4, 38.1])
    assert_allclose(found.loc[0, ["low", "high"]].astype(float), [0.1666, 0.4788], atol=5e-5)
    # R: 1e4 * poisson.test(40)$conf.int / 2e5, from the limits 28.57660 and 54.46865 of tests/reference.
    assert_allclose(found.loc[3, ["low", "high"]].astype(float), [28.57660 / 20, 54.46865 / 20], atol=5e-6)
    assert found.loc[[1, 2, 4, 6], ["low", "high"]].isna().all(axis=None)
    assert found.loc[2, "n"] == 12
    assert found.loc[5, ["n", "value", "low", "high"]].tolist() == [12, 4, 2, 9]


def test_recompute_leaves_its_input_and_what_was_suppressed():
    given = rates.frame([row(n=30, events=None, value=0.3), row(n=None, events=9), row(n=0, events=0)])
    before = given.copy()
    assert rates.recompute(given)[["value", "low", "high"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(given, before)


def test_recompute_takes_each_rows_own_level():
    found = rates.recompute(rates.frame([row(n=7, events=2, level=0.9), row(n=9, events=9, level=0.99)]))
    printed = pd.read_csv(REFERENCE / "wilson.csv", comment="#").tail(2)
    assert_allclose(found[["low", "high"]].astype(float), printed[["low", "high"]], rtol=1e-8)


def test_recompute_keeps_further_columns():
    assert rates.recompute(rates.frame([row(n=3, events=1)]).assign(status="shown"))["status"].tolist() == ["shown"]


def test_recompute_refuses_an_unknown_method():
    with pytest.raises(EstimateError, match="onbekende methode. Bekend zijn: wilson, share, count"):
        rates.recompute(rates.frame([row(method="wald")]))


def cells(estimates: pd.DataFrame) -> dict:
    keys = ["region", *rates.group_columns(estimates)]
    names = estimates[keys].agg(" ".join, axis=1)
    return dict(zip(names, zip(estimates["n"], estimates["events"], strict=True), strict=True))


def test_shares_leaves_missing_flags_out_of_n():
    assert cells(rates.shares(units(), measure="m", flag="flag")) == {"VT01": (2, 1), "VT02": (2, 1), "NL": (4, 2)}


def test_shares_per_group_has_every_region_and_every_category():
    found = rates.shares(units(), measure="m", flag="flag", by=("region", "wave"), all_regions=["VT01", "VT02", "VT03"])
    assert cells(found) == {
        "VT01 T1": (1, 1), "VT01 T2": (1, 0), "VT01 T3": (0, 0),
        "VT02 T1": (2, 1), "VT02 T2": (0, 0), "VT02 T3": (0, 0),
        "VT03 T1": (0, 0), "VT03 T2": (0, 0), "VT03 T3": (0, 0),
        "NL T1": (3, 2), "NL T2": (1, 0), "NL T3": (0, 0),
    }
    assert found.loc[found["region"] == "VT03", ["value", "low", "high"]].isna().all(axis=None)
    assert found.loc[found["n"] > 0, "value"].notna().all()


def test_shares_without_the_country():
    assert set(rates.shares(units(), measure="m", flag="flag", national=False)["region"]) == {"VT01", "VT02"}


def test_shares_of_a_census_have_no_interval():
    found = rates.shares(units(), measure="m", flag="flag", method="share")
    assert found["value"].notna().all()
    assert found[["low", "high", "level"]].isna().all(axis=None)


def test_shares_of_no_units():
    found = rates.shares(units().iloc[:0], measure="m", flag="flag", all_regions=["VT01"])
    assert cells(found) == {"VT01": (0, 0), "NL": (0, 0)}


def test_shares_refuses_an_empty_group_and_a_strange_region():
    with pytest.raises(EstimateError, match="De kolom region is niet overal gevuld. Vul haar"):
        rates.shares(units().assign(region=None), measure="m", flag="flag")
    with pytest.raises(EstimateError, match="regio's die niet in de indeling staan. Controleer study.yml") as fault:
        rates.shares(units(), measure="m", flag="flag", all_regions=["VT01"])
    assert "VT02" not in str(fault.value)


def test_counts():
    found = rates.counts(units(), measure="meldingen", all_regions=["VT01", "VT02", "VT03"])
    assert dict(zip(found["region"], found["value"], strict=True)) == {"VT01": 3, "VT02": 2, "VT03": 0, "NL": 5}
    assert (found["n"] == found["events"]).all()
    assert set(found["method"]) == {"count"}


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_units_does_not_matter(order):
    given_ = units().iloc[list(order)]
    before = given_.copy()
    found = rates.shares(given_, measure="m", flag="flag", by=("region", "wave"))
    pd.testing.assert_frame_equal(found, rates.shares(units(), measure="m", flag="flag", by=("region", "wave")))
    pd.testing.assert_frame_equal(given_, before)


def test_wilson_equals_the_library_that_also_gives_it():
    from statsmodels.stats.proportion import proportion_confint

    n = np.arange(1, 80)
    for events in (0 * n, n // 3, n):
        low, high = rates.wilson(events, n, 0.95)
        theirs = proportion_confint(events, n, alpha=0.05, method="wilson")
        np.testing.assert_allclose([low, high], theirs, atol=1e-12)


def test_a_method_tells_its_design_effect():
    told = rates.widened(pd.Series([1.0, 0.4, 1.004, 1.2345, None, 3.0]))
    assert list(told) == ["wilson", "wilson", "wilson", "wilson_deff1.23", "wilson", "wilson_deff3.00"]
    assert list(rates.design_effect(told)) == [1, 1, 1, 1.23, 1, 3]
    assert list(rates.plain(pd.concat([told, pd.Series(["share"], dtype="str")]))) == ["wilson"] * 6 + ["share"]


def test_a_share_of_clustered_families_is_that_of_fewer_strangers():
    rows = [{"measure": "m", "region": "VT01", "n": 60, "events": 18, "level": 0.95, "method": "wilson_deff1.50"}]
    found = rates.recompute(rates.frame(rows)).iloc[0]
    low, high = rates.wilson(12, 40)
    assert (found["value"], found["low"], found["high"]) == pytest.approx((0.3, low[0], high[0]))
    with pytest.raises(EstimateError, match="onbekende methode"):
        rates.recompute(rates.frame([rows[0] | {"method": "wilson_deff"}]))
