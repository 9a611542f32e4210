# The views of config/views, with the deployment's own names and workflow file; local/stack/views.py gives the
# local stack the same ones.
locals {
  workflows = yamldecode(file("${local.root}/${var.workflows_file}")).workflows

  # Each scraper whose step has a `fresh_by`, with itself and with those that stand in for it:
  # (scraper, who brings it, what the time is counted from, minutes).
  expected = distinct(flatten([
    for flow in values(local.workflows) : [
      for step in flow.steps : [
        for scraper in step.scrapers : [
          for other in concat([scraper], flatten([for each in flow.steps : try(each.alternatives[scraper], [])])) :
          format("('%s', '%s', '%s', %d)", scraper, other, split(" ", step.fresh_by)[0], (
            parseint(split(" ", step.fresh_by)[2], 10)
            * (endswith(step.fresh_by, " h") ? 60 : 1)
            * (startswith(step.fresh_by, "tip-off") ? -1 : 1)
          ))
        ]
      ] if try(step.fresh_by, null) != null
    ] if try(flow.enabled, true)
  ]))

  views = {
    for name in fileset("${local.root}/config/views", "*.sql") :
    trimsuffix(name, ".sql") => replace(
      replace(
        file("${local.root}/config/views/${name}"),
        "nba-props-platform.nba_orchestration",
        "${var.project}.${var.dataset}",
      ),
      "OUR_EXPECTED",
      join(",\n    ", local.expected),
    )
  }
}

# A view that reads another one is made after it.
locals {
  nested = toset([
    for name, text in local.views : name
    if anytrue([for other in keys(local.views) : strcontains(text, ".${other}`")])
  ])
}

resource "google_bigquery_table" "view" {
  #checkov:skip=CKV_GCP_80:Derived from audit rows of public sports data; Google's own encryption at rest is enough
  #checkov:skip=CKV_GCP_121:A view holds no data, and is made anew from its text
  for_each = { for name, text in local.views : name => text if !contains(local.nested, name) }

  dataset_id          = google_bigquery_dataset.orchestration.dataset_id
  table_id            = each.key
  description         = "Derived from the five tables; docs/views.md of the repository describes it."
  deletion_protection = false

  view {
    query          = each.value
    use_legacy_sql = false
  }

  # BigQuery checks the query when the view is made.
  depends_on = [google_bigquery_table.table]
}

resource "google_bigquery_table" "nested" {
  #checkov:skip=CKV_GCP_80:Derived from audit rows of public sports data; Google's own encryption at rest is enough
  #checkov:skip=CKV_GCP_121:A view holds no data, and is made anew from its text
  for_each = local.nested

  dataset_id          = google_bigquery_dataset.orchestration.dataset_id
  table_id            = each.key
  description         = "Derived from the five tables; docs/views.md of the repository describes it."
  deletion_protection = false

  view {
    query          = local.views[each.key]
    use_legacy_sql = false
  }

  depends_on = [google_bigquery_table.view]
}
