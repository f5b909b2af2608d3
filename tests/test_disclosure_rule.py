"""The rule and its floor: stricter may, weaker never."""

import shutil

import pytest

from hgeval import disclosure_rule, paths
from hgeval.errors import DisclosureError, ParameterError


@pytest.fixture
def rule_file(tmp_path, monkeypatch):
    shutil.copytree(paths.params_dir(), tmp_path / "params")
    monkeypatch.setenv("HGEVAL_HOME", str(tmp_path))
    path = tmp_path / "params" / "disclosure.yml"

    def change(old, new):
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def test_the_default_is_the_public_rule():
    rule = disclosure_rule.rule()
    assert (rule.profile, rule.rounding, rule.min_count, rule.hide_zero) == ("cbs5", 5, 10, True)
    own = disclosure_rule.rule("exact10")
    assert (own.rounding, own.audience, own.public().rounding) == (1, "own_region", 5)


def test_an_unknown_profile_is_named_with_the_known_ones():
    with pytest.raises(ParameterError, match="onbekend profiel 'cbs3'. Bekend zijn: cbs5, exact10"):
        disclosure_rule.rule("cbs3")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "rounding: 5, min_count: 10, hide_zero: true",
            "rounding: 5, min_count: 9, hide_zero: true",
            "min_count ten minste 10",
        ),
        (
            "rounding: 5, min_count: 10, hide_zero: true",
            "rounding: 3, min_count: 10, hide_zero: true",
            "rounding ten minste 5",
        ),
        ("min_count: 10, hide_zero: true", "min_count: 10, hide_zero: false", "hide_zero: true"),
        ("rounding: 1, min_count: 10", "rounding: 1, min_count: 1", "'exact10' is soepeler"),
        (
            "min_outcome: 30, min_unnamed: 3}\n  exact10",
            "min_outcome: 30, min_unnamed: 2}\n  exact10",
            "min_unnamed ten minste 3",
        ),
    ],
)
def test_a_rule_under_the_floor_is_refused_whatever_profile_is_asked(rule_file, old, new, said):
    rule_file(old, new)
    with pytest.raises(DisclosureError, match=said):
        disclosure_rule.rule("cbs5")


def test_the_floor_itself_cannot_be_lowered(rule_file):
    rule_file("  min_count: 10 ", "  min_count: 3 ")
    with pytest.raises(ParameterError, match="'floor.min_count' klopt niet. Verwacht: ten minste 10"):
        disclosure_rule.rule()


def test_a_stricter_rule_is_taken(rule_file):
    rule_file("rounding: 5, min_count: 10, hide_zero: true", "rounding: 10, min_count: 20, hide_zero: true")
    assert disclosure_rule.rule().min_count == 20


def test_the_default_must_be_for_everyone(rule_file):
    rule_file("default: cbs5", "default: exact10")
    with pytest.raises(DisclosureError, match="standaardprofiel moet voor iedereen zijn"):
        disclosure_rule.rule()


def test_a_misspelt_setting_has_its_line(rule_file):
    rule_file("  min_count: 10 ", "  min_cuont: 10 ")
    with pytest.raises(ParameterError, match="disclosure.yml, regel 13: onbekende instelling 'floor.min_cuont'"):
        disclosure_rule.rule()
