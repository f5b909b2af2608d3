"""Rules between the answers of the needs survey, as its codebook has them."""

from __future__ import annotations

import pandas as pd

from hgeval import reference
from hgeval.findings import Place
from hgeval.params import Study

_POPULATION_OFF = 0.01


def report(frames: dict[str, pd.DataFrame], places: dict[str, Place], config: Study) -> None:
    """Every rule between answers; no value is changed."""
    checks = {"survey_elements": _elements, "survey_partners": _partners, "survey_regions": _regions,
              "survey_themes": _themes}
    for name, check in checks.items():
        if name in frames:
            check(frames[name], places[name], config)
    if "survey_elements" in frames and "survey_regions" in frames:
        _years(frames["survey_elements"], frames["survey_regions"], places["survey_elements"])


def _elements(frame: pd.DataFrame, place: Place, config: Study) -> None:
    status = frame["status"]
    absent = status == "afwezig"
    early = frame["gereed_jaar"].notna() & status.notna() & (status != "gepland")
    place.report(
        "gereed_jaar", "jaar-klaar", early,
        "Hier staat een jaar, maar het onderdeel is niet gepland. Haal het jaar weg, of verbeter status.",
    )
    place.report(
        "capaciteit_tekort", "afwezig-capaciteit", absent & frame["capaciteit_tekort"].notna(),
        "Het onderdeel is er niet, maar er staat wel capaciteit. Laat de cel leeg (-7), of verbeter status.",
    )
    scale = frame["schaal_nu"]
    wrong = scale.notna() & status.notna() & (absent != (scale == "nvt"))
    place.report(
        "schaal_nu", "afwezig-schaal", wrong,
        "De schaal is nvt als het onderdeel er niet is, en alleen dan. Verbeter schaal_nu of status.",
    )


def _years(frame: pd.DataFrame, answered: pd.DataFrame, place: Place) -> None:
    """A plan is ready in or after the year in which the region answered."""
    years = answered.drop_duplicates("region").set_index("region")["peildatum"].dt.year.astype("Int64")
    past = (frame["status"] == "gepland") & (frame["gereed_jaar"] < frame["region"].map(years))
    place.report(
        "gereed_jaar", "jaar-voorbij", past.fillna(False),
        "Dit jaar ligt voor het jaar van de antwoorden (peildatum). Is het onderdeel er al?",
    )


def _themes(frame: pd.DataFrame, place: Place, config: Study) -> None:
    known = {**reference.themes(), **config.themes}
    place.report(
        "theme", "thema", frame["theme"].notna() & ~frame["theme"].isin(list(known)),
        "Dit thema is niet bekend. Kies een code uit data/reference/themes.csv, of zet het bij themes in study.yml.",
    )


def _partners(frame: pd.DataFrame, place: Place, config: Study) -> None:
    outside = frame["partner_betrokken"].isin(["nee_gewenst", "nee_niet_nodig"])
    for column in ("partner_rol", "partner_mandaat"):
        message = "Deze partner doet niet mee. Laat de cel leeg (-7), of verbeter partner_betrokken."
        place.report(column, "partner-doet-mee", outside & frame[column].notna(), message)


def _regions(frame: pd.DataFrame, place: Place, config: Study) -> None:
    tuned = frame["afstemming"].str.split("|")
    both = tuned.map(lambda chosen: len(chosen) > 1 and "niemand" in chosen, na_action="ignore").eq(True)
    place.report(
        "afstemming", "niemand-en-ander", both,
        "Niemand staat hier samen met een ander antwoord. Kies een van de twee.",
    )
    _one_sided(frame, place)
    _against_reference(frame, place, config)


def _one_sided(frame: pd.DataFrame, place: Place) -> None:
    """Only regions that answered the question themselves can fail to name another."""
    answered = frame.dropna(subset=["region", "partnerregios"])
    lists = answered["partnerregios"].str.split("|")
    named = dict(zip(answered["region"], lists, strict=True))
    lonely = {
        region for region, others in named.items()
        if any(other in named and region not in named[other] for other in others)
    }
    place.report(
        "partnerregios", "partnerregio-eenzijdig", frame["region"].isin(lonely) & frame["partnerregios"].notna(),
        "Een regio die hier staat, noemt deze regio niet. Vraag na of zij samenwerken.",
    )


def _against_reference(frame: pd.DataFrame, place: Place, config: Study) -> None:
    year = config.division.year
    known = reference.regions(year, kind=config.division.kind).set_index("region")
    towns = frame["region"].map(known["municipalities"]).astype("Int64")
    other = frame["gemeenten_n"].ne(towns).fillna(False).astype(bool)
    place.report(
        "gemeenten_n", "gemeenten-aantal", other,
        f"Dit is niet het aantal gemeenten van de regio in de indeling van {year}. Kijk het na.",
    )
    people = frame["region"].map(known["population"]).astype("Float64")
    off = ((frame["inwoners"] / people - 1).abs() > _POPULATION_OFF).fillna(False).astype(bool)
    place.report(
        "inwoners", "inwoners-aantal", off,
        f"Dit wijkt meer dan 1 procent af van het aantal inwoners bij CBS "
        f"({reference.POPULATION_DATE}). Kijk het na.",
    )
