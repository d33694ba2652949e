"""The documentation says what the code says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from eurosift.pipeline import errors, site
from eurosift.pipeline.cli import COMMANDS
from eurosift.pipeline.dag import Node
from eurosift.pipeline.durations import minutes_of
from eurosift.pipeline.head import Head, Input, Limits
from eurosift.pipeline.site import Site
from eurosift.pipeline.storage import Storage
from eurosift.stages import errors as stage_errors
from eurosift.stages import registry
from eurosift.stages.base import Setting
from eurosift.stages.dedup.members import MEMBER
from eurosift.stages.release import columns

ROOT = Path(__file__).parents[1]
RECIPE = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")


def lines_of(model, leave_out=()):
    """The lines of a model's table: name, default, description."""
    for name, field in model.model_fields.items():
        if name in leave_out:
            continue
        default = "–" if field.default is None or field.default_factory else f"`{field.default}`"
        if field.is_required():
            default = "required"
        elif isinstance(field.default, tuple):
            default = "–" if name == "disable" else "all"
        yield f"| `{name}` | {default} | {' '.join((field.description or '').split())} |"


@pytest.mark.parametrize("stage", registry.names())
def test_every_parameter_is_in_the_recipe_reference(stage):
    """With its default and the description that the JSON Schema gives."""
    if not registry.load(stage).__module__.startswith("eurosift."):
        pytest.skip("a stage of the tests")
    leave_out = ("format", "columns", "preset") if stage == "extract" else ()
    section = re.search(rf"### `{stage}`\n(.*?)(?=\n### |\n## |\Z)", RECIPE, re.DOTALL)
    assert section is not None
    for line in lines_of(registry.load(stage).config_type, leave_out):
        assert line in section[1]


@pytest.mark.parametrize("model", [Head, Input, Limits, Storage])
def test_every_key_is_in_the_recipe_reference(model):
    for line in lines_of(model):
        assert line in RECIPE


def test_every_key_of_a_site_profile_is_explained():
    page = (ROOT / "docs" / "slurm.md").read_text(encoding="utf-8")
    for name, field in Site.model_fields.items():
        line = rf"^\| `{name}` \| .* \| {re.escape(field.description)} \|$"
        assert re.search(line, page, re.MULTILINE)


@pytest.mark.parametrize("name", site.names())
def test_the_page_on_clusters_has_the_figures_of_every_profile(name):
    page = (ROOT / "docs" / "slurm.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{name}` \|(.*)$", page, re.MULTILINE)
    assert row is not None
    found = site.load(name)
    node, element, time, queue, memory = (cell.strip() for cell in row[1].strip(" |").split("|"))
    assert node.startswith(f"{found.cores} cores, ")
    assert element == ("whole node" if found.whole_nodes else f"{found.cores_used} cores")
    assert minutes_of(time.replace(" ", "").partition("of")[0]) == found.time
    assert queue == (f"{found.max_jobs} jobs" if found.max_jobs else "")
    assert memory == (f"`--{found.memory_option}`" if found.memory_option else "not at all")


MEASURED = (
    (
        r"main text with metadata",
        r"^\| speed with metadata .* ([\d.]+)× \| [\d.]+× \| [\d.]+× \|  \|$",
    ),
    (r"language of unseen documents", r"^\| stage, not seen before \|.* ([\d.]+) \| datatrove's"),
    (r"all signals", r"^\| signals \+ rules, Unicode words \|.* ([\d.]+) \| datatrove chain"),
    (r"the same with tokens by", r"^\| signals \+ rules, white-space tokens \|.* ([\d.]+) \| data"),
    (r"MinHash signatures", r"^\| MinHash signatures \|.* ([\d.,]+) \| datatrove as shipped"),
    (r"the same \| datasketch", r"^\| MinHash signatures \|.* ([\d.]+) \| datasketch, bulk"),
    (r"deduplication", r"^\| Deduplication, Parquet to Parquet \|.* ([\d.]+) \| .* as shipped"),
    (r"the same \| datatrove's four", r"^\| Deduplication, Parquet.* ([\d.]+) \| .* `str.split`"),
    (r"personal identifiers", r"^\| all identifiers, 24 languages \|.* ([\d.]+) \| datatrove"),
    (r"records of WARC files", r"^\| eurosift \| 4 of 4 \| [\d,]+ \| ([\d.]+) \|$"),
)
"""Beginnings of the rows of README's comparison, and the rows of the results that they are from."""


@pytest.mark.parametrize(("what", "row"), MEASURED)
def test_readme_compares_by_the_latest_results(what, row):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    (told,) = re.findall(rf"^\| {what}.* \| ([\d.,]+) \|$", readme, re.MULTILINE)
    (measured,) = re.findall(row, results, re.MULTILINE)
    decimals = len(told.partition(".")[2])
    assert told == f"{float(measured.replace(',', '')):,.{decimals}f}"


def test_readme_names_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"eurosift {name}" not in readme] == []


def test_every_command_has_its_section():
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `eurosift (\w+)`$", commands, re.MULTILINE) == list(COMMANDS)


def test_links_between_the_documents_lead_somewhere():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


COLUMNS = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
VARIANTS = {
    "extract": [{}, {"gate_languages": ["mt"]}, {"format": "jsonl", "columns": {"language": "l"}}],
    "langid": [{}, {"recall_first": ["mt"]}],
    "dedup": [{}, {"upsampling": {1: 1}}],
    "urls": [{"lists": {"own": "domains.txt"}}],
    "words": [{"lists": "words"}],
    "classifier": [{"model": "model.bin"}],
}
"""Configurations that add further columns, or that a stage cannot do without."""


def fields_of(stage):
    """Every column that a stage may add, but for signals, whose number is large."""
    kind = registry.load(stage)
    for config in VARIANTS.get(stage, [{}]):
        setting = Setting(languages=("mlt_Latn",))
        step = kind(kind.config_type(**config), name=stage, setting=setting)
        yield from Node(stage, step, (), ()).adds or ()


def lines_of_fields(section, fields):
    return [f for f in fields if f"| `{f.name}` | `{f.type}` | " not in section]


@pytest.mark.parametrize("stage", [s for s in registry.names() if s != "datatrove"])
def test_every_column_has_its_line(stage):
    """With its type: whoever adds a column adds a line to docs/columns.md."""
    if not registry.load(stage).__module__.startswith("eurosift."):
        pytest.skip("a stage of the tests")
    section = re.search(rf"^## `{stage}`\n(.*?)(?=\n## |\Z)", COLUMNS, re.DOTALL | re.MULTILINE)
    assert section is not None
    if stage != "signals":
        assert lines_of_fields(section[1], fields_of(stage)) == []
    if stage == "release":
        names = (*columns.KNOWN, "rejected_by", "reasons")
        assert lines_of_fields(section[1], columns.schema_of(names)) == []
    if stage == "dedup":
        assert lines_of_fields(section[1], MEMBER) == []


TROUBLES = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


def strings_of_the_code():
    """Every text in the source, with what stands for values as a null character."""
    for folder in ("pipeline", "stages", "filters", "langid", "dedup"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "\0"
                        for part in node.values
                    )
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_messages_that_are_explained_are_those_of_the_code():
    """A message that is worded anew leaves no explanation behind that nobody finds."""
    code = "\n".join(strings_of_the_code())
    rows = re.findall(r"^\| (`[^|]*`) \| ", TROUBLES, re.MULTILINE)
    pieces = [
        piece.strip()
        for row in rows
        for message in re.findall(r"`([^`]*)`", row)
        for piece in message.split("…")
    ]
    assert len(pieces) > 30
    assert [piece for piece in pieces if piece not in code] == []


@pytest.mark.parametrize("module", [errors, stage_errors])
def test_every_class_of_errors_is_in_the_page_of_troubles(module):
    classes = [
        n
        for n, c in vars(module).items()
        if isinstance(c, type) and c.__module__ == module.__name__
    ]
    assert [n for n in classes if n != "EurosiftError" and f"`{n}`" not in TROUBLES] == []
