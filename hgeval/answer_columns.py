"""What a region's answers may say by its name: a closed list of columns, of organisations and never of people."""

from __future__ import annotations

from hgeval.schema_survey import SURVEY_TABLES

KEYS = ("region", "element", "partner", "criterion", "line", "layer", "partner_region", "items")
ANSWERS = {name for table in SURVEY_TABLES for name in table.names if table.name.startswith("survey_")}
# What the survey's own frames derive from a region's answers.
ANSWERS |= {"presence", "uncovered", "track", "density", "agreed", "relevant", "met", "partly", "unmet", "unknown"}
ANSWERS |= {"asked", "given"}  # how many questions, and how many of them have an answer
ANSWERS |= {"payer"}  # who pays a cost line, without the percentages
# What a region agreed with others and what came of it; the names of agreements and parties stay inside.
ANSWERS |= {"year", "kind", "number", "unit", "promised", "realised", "agreed_days", "median_days"}
# What a region answers of who does what. Labels are short texts that were checked; owners and domains come from closed
# lists.
ANSWERS |= {"checklist", "item", "label", "rests_on", "state", "owner", "budget", "available_247", "agreed_on"}
ANSWERS |= {"data_sharing", "asked", "arranged", "in_part", "unarranged", "goal", "goals", "smart_goals", "number"}
ANSWERS |= {"without_number", "without_year", "without_source", "tier", "task", "tasks", "owners", "held", "once"}
ANSWERS |= {"double", "nobody", "conflict", "conflicts", "checked", "contradictions", "domain_a", "domain_b"}
ANSWERS |= {"months", "median_months", "open", "solved_n", "unmandated", "owner_unknown"}
ANSWERS -= {"question", "theme", "invuller_functie"}  # coded open answers are only counted; a function is a person
WRITTEN = ("label", "item", "goal", "number")  # what a region wrote itself
CASES = frozenset({"casussen_mda", "casussen_verwacht", "realised"})  # counts of people
DAYS = {"median_days": "realised"}  # days, of how many cases
