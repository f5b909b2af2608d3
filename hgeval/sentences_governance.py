"""Key messages and questions on who does what: counts of what a region answered, with what is not known apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from hgeval import governance, governance_direction, layout
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.telling import count, counted, exhibit, shown, some
from hgeval.types import Row
from hgeval.wording import message

THE_LAW, SHELTER, PARTNERS, SUPERVISION, PRIORITY = ("W1", "W1B"), ("W3",), ("W4",), ("W6",), ("C9",)
_STATES = {
    "arranged": governance.ARRANGED, "in_part": governance.PARTLY, "unarranged": governance.UNARRANGED,
    "unknown": governance.UNKNOWN,
}
# Which lists raise a question together, and which one.
_LISTS = {
    THE_LAW: "ask_law", SHELTER: "governance_ask_shelter", SUPERVISION: "ask_supervision", PARTNERS: "ask_partners",
    PRIORITY: "ask_priority",
}
_WORST_FIRST = (governance.UNARRANGED, governance.PARTLY)
_NOT_ONE = (governance_direction.NONE, governance_direction.DOUBLE)
_OF_TASKS = ("no_owner", "two_owners")
Told = tuple[str, list[Row]]


def short(
    points: Released, case: Reader, *, tasks: Released, conflicts: Released, goals: Released,
    contradictions: Released, country: Released, filled: Released, elsewhere: Released, source: str,
    id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """What is arranged by law and in supervision, the goals, who directs, and the contradictions; no overall mark.

    points: governance.points, tasks: governance_direction.tasks, conflicts: .conflict_counts, goals and
    contradictions: the counts of governance_registers; all of the own region, from disclosure.release_answers.
    country: governance.arranged, filled: .response, elsewhere: governance_direction.conflict_regions, for a region of
    which no answer may be shown.
    """
    told = [
        *_lists(layout.visible(points), case), *_goals(layout.visible(goals), case),
        *_direction(layout.visible(tasks), layout.visible(conflicts), case),
        *_open(layout.visible(contradictions), case),
    ]
    if not told:
        national = [*_filled(layout.visible(filled)), *_least(country), *_most(layout.visible(elsewhere), case)]
        told = [(_nothing(case, bool(national)), []), *national]
    rows = [row for _, used in told for row in used]
    found = [sentence for sentence, _ in told]
    return exhibit(points, case, found, rows, id=id, title=title, source=source, notes=notes)


def questions(
    points: Released, case: Reader, *, tasks: Released, conflicts: Released, goals: Released,
    contradictions: Released, country: Released, source: str, id: str = "wat-nu",
    title: str = "Wat kunt u nu doen?", notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the regional table, each with why it is asked; in a fixed order, of which the first six are told.

    A question is asked where a point of that list is partly or not arranged, a task has no owner or several, a role
    conflicts, a contradiction is open, or a goal is not SMART; then for all other lists together, and for what is not
    known. A region of which no answer may be shown is asked for its answers.
    """
    known, held = layout.visible(points), layout.visible(tasks)
    told = [
        *_ask_list(known, THE_LAW, case), *_ask_list(known, SHELTER, case), *_ask_owners(held, case),
        *_ask_list(known, SUPERVISION, case), *_ask_roles(layout.visible(conflicts), case),
        *_ask_open(layout.visible(contradictions), case), *_ask_list(known, PARTNERS, case),
        *_ask_goals(layout.visible(goals), case), *_ask_list(known, PRIORITY, case), *_ask_others(known, case),
        *_ask_unknown(known, case),
    ]
    if not any(len(layout.visible(each)) for each in (points, tasks, goals, contradictions)):
        told = [*_ask_answers(case), *_ask_least(country)]
    found = [sentence for sentence, _ in told] or [message("no_question")]
    rows = [row for _, used in told for row in used]
    return exhibit(points, case, found, rows, id=id, title=title, source=source, notes=notes)


def _nothing(case: Reader, national: bool) -> str:
    """Why there is no answer: for its own eyes a region did not give one, for others it may also not have allowed it.

    Others are not told which of the two: that would be an answer of the region. national: something is told of all.
    """
    why = message("governance_not_given" if _own_eyes(case) else "governance_not_shown")
    return f"{why} {message('governance_country')}" if national else why


def _own_eyes(case: Reader) -> bool:
    return case.rule.audience == "own_region"


def _filled(filled: pd.DataFrame) -> Iterator[Told]:
    for row in filled[filled["table"] == governance.TABLES_ASKED[0]].to_dict("records"):
        if shown(row) and row["events"] > 0:
            yield message("governance_filled", events=count(row, "events"), n=count(row, "n")), [row]


def _least(country: Released) -> Iterator[Told]:
    """The point that the smallest part of the regions has arranged, and how many have."""
    for row in _rarest(country):
        yield message("least_arranged", events=count(row, "events"), n=count(row, "n"), what=row["label"]), [row]


def _rarest(country: Released) -> list[Row]:
    by_list = governance.least(layout.visible(country))
    rows: list[Row] = by_list.sort_values("value", kind="stable").head(1).to_dict("records")
    return rows


def _most(elsewhere: pd.DataFrame, case: Reader) -> Iterator[Told]:
    """The conflict that the largest part of the regions has; the first of equal ones."""
    known = [row for row in elsewhere.to_dict("records") if shown(row) and row["events"] > 0]
    most = max(known, key=lambda row: float(row["value"]), default=None)
    if most is not None:
        what = layout.namer(case)("conflict", most["conflict"])
        yield message("governance_most", events=count(most, "events"), n=count(most, "n"), what=what), [most]


def _row(case: Reader, measure: str, events: float, n: float, checklist: str = "") -> Row:
    return counted(measure, case.region, events, n, checklist=checklist)


def _lists(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for names, key in ((THE_LAW, "law_counted"), (SUPERVISION, "supervision_counted")):
        mine = points[points["checklist"].isin(names)]
        if len(mine):
            states = {each: int((mine["state"] == state).sum()) for each, state in _STATES.items()}
            rows = [_row(case, f"own_{each}", events, len(mine), names[0]) for each, events in states.items()]
            said = {each: count(row, "events") for each, row in zip(states, rows, strict=True)}
            yield message(key, n=count(rows[0], "n"), **said), rows


def _goals(goals: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for each in goals[goals["goals"] > 0].to_dict("records"):
        row = _row(case, "own_smart", each["smart_goals"], each["goals"])
        yield message("goals_counted", events=count(row, "events"), n=count(row, "n")), [row]


def _direction(tasks: pd.DataFrame, conflicts: pd.DataFrame, case: Reader) -> Iterator[Told]:
    if len(tasks):
        held = tasks["held"].value_counts()
        once, unknown = (
            _row(case, measure, held.get(code, 0), len(tasks)) for measure, code in (
                ("own_one_owner", governance_direction.ONCE), ("own_owner_unknown", governance_direction.UNKNOWN))
        )
        wrong = _row(case, "own_conflicts", conflicts["conflicts"].sum(), conflicts["checked"].sum())
        said = {"events": count(once, "events"), "n": count(once, "n"), "unknown": count(unknown, "events")}
        yield message("tasks_counted", **said, found=count(wrong, "events")), [once, unknown, wrong]


def _open(contradictions: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for each in contradictions.to_dict("records"):
        rows = [_row(case, f"own_contradictions_{name}", each[column], each["contradictions"]) for name, column in (
            ("open", "open"), ("solved", "solved_n"), ("unknown", "unknown"))]
        still, solved, unknown = (count(row, "events") for row in rows)
        yield message("contradictions_counted", n=count(rows[0], "n"), open=still, solved=solved, unknown=unknown), rows


def _ask_list(points: pd.DataFrame, names: tuple[str, ...], case: Reader) -> Iterator[Told]:
    yield from _ask_lacking(points[points["checklist"].isin(names)], _LISTS[names], case, names[0])


def _ask_lacking(points: pd.DataFrame, key: str, case: Reader, checklist: str = "") -> Iterator[Told]:
    """A question on the points that are partly or not arranged, those that are not first."""
    lacking = _in_order(points, "state", _WORST_FIRST)
    if len(lacking):
        row = _row(case, "own_lacking", len(lacking), len(points), checklist)
        what = some(_said(lacking, "state", case))
        yield message(key, events=count(row, "events"), n=count(row, "n"), what=what), [row]


def _ask_owners(tasks: pd.DataFrame, case: Reader) -> Iterator[Told]:
    """A question on the tasks without exactly one owner, those without any first."""
    wrong = _in_order(tasks, "held", _NOT_ONE)
    if len(wrong):
        row = _row(case, "own_not_one_owner", len(wrong), len(tasks))
        said = {"events": count(row, "events"), "n": count(row, "n"), "what": some(_said(wrong, "held", case))}
        yield message("ask_owners", **said), [row]


def _in_order(rows: pd.DataFrame, column: str, wanted: Sequence[str]) -> pd.DataFrame:
    """The rows with one of these values, in the order of the values."""
    found = rows[rows[column].isin(wanted)]
    return found.sort_values(column, key=lambda values: values.map(list(wanted).index), kind="stable")


def _said(rows: pd.DataFrame, column: str, case: Reader) -> list[str]:
    """What each row is about, with what is wrong about it in brackets."""
    name = layout.namer(case)
    return [f"{label} ({name(column, code)})" for label, code in zip(rows["label"], rows[column], strict=True)]


def _ask_roles(conflicts: pd.DataFrame, case: Reader) -> Iterator[Told]:
    wrong = conflicts[~conflicts["conflict"].isin(_OF_TASKS)]
    if wrong["conflicts"].sum():
        row = _row(case, "own_roles", wrong["conflicts"].sum(), wrong["checked"].sum())
        name = layout.namer(case)
        kinds = [name("conflict", code) for code in wrong.loc[wrong["conflicts"] > 0, "conflict"]]
        yield message("ask_roles", events=count(row, "events"), what=some(kinds)), [row]


def _ask_open(contradictions: pd.DataFrame, case: Reader) -> Iterator[Told]:
    """Who decides where an open rule has no one owner, or nobody knows; otherwise when the owners solve it."""
    for each in contradictions[contradictions["open"] > 0].to_dict("records"):
        rows = [_row(case, "own_contradictions_open", each["open"], each["contradictions"])]
        said = {"events": count(rows[0], "events"), "n": count(rows[0], "n")}
        if each["unmandated"] + each["owner_unknown"] == 0:
            yield message("governance_ask_when", **said), rows
            continue
        for name in ("unmandated", "owner_unknown"):
            rows.append(_row(case, f"own_contradictions_{name}", each[name], each["open"]))
            said[name] = count(rows[-1], "events")
        yield message("ask_open", **said), rows


def _ask_goals(goals: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for each in goals[goals["smart_goals"] < goals["goals"]].to_dict("records"):
        row = _row(case, "own_not_smart", each["goals"] - each["smart_goals"], each["goals"])
        yield message("ask_goals", events=count(row, "events"), n=count(row, "n")), [row]


def _ask_others(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    asked = [name for names in _LISTS for name in names]
    yield from _ask_lacking(points[~points["checklist"].isin(asked)], "ask_others", case)


def _ask_unknown(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    unknown = points[points["state"] == governance.UNKNOWN]
    if len(unknown):
        row = _row(case, "own_unknown", len(unknown), len(points))
        yield message("ask_unknown", events=count(row, "events"), n=count(row, "n")), [row]


def _ask_answers(case: Reader) -> Iterator[Told]:
    """What a region of which nothing is shown can do about that."""
    if _own_eyes(case):
        yield message("governance_ask_give"), []
    else:
        yield message("governance_ask_show"), []
        yield message("governance_ask_own_eyes"), []


def _ask_least(country: Released) -> Iterator[Told]:
    for row in _rarest(country):
        yield message("governance_ask_least", events=count(row, "events"), n=count(row, "n"), what=row["label"]), [row]
