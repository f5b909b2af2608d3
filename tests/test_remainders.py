"""Whoever tries all tables, and knows the rule, keeps three values or more for every hidden count of meldingen."""

import itertools

import pandas as pd
import pytest
from disclosure_cases import allowed, reader

from hgeval import hiding, keepers, rates, remainders
from hgeval.disclosure_rule import rule

PUBLIC = rule("cbs5").public()
KINDS = ("eerste_melding", "hermelding", "vervolgmelding", "onbekend")
EVERY = (-2, -1, 0, 1, 2)  # what rounding in fives takes off


def in_fives(number):
    return hiding.nearest(number, 5)


def printed(table):
    """What a reader sees of one table and its total: the rule is known, so the second blank is known as one."""
    counts = [in_fives(each) if each >= 10 else None for each in table]
    whole = in_fives(sum(table))
    second = remainders.second(counts, (whole - 2, whole + 2), PUBLIC)
    told = ["second" if at in second else "." if each is None else each for at, each in enumerate(counts)]
    return whole, *told


def values(tables):
    """For each thing that may be printed: which values its first class, a hidden one, may have."""
    found = {}
    for table in tables:
        found.setdefault(printed(table), set()).add(table[0])
    return found


def around(shown, hidden=1):
    """All tables of so many hidden classes, one of about 50, and others that round to 100, 150, ..."""
    classes = [[50 * at + apart for apart in EVERY] for at in range(2, shown + 1)]
    return itertools.product(*[range(10)] * hidden, range(28, 73), *classes)


def is_inside(told):
    """Whether all tables that print this are among those tried: what two blanks hold together is near 50."""
    whole, *counts = told
    return "second" not in counts or 40 <= whole - sum(each for each in counts if isinstance(each, int)) <= 60


@pytest.mark.parametrize(("shown", "hidden"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (2, 2), (3, 2)])
def test_every_hidden_count_keeps_three_values_for_who_knows_the_rule(shown, hidden):
    found = {told: each for told, each in values(around(shown, hidden)).items() if is_inside(told)}
    assert min(len(each) for each in found.values()) >= remainders.LEAST
    assert len({told.count("second") for told in found}) == 1  # whatever the counts, so it tells nothing itself


@pytest.mark.parametrize(("shown", "least"), [(2, 1), (4, 1), (3, 3)])
def test_without_a_second_blank_it_would_be_told(shown, least, monkeypatch):
    """Of three classes and a total all rounded one way, the smallest is 9; with four, fives leave three values."""
    monkeypatch.setattr(remainders, "LEAST", 0)
    assert min(len(each) for each in values(around(shown)).values()) == least


@pytest.mark.parametrize(("shown", "hidden", "gone"), [
    (1, 1, 0), (2, 1, 1), (3, 1, 0), (4, 1, 1), (5, 1, 1), (6, 1, 0), (7, 1, 1), (3, 2, 1), (6, 2, 0), (3, 0, 0),
    (0, 4, 0),
])
def test_the_number_of_classes_decides_and_not_the_counts(shown, hidden, gone):
    for counts in ([100 * at for at in range(1, shown + 1)], [50 + 5 * at for at in range(shown)]):
        whole = sum(counts) + 5 * hidden
        found = remainders.second([*counts, *[None] * hidden], (whole - 2, whole + 2), PUBLIC)
        assert found == list(range(gone))


@pytest.mark.parametrize(("whole", "gone"), [((758, 762), []), ((758, 761), []), ((760, 762), [2]), ((757, 757), [])])
def test_where_another_table_narrows_the_whole_the_smallest_goes(whole, gone):
    """745 in three classes, so 739 to 751: of 760 or more at least 9 is hidden."""
    assert remainders.second([230, 295, 220, None], whole, PUBLIC) == gone


@pytest.mark.parametrize(("whole", "gone"), [(507, [2, 1]), (508, [])])
def test_ten_is_ten_or_more_or_it_would_be_hidden(whole, gone):
    """Of 507 at least 298, 198 and 10 are shown: nothing or one is hidden, and without the ten that stays so."""
    assert remainders.second([300, 200, 10, None], (whole, whole), PUBLIC) == gone


def shares(**tables):
    rows = [
        {"measure": name, "region": "VT02", "period": "2024", "kind": KINDS[at], "events": each, "n": sum(table),
         "method": "share"} for name, table in tables.items() for at, each in enumerate(table)
    ]
    return rates.recompute(rates.frame(rows, groups=("period", "kind")))


def released(frame, profile="cbs5", region="VT02"):
    exact = [frame] if profile == "exact10" else []
    return keepers.of_estimates(frame, reader(profile, region=region, plan=exact))


def test_a_class_goes_with_its_percentage_and_its_whole_stays():
    found = released(shares(own_by_kind=(500, 241, 9)))
    assert found["status"].tolist() == ["rounded", "suppressed_with", "suppressed"]
    assert found["n"].tolist() == [750] * 3
    assert found.iloc[1][["events", "value", "low", "high"]].isna().all()


def test_what_another_table_tells_of_the_whole_counts_as_well():
    """15 left over says 7 to 9. The years, all rounded up, say that the whole is 759 or more: then it is 8 or 9."""
    kinds, years = (232, 297, 222, 8), (253, 253, 253)
    alone = released(shares(own_by_kind=kinds))
    assert alone["events"].tolist()[:3] == [230, 295, 220] and set(alone["n"]) == {760}
    assert alone["status"].tolist() == ["rounded"] * 3 + ["suppressed"]
    both = released(shares(own_by_kind=kinds, own_by_year=years))
    assert both["status"].tolist() == ["rounded", "rounded", "suppressed_with", "suppressed"] + ["rounded"] * 3


def test_other_measures_are_left_alone():
    frame = shares(own_by_kind=(500, 241, 9)).assign(measure="response")
    assert released(frame)["status"].tolist() == ["rounded"] * 2 + ["suppressed"]


def test_a_table_that_is_nearly_one_class_says_nothing_of_the_whole():
    found = released(shares(own_by_year=(745, 5), own_by_kind=(200, 300, 242, 8)))
    assert found["status"].tolist() == ["suppressed"] * 2 + ["rounded"] * 3 + ["suppressed"]


def test_the_own_region_keeps_what_may_be_exact_and_loses_what_is_rounded():
    frame = shares(own_by_kind=(500, 241, 9))
    assert released(frame, "exact10")["status"].tolist() == ["shown"] * 2 + ["suppressed"]
    others = released(frame, "exact10", region="VT03")
    assert others["status"].tolist() == ["rounded", "suppressed_with", "suppressed"]
    plan = pd.concat([allowed(frame.iloc[:1]), allowed(frame.iloc[1:], exact=False)])
    here = reader("exact10")
    here.plan = lambda measures: plan
    assert keepers.of_estimates(frame, here)["status"].tolist() == ["shown", "suppressed_with", "suppressed"]


def test_a_region_without_meldingen_has_nothing_to_lose():
    found = released(shares(own_by_kind=(0, 0)))
    assert found["events"].isna().all() and found["value"].isna().all()
