"""Signals are heard from the first moment of an element on."""

import os
import signal

import pytest

from eurosift.pipeline import element


@pytest.fixture
def ear():
    before = {n: signal.getsignal(n) for n in (signal.SIGUSR1, signal.SIGTERM)}
    yield element.Ear()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_before_anybody_listens_is_kept(ear):
    os.kill(os.getpid(), signal.SIGUSR1)
    assert ear.heard == "SIGUSR1"


def test_later_ones_are_told(ear):
    told = []
    ear.handler = told.append
    os.kill(os.getpid(), signal.SIGTERM)
    assert told == ["SIGTERM"]


def test_errors_are_one_line(tmp_path, capsys, ear):
    assert element.main([str(tmp_path), "20260101T000000", "extract"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("eurosift: ")
    assert "the record of the launch cannot be read" in told
