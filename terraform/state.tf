# Who may touch which objects of the state bucket. tests/terraform/test_state_grants.py runs the code, records
# every call by the name of its object and compares, both ways: nothing missing, nothing more.
#
# Every function that a topic calls has claims/<function>/, which it overwrites, and alerts/<function>/, where it
# creates; below is what each uses beside these. A prefix is a folder, or the whole name of one object (docs/messages.md).
#   overwrites   creates, replaces and reads
#   creates      creates and reads, and never replaces or deletes
#   reads        reads and lists
locals {
  state = {
    schedule_locker = {
      overwrites = []
      creates    = []
      reads      = []
    }
    master_controller = {
      overwrites = ["decided/"]
      creates    = []
      reads      = ["pauses.json"]
    }
    cleanup_processor = {
      # It ends what others have left behind, under their claims, so that they cannot go on with it.
      overwrites = ["claims/execution_tracker/", "claims/scraper_runner/", "claims/workflow_executor/", "cleanup/cursor.json", "incidents/"]
      creates    = ["cleanup/", "executions/", "tasks/"]
      reads      = ["decided/"]
    }
    workflow_executor = {
      overwrites = []
      creates    = ["executions/"]
      reads      = []
    }
    scraper_runner = {
      overwrites = ["quota/"]
      creates    = ["pacing/", "sources/", "tasks/"]
      reads      = []
    }
    scraper_logger = {
      overwrites = []
      creates    = ["tasks/"]
      reads      = []
    }
    execution_tracker = {
      overwrites = ["switches/"]
      creates    = ["executions/", "tasks/"]
      reads      = []
    }
    console = {
      overwrites = []
      creates    = []
      reads = [
        "alerts/cleanup_processor/", "alerts/execution_tracker/", "alerts/master_controller/", "alerts/schedule_locker/", "alerts/scraper_logger/", "alerts/scraper_runner/", "alerts/workflow_executor/",
        "executions/", "pauses.json", "quota/", "sources/", "switches/",
      ]
    }
  }

  state_roles = {
    overwrites = "roles/storage.objectUser"
    creates    = "roles/storage.objectCreator"
    reads      = "roles/storage.objectViewer"
  }
  own = {
    for function in keys(local.state) : function => {
      claims = contains(local.subscribed, function) ? ["claims/${function}/"] : []
      alerts = contains(local.subscribed, function) ? ["alerts/${function}/"] : []
    }
  }
  state_prefixes = {
    for function, uses in local.state : function => {
      overwrites = concat(local.own[function].claims, uses.overwrites)
      creates    = concat(local.own[function].alerts, uses.creates)
      # What it writes it looks at as well: a missing object is told from a forbidden one by a listing.
      reads = concat(local.own[function].claims, local.own[function].alerts, uses.overwrites, uses.creates, uses.reads)
    }
  }
  # A listing is checked against the bucket, not against an object; its prefix is an attribute of the call.
  # https://cloud.google.com/iam/docs/conditions-attribute-reference
  state_tests = {
    for function, uses in local.state_prefixes : function => {
      for use, prefixes in uses : use => [
        for prefix in prefixes : join(" || ", concat(
          ["resource.name.startsWith(\"projects/_/buckets/${var.state_bucket}/objects/${prefix}\")"],
          use == "reads" ? ["api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"${prefix}\")"] : [],
        ))
      ]
    }
  }
  # A condition has at most 12 operators: six prefixes, of which each is tested twice, have 11.
  state_grants = merge(flatten([
    for function, uses in local.state_tests : [
      for use, tests in uses : {
        for number, some in chunklist(tests, 6) : "${function}/${use}/${number + 1}" => {
          function   = function
          use        = use
          expression = join(" || ", some)
        }
      }
    ]
  ])...)
}

# Conditions need uniform bucket-level access, which the bucket has.
resource "google_storage_bucket_iam_member" "function_state" {
  for_each = local.state_grants

  bucket = google_storage_bucket.state.name
  role   = local.state_roles[each.value.use]
  member = google_service_account.function[each.value.function].member

  condition {
    title      = replace(each.key, "/", "-")
    expression = each.value.expression
  }
}
