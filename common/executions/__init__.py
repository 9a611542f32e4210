"""The fan-out and fan-in of one RUN decision: steps of tasks, results, the finished row."""
