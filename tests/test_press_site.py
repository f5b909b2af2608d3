"""The index holds every region, in a list and on a map, and says what is missing; the manifest is strict."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from hgeval import reference
from hgeval.errors import ReportError
from hgeval.params import ReportSpec
from hgeval.press import audit, jobs, manifest, site

TITLES = {"good": "Hoe gaat het hier?", "other": "En <verder>?", "country": "Hoe staat het ervoor?"}
REPORTS = {
    name: ReportSpec(notebook=f"{name}.ipynb", title=title, about=f"Dit rapport heet <{name}>.", scope="region")
    for name, title in TITLES.items()
}


def entry(region, report="good", status="ok", data="nu", **over):
    files = dict.fromkeys(jobs.names(region, report), "x") if status != "failed" else {}
    return manifest.Entry(
        report=report, title=TITLES[report], region=region, region_name=region, status=status, data=data,
        files=files, **over,
    )


def build(*entries, **over):
    values = {
        "study": "klein", "study_title": "Kleine <studie>", "synthetic": True, "division_year": 2022, "profile": "cbs5",
        "reference_date": "2025-12-31", "own_eyes": False, "data": "nu", "hgeval": "0.1.0", "commit": "",
    }
    found = manifest.Build(**(values | over))
    for each in entries:
        found.put(each)
    return found


def index(*entries, **over):
    found = build(*entries, **over)
    html = site.index(found, regions=reference.regions(2022), tiles=reference.tiles(2022), reports=REPORTS)
    audit.check(html)
    return BeautifulSoup(html, "html.parser")


def test_every_region_stands_in_the_list_from_a_to_z_and_on_the_map():
    soup = index(entry("VT02"), entry("VT02", "other"), entry("NL", "country"))
    listed = [li.h3.get_text() for li in soup.select(".regios > li")]
    assert len(listed) == 26 and listed == sorted(listed, key=site.alphabetical) and listed[0] == "Amsterdam-Amstelland"
    tiles = soup.select(".kaart a")
    assert {tile["href"][1:] for tile in tiles} == {li["id"] for li in soup.select(".regios > li")}
    assert len({tuple(sorted(tile["class"])) for tile in tiles}) >= 26  # no two on one place
    drenthe = soup.select_one("#VT02")
    assert [a["href"] for a in drenthe.find_all("a")] == ["VT02/good.html", "VT02/other.html"]
    assert drenthe.a.get_text() == "Hoe gaat het hier? Drenthe"
    assert soup.select_one(".land a")["href"] == "country.html"
    assert "geen rapporten gemaakt" in soup.select_one("#VT01").get_text()
    assert soup.select_one("#VT01 p")["class"] == ["geen"]  # not asked for is no failure
    assert soup.select("#VT01 .mislukt, #VT02 .mislukt") == []
    assert "leeg" in soup.select_one('.kaart a[href="#VT01"]')["class"]


def test_the_index_opens_with_what_the_country_is_told():
    told = ["Bij 30 procent is het geweld gestopt.", "Vraag <dit> na."]
    soup = index(entry("NL", "country", told=told), entry("VT02", told=["Dit is van een regio."]))
    assert [li.get_text() for li in soup.select(".land .berichten li")] == told
    assert soup.select_one(".land .berichten p").get_text() == TITLES["country"]
    assert "Dit is van een regio." not in soup.get_text()
    assert index(entry("NL", "country")).select(".berichten") == []


def test_the_way_to_a_region_is_at_the_top():
    soup = index(entry("VT02"), entry("NL", "country", told=["Een bericht."]))
    links = soup.select("nav.snel a")
    assert [link["href"][1:] for link in links] == [li["id"] for li in soup.select(".regios > li")]
    assert soup.main.find(["nav", "section"]) == soup.select_one("nav.snel")


def test_hundreds_of_municipalities_are_not_listed_twice():
    many = pd.DataFrame({"region": [f"GM{at:04}" for at in range(41)], "name": [f"Stad {at:02}" for at in range(41)]})
    found = build(division_kind="gemeente")
    html = site.index(found, regions=many, tiles=reference.tiles(2022).iloc[:0], reports=REPORTS)
    links = BeautifulSoup(html, "html.parser").select("nav.snel a")
    assert [(link["href"], link.get_text()) for link in links] == [("#regios", "Naar uw gemeente")]


def test_the_map_with_its_words_is_there_only_where_its_places_fit():
    soup = index(entry("VT02"))
    narrow, wide = soup.style.string.split("@media (min-width:60rem)")
    assert ".op-kaart { display: none; }" in narrow and wide.startswith("{.op-kaart{display:block}.kaart{")
    section = soup.select_one("section.op-kaart")
    assert "ongeveer op de plaats waar zij ligt" in section.get_text() and section.select(".kaart a")


def test_words_that_are_no_alarm_are_not_in_the_colour_of_one():
    style = index().style.string
    assert ".geen { color: var(--stil);" in style and ".mislukt { color: #8a2413;" in style


def test_each_report_is_introduced_in_the_words_of_its_settings():
    told = [li.get_text() for li in index().select("ul.over li")]
    assert told == [f"{title} Dit rapport heet <{name}>." for name, title in TITLES.items()]


def test_what_failed_or_is_older_is_said():
    soup = index(entry("VT01", status="failed", reason="x"), entry("VT02", status="kept"), entry("VT03", older=True))
    assert "Dit rapport is niet gelukt" in soup.select_one("#VT01").get_text()
    assert soup.select_one("#VT01").find("a") is None
    assert "De nieuwe versie is niet gelukt" in soup.select_one("#VT02").get_text()
    assert "Gemaakt van eerdere gegevens" in soup.select_one("#VT03").get_text()
    downloads = [a["href"] for a in soup.select("details a")]
    assert downloads == ["VT02/data/good.xlsx", "VT02/data/good.csv", "VT03/data/good.xlsx", "VT03/data/good.csv"]


def test_banners_and_warnings_follow_the_study():
    example = index(entry("VT02")).body.get_text()
    assert "Voorbeeldgegevens." in example and "Aantallen gezinnen en meldingen zijn afgerond" in example
    real = index(entry("VT02"), synthetic=False, own_eyes=True).body.get_text()
    assert "Voorbeeldgegevens." not in real and "Niet verspreiden." in real and "zijn afgerond" not in real


def test_names_are_sorted_as_in_a_dutch_list():
    names = ["Zeeland", "'s-Gravenhage", "IJsselland", "Één", "Haaglanden"]
    assert sorted(names, key=site.alphabetical) == ["Één", "'s-Gravenhage", "Haaglanden", "IJsselland", "Zeeland"]


def test_a_map_without_tiles_is_still_a_page():
    none = pd.DataFrame(columns=["region", "column", "row"])
    page = site.index(build(), regions=reference.regions(2022), tiles=none, reports=REPORTS)
    assert list(audit.findings(page)) == []


def test_the_manifest_reads_back_and_does_not_depend_on_order(tmp_path):
    first, second = build(entry("VT02"), entry("VT01")), build(entry("VT01"), entry("VT02"))
    assert first.text() == second.text()
    (tmp_path / manifest.FILE).write_text(first.text())
    assert manifest.read(tmp_path) == first
    assert manifest.read(tmp_path / "leeg") is None


@pytest.mark.parametrize("text", ["half {", "[]", '{"vreemd": 1}'])
def test_a_manifest_that_is_not_ours_stops_the_build(tmp_path, text):
    (tmp_path / manifest.FILE).write_text(text)
    with pytest.raises(ReportError, match="manifest.json in de map .* is niet te lezen of van een andere versie"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("over", "says"), [({"study": "andere"}, "andere studie"), ({"profile": "exact10"}, "ander profiel")]
)
def test_other_studies_and_rules_do_not_mix(over, says):
    with pytest.raises(ReportError, match=f"{says}.*Kies met --out een andere map"):
        manifest.follow(build(), build(entry("VT02"), **over), regions=["VT02"], reports=["good"])


def test_entries_of_dropped_regions_and_reports_are_not_taken_over():
    new = build()
    old = build(entry("VT02"), entry("VT03"), entry("VT02", "other"))
    manifest.follow(new, old, regions=["VT02"], reports=["good"])
    assert [(each.region, each.report) for each in new.entries] == [("VT02", "good")]
