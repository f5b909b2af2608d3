"""Figures that others published: Statistics Netherlands, ministries, a region, the law."""

from __future__ import annotations

from functools import cache

import pandas as pd

from hgeval import reference
from hgeval.errors import EstimateError

LICENCE = "CC BY 4.0"
MONTHLY_REGION = "VT06"
MONTHLY_SOURCE = "GGD Gelderland-Zuid, kwartaalrapportage Veilig Thuis (januari-maart 2020)"
DU_SOURCE = "Wetten.nl, BWBR0027383, bijlagen 29kk, 29kk-2, 29kk-3 en 29kk-4 (vrouwenopvang, 2010-2013)"
AREA_TYPES = {"NL": "Nederland", "LD": "landsdeel", "PV": "provincie", "VT": "Veilig Thuis-regio", "GM": "gemeente"}


def statline_tables() -> pd.DataFrame:
    """The StatLine tables the figures come from: table, title."""
    return reference.table("statline_tables.csv")


def source_line(table: str) -> str:
    """How a report names a StatLine table. Raises EstimateError for a table that is not in use."""
    titles: dict[str, str] = dict(statline_tables().itertuples(index=False))
    if table not in titles:
        raise EstimateError(f"Onbekende StatLine-tabel. Bekend zijn: {', '.join(titles)}.")
    return f"CBS StatLine {table}, {titles[table]} ({LICENCE})"


def vt_figures(table: str | None = None, *, period: str | None = None, area_type: str | None = None) -> pd.DataFrame:
    """The figures about Veilig Thuis, one row a cell as CBS printed it, in counts of five or percentages.

    status: shown, secret (printed as a dot) or derived (from a count and its percentage, with low and high).
    """
    frame = reference.table("vt_figures.csv").fillna({"characteristic": ""})
    for name, wanted in (("table", table), ("period", period), ("area_type", area_type)):
        frame = frame if wanted is None else _only(frame, name, wanted)
    frame["provisional"] = frame["provisional"] == "true"
    return frame.astype({"value": "Float64", "low": "Float64", "high": "Float64"}).reset_index(drop=True)


def vt_meldingen() -> pd.DataFrame:
    """Received meldingen per Veilig Thuis region and year, where known; also region NL.

    basis: count, percentage (count divided by its percentage) or half_years (two rounded halves added).
    """
    frame = reference.table("vt_meldingen.csv")
    frame["provisional"] = frame["provisional"] == "true"
    return frame.astype({"year": "Int64", "value": "Int64", "low": "Float64", "high": "Float64"})


def huisverbod() -> pd.DataFrame:
    """Huisverboden in the country, regions and towns; `region` is empty where the area is no region of today."""
    return reference.table("huisverbod.csv").fillna({"note": ""}).astype({"value": "Int64"})


def monthly_gelderland_zuid() -> pd.DataFrame:
    """Advice given by Veilig Thuis Gelderland-Zuid per month, January 2017 to March 2020."""
    frame = reference.table("gelderland_zuid_monthly.csv").astype("Int64")
    return frame.assign(period=frame["year"].astype("str") + "-" + frame["month"].astype("str").str.zfill(2))


def du_vrouwenopvang() -> pd.DataFrame:
    """Euros for shelter by law, per centrumgemeente and year, 2010 to 2013."""
    return reference.table("du_vrouwenopvang.csv").astype({"year": "Int64", "amount": "Int64"})


def break_notes() -> pd.DataFrame:
    """What changed in a series, and when: region (NL is everyone), year, starts_on, about, note, source."""
    return _break_notes().copy()


@cache
def _break_notes() -> pd.DataFrame:
    frame = reference.table("break_notes.csv").astype({"year": "Int64"})
    return frame.assign(starts_on=pd.to_datetime(frame["starts_on"], format="%Y-%m-%d").astype("datetime64[s]"))


def measures() -> pd.DataFrame:
    """Which published cells make which measure and kind; `of` is the kind that is the whole."""
    return reference.table("measures.csv").fillna({"of": "", "characteristic": ""})


def kind_labels() -> dict[str, str]:
    """The Dutch label of every kind in the monitor."""
    return _kind_labels().copy()


@cache
def _kind_labels() -> dict[str, str]:
    return dict(reference.table("kinds.csv").itertuples(index=False))


def _only(frame: pd.DataFrame, name: str, wanted: str) -> pd.DataFrame:
    known = sorted(frame[name].unique())
    if wanted not in known:
        raise EstimateError(f"Voor {name} is er geen {wanted!r}. Bekend zijn: {', '.join(known)}.")
    return frame[frame[name] == wanted]
