"""Recipes: every mistake in one clear line with its place."""

import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline import recipe
from eurosift.pipeline.errors import RecipeError

GOOD = "version: 1\nname: demo\ninput: {path: in/*.warc.gz}\nstages:\n  extract: {}\n"


def problems(text, tmp_path):
    with pytest.raises(RecipeError) as error:
        recipe.parse(text, tmp_path)
    return error.value.problems


def head(tmp_path, more=""):
    return recipe.parse(GOOD + more, tmp_path).head


def test_what_is_not_given_has_a_default(tmp_path):
    found = recipe.parse(GOOD, tmp_path)
    assert found.head.languages == EU24
    assert found.head.input.path == ("in/*.warc.gz",)
    assert found.head.input.format == "auto"
    assert found.folder == tmp_path / "runs" / "demo"


def test_the_run_folder_is_relative_to_the_recipe(tmp_path):
    assert recipe.parse(GOOD + "output: ../out\n", tmp_path / "a").folder == tmp_path / "out"
    assert recipe.parse(GOOD + "output: /big/out\n", tmp_path).folder.as_posix() == "/big/out"


@pytest.mark.parametrize("given", ["a/*.warc.gz", "{path: a/*.warc.gz}", "{path: [a/*.warc.gz]}"])
def test_the_input_may_be_given_by_its_path_alone(tmp_path, given):
    text = GOOD.replace("{path: in/*.warc.gz}", given)
    assert recipe.parse(text, tmp_path).head.input.path == ("a/*.warc.gz",)


@pytest.mark.parametrize(
    "code", ["mt", "mlt", "mlt_Latn", "__label__mt", "__label__mlt_Latn", "MT", "Maltese", "mt-MT"]
)
def test_a_language_is_understood_in_any_style(tmp_path, code):
    assert head(tmp_path, f"languages: [{code}]\n").languages == ("mlt_Latn",)


@pytest.mark.parametrize("word", ["eu24", "EU24"])
def test_all_languages_have_a_word(tmp_path, word):
    assert head(tmp_path, f"languages: {word}\n").languages == EU24


@pytest.mark.parametrize(
    ("languages", "where", "says"),
    [
        ("[mt, et, mlt_Latn]", "1: languages", "mlt_Latn is given twice, perhaps in two styles"),
        ("[mt, no]", "17: languages.1", "`no` is nob_Latn, which is not one of the 24 official"),
        ("[gr]", "13: languages.0", "did you mean 'el'"),
        ("[zzz]", "13: languages.0", "'zzz' is no language code"),
        ("[1]", "13: languages.0", "should be a valid string"),
        ("mt", "1: languages", "give `eu24` or a list of language codes"),
        ("[]", "1: languages", "give `eu24` or a list of language codes"),
        ("", "1: languages", "give `eu24` or a list of language codes"),
    ],
)
def test_a_wrong_language_is_told_with_its_place(tmp_path, languages, where, says):
    (line,) = problems(GOOD + f"languages: {languages}\n", tmp_path)
    assert line.startswith(f"recipe.yaml:6:{where}: ")
    assert says in line


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("version: 1", "version: 2", "recipe.yaml:1:1: version: should be 1"),
        ("version: 1\n", "", "recipe.yaml:1:1: version: is missing"),
        ("name: demo", "name: ../x", "recipe.yaml:2:1: name: begin with a letter or digit"),
        ("name: demo", "name: 12", "recipe.yaml:2:1: name: should be a valid string"),
        ("name:", "nam:", "recipe.yaml:2:1: nam: unknown key; did you mean `name`?"),
        ("stages:", "stage:", "recipe.yaml:4:1: stage: unknown key; did you mean `stages`?"),
        (
            "input: {path:",
            "input: {pth:",
            "recipe.yaml:3:9: input.pth: unknown key; did you mean `path`?",
        ),
        (
            "path: in/*.warc.gz",
            "path: []",
            "recipe.yaml:3:9: input.path: give at least one",
        ),
        (
            "path: in/*.warc.gz",
            "path: x, format: wrc",
            (
                "recipe.yaml:3:18: input.format: should be 'auto', 'warc', 'parquet', 'jsonl', "
                "'html', 'hplt' or 'fineweb2'"
            ),
        ),
        (
            "input: {path: in/*.warc.gz}",
            "input: 7",
            "recipe.yaml:3:1: input: should be",
        ),
        (
            "extract: {}",
            "extract: 5",
            "recipe.yaml:5:3: stages.extract: should be a mapping",
        ),
        ("stages:\n  extract: {}\n", "stages: []", "recipe.yaml:4:1: stages: should be"),
        (
            "extract: {}",
            "my-stage: {}",
            "recipe.yaml:5:3: `my-stage` cannot be the name of a stage",
        ),
        (
            "extract: {}",
            "logs: {uses: langid}",
            "recipe.yaml:5:3: `logs` cannot be the name of a stage: a folder of the run has it",
        ),
        (
            "stages:",
            "limits: {worker_memory: 5 MB}\nstages:",
            "recipe.yaml:4:10: limits.worker_memory: should be at least 256MiB",
        ),
        (
            "stages:",
            "limits: {page_second: 5}\nstages:",
            "recipe.yaml:4:10: limits.page_second: unknown key; did you mean `page_seconds`?",
        ),
        ("extract: {}", "a: {uses: 1}", "recipe.yaml:5:7: `uses` is the name of a stage"),
        ("extract: {}", "a: {needs: {}}", "recipe.yaml:5:7: `needs` is a list of stages"),
        ("extract: {}", "a: {needs: [1]}", "recipe.yaml:5:7: `needs` is a list of stages"),
        ("extract: {}", "a: {per_language: [mt]}", "recipe.yaml:5:7: `per_language` maps"),
        ("extract: {}", "a: {per_language: {mt: 1}}", "recipe.yaml:5:22: give parameters of"),
        ("extract: {}", "a: {per_language: {xx: {}}}", "recipe.yaml:5:22: 'xx' is no language"),
        (
            "extract: {}",
            "a: {per_language: {mt: {}, mlt: {}}}",
            "recipe.yaml:5:30: mlt_Latn is given twice",
        ),
        ("stages:", "workers: 0\nstages:", "recipe.yaml:4:1: workers: should be greater"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_column(tmp_path, old, new, line):
    assert old in GOOD
    found = problems(GOOD.replace(old, new), tmp_path)
    assert any(problem.startswith(line) for problem in found), found
    assert all("\n" not in problem for problem in found)


def test_all_mistakes_are_told_at_once(tmp_path):
    text = GOOD.replace("version: 1", "version: 3").replace("name:", "nmae:")
    assert len(problems(text + "languages: [xx]\n", tmp_path)) == 4


@pytest.mark.parametrize("text", ["", "- a\n", "just a word\n"])
def test_a_recipe_is_a_mapping(tmp_path, text):
    assert problems(text, tmp_path) == [
        "recipe.yaml:1:1: a recipe is a mapping with `version`, `name`, …"
    ]


def test_extract_is_there_without_being_named(tmp_path):
    text = GOOD.replace("extract: {}", "count: {}")
    assert [stage.name for stage in recipe.parse(text, tmp_path).stages] == ["extract", "count"]


def test_overlays_are_kept_by_canonical_code(tmp_path):
    text = GOOD.replace("extract: {}", "count: {a: 1, per_language: {et: {a: 2}}, needs: extract}")
    stage = recipe.parse(text, tmp_path).stages[1]
    assert (stage.config, stage.per_language) == ({"a": 1}, {"ekk_Latn": {"a": 2}})
    assert (stage.uses, stage.needs) == ("count", ("extract",))


def test_a_recipe_is_read_from_a_file(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text(GOOD)
    assert recipe.load(path).base == tmp_path
    path.write_text(GOOD + "colour: red\n")
    with pytest.raises(RecipeError, match=f"^{path}:6:1: colour: unknown key"):
        recipe.load(path)
