"""`python -m local`: the system on one machine."""

from local.cli import run

if __name__ == "__main__":
    run()
