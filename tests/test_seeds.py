"""What the source documents ask has its place: each row of the README's table names what is really there."""

import json
import re
from pathlib import Path

import pytest

from hgeval import params
from hgeval.exhibits import MIME
from hgeval.schema import TABLES

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    "MDA-notitie", "Wmo 2015", "Handreiking toezicht Wmo", "De volgende stap", "Regio-indeling AMHK",
}


def rows():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split("### Wat de bronnen vragen, en waar het staat")[1].split("\n\n")
    lines = next(part for part in table if part.startswith("| bron")).splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def exhibits(report):
    """The ids of what a report shows, from its stored outputs."""
    cells = json.loads((ROOT / "notebooks" / params.reports()[report].notebook).read_text(encoding="utf-8"))["cells"]
    shown = [output["data"][MIME]["id"] for cell in cells for output in cell.get("outputs", [])
             if MIME in output.get("data", {})]
    return {*shown}


def test_every_source_has_its_rows():
    assert {row[0] for row in rows()} == SOURCES
    assert all(len(row) == 5 and all(row) for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}: {row[1][:30]}")
def test_a_row_names_what_is_there(row):
    _, _, where, tables, tests = row
    for place in where.split("; "):
        report, named = place.split(":")[0], set(re.findall(r"`([a-z-]+)`", place))
        assert named <= exhibits(report), place
    assert tables == "openbaar" or set(re.findall(r"`(\w+)`", tables)) <= set(TABLES)
    files = re.findall(r"`(test_\w+)`", tests)
    assert files and all((ROOT / "tests" / f"{name}.py").is_file() for name in files)
