# %% [markdown]
# # Check duplicates
#
# Clusters of duplicates: which document is kept, and what the others have differently.
# It reads the run that `EUROSIFT_RUN` names, or the demo's (`make demo`), and writes nothing.

# %%
import os
from pathlib import Path

import polars as pl

from eurosift.pipeline.api import Run

root = Path("..") if Path("../Makefile").exists() else Path()
run = Run(os.environ.get("EUROSIFT_RUN", root / "build/demo/runs/demo"))
run

# %% [markdown]
# The largest clusters, and how their members were removed.

# %%
clusters = run.clusters(n=8)
clusters

# %% [markdown]
# ## One cluster
#
# The document that is kept, then each other one as a difference of words, with the Jaccard similarity
# of their shingles. Texts are those that were compared, **before scrubbing**.

# %%
near = run.sample(n=1, rejected_by="near_duplicate")[0]
cluster = near.cluster()
cluster

# %%
cluster.frame.select("id", "is_keeper", "reasons", "jaccard")

# %% [markdown]
# ## Similarity over all near-duplicates
#
# Of the documents that were removed for being similar to another: how similar are they really?

# %%
removed = run.sample(n=20, rejected_by="near_duplicate")
found = [document.cluster().frame.filter(id=document.id) for document in removed]
pl.concat(found).select("id", "language", "jaccard").sort("jaccard", "id")
