"""Imports point down: each module may use only modules of a lower level."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "hgeval"

LEVELS = [
    {"errors", "types"},
    {"paths", "columns", "codebook", "distinct", "looks", "short_labels", "workdays"},
    {"surroundings", "store"},
    {"strict_yaml", "schema_study", "schema_survey", "schema_divisions", "schema_chain"},
    {"schema_governance"},
    {"schema", "settings"},
    {"settings_chain"},
    {"params", "reference"},
    {"published", "findings", "sheets", "disclosure_rule", "divisions_rules", "readers_blocks",
     "divisions_towns"},
    {"slots"},
    {"wording"},
    # study folder -> typed frames
    {"cells_numbers", "readers_text", "readers_binary"},
    {"cells", "readers", "checks", "checks_survey", "checks_divisions", "checks_governance", "dictionary",
     "open_answers"},
    {"load"},
    {"prepared"},
    # typed frames -> estimates
    {"rates", "finance_shares", "finance_bounds"},
    {"divisions_table"},
    {"divisions_criteria"},
    {"divisions_weights"},
    {"divisions"},
    {"stats"},
    {"cohort", "survey_answers", "linked"},
    {"outcomes"},
    {"casemix"},
    {"effects", "benchmark", "interventions", "survey", "survey_money", "survey_partners",
     "survey_elements", "survey_respond", "monitor", "methods"},
    {"governance", "governance_direction", "governance_registers", "governance_calamities"},
    {"monitor_own", "indicators", "overview", "shared", "finance", "finance_du", "chain_spans", "survey_reach",
     "survey_quality"},
    {"finance_contributions", "chain_times", "chain_terms", "chain_workers", "chain_agreements", "chain",
     "chain_plans"},
    {"finance_lines", "finance_dossiers"},
    {"survey_beside", "survey_own"},
    # the door
    {"hiding", "modelled", "timed", "disclosure_groups", "doors"},
    {"answer_columns", "complement", "derived", "remainders", "town_counts"},
    {"keepers"},
    {"disclosure"},
    {"reading"},
    {"case"},
    # released -> exhibits
    {"column_kinds", "figures_style", "exhibits_html"},
    {"layout"},
    {"exhibits"},
    {"drawing", "tables", "telling", "explanations"},
    {"claims", "answer_tables", "sentences_survey"},
    {"asking", "sentences", "sentences_chain", "sentences_divisions", "sentences_financing", "notes_financing",
     "governance_page", "sentences_governance", "sentences_infrastructure"},
    {"figures_regions", "figures_series"},
    {"figures"},
    # beside: the synthetic study
    {"simulate_model"},
    {"simulate_families", "simulate_money", "simulate_survey", "simulate_divisions", "simulate_governance",
     "simulate_chain"},
    {"simulate_infrastructure", "simulate_measurements", "simulate_meldingen", "simulate_truth"},
    {"simulate"},
    # kernels, then the press
    {"warm"},
    {"press"},
    {"cli"},
]
LEVEL = {name: number for number, names in enumerate(LEVELS) for name in names}


def imported(source: str) -> set[str]:
    """Names of hgeval's own modules that this source imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "hgeval":
            found |= {alias.name for alias in node.names if not alias.name.startswith("_")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hgeval."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("hgeval.")}
    return found


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    name = module_of(path)
    assert name in LEVEL, f"give {name} a level"
    wrong = {other for other in imported(path.read_text()) if other != name and LEVEL[other] >= LEVEL[name]}
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_stay_small(path):
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    long = [node.name for node in functions if node.end_lineno - node.lineno + 1 > 40]
    assert not long


def test_the_library_knows_no_papermill_and_the_press_no_measure():
    library = [path for path in FILES if module_of(path) not in {"press", "cli"}]
    assert not [path.name for path in library if "papermill" in path.read_text()]
    measures = {"effects", "benchmark", "survey", "survey_money", "survey_partners", "monitor", "rates", "cohort"}
    press = [path for path in FILES if module_of(path) == "press"]
    assert not [path.name for path in press if imported(path.read_text()) & measures]


def test_an_upward_import_is_seen():
    assert imported("from hgeval import tables\nimport hgeval.cli\nfrom hgeval.press.build import run") == {
        "tables",
        "cli",
        "press",
    }


# Estimators stand beside each other; what several of them need lies below them.
BELOW = {
    "estimate": 0, "arrays": 1, "logistic": 1, "risksets": 1, "rubin": 1, "terms": 1,
    "glm": 2, "sandwich": 2, "design": 2, "dropout": 2, "doubly": 2,
}


def within(source: str) -> set[str]:
    """Names of the modules of `hgeval.stats` that this source imports."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    found = {alias.name for node in nodes if node.module == "hgeval.stats" for alias in node.names}
    return found | {node.module.split(".")[2] for node in nodes if (node.module or "").startswith("hgeval.stats.")}


@pytest.mark.parametrize("path", sorted((PACKAGE / "stats").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_estimators_stand_beside_each_other(path):
    level = BELOW.get(path.stem, len(BELOW))
    assert not {other for other in within(path.read_text()) if BELOW.get(other, len(BELOW)) >= level}
