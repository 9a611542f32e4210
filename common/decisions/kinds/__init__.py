"""One module per workflow kind, each with a pure `decide(flow, name, situation)`."""
