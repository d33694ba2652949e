"""Texts of a run."""

import pyarrow as pa

from eurosift.pipeline.counts.opening import open_source
from eurosift.pipeline.counts.run_source import RunSource, labels_of


def test_a_run_gives_what_is_kept_with_its_text_as_it_is_now(finished, rows):
    source = open_source(finished.run_folder)
    assert isinstance(source, RunSource)
    assert rows(source) == rows(open_source(finished.recipe))
    assert sorted(rows(source)) == [
        ("ekk_Latn", "ekk_Latn a ****** is a ****** for ever"),
        ("mlt_Latn", "mlt_Latn another text that is long enough"),
        ("mlt_Latn", "mlt_Latn one two three four"),
        ("swe_Latn", "swe_Latn the last of the texts, and not the shortest"),
    ]


def test_a_language_of_a_run_that_is_none_leads_nowhere():
    batch = pa.record_batch(
        {
            "language": ["mlt_Latn", "../../etc", "mlt_Latn", None],
            "language_bucket": ["near", "main", "main", None],
        }
    )
    assert labels_of(batch).to_pylist() == ["mlt_Latn_near", "und", "mlt_Latn", "und"]
