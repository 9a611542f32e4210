"""An embedded Pub/Sub: the real protocol on loopback ports, driven by a virtual clock.

`servers.Servers` opens the ports of a `broker.Broker`. The broker keeps everything in memory and
promises what Pub/Sub promises: at least one delivery of every message, in no particular order.
"""
