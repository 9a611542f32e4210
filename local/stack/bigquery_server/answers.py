"""What the local BigQuery answers otherwise than bqemulator does.

Rows that are fetched have their times as BigQuery writes them: in seconds, unless a client asks for
microseconds. bqemulator always writes the latter, which `bq` takes for dates beyond the year 9999.
Where a job would read or write Cloud Storage, the refusal says what to do in its place.
"""

from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from bqemulator.storage import arrow_bridge

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_in_seconds = ContextVar("_in_seconds", default=False)
"""Whether the answer that is being written has its times in seconds."""


def answer_as_bigquery() -> None:
    """Have fetched rows answer `formatOptions.useInt64Timestamp` as BigQuery does.

    A `jobs.query` names it in its body, and each client of ours asks for microseconds there.
    """
    from bqemulator import server  # noqa: PLC0415 - makes its translators, with the rules so far
    from bqemulator.api.app import create_app  # noqa: PLC0415

    form = arrow_bridge._format_bq_value  # noqa: SLF001

    def make_app(context: Any) -> object:  # noqa: ANN401 - bqemulator's
        app = create_app(context)
        app.add_middleware(_TimesAsAsked)
        return app

    def form_value(value: object, kind: Any, **options: Any) -> object:  # noqa: ANN401 - pyarrow's
        if isinstance(value, datetime) and kind.tz is not None and _in_seconds.get():
            return f"{value.timestamp():.6f}"
        return form(value, kind, **options)

    server.create_app = make_app  # type: ignore[attr-defined,assignment]
    arrow_bridge._format_bq_value = form_value  # type: ignore[assignment] # noqa: SLF001


class _TimesAsAsked:
    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        asked = parse_qs(scope.get("query_string", b"").decode())
        micros = asked.get("formatOptions.useInt64Timestamp", ["false"])[0].lower() == "true"
        _in_seconds.set(scope.get("method") == "GET" and not micros)
        await self._app(scope, receive, send)


def refuse_cloud_storage() -> None:
    """Have jobs that load or extract objects refused with what can be done in their place."""
    from bqemulator.domain.errors import InvalidQueryError  # noqa: PLC0415
    from bqemulator.jobs import executor  # noqa: PLC0415 - as above

    resolve = executor._resolve_uri  # noqa: SLF001

    def resolve_file(uri: str, context: Any) -> str:  # noqa: ANN401 - bqemulator's
        if uri.startswith("gs://"):
            raise InvalidQueryError(
                f"{uri}: the local BigQuery reads and writes no Cloud Storage. For a table's rows "
                "use `python -m local sql STATEMENT --json`; `python -m local day` writes all "
                "tables to its --out"
            )
        return resolve(uri, context)

    executor._resolve_uri = resolve_file  # type: ignore[assignment] # noqa: SLF001
