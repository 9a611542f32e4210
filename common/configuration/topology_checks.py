"""Names everything in a topology file that has a valid form and still cannot work."""

from collections.abc import Iterator

from common.calendar.slots import parse_cron
from common.configuration.advice import nearest
from common.configuration.checks import CONTROLLER_TOPIC
from common.configuration.topology import Job, Topology
from common.configuration.yaml_file import Defect
from common.errors import ConfigError
from common.scrapers import REGISTRY


def topology_defects(topology: Topology, lease_seconds: float) -> Iterator[Defect]:
    """Yield every defect of a topology.

    Args:
        topology: the file.
        lease_seconds: how long a claim lives, which delivery has to fit (R6).
    """
    named = [("subscriptions", n, one.topic) for n, one in enumerate(topology.subscriptions)]
    named += [("jobs", n, job.topic) for n, job in enumerate(topology.jobs)]
    for part, number, topic in named:
        if topic not in topology.topics:
            yield (part, number, "topic"), f"unknown topic {topic!r}; {_known(topology)}"
    for number, job in enumerate(topology.jobs):
        for place, text in _of_job(job):
            yield ("jobs", number, *place), text
        if _is_tick(job) and job.topic in {one.topic for one in topology.jobs[:number]}:
            said = f"a second job for {job.topic!r}, whose slots are one cron's"
            yield ("jobs", number, "topic"), f"{said}; write all times in the cron of the first"
    if CONTROLLER_TOPIC not in {job.topic for job in topology.jobs}:
        yield ("jobs",), f"none publishes to {CONTROLLER_TOPIC!r}, so nothing is decided; add one"
    yield from _of_delivery(topology, lease_seconds)


def _known(topology: Topology) -> str:
    return f"write one of {', '.join(topology.topics)}, or add it to topics"


def _of_job(job: Job) -> Iterator[Defect]:
    """Yield a cron of another form, and a scraper that does not exist."""
    try:
        parse_cron(job.cron)
    except ConfigError as error:
        yield ("cron",), str(error)
    scraper = job.message.get("scraper")
    if scraper is not None and scraper not in REGISTRY:
        said = f"unknown scraper {scraper!r}; {nearest(str(scraper), tuple(REGISTRY))}"
        yield ("message", "scraper"), said


def _is_tick(job: Job) -> bool:
    return job.message.get("schema") == "tick"


def _of_delivery(topology: Topology, lease_seconds: float) -> Iterator[Defect]:
    """Yield a dead-letter topic that is none, and durations that are not in their order (R6)."""
    delivery = topology.delivery
    if delivery.dead_letter_topic not in topology.topics:
        said = f"unknown topic {delivery.dead_letter_topic!r}"
        yield ("delivery", "dead_letter_topic"), f"{said}; {_known(topology)}"
    timeout, deadline = delivery.function_timeout_seconds, delivery.ack_deadline_seconds
    if not timeout < deadline < lease_seconds < delivery.retention_seconds:
        said = f"function timeout {timeout} < ack deadline {deadline} < lease {lease_seconds:g}"
        said += f" < retention {delivery.retention_seconds} s does not hold"
        yield ("delivery",), f"{said}; change one of them (the lease is NBA_LEASE_SECONDS)"
