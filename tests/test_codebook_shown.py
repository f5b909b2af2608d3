"""Every item of the codebook of the needs survey comes back in the report on the infrastructure."""

import nbformat
import pytest

from hgeval import paths
from hgeval.schema import TABLES

# Item -> the exhibits that rest on it, and what in their cell says so.
SHOWN = {
    1: {"respons": "responses"}, 2: {"invullen-eigen-regio": '"peildatum"'}, 3: {"invuller": '"invuller_functie"'},
    4: {"afstemming": '"afstemming"', "invullen-eigen-regio": '"afstemming"'}, 5: {"toestemming": '"publicatie_ok"'},
    6: {"respons-per-vraag": '"items"'}, 7: {"respons-per-vraag": '"items"', "ontbreekt-inwoners": "people"},
    8: {"aanwezig": "present", "gepland": "planned", "eigen-regio": '"presence"', "lagen": "layers_complete"},
    9: {"gereed": "ready", "eigen-regio": '"gereed_jaar"'},
    10: {"laag": "layers_said", "laag-per-onderdeel": "layers_agreed", "laag-eigen-regio": '"laag"'},
    11: {"spoor": "tracks_said", "spoor-per-onderdeel": "tracks_agreed", "laag-eigen-regio": '"spoor"'},
    12: {"behoefte": "need_scores", "ontbreekt": "gaps", "eigen-regio": '"behoefte"'},
    13: {"voorrang": "prioritised", "eens-over-voorrang": "priority_agreement", "eigen-regio": '"prioriteit"'},
    14: {"capaciteit": "shortage", "eigen-regio": '"capaciteit_tekort"'},
    15: {"schaal-nu": "scales_now", "schaal": "scale_mismatch", "schaal-eigen-regio": '"schaal_nu"'},
    16: {"schaal-gewenst": "scales_wished", "schaal-wens": "scale_wishes", "schaal-eigen-regio": '"schaal_wens"'},
    17: {"schaal-redenen": "reasons", "schaal-eigen-regio": '"schaal_reden"'},
    18: {"gedekt": "covered", "toegang-eigen-regio": "access", "links-eigen-regio": "link_answers",
         "eenzijdig": "one_sided"},
    19: {"zaken": "cases", "zaken-eigen-regio": '"casussen_mda"'},
    20: {"zaken-verwacht": "cases_more", "zaken-eigen-regio": '"casussen_verwacht"', "ongedekt-per-zaak": "per_case"},
    21: {"ongedekt": "uncovered", "kosten-eigen-regio": '"kosten_bedrag"'},
    22: {"ongedekt": "uncovered", "ongedekt-per-inwoner": "per_inhabitant", "kosten-eigen-regio": '"uncovered"'},
    23: {"betalers": "payers_now", "betalers-eigen-regio": '"payer"'},
    24: {"betalers-gewenst": "payers_wished", "betalers-eigen-regio": '"betaler_wens"'},
    25: {"grondslag": "bases", "betalers-eigen-regio": '"grondslag"'},
    26: {"zekerheid": "certainty", "kosten-eigen-regio": '"kosten_zekerheid"'},
    27: {"structureel": "permanence", "kosten-eigen-regio": '"structureel"'},
    28: {"partners": "involvement", "partners-gewenst": "involved", "afspraken": "density",
         "partners-eigen-regio": '"partner_betrokken"'},
    29: {"rollen": "roles", "partners-eigen-regio": '"partner_rol"'},
    30: {"mandaat": "mandates", "partners-eigen-regio": '"partner_mandaat"'},
    31: {"tevreden": "content"},
    32: {"kwaliteit": "quality_distribution", "kwaliteit-score": "quality_score",
         "criteria-eigen-regio": '"kwaliteit"'},
    33: {"belang-en-kwaliteit": "importance_performance", "betrouwbaar": "importance_reliability",
         "criteria-eigen-regio": '"kwaliteit_belang"'},
    34: {"privacy": "privacy", "privacy-eigen-regio": '"privacyconvenant"'},
    35: {"themas": "themes"}, 36: {"themas": "themes"},
}


@pytest.fixture(scope="module")
def cells():
    """The source of the cell that makes each exhibit."""
    notebook = nbformat.read(paths.notebooks_dir() / "infrastructure.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code" and 'id="' in cell.source]
    return {source.split('id="')[1].split('"')[0]: source for source in sources}


def test_the_table_has_each_item_of_the_codebook():
    items = {column.item for table in TABLES.values() for column in table.columns if column.item}
    assert items == set(SHOWN) == set(range(1, 37))


@pytest.mark.parametrize("item", sorted(SHOWN))
def test_each_item_is_in_the_report(item, cells):
    for exhibit, said in SHOWN[item].items():
        assert said in cells[exhibit], exhibit


def test_the_open_answers_themselves_are_nowhere(cells):
    assert not [source for source in cells.values() if "_open" in source]


def test_non_response_comes_first(cells):
    assert list(cells)[:2] == ["respons", "respons-per-vraag"]
