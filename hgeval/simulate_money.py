"""Costs, agreements, indicators and checklists of the synthetic study."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hgeval.codebook import COST_LINES
from hgeval.simulate_model import choose, dates, day, expit, lost, pick, stream, text

YEARS = (2022, 2023, 2024)
FIXED = ("K01", "K04", "K05", "K06", "K07", "K08")  # the same whatever the number of cases
CHECKLIST_ITEMS = {
    "W1": [f"{number:02d}" for number in range(1, 8)], "W2": list("abcdef"),
    "W3": [f"{number:02d}" for number in range(1, 9)], "W4": [f"{number:02d}" for number in range(1, 7)],
    "W5": [f"{number:02d}" for number in range(1, 4)], "W6": [f"{number:02d}" for number in range(1, 16)],
    "W7": [f"R{number:02d}" for number in range(1, 13)],
}
_PER_HEAD = dict(zip(COST_LINES, (0.24, 0.16, 0.10, 0.33, 0.05, 0.07, 0.08, 0.03, 0.03, 0.05), strict=True))
_SERVICES = dict(zip(COST_LINES, (
    "coordinatie", "overleg", "onderzoek", "bereikbaarheid", "scholing",
    "dossier", "locatie", "uitkomsten", "tolk", "overig",
), strict=True))
_CHATS = "Vanaf 2025 telt de regio ook gesprekken via de chat mee."
_EVIDENCE = (
    "Staat in het beleidsplan.", "Besluit van het college.", "Afspraak in het regionale overleg.", "Navraag gedaan.",
)
_AGREEMENTS = {  # name: kind, other party, unit, typical number per 100,000 inhabitants, days, chance that it exists
    "ZV1": ("zorgverzekeraar", "verzekeraar_1", "zorgtraject", 12, 42, 0.65),
    "ZV2": ("zorgverzekeraar", "verzekeraar_2", "zorgtraject", 6, 42, 0.30),
    "PA1": ("prestatie", "veilig_thuis", "dossier", 60, 70, 0.90),
    "AA1": ("aanbieder", "vrouwenopvang", "zorgtraject", 15, 28, 0.75),
}


def tables(regions: pd.DataFrame, *, seed: int) -> dict[str, pd.DataFrame]:
    """The four tables about money, agreements, figures and checklists."""
    return {
        "costs": _costs(regions, stream(seed, "costs")), "covenants": _covenants(regions, stream(seed, "covenants")),
        "indicators": _indicators(regions, stream(seed, "indicators")),
        "checklists": _checklists(regions, stream(seed, "checklists")),
    }


def _grid(regions: pd.DataFrame, **levels: list[Any]) -> pd.DataFrame:
    """One row for each combination of region and levels, with the region's number and population."""
    names = ["region", *levels]
    rows = pd.MultiIndex.from_product([regions["region"], *levels.values()], names=names).to_frame(index=False)
    place = np.repeat(np.arange(len(regions)), len(rows) // len(regions))
    return rows.assign(place=place, population=regions["population"].to_numpy(dtype=float)[place])


def _costs(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = _grid(regions, year=list(YEARS), line=list(COST_LINES))
    own = np.exp(0.35 * rng.standard_normal((len(regions), len(COST_LINES))))
    line = rows["line"].map({name: number for number, name in enumerate(COST_LINES)}).to_numpy()
    fixed = rows["line"].isin(FIXED).to_numpy()
    yearly = 1.04 ** (rows["year"] - YEARS[0]) * np.exp(np.where(fixed, 0.02, 0.12) * rng.standard_normal(len(rows)))
    amount = rows["population"] * rows["line"].map(_PER_HEAD) * own[rows["place"], line] * yearly
    basis = np.where(fixed, choose(rng, {"per_inwoner": 0.75, "vast_bedrag": 0.25}, len(rows)),
                     choose(rng, {"per_incident": 0.75, "per_inwoner": 0.25}, len(rows)))
    payer = choose(rng, {
        "centrumgemeente_du_vo": 0.5, "regiogemeenten_wmo": 0.25, "jenv_politie_om": 0.1, "gemeenten_jeugdwet": 0.15,
    }, len(rows))
    return pd.DataFrame({
        "region": text(rows["region"]), "year": rows["year"].astype("Int64"), "line": text(rows["line"]),
        "service": lost(rng, text(rows["line"].map(_SERVICES)), 0.15), "amount": amount.round(2).astype("Float64"),
        "nature": text(np.where(fixed, "vast", "variabel")), "payer": text(payer), "basis": text(basis),
    })


def _covenants(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = _grid(regions, year=list(YEARS), agreement=list(_AGREEMENTS))
    made = rng.random((len(regions), len(_AGREEMENTS)))
    column = rows["agreement"].map({name: number for number, name in enumerate(_AGREEMENTS)}).to_numpy()
    details = pd.DataFrame([_AGREEMENTS[name] for name in rows["agreement"]],
                           columns=["kind", "party", "unit", "typical", "days", "chance"])
    agreed = (details["typical"] * rows["population"] / 500_000).round().clip(lower=1).astype("int64") * 5
    realised = rng.poisson(agreed * np.exp(rng.normal(-0.12, 0.2, len(rows))))
    waited = (details["days"] * np.exp(rng.normal(0.05, 0.3, len(rows)))).round(1)
    table = pd.DataFrame({
        "region": text(rows["region"]), "year": rows["year"].astype("Int64"), "agreement": text(rows["agreement"]),
        "kind": text(details["kind"]), "party": text(details["party"]), "unit": text(details["unit"]),
        "agreed": agreed.astype("Int64"), "realised": lost(rng, pd.Series(realised).astype("Int64"), 0.04),
        "agreed_days": details["days"].astype("Int64"), "median_days": lost(rng, waited.astype("Float64"), 0.06),
    })
    return table[made[rows["place"], column] < details["chance"]].reset_index(drop=True)


def _indicators(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Figures per half-year or year, around what is usual per inhabitant."""
    half_years = [f"{year}H{half}" for year in (2023, 2024, 2025) for half in (1, 2)]
    plan = {"adviezen": (half_years, 40.0), "huisverboden": (["2023", "2024", "2025"], 1.7),
            "opvangplaatsen": (["2023", "2024", "2025"], 0.8)}  # per 10,000 inhabitants
    parts = [_grid(regions, period=periods, indicator=[name]).assign(rate=rate)
             for name, (periods, rate) in plan.items()]
    rows = pd.concat(parts, ignore_index=True)
    own = np.exp(0.2 * rng.standard_normal(len(regions)))
    expected = rows["population"] / 10_000 * rows["rate"] * own[rows["place"]]
    recorded = rows["indicator"].eq("adviezen") & rows["place"].eq(0) & rows["period"].str[:4].ge("2025")
    rows = rows.assign(
        value=rng.poisson(expected * np.where(recorded, 1.4, 1.0)), unit="aantal", source="verzonnen",
        status=np.where(rows["period"].str[:4] == "2025", "voorlopig", "definitief"),
        break_note=pd.Series(_CHATS, index=rows.index, dtype="str").where(recorded),
    ).sort_values(["region", "indicator", "period"], ignore_index=True)
    words = ("region", "period", "indicator", "unit", "status", "source", "break_note")
    typed = {name: rows[name].astype("str") for name in words} | {"value": rows["value"].astype("Int64")}
    return pd.DataFrame(typed)[["region", "period", "indicator", "value", *words[3:]]]


def _checklists(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = [_grid(regions, checklist=[name], item=items) for name, items in CHECKLIST_ITEMS.items()]
    rows = pd.concat(parts, ignore_index=True).sort_values(["region", "checklist", "item"], ignore_index=True)
    ripe = rng.standard_normal(len(regions))[rows["place"]]
    done = expit(np.where(rows["checklist"] == "W1", 2.0, 0.5) + 0.6 * ripe)
    weights = np.column_stack([done, (1 - done) * 0.45, (1 - done) * 0.3, (1 - done) * 0.25])
    status = np.array(["geregeld", "deels", "niet", "onbekend"], dtype=object)[pick(rng, weights)]
    owner = choose(rng, {"centrumgemeente": 0.4, "veilig_thuis": 0.35, "regiogemeenten": 0.15, "ggd": 0.1}, len(rows))
    placed = rows["checklist"].isin(("W1", "W2", "W6")).to_numpy() & np.isin(status, ("geregeld", "deels"))
    budget = (rows["population"] * rng.uniform(0.02, 0.3, len(rows)) / 1000).round() * 1000
    checked = rng.integers(day("2024-09-02"), day("2024-11-29"), len(rows)).astype(float)
    backed = (status == "geregeld") & (rng.random(len(rows)) < 0.3)
    return pd.DataFrame({
        "region": text(rows["region"]), "checklist": text(rows["checklist"]), "item": text(rows["item"]),
        "status": text(status), "owner": text(owner).where(placed),
        "budget": budget.astype("Float64").where(rows["checklist"].eq("W2") & placed),
        "evidence": text(rng.choice(_EVIDENCE, len(rows))).where(backed),
        "checked_on": dates(np.where(status == "onbekend", np.nan, checked)),
        "source": text(np.full(len(rows), "verzonnen")),
    })
