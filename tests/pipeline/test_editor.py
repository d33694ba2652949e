"""Recipes in an editor: a YAML language server reads what `eurosift init` writes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from eurosift.langid.languages import EU24
from eurosift.stages import registry
from eurosift.stages.errors import StageError
from eurosift.stages.source import SourceStage

NODE = Path(sys.prefix) / "node"
SERVER = NODE / "node_modules/yaml-language-server/bin/yaml-language-server"
COMMON = {"uses", "needs", "per_language"}
CURSOR = "¦"
MAPPING = 7
"""Kind of an offer that is a mapping with all that it requires."""

pytestmark = [
    pytest.mark.xdist_group("editor"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not any(NODE.glob(".yaml-language-server@*")),  # put there by the Makefile
        reason="no yaml-language-server: npm was missing or failed in `make install-test`",
    ),
]


def place(text):
    """Line and column of the cursor."""
    before = text.partition(CURSOR)[0].split("\n")
    return len(before) - 1, len(before[-1])


def offers(editor, text):
    """What completion offers, by label, and what it would write; without whole mappings."""
    found = editor.ask("completion", text.replace(CURSOR, ""), *place(text))
    return {
        i["label"]: i.get("insertText") or i["textEdit"]["newText"]
        for i in found["items"]
        if i["kind"] != MAPPING
    }


def hover(editor, text):
    """What is shown of the word at the cursor."""
    return editor.ask("hover", text.replace(CURSOR, ""), *place(text))["contents"]["value"]


@pytest.fixture(scope="module")
def folders(command, tiny_stages, tmp_path_factory):
    """What `eurosift init` leaves, by template, with another package's stages installed."""
    root = tmp_path_factory.mktemp("editor")
    for template in ("web", "demo"):
        command("init", "--template", template, root / template)
    return root


@pytest.fixture(scope="module")
def editor(folders):
    from language_server import Editor

    with (folders / "server.log").open("wb") as log:
        editor = Editor(SERVER, folders / "web", log)
        yield editor
        editor.close()


@pytest.fixture(scope="module")
def edited(editor):
    """The recipe of `init`, with one of its lines replaced."""
    recipe = (editor.folder / "recipe.yaml").read_text("utf-8")

    def edit(line, by):
        assert f"\n{line}\n" in recipe
        return recipe.replace(f"\n{line}\n", f"\n{by}\n")

    return edit


def parameters():
    """Parameters of each stage that is installed, without those that `input` has."""
    found = {}
    for name in registry.names():
        try:
            kind = registry.load(name)
        except StageError:
            continue
        moved = {"format", "columns", "preset"} if issubclass(kind, SourceStage) else set()
        found[name] = set(kind.config_type.model_fields) - moved
    return found


@pytest.mark.parametrize("template", ["web", "demo"])
def test_what_init_writes_has_no_problem(editor, folders, template):
    folder = folders / template
    recipe = (folder / "recipe.yaml").read_text("utf-8")
    assert editor.problems(recipe, folder) == []
    wrong = recipe.replace("\nstages:", "\nstagse:")
    assert editor.problems(wrong, folder) != []


def test_a_stage_is_offered_exactly_its_parameters(editor, edited):
    expected = {name: fields | COMMON for name, fields in parameters().items()}
    assert len(expected) >= 9
    found = {
        name: set(offers(editor, edited("  langid: {}", f"  {name}:\n    {CURSOR}")))
        for name in expected
    }
    assert found == expected


def test_a_stage_under_a_name_of_its_own_is_offered_the_same(editor, edited):
    found = offers(editor, edited("  langid: {}", f"  lid:\n    uses: langid\n    {CURSOR}"))
    assert set(found) == parameters()["langid"] | COMMON - {"uses"}


def test_uses_and_needs_are_offered_the_stages(editor, edited):
    uses = offers(editor, edited("  langid: {}", f"  lid:\n    uses: {CURSOR}"))
    assert set(uses) == set(parameters())
    needs = offers(editor, edited("  dedup: {}", f"  dedup:\n    needs: {CURSOR}"))
    assert set(needs) >= set(parameters())


def test_stages_are_offered_by_name_and_completed_as_mappings(editor, edited):
    found = offers(editor, edited("  langid: {}", f"  {CURSOR}"))
    listed = {"extract", "signals", "quality", "dedup", "pii", "count", "release"}
    missing = set(parameters()) - listed
    assert {name for name in parameters() if name in found} == missing
    assert found["langid"].startswith("langid:")


def test_languages_are_offered_eu24_and_the_24_codes(editor, edited):
    line = "languages: eu24"
    assert "eu24" in offers(editor, edited(line, f"languages: {CURSOR}"))
    assert set(offers(editor, edited(line, f"languages:\n  - {CURSOR}"))) == set(EU24)
    overlays = f"  langid:\n    per_language:\n      {CURSOR}"
    assert set(offers(editor, edited("  langid: {}", overlays))) == set(EU24)


def test_a_language_is_offered_the_parameters_and_given_no_defaults(editor, edited):
    """A default that were written there would overrule what the stage has."""
    text = f"  langid:\n    per_language:\n      mlt_Latn:\n        {CURSOR}"
    found = offers(editor, edited("  langid: {}", text))
    assert set(found) == parameters()["langid"]
    assert found["segments"] == "segments: "
    codes = offers(
        editor, edited("  langid: {}", text.replace(f"mlt_Latn:\n        {CURSOR}", CURSOR))
    )
    assert {key for key, written in codes.items() if written.strip() != f"{key}:"} == set()


def test_values_are_offered(editor, edited):
    found = offers(editor, edited("  dedup: {}", f"  dedup:\n    keep: {CURSOR}"))
    assert set(found) == {"longest", "best_quality", "earliest", "latest"}


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("  langid: {}", f"  langid:\n    thres{CURSOR}hold: 0.5"),
        ("  langid: {}", f"  lid:\n    uses: langid\n    thres{CURSOR}hold: 0.5"),
        (
            "  langid: {}",
            f"  langid:\n    per_language:\n      mt:\n        thres{CURSOR}hold: 0.5",
        ),
    ],
)
def test_hover_shows_the_description_of_a_parameter(editor, edited, line, by):
    description = registry.load("langid").config_type.model_fields["threshold"].description
    assert description in hover(editor, edited(line, by))


def test_hover_shows_what_a_stage_does(editor, edited):
    found = hover(editor, edited("  langid: {}", f"  lan{CURSOR}gid: {{}}"))
    assert "Labels every text" in found


@pytest.mark.parametrize(
    ("line", "by", "message"),
    [
        ("languages: eu24", f"{CURSOR}langauges: eu24", "langauges is not allowed"),
        ("languages: eu24", f"workers: {CURSOR}many", "Incorrect type"),
        ("languages: eu24", f"languages: [mt, {CURSOR}xx]", "Value is not accepted"),
        ("languages: eu24", f"languages: {CURSOR}all", 'must be "eu24"'),
        ("  langid: {}", f"  langid:\n    {CURSOR}treshold: 0.5", "treshold is not allowed"),
        ("  langid: {}", f"  langid:\n    threshold: {CURSOR}5", "above the maximum of 1"),
        ("  langid: {}", f"  lid:\n    uses: {CURSOR}lang", "Value is not accepted"),
        (
            "  langid: {}",
            f"  lid:\n    uses: langid\n    {CURSOR}min_chars: 1",
            "min_chars is not allowed",
        ),
        (
            "  langid: {}",
            f"  langid:\n    per_language:\n      {CURSOR}xx: {{}}",
            "Value is not accepted",
        ),
        (
            "  langid: {}",
            f"  langid:\n    per_language:\n      mt:\n        {CURSOR}treshold: 0.5",
            "treshold is not allowed",
        ),
        ("  langid: {}", f"  {CURSOR}l-id:\n    uses: langid", "letters, digits and _"),
        ("  dedup: {}", f"  dedup:\n    keep: {CURSOR}shortest", "Value is not accepted"),
    ],
)
def test_a_mistake_is_marked_at_its_place(editor, edited, line, by, message):
    text = edited(line, by)
    found = editor.problems(text.replace(CURSOR, ""))
    assert [problem[:2] for problem in found] == [place(text)]
    assert message in found[0][2]


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("  langid: {}", "  lid: {uses: langid, threshold: 0.5, needs: [extract]}"),
        ("  langid: {}", "  langid:\n    per_language:\n      mt: {threshold: 0.4}\n      hrv: {}"),
        ("  langid: {}", "  langid:"),
        ("  langid: {}", "  langid: {uses: langid}\n  short: {min_chars: 3}"),
        ("languages: eu24", "languages: [Maltese, est, pt-PT]"),
        ("languages: eu24", "languages: EU24\nworkers: 3\noutput: out"),
    ],
)
def test_a_correct_recipe_has_no_problem(editor, edited, line, by):
    assert editor.problems(edited(line, by)) == []
