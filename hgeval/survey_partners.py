"""Who takes part in the infrastructure, by which agreement, and which quality criteria are met.

Totals count regions. How content a region is with a partner is only known for the country:
it says something about the partner, who was not asked.
"""

from __future__ import annotations

import pandas as pd

from hgeval.codebook import PARTNERS, QUALITY_CRITERIA
from hgeval.schema import TABLES
from hgeval.survey_answers import TOTAL, Tables, among, answers, choices, high, ratios, shares, with_total

INVOLVEMENT = TABLES["survey_partners"].column("partner_betrokken").choices
AGREED, UNNEEDED = "ja_met_afspraak", "nee_niet_nodig"
TAKES_PART = ("ja_met_afspraak", "ja_zonder_afspraak")
MANDATE = ("ja", "deels", "nee")
POINTS = {"ja": 1.0, "deels": 0.5, "nee": 0.0}
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


def mandates(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per partner that takes part, and answer: regions where its member may decide."""
    rows = partner_answers(tables, regions=regions)
    takes_part = rows[rows["partner_betrokken"].isin(TAKES_PART)]
    return choices(
        takes_part, item="partner_mandaat", options=MANDATE, measure="partner_mandate", regions=regions,
        levels=_PARTNER,
    )


def satisfaction(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per partner: regions that give the cooperation a 4 or 5; only for the country."""
    rows = answers(tables, "survey_partners", regions=regions)
    rows = rows.assign(event=high(rows["partner_tevreden"]))
    return shares(rows, measure="partner_satisfaction", regions=regions, levels=_PARTNER)


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
    return rows.assign(met=among(rows["kwaliteit"], "ja"), important=high(rows["kwaliteit_belang"]))


def quality_by_region(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: criteria by answer, and the score (ja + half deels) / (ja + deels + nee); "weet niet" is no "nee"."""
    rows = quality_answers(tables, regions=regions)
    counts = {"met": "ja", "partly": "deels", "unmet": "nee", "unknown": "weet_niet"}
    flags = {name: (rows["kwaliteit"] == answer).astype("int64") for name, answer in counts.items()}
    parts = rows[["region", "consent"]].assign(**flags)
    regional = parts.groupby(["region", "consent"], as_index=False)[list(counts)].sum()
    known = regional[["met", "partly", "unmet"]].sum(axis=1).astype("Float64")
    points = regional["met"] + POINTS["deels"] * regional["partly"]
    return regional.assign(score=points.astype("Float64") / known.where(known > 0))


def quality_met(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion: regions that meet it in full."""
    return _quality_share(tables, regions, "met", "quality_met")


def importance(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion: regions that give its importance a 4 or 5."""
    return _quality_share(tables, regions, "important", "quality_important")


def quality_distribution(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion and answer: regions that meet it, partly or not."""
    return choices(
        quality_answers(tables, regions=regions), item="kwaliteit", options=tuple(POINTS),
        measure="quality_answer", regions=regions, levels=_CRITERION,
    )


def quality_score(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per criterion and in total: (ja + half deels) / (ja + deels + nee); events: regions that meet it in full."""
    rows = quality_answers(tables, regions=regions)
    known = rows.assign(amount=rows["kwaliteit"].map(POINTS), base=1.0)[rows["kwaliteit"].isin(POINTS)]
    scored = with_total(known, "criterion")
    scored = scored.assign(event=scored["amount"] == scored["base"])
    levels = {"criterion": (*QUALITY_CRITERIA, TOTAL)}
    return ratios(scored, measure="quality_score", regions=regions, levels=levels)


def _quality_share(tables: Tables, regions: pd.DataFrame, flag: str, measure: str) -> pd.DataFrame:
    rows = quality_answers(tables, regions=regions)
    return shares(rows.assign(event=rows[flag]), measure=measure, regions=regions, levels=_CRITERION)

