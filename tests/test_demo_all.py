"""Every report of every region of the example study is made, and opens and closes as its reader expects."""

import re

import pytest
from bs4 import BeautifulSoup

from hgeval import reference
from hgeval.press import build

REPORTS = ("effectiveness", "infrastructure", "monitor", "chain", "governance", "financing")
COUNTRY = ("national", "divisions", "methods")
TOLD = (*REPORTS, "national", "divisions")
MOST_WORDS = 20


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("all") / "reports"
    result = build.run("demo", out=out, jobs=2, progress=False)
    assert result.failed == 0, result.summary()
    return out


@pytest.fixture(scope="module")
def pages(made):
    found = {path.relative_to(made).as_posix(): path for path in sorted(made.rglob("*.html"))}
    return {name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for name, path in found.items()}


def told(pages):
    return {name: page for name, page in pages.items() if name.removesuffix(".html").split("/")[-1] in TOLD}


def sentences(page, ending):
    return [item.get_text(" ", strip=True) for item in page.select(f'[id$="{ending}"] li')]


def test_all_regions_have_all_reports_and_the_country_has_its_own(pages):
    regions = reference.regions(2022)["region"]
    wanted = {f"{region}/{report}.html" for region in regions for report in REPORTS}
    assert len(regions) == 26
    assert set(pages) == wanted | {f"{report}.html" for report in COUNTRY} | {"index.html"}


def test_each_opens_with_at_most_five_messages_and_closes_with_questions(pages):
    for name, page in told(pages).items():
        headings = [heading.get_text() for heading in page.main.find_all("h2")]
        assert headings[0] == "In het kort", name
        assert 1 <= len(sentences(page, "in-het-kort")) <= 5, name
        assert "Wat kunt u nu doen?" in headings, name
        assert 1 <= len(sentences(page, "wat-nu")) <= 6, name


def test_messages_and_questions_are_short_sentences(pages):
    for name, page in told(pages).items():
        for item in [*sentences(page, "in-het-kort"), *sentences(page, "wat-nu")]:
            for sentence in re.split(r"(?<=[.?!:;])\s+", item):
                assert len(sentence.split()) <= MOST_WORDS, f"{name}: {sentence}"


def test_no_table_is_of_dots_alone(pages):
    for name, page in pages.items():
        for table in page.find_all("table"):
            rows = [[cell.get_text(strip=True) for cell in row.find_all("td")] for row in table.select("tbody tr")]
            told = [any(cell not in (".", "") for cell in cells) for cells in rows]
            assert not rows or any(told), f"{name}: {table.get('id')}"
