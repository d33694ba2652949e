# %% [markdown]
# # Judge thresholds
#
# Why a document was rejected, how far it is from each threshold, and what another threshold would
# keep. It reads the run that `EUROSIFT_RUN` names, or the demo's (`make demo`), and writes nothing.

# %%
import os
from pathlib import Path

from eurosift.pipeline.api import Run

root = Path("..") if Path("../Makefile").exists() else Path()
run = Run(os.environ.get("EUROSIFT_RUN", root / "build/demo/runs/demo"))
run

# %% [markdown]
# ## Why?
#
# Each rule that the document failed, with both sides of its comparison; then the rules that it passed
# by the least.

# %%
rejected = run.sample("eng_Latn", stage="quality").rejected()
why = rejected[0].why()
why

# %%
why.frame.filter("fails")

# %% [markdown]
# ## On both sides of a threshold
#
# The documents closest to it: those that the rule rejects and those that it lets pass take turns. Read
# them, and you know whether the threshold is at the right place.

# %%
run.sample("eng_Latn", 6, near="gopher_short_doc")

# %% [markdown]
# ## The distribution, and what would be kept
#
# The dashed line is the threshold. The solid one says how many documents would be kept if the
# threshold were there, given everything else up to this stage.

# %%
lengths = run.histogram("gopher_short_doc", "deu", "eng", "mlt")
lengths

# %%
lengths.kept_if(30)

# %% [markdown]
# The same for a score, or any column of numbers: of the documents that are kept now, how many have
# at least so much?

# %%
scores = run.histogram("language_score", "gle", "hrv", "mlt")
scores

# %%
scores.curve.filter(language="mlt_Latn").tail(3)

# %% [markdown]
# `eurosift whatif` tells what a change of the recipe would do to every language, before you make it.

# %%
run.report()["reasons"].head(8)
