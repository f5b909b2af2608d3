"""What was read is known to the row of a region, so that a report is made again when it must be, and only then."""

from dataclasses import replace

import pytest

from hgeval import benchmark, case, disclosure, effects, monitor, monitor_own, reading, store, survey
from hgeval.prepared import Tables


@pytest.fixture
def here():
    return case.open("demo", region="VT02")


def read(here):
    return set(here.reading.found)


def look(released):
    return released.frame


def test_only_the_rows_that_were_looked_at_are_read(here):
    stopped = disclosure.release(effects.stopped, here)
    assert read(here) == set()  # released, but nobody looked yet
    own = stopped.where(region=["VT02", "NL"]).where(wave="T2")
    assert read(here) == set()
    assert len(own.frame) == 2 and read(here) == {"of_estimates effects.stopped NL,VT02"}
    look(own.where(region="NL"))
    assert "of_estimates effects.stopped NL" in read(here)
    look(disclosure.join(own, stopped))
    assert "of_estimates effects.stopped *" in read(here)


@pytest.mark.parametrize("look", [look, len, repr, lambda released: released.derive(benchmark.funnel)])
def test_whatever_takes_a_look_is_told(here, look):
    look(disclosure.release(effects.stopped, here).where(region=["VT01", "NL"], wave="T2"))
    assert read(here) == {"of_estimates effects.stopped NL,VT01"}


def test_published_figures_are_in_no_study(here):
    look(disclosure.release_published(monitor.figures, here))
    assert read(here) == set()


def test_a_table_is_read_as_a_whole_and_a_frame_of_ones_own_from_anything(here):
    here.table("meldingen")
    assert read(here) == {"table meldingen"}
    here.has("families")
    assert "has families" in read(here)
    here.coverage()
    assert "coverage" in read(here)
    here.tables["families"]
    assert "table families" in read(here)
    disclosure.release(monitor_own.reports(here.table("meldingen"), here.shared.codes), here)
    assert "study" in read(here)


def test_for_the_own_region_s_eyes_the_tables_are_read(here):
    own = case.open("demo", region="VT02", profile="exact10")
    look(disclosure.release_answers(survey.element_answers, own))
    assert "table survey_elements" in read(own)


def test_a_function_of_the_author_reads_its_tables(here):
    def mine(meldingen):
        return monitor_own.reports(meldingen)

    look(disclosure.release(mine, here))
    assert read(here) == {"table meldingen"}


def test_now_is_what_it_was_and_something_else_when_the_rows_change(here):
    look(disclosure.release(effects.stopped, here).where(region=["VT02", "NL"]))
    (what,) = read(here)
    other = case.open("demo", region="VT09")
    assert other.reading.current(what) == here.reading.found[what]  # whoever reads
    measured = here.table("measurements")
    fewer = replace(here, tables={"families": here.table("families"), "measurements": measured.iloc[50:]})
    assert fewer.reading.current(what) != here.reading.found[what]
    assert fewer.reading.current(what) != fewer.reading.current(what.replace("stopped", "durably_stopped"))
    assert fewer.reading.current("of_estimates effects.stopped VT99") == other.reading.current(
        "of_estimates effects.stopped VT99"
    )  # nothing there, before and after


@pytest.mark.parametrize(
    "what",
    ["", "study x", "of_estimates effects.nothing NL", "of_estimates nothing.stopped NL", "open effects.stopped NL",
     "of_estimates press.store.main NL", "of_estimates paths.root *", "of_estimates simulate.study *",
     "of_estimates effects.stopped", "release effects.stopped *"],
)
def test_what_cannot_be_read_is_never_up_to_date(here, what):
    assert here.reading.current(what) == ""


def test_a_notebook_tells_all_that_its_cases_read():
    before = reading.so_far()
    case.open("demo", region="VT03").has("covenants")
    assert reading.so_far() == before | {"has covenants": store.key(True)}
    assert isinstance(case.open("demo").shared.tables, Tables)


def test_a_choice_from_a_choice_read_only_what_is_left(here):
    case.open("demo")
    fresh = replace(here)
    released = disclosure.release(effects.stopped, fresh)
    assert len(released.where(region="VT03").where(region=["VT03", "VT04"]).frame)
    assert [what for what in fresh.reading.found if what.startswith("of_estimates effects.stopped")] == [
        "of_estimates effects.stopped VT03"
    ]
