"""Agreements: what is realised counts people, names stay inside, and consent decides who sees it. And advice."""

import pandas as pd
import pytest
from chain_cases import one
from disclosure_cases import reader

from hgeval import chain, chain_agreements, disclosure, monitor
from hgeval.errors import DisclosureError

REGIONS = pd.DataFrame({"region": ["VT01", "VT02", "VT03"], "name": ["A", "B", "C"]}, dtype="str")


def consents(**given):
    rows = pd.DataFrame({"region": list(given), "publicatie_ok": list(given.values())}, dtype="str")
    return {"survey_regions": rows}


ALL = consents(VT01="ja", VT02="alleen_in_totaal", VT03="nee")


def covenants(*rows):
    names = ["region", "year", "agreement", "kind", "agreed", "realised", "agreed_days", "median_days"]
    frame = pd.DataFrame(rows, columns=names).assign(party="iemand", unit="zorgtraject")
    whole = dict.fromkeys(("year", "agreed", "realised", "agreed_days"), "Int64")
    texts = dict.fromkeys(("region", "agreement", "kind", "party", "unit"), "str")
    return frame.astype(whole | texts | {"median_days": "Float64"})


def released(rows, profile="cbs5", region="VT01", tables=ALL):
    return disclosure.release_answers(chain_agreements.own(rows, tables, REGIONS), reader(profile, region=region))


def test_only_a_region_that_consents_is_named_and_the_other_sees_its_own():
    rows = covenants(*[(code, 2024, "X", "prestatie", 100, 80, 70, 40.0) for code in ("VT01", "VT02", "VT03")])
    assert list(released(rows).frame["region"]) == ["VT01"]
    assert list(released(rows, "exact10", "VT02").frame["region"]) == ["VT01", "VT02"]
    assert list(released(rows, "exact10", "VT03").frame["region"]) == ["VT01"]  # "nee" takes no part at all


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
@pytest.mark.parametrize(("realised", "told", "days"), [
    (9, None, None), (10, 10, None), (29, 30, None), (30, 30, 41), (83, 85, 41), (None, None, None),
])
def test_what_was_realised_is_a_count_of_people_and_its_median_needs_thirty(profile, realised, told, days):
    row = one(released(covenants(("VT01", 2024, "X", "zorgverzekeraar", 100, realised, 42, 40.5)), profile).frame)
    assert row["promised"] == 100 and row["agreed_days"] == 42
    assert (pd.isna(row["realised"]) if told is None else row["realised"] == told)
    assert (pd.isna(row["median_days"]) if days is None else row["median_days"] == days)


def test_names_of_agreements_and_parties_stay_inside():
    rows = covenants(("VT01", 2024, "Verzekeraar Jansen", "zorgverzekeraar", 100, 80, 42, 40.0),
                     ("VT01", 2024, "Andere", "zorgverzekeraar", 50, 50, 42, 40.0),
                     ("VT01", 2023, "Andere", "zorgverzekeraar", 50, 40, 42, 40.0))
    frame = released(rows).frame
    assert not {"agreement", "party"} & set(frame) and "Jansen" not in frame.to_csv()
    assert frame[["year", "number", "promised"]].to_numpy().tolist() == [["2023", "1", 50], ["2024", "1", 50],
                                                                         ["2024", "2", 100]]
    with pytest.raises(DisclosureError):
        disclosure.release_answers(rows.assign(consent="ja"), reader())


def test_the_last_year_with_its_part_by_hand():
    rows = covenants(("VT01", 2023, "X", "prestatie", 100, 80, 70, 40.0),
                     ("VT01", 2024, "X", "prestatie", 100, 83, 70, 70.4), ("VT01", 2024, "Y", "aanbieder", 100, 83, 28,
                                                                          28.5),
                     ("VT01", 2024, "Z", "zorgverzekeraar", 0, 20, 42, None))
    frame = released(rows).derive(chain_agreements.last_year).frame
    assert set(frame["year"]) == {"2024"}
    told = {row["kind"]: row for row in frame.to_dict("records")}
    assert told["prestatie"]["reached"] == 0.85 and told["prestatie"]["quick"] is True
    assert told["aanbieder"]["quick"] is False  # 28.5 is 29 days
    assert pd.isna(told["zorgverzekeraar"]["reached"]) and pd.isna(told["zorgverzekeraar"]["quick"])


def test_the_part_follows_from_the_rounded_count():
    """83, 84 and 87 cannot be told apart."""
    parts = [one(released(covenants(("VT01", 2024, "X", "prestatie", 100, realised, 70, 40.0))).derive(
        chain_agreements.last_year).frame)["reached"] for realised in (83, 84, 87)]
    assert parts == [0.85] * 3


def test_the_country_counts_regions_that_take_part():
    rows = covenants(("VT01", 2024, "X", "prestatie", 100, 100, 70, 40.0),
                     ("VT02", 2024, "X", "prestatie", 100, 99, 70, 40.0),
                     ("VT02", 2024, "Y", "prestatie", 10, 12, 70, 40.0), ("VT03", 2024, "X", "aanbieder", 1, 1, 1, 1.0),
                     ("VT01", 2023, "X", "aanbieder", 1, 1, 1, 1.0))
    made = chain_agreements.made(rows, ALL, REGIONS)
    reached = chain_agreements.reached(rows, ALL, REGIONS)
    assert (one(made, kind="prestatie")["events"], one(made, kind="prestatie")["n"]) == (2, 2)
    assert one(made, kind="aanbieder")["events"] == 0  # of last year, and of a region that said no
    assert (one(reached, kind="prestatie")["events"], one(reached, kind="prestatie")["n"]) == (2, 2)
    assert one(reached, kind="zorgverzekeraar")["n"] == 0
    disclosure.release_totals(made, reader())


def test_no_agreements_at_all():
    empty = covenants()
    assert len(chain_agreements.own(empty, ALL, REGIONS)) == 0
    assert (chain_agreements.made(empty, ALL, REGIONS)["n"] == 0).all()
    assert (chain_agreements.reached(empty, {}, REGIONS)["n"] == 0).all()
    assert len(released(empty).derive(chain_agreements.last_year)) == 0


def test_advice_for_each_melding_of_published_figures():
    """2023*: 143,210 adviezen and 127,340 meldingen, 1.12; Drenthe 2,960 and 1,905, 1.55."""
    found = chain.advice_ratio(monitor.figures(2022))
    country, drenthe = (one(found, region=code) for code in ("NL", "VT02"))
    assert (country["value"], country["period"], country["provisional"], country["status"]) == (
        1.1, "2023", True, "derived")
    assert drenthe["value"] == 1.6 and set(found["region"]) == {"NL", "VT02"}
    assert list(found) == list(monitor.figures(2022))


@pytest.mark.parametrize(("without", "hidden"), [(0, True), (1, True), (2, False)])
def test_the_n_of_what_was_reached_does_not_tell_who_has_an_agreement(without, hidden):
    """Six unnamed regions delivered agreements; where all or all but one have this kind, n would say so."""
    codes = [f"VT{at:02}" for at in range(1, 7)]
    kinds = ["aanbieder"] * without + ["prestatie"] * (6 - without)
    regions = pd.DataFrame({"region": codes, "name": codes}, dtype="str")
    rows = covenants(*[(code, 2024, "X", kind, 100, 100 if at % 2 else 80, 70, 40.0)
                       for at, (code, kind) in enumerate(zip(codes, kinds, strict=True))])
    found = chain_agreements.reached(rows, consents(**dict.fromkeys(codes, "alleen_in_totaal")), regions)
    shown = one(disclosure.release_totals(found, reader()).frame, kind="prestatie")
    assert pd.isna(shown["n"]) is hidden and (shown["status"] == "suppressed") is hidden
