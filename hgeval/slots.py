"""The fixed sentences of the reports by name, and what each may fill in."""

from __future__ import annotations

# A sentence in the file with another name in braces is refused.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "coverage": ("events", "n"),
    "known": ("events", "n"),
    "few_known": ("events", "n"),
    "stopped": ("share", "low", "high", "moment"),
    "stopped_country": ("share", "moment"),
    "alike_here": ("national", "such"),
    "perhaps_lower_here": ("national", "such"),
    "perhaps_higher_here": ("national", "such"),
    "lower_here": ("national", "such"),
    "higher_here": ("national", "such"),
    "such": ("expected",),
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
    "rate": ("rate", "national"),
    "rate_only": ("rate",),
    "provisional": (),
    "volume": (),
    # governance
    # chain
    # financing
    # divisions
    # needs survey, more
    # national, more
}
