"""Patterns by URL: the same files as a local pattern finds."""

import fsspec
import pytest

from eurosift.stages.extract import listing
from eurosift.stages.extract.listing import list_files, split_url
from eurosift.stages.extract.stores import RemoteError

NAMES = ("a.warc.gz", "b.warc.gz", "x/a.warc.gz", "x/y/a.warc.gz", "x/y/b.txt")


@pytest.fixture
def stored(bucket, web_server, tmp_path):
    """The same files in every kind of store: URLs of their folder, and options."""
    memory = fsspec.filesystem("memory")
    for name in NAMES:
        data = name.encode()
        bucket.put(f"crawl/{name}", data)
        web_server.files[f"crawl/{name}"] = data
        memory.pipe(f"/{bucket.name}/{name}", data)
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    yield {
        "s3": (f"{bucket.url}/crawl", {"endpoint_url": bucket.endpoint}),
        "http": (f"{web_server.url}/crawl", {}),
        "memory": (f"memory://{bucket.name}", {}),
    }
    memory.rm(f"/{bucket.name}", recursive=True)


@pytest.mark.parametrize("scheme", ["s3", "http", "memory"])
@pytest.mark.parametrize("pattern", ["*.warc.gz", "**/*.warc.gz", "x/*/a*", "x/a.warc.gz", "[b]*"])
def test_a_pattern_finds_what_it_finds_on_the_disk(stored, tmp_path, scheme, pattern):
    folder, options = stored[scheme]
    found = list_files(f"{folder}/{pattern}", options)
    fixed = split_url(f"{folder}/{pattern}")[0]
    here = sorted(p for p in tmp_path.glob(pattern) if p.is_file())
    assert [file.url for file in found.files.values()] == [
        f"{folder}/{path.relative_to(tmp_path).as_posix()}" for path in here
    ]
    assert [f"{fixed}/{name}" for name in found.files] == [f.url for f in found.files.values()]
    for file, path in zip(found.files.values(), here, strict=True):
        assert file.stat().st_size == path.stat().st_size
        with file.open() as opened:
            assert opened.read() == path.read_bytes()


def test_a_listing_of_s3_tells_size_and_version_of_all_files(stored):
    folder, options = stored["s3"]
    files = list_files(f"{folder}/*.warc.gz", options).files
    for file in files.values():
        known = file._stat
        assert known is not None
        assert known == file._look((0,))
        assert known.version


@pytest.mark.parametrize("scheme", ["s3", "memory"])
def test_a_folder_is_told_from_a_file(stored, scheme):
    folder, options = stored[scheme]
    assert list_files(f"{folder}/x", options) == ({}, ("x",))
    assert list_files(f"{folder}/x/y*", options) == ({}, ("y",))


@pytest.mark.parametrize("scheme", ["s3", "http", "memory"])
@pytest.mark.parametrize("pattern", ["no.warc.gz", "*.no", "no/*"])
def test_nothing_matches(stored, scheme, pattern):
    folder, options = stored[scheme]
    assert list_files(f"{folder}/{pattern}", options).files == {}


def test_a_store_that_does_not_answer_is_no_empty_one(monkeypatch):
    monkeypatch.setattr(listing, "LOOK_WAITS", (0,))
    for name in ("x.gz", "*.gz"):
        with pytest.raises(RemoteError, match=r"after 2 tries: .*Connect call failed") as error:
            list_files(f"http://127.0.0.1:9/{name}", {})
        assert error.value.filename == f"http://127.0.0.1:9/{name}"
