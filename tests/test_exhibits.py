"""The one object a notebook shows: its shape, what it refuses, and that hostile text stays text."""

import json

import pandas as pd
import pytest
from disclosure_cases import ORIGIN

from hgeval import disclosure, exhibits_html
from hgeval.errors import DisclosureError, ParameterError
from hgeval.exhibits import MIME, Exhibit, plain_markdown
from hgeval.layout import Column, Lines

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=y>", "=cmd|' /C calc'!A0", r"$\foo$", "[x](javascript:y)",
           "{{7*7}}", '"><b>', "</td></table>"]
COLUMNS = (
    Column("region", "Regio", "text"), Column("n", "Aantal gezinnen", "count"), Column("value", "Percentage", "share"),
    Column("low", "Ondergrens", "share"), Column("high", "Bovengrens", "share"),
)


FRAME = pd.DataFrame({"n": [45, 1500], "value": [None, 0.25], "low": [None, 0.2], "high": [None, 0.3]})
RELEASED = disclosure.Released(FRAME.astype("Float64"), "cbs5", ORIGIN, derived=None, key=disclosure._KEY)


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
        "source": "demo", "lines": lines(), "released": RELEASED,
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


@pytest.mark.parametrize("value", [9, 92, 0.0978, 44])
def test_a_number_that_was_not_released_is_refused(value):
    rows = (("VT02", 45, None, None, None), ("NL", value, 0.25, 0.2, 0.3))
    with pytest.raises(DisclosureError, match="'gestopt-per-meting' staat een cijfer dat niet is vrijgegeven"):
        exhibit(lines=lines(rows=rows))


def test_something_that_is_no_release_is_refused():
    with pytest.raises(DisclosureError, match="alleen cijfers die zijn vrijgegeven"):
        exhibit(released=FRAME)


def test_each_kind_shows_what_belongs_to_it():
    table, meta = exhibit()._repr_mimebundle_()
    assert set(table) == {"text/plain", MIME, "text/html"} and meta == {}
    assert table["text/html"] == exhibits_html.notebook(exhibit().payload)
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


@pytest.mark.parametrize("text", [*HOSTILE, "a*b*_c_`d`", "# kop", "| a | b |", "https://x.nl", "![x](y)", "~~x~~"])
def test_hostile_text_stays_text_in_sentences(text):
    markdown = plain_markdown(text)
    assert not set(markdown) & set("<>[]`*_$|~\\{}!@")
    assert "://" not in markdown


def test_ordinary_sentences_stay_readable():
    sentence = "Bij 30 procent is het gestopt (waarschijnlijk tussen 18 en 44 procent): dat is zo."
    assert plain_markdown(sentence) == sentence


def test_the_short_form_names_no_number():
    assert repr(exhibit()) == "Exhibit(table, gestopt-per-meting)"
