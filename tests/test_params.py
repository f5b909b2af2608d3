"""Settings: what is not known, not whole or of another type is refused before anything runs."""

import datetime as dt

import pytest

from hgeval import params, readers, wording
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
        (GOOD + "waves:\n  - {code: T1, months: 5}\n  - {code: T1, months: 9}\n",
         "regel 4: de instelling 'waves' klopt niet. "
         "Verwacht: meetmomenten die oplopen in maanden"),
        (GOOD + "waves:\n  - {code: T1, months: 5}\n", "regel 4: de instelling 'waves' klopt niet. "
         "Verwacht: een lijst met ten minste 2 regels."),
        (GOOD + "formats:\n  date: '%d%m%Y%Q'\n", "regel 5: de instelling 'formats.date' klopt niet. Verwacht: %d, %m"),
        (GOOD + "formats:\n  date: '%d-%m-%Y %'\n", "regel 5: de instelling 'formats.date' klopt niet."),
        (GOOD + "formats:\n  date: '%d-%d-%m-%Y'\n", "regel 5: de instelling 'formats.date' klopt niet."),
        (GOOD + "files:\n  costs: {date: dd-mm}\n", "regel 5: de instelling 'files.costs.date' klopt niet."),
        (GOOD + "formats:\n  delimiter: ';;'\n", "regel 5: de instelling 'formats.delimiter' klopt niet. "
         "Verwacht: tekst van ten hoogste 1 teken(s)"),
        (GOOD + "reference_date: 9999-12-31\n", "regel 4: de instelling 'reference_date' klopt niet. "
         "Verwacht: ten hoogste 2100-12-31"),
        (GOOD + "reference_date: 1999-12-31\n", "Verwacht: ten minste 2000-01-01"),
        (GOOD + "formats: {decimal: '.'}\n", "mogen niet hetzelfde teken zijn"),
        (GOOD + "files:\n  costs: {decimal: '.'}\n", "regel 4: de instelling 'files' klopt niet. "
         "Verwacht: thousands en decimal mogen niet hetzelfde teken zijn, ook niet samen bij costs"),
        (GOOD + "formats: {decimal: '.', thousands: ''}\nfiles:\n  costs: {thousands: '.'}\n", "samen bij costs"),
        ("division:\n  year: 2022\n", "study.yml: de instelling 'name' ontbreekt"),
        (GOOD.replace("proef", "demo"), "de naam demo is voor verzonnen gegevens"),
        (GOOD.replace("proef", "../../etc"), "regel 1: de instelling 'name' klopt niet. "
         "Verwacht: kleine letters, cijfers, - en _, zonder spaties"),
    ],
)
def test_one_clear_sentence_for_each_fault(study, text, said):
    with pytest.raises(ParameterError) as fault:
        study(text)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("name", "naam"), ["study.yml, regel 1: onbekende instelling 'naam'. Bedoelde u 'name'?"]),
        (GOOD.replace("year", "jear"),  # the standard year is there, so nothing is missing
         ["study.yml, regel 3: onbekende instelling 'division.jear'. Bekend zijn: kind, year."]),
        (GOOD + "waves:\n  - {cod: T1, months: 0}\n  - {code: T2, maand: 9}\n",
         ["study.yml, regel 5: onbekende instelling 'waves.0.cod'. Bedoelde u 'code'?",
          "study.yml, regel 6: de instelling 'waves.1.months' ontbreekt. Vul haar in.",
          "study.yml, regel 6: onbekende instelling 'waves.1.maand'. Bekend zijn: code, label, months."]),
        (GOOD.replace("name: proef", "nam: a\nnaam: b"),
         ["study.yml, regel 1: onbekende instelling 'nam'. Bedoelde u 'name'?",
          "study.yml, regel 2: onbekende instelling 'naam'. Bekend zijn: acts, "]),
    ],
)
def test_a_misspelt_setting_is_one_fault_and_not_also_a_missing_one(study, text, told):
    with pytest.raises(ParameterError) as fault:
        study(text)
    said = str(fault.value).splitlines()
    assert len(said) == len(told)
    assert all(line.startswith(start) for line, start in zip(said, told, strict=True))


@pytest.mark.parametrize("own", ["{decimal: '.'}", "{decimal: '.', thousands: ','}", "{thousands: '.'}", "{}"])
def test_a_file_may_have_a_mark_of_its_own_beside_what_all_files_share(study, own):
    config = study(GOOD + f"formats: {{thousands: ''}}\nfiles:\n  costs: {own}\n")
    form = readers.table_format(config, "costs")
    assert form.decimal != form.thousands and (form.thousands == "") == ("thousands" not in own)


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
    assert list(params.reports()) == [
        "effectiveness", "infrastructure", "monitor", "chain", "governance", "financing", "national", "divisions",
        "methods",
    ]


def test_an_unknown_setting_of_a_report_is_refused(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "reports.yml").write_text("a:\n  notebook: a.ipynb\n  titel: A\n  scope: region\n")
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    with pytest.raises(ParameterError) as fault:
        params.reports()
    assert str(fault.value).splitlines() == [
        "params/reports.yml, regel 1: de instelling 'a.about' ontbreekt. Vul haar in.",
        "params/reports.yml, regel 3: onbekende instelling 'a.titel'. Bedoelde u 'title'?",
    ]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("", "de instelling 'a.about' ontbreekt"), ("  about: kort\n", "Verwacht: tekst van ten minste 20 teken(s)"),
        ("  about: gaat over hoe het nu met gezinnen is\n", "Verwacht: een gewone zin, die begint met een hoofdletter"),
        ("  about: Gaat over hoe het nu met gezinnen is\n", "eindigt met een punt"),
        (f"  about: Dit {'heel ' * 50}lang.\n", "Verwacht: tekst van ten hoogste 200 teken(s)"),
    ],
)
def test_a_report_says_in_a_sentence_what_it_is_about(tmp_path, monkeypatch, about, said):
    (tmp_path / "params").mkdir()
    spec = f"a:\n  notebook: a.ipynb\n  title: A\n{about}  scope: region\n"
    (tmp_path / "params" / "reports.yml").write_text(spec)
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    with pytest.raises(ParameterError) as fault:
        params.reports()
    assert said in str(fault.value)


def test_what_the_reports_are_about_is_plain_dutch():
    for spec in params.reports().values():
        assert wording.banned(spec.about) == [] and wording.longest(spec.about) <= wording.MOST_WORDS


@pytest.mark.parametrize("date", ["%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y %H:%M", "%Y%m%d"])
def test_usual_ways_to_write_a_date_are_accepted(study, date):
    assert study(GOOD + f"formats:\n  date: '{date}'\n").formats.date == date


@pytest.fixture
def defaults(tmp_path, monkeypatch):
    """Standard settings with two slips: a misspelt threshold on line 3 and a wave without months on line 5."""
    (tmp_path / "params").mkdir()
    text = "thresholds:\n  frequent: 22\n  freqent: 3\nwaves:\n  - {code: T1}\n  - {code: T2, months: 5}\n"
    (tmp_path / "params" / "study.yml").write_text(text + "reference_date: 2025-12-31\n")
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))


def test_a_fault_in_the_standard_settings_names_their_file(study, defaults):
    with pytest.raises(ParameterError) as fault:
        study(GOOD + "thresholds:\n  frequent: veel\n")
    said = str(fault.value)
    assert "params/study.yml, regel 3: onbekende instelling 'thresholds.freqent'" in said
    assert "params/study.yml, regel 5: de instelling 'waves.0.months' ontbreekt" in said
    assert "\nstudy.yml, regel 5: de instelling 'thresholds.frequent' klopt niet" in said


def test_a_misspelt_standard_setting_is_one_fault_in_the_standard_file(study, defaults, tmp_path):
    path = tmp_path / "params" / "study.yml"
    waves = "waves:\n  - {code: T1, months: 0}\n  - {code: T2, months: 5}\n"
    path.write_text(waves + "referencedate: 2025-12-31\n")
    with pytest.raises(ParameterError) as fault:
        study(GOOD)
    told = "params/study.yml, regel 4: onbekende instelling 'referencedate'. Bedoelde u 'reference_date'?"
    assert str(fault.value) == told


def test_what_a_study_replaces_is_looked_up_in_its_own_file(study, defaults):
    with pytest.raises(ParameterError) as fault:
        study(GOOD + "waves:\n  - {months: 0}\n  - {code: T2, months: 5}\n")
    assert str(fault.value).startswith("study.yml, regel 5: de instelling 'waves.0.code' ontbreekt")


def test_standard_settings_that_are_no_yaml_are_named(study, defaults, tmp_path):
    (tmp_path / "params" / "study.yml").write_text("a: [\n")
    with pytest.raises(ParameterError, match="^params/study.yml, regel 2: "):
        study(GOOD)


def test_the_chain_has_its_terms_from_the_defaults_and_a_study_may_choose(study):
    chain = study(GOOD).chain
    assert (chain.assessment_days, chain.assessment_kind, chain.investigation_weeks) == (5, "working", 10)
    assert (chain.liberation_day, chain.good_friday, chain.minimum_cases) == ("yearly", True, [5, 10, 20, 30])
    own = study(GOOD + "chain:\n  assessment_kind: calendar\n  minimum_cases: [15, 50]\n").chain
    assert (own.assessment_kind, own.minimum_cases, own.keeps) == ("calendar", [15, 50], 0.8)


@pytest.mark.parametrize(("setting", "expected"), [
    ("minimum_cases: [10, 5]", "chain.minimum_cases' klopt niet. Verwacht: getallen die oplopen, uit 5, 10, 15"),
    ("minimum_cases: [7]", "chain.minimum_cases' klopt niet. Verwacht: getallen die oplopen"),
    ("minimum_cases: []", "chain.minimum_cases' klopt niet. Verwacht: een lijst met ten minste 1 regels"),
    ("assessment_kind: werkdagen", "Verwacht: een van 'working' of 'calendar'"),
    ("assessment_days: 0", "Verwacht: ten minste 1"),
    ("keeps: 1", "Verwacht: minder dan 1"),
    ("term: 5", "onbekende instelling 'chain.term'"),
])
def test_a_wrong_setting_of_the_chain_is_one_clear_sentence(study, setting, expected):
    with pytest.raises(ParameterError) as fault:
        study(GOOD + f"chain:\n  {setting}\n")
    assert expected in str(fault.value) and len(str(fault.value).splitlines()) == 1
