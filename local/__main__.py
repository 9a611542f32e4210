"""`python -m local`: the system on one machine."""

from local.cli import main

if __name__ == "__main__":
    main()
