"""What notebooks show of a run: objects that are HTML there, text in a terminal, and frames."""
