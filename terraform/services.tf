locals {
  services = [
    "artifactregistry",
    "bigquery",
    "bigquerydatatransfer",
    "billingbudgets",
    "cloudbuild",
    "cloudfunctions",
    "cloudscheduler",
    "iam",
    "logging",
    "monitoring",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
  ]
}

resource "google_project_service" "service" {
  for_each = toset(concat(
    local.services,
    var.console_group == null ? [] : ["iap"],
    local.connector == null ? [] : ["vpcaccess"],
    local.direct ? ["compute"] : [],
  ))

  service = "${each.key}.googleapis.com"
  # Other systems in the project may use them.
  disable_on_destroy = false
}

# A warning, not a refusal: the provider tells no account where it may not ask for it. docs/deploy.md has what else must be
# there before a first apply, which Terraform cannot see.
check "billing" {
  assert {
    condition     = data.google_project.this.billing_account != ""
    error_message = "No billing account is seen for ${var.project}, and without one no API can be enabled: gcloud billing projects link ${var.project} --billing-account=ACCOUNT. If it has one, let Terraform see it: gcloud services enable cloudbilling.googleapis.com --project=${var.project}."
  }
}

# A fresh API, and a fresh grant, hold everywhere only after a while. The provider's own example of a function with a
# builder of its own waits as long (cloudfunctions2_basic_builder); without it a first apply in an empty project fails.
resource "time_sleep" "apis" {
  create_duration = "60s"

  depends_on = [google_project_service.service]
}

resource "time_sleep" "grants" {
  create_duration = "60s"

  depends_on = [
    google_artifact_registry_repository_iam_member.builder_pushes,
    google_bigquery_dataset_iam_member.alerts_reads,
    google_project_iam_member.alerts_queries,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_reads_sources,
    google_secret_manager_secret_iam_member.function_reads,
    google_secret_manager_secret_iam_member.function_reads_key,
    google_secret_manager_secret_iam_member.function_reads_webhook,
    google_service_account_iam_member.transfer_runs,
    google_storage_bucket_iam_member.builder_reads_bundle,
  ]
}
