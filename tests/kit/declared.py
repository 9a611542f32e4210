"""What the modules promise by value: limits, times, formats, codes, bounds and defaults of fields.

`python -m tests.kit.declared` writes them to `tests/kit/declared.txt`, a line each. A limit that is
changed by mistake fails no other test as long as nothing comes near it; here it is one line that
whoever changes it on purpose sees changed. What is computed from them has tests of its own.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter

from common.settings import ROOT

FILE = Path(__file__).with_name("declared.txt")
ROOMS = (
    *("common", "common/calendar", "common/cloud", "common/configuration", "common/entry"),
    *("common/executions", "common/handlers", "common/healing", "common/messages"),
    *("common/scrapers", "common/sources", "common/state"),
    *("common/incidents", "common/look", "common/pages", "common/review"),
    *("local/bench", "local/broker", "local/commands", "local/costs", "local/dashboards"),
    *("local/day", "local/operate", "local/processes", "local/records", "local/simulator"),
    *("local/stack", "local/traces"),
)
"""Those outside the pure core in which mistakes were drawn."""
FOR_PEOPLE = ("title", "description", "examples", "$defs", "oneOf")
PLAIN = (str, bytes, int, float, bool, date, datetime, time, timedelta, type(None), Enum)


def modules(room: str) -> list[str]:
    """List the modules of a room, such as `common/cloud`; of `common` those on the ground."""
    found = (ROOT / room).glob("*.py" if room == "common" else "**/*.py")
    return sorted(str(path.relative_to(ROOT)) for path in found if path.name != "__init__.py")


def of_module(path: str) -> Iterator[str]:
    """Yield what a module declares, in the order of its lines."""
    module = import_module(path.removesuffix(".py").replace("/", "."))
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        for name in _names(node):
            yield from (f"{path} {fact}" for fact in _of(name, getattr(module, name, None)))


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets:
        for each in ast.walk(target) if isinstance(target, ast.AST) else ():
            if isinstance(each, ast.Name) and not each.id.islower():
                yield each.id


def _of(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, type):
        yield from _of_class(name, value)
    elif isinstance(value, click.Command):
        yield from (f"{name} {_text(_option(param))}" for param in value.params)
    elif get_origin(value) is Annotated:
        bounds = TypeAdapter(value).json_schema()
        yield f"{name} {_text(_bounds(bounds))}"
    elif get_origin(value) is Literal:
        yield f"{name} = {get_args(value)}"
    elif is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        if _is_plain(held):  # a scraper's declaration is in `asked.json`
            yield f"{name} = {_text(held)}"
    elif _is_plain(value):
        yield f"{name} = {_text(value)}"
    elif isfunction(value) or hasattr(value, "__wrapped__"):
        yield from _of_function(name, value)


def _option(param: click.Parameter) -> dict[str, Any]:
    """Describe an option as a program sees it; a default of the user's own is left out."""
    said = param.to_info_dict()
    said["type"] = {key: value for key, value in said["type"].items() if value not in (False, None)}
    names = ("opts", "secondary_opts", "type", "required", "multiple", "flag_value", "default")
    return {key: said[key] for key in names if said.get(key) and _is_plain(said[key])}


def _of_class(name: str, kind: Any) -> Iterator[str]:
    if issubclass(kind, BaseModel):
        yield f"{name} {_text(dict(kind.model_config))}"
        for field, schema in kind.model_json_schema().get("properties", {}).items():
            yield f"{name}.{field} {_text(_bounds(schema))}"
    held = dict(vars(kind))
    if is_dataclass(kind):
        held |= {field.name: field.default for field in fields(kind)}
        del held["__init__"]  # as generated from the fields
    for attribute, value in held.items():
        if isfunction(value):
            yield from _of_function(f"{name}.{attribute}", value)
        elif _is_plain(value) and not attribute.startswith(("_", "model_config")):
            yield f"{name}.{attribute} = {_text(value)}"


def _bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a field's schema what it refuses, and its default."""
    return {key: part for key, part in schema.items() if key not in FOR_PEOPLE}


def _of_function(name: str, value: Any) -> Iterator[str]:
    for parameter in signature(value).parameters.values():
        if _is_plain(parameter.default):
            yield f"{name}({parameter.name}={_text(parameter.default)})"
    if hasattr(value, "cache_parameters"):
        yield f"{name} is kept {value.cache_parameters()}"


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, [*value.keys(), *value.values()]))
    if isinstance(value, tuple | list | AbstractSet):
        return all(map(_is_plain, value))
    return isinstance(value, (*PLAIN, re.Pattern))


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, AbstractSet):
        return "{" + ", ".join(sorted(map(_text, value))) + "}"
    if isinstance(value, timedelta):
        return str(value)
    return repr(value).replace(str(ROOT), "ROOT")


@cache
def held() -> dict[str, list[str]]:
    """Return what was last written down, by module."""
    found: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        found.setdefault(line.partition(" ")[0], []).append(line)
    return found


def assert_declared_as_held(room: str) -> None:
    """Compare what the modules of a room declare with what was last written down."""
    for path in modules(room):
        assert [*of_module(path)] == held().get(path, []), (
            f"{path}; on purpose? write it anew: python -m tests.kit.declared"
        )


def main() -> None:
    """Write down what all modules declare."""
    lines = [line for room in ROOMS for path in modules(room) for line in of_module(path)]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
