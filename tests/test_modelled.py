"""What may leave of a model: of the country, of enough families, in whole percentages; no count comes back."""

import numpy as np
import pandas as pd
import pytest
from casemix_cases import TWO_WAVES, strata, study
from disclosure_cases import only, reader, share
from exhibit_cases import of_a_function

from hgeval import benchmark, casemix, disclosure, interventions, keepers, modelled, rates
from hgeval.disclosure_rule import rule
from hgeval.errors import DisclosureError


def model(n=200, events=None, *, value=0.3149, low=0.2451, high=0.3851, region="NL", measure="stopped_repaired",
          method="model_share", **groups) -> pd.DataFrame:
    row = {"measure": measure, "region": region, **groups, "n": n, "events": events, "value": value, "low": low,
           "high": high, "level": 0.95, "method": method}
    return rates.frame([row], groups=tuple(groups))


def released(rows: pd.DataFrame, profile="cbs5", region="VT02") -> pd.DataFrame:
    return keepers.of_estimates(rows, reader(profile, region=region))


@pytest.mark.parametrize("method", ["model_share", "model_difference", "model_ratio"])
def test_what_a_model_made_is_known_by_its_method(method):
    both = pd.concat([model(method=method), share(20, 60)], ignore_index=True)
    assert modelled.is_model(both).tolist() == [True, False]
    assert only(released(model(method=method)))["status"] == "rounded"


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
@pytest.mark.parametrize("region", ["VT02", "NL"])
def test_numbers_leave_in_whole_percentages_and_counts_in_fives(profile, region):
    """Under every profile: no model of the own region is exact either."""
    row = only(released(model(603, 192), profile, region))
    assert (row["value"], row["low"], row["high"]) == (0.31, 0.25, 0.39)
    assert (row["n"], row["events"], row["status"], row["level"]) == (605, 190, "rounded", 0.95)


def test_a_difference_and_a_ratio_are_rounded_too():
    row = only(released(model(measure="apart", method="model_difference", value=-0.1149, low=-0.2, high=-0.0251)))
    assert (row["value"], row["low"], row["high"]) == (-0.11, -0.2, -0.03)
    row = only(released(model(measure="evalue", method="model_ratio", value=2.4949, low=1.505, high=np.nan)))
    assert row["value"] == 2.49 and pd.isna(row["high"]) and row["status"] == "rounded"


@pytest.mark.parametrize(("n", "events", "shown"), [
    (29, None, False), (30, None, True), (None, None, False), (None, 20, False),
    (200, 9, False), (200, 10, True), (200, 0, False), (200, 190, True), (200, 191, False), (200, 200, False),
])
def test_both_sides_of_every_minimum(n, events, shown):
    row = only(released(model(n, events)))
    assert row["status"] == ("rounded" if shown else "suppressed")
    assert [pd.isna(row[name]) for name in ("n", "value", "low", "high")] == [not shown] * 4
    assert pd.isna(row["events"]) == (not shown or events is None)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_what_a_model_did_not_determine_is_not_hidden_and_not_rounded(profile):
    """A huisverbod in a small study: the families are known, the difference is not."""
    rows = pd.concat([model(320, 120, value=np.nan, low=np.nan, high=np.nan), model(320, 9, value=np.nan),
                      model(320, 120, low=np.nan, high=np.nan)], ignore_index=True)
    found = released(rows, profile)
    assert found["status"].tolist() == ["none", "suppressed", "rounded"]
    assert found.loc[0, ["n", "events"]].tolist() == [320, 120] and pd.isna(found.loc[1, "n"])
    unrounded = modelled.under(rows, rule().model_copy(update={"rounding": 1}))
    assert unrounded["status"].tolist() == ["none", "suppressed", "shown"]


def test_two_hidden_rows_look_alike():
    hidden = [released(model(n, x, value=value)) for n, x, value in ((29, 12, 0.4), (200, 3, 0.01), (12, None, 0.9))]
    for found in hidden[1:]:
        pd.testing.assert_frame_equal(found, hidden[0])


def test_a_stricter_file_hides_more():
    strict = rule().model_copy(update={"min_count": 20, "min_quantile": 50, "rounding": 10})
    found = modelled.under(pd.concat([model(49), model(50), model(200, 19), model(204, 26)], ignore_index=True), strict)
    assert found["status"].tolist() == ["suppressed", "rounded", "suppressed", "rounded"]
    assert found.loc[3, ["n", "events"]].tolist() == [200, 30]


def test_a_rule_that_does_not_round_says_so():
    exact = rule().model_copy(update={"rounding": 1})
    found = modelled.under(model(203, 62), exact)
    assert found.loc[0, ["n", "events", "value", "status"]].tolist() == [203, 62, 0.31, "shown"]


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
@pytest.mark.parametrize(("region", "measure"), [
    ("VT02", "stopped_repaired"), ("VT03", "apart"), ("VT02", "evalue"), ("VT03", "tipping"),
])
def test_a_model_of_a_region_s_own_outcomes_stays_inside(profile, region, measure):
    rows = pd.concat([model(region=region, measure=measure), model()], ignore_index=True)
    with pytest.raises(DisclosureError, match=(
        f"^Deze uitkomsten van een model mogen alleen van het hele land zijn: {measure}. Laat de regio's weg.$"
    )):
        released(rows, profile)


def test_every_measure_that_stays_inside_is_named_once():
    rows = pd.concat([model(region=region, measure=measure) for measure in ("tipping", "apart", "expected")
                      for region in ("VT01", "VT02")], ignore_index=True)
    with pytest.raises(DisclosureError, match="hele land zijn: apart, tipping. Laat"):
        released(rows)


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_what_was_expected_of_a_region_leaves_like_that_of_the_country(profile):
    assert {"expected"} == modelled.BLIND
    rows = pd.concat([model(n, region=region, measure="expected", value=0.3149, low=None, high=None)
                      for region, n in (("VT02", 44), ("VT03", 29))], ignore_index=True)
    found = released(rows, profile).set_index("region")
    assert found.loc["VT02", ["n", "value", "status"]].tolist() == [45, 0.31, "rounded"]  # the own region's too
    assert found.loc["VT03", "status"] == "suppressed" and found.loc["VT03", ["n", "value"]].isna().all()


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_rows_of_models_and_counted_rows_keep_their_order_and_rule(profile):
    rows = pd.concat([
        model(203, 62, measure="stopped"), share(20, 61), model(44, region="VT02", measure="expected"),
        share(20, 62, region="VT03"),
    ], ignore_index=True).set_axis([7, 7, 3, 1])
    found = keepers.of_estimates(rows, reader(profile, plan=[share(20, 61)]))
    assert found["region"].tolist() == ["NL", "VT02", "VT02", "VT03"]
    assert found["method"].tolist() == ["model_share", "wilson", "model_share", "wilson"]
    assert found["n"].tolist() == [205, 61 if profile == "exact10" else 60, 45, 60]
    assert found["status"].tolist() == ["rounded", "shown" if profile == "exact10" else "rounded", "rounded", "rounded"]


def test_a_group_without_a_word_is_refused_for_a_model_too():
    with pytest.raises(DisclosureError, match="geen woord voor heeft"):
        released(model(repair="something"))
    assert only(released(model(repair="ipw", wave="T3")))["repair"] == "ipw"


def test_input_stays_and_no_rows_are_no_rows():
    rows = model(203, 62)
    before = rows.copy()
    released(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert len(released(rows.iloc[:0])) == 0


def fits(row: dict, step: float) -> set[int]:
    """The counts that an attacker cannot rule out, if the share were that of the families counted."""
    sizes = range(row["n"] - 2, row["n"] + 3)
    return {x for n in sizes for x in range(n + 1) if abs(x / n - row["value"]) <= step / 2 + 1e-9}


@pytest.mark.parametrize(("n", "step"), [(30, 0.17), (100, 0.05), (125, 0.04), (126, 0.04), (499, 0.02), (500, 0.01)])
def test_a_share_of_the_country_leaves_as_many_counts_as_a_rounded_count(n, step):
    """Of a hundred families a whole percentage would be the count itself."""
    for x in range(10, n - 9):
        row = only(released(model(n, x, value=x / n)))
        assert row["value"] == pytest.approx(round(row["value"] / step) * step, abs=0.005)
        assert abs(row["value"] - x / n) <= step / 2 + 1e-9
        assert len(fits(row, step)) >= 5


def test_a_difference_a_ratio_and_what_was_expected_stay_in_hundredths():
    numbers = {"value": 0.3149, "low": 0.2451, "high": 0.3851}
    for measure, method, region in (("apart", "model_difference", "NL"), ("evalue", "model_ratio", "NL"),
                                    ("expected", "model_share", "VT02")):
        row = only(released(model(100, 40, measure=measure, method=method, region=region, **numbers)))
        assert (row["value"], row["low"], row["high"]) == (0.31, 0.25, 0.39)
    row = only(released(model(100, 40, **numbers)))
    assert (row["value"], row["low"], row["high"]) == (0.3, 0.25, 0.4)


def national(events: int) -> pd.DataFrame:
    """Four regions of 40 families, of which it stopped in so many in all."""
    each = [events // 4 + (at < events % 4) for at in range(4)]
    return pd.concat([strata(f"VT0{at}", (1, 20, x - x // 2), (2, 20, x // 2)) for at, x in enumerate(each)],
                     ignore_index=True)


@pytest.mark.parametrize("function", [casemix.expected, casemix.dropout])
@pytest.mark.parametrize("turned", [False, True])
def test_a_hidden_count_of_the_country_is_not_in_its_models(function, turned):
    """Whatever is hidden, under ten with or without, looks the same; from ten on the models are shown."""
    seen = []
    for events in (0, 1, 5, 9, 10):
        rows = national(160 - events if turned else events)
        found = released(function(*study(rows), TWO_WAVES))
        seen.append(found)
    for found in seen[:4]:
        assert len(found) == 0
    assert seen[4]["value"].notna().any()


@pytest.mark.parametrize("events", [0, 3, 7, 9])
def test_a_region_s_hidden_count_changes_what_is_expected_of_it_by_less_than_it_would_tell(events):
    """Of one region of 26 in which poverty is not recorded: without leaving poverty out it would say `events` / 100."""
    rows = pd.concat([strata(f"VT{at:02d}", (1, 50, 20), (2, 50, 10)) for at in range(1, 26)] + [
        strata("VT26", (1, 50, events), (2, 50, 0))], ignore_index=True)
    poor = pd.Series([True, False] * (len(rows) // 2), dtype="boolean").mask(rows["region"] == "VT26")
    found = released(casemix.expected(*study(rows.assign(poverty=poor)), TWO_WAVES)).set_index("region")
    assert found.loc["VT26", "value"] == 0.29  # for every count that is hidden


def test_the_ladder_and_the_precision_may_be_derived_and_nothing_else_of_theirs():
    rows = pd.concat([share(20, 60, wave="T2"), share(300, 900, region="NL", wave="T2")])
    found = disclosure.release(rows, reader()).derive(benchmark.precision).frame
    assert found["status"].tolist() == ["derived", "derived"]
    about = {"wave": "T2", "intervention": "huisverbod", "against": "geen", "design": "alike"}
    apart = of_a_function(model(320, 120, measure="apart", method="model_difference", **about), reader())
    assert apart.derive(interventions.ladder).frame["evidence"].tolist() == ["niet te onderscheiden"]
    with pytest.raises(DisclosureError, match="interventions.ladder, interventions.strength, monitor.known"):
        apart.derive(interventions.compared)


@pytest.mark.parametrize("measure", ["expected", "stopped_repaired"])
def test_a_count_under_the_name_of_a_model_stays_inside(measure):
    """13 of 44 as what was expected: a share of whole percentages gives such a count back."""
    named = model(44, 13, value=13 / 44, low=None, high=None, region="VT02", measure=measure)
    here = reader()
    here.once = lambda function, door: (door(function(), here), here.saw)
    for asked in (named, lambda: named):
        with pytest.raises(DisclosureError, match="van een model of een curve gaan alleen naar buiten als functie"):
            disclosure.release(asked, here)
