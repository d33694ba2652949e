"""Language identification as a stage: which language, how sure, which lines, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from eurosift.filters.buffers import string_buffers
from eurosift.langid import buckets, letters, scripts
from eurosift.langid import model as models
from eurosift.langid import thresholds as tables
from eurosift.langid.decide import UNDETERMINED, UNSURE, Decider
from eurosift.langid.decisions import TOP
from eurosift.langid.declared import declared_languages
from eurosift.langid.errors import ModelError
from eurosift.langid.excerpts import excerpts
from eurosift.langid.languages import EU24, canonical
from eurosift.langid.normalise import WINDOW, WINDOWS
from eurosift.langid.points import spans
from eurosift.langid.recall_first import (
    NEAR_SCORE,
    SALVAGE_LETTERS,
    SALVAGE_SHARE,
    Profile,
    recall,
)
from eurosift.langid.short import Short, characters_of
from eurosift.langid.tlds import tlds
from eurosift.stages.base import MARGIN, Margin, Setting, Stage
from eurosift.stages.config import AssetPath, StageConfig, Words
from eurosift.stages.errors import AssetError, StageError


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
        return self


class LangId(Stage[LangIdConfig]):
    """Labels every text; rejects what is in none of the recipe's languages, or not sure.

    Reasons: ``no_letters``, ``other``, ``script``, ``unsure``, ``disagreement`` (see
    `eurosift.langid.decide`). The best label is given whether or not the text is kept. What page
    and address say of the language is evidence: it stands beside the label, is counted, and decides
    nothing.
    """

    version = 7
    config_type = LangIdConfig
    uses_languages = True
    evidence = ("declared_language", "tld")

    def __init__(
        self,
        config: LangIdConfig,
        *,
        name: str,
        setting: Setting | None = None,
        per_language: Mapping[str, LangIdConfig] | None = None,
    ) -> None:
        super().__init__(config, name=name, setting=setting, per_language=per_language)
        for option, codes in (
            ("recall_first", config.recall_first),
            ("thresholds", config.thresholds),
        ):
            unwanted = [code for code in codes if code not in self._wanted]
            if unwanted:
                refused = StageError(
                    f"stage `{name}`: {option} names {', '.join(unwanted)}, which the recipe's"
                    " `languages` do not: add it there, or remove it here"
                )
                refused.at = (option,)
                raise refused

    @property
    def _wanted(self) -> Sequence[str]:
        return [canonical(code) for code in self.setting.languages] or EU24

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """What the page declares, and its address."""
        return ("html_lang", "url")

    @property
    def adds(self) -> pa.Schema:
        """Label, script, score, runners-up, labels of lines, second opinion, evidence, reasons.

        With ``recall_first`` also ``language_bucket``, and ``text``: the salvaged lines, null where
        the text is that of the page.
        """
        recalls = self.config.profile is not None
        return pa.schema(
            [
                ("language", pa.string()),
                ("language_script", pa.string()),
                ("language_score", pa.float32()),
                ("top_langs", TOP),
                ("seg_langs", pa.list_(pa.string())),
                ("language_share", pa.float32()),
                ("code_switching", pa.bool_()),
                ("second_language", pa.string()),
                ("second_score", pa.float32()),
                ("declared_language", pa.string()),
                ("tld", pa.string()),
                *([(buckets.COLUMN, pa.string())] if recalls else []),
                (self.reasons_column, pa.list_(pa.string())),
                *([("text", pa.string())] if recalls else []),
            ]
        )

    def embedded(self) -> Mapping[str, str]:
        """Digests of the model and its lexicons, and of the tables that are used."""
        used = [letters.TABLE, scripts.TABLE]
        if self.config.thresholds_file is None:
            used.append(tables.EMBEDDED)
        if self.config.model is None or self.config.agree_with == "embedded":
            used.extend((models.EMBEDDED, models.WORDS))
        second = self.config.agree_with is not None and self.config.agree_normalised
        if models.EMBEDDED in used or self.config.normalised or second:
            used.extend(models.LEXICONS)
        digests = {f"langid/{name}": models.embedded_digest(name) for name in sorted(used)}
        digests |= self._words_beside()
        table = files("eurosift.filters").joinpath("data/unicode.json").read_bytes()
        return {**digests, "unicode": sha256(table).hexdigest()}

    def _words_beside(self) -> Mapping[str, str]:
        """Digests of the tables of known words that lie beside models given by path."""
        config = self.config
        given = {
            "model": (config.model, config.normalised),
            "agree_with": (config.agree_with, config.agree_normalised),
        }
        return {
            f"{name}.words": models.digest(models.words_file(path))
            for name, (path, normalised) in given.items()
            if isinstance(path, Path) and normalised and models.words_file(path).is_file()
        }

    def open(self) -> None:
        """Load the model.

        Raises
        ------
        AssetError
            If a model is missing, broken, or no model of languages; if the table of thresholds is
            missing, no such table, or for another model.
        StageError
            If more than thresholds differs by language.
        """
        fixed = set(LangIdConfig.model_fields) - {"threshold", "thresholds"}
        for code, overlay in self.per_language.items():
            if overlay.model_dump(include=fixed) != self.config.model_dump(include=fixed):
                raise StageError(
                    f"stage `{self.name}`: only thresholds may differ by language; remove the"
                    f" other parameters from `per_language.{code}`"
                )
        config = self.config
        try:
            model = _load(config.model, normalised=config.normalised)
            second = None
            if config.agree_with is not None:
                path = None if config.agree_with == "embedded" else config.agree_with
                second = _load(path, normalised=config.agree_normalised)
            table, at = self._table, config.thresholds_file
            if at is not None:
                table.check_model([models.digest(config.model)], at)
        except ModelError as error:
            raise AssetError(f"stage `{self.name}`: {error}") from error
        self._decide = Decider(
            model,
            self._wanted,
            self._threshold,
            short=self._short,
            segments=config.segments,
            second=second,
        )

    @cached_property
    def _table(self) -> tables.Thresholds:
        return tables.load_thresholds(self.config.thresholds_file)

    def _threshold(self, language: str) -> float:
        config = self.config_for(language)
        if language in config.thresholds:
            return config.thresholds[language]
        if config.threshold is not None:
            return config.threshold
        return self._table.of(language) if self._made_for_it else self._table.default

    @property
    def _made_for_it(self) -> bool:
        """Whether the table was made for the model."""
        return self.config.model is None or self.config.thresholds_file is not None

    @cached_property
    def _short(self) -> Short:
        """What is asked of short texts; a threshold that is configured holds for them, too."""
        if self.config.threshold is not None or not self._made_for_it:
            return Short()
        own = [
            code
            for code in EU24
            if code in self.config_for(code).thresholds
            or self.config_for(code).threshold is not None
        ]
        return self._table.short_texts(*own)

    def margins(self) -> Mapping[str, Margin]:
        """Of the score."""
        return {UNSURE: Margin(("language", "language_score", "text"), self._measure)}

    def _measure(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        languages = batch.column("language").to_pylist()
        least = self._least(batch.column("text"))
        thresholds = [
            None
            if language in (None, UNDETERMINED)
            else max(self._threshold(language), 0 if language in self._short.but else score) or None
            for language, score in zip(languages, least, strict=True)
        ]
        scores = batch.column("language_score").cast(pa.float64())
        return pa.RecordBatch.from_arrays(
            [scores, pa.array(thresholds, pa.float64())], schema=MARGIN
        )

    def _least(self, texts: pa.Array) -> list[float]:
        """What is asked of each text for being short; nothing if it is not known."""
        if pa.types.is_null(texts.type):
            return [0.0] * len(texts)
        normalised = self.config.normalised or self.config.model is None
        read = excerpts(spans(string_buffers(texts)), WINDOW, WINDOWS, normalised=normalised)
        least: list[float] = self._short.least(characters_of(read)).tolist()
        return least

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Label each text of the batch; a null text counts as empty."""
        texts = batch.column("text")
        decisions, recalled = self._decide.decide(texts), {}
        if self.config.profile is not None:
            found = recall(decisions, texts, self.config.profile, self._decide.decide)
            decisions = found.decisions
            recalled = {buckets.COLUMN: found.bucket, "text": found.text}
        columns = {
            "language": decisions.language,
            "language_script": decisions.script,
            "language_score": decisions.score,
            "top_langs": decisions.top,
            "seg_langs": decisions.segments,
            "language_share": decisions.language_share,
            "code_switching": decisions.code_switching,
            "second_language": decisions.second_language,
            "second_score": decisions.second_score,
            "declared_language": declared_languages(_optional(batch, "html_lang")),
            "tld": tlds(_optional(batch, "url")),
            self.reasons_column: decisions.reasons,
            **recalled,
        }
        schema = self.adds
        return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _optional(batch: pa.RecordBatch, column: str) -> pa.Array:
    """A column, or nulls if the batch does not have it."""
    if column in batch.schema.names:
        return batch.column(column)
    return pa.nulls(batch.num_rows, pa.string())


def _load(path: Path | None, *, normalised: bool) -> models.LanguageModel:
    """A model by path, or the embedded one, which was trained on normalised text."""
    return models.LanguageModel(path, normalised=normalised or path is None)
