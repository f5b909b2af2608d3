"""The data dictionary and the empty templates, both made from the schema."""

from __future__ import annotations

import os
from pathlib import Path

from hgeval import paths
from hgeval.codebook import COST_LINES, ELEMENTS, PARTNERS, QUALITY_CRITERIA
from hgeval.columns import MISSING_KINDS, Column, Table
from hgeval.errors import StudyError
from hgeval.findings import ERRORS, WARNINGS
from hgeval.schema import TABLES
from hgeval.schema_survey import SURVEY_TABLES

_KINDS = {
    "code": "code: tekst die iets aanwijst; voorloopnullen blijven",
    "text": "tekst: vrije tekst; komt nooit in een rapport",
    "integer": "aantal: geheel getal, zoals 1.234",
    "decimal": "getal: met decimalen, zoals 1.234,5",
    "date": "datum: dag-maand-jaar, zoals 31-12-2025",
    "year": "jaar: vier cijfers",
    "choice": "keuze: één van de genoemde waarden",
    "multi": "keuzes: een of meer waarden, met een streep ertussen, zoals a|b",
    "shares": "verdeling: percentages die optellen tot 100, zoals a=60|b=40",
    "flag": "ja/nee: ja, j, 1, true, waar of nee, n, 0, false, onwaar",
}
_REFERS = {
    "region": "regiocode, zie reference/regions.csv", "municipality": "gemeentecode, zie reference/municipalities.csv",
    "wave": "meetmoment uit study.yml", "families.family_id": "family_id uit families",
}
_CODE_LISTS = {
    "Onderdelen (element)": ELEMENTS, "Kostenposten (line)": COST_LINES,
    "Partners (partner)": PARTNERS, "Kwaliteitscriteria (criterion)": QUALITY_CRITERIA,
    "Waarom een antwoord ontbreekt": MISSING_KINDS,
}

# What leaves of each table, whatever the report; `disclosure` holds it to this.
LEAVES = {
    ("families", "measurements", "meldingen", "plans", "indicators"):
        "Aantallen op vijftallen, 1 tot en met 9 verborgen, en wat daaruit is berekend. Nooit één gezin of melding.",
    ("covenants", "survey_regions", "survey_elements", "survey_costs", "survey_partners", "survey_quality",
     "survey_themes", "checklists", "checklist_items", "goals", "direction", "contradictions"):
        "Met de naam van de regio alleen waar `publicatie_ok` in survey_regions `ja` is. Anders alleen voor de regio "
        "zelf (profiel exact10) en in totalen waaruit haar antwoord niet volgt.",
    ("calamities",): "Als hierboven, en altijd op vijftallen en onder de 10 verborgen, ook voor de regio zelf.",
    ("costs",):
        "Bedragen, in het rapport van de regio zelf en nooit in dat van een andere. Ook zonder toestemming: "
        "begrotingen zijn openbaar. Zet hier dus alleen bedragen die openbaar zijn.",
    ("divisions",): "Alles: welke gemeente waar hoort, is openbaar.",
}

_INTRODUCTION = """# Gegevens: wat een studiemap mag bevatten

Dit overzicht wordt gemaakt uit `hgeval/schema.py`. Verander het daar, niet hier, en maak het opnieuw met
`python -c "from hgeval import dictionary; dictionary.write()"`.

Een studiemap bevat `study.yml` en een of meer tabellen. Elke tabel is een bestand met de naam van de tabel:
`families.csv`, `families.xlsx`, `families.sav` of `families.parquet`. Geen enkele tabel is verplicht;
een rapport zegt wat het zonder een tabel niet kan beantwoorden. Controleer een map met `hgeval check MAP`.

Begint u met de lege tabellen van `hgeval templates MAP`? Gooi de tabellen weg die u niet gebruikt: een tabel zonder
rijen is een fout.

De regio's van een studie zijn de Veilig Thuis-regio's van 2022 of 2023, of de gemeenten van 2023. Dat laatste zegt u
in `study.yml` met `division: {kind: gemeente, year: 2023}`. In de kolom `region` staan dan gemeentecodes zoals GM0363.

## Hoe u een bestand schrijft

- **CSV**: puntkomma tussen de velden, komma voor decimalen, punt voor duizendtallen, datums als 31-12-2025.
  Schrijft u het anders, zet dat dan in `study.yml`; er wordt niets geraden.
- **Letters**: UTF-8 of UTF-16 met BOM, anders UTF-8, anders Windows (cp1252).
- **Excel** (`.xlsx`): één werkblad, of de naam ervan bij `sheet`. Datums zijn echte datums, codes zijn tekst.
- **SPSS** (`.sav`): labels worden waarden als zij in dit overzicht staan; de soorten ontbrekend blijven bewaard.
- **Parquet**: tekst of getypte kolommen.
- **Groot**: tien miljoen metingen passen in 8 GB geheugen. CSV zonder aanhalingstekens, en Parquet, gaan het snelst.
- **Kolommen**: de namen uit dit overzicht. Een onbekende kolom wordt niet ingelezen; dat is een waarschuwing.
- **Leeg** is: geen antwoord. In de behoeftepeiling en de checklists zegt u met -7, -8 of -9 waarom.
- **Rijnummers** in bevindingen: de regel in een CSV, de rij van het werkblad, en in SPSS en Parquet de hoeveelste rij.

Ander schrift declareert u zo, voor alle tabellen of voor één:

```yaml
formats:
  delimiter: ","
  decimal: "."
  thousands: ""
  date: "%Y-%m-%d"
files:
  meldingen:
    file: export_2024.xlsx
    sheet: Blad1
    rename: {Meldingsnummer: melding_id}
    values:
      kind: {eerste keer: eerste_melding}
```
"""

_TEMPLATE = """# Instellingen van deze studie. Wat u weglaat, krijgt de standaard van params/study.yml.
# Gooi de tabellen weg die u niet gebruikt: een tabel zonder rijen is een fout.
name: {name}
title: Titel van uw studie
division:
  kind: veilig_thuis    # of gemeente: dan is elke gemeente een regio (alleen met year: 2023)
  year: 2023            # indeling van de regio's: 2022 (26 regio's) of 2023 (25 regio's)
reference_date: 2025-12-31   # peildatum: latere datums geven een waarschuwing
waves:                  # meetmomenten: code in de gegevens en maanden na de melding
  - {{code: T1, months: 0, label: bij de start}}
  - {{code: T2, months: 12, label: na 12 maanden}}
  - {{code: T3, months: 18, label: na 18 maanden}}
# formats:              # hoe uw bestanden zijn geschreven; dit is de standaard
#   delimiter: ";"
#   decimal: ","
#   thousands: "."
#   date: "%d-%m-%Y"
#   encoding: auto      # of utf-8, cp1252, utf-16
# files:                # alleen voor een tabel die anders heet of anders is geschreven
#   meldingen:
#     file: export.xlsx
#     sheet: Blad1
#     rename: {{Meldingsnummer: melding_id}}
#     values:
#       kind: {{eerste keer: eerste_melding}}
# sources:              # staat als bron onder tabellen en figuren
#   families: eigen onderzoek
"""


def markdown() -> str:
    """The data dictionary of all tables, in Dutch."""
    kinds = "\n".join(f"- **{text.split(':')[0]}**:{text.split(':', 1)[1]}" for text in _KINDS.values())
    tables = "\n".join(f"- [{table.label}](#{table.name}) (`{table.name}`): {table.row}" for table in TABLES.values())
    leaves = [[", ".join(f"`{name}`" for name in names), told] for names, told in LEAVES.items()]
    seen = f"## Wat er in een rapport komt\n\n{_grid(['tabellen', 'wat ervan naar buiten gaat'], leaves)}\n"
    parts = [_INTRODUCTION, seen, f"## Soorten kolommen\n\n{kinds}\n", f"## Tabellen\n\n{tables}\n"]
    parts += [_table(table) for table in TABLES.values()]
    parts += [_code_lists(), _rules()]
    return "\n".join(parts)


def _table(table: Table) -> str:
    items = any(column.item for column in table.columns)
    titles = ["kolom", "uitleg", "soort", "verplicht", "mag leeg", "waarden", "eenheid", *(["vraag"] if items else [])]
    rows = [_row(column, items=items) for column in table.columns]
    note = " Een cel met -7, -8 of -9 zegt waarom het antwoord ontbreekt." if table in SURVEY_TABLES else ""
    key = " + ".join(f"`{name}`" for name in table.key)
    return (
        f'<a id="{table.name}"></a>\n\n### {table.label} (`{table.name}`)\n\n'
        f"Eén rij is {table.row}. De sleutel is {key}.{note}\n\n{_grid(titles, rows)}\n"
    )


def _row(column: Column, *, items: bool) -> list[str]:
    kind = _KINDS[column.kind].split(":")[0]
    cells = [f"`{column.name}`", column.label, kind, _yes(column.required), _yes(not column.filled)]
    cells += [_values(column), column.unit]
    return [*cells, str(column.item or "")] if items else cells


def _values(column: Column) -> str:
    if column.refers:
        return _REFERS[column.refers]
    limits = [f"ten minste {column.minimum:.0f}" if column.minimum is not None else ""]
    limits.append(f"ten hoogste {column.maximum:.0f}" if column.maximum is not None else "")
    limits.append(f"ten hoogste {column.most} antwoorden" if column.most else "")
    listed = ", ".join(f"`{choice}`" for choice in column.choices)
    return "; ".join(part for part in (listed, ", ".join(limit for limit in limits if limit)) if part)


def _yes(answer: bool) -> str:
    return "ja" if answer else "nee"


def _grid(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _code_lists() -> str:
    parts = [
        f"### {title}\n\n{_grid(['code', 'betekenis'], [[f'`{code}`', words] for code, words in codes.items()])}\n"
        for title, codes in _CODE_LISTS.items()
    ]
    return "## Codelijsten\n\n" + "\n".join(parts)


def _rules() -> str:
    wrong = _grid(["regel", "wat waar moet zijn"], [[f"`{rule}`", words] for rule, words in ERRORS.items()])
    unsure = _grid(["regel", "wat waar moet zijn"], [[f"`{rule}`", words] for rule, words in WARNINGS.items()])
    return (
        "## Regels van de controle\n\nEen fout houdt de rapporten tegen; een waarschuwing niet.\n\n"
        f"### Fouten\n\n{wrong}\n\n### Waarschuwingen\n\n{unsure}\n"
    )


def write_templates(folder: str | Path) -> list[Path]:
    """An empty CSV of every table and a commented study.yml. Raises StudyError where the folder holds any of them."""
    home = Path(folder)
    content = {f"{table.name}.csv": ";".join(table.names) + "\n" for table in TABLES.values()}
    content["study.yml"] = _TEMPLATE.format(name="mijn-studie")
    there = sorted(name for name in content if (home / name).exists())
    if there:
        raise StudyError(f"In deze map staat al: {', '.join(there)}. Kies een lege map; er is niets veranderd.")
    home.mkdir(parents=True, exist_ok=True)
    for name, text in content.items():
        _place(home / name, text)
    return [home / name for name in sorted(content)]


def _place(path: Path, text: str) -> None:
    """Whole file or none."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


def write() -> Path:
    """Makes data/README.md anew."""
    path = paths.root() / "data" / "README.md"
    _place(path, markdown())
    return path
