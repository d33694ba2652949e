# %% [markdown]
# # Look at documents
#
# Samples by language, verdict and reason; texts before and after they were scrubbed.
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
# A sample is the same each time, and a larger one begins with the smaller. Identifiers that were
# replaced are marked; hover over a mark to see its type.

# %%
run.sample("mlt_Latn", 3)

# %% [markdown]
# ## By verdict and reason
#
# What was rejected, in any language; then for one reason, as `report` and `reasons` name it.

# %%
run.sample(n=3).rejected()

# %%
short = run.sample("eng_Latn", 20, rejected_by="gopher_short_doc")
short

# %% [markdown]
# Nothing is read before it is looked at. `frame` has the documents as a Polars frame, `select` any
# columns of them, and `rows` everything that could have been drawn, as a lazy frame.

# %%
short.select("id", "word_count", "reasons")

# %%
run.sample().rejected().rows.group_by("language").len().sort("len", "language").tail(5).collect()

# %% [markdown]
# ## Before and after scrubbing
#
# Identifiers are stored nowhere: they are found again in the text as it was, by the policy of the
# recipe. So **this output may hold personal data**; clear it before you hand a notebook on.

# %%
scrubbed = run.rows().filter(pl.col("pii").list.len() > 2).select("id").head(1).collect()
document = run.document(scrubbed["id"][0])
document

# %%
document.scrubbing()

# %%
document.scrubbing().frame.group_by("side", "detector").len().sort("side", "detector")
