"""The tables on who does what: own points of checklists, goals, direction, contradictions and calamities.

What the columns ask is a working definition; what the sources say of it stands in data/reference.
"""

from __future__ import annotations

from hgeval.columns import Column, Table, region
from hgeval.schema_survey import CHECKLISTS

OWNERS = (
    "centrumgemeente",
    "regiogemeenten",
    "veilig_thuis",
    "lokaal_team",
    "ggd",
    "vrouwenopvang",
    "politie",
    "om",
    "reclassering",
    "rvdk",
    "gi",
    "ggz",
    "zvh",
    "anders",
)
NOBODY, NOT_KNOWN = "niemand", "onbekend"
DOMAINS = ("zorg", "jeugd", "inkomen", "wonen", "onderwijs", "openbare_orde", "politie", "strafrecht", "anders")

CHECKLIST_POINTS = Table(
    "checklist_items",
    "Checklists: eigen punten",
    "één eigen punt van een checklist",
    ("checklist", "item"),
    (
        Column("checklist", "choice", "checklist", required=True, filled=True, choices=CHECKLISTS),
        Column("item", "code", "eigen code van het punt", required=True, filled=True),
        Column(
            "label",
            "code",
            "wat er geregeld moet zijn, ten hoogste 80 tekens; dit staat in het rapport",
            required=True,
            filled=True,
        ),
    ),
)

GOALS = Table(
    "goals",
    "Regiovisie: doelen",
    "één doel in één regio",
    ("region", "goal"),
    (
        region(),
        Column("goal", "code", "code van het doel", required=True, filled=True),
        Column("label", "code", "het doel in het kort, ten hoogste 120 tekens; dit staat in het rapport"),
        Column("number", "decimal", "het getal dat gehaald moet zijn"),
        Column("unit", "code", "waarvan is dat het getal"),
        Column("year", "year", "in welk jaar"),
        Column("source", "code", "waar het getal vandaan komt"),
        Column("owner", "choice", "wie het doel moet halen", choices=OWNERS),
    ),
)

DIRECTION = Table(
    "direction",
    "Regie: wie heeft welke taak",
    "één eigenaar van één taak in één regio",
    ("region", "task", "owner"),
    (
        region(),
        Column("task", "code", "taak, zie reference/direction_tasks.csv", required=True, filled=True),
        Column(
            "owner",
            "choice",
            "wie de taak heeft; niemand als zeker niemand haar heeft",
            required=True,
            filled=True,
            choices=(*OWNERS, NOBODY, NOT_KNOWN),
        ),
        Column("family_contact", "flag", "heeft deze eigenaar zelf contact met gezinnen?"),
        Column("case_director", "flag", "heeft elke ingewikkelde zaak een casusregisseur?"),
        Column("may_ask_reports", "flag", "mag deze eigenaar verslagen opvragen en bijsturen?"),
        Column("override_power", "flag", "mag deze eigenaar doorzetten als partijen het niet eens zijn?"),
    ),
)

CONTRADICTIONS = Table(
    "contradictions",
    "Tegenstrijdige regels",
    "één tegenstrijdigheid tussen twee domeinen in één regio",
    ("region", "number"),
    (
        region(),
        Column("number", "code", "nummer", required=True, filled=True),
        Column("label", "code", "om welke regel gaat het, ten hoogste 80 tekens; dit staat in het rapport"),
        Column("domain_a", "choice", "eerste domein", required=True, filled=True, choices=DOMAINS),
        Column("domain_b", "choice", "tweede domein", required=True, filled=True, choices=DOMAINS),
        Column("found_on", "date", "gevonden op"),
        Column("solved", "flag", "is het opgelost?"),
        Column("mandated", "flag", "is er één eigenaar die mag besluiten?"),
    ),
)

CALAMITIES = Table(
    "calamities",
    "Calamiteiten",
    "één jaar in één regio",
    ("region", "year"),
    (
        region(),
        Column("year", "year", "jaar", required=True, filled=True),
        Column("reported", "integer", "gemelde calamiteiten", required=True, minimum=0, maximum=5000),
        Column("investigated", "integer", "waarvan onderzocht", minimum=0, maximum=5000),
        Column("with_measures", "integer", "waarvan daarna maatregelen volgden", minimum=0, maximum=5000),
        Column(
            "median_days", "decimal", "dagen van melding tot uitkomst, middelste onderzoek", minimum=0, maximum=3660
        ),
    ),
)

GOVERNANCE_TABLES = (CHECKLIST_POINTS, GOALS, DIRECTION, CONTRADICTIONS, CALAMITIES)
