"""What the regions have, need and lack of the infrastructure: elements, layers, scale and coverage.

Totals name the regions that answered (n) and that have it (events). The frames by region carry the
region's consent along, so that the release shows by name only who allows it. Layers are a working
interpretation (codebook.ELEMENT_LAYERS), and so are the measures.
"""

from __future__ import annotations

import pandas as pd

from hgeval import rates
from hgeval.codebook import ELEMENT_LAYERS, ELEMENTS
from hgeval.schema import TABLES
from hgeval.survey_answers import (
    NAMED,
    UNKNOWN,
    UNNAMED,
    Tables,
    among,
    answers,
    choices,
    consents,
    counts,
    high,
    ratios,
    shares,
)

SURVEY = ("survey_regions", "survey_elements", "survey_costs", "survey_partners", "survey_quality")
CONSENTS = ("ja", "alleen_in_totaal", "nee", "niet_ingevuld")
LAYERS = tuple(sorted(set(ELEMENT_LAYERS.values()), reverse=True))
LINKS = ("own", "mutual", "either")  # the element itself; a partner that names you back; a partner either way
SCORES = ("1", "2", "3", "4", "5")
_ELEMENT = {"element": tuple(ELEMENTS)}
_NO_SCALE = "nvt"


def response(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per table of the survey: regions with a usable answer in it, of all regions."""
    found = [answers(tables, name, regions=regions).assign(table=name) for name in SURVEY]
    known = [rows[_answered(rows, name)][["table", "region"]] for rows, name in zip(found, SURVEY, strict=True)]
    pairs = regions[["region"]].merge(pd.DataFrame({"table": SURVEY}, dtype="str"), how="cross")
    pairs = pairs.merge(pd.concat(known).drop_duplicates().assign(event=True), how="left")
    rows = pairs.assign(event=pairs["event"].notna(), consent=NAMED)  # that a region answered is not an answer
    return shares(rows, measure="survey_response", regions=regions, levels={"table": SURVEY})


def consent(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """What the regions allow; the only place where a region that says "nee" is counted."""
    given = tables.get("survey_regions", pd.DataFrame(columns=["region", "publicatie_ok"], dtype="str"))
    rows = regions[["region"]].merge(given[["region", "publicatie_ok"]], how="left").assign(consent=NAMED)
    rows = rows.assign(publicatie_ok=rows["publicatie_ok"].fillna(CONSENTS[-1]))
    return choices(
        rows, item="publicatie_ok", options=CONSENTS, measure="survey_consent", regions=regions, levels={}
    )


def region_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: with whom the answers were settled, the partner regions and the privacyconvenant."""
    rows = answers(tables, "survey_regions", regions=regions)
    return rows[["region", "consent", "peildatum", "afstemming", "partnerregios", "privacyconvenant"]]


def privacy_convenant(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Regions with, without and working on a privacyconvenant."""
    return choices(
        answers(tables, "survey_regions", regions=regions), item="privacyconvenant",
        options=("ja", "in_de_maak", "nee"), measure="privacy_convenant", regions=regions, levels={},
    )


def mda_cases(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Cases that went to MDA or MDA++ last year, over the regions that answered."""
    rows = answers(tables, "survey_regions", regions=regions)
    return counts(rows.assign(amount=rows["casussen_mda"]), measure="mda_cases", regions=regions)


def mda_cases_expected(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Cases a year that the regions expect, over the regions that answered."""
    rows = answers(tables, "survey_regions", regions=regions)
    return counts(rows.assign(amount=rows["casussen_verwacht"]), measure="mda_cases_expected", regions=regions)


def mda_cases_by_region(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Actual and expected cases of each region that may be named; cases are people, so the count rule holds."""
    rows = answers(tables, "survey_regions", regions=regions)
    items = {"casussen_mda": "mda_cases", "casussen_verwacht": "mda_cases_expected"}
    long = rows[rows["consent"] == NAMED].melt("region", list(items), var_name="item", value_name="n")
    long = long.assign(measure=long["item"].map(items), events=long["n"], method="count").dropna(subset="n")
    return rates.recompute(rates.frame(long.drop(columns="item")))


def element_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and element: the answers, and what follows from them.

    gap: needed (4 or 5) and not there; known where both were answered. scale_mismatch: arranged on another scale
    than wished; missing where either is "nvt", for then there is nothing to compare. shortage: too little capacity
    or none; missing where the element is not there. presence: the item `status`, a name the release needs itself.
    """
    rows = answers(tables, "survey_elements", regions=regions).rename(columns={"status": "presence"})
    present, needed = among(rows["presence"], "aanwezig"), high(rows["behoefte"])
    now, wished = (rows[name].mask(rows[name] == _NO_SCALE) for name in ("schaal_nu", "schaal_wens"))
    return rows.assign(
        present=present, planned=among(rows["presence"], "gepland"),
        needed=needed, prioritised=high(rows["prioriteit"]),
        gap=(needed & ~present).mask(needed.isna() | present.isna()),
        scale_mismatch=(now != wished).astype("boolean").mask(now.isna() | wished.isna()),
        shortage=among(rows["capaciteit_tekort"], "te_weinig", "geen").mask(rows["presence"] == "afwezig"),
    )


def present(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is there."""
    return _element_share(tables, regions, "present", "present")


def planned(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is planned."""
    return _element_share(tables, regions, "planned", "planned")


def needed(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions that give its need a 4 or 5."""
    return _element_share(tables, regions, "needed", "needed")


def prioritised(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions that give its priority a 4 or 5."""
    return _element_share(tables, regions, "prioritised", "prioritised")


def gaps(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is needed and not there."""
    return _element_share(tables, regions, "gap", "gap")


def scale_mismatch(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is arranged on another scale than they find best."""
    return _element_share(tables, regions, "scale_mismatch", "scale_mismatch")


def shortage(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element that is there or planned: regions with too little capacity or none."""
    return _element_share(tables, regions, "shortage", "capacity_shortage")


def need_scores(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and score of 1 to 5: regions that gave its need that score."""
    return _element_choices(tables, regions, "behoefte", SCORES, "need_score")


def priority_scores(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and score of 1 to 5: regions that gave its priority that score."""
    return _element_choices(tables, regions, "prioriteit", SCORES, "priority_score")


def scale_wished(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and scale: regions that find that scale best; "nvt" is no wish."""
    options = [name for name in TABLES["survey_elements"].column("schaal_wens").choices if name != _NO_SCALE]
    return _element_choices(tables, regions, "schaal_wens", options, "scale_wished")


def layer_placed(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and layer: regions that place it in that layer."""
    return _element_choices(tables, regions, "laag", TABLES["survey_elements"].column("laag").choices, "layer_placed")


def gap_inhabitants(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: share of the inhabitants of the answering regions who live where it is needed and not there.

    Inhabitants are public, so the exact share would tell which of the unnamed regions have the gap. Each unnamed
    region therefore weighs the mean of the unnamed; without unnamed regions the share is exact.
    """
    rows = element_answers(tables, regions=regions).merge(regions[["region", "population"]], on="region")
    rows = rows[rows["gap"].notna() & rows["population"].notna()]
    weight, unnamed = rows["population"].astype("Float64"), rows["consent"] == UNNAMED
    weight = weight.mask(unnamed, weight.where(unnamed).groupby(rows["element"]).transform("mean"))
    rows = rows.assign(event=rows["gap"], amount=weight * rows["gap"].astype("Int64"), base=weight)
    return ratios(rows, measure="gap_inhabitants", regions=regions, levels=_ELEMENT)


def layer_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and layer: whether all its elements are there.

    One that is not there settles it; without such a one, an unknown one leaves it open.
    """
    rows = element_answers(tables, regions=regions)
    parts = rows[["region", "consent"]].assign(
        layer=rows["element"].map(ELEMENT_LAYERS),
        there=rows["present"].fillna(False).astype("int64"), lacking=(~rows["present"]).fillna(False).astype("int64"),
    )
    layers = parts.groupby(["region", "consent", "layer"])[["there", "lacking"]].sum().reset_index()
    complete = layers["there"] == layers["layer"].map(pd.Series(ELEMENT_LAYERS).value_counts())
    layers = layers.assign(complete=complete.astype("boolean").mask(~complete & (layers["lacking"] == 0)))
    return layers[["region", "consent", "layer", "complete"]]


def layers_complete(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per layer: regions where all its elements are there."""
    rows = layer_answers(tables, regions=regions)
    return shares(
        rows.assign(event=rows["complete"]), measure="layer_complete", regions=regions, levels={"layer": LAYERS}
    )


def partner_links(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region: the partner regions it names, and whether they name it back; known only of who may be named."""
    pairs = _pairs(tables, regions)
    named = pairs["partner_consent"] == NAMED
    return pairs.assign(mutual=pairs["back"].astype("boolean").mask(~named))[
        ["region", "consent", "partner_region", "mutual"]
    ]


def covered(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and kind of link: regions that have it themselves or through a partner region.

    The country is covered where events equals the number of regions. What a region does not let be named covers only
    that region itself, or the total would give its answer away. A region whose cover hangs on such an answer, or
    on one that was not given, is not in n. An empty list of partner regions names none.
    """
    own = element_answers(tables, regions=regions)[["region", "consent", "element", "present"]]
    lent = own[own["consent"] == NAMED].rename(columns={"region": "partner_region"}).drop(columns="consent")
    elements = pd.DataFrame({"element": list(ELEMENTS)}, dtype="str")
    itself = consents(tables, regions=regions).merge(elements, how="cross").merge(own, how="left")
    through = _links(tables, regions).merge(elements, how="cross").merge(lent, how="left")
    ways = [itself.assign(link=link) for link in LINKS] + [through.drop(columns="partner_region")]
    rows = pd.concat(ways, ignore_index=True)
    rows = rows.assign(yes=rows["present"].fillna(False).astype("bool"), open=rows["present"].isna())
    found = rows.groupby(["region", "consent", "link", "element"])[["yes", "open"]].any().reset_index()
    found = found.assign(event=found["yes"].astype("boolean").mask(~found["yes"] & found["open"]))
    return shares(found, measure="covered", regions=regions, levels={**_ELEMENT, "link": LINKS})


def _answered(rows: pd.DataFrame, name: str) -> pd.Series:
    items = [column for column in TABLES[name].names if column not in (*TABLES[name].key, "publicatie_ok")]
    return (rows[items].notna() & ~rows[items].isin([UNKNOWN])).any(axis=1)


def _element_share(tables: Tables, regions: pd.DataFrame, flag: str, measure: str) -> pd.DataFrame:
    rows = element_answers(tables, regions=regions)
    return shares(rows.assign(event=rows[flag]), measure=measure, regions=regions, levels=_ELEMENT)


def _element_choices(tables: Tables, regions: pd.DataFrame, item: str, options, measure: str) -> pd.DataFrame:
    rows = answers(tables, "survey_elements", regions=regions)
    return choices(rows, item=item, options=options, measure=measure, regions=regions, levels=_ELEMENT)


def _pairs(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """One row a region and a region it names, with the other's consent and whether a named other names it back."""
    rows = answers(tables, "survey_regions", regions=regions)
    rows = rows.assign(partner_region=rows["partnerregios"].str.split("|")).explode("partner_region")
    pairs = rows[rows["partner_region"].isin(regions["region"]) & (rows["partner_region"] != rows["region"])]
    pairs = pairs[["region", "consent", "partner_region"]].astype("str")
    other = consents(tables, regions=regions).rename(columns={"region": "partner_region", "consent": "partner_consent"})
    back = pairs[pairs["consent"] == NAMED].rename(columns={"region": "partner_region", "partner_region": "region"})
    pairs = pairs.merge(other, how="left").merge(back.drop(columns="consent").assign(back=True), how="left")
    return pairs.assign(back=pairs["back"].notna())


def _links(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Links over which an element may reach a region; whether an unnamed region answers the link stays open."""
    pairs = _pairs(tables, regions)
    silent = pairs["partner_consent"] != NAMED
    forward = pairs[["region", "partner_region"]]
    back = pairs[pairs["consent"] == NAMED].rename(columns={"region": "partner_region", "partner_region": "region"})
    either = pd.concat([forward, back[["region", "partner_region"]]]).drop_duplicates()
    links = pd.concat([forward[pairs["back"] | silent].assign(link="mutual"), either.assign(link="either")])
    return links.merge(consents(tables, regions=regions), on="region")
