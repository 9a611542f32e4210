"""What is remembered between two deliveries: claims, and objects that are written once."""
