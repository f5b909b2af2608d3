"""What the regions have, need and lack of the infrastructure: elements, layers, scale and coverage.

Totals name the regions that answered (n) and that have it (events). The frames by region carry the
region's consent along, so that the release shows by name only who allows it. Layers are a working
interpretation (codebook.ELEMENT_LAYERS), and so are the measures.
"""

from __future__ import annotations

import pandas as pd

from hgeval.codebook import ELEMENT_LAYERS, ELEMENT_TRACKS, ELEMENTS
from hgeval.schema import TABLES
from hgeval.survey_answers import (
    NAMED,
    UNKNOWN,
    UNNAMED,
    Tables,
    among,
    answers,
    choices,
    high,
    links,
    named,
    ratios,
    shares,
    within,
    without_alike,
)

SURVEY = ("survey_regions", "survey_elements", "survey_costs", "survey_partners", "survey_quality")
CONSENTS = ("ja", "alleen_in_totaal", "nee", "niet_ingevuld")
LAYERS = tuple(sorted(set(ELEMENT_LAYERS.values()), reverse=True))
LINKS = ("own", "mutual", "either")  # the element itself; a partner that names you back; a partner either way
NEEDS = {"little": (1, 2), "some": (3,), "much": (4, 5)}  # how a score of 1 to 5 for need is read
_ELEMENT = {"element": tuple(ELEMENTS)}
_NO_SCALE = "nvt"
_TURNED = {"region": "partner_region", "partner_region": "region"}


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


def element_answers(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """By region and element: the answers, and what follows from them.

    gap: needed (4 or 5) and not there; known where both were answered. scale_mismatch: arranged on another scale
    than wished; missing where either is "nvt", for then there is nothing to compare. presence: the item `status`,
    a name the release needs itself. layer, track: where the element stands in our own layout.
    """
    rows = answers(tables, "survey_elements", regions=regions).rename(columns={"status": "presence"})
    present, needed = among(rows["presence"], "aanwezig"), high(rows["behoefte"])
    now, wished = (rows[name].mask(rows[name] == _NO_SCALE) for name in ("schaal_nu", "schaal_wens"))
    return rows.assign(
        present=present, gap=(needed & ~present).mask(needed.isna() | present.isna()),
        scale_mismatch=(now != wished).astype("boolean").mask(now.isna() | wished.isna()),
        layer=rows["element"].map(ELEMENT_LAYERS).astype("str"),
        track=rows["element"].map(ELEMENT_TRACKS).astype("str"),
    )


def present(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is there."""
    return _element_share(tables, regions, "present", "present")


def gaps(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is needed and not there."""
    return _element_share(tables, regions, "gap", "gap")


def scale_mismatch(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions where it is arranged on another scale than they find best.

    Only where it is there it has a scale: how many those are is held to the rule of a total too (`within`).
    """
    rows = element_answers(tables, regions=regions)
    found = _element_share(tables, regions, "scale_mismatch", "scale_mismatch")
    asked = rows.assign(counted=rows["scale_mismatch"].notna())[rows["present"].notna()]
    return within(found, asked, groups=["element"])


def need_scores(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions that need it little (1 or 2), somewhat (3) or much (4 or 5).

    Not for each score: of five numbers most would be hidden, as few unnamed regions give the same one.
    """
    rows = answers(tables, "survey_elements", regions=regions)
    read = {score: need for need, scores in NEEDS.items() for score in scores}
    return choices(
        rows.assign(need=rows["behoefte"].map(read).astype("str")), item="need", options=tuple(NEEDS),
        measure="need_score", regions=regions, levels=_ELEMENT,
    )


def gap_inhabitants(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: share of the inhabitants of the answering regions who live where it is needed and not there.

    Inhabitants are public, so the exact share would tell which of the unnamed regions answered, and which have the
    gap. Each of them therefore weighs the mean of all regions that are not named; where all are, the share is exact.
    """
    rows = element_answers(tables, regions=regions).merge(regions[["region", "population"]], on="region")
    rows = rows[rows["gap"].notna() & rows["population"].notna()]
    nameless = ~regions["region"].isin(named(tables, regions=regions)["region"])
    mean = regions.loc[nameless, "population"].astype("Float64").mean()
    weight = rows["population"].astype("Float64").mask(rows["consent"] == UNNAMED, mean)
    rows = rows.assign(event=rows["gap"], amount=weight * rows["gap"].astype("Int64"), base=weight)
    return without_alike(ratios(rows, measure="gap_inhabitants", regions=regions, levels=_ELEMENT))


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


def covered(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element and kind of link: regions that have it themselves or through a partner region.

    Only regions that may be named count, here and as a partner: what covers another would tell its answer, or whom
    it works with. A region whose cover hangs on such a partner, or on an answer that was not given, is not in n.
    without: of how many it is certain that they do not have it. named: how many may be named. The country is covered
    where events equals the number of regions; where not all may be named, that cannot be told. An empty list of
    partner regions names none.
    """
    own = element_answers(tables, regions=regions)
    own = own.loc[own["consent"] == NAMED, ["region", "element", "present"]]
    elements = pd.DataFrame({"element": list(ELEMENTS)}, dtype="str")
    itself = named(tables, regions=regions)[["region"]].merge(elements, how="cross").merge(own, how="left")
    lent = own.rename(columns={"region": "partner_region"})
    through = _links(tables, regions).merge(elements, how="cross").merge(lent, how="left")
    ways = [itself.assign(link=link) for link in LINKS] + [through.drop(columns="partner_region")]
    rows = pd.concat(ways, ignore_index=True)
    rows = rows.assign(yes=rows["present"].fillna(False).astype("bool"), open=rows["present"].isna())
    found = rows.groupby(["region", "link", "element"])[["yes", "open"]].any().reset_index()
    found = found.assign(event=found["yes"].astype("boolean").mask(~found["yes"] & found["open"]), consent=NAMED)
    frame = shares(found, measure="covered", regions=regions, levels={**_ELEMENT, "link": LINKS})
    frame = frame.assign(without=frame["n"] - frame["events"], named=len(named(tables, regions=regions)))
    return frame.astype({"without": "Int64", "named": "Int64"})


def _answered(rows: pd.DataFrame, name: str) -> pd.Series:
    items = [column for column in TABLES[name].names if column not in (*TABLES[name].key, "publicatie_ok")]
    return (rows[items].notna() & ~rows[items].isin([UNKNOWN])).any(axis=1)


def _element_share(tables: Tables, regions: pd.DataFrame, flag: str, measure: str) -> pd.DataFrame:
    rows = element_answers(tables, regions=regions)
    return shares(rows.assign(event=rows[flag]), measure=measure, regions=regions, levels=_ELEMENT)


def _links(tables: Tables, regions: pd.DataFrame) -> pd.DataFrame:
    """Links by which an element may reach a region that may be named; whether another would confirm one stays open."""
    rows = named(tables, regions=regions)
    forward = links(rows, regions=regions)
    back = forward.rename(columns=_TURNED)[["region", "partner_region"]]
    silent = ~forward["partner_region"].isin(rows["region"])
    mutual = pd.concat([forward.merge(back), forward[silent]]).assign(link="mutual")
    either = pd.concat([forward, back[back["region"].isin(rows["region"])]]).drop_duplicates().assign(link="either")
    return pd.concat([mutual, either], ignore_index=True)
