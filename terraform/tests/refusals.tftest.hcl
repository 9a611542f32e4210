# Variables that cannot work are refused before anything is planned.
mock_provider "google" {
  source = "./tests/mocks"
}
mock_provider "time" {}

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

run "refuses_a_setting_that_nobody_reads" {
  command = plan
  variables {
    settings = { collect_sinc = "2025-10-21" }
  }
  expect_failures = [var.settings]
}

run "refuses_a_setting_that_is_no_number" {
  command = plan
  variables {
    settings = { source_tries = "three" }
  }
  expect_failures = [var.settings]
}

run "refuses_to_adopt_what_has_another_name" {
  command = plan
  variables {
    adopt = { datset = true }
  }
  expect_failures = [var.adopt]
}

run "refuses_to_adopt_a_table_that_is_none" {
  command = plan
  variables {
    adopt = { tables = ["decisions"] }
  }
  expect_failures = [var.adopt]
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

run "refuses_a_route_without_https" {
  command = plan
  variables {
    sources = { nba_cdn = { routes = ["http://mirror.example.com"] } }
  }
  expect_failures = [var.sources]
}

run "refuses_a_route_of_another_form" {
  command = plan
  variables {
    sources = { nba_cdn = { url = "https://mirror.example.com|NBA" } }
  }
  expect_failures = [var.sources]
}

run "refuses_a_proxy_of_another_form" {
  command = plan
  variables {
    sources = { nba_stats = { proxy = "proxy.example.com:3128" } }
  }
  expect_failures = [var.sources]
}

run "refuses_a_source_that_is_no_name" {
  command = plan
  variables {
    sources = { "cdn.nba.com" = {} }
  }
  expect_failures = [var.sources]
}

run "refuses_a_second_secret_for_the_odds_api" {
  command = plan
  variables {
    sources = { odds_api = { key_secret = "my-key" } }
  }
  expect_failures = [var.sources]
}

run "refuses_a_console_for_everybody" {
  command = plan
  variables {
    viewers       = ["allUsers"]
    console_group = "group:data@example.com"
  }
  expect_failures = [var.viewers, var.console_group]
}

run "refuses_a_webhook_without_https" {
  command = plan
  variables {
    webhook_form = "slack"
    webhook      = "http://hooks.example.com/x"
  }
  expect_failures = [var.webhook]
}

run "refuses_a_webhook_without_its_form" {
  command = plan
  variables {
    webhook = "https://hooks.example.com/x"
  }
  expect_failures = [var.webhook]
}

run "refuses_a_form_of_no_webhook" {
  command = plan
  variables {
    webhook_form = "discord"
    webhook      = "https://hooks.example.com/x"
  }
  expect_failures = [var.webhook_form]
}

run "refuses_a_slack_channel_without_its_token" {
  command = plan
  variables {
    slack_channel = "#nba-alerts"
  }
  expect_failures = [var.slack_token]
}

run "refuses_a_slack_channel_that_is_none" {
  command = plan
  variables {
    slack_channel = "nba alerts"
    slack_token   = "x"
  }
  expect_failures = [var.slack_channel]
}

run "refuses_a_key_without_pagerduty" {
  command = plan
  variables {
    pagerduty_key = "x"
  }
  expect_failures = [var.pagerduty_key]
}

run "refuses_a_way_out_of_another_name" {
  command = plan
  variables {
    egress = { subnet = "scraping", network = "scraping" }
  }
  expect_failures = [var.egress]
}

run "refuses_two_ways_out_at_once" {
  command = plan
  variables {
    egress = { subnetwork = "scraping", vpc_connector = "projects/p/locations/us-central1/connectors/c" }
  }
  expect_failures = [var.egress]
}

run "refuses_traffic_without_a_way_out" {
  command = plan
  variables {
    egress = { traffic = "ALL_TRAFFIC" }
  }
  expect_failures = [var.egress]
}

run "refuses_a_network_that_is_no_name" {
  command = plan
  variables {
    egress = { network = "" }
  }
  expect_failures = [var.egress]
}

run "refuses_a_connector_of_another_region" {
  command = plan
  variables {
    egress = { vpc_connector = "projects/p/locations/europe-west1/connectors/c" }
  }
  expect_failures = [var.egress]
}

run "refuses_traffic_of_another_kind" {
  command = plan
  variables {
    egress = { subnetwork = "scraping", traffic = "all-traffic" }
  }
  expect_failures = [var.egress]
}

run "refuses_a_bundle_that_was_not_built" {
  command = plan
  variables {
    bundle = "../dist/none.zip"
  }
  expect_failures = [var.bundle]
}
