"""What is known about reports to Veilig Thuis: published figures per region, and the study's own meldingen.

Published figures keep the status they have in print. Every region has a row for every measure:
where nothing is published the status is `none`, and a report says so. Volume is context, not performance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache

import pandas as pd

from hgeval import published, rates, reference
from hgeval.errors import EstimateError
from hgeval.schema_study import MELDINGEN

GROUPS = ("period", "kind")
EXTRA = ("status", "provisional", "source", "note")
COLUMNS = ("measure", "region", *GROUPS, *rates.COLUMNS[2:], *EXTRA)
WHOLE = "totaal"
_IMPOSED = "opgelegd"
YEARLY, MONTHLY, BANS = "meldingen", "adviezen_per_month", "huisverbod"
RATED = ("meldingen", "adviezen")
_KEY = ["measure", "region", *GROUPS]
_IN_FIVES = {"shown": "rounded", "exact": "rounded", "derived": "derived", "secret": "suppressed"}
_AS_COUNTED = {"exact": "shown", "derived": "derived", "approximate": "rounded"}
_BASIS = {
    "count": "",
    "percentage": "onze berekening uit een aantal en een percentage",
    "half_years": "onze optelling van twee halfjaren",
}
_INHABITANTS = f"onze berekening met het aantal inwoners op {reference.POPULATION_DATE}"
_OWN_CHOICES = {"own_by_kind": "kind", "own_by_reporter": "reporter"}
_OWN_ASSESSED = {"own_by_safety": "safety", "own_by_route": "route"}
_UNKNOWN, _NOT_ASSESSED, _NOT_FINISHED = "onbekend", "nog_niet_beoordeeld", "nog_niet_klaar"


def figures(year: int, *measures: str) -> pd.DataFrame:
    """Published figures for every region of that year's division and NL, of the measures named, or of all.

    Columns: `COLUMNS`. The status is shown, rounded, derived (with low and high), suppressed or none.
    """
    frame = _figures(year)
    known = list(frame["measure"].unique())
    if set(measures) - set(known):
        raise EstimateError(f"Onbekende maat. Bekend zijn: {', '.join(known)}.")
    return frame[frame["measure"].isin(measures or known)].reset_index(drop=True)


def measures() -> list[str]:
    """The ids of the published measures."""
    return list(_figures(reference.years()[-1])["measure"].unique())


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


def breaks(region: str, *, about: Collection[str] = ("meldcode", "corona")) -> dict[str, str]:
    """The break notes by the month in which they begin, as a chart of months needs them."""
    notes = break_notes(region, about=about)
    return dict(zip(notes["starts_on"].dt.strftime("%Y-%m"), notes["note"], strict=True))


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


def own_reports(
    meldingen: pd.DataFrame, *, level: float = 0.95, all_regions: Sequence[str] | None = None
) -> pd.DataFrame:
    """The study's own meldingen per region and NL: number, yearly rate, and shares that add up to one whole.

    Rates have exact Poisson limits (Garwood 1936); tests/reference/poisson_exact.csv. A question
    that no melding answers is left out; what is not filled in counts as `onbekend`.
    """
    regions = sorted(meldingen["region"].unique()) if all_regions is None else list(all_regions)
    if not set(meldingen["region"]) <= set(regions):
        raise EstimateError("Er zijn meldingen van regio's buiten de indeling. Controleer study.yml, division.")
    parts = [_own_numbers(meldingen, regions, level)]
    parts += [_own_shares(measure, kinds, regions) for measure, kinds in _own_kinds(meldingen)]
    frame = pd.concat(parts, ignore_index=True).assign(period=_period(meldingen["received_on"]))
    return rates.recompute(rates.frame(frame, groups=GROUPS))


@cache
def _figures(year: int) -> pd.DataFrame:
    cells = [_statline(year), _meldingen(), _months(), _bans()]
    counts = _complete(pd.concat([part.astype(_types(part)) for part in cells], ignore_index=True), year)
    whole = published.measures().set_index(["measure", "kind"])["of"]
    parts = [counts.assign(n=counts["events"]), *(_rate(counts, measure) for measure in RATED), _shares(counts, whole)]
    frame = pd.concat(parts, ignore_index=True).assign(level=pd.NA, method="published")
    frame["note"] = frame["note"].fillna("")
    floats = dict.fromkeys(("value", "low", "high", "level"), "Float64")
    typed = frame.astype({"n": "Int64", "events": "Int64", "provisional": "bool"} | floats)
    return typed[list(COLUMNS)]


def _statline(year: int) -> pd.DataFrame:
    """The StatLine cells of regions of that division, each count with its printed percentage beside it."""
    chosen = published.measures()
    key = ["table", "period", "characteristic", "variable"]
    cells = published.vt_figures().merge(chosen, on=key, validate="m:m")
    cells["region"] = _regions(cells, year)
    # A region that is also a province stands in a table twice, with the same figures.
    cells = cells.dropna(subset="region").drop_duplicates([*_KEY, "unit"])
    percents = cells[cells["unit"] == "percent"].rename(columns={"value": "percent"})[[*_KEY, "percent"]]
    counts = cells[cells["unit"] == "count"].merge(percents, on=_KEY, how="left", validate="1:1")
    basis = counts["status"].map({"derived": _BASIS["percentage"]})
    return counts.assign(status=counts["status"].map(_IN_FIVES), source="CBS StatLine " + counts["table"], note=basis)


def _regions(cells: pd.DataFrame, year: int) -> pd.Series:
    """The region each row is about: its own, or the one its province coincides with; missing where there is none."""
    known = {code: code for code in (*reference.regions(year)["region"], reference.NATIONAL)}
    known |= reference.same_area("province", year=year)
    ended = cells["area_code"].map(reference.successors().set_index("region")["year"])
    # CBS prints a dot for a region that no longer exists: that is no secret, there is nothing.
    gone = (cells["period"].str[:4].astype(int) >= ended).fillna(False).astype(bool)
    return cells["area_code"].map(known).mask(gone)


def _meldingen() -> pd.DataFrame:
    known = published.vt_meldingen()
    return known.assign(
        measure=YEARLY, kind=WHOLE, period=known["year"].astype("str"), status=known["status"].map(_IN_FIVES),
        source="CBS StatLine " + known["table"], note=known["basis"].map(_BASIS),
    )


def _months() -> pd.DataFrame:
    known = published.monthly_gelderland_zuid()
    return known.assign(
        measure=MONTHLY, region=published.MONTHLY_REGION, kind=WHOLE, value=known["adviezen"], status="shown",
        source=published.MONTHLY_SOURCE,
    )


def _bans() -> pd.DataFrame:
    known = published.huisverbod().dropna(subset="region")
    return known.assign(measure=BANS, status=known["status"].map(_AS_COUNTED))


def _types(part: pd.DataFrame) -> dict[str, str]:
    numbers = {"value": "Float64", "low": "Float64", "high": "Float64", "percent": "Float64"}
    return {name: dtype for name, dtype in numbers.items() if name in part}


def _complete(cells: pd.DataFrame, year: int) -> pd.DataFrame:
    """A row for every region and every figure that exists anywhere, in a fixed order; `none` where it has none."""
    asked = cells[["measure", *GROUPS]].drop_duplicates()
    order = published.measures()[["measure", *GROUPS]]
    asked = pd.concat([order, asked]).drop_duplicates().merge(asked)
    regions = pd.DataFrame({"region": [*reference.regions(year)["region"], reference.NATIONAL]})
    grid = asked.assign(place=range(len(asked))).merge(regions.assign(line=range(len(regions))), how="cross")
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
    return rows.assign(measure=f"{measure}_per_10000")


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
    return rows.assign(measure=rows["measure"] + "_share", low=pd.NA, high=pd.NA, note="")


def _own_numbers(meldingen: pd.DataFrame, regions: Sequence[str], level: float) -> pd.DataFrame:
    """The number of meldingen, and the rate per 10.000 inhabitants a year over the whole months of the data."""
    numbers = meldingen["region"].value_counts().reindex(regions, fill_value=0)
    people = reference.population(pd.Series(list(regions), index=regions, dtype="str"))
    counting = people[numbers.to_numpy() > 0]  # a study of three regions says nothing per inhabitant of the others
    numbers[reference.NATIONAL], people[reference.NATIONAL] = numbers.sum(), counting.sum(skipna=False)
    years = _months_covered(meldingen["received_on"]) / 12
    base = pd.DataFrame({"region": numbers.index, "kind": WHOLE, "events": numbers.to_numpy(), "level": pd.NA})
    person_years = (people.to_numpy(dtype="float64", na_value=float("nan")) * years).round()
    rate = base.assign(
        measure="own_meldingen_per_10000", method="per_10000", level=level, n=pd.array(person_years, dtype="Int64")
    )
    return pd.concat([base.assign(measure="own_meldingen", method="count", n=base["events"]), rate])


def _own_kinds(meldingen: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each question with, per melding, its region and the answer as a category; the answers are one whole."""
    years = meldingen["received_on"].dt.year.astype("Int64").astype("str")
    yield "own_by_year", _answers(meldingen, years, sorted(years.dropna().unique()))
    for measure, column in _OWN_CHOICES.items():
        if _filled(meldingen, column):
            yield measure, _answers(meldingen, meldingen[column], MELDINGEN.column(column).choices)
    for measure, column in _OWN_ASSESSED.items():
        if _filled(meldingen, column):
            yield measure, _assessed(meldingen, column)
    if _filled(meldingen, "outcome"):
        yield "own_outcomes", _outcomes(meldingen)


def _answers(meldingen: pd.DataFrame, answers: pd.Series, choices: Sequence[str]) -> pd.DataFrame:
    filled = answers.astype("str").fillna(_UNKNOWN)
    kinds = [*choices, *({_UNKNOWN} & set(filled) - set(choices))]
    return pd.DataFrame({"region": meldingen["region"], "kind": pd.Categorical(filled, categories=kinds)})


def _assessed(meldingen: pd.DataFrame, column: str) -> pd.DataFrame:
    """Reports that still wait for their assessment are a kind of their own, so that nobody drops out of n."""
    answers = meldingen[column].astype("str")
    if _filled(meldingen, "assessed_on"):
        answers = answers.mask(answers.isna() & meldingen["assessed_on"].isna(), _NOT_ASSESSED)
    return _answers(meldingen, answers, [*MELDINGEN.column(column).choices, _NOT_ASSESSED])


def _outcomes(meldingen: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of all investigations that were started, the unfinished ones included."""
    started = meldingen["outcome"].notna()
    if "route" in meldingen:
        started |= (meldingen["route"] == "onderzoek").fillna(False).astype(bool)
    if "investigation_started_on" in meldingen:
        started |= meldingen["investigation_started_on"].notna()
    rows = meldingen[started]
    answers = rows["outcome"].astype("str").fillna(_NOT_FINISHED)
    return _answers(rows, answers, [*MELDINGEN.column("outcome").choices, _NOT_FINISHED])


def _own_shares(measure: str, answers: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    kinds = list(answers["kind"].cat.categories)
    table = pd.crosstab(answers["region"], answers["kind"]).reindex(index=regions, columns=kinds, fill_value=0)
    table.loc[reference.NATIONAL] = table.sum()
    cells = table.stack().rename("events").rename_axis(["region", "kind"]).reset_index()
    totals = table.sum(axis="columns")
    return cells.assign(measure=measure, n=cells["region"].map(totals), method="share", level=pd.NA)


def _filled(meldingen: pd.DataFrame, column: str) -> bool:
    return column in meldingen and bool(meldingen[column].notna().any())


def _period(dates: pd.Series) -> str:
    years = sorted({str(date.year) for date in (dates.min(), dates.max()) if not pd.isna(date)})
    return "-".join(years)


def _months_covered(dates: pd.Series) -> int:
    """Calendar months from the first report to the last, both counted; none without dates."""
    if dates.notna().sum() == 0:
        return 0
    first, last = dates.min(), dates.max()
    return (last.year - first.year) * 12 + last.month - first.month + 1
