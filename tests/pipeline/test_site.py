"""Site profiles: those that come along, and one's own."""

import pytest

from eurosift.pipeline import site
from eurosift.pipeline.errors import RecipeError, SchedulerError

SHIPPED = [
    "discoverer_cn",
    "generic",
    "karolina_qcpu",
    "leonardo_dcgp",
    "lumi_small",
    "lumi_standard",
    "meluxina_cpu",
    "mn5_gpp",
    "vega_cpu",
]


def test_these_come_along():
    assert site.names() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_profile_says_where_its_figures_are_from(name):
    found = site.load(name)
    assert found.description
    assert name == "generic" or (found.checked and found.sources and found.partition)
    assert found.workers(None) * found.worker_memory <= found.memory
    assert "tmpfs" in found.not_shared


@pytest.fixture
def write(tmp_path):
    def make(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text)
        return str(path)

    return make


def test_ones_own_profile_says_what_is_different(write):
    path = write("extends: lumi_small\nversion: 1\naccount: project_465\nelement_cores: 64\n")
    found = site.load(path)
    shipped = site.load("lumi_small")
    assert (found.account, found.cores_used, found.partition) == ("project_465", 64, "small")
    assert found.workers(None) == (shipped.memory // 2 - (512 << 20)) // found.worker_memory
    assert found.nodes_used == 0.5


def test_workers_are_as_many_as_have_memory(write):
    text = "version: 1\ncores: 8\nmemory: 8GiB\ntime: 1h\nmax_time: 1h\n"
    found = site.load(write(text))
    assert found.workers(None) == 4
    assert found.workers(1 << 30) == 7
    assert found.workers(64 << 30) == 1


def test_mistakes_are_told_with_their_place(write):
    path = write("extends: generic\nversion: 1\ncores: none\npartitoin: cpu\ntime: 12:30:99h\n")
    with pytest.raises(RecipeError) as told:
        site.load(path)
    assert told.value.problems == [
        f"{path}:3:1: cores: should be a valid integer",
        f"{path}:5:1: time: `12:30:99h` is no duration; write 12:00:00, 1-12:00:00, 36h or 90m",
        f"{path}:4:1: partitoin: unknown key; did you mean `partition`?",
    ]


def test_what_does_not_fit_is_told(write):
    with pytest.raises(RecipeError, match="`time` is more than `max_time`"):
        site.load(write("extends: generic\nversion: 1\ntime: 25h\n"))
    with pytest.raises(RecipeError, match="`element_cores` is more than `cores`"):
        site.load(write("extends: generic\nversion: 1\nelement_cores: 17\n"))
    with pytest.raises(RecipeError, match=r"mine.yaml:1:1: extends: no such profile; did you mean"):
        site.load(write("extends: lumi_smal\n"))
    with pytest.raises(RecipeError, match="a site profile is a mapping"):
        site.load(write("- 1\n"))


def test_unknown_profiles_are_named(tmp_path):
    with pytest.raises(RecipeError, match="--site leonardo: no such profile; did you mean `leon"):
        site.load("leonardo")
    with pytest.raises(RecipeError, match=r"x.yaml: no such file; or give one of: disc"):
        site.load(str(tmp_path / "x.yaml"))


def test_who_pays(monkeypatch):
    for name in ("SBATCH_ACCOUNT", "SLURM_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    lumi = site.load("lumi_small")
    with pytest.raises(SchedulerError, match="none is given: --account"):
        site.with_account(lumi, None)
    assert site.with_account(lumi, None, needed=False).account is None
    monkeypatch.setenv("SLURM_ACCOUNT", "default")
    assert site.with_account(lumi, None).account == "default"
    assert site.with_account(lumi, "given").account == "given"


def test_a_profile_survives_its_record():
    found = site.load("lumi_small")
    assert site.Site.model_validate(found.model_dump(mode="json")) == found
