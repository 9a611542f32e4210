"""Turns what pydantic refuses in a file into a sentence with what to write instead."""

from collections.abc import Mapping, Sequence

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_SHOWN_CHARACTERS_MAX = 60
"""How much of a refused value an error shows."""
_NO_MAP_TYPES = ("model_type", "model_attributes_type")
"""Types of pydantic's errors for a value that should be a map."""
_INSTEAD = {
    "string_pattern_mismatch": "lower-case letters, digits and _, such as late_games",
}
"""What to write instead, by error type, where a field's example does not show it."""


def worst_first(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors with a misspelt field before the one that is missing because of it."""
    return sorted(details, key=lambda detail: detail["type"] == "missing")


def advice(detail: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """Return what is wrong and what to write instead.

    Args:
        detail: one error of pydantic.
        fields: the fields of the model with the error; their examples show what to write.
    """
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "missing":
        return f"is missing; write {name}: {_example(detail, fields) or '...'}"
    if detail["type"] == "extra_forbidden":
        return f"is no field here; {nearest(name, tuple(fields))}"
    said = detail["msg"].removeprefix("Value error, ")
    got = f"(got {str(detail['input'])[:_SHOWN_CHARACTERS_MAX]!r})"
    if detail["type"] in _NO_MAP_TYPES:  # pydantic's sentence names Python classes
        needed = ", ".join(field for field, about in fields.items() if about.is_required())
        return f"is no map {got}; write a map of {needed}"
    instead = _INSTEAD.get(detail["type"]) or f"for example {_example(detail, fields)}"
    return f"{said} {got}; write {instead}"


def _example(detail: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """Return the example of the field with the error, or of its item if the field is a list."""
    within = next((part for part in reversed(detail["loc"]) if part in fields), None)
    examples = fields[str(within)].examples if within is not None else None
    if not examples:
        return ""
    example, last = examples[0], detail["loc"][-1]
    if isinstance(last, int) and isinstance(example, list):
        example = example[0]
    return written(example)


def nearest(name: str, known: Sequence[str]) -> str:
    """Return `did you mean 'start'?` if a known name is similar, and all known names."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    near = get_close_matches(name, known, n=1)
    return f"{f'did you mean {near[0]!r}? ' if near else ''}known are {', '.join(sorted(known))}"


def written(value: object) -> str:
    """Format a value as YAML on one line."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {written(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and ":" in value else f"{value}"
