"""Language identification as a stage: which language, how sure, which lines, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.langid import buckets, letters, scripts
from eurosift.langid import model as models
from eurosift.langid import thresholds as tables
from eurosift.langid.agreement import agreement
from eurosift.langid.decide import UNDETERMINED, UNSURE, Decider
from eurosift.langid.decisions import TOP
from eurosift.langid.declared import declared_languages
from eurosift.langid.errors import ModelError
from eurosift.langid.excerpts import excerpts
from eurosift.langid.languages import EU24, canonical
from eurosift.langid.normalise import WINDOW, WINDOWS
from eurosift.langid.points import spans
from eurosift.langid.recall_first import recall
from eurosift.langid.short import Short, characters_of
from eurosift.langid.tlds import tlds
from eurosift.stages.base import MARGIN, Margin, Setting, Stage
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.langid_config import LangIdConfig


class LangId(Stage[LangIdConfig]):
    """Labels every text; rejects what is in none of the recipe's languages, or not sure.

    Reasons: ``no_letters``, ``other``, ``script``, ``unsure``, ``disagreement`` (see
    `eurosift.langid.decide`). The best label is given whether or not the text is kept. What page
    and address say of the language is evidence: it stands beside the label, is counted, and decides
    nothing.
    """

    version = 9
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
        self.refuse_unwanted("recall_first", config.recall_first, self._wanted)
        self.refuse_unwanted("thresholds", config.thresholds, self._wanted)

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
            If a model is missing, broken, no model of languages, or one that knows none of the
            recipe's; if the table of thresholds is missing, no such table, or for another model.
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
        for option, loaded in (("model", model), ("agree_with", second)):
            if loaded and not agreement(self._wanted, loaded.languages).any():
                raise AssetError(
                    f"stage `{self.name}`: {option}: knows none of the recipe's languages "
                    f"({', '.join(self._wanted)}), so no text would be kept; give another model"
                )
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
