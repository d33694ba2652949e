"""Exact and near-duplicate detection: shingle → sign → match → cluster, in that order."""
