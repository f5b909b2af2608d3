"""What was agreed with insurers, providers and Veilig Thuis, and what came of it (C6, C8).

An agreement is an answer of the region about itself, so it leaves by the region's consent only. Its own name and that
of the other party stay inside: an agreement is known by its kind and a number. What was realised counts people.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import survey_answers
from hgeval.schema_study import COVENANTS
from hgeval.survey_answers import Tables

KINDS: Sequence[str] = COVENANTS.column("kind").choices
COLUMNS = ("region", "year", "kind", "number", "unit", "promised", "realised", "agreed_days", "median_days", "consent")


def own(covenants: pd.DataFrame, tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """C6, C8: each agreement of each region and year, for `disclosure.release_answers`."""
    rows = covenants.merge(survey_answers.consents(tables, regions=regions), on="region", how="inner")
    rows = rows.sort_values(["region", "kind", "agreement", "year"], ignore_index=True)
    number = rows.groupby(["region", "kind"])["agreement"].transform(lambda names: pd.factorize(names)[0] + 1)
    found = rows.rename(columns={"agreed": "promised"})
    found = found.assign(number=number.astype("str"), year=rows["year"].astype("str"))
    return found[list(COLUMNS)].sort_values(["region", "year", "kind", "number"], ignore_index=True)


def last_year(agreements: pd.DataFrame) -> pd.DataFrame:
    """The visible agreements of each region's last year: the part that was realised, and whether it was as quick."""
    last = agreements.groupby("region")["year"].transform("max")
    found = agreements[agreements["year"] == last]
    promised = found["promised"].astype("Float64")
    part = (found["realised"].astype("Float64") / promised.where(promised > 0)).round(2)
    return found.assign(reached=part, quick=(found["median_days"] <= found["agreed_days"]).astype("boolean"))


def made(covenants: pd.DataFrame, tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """C6: regions with an agreement of each kind in the last year, of the regions that delivered agreements."""
    last = covenants[covenants["year"] == covenants["year"].max()]
    pairs = last[["region", "kind"]].drop_duplicates().assign(event=True)
    rows = _asked(last, tables, regions).merge(pairs, on=["region", "kind"], how="left")
    rows["event"] = rows["event"].astype("boolean").fillna(False)
    return survey_answers.shares(rows, measure="has_agreement", regions=regions, levels={"kind": KINDS})


def reached(covenants: pd.DataFrame, tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """C6, C8: regions that realised what was agreed in the last year, all agreements of a kind together.

    Of how many regions that is tells who has such an agreement, which is held to the rule of a total as well.
    """
    last = covenants[covenants["year"] == covenants["year"].max()]
    whole = last.dropna(subset=["agreed", "realised"]).groupby(["region", "kind"])[["agreed", "realised"]].sum()
    asked = _asked(last, tables, regions).merge(whole.reset_index(), on=["region", "kind"], how="left")
    rows = asked.assign(event=(asked["realised"] >= asked["agreed"]).astype("boolean"), counted=asked["agreed"].notna())
    found = survey_answers.shares(rows, measure="agreement_reached", regions=regions, levels={"kind": KINDS})
    return survey_answers.within(found, rows, groups=["kind"])


def _asked(last: pd.DataFrame, tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """The regions that delivered any agreement of the year, once for each kind."""
    given = survey_answers.consents(tables, regions=regions)
    known = given[given["region"].isin(last["region"])]
    return known.merge(pd.DataFrame({"kind": list(KINDS)}, dtype="str"), how="cross")
