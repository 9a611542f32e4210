"""The page of one scraped object: its rows, and from there back to run, decision and game."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, ClassVar

from common.cloud.ports import Row
from common.cloud.tables import table
from common.eastern import at
from common.errors import BadInputError
from common.pages.documents import of_row
from common.runtime import Runtime

LOG = "scraper_execution_log"


@dataclass(frozen=True)
class ObjectPage:
    """One object.

    Attributes:
        day: the Eastern date on which it was scraped.
        path: its `gs://` path.
        rows: its rows of the log, one for each version.
    """

    template: ClassVar[str] = "object.html"
    day: date
    path: str
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return "Scraped object"

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        return {"path": self.path, "rows": [of_row(row, *row) for row in self.rows]}


def read_object(place: Runtime, day: date, path: str) -> ObjectPage:
    """Read the rows of an object by its `gs://` path and the date of its scrape.

    Raises:
        BadInputError: none was logged.
    """
    start = at(day, time())
    columns = [column.name for column in table(LOG).fields]
    rows = place.warehouse.select(
        LOG, columns, since=start, until=start + timedelta(days=2), where={"gcs_path": path}
    )
    if not rows:
        raise BadInputError(f"no row of {day} is about the object {path!r}")
    return ObjectPage(day, path, tuple(sorted(rows, key=lambda row: row["triggered_at"])))
