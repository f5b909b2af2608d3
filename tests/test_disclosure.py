"""The only door: what it hides, what it rounds, and that there is no way around it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hgeval import benchmark, cohort, disclosure, disclosure_rule, effects, rates
from hgeval.errors import DisclosureError

ORIGIN = {"study": "demo", "synthetic": True}


def reader(profile="cbs5", region="VT02"):
    return SimpleNamespace(rule=disclosure_rule.rule(profile), region=region, origin=ORIGIN)


def share(events, n, *, region="VT02", measure="stopped", method="wilson", **groups):
    row = {"measure": measure, "region": region, **groups, "n": n, "events": events, "level": 0.95, "method": method}
    return rates.recompute(rates.frame([row], groups=tuple(groups)))


def only(released):
    (row,) = released.frame.to_dict("records")
    return row


@pytest.mark.parametrize("events", range(10))
def test_cbs5_hides_every_count_under_ten_and_what_it_would_give_back(events):
    row = only(disclosure.release(share(events, 44), reader()))
    assert row["status"] == "suppressed"
    assert all(pd.isna(row[name]) for name in ("events", "value", "low", "high"))
    assert row["n"] == 45


@pytest.mark.parametrize("events", range(35, 45))
def test_cbs5_hides_a_share_whose_remainder_is_small(events):
    assert only(disclosure.release(share(events, 44), reader()))["status"] == "suppressed"


def test_cbs5_shows_ten_in_fives_and_computes_the_share_from_the_fives():
    row = only(disclosure.release(share(13, 44), reader()))
    assert (row["events"], row["n"], row["status"]) == (15, 45, "rounded")
    low, high = rates.wilson(15, 45, 0.95)
    assert row["value"] == pytest.approx(15 / 45)
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_two_counts_that_round_alike_print_alike():
    """Neither the share nor its interval may tell 13 of 44 from 14 of 46."""
    first, second = (only(disclosure.release(share(*pair), reader())) for pair in ((13, 44), (14, 46)))
    assert first == second


@pytest.mark.parametrize(("given", "printed"), [(12, 10), (13, 15), (17, 15), (18, 20), (22, 20), (23, 25)])
def test_counts_round_to_the_nearest_five(given, printed):
    assert only(disclosure.release(share(given, given, method="count"), reader()))["events"] == printed


def test_a_small_group_shows_not_even_its_size():
    row = only(disclosure.release(share(4, 8), reader()))
    assert pd.isna(row["n"]) and row["status"] == "suppressed"


def test_no_families_is_no_secret():
    row = only(disclosure.release(share(0, 0), reader()))
    assert row["n"] == 0 and pd.isna(row["value"])


def test_a_rate_keeps_the_published_inhabitants():
    row = only(disclosure.release(share(23, 494_766, method="per_10000"), reader()))
    assert (row["n"], row["events"]) == (494_766, 25)
    assert row["value"] == pytest.approx(25 / 49.4766)


def median(n):
    row = {
        "measure": "incidents",
        "region": "VT02",
        "n": n,
        "value": 71.3,
        "low": 22.4,
        "high": 148.0,
        "level": np.nan,
        "method": "median_iqr",
    }
    return rates.frame([row])


def test_a_median_needs_thirty_families_and_is_rounded():
    row = only(disclosure.release(median(31), reader()))
    assert (row["value"], row["low"], row["high"], row["n"]) == (70, 20, 150, 30)
    row = only(disclosure.release(median(29), reader()))
    assert pd.isna(row["value"]) and row["status"] == "suppressed"


def test_exact10_is_exact_for_the_own_region_and_rounds_the_others():
    rows = [(13, 44, "VT02"), (13, 44, "VT03"), (313, 1044, "NL")]
    both = pd.concat([share(x, n, region=region, measure="own_by_kind") for x, n, region in rows])
    frame = disclosure.release(both, reader("exact10")).frame.set_index("region")
    assert frame["events"].to_dict() == {"VT02": 13, "VT03": 15, "NL": 315}
    assert frame["status"].to_dict() == {"VT02": "shown", "VT03": "rounded", "NL": "rounded"}


@pytest.mark.parametrize("measure", sorted(disclosure.LINKED - {"incidents"}))
def test_exact10_rounds_what_is_told_of_the_same_families_more_than_once(measure):
    row = only(disclosure.release(share(13, 44, measure=measure), reader("exact10")))
    assert (row["events"], row["n"], row["status"]) == (15, 45, "rounded")


def test_every_measure_of_the_effects_is_known_as_linked(demo_case):
    config, families = demo_case.config, demo_case.table("families")
    regions = list(demo_case.regions["region"])
    levels = cohort.levels(families, demo_case.table("measurements"), config)
    wide = cohort.wide(levels, config)
    frames = [
        effects.response(families, levels, config, regions),
        effects.measured_share(families, levels, config, regions),
        *(
            make(levels, config, regions)
            for make in (effects.no_violence, effects.frequent_or_severe, effects.incidents)
        ),
        *(
            make(wide, config, regions)
            for make in (effects.stopped, effects.durably_stopped, effects.direction, effects.bounds, effects.leavers)
        ),
    ]
    assert set(pd.concat(frames)["measure"]) == disclosure.LINKED


@pytest.mark.parametrize("events", range(1, 10))
def test_exact10_hides_one_to_nine(events):
    assert pd.isna(only(disclosure.release(share(events, 44), reader("exact10")))["events"])


def test_exact10_hides_a_second_class_beside_the_first():
    classes = pd.concat(
        [
            share(x, 47, measure="own_by_kind", direction=name)
            for name, x in [("gestopt", 3), ("afgenomen", 20), ("gelijk", 13), ("toegenomen", 11)]
        ]
    )
    frame = disclosure.release(classes, reader("exact10"), partition="direction").frame.set_index("direction")
    assert frame["status"].to_dict() == {
        "gestopt": "suppressed",
        "afgenomen": "shown",
        "gelijk": "suppressed_with",
        "toegenomen": "suppressed_with",
    }


def test_the_order_of_the_rows_stays():
    rows = pd.concat([share(20, 60, region=region) for region in ("VT09", "VT02", "NL", "VT01")], ignore_index=True)
    for profile in ("cbs5", "exact10"):
        assert [*disclosure.release(rows, reader(profile)).frame["region"]] == ["VT09", "VT02", "NL", "VT01"]


@pytest.mark.parametrize("column", ["family_id", "worker", "melding_id", "provider", "knelpunt_open"])
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
        disclosure.Released(share(3, 44), "cbs5", ORIGIN)
    released = disclosure.release(share(20, 60), reader())
    frame = released.frame
    frame.loc[0, "events"] = 19
    assert only(released)["events"] == 20
    with pytest.raises(DisclosureError):
        released.profile = "exact10"


def test_derive_takes_only_our_own_functions():
    released = disclosure.release(pd.concat([share(20, 60), share(300, 900, region="NL")]), reader())
    assert "position" in released.derive(benchmark.funnel).frame
    with pytest.raises(DisclosureError, match="alleen functies van hgeval"):
        released.derive(lambda frame: frame)


def test_join_refuses_another_rule():
    public, own = (disclosure.release(share(20, 60), reader(profile)) for profile in ("cbs5", "exact10"))
    assert len(disclosure.join(public, public)) == 2
    with pytest.raises(DisclosureError, match="andere regel"):
        disclosure.join(public, own)


def totals(unnamed, having=1):
    row = {"measure": "present", "region": "NL", "element": "E01", "n": 20, "events": 12, "method": "share"}
    return rates.frame([row], groups=("element",)).assign(regions=26, unnamed=unnamed, unnamed_events=having)


@pytest.mark.parametrize(("unnamed", "status"), [(0, "shown"), (1, "suppressed"), (2, "suppressed"), (3, "shown")])
def test_a_total_with_one_or_two_nameless_regions_is_hidden(unnamed, status):
    row = only(disclosure.release_totals(totals(unnamed), reader()))
    assert row["status"] == status
    assert pd.isna(row["events"]) == (status == "suppressed")
    assert "unnamed" not in row and "unnamed_events" not in row


@pytest.mark.parametrize(("having", "status"), [(0, "suppressed"), (1, "shown"), (3, "shown"), (4, "suppressed")])
def test_a_total_that_tells_what_every_nameless_region_said_is_hidden(having, status):
    assert only(disclosure.release_totals(totals(4, having), reader()))["status"] == status


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


def test_published_figures_pass_with_their_own_status_and_nothing_else_does():
    figures = share(3, 3, measure="meldingen", method="count").assign(
        method="published", status="suppressed", period="2023", source="CBS"
    )
    released = disclosure.release_published(figures, reader())
    assert only(released)["status"] == "suppressed"
    assert released.origin == {"study": "demo", "synthetic": False, "published": True}
    with pytest.raises(DisclosureError, match="al gepubliceerd"):
        disclosure.release_published(figures.assign(method="count"), reader())
    with pytest.raises(DisclosureError, match="al gepubliceerd"):
        disclosure.release_published(figures.assign(measure="stopped"), reader())


def test_no_exact_count_survives_in_any_byte_of_a_release():
    """Over all small tables: what is printed never depends on the exact count within a band of five."""
    printed = {}
    for n in range(0, 80):
        for events in range(0, n + 1):
            row = only(disclosure.release(share(events, n), reader()))
            assert row["status"] == "suppressed" or (row["events"] % 5 == 0 and row["events"] >= 10)
            key = (row["status"], str(row["n"]), str(row["events"]))
            assert printed.setdefault(key, str(row)) == str(row)
