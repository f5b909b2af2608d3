"""Rules for a division that a user brings; what breaks the law is a warning, so that the report can say where."""

from __future__ import annotations

import pandas as pd

from hgeval import divisions_towns, reference
from hgeval.findings import Place
from hgeval.params import Study
from hgeval.schema_divisions import DIVISIONS, OWN_NAMES

_NAME = DIVISIONS.name


def report(frames: dict[str, pd.DataFrame], places: dict[str, Place], config: Study) -> None:
    """Every rule for divisions; no value is changed."""
    if _NAME in frames:
        frame, place = frames[_NAME], places[_NAME]
        _names(frame, place)
        _once(frame, place)
        _several(frame, place)
        _whole(frame, place)
        _seats(frame, place)


def _own(frame: pd.DataFrame) -> pd.Series:
    """Rows of a division that the user brings; of one that hgeval knows, only the seats and distances count."""
    return ~frame["division"].isin(OWN_NAMES)


def _names(frame: pd.DataFrame, place: Place) -> None:
    towns = divisions_towns.towns().set_index("code")
    areas = pd.Series(pd.NA, index=frame.index, dtype="str")
    for name, column in divisions_towns.AREAS.items():
        rows = frame["division"] == name
        areas[rows] = frame.loc[rows, "municipality"].map(towns[column]).astype("str")
    message = "Deze naam is van een indeling die hgeval zelf al heeft, maar de regio is een andere. Neem de regio's " \
              "van data/reference/municipalities.csv over, of geef uw indeling een andere naam."
    wrong = ~_own(frame) & frame["area"].notna() & areas.notna() & (frame["area"] != areas)
    place.report("area", "indeling-naam", wrong, message)


def _once(frame: pd.DataFrame, place: Place) -> None:
    known = frame["municipality"].notna() & frame["area"].notna()
    areas = frame.groupby(["division", "municipality"])["area"].transform("nunique")
    message = "Deze gemeente staat in deze indeling in meer dan één regio. Volgens de VNG (2013) mag dat niet: " \
              "kies er een."
    place.report("municipality", "indeling-dubbel", known & areas.gt(1), message)


def _several(frame: pd.DataFrame, place: Place) -> None:
    towns = frame.groupby(["division", "area"])["municipality"].transform("nunique")
    message = "Deze regio heeft maar één gemeente. Volgens de VNG (2013) mag dat niet: voeg haar bij een andere regio."
    place.report("area", "indeling-alleen", _own(frame) & frame["municipality"].notna() & towns.eq(1), message)


def _whole(frame: pd.DataFrame, place: Place) -> None:
    """One finding for the file: a municipality that is not there has no row."""
    every = len(reference.municipalities())
    towns = frame[_own(frame)].groupby("division")["municipality"].nunique()
    if (towns < every).any():
        message = f"Een indeling heeft niet alle {every} gemeenten. Volgens de VNG (2013) mag dat niet: vul haar " \
                  "aan. De codes staan in data/reference/municipalities.csv."
        place.found.add("indeling-onvolledig", message, file=place.file, column="municipality")


def _seats(frame: pd.DataFrame, place: Place) -> None:
    keys = ["division", "area"]
    at_home = pd.MultiIndex.from_frame(frame[[*keys, "municipality"]].dropna())
    seats = pd.MultiIndex.from_frame(frame[[*keys, "seat"]])
    outside = frame["seat"].notna() & ~seats.isin(at_home)
    message = "Het kantoor staat in een gemeente die niet bij deze regio hoort. Kijk welke van de twee klopt."
    place.report("seat", "kantoor-buiten-regio", outside, message)
    several = frame.groupby(keys)["seat"].transform("nunique").gt(1)
    message = "Deze regio heeft in een andere rij een ander kantoor. Vul overal dezelfde gemeente in."
    place.report("seat", "kantoor-verschilt", frame["seat"].notna() & several, message)
