"""Rules between columns and tables: keys, codes that refer elsewhere, and the order of dates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hgeval import distinct, reference
from hgeval.columns import Column, Table
from hgeval.findings import Place
from hgeval.params import Division, Study
from hgeval.schema import TABLES

Frames = dict[str, pd.DataFrame]
Places = dict[str, Place]

# For each kind of region: what its codes look like, and the file that lists them.
_WHERE = {reference.VEILIG_THUIS: ("VT02", "regions.csv"), reference.TOWN: ("GM0363", "municipalities.csv")}
_SECOND = {reference.VEILIG_THUIS: "VT05", reference.TOWN: "GM0599"}

# Of each pair the second date may not be before the first.
_ORDERS = {
    "families": (("reported_on", "closed_on"), ("intervention_on", "closed_on")),
    "meldingen": (
        ("received_on", "assessed_on"), ("received_on", "investigation_started_on"),
        ("received_on", "investigation_closed_on"), ("investigation_started_on", "investigation_closed_on"),
        ("received_on", "closed_on"),
    ),
    "plans": (("first_contact_on", "plan_on"),),
}


def resolve(frames: Frames, places: Places, config: Study) -> Frames:
    """The frames with every code that refers elsewhere checked, and old codes replaced by those of the division."""
    resolved = {name: _own_codes(TABLES[name], frame, places[name], config) for name, frame in frames.items()}
    if "families" in resolved:
        known = resolved["families"]["family_id"].dropna()
        for name in ("measurements", "meldingen", "plans"):
            if name in resolved and len(known):  # without a single id families itself is at fault
                _family_ids(resolved[name], known, places[name])
    return resolved


def _own_codes(table: Table, frame: pd.DataFrame, place: Place, config: Study) -> pd.DataFrame:
    """Each check looks at one cell at a time, so it is given the different codes and spread over the rows."""
    checks = {"region": _regions, "municipality": _municipalities, "wave": _waves}
    for column in table.columns:
        if column.refers in checks:
            check = _region_lists if column.kind == "multi" else checks[column.refers]
            codes, different = distinct.code(frame[column.name])
            found = check(column, different, replace(place, codes=codes), config)
            frame = frame.assign(**{column.name: distinct.spread(found, codes)})
    return frame


def _regions(column: Column, codes: pd.Series, place: Place, config: Study) -> pd.Series:
    division = config.division
    found, example, file = _known_regions(codes, division), *_WHERE[division.kind]
    message = f"Deze regio staat niet in de indeling van {division.year}. Verwacht: een code zoals {example}; de " \
              f"codes staan in data/reference/{file}."
    place.report(column.name, "regio", codes.notna() & found.isna(), message)
    written = _written_towns(codes) if division.kind == reference.TOWN else codes.str.upper()
    moved = found.notna() & found.ne(written)
    message = f"Deze regio is opgegaan in een andere; de code van {division.year} is gebruikt. Neem die over."
    place.report(column.name, "regio-overgegaan", moved, message)
    return found


def _known_regions(codes: pd.Series, division: Division) -> pd.Series:
    found = reference.region_codes(codes, year=division.year, kind=division.kind)
    return found.mask(found == reference.NATIONAL)


def _region_lists(column: Column, lists: pd.Series, place: Place, config: Study) -> pd.Series:
    """Lists of regions, such as VT01|VT02, each code as one of the division."""
    division = config.division
    parts = lists.str.split("|").explode().dropna()
    known, (example, _) = _known_regions(parts.astype("str"), division), _WHERE[division.kind]
    bad = lists.index.isin(parts.index[known.isna().to_numpy()])
    message = f"Een regio uit deze lijst staat niet in de indeling van {division.year}. Verwacht: codes zoals " \
              f"{example}|{_SECOND[division.kind]}."
    place.report(column.name, "regio", bad, message)
    joined = known.dropna().groupby(level=0).agg(lambda codes: "|".join(sorted(set(codes))))
    return joined.reindex(lists.index).mask(bad).astype("str")


def _written_towns(codes: pd.Series) -> pd.Series:
    return "GM" + codes.str.upper().str.removeprefix("GM").str.zfill(4)


def _municipalities(column: Column, codes: pd.Series, place: Place, config: Study) -> pd.Series:
    written = _written_towns(codes)
    found = written.map(reference.municipality_map()).astype("str")
    message = "Deze gemeente is onbekend of is verdeeld over andere. Verwacht: een code van 2023 zoals GM0363; de " \
              "codes staan in data/reference/municipalities.csv."
    place.report(column.name, "gemeente", codes.notna() & found.isna(), message)
    moved = found.notna() & found.ne(written)
    message = "Deze gemeente is samengevoegd; de code van nu is gebruikt. Neem die over."
    place.report(column.name, "gemeente-overgegaan", moved, message)
    return found


def _waves(column: Column, codes: pd.Series, place: Place, config: Study) -> pd.Series:
    known = {code.casefold(): code for code in config.wave_codes}
    found = codes.str.casefold().map(known).astype("str")
    message = f"Verwacht: {', '.join(config.wave_codes)}. Verbeter de cel, of vul waves in study.yml aan."
    place.report(column.name, "meetmoment", codes.notna() & found.isna(), message)
    return found


def _family_ids(frame: pd.DataFrame, known: pd.Series, place: Place) -> None:
    codes = frame["family_id"]
    message = "Dit gezin staat niet in de tabel families. Voeg het daar toe, of verbeter de code."
    place.report("family_id", "verwijzing", codes.notna() & ~distinct.isin(codes, known), message)


def report_no_families(frames: Frames, places: Places) -> None:
    """Measurements and plans are of no use without the families they are of; meldingen are."""
    for name, row in (("measurements", "Een meting"), ("plans", "Een plan")):
        if name in frames:
            message = f"De tabel families ontbreekt. {row} telt alleen mee voor een gezin in families: voeg die " \
                      "tabel toe, of haal deze weg."
            place = places[name]
            place.found.add("verwijzing", message, file=place.file, column="family_id")
    if "meldingen" in frames and frames["meldingen"]["family_id"].notna().any():
        message = "De tabel families ontbreekt. De codes in deze kolom worden dan niet gebruikt: laat haar leeg, of " \
                  "voeg families toe."
        place = places["meldingen"]
        place.found.add("gezinnen-ontbreken", message, file=place.file, column="family_id")


def report(frames: Frames, places: Places, config: Study) -> None:
    """Every rule between columns and tables that changes no value."""
    for name, frame in frames.items():
        _keys(TABLES[name], frame, places[name])
        _orders(name, frame, places[name])
        if {"municipality", "region"} <= set(frame):
            _towns_in_region(frame, places[name], config.division)
    if "measurements" in frames:
        _wave_dates(frames["measurements"], places["measurements"], config)
        _first_waves(frames["measurements"], places["measurements"], config)
    if "indicators" in frames:
        _periods(frames["indicators"], places["indicators"])


def _periods(frame: pd.DataFrame, place: Place) -> None:
    strange = frame["period"].notna() & ~frame["period"].astype("str").str.fullmatch(r"(19|20)\d{2}(H[12])?")
    place.report("period", "periode", strange, "Verwacht: een jaar zoals 2024, of een halfjaar zoals 2024H1.")


def _keys(table: Table, frame: pd.DataFrame, place: Place) -> None:
    key = list(table.key)
    again = frame.duplicated(key) & frame[key].notna().all(axis=1)
    message = f"Een eerdere rij heeft dezelfde {' + '.join(key)}. Laat er één staan."
    place.report(key[-1], "sleutel-dubbel", again, message)


def _orders(name: str, frame: pd.DataFrame, place: Place) -> None:
    for first, second in _ORDERS.get(name, ()):
        message = f"Deze datum ligt voor {first}. Verbeter een van de twee."
        place.report(second, "einde-voor-begin", frame[second] < frame[first], message)


def _towns_in_region(frame: pd.DataFrame, place: Place, division: Division) -> None:
    towns = reference.municipalities(division.year, kind=division.kind).set_index("code")["region"]
    own = distinct.mapped(frame["municipality"], lambda different: different.map(towns))
    outside = own.notna() & frame["region"].notna() & own.ne(frame["region"])
    message = f"Deze gemeente ligt in de indeling van {division.year} in een andere regio. Kijk welke van de twee " \
              "klopt."
    place.report("municipality", "gemeente-buiten-regio", outside, message)


def _wave_dates(frame: pd.DataFrame, place: Place, config: Study) -> None:
    families, _ = pd.factorize(frame["family_id"])
    informants, who = pd.factorize(frame["informant"])
    codes, different = distinct.code(frame["wave"])
    waves = pd.Categorical(different, config.wave_codes).codes[codes]
    dates = frame["measured_on"].to_numpy()
    rows = np.flatnonzero((families >= 0) & (informants >= 0) & (waves >= 0) & ~np.isnat(dates))
    told = families[rows].astype("int64") * len(who) + informants[rows]  # one number a family and informant
    sorted_rows = np.argsort(told * len(config.wave_codes) + waves[rows], kind="stable")
    rows, told = rows[sorted_rows], told[sorted_rows]
    wrong = np.zeros(len(frame), dtype=bool)
    wrong[rows[1:]] = (told[1:] == told[:-1]) & (dates[rows[1:]] <= dates[rows[:-1]])
    message = "Deze meting ligt niet na die van het meetmoment ervoor. Zijn de meetmomenten verwisseld?"
    place.report("measured_on", "meting-volgorde", wrong, message)


def _first_waves(frame: pd.DataFrame, place: Place, config: Study) -> None:
    known = frame["family_id"].notna() & frame["wave"].notna()
    started = frame.loc[frame["wave"] == config.wave_codes[0], "family_id"]
    late = np.flatnonzero(known & ~distinct.isin(frame["family_id"], started))
    first_rows = np.zeros(len(frame), dtype=bool)
    first_rows[late] = ~frame["family_id"].iloc[late].duplicated()
    message = f"Dit gezin heeft geen meting op {config.wave_codes[0]}, wel later. Wat er stopte is dan niet te zeggen."
    place.report("wave", "eerste-meting", first_rows, message)
