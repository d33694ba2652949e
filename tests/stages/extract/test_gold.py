from __future__ import annotations

import json

import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract.gold import read_gold

HEAD = "id,record_id,url,licence_class,kind\n"


@pytest.fixture
def folder(tmp_path, make_response):
    (tmp_path / "warc").mkdir()
    records = [make_response(n, WARC_Record_ID=f"<urn:{n}>") for n in range(3)]
    (tmp_path / "warc" / "a.warc").write_bytes(b"".join(records))
    (tmp_path / "index.csv").write_text(
        HEAD
        + "p0,<urn:0>,http://a.example,clean (CC0),human\n"
        + "p1,<urn:1>,http://b.example,fixture,synthetic; transcoded\n"
    )
    lines = [{"id": f"p{n}", "text": f"gold {n}"} for n in (0, 1, 2)]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


def test_pages_come_with_their_gold(folder):
    one, two = read_gold(folder, folder / "gold.jsonl")
    assert (one.row["id"], one.gold, one.is_clean, one.is_natural) == ("p0", "gold 0", True, True)
    assert "article number 0" in one.html
    assert one.body.decode(one.charset or "utf-8") == one.html
    assert (two.is_clean, two.is_natural) == (False, False)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("gold.jsonl", '{"id": "a", "text": ""}\n{"id": 1}', "line 2 is no gold"),
        ("gold.jsonl", "nonsense", "line 1 is no gold"),
        ("index.csv", "id,url\n", "has no column record_id, licence_class, kind"),
    ],
)
def test_index_and_gold_must_be_what_they_are(folder, file, content, said):
    (folder / file).write_text(content)
    with pytest.raises(InputError, match=said):
        list(read_gold(folder, folder / "gold.jsonl"))


def test_a_missing_index_is_told(folder):
    (folder / "index.csv").unlink()
    with pytest.raises(InputError, match=r"index\.csv: cannot be read"):
        list(read_gold(folder, folder / "gold.jsonl"))
