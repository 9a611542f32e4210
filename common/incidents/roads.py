"""The roads by which a notice reaches people: a log line always, and the webhook where one is set.

The policy `incidents` of Cloud Monitoring (config/alerts.yaml) makes a message of each log line,
for every notification channel. Its labels tell two notices apart, so that each is a message.
"""

from collections.abc import Callable, Mapping

from common.incidents.notice import Notice
from common.logs import Severity, log
from common.runtime import Runtime

Send = Callable[[Notice], None]
SEVERITIES: Mapping[str, Severity] = {"ERROR": "ERROR", "WARNING": "WARNING", "TEST": "INFO"}


def roads_of(runtime: Runtime) -> dict[str, Send]:
    """Return what sends a notice, by the road's name."""
    settings = runtime.settings
    roads: dict[str, Send] = {"log": log_notice}
    if settings.webhook or settings.webhook_file:
        from common.incidents.webhook import Webhook  # noqa: PLC0415 - only where one is set

        roads["webhook"] = Webhook(settings, runtime.clock).send
    return roads


def log_notice(notice: Notice) -> None:
    """Write the line of a notice."""
    log(
        "INFO" if notice.change == "CLOSED" else SEVERITIES[notice.level],
        "\n".join([notice.title, *notice.lines]),
        code=notice.code,
        rule=notice.rule,
        incident_key=notice.key,
        change=notice.change,
        opened=notice.opened.isoformat(),
    )
