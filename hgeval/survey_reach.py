"""Who reaches which element, and which links between partner regions only one of the two names.

A link is an answer of the region that gave it. So in another region's own report it shows only if that region may be
named, and the totals count only regions that may be named, as `survey.covered` does.
"""

from __future__ import annotations

import pandas as pd

from hgeval.codebook import ELEMENTS
from hgeval.survey import element_answers
from hgeval.survey_answers import NAMED, Tables, answers, links, named, shares

_TURNED = {"region": "partner_region", "partner_region": "region"}


def access_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and element: whether it has it itself, the named partner regions that have it, and if it reaches it.

    Partners are those it names itself, and those that name it and may be named. Where none is known to have it, but
    of one it is not known, `usable` is missing.
    """
    own = element_answers(tables, regions=regions)[["region", "consent", "element", "present"]]
    lent = own[own["consent"] == NAMED].drop(columns="consent").rename(columns={"region": "partner_region"})
    pairs = _ties(tables, regions).merge(pd.DataFrame({"element": list(ELEMENTS)}, dtype="str"), how="cross")
    pairs = pairs.merge(lent, how="left").sort_values(["region", "element", "partner_region"])
    having = pairs[pairs["present"].fillna(False).astype("bool")]
    lenders = having.groupby(["region", "element"])["partner_region"].agg("|".join).reset_index()
    unsure = pairs.assign(unsure=pairs["present"].isna()).groupby(["region", "element"])["unsure"].any().reset_index()
    rows = own.merge(lenders, how="left").merge(unsure, how="left")
    reached = rows["present"].fillna(False).astype("bool") | rows["partner_region"].notna()
    left = ~reached & (rows["present"].isna() | rows["unsure"].eq(True))
    rows = rows.assign(usable=reached.astype("boolean").mask(left)).astype({"partner_region": "str"})
    return rows[["region", "consent", "element", "present", "partner_region", "usable"]]


def link_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: the partner regions it names, and whether the other names it too.

    Missing where the other may not be named or named nobody: what it answered would be told.
    """
    rows = answers(tables, "survey_regions", regions=regions)
    given = links(rows, regions=regions)
    back = links(named(tables, regions=regions), regions=regions).rename(columns=_TURNED)
    answered = given["partner_region"].isin(back["partner_region"])
    pairs = given.merge(back.assign(mutual=True), how="left")
    mutual = pairs["mutual"].eq(True).astype("boolean").mask(~answered)
    found = pairs.assign(mutual=mutual).merge(rows[["region", "consent"]])
    return found[["region", "consent", "partner_region", "mutual"]]


def one_sided(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Regions that name a partner region that does not name them back, of those with a link where both are named."""
    rows = link_answers(tables, regions=regions)
    rows = rows[(rows["consent"] == NAMED) & rows["mutual"].notna()]
    rows = rows.assign(event=~rows["mutual"].astype("bool"))
    regional = rows.groupby(["region", "consent"])["event"].any().reset_index().astype({"event": "boolean"})
    return shares(regional, measure="one_sided", regions=regions, levels={})


def _ties(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Partners of each region that answered: those it names, and those that may be named and name it."""
    rows = answers(tables, "survey_regions", regions=regions)
    forward = links(rows, regions=regions)
    back = links(named(tables, regions=regions), regions=regions).rename(columns=_TURNED)
    back = back[back["region"].isin(rows["region"])][["region", "partner_region"]]
    return pd.concat([forward, back]).drop_duplicates(ignore_index=True)
