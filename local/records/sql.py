"""Runs SQL against the BigQuery of a stack."""

import re
import socket
from typing import Any
from urllib.parse import urlsplit

from common.cloud.warehouse import make_client, run_query
from common.errors import BadInputError, TransientError

CONNECT_SECONDS = 2.0
NOTHING = re.compile(r"(?:\s|;|--[^\n]*+|#[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
"""A statement without one: nothing but comments and blanks."""
REQUEST = re.compile(r"[A-Z]+ https?://\S+: ")
"""What the library puts before the server's reason."""


def run_sql(endpoint: str, project: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run one statement.

    Args:
        endpoint: the stack's BigQuery, such as `http://127.0.0.1:9050`.
        project: the project that runs the job.
        sql: a statement in GoogleSQL.

    Returns:
        The column names and the rows, both empty for a statement without a result.

    Raises:
        BadInputError: the statement is empty or was refused; one line with the server's reason.
        TransientError: nothing listens at the endpoint, or the statement takes over half a minute.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError  # noqa: PLC0415 - heavy

    if NOTHING.fullmatch(sql):
        raise BadInputError(f"the statement {sql!r:.40} is empty; write one, such as: SELECT 1")
    _connect(endpoint)
    try:
        columns, rows = run_query(make_client(project, endpoint), sql)
    except (RetryError, TimeoutError) as error:
        raise TransientError(f"BigQuery at {endpoint} takes too long: {error}") from error
    except GoogleAPICallError as error:
        reason = REQUEST.sub("", str(error.message), count=1).split("; reason:")[0]
        raise BadInputError(f"the statement was refused: {' '.join(reason.split())}") from error
    return columns, [tuple(row.values()) for row in rows]


def _connect(endpoint: str) -> None:
    """Find out at once that nothing listens; a statement itself may take its time."""
    address = urlsplit(endpoint)
    try:
        socket.create_connection((address.hostname, address.port), CONNECT_SECONDS).close()
    except OSError as error:
        raise TransientError(
            f"no BigQuery answers at {endpoint}; start one with: python -m local up"
        ) from error
