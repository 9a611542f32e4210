"""A broker behind its two ports: gRPC for the client libraries, REST (JSON) for gcloud and curl.

Google's emulator answers both on one port. Ours has a port for each, since sharing one socket would
send every publish through a proxy.
"""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import grpc
from google.protobuf.json_format import MessageToJson, ParseError
from google.protobuf.message import Message

from common.errors import ConfigError
from local.broker.broker import Broker
from local.broker.messages import DATA_BYTES_MAX
from local.broker.refusals import InvalidArgumentError, RefusalError, UnimplementedError
from local.broker.service import PROCEDURES, Procedure

_HOST = "127.0.0.1"
_THREADS = 16
_STOP_LATENCY_SECONDS = 0.02
# The largest allowed publish, and room for its attributes and framing.
_REQUEST_BYTES_MAX = DATA_BYTES_MAX + 1024 * 1024


class Servers:
    """Serves one broker over gRPC and REST on 127.0.0.1, from construction to `stop`.

    Args:
        broker: is started and stopped with the servers.
        port: of gRPC (`PUBSUB_EMULATOR_HOST`); 0 takes a free one.
        rest_port: of REST (`CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB`); 0 takes a free one.

    Raises:
        ConfigError: a port is in use; the text names both.
    """

    def __init__(self, broker: Broker, port: int = 0, rest_port: int = 0) -> None:
        self.broker = broker
        self._grpc = grpc.server(
            ThreadPoolExecutor(_THREADS, thread_name_prefix="pubsub-grpc"),
            handlers=(_Methods(broker),),
            options=(
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", _REQUEST_BYTES_MAX),
            ),
        )
        try:
            self.port: int = self._grpc.add_insecure_port(f"{_HOST}:{port}")
            self._rest = ThreadingHTTPServer((_HOST, rest_port), partial(_RestHandler, broker))
        except (RuntimeError, OSError) as error:
            raise ConfigError(
                f"broker: cannot listen on {_HOST}, port {port} (gRPC) or {rest_port} (REST): "
                f"{error}; choose another port, or 0 for a free one"
            ) from error
        self.rest_port: int = self._rest.server_port
        broker.start()
        self._grpc.start()
        threading.Thread(
            target=self._rest.serve_forever,
            kwargs={"poll_interval": _STOP_LATENCY_SECONDS},
            name="pubsub-rest",
            daemon=True,
        ).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Close both ports and stop the broker."""
        self._rest.shutdown()
        self._rest.server_close()
        self._grpc.stop(grace=None).wait()
        self.broker.stop()


class _Methods:
    """Finds the gRPC handler of a method; unknown methods are answered with UNIMPLEMENTED."""

    def __init__(self, broker: Broker) -> None:
        self._handlers = {
            f"/google.pubsub.v1.{procedure.service}/{procedure.name}": _grpc_handler(
                broker, procedure
            )
            for procedure in PROCEDURES
        }

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return the handler of a call."""
        return self._handlers.get(details.method) or _unimplemented(details.method)


def _grpc_handler(broker: Broker, procedure: Procedure) -> grpc.RpcMethodHandler:
    def answer(request: object, context: grpc.ServicerContext) -> Message:
        try:
            return procedure.run(broker, request)
        except RefusalError as error:
            context.abort(grpc.StatusCode[error.code], str(error))
            raise  # never reached, since abort raises; the type checker does not know that

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=procedure.request.deserialize,
        response_serializer=lambda response: response.SerializeToString(),
    )


def _unimplemented(method: str) -> grpc.RpcMethodHandler:
    def refuse(_requests: Iterator[bytes], context: grpc.ServicerContext) -> None:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, _unknown_method(method))

    return grpc.stream_stream_rpc_method_handler(refuse)


def _unknown_method(method: str) -> str:
    known = ", ".join(procedure.name for procedure in PROCEDURES)
    return f"the local broker has no method {method}; it has {known}"


class _RestHandler(BaseHTTPRequestHandler):
    """Answers the same methods in JSON: https://cloud.google.com/pubsub/docs/reference/rest."""

    protocol_version = "HTTP/1.1"

    def __init__(self, broker: Broker, *args: Any) -> None:  # noqa: ANN401 - the base class takes them
        self._broker = broker
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a get or a list method."""
        self._serve()

    def do_PUT(self) -> None:
        """Answer a create method."""
        self._serve()

    def do_POST(self) -> None:
        """Answer publish, pull or acknowledge."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a delete method."""
        self._serve()

    def log_message(self, *_: object) -> None:
        """Log no requests; the broker counts deliveries and keeps the last errors."""

    def _serve(self) -> None:
        try:
            status, text = HTTPStatus.OK, self._answer()
        except RefusalError as error:
            status, text = error.status, _error_json(error)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self) -> str:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        path = unquote(url.path)
        for procedure in PROCEDURES:
            fields = procedure.match(self.command, path)
            if fields is not None:
                given = dict(parse_qsl(url.query)) | _json_object(body) | fields
                return str(MessageToJson(procedure.run(self._broker, _request(procedure, given))))
        raise UnimplementedError(_unknown_method(f"{self.command} {path}"))


def _error_json(error: RefusalError) -> str:
    shown = {"code": error.status.value, "message": str(error), "status": error.code}
    return json.dumps({"error": shown})


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise InvalidArgumentError(f"request body is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise InvalidArgumentError("request body must be a JSON object")
    return given


def _request(procedure: Procedure, given: dict[str, Any]) -> object:
    try:
        return procedure.request.from_json(json.dumps(given), ignore_unknown_fields=True)
    except ParseError as error:
        raise InvalidArgumentError(f"request body: {error}") from error
