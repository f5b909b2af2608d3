"""The only door: what it hides, what it rounds, and that there is no way around it."""

from dataclasses import replace
from functools import wraps

import pandas as pd
import pytest
from disclosure_cases import ORIGIN, allowed, only, reader, share

from hgeval import benchmark, disclosure, effects, finance, monitor, rates, survey
from hgeval.errors import DisclosureError


def test_exact10_is_exact_for_the_own_region_and_rounds_the_others():
    rows = [(13, 44, "VT02"), (13, 44, "VT03"), (313, 1044, "NL")]
    both = pd.concat([share(x, n, region=region) for x, n, region in rows], ignore_index=True)
    frame = disclosure.release(both, reader("exact10", plan=[both[:1]])).frame.set_index("region")
    assert frame["events"].to_dict() == {"VT02": 13, "VT03": 15, "NL": 315}
    assert frame["status"].to_dict() == {"VT02": "shown", "VT03": "rounded", "NL": "rounded"}


@pytest.mark.parametrize("measure", ["stopped_of_kind", "durably_stopped_of_kind"])
@pytest.mark.parametrize(("events", "n", "told"), [
    (13, 44, (15, 45, "rounded")), (12, 29, (None, 30, "suppressed")), (9, 44, (None, 45, "suppressed")),
])
def test_kinds_of_violence_are_in_fives_for_the_own_region_too(measure, events, n, told):
    """They overlap and stand in no plan: asked for one, this reader would refuse them."""
    rows = share(events, n, measure=measure, violence="child_abuse")
    row = only(disclosure.release(rows, reader("exact10")))
    assert (None if pd.isna(row["events"]) else row["events"], row["n"], row["status"]) == told
    public = disclosure.release(rows, reader("cbs5")).frame
    pd.testing.assert_frame_equal(disclosure.release(rows, reader("exact10")).frame, public)


def test_exact10_asks_the_plan_for_the_measures_it_is_given():
    asked = []
    here = reader("exact10")
    here.plan = lambda measures: asked.extend(measures) or allowed(share(13, 44))
    disclosure.release(share(13, 44), here)
    assert asked == ["stopped"]


def test_what_was_never_checked_beside_the_others_stays_inside():
    """A count of some of the families, under the name of a measure of all of them."""
    with pytest.raises(DisclosureError, match="niet samen met de andere tabellen gecontroleerd: stopped"):
        disclosure.release(share(12, 40), reader("exact10", plan=[share(13, 44)]))
    assert only(disclosure.release(share(12, 40), reader("cbs5")))["events"] == 10


def test_a_rule_that_does_not_stand_in_the_file_is_refused(demo_case):
    """A notebook cannot loosen the rule by making one of its own."""
    loose = replace(demo_case, rule=demo_case.rule.model_copy(update={"min_count": 1, "rounding": 1}))
    for door, rows in [
        (disclosure.release, share(13, 44)), (disclosure.release_totals, totals(4)),
        (disclosure.release_answers, answers()), (disclosure.release_published, monitor.figures(2022)),
    ]:
        with pytest.raises(DisclosureError, match=r"regel staat niet in disclosure\.yml"):
            door(rows, loose)


def test_the_order_of_the_rows_stays():
    rows = pd.concat([share(20, 60, region=region) for region in ("VT09", "VT02", "NL", "VT01")], ignore_index=True)
    for profile in ("cbs5", "exact10"):
        here = reader(profile, plan=[rows[rows["region"] == "VT02"]])
        assert [*disclosure.release(rows, here).frame["region"]] == ["VT09", "VT02", "NL", "VT01"]


@pytest.mark.parametrize("column", ["family_id", "worker", "cluster", "melding_id", "provider", "knelpunt_open"])
def test_an_identifier_or_free_text_is_no_group(column):
    with pytest.raises(DisclosureError, match=column):
        disclosure.release(share(20, 60, **{column: "x"}), reader())


def test_a_number_is_no_group():
    with pytest.raises(DisclosureError, match="geen groep"):
        disclosure.release(share(20, 60).assign(events_exact=13.0), reader())


def test_a_frame_without_the_columns_or_with_a_new_method_is_refused():
    with pytest.raises(DisclosureError, match="kolommen ontbreken: high"):
        disclosure.release(share(20, 60).drop(columns="high"), reader())
    with pytest.raises(DisclosureError, match="kent deze methode niet: published"):
        disclosure.release(share(20, 60).assign(method="published"), reader())


def test_nobody_else_makes_or_changes_a_released():
    with pytest.raises(DisclosureError, match=r"alleen vrijgegeven door disclosure\.release"):
        disclosure.Released(share(3, 44), "cbs5", ORIGIN, derived=None)
    released = disclosure.release(share(20, 60), reader())
    frame = released.frame
    frame.loc[0, "events"] = 19
    assert only(released)["events"] == 20
    with pytest.raises(DisclosureError):
        released.profile = "exact10"


def test_derive_takes_only_our_own_functions():
    released = disclosure.release(pd.concat([share(20, 60), share(300, 900, region="NL")]), reader())
    assert "position" in released.derive(benchmark.funnel).frame
    for other in (lambda frame: frame, wraps(benchmark.funnel)(lambda frame: frame), rates.recompute):
        with pytest.raises(DisclosureError, match=r"alleen een bekende functie van hgeval: benchmark\.funnel"):
            released.derive(other)


def test_join_refuses_another_rule():
    profiles = ("cbs5", "exact10")
    public, own = (disclosure.release(share(20, 60), reader(profile, plan=[share(20, 60)])) for profile in profiles)
    assert len(disclosure.join(public, public)) == 2
    with pytest.raises(DisclosureError, match="andere regel"):
        disclosure.join(public, own)


def totals(unnamed, having=2):
    row = {"measure": "present", "region": "NL", "element": "E01", "n": 20, "events": 12, "method": "share"}
    return rates.frame([row], groups=("element",)).assign(regions=26, unnamed=unnamed, unnamed_events=having)


@pytest.mark.parametrize(("unnamed", "status"), [(0, "shown"), (1, "suppressed"), (2, "suppressed"), (4, "shown")])
def test_a_total_with_one_or_two_nameless_regions_is_hidden(unnamed, status):
    row = only(disclosure.release_totals(totals(unnamed), reader()))
    assert row["status"] == status
    assert pd.isna(row["events"]) == (status == "suppressed")
    assert "unnamed" not in row and "unnamed_events" not in row


@pytest.mark.parametrize(
    ("having", "status"),
    [(0, "suppressed"), (1, "suppressed"), (2, "shown"), (3, "shown"), (4, "suppressed"), (5, "suppressed")],
)
def test_a_total_that_tells_what_every_nameless_region_said_is_hidden(having, status):
    """To an outsider, or to the one nameless region that answered otherwise."""
    assert only(disclosure.release_totals(totals(5, having), reader()))["status"] == status


@pytest.mark.parametrize("change", [{"n": 1459}, {"region": "VT02"}, {"method": "wilson"}])
def test_families_do_not_pass_as_totals_of_regions(change):
    with pytest.raises(DisclosureError, match="alleen landelijke tellingen"):
        disclosure.release_totals(totals(4).assign(**change), reader())


def test_a_hidden_part_takes_the_whole_with_it():
    parts = pd.concat([totals(unnamed).assign(line=line) for line, unnamed in [("K01", 2), ("K02", 4), ("total", 4)]])
    frame = disclosure.release_totals(parts.astype({"line": "str"}), reader()).frame.set_index("line")
    assert frame["status"].to_dict() == {"K01": "suppressed", "K02": "shown", "total": "suppressed"}


def answers():
    return pd.DataFrame(
        {
            "region": ["VT01", "VT02", "VT03"],
            "consent": ["ja", "alleen_in_totaal", "nee"],
            "element": "E01",
            "presence": ["aanwezig", "afwezig", "gepland"],
            "casussen_mda": pd.array([23, 4, 30], dtype="Int64"),
        }
    )


def test_only_a_region_that_consents_is_shown_by_name():
    frame = disclosure.release_answers(answers(), reader()).frame.set_index("region")
    assert frame["status"].to_dict() == {"VT01": "shown"}  # "total" and "nee" look the same: they are not there
    assert frame.loc["VT01", "casussen_mda"] == 25
    assert "consent" not in frame


def test_a_region_sees_its_own_answer_under_its_own_profile():
    frame = disclosure.release_answers(answers(), reader("exact10")).frame.set_index("region")
    assert frame.loc["VT02", "presence"] == "afwezig"
    assert pd.isna(frame.loc["VT02", "casussen_mda"])
    assert "VT03" not in frame.index


def test_open_answers_never_leave():
    with pytest.raises(DisclosureError, match="Open antwoorden komen niet in een rapport: knelpunt_open"):
        disclosure.release_answers(answers().assign(knelpunt_open="x"), reader("exact10"))


@pytest.mark.parametrize("column", ["family_id", "municipality", "worker"])
def test_families_do_not_pass_as_answers_of_regions(column):
    with pytest.raises(DisclosureError, match=f"geen antwoorden van een regio: {column}"):
        disclosure.release_answers(answers().assign(**{column: "x"}), reader())


def test_the_country_is_nobody_s_own_region():
    row = only(disclosure.release(share(326, 1459, region="NL"), reader("exact10", region="NL")))
    assert (row["events"], row["n"], row["status"]) == (325, 1460, "rounded")


def test_published_figures_pass_with_their_own_status():
    figures = monitor.figures(2022)
    released = disclosure.release_published(figures, reader())
    assert released.frame["status"].tolist() == figures["status"].tolist()
    assert released.origin == {"study": "demo", "synthetic": False, "published": True}


@pytest.mark.parametrize(
    "change", [{"value": 3.0}, {"measure": "stopped"}, {"region": "VT99"}, {"status": "shown"}, {"n": 3}]
)
def test_nothing_but_what_is_published_passes_as_published(change):
    row = monitor.figures(2022, "meldingen").iloc[:1]
    assert len(disclosure.release_published(row, reader())) == 1
    with pytest.raises(DisclosureError, match=r"al gepubliceerd zijn: rijen van monitor\.figures\(2022\)"):
        disclosure.release_published(row.assign(**change).astype(row.dtypes), reader())


def amounts(region="VT02", **other):
    row = {"measure": "spent", "region": region, "line": "K01", "value": 1200.5, "method": "amount"}
    return rates.frame([row | other], groups=["line"])


def test_a_budget_is_only_for_the_region_itself():
    both = pd.concat([amounts(), amounts("VT03")], ignore_index=True)
    found = disclosure.release_budget(both, reader("cbs5"))
    assert found.frame["region"].tolist() == ["VT02"] and found.frame["value"].tolist() == [1200.5]


@pytest.mark.parametrize("wrong", [{"method": "count"}, {"events": 3}])
def test_a_budget_counts_nobody(wrong):
    with pytest.raises(DisclosureError, match="alleen bedragen"):
        disclosure.release_budget(amounts(**wrong), reader("cbs5"))


def test_a_budget_names_nobody():
    with pytest.raises(DisclosureError, match="wijzen personen aan en mogen niet naar buiten: worker"):
        disclosure.release_budget(amounts().assign(worker="MW0101"), reader("exact10"))


def test_public_figures_come_from_a_function_that_reads_nothing_private(demo_case):
    with pytest.raises(DisclosureError, match="niets dan openbare tabellen"):
        disclosure.release_public(amounts(), demo_case)
    for private in (effects.response, survey.present, lambda: amounts()):
        with pytest.raises(DisclosureError, match="niets dan openbare tabellen"):
            disclosure.release_public(private, demo_case)


def test_public_figures_beside_those_of_the_study_are_of_the_study(demo_case):
    people = disclosure.release_public(finance.populations, demo_case)
    spent = disclosure.release_totals(finance.spent, demo_case)
    assert people.origin["published"] is True and disclosure.join(people, people).origin == people.origin
    for both in (disclosure.join(people, spent), disclosure.join(spent, people)):
        assert both.origin == spent.origin == demo_case.origin and len(both) == len(people) + len(spent)
    with pytest.raises(DisclosureError, match="een andere regel of uit een andere studie"):
        disclosure.join(people, spent, disclosure.release_published(monitor.figures, demo_case))
