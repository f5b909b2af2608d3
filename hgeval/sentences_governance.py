"""Key messages and questions on who does what: counts of what a region answered, with what is not known apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from hgeval import governance, governance_direction, layout, rates, reference
from hgeval.disclosure import Released
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.telling import count, exhibit, shown
from hgeval.types import Row
from hgeval.wording import message

LAW, PARTNERS, SUPERVISION, PRIORITY = "W1", "W4", "W6", "C9"
MOST_NAMED = 2  # points in one sentence
_STATES = {
    "arranged": governance.ARRANGED, "in_part": governance.PARTLY, "unarranged": governance.UNARRANGED,
    "unknown": governance.UNKNOWN,
}
# Which lists raise a question, and which one.
_LISTS = {LAW: "ask_law", PARTNERS: "ask_partners", SUPERVISION: "ask_supervision", PRIORITY: "ask_priority"}
_LACKING = (governance.PARTLY, governance.UNARRANGED)
_OF_TASKS = ("no_owner", "two_owners")
Told = tuple[str, list[Row]]


def short(
    points: Released, case: Reader, *, tasks: Released, conflicts: Released, goals: Released,
    contradictions: Released, country: Released, source: str, id: str = "in-het-kort", title: str = "In het kort",
    notes: Sequence[str] = (),
) -> Exhibit:
    """What is arranged by law and in supervision, the goals, who directs, and the contradictions; no overall mark.

    points: governance.points, tasks: governance_direction.tasks, conflicts: .conflict_counts, goals and
    contradictions: the counts of governance_registers; all of the own region, from disclosure.release_answers.
    country: governance.arranged, for a region of which no answer may be shown.
    """
    told = [
        *_lists(layout.visible(points), case), *_goals(layout.visible(goals), case),
        *_direction(layout.visible(tasks), layout.visible(conflicts), case),
        *_open(layout.visible(contradictions), case),
    ]
    told = told or [(message("no_answers"), []), *_least(layout.visible(country))]
    rows = [row for _, used in told for row in used]
    found = [sentence for sentence, _ in told]
    return exhibit(points, case, found, rows, id=id, title=title, source=source, notes=notes)


def questions(
    points: Released, case: Reader, *, tasks: Released, conflicts: Released, goals: Released,
    contradictions: Released, source: str, id: str = "wat-nu", title: str = "Wat kunt u nu doen?",
    notes: Sequence[str] = (),
) -> Exhibit:
    """Questions for the regional table, each with why it is asked; in a fixed order, of which the first six are told.

    A question is asked where a point of that list is partly or not arranged, a task has no owner or several, a role
    conflicts, a contradiction is open, or a goal is not SMART; then for all other lists together, and where a point
    is not known.
    """
    known = layout.visible(points)
    told = [
        *_ask_list(known, LAW, case), *_ask_owners(layout.visible(tasks), case),
        *_ask_roles(layout.visible(conflicts), case), *_ask_list(known, PARTNERS, case),
        *_ask_list(known, SUPERVISION, case), *_ask_list(known, PRIORITY, case),
        *_ask_open(layout.visible(contradictions), case), *_ask_goals(layout.visible(goals), case),
        *_ask_others(known, case), *_ask_unknown(known, case),
    ]
    anything = any(len(layout.visible(each)) for each in (points, tasks, goals, contradictions))
    found = [sentence for sentence, _ in told] or [message("no_question" if anything else "no_answers")]
    rows = [row for _, used in told for row in used]
    return exhibit(points, case, found, rows, id=id, title=title, source=source, notes=notes)


def _row(case: Reader, measure: str, events: float, n: float, checklist: str = "") -> Row:
    cell = {"measure": measure, "region": case.region, "checklist": checklist, "n": int(n), "events": int(events)}
    counted = rates.recompute(rates.frame([cell | {"method": "share"}], groups=["checklist"]))
    (row,) = counted.assign(status="shown").to_dict("records")
    return row


def _least(country: pd.DataFrame) -> Iterator[Told]:
    """The point that the smallest part of the regions has arranged, and how many have; the first of equal ones."""
    known = [row for row in country.to_dict("records") if shown(row)]
    least = min(known, key=lambda row: float(row["value"]), default=None)
    if least is not None:
        what = reference.checklist_items().assign(code=lambda rows: rows["checklist"] + "." + rows["item"])
        label = what.loc[what["code"] == least["item"], "label"].iloc[0]
        yield message("least_arranged", events=count(least, "events"), n=count(least, "n"), what=label), [least]


def _lists(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for name, key in ((LAW, "law_counted"), (SUPERVISION, "supervision_counted")):
        mine = points[points["checklist"] == name]
        if len(mine):
            states = {each: int((mine["state"] == state).sum()) for each, state in _STATES.items()}
            rows = [_row(case, f"own_{each}", events, len(mine), name) for each, events in states.items()]
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


def _ask_list(points: pd.DataFrame, checklist: str, case: Reader) -> Iterator[Told]:
    mine = points[points["checklist"] == checklist]
    lacking = mine[mine["state"].isin(_LACKING)]
    if len(lacking):
        row = _row(case, "own_lacking", len(lacking), len(mine), checklist)
        said = {"events": count(row, "events"), "n": count(row, "n"), "what": _first(lacking["label"])}
        yield message(_LISTS[checklist], **said), [row]


def _ask_owners(tasks: pd.DataFrame, case: Reader) -> Iterator[Told]:
    wrong = tasks[tasks["held"].isin([governance_direction.NONE, governance_direction.DOUBLE])]
    if len(wrong):
        row = _row(case, "own_not_one_owner", len(wrong), len(tasks))
        said = {"events": count(row, "events"), "n": count(row, "n"), "what": _first(wrong["label"])}
        yield message("ask_owners", **said), [row]


def _ask_roles(conflicts: pd.DataFrame, case: Reader) -> Iterator[Told]:
    wrong = conflicts[~conflicts["conflict"].isin(_OF_TASKS)]
    if wrong["conflicts"].sum():
        row = _row(case, "own_roles", wrong["conflicts"].sum(), wrong["checked"].sum())
        name = layout.namer(case)
        kinds = pd.Series([name("conflict", code) for code in wrong.loc[wrong["conflicts"] > 0, "conflict"]])
        yield message("ask_roles", events=count(row, "events"), what=_first(kinds)), [row]


def _ask_open(contradictions: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for each in contradictions[contradictions["open"] > 0].to_dict("records"):
        rows = [_row(case, "own_contradictions_open", each["open"], each["contradictions"]),
                _row(case, "own_contradictions_unmandated", each["unmandated"], each["open"])]
        said = {"events": count(rows[0], "events"), "n": count(rows[0], "n"), "unmandated": count(rows[1], "events")}
        yield message("ask_open", **said), rows


def _ask_goals(goals: pd.DataFrame, case: Reader) -> Iterator[Told]:
    for each in goals[goals["smart_goals"] < goals["goals"]].to_dict("records"):
        row = _row(case, "own_not_smart", each["goals"] - each["smart_goals"], each["goals"])
        yield message("ask_goals", events=count(row, "events"), n=count(row, "n")), [row]


def _ask_others(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    mine = points[~points["checklist"].isin(_LISTS)]
    lacking = mine[mine["state"].isin(_LACKING)]
    if len(lacking):
        row = _row(case, "own_lacking", len(lacking), len(mine))
        said = {"events": count(row, "events"), "n": count(row, "n"), "what": _first(lacking["label"])}
        yield message("ask_others", **said), [row]


def _ask_unknown(points: pd.DataFrame, case: Reader) -> Iterator[Told]:
    unknown = points[points["state"] == governance.UNKNOWN]
    if len(unknown):
        row = _row(case, "own_unknown", len(unknown), len(points))
        yield message("ask_unknown", events=count(row, "events"), n=count(row, "n")), [row]


def _first(labels: pd.Series) -> str:
    """The first of these, without a count that would stand in no cell."""
    return "; ".join([*labels.head(MOST_NAMED), *(["en andere"] if len(labels) > MOST_NAMED else [])])
