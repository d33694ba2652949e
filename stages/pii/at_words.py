"""Words that people write for the at sign and the point of an address, to hide it from harvesters.

Those of 24 languages, each with and without its accents where both are seen.
"""

from __future__ import annotations

UNMISTAKABLE = (
    "kukac", "zavináč", "zavinac", "małpa", "malpa", "małpka", "malpka", "klammeraffe",
    "affenschwanz", "arobase", "arobas", "arrobase", "arroba", "chiocciola", "afna", "παπάκι",
    "παπακι", "snabel", "snabela", "apenstaartje", "apenstaart", "apestaartje", "apestaart",
    "kissanhäntä", "kissanhanta", "miukumauku", "маймунка", "маймунско", "кльомба", "majmun",
    "maimunka", "manki", "arond", "maimuță", "maimuta",
)  # fmt: skip
"""Snails, worms, monkeys, rolled herrings: between a name and a domain they can be nothing else."""

ANCHORS = (
    "kukac", "vináč", "vinac", "małp", "malpa", "malpk", "klamm", "hwanz", "robas", "rroba",
    "hiocc", " afna", "άκι", "ακι", "snabe", "taart", "sanhä", "sanha", "miuku", "йму", "льо",
    "ajmun", "aimun", "manki", "arond", "aimuț", "aimut", " dot ", "punkt", " punt", " pont",
    "point", "punct", "ropka", "ečka", "tecka", "bodka", " bod ", "očka", "tocka", " pist", "tašk",
    "askas", "prik ", "чка", "ελε", "ponc ", " pika",
)  # fmt: skip
"""Five bytes of each of the words here that are rare elsewhere: the first five of each entry. A
space is whatever may set the word off."""

BRACKETED = (
    "at", "ät", "et", "ag", "snabel-a", "snabel a", "eta", "ätt", "arond", "a rond", "a commercial",
    "coadă de maimuță", "ет", "ат", "маймунско а", "chez", "@", "a",
)  # fmt: skip
"""Words that are common but stand for the sign in brackets, beside the unmistakable ones."""

SPOKEN = ("at", "ät", "ätt", "et", "ag", "eta", "chez", "ат", "ет", "rond", "commercial", "а")
"""Last words of those that mean the sign before a domain whose point is a word, too."""

DOTS = (
    "dot", "punktum", "punkt", "punto", "ponto", "point", "punct", "pont", "kropka", "tečka",
    "tecka", "bodka", "bod", "točka", "tocka", "piste", "taškas", "taskas", "punkts", "punt",
    "prik", "точка", "τελεία", "τελεια", "ponc", "pika",
)  # fmt: skip
"""Words for the point."""

_NOT_NAMES = (
    "a az an the la il lo el le les un una une uno der die das den ein eine het de een en et ett "
    "og och i y e o ou oder und and or η το ένα και da se si as os uma um és egy est è ist is jest "
    "je znak znaku symbol symbole signe simbolo símbolo символ jel σύμβολο merkki teken tecken "
    "tegn semn simbol available see look visit us me find"
)
NOT_NAMES = frozenset(_NOT_NAMES.split())
"""Words before one for the sign where somebody speaks of the sign itself, or of a place."""

_TLDS = (
    "at be bg cy cz de dk ee es eu fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk uk ch li "
    "no is rs ba me mk al tr ua md us ca ru by va sm ad mc io co ai tv cc gg com net org info biz "
    "edu gov int name pro mobi coop online shop site app dev cloud email store blog web tech news "
    "club cat gal eus bzh berlin wien koeln hamburg bayern brussels paris amsterdam london "
    "бг ею ευ ελ"
)
TLDS = frozenset(_TLDS.split())
"""Top-level domains that stand behind a spoken point: any word could."""
