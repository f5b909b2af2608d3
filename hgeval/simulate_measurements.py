"""Measurements of the synthetic study: who answers at which wave, and what each informant tells.

Of every family one informant knows it all and is always among those who answer; the others tell part of it.
So by the rule "any informant" the level of violence is the true one, and only drop-out hides it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval.schema_study import ACTS, SEVERE_ACTS
from hgeval.simulate_families import REFERENCE_DATE, Families
from hgeval.simulate_model import Model, dates, expit, lost, stream, text
from hgeval.types import Floats

WAVES = ("T1", "T2", "T3")
WINDOWS = {"T1": 12, "T2": 12, "T3": 6}  # months; T3 looks back to T2, not over it
INFORMANTS = ("ouder_a", "ouder_b", "kind")
_TIMING = {"T1": (0, 5, 40), "T2": (365, -21, 22), "T3": (548, -28, 8)}  # days after the report: middle, from, to


def response(families: Families, *, seed: int, model: Model) -> pd.DataFrame:
    """Which waves each family answers; drop-out depends on severity and on the violence at that wave."""
    rng = stream(seed, "response")
    latent = families.latent
    drawn = rng.random((3, len(latent)))
    traits = latent[["severity", "substance_use"]].to_numpy(dtype=float)
    now = latent[["violence_T2", "violence_T3"]].to_numpy(dtype=float)
    first = families.table["invited"].to_numpy(dtype=bool) & (drawn[0] < expit(_sum(model.respond_t1, traits)))
    second = first & (drawn[1] < expit(_sum(model.respond_t2, traits, now[:, [0]])))
    again = _sum(model.respond_t3, traits, now[:, [1]]) + model.respond_t3_missed_t2 * ~second
    return pd.DataFrame({"T1": first, "T2": second, "T3": first & (drawn[2] < expit(again))})


def table(families: Families, present: pd.DataFrame, *, seed: int, model: Model) -> pd.DataFrame:
    """One row per family, wave and informant for the waves in `present`."""
    rng = stream(seed, "measurements")
    mix = _act_mix(families.latent, rng)
    knows = _who_knows(families.latent, rng)
    waves = [_wave(families, wave, mix, knows, rng=rng, model=model) for wave in WAVES]
    rows = pd.concat(waves, ignore_index=True)
    rows = rows[present.to_numpy(dtype=bool)[rows["family"], rows["wave_number"]]]
    rows = rows.sort_values(["family", "wave_number", "informant_number"], ignore_index=True)
    return _typed(rows, families, rng=stream(seed, "measurements gaps"))


def _sum(coefficients: tuple[float, ...], *traits: np.ndarray) -> Floats:
    found: Floats = coefficients[0] + np.hstack(traits) @ np.array(coefficients[1:])
    return found


def _act_mix(latent: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Each family's own shares of psychological, physical and sexual violence and neglect."""
    count = len(latent)
    typical = np.column_stack([
        np.full(count, 6.0), np.where(latent["partner_violence"], 1.6, 1.0), np.full(count, 0.06),
        np.where(latent["child_abuse"], 0.7, 0.05) * (latent["children"] > 0),
    ])
    weights = typical * np.exp(0.7 * rng.standard_normal(typical.shape))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _who_knows(latent: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Number of the informant who knows it all: mostly the first parent."""
    drawn = rng.random(len(latent))
    knows = np.where((drawn > 0.75) & latent["second_parent"], 1, 0)
    return np.where((drawn > 0.90) & latent["child_over_8"], 2, knows)


def _wave(
    families: Families, wave: str, mix: np.ndarray, knows: np.ndarray, *, rng: np.random.Generator, model: Model
) -> pd.DataFrame:
    """What every possible informant would tell at one wave, whether or not the family answers."""
    latent, number = families.latent, WAVES.index(wave)
    acts = _acts(latent[f"violence_{wave}"], latent[f"rate_{wave}"] * WINDOWS[wave] / 12, mix, rng)
    severe = _severe(acts, model.severe[number] + model.severe_severity * latent["severity"].to_numpy(), rng)
    middle, start, end = _TIMING[wave]
    measured = latent["reported"].to_numpy() + middle + rng.integers(start, end, len(latent))
    measured = np.minimum(measured, REFERENCE_DATE)
    burden = np.where(latent[f"violence_{wave}"], 0.9 + 0.25 * np.log1p(acts.sum(axis=1)), 0)
    informants = [
        _told(acts, severe, burden, who=_answering(latent, place, knows, rng), knows=knows == place, rng=rng)
        .assign(informant_number=place, measured=lambda rows: measured[rows["family"]])
        for place in range(len(INFORMANTS))
    ]
    return pd.concat(informants, ignore_index=True).assign(wave_number=number)


def _acts(violence: pd.Series, expected: pd.Series, mix: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Incidents per kind of act; a family with violence has at least one."""
    left = np.where(violence, np.maximum(1, rng.poisson(expected)), 0).clip(max=2000)
    rest, acts = np.ones(len(mix)), np.zeros((len(mix), len(ACTS)), dtype=int)
    for kind in (3, 2, 1):
        acts[:, kind] = rng.binomial(left, (mix[:, kind] / rest).clip(0, 1))
        left, rest = left - acts[:, kind], rest - mix[:, kind]
    acts[:, 0] = left
    return acts


def _severe(acts: np.ndarray, tendency: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The severe items; only where there was physical violence, and more often with more of it."""
    physical = acts[:, ACTS.index("physical")]
    rarer = np.array([0.0, -0.9, -1.6])  # injury, weapon, strangulation
    logit = tendency[:, None] - 1.0 + 0.35 * np.log1p(physical)[:, None] + rarer
    return (rng.random((len(acts), len(SEVERE_ACTS))) < expit(logit)) & (physical > 0)[:, None]


def _answering(latent: pd.DataFrame, place: int, knows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The families of which an informant answers: the one who knows always, the others if there and willing."""
    there = (np.ones(len(latent), dtype=bool), latent["second_parent"], latent["child_over_8"])[place]
    return np.flatnonzero((knows == place) | (there & (rng.random(len(latent)) < (0.75, 0.60, 0.50)[place])))


def _told(
    acts: np.ndarray, severe: np.ndarray, burden: np.ndarray, *, who: np.ndarray, knows: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """What one informant tells of the families `who`: all of it where he knows it, else a part."""
    known = knows[who, None]
    sees = np.where(known, 1.0, rng.uniform(0.2, 0.9, (len(who), 1)))
    counts = rng.binomial(acts[who], np.broadcast_to(sees, (len(who), len(ACTS))))
    items = severe[who] & (known | (rng.random((len(who), len(SEVERE_ACTS))) < 0.6))
    grades = np.rint(8.2 - burden[who, None] + rng.normal(0, (1.3, 1.2), (len(who), 2))).clip(1, 10).astype(int)
    columns = np.column_stack([who, known, counts, items, grades])
    return pd.DataFrame(columns, columns=["family", "known", *ACTS, *SEVERE_ACTS, "safety", "wellbeing"])


def _typed(rows: pd.DataFrame, families: Families, *, rng: np.random.Generator) -> pd.DataFrame:
    """The rows as a region would deliver them; an informant who knows part leaves some items empty."""
    part = rows["known"].eq(0)
    ids = families.table["family_id"].to_numpy(dtype=object)
    table = {
        "family_id": text(ids[rows["family"]]), "wave": text(np.array(WAVES, dtype=object)[rows["wave_number"]]),
        "informant": text(np.array(INFORMANTS, dtype=object)[rows["informant_number"]]),
        "measured_on": dates(rows["measured"].to_numpy()),
        "window_months": pd.Series(np.array(list(WINDOWS.values()))[rows["wave_number"]]).astype("Int64"),
    }
    for name in ACTS:
        gap = part & (rng.random(len(rows)) < (0.05 if name == "sexual" else 0.01))
        table[name] = rows[name].astype("Int64").mask(gap)
    table |= {name: rows[name].astype("boolean").mask(part & (rng.random(len(rows)) < 0.03)) for name in SEVERE_ACTS}
    table |= {name: lost(rng, rows[name].astype("Int64"), 0.03) for name in ("safety", "wellbeing")}
    return pd.DataFrame(table)
