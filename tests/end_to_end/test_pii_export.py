"""``eurosift pii export``: what a run masks, as side-car files."""

import json


def test_a_run_is_exported_with_hashes_and_places(finished, command):
    out = finished / "side-car"
    done = command("pii", "export", finished / "recipe.yaml", "--out", out, "--format", "json")
    files = sorted(out.rglob("*.pii.jsonl"))
    inputs = sorted(path.name for path in (finished / "crawl").rglob("*.warc*"))
    assert [file.name.removesuffix(".pii.jsonl") for file in files] == inputs
    records = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert records
    for record in records:
        assert list(record) == ["id", "name", "value", "start_pos", "end_pos"]
        assert len(record["value"]) == 64
        assert record["start_pos"] < record["end_pos"]
    assert {r["name"] for r in records} >= {"email", "ipv4", "iban"}
    assert '"email"' in done.stdout
    again = finished / "again"
    command("pii", "export", next((finished / "runs").iterdir()), "--out", again)
    assert [f.read_bytes() for f in files] == [
        f.read_bytes() for f in sorted(again.rglob("*.jsonl"))
    ]


def test_an_unknown_stage_is_told(finished, command):
    done = command("pii", "export", finished / "recipe.yaml", "--out", finished / "x", "--stage",
                   "count", check=False)  # fmt: skip
    assert done.returncode == 2
    assert "those that scrub are: pii" in done.stderr
