"""Who takes part in the infrastructure, by which agreement, and which quality criteria are met.

Totals count regions. How content a region is with a partner never comes with its name: it says
something about the partner, who was not asked.
"""

from __future__ import annotations

import pandas as pd

from hgeval.codebook import PARTNERS, QUALITY_CRITERIA
from hgeval.schema import TABLES
from hgeval.survey_answers import UNNAMED, Tables, among, answers, choices, high, parts, ratios, shares, within

INVOLVEMENT = TABLES["survey_partners"].column("partner_betrokken").choices
AGREED, UNNEEDED = "ja_met_afspraak", "nee_niet_nodig"
KNOWN = ("ja", "deels", "nee")
_PARTNER = {"partner": tuple(PARTNERS)}
_CRITERION = {"criterion": tuple(QUALITY_CRITERIA)}


def partner_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and partner: involvement, role and mandate; whether it is by agreement and whether it is relevant."""
    rows = answers(tables, "survey_partners", regions=regions).drop(columns="partner_tevreden")
    involved = rows["partner_betrokken"]
    return rows.assign(agreed=among(involved, AGREED), relevant=~among(involved, UNNEEDED))


def involvement(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per partner and answer: regions where it takes part with or without agreement, is wished, or is not needed."""
    rows = partner_answers(tables, regions=regions)
    return choices(
        rows, item="partner_betrokken", options=INVOLVEMENT, measure="partner_involvement", regions=regions,
        levels=_PARTNER,
    )


def roles(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per role: its part of all partners that take part and of which the role is known, all regions together."""
    rows = _joining(tables, regions)
    options = TABLES["survey_partners"].column("partner_rol").choices
    return parts(rows, item="partner_rol", options=options, measure="partner_role", regions=regions)


def mandates(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Of the partners that take part: the part in which whoever takes part may decide, in part or not."""
    options = TABLES["survey_partners"].column("partner_mandaat").choices
    rows = _joining(tables, regions)
    return parts(rows, item="partner_mandaat", options=options, measure="partner_mandate", regions=regions)


def content(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per partner: regions that find the collaboration good (4 or 5). Only of the country: the partner was not asked.

    So no region counts as named here: it shows only where enough regions stand in it. How many those are tells where
    the partner joins, which is held to the rule of a total too (`within`).
    """
    rows = _joining(tables, regions).assign(consent=UNNAMED)
    event = high(rows["partner_tevreden"])
    found = shares(rows.assign(event=event), measure="partner_content", regions=regions, levels=_PARTNER)
    every = answers(tables, "survey_partners", regions=regions)
    joins = every["partner_betrokken"].isin(INVOLVEMENT[:2]) & high(every["partner_tevreden"]).notna()
    return within(found, every.assign(counted=joins)[every["partner_betrokken"].notna()], groups=["partner"])


def _joining(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    rows = answers(tables, "survey_partners", regions=regions)
    return rows[rows["partner_betrokken"].isin(INVOLVEMENT[:2])]


def density_by_region(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: partners with an agreement over relevant partners, of the partners it answered for."""
    rows = partner_answers(tables, regions=regions)
    known = rows[rows["relevant"].notna()].astype({"agreed": "Int64", "relevant": "Int64"})
    density = known.groupby(["region", "consent"], as_index=False)[["agreed", "relevant"]].sum()
    relevant = density["relevant"].astype("Float64")
    return density.assign(density=density["agreed"] / relevant.where(relevant > 0))


def density(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Partners with an agreement over relevant partners, all regions; events: regions that agreed with each."""
    rows = density_by_region(tables, regions=regions)
    rows = rows[rows["relevant"] > 0]
    rows = rows.assign(amount=rows["agreed"], base=rows["relevant"], event=rows["agreed"] == rows["relevant"])
    return ratios(rows, measure="partner_density", regions=regions, levels={})


def quality_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and criterion: the answer, how important it is, and whether the criterion is met in full."""
    rows = answers(tables, "survey_quality", regions=regions)
    return rows.assign(met=among(rows["kwaliteit"], "ja"))


def quality_by_region(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: criteria by answer, each counted apart; "weet niet" is no "nee", and there is no score of all."""
    rows = quality_answers(tables, regions=regions)
    counts = {"met": "ja", "partly": "deels", "unmet": "nee", "unknown": "weet_niet"}
    flags = {name: (rows["kwaliteit"] == answer).astype("int64") for name, answer in counts.items()}
    parts = rows[["region", "consent"]].assign(**flags)
    counted: pd.DataFrame = parts.groupby(["region", "consent"], as_index=False)[list(counts)].sum()
    return counted


def quality_met(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion: regions that meet it in full."""
    rows = quality_answers(tables, regions=regions)
    return shares(rows.assign(event=rows["met"]), measure="quality_met", regions=regions, levels=_CRITERION)


def quality_distribution(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion and answer: regions that meet it, partly or not."""
    return choices(
        quality_answers(tables, regions=regions), item="kwaliteit", options=KNOWN,
        measure="quality_answer", regions=regions, levels=_CRITERION,
        pinned=("ja",),  # quality_met shows it
    )
