"""What is said of a text: its language, how sure that is, its segments, and why it is rejected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import compress, islice

from eurosift.langid.model import LanguageModel, Prediction
from eurosift.langid.normalise import sample
from eurosift.langid.scripts import dominant_script

UNDETERMINED = "und"
"""Label of a text without letters and of a segment that gets none (ISO 639-2)."""
COMMON = "Zyyy"
"""ISO 15924 code of a text without letters."""

NO_LETTERS = "no_letters"
"""Reason: the text holds no word (no letters, or letters in addresses only)."""
UNSURE = "unsure"
"""Reason: the score of the best label is below its threshold."""
OTHER = "other"
"""Reason: the best label is none of the wanted languages."""
SCRIPT = "script"
"""Reason: most letters are not of the script in which the best label is written."""

SEGMENT_LETTERS = 20
"""Lines with fewer letters get no label: of pairs of words, the model names one in five wrongly."""
SEGMENT_WINDOW = 300
"""Characters of a line that are looked at."""
CODE_SWITCHING_SHARE = 0.2
"""Share of the labelled characters in other languages from which on a text switches codes."""

RELATED = (
    frozenset({"bos_Latn", "cnr_Latn", "hbs_Latn", "hrv_Latn", "srp_Latn"}),
    frozenset({"dan_Latn", "nno_Latn", "nob_Latn"}),
    frozenset({"ind_Latn", "zsm_Latn"}),
)
"""Languages that single lines do not tell apart: between these there is no code-switching."""

_ALSO_WRITTEN = {"Jpan": frozenset({"Hani", "Hira", "Kana"}), "Hani": frozenset({"Bopo"})}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one text.

    Attributes
    ----------
    language
        Canonical code of the best label, also if rejected; ``und`` if there is no word.
    script
        ISO 15924 code of most letters; ``Zyyy`` if there are none.
    score
        Probability of the best label, 0 if there is none.
    top
        The three best labels, best first.
    segments
        Label of each line; None if not asked for.
    code_switching
        Whether other languages have their share of the lines; None if not asked for.
    reasons
        Why the text is rejected; empty if kept.
    """

    language: str
    script: str
    score: float
    top: tuple[Prediction, ...]
    segments: tuple[str, ...] | None
    code_switching: bool | None
    reasons: tuple[str, ...]


class Decider:
    """Decides on texts; of each, a pure function of the text once made.

    Of a long text, evenly spread windows are read (`eurosift.langid.normalise.sample`), for the
    script as for the label.

    Parameters
    ----------
    model
        Answers with any of its labels.
    wanted
        Canonical codes of the languages to keep.
    threshold
        Least score of a label, by canonical code.
    segments
        Whether to label lines, too.
    """

    def __init__(
        self,
        model: LanguageModel,
        wanted: Collection[str],
        threshold: Callable[[str], float],
        *,
        segments: bool = True,
    ) -> None:
        self.model = model
        self.wanted = frozenset(wanted)
        self.threshold = threshold
        self.segments = segments

    def __call__(self, text: str) -> Verdict:
        """Decide on one text."""
        return self.decide_all([text])[0]

    def decide_all(self, texts: Sequence[str]) -> list[Verdict]:
        """Decide on each text, in much less time for many of them."""
        reads = [sample(text) for text in texts]
        scripts = [dominant_script(read) for read in reads]
        tops = self._predict(reads, [script is not None for script in scripts], 3)
        if not self.segments:
            return [self._verdict(script, top) for script, top in zip(scripts, tops, strict=True)]
        lines = [text.split("\n") for text in texts]
        flat = [line for of_text in lines for line in of_text]
        worded = [bool(top) for top, of_text in zip(tops, lines, strict=True) for _ in of_text]
        labels = iter(self._segments(flat, worded))
        return [
            self._verdict(script, top, of_text, tuple(islice(labels, len(of_text))))
            for script, top, of_text in zip(scripts, tops, lines, strict=True)
        ]

    def _predict(
        self, reads: Sequence[str], wanted: Sequence[bool], k: int
    ) -> list[tuple[Prediction, ...]]:
        """The best labels of the texts that are wanted, none of others."""
        found = iter(self.model.predict_all(list(compress(reads, wanted)), k))
        return [tuple(next(found)) if want else () for want in wanted]

    def _verdict(
        self,
        script: str | None,
        top: tuple[Prediction, ...],
        lines: Collection[str] = (),
        segments: tuple[str, ...] | None = None,
    ) -> Verdict:
        language, score = top[0] if top else Prediction(UNDETERMINED, 0.0)
        return Verdict(
            language=language,
            script=script or COMMON,
            score=score,
            top=top,
            segments=segments,
            code_switching=None
            if segments is None
            else is_code_switching(language, lines, segments),
            reasons=self._reasons(language, score, script),
        )

    def _reasons(self, language: str, score: float, script: str | None) -> tuple[str, ...]:
        if script is None or language == UNDETERMINED:
            return (NO_LETTERS,)
        reasons = []
        if language not in self.wanted:
            reasons.append(OTHER)
        if not is_written_in(language, script):
            reasons.append(SCRIPT)
        if score < self.threshold(language):
            reasons.append(UNSURE)
        return tuple(reasons)

    def _segments(self, lines: Sequence[str], worded: Sequence[bool]) -> list[str]:
        """Label of each line, ``und`` if it is too short or its best label not sure enough.

        Parameters
        ----------
        lines
            Of any text.
        worded
            Whether the text of each line has any label.
        """
        reads = [sample(line, SEGMENT_WINDOW, 1) for line in lines]
        wanted = [
            want and sum(map(str.isalpha, read)) >= SEGMENT_LETTERS
            for want, read in zip(worded, reads, strict=True)
        ]
        return [
            best[0].language
            if best and best[0].score >= self.threshold(best[0].language)
            else UNDETERMINED
            for best in self._predict(reads, wanted, 1)
        ]


def is_written_in(language: str, script: str) -> bool:
    """Whether text mainly in a script can be in a language; True if its script is not known."""
    own = language[4:]
    return own in ("", "Zzzz", script) or script in _ALSO_WRITTEN.get(own, ())


def is_code_switching(language: str, lines: Collection[str], labels: Collection[str]) -> bool:
    """Whether lines in other languages hold their share of the characters of labelled lines.

    Parameters
    ----------
    language
        Main language of the text.
    lines, labels
        Segments, and a label for each; those labelled ``und`` do not count.

    Examples
    --------
    >>> lines = ["Das ist ein deutscher Satz.", "This one is not in German.", "12:30"]
    >>> is_code_switching("deu_Latn", lines, ["deu_Latn", "eng_Latn", "und"])
    True
    """
    same = next((group for group in RELATED if language in group), frozenset({language}))
    labelled = other = 0
    for line, label in zip(lines, labels, strict=True):
        if label != UNDETERMINED:
            labelled += len(line)
            other += 0 if label in same else len(line)
    return labelled > 0 and other >= CODE_SWITCHING_SHARE * labelled
