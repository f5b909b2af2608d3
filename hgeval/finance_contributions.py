"""C4: what each municipality of a region would pay, per inhabitant, per incident and mixed; from visible numbers only.

Working definition: a municipality and year with a hidden count weighs as half of what is hidden at most (5, where
counts under 10 are); a year in which the region has no visible count weighs nothing. So what is computed here tells no
more than the counts in fives that a reader already has, and `incident_low` and `incident_high` say what those leave
open. Incidents are the sum of the last three years, which weighs as their mean does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval import disclosure_rule, finance_shares, rates, reference
from hgeval.disclosure_rule import Settings
from hgeval.finance import ELSEWHERE, INCIDENTS, LINE, PEOPLE
from hgeval.finance_shares import CENTS, Keys
from hgeval.types import Record

CONTRIBUTION, WHOLE = "contribution", "contribution_total"
METHOD = "largest_remainder"
YEARS = 3  # of which the incidents are taken together
MORE, LESS, SAME, UNSURE = "meer", "minder", "gelijk", "niet te onderscheiden"
TOTAL = "total"
_VARIABLE = "variabel"
_TEXTS = ("municipality", "year", "period", "gain")
NUMBERS = (
    "by_inhabitant", "by_incident", "by_mixed", "each_inhabitant", "each_incident", "each_mixed", "change_incident",
    "change_mixed", "share_incident", "share_mixed", "incident_low", "incident_high", "share_low", "share_high",
    "lowest", "highest", "cv", "weighed", "hidden_years",
)
_WHOLE_NUMBERS = ("weighed", "hidden_years")


def contributions(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a municipality, and one for all together; from the rows of one region, joined.

    frame: `finance.budget`, `finance.populations` and `finance.incidents` of the region, as released.
    n: inhabitants; weighed: meldingen that count, of the last three years; hidden_years: how many of those are hidden.
    Columns: the contribution by each key (`by_`) to the cent, per inhabitant (`each_`), what changes beside the key per
    inhabitant (`change_` in euros, `share_` as a part), what rounding and hiding leave open of the one per incident
    (`incident_low`, `incident_high`) and whether that is more or less for certain (`gain`). And over the years, if each
    were paid by its own incidents: `lowest`, `highest` and the coefficient of variation `cv`, from three years on.
    """
    lines, towns = newest(frame), frame[frame["measure"] == PEOPLE].sort_values("municipality")
    if lines.empty or towns.empty:
        return _estimates([])
    years, rule = counts(frame, list(towns["municipality"])), disclosure_rule.rule().public()
    together = counts(frame, [TOTAL]).reindex(columns=years.columns)
    recent = years.iloc[:, -YEARS:]
    variable, whole = (finance_shares.cents(euros) for euros in _sums(lines))
    people, weighed = [int(number) for number in towns["value"]], _weights(recent, rule)
    keys = finance_shares.by_keys(whole - variable, variable, people=people, incidents=weighed)
    open_ends = _open_ends(whole, recent, together[recent.columns], rule)
    hidden = recent.isna().sum(axis=1).astype(int).tolist()
    about = {"region": towns["region"].iloc[0], "year": lines["year"].iloc[0],
             "period": "-".join(dict.fromkeys([*recent.columns[:1], *recent.columns[-1:]]))}
    rows = [
        about | {"measure": CONTRIBUTION, "municipality": town, "n": size, "weighed": weight, "hidden_years": dots}
        | _beside(_amounts([_at(part, at) for part in keys], size), open_ends[at]) | swing
        for at, (town, size, weight, dots, swing) in enumerate(
            zip(towns["municipality"], people, weighed, hidden, _swings(whole, years, rule), strict=True))
    ]
    rows.sort(key=lambda row: reference.town_names()[row["municipality"]].casefold())
    total = {"measure": WHOLE, "municipality": TOTAL, "n": sum(people), "weighed": sum(weighed),
             "hidden_years": sum(hidden)}
    return _estimates([*rows, about | total | _amounts(_added(keys), sum(people))])


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


def _sums(lines: pd.DataFrame) -> tuple[float, float]:
    """Euros that vary with the number of cases, and all; of unknown nature counts as fixed."""
    known = lines.dropna(subset=["value"]).astype({"value": "float64"})
    return float(known.loc[known["nature"] == _VARIABLE, "value"].sum()), float(known["value"].sum())


def _amounts(parts: Sequence[int | None], people: int) -> Record:
    """The contributions of one municipality in euros, per inhabitant, and beside the key per inhabitant."""
    base, *others = parts
    given: Record = {"by_inhabitant": _euros(base), "each_inhabitant": _euros(base, people)}
    for name, part in zip(("incident", "mixed"), others, strict=True):
        given |= {f"by_{name}": _euros(part), f"each_{name}": _euros(part, people)}
        if part is not None and base is not None:
            given |= {f"change_{name}": (part - base) / CENTS, f"share_{name}": (part - base) / base if base else None}
    return given | {"value": given["by_inhabitant"]}


def _euros(part: int | None, people: int | None = None) -> float | None:
    """Cents as euros; per inhabitant where their number is given."""
    if part is None or people == 0:
        return None
    return part / CENTS if people is None else round(part / CENTS / people, 2)


def _weights(years: pd.DataFrame, rule: Settings) -> list[int]:
    """Meldingen that count, of all these years together."""
    return [int(number) for number in years.fillna(rule.min_count // 2).sum(axis=1)]


def _open_ends(
    whole: int, years: pd.DataFrame, together: pd.DataFrame, rule: Settings,
) -> list[tuple[int, int] | None]:
    """The least and the most cents that each could pay per incident, for all that its count may be.

    together: the visible counts of all municipalities at once, which narrow what the others may be.
    """
    least, most = _ends(years, rule)
    if years.columns.empty:
        return [None] * len(least)
    (all_least,), (all_most,) = _ends(together, rule)
    if together.isna().to_numpy().any():
        all_least, all_most = sum(least), sum(most)
    found: list[tuple[int, int] | None] = []
    for low, high in zip(least, most, strict=True):
        at_most = max(min(all_most, sum(most) - high + low), low, 1)
        at_least = max(all_least, sum(least) - low + high, high, 1)
        found.append((whole * low // at_most, -(-whole * high // at_least)))
    return found


def _ends(years: pd.DataFrame, rule: Settings) -> tuple[list[int], list[int]]:
    """The least and the most meldingen that rounding and hiding leave open, of all these years together."""
    down, up = rule.rounding // 2, (rule.rounding - 1) // 2
    least = (years - down).clip(lower=rule.min_count).fillna(0).sum(axis=1)
    most = (years + up).fillna(rule.min_count - 1).sum(axis=1)
    return [int(number) for number in least], [int(number) for number in most]


def _beside(given: Record, ends: tuple[int, int] | None) -> Record:
    """The amounts with what is open of the one per incident, and whether it is more or less for certain."""
    base = given["by_inhabitant"]
    if ends is None or given["by_incident"] is None or base is None:
        return given
    low, high = (end / CENTS for end in ends)
    gain = MORE if low > base else LESS if high < base else SAME if low == high else UNSURE
    parts = {"share_low": (low - base) / base, "share_high": (high - base) / base} if base else {}
    return given | {"incident_low": low, "incident_high": high, "gain": gain} | parts


def _swings(whole: int, years: pd.DataFrame, rule: Settings) -> list[Record]:
    """For each municipality the lowest and highest contribution of a year and their coefficient of variation.

    Missing where a count is hidden: what swings then is not the municipality.
    """
    rows: list[Record] = [{} for _ in range(len(years))]
    yearly = [finance_shares.allocate(whole, _weights(years[[year]], rule)) for year in years]
    if len(yearly) < YEARS:
        return rows
    paid = np.array(yearly, dtype="float64") / CENTS
    for at in np.flatnonzero(years.notna().all(axis=1)):
        each = paid[:, at]
        mean = each.mean()
        rows[at] = {"lowest": each.min(), "highest": each.max(), "cv": each.std(ddof=1) / mean if mean else None}
    return rows


def _at(part: list[int] | None, at: int) -> int | None:
    return None if part is None else part[at]


def _added(keys: Keys) -> list[int | None]:
    return [None if part is None else sum(part) for part in keys]


def _estimates(rows: Sequence[Record]) -> pd.DataFrame:
    given = pd.DataFrame(list(rows), columns=[*rates.COLUMNS, *_TEXTS, *NUMBERS]).assign(method=METHOD)
    made = rates.frame(given[[*rates.COLUMNS, *_TEXTS]], groups=_TEXTS)
    numbers = {name: given[name].astype("Int64" if name in _WHOLE_NUMBERS else "Float64") for name in NUMBERS}
    return made.assign(**numbers, status="derived")
