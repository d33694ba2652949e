"""Progress: a bar on a terminal, else a line in half a minute; on standard error."""

import io
import re
import sys

import pytest

from eurosift.pipeline import progress
from eurosift.pipeline.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return made


def go(n, **options):
    with Progress("quality", n, **options) as shown:
        for _ in range(n):
            shown.advance(1_000_000)
        shown.say("failed: quality/00003: x", "ERROR")


def test_off_a_terminal_there_is_one_line_at_the_end(capsys):
    go(3)
    out, err = capsys.readouterr()
    assert out == ""
    error, line = err.splitlines()
    assert re.fullmatch(r"\S+Z ERROR failed: quality/00003: x", error)
    assert re.fullmatch(r"\S+Z INFO quality items=3/3 rows=3000000 rows/s=\d+", line)


def test_off_a_terminal_there_is_a_line_in_half_a_minute(capsys, monkeypatch):
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    go(4)
    lines = [x for x in capsys.readouterr().err.splitlines() if "items=" in x]
    assert [re.search(r"items=\d", line)[0][-1] for line in lines] == ["2", "4", "4"]


def test_quiet_is_quiet_but_for_what_is_said(capsys):
    go(3, quiet=True)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("ERROR failed: quality/00003: x")


def test_on_a_terminal_there_is_a_bar_in_colour(terminal):
    go(3)
    assert "3,000,000 rows" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
    assert "\x1b[38" in terminal.getvalue() or "\x1b[3" in terminal.getvalue()
    assert "failed: quality/00003: x" in terminal.getvalue()


def test_no_color_is_respected(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    go(3)
    assert "3/3" in terminal.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*m", terminal.getvalue())


def test_an_error_inside_is_not_swallowed(capsys):
    with pytest.raises(ZeroDivisionError), Progress("x", 1):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""
