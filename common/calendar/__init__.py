"""What is played when: games, the season that lists them, and the scheduled slots of a day."""
