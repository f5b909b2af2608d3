"""Key messages and questions of the report on who pays what.

Which questions are asked follows from fixed limits, which are working definitions: LARGE, SWING and BESIDE.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import layout, telling, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.finance_contributions import CONTRIBUTION, LESS, MORE, TOTAL, UNSURE
from hgeval.layout import Reader
from hgeval.types import Row
from hgeval.wording import message

LARGE = 0.10  # from this difference with paying per inhabitant on, the key is a question
SWING = 0.20  # from this coefficient of variation on, so are the years
BESIDE = 0.25  # and from this difference with all regions on, what it costs per inhabitant

Told = tuple[list[str], list[Row]]


def summary(
    paid: Released, case: Reader, *, lines: Released, named: Released, source: str, id: str = "in-het-kort",
    title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """What it costs, what that is for, and what another key changes for the municipalities.

    paid: `finance_contributions.contributions`; lines: `finance_lines.cost_lines`; named: `finance_lines.named`.
    """
    told = [_costs(lines, case), _services(named, case), *_keys(paid, case)]
    return _exhibit(paid, case, told, id=id, title=title, source=source, notes=notes)


def questions(
    paid: Released, case: Reader, *, lines: Released, named: Released, uncovered: Released, source: str,
    id: str = "wat-nu", title: str = "Wat kunt u nu doen?", notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the table of the region, each with the finding it follows from.

    uncovered: `survey_money.uncovered_answers` of the region; without rows where it did not consent.
    """
    told = [
        _ask_key(paid, case), _ask_swing(paid, case), _ask_service(named, case), _ask_uncovered(uncovered, case),
        _ask_costs(lines, case), _ask_hidden(paid, case),
    ]
    if not any(found for found, _ in told):
        told.append(([message("ask_nothing")], []))
    return _exhibit(paid, case, told, id=id, title=title, source=source, notes=notes)


def without_answers(uncovered: Released, case: Reader) -> list[str]:
    """Says that there is no answer of the region that may be shown, where there is none."""
    frame = layout.visible(uncovered)
    return [] if (frame["region"] == case.region).any() else [message("no_answers")]


def _costs(lines: Released, case: Reader) -> Told:
    """What the region spent, per inhabitant, and that of all regions together."""
    total = telling.row(lines, case.region, measure="cost_total")
    if not telling.shown(total):
        return [message("no_costs")], []
    each = _cell(total, "cost_each", total["each"])
    words = message("cost_total", year=str(total["year"]), total=wording.euro(total["value"]),
                    each=wording.euro(total["each"]))
    if pd.isna(total["each_country"]):
        return [words], [_cell(total, "cost_total", total["value"]), each]
    country = _cell(total, "cost_each_country", total["each_country"])
    beside = message("cost_country", country=wording.euro(total["each_country"]))
    return [f"{words} {beside}"], [_cell(total, "cost_total", total["value"]), each, country]


def _services(named: Released, case: Reader) -> Told:
    """C5: how many lines say what the money is for."""
    row = telling.row(named, case.region, measure="service_named")
    if not telling.shown(row):
        return [], []
    told = message("cost_service", events=telling.count(row, "events", about=False),
                   n=telling.count(row, "n", about=False))
    return [told], [row | {"period": row["year"]}]


def _keys(paid: Released, case: Reader) -> list[Told]:
    """What paying per melding changes, and the warning that goes with it."""
    towns = _towns(paid, case)
    if towns.empty:
        return []
    if len(towns) == 1:
        return [([message("one_town")], [])]
    if towns["by_incident"].isna().all():
        return [([message("no_town_counts")], [])]
    return [_gains(towns), _most(towns, case), ([message("pays_warning")], [])]


def _gains(towns: pd.DataFrame) -> Told:
    counts = towns["gain"].value_counts()
    kinds = {"more": MORE, "less": LESS, "unsure": UNSURE}
    rows = {name: _share(towns, f"contribution_{name}", int(counts.get(kind, 0))) for name, kind in kinds.items()}
    told = {name: wording.number(row["events"]) for name, row in rows.items()}
    why = [message("pays_unsure")] if rows["unsure"]["events"] else []
    return [" ".join([message("pays_other", n=wording.number(len(towns)), **told), *why])], list(rows.values())


def _most(towns: pd.DataFrame, case: Reader) -> Told:
    row = _largest(_certain(towns), "share_incident")
    if row is None:
        return [], []
    ends = sorted(("share_low", "share_high"), key=lambda name: abs(row[name]))
    low, high = (wording.points(abs(row[name])) for name in ends)
    parts = [_part(row, "contribution_change", name) for name in ("share_incident", *ends)]
    return [message("pays_most", low=low, high=high, **_change(row, case))], parts


def _ask_key(paid: Released, case: Reader) -> Told:
    row = _largest(_certain(_towns(paid, case)), "share_incident")
    if row is None or abs(row["share_incident"]) < LARGE:
        return [], []
    return [message("ask_key", **_change(row, case))], [_part(row, "contribution_change", "share_incident")]


def _ask_swing(paid: Released, case: Reader) -> Told:
    row = _largest(_towns(paid, case), "cv")
    if row is None or row["cv"] < SWING:
        return [], []
    told = message("ask_swing", town=_name(row, case), part=wording.points(row["cv"]))
    return [told], [_part(row, "contribution_swing", "cv")]


def _ask_service(named: Released, case: Reader) -> Told:
    row = telling.row(named, case.region, measure="service_named")
    if not telling.shown(row) or row["events"] == row["n"]:
        return [], []
    without = row | {"events": row["n"] - row["events"], "value": 1 - row["value"], "period": row["year"]}
    return [message("ask_service", events=wording.number(without["events"]), n=wording.number(row["n"]))], [without]


def _ask_uncovered(uncovered: Released, case: Reader) -> Told:
    frame = layout.visible(uncovered)
    own = frame[(frame["region"] == case.region) & (frame["betaler"] == TOTAL)]
    euros = own["uncovered"].dropna()
    if euros.empty or euros.iloc[0] <= 0:
        return [], []
    row: Row = {"measure": "uncovered_total", "region": case.region, "value": euros.iloc[0], "method": "amount",
                "status": "shown"}
    return [message("ask_uncovered", total=wording.euro(euros.iloc[0]))], [row]


def _ask_costs(lines: Released, case: Reader) -> Told:
    total = telling.row(lines, case.region, measure="cost_total")
    if not telling.shown(total) or pd.isna(total["each_country"]) or not total["each_country"]:
        return [], []
    apart = total["each"] / total["each_country"] - 1
    if abs(apart) < BESIDE:
        return [], []
    told = message("ask_more" if apart > 0 else "ask_less", each=wording.euro(total["each"]),
                   country=wording.euro(total["each_country"]))
    beside = _cell(total, "cost_each_country", total["each_country"])
    return [told], [_cell(total, "cost_each", total["each"]), beside]


def _ask_hidden(paid: Released, case: Reader) -> Told:
    """How many municipalities weigh by a count that is not known."""
    towns = _towns(paid, case)
    hidden = int((towns["hidden_years"] > 0).sum())
    if not hidden or len(towns) == 1:
        return [], []
    words = message("ask_hidden", events=wording.number(hidden), n=wording.number(len(towns)))
    return [words], [_share(towns, "contribution_hidden", hidden)]


def _towns(paid: Released, case: Reader) -> pd.DataFrame:
    frame = layout.visible(paid)
    return frame[(frame["region"] == case.region) & (frame["measure"] == CONTRIBUTION)]


def _certain(towns: pd.DataFrame) -> pd.DataFrame:
    """The municipalities that pay more or less whatever the counts are within their rounding."""
    return towns[towns["gain"].isin([MORE, LESS])]


def _largest(towns: pd.DataFrame, column: str) -> Row | None:
    """The row with the largest number, up or down; of equal ones the first."""
    sizes = towns[column].dropna().abs()
    if sizes.empty:
        return None
    (row,) = towns.loc[[sizes.astype("float64").idxmax()]].to_dict("records")
    return row


def _change(row: Row, case: Reader) -> dict[str, str]:
    share = row["share_incident"]
    return {"town": _name(row, case), "part": wording.points(abs(share)), "more": MORE if share >= 0 else LESS}


def _name(row: Row, case: Reader) -> str:
    return layout.namer(case)("municipality", row["municipality"])


def _cell(row: Row, measure: str, value: float) -> Row:
    """One number of a row as a row of its own."""
    return {"measure": measure, "region": row["region"], "period": row["year"], "value": value, "method": "amount",
            "status": row["status"]}


def _part(row: Row, measure: str, column: str) -> Row:
    return _cell(row, measure, abs(row[column])) | {"method": "weighted"}


def _share(towns: pd.DataFrame, measure: str, events: int) -> Row:
    """How many of these municipalities."""
    about: Row = {"region": towns["region"].iloc[0], "period": towns["year"].iloc[0]}
    return about | {"measure": measure, "n": len(towns), "events": events, "value": events / len(towns),
                    "method": "share", "status": "derived"}


def _exhibit(
    paid: Released, case: Reader, told: Sequence[Told], *, id: str, title: str, source: str, notes: Sequence[str],
) -> Exhibit:
    found = [sentence for some, _ in told for sentence in some if sentence]
    rows = [row for _, some in told for row in some]
    return telling.exhibit(paid, case, found, rows, id=id, title=title, source=source, notes=notes)
