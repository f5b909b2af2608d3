"""C4: what each municipality of a region would pay, per inhabitant, per incident and mixed; from visible numbers only.

A contribution per melding to the cent would give the number of meldingen away, so it is computed from the counts in
fives that a reader already has. What those leave open is part of the answer: per melding and mixed a contribution is a
range (`finance_bounds`). Only a key of which every range is narrow is also divided to the cent. Incidents are the sum
of the last three years, which weighs as their mean does.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import disclosure_rule, finance_bounds, finance_shares, rates, reference
from hgeval.disclosure_rule import Settings
from hgeval.finance import ELSEWHERE, INCIDENTS, LINE, PEOPLE
from hgeval.finance_bounds import Ends
from hgeval.finance_shares import CENTS
from hgeval.types import Record

CONTRIBUTION, WHOLE, SWING = "contribution", "contribution_total", "contribution_years"
RANGE, WHOLE_RANGE = "contribution_range", "contribution_range_total"
METHOD = "largest_remainder"
YEARS = 3  # of which the incidents are taken together
SWINGING = 10  # years of which the volatility is told, at most
NARROW = 0.20  # working definition: a range counts as narrow if its top is at most this much above its bottom
MORE, LESS, SAME, UNSURE = "meer", "minder", "gelijk", "niet te onderscheiden"
TOTAL = "total"
RANGED = ("incident", "mixed")  # keys of which a contribution is a range
_VARIABLE = "variabel"
_TEXTS = ("municipality", "year", "period", "gain")
_ENDS = tuple(
    f"{what}{key}_{end}" for key in RANGED for what in ("", "each_", "change_", "share_") for end in ("low", "high")
)
_WHOLE_NUMBERS = ("count_low", "count_high", "hidden_years")
NUMBERS = (
    "by_inhabitant", "by_incident", "by_mixed", "each_inhabitant", *_ENDS, "lowest", "highest", "cv_low", "cv_high",
    *_WHOLE_NUMBERS,
)

Cents = tuple[int, int]


def contributions(frame: pd.DataFrame) -> pd.DataFrame:
    """What each municipality would pay, and all together; from the rows of one region, joined.

    frame: `finance.budget`, `finance.populations` and `finance.incidents` of the region, as released.
    Rows `CONTRIBUTION` and `WHOLE`: n inhabitants and the contribution by inhabitants to the cent, and by_incident and
    by_mixed where every municipality's range of that key is `NARROW`.
    Rows `RANGE` and `WHOLE_RANGE`, where any count is visible: count_low, count_high: meldingen of the last three
    years; hidden_years: how many of those are hidden; the ranges of a contribution in euros (`incident_low` and so
    on), per inhabitant (`each_`), beside the key per inhabitant (`change_` in euros, `share_` as a part); `gain`:
    whether it is more or less for certain.
    Rows `SWING`: if each year were paid by its own incidents, the least and the most of a year and the coefficient of
    variation; of municipalities without a hidden count, from three years on.
    """
    lines, towns = newest(frame), frame[frame["measure"] == PEOPLE].sort_values("municipality")
    if lines.empty or towns.empty:
        return _estimates([])
    years, rule = counts(frame, list(towns["municipality"])), disclosure_rule.rule().public()
    together = counts(frame, [TOTAL]).reindex(columns=years.columns)
    recent = years.iloc[:, -YEARS:]
    about = {"region": towns["region"].iloc[0], "year": lines["year"].iloc[0],
             "period": "-".join(dict.fromkeys([*recent.columns[:1], *recent.columns[-1:]]))}
    variable, whole = (finance_shares.cents(euros) for euros in _sums(lines))
    kinds = [*_rows(towns, recent, together[recent.columns], (whole - variable, variable), rule),
             _swings(towns, whole, years.iloc[:, -SWINGING:], together, rule)]
    return _estimates([about | row for rows in kinds for row in sorted(rows, key=_place)])


def _place(row: Record) -> tuple[bool, str]:
    """By name, and all together last."""
    town = row["municipality"]
    return town == TOTAL, reference.town_names().get(town, town).casefold()


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """The cost lines of the newest year that has any amount."""
    lines = frame[frame["measure"] == LINE]
    known = lines[lines["value"].notna()]
    return lines[lines["year"] == known["year"].max()] if len(known) else known


def counts(frame: pd.DataFrame, towns: Sequence[str]) -> pd.DataFrame:
    """Visible meldingen: these municipalities x years, missing where hidden; without years in which all are."""
    rows = frame[(frame["measure"] == INCIDENTS) & (frame["municipality"] != ELSEWHERE)]
    found = rows.set_index(["municipality", "year"])["value"].astype("float64").unstack("year")
    return found.reindex(list(towns)).dropna(axis="columns", how="all").sort_index(axis="columns")


def _rows(
    towns: pd.DataFrame, years: pd.DataFrame, together: pd.DataFrame, costs: Cents, rule: Settings,
) -> tuple[list[Record], list[Record]]:
    """The contributions to the cent and their ranges, of every municipality and of all together.

    costs: fixed and variable cents.
    """
    people, (fixed, variable) = [int(number) for number in towns["value"]], costs
    known = len(years.columns) > 0
    weighed = finance_bounds.weights(years, together, rule) if known else [0] * len(people)
    keys = finance_shares.by_keys(fixed, variable, people=people, incidents=weighed)
    part_of = finance_bounds.parts(years, together, rule) if known else []
    base = finance_shares.allocate(fixed, people) or [0] * len(people)
    ranges = {"incident": [_cents(fixed + variable, part) for part in part_of],
              "mixed": [_cents(variable, part, base[at]) for at, part in enumerate(part_of)]}
    told = {"inhabitant": keys.inhabitant, "incident": _narrow(keys.incident, ranges["incident"]),
            "mixed": _narrow(keys.mixed, ranges["mixed"])}
    names = list(zip(towns["municipality"], people, strict=True))
    exact: list[Record] = [
        {"measure": CONTRIBUTION, "municipality": town, "n": size}
        | _amounts({name: part[at] for name, part in told.items() if part}, size)
        for at, (town, size) in enumerate(names)
    ]
    total = {"measure": WHOLE, "municipality": TOTAL, "n": sum(people)}
    exact.append(total | _amounts({name: sum(part) for name, part in told.items() if part}, sum(people)))
    if not known:
        return exact, []
    least, most = finance_bounds.ends(years, rule)
    counted = {"count_low": least.sum(axis=1), "count_high": most.sum(axis=1), "hidden_years": years.isna().sum(axis=1)}
    between: list[Record] = [
        {"measure": RANGE, "municipality": town, "n": size, **{name: int(of.iloc[at]) for name, of in counted.items()}}
        | _beside({name: found[at] for name, found in ranges.items()}, size, keys.inhabitant, at)
        for at, (town, size) in enumerate(names)
    ]
    return exact, [*between, total | {"measure": WHOLE_RANGE} | _all(fixed + variable, sum(people), together, rule)]


def _all(whole: int, people: int, together: pd.DataFrame, rule: Settings) -> Record:
    """All municipalities together pay what it costs, by whatever key."""
    row: Record = {f"{what}{key}_{end}": _euros(whole, people if what else None)
                   for what in ("", "each_") for key in RANGED for end in ("low", "high")}
    row["each_inhabitant"] = _euros(whole, people)
    if together.isna().to_numpy().any():
        return row
    least, most = finance_bounds.ends(together, rule)
    return row | {"count_low": int(least.to_numpy().sum()), "count_high": int(most.to_numpy().sum())}


def _sums(lines: pd.DataFrame) -> tuple[float, float]:
    """Euros that vary with the number of cases, and all; of unknown nature counts as fixed."""
    known = lines.dropna(subset=["value"]).astype({"value": "float64"})
    return float(known.loc[known["nature"] == _VARIABLE, "value"].sum()), float(known["value"].sum())


def _cents(amount: int, part: Ends, base: int = 0) -> Cents:
    """The least and the most whole cents that such a part of an amount may be, on top of a base."""
    low, high = part
    return base + amount * low.numerator // low.denominator, base - (-amount * high.numerator // high.denominator)


def _narrow(parts: list[int] | None, ranges: Sequence[Cents]) -> list[int] | None:
    """The parts to the cent, where the range of each of them is narrow and holds it."""
    if not parts or len(ranges) < len(parts):
        return None
    pairs = zip(parts, ranges, strict=True)
    return parts if all(low <= part <= high <= low * (1 + NARROW) for part, (low, high) in pairs) else None


def _amounts(parts: dict[str, int], people: int) -> Record:
    """The contributions of one municipality in euros by each key, and by the first of them per inhabitant."""
    given: Record = {f"by_{name}": _euros(part) for name, part in parts.items()}
    base = parts.get("inhabitant")
    return given | {"value": _euros(base), "each_inhabitant": _euros(base, people)}


def _beside(ranges: dict[str, Cents], people: int, inhabitant: list[int] | None, at: int) -> Record:
    """What is open of the contributions: in euros, per inhabitant and beside the key per inhabitant."""
    base = inhabitant[at] if inhabitant else None
    given: Record = {"each_inhabitant": _euros(base, people)}
    for key, pair in ranges.items():
        for end, cents in zip(("low", "high"), pair, strict=True):
            given |= {f"{key}_{end}": _euros(cents), f"each_{key}_{end}": _euros(cents, people)}
            if base is not None:
                change = (cents - base) / CENTS
                given |= {f"change_{key}_{end}": change, f"share_{key}_{end}": change * CENTS / base if base else None}
    if base is not None:
        low, high = ranges["incident"]
        given["gain"] = MORE if low > base else LESS if high < base else SAME if low == high else UNSURE
    return given


def _euros(part: int | None, people: int | None = None) -> float | None:
    """Cents as euros; per inhabitant where their number is given."""
    if part is None or people == 0:
        return None
    return part / CENTS if people is None else round(part / CENTS / people, 2)


def _swings(
    towns: pd.DataFrame, whole: int, years: pd.DataFrame, together: pd.DataFrame, rule: Settings,
) -> list[Record]:
    """What a year by its own incidents leaves open, of municipalities without a hidden count."""
    if len(years.columns) < YEARS:
        return []
    yearly = [finance_bounds.parts(years[[year]], together[[year]], rule) for year in years]
    rows: list[Record] = []
    for at, (town, size) in enumerate(zip(towns["municipality"], towns["value"], strict=True)):
        if years.iloc[at].isna().any():
            continue
        paid = [tuple(cents / CENTS for cents in _cents(whole, parts[at])) for parts in yearly]
        low, high = zip(*paid, strict=True)
        row: Record = {"measure": SWING, "municipality": town, "n": int(size), "lowest": min(low), "highest": max(high)}
        varied = finance_bounds.variation([(one, other) for one, other in paid])
        rows.append(row | dict(zip(("cv_low", "cv_high"), varied or (None, None), strict=True)))
    return rows


def _estimates(rows: Sequence[Record]) -> pd.DataFrame:
    given = pd.DataFrame(list(rows), columns=[*rates.COLUMNS, *_TEXTS, *NUMBERS]).assign(method=METHOD)
    made = rates.frame(given[[*rates.COLUMNS, *_TEXTS]], groups=_TEXTS)
    numbers = {name: given[name].astype("Int64" if name in _WHOLE_NUMBERS else "Float64") for name in NUMBERS}
    return made.assign(**numbers, status="derived")
