"""Reads YAML with the line of every field, and refuses a key that stands twice.

The files are written by the operator and checked in CI, so their size is not limited; what a few
bytes can blow up is: levels and values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from common.errors import ConfigError

# The C parser needs a tenth of the time; the wheels for Linux contain it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAP, _LIST = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
LEVELS_MAX = 50
"""PyYAML's C parser recurses: 100,000 open brackets would end the process without an error."""
VALUES_MAX = 100_000
"""Aliases of aliases double what they hold with each level."""

Path = tuple[str | int, ...]
"""The place of a value in the file: keys and indexes from the top."""
Defect = tuple[Path, str]
"""A place in the file, and a sentence on what cannot work there and what to write instead."""


@dataclass(frozen=True)
class Document:
    """A file's content with the line of each field.

    Attributes:
        where: the file's name, for errors.
        data: the content as dicts, lists and scalars.
        lines: the line of each place, counted from 1.
    """

    where: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of a field, or of the nearest field around it if it is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path, text: str) -> ConfigError:
        """Return an error that names file, line and field; `text` is the advice."""
        name = ".".join(str(part) for part in path) or "file"
        return ConfigError(f"{self.where}:{self.line(path)}: {name}: {text}")


def parse_yaml(text: str, where: str) -> Document:
    """Read one YAML document of maps with text keys, lists and scalars.

    Args:
        text: the file's content.
        where: the file's name, for errors.

    Raises:
        ConfigError: the text is not YAML, has a key twice, or is no plain data; the message names
            file and line.
    """
    builder = _Builder(where)
    try:
        _check_levels(text, where)
        node = yaml.compose(text, Loader=_LOADER)
        data = builder.build(node, ()) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(error.problem or error.context).split())
        raise ConfigError(f"{where}:{mark.line + 1 if mark else 1}: not YAML: {said}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}:1: not YAML: {' '.join(str(error).split())}") from error
    return Document(where, data, builder.lines)


def _check_levels(text: str, where: str) -> None:
    """Refuse a file that is nested too deep, from its events alone: they need no recursion."""
    level = 0
    for event in yaml.parse(text, Loader=_LOADER):
        level += isinstance(event, yaml.CollectionStartEvent)
        level -= isinstance(event, yaml.CollectionEndEvent)
        if level > LEVELS_MAX:
            mark = event.start_mark
            line = mark.line + 1 if mark else 1
            raise ConfigError(f"{where}:{line}: file: more than {LEVELS_MAX} levels; nest it less")


@dataclass
class _Builder:
    """Turns YAML nodes into plain data and collects their lines."""

    where: str
    lines: dict[Path, int] = field(default_factory=dict)
    open_nodes: list[yaml.Node] = field(default_factory=list)
    scalars: yaml.SafeLoader = field(default_factory=lambda: yaml.SafeLoader(""))

    def build(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
        """Return the value of a node at a place of the file.

        PyYAML composes an alias inside its own anchor into nodes that contain themselves, so a
        node that is still being built is refused.
        """
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if any(node is outer for outer in self.open_nodes):
            raise ConfigError(
                f"{self.where}:{line}: file: an alias inside its own anchor; write the value out"
            )
        if len(self.lines) > VALUES_MAX:
            raise ConfigError(
                f"{self.where}:{line}: file: more than {VALUES_MAX:,} values; use fewer aliases"
            )
        self.open_nodes.append(node)
        value = self._value(node, path, line)
        self.open_nodes.pop()
        return value

    def _value(self, node: yaml.Node, path: Path, line: int) -> Any:  # noqa: ANN401 - as build
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self.build(item, (*path, number)) for number, item in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            raise ConfigError(f"{self.where}:{line}: file: no {node.tag}; write a list or a map")
        return self._scalar(node, line)

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:  # noqa: ANN401 - whatever YAML holds
        try:
            return self.scalars.construct_object(node, deep=True)
        except ValueError as error:
            raise ConfigError(f"{self.where}:{line}: {node.value!r:.40}: {error}") from error

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.tag.endswith(":str"):
                shown = key if isinstance(key, str) else "a collection"
                raise ConfigError(
                    f"{self.where}:{line}: {shown!r} is no text key; write a name, in quotes if "
                    "YAML reads it as something else (<< is not supported: repeat the fields)"
                )
            if key in seen:
                raise ConfigError(
                    f"{self.where}:{line}: {'.'.join(map(str, (*path, key)))}: is there already "
                    f"(line {seen[key]}); take one of the two out"
                )
            seen[key] = self.lines[*path, key] = line
            yield key, self.build(value, (*path, key))
