"""How many released numbers differ between a report and the one it replaces; never which ones, or what they were.

Two versions side by side can tell about one family: a count that moved from 15 to 10 when one family was withdrawn
stands on a known edge of rounding. The warning comes with every number that moved. How few families changed is not
asked, because that cannot be known soundly here: one family out and another in leaves the totals alone, and a large
change of the whole study can still be a change of one family in one cell.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hgeval.press.manifest import Entry

_NUMBER = re.compile(r"\d[\d.,]*")


def moved(old: Path, new: Path) -> int:
    """The cells that differ between two tables of `downloads.table`; all of the new one where the old is lost."""
    before, after = _cells(old), _cells(new)
    return max((before - after).total(), (after - before).total())


def warnings(entries: Iterable[Entry]) -> list[str]:
    """One sentence or two a region: which reports changed, how much, and what to do."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.moved:
            found.setdefault((entry.region, entry.region_name), []).append(entry)
    return [_warning(region, name, changed) for (region, name), changed in sorted(found.items())]


def _warning(region: str, name: str, changed: list[Entry]) -> str:
    count = sum(entry.moved for entry in changed)
    numbers = "1 cijfer" if count == 1 else f"{count} cijfers"
    told = "veranderde" if count == 1 else "veranderden"
    reports = ", ".join(sorted(entry.report for entry in changed))
    return (
        f"Let op, {region} ({name}): met de nieuwe gegevens {told} {numbers} in {reports}. Wie de oude en de nieuwe "
        "versie naast elkaar legt, kan daaruit soms iets over één gezin afleiden. Verwijder alle oude kopieën en "
        "publiceer niet beide versies."
    )


def _cells(path: Path) -> Counter[tuple[str, ...]]:
    """Every number with its place; of a sentence only its numbers, and no other text: a new label is no new number."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file, restval="", delimiter=";"))
        return Counter(
            (line["onderdeel"], line["rij"], line["kolom"], _number(line)) for line in lines if _holds_number(line)
        )
    except (OSError, UnicodeDecodeError, csv.Error, KeyError):  # gone, or no longer as we wrote it
        return Counter()


def _holds_number(line: dict[str, str]) -> bool:
    return line["eenheid"] != "tekst" or (line["kolom"] == "zin" and _number(line) != "")


def _number(line: dict[str, str]) -> str:
    return " ".join(_NUMBER.findall(line["waarde"])) if line["kolom"] == "zin" else line["waarde"]
