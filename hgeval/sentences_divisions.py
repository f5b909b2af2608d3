"""Key messages and questions about divisions: never one that is called the right one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval import divisions_towns, layout, reference, telling, wording
from hgeval.disclosure import Released
from hgeval.divisions_table import POSSIBLE
from hgeval.exhibits import Exhibit
from hgeval.layout import Reader
from hgeval.rates import NATIONAL
from hgeval.schema_divisions import CURRENT, OWN_NAMES
from hgeval.types import Row
from hgeval.wording import message

_LEAST_WHOLE = 0.5  # of the inhabitants; under it the report asks what may not be broken up
_RULES = {"once": "division_once", "several": "division_several", "whole": "division_whole"}
_ALL = 1 - 1e-9  # every inhabitant


def in_short(
    options: Released, case: Reader, *, broken: Released, wins: Released, alone: Released, source: str,
    id: str = "in-het-kort", title: str = "In het kort", notes: Sequence[str] = (),
) -> Exhibit:
    """It depends; which options are possible, in how many weightings one has the most points, and who wins alone.

    At most two sentences each.
    """
    allowed, wrong = _allowed(options), _rows(layout.visible(broken))
    won, best = _won(wins), _field(alone, "options")
    today = _field(wins, "with_current", option=CURRENT)
    found = [
        message("division_depends"),
        " ".join([message("division_allowed", **_counts(allowed)), *_forbidden(wrong, case)]),
        _shares(won, case),
        _alone(best, case),
        message("division_current", part=_ends(today)),
    ]
    rows = [allowed, *wrong, *_rows(won), *_rows(best), *_rows(today)]
    return telling.exhibit(wins, case, found, rows, id=id, title=title, source=source, notes=notes)


def questions(
    options: Released, case: Reader, *, broken: Released, wins: Released, criteria: Released, certainty: Released,
    partners: Released, passed_over: Released, source: str, id: str = "wat-nu", title: str = "Vragen voor uw gesprek",
    notes: Sequence[str] = (),
) -> Exhibit:
    """What to talk about: each question with the finding that it follows from."""
    asked = [
        _about_weights(wins), _about_law(broken, options, partners, case), _about_whole(criteria, wins, case),
        _about_centres(certainty),
        _about_own(options), _about_missing(passed_over, case),
    ]
    found = [question for question, _ in asked if question] or [message("division_no_question")]
    rows = [row for _, used in asked for row in used]
    return telling.exhibit(wins, case, found, rows, id=id, title=title, source=source, notes=notes)


def years(case: Reader) -> list[str]:
    """That the other reports of the study have the regions of an earlier year than this one, if they do."""
    division = case.config.division
    earlier = division.kind == reference.VEILIG_THUIS and division.year < divisions_towns.YEAR
    return [message("division_study_year", year=str(division.year))] if earlier else []


def _field(released: Released, field: str, **equals: str) -> pd.DataFrame:
    frame = layout.visible(released)
    for column, wanted in ({"field": field} | equals).items():
        frame = frame[frame[column] == wanted]
    return frame


def _won(wins: Released) -> pd.DataFrame:
    """The rows of the options that have the most points in some weighting."""
    frame = _field(wins, "options")
    return frame[frame.groupby("option")["value"].transform("max") > 0]


def _rows(frame: pd.DataFrame) -> list[Row]:
    return frame.to_dict("records")


def _ends(rows: pd.DataFrame) -> str:
    """The share by both ways of weighing, the lower one first."""
    low, high = (wording.points(share) for share in (rows["value"].min(), rows["value"].max()))
    return low if low == high else f"{low} tot {high}"


def _name(row: Row, case: Reader) -> str:
    return layout.namer(case)("option", row["option"])


def _shares(won: pd.DataFrame, case: Reader) -> str:
    """Which option has the most points in more weightings than any other by either way of weighing, and who else."""
    name, ends = layout.namer(case), won.groupby("option", sort=False)["value"].agg(["min", "max"])
    every = [name("option", option) for option in ends.index]
    first = str(ends["min"].idxmax())
    if len(ends) > 1 and not ends.loc[first, "min"] > ends["max"].drop(first).max():
        return message("division_wins_none", what=wording.series(every))
    part = _ends(won[won["option"] == first])
    told = message("division_wins", part=part, what=name("option", first))
    others = [each for each in every if each != name("option", first)]
    return " ".join([told, *([message("division_wins_others", what=wording.series(others))] if others else [])])


def _allowed(options: Released) -> Row:
    """How many of the options the law allows, counted."""
    verdicts = layout.visible(options).drop_duplicates("option")["verdict"]
    return telling.counted("division_allowed", NATIONAL, int((verdicts == POSSIBLE).sum()), len(verdicts))


def _counts(row: Row) -> dict[str, str]:
    return {"events": wording.number(row["events"]), "n": wording.number(row["n"])}


def _forbidden(wrong: Sequence[Row], case: Reader) -> list[str]:
    """What is not possible and why; of more than one only which."""
    if len(wrong) > 1:
        named = dict.fromkeys(_name(row, case) for row in wrong)
        return [message("division_not", what=telling.some(list(named)))]
    return [message(_RULES[row["hard_rule"]], what=wording.capital(_name(row, case)), n=wording.number(row["value"]))
            for row in wrong]


def _alone(best: pd.DataFrame, case: Reader) -> str:
    """Who has the most points where one group of criteria is all that counts."""
    name = layout.namer(case)
    if best["option"].nunique() == 1:
        return message("division_alone_same", option=name("option", best["option"].iloc[0]))
    of_group = best.groupby("weight_group", sort=False)["option"].agg(list)
    told = [f"{name('weight_group', group)}: {wording.series(name('option', each) for each in options)}"
            for group, options in of_group.items()]
    return message("division_alone", what=wording.capital("; ".join(told)))


def _about_weights(wins: Released) -> tuple[str, list[Row]]:
    """Where not one option has the most points at every weighting."""
    won = _won(wins)
    several = won["option"].nunique()
    if several < 2:
        return "", []
    row = telling.counted("division_winning", NATIONAL, several, _field(wins, "options")["option"].nunique())
    return message("division_ask_weights", n=wording.number(several)), [row]


def _about_law(
    broken: Released, options: Released, partners: Released, case: Reader
) -> tuple[str, list[Row]]:
    """Where an option breaks a hard rule: what to change, or whether one that joins its regions will do."""
    rows = _rows(layout.visible(broken))
    named = list(dict.fromkeys(_name(row, case) for row in rows))
    if not rows:
        return "", []
    joined = _joined({row["option"] for row in rows}, options, partners)
    if len(named) > 1 or not joined:
        return message("division_ask_law", what=wording.series(named)), rows
    instead = wording.series(layout.namer(case)("option", option) for option in joined)
    return message("division_ask_joined", what=instead, option=named[0]), rows


def _joined(wrong: set[str], options: Released, partners: Released) -> list[str]:
    """The user's own options that are possible and in which every region of these stays whole."""
    frame, fitted = layout.visible(options), layout.visible(partners)
    possible = set(frame.loc[frame["verdict"] == POSSIBLE, "option"]) - set(OWN_NAMES)
    whole = fitted[fitted["area_of"].isin(wrong) & (fitted["nested"] >= _ALL)]
    return [option for option in dict.fromkeys(whole["option"]) if option in possible]


def _about_whole(criteria: Released, wins: Released, case: Reader) -> tuple[str, list[Row]]:
    """Where an option that competes breaks up the regions of most inhabitants: the one that does so most."""
    frame = layout.visible(criteria)
    competing = set(_field(wins, "options")["option"])
    whole = frame[(frame["measure"] == "division_continuity") & frame["option"].isin(competing)].sort_values("value")
    row = _rows(whole)[0]
    if row["value"] >= _LEAST_WHOLE:
        return "", []
    return message("division_ask_continuity", what=_name(row, case), part=wording.points(row["value"])), [row]


def _about_centres(certainty: Released) -> tuple[str, list[Row]]:
    """Where it is uncertain to which centrumgemeente some belong."""
    frame = layout.visible(certainty)
    row = _rows(frame[frame["centre_status"] == "uncertain"])[0]
    told = {"events": wording.number(row["value"]), "n": wording.number(row["n"])}
    return (message("division_ask_centres", **told), [row]) if row["value"] else ("", [])


def _about_own(options: Released) -> tuple[str, list[Row]]:
    """Where nobody brought a division."""
    own = set(layout.visible(options)["option"]) - set(OWN_NAMES)
    return ("" if own else message("division_ask_own")), []


def _about_missing(passed_over: Released, case: Reader) -> tuple[str, list[Row]]:
    """Where a criterion does not count, since some option has no value."""
    frame = _field(passed_over, "options", reason="missing")
    name = layout.namer(case)
    named = wording.series(name("criterion", code) for code in frame["criterion"])
    return (message("division_ask_missing", what=named) if len(frame) else ""), _rows(frame)
