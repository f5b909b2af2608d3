"""Who answered the needs survey and how fully, how many cases there are, and the themes of the open answers.

An open answer itself is never read here: researchers code it into themes (table survey_themes), and only how many
regions name a theme is counted.
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates
from hgeval.schema import TABLES
from hgeval.survey_answers import UNKNOWN, UNNAMED, Tables, answers, choices, guarded, ratios, shares, sums

# Items of the codebook that are asked together; an item that is only asked after another answer has that answer here.
ITEMS = {
    "who": ("peildatum", "invuller_functie", "afstemming"),
    "area": ("gemeenten_n", "inwoners"),
    "together": ("partnerregios",),
    "cases": ("casussen_mda", "casussen_verwacht"),
    "privacy": ("privacyconvenant",),
    "open": ("knelpunt_open", "steun_open"),
    "there": ("status", "gereed_jaar"),
    "place": ("laag", "spoor"),
    "need": ("behoefte", "prioriteit"),
    "capacity": ("capaciteit_tekort",),
    "scale": ("schaal_nu", "schaal_wens", "schaal_reden"),
    "amounts": ("kosten_bedrag", "kosten_ongedekt", "kosten_zekerheid", "structureel"),
    "payers": ("betaler", "betaler_wens", "grondslag"),
    "partners": ("partner_betrokken", "partner_rol", "partner_mandaat", "partner_tevreden"),
    "quality": ("kwaliteit", "kwaliteit_belang"),
}
_JOINING = ("ja_met_afspraak", "ja_zonder_afspraak")
_ASKED_AFTER = {
    "gereed_jaar": ("status", ("gepland",)), "capaciteit_tekort": ("status", ("aanwezig", "gepland")),
    "partner_rol": ("partner_betrokken", _JOINING), "partner_mandaat": ("partner_betrokken", _JOINING),
    "partner_tevreden": ("partner_betrokken", _JOINING),
}
_TABLE_OF = {
    item: name for name in ("survey_regions", "survey_elements", "survey_costs", "survey_partners", "survey_quality")
    for item in TABLES[name].names
    if item not in ("region",)
}
QUESTIONS = TABLES["survey_themes"].column("question").choices
_SHOWN = ["peildatum", "afstemming", "partnerregios", "casussen_mda", "casussen_verwacht", "privacyconvenant"]
_REGIONS = TABLES["survey_regions"]


def items_by_region(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and group of items: questions that were asked in the tables it returned, and those with an answer."""
    found = [
        _asked(tables, regions, item).assign(items=group) for group, items in ITEMS.items() for item in items
    ]
    rows = pd.concat(found, ignore_index=True)
    order = pd.Categorical(rows["items"], list(ITEMS))
    counts = rows.assign(items=order).groupby(["region", "consent", "items"], observed=True)[["given", "asked"]]
    return counts.sum().reset_index().astype({"items": "str", "given": "Int64", "asked": "Int64"})


def item_response(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per group of items: the part of the questions asked that has an answer; events: regions that answered all."""
    rows = items_by_region(tables, regions=regions)
    rows = rows[rows["asked"] > 0]
    rows = rows.assign(amount=rows["given"], base=rows["asked"], event=rows["given"] == rows["asked"])
    levels = {"items": tuple(ITEMS)}
    return guarded(
        ratios(rows, measure="item_response", regions=regions, levels=levels), rows, by="items", size="base"
    )


def respondents(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per function: regions where somebody with that function filled in the survey.

    Never by region, for it is a person; so no region counts as named here.
    """
    return _choice(tables, regions, "invuller_functie", "respondent", consent=UNNAMED)


def tuned(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per party: regions that tuned their answers with it."""
    rows = answers(tables, "survey_regions", regions=regions).dropna(subset="afstemming")
    options = _REGIONS.column("afstemming").choices
    every = rows.merge(pd.DataFrame({"party": list(options)}, dtype="str"), how="cross")
    chosen = [party in given.split("|") for party, given in zip(every["party"], every["afstemming"], strict=True)]
    return shares(
        every.assign(event=pd.array(chosen, dtype="boolean"), afstemming=every["party"]), measure="tuned_with",
        regions=regions, levels={"afstemming": options},
    )


def privacy(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per answer: regions with a covenant on privacy, one in the making, or none."""
    return _choice(tables, regions, "privacyconvenant", "privacy_covenant")


def region_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: the date of its answers, with whom they were tuned, partner regions, cases and privacy."""
    return answers(tables, "survey_regions", regions=regions)[["region", "consent", *_SHOWN]]


def cases(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Cases that went to MDA or MDA++ last year, of all regions that answered (`answered` says how many) together.

    People, so the count rule holds; hidden too where one unnamed region makes up nearly all of the unnamed ones.
    """
    rows = answers(tables, "survey_regions", regions=regions).dropna(subset="casussen_mda")
    event = (rows["casussen_mda"] > 0).astype("boolean")
    rows = rows.assign(measure="cases_mda", amount=rows["casussen_mda"], event=event)
    frame = guarded(sums(rows, measure="cases_mda", regions=regions, levels={}), rows, by="measure", size="amount")
    total = frame["value"].round().astype("Int64")
    return rates.recompute(frame.assign(events=total, n=total, method="count"))


def cases_more(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Regions that expect more cases a year than went to MDA or MDA++ last year.

    Not their sum: laid beside the euros per expected case it would tell the cases of a region without a name.
    """
    rows = answers(tables, "survey_regions", regions=regions)
    more = (rows["casussen_verwacht"] > rows["casussen_mda"]).astype("boolean")
    return shares(rows.assign(event=more), measure="cases_more", regions=regions, levels={})


def themes(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per open question and theme: regions whose answer has that theme, of those whose answer was coded.

    Never by region, so no region counts as named here.
    """
    rows = answers(tables, "survey_themes", regions=regions).assign(consent=UNNAMED)
    codes = tuple(sorted(rows["theme"].dropna().unique())) or ("",)
    coded = rows[["region", "consent", "question"]].drop_duplicates()
    every = coded.merge(pd.DataFrame({"theme": list(codes)}, dtype="str"), how="cross")
    named = rows[["region", "question", "theme"]].assign(event=True)
    every = every.merge(named, how="left")
    every = every.assign(event=every["event"].eq(True).astype("boolean"))
    return shares(
        every, measure="theme", regions=regions, levels={"question": QUESTIONS, "theme": codes}
    )


def _asked(tables: Tables, regions: pd.DataFrame, item: str) -> pd.DataFrame:
    rows = answers(tables, _TABLE_OF[item], regions=regions)
    first, wanted = _ASKED_AFTER.get(item, ("region", ()))
    asked = rows[first].isin(wanted) if wanted else rows[first].notna()
    given = rows[item].notna() & ~rows[item].isin([UNKNOWN])
    return rows[["region", "consent"]].assign(given=(asked & given).astype("int64"), asked=asked.astype("int64"))


def _choice(tables: Tables, regions: pd.DataFrame, item: str, measure: str, **instead: str) -> pd.DataFrame:
    rows = answers(tables, "survey_regions", regions=regions).assign(**instead)
    options = _REGIONS.column(item).choices
    return choices(rows, item=item, options=options, measure=measure, regions=regions, levels={})
