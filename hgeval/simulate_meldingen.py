"""Meldingen of the synthetic study: the families' own reports, their repeats, and those on other families.

Calibrated to published national figures (CBS 2023*): first report 31.9%, hermelding 38.1%, vervolgmelding
28.5%; 67% from police and justice. The number of meldingen is far smaller than in reality.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hgeval.simulate_families import REFERENCE_DATE, Families, pick_municipality
from hgeval.simulate_model import choose, codes, dates, day, pick, stream, text
from hgeval.types import Floats

PER_FAMILY = 3.5  # meldingen in three years for each family in the study
PERIOD = (day("2023-01-01"), REFERENCE_DATE)
KINDS = {"eerste_melding": 0.319, "hermelding": 0.381, "vervolgmelding": 0.285, "onbekend": 0.015}
REPORTERS = {
    "politie_justitie": 0.672, "gezondheidszorg": 0.082, "onderwijs": 0.042, "jeugdhulp": 0.021,
    "andere_professional": 0.097, "direct_betrokkene": 0.036, "omgeving": 0.045, "onbekend": 0.005,
}
SAFETY = {"acuut_onveilig": 0.06, "structureel_onveilig": 0.38, "niet_onveilig": 0.52, "onbekend": 0.04}
ROUTES = ("overdracht", "voorwaarden_en_vervolg", "onderzoek", "raad_voor_de_kinderbescherming", "einde")
OUTCOMES = {"bevestigd": 0.525, "niet_bevestigd": 0.21, "weerlegd": 0.025, "afgebroken": 0.24}
_ROUTE_WEIGHTS = {  # by safety, in the order of ROUTES
    "acuut_onveilig": (0.36, 0.38, 0.18, 0.05, 0.03), "structureel_onveilig": (0.54, 0.24, 0.09, 0.01, 0.12),
    "niet_onveilig": (0.56, 0.06, 0.02, 0.0, 0.36), "onbekend": (0.45, 0.05, 0.02, 0.0, 0.48),
}


def table(families: Families, municipalities: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One row per melding from 2023 to 2025, in order of receipt."""
    known = pd.concat([_first(families), _again(families, stream(seed, "repeats"))], ignore_index=True)
    others = _others(families, known, municipalities, stream(seed, "other meldingen"))
    rows = pd.concat([known, others], ignore_index=True)
    rows = rows.sort_values("received", kind="stable", ignore_index=True)
    rows = rows.assign(**_handling(rows, len(families.regions), stream(seed, "handling")))
    rows = rows.assign(reporter=_reporters(rows, len(families.regions), stream(seed, "reporters")))
    rows["kind"] = _kinds(rows, len(families.regions), stream(seed, "kinds"))
    return _typed(rows, families)


def _first(families: Families) -> pd.DataFrame:
    """The melding each family is in the study for."""
    latent = families.latent
    kind = np.where(latent["prior_reports"] > 0, "hermelding", "eerste_melding").astype(object)
    return pd.DataFrame({
        "family": np.arange(len(latent)), "place": latent["place"], "received": latent["reported"], "kind": kind,
        "index": True, "municipality": families.table["municipality"].astype(object),
    })


def _again(families: Families, rng: np.random.Generator) -> pd.DataFrame:
    """New meldingen on the families; far more where the violence goes on."""
    latent = families.latent
    lasting = latent["violence_T2"].to_numpy(dtype=int) + latent["violence_T3"].to_numpy(dtype=int)
    expected = np.array([0.12, 0.35, 0.70])[lasting] * np.exp(0.25 * latent["severity"].to_numpy())
    family = np.repeat(np.arange(len(latent)), rng.poisson(expected))
    received = latent["reported"].to_numpy()[family] + rng.integers(14, 720, len(family))
    family, received = family[received <= PERIOD[1]], received[received <= PERIOD[1]]
    return pd.DataFrame({
        "family": family, "place": latent["place"].to_numpy()[family], "received": received, "kind": None,
        "index": False, "municipality": families.table["municipality"].astype(object).to_numpy()[family],
    })


def _others(
    families: Families, known: pd.DataFrame, municipalities: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Meldingen on families outside the study; they fill up the months the study's own leave thin."""
    regions = families.regions
    count = max(0, int(PER_FAMILY * len(families.table)) - len(known))
    volume = regions["families"].to_numpy() * np.exp(0.25 * rng.standard_normal(len(regions)))
    place = np.sort(rng.choice(len(regions), count, p=volume / volume.sum()))
    days = PERIOD[1] - PERIOD[0] + 1
    weeks = -(-days // 7)
    width = np.bincount(np.arange(days) // 7)
    wanted = PER_FAMILY * len(families.table) * width / days * (1 + 0.04 * np.sin(np.arange(weeks) * 2 * np.pi / 52))
    room = np.maximum(wanted - np.bincount((known["received"] - PERIOD[0]) // 7, minlength=weeks), 0.02 * wanted)
    week = rng.choice(weeks, count, p=room / room.sum())
    received = PERIOD[0] + week * 7 + (rng.random(count) * width[week]).astype(int)
    region = regions["region"].to_numpy(dtype=object)[place]
    return pd.DataFrame({
        "family": -1, "place": place, "received": received, "kind": None, "index": False,
        "municipality": pick_municipality(rng, region, municipalities),
    })


def _handling(rows: pd.DataFrame, regions: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What Veilig Thuis does with a melding and when; what lies after the reference date is still open."""
    count, place = len(rows), rows["place"].to_numpy()
    safety = choose(rng, SAFETY, count)
    pace = np.log(5.0) + 0.35 * rng.standard_normal(regions)
    delay = np.exp(pace[place] - 0.9 * (safety == "acuut_onveilig") + 0.9 * rng.standard_normal(count)).round()
    assessed = _until_now(rows["received"].to_numpy() + delay)
    taste = np.exp(0.35 * rng.standard_normal((regions, len(ROUTES))))
    weights = np.array([_ROUTE_WEIGHTS[name] for name in SAFETY])[pd.Categorical(safety, list(SAFETY)).codes]
    route = np.array(ROUTES, dtype=object)[pick(rng, weights * taste[place])]
    looks_into = route == "onderzoek"
    started = _until_now(np.where(looks_into, assessed + rng.integers(0, 15, count), np.nan))
    finished = _until_now(started + np.exp(np.log(72) + 0.45 * rng.standard_normal(count)).round())
    stays = {"einde": 0, "overdracht": 10, "raad_voor_de_kinderbescherming": 7, "voorwaarden_en_vervolg": 90}
    wait = rng.gamma(2.0, 0.5, count) * pd.Series(route).map(stays).fillna(0).to_numpy()
    closed = _until_now(np.where(looks_into, finished + rng.integers(0, 30, count), assessed + wait.round()))
    return {
        "assessed": assessed, "safety": safety, "route": route, "started": started, "finished": finished,
        "closed": closed, "outcome": choose(rng, OUTCOMES, count),
    }


def _until_now(days: np.ndarray) -> np.ndarray:
    return np.where(days > REFERENCE_DATE, np.nan, days)


def _reporters(rows: pd.DataFrame, regions: int, rng: np.random.Generator) -> np.ndarray:
    tilt = np.exp(np.outer(0.20 * rng.standard_normal(regions), np.array(list(REPORTERS)) == "politie_justitie"))
    names = np.array(list(REPORTERS), dtype=object)
    return names[pick(rng, _raked(tilt, rows["place"], REPORTERS))]


def _kinds(rows: pd.DataFrame, regions: int, rng: np.random.Generator) -> np.ndarray:
    """Vervolgmelding while Veilig Thuis is involved, hermelding after; the other families fill up the shares."""
    kind, family = rows["kind"].to_numpy(dtype=object, copy=True), rows["family"].to_numpy()
    first = rows[rows["index"]].set_index("family")["closed"]
    again = (family >= 0) & ~rows["index"].to_numpy()
    involved = ~(rows["received"].to_numpy() > first.reindex(family).to_numpy())
    kind[again] = np.where(involved[again], "vervolgmelding", "hermelding")
    other = family < 0
    left = {name: max(share * len(rows) - (kind[~other] == name).sum(), 1) for name, share in KINDS.items()}
    tilt = np.exp(0.30 * rng.standard_normal((regions, len(KINDS))))
    weights = _raked(tilt, rows["place"][other], left)
    kind[other] = np.array(list(KINDS), dtype=object)[pick(rng, weights)]
    return kind


def _raked(tilt: Floats, place: pd.Series, shares: dict[str, float]) -> Floats:
    """Weights per row that differ between regions and still meet the national shares."""
    wanted = np.array(list(shares.values())) / sum(shares.values())
    volume = np.bincount(place, minlength=len(tilt))[:, None]
    weights: Floats = tilt * wanted
    for _ in range(20):
        weights = weights / weights.sum(axis=1, keepdims=True)
        weights = weights * wanted / np.maximum((weights * volume).sum(axis=0) / max(volume.sum(), 1), 1e-12)
    found: Floats = weights[place.to_numpy()]
    return found


def _typed(rows: pd.DataFrame, families: Families) -> pd.DataFrame:
    """The rows as a region would deliver them."""
    ids, regions = families.table["family_id"].to_numpy(dtype=object), families.regions["region"].to_numpy(dtype=object)
    unread = rows["assessed"].isna().to_numpy()
    family = rows["family"].to_numpy()
    return pd.DataFrame({
        "melding_id": text(codes("M", len(rows))), "family_id": text(ids[family.clip(min=0)]).mask(family < 0),
        "region": text(regions[rows["place"]]), "municipality": rows["municipality"].astype("str"),
        "received_on": dates(rows["received"].to_numpy()),
        "kind": text(rows["kind"]), "reporter": text(rows["reporter"]),
        "assessed_on": dates(rows["assessed"].to_numpy()), "safety": text(rows["safety"]).mask(unread),
        "route": text(rows["route"]).mask(unread), "investigation_started_on": dates(rows["started"].to_numpy()),
        "investigation_closed_on": dates(rows["finished"].to_numpy()),
        "outcome": text(rows["outcome"]).mask(rows["finished"].isna()), "closed_on": dates(rows["closed"].to_numpy()),
    })
