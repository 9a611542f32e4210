"""The documents as the tests read them: text, links, commands and the paths they name."""

import re
from collections.abc import Iterator
from pathlib import Path

from common.settings import ROOT

CONTRACT = "03-bigquery-schemas.md"
"""The user's own document: its neighbours and its paths stayed with the user."""
DOCS = {
    path.name: path.read_text()
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
}
OURS = {name: text for name, text in DOCS.items() if name != CONTRACT}
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(
    r"(?<![\w/.-])(?:common|config|dashboards|docs|functions|local|tests|tools)/[\w./*<>-]*"
)


def folder_of(name: str) -> Path:
    """Where a page lies, by its name."""
    return ROOT if (ROOT / name).exists() else ROOT / "docs"


def links(text: str) -> list[str]:
    """The relative targets of a page's links, without their anchors."""
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)


def anchored(text: str) -> list[tuple[str, str]]:
    """A page's links to a heading: the page's file name (empty for the page itself), the anchor."""
    return re.findall(r"\]\((?:[\w./-]*?([\w-]+\.md))?#([^)]+)\)", text)


def anchors(text: str) -> set[str]:
    """What a link can point at in a page, as GitHub names it."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def paths(text: str) -> Iterator[str]:
    """The paths of the repository that a page names in backticks, code blocks aside.

    A placeholder such as `<name>` becomes `*`.
    """
    for span in re.findall(r"`([^`\n]+)`", _FENCED.sub("", text)):
        for path in _PATH.findall(span):
            yield re.sub(r"<[^>]*>", "*", path).rstrip(".")


def named_tests(text: str) -> list[tuple[str, str]]:
    """The tests that a page names as `file::test`."""
    return re.findall(r"(tests/[\w/]+\.py)::(test_\w+)", text)


def exists(path: str) -> bool:
    """Whether a path of the repository, or a pattern of paths, names something."""
    return any(ROOT.glob(path)) if "*" in path else (ROOT / path).exists()


def shell_lines(text: str) -> list[str]:
    """The commands of a page's `sh` blocks, one a line."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]
