"""What the tests of language identification share: the embedded model, and a way to break it."""

# Languages in other scripts look like Latin by nature.

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

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
