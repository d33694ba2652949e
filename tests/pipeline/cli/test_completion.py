"""Completion scripts are click's, for the shells that it knows."""

import shutil
import subprocess

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(eurosift, shell):
    found = eurosift("completion", shell)
    assert found.code == 0
    assert f"_EUROSIFT_COMPLETE={shell}_complete" in found.out


def test_the_script_is_one_that_bash_understands(eurosift):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    script = eurosift("completion", "bash").out
    subprocess.run([bash, "-n"], input=script, text=True, check=True, timeout=300)


def test_other_shells_are_wrong_usage(eurosift):
    found = eurosift("completion", "tcsh")
    assert (found.code, found.out) == (2, "")
