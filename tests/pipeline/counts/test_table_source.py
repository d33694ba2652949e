"""Tables of others, and how they are read."""

from pathlib import Path

import pytest

from eurosift.pipeline.counts import table_source
from eurosift.pipeline.counts.sources import Findings, Unit
from eurosift.pipeline.counts.table_source import TableSource
from eurosift.pipeline.errors import InvariantError
from eurosift.stages.errors import InputError


def test_fineweb2_has_three_letters_and_a_script(tmp_path, write_parquet, rows):
    write_parquet(
        tmp_path / "data/srp/0.parquet",
        {"text": ["a", "b"], "language": ["srp", "est"], "language_script": ["Cyrl", "Latn"]},
    )
    assert rows(TableSource(tmp_path)) == [("srp_Cyrl", "a"), ("ekk_Latn", "b")]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_hplt_has_lists_of_languages(tmp_path, write_jsonl, suffix, rows):
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


def test_a_parquet_file_is_read_by_row_groups_and_hidden_files_not_at_all(
    tmp_path, write_parquet, rows
):
    path = write_parquet(tmp_path / "a.parquet", {"text": list("abcde")}, row_group_size=2)
    write_parquet(tmp_path / ".hidden.parquet", {"text": ["x"]})
    write_parquet(tmp_path / ".cache" / "b.parquet", {"text": ["x"]})
    source = TableSource(tmp_path)
    assert source.units == [Unit(str(path), i) for i in range(3)]
    assert [text for _, text in rows(source)] == list("abcde")


def test_the_folder_or_file_that_is_named_may_say_the_language(
    tmp_path, write_jsonl, monkeypatch, rows
):
    path = write_jsonl(tmp_path / "mlt_Latn" / "x.jsonl", [{"text": "a"}])
    assert rows(TableSource(path)) == rows(TableSource(path.parent)) == [("mlt_Latn", "a")]
    monkeypatch.chdir(path.parent)
    assert rows(TableSource(Path())) == rows(TableSource(Path("x.jsonl"))) == [("mlt_Latn", "a")]


def test_lines_are_read_in_blocks_of_bounded_size(tmp_path, write_jsonl, monkeypatch):
    monkeypatch.setattr(table_source, "BATCH_BYTES", 100)
    path = write_jsonl(tmp_path / "x.jsonl", [{"text": "a" * 40, "i": i} for i in range(7)])
    source = TableSource(path)
    sizes = [len(batch.texts) for batch in source.read(source.units[0], Findings())]
    assert sizes == [2, 2, 2, 1]


def test_a_language_for_everything(tmp_path, write_jsonl, rows):
    path = write_jsonl(tmp_path / "x.jsonl", [{"text": "a", "language": "de"}])
    assert rows(TableSource(path, label="mlt_Latn")) == [("mlt_Latn", "a")]


def test_what_is_no_text_is_told_with_damage_and_unknown_languages(tmp_path, write_jsonl, rows):
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


def test_what_cannot_be_counted_is_an_error_that_says_so(tmp_path, write_parquet):
    with pytest.raises(InputError, match=r"holds no table: no \.parquet"):
        TableSource(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match=r"a\.parquet: is no readable Parquet"):
        TableSource(tmp_path).units  # noqa: B018 - the reading is the test


def test_a_damaged_page_is_an_error_and_no_number(tmp_path, write_parquet, rows):
    path = write_parquet(tmp_path / "a.parquet", {"text": [f"text {i}" for i in range(5_000)]})
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(bytes(data))
    with pytest.raises(InvariantError, match=r"a\.parquet"):
        rows(TableSource(tmp_path))
