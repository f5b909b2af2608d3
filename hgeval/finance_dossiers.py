"""C8: what the approach costs beside the dossiers that were agreed and realised; from visible numbers only.

All costs over all dossiers is no price of a dossier: day and night readiness is in it too. Realised dossiers leave in
fives, so euros per realised dossier are a range; per agreed dossier they are exact. A forecast is not made: of each
year only its total is known, so neither the course within a year nor how well a forecast did before can be checked.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from fractions import Fraction

import pandas as pd

from hgeval import disclosure_rule, finance_bounds, finance_shares, rates, survey_answers
from hgeval.finance import LINE
from hgeval.finance_contributions import TOTAL
from hgeval.survey_answers import Tables, guarded, ratios
from hgeval.types import Record

YEARLY, BY_LINE, COUNTRY = "dossier_costs", "dossier_line", "dossier_country"
_PERFORMANCE, _DOSSIER = "prestatie", "dossier"
_WHOLE = 100  # from this many euros on, an amount is printed without cents
_TEXTS = ("year", "line", "nature")
_NUMBERS = ("promised", "realised", "each_promised", "each_low", "each_high")


def per_dossier(frame: pd.DataFrame) -> pd.DataFrame:
    """Euros per dossier of one region: each year's costs, and the cost lines of the newest year that has both.

    frame: `finance.budget` and `chain_agreements.own` of the region, as released and joined. Without a row for a year
    of which the agreements are not all known, or hidden.
    """
    lines, agreed = frame[(frame["measure"] == LINE) & frame["value"].notna()], agreements(frame)
    known = [(rows, agreed.loc[year].to_dict()) for year, rows in lines.groupby("year") if year in agreed.index]
    found = [
        _row(YEARLY, rows.iloc[0], float(rows["value"].sum()), dossiers, line=TOTAL, nature="")
        for rows, dossiers in known
    ]
    for rows, dossiers in known[-1:]:
        found += [_row(BY_LINE, row, float(row["value"]), dossiers, line=row["line"], nature=row["nature"])
                  for _, row in rows.iterrows()]
    given = pd.DataFrame(found, columns=[*rates.COLUMNS, *_TEXTS, *_NUMBERS])
    made = rates.frame(given[[*rates.COLUMNS, *_TEXTS]], groups=_TEXTS)
    return made.assign(**{name: given[name].astype("Float64") for name in _NUMBERS}, status="derived")


def agreements(frame: pd.DataFrame) -> pd.DataFrame:
    """By year the dossiers agreed and visibly realised, and the ends of what was; only years with all of them known."""
    if "unit" not in frame:
        return pd.DataFrame(columns=["promised", "realised", "least", "most"])
    rows = frame[(frame["kind"] == _PERFORMANCE) & (frame["unit"] == _DOSSIER)]
    realised = rows[["realised"]].astype("float64")
    least, most = finance_bounds.ends(realised, disclosure_rule.rule().public())
    none = realised["realised"] == 0  # shown only where it is exactly none
    numbers = rows[["year", "promised", "realised"]].assign(
        least=least["realised"].mask(none, 0), most=most["realised"].mask(none, 0),
    )
    whole = numbers.groupby("year")[["promised", "realised", "least", "most"]].sum()
    unknown = numbers.loc[numbers[["promised", "realised"]].isna().any(axis=1), "year"]
    return whole[~whole.index.isin(unknown) & (whole["least"] > 0)]


def _outward(euros: float, dossiers: float, *, up: bool) -> float:
    """Euros per dossier rounded away from the middle of the range; to the cent under a hundred, as they are printed."""
    each = Fraction(finance_shares.cents(euros)) / Fraction(dossiers)
    unit = finance_shares.CENTS if each >= _WHOLE * finance_shares.CENTS else 1
    return (math.ceil(each / unit) if up else math.floor(each / unit)) * unit / finance_shares.CENTS


def _row(
    measure: str, about: pd.Series, euros: float, dossiers: Mapping[Hashable, float], *, line: str, nature: str,
) -> Record:
    """One amount beside the dossiers of its year."""
    promised = dossiers["promised"]
    return {
        "measure": measure, "region": about["region"], "year": about["year"], "line": line, "nature": nature,
        "value": euros, "method": "amount", "promised": promised, "realised": dossiers["realised"],
        "each_promised": euros / promised if promised else None,
        "each_low": _outward(euros, dossiers["most"], up=False),
        "each_high": _outward(euros, dossiers["least"], up=True),
    }


def country(costs: pd.DataFrame, covenants: pd.DataFrame, tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Euros per realised dossier of all regions together that know both, in the newest year of the costs."""
    given = survey_answers.consents(tables, regions=regions)
    spent = costs.dropna(subset=["amount"])
    year = spent["year"].max() if len(spent) else pd.NA
    done = covenants[(covenants["kind"] == _PERFORMANCE) & (covenants["unit"] == _DOSSIER)].dropna(subset=["realised"])
    amounts, dossiers = (
        rows[rows["year"] == year].groupby("region")[name].sum().rename(as_name)
        for rows, name, as_name in ((spent, "amount", "amount"), (done, "realised", "base"))
    )
    both = pd.concat([amounts, dossiers], axis=1, join="inner").astype("Float64").reset_index()
    rows = given.merge(both, on="region").assign(line=TOTAL, event=True)
    asked = given.assign(line=TOTAL, counted=given["region"].isin(rows["region"]))
    found = ratios(rows, measure=COUNTRY, regions=regions, levels={"line": (TOTAL,)}, method="amount")
    found["value"] = found["value"].round()  # finer, and it would tell how many dossiers an unnamed region has
    found = guarded(guarded(found, rows, by="line", size="amount"), rows, by="line", size="base")
    found = survey_answers.within(found, asked, groups=["line"])  # n tells who has such an agreement
    return found.assign(year=pd.Series("" if pd.isna(year) else str(year), index=found.index, dtype="str"))
