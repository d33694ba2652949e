"""The mistakes that a new user is most likely to make, each with the whole message that it gives.

A message says where (``file:line:column`` if it is in a file), what is wrong, and what to do.
"""

import json
import os
from pathlib import Path

import pytest

RECIPE = """\
version: 1
name: web
input: in/*.jsonl
languages: [mt, et]
stages:
  langid: {}
  signals: {}
  quality: {}
  pii:
    mode: tag
"""

RULES = """\
name: own
version: 1
source: me
rules:
- name: loud
  version: 1
  description: Too many capitals.
  citation: none
  reject_if: upper_ratio > threshold
  threshold: 0.5
"""

CIRCLE = """\
label:
    needs: short
  length: {}
  short: {}"""


@pytest.fixture
def folder(tmp_path, monkeypatch, tiny_stages):
    """A recipe that is right, with one input file; the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.jsonl").write_text('{"id": "1", "text": "Dan huwa test."}\n')
    Path("recipe.yaml").write_text(RECIPE)
    return tmp_path


def edit(path, old, new):
    text = Path(path).read_text()
    assert text.count(old) >= 1
    Path(path).write_text(text.replace(old, new, 1))


def messages(found):
    """The lines of an error, without the name of the program."""
    assert found.out == ""
    assert "Traceback" not in found.err
    lines = found.err.splitlines()
    assert all(line.startswith("eurosift: ") for line in lines)
    return [line.removeprefix("eurosift: ") for line in lines]


IN_RECIPES = {
    "misspelt key": (
        "languages: [mt, et]",
        "langauges: [mt, et]",
        "4:1: langauges: unknown key; did you mean `languages`?",
    ),
    "misspelt stage": (
        "  signals:",
        "  sginals:",
        "7:3: stages.sginals: no stage `sginals` is installed; did you mean `signals`?",
    ),
    "misspelt parameter": (
        "mode: tag",
        "mod: tag",
        "10:5: stages.pii.mod: unknown key; did you mean `mode`?",
    ),
    "value that is none of those allowed": (
        "mode: tag",
        "mode: tags",
        "10:5: stages.pii.mode: should be 'surrogate', 'tag' or 'spans'; did you mean `tag`?",
    ),
    "misspelt one of several": (
        "mode: tag",
        "types: [emails, iban]",
        (
            "10:13: stages.pii.types.0: should be 'email', 'secret', 'iban', 'card', 'mrz', "
            "'crypto', 'national_id', 'phone', 'ip_address' or 'company_id'; did you mean `email`?"
        ),
    ),
    "misspelt only one": (
        "mode: tag",
        "types: [emails]",
        (
            "10:13: stages.pii.types.0: should be 'email', 'secret', 'iban', 'card', 'mrz', "
            "'crypto', 'national_id', 'phone', 'ip_address' or 'company_id'; did you mean `email`?"
        ),
    ),
    "date in words": (
        "    mode: tag",
        "    mode: tag\n  count: {}\n  release: {published: yesterday}",
        "12:13: stages.release.published: should be a date, such as 2026-01-31",
    ),
    "time for a date": (
        "    mode: tag",
        "    mode: tag\n  count: {}\n  release: {published: '2026-01-31 12:00'}",
        "12:13: stages.release.published: should be a date, such as 2026-01-31",
    ),
    "name of the hub for a tokenizer": (
        "    mode: tag",
        "    mode: tag\n  count: {tokenizers: {gpt: openai-community/gpt2}}",
        (
            "11:24: stages.count.tokenizers.gpt: {folder}/openai-community/gpt2: cannot be read: "
            "No such file or directory; give the path of a tokenizer.json or a SentencePiece "
            "model: names of the Hugging Face hub are not looked up, as nothing asks a network; "
            "where there is one, `hf download NAME tokenizer.json --local-dir FOLDER` fetches the "
            "file, then copy it here"
        ),
    ),
    "some words of a rule": (
        "quality: {}",
        "quality: {thresholds: {stop_words: 1}}",
        (
            "8:3: stage quality: rule set fineweb2: no rule 'stop_words'; "
            "did you mean 'gopher_enough_stop_words'?"
        ),
    ),
    "misspelt name in a policy of keepers": (
        "  pii:",
        "  dedup: {keep_by: nchars}\n  pii:",
        (
            "9:3: stages.dedup: reads `nchars`, which no stage before it has; no stage adds it; "
            "did you mean `n_chars`?"
        ),
    ),
    "key left out": ("name: web\n", "", "1:1: name: is missing"),
    "version of another format": ("version: 1", "version: 2", "1:1: version: should be 1"),
    "name with a space": (
        "name: web",
        "name: my web",
        "2:1: name: begin with a letter or digit, go on with those and . _ -",
    ),
    "Norwegian, which is no EU language": (
        "[mt, et]",
        "[mt, no]",
        "4:17: languages.1: `no` is nob_Latn, which is not one of the 24 official EU languages",
    ),
    "country instead of language": (
        "[mt, et]",
        "[mt, gr]",
        "4:17: languages.1: 'gr' is no language code; did you mean 'el'?",
    ),
    "code of nothing": (
        "[mt, et]",
        "[mt, xx]",
        "4:17: languages.1: 'xx' is no language code; give one like 'mlt_Latn', 'mlt' or 'mt'",
    ),
    "language given twice": (
        "[mt, et]",
        "[mt, mlt_Latn]",
        "4:1: languages: mlt_Latn is given twice, perhaps in two styles of code",
    ),
    "one language without brackets": (
        "[mt, et]",
        "mt",
        "4:1: languages: give `eu24` or a list of language codes, such as [mt, ga]",
    ),
    "pattern that matches nothing": (
        "in/*.jsonl",
        "inn/*.jsonl",
        "3:1: no file matches inn/*.jsonl (looked in {folder})",
    ),
    "pattern without a suffix that matches nothing": (
        "in/*.jsonl",
        "inn/*",
        (
            "3:1: input.path: no file matches inn/* (looked in {folder}), and a pattern without a "
            "suffix does not tell the format; set input.format to warc, parquet, jsonl or html"
        ),
    ),
    "folder as input": (
        "in/*.jsonl",
        "in",
        (
            "3:1: `in` is a folder: write in/*.warc.gz, or what its files are; of a folder of HTML "
            "files, set input.format to html"
        ),
    ),
    "columns of what is no table": (
        "input: in/*.jsonl",
        "input: {path: in/*, format: warc, columns: {html: page}}",
        (
            "3:35: input.columns: only tables have columns (parquet, jsonl), but the files are "
            "warc: remove it, or set input.format"
        ),
    ),
    "corpus of others that is no table": (
        "input: in/*.jsonl",
        "input: {path: in/*.html, format: hplt}",
        "3:26: input.format: hplt is for parquet and jsonl, but the files are html",
    ),
    "wrong suffix": (
        "in/*.jsonl",
        "in/a.txt",
        (
            "3:1: input.path: in/a.txt: cannot tell its format from the name; known are .warc, "
            ".arc, .wet, .wacz, .parquet, .jsonl, .ndjson, .html, .htm, .xhtml (WARC, ARC and JSON "
            "also with .gz or .zst); set input.format to warc, parquet, jsonl or html"
        ),
    ),
    "pattern that begins with a star": (
        "in/*.jsonl",
        "*.jsonl",
        (
            "3:9: did not find expected alphabetic or numeric character; "
            "put a pattern that begins with * in quotes"
        ),
    ),
    "tab": ("    mode: tag", "\tmode: tag", "10:1: a tab: indent with spaces"),
    "colon left out": ("name: web", "name web", "2:1: `:` is missing behind the key"),
    "quote not closed": ("name: web", "name: 'web", "2:7: the quote is not closed"),
    "bracket not closed": (
        "[mt, et]",
        "[mt, et",
        "5:7: did not find expected ',' or ']' to what is opened in line 4",
    ),
    "stage given twice": (
        "  signals: {}",
        "  langid: {}",
        "7:3: `langid` is given twice (first in line 6)",
    ),
    "word for a number": (
        "name: web",
        "name: web\nworkers: many",
        "3:1: workers: should be a valid integer",
    ),
    "memory without its unit": (
        "name: web",
        "name: web\nlimits: {worker_memory: 2}",
        "3:10: limits.worker_memory: should be at least 256MiB",
    ),
    "list for a mapping": (
        "quality: {}",
        "quality: [gopher]",
        "8:3: stages.quality: should be a mapping",
    ),
    "threshold out of range": (
        "langid: {}",
        "langid: {threshold: 65}",
        "6:12: stages.langid.threshold: should be less than or equal to 1",
    ),
    "threshold of a language out of range": (
        "langid: {}",
        "langid: {thresholds: {mt: 65}}",
        "6:12: stages.langid.thresholds: the threshold of mt is 65.0; it must be within 0 and 1",
    ),
    "needs of a stage that is not there": (
        "quality: {}",
        "quality: {needs: langud}",
        "8:13: stages.quality.needs: no stage `langud`; did you mean `langid`?",
    ),
    "circle": (
        "langid: {}\n  signals: {}\n  quality: {}",
        CIRCLE,
        "7:5: stages go in a circle: label → short → length → label",
    ),
    "column that comes later": (
        "  signals: {}\n  quality: {}",
        "  quality: {needs: langid}\n  signals: {}",
        (
            "7:3: stages.quality: reads `word_count`, `mean_word_length`, `alpha_word_ratio` and "
            "22 more, which no stage before it has; `signals` adds it: let `needs` lead there"
        ),
    ),
    "stage that others need left out": (
        "  signals: {}\n",
        "",
        (
            "7:3: stages.quality: reads `word_count`, `mean_word_length`, `alpha_word_ratio` and "
            "22 more, which no stage before it has; put `signals` before it"
        ),
    ),
    "text that is changed behind those who look at it": (
        "  quality: {}",
        "  templates: {}\n  quality: {}",
        (
            "8:3: stages.templates: `signals` would look at the text without its changes: put "
            "`templates` before `signals` and let `needs` lead there, or, if that is meant, say "
            "`needs: signals` in `templates`"
        ),
    ),
    "earlier run that is not there": (
        "  pii:",
        "  dedup: {against: [../old]}\n  pii:",
        (
            "9:21: stages.dedup.against: {folder}/../old: is not there; paths are relative to the "
            "recipe"
        ),
    ),
    "earlier run without signatures": (
        "  pii:",
        "  dedup: {against: [in]}\n  pii:",
        (
            "9:21: stages.dedup.against: {folder}/in: no signatures there; name the folder of a "
            "run that has done `dedup`, and keep its dedup/sign/*.parquet"
        ),
    ),
    "earlier runs of one name": (
        "  pii:",
        "  dedup: {against: [in, old/in]}\n  pii:",
        (
            "9:11: stages.dedup.against: several folders are called 'in'; tables name earlier "
            "runs by their folders, so give them names of their own"
        ),
    ),
    "missing model": (
        "langid: {}",
        "langid: {model: lid.bin}",
        "6:12: stages.langid.model: {folder}/lid.bin: cannot be read: No such file or directory",
    ),
    "one model to agree with itself": (
        "langid: {}",
        "langid: {agree_with: embedded}",
        (
            "6:3: stages.langid: agree_with: `embedded` is the model already; give the path of "
            "another one, as `model` or as `agree_with`"
        ),
    ),
    "no key for surrogates": (
        "mode: tag",
        "mode: surrogate",
        (
            "9:3: pii: mode 'surrogate' needs a secret key, and `key` names none. `eurosift init` "
            "makes one, or: (umask 077; head -c 32 /dev/urandom | base64 > pii.key); then set "
            "`key: pii.key`, or choose mode 'tag'."
        ),
    ),
    "missing key file": (
        "mode: tag",
        "key: secrets/pii.key",
        "10:5: stages.pii.key: {folder}/secrets/pii.key: cannot be read: No such file or directory",
    ),
    "folder for a key": (
        "mode: tag",
        "key: in",
        "9:3: pii: cannot read the key {folder}/in: Is a directory. Name the file in it.",
    ),
    "languages of a stage that takes none": (
        "signals: {}",
        "signals: {per_language: {mt: {tokens: whitespace}}}",
        (
            "7:13: stage `signals` has one configuration for all languages: "
            "remove `per_language` (mlt_Latn)"
        ),
    ),
    "more than thresholds by language": (
        "langid: {}",
        "langid: {per_language: {mt: {segments: false}}}",
        (
            "6:3: stage `langid`: only thresholds may differ by language; "
            "remove the other parameters from `per_language.mlt_Latn`"
        ),
    ),
    "a gate for languages that are not wanted": (
        "stages:",
        "stages:\n  extract: {gate_languages: [ga]}",
        (
            "6:13: stage `extract`: gate_languages names gle_Latn, which the recipe's `languages` "
            "do not, so that its pages would be extracted only to be rejected: add it there, or "
            "remove it here"
        ),
    ),
    "a threshold of a language that is not wanted": (
        "langid: {}",
        "langid: {thresholds: {mt: 0.4, nb: 0.5}}",
        (
            "6:12: stage `langid`: thresholds names nob_Latn, which the recipe's `languages` do "
            "not: add it there, or remove it here"
        ),
    ),
    "unknown rule": (
        "quality: {}",
        "quality: {disable: [gopher_short_docs]}",
        (
            "8:3: stage quality: rule set fineweb2: no rule 'gopher_short_docs'; "
            "did you mean 'gopher_short_doc'?"
        ),
    ),
    "unknown rule set": (
        "quality: {}",
        "quality: {rules: finweb}",
        (
            "8:3: stage quality: finweb: no such rule set; did you mean `fineweb`? Shipped are "
            "fineweb2, fineweb, gopher, c4, mc4, madlad, wds, bad_words, anything else is the path "
            "of a YAML file ({folder}/finweb: No such file or directory)"
        ),
    ),
}


@pytest.mark.parametrize("mistake", IN_RECIPES)
def test_mistakes_in_a_recipe(folder, eurosift, mistake):
    old, new, message = IN_RECIPES[mistake]
    edit("recipe.yaml", old, new)
    found = eurosift("validate", "recipe.yaml")
    expected = f"recipe.yaml:{message.replace('{folder}', str(folder))}"
    assert (found.code, messages(found)) == (2, [expected])


def test_what_is_meant_is_not_refused(folder, eurosift):
    """Templates behind signals, by the word of the recipe."""
    edit("recipe.yaml", "  quality: {}", "  templates: {needs: signals}\n  quality: {}")
    assert eurosift("validate", "recipe.yaml").code == 0


def test_mistakes_of_one_kind_are_told_at_once(folder, eurosift):
    """Keys of the recipe and of its stages together; so all that is missing beside it."""
    edit("recipe.yaml", "name: web", "nam: web")
    edit("recipe.yaml", "signals: {}", "signals: {needs: 3}")
    assert messages(eurosift("validate", "recipe.yaml")) == [
        "recipe.yaml:1:1: name: is missing",
        "recipe.yaml:2:1: nam: unknown key; did you mean `name`?",
        "recipe.yaml:7:13: `needs` is a list of stages",
    ]
    Path("recipe.yaml").write_text(RECIPE)
    edit("recipe.yaml", "in/*", "on/*")
    edit("recipe.yaml", "langid: {}", "langid: {model: lid.bin}")
    edit("recipe.yaml", "  pii:", "  dedup: {against: [old, older]}\n  pii:")
    places = [line.split(": ")[:2] for line in messages(eurosift("validate", "recipe.yaml"))]
    assert places == [
        ["recipe.yaml:6:12", "stages.langid.model"],
        ["recipe.yaml:9:21", "stages.dedup.against"],
        ["recipe.yaml:9:26", "stages.dedup.against"],
        ["recipe.yaml:3:1", f"no file matches on/*.jsonl (looked in {folder})"],
    ]


def test_the_folder_of_a_recipe_leads_to_its_run(folder, eurosift):
    Path("old/runs/web/dedup/sign").mkdir(parents=True)
    edit("recipe.yaml", "  pii:", "  dedup: {against: [old]}\n  pii:")
    (message,) = messages(eurosift("validate", "recipe.yaml"))
    assert message.endswith(f"dedup/sign/*.parquet; did you mean {folder}/old/runs/web?")


def test_languages_are_named_where_they_are_few(folder, eurosift):
    """`slo` is an old code of Slovak, which nobody finds who meant Slovenian."""
    edit("recipe.yaml", "[mt, et]", "[mt, slo]")
    found = eurosift("validate", "recipe.yaml")
    assert "input files 1, languages mlt_Latn slk_Latn, extract → langid" in found.out


@pytest.mark.parametrize("command", ["plan", "run"])
def test_earlier_runs_are_looked_at_before_anything_runs(folder, eurosift, command):
    edit("recipe.yaml", "  pii:", "  dedup: {against: [../old]}\n  pii:")
    found = eurosift(command, "recipe.yaml")
    assert found.code == 2
    assert "recipe.yaml:9:21: stages.dedup.against: " in found.err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "upper_ratio",
            "uper_ratio",
            (
                "stages.quality: {place}:9:3: rule loud: unknown signal 'uper_ratio' in "
                "`uper_ratio > threshold`; did you mean 'upper_ratio'?"
            ),
        ),
        (
            "0.5",
            "half",
            "stage quality: {place}:10:3: rule loud: threshold: should be a valid number",
        ),
        (
            "upper_ratio > threshold",
            "threshold < upper_ratio",
            (
                "stage quality: {place}:9:3: rule loud: reject_if: `threshold < upper_ratio` is no "
                "condition: expected signals, numbers, + - * / and one of < <= > >=, then "
                "`threshold` or a number"
            ),
        ),
    ],
)
def test_mistakes_in_own_rules(folder, eurosift, old, new, message):
    Path("own.yaml").write_text(RULES.replace(old, new))
    edit("recipe.yaml", "quality: {}", "quality: {rules: own.yaml}")
    found = eurosift("validate", "recipe.yaml")
    expected = f"recipe.yaml:8:3: {message.format(place=f'{folder}/own.yaml')}"
    assert (found.code, messages(found)) == (2, [expected])


def test_mistakes_in_own_rules_are_told_at_once(folder, eurosift):
    """Of all files, with their lines; and then all columns and rules that there are not."""
    Path("own.yaml").write_text(
        RULES.replace("upper_ratio >", "upper_ratio").replace("name: own\n", "")
        + "- {name: short, reject_if: word_count < threshold, threshold: fifty, by_langage: {}}\n"
    )
    other = "- {name: b, reject_if: word_cuont > 5}\n- {name: c, reject_if: line_count > 5}\n"
    Path("other.yaml").write_text(f"name: x\nversion: 1\nsource: x\nrules:\n{other}{other}")
    recipe = (
        "quality: {rules: [own.yaml, other.yaml], disable: [d, e], add: {f: {reject_if: g > 1}}}"
    )
    edit("recipe.yaml", "quality: {}", recipe)
    found = [
        line.replace(str(folder), "") for line in messages(eurosift("validate", "recipe.yaml"))
    ]
    start = "recipe.yaml:8:3: stage quality: "
    assert [line.removeprefix(start) for line in found] == [
        "/own.yaml:1:1: name: is missing",
        (
            "/own.yaml:8:3: rule loud: reject_if: `upper_ratio threshold` is no condition: "
            "expected signals, numbers, + - * / and one of < <= > >=, then `threshold` or a number"
        ),
        "/own.yaml:10:52: rule short: threshold: should be a valid number",
        "/own.yaml:10:70: rule short: by_langage: unknown key; did you mean 'by_language'?",
        "/other.yaml:7:4: rule b is there twice",
        "/other.yaml:8:4: rule c is there twice",
    ]
    Path("own.yaml").write_text(RULES)
    Path("other.yaml").write_text(f"name: x\nversion: 1\nsource: x\nrules:\n{other}")
    found = messages(eurosift("validate", "recipe.yaml"))
    assert [line.partition("; ")[0].removeprefix(start) for line in found] == [
        "rule set own+x+recipe: no rule 'd'",
        "rule set own+x+recipe: no rule 'e'",
    ]
    edit("recipe.yaml", "disable: [d, e]", "disable: [c]")
    found = [
        line.replace(str(folder), "") for line in messages(eurosift("validate", "recipe.yaml"))
    ]
    assert found[0] == (
        "recipe.yaml:8:3: stages.quality: /other.yaml:5:13: rule b: unknown signal 'word_cuont' in "
        "`word_cuont > threshold`; did you mean 'word_count'?"
    )
    assert found[1].startswith("recipe.yaml:8:68: stages.quality: rule f: unknown signal 'g'")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["run", "recipes.yaml"],
            2,
            "recipes.yaml: no such file; `eurosift init` writes a recipe",
        ),
        (["status", "in"], 2, "{folder}/in: is no run folder; `eurosift run RECIPE` makes one"),
        (
            ["status", "recipe.yaml"],
            3,
            "{folder}/runs/web: nothing has been run yet; `eurosift run recipe.yaml`",
        ),
        (
            ["run", "recipe.yaml", "-s", "qualty"],
            2,
            "--select 'qualty': no such stage; did you mean `quality`?",
        ),
        (["init", "."], 2, "recipe.yaml exists already; choose another folder"),
        (
            ["inspect", "recipe.yaml"],
            4,
            (
                "recipe.yaml: is damaged, or no Parquet: Parquet magic bytes not found in footer. "
                "Either the file is corrupted or this is not a parquet file."
            ),
        ),
    ],
)
def test_mistakes_in_arguments(folder, eurosift, arguments, code, message):
    found = eurosift(*arguments)
    assert (found.code, messages(found)) == (code, [message.replace("{folder}", str(folder))])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "Missing argument 'RECIPE'."),
        (["rnu", "recipe.yaml"], "No such command 'rnu'."),
        (
            ["run", "recipe.yaml", "--worker", "2"],
            "No such option '--worker'. Did you mean '--workers'?",
        ),
        (
            ["report", "recipe.yaml", "--format", "xlsx"],
            (
                "Invalid value for '--format': "
                "'xlsx' is not one of 'table', 'json', 'jsonl', 'csv', 'tsv', 'md', "
                "'markdown'."
            ),
        ),
        (["inspect", "nothing"], "Invalid value for 'PATH': Path 'nothing' does not exist."),
    ],
)
def test_wrong_usage(folder, eurosift, arguments, message):
    found = eurosift(*arguments)
    usage, remedy, empty, error = found.err.splitlines()
    assert (found.code, found.out, empty, error) == (2, "", "", f"Error: {message}")
    assert usage.startswith("Usage: eurosift ")
    assert remedy.endswith("--help' for help.")


@pytest.mark.parametrize("command", ["validate", "plan"])
@pytest.mark.parametrize("ours", ["text", "html"])
def test_a_column_of_another_name(folder, eurosift, command, ours):
    edit("recipe.yaml", "in/*.jsonl", f"{{path: in/*.jsonl, columns: {{{ours}: content}}}}")
    found = eurosift(command, "recipe.yaml")
    assert (found.code, messages(found)) == (
        2,
        [
            (
                f"{folder}/in/a.jsonl: has no column 'content'; its columns are id, text. "
                "Name the right ones under `columns` of the input"
            )
        ],
    )


def test_an_output_folder_with_other_files(folder, eurosift):
    edit("recipe.yaml", "name: web", "name: web\noutput: in")
    found = eurosift("run", "recipe.yaml")
    assert (found.code, messages(found)) == (
        2,
        [f"{folder}/in: is not empty and no run folder; name another one as `output`, or empty it"],
    )


def test_two_runs_at_once(finished, eurosift):
    from eurosift.pipeline.lease import Lease

    with Lease(finished.run_folder):
        found = eurosift("run", finished.recipe)
    assert (found.code, messages(found)) == (
        2,
        [
            (
                f"{finished.run_folder}: another run works here (process {os.getpid()} on "
                f"{os.uname().nodename}); wait for it, or stop it and run again; if it hangs, "
                "`eurosift retry --stalled` takes over"
            )
        ],
    )


def test_inputs_that_are_not_as_they_were(finished, eurosift):
    finished.input("part-0.jsonl", ["mlt_Latn other"])
    (finished.folder / "in" / "part-1.jsonl").unlink()
    found = eurosift("run", finished.recipe)
    assert (found.code, messages(found)) == (
        2,
        [
            "input part-0.jsonl has changed",
            "input part-1.jsonl is gone",
            "put them back, or take them as they are now with `eurosift run --replan`",
        ],
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--language", "gr"], "'gr' is no language code; did you mean 'el'?"),
        (["--stage", "shrot"], "no stage `shrot` in this run; did you mean `short`?"),
        (
            ["--reason", "too_shrt"],
            "no document was rejected for `too_shrt`; did you mean `too_short`?",
        ),
        (
            ["--near", "too_shrt"],
            "no rule `too_shrt` with a threshold in this run; did you mean `too_short`?",
        ),
        (
            ["--verdict", "kept", "--reason", "other"],
            "a document that is kept has no reason: leave out one of the two",
        ),
    ],
)
def test_samples_of_what_is_not_there(finished, eurosift, option, message):
    found = eurosift("sample", finished.recipe, *option)
    assert (found.code, messages(found)) == (2, [message])


@pytest.mark.parametrize("command", ["sample", "report"])
def test_a_damaged_shard(finished, eurosift, command):
    path = finished.run_folder / "label" / "00000.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    found = eurosift(command, finished.recipe)
    assert (found.code, messages(found)) == (
        4,
        [
            (
                f"{path}: is damaged: Parquet magic bytes not found in footer. Either the file is "
                "corrupted or this is not a parquet file."
            ),
            "remove what is damaged and run again: it is made anew; `eurosift verify` finds it",
        ],
    )


def test_own_stop_words_of_an_unknown_language(folder, eurosift):
    Path("words.json").write_text(json.dumps({"gr": ["και"]}))
    edit("recipe.yaml", "signals: {}", "signals: {stop_words: words.json}")
    found = eurosift("validate", "recipe.yaml")
    assert (found.code, messages(found)) == (
        2,
        [
            (
                f"recipe.yaml:7:3: stage signals: {folder}/words.json: "
                "'gr' is no language code; did you mean 'el'?"
            )
        ],
    )


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("quality", "calibrate"), "--share"),
        (("dedup", "selftest"), "--similarity"),
        (("dedup", "selftest"), "--threshold"),
    ],
)
def test_a_share_that_is_no_number(folder, eurosift, command, option):
    found = eurosift(*command, "recipe.yaml", option, "nan")
    assert found.code == 2
    assert f"Invalid value for '{option}': nan is no number from 0 to 1." in found.err
