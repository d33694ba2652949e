"""Language identification as a stage: which language, how sure, which lines, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from eurosift.langid import buckets
from eurosift.langid import model as models
from eurosift.langid import thresholds as tables
from eurosift.langid.decide import UNDETERMINED, UNSURE, Decider, Verdict
from eurosift.langid.declared import declared_languages
from eurosift.langid.errors import ModelError
from eurosift.langid.languages import EU24, canonical
from eurosift.langid.recall_first import (
    NEAR_SCORE,
    SALVAGE_LETTERS,
    SALVAGE_SHARE,
    Decision,
    Profile,
    recall,
)
from eurosift.langid.scripts import TABLE
from eurosift.langid.tlds import tlds
from eurosift.stages.base import MARGIN, AssetPath, Margin, Stage, StageConfig
from eurosift.stages.errors import AssetError, StageError

TOP = pa.list_(pa.struct([("language", pa.string()), ("score", pa.float32())]))
"""Type of ``top_langs``."""


class LangIdConfig(StageConfig):
    """Configuration of `LangId`."""

    model: AssetPath | None = Field(
        default=None,
        description="A fastText model with language labels in any style; default: the embedded "
        "one, made for the 24 languages and their neighbours.",
    )
    normalised: bool = Field(
        default=False,
        description="Whether `model` was trained on text as eurosift.langid.normalise gives it.",
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Least score for every language; default: a table that goes with the embedded "
        "model, and its default for other models.",
    )
    thresholds: Mapping[str, float] = Field(
        default_factory=dict, description="Least score by language, over `threshold`."
    )
    segments: bool = Field(
        default=True,
        description="Whether each line gets a label; otherwise seg_langs and code_switching are "
        "null.",
    )

    recall_first: tuple[str, ...] = Field(
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

    @model_validator(mode="after")
    def _has_lines(self) -> LangIdConfig:
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


class LangId(Stage[LangIdConfig]):
    """Labels every text; rejects what is in none of the recipe's languages, or not sure.

    Reasons: ``no_letters``, ``other``, ``script``, ``unsure`` (see `eurosift.langid.decide`). The
    best label is given whether or not the text is kept. What page and address say of the language
    is evidence: it stands beside the label, is counted, and decides nothing.
    """

    version = 3
    config_type = LangIdConfig
    uses_languages = True
    evidence = ("declared_language", "tld")

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
        """Label, script, score, runners-up, labels of lines, code-switching, evidence, reasons.

        With ``recall_first`` also ``language_bucket``, and ``text``: the salvaged lines, null where
        the text is that of the page.
        """
        more = [] if self.config.profile is None else [(buckets.COLUMN, pa.string())]
        text = [] if self.config.profile is None else [("text", pa.string())]
        return pa.schema(
            [
                ("language", pa.string()),
                ("language_script", pa.string()),
                ("language_score", pa.float32()),
                ("top_langs", TOP),
                ("seg_langs", pa.list_(pa.string())),
                ("code_switching", pa.bool_()),
                ("declared_language", pa.string()),
                ("tld", pa.string()),
                *more,
                (self.reasons_column, pa.list_(pa.string())),
                *text,
            ]
        )

    def embedded(self) -> Mapping[str, str]:
        """Digests of the model, the table of thresholds and the table of scripts, where used."""
        used = [TABLE, tables.EMBEDDED]
        if self.config.model is None:
            used.append(models.EMBEDDED)
        return {f"langid/{name}": models.embedded_digest(name) for name in sorted(used)}

    def open(self) -> None:
        """Load the model.

        Raises
        ------
        AssetError
            If the model is missing, broken, or no model of languages.
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
        embedded = self.config.model is None
        try:
            model = models.LanguageModel(
                self.config.model, normalised=embedded or self.config.normalised
            )
            _ = self._table
        except ModelError as error:
            raise AssetError(f"stage `{self.name}`: {error}") from error
        wanted = [canonical(code) for code in self.setting.languages] or EU24
        unwanted = [code for code in self.config.recall_first if code not in wanted]
        if unwanted:
            raise StageError(
                f"stage `{self.name}`: recall_first names {', '.join(unwanted)}, which the recipe's"
                " `languages` do not: add it there"
            )
        self._decide = Decider(model, wanted, self._threshold, segments=self.config.segments)

    @cached_property
    def _table(self) -> tables.Thresholds:
        return tables.load_thresholds()

    def _threshold(self, language: str) -> float:
        config = self.config_for(language)
        if language in config.thresholds:
            return config.thresholds[language]
        if config.threshold is not None:
            return config.threshold
        return self._table.of(language) if config.model is None else self._table.default

    def margins(self) -> Mapping[str, Margin]:
        """Of the score."""
        return {UNSURE: Margin(("language", "language_score"), self._measure)}

    def _measure(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        languages = batch.column("language").to_pylist()
        unlabelled = (None, UNDETERMINED)
        thresholds = [None if x in unlabelled else self._threshold(x) or None for x in languages]
        scores = batch.column("language_score").cast(pa.float64())
        return pa.RecordBatch.from_arrays(
            [scores, pa.array(thresholds, pa.float64())], schema=MARGIN
        )

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Label each text of the batch; a null text counts as empty."""
        texts = batch.column("text")
        columns = self._decided(texts)
        if self.config.profile is not None:
            columns |= self._recalled(columns, texts, self.config.profile)
        columns["declared_language"] = declared_languages(_optional(batch, "html_lang"))
        columns["tld"] = tlds(_optional(batch, "url"))
        schema = self.adds
        return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)

    def _recalled(
        self, columns: Mapping[str, pa.Array], texts: pa.Array, profile: Profile
    ) -> dict[str, pa.Array]:
        """Columns in which the languages of the profile go first."""
        names = (
            *("language", "language_script", "language_score", "top_langs", "seg_langs"),
            self.reasons_column,
        )

        def decision(of: Mapping[str, pa.Array]) -> Decision:
            return Decision(*(of[name] for name in names))

        found = recall(
            decision(columns), texts, profile, lambda lines: decision(self._decided(lines))
        )
        changed = dict(zip(names, found.decision, strict=True))
        return changed | {buckets.COLUMN: found.bucket, "text": found.text}

    def _decided(self, texts: pa.Array) -> dict[str, pa.Array]:
        """What the model says of each text, by column."""
        verdicts: list[Verdict] = self._decide.decide_all([x or "" for x in texts.to_pylist()])
        columns = {
            "language": [verdict.language for verdict in verdicts],
            "language_script": [verdict.script for verdict in verdicts],
            "language_score": [verdict.score for verdict in verdicts],
            "top_langs": [[best._asdict() for best in verdict.top] for verdict in verdicts],
            "seg_langs": [verdict.segments for verdict in verdicts],
            "code_switching": [verdict.code_switching for verdict in verdicts],
            self.reasons_column: [verdict.reasons for verdict in verdicts],
        }
        schema = self.adds
        return {name: pa.array(values, schema.field(name).type) for name, values in columns.items()}


def _optional(batch: pa.RecordBatch, column: str) -> pa.Array:
    """A column, or nulls if the batch does not have it."""
    if column in batch.schema.names:
        return batch.column(column)
    return pa.nulls(batch.num_rows, pa.string())
