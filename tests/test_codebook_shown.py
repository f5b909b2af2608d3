"""Every item of the codebook of the needs survey comes back in the report on the infrastructure."""

import nbformat
import pytest

from hgeval import paths
from hgeval.schema import TABLES

# Item -> the exhibits that rest on it, and what in their cell says so.
SHOWN = {
    1: {"respons": "responses"}, 2: {"eigen-regio": '"peildatum"'}, 3: {"invuller": "listed"},
    4: {"invuller": "listed", "eigen-regio": '"afstemming"'}, 5: {"toestemming": "survey.consent"},
    6: {"respons-per-vraag": '"items"'}, 7: {"respons-per-vraag": '"items"', "ontbreekt-inwoners": "people"},
    8: {"aanwezig": '"presence"', "gepland": "planned", "lagen": "layers_complete"},
    9: {"gereed": "survey_elements.ready", "aanwezig": '"gereed_jaar"'},
    10: {"laag": "layers_said", "laag-eigen-regio": '"laag"'},
    11: {"spoor": "tracks_said", "laag-eigen-regio": '"spoor"'},
    12: {"behoefte": "need_scores", "ontbreekt": "gaps", "voorrang": '"behoefte"'},
    13: {"voorrang": '"prioriteit"', "eens-over-voorrang": "priority_agreement"},
    14: {"capaciteit": '"capaciteit_tekort"'},
    15: {"schaal": '"now_share"', "schaal-per-onderdeel": '"schaal_nu"'},
    16: {"schaal": '"wished_share"', "schaal-wens": "scale_wishes", "schaal-per-onderdeel": '"schaal_wens"'},
    17: {"schaal-redenen": "reasons", "schaal-per-onderdeel": '"schaal_reden"'},
    18: {"gedekt": '"partner_region"', "links-eigen-regio": "links", "eenzijdig": "one_sided"},
    19: {"zaken": "survey_respond.cases"},
    20: {"zaken": "cases_more", "ongedekt-per-inwoner": "per_case"},
    21: {"ongedekt": '"kosten_bedrag"'}, 22: {"ongedekt": '"uncovered"', "ongedekt-per-inwoner": "per_inhabitant"},
    23: {"betalers": "payers_now", "kosten-eigen-regio": '"payer"'},
    24: {"betalers-gewenst": "payers_wished", "kosten-eigen-regio": '"betaler_wens"'},
    25: {"grondslag": "bases", "kosten-eigen-regio": '"grondslag"'},
    26: {"zekerheid": "certainty", "kosten-eigen-regio": '"kosten_zekerheid"'},
    27: {"structureel": "permanence", "kosten-eigen-regio": '"structureel"'},
    28: {"partners": '"partner_betrokken"', "partners-gewenst": "involved", "afspraken": "density"},
    29: {"rollen": "survey_partners.roles", "partners": '"partner_rol"'},
    30: {"rollen": "survey_partners.mandates", "partners": '"partner_mandaat"'},
    31: {"tevreden": "content"},
    32: {"kwaliteit": "quality_distribution", "belang-en-kwaliteit": '"kwaliteit"',
         "kwaliteit-eigen-regio": "own_score"},
    33: {"belang-en-kwaliteit": '"kwaliteit_belang"', "betrouwbaar": "importance_reliability"},
    34: {"invuller": "listed", "eigen-regio": '"privacyconvenant"'},
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
    assert list(cells)[:2] == ["respons", "toestemming"]


def test_every_question_of_a_listed_table_is_in_it(cells):
    assert all(name in cells["invuller"] for name in ("respondents", "tuned", "privacy"))


def test_no_bare_statistic_and_no_single_mark_of_quality(cells):
    assert all("sentences_survey." in cells[name] for name in ("eens-over-voorrang", "betrouwbaar"))
    assert not [source for source in cells.values() if "quality_score" in source]


def test_it_is_not_longer_than_a_reader_can_bear(cells):
    large = [source for source in cells.values() if "tables." in source or "figures." in source]
    assert 25 < len(large) <= 36
