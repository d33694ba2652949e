"""Main text of a page by a classifier of its blocks: scan → features → trees → text."""
