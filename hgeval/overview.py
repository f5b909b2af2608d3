"""The regions side by side without an order: where each differs from the country, and what each delivered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import benchmark, rates
from hgeval.params import Study
from hgeval.survey import SURVEY
from hgeval.survey_answers import REFUSED, Tables, answers, consents

FAMILIES, MELDINGEN = "families", "meldingen"  # sources beside the waves of the measurements
# Beyond chance, and no further than regions usually lie apart.
USUAL = {benchmark.LOWER: "lager, zoals vaker", benchmark.HIGHER: "hoger, zoals vaker"}
ENOUGH, FEW = "genoeg", "te weinig"
_CHECKLISTS = "checklists"


def signs(placed: pd.DataFrame) -> pd.DataFrame:
    """Where each region lies beside the country, one row a region and one column a measure (`benchmark.POSITIONS`).

    placed: what `benchmark.funnel` made of released shares, of one wave of each measure. A region without a row of a
    measure has too few families for it; one that differs no more than regions usually do is called that.
    """
    usual = placed["position"].isin(USUAL) & ~placed["unusual"].fillna(True).astype(bool)
    words = placed["position"].mask(usual, placed["position"].map(USUAL))
    return _wide(placed.assign(position=words), columns="measure", values="position", otherwise=benchmark.TOO_FEW)


def delivered(
    families: pd.DataFrame, levels: pd.DataFrame, meldingen: pd.DataFrame, config: Study, codes: Sequence[str],
) -> pd.DataFrame:
    """Families, families with a known answer at each wave, and meldingen that each region delivered: counts.

    The group `source` is the wave's code, "families" or "meldingen".
    """
    known = levels[levels["level"].notna()]
    parts = [
        families[["region"]].assign(source=FAMILIES),
        known[["region"]].assign(source=known["wave"].astype("str")),
        meldingen[["region"]].assign(source=MELDINGEN),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["source"] = pd.Categorical(rows["source"], [FAMILIES, *config.wave_codes, MELDINGEN])
    return rates.counts(rows, measure="delivered", by=("region", "source"), all_regions=list(codes))


def complete(counts: pd.DataFrame) -> pd.DataFrame:
    """Of the released counts of `delivered`: one row a region, one column a source, each enough or too few to show.

    Nothing at all is too few as well: a reader may not be told which of the two it is.
    """
    own = counts[counts["region"] != rates.NATIONAL]
    word = pd.Series(ENOUGH, index=own.index).mask(own["events"].isna() | (own["events"] == 0), FEW)
    return _wide(own.assign(word=word), columns="source", values="word", otherwise=FEW)


def answered(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: which tables about the region itself it filled in; not what it says there.

    Whether a region filled something in is its own answer too. So its consent stands beside it, and only regions that
    want to be named are, in a report for everybody: the others are counted (`sentences.unnamed`).
    """
    found = regions.sort_values("name", ignore_index=True)[["region"]]
    found = found.merge(consents(tables, regions=regions), on="region", how="left").fillna({"consent": REFUSED})
    for name in (*SURVEY, _CHECKLISTS):
        found[name] = found["region"].isin(answers(tables, name, regions=regions)["region"]).astype("boolean")
    return found


def _wide(rows: pd.DataFrame, *, columns: str, values: str, otherwise: str) -> pd.DataFrame:
    """One row a region and one column a class, in the order they come in; what is not there gets the word for that."""
    found = rows.pivot(index="region", columns=columns, values=values)
    placed = found.loc[list(dict.fromkeys(rows["region"])), list(dict.fromkeys(rows[columns]))]
    return placed.fillna(otherwise).astype("str").rename_axis(columns=None).reset_index().assign(status="derived")
