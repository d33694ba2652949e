"""``eurosift doctor``."""

import json


def test_a_fit_machine_is_exit_code_0(eurosift, tmp_path):
    found = eurosift("doctor", tmp_path, "--format", "json")
    assert (found.code, found.err) == (0, "")
    verdicts = {row["check"]: row["verdict"] for row in json.loads(found.out)["checks"]}
    assert verdicts["model"] == verdicts["python"] == "ok"


def test_an_unfit_one_is_exit_code_2(eurosift):
    found = eurosift("doctor", "/proc/x")
    assert found.code == 2
    assert "nothing can be written" in found.out
