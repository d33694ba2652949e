"""``eurosift clean`` shows first, and removes only when told to."""

import json

import pytest

from eurosift.pipeline.lease import Lease


@pytest.fixture
def twice(finished, eurosift):
    """A run that was started twice, so that there are old logs and events."""
    for _ in range(2):
        assert eurosift("run", finished.recipe, "-q").code == 0
    return finished


def listing(project):
    return sorted(str(p) for p in project.run_folder.rglob("*"))


def test_without_yes_nothing_is_removed(twice, eurosift):
    before = listing(twice)
    found = eurosift("clean", twice.recipe, "--format", "json")
    assert (found.code, found.err) == (0, "nothing was removed; --yes removes it\n")
    assert [row["what"].split()[0] for row in json.loads(found.out)["removals"]] == [
        "logs",
        "events",
    ]
    assert listing(twice) == before


def test_with_yes_it_is_removed_and_the_run_is_as_complete_as_before(twice, eurosift):
    hashes = twice.hashes()
    found = eurosift("clean", twice.recipe, "--yes")
    assert (found.code, found.err) == (0, "removed\n")
    assert len(list((twice.run_folder / "events").iterdir())) == 1
    assert len(list((twice.run_folder / "logs").iterdir())) == 1
    assert twice.hashes() == hashes
    for command in ("status", "verify", "report"):
        assert eurosift(command, twice.run_folder).code == 0
    again = eurosift("clean", twice.recipe, "--yes")
    assert (again.code, again.err) == (0, "nothing to remove\n")


def test_nothing_is_removed_under_a_run_that_lives(twice, eurosift):
    before = listing(twice)
    with Lease(twice.run_folder):
        assert eurosift("clean", twice.recipe).code == 0
        found = eurosift("clean", twice.recipe, "--yes")
    assert (found.code, found.out) == (2, "")
    assert "another run works here" in found.err
    assert listing(twice) == before


@pytest.mark.slow
def test_parts_of_a_release_go_only_when_asked_for_and_are_made_again(demo, tmp_path, command):
    import shutil

    folder = tmp_path / "demo"
    shutil.copytree(demo, folder)
    parts = folder / "runs" / "demo" / "release" / ".parts"
    before = {p.name: p.read_bytes() for p in parts.iterdir()}
    command("clean", folder, "--yes")
    assert parts.is_dir()
    assert "parts of the release" in command("clean", folder, "--yes", "--parts").stdout
    assert not parts.exists()
    assert command("status", "-q", folder, check=False).returncode == 3
    command("run", folder / "recipe.yaml", "-q")
    assert {p.name: p.read_bytes() for p in parts.iterdir()} == before
