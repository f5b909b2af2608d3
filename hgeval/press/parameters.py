"""What may enter a notebook: its parameters cell, read as text before any kernel starts, and exact values."""

from __future__ import annotations

import ast
import datetime as dt
import io
import math
import tokenize
from typing import Any, get_origin

from nbformat import NotebookNode

from hgeval.errors import ParameterError, ReportError
from hgeval.settings import Model

TAG, INJECTED = "parameters", "injected-parameters"
MOST = 3
_WRITTEN: dict[object, str] = {str: "str", int: "int", float: "float", bool: "bool", dt.date: "str"}
_LITERAL = {"str": str, "int": int, "float": float, "bool": bool}


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell, of which papermill reads `parameters`."""
    found: list[str] = cell.metadata.get("tags", [])
    return found


def inspect(notebook: NotebookNode, model: type[Model], *, name: str) -> None:
    """Raise ParameterError unless the notebook's parameters cell asks for exactly the model's fields."""
    if any(INJECTED in tags(cell) for cell in notebook.cells):
        raise ParameterError(
            f"{name}: er staat nog een cel met ingevulde parameters van een eerdere bouw in. Verwijder die cel."
        )
    code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    tagged = [number for number in code if TAG in tags(notebook.cells[number])]
    if len(tagged) != 1:
        raise ParameterError(
            f"{name}: verwacht: precies één codecel met de tag {TAG!r}; gevonden: {len(tagged)}. "
            "Zet de tag in JupyterLab bij de eigenschappen van de cel (Property Inspector, Add tag)."
        )
    where = f"{name}, cel {tagged[0] + 1}"
    if tagged[0] != code[0]:
        raise ParameterError(f"{where}: de cel met parameters moet de eerste codecel zijn. Zet haar naar boven.")
    found = _declared(notebook.cells[tagged[0]].source, where)
    _compare(found, _expected(model), where)


def _declared(source: str, where: str) -> dict[str, str]:
    """Name and type of each line of the cell."""
    try:
        lines = ast.parse(source).body
    except SyntaxError as fault:
        raise ParameterError(f"{where}, regel {fault.lineno}: dit is geen geldige Python.") from None
    commented = _commented_lines(source)
    found: dict[str, str] = {}
    for line in lines:
        spot = f"{where}, regel {line.lineno}"
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
            raise ParameterError(f"{spot}: verwacht: 'naam: type = waarde  # uitleg', en verder niets in deze cel.")
        name, written = line.target.id, ast.unparse(line.annotation)
        if name in found or name.startswith("_"):
            raise ParameterError(f"{spot}: de naam {name!r} staat er twee keer of begint met _. Kies een andere.")
        if type(_literal(line.value, spot)) is not _LITERAL.get(written):
            kinds = ", ".join(_LITERAL)
            raise ParameterError(f"{spot}: de waarde van {name!r} past niet bij het type. Verwacht een van: {kinds}.")
        if line.end_lineno not in commented:
            raise ParameterError(f"{spot}: bij {name!r} ontbreekt de uitleg. Zet achter de waarde '# uitleg'.")
        found[name] = written
    return found


def written(source: str) -> dict[str, Any]:
    """The values as they stand in a parameters cell; empty where it is no such cell."""
    try:
        lines = [line for line in ast.parse(source).body if isinstance(line, ast.AnnAssign)]
        return {ast.unparse(line.target): ast.literal_eval(line.value) for line in lines if line.value is not None}
    except (SyntaxError, ValueError):
        return {}


def _literal(node: ast.expr, spot: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ParameterError(
            f"{spot}: een parameter wordt hier niet berekend of afgeleid. "
            "Zet er een vaste waarde; reken in een latere cel."
        ) from None


def _commented_lines(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT and token.string.strip("# ")}


def _expected(model: type[Model]) -> dict[str, str]:
    return {
        name: "str" if get_origin(field.annotation) is not None else _WRITTEN[field.annotation]
        for name, field in model.model_fields.items()
    }


def _compare(found: dict[str, str], expected: dict[str, str], where: str) -> None:
    if len(found) > MOST:
        raise ParameterError(f"{where}: verwacht: ten hoogste {MOST} parameters; gevonden: {len(found)}.")
    wanted = ", ".join(f"{name}: {kind}" for name, kind in expected.items())
    for name, kind in found.items():
        if name not in expected:
            raise ParameterError(f"{where}: onbekende parameter {name!r}. Verwacht: {wanted}.")
        if kind != expected[name]:
            raise ParameterError(f"{where}: {name!r} heeft het type {kind!r}. Verwacht: {wanted}.")
    missing = [name for name in expected if name not in found]
    if missing:
        raise ParameterError(f"{where}: de parameter {missing[0]!r} ontbreekt. Verwacht: {wanted}.")


def values(parameters: Model) -> dict[str, Any]:
    """The parameters as plain literals, so that what is written in a cell is what was meant."""
    plain = parameters.model_dump(mode="json")
    for name, value in plain.items():
        if type(value) not in _LITERAL.values() or (isinstance(value, float) and not math.isfinite(value)):
            raise ParameterError(f"de parameter {name!r} is geen tekst, eindig getal of ja/nee. Geef zo'n waarde.")
    return plain


def injected(notebook: NotebookNode) -> dict[str, Any]:
    """What the injected cell of an executed notebook says, read back as literals."""
    cells = [cell for cell in notebook.cells if INJECTED in tags(cell)]
    try:
        (cell,) = cells
        return {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(cell.source).body}
    except (ValueError, SyntaxError, AttributeError):
        raise ReportError("de ingevulde parameters zijn niet terug te lezen uit het notebook.") from None
