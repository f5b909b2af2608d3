"""How long each step of the chain took for one family or melding: who started, who is ready, and who still waits.

What is open on the reference date is followed until then, and stays in the count. A region that dates no end of a step
at all does not record it, and is left out of that step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hgeval import disclosure_rule, rates, workdays
from hgeval.params import Study

ASSESSMENT, INVESTIGATION, HELP, ENDED = "beoordeling", "onderzoek", "hulp", "einde"
TALK, PLAN = "gesprek", "plan"
STEPS = (ASSESSMENT, INVESTIGATION, HELP, ENDED)
PLANNED = (TALK, PLAN)
TERMED = (ASSESSMENT, INVESTIGATION)  # the steps with a term in the law
ALL_ROUTES = "total"
NO_HELP = "geen"
COLUMNS = ("unit", "region", "step", "route", "safety", "start", "days", "done")
_OF_MELDING = {
    ASSESSMENT: ("received_on", "assessed_on"), INVESTIGATION: ("investigation_started_on", "investigation_closed_on"),
    ENDED: ("received_on", "closed_on"),
}
_OF_PLAN = {TALK: "first_contact_on", PLAN: "plan_on"}


def of_meldingen(meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a melding and step of Veilig Thuis that it came to (`COLUMNS`)."""
    about = pd.DataFrame({
        "unit": meldingen["melding_id"], "region": meldingen["region"], "route": _text(meldingen, "route"),
        "safety": _text(meldingen, "safety"),
    })
    parts = [
        _span(about.assign(step=step), _dates(meldingen, first), _dates(meldingen, last), config)
        for step, (first, last) in _OF_MELDING.items()
    ]
    return pd.concat(parts, ignore_index=True)


def of_families(families: pd.DataFrame, meldingen: pd.DataFrame, config: Study) -> pd.DataFrame:
    """One row a family that gets or waits for help: from the report to the start of the approach (`COLUMNS`).

    A family that needs no approach (`geen`) is left out; one whose case was closed is followed until then. Its route is
    that of its melding of the day of the report.
    """
    waits = families[(families["intervention"] != NO_HELP).fillna(True)]
    about = pd.DataFrame({
        "unit": waits["family_id"], "region": waits["region"], "route": _route(waits, meldingen), "step": HELP,
        "safety": pd.Series(pd.NA, index=waits.index, dtype="str"),
    })
    return _span(about, _dates(waits, "reported_on"), _dates(waits, "intervention_on"), config,
                 until=_dates(waits, "closed_on"))


def of_plans(
    families: pd.DataFrame, meldingen: pd.DataFrame, plans: pd.DataFrame, config: Study
) -> pd.DataFrame:
    """One row a family in `plans` and step: from the report to the first talk, and to the plan (`COLUMNS`).

    Without a date the family waits, until its case was closed; one that is not in `plans` is left out.
    """
    rows = families.merge(plans, on="family_id", how="inner")
    about = pd.DataFrame({
        "unit": rows["family_id"], "region": rows["region"], "route": _route(rows, meldingen),
        "safety": pd.Series(pd.NA, index=rows.index, dtype="str"),
    })
    parts = [_span(about.assign(step=step), _dates(rows, "reported_on"), _dates(rows, last), config,
                   until=_dates(rows, "closed_on")) for step, last in _OF_PLAN.items()]
    return pd.concat(parts, ignore_index=True)


def due(spans: pd.DataFrame, config: Study) -> pd.Series:
    """The last day on which each row of a step with a term is on time; missing for other steps."""
    terms = config.chain
    found = pd.Series(pd.NaT, index=spans.index, dtype="datetime64[s]")
    days = {ASSESSMENT: (terms.assessment_days, terms.assessment_kind),
            INVESTIGATION: (7 * terms.investigation_weeks, "calendar")}
    for step in TERMED:
        number, kind = days[step]
        of = spans["step"] == step
        found[of] = workdays.last_day(
            spans.loc[of, "start"], int(number), kind="working" if kind == "working" else "calendar",
            liberation_day=terms.liberation_day, good_friday=terms.good_friday,
        ).astype("datetime64[s]")
    return found


def grouped(rows: pd.DataFrame, by: Sequence[str], *, time: str = "days", event: str = "done") -> pd.DataFrame:
    """The rows as groups of five that ended at the same time: every count of them is one rounded as in public.

    So whatever is computed from these times says no more of a region than counts rounded to fives would. Of what ended,
    the third, eighth, ... stand for five (3 to 7 count as 5); of what was not followed further only whole groups count,
    so that a few of them are never seen.
    """
    base = disclosure_rule.rule().public().rounding
    ordered = rows.sort_values([*by, event, time], kind="stable")
    place = ordered.groupby([*by, event], observed=True).cumcount() + 1
    first = pd.Series(base, index=ordered.index).mask(ordered[event].astype(bool), (base + 1) // 2)
    kept = ordered[(place >= first) & ((place - first) % base == 0)]
    return kept.loc[kept.index.repeat(base), [*by, time, event]].reset_index(drop=True)


def sizes(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many rows each group has, rounded as in public: one row a group, column n.

    Rounding lets no group over a minimum that it does not reach: under ten it counts as none, and 28 as 25.
    """
    rule = disclosure_rule.rule().public()
    found = rows.groupby(list(by), observed=True).size().rename("n").reset_index()
    n = np.floor(found["n"] / rule.rounding + 0.5).astype("int64") * rule.rounding
    n = n.mask(found["n"] < rule.min_quantile, n.clip(upper=rule.min_quantile - rule.rounding))
    return found.assign(n=n.mask(found["n"] < rule.min_count, 0))


def everywhere(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each region, and all of them again as the country's."""
    return pd.concat([rows, rows.assign(region=rates.NATIONAL)], ignore_index=True)


def by_group(estimates: pd.DataFrame, group: str, classes: Sequence[str]) -> pd.DataFrame:
    """The rows class by class, so that the country stands right under the region."""
    order = {name: place for place, name in enumerate(classes)}
    return estimates.sort_values(group, key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _span(
    about: pd.DataFrame, start: pd.Series, end: pd.Series, config: Study, *, until: pd.Series | None = None
) -> pd.DataFrame:
    today = pd.Timestamp(config.reference_date)
    done = (end <= today).fillna(False)
    left = pd.Series(today, index=start.index) if until is None else until.where(until <= today).fillna(today)
    days = (end.where(done, left) - start).dt.days
    rows = about.assign(start=start, days=days, done=done)
    recorded = rows["region"].isin(rows.loc[end.notna(), "region"])
    return rows[recorded & (start <= today) & (days >= 0)][list(COLUMNS)]


def _route(families: pd.DataFrame, meldingen: pd.DataFrame) -> pd.Series:
    """The route of the melding with which each family came in."""
    known = meldingen.assign(route=_text(meldingen, "route"), received=_dates(meldingen, "received_on"))
    known = known.sort_values("melding_id").drop_duplicates(["family_id", "received"])
    first = families[["family_id"]].assign(received=_dates(families, "reported_on"))
    found = first.merge(known[known["family_id"].notna()][["family_id", "received", "route"]], how="left")
    return found["route"].set_axis(families.index)


def _dates(rows: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_datetime(rows.reindex(columns=[name])[name])


def _text(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows.reindex(columns=[name])[name].astype("str")
