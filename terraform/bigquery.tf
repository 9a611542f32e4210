resource "google_bigquery_dataset" "orchestration" {
  #checkov:skip=CKV_GCP_81:Audit rows of public sports data; Google's own encryption at rest is enough
  dataset_id  = var.dataset
  location    = var.dataset_location
  description = "What the orchestration planned, decided, did and healed; tables of config/tables."

  delete_contents_on_destroy = false

  depends_on = [time_sleep.apis]
}

resource "google_bigquery_table" "table" {
  #checkov:skip=CKV_GCP_80:Audit rows of public sports data; Google's own encryption at rest is enough
  for_each = local.tables

  dataset_id          = google_bigquery_dataset.orchestration.dataset_id
  table_id            = each.key
  description         = each.value.description
  clustering          = each.value.clustering
  schema              = jsonencode(each.value.fields)
  deletion_protection = var.deletion_protection

  # Refuses a scan of all days. Set only where every query of the seed compares the partition column itself:
  # those of other tables wrap it in DATE(…, zone), or join executions and the log by their ids alone.
  require_partition_filter = each.key == "daily_expected_schedule"

  time_partitioning {
    type          = each.value.partition.type
    field         = each.value.partition.column
    expiration_ms = try(each.value.partition_expiration_days * 86400000, null)
  }
}

# Adopt what production has (var.adopt); harmless once it is in the state.

import {
  for_each = try(var.adopt.dataset, false) ? toset([var.dataset]) : toset([])
  to       = google_bigquery_dataset.orchestration
  id       = "projects/${var.project}/datasets/${each.key}"
}

import {
  for_each = toset(try(var.adopt.tables, []))
  to       = google_bigquery_table.table[each.key]
  id       = "projects/${var.project}/datasets/${var.dataset}/tables/${each.key}"
}

import {
  for_each = try(var.adopt.data_bucket, false) ? toset([var.data_bucket]) : toset([])
  to       = google_storage_bucket.data
  id       = "${var.project}/${each.key}"
}
