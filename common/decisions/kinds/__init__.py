"""One module a workflow kind; each has a pure `decide(flow, name, situation)`."""
