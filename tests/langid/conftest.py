"""What the tests of language identification share: the embedded model, and a way to break it."""

# Languages in other scripts look like Latin by nature.

import struct
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from eurosift.langid.model import EMBEDDED, LanguageModel

SAMPLES = {
    "bul_Cyrl": "Европейският съюз има двадесет и четири официални езика.",
    "ces_Latn": "Evropská unie má dvacet čtyři úředních jazyků a každý z nich je důležitý.",
    "dan_Latn": "Den Europæiske Union har fireogtyve officielle sprog, og de er alle vigtige.",
    "deu_Latn": "Die Europäische Union hat vierundzwanzig Amtssprachen.",
    "ekk_Latn": "Euroopa Liidul on kakskümmend neli ametlikku keelt.",
    "ell_Grek": "Η Ευρωπαϊκή Ένωση έχει είκοσι τέσσερις επίσημες γλώσσες.",
    "eng_Latn": "The European Union has twenty-four official languages, and all are equal.",
    "fin_Latn": "Euroopan unionilla on kaksikymmentäneljä virallista kieltä.",
    "fra_Latn": "L'Union européenne compte vingt-quatre langues officielles.",
    "gle_Latn": "Tá ceithre theanga oifigiúla is fiche ag an Aontas Eorpach.",
    "hun_Latn": "Az Európai Uniónak huszonnégy hivatalos nyelve van.",
    "ita_Latn": "L'Unione europea ha ventiquattro lingue ufficiali.",
    "lit_Latn": "Europos Sąjunga turi dvidešimt keturias oficialiąsias kalbas.",
    "lvs_Latn": "Eiropas Savienībai ir divdesmit četras oficiālās valodas.",
    "mlt_Latn": "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali.",
    "nld_Latn": "De Europese Unie heeft vierentwintig officiële talen.",
    "pol_Latn": "Unia Europejska ma dwadzieścia cztery języki urzędowe.",
    "por_Latn": "A União Europeia tem vinte e quatro línguas oficiais.",
    "ron_Latn": "Uniunea Europeană are douăzeci și patru de limbi oficiale.",
    "slk_Latn": "Európska únia má dvadsaťštyri úradných jazykov a každý z nich je dôležitý.",
    "slv_Latn": "Evropska unija ima štiriindvajset uradnih jezikov.",
    "spa_Latn": "La Unión Europea tiene veinticuatro lenguas oficiales.",
    "swe_Latn": "Europeiska unionen har tjugofyra officiella språk.",
}
"""A sentence in each of the 24 but Croatian, which one sentence does not tell from Bosnian."""


@pytest.fixture(scope="session")
def samples() -> dict[str, str]:
    return SAMPLES


@pytest.fixture(scope="session")
def model() -> LanguageModel:
    return LanguageModel()


@pytest.fixture(scope="session")
def model_path() -> Iterator[Path]:
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        yield path


WORDS = ["</s>", "the", "ta", "il", "język", "Ελλάδα", "slovo", "a", "мова", "لغة", "x" * 40]


def quantised(rng, rows, dim, dsub, norms):
    """A product-quantised matrix, as fastText writes it."""
    parts = -(-dim // dsub)
    last = dim - (parts - 1) * dsub
    data = struct.pack("<?qqi", norms, rows, dim, rows * parts) + rng.bytes(rows * parts)
    data += struct.pack("<4i", dim, parts, dsub, last)
    data += rng.normal(0, 0.5, dim * 256).astype("<f4").tobytes()
    if norms:
        data += rng.bytes(rows) + struct.pack("<4i", 1, 1, 1, 1)
        data += rng.uniform(0.5, 2, 256).astype("<f4").tobytes()
    return data


def dense(rng, rows, dim):
    """A dense matrix, as fastText writes it."""
    weights = rng.normal(0, 0.5, rows * dim).astype("<f4")
    return struct.pack("<qq", rows, dim) + weights.tobytes()


def model_bytes(
    *, loss=3, dim=5, min_n=2, max_n=3, word_n=1, bucket=50, dsub=0, norms=False, output=False,
    kept=None, words=WORDS, labels=("__label__mt", "__label__el", "__label__sk", "__label__pl"),
    version=12, kind=3, seed=0,
):  # fmt: skip
    """A model file in fastText's format, with weights by chance.

    ``dsub`` quantises the input matrix, ``output`` the other one, ``norms`` keeps norms apart,
    ``kept`` is the number of n-grams that a pruned model keeps.
    """
    rng = np.random.default_rng(seed)
    data = struct.pack("<ii", 793712314, version)
    data += struct.pack("<12id", dim, 5, 5, 1, 5, word_n, loss, kind, bucket, min_n, max_n, 1, 0)
    data += struct.pack("<iii", len(words) + len(labels), len(words), len(labels))
    data += struct.pack("<qq", 1000, -1 if kept is None else kept)
    for kind_of, entries in enumerate((words, labels)):
        for i, entry in enumerate(entries):
            data += entry.encode() + b"\0" + struct.pack("<qb", 100 - 7 * i, kind_of)
    rows = len(words) + bucket
    if kept is not None:
        rows = len(words) + kept
        places = rng.permutation(kept)
        for ngram, place in zip(rng.permutation(bucket)[:kept], places, strict=True):
            data += struct.pack("<ii", ngram, place)
    data += struct.pack("<?", dsub > 0)
    data += quantised(rng, rows, dim, dsub, norms) if dsub else dense(rng, rows, dim)
    data += struct.pack("<?", output)
    n = len(labels)
    return data + (quantised(rng, n, dim, 2, norms) if output else dense(rng, n, dim))


@pytest.fixture(scope="session")
def make_model(tmp_path_factory):
    """Write a model of chance; its path."""

    def make(**options):
        path = tmp_path_factory.mktemp("model") / "model.bin"
        path.write_bytes(model_bytes(**options))
        return path

    return make
