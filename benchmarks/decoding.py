"""Pages in legacy charsets, and with one wrong byte: our decoding against that of the peers.

The transcoded pages of the development set (`enc-*`): the same pages with gold text, in the charset
of their language, declared by a meta element, by HTTP, or not at all; or as UTF-8 with one broken
byte. All sides give their text to the same extractor.
"""

from __future__ import annotations

import collections
import contextlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cchardet
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from trafilatura.utils import decode_file

from eurosift.stages.extract.decode import decode
from eurosift.stages.extract.gold import read_gold

TITLE = "Decoding"
NOTE = """\
Pages of the development set in legacy charsets or with one wrong byte: F1 of the words of the main
text (resiliparse's, whoever decoded), and share of the words with letters beyond ASCII that come
out right. `kind`: where the charset is declared."""
WEB = Path(__file__).parents[2] / "shared/data/web"
Decoder = Callable[[bytes, str | None], str]


def ours(body: bytes, charset: str | None) -> str:
    return decode(body, charset)[0]


def trafilatura(body: bytes, _: str | None) -> str:
    return decode_file(body)


def resiliparse(body: bytes, _: str | None) -> str:
    text: str = bytes_to_str(body, detect_encoding(body, from_html_meta=True))
    return text


def datatrove(body: bytes, _: str | None) -> str:
    """As its `WarcReader` does; a page that cannot be decoded is dropped."""
    with contextlib.suppress(UnicodeDecodeError):
        return body.decode()
    found = cchardet.detect(body)["encoding"]
    with contextlib.suppress(UnicodeDecodeError, LookupError):
        return body.decode(found) if found and found != "UTF-8" else ""
    return ""


SIDES: dict[str, Decoder] = {
    "eurosift": ours,
    "resiliparse": resiliparse,
    "trafilatura": trafilatura,
    "datatrove": datatrove,
}


def words(text: str) -> collections.Counter[str]:
    """Words in NFC and lower case; ş and ţ count as ș and ț, since gold text has both."""
    text = unicodedata.normalize("NFC", text).lower().translate(str.maketrans("şţ", "șț"))
    return collections.Counter(re.findall(r"\w+", text))


def scores(text: str, gold: str) -> tuple[float, float]:
    """F1 of all words, and share of the gold words beyond ASCII that are there."""
    found, wanted = words(text), words(gold)
    same = found & wanted
    foreign = {word: n for word, n in wanted.items() if not word.isascii()}
    right = sum(same[word] for word in foreign) / (sum(foreign.values()) or 1)
    return 2 * same.total() / ((found.total() + wanted.total()) or 1), right


def measure() -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[tuple[float, float]]] = collections.defaultdict(list)
    for page in read_gold(WEB, WEB / "gold.jsonl"):
        if not page.row["source"].startswith("enc-"):
            continue
        kind = page.row["source"].removeprefix("enc-")
        for side, decoder in SIDES.items():
            html = decoder(page.body, page.charset)
            text = extract_plain_text(html, main_content=True, alt_texts=False, comments=False)
            score = scores(text, page.gold)
            found[side, kind].append(score)
            found[side, "all"].append(score)
            if side == "eurosift" and score[1] < 0.9:
                id_ = page.row["id"]
                print(f"{id_}: F1 {score[0]:.3f}, beyond ASCII {score[1]:.3f}", file=sys.stderr)
    return [
        {
            "side": side,
            "kind": kind,
            "pages": len(found[side, kind]),
            "F1": round(sum(f1 for f1, _ in found[side, kind]) / len(found[side, kind]), 3),
            "words beyond ASCII right": round(
                sum(right for _, right in found[side, kind]) / len(found[side, kind]), 3
            ),
        }
        for kind in ("all", "none", "meta", "http", "badbyte")
        for side in SIDES
    ]


if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
