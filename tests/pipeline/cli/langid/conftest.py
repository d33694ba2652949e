"""Labelled text for the commands around language identification."""

import pytest

TEXTS = {
    "hu": "Az Európai Uniónak huszonnégy hivatalos nyelve van.",
    "Maltese": "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali.",
    "ell_Grek": "Η Ευρωπαϊκή Ένωση έχει είκοσι τέσσερις επίσημες γλώσσες.",
    "__label__fi": "Euroopan unionilla on kaksikymmentäneljä virallista kieltä.",
    "uk": "Усі люди народжуються вільними і рівними у своїй гідності та правах.",
    "other": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
}


@pytest.fixture
def labelled(tmp_path):
    """A TSV file: six texts, each right, one more with a wrong label, one without letters."""
    rows = [f"{text}\t{label}\tright" for label, text in TEXTS.items()]
    rows += [f"{TEXTS['hu']}\tuk\twrong", "12:30\tfi\twrong"]
    path = tmp_path / "labelled.tsv"
    path.write_text("\n".join(["text\tlanguage\tkind", *rows]) + "\n", encoding="utf-8")
    return path
