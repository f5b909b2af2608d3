"""The governance report is one short page for a region of which no answer may be shown, and says so once."""

import ast

import nbformat
import pytest
from governance_cases import REGIONS, study, table

from hgeval import disclosure, governance, governance_page, paths, reference, wording
from hgeval import governance_registers as registers
from hgeval.press.export import WITH_EXHIBITS

HEAD = {"source": "demo", "columns": ["label", "state"]}
COUNTRY = {"source": "demo", "columns": ["label", "events", "n"]}


@pytest.fixture
def here(demo_case):
    """A reader under the rule for everyone, of a study that has all tables."""
    return demo_case


def answered(here, region):
    """What a region with consent (VT01), or without (VT04), says of the law, and nothing of its goals."""
    rows = [[region, "W1", "01", "geregeld"], ["VT02", "W1", "01", "niet"], ["VT02", "W1", "02", "geregeld"]]
    none = table("checklist_items", [], "checklist")
    made = governance.points(study(rows), none, regions=REGIONS)
    return disclosure.release_answers(made, here).where(region=region)


def goals(here, region):
    made = registers.goal_counts(study(), table("goals", [], "region goal"), regions=REGIONS)
    return disclosure.release_answers(made, here).where(region=region)


def test_the_own_table_is_there_for_a_region_with_answers(here):
    points = answered(here, "VT01")
    found = governance_page.own(points, here, points, of="checklists", id="wet", title="Wat?", **HEAD)
    assert found.kind == "table" and found.lines.display[0][1] == "Geregeld"


def test_a_region_that_left_something_out_is_told_so_in_one_sentence(here):
    points, none = answered(here, "VT01"), goals(here, "VT01")
    found = governance_page.own(none, here, points, of="goals", id="doelen", title="Welke?", **HEAD)
    assert (found.kind, found.sentences) == ("sentences", ("Hierover vulde deze regio niets in.",))


def test_a_region_without_answers_gets_no_empty_table(here):
    points = answered(here, "VT04")
    assert len(points) == 0
    for shown in (points, answered(here, "VT01")):
        assert governance_page.own(shown, here, points, of="checklists", id="wet", title="Wat?", **HEAD) is None
    assert governance_page.more(points, here, id="wet", title="Wat?", **HEAD) is None


def test_what_the_study_does_not_have_leaves_nothing_behind(here):
    points = answered(here, "VT01")
    asked = {"id": "wet", "title": "Wat?", **HEAD}
    assert governance_page.own(points, here, points, of="bestaat_niet", **asked) is None
    assert governance_page.country(points, here, of="bestaat_niet", **asked) is None
    assert governance_page.country(points, here, of="checklists", **asked) is not None


def test_the_country_stands_instead_of_the_own_answers_and_never_beside_them(here):
    known = study([["VT01", "W1", "01", "geregeld"], ["VT02", "W1", "01", "niet"]])
    country = disclosure.release_totals(governance.arranged(known, regions=REGIONS), here)
    nobody = answered(here, "VT04")
    shown = disclosure.join(nobody, country).derive(governance.beside).where(status="shown")
    found = governance_page.instead(shown.where(item="W1.01"), here, nobody, id="land", title="Wat?", **COUNTRY)
    assert found.lines.display == (("Een meldpunt dat iedereen kan vinden en bereiken", "1", "2"),)
    assert governance_page.instead(shown, here, answered(here, "VT01"), id="land", title="Wat?", **COUNTRY) is None


def test_where_no_rule_is_open_its_age_is_not_called_unanswered(here):
    rules = table("contradictions", [["VT01", "1", "zorg", "wonen", True]], "region number domain_a domain_b solved")
    made = registers.contradiction_counts(study(), rules, regions=REGIONS, config=here.config)
    own = disclosure.release_answers(made, here).where(region="VT01")
    shown = {"id": "regels", "title": "Wat?", "source": "demo", "columns": ["open", "owner_unknown", "median_months"]}
    assert governance_page.more(own, here, **shown).lines.display == (("0", "0", "Niet van toepassing"),)


def test_a_total_of_nobody_is_no_table(here):
    nobody = disclosure.release_totals(governance.arranged(study(), regions=REGIONS), here)
    assert len(nobody) == 66
    columns = {"source": "demo", "columns": ["item", "events", "n"]}
    assert governance_page.more(nobody, here, id="land", title="Wat?", **columns) is None


def notebook():
    return nbformat.read(paths.notebooks_dir() / "governance.ipynb", as_version=4)


def test_each_part_about_the_region_itself_goes_where_there_is_nothing_to_show():
    """Only what opens and closes a report stands whatever the region answered."""
    texts = [cell for cell in notebook().cells if cell.cell_type == "markdown"]
    always = [cell.source.splitlines()[0].lstrip("# ") for cell in texts
              if WITH_EXHIBITS not in cell.metadata.get("tags", [])]
    assert always == ["Wie doet wat, en is het geregeld?", "In het kort", "Wat kunt u nu doen?", "Hoe is dit gemeten?"]


def test_every_table_of_the_notebook_asks_whether_there_is_something_to_show():
    calls = {ast.unparse(node.func) for cell in notebook().cells if cell.cell_type == "code"
             for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)}
    assert {f"governance_page.{name}" for name in ("own", "more", "country", "instead")} <= calls
    assert not any(name.startswith("tables.") for name in calls)


def test_each_table_says_what_its_list_rests_on():
    """In a note where all points rest on the same, else in a column."""
    told = {"wet": "Deze lijst staat in de wet.", "handreiking": "Deze lijst komt uit een handreiking.",
            "werkdefinitie": "Deze lijst is een werkdefinitie."}
    kinds = reference.checklist_items().groupby("checklist")["kind"].unique()
    for checklist, found in kinds.items():
        (cell,) = [cell.source for cell in notebook().cells if f'beside.where(checklist="{checklist}")' in cell.source]
        said = "rests_on" if len(found) > 1 else told[found[0]]
        assert [name for name in ("rests_on", *told.values()) if name in cell] == [said], checklist


@pytest.mark.parametrize("word", ["survey_regions", "exact10", "evidence", "publicatie_ok", "en andere"])
def test_no_raw_name_of_a_column_or_a_rule_stands_in_the_text(word):
    assert not [cell.source for cell in notebook().cells if cell.cell_type == "markdown" and word in cell.source]


def test_an_own_answer_stays_in_its_row_where_most_numbers_beside_it_are_hidden(here):
    """The country's number of the law's first three tasks is hidden: the one region without a name would be told."""
    told = [("VT01", "geregeld"), ("VT02", "niet"), ("VT03", "deels")]
    rows = [[region, "W1", f"0{at}", status] for region, status in told for at in (1, 2, 3)]
    none = table("checklist_items", [], "checklist")
    points = disclosure.release_answers(governance.points(study(rows), none, regions=REGIONS), here)
    country = disclosure.release_totals(governance.arranged(study(rows), regions=REGIONS), here)
    beside = disclosure.join(points.where(region="VT01"), country).derive(governance.beside)
    asked = {"id": "wet", "title": "Wat?", "source": "demo", "columns": ["label", "state", "events", "n"]}
    wanted = ["W1.01", "W1.02", "W1.03"]
    found = governance_page.more(beside.where(item=wanted), here, **asked)
    assert [row[1:] for row in found.lines.display] == [("Geregeld", ".", ".")] * 3 and len(found.notes) == 1
    asked["columns"] = ["label", "events", "n"]
    assert governance_page.more(beside.where(item=wanted), here, **asked) is None  # the table before it says why
    (why, *_) = governance_page.country(beside.where(item=wanted), here, of="checklists", **asked).notes
    assert why == wording.message("all_hidden")
