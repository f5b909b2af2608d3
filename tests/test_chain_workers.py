"""Cases per worker, the chance of the same hands, and a specialist for a municipality: by hand and on both sides."""

import pandas as pd
import pytest
from chain_cases import config, families, one
from scipy import stats

from hgeval import chain_workers, disclosure, reference, shared
from hgeval.errors import DisclosureError

CODES = ["VT02", "VT03"]


@pytest.fixture
def unguarded(monkeypatch):
    """Every number, so that it can be worked out by hand; who may see it has tests of its own."""
    monkeypatch.setattr(chain_workers, "FEWEST_WORKERS", 1)
    monkeypatch.setattr(chain_workers, "FEWEST_REGIONS", 1)


def cases(per_worker, *, region="VT02", months=12):
    """Families of workers with so many cases each, reported over so many months."""
    first, last = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01") + pd.DateOffset(months=months - 1)
    rows = [(first if at else last, None, {"region": region, "worker": f"{region}{name}", "provider": f"{region}P"})
            for name, count in enumerate(per_worker) for at in range(count)]
    found = families(*rows)
    return found.assign(family_id=[f"{region}{at}" for at in range(len(found))])


def below(rows, minimum, region="VT02", **chain):
    row = one(chain_workers.below_minimum(rows, config(**chain), CODES), region=region, minimum=str(minimum))
    return row["events"], row["n"]


def test_the_curve_by_hand(unguarded):
    rows = cases([4, 5, 12, 25, 40])
    assert [below(rows, minimum) for minimum in (5, 10, 20, 30)] == [(4, 86), (9, 86), (21, 86), (46, 86)]


def test_cases_count_as_so_many_a_year(unguarded):
    """Ten cases in two years are five a year: not fewer than five."""
    assert below(cases([10, 10, 10], months=24), 5) == (0, 30)
    assert below(cases([9, 10, 10], months=24), 5) == (9, 29)
    assert below(cases([3, 3, 3], months=6), 5) == (0, 9)


@pytest.mark.parametrize(("workers", "known"), [(2, False), (3, True)])
def test_a_region_with_few_workers_counts_in_the_country_only(workers, known):
    rows = pd.concat([cases([4] * workers), cases([20] * 4, region="VT03")], ignore_index=True)
    events, n = below(rows, 5)
    assert ((events, n) == (4 * workers, 4 * workers)) if known else (pd.isna(events) and pd.isna(n))
    assert below(rows, 5, region="NL") == (4 * workers, 80 + 4 * workers)


@pytest.mark.parametrize(("workers", "minimum", "known"), [
    ([13, 25, 27], "20", False), ([13, 25, 27], "5", True), ([13, 14, 15, 25, 26, 27], "20", True),
    ([13, 14, 15, 25, 26], "20", False),
])
def test_what_one_or_two_workers_do_is_not_told_as_a_share(workers, minimum, known):
    """Under twenty stands one worker of thirteen: the count is hers alone, as the two others know."""
    found = chain_workers.below_minimum(cases(workers), config(), CODES)
    row = found[(found["region"] == "VT02") & (found["minimum"] == minimum)].iloc[0]
    assert row[["n", "events", "value"]].notna().all() == known


@pytest.mark.parametrize(("regions", "known"), [(2, False), (3, True)])
def test_the_same_hands_of_one_or_two_regions_are_their_own(regions, known):
    frame = pd.concat([cases([5, 5], region=f"VT{at:02}") for at in range(1, regions + 1)], ignore_index=True)
    assert chain_workers.same_hands(frame)["value"].notna().all() == known


def test_cases_without_a_worker_and_no_cases():
    rows = cases([4, 4, 4])
    rows.loc[0, "worker"] = None
    assert below(rows, 5) == (11, 11)
    empty = chain_workers.below_minimum(families(), config(minimum_cases=[5, 40]), CODES)
    assert list(empty["minimum"]) == ["5"] * 3 + ["40"] * 3 and (empty["n"] == 0).all()


def test_the_chance_of_the_same_worker_by_hand(unguarded):
    """Of 3 and 2 cases: (3 x 2 + 2 x 1) / (5 x 4) = 0.4; of 2 and 2: 4 / 12; by 5 and 4 cases: 0.3704."""
    rows = pd.concat([cases([3, 2]), cases([2, 2], region="VT03")], ignore_index=True)
    found = chain_workers.same_hands(rows)
    assert list(found["region"]) == ["NL", "NL"]
    assert one(found, over="worker")["value"] == pytest.approx((0.4 * 5 + 4 / 12 * 4) / 9)
    assert one(found, over="provider")["value"] == 1 and one(found, over="worker")["n"] == 9


def test_a_region_of_one_case_and_no_cases_at_all(unguarded):
    rows = pd.concat([cases([3, 2]), cases([1], region="VT03")], ignore_index=True)
    assert one(chain_workers.same_hands(rows), over="worker")["value"] == pytest.approx(0.4)
    assert chain_workers.same_hands(families())["value"].isna().all()


def test_a_specialist_for_each_municipality_by_hand(demo_case):
    """7,350 investigations of 17,475,908 inhabitants; P(N >= 10) per municipality, and 80% or more of that."""
    found = demo_case.shared.estimate(chain_workers.specialist)
    row = one(found, region="VT02", case="onderzoeken", minimum="10")
    towns = reference.municipalities(2022)
    people = towns.loc[towns["region"] == "VT02", "population"].astype(float)
    mean = people * 7350 / 17475908
    assert row["n"] == 12 and row["events"] == (1 - stats.poisson.cdf(9, mean) >= 0.8).sum() == 8
    assert one(found, region="NL", case="meldingen", minimum="5")["n"] == 342
    falling = found[(found["region"] == "NL") & (found["case"] == "onderzoeken")]["events"]
    assert falling.is_monotonic_decreasing and falling.nunique() == 4


@pytest.mark.parametrize(("keeps", "events"), [(0.5, 1), (0.99, 0)])
def test_both_sides_of_the_chance(keeps, events, demo_case, monkeypatch):
    """A town of 24,000 expects 10.09 investigations: ten or more with a chance of 0.55."""
    town = pd.DataFrame({"region": ["VT02"], "population": [24000]})
    monkeypatch.setattr(reference, "municipalities", lambda *a, **k: town)
    monkeypatch.setattr(chain_workers, "_per_head", lambda year: {"onderzoeken": 7350 / 17475908})
    found = chain_workers.specialist(config(keeps=keeps), demo_case.regions, 2022, "veilig_thuis")
    assert one(found, region="VT02", minimum="10")["events"] == events


def test_the_specialist_leaves_by_the_public_door_and_the_workers_do_not(demo_case):
    assert shared.reads(chain_workers.specialist) == ()
    told = disclosure.release_public(chain_workers.specialist, demo_case)
    assert set(told.frame["status"]) == {"shown"} and told.origin["published"] and not told.origin["synthetic"]
    with pytest.raises(DisclosureError):
        disclosure.release_public(chain_workers.below_minimum, demo_case)
    with pytest.raises(DisclosureError):
        disclosure.release(chain_workers.same_hands(cases([20, 20])).assign(region="VT02"), demo_case)
