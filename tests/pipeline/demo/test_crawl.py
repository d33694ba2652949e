import gzip
import io
import os
import subprocess
import sys
from hashlib import sha256

import pytest
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from eurosift.pipeline.demo import prose, write_crawl
from eurosift.pipeline.demo.captures import truncated
from eurosift.pipeline.demo.crawl import TRUNCATED


def plain(path):
    """Content of a WARC file without its container, whole records only."""
    data = path.read_bytes()
    if path.suffix == ".zst":
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            return reader.read()
    if path.suffix == ".gz":
        if path.name == TRUNCATED:
            data = data[: data.rindex(b"\x1f\x8b\x08\x00\x00\x00\x00\x00")]
        return gzip.decompress(data)
    return data


def test_two_writes_give_the_same_bytes_whatever_the_hash_seed(crawl, tmp_path):
    code = (
        "import sys; from pathlib import Path; from eurosift.pipeline.demo import write_crawl;"
        "write_crawl(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "b")], env=environment, check=True)
    for folder in (write_crawl(tmp_path / "a"), sorted((tmp_path / "b").iterdir())):
        assert [path.name for path in folder] == [path.name for path in crawl]
        for path, first in zip(folder, crawl, strict=True):
            assert sha256(path.read_bytes()).digest() == sha256(first.read_bytes()).digest()


def test_there_are_four_small_files(crawl):
    assert [path.name for path in crawl] == [
        "demo-00000.warc.gz",
        "demo-00001.warc",
        "demo-00002.warc.zst",
        "demo-00003.warc.gz",
    ]
    assert sum(path.stat().st_size for path in crawl) < 1_000_000


def test_fastwarc_reads_every_file_as_it_is_and_finds_every_page(crawl, all_captures):
    urls = []
    for path in crawl:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                urls.append(record.headers["WARC-Target-URI"])
                assert record.http_headers is not None
    assert sorted(set(urls) - {truncated().url}) == [capture.url for capture in all_captures]


def test_warcio_reads_every_whole_record_and_its_digests_are_right(crawl, all_captures):
    bodies, identifiers = {}, []
    for path in crawl:
        for record in WarcioIterator(io.BytesIO(plain(path)), check_digests="raise"):
            content = record.content_stream().read()
            identifiers.append(record.rec_headers.get_header("WARC-Record-ID"))
            if record.rec_type == "response":
                bodies[record.rec_headers.get_header("WARC-Target-URI")] = content
    assert bodies == {capture.url: capture.body for capture in all_captures}
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize(("suffix", "magic"), [(".gz", b"\x1f\x8b"), (".zst", b"\x28\xb5\x2f\xfd")])
def test_each_record_is_compressed_by_itself(crawl, suffix, magic):
    path = next(path for path in crawl if path.suffix == suffix)
    data = path.read_bytes()
    with path.open("rb") as stream:
        offsets = [record.stream_pos for record in ArchiveIterator(stream)]
    assert len(offsets) > 60
    assert all(data[offset : offset + len(magic)] == magic for offset in offsets)


def test_the_last_record_of_the_last_file_is_cut_off(crawl):
    path = crawl[-1]
    assert path.name == TRUNCATED
    with pytest.raises(EOFError), gzip.open(path) as stream:
        stream.read()
    whole = plain(path)
    assert whole.count(truncated().url.encode()) == 1  # its request, not its response


def test_extract_and_langid_give_every_page_its_language(crawl, all_captures):
    import pyarrow as pa

    from eurosift.stages.base import Setting
    from eurosift.stages.extract import Extract
    from eurosift.stages.langid import LangId
    from eurosift.stages.source import Account

    extract = Extract(Extract.config_type(), name="extract")
    extract.open()
    texts = {
        row["url"]: row["text"] or ""
        for path in crawl
        for batch in extract.read(path, path.name, Account())
        for row in batch.select(["url", "text"]).to_pylist()
    }
    langid = LangId(LangId.config_type(), name="langid", setting=Setting(languages=prose.WANTED))
    langid.open()
    wanted = ("article", "near_duplicate", "exact_duplicate")
    pages = [c for c in all_captures if c.kind in (*wanted, "neighbour")]
    for capture in pages:
        for paragraph in capture.page.paragraphs:
            assert paragraph in texts[capture.url], capture.url
    known = {"text": pa.array([texts[capture.url] for capture in pages])}
    columns = (*langid.reads, *langid.reads_if_present)
    batch = pa.record_batch({c: known.get(c, pa.nulls(len(pages))) for c in columns})
    for capture, row in zip(pages, langid.process(batch).to_pylist(), strict=True):
        if capture.kind == "neighbour":
            assert row["langid_reasons"], capture.url
        else:
            found = (capture.url, row["language"], row["langid_reasons"])
            assert found == (capture.url, capture.language, [])
