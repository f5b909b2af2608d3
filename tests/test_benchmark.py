from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binom

from hgeval import benchmark, rates
from hgeval.errors import EstimateError

LIMITS = list(benchmark.LIMITS)


def printed() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "reference" / "funnel.csv", comment="#")


def estimates(counts: dict[str, tuple[int | None, int | None]], **cells) -> pd.DataFrame:
    rows = [
        {"measure": "stopped", "region": region, "events": events, "n": n, "level": 0.95, "method": "wilson"} | cells
        for region, (events, n) in counts.items()
    ]
    groups = [name for name in cells if name not in rates.COLUMNS]
    return rates.recompute(rates.frame(rows, groups=groups))


def labels(counts: dict[str, tuple[int | None, int | None]], **settings) -> dict[str, str]:
    found = benchmark.funnel(estimates(counts), **settings)
    return dict(zip(found["region"], found["position"], strict=True))


def test_funnel():
    rows = printed()
    counts = {f"VT{at:02}": (row.events, row.n) for at, row in enumerate(rows.itertuples(), start=1)}
    found = benchmark.funnel(estimates(counts | {"NL": (rows["events"].sum(), rows["n"].sum())}), fewest=10)
    assert_allclose(found["target"].astype(float), 0.307101727447217, rtol=1e-12)
    assert_allclose(found[LIMITS].astype(float), rows[LIMITS], rtol=1e-8, atol=1e-12)
    # VT05 has 43 of 93 against a limit of 45.5%; VT14 has none of 17, which may be chance at 99.8% but not at 95%.
    assert found.set_index("region")["position"].value_counts().to_dict() == {"niet te onderscheiden": 25, "hoger": 1}
    assert found.loc[found["position"] == "hoger", "region"].tolist() == ["VT05"]
    assert found.loc[found["beyond95"], "region"].tolist() == ["VT02", "VT05", "VT09", "VT11", "VT14"]


def test_labels_on_both_sides_of_both_limits():
    # Of 100 at 30%: 16 or fewer has a chance below 0.1% and 17 has not; the upper limit lies between 44 and 45,
    # where the chance falls from 0.21% to 0.11%: it is interpolated towards 0.1% from within.
    assert binom.cdf([16, 17], 100, 0.3) == pytest.approx([0.000969, 0.002163], abs=1e-6)
    assert binom.sf([43, 44], 100, 0.3) == pytest.approx([0.002115, 0.001086], abs=1e-6)
    counts = {"a": (16, 100), "b": (17, 100), "c": (44, 100), "d": (45, 100)}
    assert labels(counts, p0=0.3) == {
        "a": "lager", "b": "niet te onderscheiden", "c": "niet te onderscheiden", "d": "hoger",
    }


def test_a_region_beyond_95_but_within_998_is_not_told_apart():
    found = benchmark.funnel(estimates({"a": (20, 100), "b": (30, 100)}), p0=0.3)
    assert found["position"].tolist() == ["niet te onderscheiden"] * 2
    assert found["beyond95"].tolist() == [True, False]


def test_too_few_families_are_not_compared_and_a_hidden_share_of_enough_families_says_so():
    """Hidden is no sign of little data: 9 of 92 is hidden and may well differ."""
    counts = {"a": (0, 29), "b": (0, 30), "c": (None, 92), "d": (None, None), "e": (0, 0), "NL": (900, 1000)}
    found = benchmark.funnel(estimates(counts)).set_index("region")
    few = dict.fromkeys("ade", "te weinig gegevens")
    assert found["position"].to_dict() == few | {"b": "lager", "c": "niet getoond"}
    assert found["beyond95"].isna().to_dict() == dict.fromkeys("acde", True) | {"b": False}
    assert found.loc[["d", "e"], LIMITS].isna().all(axis=None)
    assert labels(counts, fewest=31)["b"] == "te weinig gegevens"


def test_a_suppressed_national_share_leaves_nothing_to_compare_with():
    assert labels({"a": (10, 50), "NL": (None, 1000)}) == {"a": "te weinig gegevens"}


def test_published_numbers_keep_their_status():
    released = estimates({"a": (15, 50), "NL": (300, 1000)}, wave="T2").assign(status="rounded")
    found = benchmark.funnel(released)
    assert found.loc[0, ["status", "position", "target"]].tolist() == ["rounded", "niet te onderscheiden", 0.3]


def test_each_group_and_measure_has_its_own_national_share():
    both = pd.concat(
        [estimates({"a": (20, 50), "NL": (events, 1000)}, wave=wave, measure=measure)
         for wave, measure, events in (("T2", "stopped", 300), ("T3", "stopped", 400), ("T2", "no_violence", 500))]
    )
    found = benchmark.funnel(both)
    assert found[["measure", "wave", "target"]].to_numpy().tolist() == [
        ["stopped", "T2", 0.3], ["stopped", "T3", 0.4], ["no_violence", "T2", 0.5],
    ]


def test_a_share_of_none_or_all_has_limits_without_width():
    found = benchmark.funnel_curve(0.0, [20]), benchmark.funnel_curve(1.0, [20])
    assert [rows[LIMITS].to_numpy().tolist() for rows in found] == [[[0] * 4], [[1] * 4]]
    assert labels({"a": (0, 40), "NL": (0, 90)}) == {"a": "niet te onderscheiden"}


@pytest.mark.parametrize("target", [0.001, 0.02, 0.307, 0.5, 0.98])
def test_every_limit_lies_beside_its_binomial_quantile(target):
    curve = benchmark.funnel_curve(target, range(1, 400))
    for name, tail in benchmark.LIMITS.items():
        quantile = binom.ppf(tail, curve["n"], target)
        beside = curve[name] * curve["n"]
        assert (beside <= quantile + 1e-9).all() and (beside >= (quantile - 1).clip(min=0) - 1e-9).all(), name


def test_funnel_curve_narrows_and_holds_the_target():
    curve = benchmark.funnel_curve(0.3, range(10, 400))
    assert list(curve) == ["n", "target", *LIMITS]
    assert (curve["low998"] <= curve["low95"]).all() and (curve["low95"] < 0.3).all()
    assert (curve["high998"] >= curve["high95"]).all() and (curve["high95"] > 0.3).all()
    assert (curve["high998"] - curve["low998"]).iloc[[0, 90, -1]].is_monotonic_decreasing


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
def test_a_region_like_the_country_is_seldom_called_different(p):
    sizes = range(30, 150)
    chances = []
    for row in benchmark.funnel_curve(p, sizes).itertuples():
        share = pd.Series(range(row.n + 1)) / row.n
        chances.append(binom.pmf(range(row.n + 1), row.n, p)[(share < row.low998) | (share > row.high998)].sum())
    # Nominal 0.002; counts are whole, so a single size may lie somewhat above it.
    assert 0.001 < sum(chances) / len(chances) < 0.003 and max(chances) < 0.005


def test_funnel_refuses_what_is_not_a_share():
    with pytest.raises(EstimateError, match="Een trechter vergelijkt aandelen. Kies alleen rijen met methode wilson"):
        benchmark.funnel(estimates({"a": (5, 5), "NL": (5, 5)}, method="count"))


def test_funnel_refuses_a_measure_without_a_national_row():
    with pytest.raises(EstimateError, match=r"landelijke rij nodig \(region NL\). Die ontbreekt. .* of geef p0"):
        benchmark.funnel(estimates({"a": (5, 15)}))


def test_funnel_leaves_its_input():
    given = estimates({"a": (5, 15), "NL": (30, 90)})
    before = given.copy()
    benchmark.funnel(given)
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize(("n", "points"), [(44, 13), (60, 11)])
def test_half_width_in_points(n, points):
    assert round(100 * benchmark.half_width(n, 0.3)) == points


def test_half_width_is_that_of_the_reference_interval():
    row = pd.read_csv(Path(__file__).parent / "reference" / "wilson.csv", comment="#").iloc[0]
    assert benchmark.half_width(263, 81 / 263) == pytest.approx((row["high"] - row["low"]) / 2, rel=1e-8)


@pytest.mark.parametrize(("n", "points"), [(44, 19), (60, 17)])
def test_detectable_difference_in_points(n, points):
    assert round(100 * benchmark.detectable_difference(n, 0.3)) == points


def test_detectable_difference_shrinks_with_n_and_grows_with_what_is_asked():
    plain = benchmark.detectable_difference(44, 0.3)
    # 1.9600 + 0.8416 standard errors of sqrt(0.21 / 44).
    assert plain == pytest.approx(2.8016 * 0.069085, abs=1e-5)
    assert benchmark.detectable_difference(176, 0.3) == pytest.approx(plain / 2)
    assert benchmark.detectable_difference(44, 0.3, power=0.9) > plain
    assert benchmark.detectable_difference(44, 0.3, level=0.99) > plain
