mock_provider "google" {}
variables { bundle = "tests/bundle.zip" }
run "d" { command = plan }
