"""The fixed sentences of the reports by name, and what each may fill in."""

from __future__ import annotations

# What goes with a percentage of families: a sentence that may fill these in, must.
WITH_PERCENTAGE = ("n", "low", "high", "range")
# A sentence in the file with another name in braces is refused.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "coverage": ("events", "n"),
    "known": ("events", "n"),
    "few_known": ("events", "n"),
    "stopped": ("share", "n", "low", "high", "moment"),
    "stopped_country": ("share", "n", "low", "high", "moment"),
    "no_range": (),
    "country_here": ("national", "n", "low", "high"),
    "such": ("expected", "low", "high"),
    "as_country": ("low", "high"),
    "alike_here": ("range",),
    "perhaps_lower_here": ("range",),
    "perhaps_higher_here": ("range",),
    "lower_here": ("range",),
    "higher_here": ("range",),
    "no_difference": ("moment",),
    "lower": ("moment",),
    "higher": ("moment",),
    "between_lines": ("n",),
    "regions_between": ("events", "n"),
    "too_few_to_compare": (),
    "hidden_to_compare": (),
    "bounds": ("low", "high"),
    "no_cause": (),
    "suppressed": (),
    "suppressed_part": (),
    "suppressed_wave": ("moment",),
    "suppressed_with": (),
    "no_data": (),
    "no_figure": (),
    "published_hidden": (),
    "regions_compared": ("n", "lower", "higher"),
    "regions_alike": ("n",),
    "regions_hidden": ("n",),
    "regions_few": ("n",),
    "survey_response": ("events", "n"),
    "census": ("events", "n", "what"),
    "census_gap": ("events", "n", "what"),
    "census_hidden": (),
    "own_elements": ("events", "n"),
    "own_gaps": ("what",),
    "own_gaps_ordered": ("what",),
    "own_no_gap": (),
    "no_answers": (),
    "own_hidden": ("unit",),
    "own_none": (),
    "count": ("events", "place", "period"),
    "count_derived": ("events", "place", "period"),
    "rate": ("rate", "country"),
    "rate_only": ("rate",),
    "provisional": (),
    "volume": (),
    # governance
    # chain
    # financing
    "cost_total": ("year", "total", "each"),
    "cost_country": ("country",),
    "cost_service": ("events", "n"),
    "no_costs": (),
    "no_town_counts": (),
    "one_town": (),
    "pays_other": ("more", "n", "less", "unsure"),
    "pays_unsure": (),
    "pays_most": ("town", "share", "more", "low", "high"),
    "pays_warning": (),
    "ask_key": ("town", "share", "more"),
    "ask_swing": ("town", "share"),
    "ask_service": ("events", "n"),
    "ask_uncovered": ("total",),
    "ask_more": ("each", "country"),
    "ask_less": ("each", "country"),
    "ask_hidden": ("events", "n"),
    "ask_nothing": (),
    # divisions
    # needs survey, more
    # national, more
    # questions
    "ask_measure": (),
    "ask_known": ("events", "n"),
    "ask_lower": ("share", "low", "high", "n"),
    "ask_higher": ("share", "low", "high", "n"),
    "ask_more_families": ("points", "n"),
    "ask_severe": ("share", "low", "high", "n"),
    "ask_no_figure": (),
    "ask_provisional": ("period",),
    "ask_counted_alike": ("rate", "country"),
    "ask_filled_in": ("events", "n"),
    "ask_differ": ("events", "n"),
    "ask_without": ("n",),
    "ask_gap": ("what", "events", "n"),
}


def obliged(key: str) -> tuple[str, ...]:
    """What the sentence must fill in: of how many families a percentage is, and the range that goes with it."""
    known = TEMPLATES[key]
    ranged = {"low", "range"} & set(known)
    return tuple(name for name in known if ranged and name in WITH_PERCENTAGE)
