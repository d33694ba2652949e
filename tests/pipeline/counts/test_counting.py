"""Counts: sizes exactly, tokens exactly or not at all."""

from eurosift.pipeline.counts.counting import count
from eurosift.pipeline.counts.figures import Sizes
from eurosift.pipeline.counts.table_source import TableSource


def test_sizes_and_tokens_of_several_tokenizers_in_one_pass(tmp_path, write_jsonl, words, letters):
    path = write_jsonl(
        tmp_path / "x.jsonl",
        [
            {"text": "żebra u\nħobż", "language": "mlt"},
            {"text": "", "language": "mt"},
            {"text": "one two", "language": "en"},
        ],
    )
    found = count(TableSource(path), [words, letters])
    assert found.sizes == {
        "eng_Latn": Sizes(1, 7, 7, 2, 1),
        "mlt_Latn": Sizes(2, 15, 12, 3, 2),
    }
    assert [t.count for t in found.tokens["mlt_Latn"]] == [3, 10]
    assert [t.count for t in found.tokens["eng_Latn"]] == [2, 6]
    assert found.tokens["mlt_Latn"][1].tokenizer == "letters/tokenizer.json"
    assert {t.method for figures in found.tokens.values() for t in figures} == {"exact"}
    assert len({t.sha256 for t in found.tokens["mlt_Latn"]}) == 2
    assert found.files == {"eng_Latn": [str(path)], "mlt_Latn": [str(path)]}


def test_without_a_tokenizer_there_is_an_estimate_that_says_so(corpus):
    found = count(corpus)
    assert {t.method for figures in found.tokens.values() for t in figures} == {"estimated"}
    sizes = found.sizes["mlt_Latn"]
    assert found.tokens["mlt_Latn"][0].count == round(sizes.characters / 3.273)
