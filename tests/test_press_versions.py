"""A report that replaces one of earlier data warns that both versions side by side may tell about one family (D66)."""

import json

import nbformat
import pytest
from press_home import make, payload, report, with_cell

from hgeval import surroundings
from hgeval.press import build, downloads, manifest, versions

# a table of the study's own: how many families there are, in fives, and hidden under ten
COUNTS = """\
from hgeval import case
many = 5 * round(len(case.open(study, region=region, profile=profile).table('families')) / 5)
shown = [[region, str(many)]] if many >= 10 else [[region, '.']]
stub.table(
    region, 'telling', title='Een telling', alt='Hoeveel gezinnen er zijn.',
    columns=stub.COLUMNS[:2], rows=[[region, many if many >= 10 else None]],
    display=shown, status=['rounded' if many >= 10 else 'suppressed'],
)"""


def saved(path, *payloads):
    path.write_bytes(downloads.table(list(payloads), report()))
    return path


def other(number, text):
    """The usual table with another number of families."""
    shown = payload()
    return shown | {"rows": [["VT02", number, 0.3, 0.18, 0.46], shown["rows"][1]],
                    "display": [["Drenthe", text, "30%", "18%", "46%"], shown["display"][1]]}


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        ([payload()], 0), ([other(45, "45")], 1), ([other(None, ".")], 1), ([payload(title="Anders")], 0),
        ([payload(notes=["Anders."], source="elders")], 0), ([payload(), payload(id="extra")], 8), ([], 8),
        ([payload(rows=payload()["rows"][:1], display=payload()["display"][:1], status=["rounded"])], 4),
    ],
)
def test_only_numbers_are_counted(tmp_path, new, moved):
    assert versions.moved(saved(tmp_path / "a.csv", payload()), saved(tmp_path / "b.csv", *new)) == moved


@pytest.mark.parametrize(
    ("sentence", "moved"), [("Eén zin, anders.", 0), ("Bij 30 procent.", 1)],
)
def test_of_a_sentence_only_its_numbers_count(tmp_path, sentence, moved):
    empty = {"rows": [], "display": [], "status": []}
    old = saved(tmp_path / "a.csv", payload("sentences", sentences=["Eén zin."], **empty))
    assert versions.moved(old, saved(tmp_path / "b.csv", payload("sentences", sentences=[sentence], **empty))) == moved


@pytest.mark.parametrize("text", [None, "", "iets;anders\n1;2\n", "onderdeel;rij\nx"])
def test_an_old_table_that_is_lost_or_changed_counts_as_moved(tmp_path, text):
    if text is not None:
        (tmp_path / "a.csv").write_text(text)
    assert versions.moved(tmp_path / "a.csv", saved(tmp_path / "b.csv", payload())) == 8


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "program", lambda: "vast")
    folder = make(tmp_path / "home", monkeypatch)
    nbformat.write(with_cell(COUNTS), folder / "notebooks" / "good.ipynb")
    return folder


def families(home, number):
    """The study with so many families of made-up ids."""
    path = home / "data" / "klein" / "families.csv"
    head, row = path.read_text().splitlines()[:2]
    cells = row.split(";")
    at = head.split(";").index("family_id")
    rows = [";".join([*cells[:at], f"G{turn:05}", *cells[at + 1 :]]) for turn in range(number)]
    path.write_text("\n".join([head, *rows]) + "\n")


def made(tmp_path, **how):
    result = build.run("klein", regions=["VT01", "VT02"], out=tmp_path / "uit", jobs=1, progress=False, **how)
    assert result.failed == 0, result.failures
    return result, json.loads((tmp_path / "uit" / manifest.FILE).read_text())


def test_a_family_that_was_withdrawn_is_warned_about_once_a_region(home, tmp_path):
    families(home, 13)
    first, told = made(tmp_path)
    assert first.warnings == [] == told["warnings"]

    families(home, 12)  # 15 becomes 10: whoever holds both knows that one family went
    second, told = made(tmp_path)
    assert len(second.warnings) == 2 and told["warnings"] == second.warnings
    said = second.warnings[1]
    assert said.startswith("Let op, VT02 (Drenthe): met de nieuwe gegevens veranderde 1 cijfer in good. ")
    assert said.endswith("Verwijder alle oude kopieën en publiceer niet beide versies.")
    assert "15" not in said and "10" not in said
    assert said in second.summary()
    assert [entry["moved"] for entry in told["entries"]] == [1, 1]

    third, told = made(tmp_path)
    assert third.warnings == [] and len(told["warnings"]) == 2  # nothing was made; what was said still stands
    fourth, told = made(tmp_path, fresh=True)
    assert fourth.warnings == told["warnings"] == second.warnings  # the same data: the old may still lie


def test_new_data_that_move_no_number_are_not_warned_about(home, tmp_path):
    families(home, 14)
    made(tmp_path)
    families(home, 13)
    result, told = made(tmp_path)
    assert (result.made, result.warnings, told["warnings"]) == (2, [], [])


def test_the_same_data_in_another_notebook_are_not_warned_about(home, tmp_path):
    families(home, 13)
    made(tmp_path)
    changed = with_cell(COUNTS.replace("'telling'", "'nieuwe-naam'"))
    nbformat.write(changed, home / "notebooks" / "good.ipynb")
    result, told = made(tmp_path)
    assert (result.made, result.warnings, told["warnings"]) == (2, [], [])
