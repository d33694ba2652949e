"""Lines of letters that are no language, as crawled pages are full of: made, not collected."""

from __future__ import annotations

import base64
import hashlib

# fmt: off
WORDS = (
    "div", "span", "href", "src", "class", "id", "style", "px", "em", "rgba", "margin", "padding",
    "none", "auto", "null", "undefined", "function", "return", "var", "const", "let", "true",
    "false", "async", "await", "import", "export", "default", "new", "this", "void", "int", "char",
    "str", "self", "def", "elif", "lambda", "params", "args", "kwargs", "json", "xml", "html",
    "css", "js", "php", "sql", "svg", "png", "jpg", "gif", "pdf", "utf", "src", "onclick",
    "addEventListener", "innerHTML", "getElementById", "querySelector", "window", "document",
    "jquery", "cfg", "env", "tmp", "usr", "bin", "lib", "etc", "dev", "http", "https", "www", "com",
    "org", "net", "btn", "nav", "col", "row", "grid", "flex", "wrap",
)
# fmt: on


def no_language(seed: str, n: int) -> list[str]:
    """Make `n` lines: markup and code words, identifiers, Base64 and hexadecimal strings.

    Deterministic in `seed`; not normalised.
    """
    made = []
    for k in range(n):
        noise = hashlib.shake_256(f"{seed}/{k}".encode()).digest(64)
        length = 3 + noise[0] % 12
        if k % 4 == 0:
            line = " ".join(WORDS[b % len(WORDS)] for b in noise[1 : 1 + length])
        elif k % 4 == 1:
            line = base64.b64encode(noise[1 : 9 + 4 * length]).decode()
        elif k % 4 == 2:
            line = " ".join(noise[4 * i : 4 * i + 4].hex() for i in range(1, 1 + length))
        else:
            line = " ".join(
                f"{WORDS[noise[i] % len(WORDS)]}_{noise[i : i + 2].hex()}-{WORDS[noise[i + 1] % 9]}"
                for i in range(1, 1 + length)
            )
        made.append(line)
    return made
