"""The Terraform module as Python sees it, read with python-hcl2: no Terraform needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import hcl2

Body = dict[str, Any]
"""Arguments by name, expressions as `${...}`; a nested block is a list of bodies."""


@dataclass(frozen=True)
class Module:
    """The files of the module.

    Attributes:
        root: the repository that contains it, or a copy.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """The module's folder."""
        return self.root / "terraform"

    @cached_property
    def text(self) -> str:
        """The text of all its files."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.tf")))

    @cached_property
    def files(self) -> list[Body]:
        """Each file, parsed."""
        return [_read(path.read_text()) for path in sorted(self.folder.glob("*.tf"))]

    @cached_property
    def resources(self) -> dict[str, Body]:
        """Arguments of each resource, by `type.name`."""
        return {
            f"{kind}.{name}": body
            for block in self._blocks("resource")
            for kind, named in block.items()
            for name, body in named.items()
        }

    @cached_property
    def locals(self) -> Body:
        """The module's locals."""
        return {name: value for block in self._blocks("locals") for name, value in block.items()}

    @cached_property
    def variables(self) -> dict[str, Body]:
        """Arguments of each variable, by name."""
        return {name: body for block in self._blocks("variable") for name, body in block.items()}

    @cached_property
    def requires(self) -> Body:
        """The versions that the module takes: of Terraform itself (`terraform`), of providers."""
        (block,) = self._blocks("terraform")
        (providers,) = block["required_providers"]
        versions = {name: given["version"] for name, given in providers.items()}
        return {"terraform": block["required_version"], **versions}

    @cached_property
    def provider(self) -> Body:
        """What the provider gives each resource that says nothing else."""
        (block,) = self._blocks("provider")
        given: Body = block["google"]
        return given

    def _blocks(self, kind: str) -> Iterator[Body]:
        for file in self.files:
            yield from file.get(kind, [])


@lru_cache
def _read(text: str) -> Body:
    held: Body = plain(hcl2.loads(text))
    return held


def plain(value: Any) -> Any:
    """Take the marks of hcl2 and the quotes of texts and keys off what it read."""
    if isinstance(value, dict):
        return {
            unquoted(key): plain(held) for key, held in value.items() if not key.startswith("__")
        }
    if isinstance(value, list):
        return [plain(held) for held in value]
    return unquoted(value) if isinstance(value, str) else value


def unquoted(text: str) -> str:
    """Take the quotes off a text literal; leave anything else as it is."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def access(module: Module) -> set[tuple[str, str, str]]:
    """Read the table of grants in iam.tf as touches: function, kind of thing, which one."""
    found = set()
    for function, given in module.locals["access"].items():
        for kind in ("appends", "reads", "data", "publishes"):
            found |= {(function, kind, what) for what in given[kind]}
        if given["secret"] in (True, "true"):
            found.add((function, "secret", "read"))
    return found


def settings_fields(module: Module) -> set[str]:
    """Read the names that var.settings takes."""
    return set(module.locals["setting_names"])
