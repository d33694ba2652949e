"""``eurosift extract train``, and what it writes."""

import gzip
import hashlib
import json

import pytest

SENTENCE = "The council voted on Tuesday to repair bridge number {} over the river of that town."


def warc(number, html):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:{number}>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


@pytest.fixture
def pages(tmp_path):
    """Twelve pages, of which the last is under no clean licence."""
    folder = tmp_path / "pages"
    (folder / "warc").mkdir(parents=True)
    index, gold, records = ["id,record_id,url,source,licence,licence_class,kind"], [], []
    for n in range(12):
        lines = [SENTENCE.format(f"{n} {k}") for k in range(6)]
        menu = "".join(f'<li><a href="/{k}">go to {k}</a></li>' for k in range(8))
        records.append(warc(n, f"<ul>{menu}</ul>{''.join(f'<p>{x}</p>' for x in lines)}"))
        kind = "clean (CC0)" if n < 11 else "fixture"
        index.append(f"p{n},<urn:{n}>,http://s{n}.example/,made,CC0-1.0,{kind},human")
        gold.append(json.dumps({"id": f"p{n}", "text": "\n".join(lines)}))
    (folder / "warc" / "a.warc.gz").write_bytes(b"".join(records))
    (folder / "index.csv").write_text("\n".join(index) + "\n")
    (folder / "gold.jsonl").write_text("\n".join(gold) + "\n")
    return folder


@pytest.mark.slow
def test_trees_are_trained_on_clean_pages_recorded_and_the_same_each_time(
    pages, eurosift, tmp_path
):
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        found = eurosift("extract", "train", "--pages", pages, "--gold", pages / "gold.jsonl",
                         "--out", out, "--format", "json")  # fmt: skip
        assert found.code == 0, found.err
        assert "pages 11, blocks 154" in found.err
        assert "s of processor time" in found.err
    for name in ("blocks.npz", "training.json"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    record = json.loads((out / "training.json").read_text())
    assert record["sources"] == [{"name": "made", "licence": "CC0-1.0", "pages": 11, "domains": 11}]
    assert record["domains"] == 11
    digest = hashlib.sha256((out / "blocks.npz").read_bytes()).hexdigest()
    assert [row["sha256"] for row in record["outputs"]] == [digest]
    assert json.loads(found.out)["outputs"] == record["outputs"]


def test_gold_that_is_none_is_told(pages, eurosift, tmp_path):
    (pages / "gold.jsonl").write_text("nonsense\n")
    found = eurosift("extract", "train", "--pages", pages, "--gold", pages / "gold.jsonl",
                     "--out", tmp_path / "out")  # fmt: skip
    assert found.code == 2
    assert "line 1 is no gold with `id` and `text`" in found.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace(",made,", ",,"), "index.csv: page p0 has no source"),
        (lambda text: text.replace(",human", ""), "has too few fields"),
    ],
)
def test_an_index_that_lacks_something_is_told_before_anything_is_fitted(
    pages, eurosift, tmp_path, change, message
):
    index = pages / "index.csv"
    index.write_text(change(index.read_text()))
    found = eurosift("extract", "train", "--pages", pages, "--gold", pages / "gold.jsonl",
                     "--out", tmp_path / "out")  # fmt: skip
    assert found.code == 2
    assert message in found.err
    assert not (tmp_path / "out").exists()
