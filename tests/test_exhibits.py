"""The one object a notebook shows: its shape, what it refuses, and that hostile text stays text."""

import json

import pytest

from hgeval.errors import DisclosureError, ParameterError
from hgeval.exhibits import MIME, Exhibit, plain_markdown, table_html
from hgeval.layout import Column, Lines

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=y>", "=cmd|' /C calc'!A0", r"$\foo$", "[x](javascript:y)",
           "{{7*7}}", '"><b>', "</td></table>"]
COLUMNS = (
    Column("region", "Regio", "text"), Column("n", "Aantal gezinnen", "count"), Column("value", "Percentage", "share"),
    Column("low", "Ondergrens", "share"), Column("high", "Bovengrens", "share"),
)


def lines(**changes):
    made = {
        "columns": COLUMNS,
        "rows": (("VT02", 45, None, None, None), ("NL", 1500, 0.25, 0.2, 0.3)),
        "display": (("Drenthe", "45", ".", ".", "."), ("Nederland", "1.500", "25,0%", "20,0%", "30,0%")),
        "status": ("suppressed", "rounded"),
    }
    return Lines(**(made | changes))


def exhibit(**changes):
    made = {
        "kind": "table", "id": "gestopt-per-meting", "title": "Gestopt", "alt": "Tabel met het deel dat stopte.",
        "source": "demo", "lines": lines(), "profile": "cbs5", "origin": {"study": "demo", "synthetic": True},
    }
    return Exhibit(**(made | changes))


def test_the_payload_is_the_text_and_the_cells_and_nothing_else():
    assert exhibit(notes=("een noot",)).payload == {
        "schema": 1, "kind": "table", "id": "gestopt-per-meting", "title": "Gestopt",
        "alt": "Tabel met het deel dat stopte.", "source": "demo", "notes": ["een noot"], "profile": "cbs5",
        "study": "demo", "synthetic": True,
        "columns": [
            {"name": "region", "label": "Regio", "kind": "text"},
            {"name": "n", "label": "Aantal gezinnen", "kind": "count"},
            {"name": "value", "label": "Percentage", "kind": "share"},
            {"name": "low", "label": "Ondergrens", "kind": "share"},
            {"name": "high", "label": "Bovengrens", "kind": "share"},
        ],
        "rows": [["VT02", 45, None, None, None], ["NL", 1500, 0.25, 0.2, 0.3]],
        "display": [["Drenthe", "45", ".", ".", "."], ["Nederland", "1.500", "25,0%", "20,0%", "30,0%"]],
        "status": ["suppressed", "rounded"],
    }


def test_each_kind_shows_what_belongs_to_it():
    table, meta = exhibit()._repr_mimebundle_()
    assert set(table) == {"text/plain", MIME, "text/html"} and meta == {}
    header = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (900).to_bytes(4, "big") + (600).to_bytes(4, "big")
    figure, meta = exhibit(kind="figure", png=header)._repr_mimebundle_(include=None, exclude=None)
    assert set(figure) == {"text/plain", MIME, "image/png"} and figure["image/png"] == header
    assert meta == {"image/png": {"alt": "Tabel met het deel dat stopte.", "width": 600}}
    told, _ = exhibit(kind="sentences", sentences=("Een zin.", "Nog een."))._repr_mimebundle_()
    assert told["text/markdown"] == "- Een zin.\n- Nog een."
    assert told[MIME]["sentences"] == ["Een zin.", "Nog een."]
    for bundle in (table, figure, told):
        assert bundle["text/plain"] == "Tabel met het deel dat stopte."
        json.dumps(bundle[MIME], allow_nan=False)


@pytest.mark.parametrize("name", ["", "Gestopt", "1-tabel", "a--b", "a_b", "-a", "a-", "a" * 61, "a b", "../a"])
def test_an_id_is_a_slug(name):
    with pytest.raises(ParameterError, match="kleine letters, cijfers en streepjes, ten hoogste 60"):
        exhibit(id=name)


@pytest.mark.parametrize(("changes", "message"), [
    ({"title": " "}, "'gestopt-per-meting' mist title"), ({"source": ""}, "'gestopt-per-meting' mist source"),
    ({"alt": "x" * 19}, "te kort. Verwacht: ten minste 20 tekens"), ({"alt": " " * 40}, "te kort"),
])
def test_title_source_and_alternative_text_are_required(changes, message):
    with pytest.raises(ParameterError, match=message):
        exhibit(**changes)


def test_an_alternative_text_of_twenty_characters_is_enough():
    assert exhibit(alt="x" * 20).alt == "x" * 20


@pytest.mark.parametrize("status", ["suppressed", "suppressed_with"])
@pytest.mark.parametrize("at", [2, 3, 4])
def test_a_number_in_a_hidden_row_is_refused(status, at):
    row = ["VT02", 45, None, None, None]
    row[at] = 0.2
    with pytest.raises(DisclosureError, match="een cijfer in een rij die verborgen moet blijven"):
        exhibit(lines=lines(rows=(tuple(row), lines().rows[1]), status=(status, "rounded")))


def test_the_table_has_a_caption_scopes_and_the_range_beside_its_value():
    html = table_html(exhibit(notes=(". = niet getoond",)).payload)
    assert '<table class="hgeval" id="tabel-gestopt-per-meting"><caption>Gestopt</caption>' in html
    assert html.count('<th scope="col"') == 3 and html.count('<th scope="row">') == 2
    assert '<th scope="col" class="getal">Percentage (waarschijnlijk tussen)</th>' in html
    assert '<td class="getal">25,0% (20,0% tot 30,0%)</td>' in html
    assert '<td class="getal">.</td>' in html
    assert html.endswith('<p class="noot">. = niet getoond</p><p class="noot">Bron: demo</p>')
    assert "style" not in html and "script" not in html and "hidden" not in html


def test_a_census_counts_events_of_n_in_one_cell():
    columns = (Column("element", "Onderdeel", "text"), Column("events", "Ja", "count"), Column("n", "Regio's", "count"))
    shown = Lines(columns, (("E01", 19, 26), ("E02", None, 26)), (("Kernteam", "19", "26"), ("Team", ".", "26")),
                  ("shown", "suppressed"))
    html = table_html(exhibit(lines=shown).payload)
    assert '<td class="getal">19 van de 26</td>' in html and '<td class="getal">.</td>' in html
    assert '<th scope="col" class="getal">Ja, regio&#x27;s</th>' in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_a_table(text):
    columns = (Column("region", text, "text"),)
    html = table_html(exhibit(title=text, source=text, notes=(text,),
                              lines=Lines(columns, ((text,),), ((text,),), ("shown",))).payload)
    for part in ("<script", "<img", "<b>", "</td></table>"):
        assert part not in html.replace("</td></tr></tbody></table>", "")
    assert html.count("<table") == 1 == html.count("</table>")


@pytest.mark.parametrize("text", [*HOSTILE, "a*b*_c_`d`", "# kop", "| a | b |", "https://x.nl", "![x](y)", "~~x~~"])
def test_hostile_text_stays_text_in_sentences(text):
    markdown = plain_markdown(text)
    assert not set(markdown) & set("<>[]`*_$|~\\{}!@")
    assert "://" not in markdown


def test_ordinary_sentences_stay_readable():
    sentence = "Bij 30 procent is het gestopt (waarschijnlijk tussen 18 en 44 procent): dat is zo."
    assert plain_markdown(sentence) == sentence


def test_a_table_without_rows_says_so():
    html = table_html(exhibit(lines=lines(rows=(), display=(), status=())).payload)
    assert '<td colspan="3">Te weinig gegevens om te tonen.</td>' in html


def test_the_short_form_names_no_number():
    assert repr(exhibit()) == "Exhibit(table, gestopt-per-meting)"
