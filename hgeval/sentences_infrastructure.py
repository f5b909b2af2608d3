"""Key messages and questions of the report on the infrastructure, each only where the region's answers allow it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import layout, wording
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.sentences_survey import of_own
from hgeval.survey_answers import HIGH, TOTAL
from hgeval.telling import count, counted, exhibit, row, shown
from hgeval.types import Row
from hgeval.wording import message

_SHORT = ("te_weinig", "geen")
_UNMET = ("deels", "nee")
_PASSING = ("tijdelijk", "nee")
_WISHED = "nee_gewenst"
_OTHERS = "en andere"  # not how many: the number that counts stands in the sentence beside it
_EUROS = {"total": ("kosten_bedrag", "infrastructure_costs"), "part": ("uncovered", "uncovered_eur")}

Told = tuple[list[str], list[Row]]
_Question = tuple[str, str, tuple[list[str], int]]


def infrastructure(
    answers: Released, case: Reader, *, present: Released, gaps: Released, source: str,
    access: Released | None = None, costs: Released | None = None, responses: Released | None = None,
    id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """What the region has and lacks of the infrastructure, where it is, how many regions have it, and what it costs.

    answers: the elements by region, from disclosure.release_answers; present, gaps: in how many regions each is there
    or lacking; access: survey_reach.access_answers; costs: survey_own.cost_lines; responses: survey.response. Where
    the region's own answers may not be shown, the country is told.
    """
    own = of_own(answers, case)
    if _nobody(present):
        return exhibit(answers, case, [message("infrastructure_no_survey")], [], id=id, title=title, source=source,
                       notes=notes)
    told = [_own_elements(own, case), _gaps(own, case)] if len(own) else [([message("infrastructure_no_answers")], [])]
    if len(own):
        told += [_reach(_own(access, case), case), _elsewhere(own, present, case), _money(_own(costs, case), case)]
    else:
        told += [_country(responses), _most(present, case, "infrastructure_most")]
        told.append(_most(gaps, case, "infrastructure_gap"))
    found, rows = ([each for part in parts for each in part] for parts in zip(*told, strict=True))
    return exhibit(answers, case, found, rows, id=id, title=title, source=source, notes=notes)


def questions(
    answers: Released, case: Reader, *, access: Released, quality: Released, costs: Released, partners: Released,
    links: Released, gaps: Released, source: str, id: str = "wat-nu", title: str = "Wat kunt u nu doen?",
    notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the regional table, each with the rule that made it: why you see it, with the numbers.

    All are of the region's own answers, as release_answers lets them through; where those may not be shown, one is of
    the country (gaps). The rules stand in this order; of more than six that fire the last are left out. Lacking:
    needed (4 or 5) and not there.
    """
    own, name = of_own(answers, case), layout.namer(case)
    found, rows = ([], []) if len(own) else _most(gaps, case, "infrastructure_ask_country")
    for key, column, (these, among) in _asked(own, case, access, quality, costs, partners, links):
        if these:
            seen = counted(key, case.region, len(these), among)
            found.append(message(key, what=few([name(column, code) for code in these]), **_numbers(seen)))
            rows.append(seen)
    if not len(own):
        found.append(message("infrastructure_ask_survey" if _nobody(gaps) else "infrastructure_ask_consent"))
    return exhibit(answers, case, found or [message("ask_no_question")], rows, id=id, title=title, source=source,
                   notes=notes)


def few(names: Sequence[str]) -> str:
    """As many of the first three names as make a sentence that can be read, and whether there are others.

    The explanations of abbreviations count as well: they come into the sentence later.
    """
    most = len(names[:3])
    while most > 1 and wording.longest(*wording.explain([_listed(names, most)])) > wording.MOST_WORDS:
        most -= 1
    return _listed(names, most)


def _listed(names: Sequence[str], most: int) -> str:
    return "; ".join([*names[:most], *([_OTHERS] if len(names) > most else [])])


def _asked(
    own: pd.DataFrame, case: Reader, access: Released, quality: Released, costs: Released, partners: Released,
    links: Released,
) -> list[_Question]:
    if not len(own):
        return []
    there = own["present"].fillna(False).astype(bool)  # of what is only planned there is no capacity yet
    known = there & own["capaciteit_tekort"].notna()
    return [
        *_lacking_questions(own, _own(access, case)),
        ("ask_capacity", "element", _of(own, known & own["capaciteit_tekort"].isin(_SHORT), known)),
        _quality_question(_own(quality, case)), _money_question(_own(costs, case)),
        _partner_question(_own(partners, case)), _link_question(_own(links, case)),
    ]


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


def _nobody(totals: Released) -> bool:
    """Whether not one region answered: then the study lacks the survey."""
    return bool((layout.visible(totals)["n"] == 0).fillna(False).all())


def _own(released: Released | None, case: Reader) -> pd.DataFrame:
    return pd.DataFrame() if released is None else of_own(released, case)


def _reach(access: pd.DataFrame, case: Reader) -> Told:
    """What it has neither itself nor through a partner, and of which elements that is not known."""
    if not len(access):
        return [], []
    usable, name = access["usable"], layout.namer(case)
    without = access.loc[usable.eq(False).fillna(False), "element"].tolist()
    open_ = access.loc[usable.isna(), "element"].tolist()
    seen = counted("own_reach", case.region, len(without), int(usable.notna().sum()))
    told = []
    if without:
        told.append(message("own_reach", what=few([name("element", code) for code in without]), **_numbers(seen)))
    elif usable.notna().any():
        told.append(message("own_reach_all", n=count(seen, "n")))
    if open_:
        told.append(message("infrastructure_unknown", what=few([name("element", code) for code in open_])))
    return [" ".join(told)], [seen]


def _country(responses: Released | None) -> Told:
    answered = row(responses, NATIONAL, table="survey_regions") if responses is not None else None
    if not shown(answered):
        return [], []
    return [message("survey_response", **_numbers(answered))], [answered]


def _most(totals: Released, case: Reader, say: str) -> Told:
    """The element that most regions have, or lack, of those that may be shown."""
    rows = [each for each in layout.visible(totals).to_dict("records") if shown(each) and each["events"]]
    most: Row | None = max(rows, key=lambda each: each["value"], default=None)
    if most is None:
        return [], []
    return [message(say, what=layout.namer(case)("element", most["element"]), **_numbers(most))], [most]


def _money(costs: pd.DataFrame, case: Reader) -> Told:
    """What the region filled in as costs, and what of that nobody covers."""
    total = costs[costs["line"] == TOTAL] if len(costs) else costs
    if not len(total) or total[["kosten_bedrag", "uncovered"]].isna().to_numpy().any():
        return [], []
    euros = {name: float(total[column].iloc[0]) for name, (column, _) in _EUROS.items()}
    rows = [
        counted(measure, case.region, 0, 0) | {"value": euros[name], "n": pd.NA, "events": pd.NA, "method": "amount"}
        for name, (_, measure) in _EUROS.items()
    ]
    return [message("infrastructure_money", **{name: wording.euro(each) for name, each in euros.items()})], rows


def _own_elements(own: pd.DataFrame, case: Reader) -> Told:
    seen = _own_count(own, case, "own_elements", "present")
    return [message("own_elements", **_numbers(seen))], [seen]


def _gaps(own: pd.DataFrame, case: Reader) -> Told:
    """What is needed and not there, what has most priority first."""
    lacking, say = _lacking(own)
    if not lacking:
        return [message("own_no_gap")], []
    seen, name = _own_count(own, case, "own_gaps", "gap"), layout.namer(case)
    return [message(say, what=few([name("element", code) for code in lacking]), **_numbers(seen))], [seen]


def _elsewhere(own: pd.DataFrame, present: Released, case: Reader) -> Told:
    """In how many regions the first of what is lacking is there, of which that may be shown."""
    rows = {each["element"]: each for each in layout.visible(present).to_dict("records") if shown(each)}
    known = [rows[code] for code in _lacking(own)[0] if code in rows][:1]
    name = layout.namer(case)
    told = [message("census", what=wording.capital(name("element", each["element"])), **_numbers(each))
            for each in known]
    return told, known


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
    return counted(measure, case.region, int(known.sum()), len(known))


def _numbers(seen: Row) -> dict[str, str]:
    return {name: count(seen, name) for name in ("events", "n")}
