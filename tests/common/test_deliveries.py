"""Lines of one delivery share their fields, and deliveries at once do not mix."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from common.deliveries import Delivery, about, current, handling, spend, spent_ms
from common.threads import CallThreads


def test_without_a_delivery_nothing_is_kept() -> None:
    """A module that is used from a shell logs its own fields only."""
    about(message_id="7")
    spend("storage", 1.0)
    assert current() == Delivery()


def test_what_it_is_about_holds_until_it_ends() -> None:
    """None says nothing, and takes nothing back; one within another leaves that one as it was."""
    with handling(Delivery("p", "t", {"function": "scraper_logger"})):
        about(task_id="a", attempt=None, rows=0)
        about(task_id=None)
        with handling(Delivery("p", "u")):
            assert current().trace == "u"
        assert current().trace == "t"
        assert current().fields == {"function": "scraper_logger", "task_id": "a", "rows": 0}
    assert current().fields == {}


def test_times_of_a_port_add_up() -> None:
    """In whole milliseconds, of the ports that were used."""
    with handling(Delivery()):
        spend("storage", 0.25)
        spend("storage", 0.5)
        spend("source", 0.0004)
        spend("publisher", 0.0006)
        assert spent_ms() == {"storage_ms": 750, "source_ms": 0, "publisher_ms": 1}


def test_calls_at_once_count_for_the_delivery_that_submits_them() -> None:
    """Threads of calls know their delivery."""
    with handling(Delivery()), CallThreads(4) as threads:
        for call in [threads.submit(spend, "warehouse", 0.1) for _ in range(5)]:
            call.result()
        assert spent_ms() == {"warehouse_ms": 500}


def test_deliveries_at_once_do_not_mix() -> None:
    """An instance may handle several at a time."""
    both = Barrier(2, timeout=10)

    def handle(name: str) -> dict[str, object]:
        with handling(Delivery(fields={"message_id": name})):
            both.wait()
            about(object=name)
            both.wait()
            return {**current().fields}

    with ThreadPoolExecutor(2) as pool:
        found = [*pool.map(handle, ["a", "b"])]
    assert found == [{"message_id": name, "object": name} for name in ("a", "b")]
