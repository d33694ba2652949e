"""A finished run of texts in two languages, of any length."""

import pytest

WORDS = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit")


def text(language, n_words):
    return f"{language} " + " ".join(WORDS[i % 8] + str(i) for i in range(n_words))


@pytest.fixture
def judged(project):
    project.inputs(
        [text("mlt_Latn", n) for n in range(1, 61)],
        [text("eng_Latn", n) for n in range(1, 101)] + ["no language at all"],
    )
    project.write(
        {
            "label": None,
            "signals": {"needs": "label"},
            "quality": {
                "needs": "signals",
                "rules": "words.yaml",
                "add": {"wordy": {"reject_if": "word_count > 90"}},
            },
        }
    )
    (project.folder / "words.yaml").write_text(
        "name: words\nversion: 1\nsource: tests\nrules:\n"
        "  - {name: few_words, reject_if: word_count < threshold, threshold: 11}\n"
        "  - {name: loud, reject_if: upper_ratio > threshold, threshold: 0, by_language: {de: 1}}\n"
    )
    project.perform()
    return project
