"""A page holds prose and released exhibits in accessible Dutch HTML, and hostile text stays text (C52)."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from press_home import good, payload, report

from hgeval import exhibits_html
from hgeval.errors import ReportError
from hgeval.exhibits import MIME
from hgeval.press import audit, export

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script>", "[x](javascript:alert(1))",
           "{{7*7}}", r"$\foo$", "{% raw %}", '"><b>', "&lt;b&gt;"]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAAAAAC4HznGAAAADklEQVR4nGNoYGhgaAAABAQBAV3nLwkAAAAASUVORK5CYII="


def notebook(*payloads, prose="", kind="display_data"):
    """The good notebook with these exhibits, as it is after a run."""
    found = good()
    if prose:
        found.cells.append(nbformat.v4.new_markdown_cell(prose))
    for each in payloads:
        data = {"text/plain": "NOOIT TONEN", "text/html": "<p>NOOIT TONEN</p>", MIME: each}
        if each["kind"] == "figure":
            data["image/png"] = PNG
        extra = {"execution_count": 1} if kind == "execute_result" else {}
        found.cells.append(nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output(kind, data=data, **extra)]))
    return found


def page(*payloads, prose="", kind="display_data", **over):
    html = export.page(notebook(*payloads, prose=prose, kind=kind), report(**over))
    audit.check(html)
    return html, BeautifulSoup(html, "html.parser")


def test_the_frame_of_a_page():
    html, soup = page(payload())
    assert html.startswith("<!DOCTYPE html>\n<html lang=\"nl\">")
    assert [tag.get_text(" ", strip=True) for tag in soup.find_all("h1")] == ["Hoe gaat het hier? Drenthe"]
    assert soup.title.get_text() == "Hoe gaat het hier? Drenthe"
    assert soup.body.find(True)["href"] == "#inhoud" and soup.main["id"] == "inhoud"
    assert "0800-2000" in soup.footer.get_text() and "112" in soup.footer.get_text()
    assert "31 december 2025" in soup.header.get_text()
    assert {"data/good.xlsx", "data/good.csv", "../index.html#VT02"} <= {a["href"] for a in soup.find_all("a")}
    assert [a.get_text() for a in soup.select("nav.inhoud a")][:2] == ["In het kort", "De cijfers"]
    assert "NOOIT TONEN" not in html and "import stub" not in html


def test_the_policy_allows_only_this_style():
    html, soup = page(payload())
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert policy.endswith("base-uri 'none'; form-action 'none'") and "unsafe" not in policy
    style = soup.style.string
    digest = export.base64.b64encode(export.hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy


def test_a_table_that_ends_a_cell_is_not_dropped():
    _, soup = page(payload(), kind="execute_result")
    table = soup.select_one("#een-table table")
    assert table.caption.get_text(strip=True) == "Bij 3 op de 10 stopte het"
    heads = ["Regio", "Gezinnen", "Percentage (waarschijnlijk tussen)"]
    assert [th.get_text() for th in table.select("thead th")] == heads
    assert {th["scope"] for th in table.select("thead th")} == {"col"}
    assert [th["scope"] for th in table.select("tbody th")] == ["row", "row"]
    first = table.select("tbody tr")[0].find_all(["th", "td"])
    assert [cell.get_text() for cell in first] == ["Drenthe", "40", "30% (18% tot 46%)"]
    frame = table.parent
    assert frame["tabindex"] == "0" and soup.find(id=frame["aria-labelledby"]) is table.caption
    assert table.select("tr.eigen th")[0].get_text() == "Drenthe"


def test_a_page_and_a_notebook_show_the_same_table():
    html, _ = page(payload())
    laid_out = exhibits_html.notebook(payload()).replace(' style="text-align: left"', "")
    shown = BeautifulSoup(laid_out, "html.parser")
    assert str(shown.table) in html and all(str(p) in html for p in shown.find_all("p"))


def test_a_column_without_any_range_is_plain():
    _, soup = page(payload(display=[["Drenthe", "40", "30%", "", ""], ["Nederland", ".", ".", ".", "."]]))
    assert [th.get_text() for th in soup.select("#een-table thead th")] == ["Regio", "Gezinnen", "Percentage"]
    assert soup.select("#een-table tbody td")[1].get_text() == "30%"


def test_the_country_is_not_named_twice():
    _, soup = page(payload(), title="Hoe staat Nederland ervoor?", region="NL", region_name="Nederland")
    assert soup.h1.get_text() == soup.title.get_text() == "Hoe staat Nederland ervoor?"
    assert soup.select_one('nav[aria-label="Terug"] a')["href"] == "index.html"


def test_a_hidden_number_is_a_dot_with_words():
    _, soup = page(payload())
    hidden = soup.select("#een-table tbody tr")[1].find_all("td")
    assert [cell.get_text() for cell in hidden] == ["."] * 2
    assert [cell.span["aria-label"] for cell in hidden] == ["verborgen of onbekend"] * 2


def test_a_figure_has_words_and_its_numbers():
    _, soup = page(payload("figure"))
    figure = soup.find("figure")
    assert figure.figcaption.get_text() == "Bij 3 op de 10 stopte het"
    assert figure.img["alt"] == "Staven van 30% en 35%." and figure.img["src"].startswith("data:image/png;base64,")
    assert (figure.img["width"], figure.img["height"]) == ("2", "3")
    assert figure.details.summary.get_text() == "Toon de cijfers"
    assert figure.details.caption.get_text() == "De cijfers bij: Bij 3 op de 10 stopte het"
    assert figure.select_one(".bron").get_text() == "Bron: de bron (voorbeeldgegevens)"


@pytest.mark.parametrize(("rows", "kept"), [(6, ["kort"]), (7, None)])
def test_the_numbers_of_a_figure_stand_right_below_it_and_short_ones_open_on_a_narrow_screen(rows, kept):
    base = payload("figure")
    many = {name: (base[name] * rows)[:rows] for name in ("rows", "display", "status")}
    _, soup = page(payload("figure", **many))
    below = [tag.name for tag in soup.figure.find_all(True, recursive=False)]
    assert below == ["figcaption", "img", "p", "details", "p", "p"]
    assert soup.figure.img.find_next_sibling("p")["class"] == ["hint"]
    assert soup.figure.details.get("class") == kept
    assert ".kort::details-content { content-visibility: visible" in soup.style.string


def test_a_figure_is_never_wider_than_its_screen():
    style = page(payload("figure"))[1].style.string
    (rule,) = [line for line in style.splitlines() if line.startswith(".figuur img {")]
    assert "width: 100%" in rule and "min-width" not in rule


def test_a_heading_that_asks_gets_no_colon_when_rows_are_stacked():
    columns = [dict(column) for column in payload()["columns"]]
    columns[1]["label"] = "Is het er?"
    _, soup = page(payload(columns=columns))
    assert [td.get_text() for td in soup.select('.stapel td[data-label$="?"]')] == ["40", "."]
    style = soup.style.string
    plain, asked = (style.index(f".stapel td{which}::before") for which in ("", '[data-label$="?"]'))
    assert plain < asked and style[asked:].startswith(
        '.stapel td[data-label$="?"]::before { content: attr(data-label) " "; }'
    )


def test_a_table_without_rows_says_so():
    _, soup = page(payload(rows=[], display=[], status=[]))
    assert "geen cijfers om te tonen" in soup.select_one("#een-table").get_text()
    assert soup.select_one("#een-table table") is None


def test_sentences_are_a_list():
    _, soup = page(payload("sentences"))
    section = soup.select_one("section.berichten")
    assert [li.get_text() for li in section.find_all("li")] == ["Eén zin.", "Nog een zin."]


def test_the_provenance_is_plain_text():
    found = notebook(payload())
    out = nbformat.v4.new_output("stream", name="stdout", text="\x1b[31mrood\x1b[0m <b>vet</b>")
    found.cells[-2].outputs = [out]
    assert '<pre>rood &lt;b&gt;vet&lt;/b&gt;</pre>' in export.page(found, report())


@pytest.mark.parametrize(
    ("marks", "says"),
    [([True, True], "verzonnen. Trek er geen conclusies uit"), ([True, False], "De andere cijfers zijn echt"),
     ([False, False], "De cijfers op deze pagina zijn wel echt")],
)
def test_example_data_are_announced_on_every_page(marks, says):
    found = [payload(id=f"t-{number}", synthetic=mark) for number, mark in enumerate(marks)]
    _, soup = page(*found)
    assert soup.select_one(".let-op").get_text(" ", strip=True).startswith("Voorbeeldgegevens.")
    assert says in soup.select_one(".let-op").get_text()


def test_a_real_study_has_no_such_announcement_unless_an_exhibit_is_synthetic():
    assert page(payload(synthetic=False), synthetic=False)[1].select_one(".let-op") is None
    assert page(payload(synthetic=True), synthetic=False)[1].select_one(".let-op") is not None


def test_numbers_for_the_own_region_are_marked():
    assert "Niet verspreiden." in page(payload(), own_eyes=True)[1].select_one(".streng").get_text()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["table", "figure", "sentences"])
def test_hostile_text_stays_text(text, kind):
    hostile = payload(
        kind, title=text, alt=f"Een figuur over {text}", source=text, notes=[text], sentences=[text],
        display=[[text] * 5, ["Nederland", *"...."]], columns=[{"name": "x", "label": text, "kind": "text"}] * 5,
    )
    _, soup = page(hostile, title=text, region_name=text, study_title=text, rule_text=text)
    assert soup.find("script") is None and [tag.get_text() for tag in soup.find_all("b")] == []
    assert len(soup.find_all("img")) == (kind == "figure")
    assert text in soup.main.get_text() and text in soup.h1.get_text()


@pytest.mark.parametrize(("tags", "shows", "kept"), [
    ((export.WITH_EXHIBITS,), False, False), ((export.WITH_EXHIBITS,), True, True), ((), False, True),
])
def test_a_heading_of_exhibits_is_left_out_where_there_are_none(tags, shows, kept):
    """And its line in the contents with it; what another text after it announces does not count for it."""
    found = notebook(payload(id="later"), prose="## Is het geregeld?\n\nDeze lijst komt uit de wet.")
    found.cells[-2].metadata["tags"] = list(tags)
    shown = found.cells.pop()
    found.cells += [shown] if shows else [nbformat.v4.new_code_cell("None")]
    later = nbformat.v4.new_markdown_cell("## Wat kunt u nu doen?", metadata={"tags": [export.WITH_EXHIBITS]})
    found.cells += [later, notebook(payload(id="nog-later")).cells[-1]]
    before = nbformat.writes(found)
    html = export.page(found, report())
    audit.check(html)
    headings = [tag.get_text() for tag in BeautifulSoup(html, "html.parser").select("nav.inhoud a")]
    assert ("Is het geregeld?" in headings) is kept and ("komt uit de wet" in html) is kept
    assert "Wat kunt u nu doen?" in headings and nbformat.writes(found) == before


def test_a_table_in_the_prose_takes_its_caption_from_the_line_above():
    _, soup = page(payload(), prose="## Nog iets\n\nTabel: de stappen.\n\n| stap | wat |\n|---|---|\n| 1 | a |")
    table = soup.select_one("table:has(caption#tekst-tabel-2)")
    assert table.caption.get_text() == "Tabel: de stappen." and table.parent["tabindex"] == "0"
    with pytest.raises(ReportError, match="begint met 'Tabel'"):
        page(payload(), prose="## Nog iets\n\n| stap | wat |\n|---|---|\n| 1 | a |")


def test_headings_of_the_same_words_get_ids_of_their_own():
    _, soup = page(payload(), prose="## In het kort\n\nx\n\n## In het kort")
    ids = [heading["id"] for heading in soup.main.find_all(["h2", "h3"])]
    assert len(ids) == len(set(ids)) == 7


@pytest.mark.parametrize(
    ("prose", "says"),
    [
        ("<script>alert(1)</script>", "een script of ingesloten onderdeel"),
        ("<iframe src='x'></iframe>", "een script of ingesloten onderdeel"),
        ('<meta http-equiv="refresh" content="0;url=https://elders.example">', "alleen in de kop van een pagina"),
        ("<noscript>x</noscript>", "alleen in de kop van een pagina"),
        ("<a href='#x' ping='https://elders.example'>x</a>", "ping, srcset"),
        ('<b onclick="x()">x</b>', "een script in een attribuut"),
        ('<b style="color:red">x</b>', "opmaak in een attribuut"),
        ("[bron](https://example.org)", "een adres van buiten"), ("[x](//example.org)", "een adres van buiten"),
        ("[x](/etc/x)", "een adres van buiten"), ("<a href='javascript:x'>x</a>", "een adres van buiten"),
        ("![een mooie plaat](https://example.org/a.png)", "een adres van buiten"),
        ("<style>@import 'x.css';</style>", "de opmaak laadt iets van buiten"),
        ("<style>b{background:url(x.png)}</style>", "de opmaak laadt iets van buiten"),
        ("![](a.png)", "geen beschrijving"), ("![figuur 1](a.png)", "geen beschrijving"),
        ("![plaat.png](a.png)", "geen beschrijving"), ("<img src='a.png'>", "geen beschrijving"),
        ("![een logo met een duif](logo.png)", "een afbeelding staat niet in de pagina zelf"),
        ("<img alt='een logo met een duif'>", "een afbeelding staat niet in de pagina zelf"),
        ("## x\n\n#### y", "slaat een niveau over"), ("# Nog een titel", "precies één titel"),
        ("## ", "een kop is leeg"), ("<b id='inhoud'>x</b>", "een id komt twee keer voor (inhoud)"),
        ("<table><caption>x</caption><tr><th>a</th></tr></table>", "geen scope"),
        ("<table><caption>x</caption><tr><td>a</td></tr></table>", "geen koppen"),
        ("Traceback (most recent call last)", "een foutmelding"), ("x.py:1: UserWarning: y", "een foutmelding"),
        ("<A object at 0x7f00>", "een foutmelding"), ("/home/jan/studie", "een pad van deze computer"),
        (r"C:\Users\jan", "een pad van deze computer"), ("[x](file:///studie)", "een pad van deze computer"),
    ],
)
def test_each_fault_in_a_page_fails_it(prose, says):
    with pytest.raises(ReportError) as caught:
        page(payload(), prose=prose)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('<html lang="nl">', '<html lang="en">', "de taal (lang) is niet nl"),
        ("<title>", "<title></title><p>", "titel"),
        ('http-equiv="Content', 'name="Content', "CSP"), ("<footer", "<div", "precies één footer"),
    ],
)
def test_a_frame_that_lost_something_fails(old, new, says):
    html, _ = page(payload())
    assert any(says in found for found in audit.findings(html.replace(old, new, 1)))


def test_a_private_folder_in_the_text_fails():
    html, _ = page(payload(title="In de map van studie-x staat het"))
    assert list(audit.findings(html, private=["/data/studie-x"])) == []
    told, _ = page(payload(title="In /data/studie-x staat het"))
    assert list(audit.findings(told, private=["/data/studie-x"])) == ["er staat een pad van deze computer in"]


def test_the_same_notebook_gives_the_same_bytes():
    assert export.page(notebook(payload()), report()) == export.page(notebook(payload()), report())
