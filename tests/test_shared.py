"""An estimate is computed once for all regions, from what it says it needs, and again when that changes."""

from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from hgeval import (
    benchmark,
    case,
    cohort,
    disclosure,
    effects,
    monitor,
    monitor_own,
    shared,
    store,
    surroundings,
    survey,
)
from hgeval.errors import EstimateError
from hgeval.prepared import Tables
from hgeval.shared import Shared

PLAIN = (effects.response, effects.stopped, effects.incidents, monitor_own.reports, survey.present, survey.response)


@pytest.fixture(scope="module")
def here():
    return case.open("demo", region="VT02")


def of(here, tmp_path, **changed):
    """The estimates of the demo with a store of their own; changed: digests of tables."""
    tables = Tables(here.shared.digests | changed, {}, store.Store(tmp_path))
    found = Shared(tables, here.config, here.regions)
    found.tables = here.shared.tables
    return found


@pytest.fixture
def counted(monkeypatch):
    """How often the stopped families were counted."""
    found, stopped = [], effects.outcomes.stopped
    monkeypatch.setattr(effects.outcomes, "stopped", lambda *given: found.append(1) or stopped(*given))
    return found


@pytest.mark.parametrize("function", PLAIN, ids=shared.name_of)
def test_it_is_what_the_function_gives_for_the_whole_study(here, function):
    levels = cohort.levels(here.table("families"), here.table("measurements"), here.config)
    given = {
        "families": here.table("families"), "meldingen": here.table("meldingen"), "levels": levels,
        "wide": cohort.wide(levels, here.config), "config": here.config, "codes": here.shared.codes,
        "regions": here.regions, "tables": dict(here.tables), "level": here.config.level,
    }
    asked = {name: given[name] for name in shared._asked(function)}
    assert_frame_equal(here.shared.estimate(function), function(**asked))


def test_it_is_computed_once_and_by_nobody_else_again(here, tmp_path, counted):
    first = of(here, tmp_path).estimate(effects.stopped)
    assert_frame_equal(of(here, tmp_path).estimate(effects.stopped), first)
    of(here, tmp_path, meldingen="0").estimate(effects.stopped)  # a table it is not made from
    assert len(counted) == 1


@pytest.mark.parametrize("change", ["families", "measurements", "settings", "program", "regions"])
def test_whatever_it_is_made_from_makes_it_again(here, tmp_path, counted, monkeypatch, change):
    of(here, tmp_path).estimate(effects.stopped)
    other = of(here, tmp_path, **({change: "0"} if change in here.shared.digests else {}))
    if change == "settings":
        other.config = here.config.model_copy(update={"level": 0.9})
    if change == "regions":
        other.regions = here.regions.iloc[::-1]
    if change == "program":
        monkeypatch.setattr(surroundings, "program", lambda: "een andere")
    other.estimate(effects.stopped)
    assert len(counted) == 2


def test_what_follows_from_released_numbers_is_computed_once_too(here, tmp_path, monkeypatch):
    released = disclosure.release(effects.stopped, here).where(wave="T2").frame
    first = of(here, tmp_path).derived(benchmark.funnel, released)
    assert_frame_equal(first, benchmark.funnel(released))
    made, limits = [], benchmark._limits
    monkeypatch.setattr(benchmark, "_limits", lambda *given: made.append(1) or limits(*given))
    assert_frame_equal(of(here, tmp_path).derived(benchmark.funnel, released), first)
    assert not made
    other = released.assign(n=released["n"] + 5)
    assert_frame_equal(of(here, tmp_path).derived(benchmark.funnel, other), benchmark.funnel(other))
    assert made == [1, 1]


def test_tables_that_came_from_nowhere_are_counted_every_time(here, counted):
    few = replace(here, tables={name: here.table(name) for name in ("families", "measurements")})
    for _ in range(2):
        few.shared.estimate(effects.stopped)
    assert len(counted) == 2


def test_a_function_of_the_author_is_never_taken_from_the_store(here):
    answers = []

    def mine(families, config):
        answers.append(len(families))
        return pd.DataFrame({"n": [len(answers)]})

    assert [here.shared.estimate(mine).loc[0, "n"] for _ in range(2)] == [1, 2]
    assert not shared.ours(mine) and shared.ours(effects.stopped)
    stranger = lambda families: families  # noqa: E731
    stranger.__module__, stranger.__name__ = "hgeval.effects", "stopped"
    assert not shared.ours(stranger)


def test_an_argument_that_nobody_knows_is_told():
    with pytest.raises(EstimateError, match="vraagt om 'wolken', en dat is er niet. Bekend zijn: config, codes"):
        shared.reads(lambda families, wolken: families)


def test_what_a_function_reads_follows_from_its_arguments():
    assert shared.reads(effects.stopped) == ("families", "measurements")
    assert shared.reads(monitor_own.reports) == ("meldingen",)
    assert shared.reads(monitor.figures) == ()
    assert "survey_costs" in shared.reads(survey.present)


def test_regions_stand_from_a_to_z_for_every_reader(here):
    names = dict(zip(here.regions["region"], here.regions["name"], strict=True))
    told = [names[code] for code in here.shared.codes]
    assert told == sorted(told) and case.open("demo").shared.codes == here.shared.codes


def test_rows_of_a_region_have_their_own_digest(here):
    frame = disclosure.release(effects.stopped, here).frame
    changed = frame.assign(n=frame["n"].mask(frame["region"] == "VT03", 5))
    before, after = shared._by_region(frame), shared._by_region(changed)
    assert {region for region in before if before[region] != after[region]} == {"VT03"}
    assert before != shared._by_region(frame.rename(columns={"n": "m"}))
    assert shared._by_region(frame.drop(columns="region")).keys() == {"NL"}
