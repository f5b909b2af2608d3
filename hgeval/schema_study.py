"""The tables about families, measurements, reports, money and agreements."""

from __future__ import annotations

from typing import Literal, get_args

from hgeval.columns import Column, Table, region

Act = Literal["psychological", "physical", "sexual", "neglect"]
SevereAct = Literal["severe_injury", "severe_weapon", "severe_strangulation"]
ACTS: tuple[Act, ...] = get_args(Act)
SEVERE_ACTS: tuple[SevereAct, ...] = get_args(SevereAct)
INTERVENTIONS = ("huisverbod", "systeemtherapie", "casemanagement", "reguliere_hulp", "geen")
REPORTERS = (
    "politie_justitie",
    "gezondheidszorg",
    "onderwijs",
    "jeugdhulp",
    "andere_professional",
    "direct_betrokkene",
    "omgeving",
    "onbekend",
)

FAMILIES = Table(
    "families",
    "Gezinnen",
    "één gezin waarover een melding is gedaan",
    ("family_id",),
    (
        Column("family_id", "code", "pseudoniem van het gezin", required=True, filled=True),
        region(),
        Column("municipality", "code", "gemeente (GM-code)", refers="municipality"),
        Column("reported_on", "date", "datum van de melding", required=True),
        Column("invited", "flag", "gevraagd om mee te doen aan de metingen", required=True, filled=True),
        Column("intervention", "choice", "ingezette aanpak", choices=INTERVENTIONS),
        Column("assigned", "choice", "aanpak waarvoor het gezin was aangewezen", choices=INTERVENTIONS),
        Column("intervention_on", "date", "start van de aanpak"),
        Column("provider", "code", "organisatie die de aanpak uitvoert"),
        Column("worker", "code", "pseudoniem van de medewerker"),
        Column("children", "integer", "aantal kinderen in het gezin", minimum=0, maximum=20),
        Column("partner_violence", "flag", "partnergeweld of geweld door een ex-partner"),
        Column("child_abuse", "flag", "kindermishandeling"),
        Column("parent_abuse", "flag", "geweld tegen ouders"),
        Column("prior_reports", "integer", "eerdere meldingen in drie jaar", minimum=0, maximum=200),
        Column("substance_use", "flag", "problematisch gebruik van alcohol of drugs"),
        Column("poverty", "flag", "armoede of schulden"),
        Column("closed_on", "date", "einde van de hulp"),
    ),
)

MEASUREMENTS = Table(
    "measurements",
    "Metingen",
    "één gezin op één meetmoment volgens één informant",
    ("family_id", "wave", "informant"),
    (
        Column(
            "family_id", "code", "pseudoniem van het gezin", required=True, filled=True, refers="families.family_id"
        ),
        Column("wave", "code", "meetmoment", required=True, filled=True, refers="wave"),
        Column(
            "informant", "choice", "wie het vertelt", required=True, filled=True, choices=("ouder_a", "ouder_b", "kind")
        ),
        Column("measured_on", "date", "datum van de meting"),
        Column(
            "window_months",
            "integer",
            "periode waarover is gevraagd",
            required=True,
            filled=True,
            minimum=1,
            maximum=24,
            unit="maanden",
        ),
        Column(
            "psychological",
            "integer",
            "psychisch geweld",
            required=True,
            minimum=0,
            maximum=2000,
            unit="keren in de periode",
        ),
        Column(
            "physical",
            "integer",
            "lichamelijk geweld",
            required=True,
            minimum=0,
            maximum=2000,
            unit="keren in de periode",
        ),
        Column(
            "sexual", "integer", "seksueel geweld", required=True, minimum=0, maximum=2000, unit="keren in de periode"
        ),
        Column("neglect", "integer", "verwaarlozing", minimum=0, maximum=2000, unit="keren in de periode"),
        Column("severe_injury", "flag", "letsel waarvoor een arts nodig was"),
        Column("severe_weapon", "flag", "geweld met een wapen of voorwerp"),
        Column("severe_strangulation", "flag", "keel dichtgeknepen"),
        Column("safety", "integer", "rapportcijfer voor veiligheid", minimum=1, maximum=10),
        Column("wellbeing", "integer", "rapportcijfer voor welzijn", minimum=1, maximum=10),
    ),
)

MELDINGEN = Table(
    "meldingen",
    "Meldingen",
    "één melding bij Veilig Thuis",
    ("melding_id",),
    (
        Column("melding_id", "code", "pseudoniem van de melding", required=True, filled=True),
        Column("family_id", "code", "pseudoniem van het gezin", refers="families.family_id"),
        region(),
        Column("municipality", "code", "gemeente (GM-code)", refers="municipality"),
        Column("received_on", "date", "ontvangen op", required=True, filled=True),
        Column(
            "kind",
            "choice",
            "eerdere betrokkenheid",
            required=True,
            choices=("eerste_melding", "hermelding", "vervolgmelding", "onbekend"),
        ),
        Column("reporter", "choice", "melder", choices=REPORTERS),
        Column("assessed_on", "date", "veiligheidsbeoordeling klaar op"),
        Column(
            "safety",
            "choice",
            "uitkomst van de veiligheidsbeoordeling",
            choices=("acuut_onveilig", "structureel_onveilig", "niet_onveilig", "onbekend"),
        ),
        Column(
            "route",
            "choice",
            "vervolg na de beoordeling",
            choices=("overdracht", "voorwaarden_en_vervolg", "onderzoek", "raad_voor_de_kinderbescherming", "einde"),
        ),
        Column("investigation_started_on", "date", "onderzoek gestart op"),
        Column("investigation_closed_on", "date", "onderzoek klaar op"),
        Column(
            "outcome",
            "choice",
            "uitkomst van het onderzoek",
            choices=("bevestigd", "niet_bevestigd", "weerlegd", "afgebroken"),
        ),
        Column("closed_on", "date", "einde betrokkenheid Veilig Thuis"),
    ),
)

COSTS = Table(
    "costs",
    "Kosten",
    "één kostenregel van een regio in een jaar",
    ("region", "year", "line"),
    (
        region(),
        Column("year", "year", "jaar", required=True, filled=True),
        Column("line", "code", "kostenregel", required=True, filled=True),
        Column("service", "code", "dienst waarvoor wordt betaald"),
        Column("amount", "decimal", "bedrag", required=True, minimum=0, unit="euro"),
        Column("nature", "choice", "vast of wisselend met het aantal zaken", choices=("vast", "variabel")),
        Column("payer", "code", "wie betaalt"),
        Column("basis", "choice", "grondslag", choices=("per_inwoner", "per_incident", "vast_bedrag", "anders")),
    ),
)

COVENANTS = Table(
    "covenants",
    "Afspraken",
    "één convenant of prestatieafspraak in een jaar",
    ("region", "year", "agreement"),
    (
        region(),
        Column("year", "year", "jaar", required=True, filled=True),
        Column("agreement", "code", "naam van de afspraak", required=True, filled=True),
        Column(
            "kind", "choice", "soort afspraak", required=True, choices=("zorgverzekeraar", "prestatie", "aanbieder")
        ),
        Column("party", "code", "andere partij"),
        Column("unit", "choice", "eenheid", choices=("zorgtraject", "dossier")),
        Column("agreed", "integer", "afgesproken aantal", minimum=0),
        Column("realised", "integer", "gehaald aantal", minimum=0),
        Column("agreed_days", "integer", "afgesproken aantal dagen", minimum=0, unit="dagen"),
        Column("median_days", "decimal", "mediaan van het aantal dagen", minimum=0, unit="dagen"),
    ),
)

# What a region may bring of its own registers and its partners', each with a word under labels in wording.yml.
COUNTED = (
    "adviezen", "huisverboden", "huisverboden_verlengd", "opvangplaatsen", "opvang_aanvragen", "opvang_geweigerd",
    "politie_incidenten", "politie_meldingen", "aangiften", "strafzaken", "reclassering", "raad_onderzoeken",
    "ondertoezichtstellingen", "zaken_overleg", "zaken_mda", "forensisch_onderzoek",
)

INDICATORS = Table(
    "indicators",
    "Indicatoren",
    "één cijfer van een regio in een periode",
    ("region", "period", "indicator"),
    (
        region(),
        Column("period", "code", "jaar of halfjaar, zoals 2024 of 2024H1", required=True, filled=True),
        Column("indicator", "choice", "wat er is geteld", required=True, filled=True, choices=COUNTED),
        Column("value", "integer", "aantal; per inwoner rekent hgeval zelf", required=True, minimum=0),
        Column("unit", "choice", "eenheid", choices=("aantal",)),
        Column("status", "choice", "status", choices=("definitief", "voorlopig")),
        Column("source", "code", "bron"),
        Column("break_note", "text", "breuk in de reeks"),
    ),
)

STUDY_TABLES = (FAMILIES, MEASUREMENTS, MELDINGEN, COSTS, COVENANTS, INDICATORS)
