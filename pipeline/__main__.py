"""``python -m eurosift.pipeline``: the command line."""

from eurosift.pipeline.cli import main

main()
