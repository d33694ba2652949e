"""Options for clusters, as far as they go without one; with a SLURM: tests/slurm."""

import json

import pytest

from eurosift.pipeline.cli.cluster import Wishes
from eurosift.pipeline.errors import RecipeError


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine without SLURM, and a user without an account."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("SBATCH_ACCOUNT", "SLURM_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)


def test_plan_tells_what_a_launch_would_take(project, eurosift):
    done = eurosift("plan", project.recipe, "--site", "lumi_standard", "--format", "json")
    told = json.loads(done.out)
    assert [row["array"] for row in told["arrays"]][:2] == ["extract", "label"]
    (whole,) = told["whole"]
    assert (whole["elements"], whole["jobs"], whole["cores"]) == (6, 7, 128)
    assert whole["node_hours_at_most"] == 6 * 24
    assert "arrays" not in json.loads(eurosift("plan", project.recipe, "--format", "json").out)


def test_plan_knows_node_hours_of_what_was_done_before(project, eurosift):
    assert eurosift("run", project.recipe, "-q").code == 0
    (project.run_folder / "upper" / "00001.parquet").unlink()
    options = ("--site", "generic", "--format", "json")
    told = json.loads(eurosift("plan", project.recipe, *options).out)
    (array,) = told["arrays"]
    assert (array["array"], array["elements"], array["items"]) == ("upper", 1, 1)
    assert told["whole"][0]["node_hours"] is not None


def test_wishes_for_a_cluster_without_one_are_refused(project, eurosift):
    for option in (["--wait"], ["--account", "x"], ["--elements", 2], ["--time", "1h"]):
        done = eurosift("run", project.recipe, *option)
        assert (done.code, "go with --site" in done.err) == (2, True)
    assert not project.run_folder.exists()


def test_a_launch_needs_slurm_and_a_known_site(project, eurosift, nowhere):
    done = eurosift("run", project.recipe, "--site", "generic")
    assert (done.code, "`sbatch` is not there" in done.err) == (2, True)
    done = eurosift("run", project.recipe, "--site", "lumi")
    assert (done.code, "no such profile" in done.err) == (2, True)
    done = eurosift("run", project.recipe, "--site", "lumi_small")
    assert (done.code, "none is given: --account" in done.err) == (2, True)


def test_local_is_this_machine(project, eurosift):
    assert eurosift("run", project.recipe, "--site", "local", "-q").code == 0
    assert Wishes(site_name="local").local


def test_a_profile_of_ones_own_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Wishes(site_name="mine.yaml").profile == str(tmp_path / "mine.yaml")
    assert Wishes(site_name="lumi_small").profile == "lumi_small"
    assert Wishes().profile is None


def test_the_time_is_checked():
    assert Wishes(site_name="generic", limit="90m").site().time == 90
    with pytest.raises(RecipeError, match="--time 30h: the site allows 24 h"):
        Wishes(site_name="generic", limit="30h").site()
    with pytest.raises(RecipeError, match="--time: `soon` is no duration"):
        Wishes(site_name="generic", limit="soon").site()
