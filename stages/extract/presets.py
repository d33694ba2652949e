"""Which columns corpora of others have for ours, so that a recipe need not list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Preset = Literal["hplt", "fineweb2"]

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "hplt": {
        "id": ("id",),
        "text": ("text",),
        "url": ("u", "url"),
        "date": ("ts",),
        "crawl": ("crawl_id", "collection"),
        "html_lang": ("htmllang", "html_lang"),
    },
    "fineweb2": {
        "id": ("id",),
        "text": ("text",),
        "url": ("url",),
        "date": ("date",),
        "crawl": ("dump",),
    },
}
"""Our column → theirs, newest release first; the first that has a value is taken.

``hplt``: HPLT 2.0 to 4.0 (hplt-project.org). ``fineweb2``: FineWeb-2, FineWeb and others that
datatrove writes (huggingface.co/datasets/HuggingFaceFW/fineweb-2). Their labels of languages are
not taken: `langid` gives its own.
"""
