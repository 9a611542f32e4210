"""The command line as a user runs it."""

import os
import signal
import subprocess
import sys

from click.testing import CliRunner

from common.settings import ROOT
from local.commands import cli

Done = subprocess.CompletedProcess[str]


def run(*arguments: str, **environment: str) -> Done:
    """Run what `python -m local` runs, within this process: a start of its own takes 0.3 s."""
    held, status = signal.getsignal(signal.SIGTERM), None
    with CliRunner().isolation(env=environment) as (out, err, _):
        try:
            cli.run(arguments)
        except SystemExit as ended:
            status = ended.code
        finally:
            sys.stdout.flush()  # as a process does at its end
            signal.signal(signal.SIGTERM, held)
    return Done(arguments, int(status or 0), out.getvalue().decode(), err.getvalue().decode())


def start(*arguments: str, **environment: str) -> Done:
    """Run `python -m local` in a process of its own, and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def assert_one_line(done: Done, expected: str) -> None:
    """Assert exit status 2, an empty standard output and one line on standard error."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert expected in done.stderr
