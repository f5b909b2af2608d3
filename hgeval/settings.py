"""Settings that refuse what they do not know: one error lists every fault with its file and line, and no value."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hgeval.errors import ParameterError
from hgeval.strict_yaml import Keys

M = TypeVar("M", bound="Model")
NAME = r"^[a-z0-9][a-z0-9_-]{0,60}$"


class Model(BaseModel):
    """Settings from a file: a name it does not know is refused, and no value is quoted in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def validate(
    model: type[M], data: object, *, file: str, lines: dict[Keys, int] | None = None,
    origins: dict[Keys, str] | None = None, under: Keys = (),
) -> M:
    """`data` as `model`. Raises one ParameterError that lists every fault with its line; no value is quoted.

    `origins` names the file of each key that does not stand in `file` itself.
    """
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        errors = fault.errors(include_input=False)
        meant = _meant(errors)
        found = [error for error in errors if error["loc"] not in meant.values()]
        places = [_place((*under, *error["loc"]), file, lines or {}, origins or {}) for error in found]
        rows = [_sentence(error, where, under, model, meant) for error, where in zip(found, places, strict=True)]
        raise ParameterError("\n".join(rows)) from None


def _meant(errors: list[ErrorDetails]) -> dict[Keys, Keys]:
    """For each unknown setting the missing one beside it that is spelled much like it: one slip, one sentence."""
    unknown, missing = ([e["loc"] for e in errors if e["type"] == kind] for kind in ("extra_forbidden", "missing"))
    meant: dict[Keys, Keys] = {}
    for *above, name in unknown:
        beside = [str(loc[-1]) for loc in missing if [*loc[:-1]] == above and loc not in meant.values()]
        meant |= {(*above, name): (*above, like) for like in get_close_matches(str(name), beside, n=1)}
    return meant


def _place(path: Keys, file: str, lines: dict[Keys, int], origins: dict[Keys, str]) -> str:
    """File and line of the deepest part of `path` that stands in a file."""
    nearest = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in lines), None)
    return f"{origins.get(nearest, file)}, regel {lines[nearest]}" if nearest else file


def _sentence(error: ErrorDetails, where: str, under: Keys, model: type[Model], meant: dict[Keys, Keys]) -> str:
    name = ".".join(str(part) for part in (*under, *error["loc"])) or "(geheel)"
    if error["loc"] in meant:
        return f"{where}: onbekende instelling {name!r}. Bedoelde u {meant[error['loc']][-1]!r}?"
    if error["type"] == "extra_forbidden":
        return f"{where}: onbekende instelling {name!r}. Bekend zijn: {_known(model, error['loc'])}."
    if error["type"] == "missing":
        return f"{where}: de instelling {name!r} ontbreekt. Vul haar in."
    return f"{where}: de instelling {name!r} klopt niet. Verwacht: {_expected(error)}."


def _known(model: type[Model], loc: Keys) -> str:
    fields = model.model_fields
    for part in loc[:-1]:
        kind = fields[part].annotation if part in fields else None
        inner = [own.model_fields for own in (kind, *get_args(kind)) if hasattr(own, "model_fields")]
        fields = inner[0] if inner else fields
    return ", ".join(sorted(fields))


_EXPECTED = {
    "int_parsing": "een geheel getal", "float_parsing": "een getal met een punt", "bool_parsing": "true of false",
    "date_from_datetime_parsing": "een datum als 2025-12-31", "date_parsing": "een datum als 2025-12-31",
    "string_pattern_mismatch": "alleen letters, cijfers, - en _", "dict_type": "regels als 'naam: waarde'",
    "list_type": "een lijst", "model_type": "regels als 'naam: waarde'", "string_type": "tekst",
}
_LENGTHS = {
    "too_short": ("een lijst met ten minste", "min_length", "regels"),
    "too_long": ("een lijst met ten hoogste", "max_length", "regels"),
    "string_too_short": ("tekst van ten minste", "min_length", "teken(s)"),
    "string_too_long": ("tekst van ten hoogste", "max_length", "teken(s)"),
}


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"een van {context['expected'].replace(' or ', ' of ')}"
    if error["type"] == "value_error":
        return str(context["error"])
    if context.get("pattern") == NAME:
        return "kleine letters, cijfers, - en _, zonder spaties"
    if error["type"] in _LENGTHS:
        words, key, unit = _LENGTHS[error["type"]]
        return f"{words} {context[key]} {unit}"
    bounds = {"ge": "ten minste", "gt": "meer dan", "le": "ten hoogste", "lt": "minder dan"}
    found = [f"{words} {context[key]}" for key, words in bounds.items() if key in context]
    return found[0] if found else _EXPECTED.get(error["type"], error["type"])
