"""URLs match entries by domain, suffix and path, and by nothing else."""

import gzip

import numpy as np
import pyarrow as pa
import pytest

from eurosift.filters import url_lists
from eurosift.filters.errors import ListError
from eurosift.filters.url_lists import (
    build_table,
    find_lists,
    folders_without,
    load_table,
    match,
    read_entries,
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Lists as UT1 lays them out, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    url_lists.cache_folder.cache_clear()
    lists = tmp_path / "ut1"
    for name, files in {
        "adult": {"domains": "Adult.example\nwww.worse.example\n# a comment\n\n.xxx\n"},
        "gambling": {"domains": "adult.example\n", "urls": "https://mixed.example/Casino/\n"},
        "notes": {"README": "no list"},
    }.items():
        (lists / name).mkdir(parents=True)
        for file, text in files.items():
            (lists / name / file).write_text(text)
    yield lists
    url_lists.cache_folder.cache_clear()


def matches(table, *urls):
    found = match(table, pa.array(urls, pa.string())).to_pylist()
    return [[(each["list"], each["entry"]) for each in row] for row in found]


def test_lists_are_the_folders_that_hold_files_of_entries(folder):
    assert {n: [f.name for f in files] for n, files in find_lists({"ut1": folder}).items()} == {
        "adult": ["domains"],
        "gambling": ["domains", "urls"],
    }
    assert list(find_lists({"ut1": folder}, ["gambling"])) == ["gambling"]
    assert list(find_lists({"own": folder / "adult"})) == ["own"]
    assert list(find_lists({"own": folder / "adult" / "domains"})) == ["own"]


@pytest.mark.parametrize(
    ("path", "only", "message"),
    [
        ("ut1/notes", (), "neither a file of domains, nor a folder with domains or urls"),
        ("none", (), "none: neither"),
        ("ut1", ("adlut",), "no list 'adlut'; there are adult, gambling"),
    ],
)
def test_what_is_no_list_is_told(folder, path, only, message):
    with pytest.raises(ListError, match=message):
        find_lists({"x": folder.parent / path}, only)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://adult.example/", [("adult", "adult.example"), ("gambling", "adult.example")]),
        ("https://user@a.b.ADULT.example:8080?x#y",
         [("adult", "adult.example"), ("gambling", "adult.example")]),
        ("https://notadult.example", []),
        ("https://adult.example.org/", []),
        ("https://www.worse.example./", [("adult", "worse.example")]),
        ("https://any.thing.xxx/", [("adult", ".xxx")]),
        ("https://mixed.example/", []),
        ("https://mixed.example/casino", [("gambling", "mixed.example/casino")]),
        ("https://m.mixed.example/casino/x?y=1", [("gambling", "mixed.example/casino")]),
        ("https://mixed.example/casinos", []),
        ("mixed.example/casino/without/scheme", [("gambling", "mixed.example/casino")]),
        ("", []),
        (None, []),
        ("https://", []),
        ("http://[::1]:80/x", []),
        ("http://127.0.0.1/", []),
    ],
)  # fmt: skip
def test_urls_match_by_domain_suffix_and_path(folder, url, expected):
    table = build_table(find_lists({"ut1": folder}))
    assert matches(table, url) == [expected]


def test_an_entry_that_is_a_public_suffix_stands_for_that_host_alone(tmp_path):
    (tmp_path / "list").write_text("blogspot.com\nco.uk\n")
    table = build_table(find_lists({"own": tmp_path / "list"}))
    assert matches(
        table, "https://blogspot.com/x", "https://me.blogspot.com", "https://a.co.uk"
    ) == [
        [("own", "blogspot.com")],
        [],
        [],
    ]


def test_domains_match_in_unicode_and_in_ascii(tmp_path):
    (tmp_path / "list").write_text("παράδειγμα.gr\nxn--bcher-kva.example/κάτω\n", "utf-8")
    table = build_table(find_lists({"own": tmp_path / "list"}))
    found = matches(
        table,
        "https://παράδειγμα.gr/",
        "https://xn--hxajbheg2az3al.gr/",
        "https://bücher.example/κάτω/x",
        "https://bücher.example/",
    )
    assert [bool(each) for each in found] == [True, True, True, False]


def test_rows_keep_their_order_and_lists_theirs(folder):
    table = build_table(find_lists({"ut1": folder}))
    found = match(
        table, pa.array(["https://x.xxx", None, "https://adult.example", "https://ok.eu"])
    )
    assert [len(row) for row in found.to_pylist()] == [1, 0, 2, 0]
    assert len(match(table, pa.array([], pa.string()))) == 0


def test_no_list_matches_nothing():
    assert matches(build_table({}), "https://adult.example") == [[]]


def test_a_table_is_kept_in_memory_that_processes_share(folder):
    lists = find_lists({"ut1": folder})
    first, second = load_table(lists), load_table(lists)
    assert isinstance(second.hashes, np.memmap)
    assert first.hashes.tolist() == second.hashes.tolist()
    assert first.lists.tolist() == second.lists.tolist()


def test_a_changed_list_is_read_anew(folder):
    lists = find_lists({"ut1": folder})
    load_table(lists)
    (folder / "adult" / "domains").write_text("other.example\n")
    assert matches(load_table(lists), "https://other.example") == [[("adult", "other.example")]]


def test_a_damaged_cache_is_made_anew(folder):
    lists = find_lists({"ut1": folder})
    load_table(lists)
    for path in url_lists.cache_folder().iterdir():
        path.write_bytes(path.read_bytes()[:50])
    assert matches(load_table(lists), "https://adult.example")[0]


def test_without_a_cache_lists_are_read_each_time(folder, monkeypatch):
    monkeypatch.setattr(url_lists, "is_usable", lambda _: False)
    table = load_table(find_lists({"ut1": folder}))
    assert not isinstance(table.hashes, np.memmap)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ListError, match="cannot be read"):
        load_table({"own": [tmp_path / "none"]})


def test_entries_are_read_with_any_line_ends():
    assert read_entries(b"a.eu\r\n  B.eu \n//c.eu/x/?y\nftp://d.eu").entries.to_list() == [
        "a.eu", "b.eu", "c.eu/x?y", "d.eu",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("*.bad.example", "http://a.bad.example/"),
        ("bad.example.", "http://bad.example"),
        ("BAD.example # why", "http://bad.example"),
        ("\ufeffbad.example", "http://bad.example"),
        ("\ufeff.bad.example", "http://a.bad.example"),
        ("bad.example:8080", "http://bad.example:8080/"),
        ("http://bad.example:8080/x", "https://bad.example/x/y"),
        ("[::1]", "http://[::1]:80/"),
        ("https://user@bad.example/", "http://bad.example/"),
        ("bad.example/x/?id=7", "http://www.bad.example/x?id=7#y"),
        ("bad.example?id=7", "http://bad.example/?id=7"),
        ("i❤.ws", "http://xn--i-7iq.ws/"),
    ],
)
def test_entries_are_understood_as_lists_spell_them(tmp_path, line, url):
    (tmp_path / "list").write_text(f"{line}\n", "utf-8")
    table = build_table({"own": [tmp_path / "list"]})
    assert len(matches(table, url)[0]) == 1
    assert table.odd == ()


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("bad.example/x?id=7", "http://bad.example/x?id=8"),
        ("bad.example/?id=7", "http://bad.example/"),
        ("bad.example", "other.example/?to=http://bad.example/"),
    ],
)
def test_other_addresses_of_a_host_do_not_match(tmp_path, line, url):
    (tmp_path / "list").write_text(line)
    assert matches(build_table({"own": [tmp_path / "list"]}), url) == [[]]


@pytest.mark.parametrize(
    "line",
    [
        "0.0.0.0 bad.example", "||bad.example^", "*bad.example", "bad.*.example", "bad", "..bad.eu",
        "bad..eu", "http://", "www.", "me@bad.example", "; bad.example", "bad.example/#/x", ".eu/x",
        "caf\ufffd.example", "bad.example\\x", "http:bad.example", "::1",
    ],
)  # fmt: skip
def test_lines_that_are_no_entries_are_told(tmp_path, line):
    (tmp_path / "good").write_text("good.example\n")
    (tmp_path / "list").write_text(f"# odd\n\n{line}\nbad.example\nnone\n", "utf-8")
    table = build_table({"own": [tmp_path / "good", tmp_path / "list"]})
    assert table.odd == (("own", 1, 2, 3, line),)
    assert len(table.hashes) == 2


def test_bytes_that_are_no_utf_8_are_told():
    found = read_entries(b"good.example\ncaf\xe9.example\n")
    assert (found.entries.to_list(), [n for n, _ in found.odd]) == (["good.example"], [2])


def test_odd_lines_are_told_from_the_cache_too(folder):
    (folder / "adult" / "domains").write_text("good.example\nodd\n")
    lists = find_lists({"ut1": folder})
    first, second = load_table(lists), load_table(lists)
    assert isinstance(second.hashes, np.memmap)
    assert first.odd == second.odd == (("adult", 0, 1, 2, "odd"),)


def test_files_may_be_compressed(folder):
    plain = folder / "adult" / "domains"
    plain.with_suffix(".gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    lists = find_lists({"ut1": folder})
    assert [path.name for path in lists["adult"]] == ["domains.gz"]
    assert matches(build_table(lists), "http://x.xxx") == [[("adult", ".xxx")]]
    (folder / "adult" / "domains.gz").write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(ListError, match=r"domains.gz: cannot be read"):
        build_table(lists)


def test_folders_without_a_list_are_found(folder):
    (folder / ".git").mkdir()
    assert folders_without({"ut1": folder}) == [folder / "notes"]
    assert folders_without({"own": folder / "adult"}) == []
