"""Only checked names become jobs and files (C56, C57)."""

import pytest
from press_home import make

from hgeval import paths, reference
from hgeval.errors import HgevalError, ParameterError, RegionError
from hgeval.press import jobs

HOSTILE = [
    "../../x", "/etc/x", "C:\\x", "CON", "a\0b", "V" * 300, "{regio}", "VT01 ", "VT01.", "vt01", "", "0363", "NO",
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    return make(tmp_path / "home", monkeypatch)


REST = "  title: x\n  about: Dit rapport gaat over x.\n  scope: region\n"


def planned(**chosen):
    return jobs.plan(
        paths.study_dir("klein"), known=reference.regions(2022), profile="cbs5", **chosen,
    )


def test_every_region_gets_every_report_and_the_country_one(home):
    found = planned()
    assert len(found) == 26 + 1
    assert found[0].files == ("country.html", "data/country.xlsx", "data/country.csv")
    assert found[1].files == ("VT01/good.html", "VT01/data/good.xlsx", "VT01/data/good.csv")
    assert found[1].parameters == {"study": "klein", "region": "VT01", "profile": "cbs5"}
    assert found[1].region_name == "Amsterdam-Amstelland"


def test_a_choice_of_regions_leaves_the_country_out_unless_asked(home):
    assert [job.name for job in planned(regions=["VT02"])] == [("VT02", "good")]
    assert [job.name for job in planned(regions=["VT02", "NL"])] == [("NL", "country"), ("VT02", "good")]
    assert [job.name for job in planned(reports=["country"])] == [("NL", "country")]
    with pytest.raises(ParameterError, match="niets te bouwen"):
        planned(reports=["good"], regions=["NL"])


def test_what_explains_the_others_comes_along_since_they_link_to_it(home):
    file = paths.params_dir() / "reports.yml"
    file.write_text(file.read_text() + "  explains: true\n")  # of country, the last
    assert [job.name for job in planned(regions=["VT02"])] == [("NL", "country"), ("VT02", "good")]
    assert [job.name for job in planned(regions=["VT02"], reports=["good"])] == [("NL", "country"), ("VT02", "good")]
    assert [job.name for job in planned(reports=["country"])] == [("NL", "country")]
    with pytest.raises(ParameterError, match="niets te bouwen"):
        planned(reports=["good"], regions=["NL"])


@pytest.mark.parametrize("code", [*HOSTILE, "VT27", "VT99"])
def test_a_region_outside_the_division_is_refused(home, code):
    with pytest.raises(RegionError, match=r"onbekende naam van een regio.*Bekend zijn: VT01 .*, VT02 "):
        planned(regions=[code])


@pytest.mark.parametrize("code", HOSTILE)
def test_no_code_leads_out_of_the_folder(code):
    with pytest.raises(RegionError, match="twee hoofdletters en cijfers"):
        jobs.names(code, "good")


@pytest.mark.parametrize(
    "name", ["../x", "index", "manifest", "logs", "data", "Good", "a b", "a.b", "", "a" * 300, "a\0"]
)
def test_no_report_name_leads_out_of_the_folder(name):
    with pytest.raises(ParameterError, match="de naam van het rapport"):
        jobs.names("VT01", name)


def test_an_unknown_region_is_told_the_known_ones_with_their_names(home):
    with pytest.raises(RegionError, match=r"regio: 'VT99'. Bekend zijn: VT01 \(Amsterdam-Amstelland\), VT02 \(Dre"):
        planned(regions=["VT99"])


def test_an_unknown_report_is_named_with_the_known_ones(home):
    with pytest.raises(ParameterError, match="onbekende naam van een rapport: 'goed'. Bekend zijn: good, country"):
        planned(reports=["goed"])


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("good:\n  notebook: good.ipynb\n  titel: x\n  scope: region\n", r"reports.yml, regel 3: onbekende instelling"),
        ("good:\n  notebook: ../good.ipynb\n" + REST, r"'good.notebook' klopt niet"),
        ("good:\n  notebook: weg.ipynb\n" + REST, "weg.ipynb staat niet in de map notebooks"),
        ("index:\n  notebook: good.ipynb\n" + REST, "de naam van het rapport 'index' mag niet"),
        ("good: {}\ngood: {}\n", "deze naam staat er twee keer"),
        ("good: !!python/object:os.system {}\n", r"eigen typen \(!naam\) mogen niet"),
        ("good: &a {}\nbad: *a\n", r"verwijzingen \(\*naam\) mogen niet"),
    ],
)
def test_a_fault_in_the_list_of_reports_is_named(home, yaml, says):
    (home / "params" / "reports.yml").write_text(yaml)
    with pytest.raises(ParameterError, match=says):
        planned()


def test_a_notebook_whose_cell_does_not_fit_stops_the_plan(home):
    (home / "params" / "reports.yml").write_text("good:\n  notebook: country.ipynb\n" + REST)
    with pytest.raises(ParameterError, match="country.ipynb, cel 2: de parameter 'region' ontbreekt"):
        planned()
    (home / "notebooks" / "country.ipynb").write_text("geen json")
    with pytest.raises(ParameterError, match="country.ipynb is geen leesbaar notebook"):
        planned()


def test_a_study_elsewhere_is_told_by_its_full_path(home, tmp_path):
    assert jobs.study_name(paths.study_dir("klein")) == "klein"
    assert jobs.study_name(tmp_path / "mijn {studie}") == str(tmp_path / "mijn {studie}")


def test_every_fault_is_one_of_ours():
    assert issubclass(RegionError, HgevalError) and issubclass(ParameterError, HgevalError)
