"""The three ports in memory, and the proxy that injects faults into them."""
