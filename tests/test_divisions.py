"""The frames of the report: who competes, what changes the outcome, and a user's own division beside the others."""

import pandas as pd
import pytest

from hgeval import disclosure, divisions, divisions_rules, divisions_towns, keepers, load, shared

SOURCE = ["bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio", "jeugdregio"]
FUNCTIONS = (
    divisions.options, divisions.broken, divisions.criteria, divisions.partners, divisions.expertise, divisions.scores,
    divisions.wins, divisions.alone, divisions.without, divisions.passed_over, divisions.weights, divisions.settings,
    divisions.certainty, divisions.arguments, divisions.distances,
)
EVERY = divisions_towns.towns()
NONE = load.empty("divisions")


def own(areas, name="eigen", **more):
    """A division of all municipalities with these areas."""
    frame = pd.DataFrame({"division": name, "municipality": EVERY["code"], "area": areas} | more)
    return pd.concat([NONE, frame], ignore_index=True)


@pytest.fixture
def weigh(monkeypatch):
    """Sets rules of the file to something else."""
    def change(**changes):
        usual = divisions_rules.rules().model_dump()
        monkeypatch.setattr(divisions_rules, "rules", lambda: divisions_rules.Rules(**(usual | changes)))
    return change


def values(frame, *keys):
    return {tuple(row[key] for key in keys): row["value"] for row in frame.to_dict("records")}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_everything_passes_the_door_for_public_figures(function, demo_case):
    assert set(shared.reads(function)) <= keepers.PUBLIC
    frame = disclosure.release_public(function, demo_case).frame
    assert set(frame["region"]) == {"NL"} and set(frame["status"]) == {"shown"} and len(frame)


def test_the_options_of_the_source():
    found = divisions.options(NONE)
    regions = found[found["measure"] == "division_regions"].set_index("option")
    assert regions["value"].to_dict() == dict(zip([*SOURCE, "veilig_thuis"], [15, 35, 25, 42, 25], strict=True))
    assert list(regions.index[regions["verdict"] != "mogelijk"]) == ["jeugdregio"]
    people = found[found["option"] == "veilig_thuis"].set_index("measure")["value"]
    assert people["division_smallest"] == EVERY.groupby("region")["population"].sum().min()
    assert people["division_largest"] == EVERY.groupby("region")["population"].sum().max()


def test_two_youth_regions_of_one_municipality_are_named():
    (row,) = divisions.broken(NONE).to_dict("records")
    assert (row["option"], row["hard_rule"], row["value"]) == ("jeugdregio", "several", 2)
    assert row["who"] == "Haarlemmermeer (JZ15)|Utrecht Stad (JZ22)"


def test_an_option_that_the_law_forbids_has_criteria_but_no_points():
    assert set(divisions.criteria(NONE)["option"]) == {*SOURCE, "veilig_thuis"}
    for function in (divisions.scores, divisions.wins, divisions.alone, divisions.without):
        assert "jeugdregio" not in set(function(NONE)["option"])


def test_today_s_division_competes_only_where_that_is_said():
    for function in (divisions.scores, divisions.wins):
        fields = function(NONE).groupby("field")["option"].agg(set)
        assert fields["options"] == {"bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio"}
        assert fields["with_current"] == fields["options"] | {"veilig_thuis"}


def test_the_shares_of_all_options_add_to_one():
    found = divisions.wins(NONE)
    assert found.groupby(["field", "weighting"])["value"].sum().round(12).eq(1).all()
    assert found.groupby("weighting")["n"].unique().map(list).to_dict() == {"drawn": [5000], "grid": [286]}


def test_points_follow_from_the_criteria():
    """Of three options the middle numbers of municipalities are 18, 10 and 13: 0, 100 and 5/8 of the way."""
    points = values(divisions.scores(NONE).query("field == 'options'"), "option", "weight_group")
    nearby = [points[name, "nearby"] for name in ("bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio")]
    assert nearby == pytest.approx([0, 100, 62.5])
    for name in ("bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio"):
        groups = [points[name, group] for group in ("nearby", "expert", "partners", "manageable")]
        assert points[name, "total"] == pytest.approx(sum(groups) / 4)


def test_the_weights_of_the_file_make_the_total(weigh):
    weigh(weights={"nearby": 3, "expert": 1, "partners": 0, "manageable": 0})
    points = values(divisions.scores(NONE).query("field == 'options'"), "option", "weight_group")
    for name in ("bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio"):
        assert points[name, "total"] == pytest.approx(0.75 * points[name, "nearby"] + 0.25 * points[name, "expert"])
    assert divisions.weights()["value"].tolist() == [0.75, 0.25, 0, 0]


def test_one_group_alone_is_a_corner_of_the_grid():
    best = values(divisions.alone(NONE).query("field == 'options'"), "weight_group", "option")
    points = divisions.scores(NONE).query("field == 'options' and weight_group != 'total'")
    most = points.loc[points.groupby("weight_group")["value"].idxmax()]
    assert best == values(most, "weight_group", "option")


def test_leaving_a_criterion_out_says_whether_the_outcome_flips():
    found = divisions.without(NONE)
    rows = found[found["field"] == "with_current"].set_index("left_out")
    assert rows.loc["none", ["option", "flips"]].tolist() == ["veilig_thuis", "nee"]
    assert list(rows.index[rows["flips"] == "ja"]) == ["continuity"]
    assert rows.loc["continuity", "option"] == "veiligheidsregio"
    assert "distance" not in rows.index  # it did not count in the first place
    assert set(found[found["field"] == "options"]["flips"]) == {"nee"}


def test_where_nothing_with_a_weight_is_left_there_is_no_row(weigh):
    weigh(weights={"nearby": 1, "expert": 0, "partners": 0, "manageable": 0})
    assert "towns" not in set(divisions.without(NONE)["left_out"])
    assert "none" in set(divisions.without(NONE)["left_out"])


def test_distances_that_one_option_has_do_not_count():
    areas = EVERY["youth_region"].replace({"JZ15": "JZ14", "JZ22": "JZ23"})
    brought = own(areas, distance_km=pd.array([7.0] * 342, dtype="Float64"))
    over = divisions.passed_over(brought)
    assert over[["criterion", "reason", "value"]].values.tolist() == [["distance", "missing", 1]] * 2
    found = values(divisions.criteria(brought), "measure", "option")
    assert found["division_distance", "eigen"] == pytest.approx(7)
    assert pd.isna(found["division_distance", "jeugdregio"])


def ours(name, distance):
    """The user's distances for a division that hgeval knows."""
    column = divisions_towns.AREAS[name]
    return pd.DataFrame({"division": name, "municipality": EVERY["code"], "area": EVERY[column],
                         "distance_km": pd.array([distance] * len(EVERY), dtype="Float64")})


def test_distances_of_every_division_do_count():
    """Twelve, ten and eleven kilometres: the nearest gets 100 points, the farthest none, the middle one 50."""
    near = {"bureau_jeugdzorg": 12.0, "centrumgemeente": 10.0, "veiligheidsregio": 11.0, "veilig_thuis": 12.0}
    brought = pd.concat([NONE, *(ours(name, each) for name, each in near.items())], ignore_index=True)
    assert divisions.passed_over(brought).empty
    pd.testing.assert_frame_equal(divisions.options(brought), divisions.options(NONE))  # nobody is counted twice
    points = values(divisions.scores(brought).query("field == 'options'"), "option", "weight_group")
    assert points["veiligheidsregio", "nearby"] == pytest.approx((62.5 + 50) / 2)
    assert "distance" in set(divisions.without(brought)["left_out"])


def test_only_what_was_brought_is_told_of_distances():
    found = values(divisions.distances(pd.concat([NONE, ours("veiligheidsregio", 11.0)], ignore_index=True)),
                   "measure", "option")
    names = ("distance", "half_km", "nine_km", "far_km")
    assert found == {(f"division_{name}", "veiligheidsregio"): 11 for name in names}
    assert divisions.distances(NONE).empty


def test_a_criterion_that_is_the_same_for_all_does_not_count(weigh):
    weigh(volume=1)
    over = divisions.passed_over(NONE).query("field == 'options'")
    assert over[["criterion", "reason", "value"]].values.tolist() == [["distance", "missing", 0], ["volume", "same", 3]]


def test_a_user_s_division_like_one_of_ours_shares_its_points():
    twin = own(EVERY["safety_region"], name="tweeling")
    points = values(divisions.scores(twin), "field", "weight_group", "option")
    for group in ("nearby", "expert", "partners", "manageable", "total"):
        assert points["options", group, "tweeling"] == points["options", group, "veiligheidsregio"]
    won = values(divisions.wins(twin).query("field == 'options'"), "weighting", "option")
    assert won["grid", "tweeling"] == won["grid", "veiligheidsregio"] == pytest.approx(
        values(divisions.wins(NONE).query("field == 'options'"), "weighting", "option")["grid", "veiligheidsregio"] / 2)


def test_a_user_s_division_that_is_not_whole_has_no_numbers():
    part = own(EVERY["safety_region"]).iloc[:340]
    (_, row) = divisions.broken(part).to_dict("records")
    names = [f"{row.name} ({row.code})" for row in EVERY.iloc[340:].sort_values("code")[["name", "code"]]
             .itertuples(index=False)]
    assert (row["option"], row["hard_rule"], row["value"], row["who"]) == ("eigen", "whole", 2, "|".join(names))
    assert "eigen" not in set(divisions.criteria(part)["option"])
    assert "eigen" not in set(divisions.scores(part)["option"])
    assert "eigen" in set(divisions.options(part)["option"])


def test_the_expected_reports_are_those_of_the_country():
    found = values(divisions.settings(), "measure")
    assert (found["setting_reports",], found["setting_people",]) == (127_340, 17_475_908)
    assert found["setting_rate",] == pytest.approx(127_340 / 1747.5908)


def test_how_certain_the_centrumgemeenten_are():
    found = values(divisions.certainty(), "centre_status")
    assert found == {("confident",): 95, ("probable",): 227, ("uncertain",): 20}


def test_only_the_four_options_of_the_source_have_arguments():
    found = divisions.arguments()
    assert list(found["option"].unique()) == SOURCE
    assert found.groupby("option")["side"].agg(set).map(sorted).tolist() == [["min", "plus"]] * 4


def test_the_order_of_a_user_s_rows_changes_nothing():
    brought = own(EVERY["province"])
    for function in (divisions.criteria, divisions.wins, divisions.without):
        pd.testing.assert_frame_equal(function(brought), function(brought.iloc[::-1]))
