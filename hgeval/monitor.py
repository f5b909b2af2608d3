"""What others published about reports to Veilig Thuis, per region, with the status it has in print.

Every region has a row for every measure: where nothing is published the status is `none`, and a
report says so. Volume is context, not performance.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

import numpy as np
import pandas as pd

from hgeval import published, rates, reference, wording
from hgeval.errors import EstimateError

GROUPS = ("period", "kind")
EXTRA = ("status", "provisional", "source", "note")
COLUMNS = ("measure", "region", *GROUPS, *rates.COLUMNS[2:], *EXTRA)
WHOLE = "totaal"
_ANEW = 2019  # from this year on all regions count in another way (break_notes.csv)
_BEFORE, _SINCE = "tot_2019", "vanaf_2019"
_IMPOSED = "opgelegd"
YEARLY, MONTHLY, BANS = "meldingen", "adviezen_per_month", "huisverbod"
RATED = ("meldingen", "adviezen")
_PER_INHABITANT, _SHARE = "_per_10000", "_share"  # how measures that follow from others end
_PARTS = {  # known of some regions without a total too
    "meldingen": ("meldingen_by_role", "mensenhandel"), "adviezen": ("adviezen_by_role", "mensenhandel", MONTHLY),
}
_ONLY_PARTS = "Het CBS geeft voor deze regio geen totaal. Over een deel van de {} staan hieronder wel cijfers."
_KEY = ["measure", "region", *GROUPS]
_IN_FIVES = {"shown": "rounded", "exact": "rounded", "derived": "derived", "secret": "suppressed"}
_AS_COUNTED = {"exact": "shown", "derived": "derived", "approximate": "rounded"}
_BASIS = {
    "count": "",
    "percentage": "onze berekening uit een aantal en een percentage",
    "half_years": "onze optelling van twee halfjaren",
}
_INHABITANTS = f"onze berekening met het aantal inwoners op {reference.POPULATION_DATE}"
_CBS, _DIVISION = "CBS StatLine ", "indeling"
_ROUNDED = "aantallen afgerond op vijf"
_PERIOD = r"(\d{4})(?:H([12])|-(\d{2})|-(\d{4}))?"  # 2023, 2023H1, 2023-01 or 2022-2023


def figures(year: int, *measures: str, kind: str = reference.VEILIG_THUIS) -> pd.DataFrame:
    """Published figures for every region of that kind and year and NL, of the measures named, or of all.

    Columns: `COLUMNS`. The status is shown, rounded, derived (with low and high), suppressed or none. Of most
    municipalities nothing is published. The one series per month is there whatever the kind of regions.
    """
    frame = _figures(year, kind)
    known = list(frame["measure"].unique())
    if set(measures) - set(known):
        raise EstimateError(f"Onbekende maat. Bekend zijn: {', '.join(known)}.")
    return frame[frame["measure"].isin(measures or known)].reset_index(drop=True)


def measures() -> list[str]:
    """The ids of the published measures."""
    return list(_figures(reference.years()[-1], reference.VEILIG_THUIS)["measure"].unique())


def labels() -> dict[str, str]:
    """The Dutch label of every value of the group column `kind`; a year is its own label."""
    return published.kind_labels()


def break_notes(region: str, *, about: Collection[str] = ()) -> pd.DataFrame:
    """What changed in the series of a region or of the country, in order of time; `about` keeps some subjects."""
    notes = published.break_notes()
    notes = notes[notes["region"].isin([region, reference.NATIONAL])]
    if about:
        notes = notes[notes["about"].isin(list(about))]
    return notes.sort_values(["starts_on", "region", "about"]).reset_index(drop=True)


def breaks(region: str, *, about: Collection[str] = ("alle", "meldcode", "corona", "adviezen")) -> dict[str, str]:
    """The break notes by the month in which they begin, as a chart of months needs them; see also `soon_after`."""
    notes = break_notes(region, about=about)
    by_month = notes.groupby(notes["starts_on"].dt.strftime("%Y-%m"))["note"]
    return {str(month): " ".join(texts) for month, texts in by_month}


def touching(shown: pd.DataFrame, region: str) -> list[str]:
    """The break notes about the figures shown: what changed between two of their periods, or within one.

    A region that no longer exists keeps the note that says so, for it tells why figures are missing.
    """
    spans = [_span(period) for period in shown["period"].unique() if period]
    notes = break_notes(region, about=_subjects(shown["measure"]))
    own = notes["region"] == region
    between = pd.Series(False, index=notes.index)
    if spans:
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        between = (notes["starts_on"] > first) & (notes["starts_on"] <= last)
    division = notes["about"] == _DIVISION  # a new division changes the regions in it, not the country
    ended = own & division & (region in set(reference.successors()["region"]))
    return list(notes.loc[between & (own | ~division) | ended, "note"])


def soon_after(shown: pd.DataFrame, region: str) -> list[str]:
    """The region's own break notes of later in the year in which the figures end: a chart has no line for those."""
    last = max(end for _, end in map(_span, shown["period"].unique()))
    notes = break_notes(region, about=_subjects(shown["measure"]))
    later = (notes["region"] == region) & (notes["starts_on"] > last) & (notes["year"] == last.year)
    return list(notes.loc[later, "note"])


def without_total(shown: pd.DataFrame, region: str, *, of: str) -> list[str]:
    """A sentence where figures exist of some of a region's meldingen or adviezen, and not of all of them together."""
    own = set(shown.loc[(shown["region"] == region) & (shown["status"] != "none"), "measure"])
    return [_ONLY_PARTS.format(of)] if of not in own and own & set(_PARTS[of]) else []


def source(shown: pd.DataFrame) -> str:
    """Where the figures shown were published; where there are none, where those of other regions were."""
    named = set(shown["source"]) - {""}
    if not named:
        every = _figures(reference.years()[-1], reference.VEILIG_THUIS)
        named = set(every.loc[every["measure"].isin(shown["measure"]), "source"]) - {""}
    tables = sorted(name.removeprefix(_CBS) for name in named if name.startswith(_CBS))
    others = sorted(wording.label("source", name) for name in named if not name.startswith(_CBS))
    return "; ".join([*map(published.source_line, tables), *([_ROUNDED] if tables else []), *others])


def known(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures that exist; a region (not the country) without any for a measure keeps one row."""
    absent = figures["status"] == "none"
    nothing = absent.groupby([figures["measure"], figures["region"]]).transform("all")
    first = ~figures.duplicated(["measure", "region"]) & (figures["region"] != rates.NATIONAL)
    alone = figures[nothing & first].assign(period="", kind=WHOLE)
    return pd.concat([figures[~absent], alone]).sort_index()


def imposed(figures: pd.DataFrame) -> pd.DataFrame:
    """The huisverboden that were imposed, one row a region and year; the count of a ministry only without another."""
    years = figures["kind"].str.startswith(_IMPOSED) & figures["period"].str.fullmatch("[0-9]{4}")
    absent = figures["status"] == "none"
    found = figures.assign(absent=absent)[(figures["measure"] == BANS) & (years | absent)]
    first = found.sort_values(["absent", "kind"], kind="stable").drop_duplicates(["region", "period"])
    return first.drop(columns="absent").sort_index()


def _subjects(measures: pd.Series) -> list[str]:
    """What a break note must be about to touch these measures; Veilig Thuis does not register huisverboden."""
    if set(measures) <= {BANS}:
        return ["huisverboden"]
    advice = ["adviezen"] if measures.str.startswith("adviezen").any() else []
    division = [] if measures.str.startswith("own_").all() else [_DIVISION]  # a study keeps to its own division
    return ["alle", "meldcode", "corona", *advice, *division]


def _span(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last day of a period."""
    found = re.fullmatch(_PERIOD, period)
    if found is None:
        raise EstimateError("Verwacht: een periode zoals 2023, 2023H1, 2023-01 of 2022-2023. Gevonden: iets anders.")
    year, half, month, last_year = found.groups()
    first, last = {"1": (1, 6), "2": (7, 12)}.get(half, (int(month or 1), int(month or 12)))
    return pd.Timestamp(int(year), first, 1), pd.Timestamp(int(last_year or year), last, 1) + pd.offsets.MonthEnd()


@cache
def _figures(year: int, kind: str) -> pd.DataFrame:
    own = [*reference.regions(year, kind=kind)["region"], reference.NATIONAL]
    cells = _cells(own, year, kind)
    asked = cells[["measure", *GROUPS]]
    if kind != reference.VEILIG_THUIS:  # what is published of those regions only, is a question here too
        there = _figures(reference.years()[-1], reference.VEILIG_THUIS)
        counted = ~there["measure"].str.endswith((_PER_INHABITANT, _SHARE))
        asked = pd.concat([there.loc[counted, ["measure", *GROUPS]], asked])
    counts = _complete(cells, own, asked.drop_duplicates())
    whole = published.measures().set_index(["measure", "kind"])["of"]
    parts = [counts.assign(n=counts["events"]), *(_rate(counts, measure) for measure in RATED), _shares(counts, whole)]
    frame = pd.concat(parts, ignore_index=True).assign(level=np.nan, method="published")
    frame["note"] = frame["note"].fillna("")
    floats = dict.fromkeys(("value", "low", "high", "level"), "Float64")
    typed = frame.astype({"n": "Int64", "events": "Int64", "provisional": "bool"} | floats)
    return typed[list(COLUMNS)]


def _cells(own: list[str], year: int, kind: str) -> pd.DataFrame:
    parts = [_statline(own, year, kind), _meldingen(), _months(), _bans()]
    return pd.concat([part.astype(_types(part)) for part in parts], ignore_index=True)


def _statline(own: list[str], year: int, kind: str) -> pd.DataFrame:
    """The StatLine cells of these regions, each count with its printed percentage beside it."""
    chosen = published.measures()
    key = ["table", "period", "characteristic", "variable"]
    cells = published.vt_figures().merge(chosen, on=key, validate="m:m")
    cells["region"] = _regions(cells, own, year, kind)
    # A region that is also a province stands in a table twice, with the same figures.
    cells = cells.dropna(subset="region").drop_duplicates([*_KEY, "unit"])
    percents = cells[cells["unit"] == "percent"].rename(columns={"value": "percent"})[[*_KEY, "percent"]]
    counts = cells[cells["unit"] == "count"].merge(percents, on=_KEY, how="left", validate="1:1")
    basis = counts["status"].map({"derived": _BASIS["percentage"]})
    return counts.assign(status=counts["status"].map(_IN_FIVES), source=_CBS + counts["table"], note=basis)


def _regions(cells: pd.DataFrame, own: list[str], year: int, kind: str) -> pd.Series:
    """The region each row is about: its own, or the one its province coincides with; missing where there is none."""
    known = {code: code for code in own}
    known |= reference.same_area("province", year=year) if kind == reference.VEILIG_THUIS else {}
    ended = cells["area_code"].map(reference.successors().set_index("region")["year"])
    # CBS prints a dot for a region that no longer exists: that is no secret, there is nothing.
    gone = (cells["period"].str[:4].astype(int) >= ended).fillna(False).astype(bool)
    return cells["area_code"].map(known).mask(gone)


def _meldingen() -> pd.DataFrame:
    known = published.vt_meldingen()
    return known.assign(
        measure=YEARLY, kind=WHOLE, period=known["year"].astype("str"), status=known["status"].map(_IN_FIVES),
        source=_CBS + known["table"], note=known["basis"].map(_BASIS),
    )


def _months() -> pd.DataFrame:
    """Advice per month, of two kinds: what is counted in another way is another line in a chart."""
    known = published.monthly_gelderland_zuid()
    return known.assign(
        measure=MONTHLY, region=published.MONTHLY_REGION, value=known["adviezen"], status="shown",
        kind=np.where(known["year"] < _ANEW, _BEFORE, _SINCE), source=published.MONTHLY_SOURCE,
    )


def _bans() -> pd.DataFrame:
    known = published.huisverbod().dropna(subset="region")
    return known.assign(measure=BANS, status=known["status"].map(_AS_COUNTED))


def _types(part: pd.DataFrame) -> dict[str, str]:
    numbers = {"value": "Float64", "low": "Float64", "high": "Float64", "percent": "Float64"}
    return {name: dtype for name, dtype in numbers.items() if name in part}


def _complete(cells: pd.DataFrame, own: list[str], asked: pd.DataFrame) -> pd.DataFrame:
    """A row for every region and every figure that is asked, in a fixed order; `none` where it has none."""
    order = published.measures()[["measure", *GROUPS]]
    asked = pd.concat([order, asked]).drop_duplicates().merge(asked)
    example = published.MONTHLY_REGION  # whose months a report shows, also where it is no region of the study
    regions = pd.DataFrame({"region": list(dict.fromkeys([*own, example]))})
    grid = asked.assign(place=range(len(asked))).merge(regions.assign(line=range(len(regions))), how="cross")
    grid = grid[grid["region"].isin(own) | (grid["measure"] == MONTHLY)]
    first = grid.groupby("measure")["place"].transform("min")
    grid = grid.assign(first=first).sort_values(["first", "line", "place"])[_KEY]
    kept = [*_KEY, "value", "low", "high", "percent", *EXTRA]
    full = grid.merge(cells[kept], on=_KEY, how="left", validate="1:1")
    full["status"] = full["status"].fillna("none")
    full["source"] = full["source"].fillna("")
    full["provisional"] = full["provisional"].fillna(False).astype(bool)
    return full.assign(events=full["value"].astype("Int64"))


def _rate(counts: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Per 10.000 inhabitants, of the numbers as printed; a derived number keeps its bounds."""
    rows = counts[counts["measure"] == measure].copy()
    rows["n"] = reference.population(rows["region"])
    for name in ("value", "low", "high"):
        rows[name] = rates.PER * rows[name] / rows["n"]
    rows["note"] = rows["status"].map(lambda status: "" if status == "none" else _INHABITANTS)
    return rows.assign(measure=f"{measure}{_PER_INHABITANT}")


def _shares(counts: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Each kind as a share of its whole: the percentage as printed, else from the two printed numbers."""
    of = whole[whole != ""].reset_index()
    rows = counts.merge(of, on=["measure", "kind"])
    total = counts[["measure", "region", "period", "kind", "value", "status"]].rename(
        columns={"kind": "of", "value": "n", "status": "of_status"}
    )
    rows = rows.merge(total, on=["measure", "region", "period", "of"], how="left", validate="m:1")
    printed = rows["percent"].notna()
    rows["value"] = (rows["percent"] / 100).fillna(rows["value"] / rows["n"])
    worst = rows["status"].where(rows["status"].isin(["none", "suppressed"]), rows["of_status"])
    rows["status"] = worst.mask(printed, "rounded")
    return rows.assign(measure=rows["measure"] + _SHARE, low=np.nan, high=np.nan, note="")
