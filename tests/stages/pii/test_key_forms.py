from __future__ import annotations

from eurosift.stages.pii.key_forms import KEY, PREFIX_WORDS, prefix_of


def test_the_longest_prefix_counts():
    assert prefix_of("xoxe.xoxp-1-abc") == "xoxe.xoxp-"
    assert prefix_of("github_pat_x") == "github_pat_"
    assert prefix_of("anna") == ""


def test_a_key_stands_alone():
    key = "ghp_" + "aB" * 18
    assert KEY.match(key)
    assert KEY.match(f"-{key}", 1) is None
    assert KEY.match(f"{key}_") is None


def test_prefixes_of_several_words_are_noticed_by_their_first():
    assert {"ghp", "glpat", "sk", "hf"} <= set(PREFIX_WORDS)
    assert "SG." not in PREFIX_WORDS
