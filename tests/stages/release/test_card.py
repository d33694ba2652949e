"""The card follows from the manifest alone, and is what the hub expects."""

from __future__ import annotations

import doctest

from eurosift.stages.release import card as module
from eurosift.stages.release.card import card


def test_figures_are_not_rounded_and_sum_up(manifest):
    text = card(manifest)
    assert "| `ekk_Latn` | Estonian | 1,200 | 12,000 | 2,400 | n/a | 13,200 |" in text
    assert "|  | **all** | 1,234 | 12,340 | 2,468 | n/a | 13,574 |" in text
    assert "| `mlt_Latn` | 6 | 34 |" in text
    assert "| `quality:too_short` | 6 |" in text


def test_the_card_says_what_scrubbing_does_not_cover(manifest):
    assert "direct structured identifiers only; names are not removed" in card(manifest)
    assert "| `email` | 3 |" in card(manifest)
    assert "Looked for: `email`, `iban`." in card(manifest)
    manifest["pii"] = None
    assert "No personal identifiers were looked for" in card(manifest)


def test_the_card_does_not_call_removed_what_was_only_marked(manifest):
    manifest["pii"]["modes"] = ["spans"]
    assert "was **not** removed" in card(manifest)
    assert "The scrubbing covers" not in card(manifest)
    assert "rejected documents was **not** scrubbed" not in card(manifest)
    manifest["rejected_text"] = True
    assert "rejected documents was **not** scrubbed" in card(manifest)
    manifest["pii"]["modes"] = ["spans", "tag"]
    assert "In some languages" in card(manifest)


def test_the_card_names_the_tokenizer_or_says_that_there_was_none(manifest):
    assert "Tokens were not counted" in card(manifest)
    manifest["tokenizers"] = ["sha256:abcd"]
    assert "with this tokenizer: `sha256:abcd`" in card(manifest)


def test_the_card_names_tokenizers_that_have_columns_of_their_own(manifest):
    manifest["further_tokenizers"] = {"own": ["sha256:abcd", "sha256:ef01"]}
    text = card(manifest)
    assert "`n_tokens_own`: `sha256:abcd`, `sha256:ef01`" in text
    assert "Tokens were not counted" not in text


def test_text_from_outside_cannot_leave_its_table_cell(manifest):
    manifest["rejected"]["mlt_Latn"]["reasons"] = {"x:a`|\n<script>": 1}
    lines = [line for line in card(manifest).splitlines() if "script" in line]
    assert lines == ["| `x:a'/ &lt;script>` | 1 |"]


def test_examples_hold():
    assert doctest.testmod(module).failed == 0


def test_the_card_counts_the_evidence_of_rights_and_calls_it_no_verdict(manifest):
    manifest["languages"]["mlt_Latn"]["rights"] = {"cc-by": 2, "noai": 1}
    manifest["languages"]["ekk_Latn"]["rights"] = {"noai": 4}
    text = card(manifest)
    assert "| `noai` | robots directive `noai` | 5 |" in text
    assert "| `cc-by` | link to Creative Commons BY | 2 |" in text
    assert "It is evidence, not a verdict" in text
    assert "It was looked for in 1,234 documents." in text
    for figures in manifest["languages"].values():
        figures["rights_known"] = 0
    assert "reservations of rights was not looked at" in card(manifest)


def test_what_was_only_counted_has_a_table_of_its_own(manifest):
    manifest["languages"]["mlt_Latn"]["pii_counted"] = {"company": 7}
    assert "| counted only | found |\n| --- | ---: |\n| `company` | 7 |" in card(manifest)


def test_what_the_recipe_says_of_the_data_set_is_text_and_no_markup(manifest):
    manifest["title"] = "# Big\n<script>alert(1)</script>"
    manifest["description"] = "One *line*.\n\n![x](javascript:alert)\u202e|"
    manifest["contact"] = "https://example.org/remove"
    lines = card(manifest).split("---\n", 2)[2].splitlines()
    assert lines[1] == r"# \# Big &lt;script>alert(1)&lt;/script>"
    assert r"One \*line\*." in lines
    assert r"!\[x\](javascript:alert) \|" in lines
    assert "- Contact, also for requests to remove something: https://example.org/remove" in lines


def test_splits_and_days_of_capture_are_told(manifest):
    manifest["splits"] = {"test": 0.1}
    manifest["languages"]["mlt_Latn"] |= {
        "splits": {"test": 4, "train": 30},
        "dates": ["2026-01-02", "2026-03-04"],
    }
    text = card(manifest)
    assert "| `mlt_Latn` | 30 | 4 |" in text
    assert "| `ekk_Latn` | 1,200 | 0 |" in text
    assert "captured from 2026-01-02 to 2026-03-04" in text
