"""Two finished runs: the demo, and one whose documents are attacks on who looks at them."""

from __future__ import annotations

import json
import random

import pytest
import yaml

from eurosift.pipeline.api import Run

MARK = "<script>document.documentElement.dataset.attacked = 1</script>"
ATTACKS = {
    "script": MARK,
    "style": f"</style></textarea></title>{MARK}<style>",
    "attribute": f"\"'><img src=x onerror=document.documentElement.dataset.attacked=1>{MARK}",
    "svg": "</svg></pre><svg onload=document.documentElement.dataset.attacked=1>",
    "override": "pay \u202efdp.exe\u202c \u2066now\u2069",
    "escapes": "\x1b[2J\x1b]0;owned\x07\x1b[31mred \x9b31m \x00 end",
    "cell": "=cmd|' /C calc'!A0",
    "link": "javascript:document.documentElement.dataset.attacked=1",
}
SENTENCES = (
    "The harbour office opened a new reading room last week and many people came to see it.",
    "It has a long table, two lamps and a window that looks out over the water and the boats.",
    "Children from the school nearby were the first who took out books about ships and stars.",
    "The woman who runs the place said that she had waited for this day for more than ten years.",
    "On Fridays there will be a story in the evening, and on Sundays the room will stay closed.",
    "Whoever wants to help with the shelves may come in the morning and ask for the key.",
    "The town has paid for the chairs, and the rest was given by people in the old streets.",
)


def _text(number: int, attack: str) -> str:
    """A text like no other one, with an attack in its middle."""
    words = " ".join(SENTENCES).split()
    random.Random(number).shuffle(words)
    lines = [" ".join(words[i : i + 12]) for i in range(0, len(words), 12)]
    return "\n".join([*lines[:5], f"and then came {attack} and went away again", *lines[5:]])


@pytest.fixture(scope="session")
def attacks() -> dict[str, str]:
    """What documents may try, by name."""
    return ATTACKS


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, command) -> Run:
    """Documents that are kept, too short, scrubbed, and duplicates; each of them an attack."""
    folder = tmp_path_factory.mktemp("attacked")
    rows = []
    for number, (name, attack) in enumerate(ATTACKS.items()):
        text = _text(number, attack)
        url = attack if name == "link" else f"https://example.org/{name}/{attack}"
        base = {"url": url, "html_lang": attack, "title": attack}
        rows += [
            {"id": f"{name}-{attack}", "text": f"{text}\nWrite to jane.doe@mail-demo.eu", **base},
            {"id": f"{name}-copy", "text": f"{text}\nWrite to john.roe@mail-demo.eu", **base},
            {"id": f"{name}-short", "text": f"The people of the town said that {attack}", **base},
        ]
    (folder / "in").mkdir()
    lines = [json.dumps(row) for row in rows]
    (folder / "in" / "part.jsonl").write_text("".join(f"{line}\n" for line in lines))
    stages = {
        "extract": {},
        "langid": {"threshold": 0.01},
        "signals": {},
        "quality": {
            "rules": [],
            "add": {
                "short": {"reject_if": "word_count < threshold", "threshold": 40},
                "long": {"reject_if": "word_count > threshold", "threshold": 4000},
            },
        },
        "dedup": {},
        "pii": {"mode": "tag"},
        "count": {},
    }
    columns = {"url": "url", "title": "title", "html_lang": "html_lang"}
    recipe = {
        "version": 1,
        "name": "attacked",
        "input": {"path": "in/*.jsonl", "columns": columns},
        "stages": stages,
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    command("run", folder / "recipe.yaml", "--workers", "1", "--quiet")
    return Run(folder)


@pytest.fixture(scope="session")
def crawl(demo) -> Run:
    """The finished demo."""
    return Run(demo / "recipe.yaml")


@pytest.fixture(scope="session")
def shown(attacked):
    """Everything that can be shown of the attacked run, by name."""
    documents = list(attacked.sample(n=100))
    rejected = [d for d in documents if not d.kept]
    found = {
        "sample": attacked.sample(n=100),
        "near": attacked.sample(n=100, near="short"),
        "clusters": attacked.clusters(n=100),
        "histogram": attacked.histogram("short"),
        "column": attacked.histogram("n_words"),
        "html-lang": attacked.confusion("html-lang"),
        "tld": attacked.confusion("tld"),
    }
    found |= {f"document {d.id}": d for d in documents}
    found |= {f"why {d.id}": d.why() for d in rejected}
    found |= {f"scrubbing {d.id}": d.scrubbing() for d in documents}
    found |= {f"cluster {c.id}": c for c in attacked.clusters(n=100)}
    return found
