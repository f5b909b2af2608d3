"""The elements in more detail: planned, urgent and short of capacity, in which layer, on which scale, and why so.

Layer and track of an element are compared with a working default (codebook): the content of the two layers was never
published.
"""

from __future__ import annotations

import pandas as pd

from hgeval.codebook import ELEMENT_LAYERS, ELEMENT_TRACKS, ELEMENTS
from hgeval.schema import TABLES
from hgeval.survey_answers import Tables, among, answers, choices, guarded, high, parts, ratios, shares, within

STATUSES = ("aanwezig", "gepland", "afwezig")
SCALES = ("lokaal", "vt_regio", "meer_vt_regios", "landelijk")  # from small to large
WISHES = ("smaller", "same", "larger")
READY = ("within_one", "within_two", "later")  # years after the answer
_ELEMENT = {"element": tuple(ELEMENTS)}
_ITEMS = TABLES["survey_elements"]


def planned(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions that have it, plan it, or have and plan nothing; "weet niet" is not in n."""
    rows = answers(tables, "survey_elements", regions=regions).rename(columns={"status": "presence"})
    return choices(
        rows, item="presence", options=STATUSES, measure="element_status", regions=regions, levels=_ELEMENT,
        pinned=("aanwezig",),  # survey.present shows it
    )


def ready(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Of the planned elements with a year: the part that is ready within one year of the answer, within two, or later.

    All regions and elements together; events: regions with such an element.
    """
    dates = answers(tables, "survey_regions", regions=regions)[["region", "peildatum"]]
    rows = answers(tables, "survey_elements", regions=regions).merge(dates, on="region")
    wait = rows["gereed_jaar"] - rows["peildatum"].dt.year.astype("Int64")
    rows = rows.assign(ready=wait.map(_when, na_action="ignore").astype("str"))
    planned_ones = rows[rows["status"] == "gepland"]
    return parts(planned_ones, item="ready", options=READY, measure="element_ready", regions=regions)


def prioritised(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions that want it to have priority (4 or 5)."""
    rows = answers(tables, "survey_elements", regions=regions)
    return _share(rows, high(rows["prioriteit"]), "element_priority", regions)


def shortage(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per element: regions with too little capacity or none, of those where it is there or planned.

    How many those are tells who has the element, so it is held to the rule of a total as well (`within`).
    """
    rows = answers(tables, "survey_elements", regions=regions)
    known = rows["status"].isin(STATUSES[:2])
    short = among(rows["capaciteit_tekort"], "te_weinig", "geen").where(known)
    asked = rows.assign(counted=short.notna())[rows["status"].isin(STATUSES)]
    return within(_share(rows, short, "shortage", regions), asked, groups=["element"])


def layers_said(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Of the answers on layers the part that is as the working default, regional or upper, of all regions together."""
    return _said(tables, regions, "laag", "layer", ELEMENT_LAYERS)


def tracks_said(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Of the answers on tracks the part that is as the working default, per track, of all regions together."""
    return _said(tables, regions, "spoor", "track", ELEMENT_TRACKS)


def scales_now(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per scale: the part of all elements that is arranged on it now."""
    return _scales(tables, regions, "schaal_nu", "scale_now")


def scales_wished(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per scale: the part of all elements for which it is found best."""
    return _scales(tables, regions, "schaal_wens", "scale_wished")


def scale_wishes(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """The part of all elements that regions want on a smaller scale than now, on the same, or on a larger one.

    Not per element: beside survey.scale_mismatch most would be hidden.
    """
    rows = answers(tables, "survey_elements", regions=regions)
    size = {scale: at for at, scale in enumerate(SCALES)}
    step = rows["schaal_wens"].map(size).astype("Int64") - rows["schaal_nu"].map(size).astype("Int64")
    wish = step.map(lambda found: WISHES[int(found > 0) - int(found < 0) + 1], na_action="ignore").astype("str")
    return parts(rows.assign(scale_wish=wish), item="scale_wish", options=WISHES, measure="scale_wish", regions=regions)


def reasons(tables: Tables, *, regions: pd.DataFrame) -> pd.DataFrame:
    """Per reason: the part of all answered elements for which it is given; events: regions that give it at all."""
    rows = answers(tables, "survey_elements", regions=regions).dropna(subset="schaal_reden")
    given = rows.assign(schaal_reden=rows["schaal_reden"].str.split("|")).explode("schaal_reden", ignore_index=True)
    options = _ITEMS.column("schaal_reden").choices
    return parts(
        given, item="schaal_reden", options=options, measure="scale_reason", regions=regions,
        base=rows.groupby("region").size(),
    )


def _when(years: int) -> str:
    return READY[0 if years <= 1 else 1 if years == 2 else 2]


def _share(rows: pd.DataFrame, event: pd.Series, measure: str, regions: pd.DataFrame) -> pd.DataFrame:
    return shares(rows.assign(event=event), measure=measure, regions=regions, levels=_ELEMENT)


def _said(
    tables: Tables, regions: pd.DataFrame, item: str, name: str, default: dict[str, str]
) -> pd.DataFrame:
    rows = answers(tables, "survey_elements", regions=regions)
    usual = rows["element"].map(default).astype("str")
    known = rows.assign(usual=usual, same=(rows[item] == usual).astype("int64"))[rows[item].notna()]
    by = known.groupby(["region", "consent", "usual"])["same"].agg(["sum", "size"]).reset_index()
    counts = by.assign(amount=by["sum"], base=by["size"], event=by["sum"] == by["size"], rest=by["size"] - by["sum"])
    counts = counts.rename(columns={"usual": name})
    levels = {name: tuple(dict.fromkeys(default.values()))}
    frame = ratios(counts, measure=f"{name}_said", regions=regions, levels=levels)
    frame["value"] = frame["value"].round(2)
    for size in ("amount", "rest"):  # a part of (nearly) nothing or all tells each answer
        frame = guarded(frame, counts, by=name, size=size)
    return frame


def _scales(tables: Tables, regions: pd.DataFrame, item: str, measure: str) -> pd.DataFrame:
    rows = answers(tables, "survey_elements", regions=regions)
    return parts(rows, item=item, options=SCALES, measure=measure, regions=regions)
