# What each function may touch, and nothing else: tests/terraform/test_grants.py runs the code, records
# every call and compares. Add a table, bucket, topic or secret here when a function starts to use it.
#   appends, reads   tables and views; a view is read with the rights on what it reads
#   data             what it does with the data bucket: read, create (never overwrite or delete)
#   publishes        topics
#   secret           whether it asks sources, through var.egress, and reads the keys of theirs
#   tells            whether it posts notices of incidents, and reads the webhook's address
locals {
  access = {
    schedule_locker = {
      appends   = ["daily_expected_schedule"]
      reads     = []
      data      = ["read"]
      publishes = ["dead-letters"]
      secret    = false
      tells     = false
    }
    master_controller = {
      appends   = ["workflow_decisions"]
      reads     = ["workflow_decisions", "workflow_executions", "scraper_execution_log"]
      data      = ["read"]
      publishes = ["dead-letters", "workflow-decisions"]
      secret    = false
      tells     = false
    }
    cleanup_processor = {
      appends = ["cleanup_operations", "workflow_executions"]
      reads = [
        "workflow_decisions", "workflow_executions", "scraper_execution_log",
        "incidents", "game_coverage", "cleanup_operations", "daily_expected_schedule",
      ]
      data      = ["read", "create"]
      publishes = ["dead-letters", "scraped-objects", "scraper-requests", "workflow-decisions"]
      secret    = false
      tells     = true
    }
    workflow_executor = {
      appends   = ["workflow_executions"]
      reads     = []
      data      = []
      publishes = ["dead-letters", "scraper-requests"]
      secret    = false
      tells     = false
    }
    scraper_runner = {
      appends   = []
      reads     = []
      data      = ["read", "create"]
      publishes = ["dead-letters"]
      secret    = true
      tells     = false
    }
    scraper_logger = {
      appends   = ["scraper_execution_log"]
      reads     = []
      data      = ["read"]
      publishes = ["dead-letters"]
      secret    = false
      tells     = false
    }
    execution_tracker = {
      appends   = ["workflow_executions"]
      reads     = []
      data      = ["read"]
      publishes = ["dead-letters", "scraper-requests"]
      secret    = false
      tells     = false
    }
    console = {
      appends   = []
      reads     = ["cleanup_operations", "daily_expected_schedule", "freshness", "game_coverage", "incidents", "scraper_execution_log", "workflow_decisions", "workflow_executions"]
      data      = ["read"]
      publishes = []
      secret    = false
      tells     = false
    }
  }

  appends = merge([
    for function, access in local.access :
    { for table in access.appends : "${function}/${table}" => { function = function, table = table } }
  ]...)
  reads = merge([
    for function, access in local.access :
    { for table in access.reads : "${function}/${table}" => { function = function, table = table } }
  ]...)
  data_roles = { read = "roles/storage.objectViewer", create = "roles/storage.objectCreator" }
  data = merge([
    for function, access in local.access :
    { for use in access.data : "${function}/${use}" => { function = function, role = local.data_roles[use] } }
  ]...)
  publishes = merge([
    for function, access in local.access :
    { for topic in access.publishes : "${function}/${topic}" => { function = function, topic = topic } }
  ]...)

  # Tables and views by name.
  readable = merge(google_bigquery_table.table, google_bigquery_table.view, google_bigquery_table.nested)

  querying  = toset([for function, access in local.access : function if length(concat(access.appends, access.reads)) > 0])
  appending = toset([for function, access in local.access : function if length(access.appends) > 0])
  # A repeated insert looks at the job that holds its id. Of a table that several functions append
  # to, that job may be another account's, which jobUser does not show.
  sharing = toset([
    for function, access in local.access : function
    if anytrue([for table in access.appends : length([for other in values(local.access) : other if contains(other.appends, table)]) > 1])
  ])
}

# Accounts. None has a key.

resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "${var.topic_prefix}nba-${replace(each.key, "_", "-")}"
  display_name = "Runs ${each.key}"

  depends_on = [google_project_service.service]
}

resource "google_service_account" "invoker" {
  account_id   = "${var.topic_prefix}nba-invoker"
  display_name = "Pub/Sub's pushes arrive as this account"

  depends_on = [google_project_service.service]
}

resource "google_service_account" "builder" {
  account_id   = "${var.topic_prefix}nba-builder"
  display_name = "Cloud Build makes the functions' images as this account"

  depends_on = [google_project_service.service]
}

# Tables.

resource "google_project_iam_custom_role" "row_appender" {
  role_id     = "${replace(var.topic_prefix, "-", "_")}nba_row_appender"
  title       = "NBA row appender"
  description = "INSERT into a table; dataEditor could also drop it."
  permissions = ["bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.updateData"]

  depends_on = [google_project_service.service]
}

resource "google_project_iam_custom_role" "job_reader" {
  role_id     = "${replace(var.topic_prefix, "-", "_")}nba_job_reader"
  title       = "NBA job reader"
  description = "Look at another account's job."
  permissions = ["bigquery.jobs.get"]

  depends_on = [google_project_service.service]
}

resource "google_bigquery_table_iam_member" "function_appends" {
  for_each = local.appends

  dataset_id = google_bigquery_dataset.orchestration.dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = google_project_iam_custom_role.row_appender.name
  member     = google_service_account.function[each.value.function].member
}

resource "google_bigquery_table_iam_member" "function_reads" {
  for_each = local.reads

  dataset_id = google_bigquery_dataset.orchestration.dataset_id
  table_id   = local.readable[each.value.table].table_id
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.function[each.value.function].member
}

# A repeated insert asks for the dataset's location before it looks at the job.
resource "google_bigquery_dataset_iam_member" "function_locates" {
  for_each = local.appending

  dataset_id = google_bigquery_dataset.orchestration.dataset_id
  role       = "roles/bigquery.metadataViewer"
  member     = google_service_account.function[each.key].member
}

# BigQuery grants the right to run jobs on projects only.
resource "google_project_iam_member" "function_queries" {
  for_each = local.querying

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.function[each.key].member
}

resource "google_project_iam_member" "function_sees_jobs" {
  for_each = local.sharing

  project = var.project
  role    = google_project_iam_custom_role.job_reader.name
  member  = google_service_account.function[each.key].member
}

# The data bucket (the state bucket is in state.tf), topics, the secret.

resource "google_storage_bucket_iam_member" "function_data" {
  for_each = local.data

  bucket = google_storage_bucket.data.name
  role   = each.value.role
  member = google_service_account.function[each.value.function].member
}

resource "google_pubsub_topic_iam_member" "function_publishes" {
  for_each = local.publishes

  topic  = google_pubsub_topic.topic[each.value.topic].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.function[each.value.function].member
}

resource "google_secret_manager_secret_iam_member" "function_reads" {
  for_each = toset([for function, access in local.access : function if access.secret])

  secret_id = google_secret_manager_secret.odds_api_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}

resource "google_secret_manager_secret_iam_member" "function_reads_key" {
  for_each = {
    for pair in setproduct([for function, access in local.access : function if access.secret], keys(local.keys)) :
    join("/", pair) => { function = pair[0], source = pair[1] }
  }

  project   = var.project
  secret_id = local.keys[each.value.source]
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.value.function].member
}

resource "google_secret_manager_secret_iam_member" "function_reads_webhook" {
  for_each = toset(var.webhook_form == "" ? [] : [for function, access in local.access : function if access.tells])

  secret_id = google_secret_manager_secret.webhook[0].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}

# Invoking: by Pub/Sub as the invoker, and by operators by hand.

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.subscribed

  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.invoker.member
}

resource "google_cloud_run_v2_service_iam_member" "operator" {
  for_each = { for pair in setproduct(local.functions, var.operators) : "${pair[0]}/${pair[1]}" => pair }

  location = var.region
  name     = google_cloudfunctions2_function.function[each.value[0]].name
  role     = "roles/run.invoker"
  member   = each.value[1]
}

# `gcloud functions call` asks the function for its address first.
resource "google_cloudfunctions2_function_iam_member" "operator" {
  for_each = { for pair in setproduct(local.functions, var.operators) : "${pair[0]}/${pair[1]}" => pair }

  location       = var.region
  cloud_function = google_cloudfunctions2_function.function[each.value[0]].name
  role           = "roles/cloudfunctions.viewer"
  member         = each.value[1]
}

resource "google_service_account_iam_member" "pubsub_signs" {
  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent
}

# Looking at the console: with an own identity, or through Identity-Aware Proxy as a member of a group.

resource "google_cloud_run_v2_service_iam_member" "viewer" {
  for_each = var.viewers

  location = var.region
  name     = google_cloudfunctions2_function.function["console"].name
  role     = "roles/run.invoker"
  member   = each.key
}

# The proxy invokes as its own service agent, whoever is behind it.
resource "google_cloud_run_v2_service_iam_member" "iap" {
  count = var.console_group == null ? 0 : 1

  location = var.region
  name     = google_cloudfunctions2_function.function["console"].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-iap.iam.gserviceaccount.com"
}

resource "google_iap_web_cloud_run_service_iam_member" "group" {
  count = var.console_group == null ? 0 : 1

  location               = var.region
  cloud_run_service_name = google_cloudfunctions2_function.function["console"].name
  role                   = "roles/iap.httpsResourceAccessor"
  member                 = "group:${var.console_group}"
}

# Reading by people and dashboards.

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = var.readers

  dataset_id = google_bigquery_dataset.orchestration.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

resource "google_project_iam_member" "reader_queries" {
  for_each = var.readers

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = each.key
}

# Building.

resource "google_storage_bucket_iam_member" "builder_reads_bundle" {
  bucket = google_storage_bucket.bundles.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.builder.member
}

# Cloud Functions copies the bundle into a bucket of its own, which the first deployment makes.
resource "google_project_iam_member" "builder_reads_sources" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = google_service_account.builder.member

  condition {
    title      = "gcf-v2-sources-only"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "builder_pushes" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.builder.member
}

# Cloud Logging grants the right to write on projects only.
resource "google_project_iam_member" "builder_logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.builder.member
}

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
