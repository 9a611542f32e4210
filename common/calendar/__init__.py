"""The games of a season, the schedule that lists them, and the scheduled slots of a day."""
