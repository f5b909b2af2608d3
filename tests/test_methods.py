"""The chapter on methods: every number agrees, a wrong one is seen, and nothing else passes its door."""

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from disclosure_cases import reader, share
from reference_cases import case

from hgeval import disclosure, methods, paths, wording
from hgeval.errors import DisclosureError, EstimateError, ParameterError

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
EXAMPLES = sorted((paths.reference_dir() / "examples").glob("*.csv"), key=lambda path: path.name)
CONSTRUCTED = {"dropout"}
CODES = {"glmm_logit": {"period": "p"}}  # numbers that are names, as text


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A home whose reference tables may be changed."""
    for name in ("params", "data/reference"):
        shutil.copytree(paths.root() / name, tmp_path / name)
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    return tmp_path / "data" / "reference"


def test_every_method_gives_the_number_of_the_other():
    found = methods.compared()
    wrong = found[~found["same"]]
    assert wrong.empty, wrong[["estimator", "printed", "ours"]].to_string()
    assert len(found) >= 30 and found["family"].nunique() == 16
    assert not found["estimator"].duplicated().any()


def test_the_overview_counts_them():
    found, told = methods.compared(), methods.overview().set_index("family")
    assert list(told.index) == [*methods.methods(), "totaal"]
    assert told.loc["totaal"].tolist() == [len(found), len(found)]
    assert told.loc["shares", "methods"] == (found["family"] == "shares").sum()


@pytest.mark.parametrize(
    ("right", "wrong"), [("numbers: 0.2553 0.3662", "numbers: 0.2553 0.3663"), ("x: [81]", "x: [82]")]
)
def test_one_digit_off_is_seen(elsewhere, right, wrong):
    file = elsewhere / methods.FILE
    file.write_text(file.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    found = methods.compared()
    assert found.loc[~found["same"], "estimator"].tolist() == ["Wilson-interval (Wilson score interval)"]
    assert methods.overview().set_index("family")["agreeing"]["shares"] == (found["family"] == "shares").sum() - 1


def test_a_row_that_is_not_one_and_an_unknown_setting_stop_the_page(elsewhere):
    file = elsewhere / methods.FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("where: [method=conditional_exact]", "where: [measure=odds_ratio]"), encoding="utf-8")
    with pytest.raises(EstimateError, match=r"differences\.odds_ratio past 'measure=odds_ratio' op 2 rijen"):
        methods.compared()
    file.write_text(text.replace("    origin: Wilson 1927\n", "    herkomst: Wilson 1927\n", 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"methods\.yml, regel \d+"):
        methods.methods()


def test_the_texts_stay_as_written_when_they_are_shown():
    """A cell begins with a capital: of β that is another letter. And a bar would cut it into a list."""
    found = methods.compared()
    texts = found[["formula", "printed", "ours"]]
    assert all(wording.capital(text) == text for text in texts.to_numpy().ravel() if re.match(r"\w\b|\W", text))
    assert not any("|" in text for text in found.select_dtypes("str").to_numpy().ravel())
    assert not [text for text in found["formula"] if "\\" in text or "$" in text]
    assert all(wording.longest(text) <= wording.MOST_WORDS and text[-1] in ".?" for text in found["answers"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_the_rows_of_the_reference_case(path):
    rows = pd.read_csv(path)
    if path.stem in CONSTRUCTED:
        assert rows.groupby("severe")["stopped"].agg(["sum", "count", "size"]).to_numpy().tolist() == [
            [40, 80, 100], [10, 40, 100],
        ]
        return
    theirs = case(path.stem).rows[list(rows)]
    for column, letter in CODES.get(path.stem, {}).items():
        theirs = theirs.assign(**{column: letter + theirs[column].astype("str")})
    pd.testing.assert_frame_equal(rows, theirs)


def test_no_example_is_left_over():
    used = {each.rows for found in methods.methods().values() for each in found.values() if isinstance(each.rows, str)}
    assert used - {""} == {path.stem for path in EXAMPLES}


TOLD = """\
method,scenario,studies,naive,number,value,mcse,lowest,highest,kept
"funnel, chance",alike,2000,False,alarm,0.0485,0.0048,0.0,0.07,True
"share of a region, as if strangers",usual,2000,True,coverage,0.8812,0.0021,0.935,0.965,False
"""


def test_the_simulations_in_words(elsewhere):
    (elsewhere / methods.COVERAGE).write_text(TOLD)
    found = methods.coverage()
    assert list(found) == list(methods.SIMULATED)
    assert found["found"].tolist() == ["0,049 (fout 0,005)", "0,881 (fout 0,002)"]
    assert found["must"].tolist() == ["0,000 tot 0,070", "0,935 tot 0,965"] and found["kept"].tolist() == [True, False]
    assert found["promise"][1].endswith("(opzettelijk te simpel)") and found["promise"][0].startswith("trechter")
    assert len(disclosure.release_methods(found, reader())) == 2


def test_without_simulations_there_are_no_rows(elsewhere):
    (elsewhere / methods.COVERAGE).unlink(missing_ok=True)
    assert methods.coverage().empty and list(methods.coverage()) == list(methods.SIMULATED)
    assert len(disclosure.release_methods(methods.coverage(), reader())) == 0


def test_every_promise_has_dutch_words(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import promises

    known = wording.texts().labels
    assert {each.name for each in promises.PROMISES} <= set(known["promise"])
    assert {each.scenario for each in promises.PROMISES} <= set(known["scenario"])
    sys.modules.pop("promises")


def test_the_door_lets_the_methods_pass_as_they_are():
    released = disclosure.release_methods(methods.compared(), reader())
    assert len(released.where(family="shares")) == 5
    assert set(released.frame["status"]) == {"shown"}
    assert released.origin == {"study": "demo", "synthetic": False, "published": True, "examples": True}


@pytest.mark.parametrize(
    "change", [{"ours": "0,1"}, {"printed": "13 gezinnen"}, {"answers": "12"}, {"same": False}, {"family": "VT02"}]
)
def test_nothing_but_what_the_methods_made_passes(change):
    row = methods.compared().iloc[:1]
    assert len(disclosure.release_methods(row, reader())) == 1
    with pytest.raises(DisclosureError, match=r"rijen die hgeval/methods\.py zelf maakt"):
        disclosure.release_methods(row.assign(**change), reader())


def test_estimates_and_more_columns_do_not_pass():
    for rows in (share(13, 44), methods.compared().assign(n=13), methods.overview().assign(methods=13)):
        with pytest.raises(DisclosureError):
            disclosure.release_methods(rows, reader())
