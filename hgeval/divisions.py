"""Which division into regions fits: hard rules, criteria, points and how they depend on the weights.

Everything is computed from public tables: municipalities with the areas of each partner, and the user's divisions.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from hgeval import (
    divisions_criteria,
    divisions_rules,
    divisions_table,
    divisions_towns,
    divisions_weights,
    published,
    rates,
    reference,
)
from hgeval.divisions_criteria import CRITERIA, GROUPS
from hgeval.divisions_rules import Rules
from hgeval.divisions_table import POSSIBLE
from hgeval.rates import NATIONAL, PER
from hgeval.schema_divisions import CURRENT

FIELDS = ("options", "with_current")  # who compete: the options, or today's division as well
TOTAL = "total"
GRID, DRAWN = "grid", "drawn"
METHOD = "computed"  # no interval: all municipalities are known
_SETTINGS = ("volume", "duty_cost", "specialist_share", "specialists", "step", "draws", "seed")


class _Asked(NamedTuple):
    """The divisions that were asked about: their rows, what breaks a hard rule, and the criteria of those that count.

    verdict: of each option, in the order of the reports.
    """

    found: pd.DataFrame
    every: pd.DataFrame
    broken: pd.DataFrame
    verdict: pd.Series
    rules: Rules
    criteria: pd.DataFrame


def options(divisions: pd.DataFrame) -> pd.DataFrame:
    """Every option with its verdict, its number of regions and the inhabitants of the smallest and the largest."""
    asked = _ask(divisions)
    sizes = divisions_criteria.people(asked.found).groupby("option")
    numbers = pd.DataFrame({
        "division_regions": sizes.size(), "division_smallest": sizes.min(), "division_largest": sizes.max(),
    }).reindex(asked.verdict.index)
    rows = numbers.assign(verdict=asked.verdict).reset_index().melt(["option", "verdict"], var_name="measure")
    return _frame(rows, "option", "verdict")


def broken(divisions: pd.DataFrame) -> pd.DataFrame:
    """What breaks a hard rule: a row an option and rule, with the codes and names (`who`) and how many there are."""
    asked = _ask(divisions)
    names = divisions_table.names()
    rows = asked.broken.assign(who=[f"{names[code]} ({code})" if code in names else code
                                    for code in asked.broken["code"]])
    by_rule = rows.rename(columns={"rule": "hard_rule"}).groupby(["option", "hard_rule"], sort=False)["who"]
    found = pd.DataFrame({"who": by_rule.agg("|".join), "value": by_rule.size()}).reset_index()
    return _frame(found.assign(measure="division_broken"), "option", "hard_rule", "who")


def criteria(divisions: pd.DataFrame) -> pd.DataFrame:
    """Every criterion of every option in which all municipalities have one region, by group of weights."""
    asked = _ask(divisions)
    countable = divisions_table.countable(asked.found, asked.broken)
    wide = asked.criteria.assign(money_fit_sure=divisions_criteria.money_fit(countable, certain=True))
    beside = [name for own in CRITERIA for name in (own, f"{own}_sure") if name in wide]
    rows = wide[beside].reset_index().melt("option", var_name="criterion")
    kinds = rows["criterion"].str.removesuffix("_sure").map({name: group for name, (group, _) in CRITERIA.items()})
    found = rows.assign(measure="division_" + rows["criterion"], weight_group=kinds)
    return _frame(found.drop(columns="criterion"), "option", "weight_group")


def distances(divisions: pd.DataFrame) -> pd.DataFrame:
    """How far people live from the seat, of the options for which the user brought seats or distances."""
    asked = _ask(divisions)
    found = divisions_table.countable(asked.found, asked.broken)
    wide = divisions_criteria.distances(found)
    wide.insert(0, "distance", asked.criteria["distance"])
    rows = wide.dropna(how="all").reset_index().melt("option", var_name="measure").dropna(subset=["value"])
    return _frame(_in_order(rows.assign(measure="division_" + rows["measure"]), asked), "option")


def partners(divisions: pd.DataFrame) -> pd.DataFrame:
    """How each option fits the areas of each partner: both ways, and how many areas a region has to do with."""
    asked = _ask(divisions)
    fitted = divisions_criteria.congruence(divisions_table.countable(asked.found, asked.broken))
    rows = _in_order(fitted, asked).rename(columns={"partner": "area_of"})
    found = _frame(rows.assign(measure="division_nesting", value=rows["nesting"]), "option", "area_of")
    return found.assign(**{name: rows[name].to_numpy() for name in ("nesting", "nested", "counterparts")})


def expertise(divisions: pd.DataFrame) -> pd.DataFrame:
    """Chance of enough cases for every specialist, for each number of cases that may be asked."""
    asked = _ask(divisions)
    countable = divisions_table.countable(asked.found, asked.broken)
    curve = divisions_criteria.expertise(countable, asked.rules, rate=rate())
    return _frame(_in_order(curve.assign(measure="division_expertise_at"), asked), "option", "cases")


def scores(divisions: pd.DataFrame) -> pd.DataFrame:
    """Points per group of criteria and in total, of the options that compete; both with and without today's."""
    asked = _ask(divisions)
    parts = []
    for field in FIELDS:
        groups = _groups(asked, field)
        total = divisions_weights.totals(groups, asked.rules.weights.model_dump())
        wide = groups.assign(**{TOTAL: total}).rename_axis("option").reset_index()
        parts.append(wide.melt("option", var_name="weight_group").assign(field=field))
    return _frame(pd.concat(parts).assign(measure="division_points"), "field", "option", "weight_group")


def wins(divisions: pd.DataFrame) -> pd.DataFrame:
    """The share of all weightings in which each option has the most points: on the grid, and drawn at random."""
    asked = _ask(divisions)
    parts = []
    for field in FIELDS:
        groups, rules = _groups(asked, field), asked.rules
        weightings = {
            GRID: divisions_weights.simplex(groups.shape[1], rules.step),
            DRAWN: divisions_weights.dirichlet(groups.shape[1], rules.draws, rules.seed),
        }
        for way, each in weightings.items():
            share = divisions_weights.wins(groups, each).rename("value").rename_axis("option").reset_index()
            parts.append(share.assign(field=field, weighting=way, n=len(each)))
    return _frame(pd.concat(parts).assign(measure="division_wins"), "field", "option", "weighting")


def alone(divisions: pd.DataFrame) -> pd.DataFrame:
    """Who has the most points where one group of criteria is all that counts."""
    asked = _ask(divisions)
    parts = [_most(groups[group]).assign(field=field, weight_group=group)
             for field in FIELDS for groups in [_groups(asked, field)] for group in map(str, groups)]
    return _frame(pd.concat(parts).assign(measure="division_most"), "field", "weight_group", "option")


def without(divisions: pd.DataFrame) -> pd.DataFrame:
    """Who has the most points, at the weights of the file, where one criterion is left out; does it flip the outcome?

    The first row of a field leaves nothing out. Where nothing with a weight is left, there is no row.
    """
    asked = _ask(divisions)
    parts = []
    for field in FIELDS:
        points = _points(asked, field)
        usual = _total(points, asked)
        for name in ("none", *points):
            total = usual if name == "none" else _total(points.drop(columns=name), asked)
            same = divisions_weights.winners(total) == divisions_weights.winners(usual)
            parts.append(_most(total).assign(field=field, left_out=name, flips="nee" if same else "ja"))
    return _frame(pd.concat(parts).assign(measure="division_most"), "field", "left_out", "option", "flips")


def passed_over(divisions: pd.DataFrame) -> pd.DataFrame:
    """The criteria that give no points: a value is missing for one of the options, or all have the same."""
    asked = _ask(divisions)
    rows = []
    for field in FIELDS:
        values = _competing(asked, field)
        over = [name for name in values if name not in divisions_weights.scaled(values)]
        rows += [{"field": field, "criterion": name, "reason": "same" if values[name].notna().all() else "missing",
                  "value": int(values[name].notna().sum())} for name in over]
    found = pd.DataFrame(rows, columns=["field", "criterion", "reason", "value"])
    return _frame(found.assign(measure="division_passed_over"), "field", "criterion", "reason")


def weights() -> pd.DataFrame:
    """The weights of the file as parts of the whole."""
    own = divisions_rules.rules().weights.model_dump()
    rows = [{"measure": "division_weight", "weight_group": name, "value": own[name] / sum(own.values())}
            for name in GROUPS]
    return _frame(pd.DataFrame(rows), "weight_group")


def settings() -> pd.DataFrame:
    """The working definitions of the file, and the figures that the expected reports were made from."""
    rules, (reports, people) = divisions_rules.rules(), _reports()
    numbers = {"reports": reports, "people": people, "rate": PER * rate()}
    numbers |= {name: getattr(rules, name) for name in _SETTINGS}
    return _frame(pd.DataFrame({"measure": [f"setting_{name}" for name in numbers], "value": numbers.values()}))


def certainty() -> pd.DataFrame:
    """Of how many municipalities it is certain, probable or uncertain to which centrumgemeente they belong."""
    status = divisions_towns.towns()["centre_status"]
    counts = status.value_counts().reindex(["confident", "probable", "uncertain"], fill_value=0)
    found = counts.rename_axis("centre_status").rename("value").reset_index()
    return _frame(found.assign(measure="division_certainty", n=len(status)), "centre_status")


def arguments() -> pd.DataFrame:
    """What speaks for and against each option of the source: our own reasoning, no fact from it."""
    found = reference.table("division_arguments.csv")
    return _frame(found.assign(measure="division_argument"), "option", "side", "argument")


def rate() -> float:
    """Reports per inhabitant and year in the whole country, as published last."""
    reports, people = _reports()
    return reports / people


def _reports() -> tuple[float, float]:
    known = published.vt_meldingen()
    last = known[(known["region"] == NATIONAL) & (known["status"] == "exact")].sort_values("year").iloc[-1]
    return float(last["value"]), float(reference.municipalities()["population"].sum())


def _ask(divisions: pd.DataFrame) -> _Asked:
    every, rules = divisions_towns.towns(), divisions_rules.rules()
    found = divisions_table.members(divisions, every)
    wrong = divisions_table.offenders(found, every)
    counted = divisions_criteria.criteria(divisions_table.countable(found, wrong), rules, rate=rate())
    return _Asked(found, every, wrong, divisions_table.verdicts(found, wrong), rules, counted)


def _competing(asked: _Asked, field: str) -> pd.DataFrame:
    """The criteria of the options that the law allows; three of the source always are."""
    allowed = set(asked.verdict.index[asked.verdict == POSSIBLE]) - ({CURRENT} if field == "options" else set())
    return asked.criteria[asked.criteria.index.isin(allowed)]


def _points(asked: _Asked, field: str) -> pd.DataFrame:
    return divisions_weights.scaled(_competing(asked, field))


def _groups(asked: _Asked, field: str) -> pd.DataFrame:
    return divisions_weights.by_group(_points(asked, field))


def _total(points: pd.DataFrame, asked: _Asked) -> pd.Series:
    return divisions_weights.totals(divisions_weights.by_group(points), asked.rules.weights.model_dump())


def _most(total: pd.Series) -> pd.DataFrame:
    best = divisions_weights.winners(total)
    return pd.DataFrame({"option": best, "value": total[best].to_numpy()})


def _in_order(rows: pd.DataFrame, asked: _Asked) -> pd.DataFrame:
    """By option, in the order of the reports; the rest stays in its order."""
    place = {option: at for at, option in enumerate(asked.verdict.index)}
    return rows.sort_values("option", key=lambda names: names.map(place), kind="stable")


def _frame(rows: pd.DataFrame, *groups: str) -> pd.DataFrame:
    given = rows.reindex(columns=["measure", *groups, *(name for name in ("n", "value") if name in rows)])
    return rates.frame(given.assign(region=NATIONAL, method=METHOD), groups=groups)
