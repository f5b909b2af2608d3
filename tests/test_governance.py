"""Checklists counted by hand: unknown is not "niet", own points stand apart, and what a region wrote stays inside."""

import pandas as pd
import pytest
from disclosure_cases import reader
from governance_cases import NA, REGIONS, of, study, table
from survey_cases import division, numbers

from hgeval import disclosure, governance, reference
from hgeval.errors import DisclosureError
from hgeval.schema_governance import OWNERS
from hgeval.survey_answers import UNNAMED

NONE = table("checklist_items", [], "checklist item label")
OWN = table("checklist_items", [["W4", "X01", "scholen"], ["W1", "01", "al bekend"]], "checklist item label")
ROWS = [
    ["VT01", "W1", "01", "geregeld"], ["VT01", "W1", "02", "geregeld"], ["VT01", "W1", "03", "deels"],
    ["VT01", "W1", "04", "niet"], ["VT01", "W1", "05", "onbekend"], ["VT01", "W1", "06", NA],
    ["VT01", "W4", "X01", "niet"], ["VT01", "W9", "01", "geregeld"], ["VT01", "W6", "99", "geregeld"],
    ["VT02", "W1", "01", "niet"], ["VT02", "W1", "05", "geregeld"],
    ["VT03", "W1", "01", "geregeld"], ["VT03", "W1", "05", "onbekend"],
    ["VT04", "W1", "01", "geregeld"], ["VT05", "W1", "01", "geregeld"],
]


def points(rows=ROWS, items=OWN, **more):
    return governance.points(study(rows, **more), items, regions=REGIONS)


def counts(items=OWN):
    return governance.counts(study(ROWS), items, regions=REGIONS)


def count(frame, region, checklist):
    (row,) = frame[(frame["region"] == region) & (frame["checklist"] == checklist)].to_dict("records")
    return tuple(row[name] for name in ("arranged", "in_part", "unarranged", "unknown", "asked"))


def test_every_state_is_counted_apart_and_no_answer_is_unknown():
    found = counts()
    assert count(found, "VT01", "W1") == (2, 1, 1, 3, 7)  # 05 unknown, 06 empty, 07 without a row
    assert count(found, "VT01", "W6") == (0, 0, 0, 15, 15)
    assert count(found, "VT02", "W1") == (1, 0, 1, 5, 7)


def test_the_lists_have_the_numbers_of_the_sources():
    asked = of(counts(), "VT02").set_index("checklist")["asked"].to_dict()
    assert asked == {"W1": 7, "W1B": 3, "W2": 6, "W3": 8, "W4": 6, "W5": 3, "W6": 15, "W7": 12, "C9": 3, "C10": 3}
    kinds = reference.checklist_items().groupby("kind").size().to_dict()
    assert kinds == {"handreiking": 37, "werkdefinitie": 14, "wet": 15}


def test_own_points_stand_apart_and_one_of_ours_stays_ours():
    found = points()
    mine = found[found["checklist"] == governance.OWN_POINTS]
    assert mine[["region", "item", "label", "state", "rests_on"]].values.tolist() == [
        ["VT01", "W4.X01", "scholen", "niet", "eigen"],
    ]
    assert count(counts(), "VT01", governance.OWN_POINTS) == (0, 0, 1, 0, 1)
    assert count(counts(), "VT01", "W4") == (0, 0, 0, 6, 6)
    assert "al bekend" not in set(found["label"])
    assert governance.OWN_POINTS not in set(points(items=NONE)["checklist"])


def test_a_point_that_nobody_described_is_not_counted():
    assert not {"W9.01", "W6.99"} & set(points()["item"])


def test_only_regions_with_rows_are_there_with_what_they_allow():
    consent = points().groupby("region")["consent"].first().to_dict()
    assert consent == {"VT01": "ja", "VT02": "ja", "VT03": "alleen_in_totaal", "VT04": "nee", "VT05": "nee"}


def test_an_owner_of_no_list_is_shown_as_another():
    columns = "region checklist item status owner evidence"
    rows = [["VT01", "W2", "a", "geregeld", "jan jansen", "geheim"], ["VT01", "W2", "b", "geregeld", "ggd", "geheim"],
            ["VT01", "W2", "c", "niet", NA, NA]]
    found = points(rows, columns=columns)
    assert found.loc[found["checklist"] == "W2", "owner"].fillna("-").tolist()[:3] == [OWNERS[-1], "ggd", "-"]
    assert "evidence" not in found and "source" not in found


def test_the_details_of_tasks_and_partners_come_along():
    columns = "region checklist item status budget available_247 agreed_on data_sharing"
    day = pd.Timestamp("2024-03-01")
    rows = [["VT01", "W2", "a", "geregeld", 5000, True, pd.NaT, NA], ["VT01", "W4", "01", "deels", NA, NA, day, False]]
    found = points(rows, columns=columns).set_index("item")
    assert found.loc["W2.a", ["budget", "available_247"]].tolist() == [5000, True]
    assert found.loc["W4.01", ["agreed_on", "data_sharing"]].tolist() == [day, False]


def test_the_country_counts_regions_that_know_and_allow_it():
    found = governance.arranged(study(ROWS), regions=REGIONS)
    assert numbers(found, item="W1.01") == (3, 2, 1, 1)  # VT01 and VT03 yes, VT02 no; VT04 and VT05 did not allow it
    assert numbers(found, item="W1.05") == (1, 1, 0, 0)  # VT01 and VT03 do not know
    assert numbers(found, item="W1.06") == (0, 0, 0, 0)
    assert set(found["regions"]) == {6} and len(found) == 66


def test_who_filled_it_in_is_counted_where_it_is_allowed():
    found = responded(["VT02"])
    assert {row["table"]: (row["n"], row["events"]) for row in found.to_dict("records")} == {
        "checklists": (6, 3), "goals": (6, 1)}  # VT04 refuses; direction and contradictions the study does not have
    assert {row["table"]: (row["unnamed"], row["unnamed_events"]) for row in found.to_dict("records")} == {
        "checklists": (4, 1), "goals": (4, 0)}  # all but VT01 and VT02 have no name: VT03 may be counted, others not
    assert set(found["regions"]) == {6} and set(found["answered"]) == {6}
    assert responded([], rows=[]).empty


def responded(filled, rows=ROWS, consent=None, regions=REGIONS):
    goals = table("goals", [[region, "D1"] for region in filled], "region goal")
    none = {name: table(name, [], "region") for name in ("direction", "contradictions")}
    known = study(rows) if consent is None else study(rows) | {"survey_regions": consent}
    return governance.response(known, goals, **none, regions=regions)


def seen(filled, unnamed, refused=0):
    """What everyone sees of who filled in the goals, in a division of twelve: `filled` of the unnamed regions did."""
    regions = division(12)
    codes = list(regions["region"])
    allowed = [UNNAMED] * unnamed + ["nee"] * refused + ["ja"] * (12 - unnamed - refused)
    consent = table("survey_regions", list(zip(codes, allowed, strict=True)), "region publicatie_ok")
    known = [*codes[:filled], *codes[unnamed:]]  # of the named ones all; those that refuse answered too
    found = responded(known, rows=[], consent=consent, regions=regions)
    (row,) = disclosure.release_totals(found, reader(region="VT12")).frame.to_dict("records")
    return row["events"] if row["status"] == "shown" else row["status"]


@pytest.mark.parametrize(("filled", "unnamed", "refused", "says"), [
    (0, 0, 0, 12),  # all may be named
    (1, 1, 0, "suppressed"), (1, 2, 0, "suppressed"),  # fewer than three without a name
    (2, 4, 0, 10), (1, 4, 0, "suppressed"), (3, 4, 0, "suppressed"),  # nearly none, or all but one
    (4, 4, 0, "suppressed"), (4, 4, 1, "suppressed"), (4, 4, 2, 10),  # who refuses has no name either
    (0, 0, 2, "suppressed"), (2, 2, 2, 10),
])
def test_who_filled_it_in_is_hidden_where_it_would_tell_of_a_region_without_a_name(filled, unnamed, refused, says):
    assert seen(filled, unnamed, refused) == says


def beside(rows, region="VT01", profile="cbs5"):
    case = reader(profile, region=region)
    own = disclosure.release_answers(points(rows), case).where(region=region)
    country = disclosure.release_totals(governance.arranged(study(rows), regions=REGIONS), case)
    return disclosure.join(own, country).derive(governance.beside).frame


ENOUGH = [[f"VT0{number}", "W1", "01", status] for number, status in enumerate(
    ["geregeld", "niet", "geregeld"], start=1)]


def test_own_answer_and_country_stand_side_by_side():
    rows = [row for row in ENOUGH if row[0] != "VT03"]  # without a region that has no name
    found = beside(rows).set_index("item")
    assert found.loc["W1.01", ["state", "n", "events", "status"]].tolist() == ["geregeld", 2, 1, "shown"]
    assert found.loc["W1.02", "state"] == "onbekend" and pd.isna(found.loc["W1.02", "n"])
    assert set(found["measure"]) == {"arranged"} and set(found["method"]) == {"share"}
    assert len(found) == 66 and list(found["checklist"][:7]) == ["W1"] * 7


def test_a_hidden_total_stays_hidden_beside_an_answer():
    found = beside(ENOUGH).set_index("item")
    assert found.loc["W1.01", ["state", "status"]].tolist() == ["geregeld", "suppressed"]
    assert found.loc["W1.01", ["n", "events"]].isna().all()


def test_without_consent_the_own_answer_is_not_shown_but_the_country_is():
    rows = [*[row for row in ENOUGH if row[0] != "VT03"], ["VT04", "W1", "01", "deels"]]
    found = beside(rows, region="VT04").set_index("item")
    assert found.loc["W1.01", ["state", "n"]].tolist() == [governance.NOT_FILLED, 2]
    assert beside(rows, region="VT04", profile="exact10").set_index("item").loc["W1.01", "state"] == "deels"
    assert beside(rows, region="VT02", profile="exact10").set_index("item").loc["W1.01", "state"] == "niet"


def test_without_any_answer_there_is_no_row():
    assert beside([], region="VT04").empty


def test_the_rarest_point_of_each_list_comes_from_the_visible_counts_only():
    rows = [[region, checklist, item, status] for checklist, item, *said in [
        ("W1", "01", "geregeld", "geregeld"), ("W1", "02", "geregeld", "niet"), ("W1", "03", "deels", "geregeld"),
        ("C9", "01", "niet", "niet"), ("W6", "01", "onbekend", "onbekend"),
    ] for region, status in zip(("VT01", "VT02"), said, strict=True)]
    hidden = [["VT03", "C9", "01", "niet"]]
    least = [released(rows + more).derive(governance.least).frame for more in ([], hidden)]
    assert least[0][["checklist", "label", "events", "n"]].values.tolist() == [
        ["W1", "advies en informatie aan melders en inwoners", 1, 2],  # the first of two, in the order of the list
        ["C9", "een vaste volgorde als er te weinig mensen of geld is", 0, 2],
    ]
    assert least[1]["checklist"].tolist() == ["W1"]


def released(rows):
    return disclosure.release_totals(governance.arranged(study(rows), regions=REGIONS), reader(region="VT01"))


def test_the_door_refuses_free_text_and_a_label_with_a_person():
    case, known = reader(region="VT01"), points()
    with pytest.raises(DisclosureError, match="Open antwoorden"):
        disclosure.release_answers(known.assign(evidence="x"), case)
    with pytest.raises(DisclosureError, match="In deze kolom staat misschien een persoon: label"):
        disclosure.release_answers(known.assign(label="bel 06-12345678"), case)
    with pytest.raises(DisclosureError, match="persoon: item"):
        disclosure.release_answers(known.assign(item="a" * 121), case)
    shown = disclosure.release_answers(known, case).frame
    assert set(shown["region"]) == {"VT01", "VT02"} and "consent" not in shown
