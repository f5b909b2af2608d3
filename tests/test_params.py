"""Settings: what is not known, not whole or of another type is refused before anything runs."""

import datetime as dt

import pytest

from hgeval import params
from hgeval.errors import ParameterError

GOOD = "name: proef\ndivision:\n  year: 2022\n"


@pytest.fixture
def study(tmp_path):
    def write(text):
        (tmp_path / "study.yml").write_text(text, encoding="utf-8")
        return params.study(tmp_path)

    return write


def test_a_study_takes_the_defaults_and_overrides_one_setting(study):
    config = study(GOOD + "thresholds:\n  frequent: 30\n")
    assert config.thresholds.frequent == 30
    assert config.thresholds.increased == 1.2
    assert config.wave_codes == ("T1", "T2", "T3")
    assert config.division == params.Division(kind="veilig_thuis", year=2022)
    assert isinstance(config.reference_date, dt.date)
    assert config.synthetic is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            GOOD + "tresholds:\n  frequent: 3\n",
            "study.yml, regel 4: onbekende instelling 'tresholds'. Bekend zijn: acts, ",
        ),
        (
            GOOD + "thresholds:\n  freqent: 3\n",
            "regel 5: onbekende instelling 'thresholds.freqent'. Bekend zijn: decreased",
        ),
        (
            GOOD + "thresholds:\n  frequent: veel\n",
            "regel 5: de instelling 'thresholds.frequent' klopt niet. Verwacht: een getal",
        ),
        (GOOD + "level: 1.5\n", "regel 4: de instelling 'level' klopt niet. Verwacht: minder dan 1"),
        (GOOD + "informant_rule: iemand\n", "Verwacht: een van 'any', 'mean' of 'main_informant'"),
        (GOOD + "reference_date: 31-12-2025\n", "Verwacht: een datum als 2025-12-31"),
        (GOOD + "files:\n  familes: {file: a.csv}\n", "'files.familes"),
        (GOOD + "waves:\n  - {code: T1, months: 5}\n  - {code: T1, months: 9}\n", "waves moeten oplopen"),
        (GOOD + "formats: {decimal: '.'}\n", "mogen niet hetzelfde teken zijn"),
        ("division:\n  year: 2022\n", "study.yml: de instelling 'name' ontbreekt"),
        (GOOD.replace("proef", "demo"), "de naam demo is voor verzonnen gegevens"),
        (GOOD.replace("proef", "../../etc"), "regel 1: de instelling 'name' klopt niet. Verwacht: alleen letters"),
    ],
)
def test_one_clear_sentence_for_each_fault(study, text, said):
    with pytest.raises(ParameterError) as fault:
        study(text)
    assert said in str(fault.value)


def test_all_faults_come_at_once_and_quote_no_value(study):
    with pytest.raises(ParameterError) as fault:
        study(GOOD + "level: geheimpje\nonbekend: geheimpje\n")
    assert len(str(fault.value).splitlines()) == 2
    assert "geheimpje" not in str(fault.value)


def test_a_no_stays_a_no_and_a_code_keeps_its_zeros(study):
    config = study(GOOD + "sources:\n  families: NO\nbreak_notes:\n  '007': 0363\n")
    assert config.sources == {"families": "NO"}
    assert config.break_notes == {"007": "0363"}


def test_the_reports_of_the_repository_are_valid():
    assert list(params.reports()) == ["effectiveness", "infrastructure", "monitor", "national"]


def test_an_unknown_setting_of_a_report_is_refused(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "reports.yml").write_text("a:\n  notebook: a.ipynb\n  titel: A\n  scope: region\n")
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    with pytest.raises(ParameterError) as fault:
        params.reports()
    assert "reports.yml, regel 3: onbekende instelling 'a.titel'. Bekend zijn: notebook, scope, title." in str(
        fault.value
    )
    assert "de instelling 'a.title' ontbreekt" in str(fault.value)
