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
_DAYS = {"working": "werkdagen", "calendar": "dagen"}
_LIBERATION = {
    "yearly": "5 mei is elk jaar een feestdag.", "lustrum": "5 mei is een feestdag in jaren die op 0 of 5 eindigen.",
    "never": "5 mei telt gewoon mee.",
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


def survey_definitions(config: Study, rule: Rule) -> list[str]:
    """The sentences of `infrastructure`."""
    limits = config.thresholds
    often, met = (wording.number(100 * share) for share in (limits.often_important, limits.often_met))
    return [
        f"Een criterium is vaak belangrijk als {often} procent van de regio's of meer het een 4 of een 5 geeft. "
        f"Het is vaak gehaald als {met} procent of meer er helemaal aan voldoet.",
        "Deze grenzen zijn een werkdefinitie. Zij stonden vast voordat de cijfers er waren.",
        f"Een totaal met één of meer regio's zonder naam tonen we pas bij {wording.number(rule.min_unnamed)} "
        "van zulke regio's. Zij mogen dan ook niet allemaal hetzelfde zeggen, of allemaal op één na.",
        "Tellen antwoorden op tot het geheel, dan laten we zo nodig een tweede weg. Anders is het eerste te berekenen.",
        *(["Dit rapport is voor de eigen regio: het laat haar antwoorden zien, ook zonder toestemming. Deel het niet."]
          if rule.audience == "own_region" else []),
    ]


def chain(case: Case, *, id: str = "definities", title: str = "Wat betekenen de woorden?") -> Exhibit:
    """The definitions behind the chain report, with the study's own terms and numbers."""
    return _exhibit(case, chain_definitions(case.config, case.rule), id=id, title=title)


def chain_definitions(config: Study, rule: Rule) -> list[str]:
    """The sentences of `chain`: they follow from the settings alone."""
    return [*_terms(config), *_chain(config), *_questions(config), *_fives(rule)]


def terms(case: Case, *, id: str = "termijnen", title: str = "Wat is op tijd?") -> Exhibit:
    """What counts as on time, for a report that shows only that of the chain."""
    return _exhibit(case, _terms(case.config), id=id, title=title)


def reports(case: Case, *, id: str = "definities", title: str = "Hoe zijn de meldingen geteld?") -> Exhibit:
    """How the report on meldingen counts and shows those of the study."""
    return _exhibit(case, report_definitions(case.config, case.rule), id=id, title=title)


def report_definitions(config: Study, rule: Rule) -> list[str]:
    """The sentences of `reports`."""
    public = rule.public()
    told = [
        "Openbare cijfers staan hier zoals de bron ze gaf. Rekenden wij er zelf mee, dan staat dat erbij.",
        f"De marge per 10.000 inwoners is een interval van {wording.number(config.level * 100)} procent (Garwood, "
        "1936). Meldingen over hetzelfde gezin tellen daarin los van elkaar.",
        f"Aantallen uit de studie van 1 tot en met {wording.number(public.min_count - 1)} tonen we niet. "
        f"Andere aantallen zijn afgerond op {wording.number(public.rounding)}.",
        "Is in een tabel één aantal verborgen, dan laten we zo nodig een tweede weg. "
        "Anders is het eerste te berekenen.",
    ]
    if rule.rounding == 1:
        told.append("Aantallen van de eigen regio zijn precies, als dat geen klein aantal verraadt. "
                    "Dit rapport is voor de eigen regio. Deel het niet.")
    return told


def ambition(case: Case) -> list[str]:
    """What the sector strove for, as a note beside what is on time."""
    chain = case.config.chain
    parts = [wording.points(each) for each in (chain.ambition_assessment, chain.ambition_investigation)]
    return [
        f"In 2019 wilde Veilig Thuis {parts[0]} procent van de beoordelingen op tijd klaar hebben. Bij onderzoeken was "
        f"het {parts[1]} procent. Dat is een ambitie van het Landelijk Netwerk Veilig Thuis, geen wet."
    ]


def every(config: Study, rule: Rule) -> list[str]:
    """All sentences about the study and the rule that a report may hold as they are."""
    return [
        *definitions(config, rule), *chain_definitions(config, rule), *survey_definitions(config, rule),
        *report_definitions(config, rule),
    ]


def missing(case: Case, *names: str, id: str = "ontbreekt-in-de-studie", **also: Sequence[str]) -> Exhibit | None:
    """Which of the tables that a report rests on the study lacks, and so what it cannot answer; nothing if none.

    also: by table, the columns that this report needs beside those that the table cannot do without.
    """
    absent = [name for name in names if not case.has(name)]
    told = [
        f"De studie heeft geen gegevens in de tabel {name} ({TABLES[name].label}). "
        "Wat daaruit moet komen, kunnen we niet beantwoorden. "
        f"Lever ten minste deze kolommen aan: {wording.series([*_needed(name), *also.get(name, ())])}."
        for name in absent
    ]
    return _exhibit(case, told, id=id, title="Wat ontbreekt er in deze studie?") if told else None


def lacking(case: Case, *, id: str = "ontbrekende-kolommen", **columns: Sequence[str]) -> Exhibit | None:
    """Which of these columns (table=columns) are empty in tables that the study does have; nothing if none.

    A column that only some rows fill in is not empty.
    """
    told = [
        f"In de tabel {name} is de kolom {column} ({TABLES[name].column(column).label}) leeg. "
        "Wat daaruit moet komen, kunnen we niet beantwoorden. Vul haar in."
        for name, wanted in columns.items() if case.has(name)
        for column in wanted if not case.table(name).reindex(columns=[column])[column].notna().any()
    ]
    return _exhibit(case, told, id=id, title="Welke kolommen ontbreken?") if told else None


def _needed(table: str) -> list[str]:
    """The columns that a table cannot do without."""
    return [column.name for column in TABLES[table].columns if column.required]
def _terms(config: Study) -> list[str]:
    """What counts as on time."""
    terms, kind = config.chain, config.chain.assessment_kind
    told = [
        f"Op tijd is een beoordeling binnen {terms.assessment_days} {_DAYS[kind]} na de melding. "
        f"Een onderzoek is op tijd binnen {terms.investigation_weeks} weken na de start. "
        "De dag erna is dag één (werkdefinitie).",
    ]
    if kind == "working":
        friday = "" if terms.good_friday else " Goede Vrijdag telt gewoon mee."
        told.append("Werkdagen zijn maandag tot en met vrijdag, zonder de feestdagen van de Algemene termijnenwet. "
                    f"{_LIBERATION[terms.liberation_day]}{friday}")
    return [*told, f"Wat op {wording.date(config.reference_date)} nog open was en te laat, telt als niet op tijd. "
            "Wat toen nog op tijd kon komen, telt niet mee. Zonder datum van het einde telt een regio niet mee."]


def _chain(config: Study) -> list[str]:
    """How days, hermeldingen and numbers of cases were computed."""
    chain = config.chain
    return [
        f"Bij dagen tellen open zaken mee tot {wording.date(config.reference_date)} (methode van Kaplan en Meier). "
        "Bij hulp tellen gezinnen zonder aanpak (geen) niet mee.",
        f"Een hermelding telt als zij binnen {chain.repeat_days} dagen na het einde kwam. "
        "Verhuizen en overlijden kennen wij niet. Is een andere melding van het gezin nog open, dan is dit geen einde.",
        "Dagen en hermeldingen zijn gerekend uit groepen van vijf zaken, ook voor de eigen regio. "
        "Er zijn 30 zaken nodig, met aan beide kanten van het cijfer tien of meer.",
        "Gezinnen kunnen vaker voorkomen. De marges houden daar bij dagen en hermeldingen geen rekening mee.",
        "Zaken per medewerker zijn de zaken in deze studie, omgerekend naar een jaar (werkdefinitie). "
        "Een regio met minder dan drie medewerkers telt alleen landelijk mee.",
        f"Meestal genoeg zaken betekent: in een jaar is de kans daarop {wording.number(chain.keeps * 100)} procent "
        "of meer (werkdefinitie, Poisson). Dat volgt uit de inwoners en het landelijke cijfer van het CBS.",
        "De vragen van dit rapport komen uit VNG, De volgende stap (2011). De formules zijn onze werkdefinities.",
    ]


def _questions(config: Study) -> list[str]:
    """The rules by which the questions at the end follow."""
    chain, few = config.chain, wording.number(config.thresholds.few_known * 100)
    ambition = " en ".join(wording.number(each * 100) for each in (chain.ambition_assessment,
                                                                   chain.ambition_investigation))
    return [
        f"Een vraag verschijnt als de uitkomst van minder dan {few} procent bekend is. Of als er acuut onveilige "
        "meldingen te laat waren, of zaken te lang wachten.",
        f"Ook als het cijfer met zijn marge onder de ambitie ligt ({ambition} procent). Of bij hermeldingen boven "
        "heel Nederland.",
        "Ook als er minder is gehaald dan is afgesproken. Of als de helft van de zaken of gemeenten onder een van de "
        "aantallen komt.",
        "De ambitie is van het Landelijk Netwerk Veilig Thuis (2019). De termijn van de beoordeling staat in het "
        "Uitvoeringsbesluit Wmo 2015.",
    ]


def _fives(rule: Rule) -> list[str]:
    """How the counts of the chain are shown: in fives to every reader."""
    public = rule.public()
    told = [
        f"Aantallen van 1 tot en met {wording.number(public.min_count - 1)} tonen we niet. "
        f"Andere aantallen zijn afgerond op {wording.number(public.rounding)}, ook voor de eigen regio. "
        "Percentages en marges zijn berekend uit de afgeronde aantallen.",
    ]
    if rule.rounding == 1:
        told.append("Alleen van hoeveel gezinnen de uitkomst bekend is, en bij hoeveel het geweld stopte, staat hier "
                    "soms precies. Dit rapport is voor de eigen regio. Deel het niet.")
    return told


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
