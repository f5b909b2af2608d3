"""An error that leaves a notebook says one of hgeval's own sentences, with names that hgeval knows and no other."""

import pandas as pd
import pytest
from exhibit_cases import STOPPED, reader, released

from hgeval import drawing, errors, layout, rates
from hgeval.press import messages

PIVOT = {"gezin Jansen": "x", "Van den Berg, en zoon": "x", "3147": "x", "wave": "T2"}


def said(broken):
    """The error as it is, and as it is told."""
    with pytest.raises(errors.HgevalError) as caught:
        broken()
    return str(caught.value), messages.told(type(caught.value).__name__, str(caught.value))


def pivoted(make):
    case = reader("VT01")
    return make(released(STOPPED, case).frame.assign(**PIVOT), case)


@pytest.mark.parametrize(
    ("broken", "start", "end"),
    [
        (lambda: rates.frame(pd.DataFrame([{"measure": "a", "region": "VT02", "method": "count"} | PIVOT])),
         "Een schatting heeft de kolommen measure, region, n, ", "Noem die kolommen bij groups, of haal ze weg."),
        (lambda: pivoted(lambda frame, case: layout.lay_out(frame, case, ["gezin de Vries"])),
         "Onbekende kolom: (onbekende naam). Bekend zijn: measure, region, wave, n, ", "(onbekende naam), (getal)."),
        (lambda: pivoted(lambda frame, case: drawing.one_row_each(frame, ["gezin de Vries"], case)),
         "Deze figuur mist de kolom (onbekende naam). Bekend zijn: measure, region, wave, n, ", "(getal)."),
    ],
)
def test_a_column_from_the_data_is_not_named(broken, start, end):
    whole, told = said(broken)
    assert any(name in whole for name in ("Jansen", "Berg")) and "3147" in whole
    assert told.startswith(start) and told.endswith(end)
    assert not any(name in told for name in ("Jansen", "Berg", "zoon", "Vries", "3147"))


def test_a_name_that_hgeval_knows_is_told():
    whole, told = said(lambda: rates.frame([{"region": "VT02", "method": "count", "present": 1}]))
    assert told == whole and "ook present." in told


@pytest.mark.parametrize("text", [
    "Jansen woont in Drenthe", "41 gezinnen", "Een schatting mist de kolommen: region. Vul ze in. En Jansen.",
    "Jansen. Een schatting mist de kolommen: region. Vul ze in.", "",
])
@pytest.mark.parametrize("name", ["EstimateError", "StudyError", "HgevalError"])
def test_a_text_that_is_no_sentence_of_ours_is_not_told_whatever_the_class(name, text):
    assert messages.told(name, text) == ""


def test_only_our_classes_tell_and_only_known_classes_are_named():
    text = "Een schatting mist de kolommen: region. Vul ze in."
    assert messages.told("EstimateError", text) == text and messages.told("ValueError", text) == ""
    assert [messages.kind(name) for name in ("KeyError", "EstimateError", "Jansen")] == [
        "KeyError", "EstimateError", messages.UNKNOWN_KIND,
    ]


def test_a_message_that_repeats_a_part_of_the_sentence_still_tells_only_known_names():
    text = "Een schatting mist de kolommen: Jansen. Vul ze in. Berg. Vul ze in."
    assert messages.told("EstimateError", text) == "Een schatting mist de kolommen: (onbekende naam). Vul ze in."
