"""YAML without surprises: every scalar stays text, and keys, tags and aliases cannot mislead.

Plain YAML turns `NO` into False, `0363` into 243 and `12:30` into 750, and lets the last of two
equal keys win. Here the type of a value comes from the model that reads it, never from its spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from hgeval.errors import ParameterError
from hgeval.types import Record

Keys: TypeAlias = tuple[str | int, ...]  # the way to a value: names of settings, and places in lists
_DEEPEST = 20  # settings need three levels; far deeper would exhaust the parser


# What the parser says, and what that means for who wrote the file; for anything else: no valid YAML.
_DUTCH = {
    "mapping values are not allowed":
        "hier mag geen dubbele punt staan; spring niet in, of zet de tekst tussen aanhalingstekens",
    "could not find expected ':'": "achter de naam ontbreekt een dubbele punt",
    "expected <block end>": "de regel springt anders in dan de regels erboven, of er staat iets te veel",
    "unexpected end of stream": "een aanhalingsteken of haakje is niet gesloten",
    "expected ',' or": "tussen haakjes ontbreekt een komma, of een haakje is niet gesloten",
    "cannot start any token": "dit teken mag hier niet staan; zet de tekst tussen aanhalingstekens",
    "expected the node content": "hier ontbreekt een waarde, of een haakje is niet gesloten",
    "unknown escape character": "na \\ mag dit teken niet; zet de tekst tussen enkele aanhalingstekens",
    "expected a single document": "--- mag maar één keer in het bestand staan",
}
_NO_YAML = "dit is geen geldige YAML"
_LATE = ("unexpected end of stream", "could not find expected ':'")


class _Refused(yaml.MarkedYAMLError):
    """What we refuse ourselves, in Dutch."""


class _Loader(yaml.BaseLoader):
    """Scalars as text; an alias, an own tag, a key given twice or endless nesting is an error."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        peek: Callable[[], Any] = self.peek_event
        mark = peek().start_mark
        if self.check_event(yaml.events.AliasEvent):
            raise _Refused(problem="verwijzingen (*naam) mogen niet", problem_mark=mark)
        if self.depth > _DEEPEST:
            raise _Refused(problem=f"meer dan {_DEEPEST} niveaus diep mag niet", problem_mark=mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(problem="een naam moet tekst zijn", problem_mark=key.start_mark)
            if key.value in seen:
                raise _Refused(problem="deze naam staat er twee keer", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read(path: Path, *, name: str = "") -> tuple[Record, dict[Keys, int]]:
    """The mapping in a YAML file and, for every path of keys in it, its line number.

    Raises ParameterError with file (`name`, else that of the path) and line where it is absent or not plain YAML.
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ParameterError(
            f"{name}: kan dit bestand niet lezen als UTF-8-tekst ({type(fault).__name__})."
        ) from None
    try:
        data, lines = _read(text)
    except yaml.YAMLError as fault:
        raise ParameterError(_explain(name, text, fault)) from None
    if not isinstance(data, dict):
        raise ParameterError(f"{name}: verwacht regels als 'naam: waarde', gevonden: iets anders.")
    return deepcopy(data), lines.copy()


@lru_cache(maxsize=32)
def _read(text: str) -> tuple[object, dict[Keys, int]]:
    """The same text gives the same mapping, and the rule is looked up for every number that leaves."""
    node, data = _parsed(text)
    return data, _lines(node) if isinstance(data, dict) else {}


def _parsed(text: str) -> tuple[yaml.Node | None, object]:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except (ValueError, OverflowError):  # an escape such as \UFFFFFFFF, which is no letter
        raise _Refused(problem="dit teken bestaat niet", problem_mark=loader.get_mark()) from None
    _refuse_tags(node)
    return node, loader.construct_document(node) if node is not None else {}


def _explain(name: str, text: str, fault: yaml.YAMLError) -> str:
    said = getattr(fault, "problem", None) or ""
    # of what never ends, and of a name without its colon, the parser notices it only lines later
    begun = getattr(fault, "context_mark", None) if any(late in said for late in _LATE) else None
    mark = begun or getattr(fault, "problem_mark", None)
    line = mark.line if mark else text.count("\n", 0, getattr(fault, "position", 0))
    problem = said if isinstance(fault, _Refused) else _dutch(f"{getattr(fault, 'context', '')} {said}")
    if "'\\t'" in said or _indented_by_tab(text, line):
        problem = "een tab mag niet; gebruik spaties"
    return f"{name}, regel {line + 1}: {problem}. Verbeter deze regel en probeer het opnieuw."


def _dutch(said: str) -> str:
    return next((dutch for english, dutch in _DUTCH.items() if english in said), _NO_YAML)


def _indented_by_tab(text: str, line: int) -> bool:
    written = "".join(text.splitlines()[line : line + 1])
    return "\t" in written[: len(written) - len(written.lstrip())]


def _refuse_tags(node: yaml.Node | None) -> None:
    if node is None:
        return
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        raise _Refused(problem="eigen typen (!naam) mogen niet", problem_mark=node.start_mark)
    children = node.value if isinstance(node.value, list) else []
    for child in children:
        for part in child if isinstance(child, tuple) else (child,):
            _refuse_tags(part)


def _lines(node: yaml.Node | None, path: Keys = ()) -> dict[Keys, int]:
    """Line number (from 1) of every key path; list items count from 0."""
    found: dict[Keys, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found[(*path, key.value)] = key.start_mark.line + 1
            found |= _lines(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found[(*path, index)] = value.start_mark.line + 1
            found |= _lines(value, (*path, index))
    return found
