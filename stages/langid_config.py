"""What can be said of language identification in a recipe, and what of it would have no effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from eurosift.langid import thresholds as tables
from eurosift.langid.languages import canonical
from eurosift.langid.recall_first import NEAR_SCORE, SALVAGE_LETTERS, SALVAGE_SHARE, Profile
from eurosift.stages.config import AssetPath, StageConfig, Words


class LangIdConfig(StageConfig):
    """Configuration of `LangId`."""

    model: AssetPath | None = Field(
        default=None,
        description="A fastText model with language labels in any style; default, or `embedded`: "
        "the embedded one, made for the 24 languages and their neighbours.",
    )
    normalised: bool = Field(
        default=False,
        description="Whether `model` was trained on text as eurosift.langid.normalise gives it.",
    )
    agree_with: Literal["embedded"] | AssetPath | None = Field(
        default=None,
        description="A second fastText model, by path, or `embedded`: a text is kept only if both "
        "give it the same label. Models of different text make different mistakes.",
    )
    agree_normalised: bool = Field(
        default=False,
        description="The same as `normalised`, of `agree_with`; `embedded` always is.",
    )
    thresholds_file: AssetPath | None = Field(
        default=None,
        description="Table of least scores by language, as `eurosift langid calibrate` writes it; "
        "default: the embedded one for the embedded model, and its default for other models.",
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Least score for every language, over `thresholds_file`, of short texts too.",
    )
    thresholds: Mapping[str, float] = Field(
        default_factory=dict,
        description="Least score by language of the recipe, over `threshold`, of short texts too.",
    )
    segments: bool = Field(
        default=True,
        description="Whether each line gets a label; otherwise seg_langs, language_share and "
        "code_switching are null.",
    )
    recall_first: Words = Field(
        default_factory=tuple,
        description="Languages of which nothing near is lost: texts that are not sure enough, and "
        "lines of pages in other languages, are kept in buckets of their own (`near`, `salvaged`).",
    )
    near_score: float = Field(
        default=NEAR_SCORE,
        ge=0,
        le=1,
        description="For `recall_first`: least score of a text that is kept as `near`, whether the "
        "language is its best label or its second.",
    )
    salvage_letters: int | None = Field(
        default=SALVAGE_LETTERS,
        ge=1,
        description="For `recall_first`: least letters that the lines of a page must have in the "
        "language to be `salvaged`; null salvages nothing.",
    )
    salvage_share: float = Field(
        default=SALVAGE_SHARE,
        ge=0,
        le=1,
        description="For `recall_first`: least share of the labelled letters that these lines must "
        "have in a page that is otherwise kept in another language, and then is not.",
    )

    @field_validator("recall_first")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(canonical(code, known=True) for code in value))

    @field_validator("model", mode="before")
    @classmethod
    def _embedded(cls, value: object) -> object:
        """The default may be named, as on the command line and in `agree_with`."""
        return None if value == "embedded" else value

    @model_validator(mode="after")
    def _has_effect(self) -> Self:
        """Refuse what would change nothing: it was meant to."""
        needed = {
            "normalised": "model",
            "agree_normalised": "agree_with",
            "near_score": "recall_first",
            "salvage_letters": "recall_first",
            "salvage_share": "recall_first",
        }
        for option, of in needed.items():
            changed = getattr(self, option) != type(self).model_fields[option].default
            if changed and not getattr(self, of):
                raise ValueError(f"{option} is of `{of}`, which is not given: give it, or neither")
        return self

    @model_validator(mode="after")
    def _has_lines(self) -> Self:
        if self.recall_first and self.salvage_letters is not None and not self.segments:
            raise ValueError(
                "recall_first salvages lines by their labels: set `segments: true`, or "
                "`salvage_letters: null`"
            )
        return self

    @property
    def profile(self) -> Profile | None:
        """What is put before precision; None if nothing is."""
        if not self.recall_first:
            return None
        return Profile(self.recall_first, self.near_score, self.salvage_letters, self.salvage_share)

    @field_validator("thresholds")
    @classmethod
    def _canonical(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        return tables.canonical_keys(value)

    @model_validator(mode="after")
    def _two_models(self) -> Self:
        if self.agree_with == "embedded" and self.model is None:
            raise ValueError(
                "agree_with: `embedded` is the model already; give the path of another one, as "
                "`model` or as `agree_with`"
            )
        alike = self.normalised == self.agree_normalised
        if self.model is not None and self.agree_with == self.model and alike:
            raise ValueError(
                "agree_with: is the `model`, which always agrees with itself; give another one"
            )
        return self
