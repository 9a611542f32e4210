"""The pages of the console, and the one of a day that is a file of its own."""
