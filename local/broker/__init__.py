"""An embedded Pub/Sub: the real protocol on a loopback port, driven by a virtual clock.

`Broker` is what a stack starts. It keeps everything in memory and promises what Pub/Sub promises:
at least one delivery of every message, in no particular order.
"""

from local.broker.broker import Broker
from local.broker.delivery_faults import Faults
from local.broker.stats import BrokerStats, Counts, DeliveryFailure, Disturbed

__all__ = ["Broker", "BrokerStats", "Counts", "DeliveryFailure", "Disturbed", "Faults"]
