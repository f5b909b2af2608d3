"""A group beside a number is a class that hgeval has a word for."""

import pandas as pd
import pytest
from disclosure_cases import share

from hgeval import disclosure_groups
from hgeval.errors import DisclosureError

WAVES = ("T1", "T2")


def refuse(**groups):
    disclosure_groups.refuse_groups(share(20, 60, **groups), list(groups), waves=WAVES)


@pytest.mark.parametrize(
    "groups",
    [
        {"wave": "T2"}, {"direction": "gestopt"}, {"intervention": "huisverbod"}, {"kind": "nog_niet_klaar"},
        {"period": "2023-2025"}, {"period": ""}, {"kind": "2024"}, {"stayed": "blijver", "wave": "T1"}, {},
    ],
)
def test_a_class_with_a_word_passes(groups):
    refuse(**groups)


@pytest.mark.parametrize("name", ["family_id", "worker", "cluster", "melding_id", "provider", "knelpunt_open"])
def test_an_identifier_or_free_text_is_no_group_whatever_it_holds(name):
    with pytest.raises(DisclosureError, match=f"{name}' wijst personen aan"):
        refuse(**{name: "gestopt"})


@pytest.mark.parametrize("value", ["w0123", "F-77", "9 van 92", "T3", "12345", "1899"])
def test_a_value_from_the_data_is_no_group_under_any_name(value):
    with pytest.raises(DisclosureError, match=r"'soort' heeft waarden waar hgeval geen woord voor heeft.*wording\.yml"):
        refuse(soort=value)


def test_the_value_itself_is_never_told():
    with pytest.raises(DisclosureError) as caught:
        refuse(soort="w0123")
    assert "w0123" not in str(caught.value)


def test_one_strange_value_among_known_ones_is_enough():
    frame = pd.concat([share(20, 60, soort="gestopt"), share(20, 60, soort="Jansen")])
    with pytest.raises(DisclosureError):
        disclosure_groups.refuse_groups(frame, ["soort"], waves=WAVES)


def test_a_municipality_is_named_in_its_own_column_only():
    refuse(municipality="GM0363")
    for wrong in ({"municipality": "GM9999"}, {"soort": "GM0363"}):
        with pytest.raises(DisclosureError, match="geen woord voor heeft"):
            refuse(**wrong)
