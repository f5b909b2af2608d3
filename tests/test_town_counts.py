"""A region that knows its exact total of a year keeps five possible values for every hidden municipality."""

import itertools

import pandas as pd
import pytest
from disclosure_cases import reader

from hgeval import keepers, rates, town_counts
from hgeval.disclosure_rule import rule
from hgeval.finance import INCIDENTS
from hgeval.survey_answers import TOTAL

PUBLIC = rule("cbs5").public()
TOWNS = ("GM0014", "GM0034", "GM0037", "GM0047", "GM0050")


def counted(*events, year="2024", region="VT02"):
    each = pd.DataFrame({"municipality": [*TOWNS[: len(events)], TOTAL], "events": [*events, sum(events)]})
    rows = each.assign(measure=INCIDENTS, region=region, year=year, method="count")
    return rates.recompute(rates.frame(rows, groups=("municipality", "year")))


def released(frame, profile="exact10", region="VT02"):
    return keepers.of_estimates(frame, reader(profile, region=region))


def possible(events, at):
    """By trying all: which values a hidden municipality may have, for who knows the total and what is shown."""
    total = sum(events)
    shown = [round(each / 5 + 1e-9) * 5 if each >= 10 else None for each in events]
    ranges = [range(10) if each is None else range(each - 2, each + 3) for each in shown]
    return {found[at] for found in itertools.product(*ranges) if sum(found) == total}


@pytest.mark.parametrize("events", [
    (49, 0), (12, 3), (52, 9), (12, 11, 3), (20, 20, 20, 5), (40, 4, 4), (13, 13, 13, 9), (8, 8), (1, 0, 0), (60, 60),
])
def test_every_hidden_count_that_stays_has_five_values_left(events):
    found = released(counted(*events)).iloc[:-1]
    left = [len(possible(events, at)) for at, each in enumerate(events) if each < 10]
    told = bool(left) and min(left) < 5
    assert found["events"].isna().all() if told else (found["events"].notna() == [each >= 10 for each in events]).all()
    assert (found["status"] == "suppressed_with").all() == told


def test_the_public_rule_and_other_regions_are_left_alone():
    frame = counted(49, 0)
    for profile, region in (("cbs5", "VT02"), ("exact10", "VT03")):
        assert released(frame, profile, region)["events"].tolist()[:1] == [50]
    assert released(frame)["events"].isna().tolist() == [True, True, False]  # the total in fives stays


def test_one_year_does_not_take_another_along():
    frame = pd.concat([counted(49, 0), counted(60, 60, year="2023")], ignore_index=True)
    found = released(frame)
    assert found.loc[found["year"] == "2023", "events"].tolist() == [60, 60, 120]
    assert town_counts.VALUES == 5 and PUBLIC.rounding == 5
