"""What the infrastructure costs, what of it nobody covers, who pays and who should.

Amounts are the regions' own, for the lines they filled in: a total is a lower bound. A sum is as
safe as its largest part: where one unnamed region makes up nearly all that the unnamed add
(`survey_answers.guarded`), the release hides the sum as it hides one unnamed region.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hgeval.codebook import COST_LINES, PAYERS
from hgeval.schema import TABLES
from hgeval.survey_answers import TOTAL, UNNAMED, Tables, answers, choices, guarded, ratios, sums, with_total

_CENTS = 2
_UNKNOWN = "onbekend"
_EUROS = ["kosten_bedrag", "uncovered"]
_LINE = {"line": tuple(COST_LINES)}
_LINE_TOTAL = {"line": (*COST_LINES, TOTAL)}


def cost_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and cost line: the answers, the uncovered euros where amount and share were both given, and who pays.

    payer: the payers without their percentages.
    """
    rows = answers(tables, "survey_costs", regions=regions)
    payer = rows["betaler"].str.replace(r"=[\d.,]+", "", regex=True).astype("str")
    return rows.assign(uncovered=rows["kosten_bedrag"] * rows["kosten_ongedekt"] / 100, payer=payer)


def line_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and cost line, and in total: what it costs a year and what of that nobody covers.

    A total is of the lines that the region filled in, so it may be more.
    """
    rows = cost_answers(tables, regions=regions)[["region", "consent", "line", *_EUROS]]
    totals = rows.groupby(["region", "consent"])[_EUROS].sum(min_count=1).reset_index().assign(line=TOTAL)
    every: pd.DataFrame = pd.concat([rows, totals], ignore_index=True)
    return every


def uncovered(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and in total: euros a year not covered by other funds; events: regions that have such costs."""
    rows = _uncovered(tables, regions)
    frame = sums(rows, measure="uncovered_eur", regions=regions, levels=_LINE_TOTAL)
    return guarded(frame, rows, by="line", size="amount")


def uncovered_per_inhabitant(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and in total: uncovered euros over the inhabitants of the regions that answered."""
    people = regions[["region", "population"]].rename(columns={"population": "per"})
    return _uncovered_per(tables, regions, people, "uncovered_eur_per_inhabitant")


def uncovered_per_case(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and in total: uncovered euros over the cases a year that the same regions expect."""
    cases = answers(tables, "survey_regions", regions=regions)[["region", "casussen_verwacht"]]
    return _uncovered_per(tables, regions, cases.rename(columns={"casussen_verwacht": "per"}), "uncovered_eur_per_case")


def payers_now(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per payer: its share of all euros of which amount and payers are known; events: regions where it pays."""
    rows = cost_answers(tables, regions=regions).dropna(subset=["kosten_bedrag", "betaler"])
    parts = rows.assign(part=rows["betaler"].str.split("|")).explode("part", ignore_index=True)
    named = parts["part"].str.split("=")
    paid = parts.assign(payer=named.str[0], amount=parts["kosten_bedrag"] * named.str[1].astype("Float64") / 100)
    base = rows.groupby("region", as_index=False)[["kosten_bedrag"]].sum().rename(columns={"kosten_bedrag": "base"})
    paid = _beside_all(paid, by="payer", options=PAYERS).merge(base, on="region")
    frame = ratios(paid, measure="payer_share", regions=regions, levels={"payer": PAYERS})
    return guarded(frame, paid, by="payer", size="base")


def payers_wished(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and payer: regions that find that this payer should pay."""
    return _line_choices(tables, regions, "betaler_wens", "payer_wished")


def certainty(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and answer: how sure the regions are of the amount."""
    return _line_choices(tables, regions, "kosten_zekerheid", "cost_certainty")


def permanence(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and answer: whether the money is there for good."""
    return _line_choices(tables, regions, "structureel", "cost_permanence")


def bases(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per cost line and answer: the base of payment that the regions find fitting."""
    return _line_choices(tables, regions, "grondslag", "cost_basis")


def _line_choices(tables: Tables, regions: pd.DataFrame, item: str, measure: str) -> pd.DataFrame:
    rows, options = cost_answers(tables, regions=regions), TABLES["survey_costs"].column(item).choices
    return choices(rows, item=item, options=options, measure=measure, regions=regions, levels=_LINE)


def uncovered_by_payer(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per payer: euros a year not covered by other funds, of the lines that it pays now in the parts it pays.

    Where one payer would be hidden alone, the smallest other one goes with it: the sum of all stands in `uncovered`.
    """
    rows = _beside_all(_uncovered_parts(tables, regions), by="payer", options=PAYERS)
    frame = sums(rows, measure="uncovered_by_payer", regions=regions, levels={"payer": PAYERS})
    return _not_alone(guarded(frame, rows, by="payer", size="amount"))


def uncovered_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and payer (`betaler`), and in total: its own uncovered euros a year, where it filled those in."""
    rows = with_total(_uncovered_parts(tables, regions).rename(columns={"payer": "betaler"}), "betaler")
    rows = rows.groupby(["region", "consent", "betaler"], as_index=False)[["amount"]].sum()
    order = {payer: at for at, payer in enumerate([*PAYERS, TOTAL])}
    rows = rows.assign(order=rows["betaler"].map(order)).sort_values(["region", "order"], ignore_index=True)
    named = rows[["region", "consent", "betaler", "amount"]].rename(columns={"amount": "uncovered"})
    return named.astype({"betaler": "str"})


def _uncovered_parts(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Region x cost line x payer: its part of the uncovered euros; who pays is `onbekend` where nobody filled it in."""
    rows = cost_answers(tables, regions=regions).dropna(subset=["uncovered"])
    told = rows["betaler"].fillna(f"{_UNKNOWN}=100")
    parts = rows.assign(part=told.str.split("|")).explode("part", ignore_index=True)
    named = parts["part"].str.split("=")
    amount = parts["uncovered"] * named.str[1].astype("Float64") / 100
    return parts[["region", "consent", "line"]].assign(payer=named.str[0].astype("str"), amount=amount)


def _not_alone(frame: pd.DataFrame) -> pd.DataFrame:
    """Where one row alone has `unnamed` 1, so has the one with the least euros of the others."""
    single, others = frame["unnamed"] == 1, frame[frame["unnamed"] > 1]
    if single.sum() != 1 or others.empty:
        return frame
    return frame.assign(unnamed=frame["unnamed"].mask(frame.index == others["value"].idxmin(), 1))


def _uncovered(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Region x cost line, and each region's total over the lines it answered."""
    rows = cost_answers(tables, regions=regions).dropna(subset="uncovered")
    rows = with_total(rows.assign(amount=rows["uncovered"]), "line")
    return rows.assign(event=rows["amount"] > 0)


def _uncovered_per(tables: Tables, regions: pd.DataFrame, per: pd.DataFrame, measure: str) -> pd.DataFrame:
    every = _uncovered(tables, regions)
    rows = every.merge(per, on="region").dropna(subset="per").rename(columns={"per": "base"})
    frame = ratios(rows, measure=measure, regions=regions, levels=_LINE_TOTAL, method="amount")
    # Finer than cents, the quotient and the sum beside it give the exact divisor, and so who answered.
    frame["value"] = frame["value"].round(_CENTS)
    left_out = every[(every["consent"] == UNNAMED) & ~every["region"].isin(rows["region"])].groupby("line").size()
    return _beside_the_sum(guarded(frame, rows, by="line", size="amount"), left_out)


def _beside_the_sum(frame: pd.DataFrame, left_out: pd.Series) -> pd.DataFrame:
    """`unnamed` is at most the number of unnamed regions left out, whose part shows when the sum is laid beside it."""
    few = frame["line"].map(left_out).fillna(frame["unnamed"]).astype("Int64")
    return frame.assign(unnamed=frame["unnamed"].mask(few < frame["unnamed"], few))


def _beside_all(rows: pd.DataFrame, *, by: str, options: Sequence[str]) -> pd.DataFrame:
    """Each answering region beside every option, with 0 euros where it has none there."""
    every = pd.DataFrame({by: list(options)}, dtype="str")
    grid = rows[["region", "consent"]].drop_duplicates().merge(every, how="cross")
    found = rows.groupby(["region", by], as_index=False)[["amount"]].sum().astype({by: "str"})
    full = grid.merge(found, how="left")
    full["amount"] = full["amount"].fillna(0)
    return full.assign(event=full["amount"] > 0)
