# %% [markdown]
# # Check languages
#
# The language that was identified against what pages and domains say of it. It reads the run that `EUROSIFT_RUN` names, or the demo's (`make demo`), and writes nothing.

# %%
import os
from pathlib import Path

import polars as pl

from eurosift.pipeline.api import Run

root = Path("..") if Path("../Makefile").exists() else Path()
run = Run(os.environ.get("EUROSIFT_RUN", root / "build/demo/runs/demo"))
run

# %% [markdown]
# Rows are identified languages, columns what pages declare (`<html lang>`); the darker, the larger
# the share of its row.

# %%
declared = run.confusion("html-lang")
declared

# %%
declared.pairs().filter(pl.col("language") != pl.col("value")).head(5)

# %% [markdown]
# Domains of countries are weaker evidence, and generic ones say nothing.

# %%
run.confusion("tld")

# %% [markdown]
# ## Who was nearly another language?
#
# Documents closest to the threshold of their language, and those that are in no language of the
# recipe.

# %%
run.sample(n=4, near="unsure")

# %%
run.sample(n=4, rejected_by="langid:other")

# %% [markdown]
# How sure is the model, language by language?

# %%
run.histogram("unsure", "hrv", "slv", "ces", "slk")
