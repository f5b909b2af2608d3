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


def test_what_chance_makes_of_so_many_families_stands_beside_the_crude_share():
    """The 95% limits before they are set to the country's mix: of 40% for `a`, of the country's 30% for `b`."""
    found = by_region(benchmark.funnel(beside({"a": (30, 100), "b": (30, 100), "NL": (300, 1000)}, {"a": 0.4})))
    for name, p in (("a", 0.4), ("b", 0.3)):
        for end, tail in (("least", 0.025), ("most", 0.975)):
            r = binom.ppf(tail, 100, p)
            by_hand = (r - (binom.cdf(r, 100, p) - tail) / binom.pmf(r, 100, p)) / 100
            assert found.loc[name, end] == pytest.approx(by_hand, rel=1e-9)
    assert found.loc["a", "low95"] == pytest.approx(float(found.loc["a", "least"]) * 0.3 / 0.4)
    assert found.loc["b", ["least", "most"]].tolist() == found.loc["b", ["low95", "high95"]].tolist()


@pytest.mark.parametrize(("n", "shown"), [(29, False), (30, True)])
def test_too_few_families_have_no_limits_to_be_told(n, shown):
    found = benchmark.funnel(estimates({"a": (10, n), "NL": (300, 1000)}))
    assert found[["least", "most"]].notna().all(axis=None) == shown


def test_the_country_s_share_comes_with_its_families_and_its_range():
    rows = estimates({"a": (20, 50), "NL": (300, 1000)})
    country = rows[rows["region"] == "NL"].iloc[0]
    found = benchmark.funnel(rows).iloc[0]
    assert (found["country_n"], found["country_low"], found["country_high"]) == (1000, country["low"], country["high"])
    assert benchmark.funnel(rows, p0=0.3)[["country_n", "country_low", "country_high"]].isna().all(axis=None)
    assert not {"country_n", "country_low"} & set(benchmark.precision(rows))


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


def beside(counts: dict, expected: dict[str, float | None], *, method="wilson", **cells) -> pd.DataFrame:
    """Shares, and what was expected of the families of some regions."""
    shares = estimates(counts, **({"wave": "T2", "method": method} | cells))
    rows = [{"measure": "expected", "region": region, "wave": "T2", "n": 50, "value": value, "method": "model_share"}
            for region, value in expected.items()]
    return pd.concat([shares, rates.frame(rows, groups=["wave"])]) if rows else shares


def by_region(found: pd.DataFrame) -> pd.DataFrame:
    return found.set_index("region")


def test_a_region_is_set_beside_what_such_families_do():
    """30 of 100 where 40% was expected and the country has 30%: standardised 30% x 30 / 40 = 22.5%."""
    counts = {"a": (30, 100), "b": (30, 100), "NL": (300, 1000)}
    found = by_region(benchmark.funnel(beside(counts, {"a": 0.4})))
    assert set(found["measure"]) == {"stopped"} and list(found.index) == ["a", "b"]
    numbers = found[["crude", "value", "expected", "target"]].astype(float)
    assert_allclose(numbers.loc["a"], [0.3, 0.225, 0.4, 0.3], rtol=1e-12)
    assert_allclose(numbers.loc["b", ["crude", "value", "target"]], 0.3, rtol=1e-12)
    assert pd.isna(numbers.loc["b", "expected"])
    at_40, at_30 = benchmark.funnel_curve(0.4, [100]), benchmark.funnel_curve(0.3, [100])
    assert_allclose(found.loc["a", LIMITS].astype(float), at_40.loc[0, LIMITS].astype(float) * 0.75, rtol=1e-12)
    assert_allclose(found.loc["b", LIMITS].astype(float), at_30.loc[0, LIMITS].astype(float), rtol=1e-12)
    # 30 of 100 at 40% has a chance of 2.5% each way: just beyond the 95% limit, and at 30% nothing to see
    assert binom.cdf([30, 31], 100, 0.4) == pytest.approx([0.0248, 0.0398], abs=1e-4)
    assert found["beyond95"].to_dict() == {"a": True, "b": False}


def test_the_position_is_that_of_the_crude_share_beside_what_was_expected():
    # Of 100 at 40%: 25 or fewer has a chance of 0.12%, 24 or fewer of 0.06%; 56 or more of 0.09%, 55 or more of 0.17%.
    assert binom.cdf([24, 25], 100, 0.4) == pytest.approx([0.00056, 0.00119], abs=1e-5)
    assert binom.sf([54, 55], 100, 0.4) == pytest.approx([0.00171, 0.00089], abs=1e-5)
    counts = {"a": (24, 100), "b": (26, 100), "c": (54, 100), "d": (57, 100), "NL": (300, 1000)}
    found = by_region(benchmark.funnel(beside(counts, dict.fromkeys("abcd", 0.4))))
    assert found["position"].tolist() == ["lager", *["niet te onderscheiden"] * 2, "hoger"]


def test_a_standardised_share_that_ends_at_one_is_still_told_apart():
    """90 of 100 where 50% was expected: 80% x 90 / 50 is above 1, as is the limit of some 64%."""
    counts = {"a": (90, 100), "b": (60, 100), "NL": (800, 1000)}
    found = by_region(benchmark.funnel(beside(counts, dict.fromkeys("ab", 0.5))))
    assert found["value"].tolist() == [1.0, pytest.approx(0.96)] and found["high998"].tolist() == [1.0, 1.0]
    assert found["position"].to_dict() == {"a": "hoger", "b": "niet te onderscheiden"}
    assert found.loc["a", ["beyond95", "unusual"]].tolist() == [True, False]  # alone beside b, so phi is large


def test_what_was_expected_is_of_its_own_wave_and_may_be_hidden():
    both = pd.concat([beside({"a": (30, 100), "NL": (300, 1000)}, {"a": 0.4}),
                      estimates({"a": (30, 100), "NL": (300, 1000)}, wave="T3")])
    found = benchmark.funnel(both).set_index("wave")
    assert found["value"].astype(float).to_dict() == {"T2": pytest.approx(0.225), "T3": 0.3}
    hidden = benchmark.funnel(beside({"a": (30, 100), "NL": (300, 1000)}, {"a": None}))
    assert hidden.loc[0, ["value", "target"]].tolist() == [0.3, 0.3] and pd.isna(hidden.loc[0, "expected"])


def test_a_share_that_is_hidden_stays_hidden_beside_what_was_expected():
    counts = {"a": (None, 92), "b": (9, 29), "NL": (300, 1000)}
    found = by_region(benchmark.funnel(beside(counts, dict.fromkeys("ab", 0.4))))
    assert found["position"].to_dict() == {"a": "niet getoond", "b": "te weinig gegevens"}
    assert found.loc["a", ["value", "crude", "beyond95", "unusual"]].isna().all()
    assert found.loc["b", ["beyond95", "unusual"]].isna().all()


def test_an_expected_share_of_none_leaves_nothing_to_compare_with():
    found = benchmark.funnel(beside({"a": (30, 100), "NL": (300, 1000)}, {"a": 0.0}))
    assert found.loc[0, "position"] == "te weinig gegevens" and pd.isna(found.loc[0, "value"])


def test_clustered_families_widen_the_limits_by_their_design_effect():
    """45 of 100 is higher than 30% among strangers; with a design effect of 2 they are worth 50, and it is not."""
    counts = {"a": (45, 100), "NL": (300, 1000)}
    plain, wide = (benchmark.funnel(beside(counts, {}, method=method)) for method in ("wilson", "wilson_deff2.00"))
    assert plain.loc[0, "position"] == "hoger" and wide.loc[0, "position"] == "niet te onderscheiden"
    at_50 = benchmark.funnel_curve(0.3, [50]).loc[0, LIMITS].astype(float)
    assert_allclose(wide.loc[0, LIMITS].astype(float), at_50, rtol=1e-12)
    assert_allclose(benchmark.funnel_curve(0.3, [100], deff=2.0).loc[0, LIMITS].astype(float), at_50, rtol=1e-12)
    assert wide.loc[0, "n"] == 100
    # few counts families, not what they are worth
    few = benchmark.funnel(beside({"a": (9, 30), "NL": (300, 1000)}, {}, method="wilson_deff3.00"))
    assert few.loc[0, "position"] == "niet te onderscheiden"


def test_unusual_asks_whether_regions_that_all_differ_differ_more_than_usual():
    """z by hand: error sqrt(.3 x .7 / 100) = 0.045826. Fifteen regions 1.96 errors off, and x and y pulled in to 2.92:
    phi = (15 x 3.86 + 2 x 8.5) / 17 x 1.473 = 6.5, limit 3.09 x 2.55 = 7.9 errors. x is 4.4 off and y 8.7."""
    spread = {f"r{at}": (30 + (9 if at % 2 else -9), 100) for at in range(15)}
    found = by_region(benchmark.funnel(estimates(spread | {"x": (50, 100), "y": (70, 100)}), p0=0.3))
    assert found.loc[["x", "y"], "position"].tolist() == ["hoger", "hoger"]
    assert found["unusual"].to_dict() == dict.fromkeys(found.index, False) | {"y": True}


def test_regions_that_differ_less_than_chance_do_not_narrow_what_is_usual():
    """All others exactly as the country: phi 0. A share 3.05 errors off is within 3.09, one of 3.3 is beyond."""
    alike = {f"r{at}": (3000, 10_000) for at in range(30)}
    error = 0.0045826
    for errors, unusual in ((3.05, False), (3.3, True), (-3.05, False), (-3.3, True)):
        events = 3000 + round(errors * error * 10_000)
        found = by_region(benchmark.funnel(estimates(alike | {"x": (events, 10_000)}), p0=0.3))
        assert found.loc["x", "unusual"] == unusual and not found.drop(index="x")["unusual"].any(), errors


def test_unusual_is_not_known_where_nothing_can_be_compared():
    found = benchmark.funnel(estimates({"a": (5, 20), "b": (None, 50), "NL": (300, 1000)}))
    assert found["unusual"].isna().all() and str(found["unusual"].dtype) == "boolean"


@pytest.mark.parametrize(("n", "half", "least"), [(44, 13, 27), (60, 11, 23)])
def test_precision_in_points(n, half, least):
    found = benchmark.precision(estimates({"a": (13, n), "NL": (300, 1000)})).set_index("measure")["value"]
    assert (100 * found.astype(float)).round().to_dict() == {"half_width": half, "detectable": least}


def test_precision_is_about_the_country_s_share_and_has_one_row_a_region_and_measure():
    """By hand at 30% of 44: 3.0902 + 0.8416 standard errors of sqrt(0.21 / 44) = 0.069085; 99.8% is what is named."""
    given = estimates({"a": (44, 44), "b": (0, 44), "NL": (300, 1000)}, wave="T2")
    found = benchmark.precision(given)
    assert list(found) == ["measure", "region", "wave", *rates.COLUMNS[2:]]
    assert found[["measure", "region"]].to_numpy().tolist() == [
        ["half_width", "a"], ["half_width", "b"], ["detectable", "a"], ["detectable", "b"]]
    low, high = rates.wilson(13.2, 44)
    assert_allclose(found["value"].astype(float), [(high[0] - low[0]) / 2] * 2 + [3.93185 * 0.069085] * 2, rtol=1e-5)
    assert found[["events", "low", "high"]].isna().all(axis=None) and set(found["method"]) == {"precision"}


def test_precision_counts_clustered_families_for_what_they_are_worth():
    one = benchmark.precision(estimates({"a": (15, 50), "NL": (300, 1000)}))
    two = benchmark.precision(estimates({"a": (30, 100), "NL": (300, 1000)}, method="wilson_deff2.00"))
    assert_allclose(two["value"].astype(float), one["value"].astype(float), rtol=1e-12)
    assert two["n"].tolist() == [100, 100]


def test_a_greater_chance_asks_a_greater_difference_and_leaves_the_width():
    given = estimates({"a": (15, 50), "NL": (300, 1000)})
    usual, sure = benchmark.precision(given)["value"], benchmark.precision(given, chance=0.9)["value"]
    assert usual[0] == sure[0] and usual[1] < sure[1]


def test_precision_of_hidden_numbers_is_hidden_and_what_is_known_is_derived():
    given = estimates({"a": (None, 92), "b": (None, None), "NL": (300, 1000)}).assign(status="suppressed")
    found = benchmark.precision(given)
    assert found["status"].tolist() == ["derived", "suppressed"] * 2  # n of a is shown; its own share is not used
    assert found["value"].isna().tolist() == [False, True] * 2
    nowhere = benchmark.precision(estimates({"a": (15, 50), "NL": (None, None)}).assign(status="rounded"))
    assert nowhere["value"].isna().all() and set(nowhere["status"]) == {"suppressed"}
    assert "status" not in benchmark.precision(estimates({"a": (15, 50), "NL": (300, 1000)}))


def test_precision_leaves_out_what_was_expected_and_refuses_what_is_no_share():
    found = benchmark.precision(beside({"a": (15, 50), "NL": (300, 1000)}, {"a": 0.4}))
    pd.testing.assert_frame_equal(found, benchmark.precision(beside({"a": (15, 50), "NL": (300, 1000)}, {})))
    with pytest.raises(EstimateError, match="Een trechter vergelijkt aandelen"):
        benchmark.precision(estimates({"a": (5, 5), "NL": (5, 5)}, method="count"))
    with pytest.raises(EstimateError, match="landelijke rij nodig"):
        benchmark.precision(estimates({"a": (15, 50)}))


def test_funnel_and_precision_leave_their_input_with_what_was_expected():
    given = beside({"a": (15, 50), "NL": (300, 1000)}, {"a": 0.4})
    before = given.copy()
    benchmark.funnel(given)
    benchmark.precision(given)
    pd.testing.assert_frame_equal(given, before)
