# Run by tests/terraform, or by hand: see docs/deploy.md. Accounts get an identity of their own, so that
# a grant to the wrong one shows.
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_data "google_storage_project_service_account" {
    defaults = { email_address = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
  }
}

override_resource {
  target = google_service_account.function["schedule_locker"]
  values = {
    email  = "nba-schedule-locker@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-schedule-locker@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-schedule-locker@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["master_controller"]
  values = {
    email  = "nba-master-controller@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-master-controller@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-master-controller@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["cleanup_processor"]
  values = {
    email  = "nba-cleanup-processor@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-cleanup-processor@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-cleanup-processor@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["workflow_executor"]
  values = {
    email  = "nba-workflow-executor@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-workflow-executor@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-workflow-executor@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["scraper_runner"]
  values = {
    email  = "nba-scraper-runner@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-scraper-runner@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-scraper-runner@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["scraper_logger"]
  values = {
    email  = "nba-scraper-logger@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-scraper-logger@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-scraper-logger@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.function["execution_tracker"]
  values = {
    email  = "nba-execution-tracker@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-execution-tracker@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-execution-tracker@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.invoker
  values = {
    email  = "nba-invoker@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-invoker@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-invoker@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.builder
  values = {
    email  = "nba-builder@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-builder@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-builder@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.alerts
  values = {
    email  = "nba-alerts@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-alerts@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-alerts@nba-props-platform.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_cloudfunctions2_function.function["schedule_locker"]
  values = { service_config = { uri = "https://schedule-locker.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["master_controller"]
  values = { service_config = { uri = "https://master-controller.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["cleanup_processor"]
  values = { service_config = { uri = "https://cleanup-processor.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["workflow_executor"]
  values = { service_config = { uri = "https://workflow-executor.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["scraper_runner"]
  values = { service_config = { uri = "https://scraper-runner.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["scraper_logger"]
  values = { service_config = { uri = "https://scraper-logger.run.app" } }
}

override_resource {
  target = google_cloudfunctions2_function.function["execution_tracker"]
  values = { service_config = { uri = "https://execution-tracker.run.app" } }
}

override_resource {
  target = google_project_iam_custom_role.row_appender
  values = { name = "projects/nba-props-platform/roles/nba_row_appender" }
}

override_resource {
  target = google_project_iam_custom_role.job_reader
  values = { name = "projects/nba-props-platform/roles/nba_job_reader" }
}

variables {
  # An ephemeral variable's default does not reach the apply phase of a test.
  odds_api_key    = "no-real-key"
  alert_emails    = ["ops@example.com"]
  billing_account = "012345-6789AB-CDEF01"
  runbook_url     = "https://example.com/nba/"
}

run "adopts_what_is_there" {
  command = plan

  variables {
    adopt = { dataset = true, tables = ["workflow_decisions"], data_bucket = true }
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

run "deploys" {
  command = apply

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.push :
      try(subscription.dead_letter_policy[0].dead_letter_topic, "") == google_pubsub_topic.topic["dead-letters"].id
      && try(subscription.dead_letter_policy[0].max_delivery_attempts, 0) == 100
    ])
    error_message = "Every push subscription ends in dead-letters after 100 deliveries."
  }
  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.push :
      try("${subscription.retry_policy[0].minimum_backoff} ${subscription.retry_policy[0].maximum_backoff}", "") == "10s 600s"
    ])
    error_message = "Every push subscription backs off from 10 s to 600 s."
  }
  assert {
    condition = alltrue([
      for subscription in concat(values(google_pubsub_subscription.push), [google_pubsub_subscription.dead_letters]) :
      subscription.expiration_policy[0].ttl == ""
    ])
    error_message = "No subscription expires."
  }
  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.push :
      subscription.push_config[0].oidc_token[0].service_account_email == google_service_account.invoker.email
    ])
    error_message = "Every push carries the invoker's identity."
  }
  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.job : job.time_zone == "America/New_York"])
    error_message = "Every cron is Eastern time."
  }
  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.function :
      function.service_config[0].service_account_email == google_service_account.function[name].email
    ]) && length(distinct([for account in google_service_account.function : account.email])) == 7
    error_message = "Every function runs as an account of its own."
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].min_instance_count == 0])
    error_message = "No function is kept warm."
  }
  assert {
    condition = alltrue([
      for name, table in google_bigquery_table.table :
      jsondecode(table.schema)[*].name == jsondecode(file("../config/tables/${name}.json")).fields[*].name
    ]) && length(google_bigquery_table.table) == 5
    error_message = "Every table has the columns of its schema file."
  }
  assert {
    condition     = alltrue([for table in google_bigquery_table.table : table.deletion_protection])
    error_message = "No table can be deleted by mistake."
  }
}

run "a_second_deployment_in_one_project" {
  command = plan

  variables {
    topic_prefix = "staging-"
    dataset      = "nba_staging"
    data_bucket  = "nba-staging-data"
    state_bucket = "nba-staging-state"
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
}

run "refuses_public_operators" {
  command = plan
  variables {
    operators = ["allUsers"]
  }
  expect_failures = [var.operators]
}

run "refuses_more_memory_than_its_cpu_allows" {
  command = plan
  variables {
    memory = "1Gi"
  }
  expect_failures = [var.cpu]
}

run "refuses_a_lease_that_ends_before_the_ack_deadline" {
  command = plan
  variables {
    settings = { lease_seconds = 600 }
  }
  expect_failures = [var.settings]
}

run "refuses_one_bucket_for_data_and_state" {
  command = plan
  variables {
    state_bucket = "nba-scraped-data"
  }
  expect_failures = [var.state_bucket]
}

run "refuses_a_prefix_that_makes_account_ids_too_long" {
  command = plan
  variables {
    topic_prefix = "production-"
  }
  expect_failures = [var.topic_prefix]
}

run "refuses_state_that_dies_before_its_dead_letters" {
  command = plan
  variables {
    state_retention_days = 31
  }
  expect_failures = [var.state_retention_days]
}
