"""Key messages and questions of the report on who pays what.

Which questions are asked follows from fixed limits, which are working definitions: LARGE, SWING, BESIDE and PART.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import layout, telling, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.finance import INCIDENTS
from hgeval.finance_contributions import CONTRIBUTION, LESS, MORE, RANGE, TOTAL, UNSURE
from hgeval.finance_contributions import SWING as YEARS
from hgeval.finance_dossiers import YEARLY
from hgeval.layout import Reader
from hgeval.types import Row
from hgeval.wording import message

LARGE = 0.10  # from this certain difference with paying per inhabitant on, the key is a question
SWING = 0.20  # from this certain coefficient of variation on, so are the years
BESIDE = 0.25  # from this difference with all regions on, what it costs per inhabitant
PART = 0.10  # and from this difference with the public figure on, whether all meldingen are there
_PUBLIC = "meldingen"  # the measure of `monitor.figures`

Told = tuple[list[str], list[Row]]


def summary(
    paid: Released, case: Reader, *, lines: Released, named: Released, dossiers: Released, source: str,
    id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """What it costs, what comes of that, and what another key changes for the municipalities.

    paid: `finance_contributions.contributions`; lines: `finance_lines.cost_lines`; named: `finance_lines.named`, which
    is told where `dossiers` (`finance_dossiers.per_dossier`) has nothing to tell.
    """
    done = _dossiers(dossiers, case)
    told = [_costs(lines, case), done if done[0] else _services(named, case), *_keys(paid, case)]
    return _exhibit(paid, case, told, id=id, title=title, source=source, notes=notes)


def questions(
    paid: Released, case: Reader, *, lines: Released, named: Released, needs: Released, incidents: Released,
    published: Released, source: str, id: str = "wat-nu", title: str = "Wat kunt u nu doen?", notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the table of the region, each with the finding it follows from.

    needs: `survey_money.cost_answers` of the region; without rows where it did not consent. incidents, published: as
    in `part_of_all`.
    """
    part = _ask_part(incidents, published, case)
    told = [
        _ask_key(paid, case), _ask_swing(paid, case), _ask_service(named, case), _ask_uncovered(needs, case),
        _ask_costs(lines, case), part if part[0] else _ask_hidden(paid, case),
    ]
    if not any(found for found, _ in told):
        told.append(([message("ask_nothing")], []))
    return _exhibit(paid, case, told, id=id, title=title, source=source, notes=notes)


def part_of_all(
    incidents: Released, case: Reader, *, published: Released, source: str, id: str = "deel-van-alle",
    title: str = "Heeft de studie alle meldingen?", notes: Sequence[str] = (),
) -> Exhibit:
    """The study's meldingen beside the public figure of the same year.

    incidents: `finance.incidents`; published: `monitor.figures`.
    """
    found = _beside_public(incidents, published, case)
    if found is None:
        return _exhibit(incidents, case, [([message("financing_part_unknown")], [])], id=id, title=title,
                        source=source, notes=notes)
    key = "less" if found["value"] <= 1 - PART else "more" if found["value"] >= 1 + PART else "alike"
    words = message("financing_part", year=found["period"], events=f"ongeveer {wording.number(found['events'])}",
                    n=wording.number(found["n"]))
    told = f"{words} {message(f'financing_part_{key}')}"
    return _exhibit(incidents, case, [([told], [found])], id=id, title=title, source=source, notes=notes)


def _beside_public(incidents: Released, published: Released, case: Reader) -> Row | None:
    """The newest year of which both counts of the region are known: events of the study, n of the public figure."""
    own, public = layout.visible(incidents), layout.visible(published)
    own = own[(own["region"] == case.region) & (own["measure"] == INCIDENTS) & (own["municipality"] == TOTAL)]
    public = public[(public["region"] == case.region) & (public["measure"] == _PUBLIC) & (public["value"] > 0)]
    both = own[["year", "value"]].merge(public[["period", "value"]], left_on="year", right_on="period")
    both = both.dropna().sort_values("year")
    if both.empty:
        return None
    year, events, n = both.iloc[-1][["year", "value_x", "value_y"]]
    return {"measure": "financing_part", "region": case.region, "period": year, "n": int(n), "events": int(events),
            "value": events / n, "method": "share", "status": "derived"}


def _dossiers(dossiers: Released, case: Reader) -> Told:
    """C8: all costs beside the dossiers that were realised, and what that does not say."""
    frame = layout.visible(dossiers)
    rows = frame[(frame["region"] == case.region) & (frame["measure"] == YEARLY)].to_dict("records")
    if not rows:
        return [], []
    last = rows[-1]
    told = message("financing_dossier", year=str(last["year"]), low=wording.euro(last["each_low"]),
                   high=wording.euro(last["each_high"]))
    ends = [_cell(last, "dossier_costs", last[name]) for name in ("each_low", "each_high")]
    return [told], ends


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
    everyone, towns = _towns(paid, case, CONTRIBUTION), _towns(paid, case)
    if everyone.empty:
        return []
    if len(everyone) == 1:
        return [([message("one_town")], [])]
    if towns.empty:
        return [([message("no_town_counts")], [])]
    return [_gains(towns), _most(towns, case), ([message("pays_warning")], [])]


def _gains(towns: pd.DataFrame) -> Told:
    counts = towns["gain"].value_counts()
    kinds = {"more": MORE, "less": LESS, "unsure": UNSURE}
    rows = {name: _share(towns, f"contribution_{name}", int(counts.get(kind, 0))) for name, kind in kinds.items()}
    more, less, unsure = (wording.number(row["events"]) for row in rows.values())
    found = [message("pays_other", n=wording.number(len(towns)), more=more, less=less)]
    if rows["unsure"]["events"]:
        found.append(message("pays_unsure", unsure=unsure))
    return [" ".join(found)], list(rows.values())


def _most(towns: pd.DataFrame, case: Reader) -> Told:
    row = _largest(towns)
    if row is None:
        return [], []
    low, high = sorted(abs(row[name]) for name in ("share_incident_low", "share_incident_high"))
    told = message("pays_most", town=_name(row, case), more=row["gain"], low=wording.points(low),
                   high=wording.points(high))
    return [told], [_part(row, "contribution_change", each) for each in (low, high)]


def _ask_key(paid: Released, case: Reader) -> Told:
    row = _largest(_towns(paid, case))
    if row is None or row["certain"] < LARGE:
        return [], []
    told = message("ask_key", town=_name(row, case), part=wording.points(row["certain"]), more=row["gain"])
    return [told], [_part(row, "contribution_change", row["certain"])]


def _ask_swing(paid: Released, case: Reader) -> Told:
    years = _towns(paid, case, YEARS)
    years = years[years["cv_low"] >= SWING]
    if years.empty:
        return [], []
    (row,) = years.loc[[years["cv_low"].astype("float64").idxmax()]].to_dict("records")
    told = message("ask_swing", town=_name(row, case), part=wording.points(row["cv_low"]))
    return [told], [_part(row, "contribution_swing", row["cv_low"])]


def _ask_service(named: Released, case: Reader) -> Told:
    row = telling.row(named, case.region, measure="service_named")
    if not telling.shown(row) or row["events"] == row["n"]:
        return [], []
    without = row | {"events": row["n"] - row["events"], "value": 1 - row["value"], "period": row["year"]}
    return [message("ask_service", events=wording.number(without["events"]), n=wording.number(row["n"]))], [without]


def _ask_uncovered(needs: Released, case: Reader) -> Told:
    """Of the list of the needs survey, which is not that of the costs in this report."""
    frame = layout.visible(needs)
    own = frame[(frame["region"] == case.region) & frame["uncovered"].notna()]
    euros, every = float(own["uncovered"].sum()), float(own["kosten_bedrag"].sum())
    if euros <= 0:
        return [], []
    row: Row = {"measure": "uncovered_total", "region": case.region, "method": "amount", "status": "shown"}
    told = message("ask_uncovered", total=wording.euro(euros), all=wording.euro(every))
    return [told], [row | {"value": euros}, row | {"measure": "needs_total", "value": every}]


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


def _ask_part(incidents: Released, published: Released, case: Reader) -> Told:
    """Whether the study lacks meldingen that the public figure has."""
    row = _beside_public(incidents, published, case)
    if row is None or row["value"] > 1 - PART:
        return [], []
    told = message("financing_ask_part", year=row["period"], events=f"ongeveer {wording.number(row['events'])}",
                   n=wording.number(row["n"]))
    return [told], [row]


def _ask_hidden(paid: Released, case: Reader) -> Told:
    """How many municipalities have a count that is not known."""
    towns = _towns(paid, case)
    hidden = int((towns["hidden_years"] > 0).sum())
    if not hidden or len(towns) == 1:
        return [], []
    words = message("ask_hidden", events=wording.number(hidden), n=wording.number(len(towns)))
    return [words], [_share(towns, "contribution_hidden", hidden)]


def _towns(paid: Released, case: Reader, measure: str = RANGE) -> pd.DataFrame:
    frame = layout.visible(paid)
    return frame[(frame["region"] == case.region) & (frame["measure"] == measure)]


def _largest(towns: pd.DataFrame) -> Row | None:
    """The municipality of which the difference is largest that is certain whatever the counts are."""
    known = towns[towns["gain"].isin([MORE, LESS])].dropna(subset=["share_incident_low"])
    if known.empty:
        return None
    ends = known[["share_incident_low", "share_incident_high"]].astype("float64").abs()
    known = known.assign(certain=ends.min(axis=1))
    (row,) = known.loc[[known["certain"].idxmax()]].to_dict("records")
    return row


def _name(row: Row, case: Reader) -> str:
    return layout.namer(case)("municipality", row["municipality"])


def _cell(row: Row, measure: str, value: float) -> Row:
    """One number of a row as a row of its own."""
    return {"measure": measure, "region": row["region"], "period": row["year"], "value": value, "method": "amount",
            "status": row["status"]}


def _part(row: Row, measure: str, part: float) -> Row:
    return _cell(row, measure, part) | {"method": "weighted"}


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
