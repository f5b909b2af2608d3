"""Key messages: what is said on both sides of every threshold, and what is never said."""

import json

import pandas as pd
import pytest
from exhibit_cases import STOPPED, WAVES, census, estimates, expected, published, reader, released
from scipy.stats import binom

from hgeval import benchmark, claims, disclosure, sentences, slots, telling, wording
from hgeval.errors import DisclosureError
from hgeval.exhibits import MIME

COUNTRY = (
    "In heel Nederland is het geweld bij 30 procent van ongeveer 1.000 gezinnen na 18 maanden gestopt. "
    "Dit cijfer ligt waarschijnlijk tussen 27 en 33 procent."
)
NATION = "In heel Nederland is dat 30 procent van ongeveer 1.000 gezinnen (waarschijnlijk tussen 27 en 33 procent)."
NATION_T2 = "In heel Nederland is dat 22 procent van ongeveer 1.500 gezinnen (waarschijnlijk tussen 20 en 24 procent)."
ALIKE, LOWER, HIGHER = (
    "Wij zien geen duidelijk verschil.", "In deze regio is het lager.", "In deze regio is het hoger.",
)


def between(p, n):
    """95 per cent limits of chance around p among n, interpolated as in Spiegelhalter (2005), in words."""
    ends = []
    for tail in (0.025, 0.975):
        r = binom.ppf(tail, n, p)
        ends.append((r - (binom.cdf(r, n, p) - tail) / binom.pmf(r, n, p)) / n)
    return "{:.0f} en {:.0f} procent".format(*(100 * end for end in ends))


def chance(n, p=0.3, nation=NATION):
    """The country's share, and what chance makes of it among so many families."""
    return f"{nation} Bij zoveel gezinnen als hier ligt dat door toeval meestal tussen {between(p, n)}."


HIDDEN = "Bij hoeveel gezinnen het geweld is gestopt, tonen we niet: één van de aantallen is te klein."
FEW = "Bij hoeveel gezinnen het geweld is gestopt, tonen we niet: het gaat om te weinig gezinnen."
NO_CAUSE = "Waardoor het geweld is gestopt, weten we niet."


def bounds(n=80, events=(20, 50), wave="T3", region="VT02"):
    return [("stopped_worst", region, wave, events[0], n), ("stopped_best", region, wave, events[1], n)]


def effectiveness(rows, *, ends=(), case=None, **more):
    case = case or reader()
    return sentences.effectiveness(released(rows, case), case, bounds=released(list(ends), case), source="demo", **more)


def own(events, n, national=(300, 1000)):
    return [("stopped", "VT02", "T3", events, n), ("stopped", "NL", "T3", *national)]


def test_the_five_messages_of_a_region_with_enough_families():
    shown = effectiveness(own(20, 50), ends=bounds())
    assert list(shown.sentences) == [
        "Bij 40 procent van ongeveer 50 gezinnen is het geweld na 18 maanden gestopt "
        "(waarschijnlijk tussen 28 en 54 procent).",
        "We weten dit van ongeveer 50 van de 80 gezinnen met geweld bij de start.",
        "Van de andere gezinnen weten we het niet. Het cijfer kan daardoor tussen 25 en 63 procent liggen.",
        f"{chance(50)} {ALIKE}",
        NO_CAUSE,
    ]
    assert shown.alt == " ".join(shown.sentences)
    assert shown._repr_mimebundle_()[0]["text/markdown"].count("\n- ") == 4


def test_the_own_profile_hears_its_own_counts():
    own_eyes = effectiveness(own(20, 51), ends=bounds(81), case=reader(profile="exact10"))
    assert own_eyes.sentences[:2] == (
        "Bij 39 procent van 51 gezinnen is het geweld na 18 maanden gestopt (waarschijnlijk tussen 27 en 53 procent).",
        "We weten dit van 51 van de 81 gezinnen met geweld bij de start.",
    )
    assert own_eyes.sentences[3].endswith(ALIKE)


@pytest.mark.parametrize(("events", "told"), [
    (15, LOWER), (30, ALIKE), (50, HIGHER),
])
def test_a_difference_is_claimed_only_beyond_the_limits(events, told):
    shown = effectiveness(own(events, 100))
    compared = {"lager", "hoger", "verschil"}
    said = [sentence for sentence in shown.sentences if compared & set(sentence.rstrip(".").split())]
    assert said == [f"{chance(100)} {told}"]


@pytest.mark.parametrize(("events", "lower"), [(15, True), (20, False)])
def test_both_sides_of_the_lower_limit(events, lower):
    """99.8 per cent limit of 30 per cent among 100: between 15 and 20 of 100."""
    assert (LOWER in effectiveness(own(events, 100)).sentences[1]) is lower


def test_a_region_with_few_families_is_not_compared():
    few = "Er zijn te weinig gegevens om met Nederland te vergelijken."
    for n, told in [(29, True), (30, False)]:
        shown = effectiveness(own(15, n, national=(500, 1000)), case=reader(profile="exact10"))
        assert (few in shown.sentences) is told
    unknown = effectiveness([("stopped", "VT02", "T3", 20, 50), ("stopped", "NL", "T3", 3, 1000)])
    assert few in unknown.sentences


@pytest.mark.parametrize(("n", "opening"), [
    (100, "We weten dit van ongeveer 50 van de 100 gezinnen met geweld bij de start."),
    (105, "Van de meeste gezinnen met geweld bij de start weten we dit niet: alleen van ongeveer 50 van de 105."),
])
def test_knowing_less_than_half_is_said_right_after_the_share(n, opening):
    assert effectiveness(own(20, 50), ends=bounds(n)).sentences[1] == opening


def test_a_hidden_number_is_explained():
    shown = effectiveness(own(7, 41), ends=bounds())
    assert list(shown.sentences) == [
        HIDDEN, COUNTRY, NO_CAUSE,
    ]
    assert shown.payload["status"] == ["suppressed", "rounded", "rounded", "rounded"]


def test_few_families_are_another_reason_than_a_small_count():
    assert effectiveness(own(12, 24), ends=bounds()).sentences[0] == FEW
    assert effectiveness(own(3, 8), ends=bounds()).sentences[0] == FEW


def test_nothing_is_said_about_the_country_where_that_is_hidden_too():
    told = effectiveness(own(7, 41, national=(9, 1000))).sentences
    assert list(told) == [HIDDEN]


def test_a_row_hidden_for_another_s_sake_says_so():
    release = released(own(20, 50), reader())
    row = release.where(region="VT02").frame.assign(status="suppressed_with").to_dict("records")[0]
    assert claims.why_not(row, reader(), "T3") == (
        "Dit cijfer tonen we niet, omdat anders een kleiner getal is uit te rekenen."
    )


def test_a_hidden_last_wave_falls_back_on_the_one_before():
    shown = effectiveness(STOPPED, ends=bounds(70, (15, 30), "T2"))
    assert list(shown.sentences) == [
        "Het cijfer na 18 maanden tonen we niet: één van de aantallen is te klein. Bij 27 procent van ongeveer "
        "55 gezinnen is het geweld na 12 maanden gestopt (waarschijnlijk tussen 17 en 40 procent).",
        "We weten dit van ongeveer 55 van de 70 gezinnen met geweld bij de start.",
        "Van de andere gezinnen weten we het niet. Het cijfer kan daardoor tussen 21 en 43 procent liggen.",
        f"{chance(55, 0.22, NATION_T2)} {ALIKE}",
        NO_CAUSE,
    ]


@pytest.mark.parametrize(("events", "told"), [(20, "lager"), (40, "hoger"), (30, None)])
def test_between_the_lines_a_difference_is_said_to_be_chance_perhaps(events, told):
    """99.8 per cent limits of 30 per cent among 100 are about 16 and 45, those of 95 per cent 21 and 39."""
    said = effectiveness(own(events, 100)).sentences[1]
    assert said == f"{chance(100)} " + (f"Hier is het {told}, maar dat kan toeval zijn." if told else ALIKE)


def beside(events, hoped, *, n=100, case=None):
    """The comparison that a region with so many of a hundred hears, where this share was to be expected."""
    case = case or reader()
    return effectiveness(own(events, n), case=case, expected=expected({"VT02": hoped}, case))


def such(p, n, nation=NATION):
    """The country's share, and what is to be expected of families as this region sees."""
    return (f"{nation} Niet elke regio ziet dezelfde gezinnen. Bij gezinnen zoals hier is te verwachten dat het bij "
            f"{100 * p:.0f} procent stopt. Door toeval ligt dat meestal tussen {between(p, n)}.")


BESIDE = f"{such(0.4, 100)} "


@pytest.mark.parametrize(("events", "told"), [
    # of 100 at 40 per cent the 99.8 per cent limits are about 25 and 55, those of 95 per cent 30 and 50
    (20, LOWER), (30, "Hier is het lager, maar dat kan toeval zijn."), (35, ALIKE), (45, ALIKE),
    (50, "Hier is het hoger, maar dat kan toeval zijn."), (60, HIGHER),
])
def test_a_region_is_compared_with_such_families_elsewhere(events, told):
    """30 of 100 is what the country has, and may be little for such families."""
    shown = beside(events, 0.4)
    assert list(shown.sentences[1:]) == [BESIDE + told, NO_CAUSE]
    assert sum("Nederland" in sentence for sentence in shown.sentences) == 1


def test_what_was_expected_is_told_in_whole_percentages_and_stands_in_the_rows():
    shown = beside(35, 0.3851)
    assert "te verwachten dat het bij 39 procent stopt." in shown.sentences[1]
    rows = {row[0]: row for row in shown._repr_mimebundle_()[0][MIME]["rows"]}
    assert rows["expected"][:6] == ["expected", "VT02", "T3", 100, None, 0.39]
    at = [row[0] for row in shown.lines.rows].index("expected")
    assert shown.lines.display[at][5] == "39%"


@pytest.mark.parametrize(("shares", "more"), [
    ({"VT02": 0.6}, {"n": 29}), ({"VT02": 0.6}, {"wave": "T2"}), ({"VT03": 0.6}, {}), ({"VT02": None}, {}),
])
def test_such_families_are_not_named_where_nothing_was_expected_of_them(shares, more):
    """Hidden, of another wave or region, or not known: the country alone is what it is compared with."""
    case = reader()
    shown = effectiveness(own(35, 100), case=case, expected=expected(shares, case, **more))
    assert shown.sentences[1] == f"{chance(100)} {ALIKE}"


def test_a_region_with_few_families_or_a_hidden_share_is_not_compared_with_such_families():
    few = "Er zijn te weinig gegevens om met Nederland te vergelijken."
    assert few in beside(15, 0.4, n=29, case=reader(profile="exact10")).sentences
    assert list(beside(7, 0.4, n=41).sentences) == [HIDDEN, COUNTRY, NO_CAUSE]


def test_the_comparison_with_such_families_is_that_of_the_wave_that_is_told():
    case = reader()
    shown = effectiveness(STOPPED, ends=bounds(70, (15, 30), "T2"), case=case,
                          expected=expected({"VT02": 0.25}, case, wave="T2"))
    assert shown.sentences[3] == f"{such(0.25, 55, NATION_T2)} {ALIKE}"


def test_the_country_is_not_compared_with_such_families():
    case = reader("NL")
    shown = effectiveness(own(20, 50), case=case, expected=expected({"VT02": 0.4}, case))
    assert "gezinnen zoals hier" not in shown.alt


def test_a_named_wave_is_the_one_told():
    shown = effectiveness(STOPPED, wave="T2")
    assert "na 12 maanden" in shown.sentences[0] and "na 18 maanden" not in shown.alt


@pytest.mark.parametrize("rows", [[], [("stopped", "NL", "T3", 300, 1000)], own(0, 0)])
def test_no_families_is_no_data(rows):
    told = effectiveness(rows).sentences
    nothing = "Of het geweld is gestopt, weten we niet. Daarover hebben wij geen gegevens."
    assert list(told) == [nothing, *([COUNTRY, NO_CAUSE] if rows else [])]


def test_one_month_is_singular():
    waves = (WAVES[0], WAVES[1].model_copy(update={"months": 1}))
    shown = effectiveness([("stopped", "VT02", "T2", 20, 50), ("stopped", "NL", "T2", 300, 1000)],
                          case=reader(waves=waves))
    assert "na 1 maand gestopt" in shown.alt


def test_the_country_is_not_compared_with_itself():
    shown = effectiveness(own(20, 50), case=reader("NL"))
    assert not [sentence for sentence in shown.sentences if "Nederland" in sentence]


@pytest.mark.parametrize("profile", ["cbs5", "exact10"])
def test_a_hidden_number_leaves_no_trace(profile):
    made = [effectiveness(own(hidden, 41), ends=bounds(), case=reader(profile=profile))._repr_mimebundle_()
            for hidden in (3, 7)]
    assert made[0] == made[1]


def test_the_rows_are_the_numbers_in_the_sentences():
    payload = effectiveness(own(20, 50), ends=bounds())._repr_mimebundle_()[0][MIME]
    assert [column["name"] for column in payload["columns"]] == [
        "measure", "region", "wave", "n", "events", "value", "low", "high",
    ]
    assert [row[:6] for row in payload["rows"]] == [
        ["stopped", "VT02", "T3", 50, 20, 0.4], ["stopped_worst", "VT02", "T3", 80, 20, 0.25],
        ["stopped_best", "VT02", "T3", 80, 50, 0.625], ["stopped", "NL", "T3", 1000, 300, 0.3],
        ["chance", "VT02", "T3", 50, None, 0.3],
    ]
    assert payload["rows"][-1][6:] == pytest.approx([0.18, 0.434], abs=0.02)
    json.dumps(payload, allow_nan=False)


def monitor(rows, region="VT02"):
    case = reader(region)
    return sentences.monitor(published(rows, case), case, source="CBS").sentences


NO_FIGURE = "Wij hebben voor deze regio geen openbaar cijfer over het aantal meldingen."
NATIONAL = [("meldingen", "NL", "2023", "totaal", 127340, "rounded", True),
            ("meldingen_per_10000", "NL", "2023", "totaal", 72.94, "rounded", True)]


def test_the_newest_year_with_a_figure_is_told_beside_the_country():
    rows = [("meldingen", "VT02", "2020", "totaal", 2205, "rounded", False),
            ("meldingen", "VT02", "2023", "totaal", 1905, "rounded", True),
            ("meldingen_per_10000", "VT02", "2023", "totaal", 38.5, "rounded", True)]
    assert list(monitor([*rows, *NATIONAL])) == [
        "In 2023 kwamen er in Drenthe 1.905 meldingen binnen.",
        "Dat zijn er 39 per 10.000 inwoners; in heel Nederland 73.",
        "Dit cijfer is voorlopig.",
        "Meer meldingen betekent niet altijd meer geweld.",
    ]
    assert monitor(rows[:1])[:2] == (
        "In 2020 kwamen er in Drenthe 2.205 meldingen binnen.", "Meer meldingen betekent niet altijd meer geweld.",
    )


@pytest.mark.parametrize(("status", "opening"), [
    ("none", NO_FIGURE), ("suppressed", "De bron laat dit cijfer niet zien."),
])
def test_no_figure_and_a_secret_figure_differ(status, opening):
    told = monitor([("meldingen", "VT02", "2023", "totaal", pd.NA, status, False), *NATIONAL])
    assert told[:3] == (
        opening, "In 2023 kwamen er in heel Nederland 127.340 meldingen binnen.", "Dat zijn er 73 per 10.000 inwoners.",
    )
    assert monitor([])[0] == NO_FIGURE


def test_a_figure_that_we_computed_says_so():
    rows = [("meldingen", "VT02", "2023", "totaal", 1905, "derived", False),
            ("meldingen_per_10000", "VT02", "2023", "totaal", 38.5, "derived", False)]
    assert list(monitor([*rows, *NATIONAL]))[:2] == [
        "In 2023 kwamen er in Drenthe ongeveer 1.905 meldingen binnen. Dit is onze berekening uit cijfers van het CBS "
        "(Centraal Bureau voor de Statistiek).",
        "Dat zijn er ongeveer 39 per 10.000 inwoners; in heel Nederland 73.",
    ]


def national(*regions, gaps=None, hoped=None, ends=(), country=(300, 1000)):
    case = reader("NL")
    rows = [("stopped", *row) for row in (*regions, ("VT02", "T3", 7, 41), ("NL", "T3", *country))]
    answered = estimates([("survey_response", "NL", "survey_regions", 24, 26)], groups=("table",))
    answered = answered.assign(method="share", low=pd.NA, high=pd.NA, unnamed=0, unnamed_events=0, regions=26)
    return sentences.national(released(rows, case), case, survey=disclosure.release_totals(answered, case), source="x",
                              gaps=gaps and census(gaps, case, "gap"), expected=hoped and expected(hoped, case),
                              bounds=released(list(ends), case) if ends else None)


def test_the_country_hears_how_many_regions_differ():
    alike = ("VT01", "T3", 30, 100)
    assert list(national(alike, ("VT03", "T3", 35, 100)).sentences) == [
        "Bij 30 procent van ongeveer 1.000 gezinnen is het geweld na 18 maanden gestopt "
        f"(waarschijnlijk tussen 27 en 33 procent). {NO_CAUSE}",
        "Bij geen van de 2 regio's met een cijfer over gestopt geweld zien we een duidelijk verschil met Nederland. "
        "Dat wil niet zeggen dat regio's gelijk zijn: bij weinig gezinnen zien we alleen grote verschillen. "
        "Van 1 regio tonen we het cijfer niet. Juist daar kan een verschil zijn.",
        "Van 24 van de 26 regio's mogen wij de antwoorden op de vragenlijst gebruiken.",
    ]
    told = national(alike, ("VT03", "T3", 60, 100)).sentences
    differs = "Van 2 regio's met een cijfer is dit bij geen lager en bij 1 hoger dan in heel Nederland."
    assert told[1].startswith(f"{differs} Van 1 regio tonen we")
    told = national(alike, ("VT03", "T3", 10, 20)).sentences
    assert told[1].endswith("Juist daar kan een verschil zijn. Van 1 regio hebben we te weinig gezinnen.")
    assert national().sentences[1] == "Er zijn te weinig gegevens om regio's met heel Nederland te vergelijken."


def test_the_country_hears_of_whom_it_is_not_known_and_what_that_may_hide():
    shown = national(("VT01", "T3", 30, 100), ends=bounds(1800, (300, 1100), region="NL"))
    assert shown.sentences[0] == (
        "Bij 30 procent van ongeveer 1.000 gezinnen is het geweld na 18 maanden gestopt "
        "(waarschijnlijk tussen 27 en 33 procent). "
        "We weten dit van ongeveer 1.000 van de 1.800 gezinnen met geweld bij de start. "
        "Van de andere gezinnen weten we het niet. Het cijfer kan daardoor tussen 17 en 61 procent liggen. "
        f"{NO_CAUSE}"
    )
    assert [row[0] for row in shown.payload["rows"]][:3] == ["stopped", "stopped_worst", "stopped_best"]
    for few in (bounds(1800, (300, 1795), region="NL"), bounds(1800, (5, 1100), region="NL")):
        assert "Het cijfer kan daardoor" not in national(ends=few).sentences[0]  # one of the two is hidden


@pytest.mark.parametrize(("country", "told"), [
    ((0, 0), "Of het geweld is gestopt, weten we niet. Daarover hebben wij geen gegevens."), ((7, 41), HIDDEN),
])
def test_without_a_share_of_the_country_no_cause_is_named(country, told):
    assert national(country=country).sentences[0] == told


@pytest.mark.parametrize(("regions", "told"), [
    (["VT01", "VT02", "VT03"], []),
    (["VT01", "VT02"], ["Niet alle regio's staan hier: sommige willen niet met hun naam in een rapport, of deden niet "
                        "mee."]),
    ([], ["Er zijn 3 regio's die hier niet staan: zij willen niet met hun naam in een rapport, of deden niet mee."]),
])
def test_regions_without_a_name_are_counted_from_three_on(regions, told):
    case = reader("NL")
    shown = released([("stopped", "VT01", "T3", 30, 100)], case).where(region="VT02")
    rows = [("stopped", region, "T3", 30, 100) for region in regions]
    assert sentences.unnamed(released(rows, case) if rows else shown, case) == told


def test_the_country_hears_how_many_regions_differ_from_such_families_elsewhere():
    """35 of 100 is not different from the 30 per cent of the country, but is from 60 per cent, or from 15."""
    regions = [("VT01", "T3", 35, 100), ("VT03", "T3", 35, 100)]
    alike = "Bij geen van de 2 regio's met een cijfer over gestopt geweld zien we een duidelijk verschil met Nederland."
    assert national(*regions).sentences[1].startswith(alike)
    told = national(*regions, hoped={"VT01": 0.6, "VT03": 0.15}).sentences[1]
    assert told.startswith("Van 2 regio's met een cijfer is dit bij 1 lager en bij 1 hoger dan in heel Nederland.")
    assert national(*regions, hoped={"VT01": 0.35}).sentences[1].startswith(alike)
    # 20 points more than the country, but not for such families
    more = [("VT01", "T3", 50, 100), ("VT03", "T3", 35, 100)]
    assert "bij 1 hoger" in national(*more).sentences[1]
    assert national(*more, hoped={"VT01": 0.5}).sentences[1].startswith(alike)


def test_the_country_hears_what_is_needed_most():
    told = national(("VT01", "T3", 30, 100), gaps=[("E02", 9, 24, 0), ("E08", 12, 24, 0), ("E12", 13, 24, 1)]).sentences
    assert told[-1].endswith(
        "gebruiken. Van wat wij mogen tonen, ontbreekt dit het vaakst: forensisch-medisch onderzoek. "
        "Het is nodig, maar er nog niet, in 12 van de 24 regio's die dit invulden."
    )
    assert len(told) == 3
    assert national(gaps=[("E02", 0, 24, 0)]).sentences[-1].endswith("antwoorden op de vragenlijst gebruiken.")


def test_no_message_claims_a_cause_or_uses_hard_words():
    everything = [
        *effectiveness(own(20, 50), ends=bounds()).sentences, *national(("VT01", "T3", 60, 100)).sentences,
        *monitor(NATIONAL),
    ]
    assert not [sentence for sentence in everything if wording.banned(sentence) or "gestopt door" in sentence]
    lengths = [wording.longest(sentence) for sentence in everything]
    assert sum(lengths) / len(lengths) <= 13 and max(lengths) <= 20


def test_hostile_names_stay_text_in_markdown():
    names = {"VT01": "A", "VT02": "[x](javascript:y) <b> $z$", "VT03": "C"}
    case = reader(names=names)
    figures = published([("meldingen", "VT02", "2023", "totaal", 1905, "rounded", False)], case)
    data = sentences.monitor(figures, case, source="CBS")._repr_mimebundle_()[0]
    assert not set("[]<>$") & set(data["text/markdown"])
    assert "[x](javascript:y) <b> $z$" in data[MIME]["sentences"][0]


def certain_row(**changes):
    case = reader()
    row = telling.row(released(own(20, 50), case), "VT02", measure="stopped", wave="T3")
    return row | changes


@pytest.mark.parametrize("lacks", ["n", "low", "high"])
def test_a_share_without_its_families_or_its_range_is_not_said(lacks):
    assert claims.stopped(certain_row(), [], reader(), "T3")[0].startswith("Bij 40 procent van ongeveer 50 gezinnen")
    assert claims.stopped(certain_row(**{lacks: pd.NA}), [], reader(), "T3") == [
        "Dit cijfer noemen we niet: hoe zeker het is, is niet uit te rekenen."]


def counted(rows, case):
    """Shares that were counted, without an interval."""
    frame = estimates(rows).assign(method="share", low=pd.NA, high=pd.NA).astype({"low": "Float64", "high": "Float64"})
    return disclosure.release(frame, case)


@pytest.mark.parametrize("region", ["VT02", "NL"])
def test_of_counted_shares_a_report_claims_nothing(region):
    """Not the share, not the country's, no comparison and no bounds: there is no interval behind them."""
    case = reader(region)
    rows = own(60, 100)
    shown = sentences.effectiveness(counted(rows, case), case, bounds=released(bounds(), case), source="x")
    assert list(shown.sentences) == ["Dit cijfer noemen we niet: hoe zeker het is, is niet uit te rekenen."]


FEW_TO_COMPARE = "Er zijn te weinig gegevens om met Nederland te vergelijken."


@pytest.mark.parametrize("events", [15, 30, 60])
@pytest.mark.parametrize("lacks", ["value", "least", "most"])
def test_a_comparison_needs_the_limits_it_was_made_from(events, lacks):
    case = reader()
    stopped = released(own(events, 100), case)
    placed = telling.row(stopped.derive(benchmark.funnel), "VT02", wave="T3")
    country = telling.row(stopped, "NL", wave="T3")
    told, rows = claims.compared(placed, country)
    assert told.startswith(chance(100)) and len(rows) == 1
    assert claims.compared(placed | {lacks: pd.NA}, country) == (FEW_TO_COMPARE, [])
    for name in ("n", "low", "high"):
        assert claims.compared(placed, country | {name: pd.NA}) == (FEW_TO_COMPARE, [])
    frame = pd.DataFrame([placed | {lacks: pd.NA}])
    assert claims.regions(frame) == ["Er zijn te weinig gegevens om regio's met heel Nederland te vergelijken."]


def test_every_sentence_with_a_percentage_of_families_says_its_range():
    """By hand: the slots that are a percentage, and what each must bring along."""
    for key, names in slots.TEMPLATES.items():
        if {"share", "national", "expected"} & set(names):
            assert {"low", "high"} <= set(slots.obliged(key)), key
        if {"share", "national"} & set(names):
            assert "n" in slots.obliged(key), key
    claimed = {key for key in slots.TEMPLATES if key.endswith("_here") and key != "country_here"}
    assert claimed == {"alike_here", "perhaps_lower_here", "perhaps_higher_here", "lower_here", "higher_here"}
    assert all(slots.obliged(key) == ("range",) for key in claimed)


def test_nothing_but_a_release_becomes_a_sentence():
    case = reader()
    with pytest.raises(DisclosureError, match="alleen cijfers die zijn vrijgegeven"):
        sentences.effectiveness(estimates(STOPPED), case, bounds=released(bounds(), case), source="demo")
    with pytest.raises(DisclosureError, match="alleen cijfers die zijn vrijgegeven"):
        sentences.monitor(pd.DataFrame(), case, source="CBS")
