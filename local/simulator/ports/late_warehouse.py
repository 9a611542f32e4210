"""A warehouse whose rows may become visible some time after they were written."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from common.cloud.ports import Filter, Row
from common.cloud.tables import table
from local.simulator.ports.memory import MemoryWarehouse


class LateWarehouse(MemoryWarehouse):
    """The tables, some rows of which become visible to reads only later.

    An INSERT job's rows are visible at once; a streaming insert's, or a replica's, may not be.

    Args:
        now: tells which rows are visible.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._hidden: dict[tuple[str, str], datetime] = {}

    def hide_while(self, append: Callable[[], None], until: datetime) -> None:
        """Append rows that no read sees before an instant."""
        seen = {name: len(rows) for name, rows in self.rows.items()}
        append()
        for name, rows in self.rows.items():
            for row in rows[seen[name] :]:
                self._hidden[name, row[table(name).id_column]] = until

    def select(
        self,
        table_name: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, Filter] | None = None,
    ) -> list[Row]:
        """Read the rows that are visible by now; see the port."""
        now = self._now()
        self._hidden = {key: when for key, when in self._hidden.items() if when > now}
        if not self._hidden:
            return super().select(table_name, columns, since=since, until=until, where=where)
        key = table(table_name).id_column
        both = dict.fromkeys((*columns, key))
        rows = super().select(table_name, tuple(both), since=since, until=until, where=where)
        kept = (row for row in rows if (table_name, row[key]) not in self._hidden)
        return [{name: row[name] for name in columns} for row in kept]
