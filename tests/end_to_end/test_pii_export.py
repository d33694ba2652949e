"""``eurosift pii export``: what a run masks, as side-car files."""

import json


def test_a_run_is_exported_with_hashes_and_places(finished, command):
    out = finished / "side-car"
    done = command("pii", "export", finished / "recipe.yaml", "--to", out, "--format", "json")
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
    command("pii", "export", next((finished / "runs").iterdir()), "--to", again)
    assert [f.read_bytes() for f in files] == [
        f.read_bytes() for f in sorted(again.rglob("*.jsonl"))
    ]


def test_an_unknown_stage_is_told(finished, command):
    done = command("pii", "export", finished / "recipe.yaml", "--to", finished / "x", "--stage",
                   "count", check=False)  # fmt: skip
    assert done.returncode == 2
    assert "those that scrub are: pii" in done.stderr


def test_what_is_there_is_not_written_over(finished, command):
    """As `eurosift export` has it; an empty folder may be named."""
    to = finished / "side-car"
    to.mkdir()
    command("pii", "export", finished / "recipe.yaml", "--to", to)
    before = {path: path.read_bytes() for path in to.rglob("*.jsonl")}
    done = command("pii", "export", finished / "recipe.yaml", "--to", to, check=False)
    assert done.returncode == 2
    assert f"{to}: is there already: name a new or an empty folder" in done.stderr
    assert before == {path: path.read_bytes() for path in to.rglob("*.jsonl")}
