"""What the YAML files may say, and why a file that fits its form still cannot work."""
