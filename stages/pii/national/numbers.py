"""The table of structured numbers: of persons in 27 states, of companies, and of payment cards.

A number has shapes (how it is written, separators and all), and a check of its compact form. The
shapes are what is looked up first, so that a run of digits costs a look into a dictionary and only
what has a shape is ever computed with. Which evidence a number needs beside its check is not
here, but in the policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from stdnum import luhn
from stdnum.bg import egn, pnf
from stdnum.cy import vat as cy_vat
from stdnum.cz import rc as cz_rc
from stdnum.de import idnr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.eu import vat as eu_vat
from stdnum.fi import hetu, ytunnus
from stdnum.fr import nif as fr_nif
from stdnum.fr import siren, siret
from stdnum.gr import amka
from stdnum.gr import vat as gr_vat
from stdnum.hr import oib
from stdnum.hu import anum
from stdnum.ie import pps
from stdnum.it import codicefiscale
from stdnum.it import iva as it_iva
from stdnum.lt import asmens
from stdnum.nl import bsn
from stdnum.pl import nip, pesel, regon
from stdnum.pt import cc as pt_cc
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.se import orgnr
from stdnum.si import ddv, emso
from stdnum.sk import rc as sk_rc

from eurosift.stages.pii.detector import PiiType
from eurosift.stages.pii.national import checks

Check = Callable[[str], bool]

UNCHECKED = frozenset({"cy.id", "de.stnr", "gr.identity_card", "mt.id", "nl.document"})
"""Numbers without a check digit, or with one that is not public."""


@dataclass(frozen=True, slots=True, eq=False)  # there is one of each; its hash is asked for often
class Number:
    """One kind of number.

    Attributes
    ----------
    name
        ``<country>.<what>``.
    type
        What it identifies.
    shapes
        Regular expressions over shapes: ``9`` for a digit, ``A`` and ``a`` for a letter, a space
        for any space, ``-`` for any dash; ``_`` may be a space or nothing.
    check
        Whether a compact form is valid.
    official
        Regular expression of further shapes, those whose separators are the official ones, which is
        evidence; empty if there are none.
    keep
        Marks that belong to the compact form.
    """

    name: str
    type: PiiType
    shapes: str
    check: Check
    official: str = ""
    keep: str = ""

    @property
    def has_letters(self) -> bool:
        """Whether letters may be in it."""
        return "A" in self.shapes

    @property
    def is_checked(self) -> bool:
        """Whether wrong numbers can be told from right ones."""
        return self.name not in UNCHECKED

    @property
    def may_be_loose(self) -> bool:
        """Whether it may be grouped in any way where words speak of it."""
        return self.type != "company_id" and self.is_checked and not self.keep

    @property
    def country(self) -> str:
        """ISO 3166 code of the state, in upper case; empty if it is of no state."""
        country, dot, _ = self.name.partition(".")
        return country.upper() if dot else ""


def _std(module: Any) -> Check:
    """Check of a module of python-stdnum."""
    is_valid = module.is_valid

    def check(compact: str) -> bool:
        return bool(is_valid(compact))

    return check


def _only(pattern: str, check: Check) -> Check:
    """A check for numbers of a form that shapes cannot say."""
    form = re.compile(pattern)

    def both(compact: str) -> bool:
        return form.fullmatch(compact) is not None and check(compact)

    return both


# Issuer ranges by the number's beginning, and the lengths that each issues (ISO/IEC 7812).
_CARDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50|5[6-8]|6[37])\d{11,17}"  # Maestro
    r"|220[0-4]\d{12,15}"  # Mir
    r"|5019\d{12}"  # Dankort
)


def is_card(compact: str) -> bool:
    """Whether an issuer has the number and Luhn's digit is right."""
    return _CARDS.fullmatch(compact) is not None and bool(luhn.is_valid(compact))


_PERSONAL: tuple[tuple[str, str, Check, str] | tuple[str, str, Check, str, str], ...] = (
    ("at.svnr", "9{4}_9{6}|9{4}[ -/]9{6}|9{4} 99 99 99", checks.at_svnr, "9{4} 9{6}"),
    (
        "be.rrn",
        "99[.]?99[.]?99[- ]?999[.]?99|99 99 99_999_99|9{6} 999 99",
        checks.be_rrn,
        "99[.]99[.]99-999[.]99|9{6}-999[.]99|9{6}-999-99|99[.]99[.]99 999[.]99|99 99 99 999 99",
    ),
    ("bg.egn", "9{10}", _std(egn), ""),
    ("bg.lnch", "9{10}", _std(pnf), ""),
    ("hr.oib", "9{11}", _std(oib), ""),
    ("cy.tic", "9{8}_A", _std(cy_vat), ""),
    ("cy.id", "9{6,10}", checks.unchecked, ""),
    ("cz.rc", "9{6}/9{3,4}|9{6}[- ]9{4}|9{10}", _std(cz_rc), "9{6}/9{3,4}"),
    ("sk.rc", "9{6}/9{3,4}|9{6}[- ]9{4}|9{10}", _std(sk_rc), "9{6}/9{3,4}"),
    ("de.idnr", "9{11}|99 999 999 999", _std(idnr), "99 999 999 999"),
    (
        "de.stnr",
        "9{2,3}/9{3,4}/9{4,5}|9{2,3} 9{3,4} 9{4,5}|9{10,11}|9{13}",
        checks.unchecked,
        "",
    ),
    (
        "de.identity_card",
        "[A9]{9}9",
        _only("[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}[0-9]", checks.de_identity_card),
        "",
    ),
    ("de.pension", "99_9{6}_A_999|9{8} A 999", checks.de_pension, "99 9{6} A 999"),
    ("dk.cpr", "9{6}[- ]?9{4}", checks.dk_cpr, "9{6}-9{4}"),
    ("ee.isikukood", "9{11}", _std(ik), ""),
    (
        "es.dni",
        "9{8}[- ]?[Aa]|99[.]999[.]999[- ]?[Aa]",
        _std(dni),
        "9{8}-?A|99[.]999[.]999[- ]?A",
    ),
    ("es.nie", "[Aa][- ]?9{7}[- ]?[Aa]", _only("[XYZ].*", _std(nie)), "A-?9{7}-?A"),
    (
        "fi.hetu",
        "9{6}[-+A]999[9A]|9{6}[-+a]999[9a]",
        lambda compact: bool(hetu.is_valid(compact, allow_temporary=True)),
        "9{6}[-+A]999[9A]",
        "-+",
    ),
    (
        "fr.nir",
        (
            "9_99_99_(?:99|9A)_999_999(?:[ /-]?99| ;99| aa[a?] 99)|9{13}[ /-]?99|9{6}A9{6}_99|"
            "9{5}_(?:99|9A)_999_999_99"
        ),
        checks.fr_nir,
        "9 99 99 (?:99|9A) 999 999 99|9{13} 99",
    ),
    ("fr.spi", "9{13}|99 99 999 999 999", _std(fr_nif), "99 99 999 999 999"),
    ("gr.amka", "9{11}|9{6}[- ]9{5}", _std(amka), ""),
    ("gr.afm", "9{9}", _std(gr_vat), ""),
    ("gr.identity_card", "[A?]{1,2}[- ]?9{6}", checks.unchecked, ""),
    ("hu.tax", "9{10}|9{4} 9{3} 9{3}|9 999 999 999", _only("8.*", checks.hu_tax), ""),
    ("hu.taj", "999[- ]?999[- ]?999", checks.hu_taj, "999[- ]999[- ]999"),
    ("hu.personal", "9[- ]?9{6}[- ]?9{4}", checks.hu_personal, "9-9{6}-9{4}|9 9{6} 9{4}"),
    ("ie.pps", "9{7}_[Aa]{1,2}", _std(pps), "9{7}AA"),
    (
        "it.codice_fiscale",
        (
            "A{6}[A9]{2}A[A9]{2}A[A9]{3}A|A{3} A{3} [A9]{2}A[A9]{2} A[A9]{3}A|"
            "a{6}[a9]{5}a[a9]{3}a|A{3}[ -]A{3}[ -]99A99[ -]A999A|A{6}[ -]99A99[ -]A999A"
        ),
        _std(codicefiscale),
        "",
    ),
    ("lt.asmens_kodas", "9{11}", _std(asmens), ""),
    (
        "lu.matricule",
        "9{8}_9{3}_99|9{8}-9{5}|9{4} 9{4} 9{3}_99|9{4} 99 99 9{3}_99",
        checks.lu_matricule,
        "",
    ),
    ("lv.personas_kods", "9{6}[- ]?9{5}", checks.lv_personal, "9{6}-9{5}"),
    ("mt.id", "9{3,7}_[AB]", _only("[0-9]{3,7}[MGAPLHBZ]", checks.unchecked), ""),
    ("nl.bsn", "9{9}|999[ .]999[ .]999|9{4}[.]99[.]999", _std(bsn), "9{4}[.]99[.]999"),
    ("nl.document", "A{2}[A9]{6}9", _only("(?!.*O)[A-Z]{2}[A-Z0-9]{6}[0-9]", checks.unchecked), ""),
    ("pl.pesel", "9{11}", _std(pesel), ""),
    ("pl.identity_card", "A{3}[ -]?9{6}|A{3} aa[.]? ?9{6}", checks.pl_identity_card, ""),
    ("pt.nif", "9{9}|999[ .]999[ .]999", _only("[1-3].*|45.*", _std(pt_nif)), ""),
    (
        "pt.cc",
        "9{8}[ -]?9[ -]?[A9]{2}9",
        _only("[0-9]{9}[A-Z][A-Z0-9][0-9]", _std(pt_cc)),
        "9{8}[ -]?9[ -]?[A9]{2}9",
    ),
    ("pt.niss", "9{11}", checks.pt_niss, ""),
    ("ro.cnp", "9{13}", _std(cnp), ""),
    ("se.personnummer", "(?:99)?9{6}[-+ ]?9{4}", checks.se_personal, "(?:99)?9{6}[-+]9{4}"),
    ("si.emso", "9{13}", _std(emso), ""),
    ("si.davcna", "9{8}", _std(ddv), ""),
)

# Of persons only where somebody trades alone, so they are counted and left (see the policy).
_COMPANIES: tuple[tuple[str, str, Check, str], ...] = (
    (
        "vat",
        "AA[ -]?[9A]{8,12}|AA[ -]?[9A][ .]?999[ .]?999[ .]?[9A]{3,5}|AA[ -]?9{3,4}[. ]9{3}[. ]9{3}",
        lambda compact: bool(eu_vat.is_valid(compact)),
        "",
    ),
    ("fi.ytunnus", "9{7}-9", _std(ytunnus), ""),
    ("fr.siren", "9{9}|999 999 999", _std(siren), ""),
    ("fr.siret", "9{14}|999 999 999 9{5}", _std(siret), ""),
    ("hu.adoszam", "9{8}-?9-?99", lambda compact: bool(anum.is_valid(compact[:8])), ""),
    ("it.iva", "9{11}", _std(it_iva), ""),
    ("pl.nip", "9{10}|999-999-99-99|999-99-99-999", _std(nip), ""),
    ("pl.regon", "9{9}|9{14}", _std(regon), ""),
    ("se.orgnr", "9{6}-?9{4}", _std(orgnr), ""),
)

_GROUPED_CARD = (
    "9{4} 9{4} 9{4} 9{1,7}|9{4}-9{4}-9{4}-9{1,7}|9{4}[ -]9{6}[ -]9{4,5}|9{4} 9{4} 9{4} 9{4} 9{3}"
)

NUMBERS: tuple[Number, ...] = (
    *(Number(row[0], "national_id", *row[1:]) for row in _PERSONAL),
    Number("card", "card", "9{12,19}", is_card, _GROUPED_CARD),
    *(Number(row[0], "company_id", *row[1:]) for row in _COMPANIES),
)
"""All kinds of numbers; of persons first."""

BY_NAME = MappingProxyType({number.name: number for number in NUMBERS})
"""The same by name."""
