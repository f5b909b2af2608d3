"""The needs survey as a census of the regions: whose answers count, and how many gave which one.

Each region decides itself with `publicatie_ok`: "ja" is counted and may be named, "alleen_in_totaal"
is counted and never named, "nee" or no answer is left out of every figure. Beside each number stand
the regions that answered and the regions of the division. Who did not answer, or does not know, is
never counted as a "nee". There are no intervals: nothing was sampled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from hgeval import rates
from hgeval.columns import Table
from hgeval.errors import EstimateError
from hgeval.schema import TABLES

NAMED, UNNAMED, REFUSED = "ja", "alleen_in_totaal", "nee"
UNKNOWN = "weet_niet"
TOTAL = "total"  # the group of all groups together
HIGH = 4  # from here on, on a scale of 1 to 5, something is needed, urgent or important
DOMINANCE = 10  # p% rule: what the others but one add must be at least this part of the largest
EXTRA = ("answered", "regions", "unnamed", "unnamed_events")  # beside the columns of an estimate frame
_PERCENTS = 2

Tables = Mapping[str, pd.DataFrame]
Levels = Mapping[str, Sequence[str]]

_DTYPES = {"integer": "Int64", "year": "Int64", "decimal": "Float64", "flag": "boolean", "date": "datetime64[s]"}


def consents(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """The regions of the division that let their answers be used, and what they allow."""
    given = _table(tables, "survey_regions")[["region", "publicatie_ok"]]
    usable = given["region"].isin(regions["region"]) & given["publicatie_ok"].isin([NAMED, UNNAMED])
    return given[usable].rename(columns={"publicatie_ok": "consent"}).sort_values("region", ignore_index=True)


def answers(tables: Tables, name: str, *, regions: pd.DataFrame) -> pd.DataFrame:
    """The usable rows of a table of the survey, with all its columns and the region's consent beside it."""
    rows = consents(tables, regions=regions).merge(_table(tables, name), on="region", how="inner")
    return rows.drop(columns="publicatie_ok", errors="ignore").sort_values(list(TABLES[name].key), ignore_index=True)


def everyone(tables: Tables, name: str, *, regions: pd.DataFrame) -> pd.DataFrame:
    """All rows of a table with the consent of their region beside them, "nee" where it gave none.

    For the region's own eyes: `release_answers` shows others only the rows with "ja".
    """
    rows = _table(tables, name).merge(consents(tables, regions=regions), on="region", how="left")
    rows = rows[rows["region"].isin(regions["region"])].assign(consent=rows["consent"].fillna(REFUSED))
    return rows.sort_values(list(TABLES[name].key), ignore_index=True)


def countable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `everyone` that may be counted in a total."""
    return rows[rows["consent"].isin([NAMED, UNNAMED])].reset_index(drop=True)


def among(answer: pd.Series, *values: str) -> pd.Series:
    """Whether an answer is one of these; missing where the region gave none or does not know."""
    return answer.isin(values).astype("boolean").mask(answer.isna() | answer.isin([UNKNOWN]))


def high(score: pd.Series) -> pd.Series:
    """Whether a score of 1 to 5 is at least 4; missing where there is none."""
    return (score >= HIGH).astype("boolean")


def shares(rows: pd.DataFrame, *, measure: str, regions: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    """Regions that answered (n) and that have it (events), per group; a missing `event` is no answer."""
    cells = _cells(rows[rows["event"].notna()], measure, levels)
    return rates.recompute(_estimates(cells.assign(method="share"), levels)).assign(**_extra(cells, regions))


def choices(
    rows: pd.DataFrame, *, item: str, options: Sequence[str], measure: str, regions: pd.DataFrame, levels: Levels,
    pinned: Sequence[str] = (),
) -> pd.DataFrame:
    """How often each answer to an item was given; the group column is named after the item.

    A region gives one answer, so the answers add up to n: see `without_remainder`, also for `pinned`.
    """
    given = rows[["region", "consent", *levels]].assign(given=rows[item].astype("str"))
    pairs = given[given["given"].isin(options)].merge(pd.DataFrame({item: list(options)}, dtype="str"), how="cross")
    pairs = pairs.assign(event=(pairs["given"] == pairs[item]).astype("boolean"))
    totals = shares(pairs, measure=measure, regions=regions, levels={**levels, item: options})
    return without_remainder(totals, item=item, groups=list(levels), pinned=pinned)


def sums(rows: pd.DataFrame, *, measure: str, regions: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    """Sum of `amount` in euros, one row a region and group; n and events still count regions."""
    cells = _cells(rows, measure, levels)
    given = cells.assign(value=cells["amount"].where(cells["n"] > 0), method="amount")
    return _estimates(given, levels).assign(**_extra(cells, regions))


def ratios(
    rows: pd.DataFrame, *, measure: str, regions: pd.DataFrame, levels: Levels, method: str = "weighted",
) -> pd.DataFrame:
    """Sum of `amount` over sum of `base`, one row a region and group; n and events still count regions.

    method: "weighted" for a share, "amount" for euros.
    """
    cells = _cells(rows, measure, levels)
    given = cells.assign(value=cells["amount"] / cells["base"].where(cells["base"] > 0), method=method)
    return _estimates(given, levels).assign(**_extra(cells, regions))


def alike(having: pd.Series, of: pd.Series) -> pd.Series:
    """Where of some unnamed regions all or none have it, or all but one or one alone.

    All but one: that one knows its own answer, and so those of all others. Of no regions it is not so.
    """
    return (of > 0) & ((having <= 1) | (having >= of - 1))


def without_alike(totals: pd.DataFrame) -> pd.DataFrame:
    """`unnamed` becomes 1 where all unnamed regions, or all but one, answered alike: a ratio tells what each said."""
    unnamed = totals["unnamed"]
    return totals.assign(unnamed=unnamed.mask(alike(totals["unnamed_events"], unnamed), 1))


def without_remainder(
    totals: pd.DataFrame, *, item: str, groups: Sequence[str], pinned: Sequence[str] = ()
) -> pd.DataFrame:
    """`unnamed` becomes 1 for a second answer where a hidden one would be what n leaves beside the others.

    The release hides an answer that all unnamed regions gave alike. If those it hides hold at most one unnamed region
    together, subtraction says so; then the smallest of the others goes too, but none of `pinned`: those are shown
    elsewhere, as a total of their own.
    """
    unnamed, having, keys = totals["unnamed"], totals["unnamed_events"], ["measure", *groups]
    same = alike(having, unnamed)
    by_group = totals.assign(alike=same, left=having.where(same, 0)).groupby(keys)
    told = by_group["alike"].transform("any") & (by_group["left"].transform("sum") <= 1)
    others = totals[told & ~same & ~totals[item].isin(list(pinned))]
    second = others.sort_values("unnamed_events", kind="stable").drop_duplicates(keys).index
    return totals.assign(unnamed=unnamed.mask(totals.index.isin(second), 1))


def beside(totals: pd.DataFrame, left_out: pd.DataFrame, *, groups: Sequence[str]) -> pd.DataFrame:
    """`unnamed` is at most the number of unnamed regions that another total counts and this one does not.

    left_out: their rows, with the `event` that the other total counts. Of the two totals the one less the other is a
    total of those regions alone, so it is held to the same rule: 1 where all of them answered alike, or all but one.
    """
    rows = left_out[left_out["consent"] == UNNAMED].assign(event=lambda frame: frame["event"].astype("int64"))
    few = rows.groupby(list(groups))["event"].agg(["size", "sum"]).reset_index()
    few = few.assign(few=few["size"].mask(alike(few["sum"], few["size"]), 1).astype("Int64"))[[*groups, "few"]]
    most = totals[list(groups)].merge(few, how="left")["few"].set_axis(totals.index)
    return totals.assign(unnamed=totals["unnamed"].mask((most < totals["unnamed"]).fillna(False), most))


def within(totals: pd.DataFrame, rows: pd.DataFrame, *, groups: Sequence[str]) -> pd.DataFrame:
    """`unnamed` becomes 1 where the n of a total tells itself who is in it, such as those that have the element.

    rows: the regions that answered whether they belong to it, with `counted`: whether the total counts them. Of the
    unnamed among them neither all, nor none, nor all but one or one alone may be counted.
    """
    apart = rows[rows["consent"] == UNNAMED].assign(counted=lambda frame: frame["counted"].astype("int64"))
    told = apart.groupby(list(groups))["counted"].agg(["size", "sum"]).reset_index()
    told = told.assign(told=alike(told["sum"], told["size"]))[[*groups, "told"]]
    hidden = totals[list(groups)].merge(told, how="left")["told"].set_axis(totals.index).eq(True)
    return totals.assign(unnamed=totals["unnamed"].mask(hidden, 1))


def parts(
    rows: pd.DataFrame, *, item: str, options: Sequence[str], measure: str, regions: pd.DataFrame,
    base: pd.Series | None = None,
) -> pd.DataFrame:
    """Per option its part of the answers of all regions together; events: regions that give it at all.

    base: answers by region, where a row may be one of several reasons; else those in `rows`. Each region counts for
    as much as it answers, so the p% rule holds for its answers as for euros.
    """
    known = rows[rows[item].isin(options)]
    counted = known.groupby(["region", "consent", item]).size().rename("amount").reset_index()
    every = pd.DataFrame({item: list(options)}, dtype="str")
    grid = known[["region", "consent"]].drop_duplicates().merge(every, how="cross").merge(counted, how="left")
    of = known.groupby("region").size() if base is None else base
    grid = grid.assign(amount=grid["amount"].fillna(0), base=grid["region"].map(of))
    grid = grid.assign(event=grid["amount"] > 0)
    frame = ratios(grid, measure=measure, regions=regions, levels={item: options})
    frame["value"] = frame["value"].round(_PERCENTS)  # finer, it could be laid beside the counts of the parts
    frame = guarded(guarded(frame, grid, by=item, size="amount"), grid, by=item, size="base")
    return frame if base is not None else _no_lone_part(frame)


def _no_lone_part(totals: pd.DataFrame) -> pd.DataFrame:
    """`unnamed` becomes 1 for a second part of a whole where one is hidden: what is left of 100% would be that one."""
    lone = (totals["unnamed"] == 1).sum() == 1
    others = totals.loc[totals["unnamed"] > 1, "value"].sort_values(kind="stable").index[: int(lone)]
    return totals.assign(unnamed=totals["unnamed"].mask(totals.index.isin(others), 1))


def guarded(frame: pd.DataFrame, rows: pd.DataFrame, *, by: str, size: str) -> pd.DataFrame:
    """`unnamed` becomes 1 where the p% rule fails among the unnamed (Hundepool et al. 2012, section 4.2)."""
    unnamed = rows[rows["consent"] == UNNAMED]
    dominated = {group for group, parts in unnamed.groupby(by)[size] if _dominated(list(parts))}
    hit = frame[by].isin(dominated) & (frame["unnamed"] > 0)
    return frame.assign(unnamed=frame["unnamed"].mask(hit, 1))


def named(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """The answers to the first table of the regions that may be named."""
    rows = answers(tables, "survey_regions", regions=regions)
    return rows[rows["consent"] == NAMED]


def links(rows: pd.DataFrame, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Pairs (region, partner_region) as these rows name them; itself or a strange code is no partner."""
    pairs = rows.assign(partner_region=rows["partnerregios"].str.split("|")).explode("partner_region")
    inside = pairs["partner_region"].isin(regions["region"]) & (pairs["partner_region"] != pairs["region"])
    return pairs.loc[inside, ["region", "partner_region"]].astype("str").reset_index(drop=True)


def with_total(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rows of region x group with their `amount` (and `base`), and each region's own total over its groups."""
    numbers = [name for name in ("amount", "base") if name in rows]
    totals = rows.groupby(["region", "consent"], as_index=False)[numbers].sum()
    return pd.concat([rows[["region", "consent", by, *numbers]], totals.assign(**{by: TOTAL})], ignore_index=True)


def _dominated(sizes: list[float]) -> bool:
    """Whether the second largest could estimate the largest to within p%; all zero tells each of them too."""
    largest, *others = sorted(sizes, reverse=True)
    return largest == 0 or sum(others[1:]) < largest * DOMINANCE / 100


def _cells(rows: pd.DataFrame, measure: str, levels: Levels) -> pd.DataFrame:
    """Every group of the schema with its counts of regions, also where no region answered."""
    events, unnamed = rows["event"].astype("int64"), rows["consent"] == UNNAMED
    parts = rows[[*levels]].assign(
        measure=measure, region=rates.NATIONAL, n=1, events=events, unnamed=unnamed.astype("int64"),
        unnamed_events=events.where(unnamed, 0),
        **{name: rows[name].astype("Float64") for name in ("amount", "base") if name in rows},
    )
    groups = {"measure": [measure], "region": [rates.NATIONAL], **levels}
    grid = pd.MultiIndex.from_product([list(codes) for codes in groups.values()], names=list(groups))
    return parts.groupby(list(groups)).sum().reindex(grid, fill_value=0).reset_index()


def _estimates(cells: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    names = [name for name in (*rates.COLUMNS, *levels) if name in cells]
    return rates.frame(cells[names], groups=list(levels))


def _extra(cells: pd.DataFrame, regions: pd.DataFrame) -> dict[str, pd.Series]:
    given = cells.assign(answered=cells["n"], regions=len(regions))
    return {name: given[name].astype("Int64") for name in EXTRA}


def _table(tables: Tables, name: str) -> pd.DataFrame:
    """A table with every column of its schema; what the study leaves out is missing throughout."""
    schema = TABLES[name]
    types = {column.name: _DTYPES.get(column.kind, "str") for column in schema.columns}
    given = tables.get(name, pd.DataFrame()).reindex(columns=list(types))
    _check_key(given, schema)
    return given.astype({column: kind for column, kind in types.items() if given[column].dtype != kind})


def _check_key(rows: pd.DataFrame, schema: Table) -> None:
    double = int(rows.duplicated(list(schema.key)).sum())
    if double:
        raise EstimateError(
            f"In de tabel {schema.name} staat {schema.row} meer dan één keer: {double} rijen te veel. "
            f"Verwacht: één rij per {' en '.join(schema.key)}. Controleer de studie met hgeval check."
        )
