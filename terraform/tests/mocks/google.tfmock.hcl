# Accounts and addresses get an identity of their own, so that a grant or a push to the wrong one shows.

mock_data "google_project" {
  defaults = { number = "123456789012" }
}
mock_data "google_storage_project_service_account" {
  defaults = { email_address = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
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
  target = google_service_account.function["console"]
  values = {
    email  = "nba-console@nba-props-platform.iam.gserviceaccount.com"
    member = "serviceAccount:nba-console@nba-props-platform.iam.gserviceaccount.com"
    name   = "projects/nba-props-platform/serviceAccounts/nba-console@nba-props-platform.iam.gserviceaccount.com"
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
  target = google_cloudfunctions2_function.function["console"]
  values = { service_config = { uri = "https://console.run.app" } }
}

override_resource {
  target = google_project_iam_custom_role.row_appender
  values = { name = "projects/nba-props-platform/roles/nba_row_appender" }
}

override_resource {
  target = google_project_iam_custom_role.job_reader
  values = { name = "projects/nba-props-platform/roles/nba_job_reader" }
}
