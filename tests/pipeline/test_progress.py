"""Progress: a bar on a terminal, else a line in half a minute; on standard error."""

import io
import queue
import re
import sys

import pytest

from eurosift.pipeline import progress
from eurosift.pipeline.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def on_a_terminal(monkeypatch, no_color=""):
    """What a person sees on a terminal."""
    made = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", made)
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("COLUMNS", "100")
        patch.setenv("NO_COLOR", no_color)
        patch.delenv("FORCE_COLOR", raising=False)
        go(3)
    return made.getvalue()


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


def test_off_a_terminal_there_are_lines_while_an_item_takes_long(capsys, monkeypatch):
    """And a heartbeat, also when nothing is said."""
    monkeypatch.setattr(progress, "LINE_EVERY_S", 0.01)
    beats = queue.Queue()
    with Progress("quality", 4, heartbeat=lambda *done: beats.put(done)) as shown:
        shown.advance(7)
        while beats.get(timeout=300) != (1, 7):
            pass
    lines = [x for x in capsys.readouterr().err.splitlines() if "items=1/4" in x]
    assert len(lines) > 1


def test_quiet_is_quiet_but_for_what_is_said(capsys):
    go(3, quiet=True)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("ERROR failed: quality/00003: x")


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_on_a_terminal_there_is_a_bar_in_colour(monkeypatch):
    shown = on_a_terminal(monkeypatch)
    assert COLOUR.search(shown)
    assert "failed: quality/00003: x" in shown
    assert "3,000,000 rows" in shown
    assert "3/3" in COLOUR.sub("", shown)


def test_no_color_is_respected(monkeypatch):
    shown = on_a_terminal(monkeypatch, no_color="1")
    assert "3/3" in shown
    assert not COLOUR.search(shown)


def test_an_error_inside_is_not_swallowed(capsys):
    with pytest.raises(ZeroDivisionError), Progress("x", 1):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


def test_the_unit_is_named(capsys):
    """Phases that write no layer have records, not documents."""
    with Progress("dedup.sign", 1, unit="records") as shown:
        shown.advance(28)
    line = capsys.readouterr().err.strip()
    assert re.search(r"dedup\.sign items=1/1 records=28 records/s=\d+$", line)
