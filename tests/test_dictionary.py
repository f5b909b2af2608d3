"""The data dictionary and the templates say what the schema says."""

import re

import pytest
from study_files import study

from hgeval import dictionary, load, params, paths
from hgeval.errors import StudyError
from hgeval.findings import RULES
from hgeval.schema import TABLES


def test_the_dictionary_in_the_repository_is_made_from_the_schema():
    stored = (paths.root() / "data" / "README.md").read_text(encoding="utf-8")
    assert stored == dictionary.markdown()


def section(name: str) -> list[str]:
    """The rows of one table's section."""
    text = dictionary.markdown().split(f'<a id="{name}"></a>')[1].split("<a id=")[0]
    return [line for line in text.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_row_with_its_choices(name):
    rows = section(name)[: len(TABLES[name].columns)]
    for column, row in zip(TABLES[name].columns, rows, strict=True):
        assert row.startswith(f"| `{column.name}` | {column.label.replace('|', chr(92) + '|')} |")
        assert all(f"`{choice}`" in row for choice in column.choices)
        assert not column.item or row.endswith(f"| {column.item} |")


def test_rows_say_what_is_required():
    rows = section("families")
    assert rows[0] == "| `family_id` | pseudoniem van het gezin | code | ja | nee |  |  |"
    assert (
        rows[10]
        == "| `children` | aantal kinderen in het gezin | aantal | nee | ja | ten minste 0, ten hoogste 20 |  |"
    )


def test_every_grid_is_whole():
    widths = {
        line: len(re.findall(r"(?<!\\)\|", line)) for line in dictionary.markdown().splitlines() if line[:1] == "|"
    }
    assert len(widths) > 200 and set(widths.values()) <= {3, 8, 9}


def test_all_rules_are_explained():
    text = dictionary.markdown()
    assert all(f"| `{rule}` |" in text for rule in RULES)


def test_of_every_table_is_said_what_leaves_of_it():
    told = [name for names in dictionary.LEAVES for name in names]
    assert sorted(told) == sorted(TABLES)


def test_the_example_of_other_formats_is_accepted(tmp_path):
    example = re.search(r"```yaml\n(.*?)```", dictionary.markdown(), flags=re.DOTALL)[1]
    config = params.study(study(tmp_path, settings=example))
    assert config.formats.delimiter == "," and config.files["meldingen"].sheet == "Blad1"


def test_templates_are_a_study_without_rows(tmp_path):
    made = dictionary.write_templates(tmp_path / "nieuw")
    assert len(made) == len(TABLES) + 1 and all(path.is_file() for path in made)
    found = load.check(tmp_path / "nieuw").findings
    assert set(found["rule"]) == {"geen-rijen"} and len(found) == len(TABLES)
    assert found["message"].str.contains("Gooi de tabellen weg die u niet gebruikt.", regex=False).all()
    assert "Gooi de tabellen weg die u niet gebruikt" in (tmp_path / "nieuw" / "study.yml").read_text()
    assert "Gooi de tabellen weg die u niet gebruikt" in dictionary.markdown()
    assert load.check(tmp_path / "nieuw").config.wave_codes == ("T1", "T2", "T3")


def test_the_commented_settings_of_the_template_are_accepted(tmp_path):
    dictionary.write_templates(tmp_path)
    path = tmp_path / "study.yml"
    path.write_text(re.sub(r"^# (?=formats:|files:|sources:|  )", "", path.read_text(), flags=re.MULTILINE))
    config = params.study(tmp_path)
    assert config.formats.encoding == "auto" and config.files["meldingen"].file == "export.xlsx"
    assert config.sources == {"families": "eigen onderzoek"}


def test_templates_never_replace_a_file(tmp_path):
    (tmp_path / "costs.csv").write_text("van mij")
    with pytest.raises(StudyError, match="In deze map staat al: costs.csv. Kies een lege map"):
        dictionary.write_templates(tmp_path)
    assert (tmp_path / "costs.csv").read_text() == "van mij"
    assert [path.name for path in tmp_path.iterdir()] == ["costs.csv"]


def test_the_dictionary_is_written_anew(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    assert dictionary.write().read_text(encoding="utf-8") == dictionary.markdown()
