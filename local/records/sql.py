"""Runs SQL against a kept stack and prints what it answers."""

from collections.abc import Sequence
from typing import Any

from common.cloud.warehouse import make_client, run_query
from common.errors import BadInputError, TransientError

RETRY_SECONDS = 2.0
_PIPED_WIDTH = 200
"""Nothing is cut short where the answer goes to a file or another program."""


def run_sql(endpoint: str, project: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run one statement.

    Args:
        endpoint: of the stack's BigQuery, such as `http://127.0.0.1:9050`.
        project: runs the job.
        sql: GoogleSQL.

    Returns:
        The column names and the rows, both empty for a statement without a result.

    Raises:
        BadInputError: the statement was refused; one line with the server's reason.
        TransientError: nothing answers at the endpoint.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError  # noqa: PLC0415 - heavy

    try:
        columns, rows = run_query(make_client(project, endpoint), sql, retry_seconds=RETRY_SECONDS)
    except RetryError as error:
        raise TransientError(
            f"no BigQuery answers at {endpoint}; start one with: python -m local day DATE --keep"
        ) from error
    except GoogleAPICallError as error:
        reason = str(error.message).split("; reason:")[0]
        raise BadInputError(f"the statement was refused: {' '.join(reason.split())}") from error
    return columns, [tuple(row.values()) for row in rows]


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a result as a table on standard output."""
    from rich.console import Console  # noqa: PLC0415 - only the command line needs it
    from rich.table import Table  # noqa: PLC0415 - same

    shown = Table(*columns)
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    console.print(shown)
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def _cell(value: object) -> str:
    from rich.markup import escape  # noqa: PLC0415 - only the command line needs it

    if value is None:
        return "[dim]NULL[/dim]"
    isoformat = getattr(value, "isoformat", None)
    return escape(isoformat(sep=" ") if isoformat and hasattr(value, "hour") else str(value))
