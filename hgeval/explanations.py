"""What a reader must know about how it was measured, in words that follow the study's own settings.

Prose in a notebook would go on saying "22 keer" after a study chose another threshold.
"""

from __future__ import annotations

from collections.abc import Sequence

from hgeval import disclosure, wording
from hgeval.case import Case
from hgeval.disclosure_rule import Rule
from hgeval.exhibits import Exhibit
from hgeval.layout import Lines
from hgeval.params import Study
from hgeval.schema import TABLES

_NO_LINES = Lines(columns=(), rows=(), display=(), status=())
_INFORMANTS = {
    "any": "Er is geweld als één van de informanten (ouder of kind) erover vertelt.",
    "mean": "Wat de informanten (ouders en kind) vertellen, telt gemiddeld.",
    "main_informant": "Alleen wat de hoofdinformant vertelt, telt.",
}
_SEVERE = {
    "severe_injury": "letsel waarvoor een arts nodig was", "severe_weapon": "een wapen of voorwerp",
    "severe_strangulation": "een dichtgeknepen keel",
}


def outcomes(case: Case, *, id: str = "definities", title: str = "Wat betekenen de woorden?") -> Exhibit:
    """The definitions behind the effectiveness report, with the study's own thresholds, waves and rule."""
    return _exhibit(case, definitions(case.config, case.rule), id=id, title=title)


def definitions(config: Study, rule: Rule) -> list[str]:
    """The sentences of `outcomes`: they follow from the settings alone."""
    limits = config.thresholds
    return [
        _INFORMANTS[config.informant_rule],
        f"Vaak is {wording.number(limits.frequent)} keer per jaar of meer. "
        f"Ernstig is {wording.series([_SEVERE[act] for act in config.severe_acts])}.",
        f"Minder is: minder ernstig, of ten hoogste {wording.number(limits.decreased * 100)} procent van het aantal "
        f"keren bij de start. Meer is: ernstiger, of ten minste {wording.number(limits.increased * 100)} procent.",
        f"De marges zijn Wilson-intervallen van {wording.number(config.level * 100)} procent. Zij zijn breder gemaakt, "
        "omdat gezinnen met dezelfde medewerker op elkaar lijken.",
        *_rule(rule),
        "Dit zijn werkdefinities: eerder onderzoek publiceerde de zijne niet.",
    ]


def infrastructure(case: Case, *, id: str = "definities", title: str = "Wat betekenen de woorden?") -> Exhibit:
    """The limits of the report on the needs survey, of the study and of the rule."""
    return _exhibit(case, survey_definitions(case.config, case.rule), id=id, title=title)


def every(config: Study, rule: Rule) -> list[str]:
    """All sentences with numbers of the settings that a report may hold."""
    return [*definitions(config, rule), *survey_definitions(config, rule)]


def survey_definitions(config: Study, rule: Rule) -> list[str]:
    """The sentences of `infrastructure`."""
    limits = config.thresholds
    often, met = (wording.number(100 * share) for share in (limits.often_important, limits.often_met))
    return [
        f"Een criterium is belangrijk als {often} procent van de regio's of meer het een 4 of een 5 geeft. "
        f"Het is vaak gehaald als {met} procent of meer er helemaal aan voldoet.",
        "Deze grenzen zijn een werkdefinitie. Zij stonden vast voordat de cijfers er waren.",
        f"Een totaal met één of meer regio's zonder naam tonen we pas bij {wording.number(rule.min_unnamed)} "
        "van zulke regio's. Zij mogen dan ook niet allemaal hetzelfde zeggen, of allemaal op één na.",
        "Tellen antwoorden op tot het geheel, dan laten we zo nodig een tweede weg. Anders is het eerste te berekenen.",
    ]


def missing(case: Case, *names: str, id: str = "ontbreekt-in-de-studie") -> Exhibit | None:
    """Which of the tables that a report rests on the study lacks, and so what it cannot answer; nothing if none."""
    absent = [name for name in names if not case.has(name)]
    told = [
        f"De studie heeft geen gegevens in de tabel {name} ({TABLES[name].label}). "
        "Wat daaruit moet komen, kunnen we niet beantwoorden."
        for name in absent
    ]
    return _exhibit(case, told, id=id, title="Wat ontbreekt er in deze studie?") if told else None


def _rule(rule: Rule) -> list[str]:
    """How counts are shown, to the reader of this profile."""
    told = [f"Aantallen van 1 tot en met {wording.number(rule.min_count - 1)} tonen we niet."]
    if rule.rounding > 1:
        told[0] += f" Andere aantallen zijn afgerond op {wording.number(rule.rounding)}."
        told.append("Percentages en marges zijn berekend uit de afgeronde aantallen. Bij weinig gezinnen kan een "
                    "percentage daardoor enkele punten hoger of lager zijn. De marge telt dat niet mee.")
    else:
        told[0] += " Aantallen van andere regio's zijn afgerond."
        told.append("Aantallen van de eigen regio zijn precies. Staat er toch een afgerond aantal, dan zou het "
                    "precieze een klein aantal verraden. Dat is nagerekend voor alle tabellen samen.")
        told.append("Dit rapport is voor de eigen regio. Deel het niet.")
    told.append(f"Hoe het met gezinnen gaat, zeggen we pas bij {wording.number(rule.min_outcome)} gezinnen of meer.")
    return told


def _exhibit(case: Case, told: Sequence[str], *, id: str, title: str) -> Exhibit:
    return Exhibit(
        kind="sentences", id=id, title=title, alt=" ".join(told), source="de instellingen van de studie",
        lines=_NO_LINES, released=disclosure.words(case), sentences=tuple(told),
    )
