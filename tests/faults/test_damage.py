"""Damaged, missing and outdated files are found, named, and made again; nothing else is."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def stamps(folder):
    """When each data file was last written, by name."""
    run = folder / "runs" / "demo"
    return {str(p.relative_to(run)): p.stat().st_mtime_ns for p in sorted(run.rglob("*.parquet"))}


def rewritten(before, after):
    """Stages with files that were written in between."""
    return {name.split("/")[0] for name, stamp in after.items() if before.get(name) != stamp}


def test_truncated_shard_is_named_and_rebuilt(finished, command):
    """`verify` names it; `run` rebuilds it and, as its content is the same, nothing else."""
    shard = finished / "runs/demo/quality/00001.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) // 2])
    found = command("verify", finished / "recipe.yaml", check=False)
    assert found.returncode == 4
    assert "quality/00001.parquet" in found.stderr
    before = stamps(finished)
    command("run", finished / "recipe.yaml", "--quiet")
    after = stamps(finished)
    assert [name for name in after if before.get(name) != after[name]] == ["quality/00001.parquet"]
    assert shard.read_bytes() == whole
    assert command("verify", finished / "recipe.yaml").returncode == 0


def test_flipped_byte_is_found(finished, command):
    """One bit in the middle of a page."""
    shard = finished / "runs/demo/extract/00000.parquet"
    content = bytearray(shard.read_bytes())
    content[len(content) // 3] ^= 1
    shard.write_bytes(content)
    found = command("verify", finished / "recipe.yaml", check=False)
    assert found.returncode == 4
    assert "extract/00000.parquet" in found.stderr


def test_a_missing_layer_is_made_again_and_verify_goes_on_without_it(finished, command):
    """Whether or not something else is damaged, too; then nobody can tell what a release holds."""
    shard = finished / "runs/demo/dedup/00001.parquet"
    whole = shard.read_bytes()
    cluster = min((finished / "runs/demo/dedup/members").glob("*.parquet"))
    content = bytearray(cluster.read_bytes())
    content[len(content) // 3] ^= 1
    cluster.write_bytes(content)
    found = command("verify", finished / "recipe.yaml", check=False)
    assert (found.returncode, "Traceback" in found.stderr) == (4, False)
    assert cluster.name in found.stderr
    shard.unlink()
    found = command("verify", finished / "recipe.yaml", check=False)
    assert (found.returncode, "Traceback" in found.stderr) == (4, False)
    cluster.unlink()
    command("run", finished / "recipe.yaml", "--quiet")
    assert shard.read_bytes() == whole
    assert command("verify", finished / "recipe.yaml").returncode == 0


def test_a_manifest_does_not_vouch_for_a_damaged_file(finished, command):
    """It is not written as long as a file is not what was written; what to remove is named."""
    release = finished / "runs/demo/release"
    path = min((release / "data/deu_Latn").glob("*.parquet"))
    whole, manifest = path.read_bytes(), (release / "manifest.json").read_bytes()
    content = bytearray(whole)
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    (release / "manifest.json").unlink()
    found = command("run", finished / "recipe.yaml", "--quiet", check=False)
    assert found.returncode == 1
    assert f"{path}: is damaged: a byte is not what was written" in found.stderr
    path.unlink()
    command("run", finished / "recipe.yaml", "--quiet")
    assert (path.read_bytes(), (release / "manifest.json").read_bytes()) == (whole, manifest)
    assert command("verify", finished / "recipe.yaml").returncode == 0


def test_swapped_shards_are_found(finished, command):
    """Two shards of a layer exchanged: both are whole, but speak of other rows."""
    layer = finished / "runs/demo/langid"
    (layer / "00000.parquet").rename(layer / "x")
    (layer / "00001.parquet").rename(layer / "00000.parquet")
    (layer / "x").rename(layer / "00001.parquet")
    found = command("verify", finished / "recipe.yaml", check=False)
    assert found.returncode == 4
    assert "langid/0000" in found.stderr


def test_changed_threshold_reruns_what_depends_on_it(finished, command):
    """Quality and what follows; not extraction, language identification or signals."""
    recipe = finished / "recipe.yaml"
    text = recipe.read_text()
    changed = text.replace(
        "rules: fineweb2", "rules: fineweb2\n    thresholds: {gopher_short_doc: 120}"
    )
    if changed == text:
        raise AssertionError("the demo recipe has no `rules: fineweb2`")
    recipe.write_text(changed)
    plan = json.loads(command("plan", recipe, "--format", "json").stdout)
    why = [row["why"] for row in plan["reasons"] if row["stage"] == "quality"]
    assert any("thresholds.gopher_short_doc" in line for line in why)
    before = stamps(finished)
    command("run", recipe, "--quiet")
    stages = rewritten(before, stamps(finished))
    assert "quality" in stages
    assert stages & {"extract", "langid", "signals"} == set()
    assert command("verify", recipe).returncode == 0


def test_deleted_output_is_made_again(finished, demo, command):
    """A missing release file is not taken for done."""
    name = next((finished / "runs/demo/release/data").rglob("*.parquet")).relative_to(finished)
    (finished / name).unlink()
    assert command("status", finished / "recipe.yaml", check=False).returncode == 3
    command("run", finished / "recipe.yaml", "--quiet")
    assert (finished / name).read_bytes() == (demo / name).read_bytes()
