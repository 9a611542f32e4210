"""Commands that publish and wait: who stops waiting knows that it goes on."""

from datetime import time

import pytest

from common.eastern import at
from tests.kit.operated import PatientClock, day_gone_wrong, run
from tests.kit.world import DAY

DATES = ("--from", "2025-11-11", "--to", "2025-11-12")


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("scrape", "nbac_player_list"), "status"),
        (("force", "betting_lines"), "status"),
        (("backfill", *DATES), "games 2025-11-12"),
    ],
)
def test_an_interrupted_wait_tells_that_what_was_published_goes_on(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], where: str
) -> None:
    """It ends as Ctrl-C ends a command, after one line that names where to look."""
    world = day_gone_wrong(at(DAY, time(20)))
    world.publisher.listeners.clear()
    sent = len(world.publisher.published)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PatientClock, "sleep", stop)
    done = run(world, monkeypatch, *words)
    assert (done.exit_code, done.stdout) == (1, "")  # click's own of an abort
    assert len(world.publisher.published) > sent
    said = f"stopped waiting; what was published already goes on, see: python -m local {where}"
    assert done.stderr.splitlines()[0] == said


def test_what_is_interrupted_before_anything_is_published_only_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing goes on, and nothing is claimed to."""
    world = day_gone_wrong(at(DAY, time(5)))

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("local.operate.asking.question_of", stop)
    done = run(world, monkeypatch, "scrape", "nbac_player_list")
    assert "goes on" not in done.stderr
