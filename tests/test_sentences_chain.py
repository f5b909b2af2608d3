"""Key messages and questions of the chain: what is said on both sides of every rule, and in which order."""

import pandas as pd
import pytest
from exhibit_cases import Case, of_a_function
from exhibit_cases import reader as plain_reader

from hgeval import chain_agreements, disclosure, rates, sentences_chain, wording
from hgeval.settings_chain import Chain

GROUPS = ("wave", "step", "route", "safety", "minimum", "case", "within")


def reader(region="VT02", **chain):
    case = plain_reader(region=region)
    case.config.chain = Chain(**chain)
    case.config.division = None
    return Case(**vars(case))


def released(case, *rows, method="wilson"):
    """Rows of (measure, region, events, n, groups)."""
    frame = pd.DataFrame([{"measure": m, "region": r, "events": x, "n": n, "method": method, **g}
                          for m, r, x, n, g in rows])
    groups = [name for name in GROUPS if name in frame]
    if method == "wilson":
        frame["level"] = 0.95
    return disclosure.release(rates.recompute(rates.frame(frame, groups=groups)), case)


def timed(case, *rows):
    """Rows of (measure, region, value, low, high, groups), of 200 cases."""
    frame = pd.DataFrame([{"measure": m, "region": r, "value": v, "low": low, "high": high, "n": 200, "events": 100,
                           "method": "km_days" if m.startswith("days") else "km_share", "level": 0.95, **g}
                          for m, r, v, low, high, g in rows])
    return of_a_function(rates.frame(frame, groups=[name for name in GROUPS if name in frame]), case)


def coverage(case, events=90, n=200, wave="T2"):
    return released(case, ("measured_share", "VT02", events, n, {"wave": wave}),
                    ("measured_share", "NL", events * 9, n * 9, {"wave": wave}))


def on_time(case, events=615, n=755, investigated=(30, 55), national=7485):
    return released(case, ("on_time", "VT02", events, n, {"step": "beoordeling"}),
                    ("on_time", "NL", national, 11315, {"step": "beoordeling"}),
                    ("on_time", "VT02", *investigated, {"step": "onderzoek"}))


def help_days(case, value=31.5, low=25, high=44):
    return timed(case, ("days_median", "VT02", value, low, high, {"step": "hulp", "route": "total"}))


def repeats(case, value=0.27, low=0.22, high=0.32, national=0.26):
    return timed(case, ("repeat_within", "VT02", value, low, high, {}),
                 ("repeat_within", "NL", national, 0.25, 0.28, {}))


def late(case, events=0, n=40):
    return released(case, ("late_by_safety", "VT02", events, n, {"safety": "acuut_onveilig"}))


def waiting(case, assess=0, investigate=0):
    return released(case, ("waiting", "VT02", assess, assess, {"step": "beoordeling"}),
                    ("waiting", "VT02", investigate, investigate, {"step": "onderzoek"}), method="count")


def agreements(case, *rows, unit="dossier"):
    """Agreements of (kind, promised, realised) in 2024, as the door shows them."""
    frame = pd.DataFrame([{"region": "VT02", "year": "2024", "kind": kind, "number": "1", "unit": unit,
                           "promised": promised, "realised": realised, "agreed_days": 70, "median_days": 60.0}
                          for kind, promised, realised in rows],
                         columns=list(chain_agreements.COLUMNS)).assign(consent="ja")
    typed = frame.astype({"promised": "Int64", "realised": "Int64", "agreed_days": "Int64", "median_days": "Float64"})
    return disclosure.release_answers(typed, case).derive(chain_agreements.last_year)


def workers(case, **shares):
    rows = [("below_minimum", "VT02", x, 240, {"minimum": name.removeprefix("under")}) for name, x in shares.items()]
    return released(case, *(rows or [("below_minimum", "VT02", 0, 240, {"minimum": "5"})]), method="share")


def towns(case, events=12, n=12, minimum="20"):
    return released(case, ("keeps_specialist", "VT02", events, n, {"case": "onderzoeken", "minimum": minimum}),
                    method="share")


def chain(case=None, **parts):
    case = case or reader()
    made = {"coverage": coverage, "on_time": on_time, "days": help_days, "repeats": repeats}
    given = {name: parts.get(name, make(case)) for name, make in made.items()}
    return sentences_chain.chain(given.pop("coverage"), case, **given, source="demo")


def questions(case=None, **parts):
    case = case or reader()
    made = {"coverage": lambda case: coverage(case, 150), "on_time": lambda case: on_time(case, 700, 755, (50, 55)),
            "late": late, "waiting": waiting, "repeats": repeats, "agreements": agreements, "workers": workers,
            "towns": lambda case: released(case, ("keeps_specialist", "VT02", 20, 20, {
                "case": "meldingen", "minimum": "20"}), method="share")}
    given = {name: parts.get(name, make(case)) for name, make in made.items()}
    return list(sentences_chain.questions(given.pop("coverage"), case, **given, source="demo").sentences)


def test_the_five_messages_of_a_region():
    assert list(chain().sentences) == [
        "Van ongeveer 90 van de 200 gezinnen met een afgesloten zaak weten we of het geweld na 12 maanden doorging. "
        "Van de meeste weten we dat niet.",
        "Van ongeveer 755 meldingen is 81 procent op tijd beoordeeld (waarschijnlijk tussen 79 en 84 procent). In heel "
        "Nederland was dat 66 procent van ongeveer 11.315 meldingen (waarschijnlijk tussen 65 en 67).",
        "De helft van ongeveer 200 gezinnen kreeg hulp binnen 32 dagen na de melding (waarschijnlijk tussen 25 en "
        "44).",
        "Van ongeveer 200 afgesloten meldingen kreeg 27 procent binnen 365 dagen een hermelding (waarschijnlijk tussen "
        "22 en 32 procent).",
        "Snel en op tijd zegt niet of het geweld stopt. Lees daarom ook het rapport Stopt het geweld?",
    ]


@pytest.mark.parametrize(("events", "few_known", "said"), [
    (95, 0.5, True), (100, 0.5, False), (95, 0.4, False),
    (95, 0.7, True), (100, 0.7, False),  # half is not "most", whatever the study asks
])
def test_both_sides_of_half_known(events, few_known, said):
    case = reader()
    case.config.thresholds = case.config.thresholds.model_copy(update={"few_known": few_known})
    told = chain(case, coverage=coverage(case, events)).sentences[0]
    assert told.startswith(f"Van ongeveer {events} van de 200 gezinnen")
    assert told.endswith("Van de meeste weten we dat niet.") == said


def test_the_outcome_is_that_of_the_wave_nearest_to_a_year():
    case = reader()
    assert chain(case, coverage=coverage(case, wave="T3")).sentences[0] == (
        "Van hoeveel gezinnen met een afgesloten zaak we de uitkomst weten: hierover hebben wij voor deze regio geen "
        "gegevens.")


def test_what_is_hidden_or_not_there_says_so():
    case = reader()
    told = chain(case, coverage=coverage(case, 5, 12), on_time=on_time(case, 5, 40), repeats=repeats(case, None),
                 days=help_days(case, None)).sentences
    why = "dat tonen we niet. Het gaat om te weinig zaken, of een van de aantallen is te klein."
    assert told[0] == f"Van hoeveel gezinnen met een afgesloten zaak we de uitkomst weten: {why}"
    assert told[1:4] == (f"Of meldingen op tijd zijn beoordeeld: {why}", f"Hoe snel gezinnen hulp kregen: {why}",
                         f"Hoe vaak een hermelding kwam: {why}")
    assert chain(case, on_time=on_time(case, 0, 0)).sentences[1] == (
        "Of meldingen op tijd zijn beoordeeld: hierover hebben wij voor deze regio geen gegevens.")


def test_what_the_whole_study_has_too_little_of_is_no_secret_of_the_region():
    case = reader()
    hidden = chain(case, repeats=repeats(case, None)).sentences[3]
    nowhere = chain(case, repeats=repeats(case, None, national=None)).sentences[3]
    assert hidden.startswith("Hoe vaak een hermelding kwam: dat tonen we niet.")
    assert nowhere == "Hoe vaak een hermelding kwam: hierover heeft deze studie te weinig gegevens."


def test_the_country_is_not_beside_itself_and_a_range_without_end_is_left_out():
    case = reader("NL")
    told = chain(case, days=timed(case, ("days_median", "NL", 46, 44, None, {"step": "hulp", "route": "total"})))
    assert "In heel Nederland" not in " ".join(told.sentences)
    assert "De helft van ongeveer 200 gezinnen kreeg hulp binnen 46 dagen na de melding." in told.sentences


def test_dossiers_are_never_told_without_the_outcome():
    case = reader()
    stopped = released(case, ("stopped", "VT02", 20, 50, {"wave": "T3"}))
    told = sentences_chain.dossiers(agreements(case, ("prestatie", 295, 176), ("aanbieder", 75, 44)), case,
                                    stopped=stopped, source="demo")
    assert list(told.sentences) == [
        "In 2024 waren er ongeveer 175 dossiers af, van de 295 die waren afgesproken.",
        "Bij 40 procent van ongeveer 50 gezinnen is het geweld na 18 maanden gestopt (waarschijnlijk tussen 28 en 54 "
        "procent).",
        "Veel dossiers af is iets anders dan: het geweld is gestopt.",
    ]


@pytest.mark.parametrize(("rows", "first"), [
    ([("prestatie", 295, 9)], "chain_dossiers_hidden"), ([("prestatie", 295, None)], "chain_dossiers_hidden"),
    ([("aanbieder", 75, 44)], "chain_no_agreements"), ([], "chain_no_agreements"),
])
@pytest.mark.parametrize(("stopped", "second"), [((5, 50), "suppressed_part"), ((0, 0), "")])
def test_dossiers_or_an_outcome_that_may_not_be_told(rows, first, stopped, second):
    case = reader()
    outcome = released(case, ("stopped", "VT02", *stopped, {"wave": "T3"}))
    told = sentences_chain.dossiers(agreements(case, *rows), case, stopped=outcome, source="demo").sentences
    nothing = "Of het geweld is gestopt: hierover hebben wij voor deze regio geen gegevens."
    outcome = wording.message(second) if second else nothing
    assert told == (wording.message(first), outcome, wording.message("chain_never_alone"))


def test_no_rule_no_question():
    assert questions() == [wording.message("ask_nothing")]


@pytest.mark.parametrize(("part", "asks", "silent", "told"), [
    ("coverage", (95,), (100,), "omdat dit van ongeveer 95 van de 200 gezinnen met een afgesloten zaak "
     "bekend is."),
    ("on_time", (640, 755, (50, 55)), (670, 755, (50, 55)), "tijd te beoordelen? U ziet deze vraag, omdat 85 procent"),
    ("on_time", (700, 755, (30, 55)), (700, 755, (45, 55)), "onderzoeken op tijd af te maken? U ziet deze vraag,"),
    ("late", (10, 40), (9, 40), "omdat ongeveer 10 van de 40 acuut onveilige meldingen te laat waren beoordeeld."),
    ("waiting", (0, 10), (9, 9), "omdat ongeveer 10 onderzoeken te laat waren en nog niet klaar."),
    ("repeats", (0.4, 0.3, 0.5), (0.3, 0.26, 0.4), "omdat 40 procent van ongeveer 200 meldingen een hermelding kreeg "
     "(waarschijnlijk tussen 30 en 50 procent). Dat ligt boven heel Nederland."),
])
def test_both_sides_of_each_rule(part, asks, silent, told):
    case, make = reader(), globals()[part]
    (question,) = questions(case, **{part: make(case, *asks)})
    assert told in question and "U ziet deze vraag, omdat " in question
    assert questions(case, **{part: make(case, *silent)}) == [wording.message("ask_nothing")]


def test_the_agreement_of_which_least_came_is_asked_about():
    case = reader()
    rows = [("aanbieder", 100, 95), ("zorgverzekeraar", 100, 60), ("prestatie", 100, 120)]
    (question,) = questions(case, agreements=agreements(case, *rows))
    assert question == (
        "Wat is nodig om deze afspraak wel te halen: zorgverzekeraar 1, 2024? U ziet deze vraag, omdat daarvan "
        "ongeveer 60 van de 100 dossiers zijn gehaald. Van geen andere afspraak in de tabel is een kleiner deel "
        "gehaald.")
    (alone,) = questions(case, agreements=agreements(case, rows[1]))
    assert alone.endswith("ongeveer 60 van de 100 dossiers zijn gehaald.")
    assert questions(case, agreements=agreements(case, ("prestatie", 100, 100)))[0].startswith("Uit deze cijfers")
    alike = [("zorgverzekeraar", 165, 145), ("aanbieder", 80, 70)]  # both 88 per cent; the second is less, 87.5
    (question,) = questions(case, agreements=agreements(case, *alike))
    assert "aanbieder 1, 2024" in question


def test_the_lowest_number_that_half_of_the_cases_are_under():
    case = reader()
    (question,) = questions(case, workers=workers(case, under5=20, under10=120, under20=200))
    assert "omdat ongeveer 120 van de 240 zaken bij medewerkers met minder dan 10 zaken zijn." in question
    assert questions(case, workers=workers(case, under5=20, under10=115))[0].startswith("Uit deze cijfers")


@pytest.mark.parametrize(("events", "asked"), [(9, False), (10, True), (15, False)])
def test_the_lowest_number_for_which_half_of_the_municipalities_cannot_keep_one(events, asked):
    """Nine of thirty is hidden here, where the door is that of counts; fifteen is not less than half."""
    case = reader()
    told = questions(case, towns=towns(case, events, 30))
    assert told[0].startswith("Welke gemeenten" if asked else "Uit deze cijfers")


def test_at_most_six_questions_the_most_pressing_first():
    case = reader()
    told = questions(case, coverage=coverage(case), on_time=on_time(case), late=late(case, 20, 60),
                     waiting=waiting(case, 20), repeats=repeats(case, 0.4, 0.3, 0.5),
                     agreements=agreements(case, ("prestatie", 295, 176)), workers=workers(case, under5=200))
    assert len(told) == 6 and told[0].startswith("Hoe beoordelen wij acuut")
    assert told[1].startswith("Hoe vraagt uw regio")


def test_no_question_is_longer_than_a_reader_can_take():
    for key in (key for key in wording.texts().messages if key.startswith(("ask_", "chain_"))):
        assert wording.longest(wording.texts().messages[key]) <= wording.MOST_WORDS


def test_an_agreement_without_a_unit_counts_cases():
    case = reader()
    (question,) = questions(case, agreements=agreements(case, ("aanbieder", 100, 60), unit=None))
    assert "ongeveer 60 van de 100 zaken zijn gehaald." in question


def test_what_the_municipalities_question_rests_on_is_said():
    case = reader()
    (question,) = questions(case, towns=towns(case, 10, 30))
    assert question == (
        "Welke gemeenten delen een specialist? U ziet deze vraag, omdat 10 van de 30 gemeenten meestal genoeg zaken "
        "hebben voor een eigen specialist. Genoeg is hier 20 onderzoeken per jaar. Dit volgt uit inwoners en "
        "landelijke cijfers van het CBS (Centraal Bureau voor de Statistiek), niet uit uw zaken.")


def test_the_sources_of_the_questions_are_each_named_once(demo_case):
    assert sentences_chain.sources(demo_case) == (
        f"{demo_case.source('meldingen')}; inwoners en landelijke aantallen: CBS, bewerkt")
