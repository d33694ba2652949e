"""``eurosift quality medians`` writes what the stage scores by."""

import math

import pytest

from eurosift.filters.score import SCORED, load_medians


def medians(eurosift, judged, *options):
    out = judged.folder / "medians.yaml"
    return eurosift("quality", "medians", judged.recipe, "--out", out, *options), out


def test_medians_are_of_what_is_kept_and_the_stage_scores_by_them(judged, eurosift):
    done, out = medians(eurosift, judged, "--min-documents", 50)
    assert done.code == 0, done.err
    found = load_medians(out)
    assert set(found.languages) == {"eng_Latn", "mlt_Latn"}
    assert set(found.signals) <= set(SCORED)
    # Of 60 Maltese texts of 2 to 61 words, those of 11 and more are kept.
    usual = math.expm1(found.languages["mlt_Latn"]["word_count"].median)
    assert usual == pytest.approx(36, abs=0.1)
    judged.write(
        {
            "label": None,
            "signals": {"needs": "label"},
            "quality": {"needs": "signals", "rules": "words.yaml", "medians": out.name},
        }
    )
    judged.perform()
    scores = judged.table("quality").column("quality_score").to_pylist()
    assert 0 < scores[0] < scores[20] < scores[35] <= 1
    assert scores[-1] is None


def test_all_active_rows_can_be_measured(judged, eurosift):
    _, out = medians(eurosift, judged, "--min-documents", 50, "--rows", "active")
    usual = math.expm1(load_medians(out).languages["mlt_Latn"]["word_count"].median)
    assert usual == pytest.approx(31.5, abs=0.1)


def test_too_few_documents_are_told(judged, eurosift):
    done, out = medians(eurosift, judged)
    assert done.code == 2
    assert "no language has 1,000 documents; the most are 80" in done.err
    assert not out.exists()
    done, _ = medians(eurosift, judged, "--min-documents", 60)
    assert "too few documents: mlt_Latn" in done.err
