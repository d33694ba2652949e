"""Documents as people and programs are shown them."""

import json

import pytest

from eurosift.pipeline.excerpts import render

KEPT = {
    "shard": "00003",
    "row": 17,
    "id": "a1",
    "url": "https://a.example/",
    "language": "mlt_Latn",
    "language_score": 0.98765,
    "kept": True,
    "reasons": [],
    "text_from": "pii",
    "text": "First paragraph.\n" + "word " * 40,
}
REJECTED = {"shard": "00004", "row": 0, "id": "b", "reasons": ["q:short", "q:odd"], "text": None}


def test_a_table_shows_place_verdict_and_wrapped_text():
    shown = render([KEPT, REJECTED], "table", width=60)
    first, second = shown.split("\n\n")
    assert first.splitlines()[:4] == [
        "00003/17  mlt_Latn 0.988  kept",
        "  a1",
        "  https://a.example/",
        "    First paragraph.",
    ]
    assert max(len(line) for line in first.splitlines()) <= 60
    assert first.count("word") == 40
    assert second == "00004/0  rejected: q:short, q:odd\n  b\n    (no text)\n"


def test_long_texts_are_cut_for_people_and_say_so():
    assert "… and 117 more characters" in render([KEPT], "table", chars=100)
    assert "more characters" not in render([KEPT], "table", chars=0)
    assert "… and 117 more characters" in render([KEPT], "md", chars=100)


@pytest.mark.parametrize("style", ["json", "jsonl"])
def test_programs_get_every_text_as_it_is(style):
    document = KEPT | {"text": "a\x1b[31m" + "x" * 10_000}
    printed = json.loads(render([document], style, chars=5))
    found = printed["documents"][0] if style == "json" else printed
    assert found == document
    assert style == "jsonl" or printed["schema_version"] == 1


def test_a_text_cannot_leave_its_fence_in_markdown():
    shown = render([KEPT | {"text": "```\n# mine\n````"}], "md").splitlines()
    assert shown[4] == "`````text"
    assert shown.count("`````") == 1


def test_a_page_cannot_steer_the_terminal():
    document = KEPT | {
        "text": "\x1b]0;title\x07 \x9b2J \u202e",
        "url": "https://a/\x1b[2J",
        "id": "\x1bc",
    }
    for style in ("table", "md", "json", "jsonl"):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(render([document], style))


def test_nothing_is_nothing():
    assert render([], "table") == render([], "jsonl") == render([], "md") == ""
    assert json.loads(render([], "json"))["documents"] == []
