"""The real notebooks through the real press: equal bytes whatever the order, and nothing but what may leave."""

import re
import shutil
import zipfile

import pytest
from bs4 import BeautifulSoup

from hgeval import exhibits_html
from hgeval.press import build

REGIONS = ("VT02", "VT20")
CANARY = "KANARIE"


def made(out, regions, *, study="demo", jobs=2):
    result = build.run(study, regions=list(regions), out=out, jobs=jobs, progress=False)
    assert result.failed == 0, result.summary()
    return out


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    return made(tmp_path_factory.mktemp("a") / "reports", [*REGIONS, "NL"])


def published(out):
    files = [path for path in out.rglob("*") if path.is_file() and "logs" not in path.parts]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files if path.name[0] != "."}


def test_the_reports_have_the_names_that_were_promised(together):
    names = set(published(together))
    for region in REGIONS:
        for report in ("effectiveness", "infrastructure", "monitor", "governance"):
            wanted = (f"{report}.html", f"data/{report}.csv", f"data/{report}.xlsx")
            assert {f"{region}/{name}" for name in wanted} <= names
    assert {"national.html", "data/national.csv", "data/national.xlsx", "index.html", "manifest.json"} <= names
    for report in ("divisions", "methods"):
        assert {f"{report}.html", f"data/{report}.csv", f"data/{report}.xlsx"} <= names


def test_every_report_leads_to_how_we_count_and_the_index_to_all_of_the_country(together):
    pages = sorted(path for path in together.rglob("*.html") if path.name not in ("index.html", "methods.html"))
    for page in pages:
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        links = soup.main.find_all("a", string="Hoe rekenen wij?")
        assert [(page.parent / link["href"]).resolve() for link in links] == [(together / "methods.html").resolve()]
    index = BeautifulSoup((together / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [link["href"] for link in index.select(".land a")] == ["national.html", "divisions.html", "methods.html"]


def test_the_chapter_on_methods_shows_that_all_agree_and_nothing_made_up(together):
    page = BeautifulSoup((together / "methods.html").read_text(encoding="utf-8"), "html.parser")
    told = [row.find_all("td")[-1].get_text() for row in page.select('table[id$="-nagerekend-cijfers"] tbody tr')]
    assert len(told) >= 30 and set(told) == {"ja"}
    assert "niets van: de voorbeelden komen uit boeken" in page.get_text()


def test_apart_in_another_order_and_alone_give_the_same_bytes(together, tmp_path):
    apart = tmp_path / "reports"
    for regions in (["NL", "VT20"], ["VT02"]):
        made(apart, regions, jobs=1)
    assert published(apart) == published(together)


def test_pages_are_dutch_without_script_or_outside_address_and_say_it_is_made_up(together):
    pages = [path.read_text(encoding="utf-8") for path in together.rglob("*.html")]
    assert len(pages) == 2 * 6 + 4
    for page in pages:
        assert '<html lang="nl">' in page and "Voorbeeldgegevens" in page
        assert "<script" not in page and "default-src &#39;none&#39;" in page.replace("'", "&#39;")
        assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)


MISSING = ("", "-7", "-8", "-9")  # no answer, and so nothing to mark


def everything(folder):
    """Every byte of a folder, with what is packed in a workbook unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as packed:
                    yield from ((path, packed.read(name)) for name in packed.namelist())


@pytest.fixture(scope="module")
def planted(tmp_path_factory, demo_folder):
    """The synthetic study with a mark in each cell that points at someone, built."""
    folder = tmp_path_factory.mktemp("canary") / "study"
    shutil.copytree(demo_folder, folder)
    marked = {
        "families": ("family_id", "worker", "provider"),
        "measurements": ("family_id",),
        "plans": ("family_id",),
        "meldingen": ("family_id", "melding_id"),
        "survey_regions": ("knelpunt_open", "steun_open"),
        "checklists": ("evidence", "owner", "source"),
        "goals": ("source", "unit"),
        "costs": ("service",),
        "indicators": ("source", "break_note"),
    }
    for table, columns in marked.items():
        path = folder / f"{table}.csv"
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        places = [header.split(";").index(column) for column in columns]
        rows = [
            ";".join(f"{CANARY}{cell}" if at in places and cell not in MISSING else cell
                     for at, cell in enumerate(line.split(";")))
            for line in lines
        ]
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    out = made(tmp_path_factory.mktemp("canary-out") / "reports", ["VT20", "NL"], study=str(folder))
    return folder, out


def test_no_pseudonym_or_open_answer_reaches_any_byte(planted):
    folder, out = planted
    assert CANARY.encode() in (folder / "families.csv").read_bytes()
    assert not [path for path, data in everything(out) if CANARY.encode() in data]


def test_pseudonyms_do_not_change_a_number(planted, together):
    _, out = planted
    for name in ("effectiveness", "infrastructure", "monitor"):
        assert (out / f"VT20/data/{name}.csv").read_bytes() == (together / f"VT20/data/{name}.csv").read_bytes()


@pytest.mark.parametrize("kept", [("families", "measurements"), ("survey_regions", "survey_elements"), ("meldingen",)])
def test_a_study_that_lacks_tables_gets_reports_that_say_so(kept, tmp_path, demo_folder):
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("study.yml", *(f"{table}.csv" for table in kept)):
        shutil.copy(demo_folder / name, folder / name)
    lines = (folder / "meldingen.csv").read_text().splitlines() if "meldingen" in kept else []
    if lines:  # the families they point at are not delivered
        at = lines[0].split(";").index("family_id")
        cleared = [";".join("" if n == at else cell for n, cell in enumerate(line.split(";"))) for line in lines[1:]]
        (folder / "meldingen.csv").write_text("\n".join([lines[0], *cleared]) + "\n")
    out = made(tmp_path / "reports", ["VT20"], study=str(folder))
    absent = "infrastructure" if "families" in kept else "effectiveness"
    text = (out / f"VT20/{absent}.html").read_text(encoding="utf-8")
    assert "geen gegevens" in text or "geen antwoorden" in text
    text = (out / "VT20/governance.html").read_text(encoding="utf-8")
    assert "mogen wij geen antwoorden laten zien" in text and "tabel direction" in text
    assert exhibits_html.NOTHING not in text and "Doet Veilig Thuis wat de wet vraagt?" not in text
