"""Personal identifiers: recall and precision on the gold suite, ours beside two peers.

The suite is `pii_suite.py`'s, split `test`: sentences that detectors were not developed on. An
identifier counts as found if what is marked covers all of it; for ours the type has to be right,
for the peers any type will do. A find is right if it overlaps the identifier of its document; finds
at numbers that are nobody's, and at other places, are wrong. Presidio runs all its recognisers of
patterns, without a language model, in each of its languages for which it has some; datatrove's
PIIFormatter looks for e-mail and IP addresses only.

    python benchmarks/pii.py
"""

import json
from collections import Counter

import pii_suite
import pyarrow as pa

TITLE = "Personal identifiers: recall and precision"
NOTE = """\
Gold suite, split `test`, seed 1: made-up identifiers in sentences of 24 languages that the code was
not developed on, among numbers that are nobody's. Types: `A+B` and `C` are national numbers by tier.
For ours the type has to be right; for the peers any mark that covers the identifier counts. A dash:
no such identifier in the suite, or nothing found.
"""
SEED, N_EACH = 1, 6


def ours(rows):
    from eurosift.stages.pii import Pii, PiiConfig

    stage = Pii(PiiConfig(mode="spans"), name="pii")
    stage.open()
    texts = pa.array([row["text"] for row in rows])
    languages = pa.array([row["lang"] for row in rows])
    found = stage.process(pa.record_batch({"text": texts, "language": languages}))
    return [
        [(s["start"], s["end"], s["type"]) for s in spans]
        for spans in found.column("pii").to_pylist()
    ]


def datatrove(rows):
    from datatrove.pipeline.formatters import PIIFormatter
    from datatrove.pipeline.formatters.pii import public_ip_validator

    stock = PIIFormatter()
    found = []
    for row in rows:
        spans = [(*m.span(), "email") for m in stock.emails_replacer.regex.finditer(row["text"])]
        spans += [
            (*m.span(), "ip_address")
            for m in stock.ip_replacer.regex.finditer(row["text"])
            if public_ip_validator(m.group())
        ]
        found.append(spans)
    return found


def presidio(rows):
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    class NoEngine(NlpEngine):
        """Patterns only: no model of any language is at hand."""

        def __init__(self, languages):
            self.languages = languages

        def load(self):
            pass

        def is_loaded(self):
            return True

        def process_text(self, text, language):
            return NlpArtifacts([], [], [], [], self, language)

        def process_batch(self, texts, language, **_):
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word, language):
            return False

        def is_punct(self, word, language):
            return not word.isalnum()

        def get_supported_entities(self):
            return []

        def get_supported_languages(self):
            return self.languages

    codes = {"eng_Latn": "en", "deu_Latn": "de", "ita_Latn": "it", "spa_Latn": "es",
             "pol_Latn": "pl", "fin_Latn": "fi", "swe_Latn": "sv"}  # fmt: skip
    languages = sorted(set(codes.values()))
    registry = RecognizerRegistry(supported_languages=languages)
    registry.load_predefined_recognizers(languages=languages)
    registry.recognizers = [r for r in registry.recognizers if "Spacy" not in type(r).__name__]
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=NoEngine(languages), supported_languages=languages
    )
    found = []
    for row in rows:
        results = engine.analyze(row["text"], language=codes.get(row["lang"], "en"))
        drop = ("DATE_TIME", "URL", "PERSON", "LOCATION", "NRP")
        found.append(
            [(r.start, r.end, r.entity_type) for r in results if r.entity_type not in drop]
        )
    return found


def kind(row):
    """Type of a row; national numbers by tier."""
    if row["type"] != "national_id":
        return row["type"]
    return "national C" if row["tier"] == "C" else "national A+B"


def score(rows, found, *, typed):
    """Found, all and wrong per language and type."""
    hits, total, wrong = Counter(), Counter(), Counter()
    for row, spans in zip(rows, found, strict=True):
        if row["type"]:
            key = row["lang"], kind(row)
            total[key] += 1
            hits[key] += any(
                start <= row["start"] and end >= row["end"] and (not typed or name == row["type"])
                for start, end, name in spans
            )
        for start, end, name in spans:
            overlaps = row["type"] and start < row["end"] and end > row["start"]
            if not overlaps or (typed and name != row["type"]):
                wrong[row["lang"], "national A+B" if name == "national_id" else name] += 1
    return hits, total, wrong


def ratio(a, b):
    return f"{a / b:.3f}" if b else "–"


def measure():
    rows = list(pii_suite.documents("test", SEED, N_EACH))
    sides = {
        "ours": score(rows, ours(rows), typed=True),
        "datatrove": score(rows, datatrove(rows), typed=False),
        "presidio": score(rows, presidio(rows), typed=False),
    }
    kinds = sorted({kind(row) for row in rows if row["type"]})
    lines = []
    for lang in [*sorted({row["lang"] for row in rows}), "all"]:
        line = {"language": lang}
        hits, total, wrong = sides["ours"]
        for name in kinds:
            keys = [k for k in total if k[1] == name and lang in (k[0], "all")]
            right = sum(hits[k] for k in keys)
            bad = sum(n for k, n in wrong.items() if k[1] == name and lang in (k[0], "all"))
            line[name] = (
                f"{ratio(right, sum(total[k] for k in keys))} / {ratio(right, right + bad)}"
            )
        for side, (hits, total, wrong) in sides.items():
            keys = [k for k in total if lang in (k[0], "all")]
            right = sum(hits[k] for k in keys)
            bad = sum(n for k, n in wrong.items() if lang in (k[0], "all"))
            line[f"{side}, all"] = (
                f"{ratio(right, sum(total[k] for k in keys))} / {ratio(right, right + bad)}"
            )
        lines.append(line)
    return lines


if __name__ == "__main__":
    print(json.dumps(measure()))
