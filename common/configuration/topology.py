"""Reads topics, subscriptions and scheduler jobs from config/topology.yaml."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import ConfigError


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subscription(_Model):
    """A push subscription of one function on a topic."""

    topic: str
    function: str
    filter: str | None = None

    @property
    def name(self) -> str:
        """Return the subscription's short name."""
        return f"{self.topic}--{self.function.replace('_', '-')}"


class Delivery(_Model):
    """The delivery settings that all subscriptions share; times are seconds."""

    function_timeout_seconds: int
    ack_deadline_seconds: int
    minimum_backoff_seconds: int
    maximum_backoff_seconds: int
    max_delivery_attempts: int
    retention_seconds: int
    dead_letter_topic: str


class Job(_Model):
    """A Cloud Scheduler job that publishes a fixed message."""

    name: str
    cron: str
    topic: str
    message: dict[str, str | int]


class Topology(_Model):
    """The whole file: what connects the functions."""

    version: int
    time_zone: str
    topics: tuple[str, ...]
    subscriptions: tuple[Subscription, ...]
    delivery: Delivery
    jobs: tuple[Job, ...]

    def cron_for(self, topic: str) -> str:
        """Return the cron of the job that publishes to a topic.

        Raises:
            ConfigError: no job publishes to the topic, or several do: a slot is one cron's.
        """
        crons = [job.cron for job in self.jobs if job.topic == topic]
        if not crons:
            raise ConfigError(f"config/topology.yaml: jobs: none publishes to {topic!r}; add one")
        if len(crons) > 1:
            said = f"{len(crons)} publish to {topic!r}; write all times in the cron of one"
            raise ConfigError(f"config/topology.yaml: jobs: {said}")
        return crons[0]


@lru_cache(maxsize=4)
def load_topology(path: Path) -> Topology:
    """Read and check the topology file.

    Raises:
        ConfigError: the file is missing, is not UTF-8 or YAML, or has another form; the message
            names the field.
    """
    import yaml  # noqa: PLC0415 - only when the file is read

    try:
        return Topology.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; set NBA_TOPOLOGY_FILE") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text ({error.reason}); save it as such") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {where}: {first['msg']}") from error
