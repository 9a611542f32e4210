"""How long one call of each kind takes at the emulators of a stack, as a floor."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from statistics import median
from uuid import UUID

from common.cloud.ports import Row
from common.cloud.publisher import GooglePublisher
from common.cloud.storage import GoogleStorage
from common.cloud.warehouse import BigQueryWarehouse
from common.settings import variable
from local.bench.plain import REGION, over_http
from local.stack.driver import RunningStack

TABLE = "scraper_execution_log"
TOPIC = "dead-letters"
"""A topic that no function reads."""


class Units:
    """Clients of a stack's emulators, as the functions have them.

    Args:
        stack: a running one.
        row: a row of the log, by which INSERT and SELECT are measured.
    """

    def __init__(self, stack: RunningStack, row: Row) -> None:
        where, self._row = stack.where, row
        project, environment = where["project"], stack.environment
        self._bucket: str = where["state_bucket"]
        self._storage = GoogleStorage(project, environment[variable("storage_emulator_host")])
        self._warehouse = BigQueryWarehouse(
            project, where["dataset"], environment[variable("bigquery_emulator_host")]
        )
        self._publisher = GooglePublisher(project, environment[variable("pubsub_emulator_host")])
        self._ask = over_http(environment[variable("odds_api_url")].removeprefix("http://"))
        self._numbers = count()
        self._kinds: Mapping[str, Callable[[int], object]] = {
            "storage": self._store,
            "insert": self._insert,
            "query": self._query,
            "publish": self._publish,
            "source": self._request,
        }
        self._spent: dict[str, list[float]] = {kind: [] for kind in self._kinds}

    def measure(self) -> None:
        """Make one call of each kind."""
        number = next(self._numbers)
        for kind, call in self._kinds.items():
            began = time.perf_counter()
            call(number)
            self._spent[kind].append(time.perf_counter() - began)

    def medians(self) -> dict[str, float]:
        """Return the median seconds of a call of each kind; the first opened the connections."""
        return {kind: median(seconds[1:]) for kind, seconds in self._spent.items()}

    def measured_anew(self, times: int = 9) -> dict[str, float]:
        """Return the medians of further calls alone, such as after a burst."""
        self._spent = {kind: [] for kind in self._kinds}
        for _ in range(times):
            self.measure()
        return self.medians()

    def _store(self, number: int) -> object:
        return self._storage.create(self._bucket, f"bench/{number}", b"{}")

    def _insert(self, number: int) -> object:
        name = str(UUID(int=number))
        self._warehouse.append(TABLE, [{**self._row, "execution_id": name}], job_key=f"b-{name}")
        return None

    def _query(self, _: int) -> object:
        when = self._row["triggered_at"]
        day = timedelta(days=1)
        return self._warehouse.select(TABLE, ["status"], since=when - day, until=when + day)

    def _publish(self, number: int) -> object:
        return self._publisher.publish(TOPIC, {"number": number}, {})

    def _request(self, _: int) -> object:
        return self._ask("/v4/sports/basketball_nba/odds", {**REGION, "markets": "h2h"})
