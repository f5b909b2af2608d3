"""What each region answered in the needs survey, for its own eyes too where it lets nobody else use it.

A total never rests on these frames: a region that says "nee" counts nowhere. `release_answers` shows its rows to itself
alone, as those of a region that is only counted.
"""

from __future__ import annotations

import pandas as pd

from hgeval import survey, survey_answers, survey_money, survey_partners, survey_reach, survey_respond
from hgeval.survey_answers import NAMED, UNNAMED, Tables

_FIRST = "survey_regions"


def elements(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and element: see `survey.element_answers`."""
    return survey.element_answers(_asked(tables, regions), regions=regions)


def layers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and layer: see `survey.layer_answers`."""
    return survey.layer_answers(_asked(tables, regions), regions=regions)


def access(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and element, here or at a partner region: see `survey_reach.access_answers`."""
    return survey_reach.access_answers(_asked(tables, regions), regions=regions)


def links(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and partner region: see `survey_reach.link_answers`."""
    return survey_reach.link_answers(_asked(tables, regions), regions=regions)


def filled(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region, about itself: see `survey_respond.region_answers`."""
    return survey_respond.region_answers(_asked(tables, regions), regions=regions)


def items(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and group of items: see `survey_respond.items_by_region`."""
    return survey_respond.items_by_region(_asked(tables, regions), regions=regions)


def costs(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and cost line: see `survey_money.cost_answers`."""
    return survey_money.cost_answers(_asked(tables, regions), regions=regions)


def cost_lines(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and cost line, and in total: see `survey_money.line_answers`."""
    return survey_money.line_answers(_asked(tables, regions), regions=regions)


def partners(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and partner: see `survey_partners.partner_answers`."""
    return survey_partners.partner_answers(_asked(tables, regions), regions=regions)


def density(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region, partners with an agreement: see `survey_partners.density_by_region`."""
    return survey_partners.density_by_region(_asked(tables, regions), regions=regions)


def quality(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and criterion: see `survey_partners.quality_answers`."""
    return survey_partners.quality_answers(_asked(tables, regions), regions=regions)


def criteria(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region, criteria by answer: see `survey_partners.quality_by_region`."""
    return survey_partners.quality_by_region(_asked(tables, regions), regions=regions)


def _asked(tables: Tables, regions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables with every region that answered anything in them, named or else only counted."""
    given = survey_answers.everyone(tables, _FIRST, regions=regions).drop(columns="consent")
    found = {region for name in survey.SURVEY if name in tables for region in tables[name]["region"]}
    silent = pd.DataFrame({"region": sorted(found & set(regions["region"]) - set(given["region"]))}, dtype="str")
    every = pd.concat([given, silent], ignore_index=True)
    return {**tables, _FIRST: every.assign(publicatie_ok=every["publicatie_ok"].where(
        every["publicatie_ok"] == NAMED, UNNAMED))}
