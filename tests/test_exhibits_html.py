"""The one table that a notebook and a page show: what shares a cell, what is said aloud, and hostile text."""

import pytest
from bs4 import BeautifulSoup
from press_home import payload

from hgeval import exhibits_html, wording
from hgeval.press import export

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=y>", r"$\foo$", "[x](javascript:y)", "{{7*7}}", '"><b>',
           "</td></table>", "' onclick='x"]
COUNTED = [
    {"name": "element", "label": "Onderdeel", "kind": "text"}, {"name": "events", "label": "Ja", "kind": "count"},
    {"name": "n", "label": "Van hoeveel regio's", "kind": "count"},
]


def table(**over):
    """The payload of press_home (a shown and a hidden row) as a table, read by a parser."""
    return BeautifulSoup(exhibits_html.table(payload(**over), id="een-cijfers", caption="Bijschrift"), "html.parser")


def counted(*display):
    return table(
        columns=COUNTED, display=list(display), rows=[[None] * 3 for _ in display], status=["shown"] * len(display)
    )


def texts(soup):
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.find_all("tr")]


def test_a_value_shares_its_cell_with_its_range():
    assert texts(table()) == [
        ["Regio", "Gezinnen", "Percentage (waarschijnlijk tussen)"], ["Drenthe", "40", "30% (18% tot 46%)"],
        ["Nederland", ".", "."],
    ]


def test_a_value_without_a_range_stands_alone_and_its_heading_promises_none():
    for ends in (["", ""], [".", "."]):
        soup = table(display=[["Drenthe", "40", "30%", *ends], ["Nederland", ".", ".", ".", "."]])
        assert texts(soup)[:2] == [["Regio", "Gezinnen", "Percentage"], ["Drenthe", "40", "30%"]]


@pytest.mark.parametrize(
    ("kind", "over", "words"),
    [("number", {}, "(middelste helft"), ("share", {"published": True}, "(door afronding"), ("share", {}, "(waarsch")],
)
def test_the_heading_says_what_the_ends_are(kind, over, words):
    columns = [*payload()["columns"][:2], *({**column, "kind": kind} for column in payload()["columns"][2:])]
    assert words in texts(table(columns=columns, **over))[0][2]


def test_a_share_and_what_was_to_be_expected_each_have_their_own_range():
    names = ["region", "n", "crude", "low", "high", "expected", "least", "most"]
    labels = ["Regio", "Gezinnen", "Gemeten", "Van", "Tot", "Te verwachten", "Van", "Tot"]
    kinds = ["text", "count", *["share"] * 6]
    columns = [{"name": name, "label": label, "kind": kind}
               for name, label, kind in zip(names, labels, kinds, strict=True)]
    soup = table(columns=columns, rows=[[None] * 8] * 2, status=["shown"] * 2, display=[
        ["Drenthe", "40", "30%", "18%", "46%", "35%", "20%", "51%"], ["Utrecht", "40", ".", ".", ".", "35%", ".", "."]])
    assert texts(soup) == [
        ["Regio", "Gezinnen", "Gemeten (waarschijnlijk tussen)", "Te verwachten (door toeval meestal tussen)"],
        ["Drenthe", "40", "30% (18% tot 46%)", "35% (20% tot 51%)"], ["Utrecht", "40", ".", "35%"],
    ]


def test_events_share_their_cell_with_what_they_are_of():
    soup = counted(["Kernteam", "19", "26"], ["Team", ".", "26"], ["Regie", ".", "."], ["Opvang", "3", ""])
    assert texts(soup) == [
        ["Onderdeel", "Ja, van hoeveel regio's"], ["Kernteam", "19 van de 26"], ["Team", ". van de 26"],
        ["Regie", "."], ["Opvang", "3"],
    ]


def test_a_dot_is_said_aloud_in_words_and_shown_as_a_dot():
    dots = table().select('[role="img"]')
    assert [dot.get_text() for dot in dots] == [".", "."]
    assert {dot["aria-label"] for dot in dots} == {"verborgen of onbekend"}
    assert counted(["Team", ".", "26"]).td.span["aria-label"] == "verborgen of onbekend"


def test_headings_have_a_scope_and_every_part_its_role_also_when_rows_are_stacked():
    soup = table()
    assert soup.table["role"] == "table" and soup.table["id"] == "een-cijfers"
    assert soup.caption.get_text() == "Bijschrift" and soup.caption["id"] == "een-cijfers-titel"
    assert {(th["scope"], th["role"]) for th in soup.select("thead th")} == {("col", "columnheader")}
    assert {(th["scope"], th["role"]) for th in soup.select("tbody th")} == {("row", "rowheader")}
    assert {td["role"] for td in soup.find_all("td")} == {"cell"}
    assert [tag["role"] for tag in soup.find_all(["thead", "tbody"])] == ["rowgroup", "rowgroup"]
    assert all(row["role"] == "row" for row in soup.find_all("tr"))


def test_each_cell_carries_its_heading_and_only_a_wide_table_is_stacked():
    soup = table()
    assert [td["data-label"] for td in soup.select("tbody tr")[0].find_all("td")] == texts(soup)[0][1:]
    assert soup.table["class"] == ["stapel"]
    assert "class" not in counted(["Kernteam", "19", "26"]).table.attrs  # two columns fit on any screen


def test_numbers_stand_to_the_right():
    soup = table()
    assert [bool(th.get("class")) for th in soup.select("thead th")] == [False, True, True]
    assert [td["class"] for td in soup.find_all("td")] == [["getal"]] * 4


def test_a_short_text_stays_on_one_line_and_a_long_one_may_wrap():
    words = ["Na 12 maanden", "Gestopt, als het bij geen van de anderen stopte", "Utrecht"]
    soup = table(
        columns=[{"name": f"x{at}", "label": "Een kop van woorden", "kind": "text"} for at in range(3)],
        rows=[words, words[::-1]], display=[words, words[::-1]], status=["shown"] * 2,
    )
    assert [cell.get_text() for cell in soup.select(".heel")] == ["Na 12 maanden"] * 2
    assert soup.select("thead .heel") == []
    style = (export.TEMPLATE / "style.css").read_text()
    assert "td.getal, .heel { white-space: nowrap; }" in style


def test_the_own_region_is_marked_among_others_only():
    assert [row.th.get_text() for row in table().select("tr.eigen")] == ["Drenthe"]
    assert table(region="NL").select("tr.eigen") == [] == table(region="VT03").select("tr.eigen")
    alone = table(rows=[["VT02", *[None] * 4]] * 2)
    assert alone.select("tr.eigen") == []


def test_a_table_without_rows_is_a_sentence():
    soup = table(rows=[], display=[], status=[])
    assert soup.table is None and soup.get_text() == f"Bijschrift{exhibits_html.NOTHING}"
    hidden = table(rows=[], display=[], status=[], notes=[wording.message("all_hidden")])
    assert hidden.get_text() == "Bijschrift"  # the note below says why


def test_a_notebook_shows_the_same_table_with_its_notes_and_source():
    shown = payload()
    html = exhibits_html.notebook(shown)
    plain = html.replace(' style="text-align: left"', "")
    assert plain.startswith(exhibits_html.table(shown, id="een-table-cijfers", caption=shown["title"]))
    soup = BeautifulSoup(html, "html.parser")
    assert [p.get_text() for p in soup.find_all("p")] == ["Een noot.", "Bron: de bron (voorbeeldgegevens)"]
    real = BeautifulSoup(exhibits_html.notebook(payload(synthetic=False)), "html.parser")
    assert real.select_one(".bron").get_text() == "Bron: de bron"
    assert "style" not in plain and "script" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    columns = [{"name": "x", "label": text, "kind": "text"}] * 3
    found = payload(title=text, source=text, notes=[text], columns=columns, rows=[[text] * 3], display=[[text] * 3])
    soup = BeautifulSoup(exhibits_html.notebook(found), "html.parser")
    assert [tag.name for tag in soup.find_all(["script", "img", "b", "a"])] == []
    assert len(soup.find_all("table")) == 1 and not any("onclick" in tag.attrs for tag in soup.find_all(True))
    assert texts(soup) == [[text] * 3] * 2 and [td["data-label"] for td in soup.find_all("td")] == [text] * 2
    assert [soup.caption.get_text(), *(p.get_text() for p in soup.find_all("p"))][:2] == [text, text]


def test_a_notebook_puts_text_to_the_left_and_numbers_to_the_right():
    soup = BeautifulSoup(exhibits_html.notebook(payload()), "html.parser")
    cells = soup.find_all(["th", "td"])
    numbers = [cell for cell in cells if "getal" in cell.get("class", [])]
    assert numbers and not any(cell.get("style") for cell in numbers)
    texts = [cell for cell in [*cells, soup.caption] if "getal" not in cell.get("class", [])]
    assert texts and {cell.get("style") for cell in texts} == {"text-align: left"}
    assert not soup.thead.get("style")
