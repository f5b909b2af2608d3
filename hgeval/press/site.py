"""The index: every region with its reports, as a list and as a map; made from the manifest alone."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

from hgeval.params import ReportSpec
from hgeval.press import jobs
from hgeval.press.export import dutch_date, frame
from hgeval.press.manifest import Build, Entry
from hgeval.reference import NATIONAL


def index(build: Build, *, regions: pd.DataFrame, tiles: pd.DataFrame, reports: dict[str, ReportSpec]) -> str:
    """The page that opens the reports, which it names in the order of the settings."""
    places = sorted(zip(regions["region"], regions["name"], strict=True), key=lambda place: alphabetical(place[1]))
    names, entries = dict(places), _by_region(build)
    made = {entry.region for entry in build.entries if entry.status != "failed"}
    shown = [
        {"region": code, "name": names[code], "column": int(column), "row": int(row), "made": code in made}
        for code, column, row in sorted(zip(tiles["region"], tiles["column"], tiles["row"], strict=True))
        if code in names
    ]
    return frame(
        "site.html.j2", rules=_tile_rules(shown), heading=f"Rapporten per regio. {build.study_title}",
        study_title=build.study_title, date=dutch_date(build.reference_date), year=build.division_year,
        kind=build.division_kind, synthetic=build.synthetic, own_eyes=build.own_eyes, version=build.hgeval, tiles=shown,
        country=_place(NATIONAL, "Nederland", entries.get(NATIONAL, {}), build, reports),
        places=[_place(code, name, entries.get(code, {}), build, reports) for code, name in places],
        reports=[{"name": name, "title": spec.title, "about": spec.about} for name, spec in reports.items()],
    )


def alphabetical(name: str) -> str:
    """Where a name stands in a Dutch list: without accents, case, or the 's or 't it starts with."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^'[st][ -]", "", plain)


def _by_region(build: Build) -> dict[str, dict[str, Entry]]:
    """The entries of each region by report: looked through once, not once for each of hundreds of regions."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in build.entries:
        found.setdefault(entry.region, {})[entry.report] = entry
    return found


def _place(
    region: str, name: str, mine: dict[str, Entry], build: Build, reports: dict[str, ReportSpec]
) -> dict[str, Any]:
    return {
        "region": region, "name": name,
        "entries": [_entry(mine[report], build) for report in reports if report in mine],
    }


def _entry(entry: Entry, build: Build) -> dict[str, Any]:
    page, workbook, table = jobs.names(entry.region, entry.report)
    return {
        "report": entry.report, "title": entry.title, "status": entry.status, "older": entry.older, "told": entry.told,
        "page": page, "workbook": workbook, "table": table,
    }


def _tile_rules(tiles: list[dict[str, Any]]) -> str:
    """The map's places as style rules; on a narrow screen, where they would not fit, there is no map."""
    columns = sorted({tile["column"] for tile in tiles})
    rows = sorted({tile["row"] for tile in tiles})
    if not tiles:
        return ""
    first, top = columns[0], rows[0]
    wide = columns[-1] - first + 1
    rules = [".op-kaart{display:block}", f".kaart{{grid-template-columns:repeat({wide},minmax(0,1fr))}}"]
    rules += [f".k{column}{{grid-column:{column - first + 1}}}" for column in columns]
    rules += [f".r{row}{{grid-row:{row - top + 1}}}" for row in rows]
    return "\n@media (min-width:60rem){" + "".join(rules) + "}\n"
