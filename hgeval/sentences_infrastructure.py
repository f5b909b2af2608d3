"""Key messages and questions of the report on the infrastructure, each only where the region's answers allow it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import layout, rates, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.survey_answers import HIGH
from hgeval.telling import count, exhibit, row, shown, some
from hgeval.types import Row
from hgeval.wording import message

_MOST_BESIDE = 2  # elements of which the number of regions is told
_SHORT = ("te_weinig", "geen")
_UNMET = ("deels", "nee")
_PASSING = ("tijdelijk", "nee")
_WISHED = "nee_gewenst"


def infrastructure(
    answers: Released, case: Reader, *, present: Released, source: str, access: Released | None = None,
    responses: Released | None = None, id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """What the region has and lacks of the infrastructure, how many regions have that, and what it cannot reach.

    answers: the elements by region, from disclosure.release_answers; present: how many regions have each; access:
    survey_reach.access_answers; responses: survey.response, told where the region's own answers are not.
    """
    frame = layout.visible(answers)
    own = frame[frame["region"] == case.region]
    if len(own):
        found, rows = _own_elements(own, layout.visible(present), case)
        more, used = _reach(_own(access, case), case)
    else:
        found, rows = [message("no_answers")], []
        more, used = _country(responses)
    return exhibit(
        answers, case, [*found, *more], [*rows, *used], id=id, title=title, source=source, notes=notes
    )


def questions(
    answers: Released, case: Reader, *, access: Released, quality: Released, costs: Released, partners: Released,
    links: Released, source: str, id: str = "wat-nu", title: str = "Wat kunt u nu doen?", notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the regional table, each with the rule that made it: why you see it, with the numbers.

    All are of the region's own answers, as release_answers lets them through. The rules stand in this order; of more
    than six that fire the last are left out. Lacking: needed (4 or 5) and not there.
    """
    own, name = _own(answers, case), layout.namer(case)
    asked = [
        *_lacking_questions(own, _own(access, case)),
        ("ask_capacity", "element", _of(own, own["capaciteit_tekort"].isin(_SHORT), own["capaciteit_tekort"].notna())),
        _quality_question(_own(quality, case)), _money_question(_own(costs, case)),
        _partner_question(_own(partners, case)), _link_question(_own(links, case)),
    ]
    found, rows = list[str](), list[Row]()
    for key, column, (these, among) in asked:
        if len(these):
            counted = _counted(key, case, len(these), among)
            what = some([name(column, code) for code in these])
            found.append(message(key, what=what, events=count(counted, "events"), n=count(counted, "n")))
            rows.append(counted)
    if not found:
        found = [message("ask_no_question" if len(own) else "ask_not_shown")]
    return exhibit(answers, case, found, rows, id=id, title=title, source=source, notes=notes)


_Question = tuple[str, str, tuple[list[str], int]]


def _lacking_questions(own: pd.DataFrame, access: pd.DataFrame) -> list[_Question]:
    """Elements that are lacking and that a partner region has, and those that none has."""
    lacking = own[own["gap"].fillna(False).astype(bool)]
    reach = access[access["element"].isin(lacking["element"])]
    lent = reach["partner_region"].notna()
    none = reach["usable"].notna() & ~reach["usable"].fillna(True).astype(bool)
    known = int(own["gap"].notna().sum())
    return [
        ("ask_borrow", "element", (reach.loc[lent, "element"].tolist(), known)),
        ("ask_step", "element", (reach.loc[none, "element"].tolist(), known)),
    ]


def _quality_question(rows: pd.DataFrame) -> _Question:
    known = rows["kwaliteit"].isin(("ja", *_UNMET)) & rows["kwaliteit_belang"].notna()
    unmet = known & rows["kwaliteit"].isin(_UNMET) & (rows["kwaliteit_belang"] >= HIGH).fillna(False)
    return "ask_quality", "criterion", _of(rows, unmet, known, by="criterion")


def _money_question(rows: pd.DataFrame) -> _Question:
    known = rows["structureel"].notna() | rows["uncovered"].notna()
    open_ = rows["structureel"].isin(_PASSING) | (rows["uncovered"] > 0).fillna(False)
    return "ask_money", "line", _of(rows, open_, known, by="line")


def _partner_question(rows: pd.DataFrame) -> _Question:
    known = rows["partner_betrokken"].notna()
    return "ask_wished_partners", "partner", _of(rows, rows["partner_betrokken"] == _WISHED, known, by="partner")


def _link_question(rows: pd.DataFrame) -> _Question:
    known = rows["mutual"].notna()
    lonely = known & ~rows["mutual"].fillna(True).astype(bool)
    return "ask_links", "partner_region", _of(rows, lonely, known, by="partner_region")


def _of(rows: pd.DataFrame, hit: pd.Series, known: pd.Series, by: str = "element") -> tuple[list[str], int]:
    return rows.loc[hit.astype(bool), by].tolist(), int(known.sum())


def _own(released: Released | None, case: Reader) -> pd.DataFrame:
    if released is None:
        return pd.DataFrame()
    frame = layout.visible(released)
    return frame[frame["region"] == case.region]


def _reach(access: pd.DataFrame, case: Reader) -> tuple[list[str], list[Row]]:
    """What it has neither itself nor through a partner, of the elements of which that is known."""
    known = access[access["usable"].notna()] if len(access) else access
    if not len(known):
        return [], []
    without = known.loc[~known["usable"].astype(bool), "element"].tolist()
    counted, name = _counted("own_reach", case, len(without), len(known)), layout.namer(case)
    numbers = {"events": count(counted, "events"), "n": count(counted, "n")}
    told = message("own_reach", what=some([name("element", code) for code in without]), **numbers)
    return [told if without else message("own_reach_all", n=numbers["n"])], [counted]


def _country(responses: Released | None) -> tuple[list[str], list[Row]]:
    answered = row(responses, NATIONAL, table="survey_regions") if responses is not None else None
    if not shown(answered):
        return [], []
    return [message("survey_response", events=count(answered, "events"), n=count(answered, "n"))], [answered]


def _own_elements(own: pd.DataFrame, present: pd.DataFrame, case: Reader) -> tuple[list[str], list[Row]]:
    counted = [_own_count(own, case, "own_elements", "present"), _own_count(own, case, "own_gaps", "gap")]
    lacking, gaps = _lacking(own)
    name = layout.namer(case)
    found = [message("own_elements", events=count(counted[0], "events"), n=count(counted[0], "n"))]
    found.append(message(gaps, what=some([name("element", code) for code in lacking])) if lacking
                 else message("own_no_gap"))
    beside = present[present["element"].isin(lacking[:_MOST_BESIDE])]
    elsewhere = beside.sort_values("element", key=lambda codes: codes.map(lacking.index)).to_dict("records")
    found += [
        message("census", events=count(each, "events"), n=count(each, "n"),
                what=wording.capital(name("element", each["element"])))
        if shown(each) else message("census_hidden")
        for each in elsewhere
    ]
    return list(dict.fromkeys(found)), [*counted, *elsewhere]


def _lacking(own: pd.DataFrame) -> tuple[list[str], str]:
    """The elements that are needed and not there, those with most priority first, and the sentence that fits."""
    rows = own[own["gap"].fillna(False).astype(bool)]
    if "prioriteit" not in rows or rows["prioriteit"].isna().all():
        return rows["element"].tolist(), "own_gaps"
    order = rows.sort_values("prioriteit", ascending=False, kind="stable", na_position="last")
    return order["element"].tolist(), "own_gaps_ordered"


def _own_count(own: pd.DataFrame, case: Reader, measure: str, flag: str) -> Row:
    """How many of the elements with a known answer have it."""
    known = own[flag].dropna().astype(bool)
    return _counted(measure, case, int(known.sum()), len(known))


def _counted(measure: str, case: Reader, events: int, n: int) -> Row:
    cell = {"measure": measure, "region": case.region, "n": n, "events": events, "method": "share"}
    (found,) = rates.recompute(rates.frame([cell])).assign(status="shown").to_dict("records")
    return found
