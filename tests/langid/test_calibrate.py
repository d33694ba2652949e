"""Thresholds from held-out lines."""

import polars as pl

from eurosift.langid.calibrate import HIGHEST, LOWEST, thresholds
from eurosift.langid.languages import EU24
from eurosift.langid.model import Prediction


class Answers:
    """A model whose score is the number at the end of the text."""

    def predict_all(self, texts, k):
        ends = [text.split()[-2:] for text in texts]
        return [[Prediction(language, float(score))] for language, score in ends]


def held_out(language, *answers):
    rows = [(language, f"{'word ' * 10}{best} {score}") for best, score in answers]
    return pl.DataFrame(rows, schema=["language", "text"], orient="row")


def test_thresholds_follow_the_scores_of_right_labels_within_bounds():
    frame = pl.concat(
        [
            held_out("fra_Latn", ("fra_Latn", 0.65), ("fra_Latn", 0.65), ("spa_Latn", 0.1)),
            held_out("hrv_Latn", ("hrv_Latn", 0.2), ("hrv_Latn", 0.9)),
            held_out("ell_Grek", ("ell_Grek", 0.99)),
        ]
    )
    table = thresholds(frame, Answers(), "name")
    assert table.model == "name"
    assert table.of("fra_Latn") == 0.65
    assert table.of("hrv_Latn") == LOWEST
    assert table.of("ell_Grek") == HIGHEST
    assert set(table.languages) == set(EU24)
    assert table.of("mlt_Latn") == LOWEST, "no held-out line"
