# Run by tests/terraform, or by hand: see docs/deploy.md. mocks/ gives each account and function an identity of its own.
mock_provider "google" {
  source = "./tests/mocks"
}
mock_provider "time" {}

variables {
  # An ephemeral variable's default does not reach the apply phase of a test.
  odds_api_key    = "no-real-key"
  slack_token     = ""
  pagerduty_key   = ""
  webhook         = ""
  alert_emails    = ["ops@example.com"]
  billing_account = "012345-6789AB-CDEF01"
  runbook_url     = "https://example.com/nba/"
}

run "adopts_what_is_there" {
  command = plan

  # Of a project of another name and place, which leaves through a network.
  variables {
    project          = "other-project"
    region           = "europe-west1"
    dataset          = "other_dataset"
    dataset_location = "EU"
    data_bucket      = "other-data"
    labels           = { app = "other" }
    egress           = { network = "scraping", traffic = "PRIVATE_RANGES_ONLY" }
    adopt            = { dataset = true, tables = ["workflow_decisions"], data_bucket = true }
  }

  # What is imported must be overridden: a mocked provider has nothing to read.
  override_resource {
    target = google_bigquery_dataset.orchestration
  }
  override_resource {
    target = google_bigquery_table.table["workflow_decisions"]
  }
  override_resource {
    target = google_storage_bucket.data
  }
}

# tests/terraform/test_broken.py breaks a copy once for each of these assertions.
run "deploys" {
  command = apply

  # Topics and subscriptions.

  assert {
    condition     = toset([for topic in google_pubsub_topic.topic : topic.name]) == toset(local.topology.topics)
    error_message = "The topics are the topology's."
  }
  assert {
    condition = alltrue([
      for wanted in local.topology.subscriptions : anytrue([
        for held in google_pubsub_subscription.push :
        held.name == "${wanted.topic}--${replace(wanted.function, "_", "-")}"
        && held.topic == google_pubsub_topic.topic[wanted.topic].id
        && held.filter == try(wanted.filter, null)
      ])
    ]) && length(google_pubsub_subscription.push) == length(local.topology.subscriptions)
    error_message = "Every subscription of the topology has its topic and filter; there is no other."
  }
  assert {
    condition = alltrue([
      for key, held in google_pubsub_subscription.push :
      held.push_config[0].push_endpoint == "https://${split("--", key)[1]}.run.app"
      && try(held.push_config[0].oidc_token[0].audience, "") == held.push_config[0].push_endpoint
    ])
    error_message = "Every push goes to its function, with a token for that address."
  }
  assert {
    condition = alltrue([
      for held in google_pubsub_subscription.push :
      try(held.push_config[0].oidc_token[0].service_account_email, "") == google_service_account.invoker.email
    ])
    error_message = "Every push carries the invoker's identity."
  }
  assert {
    condition = alltrue([
      for held in google_pubsub_subscription.push :
      held.ack_deadline_seconds == 600 && held.message_retention_duration == "604800s"
    ])
    error_message = "Every push is given 600 s for an answer, and a message is kept for 7 days."
  }
  assert {
    condition = alltrue([
      for held in google_pubsub_subscription.push :
      try(held.dead_letter_policy[0].dead_letter_topic, "") == google_pubsub_topic.topic["dead-letters"].id
      && try(held.dead_letter_policy[0].max_delivery_attempts, 0) == 100
    ])
    error_message = "Every push subscription ends in dead-letters after 100 deliveries."
  }
  assert {
    condition = alltrue([
      for held in google_pubsub_subscription.push :
      try("${held.retry_policy[0].minimum_backoff} ${held.retry_policy[0].maximum_backoff}", "") == "10s 600s"
    ])
    error_message = "Every push subscription backs off from 10 s to 600 s."
  }
  assert {
    condition = alltrue([
      for held in concat(values(google_pubsub_subscription.push), [google_pubsub_subscription.dead_letters]) :
      held.expiration_policy[0].ttl == ""
    ])
    error_message = "No subscription expires."
  }
  assert {
    condition = (
      google_pubsub_subscription.dead_letters.name == "dead-letters--kept"
      && length(google_pubsub_subscription.dead_letters.push_config) == 0
      && google_pubsub_subscription.dead_letters.message_retention_duration == "${31 * 86400}s"
    )
    error_message = "Dead letters are kept for 31 days, to be pulled by hand."
  }

  # Scheduler jobs.

  assert {
    condition = alltrue([
      for wanted in local.topology.jobs : anytrue([
        for held in google_cloud_scheduler_job.job :
        held.name == wanted.name
        && held.schedule == wanted.cron
        && held.pubsub_target[0].topic_name == google_pubsub_topic.topic[wanted.topic].id
        && jsondecode(base64decode(held.pubsub_target[0].data)) == wanted.message
      ])
    ]) && length(google_cloud_scheduler_job.job) == length(local.topology.jobs)
    error_message = "Every job of the topology has its cron and message; there is no other."
  }
  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.job : job.time_zone == "America/New_York"])
    error_message = "Every cron is Eastern time."
  }
  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.job : try(job.retry_config[0].retry_count, 0) == 5])
    error_message = "Every job tries five times more to publish."
  }

  # Functions.

  assert {
    condition = alltrue([
      for name, held in google_cloudfunctions2_function.function :
      can(regex("^python3\\d\\d$", held.build_config[0].runtime))
      && held.build_config[0].entry_point == name
      && try(held.build_config[0].environment_variables["GOOGLE_FUNCTION_SOURCE"], "") == "functions/${name}/main.py"
    ]) && toset(keys(google_cloudfunctions2_function.function)) == setunion(local.topology.subscriptions[*].function, ["console"])
    error_message = "The functions of the topology and the console are built from files of their own."
  }
  assert {
    condition = alltrue([
      for held in google_cloudfunctions2_function.function :
      !contains(keys(held.service_config[0].environment_variables), "PYTHONPATH")
    ])
    error_message = "No function takes PYTHONPATH from the platform's builder."
  }
  assert {
    condition = alltrue([
      for name, held in google_cloudfunctions2_function.function :
      held.service_config[0].service_account_email == google_service_account.function[name].email
    ]) && length(distinct([for account in google_service_account.function : account.email])) == 8
    error_message = "Every function runs as an account of its own."
  }
  assert {
    condition = alltrue([
      for held in google_cloudfunctions2_function.function :
      held.build_config[0].service_account == google_service_account.builder.id
    ])
    error_message = "Every function is built as the builder."
  }
  assert {
    condition = alltrue([
      for held in google_cloudfunctions2_function.function :
      held.build_config[0].source[0].storage_source[0].object == "bundle-${filesha256("../dist/bundle.zip")}.zip"
    ])
    error_message = "Every function is built from the bundle that is named by its content."
  }
  assert {
    condition     = alltrue([for held in google_cloudfunctions2_function.function : held.service_config[0].min_instance_count == 0])
    error_message = "No function is kept warm."
  }
  assert {
    condition = alltrue([
      for name, held in google_cloudfunctions2_function.function :
      held.service_config[0].max_instance_count == (name == "scraper_runner" ? 4 : 10)
      && held.service_config[0].max_instance_request_concurrency == 1
    ])
    error_message = "A function has up to 10 instances, the scraper_runner 4, of one request each."
  }
  assert {
    condition = alltrue([
      for held in google_cloudfunctions2_function.function :
      held.service_config[0].available_memory == "512Mi"
      && held.service_config[0].available_cpu == "0.333"
      && held.service_config[0].timeout_seconds == local.topology.delivery.function_timeout_seconds
      && held.service_config[0].ingress_settings == "ALLOW_ALL"
    ])
    error_message = "Every function has the memory, processor, timeout and ingress of the variables."
  }
  assert {
    condition     = google_secret_manager_secret_version.odds_api_key.secret_data == null
    error_message = "The Odds API's key is not in the state."
  }
  assert {
    condition     = alltrue([for service in google_project_service.service : service.disable_on_destroy == false])
    error_message = "A destroy switches no service of the project off."
  }

  # Tables and buckets.

  assert {
    condition = alltrue([
      for name, held in google_bigquery_table.table :
      jsondecode(held.schema) == jsondecode(file("../config/tables/${name}.json")).fields
    ]) && length(google_bigquery_table.table) == 5
    error_message = "Every table has the columns of its schema file."
  }
  assert {
    condition = alltrue([
      for name, held in google_bigquery_table.table : alltrue([
        for file in [jsondecode(file("../config/tables/${name}.json"))] :
        try(held.time_partitioning[0].type, "") == "DAY"
        && held.time_partitioning[0].field == file.partition.column
        && try(held.time_partitioning[0].expiration_ms / 86400000, 0) == coalesce(file.partition_expiration_days, 0)
        && held.clustering == tolist(file.clustering)
      ])
    ])
    error_message = "Every table is partitioned, clustered and kept as its schema file says."
  }
  assert {
    condition     = [for name, held in google_bigquery_table.table : name if held.require_partition_filter] == ["daily_expected_schedule"]
    error_message = "Only the plan's table requires a partition filter."
  }
  assert {
    condition     = alltrue([for table in google_bigquery_table.table : table.deletion_protection])
    error_message = "No table can be deleted by mistake."
  }
  assert {
    condition     = google_bigquery_dataset.orchestration.delete_contents_on_destroy == false
    error_message = "A destroy does not empty the dataset."
  }
  assert {
    condition = alltrue([
      for held in [google_storage_bucket.data, google_storage_bucket.state, google_storage_bucket.bundles] :
      held.uniform_bucket_level_access && held.public_access_prevention == "enforced"
    ])
    error_message = "No bucket has access lists or can be made public."
  }
  assert {
    condition = alltrue([
      for rule in google_storage_bucket.data.lifecycle_rule : alltrue([
        for condition in rule.condition :
        try(condition.matches_prefix == tolist(["failed/"]), false)
        || (condition.with_state == "ARCHIVED" && try(condition.days_since_noncurrent_time > 0, false))
      ])
      if anytrue([for action in rule.action : action.type == "Delete"])
    ])
    error_message = "Scraped data is never deleted: only failures and old versions are."
  }
  assert {
    condition = one([
      for rule in google_storage_bucket.state.lifecycle_rule : one([for condition in rule.condition : condition.age])
    ]) == 45
    error_message = "State is deleted after 45 days, when no dead letter is left to replay."
  }
  assert {
    condition = (
      google_storage_notification.scraped_objects.bucket == google_storage_bucket.data.name
      && google_storage_notification.scraped_objects.topic == google_pubsub_topic.topic["scraped-objects"].id
      && google_storage_notification.scraped_objects.payload_format == "JSON_API_V1"
      && google_storage_notification.scraped_objects.event_types == toset(["OBJECT_FINALIZE"])
    )
    error_message = "Each finished upload to the data bucket is published to scraped-objects."
  }

  # Rights that tests/terraform/test_grants.py does not read off the grants themselves.

  assert {
    condition = (
      google_project_iam_custom_role.row_appender.permissions
      == toset(["bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.updateData"])
      && google_project_iam_custom_role.job_reader.permissions == toset(["bigquery.jobs.get"])
    )
    error_message = "The custom roles allow to insert rows and to look at a job, and nothing else."
  }
  assert {
    condition = try(
      google_project_iam_member.builder_reads_sources.condition[0].expression,
      ""
    ) == "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-123456789012-\")"
    error_message = "The builder reads the platform's own source buckets, and no other."
  }

  # Alerts.

  assert {
    condition = (
      toset(keys(google_monitoring_alert_policy.log)) == toset(["incidents", "lines"])
      && toset(keys(google_monitoring_alert_policy.metric)) == toset(local.alerts.metrics[*].name)
      && sum([
        for held in merge(google_monitoring_alert_policy.log, google_monitoring_alert_policy.metric) : length(held.conditions)
      ]) <= 4
    )
    error_message = "There are four policies of one condition each, because each condition is billed."
  }
  assert {
    condition = alltrue([
      for name, wanted in merge(local.alerts.policies, { for alert in local.alerts.metrics : alert.name => alert }) : alltrue([
        for held in [merge(google_monitoring_alert_policy.log, google_monitoring_alert_policy.metric)[name]] :
        held.severity == wanted.severity
        && held.notification_channels == tolist([google_monitoring_notification_channel.email["ops@example.com"].id])
      ])
    ])
    error_message = "Every policy mails to the addresses, with its severity."
  }
  assert {
    condition     = google_monitoring_notification_channel.email["ops@example.com"].labels == tomap({ email_address = "ops@example.com" })
    error_message = "A channel mails to its address."
  }
  assert {
    condition = alltrue([
      for alert in local.alerts.metrics : alltrue([
        for held in [google_monitoring_alert_policy.metric[alert.name]] :
        try(held.documentation[0].links[0].url, "") == "https://example.com/nba/${alert.runbook}"
        && strcontains(held.documentation[0].content, alert.runbook)
      ])
      ]) && alltrue([
      for name, alerts in { incidents = local.alerts.rules, lines = local.alerts.logs } : alltrue([
        for held in google_monitoring_alert_policy.log[name].documentation :
        held.links[0].url == "https://example.com/nba/docs/operations.md#alerts"
        && alltrue([for alert in alerts : strcontains(held.content, "- `${alert.name}`: ${alert.title}. ${alert.runbook}")])
      ])
    ])
    error_message = "Every policy names the alerts it is about, and their sections of the guide."
  }
  assert {
    condition = alltrue([
      for name, policy in local.alerts.policies : alltrue([
        for held in [google_monitoring_alert_policy.log[name]] :
        try(held.alert_strategy[0].notification_rate_limit[0].period, "") == policy.rate_limit
        && held.conditions[0].condition_matched_log[0].label_extractors == tomap(policy.labels)
        && alltrue([for label in keys(policy.labels) : strcontains(held.documentation[0].subject, "$${log.extracted_label.${label}}")])
      ])
      ]) && alltrue([
      for held in google_monitoring_alert_policy.metric : length(held.alert_strategy[0].notification_rate_limit) == 0
    ])
    error_message = "Log policies have their rate limit and labels, and only they may have them."
  }
  assert {
    condition = alltrue([
      for alert in local.alerts.metrics : alltrue([
        for held in google_monitoring_alert_policy.metric[alert.name].conditions[0].condition_threshold :
        held.comparison == alert.comparison
        && held.threshold_value == alert.threshold
        && held.duration == alert.duration
        && held.aggregations[0].alignment_period == alert.per
        && held.aggregations[0].per_series_aligner == alert.aligner
        && held.aggregations[0].cross_series_reducer == try(alert.reducer, null)
      ])
    ])
    error_message = "Every metric policy has its threshold, duration and aggregation."
  }
  assert {
    condition = (
      google_bigquery_data_transfer_config.watchdog.schedule == "every 15 minutes"
      && try(google_bigquery_data_transfer_config.watchdog.service_account_name, "") == google_service_account.alerts.email
    )
    error_message = "The watchdog asks every 15 minutes, as the alerts' own account."
  }
  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.log["incidents"].conditions[0].condition_matched_log :
      strcontains(policy.filter, "cleanup-processor")
      && alltrue([for change in ["OPENED", "CLOSED", "DIGEST"] : strcontains(policy.filter, "\"INCIDENT_${change}\"")])
    ])
    error_message = "The policy of the incidents looks for the notices of this deployment's functions."
  }
  assert {
    condition = alltrue([
      for alert in local.alerts.logs : strcontains(
        google_monitoring_alert_policy.log["lines"].conditions[0].condition_matched_log[0].filter,
        "${reverse(split(" AND ", alert.filter))[0]})",
      )
    ])
    error_message = "The policy of the lines looks for those of every alert."
  }
  assert {
    condition = alltrue([
      for pattern in regex("config_id=~\"(.*?)\"", google_monitoring_alert_policy.log["lines"].conditions[0].condition_matched_log[0].filter) :
      !can(regex(pattern, "of-another-system")) && can(regex(pattern, reverse(split("/", google_bigquery_data_transfer_config.watchdog.name))[0]))
    ])
    error_message = "A broken query raises an alert when it is one of this deployment's."
  }
  assert {
    condition = (
      google_billing_budget.month[0].budget_filter[0].calendar_period == "MONTH"
      && google_billing_budget.month[0].amount[0].specified_amount[0].units == tostring(30 * local.alerts.budget.amount_a_day)
      && toset([
        for rule in google_billing_budget.month[0].threshold_rules : "${rule.threshold_percent} ${coalesce(rule.spend_basis, "CURRENT_SPEND")}"
        ]) == toset(concat(
        [for share in local.alerts.budget.shares : "${share} CURRENT_SPEND"],
        [for share in local.alerts.budget.forecast_shares : "${share} FORECASTED_SPEND"],
      ))
    )
    error_message = "The month's budget is 30 days, and notifies at each of its shares."
  }
}

run "lets_operators_call_and_readers_query" {
  command = plan

  variables {
    operators = ["group:operators@example.com"]
    readers   = ["serviceAccount:grafana@example.com"]
  }

  assert {
    condition = alltrue([
      for name in local.topology.subscriptions[*].function : (
        google_cloud_run_v2_service_iam_member.operator["${name}/group:operators@example.com"].role == "roles/run.invoker"
        && google_cloudfunctions2_function_iam_member.operator["${name}/group:operators@example.com"].role == "roles/cloudfunctions.viewer"
      )
    ])
    error_message = "An operator may look at and call every function."
  }
  assert {
    condition = (
      { for member, held in google_bigquery_dataset_iam_member.reader : member => held.role } == { "serviceAccount:grafana@example.com" = "roles/bigquery.dataViewer" }
      && { for member, held in google_project_iam_member.reader_queries : member => held.role } == { "serviceAccount:grafana@example.com" = "roles/bigquery.jobUser" }
    )
    error_message = "A reader may query the tables, and nothing else."
  }
}

run "shows_the_console" {
  command = plan

  variables {
    viewers       = ["user:analyst@example.com"]
    console_group = "data@example.com"
  }

  assert {
    condition = (
      google_cloud_run_v2_service_iam_member.viewer["user:analyst@example.com"].role == "roles/run.invoker"
      && google_cloud_run_v2_service_iam_member.viewer["user:analyst@example.com"].name == google_cloudfunctions2_function.function["console"].name
    )
    error_message = "A viewer may call the console."
  }
  assert {
    condition = (
      google_iap_web_cloud_run_service_iam_member.group[0].member == "group:data@example.com"
      && google_iap_web_cloud_run_service_iam_member.group[0].role == "roles/iap.httpsResourceAccessor"
      && google_iap_web_cloud_run_service_iam_member.group[0].cloud_run_service_name == google_cloudfunctions2_function.function["console"].name
    )
    error_message = "The group passes the proxy."
  }
  assert {
    condition = (
      google_cloud_run_v2_service_iam_member.iap[0].role == "roles/run.invoker"
      && google_cloud_run_v2_service_iam_member.iap[0].name == google_cloudfunctions2_function.function["console"].name
      && google_cloud_run_v2_service_iam_member.iap[0].member == "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com"
      && contains(keys(google_project_service.service), "iap")
    )
    error_message = "The proxy may call the console alone."
  }
}

run "a_second_deployment_in_one_project" {
  command = plan

  # What else has a default is another value as well: tests/terraform/deployed.txt shows where each of them goes.
  variables {
    topic_prefix         = "staging-"
    dataset              = "nba_staging"
    data_bucket          = "nba-staging-data"
    state_bucket         = "nba-staging-state"
    workflows_file       = "terraform/tests/second_workflows.yaml"
    alert_emails         = [for name in ["a", "b", "c", "d", "e", "f"] : "${name}@example.com"]
    settings             = { circuit_failures = "7", scrape_seconds = null }
    ingress              = "ALLOW_INTERNAL_ONLY"
    egress               = { vpc_connector = "projects/p/locations/us-central1/connectors/staging" }
    memory               = "1Gi"
    cpu                  = "2"
    concurrency          = 8
    max_instances        = { console = 3, scraper_runner = 2 }
    operators            = ["user:ops@example.com"]
    viewers              = ["user:analyst@example.com"]
    readers              = ["user:reader@example.com"]
    console_group        = "data@example.com"
    odds_api_key_version = 2
    deletion_protection  = false
    state_retention_days = 60
    runbook_url          = ""
  }

  assert {
    condition = alltrue([
      for resource in concat(
        values(google_pubsub_topic.topic),
        values(google_pubsub_subscription.push),
        values(google_cloud_scheduler_job.job),
        values(google_cloudfunctions2_function.function),
      ) : startswith(resource.name, "staging-")
    ])
    error_message = "The prefix goes before every name."
  }
  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.function :
      function.service_config[0].environment_variables["NBA_TOPIC_PREFIX"] == "staging-"
    ])
    error_message = "The functions know the prefix."
  }
  assert {
    condition     = length(google_billing_budget.month[0].all_updates_rule[0].monitoring_notification_channels) == 5
    error_message = "Of six channels the budget tells as many as it may."
  }
}

run "a_source_has_routes_a_proxy_and_a_key" {
  command = plan

  variables {
    settings = { http_proxy = "http://proxy.example.com:3128" }
    sources = {
      nba_cdn     = { routes = ["https://one.example.com/x|/NBA|s3", "https://two.example.com"] }
      nba_stats   = { url = "https://gateway.example.com|/nba", proxy = "http://user:pw@proxy.example.com:3128" }
      bettingpros = { key_secret = "bettingpros-key" }
    }
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      { for variable, value in function.service_config[0].environment_variables : variable => value if can(regex("_(URL|ROUTES|PROXY)$", variable)) } == {
        NBA_HTTP_PROXY      = "http://proxy.example.com:3128"
        NBA_NBA_CDN_ROUTES  = "https://one.example.com/x|/NBA|s3 https://two.example.com"
        NBA_NBA_STATS_URL   = "https://gateway.example.com|/nba"
        NBA_NBA_STATS_PROXY = "http://user:pw@proxy.example.com:3128"
      }
    ])
    error_message = "The functions know what is set for each source, and nothing else of it."
  }
  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      name == "scraper_runner"
      ? function.service_config[0].environment_variables["NBA_BETTINGPROS_KEY_FILE"] == "/secrets-bettingpros/key"
      && contains([for volume in function.service_config[0].secret_volumes : "${volume.mount_path} ${volume.secret}"], "/secrets-bettingpros bettingpros-key")
      : !contains(keys(function.service_config[0].environment_variables), "NBA_BETTINGPROS_KEY_FILE")
    ])
    error_message = "The scraper_runner alone is given the key."
  }
  assert {
    condition = (
      keys(google_secret_manager_secret_iam_member.function_reads_key) == ["scraper_runner/bettingpros"]
      && google_secret_manager_secret_iam_member.function_reads_key["scraper_runner/bettingpros"].secret_id == "bettingpros-key"
    )
    error_message = "The scraper_runner alone may read the key."
  }
}

run "tells_by_slack_pagerduty_and_a_webhook" {
  command = plan

  variables {
    slack_channel = "#nba-alerts"
    slack_token   = "no-real-token"
    pagerduty     = true
    pagerduty_key = "no-real-key"
    webhook_form  = "teams"
    webhook       = "https://hooks.example.com/no-real-one"

    channel_secrets_version = 3
    webhook_version         = 4
  }

  assert {
    condition = alltrue([
      for held in concat(values(google_monitoring_alert_policy.log), values(google_monitoring_alert_policy.metric)) :
      length(held.notification_channels) == 3
    ])
    error_message = "Every policy notifies by mail, Slack and PagerDuty."
  }
  assert {
    condition = (
      google_monitoring_notification_channel.slack[0].labels == tomap({ channel_name = "#nba-alerts" })
      && google_monitoring_notification_channel.slack[0].type == "slack"
      && google_monitoring_notification_channel.pagerduty[0].type == "pagerduty"
      && google_monitoring_notification_channel.slack[0].sensitive_labels[0].auth_token_wo_version == "3"
      && google_monitoring_notification_channel.slack[0].sensitive_labels[0].auth_token == null
      && google_monitoring_notification_channel.pagerduty[0].sensitive_labels[0].service_key == null
    )
    error_message = "Slack's channel and PagerDuty are named; their secrets are not in the state."
  }
  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      name == "cleanup_processor"
      ? function.service_config[0].environment_variables["NBA_WEBHOOK_FILE"] == "/secrets/webhook"
      && function.service_config[0].environment_variables["NBA_WEBHOOK_FORM"] == "teams"
      && [for volume in function.service_config[0].secret_volumes : volume.secret] == ["incident-webhook"]
      : length(setintersection(keys(function.service_config[0].environment_variables), ["NBA_WEBHOOK_FILE", "NBA_WEBHOOK_FORM"])) == 0
    ])
    error_message = "The cleanup_processor alone is given the webhook and its form."
  }
  assert {
    condition = (
      keys(google_secret_manager_secret_iam_member.function_reads_webhook) == ["cleanup_processor"]
      && google_secret_manager_secret_version.webhook[0].secret_data == null
    )
    error_message = "The cleanup_processor alone may read the address, which is not in the state."
  }
}

run "asks_sources_through_a_subnetwork" {
  command = plan

  variables {
    egress = { network = "scraping", subnetwork = "projects/shared/regions/us-central1/subnetworks/scraping" }
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      name == "scraper_runner"
      ? function.service_config[0].direct_vpc_egress == "VPC_EGRESS_ALL_TRAFFIC"
      && function.service_config[0].direct_vpc_network_interface[0].network == "scraping"
      && function.service_config[0].direct_vpc_network_interface[0].subnetwork == "projects/shared/regions/us-central1/subnetworks/scraping"
      && function.service_config[0].vpc_connector_egress_settings == null
      : length(function.service_config[0].direct_vpc_network_interface) == 0
    ])
    error_message = "The scraper_runner alone leaves through the subnetwork, with all it sends."
  }
  assert {
    condition     = contains(keys(google_project_service.service), "compute") && !contains(keys(google_project_service.service), "vpcaccess")
    error_message = "The API of networks is enabled, the one of connectors is not."
  }
}

run "asks_sources_through_a_connector" {
  command = plan

  variables {
    egress = { vpc_connector = "projects/p/locations/us-central1/connectors/scraping", traffic = "PRIVATE_RANGES_ONLY" }
  }

  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      name == "scraper_runner"
      ? function.service_config[0].vpc_connector == "projects/p/locations/us-central1/connectors/scraping"
      && function.service_config[0].vpc_connector_egress_settings == "PRIVATE_RANGES_ONLY"
      && length(function.service_config[0].direct_vpc_network_interface) == 0
      : function.service_config[0].vpc_connector == null && function.service_config[0].vpc_connector_egress_settings == null
    ])
    error_message = "The scraper_runner alone leaves through the connector."
  }
  assert {
    condition     = contains(keys(google_project_service.service), "vpcaccess") && !contains(keys(google_project_service.service), "compute")
    error_message = "The API of connectors is enabled, the one of networks is not."
  }
}

run "warns_of_a_project_without_billing" {
  command = plan

  override_data {
    target = data.google_project.this
    values = { number = "123456789012", billing_account = "" }
  }

  expect_failures = [check.billing]
}
