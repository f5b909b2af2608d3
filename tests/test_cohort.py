import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgeval import cohort
from hgeval.errors import EstimateError
from hgeval.params import Study, Thresholds
from hgeval.schema_study import ACTS, SEVERE_ACTS


def study(**settings_) -> Study:
    plain = {
        "name": "test", "division": {"year": 2022}, "reference_date": "2025-12-31",
        "waves": [{"code": "T1", "months": 0}, {"code": "T2", "months": 12}, {"code": "T3", "months": 18}],
    }
    return Study.model_validate(plain | settings_)


def families(*rows: dict) -> pd.DataFrame:
    plain = {"family_id": "f1", "region": "VT01", "children": 1, "worker": "w1", "intervention": "geen"}
    frame = pd.DataFrame([plain | row for row in rows or ({},)])
    return frame.astype({"children": "Int64"} | dict.fromkeys(["family_id", "region", "worker", "intervention"], "str"))


def told(*rows: dict) -> pd.DataFrame:
    plain = {"family_id": "f1", "wave": "T1", "informant": "ouder_a", "window_months": 12}
    plain |= dict.fromkeys(ACTS, 0) | dict.fromkeys(SEVERE_ACTS, False)
    types = dict.fromkeys(["family_id", "wave", "informant"], "str") | dict.fromkeys(["window_months", *ACTS], "Int64")
    frame = pd.DataFrame([plain | row for row in rows], columns=list(plain))
    return frame.astype(types | dict.fromkeys(SEVERE_ACTS, "boolean"))


def one(*rows: dict, config: Study | None = None, family: dict | None = None) -> pd.Series:
    """The level of the only family at the only wave."""
    found = cohort.levels(families(family or {}), told(*rows), config or study())
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("cells", "incidents", "level"),
    [
        ({}, 0, cohort.NONE),
        ({"psychological": 1}, 1, cohort.INCIDENTAL),
        ({"psychological": 15, "physical": 6}, 21, cohort.INCIDENTAL),
        ({"psychological": 15, "physical": 7}, 22, cohort.FREQUENT),
        ({"psychological": 10, "window_months": 6}, 20, cohort.INCIDENTAL),
        ({"psychological": 11, "window_months": 6}, 22, cohort.FREQUENT),
        ({"psychological": 10, "physical": 2, "sexual": 1, "window_months": 7}, 156 / 7, cohort.FREQUENT),
        ({"physical": 1, "severe_injury": True}, 1, cohort.SEVERE),
        ({"physical": 99, "severe_weapon": True}, 99, cohort.SEVERE),
        ({"severe_strangulation": True}, 0, cohort.SEVERE),
    ],
)
def test_level_by_incidents_a_year_and_the_severe_list(cells, incidents, level):
    found = one(cells)
    assert found["incidents"] == pytest.approx(incidents, abs=1e-9)
    assert found["level"] == level


def test_the_threshold_is_a_setting():
    assert one({"physical": 5}, config=study(thresholds={"frequent": 5}))["level"] == cohort.FREQUENT


def test_a_sum_of_quotients_meets_the_threshold_it_equals():
    # Of 33 in 18 months, 22 a year: the four quotients of 6, 8, 8 and 11 add up to 21.999999999999996.
    counts = dict(zip(ACTS, (6, 8, 8, 11), strict=True))
    assert sum(count * 12 / 18 for count in counts.values()) < 22
    assert one({"window_months": 18} | counts)["level"] == cohort.FREQUENT


def test_only_the_studys_acts_and_severe_list_count():
    config = study(acts=["physical", "sexual"], severe_acts=["severe_injury"])
    assert one({"neglect": 30, "severe_weapon": True}, config=config)["level"] == cohort.NONE


INFORMANTS = (
    {"informant": "ouder_a", "psychological": 2, "physical": 0},
    {"informant": "ouder_b", "psychological": 4, "physical": 1},
    {"informant": "kind", "psychological": 0, "physical": 2, "severe_injury": True},
)


@pytest.mark.parametrize(
    ("rule", "incidents", "level", "informants"),
    [
        ({}, 4 + 2, cohort.SEVERE, 3),
        ({"informant_rule": "mean"}, 2 + 1, cohort.SEVERE, 3),
        ({"informant_rule": "main_informant"}, 2, cohort.INCIDENTAL, 1),
        ({"informant_rule": "main_informant", "main_informant": "ouder_b"}, 5, cohort.INCIDENTAL, 1),
    ],
)
def test_informant_rule(rule, incidents, level, informants):
    found = one(*INFORMANTS, config=study(**rule))
    assert (found["incidents"], found["level"], found["informants"]) == (incidents, level, informants)


def test_each_informants_count_is_made_yearly_before_they_are_compared():
    # 6 in half a year is more than 8 in a year; the largest raw count is not the largest a year.
    pair = ({"physical": 6, "window_months": 6}, {"informant": "kind", "physical": 8, "window_months": 12})
    assert one(*pair)["incidents"] == 12
    assert one(*pair, config=study(informant_rule="mean"))["incidents"] == 10


def test_a_family_without_its_main_informant_is_not_measured():
    config = study(informant_rule="main_informant")
    assert len(cohort.levels(families(), told({"informant": "kind", "physical": 3}), config)) == 0


NOTHING = dict.fromkeys(ACTS)


def test_no_answer_is_not_zero():
    found = one(NOTHING, {"informant": "kind"} | NOTHING)
    assert pd.isna(found["level"]) and pd.isna(found["incidents"])
    assert found["informants"] == 0


def test_one_informants_silence_is_filled_by_another():
    assert one(NOTHING, {"informant": "kind"})["level"] == cohort.NONE
    assert one({"physical": None}, {"informant": "kind", "psychological": None})["level"] == cohort.NONE


def test_no_violence_needs_an_answer_on_every_act_but_violence_does_not():
    other = {"family_id": "f2", "psychological": 0}  # so that the act was asked in this study
    both = families({}, {"family_id": "f2"})
    unknown = cohort.levels(both, told({"psychological": None}, other), study()).iloc[0]
    assert pd.isna(unknown["level"]) and pd.isna(unknown["incidents"])
    assert unknown["informants"] == 1
    found = cohort.levels(both, told({"psychological": None, "physical": 3}, other), study()).iloc[0]
    assert (found["level"], found["incidents"]) == (cohort.INCIDENTAL, 3)


def test_neglect_is_no_gap_where_there_are_no_children():
    def level(children):
        both = families({"children": children}, {"family_id": "f2"})
        return cohort.levels(both, told({"neglect": None}, {"family_id": "f2"}), study()).loc[0, "level"]

    assert level(0) == cohort.NONE
    assert pd.isna(level(2)) and pd.isna(level(None))


def test_an_act_that_the_study_never_asked_is_no_gap():
    assert cohort.levels(families(), told({}).drop(columns="neglect"), study()).loc[0, "level"] == cohort.NONE
    assert one({"neglect": None})["level"] == cohort.NONE


def test_a_severe_act_is_known_violence_also_without_counts():
    found = one(NOTHING | {"severe_weapon": True})
    assert found["level"] == cohort.SEVERE
    assert pd.isna(found["incidents"])


def test_a_missing_severe_answer_is_not_severe():
    assert one({"physical": 1} | dict.fromkeys(SEVERE_ACTS))["level"] == cohort.INCIDENTAL


def test_levels_columns_order_and_types():
    measurements = told({"wave": "T3"}, {"family_id": "f0"}, {"wave": "T2"}, {"wave": "T9"})
    found = cohort.levels(families({}, {"family_id": "f0", "region": "VT02"}), measurements, study())
    assert found[["family_id", "region", "wave", "months"]].to_numpy().tolist() == [
        ["f0", "VT02", "T1", 0], ["f1", "VT01", "T2", 12], ["f1", "VT01", "T3", 18],
    ]
    assert found.dtypes.astype(str).to_dict() == {
        "family_id": "str", "region": "str", "wave": "str", "months": "Int64", "informants": "Int64",
        "incidents": "Float64", "level": "Int64", "cluster": "str", "intervention": "str",
    }


def test_columns_that_a_study_leaves_out_are_missing_not_an_error():
    plain = families().drop(columns=["children", "worker", "intervention"])
    found = cohort.levels(plain, told({"physical": 1}).drop(columns=list(SEVERE_ACTS)), study())
    assert found.loc[0, "level"] == cohort.INCIDENTAL
    assert found[["cluster", "intervention"]].isna().all(axis=None)


def test_no_measurements_at_all():
    found = cohort.levels(families(), told(), study())
    assert len(found) == 0 and found["level"].dtype == "Int64"
    assert "level_T3" in cohort.wide(found, study())


def test_a_measurement_without_its_family_stops():
    with pytest.raises(EstimateError, match="gezinnen zonder rij of regio in families. Vul die aan.") as fault:
        cohort.levels(families(), told({"family_id": "f9"}), study())
    assert "f9" not in str(fault.value)


def test_wide():
    measurements = told({"physical": 30}, {"wave": "T3"}, {"family_id": "f2", "wave": "T2", "physical": 1})
    both = families({}, {"family_id": "f2", "region": "VT02"})
    found = cohort.wide(cohort.levels(both, measurements, study()), study())
    assert found["family_id"].tolist() == ["f1", "f2"]
    assert found["region"].tolist() == ["VT01", "VT02"]
    assert found[["measured_T1", "measured_T2", "measured_T3"]].to_numpy().tolist() == [
        [True, False, True], [False, True, False],
    ]
    assert found.loc[0, ["level_T1", "level_T3", "incidents_T1", "incidents_T3"]].tolist() == [2, 0, 30, 0]
    assert found.loc[0, ["level_T2", "incidents_T2"]].isna().all()


def test_waves_are_those_of_the_study():
    config = study(waves=[{"code": "start", "months": 0}, {"code": "eind", "months": 9}])
    found = cohort.levels(families(), told({"wave": "start", "physical": 1}, {"wave": "eind"}), config)
    assert found["wave"].tolist() == ["start", "eind"]
    assert cohort.direction(cohort.wide(found, config), config, wave="eind").tolist() == ["gestopt"]


def pair(level_t1, incidents_t1, level_t2, incidents_t2) -> pd.DataFrame:
    cells = {"level_T1": level_t1, "level_T2": level_t2, "incidents_T1": incidents_t1, "incidents_T2": incidents_t2}
    frame = pd.DataFrame({name: [value] for name, value in cells.items()})
    return frame.astype({name: "Int64" if name.startswith("level") else "Float64" for name in cells})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((2, 30), (0, 0), "gestopt"),
        ((2, 30), (1, 3), "afgenomen"),
        ((3, 5), (2, 40), "afgenomen"),  # the level decides before the count
        ((1, 20), (3, 2), "toegenomen"),
        ((1, 20), (2, 22), "toegenomen"),
        ((1, 10), (1, 8), "afgenomen"),  # exactly 80%
        ((1, 10), (1, 8.01), "gelijk"),
        ((1, 10), (1, 11.99), "gelijk"),
        ((1, 10), (1, 12), "toegenomen"),  # exactly 120%
        ((1, 35), (1, 28), "afgenomen"),
        ((3, 0), (3, 0), "gelijk"),
        ((3, 0), (3, 4), "toegenomen"),
        ((3, 4), (3, 0), "afgenomen"),
        ((3, None), (3, 4), "gelijk"),
        ((3, 4), (3, None), "gelijk"),
        ((0, 0), (1, 3), None),
        ((None, None), (0, 0), None),
        ((2, 30), (None, None), None),
    ],
)
def test_direction(before, after, expected):
    found = cohort.direction(pair(*before, *after), study(), wave="T2")
    assert found.tolist() == [expected] if expected else found.isna().all()


def test_direction_without_a_margin_still_knows_alike():
    config = study().model_copy(update={"thresholds": Thresholds(decreased=1, increased=1)})
    found = [cohort.direction(pair(1, 10, 1, now), config, wave="T2").item() for now in (9, 10, 11)]
    assert found == ["afgenomen", "gelijk", "toegenomen"]


answer = st.one_of(st.none(), st.integers(0, 40))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(answer, answer, st.sampled_from(["T1", "T2"]), st.booleans()), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_every_family_with_violence_and_both_waves_has_one_direction_whatever_the_order(answers, random):
    rows = [
        {"family_id": f"f{at // 2}", "informant": ("ouder_a", "kind")[at % 2], "physical": physical,
         "psychological": psychological, "wave": wave, "severe_weapon": severe}
        for at, (physical, psychological, wave, severe) in enumerate(answers)
    ]
    everyone = families(*({"family_id": f"f{at}"} for at in range(6)))
    found = cohort.levels(everyone, told(*rows), study())
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(found, cohort.levels(everyone, told(*shuffled), study()))
    wide = cohort.wide(found, study())
    both = (wide["level_T1"] > 0).fillna(False) & wide["level_T2"].notna()
    direction = cohort.direction(wide, study(), wave="T2")
    assert direction[both].isin(cohort.DIRECTIONS).all() and direction[~both].isna().all()
    assert ((direction == "gestopt") == (both & (wide["level_T2"] == 0).fillna(False))).all()


def test_the_input_stays_as_it_was():
    everyone, measurements = families(), told({"physical": 3}, {"wave": "T2"})
    kept = everyone.copy(), measurements.copy()
    found = cohort.levels(everyone, measurements, study())
    levels = found.copy()
    wide = cohort.wide(found, study())
    flat = wide.copy()
    cohort.direction(wide, study(), wave="T2")
    for before, after in zip((*kept, levels, flat), (everyone, measurements, found, wide), strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_it_agrees_with_a_plain_loop_on_a_large_random_study():
    rng = np.random.default_rng(20)
    rows = [
        {"family_id": f"f{family:03}", "wave": wave, "informant": informant, "window_months": int(rng.choice([6, 12]))}
        | {act: None if rng.random() < 0.2 else int(rng.poisson(4)) for act in ACTS}
        | {"severe_weapon": bool(rng.random() < 0.05)}
        for family in range(120) for wave in ("T1", "T2") for informant in ("ouder_a", "kind")
    ]
    found = cohort.levels(families(*({"family_id": f"f{at:03}"} for at in range(120))), told(*rows), study())
    expected = {key: _by_hand(rows, key) for key in {(row["family_id"], row["wave"]) for row in rows}}
    for row in found.itertuples():
        incidents, level = expected[row.family_id, row.wave]
        assert (pd.isna(row.level) and level is None) or row.level == level
        assert (pd.isna(row.incidents) and incidents is None) or row.incidents == pytest.approx(incidents)


def _by_hand(rows: list[dict], key: tuple[str, str]) -> tuple[float | None, int | None]:
    mine = [row for row in rows if (row["family_id"], row["wave"]) == key]
    yearly = [[row[act] * 12 / row["window_months"] for row in mine if row[act] is not None] for act in ACTS]
    total = sum(max(counts) for counts in yearly if counts)
    known = total > 0 or all(yearly)
    if any(row["severe_weapon"] for row in mine):
        return (total if known else None), 3
    return (total, 2 if total >= 22 else 1 if total else 0) if known else (None, None)


def test_families_share_their_worker_or_else_their_organisation():
    people = families({"provider": "o1"}, {"family_id": "f2", "worker": None, "provider": "o1"},
                      {"family_id": "f3", "worker": None, "provider": None})
    found = cohort.levels(people, told(*({"family_id": name} for name in ("f1", "f2", "f3"))), study())
    assert list(found["cluster"].fillna("")) == ["w1", "o1", ""]
