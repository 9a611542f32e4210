"""A kept stack that stands in, for commands that query one."""

import pytest

from local.stack.driver import RunningStack

ENDPOINT, PROJECT = "http://127.0.0.1:1", "p"
Asked = list[tuple[str, str, str]]
"""What was asked: the address, the project and the statement."""


def has_row(statement: str) -> bool:
    """Return whether the stack answers a statement with a row."""
    return "alert" not in statement and "execution" not in statement


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Keep a stack that has a 1 for each statement but of alerts and runs; return what it got."""
    got: Asked = []

    def answer(endpoint: str, project: str, statement: str) -> tuple[list[str], list[tuple[int]]]:
        got.append((endpoint, project, statement))
        return ["one"], [(1,)] if has_row(statement) else []

    where = {"project": PROJECT, "environment": {"BIGQUERY_EMULATOR_HOST": ENDPOINT}}
    for command in ("sql", "queries"):
        target = f"local.commands.stack.{command}.require_kept"
        monkeypatch.setattr(target, lambda: RunningStack(where, None))
    monkeypatch.setattr("local.records.sql.run_sql", answer)
    return got
