"""Identifiers are in the texts that are read, and nowhere else, whatever goes wrong meanwhile."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

PLANTED = {
    "email": "anna.testowa@poczta-demo.pl",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4111 1111 1111 1111",
    "phone": "+48 601 234 567",
    "national_id": "44051401359",
    "ip_address": "93.184.216.34",
    "crypto": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "secret": "AKIAIOSFODNN7ABCDEFG",
}
SENTENCE = (
    "Proszę pisać na {email}, konto {iban}, karta kredytowa {card}, telefon {phone}, "
    "PESEL {national_id}, serwer {ip_address}, portfel {crypto}, klucz {secret}."
)


def leaks(text):
    """Types of planted identifiers that a text has, with their separators or without."""
    bare = re.sub(r"[\s.@+-]", "", text)
    return [
        kind
        for kind, value in PLANTED.items()
        if value in text or re.sub(r"[\s.@+-]", "", value) in bare
    ]


@pytest.fixture
def project(make_project, tmp_path):
    """Three inputs with identifiers of every type; on one of them a stage fails that knows them."""
    made = make_project(tmp_path)
    text = SENTENCE.format(**PLANTED)
    made.inputs([text, f"Inny tekst. {text}"], [f"{text} poison"], [f"Trzeci tekst. {text}"])
    (tmp_path / "pii.key").write_text("no secret: only for tests")
    (tmp_path / "pii.key").chmod(0o600)
    return made


def run(project, *arguments):
    """A command in a process of its own, which says all that it can."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "eurosift.pipeline", *map(str, arguments)],
        env=project.env | {"PYTHONFAULTHANDLER": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def told(project):
    """All that commands say of a run, by command."""
    commands = {
        "status": ("--format", "json"),
        "logs": (),
        "plan": ("--format", "json"),
        "report": ("--format", "json"),
        "verify": (),
        "inspect": (),
    }
    found = {}
    for command, options in commands.items():
        target = project.run_folder if command in {"logs", "inspect"} else project.recipe
        found[command] = run(project, command, target, *options)[1]
    found["page"] = run(project, "report", project.recipe, "--html", "-")[1]
    return found


def files(project):
    """What every file of a run holds, as text: tables value by value, all else as it is."""
    for path in sorted(project.run_folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().decode(errors="replace")
            if path.suffix == ".parquet":
                table = pq.read_table(path)
                content += json.dumps(table.to_pydict(), default=str, ensure_ascii=False)
            yield path.relative_to(project.run_folder), content


@pytest.mark.parametrize("how", ["raise", "die"])
def test_no_identifier_is_in_logs_errors_events_and_files(project, how):
    """The stage itself fails with matches in its hands, or a worker is killed behind it."""
    settings = {"key": "pii.key", "needs": "langid"}
    stages = {"langid": {"threshold": 0.1}, "pii": {"uses": "torn", **settings}, "count": None}
    if how == "die":
        stages |= {"pii": settings, "count": {"needs": "broken"}}
        stages["broken"] = {"how": "die", "needs": "pii"}
    project.write(stages, output="runs/tiny")
    code, said = run(project, "run", project.recipe, "--workers", "2")
    assert code == 1, said
    spoken = told(project) | {"run": said}
    assert ("cannot make a stand-in" in spoken["logs"]) == (how == "raise")
    assert {name: leaks(text) for name, text in spoken.items() if leaks(text)} == {}
    looked_at = dict(files(project))
    assert {str(path): leaks(text) for path, text in looked_at.items() if leaks(text)} == {}
    assert any("events" in path.parts for path in looked_at)
    kinds = {
        row["type"] for row in json.loads(spoken["report"].partition("\nincomplete")[0])["pii"]
    }
    assert kinds >= {*PLANTED}


def test_what_is_looked_for_would_be_found():
    assert leaks(SENTENCE.format(**PLANTED)) == [*PLANTED]
    assert leaks("DE89370400440532013000") == ["iban"]
    assert not leaks(SENTENCE)
