"""What is timed in memory is the whole chain, and nothing else."""

from pathlib import Path

from common.logs import silent
from local.bench import plain
from local.bench.compute import Bench, measure_compute
from local.bench.scene import make_scene


def test_every_delivery_of_a_chain_is_counted() -> None:
    """One decision and its start; three scrapes, each logged and tracked."""
    found = measure_compute(chains=2)
    assert {name: held["deliveries"] for name, held in found["functions"].items()} == {
        "master_controller": 1,
        "workflow_executor": 1,
        "scraper_runner": 3,
        "scraper_logger": 3,
        "execution_tracker": 3,
    }
    assert min(found["chain_ms"], found["plain_ms"], found["ratio"]) > 0


def test_both_chains_get_the_same_answers(tmp_path: Path) -> None:
    """The plain one asks first, and every scrape of the functions' chain still succeeds."""
    scene = make_scene(tmp_path, 1)
    bench, (day,) = Bench(scene), scene.days
    with silent():
        bench.prepare(day)
        plain.chain(scene.slate.read_bytes(), day, bench.sources.body, plain.InDicts())
        bench.chain(day)
    log = bench.world.rows["scraper_execution_log"]
    assert {row["outcome"] for row in log} == {"SUCCESS"}
    assert len(log) == 4
