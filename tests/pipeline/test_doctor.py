"""Checks of the machine, each told by what it found."""

import pytest

from eurosift.pipeline import doctor


def by_name(checks):
    return {check.name: check for check in checks}


@pytest.fixture(scope="module")
def checks(tmp_path_factory):
    return by_name(doctor.examine(tmp_path_factory.mktemp("x") / "not" / "there"))


def test_a_machine_that_runs_these_tests_is_fit(checks):
    assert [c for c in checks.values() if c.verdict == "failed"] == []
    assert {"python", "cores", "memory", "disk", "kernels", "model", "pyarrow"} <= set(checks)


def test_the_disk_is_that_of_the_nearest_folder(checks):
    assert "GiB free in " in checks["disk"].found
    assert not checks["disk"].found.endswith("not/there")


def test_an_unwritable_folder_fails():
    found = by_name(doctor.examine(doctor.Path("/proc/x")))
    assert found["disk"].verdict == "failed"
    assert "nothing can be written" in found["disk"].found


def test_without_a_place_for_kernels_the_user_is_told_what_to_set(monkeypatch):
    monkeypatch.setattr("eurosift.filters.kernel_cache.cache_folder", lambda: None)
    found = by_name(doctor.examine(doctor.Path()))["kernels"]
    assert found.verdict == "warning"
    assert "NUMBA_CACHE_DIR" in found.found


def test_a_broken_library_and_a_broken_model_are_findings(monkeypatch):
    monkeypatch.setattr(doctor, "LIBRARIES", {"no-such-thing": "nothing", "xxhash": "no_module"})
    monkeypatch.setattr("eurosift.stages.langid.LangId.open", lambda _self: 1 / 0)
    found = by_name(doctor.examine(doctor.Path()))
    assert found["no-such-thing"].verdict == found["xxhash"].verdict == "failed"
    assert found["model"] == doctor.Check("model", "failed", "ZeroDivisionError: division by zero")


def test_an_old_python_fails(monkeypatch):
    monkeypatch.setattr(doctor, "PYTHON", (9, 0))
    assert by_name(doctor.examine(doctor.Path()))["python"].verdict == "failed"


def test_too_little_memory_for_the_workers_is_a_warning(monkeypatch):
    monkeypatch.setattr(doctor, "available_memory", lambda: 1 << 30)
    found = by_name(doctor.examine(doctor.Path()))["memory"]
    assert found == doctor.Check(
        "memory", "warning", "1.0 GiB available: run with --workers 1 (2 GiB each)"
    )


def test_a_library_of_a_store_may_be_missing(checks, monkeypatch):
    assert checks["s3fs"].verdict == checks["aiohttp"].verdict == "ok"
    monkeypatch.setattr(doctor, "STORES", {"no-such-thing": ("eurosift[x]", "x://")})
    found = by_name(doctor.examine(doctor.Path()))["no-such-thing"]
    assert found.verdict == "ok"
    assert found.found.endswith("only inputs by x:// need it: pip install 'eurosift[x]'")
