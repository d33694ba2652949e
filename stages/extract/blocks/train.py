"""Train the trees of the classifier of blocks: the parts of ``eurosift extract train``.

What a block is worth is the share of its words that stand in the gold text beside the same word as
on the page. The same pages, gold and versions of the libraries give the same trees.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from resiliparse.parse.html import HTMLTree

from eurosift.filters.arrays import Float32s, Float64s
from eurosift.stages.errors import AssetError, InputError
from eurosift.stages.extract.blocks.features import NAMES, features
from eurosift.stages.extract.blocks.scan import WORDS, Blocks, scan
from eurosift.stages.extract.blocks.trees import Trees
from eurosift.stages.extract.blocks.votes import taken

PARAMETERS = {
    "max_iter": 160,
    "learning_rate": 0.08,
    "max_leaf_nodes": 24,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
    "max_features": 0.4,
    "early_stopping": False,
    "random_state": 0,
}
"""Of scikit-learn's ``HistGradientBoostingRegressor``."""
N_FOLDS = 8
_LONG = 200
"""Words from which on a longer block weighs no more."""
_PER_DOMAIN = 50
"""Pages of one domain that weigh as much as all of its pages, where there are more."""
_UNHINTED = 0.5
"""Weight of the second copy of each block, whose hints are blank."""
_HINTS = [
    i
    for i, name in enumerate(NAMES)
    if name.startswith("hint_") or name in ("near_for", "near_against", "page_hint")
]
_SECOND_LEVEL = re.compile(r"(?:com?|org|net|gov|edu|ac|gob|gouv|gub|or|govt)\Z")


class Example(NamedTuple):
    """A page to learn from."""

    blocks: Blocks
    rows: Float32s
    targets: Float64s
    weights: Float64s
    domain: str


def example(html: str, gold: str, url: str) -> Example:
    """Describe a page and compare its blocks with the gold text."""
    blocks = scan(str(HTMLTree.parse(html)))
    words = blocks.table[:, WORDS]
    weights = np.sqrt(np.minimum(words, _LONG).astype(np.float64))
    return Example(blocks, features(blocks), taken(blocks, gold), weights, registrable_domain(url))


def registrable_domain(url: str) -> str:
    """The part of a host that somebody registers, by rule of thumb.

    Examples
    --------
    >>> registrable_domain("https://news.bbc.co.uk/1"), registrable_domain("http://a.b.europa.eu")
    ('bbc.co.uk', 'europa.eu')
    """
    labels = (urlsplit(url).hostname or "").split(".")
    second = len(labels) > 2 and _SECOND_LEVEL.match(labels[-2]) is not None
    return ".".join(labels[-3 if second else -2 :])


def fold_of(domain: str) -> int:
    """Number of the fold that a domain is in."""
    return int.from_bytes(hashlib.sha256(domain.encode()).digest()[:8], "big") % N_FOLDS


def fit(examples: Iterable[Example]) -> Trees:
    """Fit trees.

    Each block is learned from twice, the second time without hints: names of classes are telling on
    sites that are known, and less so on others. No domain outweighs the rest.

    Raises
    ------
    AssetError
        If scikit-learn is not installed.
    InputError
        If there is nothing to learn from.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415
        from threadpoolctl import threadpool_limits  # noqa: PLC0415
    except ImportError as error:
        raise AssetError(
            f"training needs scikit-learn, which is not installed here ({error}); "
            "`pip install scikit-learn`"
        ) from error
    chosen = [e for e in examples if len(e.rows)]
    if not chosen:
        raise InputError("no page with text and gold is left to learn from")
    pages = Counter(e.domain for e in chosen)
    rows = np.concatenate([e.rows for e in chosen])
    blank = rows.copy()
    blank[:, _HINTS] = 0
    targets = np.concatenate([e.targets for e in chosen])
    weights = np.concatenate([e.weights * min(1, _PER_DOMAIN / pages[e.domain]) for e in chosen])
    model = HistGradientBoostingRegressor(**PARAMETERS)
    with threadpool_limits(1, user_api="openmp"):  # threads wait for one another on busy machines
        model.fit(
            np.concatenate([rows, blank]),
            np.concatenate([targets, targets]),
            sample_weight=np.concatenate([weights, _UNHINTED * weights]),
        )
    nodes = [predictor.nodes for (predictor,) in model._predictors]  # noqa: SLF001 - no public way
    return to_arrays(nodes, float(np.ravel(model._baseline_prediction)[0]))  # noqa: SLF001


def to_arrays(trees: Sequence[npt.NDArray[np.void]], base: float) -> Trees:
    """Lay scikit-learn's trees one after the other, children side by side.

    Parameters
    ----------
    trees
        Structured arrays with fields feature_idx, num_threshold, left, right, is_leaf, value.
    base
        The value before any tree.
    """
    orders: list[npt.NDArray[np.void]] = []
    lefts: list[int] = []
    n = 0
    for nodes in trees:
        order = [0]
        for number in order:  # which grows: level by level
            if nodes[number]["is_leaf"]:
                lefts.append(len(lefts))
            else:
                lefts.append(n + len(order))
                order += [nodes[number]["left"], nodes[number]["right"]]
        orders.append(nodes[order])
        n += len(order)
    every = np.concatenate(orders)
    roots = np.cumsum([0, *map(len, orders)])[:-1]
    leaf = every["is_leaf"].astype(bool)
    return Trees(
        roots.astype(np.uint32),
        np.where(leaf, 0, every["feature_idx"]).astype(np.uint32),
        np.where(leaf, np.inf, _rounded_down(every["num_threshold"])).astype(np.float32),
        np.array(lefts, np.uint32),
        np.where(leaf, every["value"], 0).astype(np.float64),
        np.array([base]),
    )


def _rounded_down(thresholds: Float64s) -> Float32s:
    """The largest float32 up to each: for values that are float32 too, it parts the same."""
    rounded = thresholds.astype(np.float32)
    lower = np.nextafter(rounded, np.float32(-np.inf))
    return np.where(rounded > thresholds, lower, rounded)
