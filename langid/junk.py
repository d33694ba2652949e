"""Lines of letters that are no language, as crawled pages are full of: made, not collected."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator

# fmt: off
WORDS = (
    "div", "span", "href", "src", "class", "id", "style", "px", "em", "rgba", "margin", "padding",
    "none", "auto", "null", "undefined", "function", "return", "var", "const", "let", "true",
    "false", "async", "await", "import", "export", "default", "new", "this", "void", "int", "char",
    "str", "self", "def", "elif", "lambda", "params", "args", "kwargs", "json", "xml", "html",
    "css", "js", "php", "sql", "svg", "png", "jpg", "gif", "pdf", "utf", "onclick", "font", "bold",
    "addEventListener", "innerHTML", "getElementById", "querySelector", "window", "document",
    "jquery", "cfg", "env", "tmp", "usr", "bin", "lib", "etc", "dev", "http", "https", "www", "com",
    "org", "net", "btn", "nav", "col", "row", "grid", "flex", "wrap", "width", "height", "border",
    "background", "color", "display", "position", "absolute", "relative", "overflow", "hidden",
    "select", "from", "where", "join", "insert", "update", "varchar", "foreach", "endif", "echo",
    "print", "printf", "malloc", "sizeof", "struct", "typedef", "include", "stdio", "namespace",
    "public", "private", "static", "final", "throws", "catch", "try", "else", "switch", "case",
    "break", "std", "cout", "endl", "vector", "string", "println", "args", "impl", "fn", "mut",
    "pub", "usize", "vec", "unwrap", "npm", "git", "sudo", "apt", "chmod", "grep", "cd", "ls",
)
NAMES = (
    "Facebook", "Twitter", "Instagram", "YouTube", "LinkedIn", "Pinterest", "WhatsApp", "Telegram",
    "TikTok", "Reddit", "Tumblr", "Viber", "Skype", "Messenger", "Google", "Apple", "Microsoft",
    "Windows", "Android", "iPhone", "Samsung", "Sony", "Nokia", "Canon", "Bosch", "Siemens", "BMW",
    "Audi", "Toyota", "Nike", "Adidas", "IKEA", "PayPal", "Visa", "MasterCard", "Bluetooth", "WiFi",
    "USB", "HDMI", "GPS", "LED", "LCD", "SSD", "RAM", "CPU", "MHz", "kg", "mm", "cm", "XL", "XXL",
)
MENU = (
    "български", "čeština", "dansk", "Deutsch", "eesti", "ελληνικά", "English", "español",
    "français", "Gaeilge", "hrvatski", "italiano", "latviešu", "lietuvių", "magyar", "Malti",
    "Nederlands", "polski", "português", "română", "slovenčina", "slovenščina", "suomi", "svenska",
    "norsk", "íslenska", "català", "euskara", "galego", "shqip", "srpski", "bosanski", "Türkçe",
    "русский", "українська", "македонски", "العربية", "עברית", "中文", "日本語", "한국어", "हिन्दी",
)
"""Languages by their own names, as menus list them."""
# fmt: on


def _pick(words: tuple[str, ...], noise: bytes) -> list[str]:
    return [words[byte % len(words)] for byte in noise]


def _code(noise: bytes) -> str:
    return " ".join(_pick(WORDS, noise))


def _declarations(noise: bytes) -> str:
    words = _pick(WORDS, noise)
    return "; ".join(f"{a}-{b}: {c}({d})" for a, b, c, d in zip(*[iter(words)] * 4, strict=False))


def _base64(noise: bytes) -> str:
    return base64.b64encode(hashlib.shake_256(noise).digest(6 + 3 * len(noise))).decode()


def _hexadecimal(noise: bytes) -> str:
    return " ".join(hashlib.shake_256(noise[i:]).hexdigest(4) for i in range(len(noise)))


def _identifiers(noise: bytes) -> str:
    words = _pick(WORDS, noise)
    return " ".join(
        f"{a}_{byte:02x}-{b}{a.title()}"
        for a, b, byte in zip(words, words[::-1], noise, strict=True)
    )


def _names(noise: bytes) -> str:
    return " ".join(_pick(NAMES, noise))


def _menu(noise: bytes) -> str:
    chosen = hashlib.shake_256(noise).digest(len(MENU))
    return " ".join(name for name, byte in zip(MENU, chosen, strict=True) if byte % 3 == 0)


KINDS: tuple[Callable[[bytes], str], ...] = (
    _code, _declarations, _base64, _hexadecimal, _identifiers, _names, _menu,
)  # fmt: skip


def no_language(seed: str, n: int) -> list[str]:
    """Make `n` lines: code, styles, Base64, hashes, identifiers, names of products, menus.

    Deterministic in `seed`; not normalised.
    """
    made = []
    for k in range(n):
        noise = hashlib.shake_256(f"{seed}/{k}".encode()).digest(20)
        made.append(KINDS[k % len(KINDS)](noise[1 : 5 + noise[0] % 15]))
    return made


def mojibake(lines: Iterable[str]) -> Iterator[str]:
    """Lines in other scripts than Latin as they look when UTF-8 is read as a legacy code page.

    Examples
    --------
    >>> list(mojibake(["Добро"]))
    ['Ð”Ð¾Ð±Ñ€Ð¾', 'Р”РѕР±СЂРѕ']
    """
    for line in lines:
        for encoding in ("cp1252", "cp1251"):
            yield line.encode().decode(encoding, "ignore")
