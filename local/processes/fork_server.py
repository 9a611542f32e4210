"""Forks the functions of a stack from one process that has loaded what they all load.

Seven functions that each load the framework and Google's clients take ten seconds of CPU; forks
share what is loaded. Each order is a line of JSON on standard input, and is answered by the
fork's process id. A fork runs the real functions-framework with the order's arguments and
environment, in a session of its own, and dies with this process.

No client is made before a fork: gRPC's channels do not survive one.
https://github.com/grpc/grpc/blob/master/doc/fork_support.md
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

PRELOADED = (
    "functions_framework._cli",
    "functions_framework._http.gunicorn",
    "gunicorn.app.base",
    "gunicorn.workers.gthread",
    "google.cloud.bigquery",
    "google.cloud.storage",
    "google.pubsub_v1.services.publisher",
    "httpx",
    "tenacity",
    "yaml",
    "common.cloud.publisher",
    "common.cloud.storage",
    "common.cloud.warehouse",
    "common.configuration.checks",
    "common.decisions.recording",
    "common.entry.respond",
    "common.handlers.cleanup_processor",
    "common.handlers.console",
    "common.handlers.execution_tracker",
    "common.handlers.master_controller",
    "common.handlers.schedule_locker",
    "common.handlers.scraper_logger",
    "common.handlers.scraper_runner",
    "common.handlers.workflow_executor",
    "common.sources.client",
)
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl."""


def main() -> None:
    """Load, then fork for each order until standard input ends."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that the collector does not write to the pages that the forks share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets forks that have ended
    parent = os.getpid()
    for line in sys.stdin:
        order = json.loads(line)
        if (child := os.fork()) == 0:
            _become(order["argv"], order["environment"], order["log"], parent)
        print(child, flush=True)


def _become(argv: Sequence[str], environment: dict[str, str], log: str, parent: int) -> NoReturn:
    """Turn this fork into a function."""
    from functions_framework._cli import _cli  # noqa: PLC0415 - loaded before the fork
    from gunicorn.config import (  # type: ignore[import-untyped] # noqa: PLC0415
        ControlSocketDisable,
    )

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it has died already
        os._exit(1)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream, target in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
        os.dup2(stream, target)
    os.environ.clear()
    os.environ.update(environment)
    ControlSocketDisable.default = True  # a killed function would leave its socket behind
    sys.argv = ["functions-framework", *argv]
    _cli(argv)
    os._exit(1)


if __name__ == "__main__":
    main()
