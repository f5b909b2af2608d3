import time

import numpy as np
import pandas as pd
import pytest

from hgeval import cohort, effects, outcomes, rates
from hgeval.params import Study

REGIONS = ["VT01", "VT02", "VT03"]
CONFIG = Study.model_validate(
    {
        "name": "test", "division": {"year": 2022}, "reference_date": "2025-01-01",
        "waves": [{"code": "T1", "months": 0}, {"code": "T2", "months": 12}, {"code": "T3", "months": 18}],
    }
)
# Ten families: region, level and incidents a year at T1, T2 and T3; None is not measured. VT03 has none.
FAMILIES = {
    "a": ("VT01", [(2, 30), (0, 0), (0, 0)]),  # stopped, durably
    "b": ("VT01", [(2, 40), (0, 0), (1, 5)]),  # stopped, came back
    "c": ("VT01", [(1, 10), (1, 8), (0, 0)]),  # fewer, then stopped
    "d": ("VT01", [(1, 10), (1, 11), None]),  # alike, left
    "e": ("VT01", [(3, 12), None, None]),  # left at once
    "f": ("VT01", [(0, 0), (1, 4), (0, 0)]),  # nothing to stop
    "g": ("VT01", [None, (0, 0), (0, 0)]),  # first wave missed
    "h": ("VT01", [(1, 3), (3, 9), (3, 9)]),  # worse
    "i": ("VT02", [(2, 22), None, (0, 0)]),  # the only family of its region
    "j": ("VT01", [None, None, None]),  # asked, never measured
}


def levels() -> pd.DataFrame:
    rows = [
        {"family_id": name, "region": region, "wave": wave, "level": found[0], "incidents": found[1]}
        for name, (region, waves) in FAMILIES.items()
        for wave, found in zip(CONFIG.wave_codes, waves, strict=True) if found
    ]
    frame = pd.DataFrame(rows).assign(cluster="w", intervention="geen")
    texts = dict.fromkeys(["family_id", "region", "wave", "cluster", "intervention"], "str")
    return frame.astype(texts | {"level": "Int64", "incidents": "Float64"})


def wide() -> pd.DataFrame:
    return cohort.wide(levels(), CONFIG)


def families(**columns) -> pd.DataFrame:
    frame = pd.DataFrame({"family_id": list(FAMILIES), "region": [region for region, _ in FAMILIES.values()]})
    return frame.astype("str").assign(**({"invited": True} | columns)).astype({"invited": "boolean"})


def cells(estimates: pd.DataFrame, measure: str, **groups) -> dict:
    """(n, events) per region of one measure and group."""
    rows = estimates[estimates["measure"] == measure]
    for name, value in groups.items():
        rows = rows[rows[name] == value]
    return dict(zip(rows["region"], zip(rows["n"], rows["events"], strict=True), strict=True))


def test_response():
    found = effects.response(families(), levels(), CONFIG, REGIONS)
    assert cells(found, "response", wave="T1") == {"VT01": (9, 7), "VT02": (1, 1), "VT03": (0, 0), "NL": (10, 8)}
    assert cells(found, "retention", wave="T2") == {"VT01": (7, 6), "VT02": (1, 0), "VT03": (0, 0), "NL": (8, 6)}
    assert cells(found, "retention", wave="T3") == {"VT01": (7, 5), "VT02": (1, 1), "VT03": (0, 0), "NL": (8, 6)}
    assert set(found.loc[found["measure"] == "response", "wave"]) == {"T1"}


def test_only_who_was_asked_can_fail_to_respond_and_who_was_measured_was_asked():
    asked = families(invited=[name not in "fj" for name in FAMILIES])
    found = effects.response(asked, levels(), CONFIG, REGIONS)
    assert cells(found, "response")["VT01"] == (8, 7)  # j was not asked; f was not either, but answered
    assert cells(found, "retention", wave="T2")["VT01"] == (7, 6)


def test_measured_share_counts_closed_families_for_whom_the_wave_was_due():
    reported = pd.to_datetime(["2023-01-01"] * 5 + ["2024-01-01"] * 2 + ["2024-01-02"] + ["2020-01-01"] * 2)
    closed = pd.to_datetime(["2024-06-01"] * 4 + [None] + ["2025-01-01"] * 3 + ["2025-01-02", None])
    found = effects.measured_share(families(reported_on=reported, closed_on=closed), levels(), CONFIG, REGIONS)
    # due for T2: a b c d f g (h a day too late; e and j not closed, i a day too late); of these all were measured
    assert cells(found, "measured_share", wave="T2") == {"VT01": (6, 6), "VT02": (0, 0), "VT03": (0, 0), "NL": (6, 6)}
    # due for T3: a b c d, of whom d had left
    assert cells(found, "measured_share", wave="T3")["VT01"] == (4, 3)


def test_measured_share_without_a_closing_date_says_nothing():
    found = effects.measured_share(families(), levels(), CONFIG, REGIONS)
    assert (found["n"] == 0).all() and found["value"].isna().all()
    assert len(found) == 4 * 2


def test_no_violence_and_frequent_or_severe_count_all_families_of_the_wave():
    none, severe = effects.no_violence(levels(), CONFIG, REGIONS), effects.frequent_or_severe(levels(), CONFIG, REGIONS)
    found = {wave: cells(none, "no_violence", wave=wave)["VT01"] for wave in CONFIG.wave_codes}
    assert found == {"T1": (7, 1), "T2": (7, 3), "T3": (6, 4)}
    found = {wave: cells(severe, "frequent_or_severe", wave=wave)["VT01"] for wave in CONFIG.wave_codes}
    assert found == {"T1": (7, 3), "T2": (7, 1), "T3": (6, 1)}
    assert cells(severe, "frequent_or_severe", wave="T1")["VT02"] == (1, 1)


def test_a_family_wave_without_a_level_is_in_no_share():
    known = levels()
    unknown = known.assign(level=known["level"].mask(known["family_id"] == "a"))
    assert cells(effects.no_violence(unknown, CONFIG, REGIONS), "no_violence", wave="T2")["VT01"] == (6, 2)


def test_stopped():
    found = effects.stopped(wide(), CONFIG, REGIONS)
    assert cells(found, "stopped", wave="T2") == {"VT01": (5, 2), "VT02": (0, 0), "VT03": (0, 0), "NL": (5, 2)}
    assert cells(found, "stopped", wave="T3") == {"VT01": (4, 2), "VT02": (1, 1), "VT03": (0, 0), "NL": (5, 3)}
    national = found[(found["region"] == "NL") & (found["wave"] == "T2")].iloc[0]
    low, high = rates.wilson(2, 5)
    assert (national["value"], national["low"], national["high"]) == (0.4, low[0], high[0])
    assert set(found["method"]) == {"wilson"} and set(found["level"]) == {0.95}


def test_durably_stopped_needs_all_three_waves():
    found = effects.durably_stopped(wide(), CONFIG, REGIONS)
    assert cells(found, "durably_stopped") == {"VT01": (4, 1), "VT02": (0, 0), "VT03": (0, 0), "NL": (4, 1)}
    assert set(found["wave"]) == {"T3"}
    skipped = levels().assign(level=lambda rows: rows["level"].mask(rows["family_id"] == "i", 1))
    found = effects.durably_stopped(cohort.wide(skipped, CONFIG), CONFIG, REGIONS)
    assert cells(found, "durably_stopped")["VT02"] == (0, 0)


def test_direction_adds_up_to_stopped():
    found = effects.direction(wide(), CONFIG, REGIONS)
    classes = {name: cells(found, "direction", wave="T2", direction=name)["VT01"] for name in cohort.DIRECTIONS}
    assert classes == {"gestopt": (5, 2), "afgenomen": (5, 1), "gelijk": (5, 1), "toegenomen": (5, 1)}
    sums = found.groupby(["region", "wave"])[["n", "events"]].agg({"n": "max", "events": "sum"})
    assert (sums["n"] == sums["events"]).all()
    stopped = effects.stopped(wide(), CONFIG, REGIONS)
    ours = found[found["direction"] == "gestopt"].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours[["n", "events", "low"]], stopped[["n", "events", "low"]])


def test_incidents_has_the_median_and_quartiles():
    found = effects.incidents(levels(), CONFIG, REGIONS).set_index(["region", "wave"])
    # VT01 at T1: 0 3 10 10 12 30 40; quartiles by linear interpolation (type 7): 6.5, 10, 21.
    assert found.loc[("VT01", "T1"), ["n", "low", "value", "high"]].tolist() == [7, 6.5, 10, 21]
    assert found.loc[("VT02", "T1"), ["n", "low", "value", "high"]].tolist() == [1, 22, 22, 22]
    assert found.loc[("NL", "T1"), ["n", "value"]].tolist() == [8, 11]
    assert found.loc["VT03", "n"].tolist() == [0, 0, 0]
    assert found.loc["VT03", ["low", "value", "high"]].isna().all(axis=None)
    assert found["events"].isna().all() and set(found["method"]) == {"median_iqr"}


def test_bounds_hold_the_observed_share_between_worst_and_best():
    found = effects.bounds(wide(), CONFIG, REGIONS)
    # VT01: six families with violence at T1; at T2 two stopped and one had left.
    assert cells(found, "stopped_worst", wave="T2")["VT01"] == (6, 2)
    assert cells(found, "stopped_best", wave="T2")["VT01"] == (6, 3)
    assert cells(found, "stopped_worst", wave="T3")["NL"] == (7, 3)
    assert cells(found, "stopped_best", wave="T3")["NL"] == (7, 5)
    assert found[["low", "high"]].isna().all(axis=None) and set(found["method"]) == {"share"}
    values = {measure: rows["value"].reset_index(drop=True) for measure, rows in found.groupby("measure")}
    observed = effects.stopped(wide(), CONFIG, REGIONS)["value"]
    assert (values["stopped_worst"] <= observed).all(skipna=True)
    assert (observed <= values["stopped_best"]).all(skipna=True)


def test_leavers_compares_the_first_wave_of_those_who_stayed_and_left():
    found = effects.leavers(wide(), CONFIG, REGIONS)
    at_t2 = {who: cells(found, "first_severity", wave="T2", stayed=who)["NL"] for who in ("blijver", "uitvaller")}
    assert at_t2 == {"blijver": (6, 2), "uitvaller": (2, 2)}
    assert len(found) == 4 * 2 * 2


KINDS = {
    "partner_violence": [True, True, False, True, True, True, True, pd.NA, True, True],
    "child_abuse": [True, False, True, False, pd.NA, True, True, True, False, True],
    "parent_abuse": [False] * 10,
}


def kinds(*names: str) -> pd.DataFrame:
    return families(**{name: pd.array(KINDS[name], dtype="boolean") for name in names})


def test_stopped_apart_for_each_kind_of_violence_of_which_a_family_may_have_several():
    """At T2 it is known of a b c d h, of which a and b stopped: partner a b d, child a c h; what of h is not known."""
    found = effects.stopped_of_kind(kinds(*KINDS), wide(), CONFIG, REGIONS)
    at = {name: cells(found, "stopped_of_kind", wave="T2", violence=name) for name in KINDS}
    assert at == {
        "partner_violence": {"VT01": (3, 2), "VT02": (0, 0), "VT03": (0, 0), "NL": (3, 2)},
        "child_abuse": {"VT01": (3, 1), "VT02": (0, 0), "VT03": (0, 0), "NL": (3, 1)},
        "parent_abuse": {"VT01": (0, 0), "VT02": (0, 0), "VT03": (0, 0), "NL": (0, 0)},
    }
    # at T3 of a b c h and i: partner a b i, child a c h
    at = {name: cells(found, "stopped_of_kind", wave="T3", violence=name)["NL"] for name in KINDS}
    assert at == {"partner_violence": (3, 2), "child_abuse": (3, 2), "parent_abuse": (0, 0)}
    assert list(found)[:4] == ["measure", "region", "wave", "violence"]
    assert len(found) == 4 * 2 * 3 and set(found["method"]) == {"wilson"}


def test_durably_stopped_apart_for_each_kind_of_violence():
    """All three waves are known of a b c h, of which a durably stopped: partner a b, child a c h."""
    found = effects.durably_stopped_of_kind(kinds(*KINDS), wide(), CONFIG, REGIONS)
    at = {name: cells(found, "durably_stopped_of_kind", violence=name) for name in KINDS}
    assert at == {
        "partner_violence": {"VT01": (2, 1), "VT02": (0, 0), "VT03": (0, 0), "NL": (2, 1)},
        "child_abuse": {"VT01": (3, 1), "VT02": (0, 0), "VT03": (0, 0), "NL": (3, 1)},
        "parent_abuse": {"VT01": (0, 0), "VT02": (0, 0), "VT03": (0, 0), "NL": (0, 0)},
    }
    assert set(found["wave"]) == {"T3"} and len(found) == 4 * 3  # none at the first later wave
    every = families(**dict.fromkeys(KINDS, True))
    found = effects.durably_stopped_of_kind(every, wide(), CONFIG, REGIONS)
    plain = effects.durably_stopped(wide(), CONFIG, REGIONS).drop(columns="measure")
    for name in KINDS:
        rows = found[found["violence"] == name].drop(columns=["measure", "violence"]).reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, plain)


@pytest.mark.parametrize("names", [(), ("child_abuse",)])
def test_a_kind_that_the_study_does_not_record_has_nobody(names):
    found = effects.stopped_of_kind(kinds(*names), wide(), CONFIG, REGIONS)
    assert len(found) == 4 * 2 * 3  # rows that say so, not rows that lack
    known = found[found["n"] > 0]
    assert set(known["violence"]) == set(names)
    for name in names:
        assert cells(found, "stopped_of_kind", wave="T2", violence=name)["NL"] == (3, 1)


def test_families_of_every_kind_together_are_each_kind_s_own_stopped():
    every = families(**dict.fromkeys(KINDS, True))
    found = effects.stopped_of_kind(every, wide(), CONFIG, REGIONS)
    plain = effects.stopped(wide(), CONFIG, REGIONS).drop(columns="measure")
    for name in KINDS:
        rows = found[found["violence"] == name].drop(columns=["measure", "violence"]).reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, plain)


def test_each_kind_has_its_own_design_effect():
    """All pairs alike for partner violence (2.11 as below); of child abuse one of each pair, who are strangers."""
    rows = in_pairs(together=True)
    about = pd.DataFrame({"family_id": rows["family_id"], "region": rows["region"], "partner_violence": True,
                          "child_abuse": np.arange(40) % 2 == 0})
    found = effects.stopped_of_kind(about, rows, CONFIG, REGIONS[:2])
    at = found[(found["wave"] == "T2") & (found["region"] == "NL")].set_index("violence")
    assert at["method"].to_dict() == {"partner_violence": "wilson_deff2.11", "child_abuse": "wilson",
                                      "parent_abuse": "wilson"}
    assert at["n"].to_dict() == {"partner_violence": 40, "child_abuse": 20, "parent_abuse": 0}


def test_the_kinds_are_not_among_what_may_be_exact():
    assert {"stopped_of_kind", "durably_stopped_of_kind", "delivered", "town_meldingen"} <= outcomes.ROUNDED
    assert not outcomes.ROUNDED & {each.measure for each in outcomes.every(kinds(*KINDS), levels(), CONFIG)}
    (known,) = outcomes.by_violence(kinds(*KINDS), wide(), CONFIG)
    rows = known.rows.dropna(subset="flag")
    assert known.by == ("wave", "violence")
    assert set(rows.loc[rows["unit"] == "a", "violence"]) == {"partner_violence", "child_abuse"}


def estimates(families_: pd.DataFrame, levels_: pd.DataFrame, config: Study = CONFIG, regions=REGIONS) -> dict:
    """Every estimate of the module, by name."""
    wide_ = cohort.wide(levels_, config)
    return {
        "response": effects.response(families_, levels_, config, regions),
        "measured_share": effects.measured_share(families_, levels_, config, regions),
        "stopped_of_kind": effects.stopped_of_kind(families_, wide_, config, regions),
        "durably_stopped_of_kind": effects.durably_stopped_of_kind(families_, wide_, config, regions),
    } | {
        name: getattr(effects, name)(levels_, config, regions)
        for name in ("no_violence", "frequent_or_severe", "incidents")
    } | {
        name: getattr(effects, name)(wide_, config, regions)
        for name in ("stopped", "durably_stopped", "direction", "bounds", "leavers")
    }


GROUPS = {"stopped_of_kind": ["wave", "violence"], "durably_stopped_of_kind": ["wave", "violence"],
          "direction": ["wave", "direction"], "leavers": ["wave", "stayed"]}


def test_every_estimate_has_the_one_shape_and_every_region():
    for name, found in estimates(families(), levels()).items():
        groups = GROUPS.get(name, ["wave"])
        assert list(found) == ["measure", "region", *groups, *rates.COLUMNS[2:]], name
        assert set(found["region"]) == {*REGIONS, "NL"}, name
        assert not found.duplicated(["measure", "region", *groups]).any(), name
        assert (found[groups].dtypes == "str").all(), name


def test_a_study_with_one_wave_answers_what_it_can():
    config = CONFIG.model_copy(update={"waves": CONFIG.waves[:1]})
    found = estimates(families(), levels()[lambda rows: rows["wave"] == "T1"], config)
    assert {name for name, rows in found.items() if len(rows)} == {
        "response", "no_violence", "frequent_or_severe", "incidents",
    }
    assert cells(found["no_violence"], "no_violence", wave="T1")["NL"] == (8, 1)


def test_a_study_with_two_waves_knows_nothing_of_lasting():
    config = CONFIG.model_copy(update={"waves": CONFIG.waves[:2]})
    found = estimates(families(), levels()[lambda rows: rows["wave"] != "T3"], config)
    assert len(found["durably_stopped"]) == 0
    assert cells(found["stopped"], "stopped", wave="T2")["NL"] == (5, 2)


def test_four_waves_give_two_successive_pairs():
    waves = [*CONFIG.waves, CONFIG.waves[-1].model_copy(update={"code": "T4", "months": 30})]
    config = CONFIG.model_copy(update={"waves": waves})
    fourth = levels()[lambda rows: rows["wave"] == "T3"].assign(wave="T4")
    wide_ = cohort.wide(pd.concat([levels(), fourth]), config)
    found = effects.durably_stopped(wide_, config, REGIONS)
    assert cells(found, "durably_stopped", wave="T3")["VT01"] == (4, 1)
    assert cells(found, "durably_stopped", wave="T4")["VT01"] == (4, 2)


def test_a_study_without_measurements_or_families_has_rows_that_say_so():
    for families_ in (families(), families().iloc[:0]):
        for name, found in estimates(families_, levels().iloc[:0]).items():
            assert set(found["region"]) == {*REGIONS, "NL"}, name
            assert found.loc[found["measure"] != "response", "value"].isna().all(), name


def test_a_single_family_gives_whole_shares_with_wide_intervals():
    only = levels()[lambda rows: rows["family_id"] == "a"]
    found = effects.stopped(cohort.wide(only, CONFIG), CONFIG, ["VT01"])
    assert found["value"].tolist() == [1, 1, 1, 1]
    assert found["low"].astype(float).tolist() == pytest.approx([0.2065] * 4, abs=5e-5)


def test_order_does_not_matter_and_input_stays():
    families_, levels_ = families(), levels()
    turned = estimates(families_[::-1], levels_[::-1])
    for name, found in estimates(families_, levels_).items():
        pd.testing.assert_frame_equal(found, turned[name])
    pd.testing.assert_frame_equal(families_, families())
    pd.testing.assert_frame_equal(levels_, levels())


def test_a_large_study_takes_no_loop_over_families():
    rng, size = np.random.default_rng(1), 20_000
    many = pd.DataFrame({"family_id": np.arange(size).astype(str), "region": rng.choice(REGIONS, size)})
    rows = pd.concat([many.assign(wave=wave, level=rng.integers(0, 4, size)) for wave in CONFIG.wave_codes])
    rows = rows.assign(incidents=rows["level"] * 9.0, cluster="w", intervention="geen")
    rows = rows.astype({"family_id": "str", "region": "str", "level": "Int64", "incidents": "Float64"})
    start = time.process_time()
    found = effects.stopped(cohort.wide(rows, CONFIG), CONFIG, REGIONS)
    assert time.process_time() - start < 2
    assert found.loc[found["region"] == "NL", "value"].astype(float).tolist() == pytest.approx([0.25] * 2, abs=0.02)


def in_pairs(together: bool) -> pd.DataFrame:
    """Forty families of two regions, two to a worker: each pair alike, or each the opposite of the other."""
    number = np.arange(40)
    calm = (number // 2) % 2 == 0 if together else number % 2 == 0
    rows = pd.DataFrame({
        "family_id": [f"f{each:02d}" for each in number], "region": np.where(number < 20, "VT01", "VT02"),
        "cluster": [f"w{each // 2:02d}" for each in number], "intervention": "geen", "level_T1": 2, "level_T3": pd.NA,
        "level_T2": np.where(calm, 0, 2), "incidents_T1": 30.0, "incidents_T2": np.where(calm, 0.0, 30.0),
    })
    texts = dict.fromkeys(["family_id", "region", "cluster", "intervention"], "str")
    levels_ = dict.fromkeys(["level_T1", "level_T2", "level_T3"], "Int64")
    return rows.assign(incidents_T3=pd.NA).astype(texts | levels_ | dict.fromkeys(
        ["incidents_T1", "incidents_T2", "incidents_T3"], "Float64"))


def test_families_of_one_worker_that_are_alike_widen_every_interval():
    """By hand: 10 pairs a region, 10 of 20 stopped, each pair 0 or 2 where 1 is expected: surplus 10 x 10/9; strangers
    20 x 20/19 x 1/4. So deff = 11.11 / 5.26 = 2.11."""
    found = effects.stopped(in_pairs(together=True), CONFIG, REGIONS[:2])
    at = found[(found["wave"] == "T2")].set_index("region")
    assert set(at["method"]) == {"wilson_deff2.11"} and list(at["n"]) == [20, 20, 40]
    low, high = rates.wilson(10 / 2.11, 20 / 2.11)
    assert at.loc["VT01", "low"] == pytest.approx(low[0]) and at.loc["VT01", "high"] == pytest.approx(high[0])
    assert set(found[found["wave"] == "T3"]["method"]) == {"wilson"}  # nobody known, so no design effect


def test_families_of_one_worker_that_differ_never_narrow_an_interval():
    found = effects.stopped(in_pairs(together=False), CONFIG, REGIONS[:2])
    assert set(found["method"]) == {"wilson"}
