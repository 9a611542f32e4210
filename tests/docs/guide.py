"""The commands of docs/operations.md, monitoring.md and deploy.md, by how they are checked."""

import re
import shlex
from collections.abc import Iterator

from common.configuration.topology import load_topology
from common.settings import ROOT, Settings

PAGES = ("operations.md", "monitoring.md")
TOPOLOGY = load_topology(Settings().topology_file)
NAMES = {*TOPOLOGY.topics, *(job.name for job in TOPOLOGY.jobs)}


def commands(*pages: str) -> list[str]:
    """The commands of all `sh` blocks, each once, in order."""
    found: dict[str, None] = {}
    for page in pages:
        text = (ROOT / "docs" / page).read_text()
        for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            found.update(dict.fromkeys(split(block)))
    return list(found)


def split(block: str) -> Iterator[str]:
    """A block's commands: a command ends with its line, unless a quote or a backslash is open."""
    command = ""
    for line in block.splitlines():
        command = f"{command}\n{line}" if command else line
        if line.endswith("\\"):
            continue
        try:
            shlex.split(command, comments=True)
        except ValueError:  # a quote is open
            continue
        yield command
        command = ""
    assert not command, command


COMMANDS = commands(*PAGES)
LETTERS = [one for one in COMMANDS if " dlq " in one or "subscriptions pull" in one]
LOCAL = [
    one
    for one in COMMANDS
    if one.startswith(("gcloud pubsub ", "bq ", "cp ", "python -m local"))
    and not one.startswith("python -m local day")
    and one not in LETTERS
]
REMOTE = [one for one in COMMANDS if re.search(r"(^|\| )gcloud (?!run |pubsub )", one)]
PARSED = [one for one in COMMANDS if one not in LETTERS + LOCAL + REMOTE]
DEPLOYING = [
    one.strip()
    for one in commands("deploy.md")
    if re.match(r" *gcloud (?!auth |config |pubsub )", one)
]


def shape(command: str) -> tuple[str, ...]:
    """A command without its names and values: its verbs and options."""
    words = shlex.split(command)
    verbs = words[: 5 if words[0] == "gcloud" else 2]
    verbs = [word for word in verbs if word not in NAMES]
    return (*verbs, *(word.split("=")[0] for word in words[2:] if word.startswith(("-", "<", "|"))))


def firsts(listed: list[str]) -> list[str]:
    """The first command of each shape; those of our own, which start fast, all."""
    kept: dict[tuple[str, ...], str] = {}
    for command in listed:
        key = (command,) if command.startswith("python") else shape(command)
        kept.setdefault(key, command)
    return list(kept.values())


def query_of(command: str) -> str:
    """The SQL of a `bq query`, as bash hands it over."""
    (query,) = (word for word in shlex.split(command) if word.startswith("SELECT"))
    return query.replace(r"\`", "`")  # which shlex leaves as it is
