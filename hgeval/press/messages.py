"""What an error in a notebook may say outside it: hgeval's own sentences, filled in with names that hgeval knows.

The class of an error proves nothing: anyone may call a class EstimateError, and our own messages may quote a name
that came from the data, such as a column of a pivot. So a text is believed only where it is, word for word, a
sentence from hgeval's source, and what fills that sentence in only where hgeval itself has that name.
"""

from __future__ import annotations

import ast
import builtins
import gc
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hgeval
from hgeval import errors, reference, wording
from hgeval.schema import TABLES

UNKNOWN_NAME, UNKNOWN_NUMBER, UNKNOWN_KIND = "(onbekende naam)", "(getal)", "een fout van een onbekende soort"
_OURS = {name for name in dir(errors) if name.endswith("Error")}
_FOREIGN = {name for name in dir(builtins) if isinstance(getattr(builtins, name), type)} | {
    "CellExecutionError", "StdinNotImplementedError", "UsageError", "IndexingError", "MergeError", "ParserError",
    "UndefinedVariableError", "LinAlgError",
}
_LEAST_WORDS = 3  # a sentence; shorter texts in the source are names and formats
_BETWEEN = re.compile(r"(, | en |\n)")
_NAME = re.compile(r"[A-Za-z][\w.-]*")


def kind(name: str) -> str:
    """The class of an error, if it is one that everybody has; a notebook may call its own whatever it likes."""
    return name if name in _OURS | _FOREIGN else UNKNOWN_KIND


def told(name: str, text: str) -> str:
    """The text of an error of ours, with only known names in it; empty where it is not one of our sentences."""
    if name not in _OURS:
        return ""
    for pattern, literals in _sentences():
        found = pattern.fullmatch(text)
        if found:
            slots = [_known_only(slot) for slot in found.groups()]
            return literals[0] + "".join(slot + literal for slot, literal in zip(slots, literals[1:], strict=True))
    return ""


def _known_only(slot: str) -> str:
    parts = _BETWEEN.split(slot)
    return "".join(part if at % 2 else _known(part) for at, part in enumerate(parts))


def _known(name: str) -> str:
    if name.strip("'\"") in _names() or not name:
        return name
    return UNKNOWN_NUMBER if name.isdigit() else UNKNOWN_NAME


@cache
def _sentences() -> list[tuple[re.Pattern[str], list[str]]]:
    """Every sentence in hgeval's source as a pattern, with the fixed parts around its slots; the longest first."""
    texts = {tuple(parts) for parts in _texts() if len(" ".join(parts).split()) >= _LEAST_WORDS}
    ordered = sorted(texts, key=lambda parts: (-sum(map(len, parts)), parts))
    return [(re.compile("(.*?)".join(map(re.escape, parts)), re.DOTALL), list(parts)) for parts in ordered]


@cache
def _names() -> frozenset[str]:
    """The names hgeval has: of tables, columns, regions, measures, and those that stand in its own source."""
    texts = wording.texts()
    labels = {code for codes in texts.labels.values() for code in codes}
    regions = reference.table("regions.csv")
    return frozenset({
        *TABLES, *(column for table in TABLES.values() for column in table.names), *texts.columns, *texts.measures,
        *labels, *regions["region"], *regions["name"], *map(str, reference.years()),
        *(parts[0] for parts in _texts() if len(parts) == 1 and _NAME.fullmatch(parts[0])),
    })


@cache
def _texts() -> list[list[str]]:
    """Every text in the package's source, as the fixed parts around its slots."""
    files = sorted(Path(hgeval.__file__).parent.rglob("*.py"))
    return [parts for path in files for parts in _texts_in(_tree(path))]


def _tree(path: Path) -> ast.AST:
    """The source as a tree. Python 3.11 fails now and then where something is collected while it makes one."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        if collects:
            gc.enable()


def _texts_in(tree: ast.AST) -> Iterator[list[str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield _parts(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield [node.value]


def _parts(text: ast.JoinedStr) -> list[str]:
    parts = [""]
    for node in text.values:
        if isinstance(node, ast.Constant):
            parts[-1] += str(node.value)
        else:
            parts.append("")
    return parts
