"""YAML with the line of every field, within the limits of a file that people write by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from common.errors import ConfigError

MAX_BYTES = 256 * 1024
MAX_NODES = 20_000
"""Counted with every alias written out, so that a file of nested aliases stays small in memory."""
MAX_DEPTH = 16
# The C parser reads a file in a tenth of the time; wheels for Linux have it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAP, _LIST = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"

Path = tuple[str | int, ...]
"""Where a value stands: keys and indexes from the top."""
Fault = tuple[Path, str]
"""Where something cannot work, and what to write instead."""


@dataclass(frozen=True)
class Document:
    """A file's content, and the line on which each of its fields stands."""

    where: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a field; of the nearest one around it where it is not written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path, text: str) -> ConfigError:
        """The error that names file, line and field; `text` says what to write instead."""
        name = ".".join(str(part) for part in path) or "file"
        return ConfigError(f"{self.where}:{self.line(path)}: {name}: {text}")


def parse_yaml(text: str, where: str) -> Document:
    """Read one YAML document of maps with text keys, lists and scalars.

    Args:
        text: the file's content.
        where: names the file in errors.

    Raises:
        ConfigError: it is not YAML, has a key twice, or is too big; names file and line.
    """
    if len(text.encode()) > MAX_BYTES:
        raise ConfigError(f"{where}:1: file: more than {MAX_BYTES // 1024} KiB; split it")
    builder = _Builder(where)
    try:
        _check_depth(text, where)
        node = yaml.compose(text, Loader=_LOADER)
        data = builder.build(node, ()) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(error.problem or error.context).split())
        raise ConfigError(f"{where}:{mark.line + 1 if mark else 1}: not YAML: {said}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}:1: not YAML: {' '.join(str(error).split())}") from error
    return Document(where, data, builder.lines)


def _check_depth(text: str, where: str) -> None:
    """Refuse deep nesting from the flat event stream: composing recurses, and C has no guard."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(where, event.start_mark.line + 1)  # type: ignore[union-attr]  # a parsed event has one


def _too_deep(where: str, line: int) -> ConfigError:
    return ConfigError(
        f"{where}:{line}: file: nested more than {MAX_DEPTH} levels deep, or an alias inside its "
        "own anchor; write it flat"
    )


@dataclass
class _Builder:
    """Turns nodes into plain data and notes their lines on the way."""

    where: str
    lines: dict[Path, int] = field(default_factory=dict)
    nodes: int = 0
    scalars: yaml.SafeLoader = field(default_factory=lambda: yaml.SafeLoader(""))

    def build(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
        """The node's value."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ConfigError(
                f"{self.where}:{line}: file: more than {MAX_NODES} values once its aliases are "
                "written out; use fewer aliases"
            )
        if len(path) > MAX_DEPTH:
            raise _too_deep(self.where, line)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self.build(item, (*path, number)) for number, item in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            raise ConfigError(f"{self.where}:{line}: file: no {node.tag}; write a list or a map")
        return self._scalar(node, line)

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:  # noqa: ANN401 - whatever YAML holds
        try:
            return self.scalars.construct_object(node)
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
