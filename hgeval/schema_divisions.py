"""The table with a division into regions that a user brings, and the names that hgeval's own divisions have."""

from __future__ import annotations

from hgeval.columns import Column, Table

CURRENT = "veilig_thuis"  # the division of today
SOURCE_OPTIONS = ("bureau_jeugdzorg", "centrumgemeente", "veiligheidsregio", "jeugdregio")
OWN_NAMES = (*SOURCE_OPTIONS, CURRENT)

DIVISIONS = Table(
    "divisions",
    "Indelingen",
    "één gemeente in één regio van een indeling",
    ("division", "municipality", "area"),
    (
        Column(
            "division", "code", "naam van de indeling; van een die hgeval zelf heeft, tellen alleen kantoor en afstand",
            required=True, filled=True,
        ),
        Column("municipality", "code", "gemeente (GM-code)", required=True, filled=True, refers="municipality"),
        Column("area", "code", "regio in die indeling (code of naam)", required=True, filled=True),
        Column("seat", "code", "gemeente waar de regio haar kantoor heeft (GM-code)", refers="municipality"),
        Column(
            "distance_km", "decimal", "afstand van de gemeente tot dat kantoor", minimum=0, maximum=400,
            unit="kilometer",
        ),
    ),
)
DIVISION_TABLES = (DIVISIONS,)
