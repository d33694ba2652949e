from __future__ import annotations

import builtins
import hashlib
from importlib.resources import files

import numpy as np
import pytest

from eurosift.stages.errors import AssetError, InputError
from eurosift.stages.extract.blocks.classifier import shipped
from eurosift.stages.extract.blocks.features import NAMES
from eurosift.stages.extract.blocks.train import N_FOLDS, example, fit, fold_of, registrable_domain
from eurosift.stages.extract.gold import read_gold

SENTENCE = "the council voted to repair the bridge number {} over the river of that town."


def page(number):
    gold = "\n".join(SENTENCE.format(f"{number} {k}") for k in range(6))
    paragraphs = "".join(f"<p>{line}</p>" for line in gold.split("\n"))
    menu = "".join(f'<li><a href="/{k}">go to {k}</a></li>' for k in range(8))
    html = f"<ul>{menu}</ul><article>{paragraphs}</article>"
    return example(html, gold, f"https://www.site{number}.example/x")


def test_targets_are_shares_of_the_gold():
    found = page(1)
    assert found.targets.tolist() == [0] * 8 + [1] * 6
    assert found.domain == "site1.example"
    assert (found.weights > 0).all()


@pytest.mark.filterwarnings("ignore")  # of scikit-learn's own making
def test_trees_say_what_scikit_learn_says_and_are_the_same_each_time(monkeypatch):
    from sklearn.ensemble import HistGradientBoostingRegressor

    made = []
    plain = HistGradientBoostingRegressor.fit

    def remember(self, *data, **weights):
        made.append(self)
        return plain(self, *data, **weights)

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", remember)
    examples = [page(number) for number in range(12)]
    trees = fit(examples)
    rows = examples[0].rows
    assert np.allclose(trees.values_of(rows), made[0].predict(rows), rtol=0, atol=1e-9)
    assert np.ptp(trees.values_of(rows)) > 0.5
    assert all(np.array_equal(a, b) for a, b in zip(trees, fit(examples), strict=True))


@pytest.mark.filterwarnings("ignore")  # of scikit-learn's own making
def test_blocks_are_learned_without_hints_too_and_no_domain_outweighs_the_rest(monkeypatch):
    from sklearn.ensemble import HistGradientBoostingRegressor

    seen = []
    plain = HistGradientBoostingRegressor.fit

    def remember(self, rows, targets, sample_weight):
        seen.append((rows, targets, sample_weight))
        return plain(self, rows, targets, sample_weight=sample_weight)

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", remember)
    one = page(1)
    one.rows[:, NAMES.index("hint_0")] = 1
    fit([one] * 100 + [page(2)])
    rows, targets, weights = seen[0]
    half = len(rows) // 2
    n = len(one.rows)
    hinted = rows[:, NAMES.index("hint_0")]
    assert (hinted[:n].all(), hinted[half:].any()) == (True, False)
    assert np.array_equal(targets[:half], targets[half:])
    assert np.allclose(weights[half:], weights[:half] / 2)
    assert np.allclose(weights[:n], one.weights / 2)  # fifty of the hundred pages
    assert np.allclose(weights[half - n : half], one.weights)


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(InputError, match="no page with text"):
        fit([example("", "gold", "http://x.example")])


def test_training_says_what_it_needs(monkeypatch):
    plain = builtins.__import__

    def without(name, *others):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return plain(name, *others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(AssetError, match="pip install scikit-learn"):
        fit([page(1)])


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/1", "bbc.co.uk"),
        ("http://a.b.europa.eu:80/", "europa.eu"),
        ("https://co.uk/", "co.uk"),
        ("no url", ""),
    ],
)
def test_a_domain_is_what_somebody_registers(url, domain):
    assert registrable_domain(url) == domain


def test_a_domain_is_in_one_fold():
    folds = [fold_of(f"site{k}.example") for k in range(200)]
    assert set(folds) == set(range(N_FOLDS))
    assert folds == [fold_of(f"site{k}.example") for k in range(200)]


@pytest.mark.slow
def test_the_shipped_trees_are_what_training_gives(web):
    """But for the last digits, which depend on the processor."""
    pages = [p for p in read_gold(web, web / "gold.jsonl") if p.is_clean and p.is_natural]
    made = fit(example(page.html, page.gold, page.row["url"]) for page in pages)
    for name, ours, theirs in zip(made._fields, made, shipped(), strict=True):
        assert np.allclose(ours, theirs, rtol=1e-9), name


def test_the_card_is_of_the_shipped_trees():
    data = files("eurosift.stages.extract").joinpath("data")
    digest = hashlib.sha256(data.joinpath("blocks.npz").read_bytes()).hexdigest()
    assert digest in data.joinpath("MODEL_CARD.md").read_text(encoding="utf-8")
