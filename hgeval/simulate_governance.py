"""Who does what in the synthetic study: more of the checklists, goals, direction, contradictions and calamities.

Its own random numbers: the tables of the other modules stay as they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval import reference
from hgeval.simulate_model import choose, dates, day, expit, lost, stream, text

YEARS = (2022, 2023, 2024)
_NEW_LISTS = ("W1B", "C9", "C10")  # drawn here; the others are drawn beside the money
_POINTS = pd.DataFrame({
    "checklist": ["W4", "W6"], "item": ["X01", "X01"],
    "label": ["scholen en kinderopvang", "elke gemeente heeft een vaste contactpersoon voor het toezicht"],
}, dtype="str")
_EVERY = 3  # regions: one in so many has points of its own
_GOALS = (
    ("D01", "het geweld is na een jaar gestopt", "procent van de gezinnen", 40),
    ("D02", "de veiligheid is binnen vijf werkdagen beoordeeld", "procent van de meldingen", 90),
    ("D03", "wachttijd tot de eerste hulp", "dagen", 21),
    ("D04", "medewerkers die geschoold zijn in het herkennen van geweld", "medewerkers", 150),
    ("D05", "gezinnen met één plan en één regisseur", "procent van de gezinnen", 80),
    ("D06", "scholen die weten waar zij terechtkunnen", "scholen", 60),
)
_TASK_OWNER = {"beleid": "centrumgemeente", "proces": "veilig_thuis", "casus": "lokaal_team"}
_OTHERS = {"beleid": "regiogemeenten", "proces": "zvh", "casus": "gi"}
_CONTRADICTIONS = (
    ("een schuld sluit een gezin uit van hulp", "zorg", "inkomen"),
    ("na een huisverbod vervalt de toeslag voor de huur", "openbare_orde", "inkomen"),
    ("gegevens delen mag van de een wel en van de ander niet", "zorg", "strafrecht"),
    ("voorrang op een woning geldt niet voor wie in de opvang is", "wonen", "zorg"),
    ("een strafzaak houdt de start van hulp tegen", "strafrecht", "jeugd"),
    ("de school mag niet weten wat de jeugdhulp weet", "onderwijs", "jeugd"),
)
_FIRST, _LAST = day("2023-01-02"), day("2025-11-28")


def tables(regions: pd.DataFrame, checklists: pd.DataFrame, *, seed: int) -> dict[str, pd.DataFrame]:
    """The six tables; `checklists` is the one with the lists that are drawn beside the money."""
    return {
        "checklists": _checklists(checklists, regions, stream(seed, "governance checklists")),
        "checklist_items": _POINTS.copy(), "goals": _goals(regions, stream(seed, "goals")),
        "direction": _direction(regions, stream(seed, "direction")),
        "contradictions": _contradictions(regions, stream(seed, "contradictions")),
        "calamities": _calamities(regions, stream(seed, "calamities")),
    }


def _checklists(drawn: pd.DataFrame, regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What was drawn, with the lists that came later and the columns that two of the lists ask."""
    listed = reference.checklist_items()[["checklist", "item"]]
    new = regions[["region"]].merge(listed[listed["checklist"].isin(_NEW_LISTS)], how="cross")
    mine = regions[["region"]].iloc[1::_EVERY].merge(_POINTS[["checklist", "item"]], how="cross")
    more = pd.concat([new, mine], ignore_index=True)
    status = choose(rng, {"geregeld": 0.55, "deels": 0.2, "niet": 0.13, "onbekend": 0.12}, len(more))
    checked = rng.integers(day("2024-09-02"), day("2024-11-29"), len(more)).astype(float)
    more = more.assign(
        status=text(status), source="verzonnen", checked_on=dates(np.where(status == "onbekend", np.nan, checked)),
    ).astype({"region": "str", "source": "str"})
    rows = pd.concat([drawn, more], ignore_index=True)
    rows = rows.sort_values(["region", "checklist", "item"], kind="stable", ignore_index=True)
    asked = rows["status"].isin(["geregeld", "deels"])
    placed, agreed = asked & rows["checklist"].eq("W2"), asked & rows["checklist"].eq("W4")
    on = rng.integers(day("2019-01-01"), day("2024-08-30"), len(rows)).astype(float)
    return rows.assign(
        available_247=_flag(rng, len(rows), 0.45).where(placed),
        agreed_on=dates(np.where(agreed & (rng.random(len(rows)) < 0.85), on, np.nan)),
        data_sharing=_flag(rng, len(rows), 0.6).where(agreed),
    )


def _goals(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    known = pd.DataFrame(_GOALS, columns=["goal", "label", "unit", "usual"])
    rows = regions[["region"]].merge(known, how="cross")
    rows = rows[rng.random(len(rows)) < 0.75].reset_index(drop=True)
    count = len(rows)
    number = (rows["usual"] * rng.uniform(0.75, 1.0, count)).round().astype("Float64")
    return pd.DataFrame({
        "region": text(rows["region"]), "goal": text(rows["goal"]), "label": text(rows["label"]),
        "number": lost(rng, number, 0.2), "unit": text(rows["unit"]),
        "year": lost(rng, pd.Series(rng.integers(2025, 2029, count)).astype("Int64"), 0.15),
        "source": lost(rng, text(np.full(count, "verzonnen")), 0.3),
        "owner": lost(rng, text(choose(rng, {"centrumgemeente": 0.6, "veilig_thuis": 0.4}, count)), 0.2),
    })


def _direction(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Most tasks have their usual owner; a few have two, none, or one that nobody knows."""
    rows = regions[["region"]].merge(reference.direction_tasks()[["task", "tier"]], how="cross")
    drawn = rng.random(len(rows))
    usual = rows["tier"].map(_TASK_OWNER)
    owner = usual.mask(drawn < 0.04, "niemand").mask(drawn.clip(0.04, 0.08) == drawn, "onbekend")
    second = rows.assign(owner=rows["tier"].map(_OTHERS))[drawn > 0.93]
    every = pd.concat([rows.assign(owner=owner), second], ignore_index=True)
    every = every.sort_values(["region", "task", "owner"], kind="stable", ignore_index=True)
    owned = ~every["owner"].isin(["niemand", "onbekend"])
    process, case = owned & every["tier"].eq("proces"), owned & every["tier"].eq("casus")
    habits = {name: _habit(every, rng, share) for name, share in (
        ("family_contact", 0.2), ("case_director", 0.75), ("may_ask_reports", 0.7), ("override_power", 0.55))}
    flags = {name: habit.where(process if name == "family_contact" else case) for name, habit in habits.items()}
    return pd.DataFrame({name: text(every[name]) for name in ("region", "task", "owner")} | flags)


def _habit(rows: pd.DataFrame, rng: np.random.Generator, share: float) -> pd.Series:
    """One answer for each owner in each region; one in eight gives none."""
    places, names = pd.factorize(rows["region"] + rows["owner"])
    answers = lost(rng, _flag(rng, len(names), share), 0.12)
    return pd.Series(answers.array[places], dtype="boolean")


def _contradictions(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    known = pd.DataFrame(_CONTRADICTIONS, columns=["label", "domain_a", "domain_b"])
    rows = regions[["region"]].merge(known, how="cross")
    rows = rows[rng.random(len(rows)) < 0.55].reset_index(drop=True)
    count = len(rows)
    numbers = rows.groupby("region").cumcount() + 1
    return pd.DataFrame({
        "region": text(rows["region"]), "number": text(numbers.astype("str")), "label": text(rows["label"]),
        "domain_a": text(rows["domain_a"]), "domain_b": text(rows["domain_b"]),
        "found_on": dates(rng.integers(_FIRST, _LAST, count)),
        "solved": lost(rng, _flag(rng, count, 0.4), 0.1), "mandated": lost(rng, _flag(rng, count, 0.5), 0.1),
    })


def _calamities(regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = regions[["region", "population"]].merge(pd.DataFrame({"year": YEARS}), how="cross")
    own = np.repeat(np.exp(0.5 * rng.standard_normal(len(regions))), len(YEARS))
    reported = rng.poisson(rows["population"].to_numpy(dtype=float) / 100_000 * 3.5 * own)
    investigated = rng.binomial(reported, expit(rng.normal(0.8, 0.5, len(rows))))
    measures = rng.binomial(investigated, 0.55)
    days = pd.Series(rng.normal(60, 15, len(rows)).clip(14).round(1)).astype("Float64")
    counted = {"reported": reported, "investigated": investigated, "with_measures": measures}
    return pd.DataFrame(
        {"region": text(rows["region"]), "year": rows["year"].astype("Int64")}
        | {name: pd.Series(counts).astype("Int64") for name, counts in counted.items()}
        | {"median_days": days.where(investigated > 0)}
    )


def _flag(rng: np.random.Generator, count: int, share: float) -> pd.Series:
    return pd.Series(rng.random(count) < share, dtype="boolean")
