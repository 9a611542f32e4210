"""`python -m local`: the system on one machine."""

import os

# gRPC logs the broker's orderly goodbye as if it were news.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

from local.commands.cli import run

if __name__ == "__main__":
    run()
