"""Labelled text: what is read, and what is refused."""

import gzip
import os

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid import languages
from eurosift.langid.errors import LabelledTextError
from eurosift.langid.labelled import Selection, label_of, read_labelled, read_texts

TSV = "text\tlanguage\nZdravo svima\t__label__hr\nL-għodwa t-tajba\tMaltese\nGrüezi\tgsw\n"
TSV += 'say "hi"\toth\n\tet\n'


@pytest.fixture
def write(tmp_path):
    def write(content, name="file.tsv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(path, **selection):
    return read_labelled(path, Selection(**selection)).rows()


def test_every_style_of_label_is_understood_in_tsv_and_parquet_alike(write, tmp_path):
    path = write(TSV)
    read = rows(path)
    assert read == [
        ("Zdravo svima", "hrv_Latn", None),
        ("L-għodwa t-tajba", "mlt_Latn", None),
        ("Grüezi", "gsw_Latn", None),
        ('say "hi"', "other", None),
        ("", "ekk_Latn", None),
    ]
    fields = [line.split("\t") for line in TSV.splitlines()]
    pl.DataFrame(fields[1:], schema=fields[0], orient="row").write_parquet(tmp_path / "no-suffix")
    assert rows(tmp_path / "no-suffix") == read


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_byte_order_mark_and_ends_of_lines_are_no_text(write, begin, end):
    path = write(f"{begin}text\tlanguage{end}tekst\thr{end}")
    assert rows(path) == [("tekst", "hrv_Latn", None)]


def test_a_missing_text_is_an_empty_one(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"text": ["a", None], "language": ["de", "de"]}).write_parquet(path)
    assert rows(path) == [("a", "deu_Latn", None), ("", "deu_Latn", None)]
    assert read_texts(path).to_list() == ["a"]


def test_rows_are_chosen_by_values_label_and_length(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame(
        {
            "t": ["long enough", "long enough", "short", "long enough", "long enough"],
            "l": ["hr", "sr-Latn", "hr", "gr", "hr"],
            "bad": [False, False, False, True, None],
            "kind": ["a", "b", "a", "b", None],
        }
    ).write_parquet(path)
    options = {"text": "t", "language": "l", "group": "kind", "min_chars": 6}
    found = rows(path, **options, only={"bad": ["false", ""]}, without=["srp_Latn"])
    assert found == [("long enough", "hrv_Latn", "a"), ("long enough", "hrv_Latn", None)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file.tsv: is empty"),
        (b"t\tl\n", "has no columns 'language' and 'text'; it has 't', 'l': name the right ones"),
        (b"text,language\na,hr\n", "has one column, 'text,language'; fields of TSV are separated"),
        (b'{"text": "a", "language": "hr"}\n', "JSON lines are not read: make it TSV or Parquet"),
        (b"text\tlang\na\thr\n", "has no column 'language'; it has 'text', 'lang'"),
        (b"text\ttext\tlanguage\na\tb\thr\n", "has the column 'text' twice"),
        (b"text\tlanguage\n", "holds no rows"),
        (b"text\tlanguage\na\thr\nb\n", "line 3: fields are 1, columns 2; there is no quoting"),
        (b'text\tlanguage\n"a\tb"\thr\n', "line 2: fields are 3, columns 2; there is no quoting"),
        (b"text\tlanguage\na\thr\n\xff\thr\n", "line 3: not UTF-8 at byte 19"),
        (b"text\tlanguage\na\thr\nb\tcz\n", "line 3: 'cz' is no language code; did you mean 'cs'"),
        (b"text\tlanguage\na\t \n", "line 2: has no language"),
        (b"PAR1", "not a Parquet file"),
        (gzip.compress(b"text\tlanguage\na\thr\n"), "is packed (gzip); unpack it first"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "is packed (zstd); unpack it first"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_place_and_remedy(write, content, message):
    with pytest.raises(LabelledTextError) as refused:
        read_labelled(write(content))
    assert "file.tsv: " in str(refused.value)
    assert message in str(refused.value)


def test_wrong_labels_are_told_together_and_not_without_end(write):
    path = write("text\tlanguage\n" + "".join(f"a\tno such {k}\n" for k in range(7)))
    with pytest.raises(LabelledTextError) as refused:
        read_labelled(path)
    lines = str(refused.value).splitlines()
    assert len(lines) == 7
    assert "line 6: 'no such 4' is no language code" in lines[4]
    assert lines[5:] == ["and 2 more", lines[6]]
    assert "may be labelled 'other'" in lines[6]


def test_a_column_that_holds_no_labels_is_told_shortly_and_at_once(tmp_path, monkeypatch):
    """As where the columns are confused; to explain each of a million would take minutes."""
    explained = []
    monkeypatch.setattr(
        languages, "get_close_matches", lambda *found, **_: explained.append(found) or []
    )
    path = tmp_path / "x.parquet"
    text = [f"{k}" + " so many words that are no label" * (k % 50) for k in range(20_000)]
    pl.DataFrame({"text": ["de"] * len(text), "language": text}).write_parquet(path)
    with pytest.raises(LabelledTextError) as refused:
        read_labelled(path)
    assert len({word for word, *_ in explained}) <= 5
    assert "and 19995 more" in str(refused.value)
    assert len(str(refused.value)) < 2_000


@pytest.mark.parametrize("column", ["language", "kind"])
@pytest.mark.parametrize("value", [["hr"], {"code": "hr"}])
def test_a_column_of_lists_or_structs_is_named(tmp_path, column, value):
    path = tmp_path / "x.parquet"
    columns = {"text": ["a"], "language": ["hr"], "kind": ["b"]} | {column: [value]}
    pl.DataFrame(columns).write_parquet(path)
    with pytest.raises(LabelledTextError, match=rf"column '{column}' holds .*, not text"):
        rows(path, group="kind")


def test_a_pipe_is_refused(tmp_path):
    """It can be read once: of what is read to know a Parquet file nothing would be left."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(LabelledTextError, match="pipe: is a pipe or a device"):
        read_labelled(path)


def test_parquet_that_is_cut_off_or_holds_no_text_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"text": ["a"], "language": ["hr"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(LabelledTextError, match=r"x\.parquet: not a Parquet file of text"):
        read_labelled(path)
    for text, message in (
        ([["a"]], r"column 'text' holds List\(String\), not text"),
        ([1], "column 'text' holds Int64, not text"),
        ([b"\xff"], "not a Parquet file of text"),
    ):
        pl.DataFrame({"text": text, "language": ["hr"]}).write_parquet(path)
        with pytest.raises(LabelledTextError, match=rf"x\.parquet: {message}"):
            read_labelled(path)


def test_parquet_whose_strings_are_no_utf_8_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    text = pa.array([b"a\xff"]).view(pa.string())
    pq.write_table(pa.table({"text": text, "language": ["hr"]}), path)
    with pytest.raises(LabelledTextError, match=r"x\.parquet: not a Parquet file of text"):
        read_labelled(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LabelledTextError, match=r"nowhere\.tsv: cannot be read"):
        read_labelled(tmp_path / "nowhere.tsv")


@given(st.sampled_from(["other", "OTH", " Other "]))
def test_other_is_understood_in_any_case(written):
    assert label_of(written) == "other"
