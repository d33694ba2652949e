"""What can be counted, and how it is read."""

import json

import pytest

from eurosift.pipeline.counts.sources import Findings, RunSource, TableSource, Unit, open_source
from eurosift.pipeline.errors import InvariantError
from eurosift.stages.errors import InputError


def rows(source, findings=None):
    seen = findings or Findings()
    return [
        pair
        for unit in source.units
        for labels, texts in source.read(unit, seen)
        for pair in zip(labels.to_pylist(), texts.to_pylist(), strict=True)
    ]


def test_fineweb2_has_three_letters_and_a_script(tmp_path, write_parquet):
    write_parquet(
        tmp_path / "data/srp/0.parquet",
        {"text": ["a", "b"], "language": ["srp", "est"], "language_script": ["Cyrl", "Latn"]},
    )
    assert rows(TableSource(tmp_path)) == [("srp_Cyrl", "a"), ("ekk_Latn", "b")]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_hplt_has_lists_of_languages(tmp_path, write_jsonl, suffix):
    write_jsonl(
        tmp_path / f"1.{suffix}",
        [
            {"text": "a", "lang": ["mlt_Latn", "ita_Latn"], "prob": [0.9, 0.1]},
            {"text": "b", "lang": []},
        ],
    )
    write_jsonl(
        tmp_path / f"clean/lav_Latn/10_1.{suffix}",
        [{"text": "c", "openlid_v3": {"lang": ["lvs_Latn"], "prob": [1.0]}}, {"text": "d"}],
    )
    assert rows(TableSource(tmp_path)) == [
        ("mlt_Latn", "a"),
        ("und", "b"),
        ("lvs_Latn", "c"),
        ("lvs_Latn", "d"),
    ]


def test_a_parquet_file_is_read_by_row_groups_and_hidden_files_not_at_all(tmp_path, write_parquet):
    path = write_parquet(tmp_path / "a.parquet", {"text": list("abcde")}, row_group_size=2)
    write_parquet(tmp_path / ".hidden.parquet", {"text": ["x"]})
    write_parquet(tmp_path / ".cache" / "b.parquet", {"text": ["x"]})
    source = TableSource(tmp_path)
    assert source.units == [Unit(str(path), i) for i in range(3)]
    assert [text for _, text in rows(source)] == list("abcde")


def test_a_language_for_everything(tmp_path, write_jsonl):
    path = write_jsonl(tmp_path / "x.jsonl", [{"text": "a", "language": "de"}])
    assert rows(TableSource(path, label="mlt_Latn")) == [("mlt_Latn", "a")]


def test_what_is_no_text_is_told_with_damage_and_unknown_languages(tmp_path, write_jsonl):
    path = write_jsonl(
        tmp_path / "x.jsonl",
        [
            {"text": "a", "language": "de"},
            {"text": None, "language": "de"},
            {"text": 7, "language": "xx\u202e"},
            {"text": "", "language": "de", "extra": 1},
        ],
    )
    path.write_bytes(path.read_bytes() + b"{broken\n")
    found = Findings()
    assert rows(TableSource(path), found) == [("deu_Latn", "a"), ("deu_Latn", "")]
    assert found.no_text == {"deu_Latn": 1, "und": 1}
    assert found.damage == {"bad_json": 1}
    assert (found.unknown, found.unknown_rows) == ({"xx\u202e": 1}, 1)
    assert found.keys("deu_Latn", 3) == (["language", "text"], ["extra"])


def test_a_release_counts_what_was_kept(tmp_path, write_parquet):
    columns = {"text": ["a"], "language": ["mlt_Latn"]}
    write_parquet(tmp_path / "data/mlt_Latn_near/train-0.parquet", columns)
    write_parquet(tmp_path / "rejected/mlt_Latn/rejected-0.parquet", columns)
    (tmp_path / "manifest.json").write_text(json.dumps({"languages": {}}))
    assert rows(open_source(tmp_path)) == [("mlt_Latn_near", "a")]
    (tmp_path / "manifest.json").write_text("[]")
    assert len(rows(open_source(tmp_path))) == 2


def test_a_run_gives_what_is_kept_with_its_text_as_it_is_now(finished):
    source = open_source(finished.run_folder)
    assert isinstance(source, RunSource)
    assert rows(source) == rows(open_source(finished.recipe))
    assert sorted(rows(source)) == [
        ("ekk_Latn", "ekk_Latn a ****** is a ****** for ever"),
        ("mlt_Latn", "mlt_Latn another text that is long enough"),
        ("mlt_Latn", "mlt_Latn one two three four"),
        ("swe_Latn", "swe_Latn the last of the texts, and not the shortest"),
    ]


def test_what_cannot_be_counted_is_an_error_that_says_so(tmp_path, write_parquet):
    with pytest.raises(InputError, match=r"holds no table: no \.parquet"):
        TableSource(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match=r"a\.parquet: is no readable Parquet"):
        TableSource(tmp_path).units  # noqa: B018 - the reading is the test


def test_a_damaged_page_is_an_error_and_no_number(tmp_path, write_parquet):
    path = write_parquet(tmp_path / "a.parquet", {"text": [f"text {i}" for i in range(5_000)]})
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(bytes(data))
    with pytest.raises(InvariantError, match=r"a\.parquet"):
        rows(TableSource(tmp_path))
