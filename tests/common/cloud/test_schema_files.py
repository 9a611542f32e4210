"""What a table's schema file must hold."""

import json
from pathlib import Path

import pytest

from common.cloud.tables import read_table, table
from common.errors import ConfigError
from common.settings import ROOT

SCHEMA = ROOT / "config" / "tables" / "cleanup_operations.json"


@pytest.mark.parametrize("left_out", ["", *json.loads(SCHEMA.read_text())])
def test_every_part_of_a_schema_is_written_in_its_file(tmp_path: Path, left_out: str) -> None:
    """None has a default: without it the table would be another one than the deployed one."""
    held = json.loads(SCHEMA.read_text())
    held.pop(left_out, None)
    path = tmp_path / "table.json"
    path.write_text(json.dumps(held))
    if not left_out:
        assert read_table(path) == table("cleanup_operations")
        return
    with pytest.raises(ConfigError, match=f"not a table schema: KeyError.'{left_out}'"):
        read_table(path)
