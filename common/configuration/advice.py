"""What pydantic found wrong with a file, as a sentence that says what to write instead."""

from collections.abc import Mapping, Sequence

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_SHOWN = 60
_NO_MAP = ("model_type", "model_attributes_type")
_INSTEAD = {
    "string_pattern_mismatch": "lower-case letters, digits and _, such as late_games",
}
"""What to write where no field's example tells."""


def worst(faults: Sequence[ErrorDetails]) -> ErrorDetails:
    """The fault to name: a misspelt field rather than the one that is missing for it."""
    return min(faults, key=lambda fault: fault["type"] == "missing")


def advice(fault: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """What is wrong and what to write instead.

    Args:
        fault: one of pydantic's.
        fields: of the model in which the fault lies; their examples are what to write.
    """
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "missing":
        return f"is missing; write {name}: {_example(fault, fields) or '...'}"
    if fault["type"] == "extra_forbidden":
        return f"is no field here; {nearest(name, tuple(fields))}"
    said = fault["msg"].removeprefix("Value error, ")
    got = f"(got {str(fault['input'])[:_SHOWN]!r})"
    if fault["type"] in _NO_MAP:  # pydantic names its own classes
        needed = ", ".join(field for field, about in fields.items() if about.is_required())
        return f"is no map {got}; write a map of {needed}"
    instead = _INSTEAD.get(fault["type"]) or f"for example {_example(fault, fields)}"
    return f"{said} {got}; write {instead}"


def _example(fault: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """The example of the field that the fault lies in; of an item, where it lies in a list's."""
    within = next((part for part in reversed(fault["loc"]) if part in fields), None)
    examples = fields[str(within)].examples if within is not None else None
    if not examples:
        return ""
    example, last = examples[0], fault["loc"][-1]
    if isinstance(last, int) and isinstance(example, list):
        example = example[0]
    return written(example)


def nearest(name: str, known: Sequence[str]) -> str:
    """`did you mean 'start'?` where a known name is near, and all the known ones."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    near = get_close_matches(name, known, n=1)
    return f"{f'did you mean {near[0]!r}? ' if near else ''}known are {', '.join(sorted(known))}"


def written(value: object) -> str:
    """A value as it stands in a YAML file."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {written(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and ":" in value else f"{value}"
