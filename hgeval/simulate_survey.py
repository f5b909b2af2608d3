"""The needs survey of the synthetic study: what each region answers, with its kinds of missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval.codebook import COST_LINES, ELEMENT_LAYERS, ELEMENTS, PARTNERS, PAYERS, QUALITY_CRITERIA
from hgeval.simulate_model import choose, dates, day, expit, pick, stream, text

FIELD_PERIOD = (day("2024-09-02"), day("2024-11-29"))
SURVEY_YEAR = 2024
WEET_NIET, NIET_INGEVULD, NVT = "-8", "-9", "-7"
SILENT = {"survey_costs": 2, "survey_partners": 1, "survey_quality": 1}  # regions that skip the whole table
_SHARE_PRESENT = dict(zip(ELEMENTS, (80, 45, 55, 75, 60, 50, 65, 40, 85, 92, 90, 12, 60, 20), strict=True))
_TRACKS = dict(zip(ELEMENTS, "bibbbibaaaabbi", strict=True))  # beide, structureel (i), acuut
_TRACK_NAMES = {"b": "beide", "i": "structureel", "a": "acuut"}
_SHARE_JOINING = dict(zip(PARTNERS, (
    100, 95, 75, 95, 95, 80, 70, 75, 80, 60, 65, 45, 55, 50, 40, 25, 60, 55, 75, 30, 15, 35,
), strict=True))
_ROLES = {
    "regie": ("veilig_thuis", "centrumgemeente"), "financier": ("regiogemeenten", "zorgverzekeraar"),
    "verwijzer": ("huisartsen", "onderwijs", "slachtofferhulp"),
    "kernteam": ("politie", "om", "rvdk", "gi", "vrouwenopvang"),
}
_LINE_COST = dict(zip(COST_LINES, (0.22, 0.18, 0.09, 0.30, 0.05, 0.07, 0.08, 0.03, 0.02, 0.04), strict=True))
_REASONS = ("aantal_zaken", "expertise", "dag_en_nacht", "reistijd", "kosten", "partners", "bestaand")
BOTTLENECKS = (
    "Er zijn te weinig specialisten voor kinderen.", "Het geld is elk jaar tijdelijk.",
    "Partners mogen niet altijd zelf besluiten.", "De wachttijd voor hulp is te lang.",
    "Wij hebben nog geen gedeeld dossier.", "Niet elke gemeente doet even veel mee.",
)
SUPPORT = (
    "Graag een landelijk voorbeeld van een convenant.", "Scholing voor lokale teams.",
    "Meer zekerheid over het geld.", "Een vaste vragenlijst om uitkomsten te meten.",
    "Uitwisseling met andere regio's.",
)


def tables(regions: pd.DataFrame, tiles: pd.DataFrame, *, seed: int) -> dict[str, pd.DataFrame]:
    """The five tables of the survey; a cell with -7, -8 or -9 says why there is no answer."""
    ripe = stream(seed, "ripeness").standard_normal(len(regions))
    order = stream(seed, "silent regions").permutation(len(regions))
    answers = {
        "survey_regions": _regions(regions, tiles, stream(seed, "survey_regions")),
        "survey_elements": _elements(_grid(regions, "element", ELEMENTS), ripe, stream(seed, "survey_elements")),
        "survey_costs": _costs(_grid(regions, "line", COST_LINES), regions, stream(seed, "survey_costs")),
        "survey_partners": _partners(_grid(regions, "partner", PARTNERS), ripe, stream(seed, "survey_partners")),
        "survey_quality": _quality(_grid(regions, "criterion", QUALITY_CRITERIA), ripe, stream(seed, "survey_quality")),
    }
    for name, silent in SILENT.items():
        gone = regions["region"].iloc[order[:silent]]
        answers[name] = answers[name][~answers[name]["region"].isin(gone)].reset_index(drop=True)
    return answers


def _grid(regions: pd.DataFrame, column: str, items: dict[str, str]) -> pd.DataFrame:
    """One row for each region and item, with the number of the region."""
    return pd.DataFrame({
        "place": np.repeat(np.arange(len(regions)), len(items)),
        "region": text(np.repeat(regions["region"].to_numpy(dtype=object), len(items))),
        column: text(np.tile(np.array(list(items), dtype=object), len(regions))),
    })


def _gaps(
    rng: np.random.Generator, values: Sequence[str] | np.ndarray, *, unknown: float = 0.02, blank: float = 0.015
) -> np.ndarray:
    """`values` as text, some replaced by "weet niet" or "niet ingevuld"."""
    drawn = rng.random(len(values))
    answers = np.array([str(value) for value in values], dtype=object)
    return np.where(drawn < unknown, WEET_NIET, np.where(drawn < unknown + blank, NIET_INGEVULD, answers))


def _where(condition: np.ndarray, values: np.ndarray, otherwise: str = NVT) -> np.ndarray:
    return np.where(condition, values, otherwise).astype(object)


def _grade(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    return np.rint(mean + rng.standard_normal(len(mean))).clip(1, 5).astype(int)


def _regions(regions: pd.DataFrame, tiles: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count, population = len(regions), regions["population"].to_numpy()
    consent = np.array(["alleen_in_totaal"] * 8 + ["nee"] * 2 + ["ja"] * max(count - 10, 0), dtype=object)[:count]
    cases = rng.poisson(population / 10_000 * 0.35 * np.exp(0.5 * rng.standard_normal(count)))
    heard = rng.random((count, 4)) < (0.9, 0.7, 0.5, 0.4)
    names = np.array(["vt", "centrumgemeente", "regiogemeenten", "partners"])
    return pd.DataFrame({
        "region": text(regions["region"]),
        "peildatum": dates(rng.integers(FIELD_PERIOD[0], FIELD_PERIOD[1] + 1, count)),
        "invuller_functie": text(choose(rng, {
            "vt_manager": 0.3, "beleidsambtenaar": 0.45, "projectleider": 0.2, "anders": 0.05}, count)),
        "afstemming": text(["|".join(names[row]) or "niemand" for row in heard]),
        "publicatie_ok": text(consent[rng.permutation(count)]),
        "gemeenten_n": text(regions["municipalities"].astype(str)), "inwoners": text(population.astype(str)),
        "partnerregios": text(_neighbours(regions["region"], tiles, rng)),
        "casussen_mda": text(_gaps(rng, cases, unknown=0.08)),
        "casussen_verwacht": text(_gaps(rng, cases + rng.poisson(3 + 0.5 * cases), unknown=0.08)),
        "privacyconvenant": text(_gaps(rng, choose(rng, {"ja": 0.6, "in_de_maak": 0.3, "nee": 0.1}, count))),
        "knelpunt_open": text(_gaps(rng, rng.choice(BOTTLENECKS, count), unknown=0, blank=0.1)),
        "steun_open": text(_gaps(rng, rng.choice(SUPPORT, count), unknown=0, blank=0.15)),
    })


def _neighbours(regions: pd.Series, tiles: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Partner regions: those beside it on the tile map, or in the list; some links are named by one side only."""
    listed = pd.DataFrame({"region": regions, "column": range(len(regions)), "row": 0})
    places = (tiles if len(tiles) else listed).set_index("region")
    spots = places.loc[regions, ["column", "row"]].to_numpy(dtype=int)
    away = np.abs(spots[:, None, :] - spots[None, :, :]).max(axis=2)
    links = (away == 1) & (rng.random(away.shape) < 0.85)
    return ["|".join(regions.to_numpy(dtype=object)[row]) or NIET_INGEVULD for row in links]


def _elements(rows: pd.DataFrame, ripe: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    count, place = len(rows), rows["place"].to_numpy()
    share = rows["element"].map(_SHARE_PRESENT).to_numpy() / 100
    present = expit(np.log(share / (1 - share)) + 0.7 * ripe[place])
    weights = np.column_stack([present, (1 - present) * 0.45, (1 - present) * 0.5, np.full(count, 0.02)])
    status = np.array(["aanwezig", "gepland", "afwezig", "weet_niet"], dtype=object)[pick(rng, weights)]
    layer = rows["element"].map(ELEMENT_LAYERS).to_numpy(dtype=object)
    now = np.where(layer == "bovenregionaal", *_scales(rng, count))
    wish = np.where(rng.random(count) < 0.7, now, np.where(layer == "bovenregionaal", "meer_vt_regios", "vt_regio"))
    need = _grade(rng, 3.1 + 1.2 * (status != "aanwezig") * (share > 0.3))
    capacity = np.where(status == "aanwezig", choose(rng, {"ruim": 0.08, "genoeg": 0.47, "te_weinig": 0.45}, count),
                        choose(rng, {"te_weinig": 0.5, "geen": 0.5}, count))
    tracks = rows["element"].map(_TRACKS).map(_TRACK_NAMES).to_numpy(dtype=object)
    other_track = rng.choice(np.array(list(_TRACK_NAMES.values()), dtype=object), count)
    known = np.isin(status, ("aanwezig", "gepland"))
    unknown = np.where(status == "weet_niet", WEET_NIET, NVT)
    return pd.DataFrame({
        "region": rows["region"], "element": rows["element"], "status": text(status),
        "gereed_jaar": text(_where(status == "gepland", _gaps(rng, rng.integers(SURVEY_YEAR + 1, 2029, count)))),
        "laag": text(_gaps(rng, np.where(rng.random(count) < 0.08, "landelijk", layer))),
        "spoor": text(_gaps(rng, np.where(rng.random(count) < 0.2, other_track, tracks))),
        "behoefte": text(_gaps(rng, need)), "prioriteit": text(_gaps(rng, _grade(rng, 0.8 + 0.7 * need))),
        "capaciteit_tekort": text(np.where(known, _gaps(rng, capacity), unknown)),
        "schaal_nu": text(np.where(status == "afwezig", "nvt", np.where(known, now, WEET_NIET))),
        "schaal_wens": text(_gaps(rng, wish)), "schaal_reden": text(_reasons(rng, count)),
    })


def _scales(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Scales an element of the upper layer, and of the regional layer, has now."""
    upper = choose(rng, {"vt_regio": 0.35, "meer_vt_regios": 0.55, "landelijk": 0.10}, count)
    return upper, choose(rng, {"lokaal": 0.2, "vt_regio": 0.7, "meer_vt_regios": 0.1}, count)


def _reasons(rng: np.random.Generator, count: int) -> np.ndarray:
    """One to three reasons, in the order of the codebook."""
    ranked = np.argsort(rng.random((count, len(_REASONS))), axis=1)
    chosen = [sorted(row[:most]) for row, most in zip(ranked, rng.integers(1, 4, count), strict=True)]
    return _gaps(rng, ["|".join(_REASONS[number] for number in row) for row in chosen])


def _costs(rows: pd.DataFrame, regions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count, place = len(rows), rows["place"].to_numpy()
    per_head = rows["line"].map(_LINE_COST).to_numpy() * np.exp(0.35 * rng.standard_normal(count))
    amount = (per_head * regions["population"].to_numpy()[place] / 500).round() * 500
    uncovered = rng.choice([0, 0, 0, 10, 20, 25, 30, 50, 75, 100], count)
    fixed = rows["line"].isin(("K01", "K04", "K05", "K06", "K07", "K08")).to_numpy()
    basis = np.where(fixed, choose(rng, {"per_inwoner": 0.7, "vast_bedrag": 0.3}, count),
                     choose(rng, {"per_incident": 0.7, "per_inwoner": 0.2, "anders": 0.1}, count))
    return pd.DataFrame({
        "region": rows["region"], "line": rows["line"],
        "kosten_bedrag": text(_gaps(rng, amount.astype(int), unknown=0.06)),
        "kosten_ongedekt": text(_gaps(rng, uncovered, unknown=0.05)),
        "betaler": text(_gaps(rng, _payer_shares(rng, count))),
        "betaler_wens": text(_gaps(rng, choose(rng, {
            "centrumgemeente_du_vo": 0.4, "regiogemeenten_wmo": 0.2, "jenv_politie_om": 0.2, "zvw": 0.2}, count))),
        "grondslag": text(_gaps(rng, basis)),
        "kosten_zekerheid": text(_gaps(rng, choose(rng, {"begroting": 0.4, "raming": 0.35, "schatting": 0.25}, count))),
        "structureel": text(_gaps(rng, choose(rng, {"ja": 0.5, "tijdelijk": 0.35, "nee": 0.15}, count))),
    })


def _payer_shares(rng: np.random.Generator, count: int) -> list[str]:
    """Who pays which percentage; whole tens that sum to 100."""
    likely = np.array([5, 3, 2, 1, 0.3, 2, 1, 0.3, 1, 0.3])
    likely /= likely.sum()
    chosen = [np.sort(rng.choice(len(PAYERS), most, replace=False, p=likely)) for most in rng.integers(1, 4, count)]
    tens = [1 + rng.multinomial(10 - len(payers), np.full(len(payers), 1 / len(payers))) for payers in chosen]
    return [
        "|".join(f"{PAYERS[payer]}={10 * share}" for payer, share in zip(payers, shares, strict=True))
        for payers, shares in zip(chosen, tens, strict=True)
    ]


def _partners(rows: pd.DataFrame, ripe: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    count = len(rows)
    joins = rng.random(count) < rows["partner"].map(_SHARE_JOINING).to_numpy() / 100
    agreed = rng.random(count) < expit(0.3 + 0.8 * ripe[rows["place"]])
    answer = np.where(joins, np.where(agreed, "ja_met_afspraak", "ja_zonder_afspraak"),
                      choose(rng, {"nee_gewenst": 0.65, "nee_niet_nodig": 0.35}, count))
    usual = {partner: role for role, partners in _ROLES.items() for partner in partners}
    role = rows["partner"].map(usual).fillna("specialist_op_afroep").to_numpy(dtype=object)
    mandate = choose(rng, {"ja": 0.45, "deels": 0.35, "nee": 0.2}, count)
    return pd.DataFrame({
        "region": rows["region"], "partner": rows["partner"], "partner_betrokken": text(answer),
        "partner_rol": text(_where(joins, _gaps(rng, role))),
        "partner_mandaat": text(_where(joins, _gaps(rng, mandate))),
        "partner_tevreden": text(_where(joins, _gaps(rng, _grade(rng, np.where(agreed, 3.8, 3.2)), unknown=0.04))),
    })


def _quality(rows: pd.DataFrame, ripe: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    ease = np.where(rows["criterion"].isin(("Q07", "Q11", "Q13")), -0.9, 0.3)
    score = ease + ripe[rows["place"]] + rng.normal(0, 1.2, len(rows))
    answer = np.select([rng.random(len(rows)) < 0.04, score > 0.4, score > -0.8], ["weet_niet", "ja", "deels"], "nee")
    return pd.DataFrame({
        "region": rows["region"], "criterion": rows["criterion"], "kwaliteit": text(answer),
        "kwaliteit_belang": text(_gaps(rng, _grade(rng, np.full(len(rows), 4.0)))),
    })
