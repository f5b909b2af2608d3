"""Dutch numbers and dates, and a wording file that refuses what would go wrong in a report."""

import datetime as dt
import inspect
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from hgeval import monitor, paths, survey, survey_money, survey_partners, wording
from hgeval.errors import ParameterError
from hgeval.schema import TABLES


@pytest.mark.parametrize(("value", "decimals", "printed"), [
    (1234567.891, 3, "1.234.567,891"), (1234.5, 1, "1.234,5"), (0, 0, "0"), (2.5, 0, "3"), (3.5, 0, "4"),
    (-2.5, 0, "-3"), (-0.4, 0, "0"), (1.005, 2, "1,01"), (0.125, 2, "0,13"), (np.int64(12340), 0, "12.340"),
    (pd.NA, 0, "."), (float("nan"), 1, "."), (None, 0, "."),
])
def test_numbers_have_a_decimal_comma_and_round_a_half_away_from_zero(value, decimals, printed):
    assert wording.number(value, decimals) == printed


@pytest.mark.parametrize(("value", "n", "printed"), [
    (0.3, 44, "30%"), (0.304, 99, "30%"), (0.304, 100, "30,4%"), (0.285, 50, "29%"), (0.0005, 2000, "0,1%"),
    (1, 100, "100,0%"), (0, 99, "0%"), (pd.NA, 44, "."), (0.5, pd.NA, "50%"),
])
def test_a_percentage_has_a_decimal_from_a_hundred_on(value, n, printed):
    assert wording.percent(value, n=n) == printed


@pytest.mark.parametrize(("value", "n", "printed"), [
    (0.101, None, "+10"), (-0.101, None, "-10"), (0.005, None, "+1"), (0.0049, None, "0"), (-0.0049, None, "0"),
    (-0.005, None, "-1"), (0, None, "0"), (1, None, "+100"), (0.05, 100, "+5,0"), (-0.0004, 100, "0,0"),
    (0.0005, 100, "+0,1"), (0.0004, 100, "0,0"), (0.2, 99, "+20"), (pd.NA, 100, "."), (None, None, "."),
])
def test_a_difference_has_a_sign_and_none_has_not(value, n, printed):
    assert wording.points(value, n=n, signed=True) == printed
    assert wording.points(value, n=n) == printed.lstrip("+")


def test_euros_and_dates():
    assert wording.euro(1234.5) == "€\N{NO-BREAK SPACE}1.235"
    assert wording.euro(100) == "€\N{NO-BREAK SPACE}100"
    assert wording.euro(0.125) == "€\N{NO-BREAK SPACE}0,13"
    assert wording.euro(pd.NA) == "."
    assert wording.cents(1234.5) == "€\N{NO-BREAK SPACE}1.234,50"
    assert wording.cents(-0.005) == "-€\N{NO-BREAK SPACE}0,01" and wording.cents(pd.NA) == "."
    assert wording.date(dt.date(2026, 3, 8)) == "8 maart 2026"
    assert wording.date(pd.NaT) == "."


@pytest.mark.parametrize(("code", "words"), [
    ("2023", "2023"), ("2023*", "2023*"), ("2023H1*", "1e halfjaar 2023*"), ("2024K3", "3e kwartaal 2024"),
    ("2019-03", "maart 2019"), ("2019-13", "2019-13"), ("voorjaar", "voorjaar"),
])
def test_periods_in_words(code, words):
    assert wording.period(code) == words


def test_a_list_in_words():
    assert wording.series(["gemeenten", "politie", "Veilig Thuis"]) == "gemeenten, politie en Veilig Thuis"
    assert wording.series(["politie"]) == "politie"


def test_every_choice_in_the_schema_has_words():
    choices = [(column.name, code) for table in TABLES.values() for column in table.columns for code in column.choices]
    found = {pair: wording.label(*pair) for pair in choices}
    known = {code for codes in wording.texts().labels.values() for code in codes}
    survey_codes = {code for codes in wording._SURVEY_LABELS.values() for code in codes}
    assert {code for _, code in choices} <= known | survey_codes
    assert not [pair for pair, words in found.items() if "_" in words or not words]


def test_every_measure_has_a_name():
    codes = set(monitor.measures())
    regions = pd.DataFrame({"region": ["VT01"], "name": ["A"]}, dtype="str").assign(population=1000)
    for module in (survey, survey_money, survey_partners):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and function.__module__ == module.__name__:
                codes |= set(function({}, regions=regions).get("measure", []))
    assert len(codes) > 40
    assert not [code for code in sorted(codes) if not wording.measure(code).label]


def test_a_measure_without_a_name_is_an_error():
    with pytest.raises(ParameterError, match=r"wording\.yml: de maat 'nieuw' heeft nog geen naam. Voeg haar toe"):
        wording.measure("nieuw")


def test_a_code_of_an_open_list_stays_as_it_is():
    assert wording.label("provider", "org_12") == "org_12"
    assert wording.label("element", "E10") == "crisisdienst, dag en nacht"
    assert wording.label("betaler_wens", "zvw") == wording.label("payer", "zvw")
    assert wording.label("kind", "hermelding") == "hermelding"


def test_headings_come_from_the_file_else_the_schema_else_the_name():
    assert wording.column("region") == "Regio"
    assert wording.column("behoefte") == "Hoe nodig"
    assert wording.column("knelpunt_open") == "Wat is het grootste knelpunt?"
    assert wording.column("iets_anders") == "iets anders"


def test_an_abbreviation_is_explained_once_and_where_it_first_stands():
    told = wording.explain(["Het team MDA++ is er.", "MDA++ en MDA.", "De GGDen."])
    assert told[0] == "Het team MDA++ (werken met hulp, zorg en justitie samen) is er."
    assert told[1] == "MDA++ en MDA (werken met meer soorten hulp samen)."
    assert told[2] == "De GGDen."


def test_the_fixed_sentences_are_short_and_claim_no_cause():
    sentences = list(wording.texts().messages.values())
    lengths = [len(part.split()) for sentence in sentences for part in re.split(r"(?<=[.!?]) ", sentence)]
    assert sum(lengths) / len(lengths) <= 12
    assert max(map(wording.longest, sentences)) <= 20
    assert not [sentence for sentence in sentences if wording.banned(sentence) or "gestopt door" in sentence]


def test_no_name_of_a_measure_a_column_or_a_code_claims_a_cause_or_a_rank():
    found = wording.texts()
    names = [*(each.label for each in found.measures.values()), *found.columns.values(), *found.signs.values(),
             *(words for codes in found.labels.values() for words in codes.values())]
    assert len(names) > 250
    assert not [name for name in names if wording.banned(name) or wording.longest(name) > wording.MOST_WORDS]


@pytest.mark.parametrize(("text", "found"), [
    ("Het is Middels hulp gestopt.", ["middels"]), ("Gestopt door hen", ["gestopt door"]), ("Inmiddels niet", []),
])
def test_banned_words_are_found_as_whole_words(text, found):
    assert wording.banned(text) == found


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """A wording file of our own: the real one with one line changed."""
    (tmp_path / "params").mkdir()
    shutil.copy(paths.params_dir() / wording.FILE, tmp_path / "params")
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    path = tmp_path / "params" / wording.FILE

    def change(pattern, line):
        text, hits = re.subn(pattern, lambda _: line, path.read_text(encoding="utf-8"), count=1, flags=re.M)
        assert hits == 1
        path.write_text(text, encoding="utf-8")

    return change


VOLUME = r"^  volume: .*$"


@pytest.mark.parametrize(("line", "message"), [
    ('  volume: "Bij {events} is {naam} niets."', r"regel \d+: de zin 'volume' mag alleen deze namen .*: geen"),
    ('  volume: "Bij {0}."', "mag alleen deze namen"),
    ('  volume: "Bij {}."', "mag alleen deze namen"),
    ('  volume: "Meer {meldingen"', "horen accolades bij elkaar"),
    ('  volume: "Dankzij de hulp is het minder."', "'volume' staan verboden woorden: dankzij"),
    (f'  volume: "{"woord " * 21}"', "'volume' is te lang. Gebruik ten hoogste 20 woorden"),
    ('  volumes: "Meer."', "onbekende zin 'volumes'. Bekend zijn: .*volume"),
    ('  onzin: "Meer."', "de zin 'volume' ontbreekt onder messages"),
])
def test_a_sentence_that_would_go_wrong_is_refused(own_file, line, message):
    own_file(VOLUME, line)
    with pytest.raises(ParameterError, match=message):
        wording.message("volume")


@pytest.mark.parametrize(("key", "line", "absent"), [
    ("stopped", "Bij {share} procent is het {moment} gestopt.", "{n}, {low}, {high}"),
    ("stopped", "Bij {share} procent van {n} gezinnen is het gestopt (tussen {low} en meer).", "{high}"),
    ("stopped", "Bij {share} procent is het gestopt (tussen {low} en {high}).", "{n}"),
    ("stopped", "Het geweld is {moment} gestopt.", "{n}, {low}, {high}"),
    ("stopped_country", "In Nederland is het bij {share} procent van {n} {moment} gestopt.", "{low}, {high}"),
    ("country_here", "In Nederland is dat {national} procent.", "{n}, {low}, {high}"),
    ("such", "Bij zulke gezinnen is het {expected} procent.", "{low}, {high}"),
    ("bounds", "Het cijfer kan ook {low} procent zijn.", "{high}"),
    ("lower_here", "In deze regio is het lager.", "{range}"), ("alike_here", "Er is geen verschil.", "{range}"),
])
def test_a_percentage_or_a_claim_without_its_range_is_refused(own_file, key, line, absent):
    own_file(rf'^  {key}: ".*$', f'  {key}: "{line}"')
    with pytest.raises(ParameterError) as fault:
        wording.message("volume")
    assert "regel " in str(fault.value) and str(fault.value).endswith(
        f"de zin {key!r} geeft een cijfer over gezinnen zonder het aantal of de marge. Zet er ook bij: {absent}.")


def test_a_sentence_with_all_that_goes_with_a_percentage_is_taken(own_file):
    own_file(r'^  stopped: ".*$', '  stopped: "Van {n} gezinnen: {share} procent ({low} tot {high})."')
    assert wording.message("stopped", share="40", n="50", low="28", high="54", moment="") == (
        "Van 50 gezinnen: 40 procent (28 tot 54).")


@pytest.mark.parametrize("placeholder", ["{events.__class__}", "{events[0]}", "{events:>9}", "{events!r}"])
def test_a_placeholder_is_a_name_and_nothing_more(own_file, placeholder):
    own_file(r"^  known: .*$", f'  known: "Wij weten dit van {placeholder}."')
    with pytest.raises(ParameterError, match=r"alleen deze namen tussen accolades hebben: events, n\."):
        wording.message("known", events="9", n="14")


def test_a_changed_sentence_is_used_and_an_unknown_section_refused(own_file):
    own_file(VOLUME, '  volume: "Dit is een andere zin."')
    assert wording.message("volume") == "Dit is een andere zin."
    own_file(r"^signs:", "tekens: {}\nsigns:")
    with pytest.raises(ParameterError, match="onbekende instelling 'tekens'"):
        wording.message("volume")


def test_an_unknown_sentence_is_refused():
    with pytest.raises(ParameterError, match="onbekende zin 'iets'"):
        wording.message("iets")
