"""`python -m local`: the system on one machine."""

import os
import signal
import sys

# gRPC logs the broker's orderly goodbye as if it were news.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

if __name__ == "__main__":
    try:
        from local.commands.cli import run

        run()
    except KeyboardInterrupt:  # while the imports, which take 0.3 s, are under way
        sys.exit(128 + signal.SIGINT)
