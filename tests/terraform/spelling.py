"""Arguments and blocks that the provider does not know, or wants and does not get: no Terraform.

`python -m tests.terraform.spelling` writes `arguments.json` anew, for a new type or provider.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common.settings import ROOT
from tests.terraform.offline import resource_schemas
from tests.terraform.parsed import Body, Module

FILE = Path(__file__).parent / "arguments.json"
"""By resource type: arguments, the required ones marked `!`, and blocks, those too."""
META = {"for_each", "count", "depends_on", "lifecycle", "provider"}
"""What Terraform itself takes in every resource."""


def misspelt(module: Module) -> Iterator[str]:
    """One complaint an argument or block that a resource must not or must have."""
    known = json.loads(FILE.read_text())
    for address, body in module.resources.items():
        kind = address.split(".")[0]
        if kind not in known:
            yield f"{address}: {FILE.name} does not know the type; write it anew"
            continue
        given = {name: value for name, value in body.items() if name not in META}
        yield from _compare(address, given, known[kind])


def _compare(where: str, body: Body, shape: Mapping[str, Any]) -> Iterator[str]:
    given = _written_out(body)
    names = {name.removesuffix("!"): inner for name, inner in shape.items()}
    for name in sorted(given.keys() - names.keys()):
        yield f"{where}: no argument or block {name!r} is known"
    for name in shape:
        if name.endswith("!") and name[:-1] not in given:
            yield f"{where}: {name[:-1]} is missing"
    for name, inner in names.items():
        if inner is not None and name in given:
            for block in given[name]:
                yield from _compare(f"{where}.{name}", block, inner)


def _written_out(body: Body) -> Body:
    """The body with its dynamic blocks as if they were written once."""
    given = {name: value for name, value in body.items() if name != "dynamic"}
    for dynamic in body.get("dynamic", []):
        for name, about in dynamic.items():
            given[name] = [*given.get(name, []), *about["content"]]
    return given


def arguments(kinds: Iterable[str]) -> str:
    """The text of `arguments.json`: a line a type."""
    schemas = resource_schemas()
    lines = (f'"{kind}":{json.dumps(_shape_of(schemas[kind]))}' for kind in sorted(set(kinds)))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """An argument is null, a block has its own shape; what only the provider sets is left out."""
    shape: dict[str, Any] = {}
    for name, about in schema.get("a", {}).items():
        if about["f"] != "c":
            shape[f"{name}!" if about["f"] == "r" else name] = None
    for name, about in schema.get("b", {}).items():
        shape[f"{name}!" if about.get("min") else name] = _shape_of(about)
    return dict(sorted(shape.items()))


if __name__ == "__main__":
    FILE.write_text(arguments(address.split(".")[0] for address in Module(ROOT).resources))
