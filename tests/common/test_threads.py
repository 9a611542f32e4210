"""Calls at once keep what their caller has set, and what they share is built once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident

import pytest

from common.logs import log, silent
from common.threads import CallThreads, once


def test_a_call_logs_as_its_caller_does(capsys: pytest.CaptureFixture[str]) -> None:
    """A simulated season stays silent in every thread; what is submitted outside of it does not."""
    with CallThreads(2) as threads:
        with silent():
            threads.submit(log, "INFO", "in the season").result()
        threads.submit(log, "INFO", "outside").result()
    assert "outside" in (shown := capsys.readouterr().err)
    assert "in the season" not in shown


def test_a_call_may_wait_for_what_it_submits() -> None:
    """All threads may be busy with such calls, and each still comes to an end."""

    def outer() -> int:
        return threads.submit(inner).result(timeout=10)

    def inner() -> int:
        return threads.submit(int, "7").result(timeout=10)

    with CallThreads(1) as threads:
        waiting = [threads.submit(outer) for _ in range(3)]
        assert [each.result(timeout=30) for each in waiting] == [7, 7, 7]


def test_no_more_threads_are_started_than_were_asked_for() -> None:
    """A further call waits for one of them."""
    go = Event()
    with CallThreads(2) as threads:
        calls = [threads.submit(lambda: go.wait(10) and get_ident()) for _ in range(5)]
        go.set()
        assert len({call.result() for call in calls}) <= 2


def test_what_a_call_submits_has_as_many_threads_as_the_call() -> None:
    """Two that meet in the next level both run."""
    met = Barrier(2)

    def outer() -> list[bool]:
        return [*threads.map(lambda _: met.wait(timeout=10) >= 0, range(2))]

    with CallThreads(2) as threads:
        assert threads.submit(outer).result(timeout=30) == [True, True]


def test_a_call_gets_its_arguments_and_its_error_comes_to_the_one_who_waits() -> None:
    """As of any executor."""
    with CallThreads(2) as threads:
        good, bad = threads.submit(int, "11", base=2), threads.submit(int, "x")
        assert good.result() == 3
        with pytest.raises(ValueError, match="invalid literal"):
            bad.result()


def test_a_client_is_built_once_for_all_threads() -> None:
    """Eight that ask at once get the same one; another holder gets another."""
    together = Barrier(8)

    class Port:
        """Builds what it needs at the first use."""

        built = 0

        @once
        def client(self) -> object:
            """Make one."""
            Port.built += 1
            return object()

    def ask(port: Port) -> object:
        together.wait(20)
        return port.client

    port = Port()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(ask, [port] * 8))
    assert found == {port.client}
    assert Port.built == 1
    assert Port().client is not port.client
