"""Language identification: the language table, the model, and how it decides."""
