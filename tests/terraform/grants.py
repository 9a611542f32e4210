"""Every grant of the module: who may do what, address by address."""

FUNCTION = "${google_service_account.function[each.value.function].member}"
EACH = "${google_service_account.function[each.key].member}"
BUILDER = "${google_service_account.builder.member}"
PUBSUB = "${local.pubsub_agent}"
ALERTS = "${google_service_account.alerts.member}"
APPENDER = "${google_project_iam_custom_role.row_appender.name}"
JOB_READER = "${google_project_iam_custom_role.job_reader.name}"
STORAGE = "serviceAccount:${data.google_storage_project_service_account.gcs.email_address}"
GRANTS = {
    "google_bigquery_table_iam_member.function_appends": (APPENDER, FUNCTION),
    "google_bigquery_table_iam_member.function_reads": ("roles/bigquery.dataViewer", FUNCTION),
    "google_bigquery_dataset_iam_member.function_locates": ("roles/bigquery.metadataViewer", EACH),
    "google_project_iam_member.function_queries": ("roles/bigquery.jobUser", EACH),
    "google_project_iam_member.function_sees_jobs": (JOB_READER, EACH),
    "google_storage_bucket_iam_member.function_state": ("roles/storage.objectUser", EACH),
    "google_storage_bucket_iam_member.function_data": ("${each.value.role}", FUNCTION),
    "google_pubsub_topic_iam_member.function_publishes": ("roles/pubsub.publisher", FUNCTION),
    "google_secret_manager_secret_iam_member.function_reads": (
        "roles/secretmanager.secretAccessor",
        EACH,
    ),
    "google_cloud_run_v2_service_iam_member.invoker": (
        "roles/run.invoker",
        "${google_service_account.invoker.member}",
    ),
    "google_cloud_run_v2_service_iam_member.operator": ("roles/run.invoker", "${each.value[1]}"),
    "google_cloudfunctions2_function_iam_member.operator": (
        "roles/cloudfunctions.viewer",
        "${each.value[1]}",
    ),
    "google_service_account_iam_member.pubsub_signs": (
        "roles/iam.serviceAccountTokenCreator",
        PUBSUB,
    ),
    "google_pubsub_topic_iam_member.pubsub_buries": ("roles/pubsub.publisher", PUBSUB),
    "google_pubsub_subscription_iam_member.pubsub_forwards": ("roles/pubsub.subscriber", PUBSUB),
    "google_pubsub_topic_iam_member.storage_notifies": ("roles/pubsub.publisher", STORAGE),
    "google_bigquery_dataset_iam_member.reader": ("roles/bigquery.dataViewer", "${each.key}"),
    "google_project_iam_member.reader_queries": ("roles/bigquery.jobUser", "${each.key}"),
    "google_bigquery_dataset_iam_member.alerts_reads": ("roles/bigquery.dataViewer", ALERTS),
    "google_project_iam_member.alerts_queries": ("roles/bigquery.jobUser", ALERTS),
    "google_storage_bucket_iam_member.builder_reads_bundle": (
        "roles/storage.objectViewer",
        BUILDER,
    ),
    "google_project_iam_member.builder_reads_sources": ("roles/storage.objectViewer", BUILDER),
    "google_artifact_registry_repository_iam_member.builder_pushes": (
        "roles/artifactregistry.writer",
        BUILDER,
    ),
    "google_project_iam_member.builder_logs": ("roles/logging.logWriter", BUILDER),
}
"""Every grant there is: role and member. A new one is a decision, made here as well."""
CUSTOM_ROLES = {
    "row_appender": [
        "bigquery.tables.get",
        "bigquery.tables.getData",
        "bigquery.tables.updateData",
    ],
    "job_reader": ["bigquery.jobs.get"],
}
