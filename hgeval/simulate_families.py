"""Families of the synthetic study: who they are, what help they get and how their violence goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hgeval.schema_study import INTERVENTIONS
from hgeval.simulate_model import Model, choose, codes, dates, day, expit, lost, pick, stream, text
from hgeval.types import Floats, Ints

COHORT = (day("2023-07-01"), day("2024-06-30"))  # 18 months later is still before the reference date
REFERENCE_DATE = day("2025-12-31")
FAMILIES_PER_WORKER = 25
NODES = 31  # Gauss-Hermite


@dataclass(frozen=True)
class Families:
    """The drawn families: `table` as a study holds it, `latent` what nobody sees, `regions` their effects."""

    table: pd.DataFrame
    latent: pd.DataFrame
    regions: pd.DataFrame


def draw(regions: pd.DataFrame, municipalities: pd.DataFrame, *, families: int, seed: int, model: Model) -> Families:
    """`families` families over `regions`, in proportion to their population."""
    regions, latent = unseen(regions, families=families, seed=seed, model=model)
    table = _table(latent, regions, municipalities, seed=seed, invited=model.invited)
    return Families(table, latent, regions)


def unseen(
    regions: pd.DataFrame, *, families: int, seed: int, model: Model
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Regions in order with their effects, and of each family what nobody sees, as `draw` has them."""
    regions = _regions(regions.sort_values("region", ignore_index=True), families=families, seed=seed, model=model)
    latent = _people(regions, seed=seed, model=model)
    latent = _help(latent, regions, seed=seed, model=model)
    return regions, latent.assign(**_course(latent, seed=seed, model=model))


def sizes(population: np.ndarray, total: int, *, rng: np.random.Generator, model: Model) -> np.ndarray:
    """Families per region: population times chance, stretched until the smallest is small enough."""
    weights = np.log(population / population.mean()) + model.size_sd * rng.standard_normal(len(population))
    low, high = 0.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        shares = np.exp(middle * weights)
        low, high = (middle, high) if shares.min() / shares.mean() > model.smallest else (low, middle)
    exact = shares / shares.sum() * total
    counts: Ints = np.floor(exact).astype(int)
    largest = np.argsort(counts - exact, kind="stable")[: total - counts.sum()]
    counts[largest] += 1
    return counts


def pick_municipality(rng: np.random.Generator, region: np.ndarray, municipalities: pd.DataFrame) -> np.ndarray:
    """A municipality for each region code, in proportion to population."""
    found = np.empty(len(region), dtype=object)
    for code, rows in municipalities.groupby("region", sort=True):
        here = np.flatnonzero(region == code)
        weights = rows["population"].to_numpy(dtype=float)
        drawn = rng.choice(len(rows), len(here), p=weights / weights.sum())
        found[here] = rows["code"].to_numpy(dtype=object)[drawn]
    return found


def stop_logit(latent: pd.DataFrame, *, effect: Floats, model: Model) -> Floats:
    """Logit of no violence at T2 without the worker's and the family's own effect."""
    known = [latent[name].to_numpy(float) for name in ("severity", "substance_use", "poverty")]
    traits = np.column_stack([*known, latent["prior_reports"].to_numpy() > 0])
    slopes = np.array([model.stop_severity, model.stop_substance, model.stop_poverty, model.stop_prior])
    found: Floats = model.stop_t2 + latent["region_effect"].to_numpy() + effect + traits @ slopes
    return found


def effects(interventions: np.ndarray, model: Model) -> Floats:
    """The true effect of each family's intervention on the logit of stopping."""
    found: Floats = np.array([model.effects[name] for name in INTERVENTIONS])[interventions]
    return found


def at_risk(latent: pd.DataFrame, model: Model) -> np.ndarray:
    """Probability of violence at T1."""
    return expit(-(model.none_t1 + model.none_t1_severity * latent["severity"].to_numpy()))


def shares(logit: np.ndarray, *, spread: float, model: Model) -> dict[str, np.ndarray]:
    """Probabilities of no violence given violence at T1: at T2, at T3, at both; Gauss-Hermite over N(0, spread)."""
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    found = {"T2": np.zeros_like(logit), "T3": np.zeros_like(logit), "durable": np.zeros_like(logit)}
    for point, weight in zip(points, weights / weights.sum(), strict=True):
        own = logit + spread * point
        second, later = expit(own), own - model.stop_t2 + model.stop_t3
        both = second * expit(later + model.stayed_calm)
        found["T2"] += weight * second
        found["durable"] += weight * both
        found["T3"] += weight * (both + (1 - second) * expit(later))
    return found


def _regions(regions: pd.DataFrame, *, families: int, seed: int, model: Model) -> pd.DataFrame:
    rng = stream(seed, "regions")
    counts = sizes(regions["population"].to_numpy(dtype=float), families, rng=rng, model=model)
    outlier = np.where(regions["region"] == model.outlier[0], model.outlier[1], 0.0)
    return regions.assign(
        families=counts,
        workers=np.maximum(1, np.rint(counts / FAMILIES_PER_WORKER)).astype(int),
        region_effect=_centred(model.region_sd * rng.standard_normal(len(regions)), counts) + outlier,
        severity_shift=_centred(model.severity_shift_sd * rng.standard_normal(len(regions)), counts),
    )


def _centred(effect: Floats, families: np.ndarray) -> Floats:
    """Regions differ from each other, yet the country as a whole stays where it was calibrated."""
    return effect - np.average(effect, weights=families)


def _people(regions: pd.DataFrame, *, seed: int, model: Model) -> pd.DataFrame:
    """Case mix of each family; types of violence may overlap."""
    rng = stream(seed, "families")
    place = np.repeat(np.arange(len(regions)), regions["families"])
    count = len(place)
    severity = regions["severity_shift"].to_numpy()[place] + rng.standard_normal(count)
    main = choose(rng, {"child": 0.45, "partner": 0.33, "parent": 0.10, "other": 0.12}, count)
    child_abuse = (main == "child") | ((main == "partner") & (rng.random(count) < 0.16))
    partner = (main == "partner") | ((main == "child") & (rng.random(count) < 0.11))
    children = np.where(child_abuse, 1 + rng.poisson(0.9, count), rng.poisson(1.3, count)).clip(max=9)
    known_before = rng.random(count) < expit(-0.55 + 0.45 * severity)
    return pd.DataFrame({
        "place": place, "severity": severity, "partner_violence": partner, "child_abuse": child_abuse,
        "parent_abuse": (main == "parent") | (rng.random(count) < 0.03), "children": children,
        "child_over_8": rng.random(count) < 1 - 0.55**children, "second_parent": rng.random(count) < 0.55,
        "prior_reports": np.where(known_before, rng.geometric(0.45, count), 0).clip(max=20),
        "substance_use": rng.random(count) < expit(-0.25 + 0.4 * severity),
        "poverty": rng.random(count) < expit(0.2 * severity),
        "reported": rng.integers(COHORT[0], COHORT[1] + 1, count),
        "region_effect": regions["region_effect"].to_numpy()[place],
    })


def _help(latent: pd.DataFrame, regions: pd.DataFrame, *, seed: int, model: Model) -> pd.DataFrame:
    """Intervention by indication and regional preference; some families get another one; worker by chance."""
    rng = stream(seed, "help")
    weights = np.array([model.indication[name] for name in INTERVENTIONS])
    traits = latent[["severity", "partner_violence", "child_abuse"]].assign(
        before=latent["prior_reports"] > 0, substance=latent["substance_use"]).to_numpy(float)
    preference = model.preference_sd * rng.standard_normal((len(regions), len(INTERVENTIONS)))
    assigned = pick(rng, np.exp(weights[:, 0] + traits @ weights[:, 1:].T + preference[latent["place"]]))
    burden = latent[["severity", "substance_use"]].to_numpy(float)
    keeps = model.adherence + burden @ np.array([model.adherence_severity, model.adherence_substance])
    usual, nothing = INTERVENTIONS.index("reguliere_hulp"), INTERVENTIONS.index("geen")
    instead = np.where((assigned == usual) | (rng.random(len(latent)) < 0.3), nothing, usual)
    delivered = np.where((rng.random(len(latent)) < expit(keeps)) | (assigned == nothing), assigned, instead)
    workers = regions["workers"].to_numpy()
    worker = (rng.random(len(latent)) * workers[latent["place"]]).astype(int)
    number = (np.cumsum(workers) - workers)[latent["place"]] + worker
    skill = model.worker_sd * rng.standard_normal(workers.sum())
    return latent.assign(assigned=assigned, delivered=delivered, worker=worker, worker_effect=skill[number])


def _course(latent: pd.DataFrame, *, seed: int, model: Model) -> dict[str, np.ndarray]:
    """Violence or none at T1, T2 and T3, and the incidents a year where there is violence."""
    rng = stream(seed, "course")
    count = len(latent)
    family = model.family_sd * rng.standard_normal(count)
    effect = effects(latent["delivered"].to_numpy(), model)
    own = stop_logit(latent, effect=effect, model=model) + latent["worker_effect"].to_numpy() + family
    first = rng.random(count) < at_risk(latent, model)
    second = rng.random(count) >= expit(own + model.calm_at_start * ~first)
    third = rng.random(count) >= expit(own - model.stop_t2 + model.stop_t3 + model.stayed_calm * ~second)
    lasting = model.rate_severity * latent["severity"].to_numpy() + model.rate_family_sd * rng.standard_normal(count)
    found = {"violence_T1": first, "violence_T2": second, "violence_T3": third}
    for wave, base in zip(("T1", "T2", "T3"), model.log_rate, strict=True):
        helped = 0 if wave == "T1" else model.rate_effect * effect
        log_rate = base + lasting + helped + model.rate_wave_sd * rng.standard_normal(count)
        found[f"rate_{wave}"] = np.exp(log_rate).clip(max=1500)
    return found


def _table(
    latent: pd.DataFrame, regions: pd.DataFrame, municipalities: pd.DataFrame, *, seed: int, invited: float
) -> pd.DataFrame:
    """The families as a region would deliver them, with gaps."""
    rng = stream(seed, "families table")
    count, place = len(latent), latent["place"].to_numpy()
    region = regions["region"].to_numpy(dtype=object)[place]
    names = np.array(INTERVENTIONS, dtype=object)
    delivered = names[latent["delivered"]]
    wait = np.where(delivered == "huisverbod", rng.integers(0, 6, count), rng.integers(10, 100, count))
    started = np.where(delivered == "geen", np.nan, latent["reported"] + wait)
    ended = started + rng.gamma(3.0, 70.0, count).round() + 21
    worker = [f"MW{code[2:]}{number + 1:02d}" for code, number in zip(region, latent["worker"], strict=True)]
    provider = [f"ORG{code[2:]}{number % 3 + 1}" for code, number in zip(region, latent["worker"], strict=True)]
    flags = {name: latent[name].astype("boolean") for name in ("partner_violence", "child_abuse", "parent_abuse")}
    return pd.DataFrame({
        "family_id": text(codes("G", count)), "region": text(region),
        "municipality": lost(rng, text(pick_municipality(rng, region, municipalities)), 0.01),
        "reported_on": dates(latent["reported"].to_numpy()),
        "invited": pd.Series(rng.random(count) < invited).astype("boolean"),
        "intervention": text(delivered), "assigned": text(names[latent["assigned"]]),
        "intervention_on": dates(started), "provider": text(provider).mask(delivered == "geen"),
        "worker": text(worker), "children": lost(rng, latent["children"].astype("Int64"), 0.02), **flags,
        "prior_reports": latent["prior_reports"].astype("Int64"),
        "substance_use": lost(rng, latent["substance_use"].astype("boolean"), 0.06),
        "poverty": lost(rng, latent["poverty"].astype("boolean"), 0.08),
        "closed_on": dates(np.where(ended > REFERENCE_DATE, np.nan, ended)),
    })
