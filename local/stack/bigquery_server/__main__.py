"""Starts bqemulator with the changes in place: each before what it changes is loaded."""

import os
from pathlib import Path

from bqemulator.cli import main
from bqemulator.sql.rules import register

from common.clock import FileClock
from common.settings import variable
from local.stack.bigquery_server.answers import answer_as_bigquery, refuse_cloud_storage
from local.stack.bigquery_server.joins import InUnnestOfOuterJoin
from local.stack.bigquery_server.lean import be_lean
from local.stack.bigquery_server.present import follow

if __name__ == "__main__":
    register(InUnnestOfOuterJoin)
    be_lean()
    if file := os.environ.get(variable("clock_file")):
        follow(FileClock(Path(file)))
    answer_as_bigquery()
    refuse_cloud_storage()
    main()
