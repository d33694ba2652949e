from __future__ import annotations

import gc
import hashlib
from importlib.resources import files

import pyarrow as pa
import pytest

from eurosift.filters.kernel import Kernel
from eurosift.langid.languages import EU24
from eurosift.pipeline.demo.prose import sites
from eurosift.stages.base import Setting
from eurosift.stages.errors import InputError, StageError
from eurosift.stages.extract import Extract, ExtractConfig, gate, html
from eurosift.stages.extract.html import extract_page
from eurosift.stages.registry import load
from eurosift.stages.source import Account, SourceStage

COLUMNS = [
    "id",
    "url",
    "text",
    "markdown",
    "title",
    "author",
    "published",
    "site_name",
    "canonical_url",
    "rights",
    "date",
    "crawl",
    "file_path",
    "offset",
    "length",
    "content_type",
    "encoding",
    "html_lang",
    "http_status",
    "engine",
    "extract_confidence",
    "extract_reasons",
]


def stage(name="extract", **config):
    return Extract(ExtractConfig(**config), name=name)


def test_stage_is_found_by_its_entry_point():
    assert load("extract") is Extract
    assert issubclass(Extract, SourceStage)


def test_columns_of_the_layer_are_those_of_the_contract():
    schema = stage(format="warc").adds
    assert schema.names == COLUMNS
    assert schema.field("date").type == pa.timestamp("ms", tz="UTC")
    assert schema.field("http_status").type == pa.int16()
    assert schema.field("extract_reasons").type == pa.list_(pa.string())


def test_table_layer_has_no_text_and_the_language_where_mapped():
    names = stage(format="jsonl", columns={"language": "lang"}).adds.names
    assert names == [n for n in COLUMNS if n not in ("text", "extract_reasons")] + [
        "language",
        "extract_reasons",
    ]


def gated(*languages, **config):
    setting = Setting(languages=languages)
    return Extract(ExtractConfig(format="warc", **config), name="extract", setting=setting)


def test_language_gate_is_on_where_a_recipe_wants_a_few_languages():
    few, many = gated("mlt_Latn", "gle_Latn"), gated(*EU24)
    assert few.config.gate_languages == ("gle_Latn", "mlt_Latn")
    assert "gate_score" in few.adds.names
    assert many.config.gate_languages == ()
    assert "gate_score" not in many.adds.names
    assert gated("mlt_Latn", gate_languages=[]).config.gate_languages == ()
    made = gated("mlt_Latn", "ekk_Latn", gate_languages=["et"])
    assert made.config.gate_languages == ("ekk_Latn",)


def test_a_language_that_the_recipe_leaves_out_has_no_place_in_the_gate():
    """Every page that passes would be rejected for its language, and those wanted be lost."""
    with pytest.raises(StageError, match=r"gate_languages names ekk_Latn, which .* add it there"):
        gated("mlt_Latn", gate_languages=["et", "mt"])


def test_language_gate_is_off_where_nothing_is_extracted():
    names = stage(format="jsonl", gate_languages=["mt"]).adds.names
    assert "gate_score" not in names
    assert "gate_score" in stage(
        format="jsonl", gate_languages=["mt"], columns={"html": "page"}
    ).adds.names  # fmt: skip


def test_language_gate_puts_its_model_into_the_fingerprint():
    assert "langid/data/eu24.ftz" not in gated(*EU24).embedded()
    assert {"langid/data/eu24.ftz", "langid/data/eu24.words"} <= set(gated("mlt_Latn").embedded())


@pytest.mark.parametrize("engine", ["auto", "trafilatura"])
def test_no_kernel_is_left_to_be_compiled_when_pages_come(engine):
    """It would count as time of the page, which would then be quarantined."""
    config = ExtractConfig(engine=engine, gate_languages=("mlt_Latn",), markdown=True)
    Extract(config, name="extract").open()
    ready = compiled()
    for site in sites():
        for page in site.pages:
            lines = "".join(f"<p>{line}</p>" for line in page.paragraphs)
            menu = "<ul>" + "<li><a href='/'>Home</a>" * 20 + "</ul>"
            for body in (lines, menu, menu + lines, "<table><tr><td>1", "<script>x", ""):
                extract_page(f"<html><body>{body}", config)
                extract_page(f"<html><body>{body}", config.model_copy(update={"gate_cut": 0.0}))
    assert compiled() == ready


def compiled():
    """How many forms of each kernel there are."""
    found = [each for each in gc.get_objects() if type(each) is Kernel]
    return {
        f"{each.__module__}.{each.__qualname__}": len(each.dispatcher.signatures)
        for each in found
        if each.__module__.startswith(("eurosift.stages.extract", "eurosift.filters"))
        and each._dispatcher is not None
    }


def test_classifier_of_blocks_is_in_the_fingerprint_where_it_is_asked():
    """Of the engine `auto`, and only where text is extracted."""
    trees = files("eurosift.stages.extract").joinpath("data/blocks.npz").read_bytes()
    digests = {"extract/data/blocks.npz": hashlib.sha256(trees).hexdigest()}
    assert gated(*EU24, engine="auto").embedded() == digests
    assert gated(*EU24, engine="resiliparse").embedded() == {}
    assert stage(format="jsonl", engine="auto").embedded() == {}
    assert digests.items() <= gated("mlt_Latn", engine="auto").embedded().items()


def test_language_gate_is_loaded_before_the_first_page(monkeypatch):
    loaded = []

    def load_gate(languages):
        loaded.append(languages)
        return gate.gate_for(languages)

    monkeypatch.setattr(html, "gate_for", load_gate)
    gated(*EU24).open()
    gated("mlt_Latn").open()
    assert loaded == [("mlt_Latn",)]


def test_pages_close_to_the_cut_can_be_found():
    assert gated(*EU24).margins() == {}
    margin = gated("mlt_Latn", gate_cut=0.2).margins()["gate_language"]
    scores = pa.RecordBatch.from_arrays([pa.array([0.5, None], pa.float32())], ["gate_score"])
    assert margin.reads == ("gate_score",)
    assert margin.measure(scores).to_pylist() == [
        {"value": 0.5, "threshold": 0.2},
        {"value": None, "threshold": 0.2},
    ]


def test_reasons_are_named_after_the_stage():
    assert stage("read").adds.names[-1] == "read_reasons"


def test_warc_is_copied_so_there_are_no_texts_in_place(tmp_path):
    assert stage(format="warc").texts(tmp_path / "x.warc.gz") is None


def test_auto_reads_warc_and_asks_for_the_format_of_tables(tmp_path):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"")
    assert list(stage().read(path, "x.warc.gz", Account())) == []
    with pytest.raises(InputError, match="set the input's format to jsonl"):
        stage().read(tmp_path / "x.jsonl", "x.jsonl", Account())


def test_package_exports_nothing_else():
    import eurosift.stages.extract as package

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.Nothing
