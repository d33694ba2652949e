"""Declare, plan, run and watch: everything about a run that is not the work on the text itself."""
