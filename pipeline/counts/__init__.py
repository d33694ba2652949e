"""How much text there is: sizes and tokens per language, of runs, releases and data of others."""
