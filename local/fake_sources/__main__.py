"""`python -m local.fake_sources --clock FILE --slate FILE [--port N] [--refuse PART]...`."""

import argparse
import json
import sys
from pathlib import Path

from common.clock import FileClock
from common.errors import BadInputError
from local.fake_sources.server import SourceServer
from local.fake_sources.slate import load


def main() -> int:
    """Serve until stopped; the first line on standard output is `{"port": N}`."""
    parser = argparse.ArgumentParser(prog="python -m local.fake_sources", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--clock", type=Path, required=True, help="file of the virtual clock")
    parser.add_argument("--slate", type=Path, required=True, help="slate or scheduleLeagueV2")
    parser.add_argument("--refuse", action="append", default=[], help="part of a path")
    given = parser.parse_args()
    try:
        slate, clock = load(given.slate), FileClock(given.clock)
        server = SourceServer(slate, clock, given.port, refuse=given.refuse)
    except (BadInputError, OSError) as error:
        print(f"local.fake_sources: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"port": server.server_port}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
