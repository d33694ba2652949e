"""``eurosift count``, end to end."""

import csv
import io
import json

import pytest
import sentencepiece
import tokenizers
from tokenizers import models, pre_tokenizers

ATTACKS = ["../../etc/passwd", "=cmd|' /C calc'!A0", "\x1b[31mred", "a\u202etxt", "<script>"]


@pytest.fixture(autouse=True)
def keep_environment(monkeypatch):
    """Opening a tokenizer sets variables, which are not to leak from here."""
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")


@pytest.fixture
def folder(tmp_path):
    """A folder as others leave it: JSON lines below folders of languages."""
    for language, texts in {
        "mlt_Latn": ["żebra waħda", "tnejn"],
        "lav_Latn": ["viens divi"],
    }.items():
        path = tmp_path / "clean" / language / "1.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(f"{json.dumps({'text': t, 'id': t})}\n" for t in texts))
    return tmp_path / "clean"


@pytest.fixture
def words(tmp_path):
    made = tokenizers.Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(tmp_path / "words.json"))
    return tmp_path / "words.json"


def test_a_folder_of_others_without_a_tokenizer_is_marked_as_an_estimate(eurosift, folder):
    done = eurosift("count", folder)
    assert done.code == 0
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[0].split()[-1] == "method"
    assert [line.split()[0] for line in lines[2:4]] == ["lvs_Latn", "mlt_Latn"]
    assert all(line.endswith("estimated") for line in (*lines[2:4], lines[5]))
    assert done.err.startswith("tokens: estimate, not a count")


def test_a_name_of_the_hub_is_told_from_a_path(eurosift, folder):
    done = eurosift("count", folder, "--tokenizer", "gpt2")
    assert done.code == 2
    assert "cannot read the tokenizer gpt2" in done.err
    assert "names of the Hugging Face hub are not looked up" in done.err


def test_several_tokenizers_in_one_pass(eurosift, folder, words, tmp_path):
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["żebra waħda tnejn viens divi"] * 20),
        model_prefix=str(tmp_path / "spm"),
        vocab_size=25,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    done = eurosift(
        *("count", folder, "--tokenizer", words, "--tokenizer", tmp_path / "spm.model"),
        *("--format", "json", "--threads", 1),
    )
    body = json.loads(done.out)
    rows = {(r["language"], r["tokenizer"]): r for r in body["counts"]}
    assert rows["mlt_Latn", "words.json"]["tokens"] == 3
    assert rows["total", "words.json"]["tokens"] == 5
    assert rows["mlt_Latn", "spm.model"]["tokens"] > 3
    assert {r["method"] for r in body["counts"]} == {"exact"}
    assert all(len(r["sha256"]) == 64 for r in body["counts"])
    assert [t["tokenizer"] for t in body["tokenizers"]] == ["words.json", "spm.model"]


@pytest.mark.parametrize("style", ["table", "md", "markdown", "json", "jsonl", "csv", "tsv"])
def test_every_format_has_the_figures(eurosift, folder, words, style):
    done = eurosift("count", folder, "--tokenizer", words, "--format", style)
    assert done.code == 0
    assert "mlt_Latn" in done.out
    assert "exact" in done.out


def test_a_sample_says_what_it_is(eurosift, tmp_path, words):
    path = tmp_path / "many.jsonl"
    text = "".join(
        f"{json.dumps({'text': 'a bb ' * (1 + i % 7) + 'ccc', 'language': 'mt'})}\n"
        for i in range(3_000)
    )
    path.write_text(text)
    arguments = ("count", path, "--tokenizer", words, "--format", "json")
    body = json.loads(eurosift(*arguments, "--within", "5%", "--seed", 8).out)
    row = body["counts"][0]
    exact = json.loads(eurosift(*arguments).out)["counts"][0]
    assert row["method"] == "sampled"
    assert row["low"] <= exact["tokens"] <= row["high"]
    assert "within 5 % in each language, seed 8" in body["tokenizers"][0]["how"]
    assert body["tokenizers"][0]["characters_tokenized"] < row["characters"]


def test_openeurollms_counts(eurosift, folder, words, tmp_path):
    arguments = ("count", folder, "--tokenizer", words, "--format", "openeurollm")
    printed = json.loads(eurosift(*arguments).out)
    found = printed["counts/mlt_Latn/source.json"]
    assert (found["documents"], found["tokens"], found["files"]) == (2, 3, 1)
    assert found["bytes"] == (folder / "mlt_Latn" / "1.jsonl").stat().st_size
    assert found["keys"] == {"required": ["id", "text"], "optional": []}
    done = eurosift(*arguments, "--out", tmp_path / "out")
    written = tmp_path / "out/counts/mlt_Latn/source.json"
    assert str(written) in done.out
    assert json.loads(written.read_text()) == found


def test_an_attack_in_the_language_leads_nowhere(eurosift, tmp_path):
    path = tmp_path / "in" / "x.jsonl"
    path.parent.mkdir()
    rows = [json.dumps({"text": "a", "language": a}) + "\n" for a in ATTACKS]
    path.write_text("".join(rows))
    for style in ("table", "csv", "json", "md", "openeurollm"):
        done = eurosift("count", path, "--format", style)
        assert not {"\x1b", "\u202e"} & set(done.out + done.err)
        assert "5 rows counted as und" in done.err
    rows = list(csv.DictReader(io.StringIO(eurosift("count", path, "--format", "csv").out)))
    assert [(r["language"], r["documents"]) for r in rows] == [("und", "5"), ("total", "5")]
    eurosift("count", path, "--format", "openeurollm", "--out", tmp_path / "out")
    assert [p.name for p in (tmp_path / "out" / "counts").iterdir()] == ["und"]


def test_columns_and_languages_can_be_named(eurosift, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"body": "a b", "l": "mt", "language": "de"}) + "\n")
    shape = ("--text-column", "body", "--format", "jsonl")
    first = eurosift("count", path, *shape, "--language-column", "l").out.splitlines()[0]
    assert json.loads(first)["language"] == "mlt_Latn"
    first = eurosift("count", path, *shape, "--language", "Croatian").out.splitlines()[0]
    assert json.loads(first)["language"] == "hrv_Latn"
    assert eurosift("count", path).code == 2
    assert "--text-column" in eurosift("count", path).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--within", "1%"), "give --tokenizer"),
        (("--within", "0"), "is no share"),
        (("--within", "x"), "is no share"),
        (("--language", "qqq"), "no language code"),
        (("--language", "mt", "--language-column", "l"), "not both"),
        (("--out", "x"), "openeurollm"),
    ],
)
def test_mistakes_are_told(eurosift, folder, arguments, message):
    done = eurosift("count", folder, *arguments)
    assert done.code == 2
    assert message in done.err


def test_what_is_no_tokenizer_is_told(eurosift, folder, tmp_path):
    (tmp_path / "none.json").write_text("{}")
    done = eurosift("count", folder, "--tokenizer", tmp_path / "none.json")
    assert done.code == 2
    assert "is no tokenizer.json" in done.err


def test_a_run_that_is_not_finished_is_counted_as_far_as_it_is_and_says_so(
    eurosift, make_project, tmp_path
):
    project = make_project(tmp_path)
    project.inputs(["mlt_Latn one two", "mlt_Latn x"])
    project.write({"label": None, "length": None, "short": {"min_chars": 12}})
    project.perform("extract", "label", "length")
    done = eurosift("count", project.recipe, "--format", "json")
    assert done.code == 3
    assert "incomplete: short not up to date" in done.err
    assert json.loads(done.out)["counts"][0]["documents"] == 2
    project.perform()
    done = eurosift("count", project.recipe, "--format", "json")
    assert (done.code, json.loads(done.out)["counts"][0]["documents"]) == (0, 1)
