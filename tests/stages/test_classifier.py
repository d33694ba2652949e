"""The classifier stage gives the probability of one label of a fastText model."""

import pyarrow as pa
import pytest

from eurosift.langid.classifier import Classifier
from eurosift.stages.classifier import ClassifierConfig, TextClassifier
from eurosift.stages.errors import AssetError

TEXTS = pa.array(["Das ist ein guter Satz.\nUnd noch einer.", "This is English.", "", None])


def stage(model, name="edu", **config):
    made = TextClassifier(ClassifierConfig(model=model, **config), name=name)
    made.open()
    return made


def test_the_score_is_the_probability_of_the_label_whatever_its_rank(lid176):
    out = stage(lid176, label="de").process(pa.record_batch({"text": TEXTS}))
    assert out.schema.names == ["edu_score"]
    scores = out.column(0).to_pylist()
    model = Classifier(lid176)
    lines = pa.array([text and text.replace("\n", " ") for text in TEXTS.to_pylist()])
    labels, given = model.classify(lines, len(model.labels))
    german = model.labels.index("__label__de")
    for row in (0, 1):
        expected = given[row][labels[row].tolist().index(german)]
        assert scores[row] == pytest.approx(expected, abs=2e-4)
    assert scores[0] > 0.9
    assert scores[1] < 0.1
    assert scores[3] is None


def test_all_lines_are_read(lid176):
    score = stage(lid176, label="de").process(
        pa.record_batch({"text": pa.array(["x\n" + "Das ist ein guter deutscher Satz. " * 3])})
    )
    assert score.column(0)[0].as_py() > 0.9


def test_a_label_that_the_model_does_not_have_is_told(lid176):
    with pytest.raises(AssetError, match=r"stage edu: .*has no label 'hq'; it has '"):
        stage(lid176)


def test_a_file_that_is_no_model_is_told(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"no model")
    with pytest.raises(AssetError, match=r"stage edu: .*not a fastText model"):
        stage(tmp_path / "x.bin")
