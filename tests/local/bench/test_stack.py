"""The bench's own run of a stack is whole: every chain ends, and every figure has its floor."""

from pathlib import Path

import pytest

from local.bench.calls.path import ONE_EACH
from local.bench.compute import measure_compute
from local.bench.figures import figures, starts_rows
from local.bench.scene import WARM_UP, make_scene
from local.bench.seasons import measure_season
from local.bench.stack import in_memory, measure_stack


def test_the_chain_in_memory_is_known(tmp_path: Path) -> None:
    """The row of each of three answers and the execution's are four INSERT jobs."""
    known = in_memory(make_scene(tmp_path, 1), ONE_EACH)
    assert known.inserts == 4
    assert (known.calls["insert"], known.calls["publish"], known.calls["source"]) == (2, 3, 3)
    assert known.decision.attributes["action"] == "RUN"
    assert known.row["scraper_name"] in {"oddsa_player_props", "oddsa_game_lines"}
    assert known.seconds == sum(known.calls.values())


@pytest.mark.soak
@pytest.mark.stack
def test_a_small_bench_has_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counted chains, two at once, and one function's start; a chain that is lost raises."""
    monkeypatch.setattr("local.bench.starts.ROUNDS", 1)
    scene = make_scene(tmp_path, WARM_UP + 2)
    measured = {
        "compute": measure_compute(chains=1),
        "season": measure_season(scene.slate, scene.days[0], scene.days[0]),
        **measure_stack(scene, tmp_path, bursts=(2,), functions=("scraper_logger",)),
    }
    assert all(figure.times > 0 for figure in figures(measured))
    assert measured["at_once"]["2"]["inserts"] == 8
    assert measured["chain_cpu_ms"]["functions"] > 0
    starts = dict(starts_rows(measured["starts"]))
    assert list(starts) == ["`scraper_logger`, before any client", "`scraper_logger`, with all"]
    before, clients = (start["modules"].times for start in starts.values())
    assert 1 < before < clients
