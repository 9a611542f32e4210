"""Mistakes declared by hand: small changes of a text, each with the tests that must notice it.

They reach what no syntax tree of ours describes (YAML, Terraform, SQL), and the mistakes FT1-FT10
that no test near the code noticed once. `tools/text_mutants.py` makes them.
"""

from tools.drawn_again import DRAWN_AGAIN
from tools.drawn_cloud import DRAWN_CLOUD
from tools.drawn_deployed import DRAWN_DEPLOYED
from tools.drawn_eighth import DRAWN_EIGHTH
from tools.drawn_fifth import DRAWN_FIFTH
from tools.drawn_files import DRAWN_FILES
from tools.drawn_looks import DRAWN_LOOKS
from tools.drawn_mistakes import DRAWN
from tools.drawn_scrap import DRAWN_SCRAP
from tools.drawn_served import DRAWN_SERVED
from tools.drawn_shown import DRAWN_SHOWN
from tools.drawn_shown2 import DRAWN_SHOWN2
from tools.drawn_sixth import DRAWN_SIXTH
from tools.drawn_tenth import DRAWN_TENTH
from tools.mistake import Mistake

CLOUD = "tests/common/cloud"
CLEANUP = "tests/common/healing/test_objects.py"
EXECUTOR = "tests/functions/test_workflow_executor.py"
PANELS = "tests/dashboards/test_panels.py"
STORAGE = "common/cloud/storage.py"
OVERVIEW = "dashboards/overview.json"
EASTERN = ", 'America/New_York')"
PLANNED = r"AS planned\nFROM `${project}.${dataset}.daily_expected_schedule`\n"
FROM = "WHERE date BETWEEN DATE(TIMESTAMP_MILLIS($__from)"
TO = r"\n  AND DATE(TIMESTAMP_MILLIS($__to)"

CODE = (
    Mistake(
        "FT1 a listing loses its page token",
        STORAGE,
        'fields=f"items({_LISTED}),nextPageToken"',
        'fields=f"items({_LISTED})"',
        (f"{CLOUD}/test_storage_requests.py",),
    ),
    Mistake(
        "FT1 a listing stops after its first page",
        STORAGE,
        "max_results=limit",
        "max_results=limit or 1000",
        (f"{CLOUD}/test_storage_requests.py",),
    ),
    Mistake(
        "FT1 folders lose their page token",
        STORAGE,
        'fields="prefixes,nextPageToken"',
        'fields="prefixes"',
        (f"{CLOUD}/test_storage_requests.py",),
    ),
    Mistake(
        "FT1 folders are read from the first page",
        STORAGE,
        "found.update(page.prefixes)\n",
        "found.update(page.prefixes)\n                break\n",
        (f"{CLOUD}/test_storage_requests.py",),
    ),
    Mistake(
        "FT2 final games come from a refresh without data",
        "common/executions/outputs.py",
        'if result is None or result.outcome != "SUCCESS":\n        return None\n'
        "    from common.calendar.games",
        'if result is None or result.status != "SUCCESS":\n        return None\n'
        "    from common.calendar.games",
        ("tests/common/executions/test_outputs.py",),
    ),
    Mistake(
        "FT3 the season is cached by its name alone",
        "common/calendar/season.py",
        "self._cached[:2] == (stored.name, stored.generation)",
        "self._cached[0] == stored.name",
        ("tests/common/calendar/test_season.py",),
    ),
    Mistake(
        "FT3 a scoreboard is cached by its name alone",
        "common/calendar/season.py",
        "return stored.name, stored.generation",
        "return stored.name, 0",
        ("tests/common/calendar/test_season.py",),
    ),
    Mistake(
        "FT4 a forced lock that another finished is acknowledged",
        "common/handlers/schedule_locker.py",
        "if claim is None and tick.force:",
        "if False:",
        ("tests/functions/test_schedule_locker.py",),
    ),
    Mistake(
        "FT5 the page is turned before a storm is judged",
        "common/healing/objects.py",
        "    if found.too_many_missing:\n        found.storm",
        "    if page:\n        page.turn()\n    if found.too_many_missing:\n        found.storm",
        (CLEANUP,),
    ),
    Mistake(
        "FT6 the executor uses the manifest that it just made",
        "common/executions/execution.py",
        "return cls(runtime, manifest if held is body else Manifest.model_validate(held))",
        "return cls(runtime, manifest)",
        (EXECUTOR,),
    ),
    Mistake(
        "FT7 a body is read beyond its deadline",
        "common/sources/client.py",
        "deadline = min(self.clock.now() + limit, options.deadline)",
        "deadline = self.clock.now() + limit",
        ("tests/common/sources/test_client.py",),
    ),
    Mistake(
        "FT8 planned runs begin at a UTC date",
        OVERVIEW,
        f"{PLANNED}{FROM}{EASTERN}",
        f"{PLANNED}{FROM})",
        (PANELS,),
    ),
    Mistake(
        "FT8 planned runs end at a UTC date",
        OVERVIEW,
        f"{PLANNED}{FROM}{EASTERN}{TO}{EASTERN}",
        f"{PLANNED}{FROM}{EASTERN}{TO})",
        (PANELS,),
    ),
    Mistake(
        "FT8 a forced run is shown as unplanned",
        OVERVIEW,
        " AND NOT COALESCE(forced, FALSE)",
        "",
        (PANELS,),
    ),
    Mistake(
        "FT9 a secret is hidden with its slashes only",
        "common/sources/answers.py",
        'quote(secret, safe="")',
        "quote(secret)",
        ("tests/common/sources/test_answers.py",),
    ),
    Mistake(
        "FT9 an answer without credits erases the count",
        "common/sources/client.py",
        "read_usage(reply.headers, now) or self.usage",
        "read_usage(reply.headers, now)",
        ("tests/common/sources/test_client.py",),
    ),
    Mistake(
        "FT9 a receiver that was heard between two tries counts as silent",
        "common/healing/attempts.py",
        "receiver_seen <= min(sent)",
        "receiver_seen <= max(sent)",
        ("tests/common/healing/test_attempts.py",),
    ),
    Mistake(
        "FT9 rows are not looked for where no job is known",
        "common/handlers/master_controller.py",
        "return bool(found)",
        "return False",
        ("tests/functions/test_master_controller.py",),
    ),
    Mistake(
        "FT9 a publish is retried for the library's two minutes",
        "common/cloud/publisher.py",
        ", timeout=PUBLISH_SECONDS_MAX\n        )\n\n",
        "\n        )\n\n",
        (f"{CLOUD}/test_publisher.py",),
    ),
    Mistake(
        "FT10 every version of an object has one log row",
        "common/handlers/scraper_logger.py",
        "ids.log_id(found.bucket, found.name, found.generation)",
        "ids.log_id(found.bucket, found.name, 0)",
        ("tests/functions/test_scraper_logger.py",),
    ),
    Mistake(
        "FT10 an event is described by a later version",
        "common/handlers/object_event.py",
        "if stored is None or stored.generation != found.generation:",
        "if stored is None:",
        ("tests/functions/test_scraper_logger.py",),
    ),
    Mistake(
        "FT10 headers are read in one case only",
        "common/messages/arrival.py",
        "found = {name.lower(): value for name, value in headers.items()}",
        "found = dict(headers)",
        (
            "tests/common/messages/test_envelope.py",
            "tests/common/messages/test_envelope_refused.py",
        ),
    ),
    Mistake(
        "FT10 a media type is read in one case only",
        "common/messages/arrival.py",
        "kind.strip().lower() + semicolon",
        "kind.strip() + semicolon",
        (
            "tests/common/messages/test_envelope.py",
            "tests/common/messages/test_envelope_refused.py",
        ),
    ),
)

SHIPPED = "config/topology.yaml"
TOPOLOGY = ("tests/common/configuration/test_topology.py",)
TERRAFORM = ("tests/terraform/test_terraform.py", "tests/terraform/test_deployed.py")
GRANTS = ("tests/terraform/test_grants.py",)


def _topology(name: str, old: str, new: str) -> Mistake:
    return Mistake(f"topology: {name}", SHIPPED, old, new, TOPOLOGY)


def _terraform(
    name: str, file: str, old: str, new: str, tests: tuple[str, ...] = TERRAFORM
) -> Mistake:
    return Mistake(f"terraform: {name}", f"terraform/{file}", old, new, tests)


DEPLOYED = (
    _topology(
        "FT10 the executor's filter is dropped", ", filter: 'attributes.action = \"RUN\"'}", "}"
    ),
    _topology("the filter passes SKIPs", '"RUN"', '"SKIP"'),
    _topology(
        "the tracker is not subscribed",
        "  - {topic: scraped-objects, function: execution_tracker}\n",
        "",
    ),
    _topology(
        "the logger listens to requests",
        "{topic: scraped-objects, function: scraper_logger}",
        "{topic: scraper-requests, function: scraper_logger}",
    ),
    _topology(
        "the ack deadline is a minute", "ack_deadline_seconds: 600", "ack_deadline_seconds: 60"
    ),
    _topology(
        "a function may run for an hour",
        "function_timeout_seconds: 540",
        "function_timeout_seconds: 3600",
    ),
    _topology(
        "five deliveries are the last", "max_delivery_attempts: 100", "max_delivery_attempts: 5"
    ),
    _topology("messages live a day", "retention_seconds: 604800", "retention_seconds: 86400"),
    _topology("retries come at once", "minimum_backoff_seconds: 10", "minimum_backoff_seconds: 1"),
    _topology("ticks are in UTC", "time_zone: America/New_York\n", "time_zone: Etc/UTC\n"),
    _topology("the controller sleeps at 23:00", "0 6-23 * * *", "0 6-22 * * *"),
    _topology("cleanup comes hourly", "*/15 * * * *", "0 * * * *"),
    _topology("the plan is locked at noon", "0 5 * * *", "0 12 * * *"),
    _topology("the schedule is refreshed daily", "45 4-22/6 * * *", "45 4 * * *"),
    _topology("the scoreboard is asked for in the morning only", "50 4,16 * * *", "50 4 * * *"),
    _topology(
        "the refresh asks for another scraper",
        "scraper: nbac_schedule_api}",
        "scraper: nbac_player_list}",
    ),
    _terraform("a filter is dropped", "pubsub.tf", 'lookup(each.value, "filter", null)', "null"),
    _terraform(
        "the first retry waits as long as the last",
        "pubsub.tf",
        'minimum_backoff = "${local.delivery.minimum_backoff_seconds}s"',
        'minimum_backoff = "${local.delivery.maximum_backoff_seconds}s"',
    ),
    _terraform(
        "Pub/Sub may not forward dead letters",
        "pubsub.tf",
        'role   = "roles/pubsub.publisher"\n  member = local.pubsub_agent',
        'role   = "roles/pubsub.viewer"\n  member = local.pubsub_agent',
        GRANTS,
    ),
    _terraform(
        "Pub/Sub may not acknowledge what it forwards",
        "pubsub.tf",
        'role         = "roles/pubsub.subscriber"',
        'role         = "roles/pubsub.viewer"',
        GRANTS,
    ),
    _terraform(
        "the bucket may not notify",
        "pubsub.tf",
        "${data.google_storage_project_service_account.gcs.email_address}",
        "someone@example.com",
        GRANTS,
    ),
    _terraform(
        "the invoker may not invoke",
        "iam.tf",
        'role     = "roles/run.invoker"\n  member   = google_service_account.invoker.member',
        'role     = "roles/run.viewer"\n  member   = google_service_account.invoker.member',
        GRANTS,
    ),
    _terraform(
        "a job publishes once", "scheduler.tf", "retry_count          = 5", "retry_count = 1"
    ),
    _terraform(
        "a job's message is empty",
        "scheduler.tf",
        "base64encode(jsonencode(each.value.message))",
        'base64encode("{}")',
    ),
    _terraform(
        "failures are deleted after nine days",
        "storage.tf",
        "age            = 90",
        "age            = 9",
    ),
    _terraform(
        "scraped data moves to another class after nine days",
        "storage.tf",
        "age = 90\n",
        "age = 9\n",
    ),
    _terraform("data has no versions", "storage.tf", "enabled = true", "enabled = false"),
    _terraform("a notification carries no object", "storage.tf", '"JSON_API_V1"', '"NONE"'),
    _terraform(
        "old versions are kept for good",
        "storage.tf",
        "days_since_noncurrent_time = 30",
        "days_since_noncurrent_time = 3000",
    ),
)

MISTAKES = (
    *(
        *CODE,
        *DRAWN,
        *DRAWN_AGAIN,
        *DRAWN_SIXTH,
        *DRAWN_EIGHTH,
        *DRAWN_TENTH,
        *DRAWN_FIFTH,
        *DRAWN_LOOKS,
        *DRAWN_SHOWN,
        *DRAWN_SHOWN2,
        *DRAWN_CLOUD,
        *DRAWN_DEPLOYED,
        *DRAWN_SCRAP,
        *DRAWN_SERVED,
        *DRAWN_FILES,
    ),
    *DEPLOYED,
)
"""All of them."""
