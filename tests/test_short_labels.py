"""Texts that a reader sees: what points at someone is refused, and ordinary numbers are not."""

import pandas as pd
import pytest

from hgeval import short_labels


def one(text):
    return bool(short_labels.points_at_someone(pd.Series([text], dtype="str"))[0])


@pytest.mark.parametrize("text", [
    "bel j.jansen@gemeente.nl", "bij jan@ gemeld", "06-12345678", "06 - 1234 5678", "(030) 123 45 67 89", "+31 6 1234",
    "123456789", "BSN 1234.56.789", "1 2 3 4 5 6 7 8 9", "zie www.gemeente.nl", "https://x", "\u0661\u0662\u0663456789",
])
def test_what_points_at_someone(text):
    assert one(text)


@pytest.mark.parametrize("text", [
    "in 2025 is 40 procent bereikt", "binnen 5 dagen, uiterlijk 31-12-2025", "12345678", "12 gemeenten, 34 teams, 5678",
    "één plan", "artikel 4.1.1 en 6.1",
])
def test_what_does_not(text):
    assert not one(text)


def test_missing_is_nothing():
    empty = pd.Series([None, "a" * 9], dtype="str")
    assert not short_labels.points_at_someone(empty).any() and not short_labels.too_long(empty, 9).any()


def test_the_length_on_both_sides_and_a_bar():
    texts = pd.Series(["a" * 80, "a" * 81, "a|b"], dtype="str")
    assert list(short_labels.too_long(texts, 80)) == [False, True, True]
    assert list(short_labels.too_long(pd.Series(["a" * 120, "a" * 121], dtype="str"))) == [False, True]


@pytest.mark.parametrize("text", [
    "gezin Jansen, elke week bellen", "mevrouw A. de Vries beslist alleen", "J. Bakker van team Noord",
    "plan voor 3704 AB 12", "Dorpsstraat 12 in Zeist", "dhr. van den Berg",
])
def test_a_name_after_a_title_or_initials_and_an_address_are_seen(text):
    assert short_labels.points_at_someone(pd.Series([text])).all()


@pytest.mark.parametrize("text", [
    "Elk gezin heeft een plan", "In 2024 een plan voor 12 gemeenten", "Regels van de Wmo en de Jeugdwet",
    "Weg met 3 regels",
])
def test_ordinary_words_are_no_name_and_no_address(text):
    assert not short_labels.points_at_someone(pd.Series([text])).any()
