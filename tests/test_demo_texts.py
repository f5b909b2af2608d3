"""The key messages of every region of the demo say released numbers only: the press would refuse them otherwise."""

from dataclasses import replace

import pytest

from hgeval import (
    cohort,
    disclosure,
    effects,
    explanations,
    governance,
    governance_direction,
    governance_registers,
    monitor,
    sentences,
    sentences_governance,
    sentences_infrastructure,
    survey,
)
from hgeval.press import texts


@pytest.fixture(scope="module")
def estimates(demo_case):
    config, regions = demo_case.config, list(demo_case.regions["region"])
    levels = cohort.levels(demo_case.table("families"), demo_case.table("measurements"), config)
    wide = cohort.wide(levels, config)
    tables, known = demo_case.tables, demo_case.regions
    return {
        "stopped": effects.stopped(wide, config, regions), "bounds": effects.bounds(wide, config, regions),
        "present": survey.present(tables, regions=known), "gaps": survey.gaps(tables, regions=known),
        "answered": survey.response(tables, regions=known), "own": survey.element_answers(tables, regions=known),
        "figures": monitor.figures(config.division.year),
    }


def told(here, estimates):
    """The key messages of the four reports, and the explanations."""
    families = {name: disclosure.release(estimates[name], here) for name in ("stopped", "bounds")}
    totals = {name: disclosure.release_totals(estimates[name], here) for name in ("present", "gaps", "answered")}
    stopped, notes = families["stopped"], here.coverage()
    yield explanations.outcomes(here)
    yield sentences.national(stopped, here, survey=totals["answered"], gaps=totals["gaps"], source="demo", notes=notes)
    if here.region == "NL":
        return
    yield sentences.effectiveness(stopped, here, bounds=families["bounds"], source="demo", notes=notes)
    own = disclosure.release_answers(estimates["own"], here).where(region=here.region)
    yield sentences_infrastructure.infrastructure(own, here, present=totals["present"], gaps=totals["gaps"],
                                                  source="demo")
    yield sentences.monitor(disclosure.release_published(estimates["figures"], here), here, source="demo")


def told_of_governance(here):
    """The key messages and the questions on who does what."""
    found = [
        disclosure.release_answers(make, here).where(region=here.region) for make in (
            governance.points, governance_direction.tasks, governance_direction.conflict_counts,
            governance_registers.goal_counts, governance_registers.contradiction_counts)
    ]
    points, *others = found
    known = dict(zip(("tasks", "conflicts", "goals", "contradictions"), others, strict=True))
    country, filled, elsewhere = (disclosure.release_totals(make, here) for make in (
        governance.arranged, governance.response, governance_direction.conflict_regions))
    more = {"country": country, "filled": filled, "elsewhere": elsewhere}
    yield sentences_governance.short(points, here, **known, **more, source="demo")
    yield sentences_governance.questions(points, here, **known, country=country, source="demo")


def test_every_region_s_key_messages_pass_the_press(demo_case, estimates):
    explained = explanations.definitions(demo_case.config, demo_case.rule)
    names = dict(zip(demo_case.regions["region"], demo_case.regions["name"], strict=True)) | {"NL": "Nederland"}
    seen = 0
    for region, name in names.items():
        here = replace(demo_case, region=region, region_name=name)
        known = {part for text in texts.settings(here.config, region, name) for part in texts._NUMBER.findall(text)}
        for exhibit in told(here, estimates):
            assert not texts.unknown_number(exhibit.payload, known, explained), (region, exhibit.sentences)
            seen += 1
    assert seen == 26 * 5 + 2


def test_every_region_hears_who_does_what_in_released_numbers(demo_case):
    named = 0
    for region in demo_case.regions["region"]:
        here = replace(demo_case, region=region)
        short, questions = told_of_governance(here)
        assert len(short.sentences) <= 5 and len(questions.sentences) <= 6
        for exhibit in (short, questions):
            assert not texts.unknown_number(exhibit.payload, set()), (region, exhibit.sentences)
        named += len(short.sentences) == 5
    assert named == 16  # regions of which the answers may be shown by name
