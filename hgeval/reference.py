"""The regions and municipalities of the Netherlands, per year of the division, and what became of old codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pandas as pd

from hgeval import paths
from hgeval.errors import RegionError

POPULATION_DATE = "1 april 2021"
SOURCE = "Bron: CBS (CC BY 4.0), bewerkt"
NATIONAL = "NL"
VEILIG_THUIS, TOWN = "veilig_thuis", "gemeente"  # kinds of regions a study may have
_TOWNS_OF = 2023  # municipalities.csv is of this year
_AREAS = ("safety_region", "youth_region", "ggd_region", "province")


def table(name: str) -> pd.DataFrame:
    """A file of `data/reference` as text; a copy, so that nobody changes what the next one reads."""
    return _read(name).copy()


def years(kind: str = VEILIG_THUIS) -> list[int]:
    """The years of which there is a division into regions of that kind. Raises RegionError for an unknown kind."""
    if kind == TOWN:
        return [_TOWNS_OF]
    if kind != VEILIG_THUIS:
        raise RegionError(f"Onbekende soort regio {kind!r}. Bekend zijn: {VEILIG_THUIS}, {TOWN}.")
    return sorted(table("regions.csv")["division_year"].astype(int).unique().tolist())


def municipalities(year: int = 2023, *, kind: str = VEILIG_THUIS) -> pd.DataFrame:
    """The 342 municipalities of 2023 with their region in the division of that kind and year.

    `centre_municipality` is constructed, not official: `centre_status` says how sure it is.
    """
    frame, known = table("municipalities.csv"), _known_year(year, kind)
    frame.insert(2, "region", frame["code"] if kind == TOWN else frame[f"region_{known}"])
    return frame[[name for name in frame.columns if not name.startswith("region_")]].astype({"population": "Int64"})


@cache
def town_names() -> Mapping[str, str]:
    """The name of each municipality of 2023 by its code."""
    towns = _read("municipalities.csv")
    return MappingProxyType(dict(zip(towns["code"], towns["name"], strict=True)))


def themes() -> dict[str, str]:
    """The themes that open answers of the needs survey are coded into, and what each stands for."""
    rows = table("themes.csv")
    return dict(zip(rows["theme"], rows["label"], strict=True))


def areas() -> pd.DataFrame:
    """Names of the safety, youth and GGD regions and the provinces: kind, code, name."""
    return table("areas.csv")


def checklist_items() -> pd.DataFrame:
    """What each checklist asks: checklist, item, order, kind (wet, handreiking, werkdefinitie), label, source."""
    return table("checklist_items.csv").astype({"order": "Int64"})


def direction_tasks() -> pd.DataFrame:
    """The tasks of who directs what: task, order, tier (beleid, proces, casus), kind, label, source."""
    return table("direction_tasks.csv").astype({"order": "Int64"})


def regions(year: int, *, kind: str = VEILIG_THUIS) -> pd.DataFrame:
    """The regions of that kind and year: region, name, population and number of municipalities."""
    return _regions(year, kind).copy()


@cache
def _regions(year: int, kind: str) -> pd.DataFrame:
    towns = municipalities(year, kind=kind).groupby("region")
    known = _regions_of(year, kind).assign(
        population=lambda frame: frame["region"].map(towns["population"].sum()),
        municipalities=lambda frame: frame["region"].map(towns.size()),
    )
    return known.astype({"population": "Int64", "municipalities": "Int64"})


def population(codes: pd.Series) -> pd.Series:
    """Inhabitants of each region code, whatever kind and year it is of; missing where the code is unknown."""
    towns = municipalities()
    known = {NATIONAL: int(towns["population"].sum())} | dict(zip(towns["code"], towns["population"], strict=True))
    for year in years():
        known |= dict(zip(regions(year)["region"], regions(year)["population"], strict=True))
    return codes.map(known).astype("Int64")


def tiles(year: int, *, kind: str = VEILIG_THUIS) -> pd.DataFrame:
    """Where each region stands on the tile map of that year: region, column, row (from the top left).

    Without rows for municipalities: of those there is no map.
    """
    frame = table("tiles.csv").astype({"column": "Int64", "row": "Int64"})
    return _of_year(frame, year).iloc[:0] if kind == TOWN else _of_year(frame, year)


def same_area(kind: str, *, year: int) -> dict[str, str]:
    """Codes of areas of that kind that hold exactly the municipalities of one region, and that region."""
    if kind not in _AREAS:
        raise RegionError(f"Onbekende soort gebied {kind!r}. Bekend zijn: {', '.join(_AREAS)}.")
    towns = municipalities(year)
    of_area = {str(area): frozenset(codes) for area, codes in towns.groupby(kind)["code"]}
    region_of = {frozenset(codes): str(region) for region, codes in towns.groupby("region")["code"]}
    return {area: region_of[members] for area, members in of_area.items() if members in region_of}


def region_name(code: str, *, year: int) -> str:
    """The name of a region in that year. Raises RegionError where `resolve_region` does."""
    found = resolve_region(code, year=year)
    return "Nederland" if found == NATIONAL else _names(year)[found]


def resolve_region(code: str, *, year: int) -> str:
    """The region of that year for a code of any year.

    A region that was merged gives its successor. Raises RegionError where the code is unknown or
    stands for several regions of that year.
    """
    names, text = _names(year), str(code).strip().upper()
    if text in names or text == NATIONAL:
        return text
    after = _successors()
    if after.get(text) in names:
        return after[text]
    before = [f"{old} ({_any_name(old)})" for old, new in after.items() if new == text]
    if before:
        raise RegionError(
            f"De regio {text} ({_any_name(text)}) bestaat niet in de indeling van {year}. "
            f"Toen waren het: {' en '.join(before)}. Kies een van deze."
        )
    shown = f" {text}" if re.fullmatch(r"VT\d\d", text) else ""
    raise RegionError(f"Onbekende regio{shown}. In de indeling van {year} zijn bekend: {', '.join(names)}.")


def region_codes(codes: pd.Series, *, year: int, kind: str = VEILIG_THUIS) -> pd.Series:
    """Each code as its region of that year; missing where `resolve_region` or `resolve_municipality` would raise."""
    if _known_year(year, kind) and kind == TOWN:
        return municipality_codes(codes)
    names = _names(year)
    known = {name: name for name in (*names, NATIONAL)}
    known |= {old: new for old, new in _successors().items() if new in names}
    return codes.astype("str").str.strip().str.upper().map(known).astype("str")


def resolve_municipality(code: str | int) -> str:
    """The code of 2023 for a municipality code: GM0363, 363, 0363 or padded with spaces; merged ones mapped.

    Raises RegionError for a municipality that was split up and for an unknown code.
    """
    text = _canonical(str(code))
    found = municipality_map().get(text)
    if found:
        return found
    if text in split_municipalities():
        raise RegionError(_split_message(text))
    raise RegionError(
        "Onbekende gemeentecode. Verwacht: een code als GM0363 uit de indeling van 2023, of van een gemeente die in "
        "2021, 2022 of 2023 is samengevoegd. Zoek de code van nu op en vul die in."
    )


def municipality_codes(codes: pd.Series) -> pd.Series:
    """Each code as its municipality of 2023; missing where `resolve_municipality` would raise."""
    plain, current = codes.astype("str"), municipality_map()
    known = {code: current.get(_canonical(code)) for code in plain.dropna().unique()}
    return plain.map(known).astype("str")


def municipality_map() -> dict[str, str]:
    """Every code that stands for one municipality of 2023: the codes of 2023 and the merged ones."""
    current = {code: code for code in table("municipalities.csv")["code"]}
    merged = table("mergers.csv").drop_duplicates("old_code", keep=False)
    return current | dict(zip(merged["old_code"], merged["new_code"], strict=True))


def split_municipalities() -> dict[str, tuple[str, ...]]:
    """Municipalities that were divided over several others, so that no one code replaces theirs."""
    changed = table("mergers.csv")
    split = changed[changed["old_code"].duplicated(keep=False)]
    return {str(old): tuple(parts) for old, parts in split.groupby("old_code")["new_code"]}


def mergers() -> pd.DataFrame:
    """Municipalities that stopped existing: old_code, old_name, new_code, new_name, year."""
    return table("mergers.csv").astype({"year": "Int64"})


def successors() -> pd.DataFrame:
    """Regions that were merged: region, successor and the first year of the successor."""
    return table("successors.csv").astype({"year": "Int64"})


def _canonical(code: str) -> str:
    """GM and four digits; text that is no code stays as it is."""
    match = re.fullmatch(r"(?:GM)?(\d{1,4})", code.strip().upper(), flags=re.ASCII)
    return f"GM{match[1].zfill(4)}" if match else code


def _split_message(code: str) -> str:
    changed = table("mergers.csv")
    rows = changed[changed["old_code"] == code]
    names = ", ".join(f"{row.new_name} ({row.new_code})" for row in rows.itertuples())
    return (
        f"De gemeente {rows['old_name'].iloc[0]} bestaat sinds {rows['year'].iloc[0]} niet meer. "
        f"Zij is verdeeld over {names}. Vul per rij een van deze codes in."
    )


def _known_year(year: int, kind: str = VEILIG_THUIS) -> int:
    known = years(kind)
    if year not in known:
        if kind == TOWN:
            raise RegionError(f"Er is geen lijst van gemeenten van {year}, alleen van {_TOWNS_OF}. Kies bij division "
                              "in study.yml dat jaar; codes van eerder samengevoegde gemeenten worden omgezet.")
        raise RegionError(
            f"Er is geen regio-indeling van {year}. Er zijn indelingen van {' en '.join(map(str, known))}. "
            "Kies een van deze jaren bij division in study.yml."
        )
    return year


def _of_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    rows = frame[frame["division_year"] == str(_known_year(year))]
    return rows.drop(columns="division_year").sort_values("region").reset_index(drop=True)


def _regions_of(year: int, kind: str = VEILIG_THUIS) -> pd.DataFrame:
    if kind == TOWN:
        towns = municipalities(year, kind=kind)[["region", "name"]]
        return towns.sort_values("region", ignore_index=True)
    return _of_year(table("regions.csv"), year)


def _names(year: int) -> dict[str, str]:
    known = _regions_of(year)
    return dict(zip(known["region"], known["name"], strict=True))


def _any_name(code: str) -> str:
    named = table("regions.csv").drop_duplicates("region", keep="last").set_index("region")["name"]
    name: str = named[code]
    return name


def _successors() -> dict[str, str]:
    merged = table("successors.csv")
    return dict(zip(merged["region"], merged["successor"], strict=True))


@cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.reference_dir() / name, dtype="str", keep_default_na=False, na_values=[""])
