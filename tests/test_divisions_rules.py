"""The file with the weights and working definitions: what is refused, and where it says so."""

import pytest

from hgeval import divisions_rules, paths
from hgeval.errors import ParameterError


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The shipped file with something changed."""
    text = (paths.params_dir() / divisions_rules.FILE).read_text(encoding="utf-8")
    monkeypatch.setattr(paths, "params_dir", lambda: tmp_path)

    def change(old, new):
        assert old in text
        (tmp_path / divisions_rules.FILE).write_text(text.replace(old, new), encoding="utf-8")
    return change


def test_the_shipped_file_weighs_all_groups_alike():
    found = divisions_rules.rules()
    assert set(found.weights.model_dump().values()) == {1}
    assert (found.step, found.draws) == (0.1, 5000)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("nearby: 1", "nearby: -1", "divisions.yml, regel 6: de instelling 'weights.nearby' klopt niet. "
                                "Verwacht: ten minste 0."),
    ("nearby: 1", "dichtbij: 1", "onbekende instelling 'weights.dichtbij'"),
    ("step: 0.1", "step: 0.3", "een stap die precies in 1 past, zoals 0.1 of 0.25"),
    ("draws: 5000", "draws: 50", "'draws' klopt niet. Verwacht: ten minste 100."),
    ("cases: [5, 10, 20, 30]", "cases: []", "een lijst met ten minste 1 regels"),
    ("specialist_share: 0.02", "specialist_share: 2", "'specialist_share' klopt niet. Verwacht: ten hoogste 1."),
])
def test_a_fault_is_named_with_its_line(file, old, new, said):
    file(old, new)
    with pytest.raises(ParameterError) as fault:
        divisions_rules.rules()
    assert said in str(fault.value)


def test_nothing_that_counts_is_refused(file):
    import re

    text = (paths.root() / "params" / divisions_rules.FILE).read_text(encoding="utf-8")
    groups = re.search(r"weights:\n(.*?)\n\n", text, flags=re.S)[1]
    file(groups, groups.replace(": 1", ": 0"))
    with pytest.raises(ParameterError, match="'weights' klopt niet. Verwacht: ten minste één gewicht boven 0"):
        divisions_rules.rules()


@pytest.mark.parametrize("step", ["0.25", "0.5", "0.05"])
def test_other_steps_are_taken(file, step):
    file("step: 0.1", f"step: {step}")
    assert divisions_rules.rules().step == float(step)
