"""What is timed in memory is the whole chain, and nothing else."""

from local.bench.compute import measure_compute


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
