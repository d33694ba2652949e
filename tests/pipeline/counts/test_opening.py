"""Whatever there is to count."""

import json

from eurosift.pipeline.counts.opening import open_source


def test_a_release_counts_what_was_kept(tmp_path, write_parquet, rows):
    columns = {"text": ["a"], "language": ["mlt_Latn"]}
    write_parquet(tmp_path / "data/mlt_Latn_near/train-0.parquet", columns)
    write_parquet(tmp_path / "rejected/mlt_Latn/rejected-0.parquet", columns)
    (tmp_path / "manifest.json").write_text(json.dumps({"languages": {}}))
    assert rows(open_source(tmp_path)) == [("mlt_Latn_near", "a")]
    (tmp_path / "manifest.json").write_text("[]")
    assert len(rows(open_source(tmp_path))) == 2
