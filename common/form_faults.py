"""What pydantic found wrong with a file, as a sentence that says what to write instead."""

from collections.abc import Mapping, Sequence

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_SHOWN = 60


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
    examples = fields[name].examples if name in fields else None
    if fault["type"] == "missing":
        return f"is missing; write {name}: {written((examples or ['...'])[0])}"
    if fault["type"] == "extra_forbidden":
        return f"is no field here; {nearest(name, tuple(fields))}"
    said = fault["msg"].removeprefix("Value error, ")
    instead = f"; write for example {written(examples[0])}" if examples else ""
    return f"{said} (got {str(fault['input'])[:_SHOWN]!r}){instead}"


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
    return f'"{value}"' if isinstance(value, str) and ":" in value else f"{value}"
