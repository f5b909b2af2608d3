"""Single numbers of the needs survey as sentences: a table with one row says less than a line of text."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hgeval import layout, telling, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.types import Row
from hgeval.wording import message

# How Kendall's W is read: from each of these on (working definition, after Schmidt 1997, Decision Sciences 28).
AGREE = {"infrastructure_agree_little": 0.0, "infrastructure_agree_some": 0.5, "infrastructure_agree_much": 0.7}
TOGETHER = 0.7  # from this Cronbach's alpha on the questions are read as one scale (working definition)
_CONSENT = {"named": "ja", "total": "alleen_in_totaal", "refused": "nee", "none": "niet_ingevuld"}
_CRITERIA = ("met", "partly", "unmet", "unknown")

Told = list[tuple[str, list[Row]]]


def of_own(released: Released, case: Reader) -> pd.DataFrame:
    """The rows of the region itself."""
    frame = layout.visible(released)
    return frame[frame["region"] == case.region]


def parts(released: Released, case: Reader, *, say: str, by: str, id: str, title: str, source: str) -> Exhibit:
    """A sentence for each part that is shown; by: the column that says which part it is."""
    name, rows = layout.namer(case), layout.visible(released).to_dict("records")
    told = [
        (message(say, what=wording.capital(name(by, row[by])), part=wording.points(row["value"]),
                 n=telling.count(row, "n")), [row | {"answer": row[by]}])
        for row in rows if telling.shown(row)
    ]
    return _exhibit(released, case, told, id=id, title=title, source=source)


def one(released: Released, case: Reader, *, say: str, id: str, title: str, source: str) -> Exhibit:
    """A sentence for the one row there is: in how many of how many regions."""
    told = _events(released, say)
    return _exhibit(released, case, told, id=id, title=title, source=source)


def consent(released: Released, case: Reader, *, id: str, title: str, source: str) -> Exhibit:
    """How many regions may be named, and how many only count."""
    rows = {row["publicatie_ok"]: row for row in layout.visible(released).to_dict("records")}
    numbers = {name: telling.count(rows[code], "events") for name, code in _CONSENT.items()}
    used = [row | {"answer": code} for code, row in rows.items()]
    told = [(message("infrastructure_consent", n=telling.count(used[0], "n"), **numbers), used)]
    return _exhibit(released, case, told, id=id, title=title, source=source)


def agreement(released: Released, case: Reader, *, id: str, title: str, source: str) -> Exhibit:
    """Whether the regions put the elements in one order: in words, with Kendall's W."""
    (row,) = layout.visible(released).to_dict("records")
    key = [key for key, least in AGREE.items() if telling.shown(row) and row["value"] >= least][-1:]
    told = [(message(found, n=telling.count(row, "n"), value=_decimals(row, "value")), [row]) for found in key]
    return _exhibit(released, case, told, id=id, title=title, source=source)


def reliability(released: Released, case: Reader, *, id: str, title: str, source: str) -> Exhibit:
    """Whether the questions on importance may be read together: in words, with Cronbach's alpha and what is known else.

    released: survey_quality.importance_reliability.
    """
    told = Told()
    for row in layout.visible(released).to_dict("records"):
        if telling.shown(row):
            alpha = "infrastructure_together" if row["value"] >= TOGETHER else "infrastructure_apart"
            say = alpha if row["measure"] == "importance_alpha" else "infrastructure_omega"
            ends = {name: _decimals(row, name) for name in ("value", "low", "high") if pd.notna(row[name])}
            told.append((message(say, n=telling.count(row, "n"), **ends), [row]))
    return _exhibit(released, case, told, id=id, title=title, source=source)


def cases(
    country: Released, case: Reader, *, more: Released, own: Released, id: str, title: str, source: str
) -> Exhibit:
    """Cases of the region last year and those it expects, and of all regions together."""
    (total,) = layout.visible(country).to_dict("records")
    of_all = total | {"n": total["answered"], "events": pd.NA}
    told: Told = [
        _cases("infrastructure_own_" + name, case, number)
        for _, row in of_own(own, case).iterrows()
        for name, number in (("cases", row["casussen_mda"]), ("expected", row["casussen_verwacht"])) if pd.notna(number)
    ]
    if telling.shown(total):
        words = message("infrastructure_cases", n=wording.number(of_all["n"]), total=telling.count(total, "value"))
        told.append((words, [of_all]))
    told += _events(more, "infrastructure_cases_more")
    return _exhibit(country, case, told, id=id, title=title, source=source)


def agreements(country: Released, case: Reader, *, own: Released, id: str, title: str, source: str) -> Exhibit:
    """With how many of the partners that are needed there is an agreement: here, and in all regions together."""
    rows = [telling.counted("partner_density", case.region, int(row["agreed"]), int(row["relevant"]))
            for _, row in of_own(own, case).iterrows() if row["relevant"]]
    told: Told = [(message("infrastructure_own_density", **_numbers(row)), [row]) for row in rows]
    told += [
        (message("infrastructure_density", part=wording.points(row["value"]), n=telling.count(row, "n")), [row])
        for row in layout.visible(country).to_dict("records") if telling.shown(row)
    ]
    return _exhibit(country, case, told, id=id, title=title, source=source)


def criteria(own: Released, case: Reader, *, id: str, title: str, source: str) -> Exhibit | None:
    """How many criteria the region meets, each answer apart; nothing where it may not be shown."""
    told = Told()
    for _, row in of_own(own, case).iterrows():
        n = sum(int(row[name]) for name in _CRITERIA)
        used = [telling.counted(f"infrastructure_{name}", case.region, int(row[name]), n) for name in _CRITERIA]
        numbers = {name: telling.count(each, "events") for name, each in zip(_CRITERIA, used, strict=True)}
        told.append((message("infrastructure_own_criteria", n=wording.number(n), **numbers), used))
    return _exhibit(own, case, told, id=id, title=title, source=source) if told else None


def _decimals(row: Row, name: str) -> str:
    return wording.number(row[name], 2)


def _cases(say: str, case: Reader, number: float) -> tuple[str, list[Row]]:
    row = telling.counted(say, case.region, int(number), int(number)) | {"value": pd.NA, "n": pd.NA, "method": "count"}
    return message(say, events=wording.number(number)), [row]


def _events(released: Released, say: str) -> Told:
    rows = layout.visible(released).to_dict("records")
    return [(message(say, **_numbers(row)), [row]) for row in rows if telling.shown(row)]


def _numbers(row: Row) -> Mapping[str, str]:
    return {name: telling.count(row, name) for name in ("events", "n")}


def _exhibit(released: Released, case: Reader, told: Told, *, id: str, title: str, source: str) -> Exhibit:
    """The sentences, or why there are none: nobody answered, or it would tell an answer."""
    frame = layout.visible(released)
    nobody = "answered" in frame and (frame["answered"] == 0).fillna(False).all()
    sentences = [words for words, _ in told] or [message("infrastructure_no_answer" if nobody else "census_hidden")]
    rows = [row for _, used in told for row in used]
    return telling.exhibit(released, case, sentences, rows, id=id, title=title, source=source, notes=())
