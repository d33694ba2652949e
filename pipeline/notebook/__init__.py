"""What notebooks show of a run: objects that are HTML there, plain text in a terminal, and frames."""
