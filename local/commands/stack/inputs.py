"""The files that a stack is started with."""

from pathlib import Path


def slate_path(schedule: Path | None) -> Path:
    """Return the schedule to start with: the given file, or the built-in games."""
    from local.stack.config import DEFAULT_SLATE

    return (schedule or DEFAULT_SLATE).absolute()


def checked_workflows(workflows: Path | None) -> Path:
    """Return the workflow file to run with: the given one, or the configured one.

    Raises:
        ConfigError: the functions would refuse the file; names file, line and field.
    """
    from common.configuration.checks import load_checked
    from common.configuration.topology import load_topology
    from common.settings import Settings

    chosen = (workflows or Settings().workflows_file).absolute()
    load_checked(chosen, load_topology(Settings().topology_file))
    return chosen
