"""Releases in the layouts of others."""
