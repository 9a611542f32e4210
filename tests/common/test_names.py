"""Names of a deployment are settings, not code."""

import pytest

from common.settings import ROOT, Settings

MODULES = [
    path
    for folder in ("common", "functions", "local")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path != ROOT / "common" / "settings.py"
]


@pytest.mark.parametrize("field", ["project", "dataset", "data_bucket", "state_bucket"])
def test_no_module_but_the_settings_names_it(field: str) -> None:
    """No module but the settings contains the name of the project, the dataset or a bucket."""
    name = Settings.model_fields[field].default
    assert len(MODULES) > 50
    assert [str(path.relative_to(ROOT)) for path in MODULES if name in path.read_text()] == []
