"""Extracts the SQL statements of the user's document, docs/03-bigquery-schemas.md."""

import re
from dataclasses import dataclass
from datetime import date

from common.errors import BadInputError
from common.settings import ROOT

DOCUMENT = ROOT / "docs" / "03-bigquery-schemas.md"
TODAY = "CURRENT_DATE('America/New_York')"
_STATEMENT = re.compile(r"^(?:CREATE TABLE|SELECT|WITH)\b.*?;$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(\S.*):$", re.MULTILINE)
_TABLE = re.compile(r"^Table \d: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """One statement as written, with a heading such as `workflow_decisions: Action Summary`."""

    heading: str
    sql: str

    @property
    def name(self) -> str:
        """Return the heading as a name, such as `workflow_decisions.action_summary`."""
        table, _, about = self.heading.partition(": ")
        return f"{table}.{_slug(about.partition(' (')[0])}"

    @property
    def creates(self) -> bool:
        """Return whether the statement is one of the five CREATE TABLE."""
        return self.sql.startswith("CREATE")


def statements() -> list[Statement]:
    """Return the document's statements in order: 5 CREATE TABLE and 11 queries."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [
        Statement(_heading(text[: match.start()]), match.group())
        for match in _STATEMENT.finditer(text)
    ]


def queries() -> list[Statement]:
    """Return the document's eleven monitoring queries in order."""
    return [statement for statement in statements() if not statement.creates]


def query_named(name: str) -> Statement:
    """Return the query whose name is, or alone contains, a text.

    Raises:
        BadInputError: no query has the name, or several do; the message lists them.
    """
    known, wanted = queries(), name.lower().replace("-", "_")
    found = [query for query in known if wanted in query.name]
    exact = [query for query in found if query.name == wanted]
    if len(exact or found) == 1:
        return (exact or found)[0]
    listed = ", ".join(query.name for query in found or known)
    raise BadInputError(f"{name!r}: name one of {listed}")


def _slug(text: str) -> str:
    return "_".join(re.findall(r"[a-z]+", text.lower()))


def _heading(before: str) -> str:
    return f"{_TABLE.findall(before)[-1]}: {_HEADING.findall(before)[-1]}"


def bind(sql: str, day: date) -> str:
    """Return the statement with today in New York replaced by `day`."""
    return sql.replace(TODAY, f"DATE '{day.isoformat()}'")
