"""What `check` finds missing around the scrapers: ways to sources, triggers, samples and lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from common.configuration.partial import Reading
from common.configuration.topology import Topology
from common.scrapers import REGISTRY
from common.scrapers.source import sources
from common.settings import ROOT, Settings, variable
from common.sources.keys import why_off
from local.commands.develop.schema import PATH as SCHEMA
from local.commands.develop.schema import schema_text
from local.commands.operate.findings import Finding, shown
from local.commands.operate.scrapers import Listed, listing
from local.samples import DRAWN, FOLDER, file_of

TABLE = ROOT / "docs" / "scrapers.md"


def of_scrapers(
    settings: Settings, path: Path, reading: Reading | None, topology: Topology | None
) -> Iterator[Finding]:
    """Yield what is missing around the scrapers.

    Args:
        settings: what is set for the sources.
        path: the workflow file.
        reading: what could be read of it; without it nothing is known of triggers.
        topology: the scheduler jobs, which trigger scrapers as well.
    """
    if reading and reading.file and topology:
        listed = list(listing(settings, reading.file.enabled, topology))
        yield from _off_sources(settings, listed)
        yield from _untriggered(listed, path, reading)
    yield from _without_sample()
    yield from of_lists(SCHEMA, TABLE)


def _off_sources(settings: Settings, listed: Sequence[Listed]) -> Iterator[Finding]:
    """Yield each source that is not asked, with the settings that switch it on and what is lost."""
    for name, spec in sources().items():
        why = why_off(spec, settings)
        if why is None:
            continue
        lost = _lost([one for one in listed if name in one.sources])
        text = f"{why}; until then {lost}" if lost else f"{why}; nothing that is triggered needs it"
        yield Finding("warning" if lost else "note", variable(f"{name}_{spec.needs}"), text)


def _lost(listed: Sequence[Listed]) -> str:
    """Return which workflow or job collects nothing of which scrapers; empty where none does."""
    names: Mapping[str, list[str]] = defaultdict(list)
    for one in listed:
        for trigger in one.triggers:
            names[trigger].append(one.name)
    return "; ".join(f"{trigger} lacks {', '.join(held)}" for trigger, held in names.items())


def _untriggered(listed: Sequence[Listed], path: Path, reading: Reading) -> Iterator[Finding]:
    """Yield each scraper that nothing triggers, with the reason."""
    named = reading.file.disabled_scrapers if reading.file else {}
    for name, why in named.items():
        line = reading.document.line(("disabled_scrapers", name))
        yield Finding("note", f"{shown(path)}:{line}", f"{name} is disabled: {why}")
    for one in listed:
        off = REGISTRY[one.name].off
        if off and not one.triggers and one.name not in named:
            said = f"nothing triggers {one.name}: {off}; a step that names it switches it on"
            yield Finding("note", _declared_at(one.name), said)


def _declared_at(name: str) -> str:
    """Return the file and line that declare a scraper: the first with its name in quotes."""
    folder = ROOT / "common" / "scrapers"
    for path in sorted(folder.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if f'"{name}"' in line:
                return f"{shown(path)}:{number}"
    return shown(folder)


def _without_sample() -> Iterator[Finding]:
    """Yield each scraper of which no test and no local source has an answer."""
    for name in REGISTRY:
        if name not in DRAWN and file_of(name) is None:
            said = f"{name} has no sample; write a small answer in its source's form there"
            yield Finding("warning", shown(FOLDER / f"{name}.json"), said)


def of_lists(schema: Path, table: Path) -> Iterator[Finding]:
    """Yield a published list that is older than what it lists; a file that is absent is none."""
    if schema.is_file() and schema.read_text(encoding="utf-8") != schema_text():
        said = "is older than the models"
        command = f"python -m local schema > {shown(schema)}"
        yield Finding("warning", shown(schema), f"{said}; write it anew: {command}")
    if not table.is_file():
        return
    text = table.read_text(encoding="utf-8")
    lacking = [name for name in REGISTRY if f"| `{name}` |" not in text]
    if lacking:
        said = f"has no line for {', '.join(lacking)}"
        yield Finding(
            "note", shown(table), f"{said}; python -m tests.kit.scraper_table writes them"
        )
