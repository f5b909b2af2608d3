"""Questions for the regional table: each is asked by its rule, on both sides of its threshold, with its numbers."""

import json
from pathlib import Path

import pandas as pd
import pytest
from exhibit_cases import census, published, reader, released

from hgeval import asking, benchmark, disclosure, rates

ROOT = Path(__file__).resolve().parents[1]
NONE = ("Uit deze cijfers volgt volgens onze regels geen vraag.",)


def region(events, n, *, start=None, severe=(10, 60), country=(30_000, 100_000)):
    case = reader()
    stopped = released([("stopped", "VT02", "T3", events, n), ("stopped", "NL", "T3", *country)], case)
    ends = released([("stopped_worst", "VT02", "T3", events, start or n)], case)
    bad = released([("frequent_or_severe", "VT02", "T3", *severe)], case)
    return asking.effectiveness(stopped, case, bounds=ends, severe=bad, source="demo")


def firsts(shown):
    return [told.split("?")[0] + "?" for told in shown.sentences]


def test_a_large_region_that_is_known_and_alike_is_asked_about_what_it_could_not_see():
    shown = region(600, 2000)
    assert list(shown.sentences) == [
        "Kunt u bij meer gezinnen meten? U ziet deze vraag, omdat we bij ongeveer 2.000 gezinnen een verschil onder "
        "4 procentpunten meestal niet zien."
    ]
    assert shown.id == "wat-nu"


@pytest.mark.parametrize(("n", "asked"), [(40, False), (35, True)])
def test_it_is_asked_who_drops_out_where_fewer_than_half_is_known(n, asked):
    """80 families at the start; half of them is the threshold of the study."""
    shown = region(15, n, start=80)
    told = "Hoe blijven meer gezinnen meedoen aan de metingen?"
    assert (told in firsts(shown)) is asked
    assert any(f"kennen van ongeveer {n} van de 80 gezinnen" in each for each in shown.sentences) is asked


def test_a_region_without_a_figure_is_asked_how_to_get_one():
    assert list(region(7, 41).sentences) == [
        "Hoe meet u bij meer gezinnen of het geweld stopt? "
        "U ziet deze vraag, omdat we bij de laatste meting geen cijfer kunnen tonen."
    ]


@pytest.mark.parametrize(("events", "asked"), [
    # of 100 at 30 per cent, the 99.8 per cent limits are about 17 and 44
    (15, "Wat weet u van deze gezinnen dat niet in de cijfers staat?"), (20, "Kunt u bij meer gezinnen meten?"),
    (40, "Kunt u bij meer gezinnen meten?"), (50, "Wat wilt u over deze gezinnen met andere regio's bespreken?"),
])
def test_a_region_beyond_the_lines_is_asked_what_it_knows(events, asked):
    assert firsts(region(events, 100))[0] == asked


def test_what_differs_is_told_with_its_range_and_families():
    told = region(15, 100).sentences[0]
    assert "onder de lijnen ligt: 15 procent (waarschijnlijk tussen 9 en 23), van ongeveer 100 gezinnen." in told


@pytest.mark.parametrize(("severe", "asked"), [(20, False), (25, True), (60, True)])
def test_it_is_asked_what_families_get_where_violence_stays_severe(severe, asked):
    shown = region(30, 100, severe=(severe, 100))
    told = "Wat krijgen gezinnen bij wie het geweld bij de laatste meting vaak of ernstig is?"
    assert (told in firsts(shown)) is asked


def own_kinds(unknown, n, case):
    frame = rates.recompute(rates.frame(pd.DataFrame([
        {"measure": "own_by_kind", "region": "VT02", "kind": "onbekend", "n": n, "events": unknown, "method": "share"}
    ]), groups=("kind",)))
    return disclosure.release(frame, case)


def monitor(rows, unknown=10, n=1000):
    case = reader()
    return asking.monitor(published(rows, case), case, own=own_kinds(unknown, n, case), source="CBS").sentences


def year(rate, provisional=False, country=72.9):
    return [
        ("meldingen", "VT02", "2023", "totaal", 1905, "rounded", provisional),
        ("meldingen_per_10000", "VT02", "2023", "totaal", rate, "rounded", provisional),
        ("meldingen_per_10000", "NL", "2023", "totaal", country, "rounded", provisional),
    ]


def test_a_region_without_a_published_figure_is_asked_where_it_is():
    assert monitor(year(72.0)[2:]) == (
        "Waar vindt u het aantal meldingen van uw regio? U ziet deze vraag, omdat wij er geen openbaar cijfer van "
        "hebben.",
    )


@pytest.mark.parametrize(("rate", "asked"), [
    (75.0, True), (75.1, False), (100.0, False), (124.9, False), (125.0, True),
])
def test_a_region_that_counts_a_quarter_more_or_less_is_asked_how_it_counts(rate, asked):
    told = monitor(year(rate, country=100.0))
    assert (told != NONE) is asked
    assert not asked or f"hier {rate:.0f} per 10.000 inwoners zijn, en in heel Nederland 100." in told[0]


def test_a_provisional_figure_is_looked_at_again():
    (told,) = monitor(year(72.0, provisional=True))
    assert told.startswith("Wanneer kijkt u opnieuw?") and "over 2023 voorlopig" in told


@pytest.mark.parametrize(("unknown", "asked"), [(95, False), (100, True)])
def test_it_is_asked_who_fills_in_what_a_tenth_leaves_open(unknown, asked):
    told = monitor(year(72.0), unknown=unknown)
    assert (told != NONE) is asked
    assert not asked or "ongeveer 100 van de ongeveer 1.000 meldingen niet bekend" in told[0]


def national(*regions, gaps=(), start=100_000, severe=10_000, late=()):
    case = reader("NL")
    rows = [("stopped", *row) for row in regions] + [("stopped", "NL", "T3", 30_000, 100_000)]
    ends = released([("stopped_worst", "NL", "T3", 30_000, start)], case)
    bad = released([("frequent_or_severe", "NL", "T3", severe, 100_000)], case)
    times = [("on_time", "NL", "beoordeling", 3_000, 10_000)]
    times += [("on_time", f"VT{at:02}", "beoordeling", events, 100) for at, events in enumerate(late, 1)]
    on_time = released(times, case, groups=("step",)).derive(benchmark.funnel)
    return asking.national(released(rows, case), case, gaps=census(list(gaps), case, "gap"), bounds=ends, severe=bad,
                           on_time=on_time, source="x").sentences


def test_the_country_is_asked_nothing_where_nothing_differs_lacks_or_hides():
    assert national(("VT01", "T3", 300, 1000), ("VT02", "T3", 305, 1000)) == NONE


def test_the_country_is_asked_about_regions_that_differ_and_that_have_no_figure():
    told = national(("VT01", "T3", 150, 1000), ("VT02", "T3", 300, 1000), ("VT03", "T3", 7, 25))
    assert told == (
        "Welke regio's bespreken hun cijfers met elkaar? "
        "U ziet deze vraag, omdat 1 van de 2 regio's buiten de buitenste lijnen liggen.",
        "Hoe komen er overal genoeg gezinnen in de metingen? "
        "U ziet deze vraag, omdat we van 1 regio te weinig gezinnen hebben.",
    )


def test_the_country_is_asked_who_takes_up_what_most_regions_lack():
    told = national(("VT01", "T3", 300, 1000), gaps=[("E02", 9, 24, 0), ("E12", 13, 24, 0)])
    assert told == (
        "Wie pakt dit landelijk op: alles onder één dak? "
        "U ziet deze vraag, omdat het in 13 van de 24 regio's nodig is en er nog niet is.",
    )


@pytest.mark.parametrize(("start", "severe", "asked"), [
    (200_000, 10_000, []), (200_005, 10_000, ["Hoe blijven meer gezinnen meedoen aan de metingen?"]),
    (100_000, 24_900, []),
    (100_000, 25_000, ["Wat krijgen gezinnen bij wie het geweld bij de laatste meting vaak of ernstig is?"]),
])
def test_the_country_is_asked_who_drops_out_and_what_stays_severe(start, severe, asked):
    told = national(("VT01", "T3", 300, 1000), start=start, severe=severe)
    assert [each.split("?")[0] + "?" for each in told] == (asked or [NONE[0].split("?")[0] + "?"])


@pytest.mark.parametrize(("late", "asked"), [
    ([30] * 10, False), ([60] + [30] * 10, False), ([60] + [30] * 9, True), ([60, 5], True), ([], False),
])
def test_the_country_is_asked_whether_all_write_it_down_alike_where_a_tenth_lies_beyond_the_lines(late, asked):
    """99.8 per cent limits of 30 per cent among 100 are about 16 and 45; 5 of 100 is hidden."""
    told = national(("VT01", "T3", 300, 1000), late=late)
    assert (told != NONE) is asked
    shown = sum(each >= 10 for each in late)
    assert not asked or f"omdat 1 van de {shown} regio's buiten de buitenste lijnen liggen." in told[0]


def test_the_report_on_meldingen_names_the_limits_of_its_questions():
    cells = json.loads((ROOT / "notebooks" / "monitor.ipynb").read_text(encoding="utf-8"))["cells"]
    (told,) = [text for cell in cells if "Die grenzen zijn werkdefinities" in (text := "".join(cell["source"]))]
    assert "een kwart of meer" in told and asking.COUNTED_OTHERWISE == 1 / 4
    assert "één op de tien meldingen of meer" in told and asking.NOT_FILLED_IN == 1 / 10
