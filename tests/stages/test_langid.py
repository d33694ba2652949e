"""Language identification as a stage."""

# Languages in other scripts look like Latin by nature.

import json
import shutil
from importlib.resources import as_file, files

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.model import EMBEDDED, LEXICONS, WORDS, words_file
from eurosift.stages.base import Setting
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.langid import LangId
from eurosift.stages.langid_config import LangIdConfig
from eurosift.stages.registry import load

GERMAN = "Die Europäische Union hat vierundzwanzig Amtssprachen."
MALTESE = "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali."
TURKISH = "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."
ENGLISH = "All human beings are born free and equal in dignity and rights."
VORO = (
    "Kõik inemiseq sünnüseq vapos ja ütesugumaidsi avvo ja õiguisi poolõst. Näile om annõt mudsu "
    "ja süämetunnistus ja nä piät ütstõõsõga vele muudu läbi käümä."
)
"""Which lid.176 cannot know."""
TEXTS = [GERMAN, MALTESE, TURKISH, f"{GERMAN}\n{ENGLISH}", "", "🙂 12:30", "\0\ufffd", None, "x"]


def stage(languages=(), per_language=None, **config):
    made = LangId(
        LangIdConfig(**config),
        name="langid",
        setting=Setting(languages=languages),
        per_language=per_language,
    )
    made.open()
    return made


@pytest.fixture(scope="module")
def default():
    return stage()


def run(made, texts):
    return made.process(pa.record_batch({"text": pa.array(texts, pa.string())}))


def column(batch, name):
    return batch.column(name).to_pylist()


def test_the_stage_is_found_by_its_name():
    assert load("langid") is LangId


def test_the_batch_has_the_promised_schema_and_rows(default):
    out = run(default, TEXTS)
    assert out.schema.equals(default.adds)
    assert out.num_rows == len(TEXTS)
    assert out.schema.names == [
        "language", "language_script", "language_score", "top_langs", "seg_langs",
        "language_share", "code_switching", "second_language", "second_score",
        "declared_language", "tld", "langid_reasons",
    ]  # fmt: skip
    assert run(default, []).schema.equals(default.adds)


def test_labels_segments_and_reasons_of_each_text(default):
    out = run(default, TEXTS)
    assert column(out, "language")[:7] == [
        "deu_Latn", "mlt_Latn", "tur_Latn", "deu_Latn", "und", "und", "und",
    ]  # fmt: skip
    assert column(out, "langid_reasons")[:3] == [[], [], ["other"]]
    assert column(out, "langid_reasons")[4:8] == [["no_letters"]] * 4
    assert column(out, "seg_langs")[3] == ["deu_Latn", "eng_Latn"]
    assert column(out, "code_switching")[:4] == [False, False, False, True]
    share = len(GERMAN) / (len(GERMAN) + len(ENGLISH))
    assert column(out, "language_share")[:5] == [1, 1, 1, pytest.approx(share), None]
    assert column(out, "language_script")[3:5] == ["Latn", "Zyyy"]
    best = column(out, "top_langs")[1]
    assert [len(best), best[0]["language"]] == [3, "mlt_Latn"]
    assert best[0]["score"] == column(out, "language_score")[1]


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, len(TEXTS)))
def test_how_rows_are_batched_changes_nothing(default, cut):
    whole = pa.Table.from_batches([run(default, TEXTS)])
    parts = pa.Table.from_batches([run(default, TEXTS[:cut]), run(default, TEXTS[cut:])])
    assert parts.combine_chunks().equals(whole.combine_chunks())


def test_slices_of_a_batch_are_read_at_their_offset(default):
    batch = pa.record_batch({"text": pa.array([GERMAN, MALTESE], pa.string())})
    assert column(default.process(batch.slice(1)), "language") == ["mlt_Latn"]


def test_the_languages_of_the_recipe_decide_what_is_other():
    out = run(stage(languages=("tur_Latn",)), [GERMAN, TURKISH])
    assert column(out, "langid_reasons") == [["other"], []]
    assert column(out, "language") == ["deu_Latn", "tur_Latn"]


def test_thresholds_of_the_configuration_go_before_the_table():
    out = run(stage(threshold=1.0, thresholds={"mt": 0.0}), [ENGLISH + " Zut alors", MALTESE])
    assert column(out, "langid_reasons") == [["unsure"], []]


def test_a_table_by_path_goes_before_the_embedded_one_and_behind_the_configuration(tmp_path):
    path = tmp_path / "table.yaml"
    path.write_text("default: 0.0\nlanguages: {en: 1.0}\n")
    text = [ENGLISH + " Zut alors"]
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as model:
        for more, reasons in (
            ({}, ["unsure"]),
            ({"model": model, "normalised": True}, ["unsure"]),
            ({"threshold": 0}, []),
            ({"thresholds": {"en": 0}}, []),
        ):
            out = run(stage(thresholds_file=path, **more), text)
            assert column(out, "langid_reasons") == [reasons]


def test_a_table_by_path_is_part_of_the_fingerprint_by_its_content(tmp_path):
    made = LangId(LangIdConfig(thresholds_file=tmp_path / "table.yaml"), name="langid")
    assert made.config.assets() == {"thresholds_file": tmp_path / "table.yaml"}
    assert "langid/data/thresholds.yaml" not in made.embedded()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("default: 0.5\nmodel: m\nmodel_sha256: abcd\n", "these thresholds are for the model m"),
        ("default: 5\n", "not a table of thresholds"),
    ],
)
def test_a_table_for_another_model_or_of_something_else_is_refused(tmp_path, content, message):
    path = tmp_path / "table.yaml"
    path.write_text(content)
    with pytest.raises(AssetError, match=rf"stage `langid`: .*table\.yaml.*: {message}"):
        stage(thresholds_file=path)


def test_thresholds_may_differ_by_an_overlay_of_the_language():
    overlay = {"mlt_Latn": LangIdConfig(threshold=0.0)}
    out = run(stage(threshold=1.0, per_language=overlay), [MALTESE])
    assert column(out, "langid_reasons") == [[]]


def test_without_segments_their_columns_are_null():
    out = run(stage(segments=False), [GERMAN, ""])
    for name in ("seg_langs", "language_share", "code_switching"):
        assert column(out, name) == [None, None]


def test_the_embedded_model_is_part_of_the_fingerprint_only_where_it_is_used(tmp_path):
    default = LangId(LangIdConfig(), name="langid").embedded()
    other = LangId(LangIdConfig(model=tmp_path / "other.bin"), name="langid").embedded()
    assert "langid/data/eu24.ftz" in default
    own = {EMBEDDED, WORDS, *LEXICONS}
    assert set(default) - set(other) == {f"langid/{name}" for name in own}


@pytest.mark.parametrize("name", ["model", "agree_with"])
def test_known_words_beside_a_model_are_part_of_the_fingerprint(tmp_path, name):
    options = {"model": tmp_path / "one.ftz", "normalised": True} | (
        {"agree_with": tmp_path / "two.ftz", "agree_normalised": True}
    )
    table = words_file(options[name])

    def added():
        config = LangIdConfig(**options)
        return LangId(config, name="langid").embedded().get(f"{name}.words")

    assert added() is None
    table.write_bytes(b"1")
    first = added()
    table.write_bytes(b"2")
    assert None is not first != added()
    options |= {"normalised": False, "agree_normalised": False}
    assert added() is None


def test_a_model_given_by_path_is_used():
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        out = run(stage(model=path, normalised=True), [MALTESE])
    assert column(out, "language") == ["mlt_Latn"]


def test_two_models_must_agree_and_both_labels_are_kept():
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        # As it stands, a text is no line of normalised words: what it was not trained on.
        careless = stage(model=path, agree_with="embedded", threshold=0.0)
    out = run(careless, [MALTESE, "YOU MUST NOT SHOUT SO LOUD", "", "🙂"])
    assert column(out, "second_language") == ["mlt_Latn", "eng_Latn", "und", "und"]
    assert column(out, "second_score")[2:] == [0, 0]
    assert column(out, "langid_reasons")[0] == []
    assert "disagreement" in column(out, "langid_reasons")[1]
    assert column(out, "langid_reasons")[2:] == [["no_letters"]] * 2


def test_without_a_second_model_its_columns_are_null(default):
    out = run(default, [GERMAN, ""])
    assert column(out, "second_language") == column(out, "second_score") == [None, None]


def test_the_embedded_model_is_part_of_the_fingerprint_as_the_second_one(tmp_path):
    config = LangIdConfig(model=tmp_path / "other.bin", agree_with="embedded")
    assert "langid/data/eu24.ftz" in LangId(config, name="langid").embedded()
    assert config.assets() == {"model": tmp_path / "other.bin"}
    second = LangIdConfig(agree_with=tmp_path / "other.bin")
    assert second.assets() == {"agree_with": tmp_path / "other.bin"}


@pytest.mark.parametrize("content", [b"not a model", b""])
def test_a_broken_model_is_an_error_that_names_stage_and_file(tmp_path, content):
    path = tmp_path / "broken.bin"
    path.write_bytes(content)
    with pytest.raises(AssetError, match=r"stage `langid`: .*broken\.bin: not a fastText model"):
        stage(model=path)
    with pytest.raises(AssetError, match=r"stage `langid`: .*broken\.bin: not a fastText model"):
        stage(agree_with=path)


def test_a_truncated_model_is_an_error_that_names_stage_and_file(tmp_path):
    path = tmp_path / "cut.ftz"
    data = files("eurosift.langid").joinpath(EMBEDDED).read_bytes()
    for size in (100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(AssetError, match=r"stage `langid`: .*cut\.ftz: .* is truncated at"):
            stage(model=path)


def test_a_model_that_knows_no_language_of_the_recipe_is_refused(lid176):
    """Every text would be rejected. What is meant by a macro-language is known."""
    with pytest.raises(AssetError, match=r"`langid`: model: knows none .* \(jbo_Zzzz\)"):
        stage(languages=("jbo",))
    with pytest.raises(AssetError, match=r"`langid`: agree_with: knows none .* \(fao_Latn\)"):
        stage(languages=("fo",), agree_with=lid176)
    assert stage(languages=("cnr_Latn",), agree_with=lid176)


def test_only_thresholds_may_differ_by_language():
    overlay = {"mlt_Latn": LangIdConfig(segments=False)}
    with pytest.raises(StageError, match=r"only thresholds .*per_language\.mlt_Latn"):
        stage(per_language=overlay)


def test_margins_are_scores_and_thresholds_of_the_language():
    made = LangId(
        LangIdConfig(threshold=0.5, thresholds={"mt": 0.25, "de": 0}),
        name="langid",
        per_language={"fra_Latn": LangIdConfig(threshold=0.75)},
    )
    margin = made.margins()["unsure"]
    assert margin.reads == ("language", "language_score", "text")
    languages = ["mlt_Latn", "ekk_Latn", "fra_Latn", "deu_Latn", "und", None]
    scores = pa.array([0.5] * 5 + [None], pa.float32())
    batch = {"language": languages, "language_score": scores, "text": pa.nulls(6)}
    found = margin.measure(pa.record_batch(batch))
    assert found.column("threshold").to_pylist() == [0.25, 0.5, 0.75, None, None, None]
    assert found.column("value").to_pylist() == [0.5] * 5 + [None]


SHORT = "default: 0.5\nlanguages: {mt: 0.3}\nshort: {20: 0.9}\nshort_but: [hr]\n"


@pytest.fixture
def short_table(tmp_path):
    path = tmp_path / "thresholds.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def test_margins_of_short_texts_are_those_of_their_length(short_table):
    made = stage(thresholds_file=short_table, thresholds={"ga": 0.4})
    texts = ["Il-karta.", MALTESE, "An cárta.", "Karta.", None]
    languages = ["mlt_Latn", "mlt_Latn", "gle_Latn", "hrv_Latn", "mlt_Latn"]
    scores = pa.array([0.5] * 5, pa.float32())
    batch = {"language": languages, "language_score": scores, "text": texts}
    found = made.margins()["unsure"].measure(pa.record_batch(batch))
    assert found.column("threshold").to_pylist() == [0.9, 0.3, 0.4, 0.5, 0.9]


def test_what_is_asked_of_short_texts_is_asked_only_where_no_threshold_is_set(short_table):
    short_table.write_text(SHORT.replace("0.9", "1.0"), encoding="utf-8")
    text = "Die kleine Karte."
    assert column(run(stage(thresholds_file=short_table), [text]), "langid_reasons") == [["unsure"]]
    for config in ({"threshold": 0.1}, {"thresholds": {"de": 0.1}}):
        made = stage(thresholds_file=short_table, **config)
        assert column(run(made, [text]), "langid_reasons") == [[]]
    overlay = {"deu_Latn": LangIdConfig(thresholds_file=short_table, threshold=0.1)}
    made = stage(thresholds_file=short_table, per_language=overlay)
    assert column(run(made, [text]), "langid_reasons") == [[]]


MIXED = "\n".join([ENGLISH, f"{MALTESE} {MALTESE}", ENGLISH, MALTESE])
PROFILE = {"recall_first": ("mt", "ga"), "salvage_letters": 50}


def test_what_page_and_address_say_is_kept_beside_the_label(default):
    urls = ["https://example.com.mt/", "https://example.com/", None]
    declared = ["en-MT", "<?lang?>", None]
    batch = {"text": [MALTESE] * 3, "html_lang": declared, "url": urls}
    out = default.process(pa.record_batch(batch))
    assert column(out, "language") == ["mlt_Latn"] * 3
    assert column(out, "declared_language") == ["eng_Latn", "unknown", None]
    assert column(out, "tld") == ["mt", "generic", None]
    assert set(default.evidence) <= set(default.adds.names)


def test_evidence_that_no_layer_has_is_null(default):
    nulls = {"html_lang": pa.nulls(1), "url": pa.nulls(1)}
    out = default.process(pa.record_batch({"text": [MALTESE], **nulls}))
    assert column(out, "declared_language") == column(out, "tld") == [None]
    assert out.schema.equals(default.adds)


def test_recall_first_adds_a_bucket_and_a_text():
    made = stage(**PROFILE)
    out = run(made, [MALTESE, MIXED, TURKISH, None])
    assert out.schema.equals(made.adds)
    assert set(made.adds.names) - set(stage().adds.names) == {"language_bucket", "text"}
    assert column(out, "language_bucket")[0] == "main"
    assert column(out, "language_bucket")[2:] == [None, None]
    assert run(made, []).schema.equals(made.adds)


def test_lines_are_salvaged_from_a_page_in_another_language():
    turkish = "\n".join([TURKISH] * 9 + [MALTESE] * 2)
    out = run(stage(**PROFILE), [turkish])
    assert column(out, "language_bucket") == ["salvaged"]
    assert column(out, "text") == [f"{MALTESE}\n{MALTESE}"]
    assert column(out, "langid_reasons") == [[]]
    assert column(out, "top_langs")[0][0]["language"] == "tur_Latn"


def test_a_text_below_its_threshold_is_near():
    out = run(stage(**PROFILE, thresholds={"mt": 1.0}), [f"{MALTESE} {GERMAN}", GERMAN])
    assert column(out, "language_bucket") == ["near", "main"]
    assert column(out, "language") == ["mlt_Latn", "deu_Latn"]


def test_recall_first_changes_nothing_else(default):
    """All columns of rows that are in no bucket apart are what they are without."""
    before, after = run(default, TEXTS), run(stage(**PROFILE), TEXTS)
    assert "near" not in column(after, "language_bucket")
    for name in before.schema.names:
        assert before.column(name).equals(after.column(name)), name
    assert after.column("text").null_count == len(TEXTS)


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, len(TEXTS)))
def test_how_rows_are_batched_changes_no_bucket(profiled, cut):
    texts = [MIXED, *TEXTS[1:]]
    whole = pa.Table.from_batches([run(profiled, texts)])
    parts = pa.Table.from_batches([run(profiled, texts[:cut]), run(profiled, texts[cut:])])
    assert parts.combine_chunks().equals(whole.combine_chunks())


@pytest.fixture(scope="module")
def profiled():
    return stage(**PROFILE)


def test_without_lines_there_are_buckets_of_whole_texts():
    made = stage(recall_first=("mt",), segments=False, salvage_letters=None)
    assert column(run(made, [MALTESE]), "language_bucket") == ["main"]


def test_a_language_that_the_recipe_leaves_out_cannot_be_recalled():
    with pytest.raises(StageError, match=r"recall_first names gle_Latn, .* add it there"):
        stage(languages=("mlt_Latn",), recall_first=("mt", "ga"))


def test_a_threshold_of_a_language_that_is_not_wanted_is_refused():
    """It would have no effect: texts in it are rejected as `other`."""
    with pytest.raises(StageError, match=r"thresholds names nob_Latn, .* remove it here"):
        LangId(LangIdConfig(thresholds={"nb": 0.5, "sv": 0.4}), name="langid")
    with pytest.raises(StageError, match="thresholds names swe_Latn"):
        stage(languages=("mlt_Latn",), thresholds={"sv": 0.5})


def test_recall_first_may_not_differ_by_language():
    overlay = {"mlt_Latn": LangIdConfig(recall_first=("mt",))}
    with pytest.raises(StageError, match=r"only thresholds .*per_language\.mlt_Latn"):
        stage(per_language=overlay)


def test_a_run_with_two_models_through_the_command_line(command, lid176, tmp_path):
    texts = [MALTESE, f"{GERMAN}\n{ENGLISH}", VORO, "12:30"]
    rows = (json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts))
    (tmp_path / "in.jsonl").write_text("\n".join(rows), encoding="utf-8")
    shutil.copy(lid176, tmp_path / "lid.ftz")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "version: 1\nname: two\ninput: in.jsonl\nlanguages: eu24\n"
        "stages:\n  langid: {agree_with: lid.ftz, threshold: 0}\n"
    )
    command("run", recipe, "--quiet")
    command("verify", recipe)
    layer = pq.read_table(tmp_path / "runs/two/langid/00000.parquet")
    assert column(layer, "language")[:2] == column(layer, "second_language")[:2]
    assert column(layer, "langid_reasons")[:2] == [[], []]
    assert column(layer, "langid_reasons")[2] == ["other", "disagreement"]
    assert column(layer, "second_language")[3] == "und"
    report = command("report", recipe, "--by", "reasons", "--format", "csv").stdout
    assert "langid,vro_Latn,disagreement,1" in report
    (tmp_path / "lid.ftz").write_bytes(lid176.read_bytes()[:-1])
    broken = command("run", recipe, "--quiet", check=False)
    assert broken.returncode == 1
    assert "lid.ftz: the language model is truncated" in broken.stderr
