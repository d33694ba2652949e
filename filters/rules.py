"""Rules: which documents are rejected, and why, by their signals alone.

A rule has a condition over signals (`eurosift.filters.expressions`) and a threshold, which may
differ by language. A threshold of 0 or null disables the rule, as in datatrove. A rule says nothing
where one of its signals is null, and where it divides by 0. Rules in order are a set
(`eurosift.filters.rule_sets`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Final, Self

import pyarrow as pa
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from eurosift.filters.errors import RuleError
from eurosift.filters.expressions import THRESHOLD, Condition, can_hold, parse_condition

DEFAULT: Final = "default"
"""Stands for all languages that have no threshold of their own, where thresholds are replaced."""

RIGHT_SIDE: Final = re.compile(r"(?<=[<>=])[^<>=]*$")
"""What a condition compares with."""

Thresholds = float | None | Mapping[str, float | None]
"""One for every language, or by language."""

LANGUAGE: Final = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")


NameOfRule = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name, and the reason that is recorded."),
]


class RuleBody(BaseModel):
    """What a rule says, without its name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: int = Field(default=1, ge=1, description="Raised when the meaning changes.")
    description: str = Field(default="", description="What is rejected, for people.")
    citation: str = Field(default="", description="Where the rule comes from, one line.")
    reject_if: str = Field(
        description="Condition over signals, e.g. `word_count < threshold`; in place of `threshold`"
        " there may be a number."
    )
    threshold: float | None = Field(
        default=None, description="For all other languages; 0 or null: disabled."
    )
    by_language: dict[str, float | None] = Field(
        default_factory=dict, description="Thresholds by canonical language code."
    )

    @field_validator("reject_if")
    @classmethod
    def check_condition(cls, value: str) -> str:
        """Refuse what is no condition."""
        parse_condition(value)
        return value

    @field_validator("by_language")
    @classmethod
    def check_languages(
        cls, value: dict[str, float | None], info: ValidationInfo
    ) -> dict[str, float | None]:
        """Make the codes canonical, if it was said how; refuse what is no code."""
        checked: dict[str, float | None] = {}
        for written, threshold in value.items():
            code = info.context["canonical"](written) if info.context is not None else written
            if not LANGUAGE.fullmatch(code):
                raise ValueError(f"unknown language {code!r}: expected a code like mlt_Latn")
            if code in checked:
                raise ValueError(f"{written!r}: {code} has a threshold already")
            checked[code] = threshold
        return checked

    @model_validator(mode="before")
    @classmethod
    def take_literal(cls, value: Any) -> Any:
        """Make the number of a condition its threshold."""
        text = value.get("reject_if") if isinstance(value, Mapping) else None
        if not isinstance(text, str):
            return value
        try:
            literal = parse_condition(text).literal
        except RuleError:  # told at its own place
            return value
        if literal is None:
            if "threshold" not in value and not value.get("by_language"):
                raise ValueError(f"`{text}` needs a `threshold`, or a number in its place")
            return value
        if "threshold" in value:
            raise ValueError(f"`{text}` has a number, and `threshold` is another: give one")
        if literal == 0:
            raise ValueError(f"`{text}`: a threshold of 0 disables a rule; give a small number")
        return {**value, "reject_if": RIGHT_SIDE.sub(f" {THRESHOLD}", text), "threshold": literal}

    @model_validator(mode="after")
    def check_numbers(self) -> Self:
        """Refuse thresholds that compare with nothing."""
        for value in (self.threshold, *self.by_language.values()):
            if value is not None and not can_hold(value):
                raise ValueError(f"{value} is no threshold; 0 or null disables a rule")
        return self


class Rule(RuleBody):
    """One rule: rejects a document where its condition holds."""

    name: NameOfRule

    @property
    def condition(self) -> Condition:
        """The parsed condition."""
        return parse_cached(self.reject_if)

    def wrong_signals(self, known: Mapping[str, pa.DataType | None]) -> Iterator[str]:
        """Say of each signal that does not exist, or is no number, what is wrong with it.

        Parameters
        ----------
        known
            Types of the signals by name; None where any will do.
        """
        for name in self.condition.signals:
            if name not in known:
                numeric = [column for column, kind in known.items() if is_numeric(kind)]
                yield (
                    f"rule {self.name}: unknown signal {name!r} in `{self.reject_if}`"
                    f"{suggest(name, numeric)}"
                )
            elif not is_numeric(known[name]):
                yield (
                    f"rule {self.name}: {name!r} in `{self.reject_if}` is {known[name]}; rules are"
                    " over numbers"
                )

    def threshold_for(self, language: str | None) -> float:
        """Threshold for a language; NaN if the rule is disabled for it."""
        value = self.by_language.get(language or "", self.threshold)
        return float(value) if value else math.nan

    def replaced(self, thresholds: Thresholds) -> Rule:
        """The rule with other thresholds: one for all languages, or some by language.

        With a `DEFAULT` among the latter it holds for all others; else these stay as they are.

        Raises
        ------
        RuleError
            If one of them is no number.
        """
        if isinstance(thresholds, Mapping):
            by_language = dict(thresholds)
            if DEFAULT in by_language:
                general = by_language.pop(DEFAULT)
            else:
                general, by_language = self.threshold, self.by_language | by_language
        else:
            general, by_language = thresholds, {}
        for value in (general, *by_language.values()):
            if value is not None and not can_hold(value):
                raise RuleError(
                    f"rule {self.name}: {value} is no threshold; 0 or null disables a rule"
                )
        return self.model_copy(update={"threshold": general, "by_language": by_language})


def named(name: str, body: RuleBody) -> Rule:
    """The rule of that name.

    Raises
    ------
    RuleError
        If it cannot be the name of a rule.
    """
    try:
        # What a number in the condition stands for is known to the body already.
        return Rule.model_construct(
            **dict(body), name=TypeAdapter(NameOfRule).validate_python(name)
        )
    except ValidationError:
        raise RuleError(
            f"{name!r} cannot be the name of a rule: use small letters, digits and _"
        ) from None


@cache
def parse_cached(text: str) -> Condition:
    """Parse a condition, once."""
    return parse_condition(text)


def is_numeric(kind: pa.DataType | None) -> bool:
    """Whether a rule can be over columns of this type; None stands for any."""
    types = pa.types
    return kind is None or any(
        is_(kind) for is_ in (types.is_null, types.is_integer, types.is_floating)
    )


def suggest(name: str, known: Collection[str]) -> str:
    """What may have been meant, to be put behind a message: names like it, or with its words."""
    words = set(name.split("_"))
    near = get_close_matches(name, known, n=1) or sorted(
        each for each in known if words <= set(each.split("_"))
    )
    return (
        f"; did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"; there are {', '.join(sorted(known))}"
    )
