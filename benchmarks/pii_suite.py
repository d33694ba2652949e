"""The gold suite of personal identifiers: made-up numbers in sentences of 24 languages.

Numbers are drawn at random and accepted by python-stdnum's checks; where it has none (Hungary,
Luxembourg, Germany's cards), check digits are computed here, apart from the code that is measured.
Sentences are in `pii_carriers.yaml`. Each document has one identifier, or none, among lines with
numbers that are nobody's: ISBN, EAN, orders, times, prices, coordinates, versions, statutes, cases,
scores. All of it follows from a seed.

    python benchmarks/pii_suite.py test 0 > suite.jsonl           # split, seed
    python benchmarks/pii_suite.py test 7 1 > tests/stages/pii/suite.jsonl   # one of each: frozen
"""

import hashlib
import importlib
import json
import random
import re
import string
import sys
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberFormat as Form
from phonenumbers import PhoneNumberType as Kind
from stdnum import ean, iban, isbn, luhn, numdb, verhoeff

from eurosift.filters.yaml12 import parse

CARRIERS = Path(__file__).parent / "pii_carriers.yaml"
DIGITS = string.digits
CAPITALS = string.ascii_uppercase

# Number: languages, usual name in the sentence, tier, written forms ("0" is a place of the compact
# number). Forms with the official separators of tier B are also set without any word.
NATIONAL = {
    "at.vnr": ("deu_Latn", "Sozialversicherungsnummer", "B", ("0000 000000", "0000000000")),
    "be.rrn": ("nld_Latn fra_Latn", "rijksregisternummer|numéro national", "B", ("00.00.00-000.00", "00000000000")),
    "bg.egn": ("bul_Cyrl", "ЕГН", "B", ("0000000000",)),
    "bg.pnf": ("bul_Cyrl", "ЛНЧ", "C", ("0000000000",)),
    "hr.oib": ("hrv_Latn", "OIB", "C", ("00000000000",)),
    "cy.vat": ("ell_Grek", "ΑΦΤ", "B", ("000000000",)),
    "cz.rc": ("ces_Latn", "rodné číslo", "B", ("000000/0000", "0000000000")),
    "sk.rc": ("slk_Latn", "rodné číslo", "B", ("000000/0000", "0000000000")),
    "de.idnr": ("deu_Latn", "Steuer-ID", "B", ("00 000 000 000", "00000000000")),
    "de.pension": ("deu_Latn", "Rentenversicherungsnummer", "C", ("00 000000 0 000", "000000000000")),
    "de.card": ("deu_Latn", "Personalausweisnummer", "C", ("0000000000",)),
    "dk.cpr": ("dan_Latn", "CPR-nummer", "B", ("000000-0000", "0000000000")),
    "ee.ik": ("ekk_Latn", "isikukood", "B", ("00000000000",)),
    "es.dni": ("spa_Latn", "DNI", "A", ("000000000", "00000000-0")),
    "es.nie": ("spa_Latn", "NIE", "A", ("000000000", "0-0000000-0")),
    "fi.hetu": ("fin_Latn swe_Latn", "henkilötunnus|personbeteckning", "A", ("00000000000",)),
    "fr.nir": ("fra_Latn", "numéro de sécurité sociale", "B", ("0 00 00 00 000 000 00", "000000000000000")),
    "fr.nif": ("fra_Latn", "numéro fiscal", "B", ("00 00 000 000 000", "0000000000000")),
    "gr.amka": ("ell_Grek", "ΑΜΚΑ", "B", ("00000000000",)),
    "gr.vat": ("ell_Grek", "ΑΦΜ", "C", ("000000000",)),
    "hu.tax": ("hun_Latn", "adóazonosító jel", "B", ("0000000000",)),
    "hu.taj": ("hun_Latn", "TAJ-szám", "C", ("000 000 000", "000000000")),
    "hu.personal": ("hun_Latn", "személyi szám", "B", ("0-000000-0000", "00000000000")),
    "ie.pps": ("eng_Latn gle_Latn", "PPS number|uimhir PSP", "B", ("000000000",)),
    "it.codicefiscale": ("ita_Latn", "codice fiscale", "A", ("0000000000000000",)),
    "lt.asmens": ("lit_Latn", "asmens kodas", "B", ("00000000000",)),
    "lu.matricule": ("fra_Latn deu_Latn", "matricule|Matrikelnummer", "A", ("0000000000000",)),
    "lv.pvn": ("lvs_Latn", "personas kods", "B", ("000000-00000", "00000000000")),
    "nl.bsn": ("nld_Latn", "BSN", "C", ("000000000", "0000.00.000")),
    "pl.pesel": ("pol_Latn", "PESEL", "B", ("00000000000",)),
    "pl.card": ("pol_Latn", "dowód osobisty", "B", ("000 000000", "000000000")),
    "pt.nif": ("por_Latn", "NIF", "C", ("000000000", "000 000 000")),
    "pt.cc": ("por_Latn", "cartão de cidadão", "A", ("00000000 0 000", "000000000000")),
    "ro.cnp": ("ron_Latn", "CNP", "B", ("0000000000000",)),
    "se.personnummer": ("swe_Latn", "personnummer", "B", ("000000-0000", "00000000-0000")),
    "si.emso": ("slv_Latn", "EMŠO", "B", ("0000000000000",)),
    "si.ddv": ("slv_Latn", "davčna številka", "C", ("00000000",)),
}  # fmt: skip
SEPARATED = {"at.vnr", "be.rrn", "cz.rc", "sk.rc", "de.idnr", "dk.cpr", "fr.nir", "fr.nif",
             "hu.personal", "lv.pvn", "se.personnummer"}  # fmt: skip
STATES = {
    "bul_Cyrl": "BG", "ces_Latn": "CZ", "dan_Latn": "DK", "deu_Latn": "DE AT", "ekk_Latn": "EE",
    "ell_Grek": "GR CY", "eng_Latn": "IE MT", "fin_Latn": "FI", "fra_Latn": "FR BE LU",
    "gle_Latn": "IE", "hrv_Latn": "HR", "hun_Latn": "HU", "ita_Latn": "IT", "lit_Latn": "LT",
    "lvs_Latn": "LV", "mlt_Latn": "MT", "nld_Latn": "NL BE", "pol_Latn": "PL", "por_Latn": "PT",
    "ron_Latn": "RO", "slk_Latn": "SK", "slv_Latn": "SI", "spa_Latn": "ES", "swe_Latn": "SE",
}  # fmt: skip
LOCALS = (
    "anna.berg",
    "info",
    "j.novak",
    "kontakt",
    "m_rossi",
    "office",
    "petra-k",
    "kundenservice",
)
HOSTS = ("firma", "beispiel-gmbh", "moja-tvrtka", "esimerkki", "bücher", "école-du-lac", "žluťák")
TLDS = "eu com org at be bg hr cy cz dk ee fi fr de gr hu ie it lv lt lu mt nl pl pt ro sk si es se"


def draw(rng, alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


def birthday(rng):
    return rng.randint(1940, 2015), rng.randint(1, 12), rng.randint(1, 28)


def weighted(number, weights):
    return sum(int(d) * w for d, w in zip(number, weights, strict=True))


def icao(text):
    values = [0 if c == "<" else int(c, 36) for c in text]
    return str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)


def compact_number(name, rng):
    """One random number that may be valid, by what is known of its structure."""
    year, month, day = birthday(rng)
    yy, mm, dd = f"{year % 100:02}", f"{month:02}", f"{day:02}"
    match name:
        case "at.vnr":
            return draw(rng, "123456789", 1) + draw(rng, DIGITS, 3) + dd + mm + yy
        case "be.rrn":
            body = yy + mm + dd + f"{rng.randint(1, 997):03}"
            key = 97 - int(("2" if year >= 2000 else "") + body) % 97
            return f"{body}{key:02}"
        case "bg.egn":
            return yy + f"{month + (40 if year >= 2000 else 0):02}" + dd + draw(rng, DIGITS, 4)
        case "cy.vat":
            return rng.choice("0") + draw(rng, DIGITS, 7) + draw(rng, CAPITALS, 1)
        case "cz.rc" | "sk.rc":
            year = rng.randint(1955, 2015)
            body = f"{year % 100:02}{month + rng.choice((0, 50)):02}{dd}{rng.randint(0, 999):03}"
            return body + str(int(body) % 11 % 10)
        case "de.pension":
            letter = rng.choice(CAPITALS)
            body = f"{rng.randint(2, 89):02}{dd}{mm}{yy}{letter}{rng.randint(0, 99):02}"
            digits = body[:8] + f"{ord(letter) - 64:02}" + body[9:]
            sums = [
                int(d) * w
                for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
            ]
            return body + str(sum(s // 10 + s % 10 for s in sums) % 10)
        case "de.card":
            body = rng.choice("LMNPRTVWXY") + draw(rng, "CFGHJKLMNPRTVWXYZ" + DIGITS * 2, 8)
            return body + icao(body)
        case "dk.cpr":
            return (
                dd
                + mm
                + yy
                + ("4" if year >= 2000 else draw(rng, "0123", 1))
                + draw(rng, DIGITS, 3)
            )
        case "ee.ik" | "lt.asmens":
            return (
                draw(rng, "56" if year >= 2000 else "34", 1) + yy + mm + dd + draw(rng, DIGITS, 4)
            )
        case "es.dni":
            return draw(rng, DIGITS, 8) + draw(rng, CAPITALS, 1)
        case "es.nie":
            return draw(rng, "XYZ", 1) + draw(rng, DIGITS, 7) + draw(rng, CAPITALS, 1)
        case "fi.hetu":
            sign = "A" if year >= 2000 else "-"
            return f"{dd}{mm}{yy}{sign}{rng.randint(2, 899):03}" + draw(rng, DIGITS + CAPITALS, 1)
        case "fr.nir":
            place = f"{rng.randint(1, 95):02}{rng.randint(1, 990):03}"
            body = draw(rng, "12", 1) + yy + mm + place + f"{rng.randint(1, 999):03}"
            return f"{body}{97 - int(body) % 97:02}"
        case "fr.nif":
            body = draw(rng, "0123", 1) + draw(rng, DIGITS, 9)
            return f"{body}{int(body) % 511:03}"
        case "gr.amka":
            body = dd + mm + yy + draw(rng, DIGITS, 4)
            return body + luhn.calc_check_digit(body)
        case "hu.tax":
            body = "8" + draw(rng, DIGITS, 8)
            return body + str(weighted(body, range(1, 10)) % 11)
        case "hu.taj":
            body = draw(rng, "01", 1) + draw(rng, DIGITS, 7)
            return body + str(weighted(body, (3, 7) * 4) % 10)
        case "hu.personal":
            year = rng.randint(1940, 1996)
            body = draw(rng, "12", 1) + f"{year % 100:02}{mm}{dd}" + draw(rng, DIGITS, 3)
            return body + str(weighted(body, range(1, 11)) % 11)
        case "ie.pps":
            return draw(rng, DIGITS, 7) + draw(rng, CAPITALS[:23], 1) + draw(rng, "AB", 1)
        case "it.codicefiscale":
            letters = draw(rng, "BCDFGLMNPRSTVZ", 6)
            day += rng.choice((0, 40))
            place = draw(rng, "ABCDEFGHIL", 1) + draw(rng, DIGITS, 3)
            return f"{letters}{yy}{'ABCDEHLMPRST'[month - 1]}{day:02}{place}" + draw(
                rng, CAPITALS, 1
            )
        case "lu.matricule":
            body = f"{year}{mm}{dd}" + draw(rng, DIGITS, 3)
            return body + luhn.calc_check_digit(body) + verhoeff.calc_check_digit(body)
        case "lv.pvn":
            return dd + mm + yy + ("2" if year >= 2000 else "1") + draw(rng, DIGITS, 4)
        case "pl.pesel":
            return yy + f"{month + (20 if year >= 2000 else 0):02}" + dd + draw(rng, DIGITS, 5)
        case "pl.card":
            letters, rest = draw(rng, CAPITALS, 3), draw(rng, DIGITS, 5)
            values = [int(c, 36) for c in letters + rest]
            total = sum(v * w for v, w in zip(values, (7, 3, 1, 7, 3, 1, 7, 3), strict=True))
            return f"{letters}{total % 10}{rest}"
        case "pt.nif":
            return draw(rng, "123", 1) + draw(rng, DIGITS, 8)
        case "pt.cc":
            return draw(rng, DIGITS, 9) + "Z" + draw(rng, CAPITALS, 1) + draw(rng, DIGITS, 1)
        case "ro.cnp":
            county = f"{rng.choice((*range(1, 47), 51, 52)):02}"
            return (
                draw(rng, "56" if year >= 2000 else "12", 1)
                + yy
                + mm
                + dd
                + county
                + draw(rng, DIGITS, 4)
            )
        case "se.personnummer":
            body = yy + mm + dd + draw(rng, DIGITS, 3)
            return f"{year // 100}{body}{luhn.calc_check_digit(body)}"
        case "si.emso":
            return f"{dd}{mm}{year % 1000:03}50" + draw(rng, DIGITS, 4)
        case _:
            lengths = {
                "bg.pnf": 10,
                "hr.oib": 11,
                "de.idnr": 11,
                "gr.vat": 9,
                "nl.bsn": 9,
                "si.ddv": 8,
            }
            return draw(rng, "123456789", 1) + draw(rng, DIGITS, lengths[name] - 1)


COMPUTED = {"de.pension", "de.card", "dk.cpr", "hu.tax", "hu.taj", "hu.personal", "lu.matricule",
            "pl.card", "be.rrn"}  # fmt: skip


def national(name, rng):
    """A valid number without separators."""
    module = None if name in COMPUTED else importlib.import_module(f"stdnum.{name}")
    while True:
        number = compact_number(name, rng)
        if module is None:
            if len(number) == len("".join(c for c in NATIONAL[name][3][-1] if c == "0")):
                return number
        elif module.is_valid(number):
            return number


def written(number, form):
    if "0" * len(number) == form:
        return number
    characters = iter(number[-form.count("0") :])
    return "".join(next(characters) if c == "0" else c for c in form)


def email(rng):
    return f"{rng.choice(LOCALS)}{rng.choice(('', rng.randint(1, 99)))}@{rng.choice(HOSTS)}.{rng.choice(TLDS.split())}"


def obfuscated(rng):
    return email(rng).replace("@", rng.choice((" (at) ", "[at]", "(at)", " [at] ", "&#64;")))


def ipv4(rng):
    first = rng.choice((5, 31, 46, 62, 77, 80, 85, 91, 94, 109, 151, 178, 193, 195, 212, 217))
    return f"{first}.{rng.randint(0, 255)}.{rng.randint(10, 255)}.{rng.randint(1, 254)}"


def ipv6(rng):
    return f"2a{rng.randint(0, 15):x}{rng.randint(0, 15):x}:{rng.randint(256, 4095):x}:{rng.randint(1, 4095):x}::{rng.randint(1, 4095):x}"


def account(rng, state):
    structure = numdb.get("iban").info(state)[0][1]["bban"]
    body = ""
    for length, kind in re.findall(r"([0-9]+)!([nac])", structure):
        body += draw(rng, DIGITS if kind in "nc" else CAPITALS, int(length))
    return state + iban.calc_check_digits(f"{state}00{body}") + body


def card(rng):
    prefix, length = rng.choice((("4", 16), ("51", 16), ("55", 16), ("2223", 16), ("4", 16)))
    body = prefix + draw(rng, DIGITS, length - len(prefix) - 1)
    number = body + luhn.calc_check_digit(body)
    return rng.choice((" ", "-", "")).join(number[i : i + 4] for i in range(0, 16, 4))


def phone(rng, state):
    """A number that is valid in its plan, made from an example by drawing its last digits."""
    while True:
        example = phonenumbers.example_number_for_type(
            state, rng.choice((Kind.MOBILE, Kind.FIXED_LINE))
        )
        digits = phonenumbers.national_significant_number(example)
        n = rng.randint(3, 6)
        number = phonenumbers.parse(f"+{example.country_code}{digits[:-n]}{draw(rng, DIGITS, n)}")
        if (
            phonenumbers.is_valid_number(number)
            and phonenumbers.region_code_for_number(number) == state
        ):
            break
    form = rng.choice((Form.INTERNATIONAL, Form.NATIONAL, Form.NATIONAL, Form.E164))
    text = phonenumbers.format_number(number, form)
    if form == Form.INTERNATIONAL and rng.random() < 0.25:
        text = "00" + text[1:]
    return text


def bitcoin(rng):
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    payload = bytes([rng.choice((0, 5))]) + rng.randbytes(20)
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    value, text = int.from_bytes(payload, "big"), ""
    while value:
        value, digit = divmod(value, 58)
        text = alphabet[digit] + text
    return "1" * (len(payload) - len(payload.lstrip(b"\0"))) + text


def zone(rng):
    year, month, day = birthday(rng)
    number = draw(rng, CAPITALS, 1) + draw(rng, DIGITS, 8)
    birth, expiry = f"{year % 100:02}{month:02}{day:02}", f"{rng.randint(26, 34)}{month:02}{day:02}"
    state = rng.choice(("POL", "FRA", "SWE", "ESP", "GRC"))
    first = f"P<{state}{draw(rng, CAPITALS, 7)}<<{draw(rng, CAPITALS, 5)}".ljust(44, "<")
    head = (
        number
        + icao(number)
        + state
        + birth
        + icao(birth)
        + rng.choice("MF")
        + expiry
        + icao(expiry)
    )
    second = head + "<" * 14 + "0"
    checked = second[0:10] + second[13:20] + second[21:43]
    return f"{first}\n{second}{icao(checked)}"


def secret(rng):
    alphabet = string.ascii_letters + DIGITS
    return rng.choice(
        (
            ("https://app.firma.eu/login?token=", draw(rng, alphabet, 24) + "7x"),
            ("https://firma.eu/?lang=de&sid=", draw(rng, "0123456789abcdef", 30) + "a1"),
            ("", "AKIA" + draw(rng, CAPITALS + "234567", 15) + "7"),
            ("", "ghp_" + draw(rng, alphabet, 35) + "4"),
        )
    )


def negatives(rng, lines):
    """Lines with numbers that are nobody's."""
    year, month, day = birthday(rng)
    book = "978" + draw(rng, DIGITS, 9)
    article = draw(rng, "45678", 1) + draw(rng, DIGITS, 11)
    n = rng.randint
    return [
        f"ISBN {isbn.format(book + ean.calc_check_digit(book))}",
        f"ISBN: {book + ean.calc_check_digit(book)}",
        f"EAN {article + ean.calc_check_digit(article)}",
        lines["order"].format(x=draw(rng, "123456789", 1) + draw(rng, DIGITS, rng.choice((7, 9, 11)))),
        lines["order"].format(x=f"{n(100, 999)}-{n(1000000, 9999999)}-{n(1000000, 9999999)}"),
        lines["order"].format(x=f"{n(100000, 999999)}-{n(1000, 9999)}"),
        lines["case"].format(x=f"{n(1, 40)} C {n(10, 999)}/{n(10, 24)}"),
        lines["case"].format(x=f"C-{n(100, 999)}/{n(10, 24)}, ECLI:EU:C:{n(1990, 2024)}:{n(100, 999)}"),
        lines["statute"].format(x=f"{n(1, 99)}.{n(1, 20)}.{n(10, 40)}.{n(1, 9)}"),
        lines["price"].format(x=f"{n(1, 999)}.{n(100, 999)}.{n(100, 999)},{n(10, 99)}"),
        lines["price"].format(x=f"{n(1, 999)} {n(100, 999)} {n(100, 999)}"),
        f"{year}-{month:02}-{day:02}T{n(10, 23)}:{n(10, 59)}:{n(10, 59)}Z",
        f"{year}{month:02}{day:02}{n(10, 23)}{n(10, 59)}{n(10, 59)}",
        f"{n(1500000000, 1750000000)}",
        f"{n(1500000000000, 1750000000000)}",
        f"{day:02}.{month:02}.{year} {n(10, 23)}:{n(10, 59)}, {day:02}/{month:02}/{year}",
        f"{n(35, 65)}.{n(100000, 999999)}, {n(10, 30)}.{n(100000, 999999)}",
        f"v{n(1, 20)}.{n(10, 40)}.{n(100, 200)}.{n(10, 99)}, firmware {n(1, 9)}.{n(10, 99)}.{n(10, 99)}.{n(100, 255)}",
        f"{n(0, 5)}:{n(0, 5)} ({n(0, 3)}:{n(0, 3)}), {n(70, 110)}-{n(70, 110)}, 6-4 7-6 6-3",
        f"{n(1950, 1999)}-{n(2000, 2020)} 10 000 000 12 345 678",
        f"doi:10.{n(1000, 9999)}/s{n(10000, 99999)}-{n(100, 999)}-{n(1000, 9999)}-{n(1, 9)}",
        f"sha1 {draw(rng, '0123456789abcdef', 40)}",
    ]  # fmt: skip


def documents(split, seed, n_each):
    """Yield rows: lang, text, split, and the identifier's start, end, type, name and tier."""
    carriers = parse(CARRIERS.read_text(encoding="utf-8"), CARRIERS.name).data
    for lang, lines in carriers.items():
        yield from of_language(lang, lines, split, seed, n_each)


def of_language(lang, lines, split, seed, n_each):
    """Rows of one language."""
    # A seed of its own for each language: one more sentence elsewhere changes nothing here.
    rng = random.Random(f"{split} {seed} {lang}")
    sentences = lines[split]
    plain = lines["test"]["any"] if split == "test" else ["{x}"]
    states = STATES[lang].split()
    jobs = []

    def job(kind, name, tier, carrier, make, jobs=jobs):
        jobs.extend((kind, name, tier, carrier, make) for _ in range(n_each))

    for s in sentences.get("email", ()):
        job("email", "email", "A", s, lambda: ("", email(rng)))
        job("email", "email_obfuscated", "A", s, lambda: ("", obfuscated(rng)))
    for s in sentences.get("ip", ()):
        job("ip_address", "ipv4", "A", s, lambda: ("", ipv4(rng)))
        job("ip_address", "ipv6", "A", s, lambda: ("", ipv6(rng)))
    for s in sentences.get("phone", ()):
        for state in states:
            job("phone", "phone", "", s, lambda state=state: ("", phone(rng, state)))
    for s in sentences.get("iban", ()):
        job("iban", "iban", "A", s, lambda: ("", iban.format(account(rng, states[0]))))
        job(
            "iban",
            "iban",
            "A",
            s,
            lambda: ("", account(rng, rng.choice(("DE", "FR", "NL", "MT")))),
        )
    for s in sentences.get("card", ()):
        job("card", "card", "B", s, lambda: ("", card(rng)))
    for s in plain:
        job("crypto", "bitcoin", "A", s, lambda: ("", bitcoin(rng)))
        job("mrz", "mrz", "A", "{x}\n", lambda: ("", zone(rng)))
        job("secret", "secret", "A", s, lambda: secret(rng))
    for name, (langs, usual, tier, forms) in NATIONAL.items():
        if lang not in langs.split():
            continue
        word = usual.split("|")[langs.split().index(lang) if "|" in usual else 0]
        for form in forms:

            def make(name=name, form=form):
                return "", written(national(name, rng), form)

            for s in sentences["national"]:
                job("national_id", name, tier, s.replace("{n}", word), make)
            if split == "test" and (tier == "A" or (name in SEPARATED and form == forms[0])):
                job("national_id", name, tier, plain[0], make)
    jobs += [("", "", "", "", None)] * (2 * n_each)
    for kind, name, tier, carrier, make in jobs:
        others = rng.sample(negatives(rng, lines), 3)
        at = rng.randint(0, 3)
        if make is None:
            yield {"lang": lang, "text": "\n".join(others), "type": ""}
            continue
        lead, value = make()
        before, after = carrier.split("{x}")
        text = "\n".join([*others[:at], before + lead])
        start = len(text)
        text += value + "\n".join([after, *others[at:]])
        yield {"lang": lang, "text": text, "type": kind, "name": name, "tier": tier,
               "start": start, "end": start + len(value)}  # fmt: skip


def main():
    split, seed, *n_each = sys.argv[1:]
    for row in documents(split, int(seed), int(n_each[0]) if n_each else 4):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
