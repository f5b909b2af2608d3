"""A number that an author counts in the data and writes in a title, note, source, alt or id is refused."""

import nbformat
import pytest
from press_home import make, with_cell
from test_press_verify import VALUES, executed, refused, shown

from hgeval import params, wording
from hgeval.press import build, texts, verify

SAYS = "cel 12: in de titel, de noten, de bron, de alt of het id staat een getal dat niet is vrijgegeven. Verwacht:"
TABLE = {"rows": [["VT02", 1234, 0.3]], "display": [["Drenthe", "1.234", "30%"]], "status": ["rounded"], "columns": [
    {"name": "region", "label": "Regio", "kind": "text"}, {"name": "n", "label": "Aantal", "kind": "count"},
    {"name": "value", "label": "Deel", "kind": "share"}]}
COUNTED = [{"title": "Alle 3250 gezinnen"}, {"notes": ["Een noot.", "Van 37 gezinnen."]}, {"source": "37 gezinnen"},
           {"alt": "Staven van 37 gezinnen, in een regio."}, {"id": "tabel-37"}]


def accepted(*, settings=(), **over):
    found = verify.exhibits(
        verify.notebook(executed(shown(**(TABLE | over))), VALUES)[0], profile="cbs5", study="klein", region="VT02",
        settings=settings,
    )
    return len(found) == 1


@pytest.mark.parametrize("over", COUNTED, ids=lambda over: next(iter(over)))
@pytest.mark.parametrize("kind", ["table", "figure"])
def test_a_number_that_stands_nowhere_else_is_refused_and_not_quoted(over, kind):
    said = refused(executed(shown(kind, **(TABLE | over))))
    assert said.startswith(SAYS) and "37" not in said and "3250" not in said


@pytest.mark.parametrize("over", [{"title": "Alle 3250 gezinnen"}, {"source": "37 gezinnen"}, {"id": "tabel-37"}])
def test_the_title_and_source_of_sentences_count_too(over):
    assert refused(executed(shown("sentences", **(TABLE | over)))).startswith(SAYS)


@pytest.mark.parametrize("title", ["Van 1.234 gezinnen 30%", "Gestopt", "Gestopt (VT02)"])
def test_a_number_from_the_cells_may_be_told(title):
    assert accepted(title=title, notes=[title], source=title, settings=["VT02"])


@pytest.mark.parametrize("title", ["1 gezin", "234 gezinnen", "0,3", "1234"])
def test_a_part_of_a_released_number_is_another_number(title):
    assert refused(executed(shown(**(TABLE | {"title": title})))).startswith(SAYS)


def test_a_hidden_number_is_not_told_by_its_row():
    row = {"rows": [["VT02", 15, None]], "display": [["Drenthe", "15", "."]], "status": ["suppressed"]}
    assert refused(executed(shown(**(TABLE | row | {"title": "Bij 7 van de 15"})))).startswith(SAYS)


def test_what_the_author_typed_in_a_cell_may_be_told():
    notebook = executed(shown(**(TABLE | {"title": "Na 18 maanden", "notes": ["1 = laag, 5 = hoog"]})))
    assert refused(notebook).startswith(SAYS)
    notebook.cells[-2].source = "tables.table(x, title='Na 18 maanden', notes=['1 = laag, 5 = hoog'])"
    assert verify.exhibits(notebook, profile="cbs5", study="klein", region="VT02")


def test_the_settings_of_the_study_and_the_region_may_be_told(tmp_path):
    (tmp_path / "study.yml").write_text(
        "name: klein-44\ntitle: Studie 2031\ndivision: {year: 2022}\nsources: {families: bestand 77}\n"
        "waves: [{code: T1, months: 0}, {code: T2, months: 9}]\n"
    )
    known = texts.settings(params.study(tmp_path), "VT02", "Drenthe")
    source = "bestand 77, 31 december 2025, klein-44, indeling 2022"
    assert accepted(title="Studie 2031 in VT02, na 9 maanden", source=source, settings=known)
    for title in ("1 gezin", "2 gezinnen"):  # the code of a wave, T1, frees no 1
        assert texts.unknown_number(TABLE | {"title": title, "id": "x", "source": ""}, texts.typed(executed(), known))


def test_hgevals_own_sentences_may_be_told_but_their_numbers_not_by_themselves():
    own = [
        wording.message("regions_hidden", n="12 regio's"),
        "Op 1 januari 2019 werd de meldcode strenger. Beroepskrachten kunnen daardoor vaker om advies vragen en vaker "
        "melden.", "a: vanaf januari 2019. Er veranderde iets.", "Meldingen per 10.000 inwoners",
    ]
    assert accepted(notes=own, source="CBS StatLine 84848NED, Huiselijk geweld; rol/functie, organisatie, duur geweld, "
                    "Veilig Thuis-regio (CC BY 4.0)")
    for text in ("Van 12 regio's.", "In 2019.", "10.000 gezinnen"):
        assert refused(executed(shown(**(TABLE | {"notes": [text]})))).startswith(SAYS)


def test_an_alternative_text_counts_its_own_rows():
    columns = [*TABLE["columns"], {"name": "position", "label": "Plaats", "kind": "text"}]
    rows = [["VT01", 40, 0.3, "lager"], ["VT02", 40, 0.5, "hoger"], ["VT03", 40, 0.5, "hoger"], ["VT04", 1, None, ""]]
    shape = {"columns": columns, "rows": rows, "display": [["x", "40", "30%", "y"]] * 4, "status": ["rounded"] * 4}
    alt = "4 punten; 1 zonder cijfer. Van 3 regio's: 1 lager, 0 gelijk, 2 hoger."
    assert accepted(**shape, alt=alt)
    assert refused(executed(shown(**(shape | {"alt": alt + " En 9."})))).startswith(SAYS)
    assert refused(executed(shown(**(shape | {"notes": ["4 punten"]})))).startswith(SAYS)


def test_a_build_refuses_the_report_and_its_log_holds_no_number(tmp_path, monkeypatch):
    home = make(tmp_path / "home", monkeypatch)
    counted = "families = range(43210)\nstub.table(region, 'nog-een', title=f'Alle {len(families) + 1} gezinnen')"
    nbformat.write(with_cell(counted), home / "notebooks" / "good.ipynb")
    result = build.run("klein", regions=["VT02"], out=tmp_path / "out", progress=False)
    ((_, _, why),) = result.failures
    assert why.startswith(SAYS)
    assert not (tmp_path / "out" / "VT02").exists()
    told = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.suffix in (".log", ".json", ".html")]
    assert not any("43211" in text for text in told)


def told(*said, rows=(), notes=(), **more):
    """The texts of a list of sentences, with the cells that they were made from."""
    payload = {
        "kind": "sentences", "id": "in-het-kort", "title": "In het kort", "source": "demo", "notes": list(notes),
        "alt": " ".join(said), "sentences": list(said), "columns": [], "rows": [list(row) for row in rows],
        "display": [[str(cell) for cell in row] for row in rows],
    }
    return texts.unknown_number(payload, set(), **more)


@pytest.mark.parametrize(("said", "rows", "strange"), [
    ("Bij 41 procent van de gezinnen is het geweld na gestopt.", [(0.412, 75)], False),
    ("We weten dit van 75 gezinnen.", [(0.412, 75)], False),
    ("Dat zijn er ongeveer 73 per 10.000 inwoners.", [(72.9,)], False),
    ("We weten dit van 9 gezinnen.", [(0.412, 75)], True),
    ("Bij 42 procent van de gezinnen.", [(0.412, 75)], True),
    ("Van 7 regio's tonen we het cijfer niet. Juist daar kan een verschil zijn.", [], False),
    ("Van 7 gezinnen tonen we het cijfer niet.", [], True),
    ("Niet geregeld: klachten; een jaarverslag; toezicht; en nog 12.", [], False),
    ("Niet geregeld: klachten; en nog 12 van de 30.", [], True),
    ("Er zijn en nog 12 gezinnen.", [], True),
])
def test_a_sentence_says_only_released_numbers_or_counts_regions(said, rows, strange):
    assert told(said, rows=rows) is strange


def test_a_note_under_sentences_is_looked_at_too():
    assert told("Waardoor het geweld is gestopt, weten we niet.", notes=["1 van 3250"]) is True
    assert told("Zo.", notes=["Nederland is hier: de 20 van de 26 regio's met gezinnen in deze studie."]) is False


def test_a_sentence_about_the_settings_stands_as_it_is_or_not_at_all():
    said = "Vaak is 22 keer per jaar of meer."
    assert told(said, explained=[said]) is False
    assert told(said.replace("22", "9"), explained=[said]) is True
