"""What the check of a study found: one row a fault, never a value from the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

COLUMNS = ("file", "row", "column", "rule", "severity", "message")
ERROR, WARNING = "fout", "waarschuwing"

# Rule -> what it holds the study to. The ids are stable: users may search and count by them.
ERRORS = {
    "geen-tabellen": "de studiemap heeft ten minste één tabel",
    "bestand-ontbreekt": "een bestand dat in study.yml staat, is er",
    "bestand-dubbel": "elke tabel staat in één bestand",
    "bestand-naam": "een bestandsnaam in study.yml is een kale naam in de studiemap",
    "bestand-soort": "een bestand is .csv, .xlsx, .sav of .parquet",
    "bestand-type": "de inhoud van een bestand past bij zijn naam",
    "bestand-leeg": "een bestand heeft inhoud",
    "bestand-stuk": "een bestand is heel",
    "tekencodering": "de letters zijn goed te lezen",
    "nul-teken": "een tekstbestand heeft geen NUL-tekens",
    "scheidingsteken": "het scheidingsteken is dat van study.yml",
    "aanhalingsteken": "elk aanhalingsteken wordt gesloten",
    "te-veel-velden": "een rij heeft niet meer velden dan de kop",
    "te-weinig-velden": "een rij heeft niet minder velden dan de kop",
    "geen-rijen": "een tabel heeft rijen",
    "werkblad": "duidelijk is welk werkblad geldt",
    "formule": "elke formule heeft een uitkomst in het bestand",
    "kolom-soort": "een Parquet-kolom heeft enkelvoudige waarden",
    "kolom-ontbreekt": "elke verplichte kolom is er",
    "kolom-dubbel": "elke kolomnaam komt één keer voor",
    "kolom-zonder-naam": "elke kolom met inhoud heeft een naam",
    "instelling-kolom": "rename en values in study.yml noemen bestaande kolommen",
    "leeg": "een kolom die gevuld moet zijn, is gevuld",
    "stuurteken": "een cel heeft geen stuurtekens",
    "excel-fout": "een cel is geen Excel-fout zoals #N/B",
    "getal": "een getal is geschreven zoals in study.yml staat",
    "getal-tekens": "een getal staat zonder tekens als %, €, < of ca.",
    "geheel-getal": "een aantal is een geheel getal",
    "getal-te-groot": "een getal is niet oneindig of te groot",
    "bereik": "een getal ligt binnen zijn grenzen",
    "jaar": "een jaar heeft vier cijfers en ligt van 1900 t/m 2100",
    "datum": "een datum is geschreven zoals in study.yml staat en bestaat",
    "datum-getal": "een datum is geen los getal",
    "datum-jaartal": "een datum heeft een jaar van vier cijfers",
    "datum-te-vroeg": "een datum is van 1990 of later",
    "datum-ver-weg": "een datum ligt niet meer dan een jaar na de peildatum van de studie",
    "keuze": "een antwoord staat in de lijst van de kolom",
    "ja-nee": "een antwoord is ja of nee",
    "keuzes-te-veel": "er zijn niet meer antwoorden dan mag",
    "verdeling": "een verdeling is geschreven als a=60|b=40",
    "verdeling-som": "een verdeling telt op tot 100",
    "code-afgerond": "een code is niet door een rekenblad afgerond of omgezet",
    "totaalregel": "er is geen regel met totalen",
    "sleutel-dubbel": "elke rij heeft een eigen sleutel",
    "periode": "een periode is een jaar of een halfjaar, zoals 2024 of 2024H1",
    "regio": "een regio bestaat in de indeling van de studie",
    "gemeente": "een gemeente bestaat in het jaar van de indeling",
    "meetmoment": "een meetmoment staat in study.yml",
    "verwijzing": "een gezin staat in de tabel families",
    "einde-voor-begin": "wat eindigt, is eerder begonnen",
    "jaar-klaar": "een jaar waarin iets klaar is, hoort bij een gepland onderdeel",
    "afwezig-capaciteit": "een onderdeel dat er niet is, heeft geen capaciteit",
    "afwezig-schaal": "de schaal is nvt als een onderdeel er niet is, en alleen dan",
    "partner-doet-mee": "rol en mandaat horen bij een partner die meedoet",
    "thema": "een thema staat in data/reference/themes.csv of onder themes in study.yml",
    "niemand-en-ander": "niemand staat niet samen met een ander antwoord",
    "tekst-persoon": "een korte tekst voor het rapport heeft geen adres, telefoonnummer of nummer van negen cijfers",
    "tekst-lang": "een korte tekst voor het rapport is niet te lang en heeft geen streep",
    "punt-bekend": "een eigen punt staat niet al in de lijst van hgeval",
    "taak": "een taak staat in reference/direction_tasks.csv",
    "domein-zelfde": "een tegenstrijdigheid is tussen twee verschillende domeinen",
    "deel-van-geheel": "een deel is niet groter dan het geheel",
    "indeling-naam": "een eigen indeling heet anders dan die van hgeval zelf",
}
WARNINGS = {
    "bestand-onbekend": "een gegevensbestand heet naar een tabel of staat in study.yml",
    "gezinnen-ontbreken": "waar meldingen gezinnen noemen, is er een tabel families",
    "sep-regel": "de regel sep= noemt het scheidingsteken van study.yml",
    "lege-regels": "tussen de rijen staan geen lege regels",
    "kop-schrijfwijze": "kolomnamen zijn geschreven zoals in dit overzicht",
    "kolom-volgorde": "kolommen staan in de volgorde van dit overzicht",
    "kolom-onbekend": "elke kolom staat in dit overzicht; een andere wordt niet ingelezen",
    "stuurteken-tekst": "open tekst heeft geen stuurtekens; ze worden weggehaald",
    "soort-ontbrekend": "een ontbrekend antwoord heeft een soort: -7, -8 of -9",
    "datum-na-peildatum": "een datum ligt niet na de peildatum van de studie",
    "regio-overgegaan": "een regio bestaat nog; een oude code wordt omgezet",
    "gemeente-overgegaan": "een gemeente bestaat nog; een oude code wordt omgezet",
    "gemeente-buiten-regio": "een gemeente ligt in de regio van de rij",
    "meting-volgorde": "een later meetmoment heeft een latere datum",
    "eerste-meting": "een gezin met een latere meting heeft ook de eerste",
    "partnerregio-eenzijdig": "twee regio's die samenwerken, noemen elkaar",
    "gemeenten-aantal": "het aantal gemeenten is dat van de indeling",
    "punt-onbekend": "een punt van een checklist staat in de lijst van hgeval of in checklist_items",
    "jaar-voorbij": "een gepland onderdeel is klaar in of na het jaar van de antwoorden",
    "open-naam": "een open tekst noemt geen naam van een persoon",
    "open-mail": "een open tekst heeft geen e-mailadres",
    "open-telefoon": "een open tekst heeft geen telefoonnummer",
    "open-bsn": "een open tekst heeft geen burgerservicenummer",
    "open-rekening": "een open tekst heeft geen rekeningnummer",
    "open-adres": "een open tekst heeft geen postcode of adres",
    "inwoners-aantal": "het aantal inwoners wijkt niet meer dan 1 procent af van CBS",
    "indeling-dubbel": "een gemeente staat in een indeling in één regio",
    "indeling-alleen": "een regio van een indeling heeft twee gemeenten of meer",
    "indeling-onvolledig": "een indeling heeft alle gemeenten",
    "kantoor-buiten-regio": "het kantoor van een regio staat in een gemeente van die regio",
    "kantoor-verschilt": "een regio heeft één kantoor",
}
RULES = {rule: ERROR for rule in ERRORS} | {rule: WARNING for rule in WARNINGS}


class Findings:
    """Collects what is wrong; rows with the same fault are added at once."""

    def __init__(self) -> None:
        self._blocks: list[pd.DataFrame] = []

    def add(
        self, rule: str, message: str, *, file: str, rows: Sequence[int] | np.ndarray | None = None, column: str = ""
    ) -> None:
        """One finding for each of `rows`, or one about the whole file."""
        numbers = pd.array([pd.NA] if rows is None else np.asarray(rows, dtype="int64"), dtype="Int64")
        if len(numbers):
            block = pd.DataFrame({"file": file, "row": numbers, "column": column, "rule": rule})
            self._blocks.append(block.assign(severity=RULES[rule], message=message))

    def frame(self) -> pd.DataFrame:
        """All findings, sorted by file, row, column and rule."""
        if not self._blocks:
            return pd.DataFrame({name: pd.Series(dtype="Int64" if name == "row" else "str") for name in COLUMNS})
        found = pd.concat(self._blocks, ignore_index=True)
        order = ["file", "row", "column", "rule", "message"]
        return found.sort_values(order, na_position="first", ignore_index=True)[list(COLUMNS)]


@dataclass(frozen=True)
class Place:
    """Where cells come from: the file, each cell's row in it, and where findings go.

    codes: where cells stand for different values, which of those each row has.
    """

    file: str
    rows: np.ndarray
    found: Findings
    codes: np.ndarray | None = None

    def report(self, column: str, rule: str, bad: object, message: str) -> None:
        """A finding for every row where `bad` holds."""
        mask = np.asarray(bad, dtype=bool)
        if mask.any():
            mask = mask if self.codes is None else mask[self.codes]
            self.found.add(rule, message, file=self.file, rows=self.rows[mask], column=column)


def text(findings: pd.DataFrame) -> str:
    """The findings as an aligned plain table; the same fault in many rows is one line."""
    counts = findings["severity"].value_counts()
    closing = f"{counts.get(ERROR, 0)} fout(en), {counts.get(WARNING, 0)} waarschuwing(en)."
    if findings.empty:
        return f"Geen bevindingen. {closing}"
    grouped = findings.groupby(["severity", "file", "column", "rule", "message"], sort=True, dropna=False)
    lines = [("ernst", "bestand", "rij", "kolom", "regel", "wat er is en wat u doet")]
    for key, rows in grouped["row"]:
        severity, file, column, rule, message = map(str, key)
        lines.append((severity, file, _row_list(rows), column, rule, message))
    widths = [max(len(line[at]) for line in lines) for at in range(5)]
    printed = ["  ".join([*(line[at].ljust(widths[at]) for at in range(5)), line[5]]).rstrip() for line in lines]
    return "\n".join([*printed, "", closing])


def _row_list(rows: pd.Series) -> str:
    known = rows.dropna().tolist()
    first = ", ".join(str(row) for row in known[:5])
    return first if len(known) <= 5 else f"{first}, ... ({len(known)} rijen)"


def as_json(findings: pd.DataFrame) -> str:
    """The findings as JSON, one object a finding."""
    records = findings.astype(object).where(findings.notna(), None).to_dict("records")
    counts = findings["severity"].value_counts()
    content = {
        "schema": 1,
        "errors": int(counts.get(ERROR, 0)),
        "warnings": int(counts.get(WARNING, 0)),
        "findings": records,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)
