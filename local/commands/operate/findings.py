"""What `check` finds wrong in the two configuration files and in the environment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from common.configuration.partial import Reading, read_partly
from common.configuration.topology import Topology
from common.configuration.topology_checks import topology_defects
from common.configuration.yaml_file import Defect, Document, parse_yaml
from common.errors import ConfigError
from common.scrapers.source import source_defects
from common.settings import ROOT, Settings, read_settings, setting_defects, variable

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or missing.

    Attributes:
        level: an error stops a function, a warning loses data or misleads, a note explains.
        where: a file with its line, or an environment variable.
        text: what it is, and what to do.
    """

    level: Level
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.level:7} {self.where}: {' '.join(self.text.split())}"

    def as_json(self) -> dict[str, str]:
        """Return the fields by their names."""
        return asdict(self)


def shown(path: Path) -> str:
    """Return a path as findings show it: below the project without the project's own path."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def of_environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every variable that is refused, and each key file that is not there."""
    for name, text in setting_defects(environment):
        yield Finding("error", name, text)
    settings = usable_settings(environment)
    for name, text in source_defects(settings):
        yield Finding("error", name, f"{text}; unset it, or write the name of a source")
    for name, given in settings.sources.items():
        if given.key_file and not given.key and not given.key_file.is_file():
            said = f"{given.key_file} is no file; mount the secret there"
            yield Finding("warning", variable(f"{name}_key_file"), said)


def usable_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings without the variables that are refused."""
    refused = {name for name, _ in setting_defects(environment)}
    return read_settings({name: text for name, text in environment.items() if name not in refused})


def of_topology(path: Path, lease_seconds: float) -> tuple[list[Finding], Topology | None]:
    """Return what is wrong in a topology file, and the topology where it can be read.

    Args:
        path: the file.
        lease_seconds: how long a claim lives, which delivery has to fit (R6).
    """
    try:
        document = parse_yaml(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        return [_unreadable(path, error, "NBA_TOPOLOGY_FILE")], None
    try:
        topology = Topology.model_validate(document.data)
    except ValidationError as error:
        form: list[Defect] = [
            (detail["loc"], f"{detail['msg']} (got {str(detail['input'])[:60]!r}); correct it")
            for detail in error.errors()
        ]
        return list(_in(document, path, form)), None
    return list(_in(document, path, topology_defects(topology, lease_seconds))), topology


def of_workflows(path: Path, topology: Topology | None) -> tuple[list[Finding], Reading | None]:
    """Return everything that is wrong in a workflow file, and as much of it as can be read."""
    try:
        reading = read_partly(path)
    except ConfigError as error:
        return [_unreadable(path, error, "NBA_WORKFLOWS_FILE")], None
    try:
        defects = list(reading.defects(topology)) if topology else list(reading.form)
    except ConfigError:  # of the topology, where it is a finding already
        defects, topology = list(reading.form), None
    found = list(_in(reading.document, path, defects))
    if topology is None:
        said = "its times were not compared with the ticks; correct the topology, then check again"
        found.append(Finding("warning", shown(path), said))
    return found, reading


def _in(document: Document, path: Path, defects: Iterable[Defect]) -> Iterator[Finding]:
    """Yield the defects of a file as errors, each with its line."""
    for place, text in defects:
        name = ".".join(str(part) for part in place) or "file"
        yield Finding("error", f"{shown(path)}:{document.line(place)}", f"{name}: {text}")


def _unreadable(path: Path, error: Exception, name: str) -> Finding:
    """Return the finding for a file of which nothing can be read.

    Args:
        path: the file.
        error: why; the texts of our own begin with the file and, where there is one, the line.
        name: the variable that sets the file.
    """
    if isinstance(error, OSError):
        return Finding("error", shown(path), f"{error.strerror}; set {name} to a file")
    rest = str(error).removeprefix(f"{path}:").strip()
    line, _, said = rest.partition(":")
    if line.isdigit():
        return Finding("error", f"{shown(path)}:{line}", f"{said.strip()}; correct the line")
    return Finding("error", shown(path), rest)
