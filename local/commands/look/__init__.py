"""Commands that look at a deployment, the kept stack or a project."""
